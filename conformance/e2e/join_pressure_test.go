package e2e

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// elsewherePod is a Pod of the other machine.
func elsewherePod(name, spec string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec:\n  terminationGracePeriodSeconds: 1\n%s", name, spec)
}

func elsewhereBox(commands ...string) string {
	return fmt.Sprintf("  containers: [{%s, imagePullPolicy: Never}]\n", box("c", commands...))
}

// flexDriver mounts a tmpfs that has what it was told in a file.
const flexDriver = `#!/bin/sh
case "$1" in
init) echo '{"status":"Success","capabilities":{"attach":false}}' ;;
mount) mkdir -p "$2" && mount -t tmpfs tmpfs "$2" && printf '%s' "$3" >"$2/told" && echo '{"status":"Success"}' ;;
unmount) umount "$2" && echo '{"status":"Success"}' ;;
*) echo '{"status":"Not supported"}'; exit 1 ;;
esac
`

// writeFlexDriver puts the flexVolume driver example.com/scratch into a directory.
func writeFlexDriver(t *testing.T, dir string) {
	t.Helper()
	dir = filepath.Join(dir, "example.com~scratch")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "scratch"), []byte(flexDriver), 0o755); err != nil {
		t.Fatal(err)
	}
}

// tryFlex mounts a volume by an executable.
func (m *machine) tryFlex(t *testing.T, c *cluster) {
	t.Helper()
	const volumes = "  volumes: [{name: v, flexVolume: {driver: example.com/scratch, options: {size: small}}}]\n"
	c.kubectlIn(t, elsewherePod("flex", volumes+fmt.Sprintf("  containers: [{%s, imagePullPolicy: Never, volumeMounts: [{name: v, mountPath: /v}]}]\n", box("c", "serve"))), "apply", "-f", "-")
	becomes(t, c, "pod/flex", "condition=Ready")
	contains(t, c.kubectl(t, "exec", "flex", "--", "/box", "cat", "/v/told"), `"size":"small"`, `"kubernetes.io/pod.name":"flex"`)
	c.kubectl(t, "delete", "pod", "flex", "--timeout=60s")
	c.kubectlIn(t, elsewherePod("unflexed", strings.Replace(volumes, "scratch", "none", 1)+fmt.Sprintf("  containers: [{%s, imagePullPolicy: Never, volumeMounts: [{name: v, mountPath: /v}]}]\n", box("c", "serve"))), "apply", "-f", "-")
	eventually(t, 60*time.Second, func() error {
		if out := c.kubectl(t, "describe", "pod", "unflexed"); !strings.Contains(out, "FailedMount") || !strings.Contains(out, "example.com/none") {
			return fmt.Errorf("no reason is given:\n%s", out)
		}
		return nil
	})
	c.kubectl(t, "delete", "pod", "unflexed", "--timeout=60s")
}

// tryRotation has a container write more than its log may hold: who follows it reads
// all of it, and the disk has no more than so many files.
func (m *machine) tryRotation(t *testing.T, c *cluster) {
	t.Helper()
	const lines = 2500
	c.kubectlIn(t, elsewherePod("talks", "  restartPolicy: Never\n"+elsewhereBox(fmt.Sprintf("count %d 5ms", lines), "sleep 1h")), "apply", "-f", "-")
	becomes(t, c, "pod/talks", "condition=Ready")
	out, end := c.stream(t, "logs", "-f", "talks")
	defer end()
	text := bufio.NewScanner(out)
	for i := range lines {
		if !text.Scan() {
			t.Fatalf("the log ended after %d lines", i)
		}
		if want := fmt.Sprint("line ", i+1); text.Text() != want {
			t.Fatalf("the log has %q, want %q", text.Text(), want)
		}
	}
	files := func() []string {
		all, err := filepath.Glob(filepath.Join(m.dir, "kubelet-root", "logs", "default_talks_*", "c", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	eventually(t, 60*time.Second, func() error {
		if all := files(); len(all) < 2 {
			return fmt.Errorf("the log was not rotated: %v", all)
		}
		return nil
	})
	if all := files(); len(all) > 3 {
		t.Errorf("of the log there are %v", all)
	}
	c.kubectl(t, "delete", "pod", "talks", "--timeout=60s")
}

// tryPressure has the node be short of memory and of room on its disk, as far as its
// kubelet is concerned, and then of nothing any more.
func (m *machine) tryPressure(t *testing.T, c *cluster, flags []string, relaxed string) {
	t.Helper()
	start := func(eviction string) (stop func()) {
		t.Helper()
		stop, _ = m.run(t, "kubelet", append(flags[:len(flags):len(flags)], "--eviction-hard", eviction)...)
		return stop
	}
	has := func(condition, status, taint string) {
		t.Helper()
		becomes(t, c, "node/elsewhere", "condition="+condition+"="+status)
		eventually(t, 60*time.Second, func() error {
			taints := c.kubectl(t, "get", "node", "elsewhere", "-o", "jsonpath={.spec.taints}")
			if strings.Contains(taints, `"effect":"NoSchedule","key":"`+taint+`"`) != (status == "True") {
				return fmt.Errorf("with %s %s the node has the taints %s", condition, status, taints)
			}
			return nil
		})
	}
	field := func(pod, path string) string { return c.kubectl(t, "get", "pod", pod, "-o", "jsonpath={"+path+"}") }
	evicted := func(pod string) {
		t.Helper()
		eventually(t, 90*time.Second, func() error {
			if got := field(pod, ".status['phase','reason']"); got != "Failed Evicted" {
				return fmt.Errorf("%s is %s", pod, got)
			}
			return nil
		})
	}

	stop := start(relaxed)
	c.kubectlIn(t, elsewherePod("greedy", elsewhereBox("serve"))+"---\n"+elsewherePod("needed", "  priorityClassName: system-node-critical\n"+elsewhereBox("serve")), "apply", "-f", "-")
	becomes(t, c, "pod/greedy", "condition=Ready")
	becomes(t, c, "pod/needed", "condition=Ready")
	stop()

	stop = start("memory.available<99%")
	has("MemoryPressure", "True", "node.kubernetes.io/memory-pressure")
	evicted("greedy")
	contains(t, field("greedy", ".status.message"), "The node was low on resource: memory. Threshold quantity: ", ", available: ", "Container c was using ", "request is 0, has larger consumption of memory.")
	contains(t, field("greedy", ".status.conditions[?(@.type=='DisruptionTarget')].reason"), "TerminationByKubelet")
	contains(t, c.kubectl(t, "get", "events", "--field-selector=involvedObject.name=elsewhere,reason=EvictionThresholdMet"), "Attempting to reclaim memory")
	// Who comes past the scheduler is refused, unless the node cannot do without.
	c.kubectlIn(t, elsewherePod("pushy", "  nodeName: elsewhere\n"+elsewhereBox("serve")), "apply", "-f", "-")
	evicted("pushy")
	contains(t, field("pushy", ".status.message"), "The node had condition: [MemoryPressure]. ")
	stop()

	// Of images that nobody uses the disk is freed, of the one that every Pod needs not.
	spare := filepath.Join(m.dir, "spare.tar")
	imageFile(t, spare, "nucleus.local/spare:1", filepath.Join(m.dir, "box"), "spare")
	images := func(args ...string) string {
		t.Helper()
		return mustRun(t, "ctr", append([]string{"--address", filepath.Join(m.dir, "containerd.sock"), "--namespace", "k8s.io", "images"}, args...)...)
	}
	images("import", spare)
	contains(t, images("ls", "-q"), "nucleus.local/spare:1")
	stop = start("nodefs.available<99%")
	has("DiskPressure", "True", "node.kubernetes.io/disk-pressure")
	eventually(t, 90*time.Second, func() error {
		if all := images("ls", "-q"); strings.Contains(all, "nucleus.local/spare:1") {
			return fmt.Errorf("there still are the images\n%s", all)
		}
		return nil
	})
	contains(t, images("ls", "-q"), "nucleus.local/box:1", "nucleus.local/pause:1")
	c.kubectlIn(t, elsewherePod("waits", elsewhereBox("serve")), "apply", "-f", "-")
	becomes(t, c, "pod/waits", "condition=PodScheduled=False")
	contains(t, c.kubectl(t, "describe", "pod", "waits"), "untolerated taint")
	stop()

	stop = start(relaxed)
	has("MemoryPressure", "False", "node.kubernetes.io/memory-pressure")
	has("DiskPressure", "False", "node.kubernetes.io/disk-pressure")
	becomes(t, c, "pod/waits", "condition=Ready")
	if got := field("needed", ".status.phase") + field("needed", ".status.containerStatuses[0].restartCount"); got != "Running0" {
		t.Errorf("what the node cannot do without is %s", got)
	}
	c.kubectl(t, "delete", "pod", "--all", "--timeout=60s")
	eventually(t, 60*time.Second, m.isEmpty)
	stop()
}

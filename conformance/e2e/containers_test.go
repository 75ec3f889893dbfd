package e2e

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// containers is a cluster whose node is this machine.
type containers struct {
	*cluster
	t        *testing.T // the whole test, at whose end the cluster ends
	dir      string
	args     []string
	registry string // the address of its registry

	mu   sync.Mutex
	pods map[string]string // by UID, what there was
}

// TestContainers runs Pods for real. One cluster serves all of it: first what can
// be tried side by side, each in a namespace of its own, then what hits the whole
// node, and at the end that nothing is left.
func TestContainers(t *testing.T) {
	c := startContainers(t)
	t.Run("together", func(t *testing.T) {
		for name, try := range map[string]func(*testing.T, *space){
			"web": tryWeb, "logs": tryLogs, "probes": tryProbes, "out of memory": tryMemory, "crash loop": tryCrashLoop, "order": tryOrder,
			"images": tryImages, "termination": tryTermination, "environment": tryEnvironment, "security": trySecurity, "exec": tryExec,
			"copy": tryCopy, "attach": tryAttach, "port forward": tryPortForward, "volumes": tryVolumes, "claims": tryClaims, "namespaces": tryNamespaces, "hooks": tryHooks,
			"ephemeral": tryEphemeral, "resources": tryResources, "jobs": tryJobs, "sad": trySad, "start order": tryStartOrder, "killed": tryKilled,
			"resize": tryResize, "static": tryStatic, "users": tryUsers, "unable": tryUnable, "csi": tryCSI, "pull secrets": tryPullSecrets,
			"checks": tryChecks, "disk limits": tryDiskLimits, "content": tryContent, "parts": tryParts, "old streams": tryOldStreams, "terminal": tryTerminal,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := &space{c, "try-" + strings.ReplaceAll(name, " ", "-")}
				c.do(t, "create namespace "+s.namespace)
				try(t, s)
				c.remember(t, s)
				c.do(t, "delete namespace "+s.namespace+" --timeout=90s")
			})
		}
	})
	t.Run("nucleus is killed", c.tryKilledNucleus)
	t.Run("containerd is killed", c.tryKilledContainerd)
	t.Run("stopped in order", c.tryStop)
}

// needContainers returns the binary under test, or skips the test where the machine
// cannot have real containers.
func needContainers(t *testing.T) string {
	t.Helper()
	binary := os.Getenv("NUCLEUS")
	if binary == "" || os.Getenv("KUBECTL") == "" {
		t.Skip("NUCLEUS and KUBECTL are not set: run make e2e")
	}
	if out, err := exec.CommandContext(t.Context(), binary, "require").CombinedOutput(); err != nil {
		t.Skipf("no real containers on this machine: %s", strings.TrimSpace(string(out)))
	}
	return binary
}

// startContainers starts a cluster with real containers, or skips the test where
// the machine cannot have them.
func startContainers(t *testing.T) *containers {
	t.Helper()
	binary := needContainers(t)
	dir := t.TempDir()
	box := filepath.Join(t.TempDir(), "box")
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", box, "./box")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build box: %v\n%s", err, out)
	}
	for _, version := range []string{"1", "2"} {
		add := exec.CommandContext(t.Context(), binary, "image", "add", "box:"+version, box, "--registry-dir", filepath.Join(dir, "registry"),
			"--env", "VERSION="+version, "--link", "/bin/tar", "--link", "/bin/test", "--link", "/bin/cat")
		if out, err := add.CombinedOutput(); err != nil {
			t.Fatalf("image: %v\n%s", err, out)
		}
	}
	port := strconv.Itoa(freePort(t))
	c := &containers{t: t, dir: dir, registry: "127.0.0.1:" + port, pods: map[string]string{}, args: []string{
		"--node=containerd", "--cluster-cidr", freeRange(t), "--pod-manifest-path", filepath.Join(dir, "manifests"), "--registry-port", port,
	}}
	if err := os.Mkdir(filepath.Join(dir, "manifests"), 0o755); err != nil {
		t.Fatal(err)
	}
	c.cluster = startIn(t, dir, c.args...)
	c.waitNode(t)
	return c
}

// remember notes the Pods of a namespace: nothing may be left of them in the end.
func (c *containers) remember(t *testing.T, s *space) {
	t.Helper()
	text := s.run(t, "get", "pods,events", "-o", `jsonpath={range .items[*]}{.metadata.uid} {.metadata.name}{"\n"}{.involvedObject.uid} {.involvedObject.name}{"\n"}{end}`)
	c.mu.Lock()
	defer c.mu.Unlock()
	for line := range strings.Lines(text) {
		if uid, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			c.pods[uid] = s.namespace + "/" + name
		}
	}
}

func (c *containers) waitNode(t *testing.T) {
	t.Helper()
	eventually(t, 60*time.Second, func() error {
		out, err := c.try(t.Context(), "", "get", "nodes", "-o", "jsonpath={.items[*].status.conditions[?(@.type=='Ready')].status}")
		if err != nil || out != "True" {
			return fmt.Errorf("node is not ready: %q %v", out, err)
		}
		return nil
	})
}

// freeRange is a range of addresses that no interface of this machine has.
func freeRange(t *testing.T) string {
	t.Helper()
	var taken []netip.Prefix
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			taken = append(taken, p)
		}
	}
	for n := range 100 {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(100 + (os.Getpid()+n)%100), 0, 0}), 16)
		if !slices.ContainsFunc(taken, p.Overlaps) {
			return p.String()
		}
	}
	t.Fatal("no range of addresses is free")
	return ""
}

// space is a namespace of the cluster.
type space struct {
	*containers
	namespace string
}

// run runs kubectl in the namespace.
func (s *space) run(t *testing.T, args ...string) string {
	t.Helper()
	return s.kubectl(t, append([]string{"-n", s.namespace}, args...)...)
}

// fails runs kubectl in the namespace, which has to fail.
func (s *space) fails(t *testing.T, args ...string) string {
	t.Helper()
	return s.kubectlFails(t, append([]string{"-n", s.namespace}, args...)...)
}

// apply makes objects.
func (s *space) apply(t *testing.T, yaml string) {
	t.Helper()
	s.kubectlIn(t, yaml, "-n", s.namespace, "apply", "-f", "-")
}

// pod makes a Pod with a spec in the flow style of YAML.
func (s *space) pod(t *testing.T, name, spec string) {
	t.Helper()
	s.apply(t, fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: %s, labels: {app: %s}}\nspec: %s\n", name, name, spec))
}

// box words a container that runs commands of box.
func box(name string, commands ...string) string {
	quoted := make([]string, len(commands))
	for i, c := range commands {
		quoted[i] = strconv.Quote(c)
	}
	return fmt.Sprintf(`name: %s, image: "nucleus.local/box:1", args: [do, %s]`, name, strings.Join(quoted, ", "))
}

// reaches waits until a field of a Pod has a value.
func (s *space) reaches(t *testing.T, pod, path, value string) {
	t.Helper()
	s.reachesIn(t, 60*time.Second, pod, path, value)
}

func (s *space) reachesIn(t *testing.T, within time.Duration, pod, path, value string) {
	t.Helper()
	eventually(t, within, func() error {
		out, err := s.try(t.Context(), "", "-n", s.namespace, "get", "pod", pod, "-o", "jsonpath={"+path+"}")
		if err != nil || out != value {
			status, _ := s.try(t.Context(), "", "-n", s.namespace, "get", "pod", pod, "-o", "jsonpath={.status}")
			events, _ := s.try(t.Context(), "", "-n", s.namespace, "get", "events")
			return fmt.Errorf("%s of %s is %q, not %q: %v\n%s\n%s", path, pod, out, value, err, status, events)
		}
		return nil
	})
}

// field returns a field of a Pod.
func (s *space) field(t *testing.T, pod, path string) string {
	t.Helper()
	return s.run(t, "get", "pod", pod, "-o", "jsonpath={"+path+"}")
}

// ready waits until a Pod is ready.
func (s *space) ready(t *testing.T, pod string) {
	t.Helper()
	s.reaches(t, pod, ".status.conditions[?(@.type=='Ready')].status", "True")
}

// event waits for an event of a reason about a Pod, and returns its message.
func (s *space) event(t *testing.T, pod, reason string) (message string) {
	t.Helper()
	eventually(t, 60*time.Second, func() error {
		out, err := s.try(t.Context(), "", "-n", s.namespace, "get", "events", "--field-selector", "involvedObject.name="+pod+",reason="+reason,
			"-o", "jsonpath={.items[-1:].message}")
		if err == nil && out == "" {
			all, _ := s.try(t.Context(), "", "-n", s.namespace, "get", "events")
			err = fmt.Errorf("no event %s about %s:\n%s", reason, pod, all)
		}
		message = out
		return err
	})
	return message
}

// eventually calls check until it returns nil.
func eventually(t *testing.T, within time.Duration, check func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patient(within))
	defer cancel()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// processes returns the pids of processes whose command line has all parts.
func processes(parts ...string) []int {
	var pids []int
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		line, err := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		if err != nil {
			continue
		}
		text := strings.ReplaceAll(string(line), "\x00", " ")
		if !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(text, p) }) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// tryStop stops the cluster as Ctrl-C does, with Pods running: nothing may be left.
func (c *containers) tryStop(t *testing.T) {
	s := &space{c, "try-stop"}
	c.do(t, "create namespace "+s.namespace)
	s.pod(t, "runs", fmt.Sprintf(`{containers: [{%s, volumeMounts: [{name: memory, mountPath: /memory}]}], volumes: [{name: memory, emptyDir: {medium: Memory}}]}`, box("c", "serve")))
	s.ready(t, "runs")
	bridge := bridgeOf(t, c.dir)
	if _, err := net.InterfaceByName(bridge); err != nil {
		t.Errorf("bridge %s: %v", bridge, err)
	}
	c.remember(t, s)
	began := time.Now()
	c.stop(t)
	t.Logf("stopped in %v", time.Since(began).Round(time.Millisecond))

	if left := processes(c.dir); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
	for uid, name := range c.pods {
		for _, pattern := range []string{"/sys/fs/cgroup/kubepods/pod", "/sys/fs/cgroup/kubepods/*/pod", "/sys/fs/cgroup/*/kubepods/pod", "/sys/fs/cgroup/*/kubepods/*/pod"} {
			if left, _ := filepath.Glob(pattern + uid); len(left) > 0 {
				t.Errorf("cgroups of %s are left: %v", name, left)
			}
		}
	}
	data, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.Contains(line, c.dir) {
			t.Errorf("a mount is left: %s", line)
		}
	}
	if _, err := net.InterfaceByName(bridge); err == nil {
		t.Errorf("bridge %s is left", bridge)
	}
	if out, err := exec.CommandContext(t.Context(), "nft", "list", "tables").CombinedOutput(); err == nil && strings.Contains(string(out), bridge) {
		t.Errorf("rules are left: %s", out)
	}
	if entries, err := os.ReadDir(filepath.Join(c.dir, "node", "containerd", "state", "io.containerd.grpc.v1.cri", "netns")); err == nil && len(entries) > 0 {
		t.Errorf("network namespaces are left: %v", entries)
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// bridgeOf is the name of the cluster's bridge, as its network's configuration has
// it.
func bridgeOf(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "node", "containerd", "cni", "net.d", "*.conflist"))
	if err != nil || len(files) != 1 {
		t.Fatalf("configurations of the network: %v, %v", files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var network struct{ Plugins []struct{ Bridge string } }
	decode(t, string(data), &network)
	return network.Plugins[0].Bridge
}

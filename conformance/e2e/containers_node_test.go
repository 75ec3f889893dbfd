package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// tryImages asks for images that cannot be had.
func tryImages(t *testing.T, s *space) {
	s.pod(t, "missing", `{containers: [{name: c, image: "nucleus.local/nothing:1"}]}`)
	s.pod(t, "never", `{containers: [{name: c, image: "nucleus.local/neither:1", imagePullPolicy: Never}]}`)
	s.reaches(t, "missing", ".status.containerStatuses[0].state.waiting.reason", "ErrImagePull")
	contains(t, s.field(t, "missing", ".status.containerStatuses[0].state.waiting.message"), "nucleus.local/nothing:1", "not found")
	s.reaches(t, "missing", ".status.containerStatuses[0].state.waiting.reason", "ImagePullBackOff")
	contains(t, s.event(t, "missing", "Failed"), "Err")
	s.reaches(t, "never", ".status.containerStatuses[0].state.waiting.reason", "ErrImageNeverPull")
	// It is found as soon as it is there.
	mustRun(t, os.Getenv("NUCLEUS"), "image", "add", "nothing:1", os.Getenv("NUCLEUS"), "--registry-dir", filepath.Join(s.dir, "registry"))
	s.run(t, "delete", "pod", "missing", "never", "--timeout=60s")
	s.pod(t, "present", `{restartPolicy: Never, containers: [{name: c, image: "nucleus.local/nothing:1", args: [require, --help]}]}`)
	s.event(t, "present", "Pulled")
}

// tryEnvironment holds what containers are told.
func tryEnvironment(t *testing.T, s *space) {
	s.apply(t, `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: blue, size: "3"}
---
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {password: hush}
`)
	s.pod(t, "told", fmt.Sprintf(`{restartPolicy: Never, hostname: host, subdomain: sub, hostAliases: [{ip: 192.0.2.7, hostnames: [elsewhere]}], dnsPolicy: None, dnsConfig: {nameservers: [192.0.2.53], searches: [example.org]},
  containers: [{%s, resources: {limits: {memory: 64Mi}}, env: [
    {name: PLAIN, value: plain}, {name: BOTH, value: "$(PLAIN) and $$(PLAIN)"}, {name: COLOUR, valueFrom: {configMapKeyRef: {name: settings, key: colour}}},
    {name: PASSWORD, valueFrom: {secretKeyRef: {name: key, key: password}}}, {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}},
    {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}, {name: LIMIT, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}],
    envFrom: [{prefix: FROM_, configMapRef: {name: settings}}]}]}`, box("c", "env", "cat /etc/hosts", "resolv", "hostname")))
	s.reaches(t, "told", ".status.phase", "Succeeded")
	ip := s.field(t, "told", ".status.podIP")
	contains(t, s.run(t, "logs", "told"), "PLAIN=plain\n", "BOTH=plain and $(PLAIN)\n", "COLOUR=blue\n", "PASSWORD=hush\n", "IP="+ip+"\n", "LIMIT=64\n", "FROM_size=3\n", "KUBERNETES_SERVICE_HOST=",
		ip+"\thost.sub."+s.namespace+".svc.cluster.local\thost", "192.0.2.7\telsewhere", "nameserver 192.0.2.53", "search example.org", "\nhost\n")
	s.pod(t, "lacks", fmt.Sprintf(`{containers: [{%s, env: [{name: X, valueFrom: {configMapKeyRef: {name: settings, key: none}}}]}]}`, box("c", "env")))
	s.reaches(t, "lacks", ".status.containerStatuses[0].state.waiting.reason", "CreateContainerConfigError")
	contains(t, s.field(t, "lacks", ".status.containerStatuses[0].state.waiting.message"), "couldn't find key none in ConfigMap "+s.namespace+"/settings")
}

// trySecurity holds whom containers run as and what they may do.
func trySecurity(t *testing.T, s *space) {
	s.pod(t, "confined", fmt.Sprintf(`{restartPolicy: Never, securityContext: {runAsUser: 1000, runAsGroup: 2000, fsGroup: 3000, supplementalGroups: [4000]}, volumes: [{name: v, emptyDir: {}}],
  containers: [{%s, volumeMounts: [{name: v, mountPath: /v}], securityContext: {readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}}]}`,
		box("c", "id", "write /v/file yes", "ls /v", "cat /proc/self/status", "write /file no")))
	s.reaches(t, "confined", ".status.phase", "Failed")
	log := s.run(t, "logs", "confined")
	contains(t, log, "uid=1000 gid=2000", "3000", "4000", "1000:3000 file", "read-only file system", "NoNewPrivs:\t1", "CapEff:\t0000000000000000", "Seccomp:\t2")
	s.pod(t, "privileged", fmt.Sprintf(`{restartPolicy: Never, hostPID: true, containers: [{%s, securityContext: {privileged: true}}]}`, box("c", "cat /proc/self/status", "ls /dev")))
	s.reaches(t, "privileged", ".status.phase", "Succeeded")
	contains(t, s.run(t, "logs", "privileged"), "Seccomp:\t0", "kmsg")
	s.pod(t, "root", fmt.Sprintf(`{securityContext: {runAsNonRoot: true}, containers: [{%s}]}`, box("c", "id")))
	s.reaches(t, "root", ".status.containerStatuses[0].state.waiting.reason", "CreateContainerConfigError")
	contains(t, s.field(t, "root", ".status.containerStatuses[0].state.waiting.message"), "container has runAsNonRoot and image will run as root")
}

// tryNamespaces shares the node's namespaces, and those of a Pod among its containers.
func tryNamespaces(t *testing.T, s *space) {
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	s.pod(t, "host", fmt.Sprintf(`{restartPolicy: Never, hostNetwork: true, dnsPolicy: Default, containers: [{%s}]}`, box("c", "hostname", "ls /sys/class/net")))
	s.reaches(t, "host", ".status.phase", "Succeeded")
	contains(t, s.run(t, "logs", "host"), name+"\n", bridgeOf(t, s.dir))
	if pod, node := s.field(t, "host", ".status.podIP"), s.field(t, "host", ".status.hostIP"); pod != node || pod == "" {
		t.Errorf("its address is %q, the node's %q", pod, node)
	}
	s.pod(t, "shared", fmt.Sprintf(`{shareProcessNamespace: true, containers: [{%s}, {%s}]}`, box("a", "sleep 1h"), box("b", "spawn", "sleep 1h")))
	s.ready(t, "shared")
	contains(t, s.run(t, "exec", "shared", "-c", "b", "--", "/box", "cat", "/proc/1/cmdline"), "/pause")
	// What b left to the first process was reaped by it.
	eventually(t, 20*time.Second, func() error {
		out := s.run(t, "exec", "shared", "-c", "a", "--", "/box", "ls", "/proc")
		pids := 0
		for line := range strings.Lines(out) {
			if fields := strings.Fields(line); strings.Trim(fields[len(fields)-1], "0123456789") == "" {
				pids++
			}
		}
		if pids != 4 { // pause, a, b, ls
			return fmt.Errorf("%d processes", pids)
		}
		return nil
	})
	s.pod(t, "port", fmt.Sprintf(`{containers: [{%s, ports: [{containerPort: 8080, hostPort: 32999}]}]}`, box("c", "serve")))
	s.ready(t, "port")
	node := s.field(t, "port", ".status.hostIP")
	eventually(t, 20*time.Second, func() error {
		if got, err := fetch(t, "http://"+node+":32999/"); err != nil || !strings.HasPrefix(got, "port ") {
			return fmt.Errorf("the node's port answers %q %v", got, err)
		}
		return nil
	})
	s.pod(t, "sysctl", fmt.Sprintf(`{restartPolicy: Never, securityContext: {sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: "80"}]}, containers: [{%s}]}`, box("c", "cat /proc/sys/net/ipv4/ip_unprivileged_port_start")))
	s.reaches(t, "sysctl", ".status.phase", "Succeeded")
	contains(t, s.run(t, "logs", "sysctl"), "80")
}

// tryResources holds that limits reach the kernel.
func tryResources(t *testing.T, s *space) {
	s.pod(t, "limited", fmt.Sprintf(`{containers: [{%s, resources: {requests: {cpu: 100m, memory: 32Mi}, limits: {cpu: 500m, memory: 64Mi}}}]}`, box("c", "sleep 1h")))
	s.ready(t, "limited")
	if class := s.field(t, "limited", ".status.qosClass"); class != "Burstable" {
		t.Errorf("its class is %s", class)
	}
	uid := s.field(t, "limited", ".metadata.uid")
	// With cgroup v2 a container sees its own cgroup as the root.
	if groups := s.run(t, "exec", "limited", "--", "/box", "cat", "/proc/self/cgroup"); strings.TrimSpace(groups) != "0::/" {
		contains(t, groups, "/kubepods/burstable/pod"+uid)
	}
	found := false
	for _, file := range []string{"/sys/fs/cgroup/memory/kubepods/burstable/pod" + uid + "/memory.limit_in_bytes", "/sys/fs/cgroup/kubepods/burstable/pod" + uid + "/memory.max"} {
		if data, err := os.ReadFile(file); err == nil {
			found = true
			if got := strings.TrimSpace(string(data)); got != "67108864" {
				t.Errorf("%s has %s", file, got)
			}
		}
	}
	if !found {
		t.Error("the Pod has no cgroup")
	}
	s.run(t, "delete", "pod", "limited", "--now", "--timeout=60s")
	eventually(t, 20*time.Second, func() error {
		left, _ := filepath.Glob("/sys/fs/cgroup/*/kubepods/*/pod" + uid)
		unified, _ := filepath.Glob("/sys/fs/cgroup/kubepods/*/pod" + uid)
		if left = append(left, unified...); len(left) > 0 {
			return fmt.Errorf("cgroups are left: %v", left)
		}
		return nil
	})
}

// tryVolumes mounts what does not need a plug-in.
func tryVolumes(t *testing.T, s *space) {
	s.apply(t, `
apiVersion: v1
kind: ConfigMap
metadata: {name: files}
data: {a: first, b: second}
---
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {password: hush}
`)
	host := hostDir(t, "volumes")
	write(t, filepath.Join(host, "there"), "from the node")
	s.pod(t, "mounts", fmt.Sprintf(`{volumes: [{name: empty, emptyDir: {}}, {name: memory, emptyDir: {medium: Memory, sizeLimit: 1Mi}}, {name: host, hostPath: {path: %s, type: Directory}},
   {name: config, configMap: {name: files}}, {name: key, secret: {secretName: key, defaultMode: 0400}}, {name: info, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}},
   {name: all, projected: {sources: [{configMap: {name: files, items: [{key: a, path: x/a}]}}, {secret: {name: key}}]}}],
  containers: [{%s, volumeMounts: [{name: empty, mountPath: /empty}, {name: memory, mountPath: /memory}, {name: host, mountPath: /host, readOnly: true}, {name: config, mountPath: /config},
   {name: config, mountPath: /single, subPath: b}, {name: key, mountPath: /key}, {name: info, mountPath: /info}, {name: all, mountPath: /all}]}]}`, host, box("c", "serve")))
	s.ready(t, "mounts")
	cat := func(path string) string { return s.run(t, "exec", "mounts", "--", "/box", "cat", path) }
	for path, want := range map[string]string{"/host/there": "from the node", "/config/a": "first", "/single": "second", "/key/password": "hush", "/info/labels": `app="mounts"`, "/all/x/a": "first", "/all/password": "hush"} {
		if got := cat(path); got != want {
			t.Errorf("%s has %q, want %q", path, got, want)
		}
	}
	contains(t, cat("/proc/self/mountinfo"), " /memory rw", "tmpfs")
	s.run(t, "exec", "mounts", "--", "/box", "write", "/empty/kept", "yes")
	contains(t, s.fails(t, "exec", "mounts", "--", "/box", "write", "/host/file", "no"), "read-only file system")
	s.run(t, "patch", "configmap", "files", "-p", `{"data":{"a":"changed"}}`)
	eventually(t, 90*time.Second, func() error {
		if got := cat("/config/a"); got != "changed" {
			return fmt.Errorf("it has %q", got)
		}
		return nil
	})
	uid := s.field(t, "mounts", ".metadata.uid")
	s.run(t, "delete", "pod", "mounts", "--now", "--timeout=60s")
	eventually(t, 30*time.Second, func() error {
		if _, err := os.Stat(filepath.Join(s.dir, "node", "kubelet", "pods", uid)); !os.IsNotExist(err) {
			return fmt.Errorf("the Pod's directory is left: %v", err)
		}
		return nil
	})
	if got := read(t, filepath.Join(host, "there")); got != "from the node" {
		t.Errorf("the node's file has %q after that", got)
	}
	s.pod(t, "lacks", fmt.Sprintf(`{volumes: [{name: v, configMap: {name: none}}], containers: [{%s, volumeMounts: [{name: v, mountPath: /v}]}]}`, box("c", "serve")))
	contains(t, s.event(t, "lacks", "FailedMount"), `configmap "none" not found`)
}

// hostDir is a directory of this machine for the whole test.
func hostDir(t *testing.T, name string) string {
	t.Helper()
	parts := strings.Split(t.Name(), "/")
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("nucleus-e2e-%d-%s-%s", os.Getpid(), name, parts[len(parts)-1]))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// tryKilledNucleus kills everything but the containers, and starts it again.
func (c *containers) tryKilledNucleus(t *testing.T) {
	s := &space{c, "try-kill"}
	c.do(t, "create namespace "+s.namespace)
	s.pod(t, "stays", fmt.Sprintf(`{volumes: [{name: v, emptyDir: {medium: Memory}}], containers: [{%s, volumeMounts: [{name: v, mountPath: /v}]}]}`, box("c", "serve")))
	s.pod(t, "goes", fmt.Sprintf(`{terminationGracePeriodSeconds: 1, containers: [{%s}]}`, box("c", "serve")))
	s.pod(t, "ends", fmt.Sprintf(`{restartPolicy: Never, containers: [{%s}]}`, box("c", "echo before", "sleep 4", "echo after")))
	s.ready(t, "stays")
	s.ready(t, "goes")
	s.reaches(t, "ends", ".status.phase", "Running")
	s.run(t, "exec", "stays", "--", "/box", "write", "/v/mark", "kept")
	id, ip := s.field(t, "stays", ".status.containerStatuses[0].containerID"), s.field(t, "stays", ".status.podIP")
	s.run(t, "delete", "pod", "goes", "--wait=false", "--grace-period=60")
	c.kill(t)
	if got, err := fetch(t, "http://"+ip+":8080/"); err != nil || !strings.HasPrefix(got, "stays ") {
		t.Errorf("without nucleus it answers %q %v", got, err)
	}

	c.cluster = startIn(c.t, c.dir, c.args...)
	c.waitNode(t)
	s.ready(t, "stays")
	if now := s.field(t, "stays", ".status.containerStatuses[0].containerID"); now != id {
		t.Errorf("the container is %s, was %s", now, id)
	}
	if n := s.field(t, "stays", ".status.containerStatuses[0].restartCount"); n != "0" {
		t.Errorf("it was restarted %s times", n)
	}
	contains(t, s.run(t, "exec", "stays", "--", "/box", "cat", "/v/mark"), "kept")
	s.run(t, "wait", "pod/goes", "--for=delete", "--timeout=60s")
	s.reaches(t, "ends", ".status.phase", "Succeeded")
	if got := s.run(t, "logs", "ends"); got != "before\nafter\n" {
		t.Errorf("the log of what ended meanwhile is %q", got)
	}
	c.do(t, "delete namespace "+s.namespace+" --timeout=90s")
}

// tryKilledContainerd kills containerd: containers run on, and it comes back.
func (c *containers) tryKilledContainerd(t *testing.T) {
	s := &space{c, "try-runtime"}
	c.do(t, "create namespace "+s.namespace)
	s.pod(t, "stays", fmt.Sprintf(`{containers: [{%s}]}`, box("c", "serve")))
	s.ready(t, "stays")
	id := s.field(t, "stays", ".status.containerStatuses[0].containerID")
	before := processes("containerd --config", c.dir)
	if len(before) != 1 {
		t.Fatalf("processes of containerd: %v", before)
	}
	if err := syscall.Kill(before[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, 30*time.Second, func() error {
		now := processes("containerd --config", c.dir)
		if len(now) != 1 || slices.Contains(now, before[0]) {
			return fmt.Errorf("processes of containerd: %v, were %v", now, before)
		}
		return nil
	})
	s.pod(t, "later", fmt.Sprintf(`{containers: [{%s}]}`, box("c", "serve")))
	s.ready(t, "later")
	s.ready(t, "stays")
	if now := s.field(t, "stays", ".status.containerStatuses[0]['containerID','restartCount']"); now != id+" 0" {
		t.Errorf("the container is %s, was %s", now, id)
	}
	contains(t, s.run(t, "exec", "stays", "--", "/box", "hostname"), "stays")
	c.do(t, "delete namespace "+s.namespace+" --timeout=90s")
}

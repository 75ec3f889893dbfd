package e2e

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// machine is as good as another machine: a network namespace with an address of its
// own, in which a containerd runs that has its own root, state and network for Pods.
type machine struct {
	name     string // of the network namespace
	dir      string
	here     string // this machine's address on the cable between them
	address  string
	endpoint string

	stopContainerd func()
}

// TestNodeJoinsFromElsewhere has a machine join over a network, with real containers:
// the server reaches its kubelet at the machine's address.
func TestNodeJoinsFromElsewhere(t *testing.T) {
	m := startMachine(t)
	c := start(t, "--node=none", "--bind-address", m.here)
	kubelet, bootstrap := buildKubelet(t, m.dir), c.bootstrapKubeconfig(t, m.dir)
	flex := filepath.Join(m.dir, "flex")
	writeFlexDriver(t, flex)
	const eviction = "memory.available<50Mi,nodefs.available<50Mi,imagefs.available<50Mi"
	flags := []string{
		kubelet,
		"--bootstrap-kubeconfig", bootstrap, "--kubeconfig", filepath.Join(m.dir, "kubelet.conf"), "--root-dir", filepath.Join(m.dir, "kubelet-root"),
		"--hostname-override", "elsewhere", "--node-ip", m.address, "--address", m.address, "--container-runtime-endpoint", m.endpoint,
		"--cni-conf-dir", filepath.Join(m.dir, "net.d"), "--max-pods", "7", "--system-reserved", "cpu=100m",
		"--container-log-max-size", "16Ki", "--container-log-max-files", "3", "--volume-plugin-dir", flex,
		"--minimum-image-ttl-duration", "1s", "--eviction-pressure-transition-period", "1s",
	}
	args := append(slices.Clone(flags), "--eviction-hard", eviction)
	_, kill := m.run(t, "kubelet", args...)
	becomes(t, c, "node/elsewhere", "condition=Ready")
	contains(t, c.kubectl(t, "get", "node", "elsewhere", "-o", "wide"), m.address, "containerd://")
	if got := c.kubectl(t, "-n", "kube-node-lease", "get", "lease", "elsewhere", "-o", "jsonpath={.spec.holderIdentity} {.metadata.ownerReferences[0].name}"); got != "elsewhere elsewhere" {
		t.Errorf("the lease by which it is known to live is of %s", got)
	}
	if got := c.kubectl(t, "get", "node", "elsewhere", "-o", "jsonpath={.status.allocatable.pods}"); got != "7" {
		t.Errorf("it takes %s Pods, want 7", got)
	}
	if spare := c.kubectl(t, "get", "node", "elsewhere", "-o", "jsonpath={.status.allocatable.cpu}"); !strings.HasSuffix(spare, "900m") {
		t.Errorf("of its processors %s are for Pods: 100m are not kept", spare)
	}

	// Not one flow mapping: old versions of kubectl take what begins with a brace for JSON.
	pod := `apiVersion: v1
kind: Pod
metadata: {name: far}
spec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: "nucleus.local/box:1", imagePullPolicy: Never, args: [do, "echo from elsewhere", serve]}]}
`
	c.kubectlIn(t, pod, "apply", "-f", "-")
	becomes(t, c, "pod/far", "condition=Ready")
	contains(t, c.kubectl(t, "logs", "far"), "from elsewhere")
	contains(t, c.kubectl(t, "exec", "far", "--", "/box", "hostname"), "far")
	contains(t, c.kubectl(t, "exec", "far", "--", "/box", "cat", "/var/run/secrets/kubernetes.io/serviceaccount/namespace"), "default")
	contains(t, c.kubectl(t, "get", "--raw", "/api/v1/nodes/elsewhere/proxy/stats/summary"), `"nodeName": "elsewhere"`, `"name": "far"`)
	// Nobody but the server's clients may ask the kubelet.
	stranger := http.Client{Timeout: patient(10 * time.Second), Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	for _, path := range []string{"/pods", "/run/default/far/c", "/containerLogs/default/far/c"} {
		if answer, err := stranger.Get("https://" + net.JoinHostPort(m.address, "10250") + path); err != nil {
			t.Errorf("the kubelet's port cannot be reached: %v", err)
		} else if _ = answer.Body.Close(); answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("who has no name gets %s for %s", answer.Status, path)
		}
	}

	// What runs goes on when the kubelet is killed, and when its container runtime is
	// started anew, and is known again after that.
	run := func() string {
		return c.kubectl(t, "get", "pod", "far", "-o", "jsonpath={.status.containerStatuses[0]['containerID','restartCount']} {.status.podIP}")
	}
	was := run()
	c.kubectlIn(t, strings.Replace(pod, "far", "orphan", 1), "apply", "-f", "-")
	becomes(t, c, "pod/orphan", "condition=Ready")
	kill()
	// The kubelet never sees that one is gone; it must not run on for that.
	c.kubectl(t, "delete", "pod", "orphan", "--grace-period=0", "--force")
	m.stopContainerd()
	m.runContainerd(t)
	stop, _ := m.run(t, "kubelet", args...)
	c.kubectlIn(t, strings.Replace(pod, "far", "later", 1), "apply", "-f", "-")
	becomes(t, c, "pod/later", "condition=Ready")
	becomes(t, c, "pod/far", "condition=Ready")
	if now := run(); now != was {
		t.Errorf("it is %s, was %s", now, was)
	}
	contains(t, c.kubectl(t, "exec", "far", "--", "/box", "hostname"), "far")
	contains(t, c.kubectl(t, "logs", "far"), "from elsewhere")
	t.Run("flexVolume", func(t *testing.T) { m.tryFlex(t, c) })
	t.Run("rotation", func(t *testing.T) { m.tryRotation(t, c) })
	c.kubectl(t, "delete", "pod", "far", "later", "--timeout=60s")
	// The API is told once nothing runs any more; what the Pod ran in goes after that.
	eventually(t, 60*time.Second, m.isEmpty)
	stop()
	t.Run("pressure", func(t *testing.T) { m.tryPressure(t, c, flags, eviction) })
}

// startMachine starts one. With the test everything of it ends, also what a failure
// has left behind.
func startMachine(t *testing.T) *machine {
	t.Helper()
	needContainers(t)
	for _, program := range []string{"nsenter", "ctr"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("no other machine can be had on this one: %v", err)
		}
	}
	cables := freeRange(t)
	prefix, _, _ := strings.Cut(cables, ".0.0/")
	// Paths of sockets have to be short.
	dir, err := os.MkdirTemp("", "join")
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{
		name: fmt.Sprintf("nucleus-%d", os.Getpid()), dir: dir, here: prefix + ".0.1", address: prefix + ".0.2",
		endpoint: "unix://" + filepath.Join(dir, "containerd.sock"),
	}
	t.Cleanup(func() { m.end(t) })
	cable := fmt.Sprintf("nj%d", os.Getpid())
	for _, command := range []string{
		"ip netns add " + m.name,
		"ip link add " + cable + " type veth peer name eth0 netns " + m.name,
		"ip address add " + m.here + "/30 dev " + cable,
		"ip link set " + cable + " up",
		"ip -n " + m.name + " address add " + m.address + "/30 dev eth0",
		"ip -n " + m.name + " link set eth0 up",
		"ip -n " + m.name + " link set lo up",
		"ip -n " + m.name + " route add default via " + m.here,
	} {
		words := strings.Fields(command)
		mustRun(t, words[0], words[1:]...)
	}
	m.startContainerd(t)
	return m
}

// startContainerd starts the machine's container runtime and gives it its images.
func (m *machine) startContainerd(t *testing.T) {
	t.Helper()
	for _, d := range []string{"net.d", "root", "state"} {
		if err := os.Mkdir(filepath.Join(m.dir, d), 0o711); err != nil {
			t.Fatal(err)
		}
	}
	plugins := ""
	for _, d := range []string{"/opt/cni/bin", "/usr/lib/cni", "/usr/libexec/cni"} {
		if _, err := os.Stat(filepath.Join(d, "host-local")); err == nil {
			plugins = d
			break
		}
	}
	write(t, filepath.Join(m.dir, "config.toml"), fmt.Sprintf(`version = 2
root = "%[1]s/root"
state = "%[1]s/state"
oom_score = 0
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.internal.v1.restart"]
[grpc]
  address = "%[1]s/containerd.sock"
[ttrpc]
  address = "%[1]s/containerd.ttrpc.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "%[1]s/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "nucleus.local/pause:1"
  netns_mounts_under_state_dir = true
  tolerate_missing_hugetlb_controller = true
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = %[2]q
    conf_dir = "%[1]s/net.d"
`, m.dir, plugins))
	m.runContainerd(t)
	program := filepath.Join(m.dir, "box")
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", program, "./box")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build box: %v\n%s", err, out)
	}
	box, pause := filepath.Join(m.dir, "box.tar"), filepath.Join(m.dir, "pause.tar")
	imageFile(t, box, "nucleus.local/box:1", program)
	imageFile(t, pause, "nucleus.local/pause:1", program, "sleep", "24h")
	eventually(t, 60*time.Second, func() error {
		for _, file := range []string{box, pause} {
			out, err := exec.CommandContext(t.Context(), "ctr", "--address", filepath.Join(m.dir, "containerd.sock"), "--namespace", "k8s.io", "images", "import", file).CombinedOutput()
			if err != nil {
				return fmt.Errorf("import %s: %w\n%s", file, err, out)
			}
		}
		return nil
	})
}

func (m *machine) runContainerd(t *testing.T) {
	t.Helper()
	m.stopContainerd, _ = m.run(t, "containerd", "containerd", "--config", filepath.Join(m.dir, "config.toml"))
}

// run runs a program of the machine until the test ends or stop is called, which
// both hold that it ends in order, or until it is killed.
func (m *machine) run(t *testing.T, what string, args ...string) (stop, kill func()) {
	t.Helper()
	var log bytes.Buffer
	cmd := exec.Command("nsenter", append([]string{"--net=/run/netns/" + m.name, "--"}, args...)...)
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		_ = cmd.Process.Signal(syscall.SIGTERM)
		var err error
		select {
		case err = <-done:
		case <-time.After(patient(30 * time.Second)):
			_ = cmd.Process.Kill()
			err = fmt.Errorf("it did not stop: %v", <-done)
		}
		if err != nil || t.Failed() {
			t.Errorf("%s: %v\n%s", what, err, tail(log.String(), 5000))
		}
	}
	t.Cleanup(stop)
	return stop, func() {
		stopped = true
		_ = cmd.Process.Kill()
		<-done
	}
}

// isEmpty tells of what there still is of Pods.
func (m *machine) isEmpty() error {
	if shims := processes("containerd-shim", m.dir); len(shims) > 0 {
		return fmt.Errorf("containers are still watched over by %v", shims)
	}
	data, err := os.ReadFile("/proc/self/mountinfo")
	if err == nil && strings.Contains(string(data), m.dir+"/") {
		err = fmt.Errorf("something is still mounted:\n%s", data)
	}
	return err
}

// end takes down what is left of the machine, and holds that it is nothing but files.
func (m *machine) end(t *testing.T) {
	for _, pid := range processes(m.dir) {
		t.Errorf("a process is left: %d", pid)
		// What runs in containers is a child of what watches over them.
		lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
		for _, list := range lists {
			data, _ := os.ReadFile(list)
			for _, child := range strings.Fields(string(data)) {
				if pid, err := strconv.Atoi(child); err == nil {
					_ = syscall.Kill(pid, syscall.SIGKILL)
				}
			}
		}
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	data, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Error(err)
	}
	var mounts []string
	for line := range strings.Lines(string(data)) {
		if fields := strings.Fields(line); len(fields) > 4 && strings.HasPrefix(fields[4], m.dir+"/") {
			mounts = append(mounts, fields[4])
		}
	}
	for _, path := range slices.Backward(mounts) {
		t.Errorf("a mount is left: %s", path)
		_ = syscall.Unmount(path, syscall.MNT_DETACH)
	}
	// The cable goes with the namespace at its other end.
	if out, err := exec.Command("ip", "netns", "delete", m.name).CombinedOutput(); err != nil {
		t.Errorf("network namespace %s: %v %s", m.name, err, out)
	}
	if err := os.RemoveAll(m.dir); err != nil {
		t.Error(err)
	}
}

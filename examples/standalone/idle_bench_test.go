package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/kubelet/containerd/daemon"
	"github.com/kubenucleus/nucleus/runtime/kubelet/images"
)

const (
	idlePods = 100
	// settling is how long what the start of the Pods has left behind may take to be
	// given back, idleTime how long is looked on then.
	settling, idleTime = 20 * time.Second, 40 * time.Second
)

// BenchmarkIdleKubelet is what a kubelet by itself takes while 100 Pods of its node
// have nothing to do: the share of a processor, and memory.
func BenchmarkIdleKubelet(b *testing.B) {
	dir := shortDir(b)
	d := startDaemon(b, dir)
	server := startProgram(b, ".", "--data-dir", filepath.Join(dir, "data"), "--node=none", "--secure-port", strconv.Itoa(freePort(b)))
	kubeconfig := filepath.Join(dir, "data", "kubeconfig")
	c := server.connect(b, kubeconfig)
	kubelet := startProgram(b, "../kubelet", "--kubeconfig", kubeconfig, "--root-dir", filepath.Join(dir, "node"), "--container-runtime-endpoint", "unix://"+d.Socket(),
		"--cni-conf-dir", d.CNI().ConfDir, "--cni-bridge", d.CNI().Bridge, "--port", strconv.Itoa(freePort(b)))
	for b.Loop() {
		kubelet.idle(b, c)
	}
}

// BenchmarkIdleCluster is what a whole cluster in one process takes, with a node of
// 100 Pods that have nothing to do.
func BenchmarkIdleCluster(b *testing.B) {
	requireContainers(b)
	dir := shortDir(b)
	cluster := startProgram(b, ".", "--data-dir", dir, "--node=containerd", "--cluster-cidr=10.98.0.0/16", "--secure-port", strconv.Itoa(freePort(b)))
	c := cluster.connect(b, filepath.Join(dir, "kubeconfig"))
	for b.Loop() {
		cluster.idle(b, c)
	}
}

func requireContainers(b *testing.B) {
	b.Helper()
	if err := daemon.Require(); err != nil {
		b.Skipf("no real containers on this machine: %v", err)
	}
}

// shortDir is a directory for the benchmark with a path that leaves room for sockets.
func shortDir(b *testing.B) string {
	b.Helper()
	dir, err := os.MkdirTemp("", "idle")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			b.Error(err)
		}
	})
	return dir
}

// startDaemon runs a containerd, with the image of sandboxes, until the benchmark ends.
func startDaemon(b *testing.B, dir string) *daemon.Daemon {
	b.Helper()
	requireContainers(b)
	store, err := images.Open(filepath.Join(dir, "registry"))
	if err != nil {
		b.Fatal(err)
	}
	pause, err := images.Pause(runtime.GOARCH)
	if err != nil {
		b.Fatal(err)
	}
	if err := store.Put(pauseImage, pause); err != nil {
		b.Fatal(err)
	}
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	d, err := daemon.New(daemon.Options{
		Dir: filepath.Join(dir, "containerd"), SandboxImage: benchImage, Logger: slog.New(slog.DiscardHandler), PodRange: netip.MustParsePrefix("10.97.0.0/24"),
		Registries: map[string]string{localRegistry: "http://" + listen.Addr().String()},
	})
	if err != nil {
		b.Fatal(err)
	}
	registry := &http.Server{Handler: store, ReadHeaderTimeout: time.Minute}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	go func() { ended <- d.Run(ctx) }()
	go func() { _ = registry.Serve(listen); ended <- nil }()
	b.Cleanup(func() {
		cancel()
		_ = registry.Close()
		for range cap(ended) {
			if err := <-ended; err != nil {
				b.Error(err)
			}
		}
		// What a kubelet has mounted for the containers goes after them.
		if err := daemon.UnmountBelow(dir); err != nil {
			b.Error(err)
		}
	})
	if err := d.WaitReady(ctx); err != nil {
		b.Fatal(err)
	}
	return d
}

// program is one of ours that runs in a process of its own, so that nothing else is
// counted with it.
type program struct {
	pid int
	log *bytes.Buffer
}

// startProgram builds a program and runs it until the benchmark ends.
func startProgram(b *testing.B, source string, args ...string) *program {
	b.Helper()
	path := filepath.Join(b.TempDir(), "program")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-ldflags=-s -w", "-o", path, source).CombinedOutput(); err != nil {
		b.Fatalf("build %s: %v\n%s", source, err, out)
	}
	p := &program{log: &bytes.Buffer{}}
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = p.log, p.log
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	p.pid = cmd.Process.Pid
	b.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil || b.Failed() {
			b.Errorf("%s: %v\n%s", source, err, p.log)
		}
	})
	return p
}

// connect returns a client of a server once it serves and Pods can be made.
func (p *program) connect(b *testing.B, kubeconfig string) client.Client {
	b.Helper()
	kinds, err := scheme.New(api.Groups()...)
	if err != nil {
		b.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		c, err := client.Connect(kubeconfig, kinds)
		if err == nil {
			if _, err = client.Of[corev1.ServiceAccount](c).In("default").Get(b.Context(), "default"); err == nil {
				b.Cleanup(c.Close)
				return c
			}
			c.Close()
		}
		if time.Now().After(deadline) {
			b.Fatal(err)
		}
	}
}

// idle has Pods started and reports what the program takes once they run.
func (p *program) idle(b *testing.B, c client.Client) {
	b.Helper()
	ctx := b.Context()
	pods := client.Of[corev1.Pod](c).In("default")
	none := int64(0)
	for i := range idlePods {
		if err := pods.Create(ctx, &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: fmt.Sprintf("idle-%d", i), Namespace: "default"}, Spec: corev1.PodSpec{
			TerminationGracePeriodSeconds: &none,
			Containers:                    []corev1.Container{{Name: "c", Image: benchImage, ImagePullPolicy: corev1.PullIfNotPresent}},
		}}); err != nil {
			b.Fatal(err)
		}
	}
	for deadline := time.Now().Add(5 * time.Minute); ; time.Sleep(time.Second) {
		list, err := pods.List(ctx, meta.ListOptions{FieldSelector: "status.phase=Running"})
		if err != nil {
			b.Fatal(err)
		}
		if len(list.Items) == idlePods {
			break
		}
		if time.Now().After(deadline) {
			b.Fatalf("%d of %d Pods run", len(list.Items), idlePods)
		}
	}
	time.Sleep(settling)
	before, began := p.worked(b), time.Now()
	time.Sleep(idleTime)
	b.ReportMetric(100*(p.worked(b)-before).Seconds()/time.Since(began).Seconds(), "%core")
	b.ReportMetric(float64(p.resident(b))/(1<<20), "MB")
	if err := pods.DeleteCollection(ctx, meta.ListOptions{}, meta.DeleteOptions{GracePeriodSeconds: &none}); err != nil {
		b.Fatal(err)
	}
}

// worked is the processor time that a process has taken.
func (p *program) worked(b *testing.B) time.Duration {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
	if err != nil {
		b.Fatal(err)
	}
	// The name, which comes before, may have spaces.
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	var ticks int
	for _, field := range fields[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	const perSecond = 100 // for programs, on every kernel
	return time.Duration(ticks) * time.Second / perSecond
}

// resident is the memory of a process, in bytes.
func (p *program) resident(b *testing.B) int64 {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if text, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kilobytes, err := strconv.ParseInt(strings.Fields(text)[0], 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			return kilobytes << 10
		}
	}
	b.Fatal("no VmRSS")
	return 0
}

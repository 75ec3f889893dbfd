package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/kubelet/containerd/daemon"
)

// benchImage is an image on every node: that of sandboxes does as a container, too.
const benchImage = localRegistry + "/" + pauseImage

// startCluster runs a cluster with real containers in this process until the
// benchmark ends.
func startCluster(b *testing.B) *cluster {
	b.Helper()
	if err := daemon.Require(); err != nil {
		b.Skipf("no real containers on this machine: %v", err)
	}
	var f flags
	set := pflag.NewFlagSet("bench", pflag.ContinueOnError)
	f.register(set)
	if err := set.Parse([]string{"--data-dir", b.TempDir(), "--secure-port", strconv.Itoa(freePort(b)), "--node=containerd", "--cluster-cidr=10.99.0.0/16"}); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	c, err := newCluster(ctx, f, slog.New(slog.DiscardHandler), io.Discard)
	if err != nil {
		cancel()
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.run(ctx) }()
	b.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	if err := c.node.kubelet.WaitReady(ctx); err != nil {
		b.Fatal(err)
	}
	return c
}

func freePort(b *testing.B) int {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// BenchmarkPodStart compares the time from the creation of a Pod to its status
// saying that it runs with what containerd takes for a sandbox with a container.
// They take turns, so that a busy machine is busy for both.
func BenchmarkPodStart(b *testing.B) {
	c := startCluster(b)
	ctx := b.Context()
	admin := c.control.Client(&auth.User{Name: "bench", Groups: []string{auth.GroupMasters}})
	pods := client.Of[corev1.Pod](admin).In("default")
	conn, err := grpc.NewClient("unix://"+c.node.daemon.Socket(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close() }()

	var byKubelet, byCRI time.Duration
	rounds := 0
	for b.Loop() {
		rounds++
		name := fmt.Sprintf("bench-%d", rounds)
		byCRI += startByCRI(b, ctx, conn, name)
		byKubelet += startByKubelet(b, ctx, pods, name)
		c.awaitNoPods(b)
	}
	b.ReportMetric(byCRI.Seconds()*1000/float64(rounds), "cri-ms")
	b.ReportMetric(byKubelet.Seconds()*1000/float64(rounds), "pod-ms")
	b.ReportMetric(byKubelet.Seconds()/byCRI.Seconds(), "pod/cri")
}

// awaitNoPods waits until the node has no Pods: taking them down takes time, too.
func (c *cluster) awaitNoPods(b *testing.B) {
	b.Helper()
	for {
		pods, err := c.node.runtime.Pods(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if len(pods) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func startByKubelet(b *testing.B, ctx context.Context, pods client.Resource[corev1.Pod], name string) time.Duration {
	b.Helper()
	none := int64(0)
	pod := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "default"}, Spec: corev1.PodSpec{
		TerminationGracePeriodSeconds: &none,
		Containers:                    []corev1.Container{{Name: "c", Image: benchImage, ImagePullPolicy: corev1.PullIfNotPresent}},
	}}
	began := time.Now()
	if err := pods.Create(ctx, pod); err != nil {
		b.Fatal(err)
	}
	var took time.Duration
	watched, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	for change, err := range pods.Watch(watched, meta.ListOptions{FieldSelector: "metadata.name=" + name, ResourceVersion: pod.ResourceVersion}) {
		if err != nil {
			b.Fatal(err)
		}
		if change.Object.Status.Phase == corev1.PodRunning {
			took = time.Since(began)
			break
		}
	}
	if took == 0 {
		b.Fatal("the Pod does not run")
	}
	if err := pods.Delete(ctx, name, meta.DeleteOptions{GracePeriodSeconds: &none}); err != nil {
		b.Fatal(err)
	}
	return took
}

func startByCRI(b *testing.B, ctx context.Context, conn *grpc.ClientConn, name string) time.Duration {
	b.Helper()
	runtime := cri.NewRuntimeServiceClient(conn)
	sandbox := &cri.PodSandboxConfig{
		Metadata: &cri.PodSandboxMetadata{Name: name, Namespace: "bench", Uid: name}, LogDirectory: filepath.Join(b.TempDir(), name),
		Linux: &cri.LinuxPodSandboxConfig{CgroupParent: "/kubepods/besteffort/pod" + name},
	}
	began := time.Now()
	started, err := runtime.RunPodSandbox(ctx, &cri.RunPodSandboxRequest{Config: sandbox})
	if err != nil {
		b.Fatal(err)
	}
	created, err := runtime.CreateContainer(ctx, &cri.CreateContainerRequest{PodSandboxId: started.PodSandboxId, SandboxConfig: sandbox, Config: &cri.ContainerConfig{
		Metadata: &cri.ContainerMetadata{Name: "c"}, Image: &cri.ImageSpec{Image: benchImage}, LogPath: "0.log", Linux: &cri.LinuxContainerConfig{},
	}})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := runtime.StartContainer(ctx, &cri.StartContainerRequest{ContainerId: created.ContainerId}); err != nil {
		b.Fatal(err)
	}
	took := time.Since(began)
	if _, err := runtime.StopPodSandbox(ctx, &cri.StopPodSandboxRequest{PodSandboxId: started.PodSandboxId}); err != nil {
		b.Fatal(err)
	}
	if _, err := runtime.RemovePodSandbox(ctx, &cri.RemovePodSandboxRequest{PodSandboxId: started.PodSandboxId}); err != nil {
		b.Fatal(err)
	}
	return took
}

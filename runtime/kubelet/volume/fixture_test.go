package volume_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

const (
	node    = "node-1"
	timeout = 20 * time.Second
)

// issuer gives out tokens that say what they are for.
type issuer struct {
	mu     sync.Mutex
	issued int
	life   time.Duration // instead of what is asked for
	broken error
}

func (i *issuer) IssueToken(_ context.Context, account *corev1.ServiceAccount, bound meta.Object, _ *corev1.Node, r *authenticationv1.TokenRequest) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.broken != nil {
		return i.broken
	}
	i.issued++
	life := i.life
	if life == 0 {
		life = time.Duration(*r.Spec.ExpirationSeconds) * time.Second
	}
	r.Status.Token = fmt.Sprintf("%s/%s for %v of %s #%d", account.Namespace, account.Name, r.Spec.Audiences, bound.Metadata().Name, i.issued)
	r.Status.ExpirationTimestamp = meta.At(time.Now().Add(life))
	return nil
}

func (i *issuer) set(change func(*issuer)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change(i)
}

// fixture is a node's volumes and the server behind them.
type fixture struct {
	*testing.T
	c       client.Client
	tokens  *issuer
	root    string
	volumes *volume.Manager
	opts    volume.Options
	stop    func()
}

func newFixture(t *testing.T, change ...func(*volume.Options)) *fixture {
	t.Helper()
	f := &fixture{T: t, tokens: &issuer{}, root: t.TempDir()}
	f.c = clienttest.Start(t, clienttest.Options{Registry: registry.Options{TokenIssuer: f.tokens}, Bootstrap: true}).Remote // as on a node of its own
	require.NoError(t, client.Of[corev1.Node](f.c).Create(t.Context(), &corev1.Node{
		ObjectMeta: meta.ObjectMeta{Name: node, Labels: map[string]string{"disk": "here"}},
		Status:     corev1.NodeStatus{Allocatable: corev1.ResourceList{"memory": quantity.MustParse("1Gi"), "cpu": quantity.MustParse("2")}},
	}))
	require.NoError(t, client.Of[corev1.ServiceAccount](f.c).Create(t.Context(), &corev1.ServiceAccount{ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: "default"}}))
	f.opts = volume.Options{
		RootDir: f.root, NodeName: node, Logger: slog.New(slog.DiscardHandler),
		Allocatable: func() corev1.ResourceList {
			return corev1.ResourceList{"memory": quantity.MustParse("1Gi"), "cpu": quantity.MustParse("2")}
		},
	}
	for _, c := range change {
		c(&f.opts)
	}
	f.start()
	t.Cleanup(func() {
		f.stop()
		uids, err := f.volumes.Mounted(context.Background())
		require.NoError(t, err)
		for _, uid := range uids {
			require.NoError(t, f.volumes.Unmount(context.Background(), uid))
		}
		left, err := mount.Under(f.root)
		require.NoError(t, err)
		require.Empty(t, left, "mounts are left")
		entries, err := os.ReadDir(filepath.Join(f.root, "pods"))
		require.NoError(t, err)
		require.Empty(t, entries, "directories of Pods are left")
	})
	return f
}

// start makes a manager on what is on the disk, as a kubelet does that starts.
func (f *fixture) start() {
	f.Helper()
	var err error
	f.volumes, err = volume.New(f.c, f.opts)
	require.NoError(f, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.volumes.Run(ctx) }()
	f.stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(f, <-ended)
	})
}

// restart forgets all that is in memory.
func (f *fixture) restart() {
	f.Helper()
	f.stop()
	f.start()
}

func needMounts(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	err := mount.Mount("tmpfs", dir, "tmpfs")
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skip("needs the right to mount")
	}
	require.NoError(t, err)
	require.NoError(t, mount.Unmount(dir))
}

// pod makes a Pod with a container that mounts every volume at /NAME.
func (f *fixture) pod(volumes []corev1.Volume, change ...func(*corev1.Pod)) *corev1.Pod {
	f.Helper()
	pod := &corev1.Pod{
		ObjectMeta: meta.ObjectMeta{Namespace: "default", GenerateName: "pod-"},
		Spec: corev1.PodSpec{
			NodeName: node, ServiceAccountName: "default", Volumes: volumes,
			Containers: []corev1.Container{{Name: "main", Image: "none"}},
		},
	}
	for _, v := range volumes {
		c := &pod.Spec.Containers[0]
		c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: v.Name, MountPath: "/" + v.Name})
	}
	for _, c := range change {
		c(pod)
	}
	require.NoError(f, client.Of[corev1.Pod](f.c).Create(f.Context(), pod))
	return pod
}

// mounted mounts a Pod's volumes and returns what its container gets.
func (f *fixture) mounted(pod *corev1.Pod, env ...kubelet.EnvVar) []kubelet.Mount {
	f.Helper()
	require.NoError(f, f.volumes.Mount(f.Context(), pod))
	return f.container(pod, env...)
}

func (f *fixture) container(pod *corev1.Pod, env ...kubelet.EnvVar) []kubelet.Mount {
	f.Helper()
	all, err := f.volumes.Container(f.Context(), pod, &pod.Spec.Containers[0], 0, env)
	require.NoError(f, err)
	return all.Mounts
}

// eventually waits until check returns no error.
func (f *fixture) eventually(check func() error) {
	f.Helper()
	ctx, cancel := context.WithTimeout(f.Context(), timeout)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			f.Fatalf("not in time: %v", err)
		}
	}
}

func (f *fixture) eventuallyHolds(path, want string) {
	f.Helper()
	f.eventually(func() error {
		got, err := os.ReadFile(path)
		if err == nil && string(got) != want {
			err = fmt.Errorf("%s holds %q, want %q", path, got, want)
		}
		return err
	})
}

func (f *fixture) content(path string) string {
	f.Helper()
	data, err := os.ReadFile(path)
	require.NoError(f, err)
	return string(data)
}

func ptr[T any](v T) *T { return &v }

func named(name string, source corev1.VolumeSource) []corev1.Volume {
	return []corev1.Volume{{Name: name, VolumeSource: source}}
}

func create[T any, P client.Pointer[T]](f *fixture, obj *T) *T {
	f.Helper()
	require.NoError(f, client.Of[T, P](f.c).Create(f.Context(), obj))
	return obj
}

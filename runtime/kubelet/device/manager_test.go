package device

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	protocol "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/registration"
)

const gpu = "example.com/gpu"

// testPlugin speaks for devices that do not exist.
type testPlugin struct {
	protocol.UnimplementedDevicePluginServer
	options *protocol.DevicePluginOptions
	lists   chan []*protocol.Device
	server  *grpc.Server
	done    chan struct{}

	mu        sync.Mutex
	allocated [][]string
	prestart  [][]string
	err       error
}

func devices(health string, ids ...string) []*protocol.Device {
	var all []*protocol.Device
	for _, id := range ids {
		all = append(all, &protocol.Device{ID: id, Health: health})
	}
	return all
}

func startPlugin(t *testing.T, socket string, options *protocol.DevicePluginOptions) *testPlugin {
	t.Helper()
	p := &testPlugin{options: options, lists: make(chan []*protocol.Device, 8), server: grpc.NewServer(), done: make(chan struct{})}
	listener, err := net.Listen("unix", socket)
	require.NoError(t, err)
	protocol.RegisterDevicePluginServer(p.server, p)
	go func() { defer close(p.done); _ = p.server.Serve(listener) }()
	t.Cleanup(p.stop)
	return p
}

func (p *testPlugin) stop() { p.server.Stop(); <-p.done }

func (p *testPlugin) GetDevicePluginOptions(context.Context, *protocol.Empty) (*protocol.DevicePluginOptions, error) {
	return p.options, nil
}

func (p *testPlugin) ListAndWatch(_ *protocol.Empty, stream grpc.ServerStreamingServer[protocol.ListAndWatchResponse]) error {
	for {
		select {
		case list := <-p.lists:
			if err := stream.Send(&protocol.ListAndWatchResponse{Devices: list}); err != nil {
				return err
			}
		case <-stream.Context().Done():
			return nil
		}
	}
}

func (p *testPlugin) GetPreferredAllocation(_ context.Context, r *protocol.PreferredAllocationRequest) (*protocol.PreferredAllocationResponse, error) {
	available := r.ContainerRequests[0].AvailableDeviceIDs
	return &protocol.PreferredAllocationResponse{ContainerResponses: []*protocol.ContainerPreferredAllocationResponse{{
		DeviceIDs: available[len(available)-int(r.ContainerRequests[0].AllocationSize):],
	}}}, nil
}

func (p *testPlugin) Allocate(_ context.Context, r *protocol.AllocateRequest) (*protocol.AllocateResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	ids := r.ContainerRequests[0].DevicesIds
	p.allocated = append(p.allocated, ids)
	return &protocol.AllocateResponse{ContainerResponses: []*protocol.ContainerAllocateResponse{{
		Envs:    map[string]string{"GPUS": fmt.Sprint(ids)},
		Mounts:  []*protocol.Mount{{HostPath: "/lib/gpu", ContainerPath: "/gpu", ReadOnly: true}},
		Devices: []*protocol.DeviceSpec{{HostPath: "/dev/null", ContainerPath: "/dev/gpu0", Permissions: "rw"}}, Annotations: map[string]string{"a": "b"},
		CdiDevices: []*protocol.CDIDevice{{Name: "example.com/gpu=0"}},
	}}}, p.err
}

func (p *testPlugin) PreStartContainer(_ context.Context, r *protocol.PreStartContainerRequest) (*protocol.PreStartContainerResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.prestart = append(p.prestart, r.DevicesIds)
	return &protocol.PreStartContainerResponse{}, nil
}

// startManager runs a manager; stop ends it and waits for it.
func startManager(t *testing.T, opts Options) (m *Manager, stop func()) {
	t.Helper()
	opts.Logger = slog.New(slog.DiscardHandler)
	m, err := New(opts)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	var once sync.Once
	stop = func() { once.Do(func() { cancel(); require.NoError(t, <-ended) }) }
	t.Cleanup(stop)
	return m, stop
}

// register does what a plug-in does to register, as soon as it can.
func register(t *testing.T, m *Manager, endpoint, resource string, options *protocol.DevicePluginOptions) error {
	t.Helper()
	conn, err := registration.Dial(m.socket())
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	_, err = protocol.NewRegistrationClient(conn).Register(t.Context(), &protocol.RegisterRequest{
		Version: protocol.Version, Endpoint: endpoint, ResourceName: resource, Options: options,
	}, grpc.WaitForReady(true))
	return err
}

// until waits for capacities.
func until(t *testing.T, m *Manager, capacity, allocatable int64) {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		all, healthy := m.Capacity()
		if q, known := all[gpu]; known && q.Value() == capacity {
			if q := healthy[gpu]; q.Value() == allocatable {
				return
			}
		}
		select {
		case <-m.Changed():
		case <-timeout:
			require.FailNow(t, "waited too long", "for %d devices, %d healthy; there are %v, %v", capacity, allocatable, all, healthy)
		}
	}
}

// podWith is a Pod of which each container wants so many devices.
func podWith(uid string, inits []int64, mains ...int64) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: meta.ObjectMeta{UID: meta.UID(uid), Name: uid, Namespace: "default"}}
	container := func(name string, n int64) corev1.Container {
		return corev1.Container{Name: name, Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{gpu: quantity.New(n, quantity.DecimalSI)}}}
	}
	for i, n := range inits {
		pod.Spec.InitContainers = append(pod.Spec.InitContainers, container(fmt.Sprint("init", i), n))
	}
	for i, n := range mains {
		pod.Spec.Containers = append(pod.Spec.Containers, container(fmt.Sprint("main", i), n))
	}
	return pod
}

func TestDevicesOfAPlugin(t *testing.T) {
	dir := t.TempDir()
	m, stop := startManager(t, Options{RootDir: dir})
	require.ErrorContains(t, register(t, m, "../p.sock", gpu, nil), "is not the name of a socket")
	require.ErrorContains(t, register(t, m, "p.sock", "cpu", nil), `the ResourceName "cpu" is invalid`)
	require.False(t, m.Has(gpu))
	require.NoError(t, m.Allocate(t.Context(), podWith("early", nil, 1)), "nobody speaks for the resource: it is not the node's to judge")

	p := startPlugin(t, filepath.Join(m.dir, "p.sock"), &protocol.DevicePluginOptions{PreStartRequired: true})
	p.lists <- append(devices(protocol.Healthy, "g1", "g2", "g3"), devices(protocol.Unhealthy, "g4")...)
	require.NoError(t, register(t, m, "p.sock", gpu, p.options))
	until(t, m, 4, 3)

	// The init container's device is one of those of the container after it.
	pod := podWith("one", []int64{1}, 2)
	require.NoError(t, m.Allocate(t.Context(), pod))
	require.Equal(t, [][]string{{"g1"}, {"g1", "g2"}}, p.allocated)
	require.NoError(t, m.Allocate(t.Context(), pod), "what was given stays")
	require.Len(t, p.allocated, 2)
	needs, err := m.Container(t.Context(), pod, &pod.Spec.Containers[0])
	require.NoError(t, err)
	require.Equal(t, kubelet.ContainerDevices{
		Env: []kubelet.EnvVar{{Name: "GPUS", Value: "[g1 g2]"}}, Mounts: []kubelet.Mount{{HostPath: "/lib/gpu", ContainerPath: "/gpu", ReadOnly: true}},
		Devices:     []kubelet.Device{{HostPath: "/dev/null", ContainerPath: "/dev/gpu0", Permissions: "rw"}},
		Annotations: map[string]string{"a": "b"}, CDI: []string{"example.com/gpu=0"},
	}, needs)
	require.Equal(t, [][]string{{"g1", "g2"}}, p.prestart)

	require.EqualError(t, m.Allocate(t.Context(), podWith("two", nil, 1, 1)), "requested number of devices unavailable for example.com/gpu. Requested: 1, Available: 0")
	require.NoError(t, m.Allocate(t.Context(), podWith("two", nil, 1)), "a Pod that got only some of what it wants got nothing")
	m.Release("two")

	// A manager that comes back knows what was given, and that nobody speaks for it yet.
	stop()
	p.stop()
	m, _ = startManager(t, Options{RootDir: dir, Patience: 2 * time.Second})
	until(t, m, 4, 0)
	require.EqualError(t, m.Allocate(t.Context(), podWith("three", nil, 1)), "no healthy devices present; cannot allocate unhealthy devices example.com/gpu")
	needs, err = m.Container(t.Context(), pod, &pod.Spec.Containers[0])
	require.NoError(t, err)
	require.Equal(t, "[g1 g2]", needs.Env[0].Value)

	require.ErrorContains(t, register(t, m, "nobody.sock", "example.com/other", nil), "options")
	p = startPlugin(t, filepath.Join(m.dir, "p.sock"), &protocol.DevicePluginOptions{GetPreferredAllocationAvailable: true})
	p.lists <- devices(protocol.Healthy, "g1", "g2", "g3", "g4")
	require.NoError(t, m.Register(t.Context(), registration.Plugin{Type: registration.Device, Name: gpu, Endpoint: filepath.Join(m.dir, "p.sock"), Versions: []string{"v1beta1"}}))
	until(t, m, 4, 4)
	require.NoError(t, m.Allocate(t.Context(), podWith("three", nil, 1)))
	require.Equal(t, [][]string{{"g4"}}, p.allocated, "the plug-in prefers the last")
	p.lists <- devices(protocol.Unhealthy, "g1", "g2", "g3")
	until(t, m, 3, 0)

	// What is left of Pods that are gone is taken back.
	m.Retain(func(uid meta.UID) bool { return uid == "one" })
	m.mu.Lock()
	require.Len(t, m.given, 1)
	m.mu.Unlock()
	p.stop()
	until(t, m, 0, 0)
}

func TestCheckpointThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "device-plugins"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "device-plugins", checkpointName), []byte("{"), 0o600))
	m, err := New(Options{RootDir: dir, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	require.Empty(t, m.given)
	_, err = New(Options{RootDir: "here"})
	require.ErrorContains(t, err, "not absolute")
}

func FuzzDecodeCheckpoint(f *testing.F) {
	f.Add([]byte(`{"Data":{"PodDeviceEntries":[{"PodUID":"u","ContainerName":"c","ResourceName":"a/b","DeviceIDs":{"-1":["x"]},"AllocResp":"CgA="}],"RegisteredDevices":{"a/b":["x"]}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		given, _, err := decodeCheckpoint(data)
		if err != nil {
			require.Nil(t, given)
		}
	})
}

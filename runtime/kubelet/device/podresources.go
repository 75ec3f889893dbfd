package device

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	protocol "k8s.io/kubelet/pkg/apis/podresources/v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// PodResources tells agents of the node which Pods have which devices, on the socket
// RootDir/pod-resources/kubelet.sock.
type PodResources struct {
	protocol.UnimplementedPodResourcesListerServer
	manager *Manager
	pods    func() []*corev1.Pod
}

// NewPodResources returns what tells of the devices of m; pods returns the Pods that
// the node has. It starts nothing.
func NewPodResources(m *Manager, pods func() []*corev1.Pod) *PodResources {
	return &PodResources{manager: m, pods: pods}
}

func (p *PodResources) socket() string {
	return filepath.Join(p.manager.opts.RootDir, "pod-resources", "kubelet.sock")
}

// Run serves until ctx ends; it returns nil then. Where the path is too long for a
// socket it says so and goes without.
func (p *PodResources) Run(ctx context.Context) error {
	path := p.socket()
	if len(path) > longestSocket {
		p.manager.log.WarnContext(ctx, "agents are not told of devices: the path of the socket is too long", "socket", path)
		<-ctx.Done()
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("pod resources: %w", err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("pod resources: %w", err)
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return fmt.Errorf("pod resources: %w", err)
	}
	server := grpc.NewServer()
	protocol.RegisterPodResourcesListerServer(server, p)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err = <-ended:
		return fmt.Errorf("pod resources: %w", err)
	case <-ctx.Done():
		server.Stop()
		<-ended
		return nil
	}
}

// List tells of all Pods of the node that have not ended.
func (p *PodResources) List(context.Context, *protocol.ListPodResourcesRequest) (*protocol.ListPodResourcesResponse, error) {
	out := &protocol.ListPodResourcesResponse{}
	for _, pod := range p.pods() {
		if !hasEnded(pod) {
			out.PodResources = append(out.PodResources, p.of(pod))
		}
	}
	return out, nil
}

// Get tells of one Pod.
func (p *PodResources) Get(_ context.Context, r *protocol.GetPodResourcesRequest) (*protocol.GetPodResourcesResponse, error) {
	for _, pod := range p.pods() {
		if pod.Namespace == r.PodNamespace && pod.Name == r.PodName && !hasEnded(pod) {
			return &protocol.GetPodResourcesResponse{PodResources: p.of(pod)}, nil
		}
	}
	return nil, status.Errorf(codes.NotFound, "pod %s in namespace %s not found", r.PodName, r.PodNamespace)
}

// GetAllocatableResources tells of all healthy devices.
func (p *PodResources) GetAllocatableResources(context.Context, *protocol.AllocatableResourcesRequest) (*protocol.AllocatableResourcesResponse, error) {
	m := p.manager
	m.mu.Lock()
	defer m.mu.Unlock()
	out := &protocol.AllocatableResourcesResponse{}
	for _, name := range slices.Sorted(maps.Keys(m.resources)) {
		r := m.resources[name]
		ids := slices.DeleteFunc(slices.Sorted(maps.Keys(r.healthy)), func(id string) bool { return !r.healthy[id] })
		if len(ids) > 0 {
			out.Devices = append(out.Devices, &protocol.ContainerDevices{ResourceName: string(name), DeviceIds: ids})
		}
	}
	return out, nil
}

func hasEnded(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}

// of tells of a Pod's containers: sidecars and those that serve.
func (p *PodResources) of(pod *corev1.Pod) *protocol.PodResources {
	out := &protocol.PodResources{Name: pod.Name, Namespace: pod.Namespace}
	m := p.manager
	m.mu.Lock()
	defer m.mu.Unlock()
	tell := func(name string) {
		c := &protocol.ContainerResources{Name: name}
		for _, g := range m.given[pod.UID] {
			if g.container == name && g.needs != nil {
				c.Devices = append(c.Devices, &protocol.ContainerDevices{ResourceName: string(g.resource), DeviceIds: g.devices})
			}
		}
		out.Containers = append(out.Containers, c)
	}
	for i := range pod.Spec.InitContainers {
		if corev1.IsSidecar(&pod.Spec.InitContainers[i]) {
			tell(pod.Spec.InitContainers[i].Name)
		}
	}
	for i := range pod.Spec.Containers {
		tell(pod.Spec.Containers[i].Name)
	}
	return out
}

package containerd

import (
	"context"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// fakeCRI shows what a script says, one list after the other, and tells of events
// after some of them.
type fakeCRI struct {
	cri.UnimplementedRuntimeServiceServer
	mu     sync.Mutex
	lists  [][]cri.ContainerState // the containers of each; the last one stays
	events map[int]bool           // after which lists there is an event
	listed int
	event  chan struct{}
}

func (f *fakeCRI) GetContainerEvents(_ *cri.GetEventsRequest, stream cri.RuntimeService_GetContainerEventsServer) error {
	for {
		select {
		case <-stream.Context().Done():
			return nil
		case <-f.event:
			if err := stream.Send(&cri.ContainerEventResponse{ContainerId: "c"}); err != nil {
				return err
			}
		}
	}
}

func (f *fakeCRI) ListPodSandbox(context.Context, *cri.ListPodSandboxRequest) (*cri.ListPodSandboxResponse, error) {
	return &cri.ListPodSandboxResponse{}, nil
}

func (f *fakeCRI) ListContainers(context.Context, *cri.ListContainersRequest) (*cri.ListContainersResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	response := &cri.ListContainersResponse{}
	for _, state := range f.lists[min(f.listed, len(f.lists)-1)] {
		response.Containers = append(response.Containers, &cri.Container{Id: "c", State: state, Labels: map[string]string{labelPodUID: "u"}})
	}
	f.listed++
	if f.events[f.listed] {
		f.event <- struct{}{}
	}
	return response, nil
}

// dialFake serves f on a socket and returns a Runtime of it.
func dialFake(t *testing.T, f cri.RuntimeServiceServer, opts Options) *Runtime {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "cri.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	cri.RegisterRuntimeServiceServer(server, f)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	opts.CgroupParent = "-"
	r, err := Dial(socket, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// TestEndCloseAfterStart has a container start and end in one event, of which the
// runtime shows the end only a moment after the start: it must not wait for the
// next comparison of lists by the clock.
func TestEndCloseAfterStart(t *testing.T) {
	running, exited := []cri.ContainerState{cri.ContainerState_CONTAINER_RUNNING}, []cri.ContainerState{cri.ContainerState_CONTAINER_EXITED}
	f := &fakeCRI{
		// The first list, the one when events have begun, three for the first event.
		lists:  [][]cri.ContainerState{nil, nil, nil, nil, nil, running, exited},
		events: map[int]bool{1: true, 5: true},
		event:  make(chan struct{}, 2),
	}
	r := dialFake(t, f, Options{PollInterval: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	changes := 0
	err := r.Watch(ctx, func(uid meta.UID) {
		if uid != "u" {
			t.Errorf("change of %q", uid)
		}
		if changes++; changes == 2 {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if changes != 2 {
		t.Errorf("%d changes were told, want the start and the end", changes)
	}
}

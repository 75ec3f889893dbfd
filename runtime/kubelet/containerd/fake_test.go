package containerd

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// tableCRI has sandboxes and containers that do nothing.
type tableCRI struct {
	cri.UnimplementedRuntimeServiceServer
	cri.UnimplementedImageServiceServer

	mu         sync.Mutex
	sandboxes  map[string]*cri.PodSandboxStatus
	containers map[string]*cri.ContainerStatus
	in         map[string]string // container to sandbox
	statuses   int               // how often one was asked for
	users      bool              // it can map users and what else newer ones can
	config     string            // what it tells of its configuration
	looks      chan struct{}     // has a token for each list of containers, up to some
}

func (f *tableCRI) Version(context.Context, *cri.VersionRequest) (*cri.VersionResponse, error) {
	return &cri.VersionResponse{RuntimeName: "containerd", RuntimeVersion: "v1.6.20"}, nil
}

func (f *tableCRI) Status(_ context.Context, r *cri.StatusRequest) (*cri.StatusResponse, error) {
	info := map[string]string{}
	if r.Verbose {
		info["config"] = f.config
	}
	handlers := []*cri.RuntimeHandler{{Features: &cri.RuntimeHandlerFeatures{UserNamespaces: f.users, RecursiveReadOnlyMounts: f.users}}}
	return &cri.StatusResponse{Info: info, RuntimeHandlers: handlers, Features: &cri.RuntimeFeatures{SupplementalGroupsPolicy: f.users}, Status: &cri.RuntimeStatus{Conditions: []*cri.RuntimeCondition{
		{Type: cri.RuntimeReady, Status: true}, {Type: cri.NetworkReady, Reason: "NetworkPluginNotReady", Message: "cni plugin not initialized"},
	}}}, nil
}

func matches(labels, selector map[string]string) bool {
	for k, v := range selector {
		if labels[k] != v {
			return false
		}
	}
	return true
}

func (f *tableCRI) ListPodSandbox(_ context.Context, r *cri.ListPodSandboxRequest) (*cri.ListPodSandboxResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := &cri.ListPodSandboxResponse{}
	for _, s := range f.sandboxes {
		if matches(s.Labels, r.GetFilter().GetLabelSelector()) {
			out.Items = append(out.Items, &cri.PodSandbox{Id: s.Id, Metadata: s.Metadata, State: s.State, Labels: s.Labels, Annotations: s.Annotations, CreatedAt: s.CreatedAt})
		}
	}
	return out, nil
}

func (f *tableCRI) ListContainers(_ context.Context, r *cri.ListContainersRequest) (*cri.ListContainersResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case f.looks <- struct{}{}:
	default:
	}
	out := &cri.ListContainersResponse{}
	for _, c := range f.containers {
		if matches(c.Labels, r.GetFilter().GetLabelSelector()) {
			out.Containers = append(out.Containers, &cri.Container{Id: c.Id, PodSandboxId: f.in[c.Id], Metadata: c.Metadata, State: c.State, Labels: c.Labels, CreatedAt: c.CreatedAt})
		}
	}
	return out, nil
}

func (f *tableCRI) PodSandboxStatus(_ context.Context, r *cri.PodSandboxStatusRequest) (*cri.PodSandboxStatusResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.statuses++
	if s := f.sandboxes[r.PodSandboxId]; s != nil {
		return &cri.PodSandboxStatusResponse{Status: s}, nil
	}
	return nil, status.Errorf(codes.NotFound, "an error occurred when try to find sandbox: not found")
}

func (f *tableCRI) ContainerStatus(_ context.Context, r *cri.ContainerStatusRequest) (*cri.ContainerStatusResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.statuses++
	if c := f.containers[r.ContainerId]; c != nil {

		return &cri.ContainerStatusResponse{Status: c}, nil
	}
	return nil, status.Errorf(codes.NotFound, "container %q: not found", r.ContainerId)
}

func (f *tableCRI) StopContainer(_ context.Context, r *cri.StopContainerRequest) (*cri.StopContainerResponse, error) {
	return nil, status.Errorf(codes.NotFound, "container %q: not found", r.ContainerId)
}

func (f *tableCRI) ExecSync(_ context.Context, r *cri.ExecSyncRequest) (*cri.ExecSyncResponse, error) {
	if r.Timeout > 0 {
		return nil, status.Errorf(codes.DeadlineExceeded, "failed to exec in container: timeout %ds exceeded", r.Timeout)
	}
	return &cri.ExecSyncResponse{Stdout: []byte("out"), ExitCode: 3}, nil
}

func (f *tableCRI) ImageStatus(_ context.Context, r *cri.ImageStatusRequest) (*cri.ImageStatusResponse, error) {
	if r.Image.Image == "there:1" {
		return &cri.ImageStatusResponse{Image: &cri.Image{Id: "sha256:1", RepoTags: []string{"x/there:1"}, RepoDigests: []string{"x/there@sha256:2"}, Size: 7, Uid: &cri.Int64Value{Value: 9}}}, nil
	}
	return &cri.ImageStatusResponse{}, nil
}

func (f *tableCRI) PullImage(_ context.Context, r *cri.PullImageRequest) (*cri.PullImageResponse, error) {
	switch r.GetImage().GetImage() {
	case "missing:1":
		return nil, status.Error(codes.NotFound, "missing:1: not found")
	case "broken:1":
		return nil, status.Error(codes.Unknown, "connection refused")
	}
	if r.GetAuth().GetUsername() != "right" {
		return nil, status.Errorf(codes.PermissionDenied, "%s may not", r.GetAuth().GetUsername())
	}
	return &cri.PullImageResponse{ImageRef: "there:1"}, nil
}

func (f *tableCRI) sandbox(id, uid string, attempt uint32, state cri.PodSandboxState) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sandboxes[id] = &cri.PodSandboxStatus{
		Id: id, Metadata: &cri.PodSandboxMetadata{Name: "p", Namespace: "ns", Uid: uid, Attempt: attempt}, State: state, CreatedAt: int64(attempt),
		Labels:  map[string]string{labelPodUID: uid, labelPodName: "p", labelPodNamespace: "ns"},
		Network: &cri.PodSandboxNetworkStatus{Ip: "10.1.2.3", AdditionalIps: []*cri.PodIP{{Ip: "fd00::3"}}},
	}
}

func (f *tableCRI) container(id, sandbox, uid string, attempt uint32, state cri.ContainerState) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.in[id] = sandbox
	f.containers[id] = &cri.ContainerStatus{
		Id: id, Metadata: &cri.ContainerMetadata{Name: "c", Attempt: attempt}, State: state, CreatedAt: int64(attempt) + 1,
		Labels: map[string]string{labelPodUID: uid, labelPodName: "p", labelPodNamespace: "ns", labelContainerName: "c"}, Annotations: map[string]string{annotationImage: "i:1"},
	}
	if state == cri.ContainerState_CONTAINER_EXITED {
		f.containers[id].ExitCode, f.containers[id].Reason, f.containers[id].FinishedAt = 137, "OOMKilled", 99
	}
}

func startFake(t *testing.T, opts Options) (*tableCRI, *Runtime) {
	t.Helper()
	f := &tableCRI{sandboxes: map[string]*cri.PodSandboxStatus{}, containers: map[string]*cri.ContainerStatus{}, in: map[string]string{}, looks: make(chan struct{}, 8)}
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	require.NoError(t, err)
	server := grpc.NewServer()
	cri.RegisterRuntimeServiceServer(server, f)
	cri.RegisterImageServiceServer(server, f)
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Stop(); <-done })
	opts.LogDir = t.TempDir()
	r, err := Dial("unix://"+socket, opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return f, r
}

func TestPodsAreFoundByTheirLabels(t *testing.T) {
	f, r := startFake(t, Options{})
	f.sandbox("old", "u1", 0, cri.PodSandboxState_SANDBOX_NOTREADY)
	f.sandbox("new", "u1", 1, cri.PodSandboxState_SANDBOX_READY)
	f.container("c0", "old", "u1", 0, cri.ContainerState_CONTAINER_EXITED)
	f.container("c1", "new", "u1", 1, cri.ContainerState_CONTAINER_RUNNING)
	f.container("c2", "new", "u1", 2, cri.ContainerState_CONTAINER_UNKNOWN)
	f.sandbox("other", "u2", 0, cri.PodSandboxState_SANDBOX_READY)
	f.sandbox("strange", "", 0, cri.PodSandboxState_SANDBOX_READY) // not a kubelet's

	all, err := r.Pods(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 2)
	p, err := r.Pod(t.Context(), "u1")
	require.NoError(t, err)
	require.Equal(t, []string{"old", "new"}, []string{p.Sandboxes[0].ID, p.Sandboxes[1].ID})
	require.False(t, p.Sandboxes[0].Ready)
	require.Equal(t, "[10.1.2.3 fd00::3]", fmt.Sprint(p.Sandboxes[1].IPs))
	require.Equal(t, []kubelet.RunState{kubelet.Exited, kubelet.Running, kubelet.Exited}, []kubelet.RunState{p.Containers[0].State, p.Containers[1].State, p.Containers[2].State})
	require.Equal(t, "OOMKilled 137", fmt.Sprint(p.Containers[0].Reason, " ", p.Containers[0].ExitCode))
	require.Equal(t, "ContainerStatusUnknown 137", fmt.Sprint(p.Containers[2].Reason, " ", p.Containers[2].ExitCode))
	require.Equal(t, "i:1", p.Containers[1].SpecImage)

	// What has not changed is not asked again; what has is.
	asked := f.statuses
	_, err = r.Pod(t.Context(), "u1")
	require.NoError(t, err)
	require.Equal(t, asked, f.statuses)
	f.container("c1", "new", "u1", 1, cri.ContainerState_CONTAINER_EXITED)
	p, err = r.Pod(t.Context(), "u1")
	require.NoError(t, err)
	require.Equal(t, kubelet.Exited, p.Containers[1].State)
	require.Equal(t, asked+1, f.statuses)
	none, err := r.Pod(t.Context(), "u3")
	require.NoError(t, err)
	require.Zero(t, none)
}

func TestChangesAreTold(t *testing.T) {
	f, r := startFake(t, Options{PollInterval: time.Millisecond})
	f.sandbox("s1", "u1", 0, cri.PodSandboxState_SANDBOX_READY)
	f.container("c1", "s1", "u1", 0, cri.ContainerState_CONTAINER_RUNNING)
	ctx, cancel := context.WithCancel(t.Context())
	changed := make(chan meta.UID, 100)
	ended := make(chan error, 1)
	go func() { ended <- r.Watch(ctx, func(uid meta.UID) { changed <- uid }) }()
	<-f.looks
	<-f.looks // the first look is through: from here on changes are told
	f.sandbox("s2", "u2", 0, cri.PodSandboxState_SANDBOX_READY)
	require.Equal(t, meta.UID("u2"), <-changed)
	f.container("c1", "s1", "u1", 0, cri.ContainerState_CONTAINER_EXITED)
	require.Equal(t, meta.UID("u1"), <-changed)
	f.mu.Lock()
	delete(f.sandboxes, "s2")
	f.mu.Unlock()
	require.Equal(t, meta.UID("u2"), <-changed)
	cancel()
	require.NoError(t, <-ended)
}

func TestErrorsAreWhatCallersBranchOn(t *testing.T) {
	_, r := startFake(t, Options{Credentials: func(context.Context, *corev1.Pod, string) ([]Credential, error) {
		return []Credential{{Username: "wrong"}, {Username: "right"}}, nil
	}})
	require.NoError(t, r.StopContainer(t.Context(), "gone", time.Second), "what is gone has stopped")
	_, err := r.Logs(t.Context(), "gone", kubelet.LogOptions{})
	require.ErrorIs(t, err, kubelet.ErrNotFound)
	require.EqualError(t, err, `container "gone": not found`)
	_, err = r.Image(t.Context(), "missing:1")
	require.ErrorIs(t, err, kubelet.ErrNoImage)
	image, err := r.PullImage(t.Context(), "there:1", nil)
	require.NoError(t, err, "the second credential does")
	require.Equal(t, "x/there@sha256:2", image.ID)
	require.EqualValues(t, 9, *image.UID)
	// What is told of pulls has the code, where that says something.
	for image, text := range map[string]string{"missing:1": "rpc error: code = NotFound desc = missing:1: not found", "broken:1": "connection refused"} {
		_, err = r.PullImage(t.Context(), image, nil)
		require.EqualError(t, err, text, "once for all credentials")
	}
	_, err = r.Exec(t.Context(), "c", []string{"x"}, time.Second)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	result, err := r.Exec(t.Context(), "c", []string{"x"}, 0)
	require.NoError(t, err)
	require.Equal(t, kubelet.ExecResult{Stdout: []byte("out"), ExitCode: 3}, result)
	info, err := r.Info(t.Context())
	require.NoError(t, err)
	no := false
	require.Equal(t, []corev1.NodeRuntimeHandler{{Features: &corev1.NodeRuntimeHandlerFeatures{RecursiveReadOnlyMounts: &no, UserNamespaces: &no}}}, info.Handlers)
	require.Equal(t, &corev1.NodeFeatures{SupplementalGroupsPolicy: &no}, info.Features)
	info.Handlers, info.Features = nil, nil
	require.Equal(t, kubelet.Info{Name: "containerd", Version: "1.6.20", NetworkNotReady: "NetworkReady=false reason:NetworkPluginNotReady message:cni plugin not initialized"}, info)
	_, err = r.mount(t.Context(), nil, &kubelet.Mount{ContainerPath: "/x", RecursiveReadOnly: true})
	require.ErrorContains(t, err, "cannot make mounts read-only with all below them")
	_, err = Dial("relative/path", Options{})
	require.ErrorContains(t, err, "not an absolute path")
}

func (f *tableCRI) RunPodSandbox(ctx context.Context, _ *cri.RunPodSandboxRequest) (*cri.RunPodSandboxResponse, error) {
	f.looks <- struct{}{}
	select {
	case <-ctx.Done():
		return nil, status.FromContextError(ctx.Err()).Err()
	case <-time.After(50 * time.Millisecond):
		return nil, status.Error(codes.Unavailable, "no room")
	}
}

// A sandbox that nobody wants any more is not given up half made; of one that failed
// nothing stays.
func TestSandboxThatFails(t *testing.T) {
	f, r := startFake(t, Options{})
	root := t.TempDir()
	r.cgroups = cgroups{parent: "/kubepods", roots: []hierarchy{{filepath.Join(root, "pids"), []string{"pids"}}}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := r.StartSandbox(ctx, kubelet.SandboxConfig{Pod: podOf()})
		ended <- err
	}()
	<-f.looks
	dir := filepath.Join(root, "pids", r.cgroups.podPath(podOf()))
	require.NoError(t, os.MkdirAll(dir, 0o755)) // as who starts its first process does
	cancel()
	require.ErrorContains(t, <-ended, "no room")
	require.NoDirExists(t, dir)
}

func TestWhatIsLeftOfAPod(t *testing.T) {
	_, r := startFake(t, Options{})
	root := t.TempDir()
	r.cgroups = cgroups{parent: "/kubepods", roots: []hierarchy{{filepath.Join(root, "cpu"), []string{"cpu"}}}}
	dir := filepath.Join(root, "cpu", r.cgroups.podPath(podOf()))
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, r.CleanPod(t.Context(), podOf().UID))
	require.NoDirExists(t, dir)
	require.NoError(t, r.CleanPod(t.Context(), podOf().UID), "nothing is no error")
}

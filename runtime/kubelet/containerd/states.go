package containerd

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// states keeps the details of containers and sandboxes, each with the state in
// which it was asked: they change with that only.
type states struct {
	mu         sync.Mutex
	containers map[string]detail
	sandboxes  map[string][]netip.Addr // of those that are ready
}

type detail struct {
	state cri.ContainerState
	kubelet.Container
	logPath string
}

func newStates() states {
	return states{containers: map[string]detail{}, sandboxes: map[string][]netip.Addr{}}
}

func (s *states) container(id string, state cri.ContainerState) (detail, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.containers[id]
	return d, ok && d.state == state
}

func (s *states) keepContainer(id string, d detail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.containers[id] = d
}

func (s *states) sandbox(id string) ([]netip.Addr, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ips, ok := s.sandboxes[id]
	return ips, ok
}

func (s *states) keepSandbox(id string, ips []netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sandboxes[id] = ips
}

// forget drops what is known of a container or sandbox.
func (s *states) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.containers, id)
	delete(s.sandboxes, id)
}

// retain drops all that a complete list does not have.
func (s *states) retain(has func(id string) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.containers {
		if !has(id) {
			delete(s.containers, id)
		}
	}
	for id := range s.sandboxes {
		if !has(id) {
			delete(s.sandboxes, id)
		}
	}
}

// Pods implements [kubelet.Runtime].
func (r *Runtime) Pods(ctx context.Context) ([]kubelet.PodState, error) {
	return r.list(ctx, nil)
}

// Pod implements [kubelet.Runtime].
func (r *Runtime) Pod(ctx context.Context, uid meta.UID) (kubelet.PodState, error) {
	all, err := r.list(ctx, map[string]string{labelPodUID: string(uid)})
	if err != nil || len(all) == 0 {
		return kubelet.PodState{}, err
	}
	return all[0], nil
}

// list returns the Pods with the labels, of those that kubelets have made.
func (r *Runtime) list(ctx context.Context, labels map[string]string) ([]kubelet.PodState, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	containers, sandboxes, err := r.listRaw(ctx, labels)
	if err != nil {
		return nil, err
	}
	pods := map[meta.UID]*kubelet.PodState{}
	pod := func(labels map[string]string) *kubelet.PodState {
		uid := meta.UID(labels[labelPodUID])
		p := pods[uid]
		if p == nil {
			p = &kubelet.PodState{UID: uid, Namespace: labels[labelPodNamespace], Name: labels[labelPodName]}
			pods[uid] = p
		}
		return p
	}
	for _, b := range sandboxes {
		if b.Labels[labelPodUID] == "" {
			continue // not a kubelet's
		}
		state, err := r.sandboxState(ctx, b)
		if gone(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		p := pod(b.Labels)
		p.Sandboxes = append(p.Sandboxes, state)
	}
	for _, c := range containers {
		if c.Labels[labelPodUID] == "" {
			continue
		}
		d, err := r.detailOf(ctx, c)
		if gone(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		p := pod(c.Labels)
		p.Containers = append(p.Containers, d.Container)
	}
	all := make([]kubelet.PodState, 0, len(pods))
	for _, p := range pods {
		slices.SortStableFunc(p.Sandboxes, func(a, b kubelet.Sandbox) int { return cmp.Compare(a.Attempt, b.Attempt) })
		slices.SortStableFunc(p.Containers, func(a, b kubelet.Container) int { return cmp.Compare(a.Attempt, b.Attempt) })
		all = append(all, *p)
	}
	return all, nil
}

// listRaw lists both kinds at the same time. Both are sorted by age, so that of
// two with the same attempt the newer one counts.
func (r *Runtime) listRaw(ctx context.Context, labels map[string]string) ([]*cri.Container, []*cri.PodSandbox, error) {
	group, ctx := errgroup.WithContext(ctx)
	var containers *cri.ListContainersResponse
	var sandboxes *cri.ListPodSandboxResponse
	group.Go(func() (err error) {
		containers, err = r.runtime.ListContainers(ctx, &cri.ListContainersRequest{Filter: &cri.ContainerFilter{LabelSelector: labels}})
		return r.wrap("list containers", err)
	})
	group.Go(func() (err error) {
		sandboxes, err = r.runtime.ListPodSandbox(ctx, &cri.ListPodSandboxRequest{Filter: &cri.PodSandboxFilter{LabelSelector: labels}})
		return r.wrap("list sandboxes", err)
	})
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	slices.SortFunc(containers.Containers, func(a, b *cri.Container) int { return cmp.Compare(a.CreatedAt, b.CreatedAt) })
	slices.SortFunc(sandboxes.Items, func(a, b *cri.PodSandbox) int { return cmp.Compare(a.CreatedAt, b.CreatedAt) })
	return containers.Containers, sandboxes.Items, nil
}

func (r *Runtime) sandboxState(ctx context.Context, b *cri.PodSandbox) (kubelet.Sandbox, error) {
	s := kubelet.Sandbox{ID: b.Id, Attempt: int32(b.GetMetadata().GetAttempt()), Ready: b.State == cri.PodSandboxState_SANDBOX_READY}
	if !s.Ready {
		r.states.forget(b.Id)
		return s, nil
	}
	ips, ok := r.states.sandbox(b.Id)
	if !ok {
		response, err := r.runtime.PodSandboxStatus(ctx, &cri.PodSandboxStatusRequest{PodSandboxId: b.Id})
		if err != nil {
			return s, r.wrap("status of sandbox", err)
		}
		status := response.GetStatus()
		s.Ready = status.GetState() == cri.PodSandboxState_SANDBOX_READY
		if ip, err := netip.ParseAddr(status.GetNetwork().GetIp()); err == nil {
			ips = append(ips, ip)
		}
		for _, more := range status.GetNetwork().GetAdditionalIps() {
			if ip, err := netip.ParseAddr(more.GetIp()); err == nil {
				ips = append(ips, ip)
			}
		}
		if s.Ready {
			r.states.keepSandbox(b.Id, ips)
		}
	}
	s.IPs = ips
	return s, nil
}

// detailOf returns a container as a list had it, with what only its status tells.
func (r *Runtime) detailOf(ctx context.Context, c *cri.Container) (detail, error) {
	if d, ok := r.states.container(c.Id, c.State); ok {
		return d, nil
	}
	response, err := r.runtime.ContainerStatus(ctx, &cri.ContainerStatusRequest{ContainerId: c.Id})
	if err != nil {
		return detail{}, r.wrap("status of container", err)
	}
	d := toDetail(response.GetStatus(), c)
	if d.state == c.State {
		r.states.keepContainer(c.Id, d)
	}
	return d, nil
}

// Exit codes of runs of which nobody knows how they ended.
const exitUnknown = 137

func toDetail(s *cri.ContainerStatus, c *cri.Container) detail {
	image := s.GetImage().GetImage()
	d := detail{state: s.GetState(), logPath: s.GetLogPath(), Container: kubelet.Container{
		ID: s.GetId(), Name: s.GetLabels()[labelContainerName], SandboxID: c.GetPodSandboxId(), Attempt: int32(s.GetMetadata().GetAttempt()),
		Image: image, ImageID: s.GetImageRef(), SpecImage: s.GetAnnotations()[annotationImage],
		StartedAt: nanoTime(s.GetStartedAt()), FinishedAt: nanoTime(s.GetFinishedAt()),
		ExitCode: s.GetExitCode(), Reason: s.GetReason(), Message: s.GetMessage(), User: userOf(s.GetUser()), StopSignal: signalOf(s.GetStopSignal()),
	}}
	for _, m := range s.GetMounts() {
		if m.GetRecursiveReadOnly() {
			d.RecursiveReadOnly = append(d.RecursiveReadOnly, m.GetContainerPath())
		}
	}
	switch d.state {
	case cri.ContainerState_CONTAINER_CREATED:
		d.State = kubelet.Created
	case cri.ContainerState_CONTAINER_RUNNING:
		d.State = kubelet.Running
	case cri.ContainerState_CONTAINER_EXITED:
		d.State = kubelet.Exited
	default:
		// The runtime has lost track of it, as after a crash of the machine.
		d.State, d.ExitCode, d.Reason = kubelet.Exited, exitUnknown, "ContainerStatusUnknown"
		if d.FinishedAt.IsZero() {
			d.FinishedAt = nanoTime(s.GetCreatedAt())
		}
	}
	if d.State == kubelet.Exited && d.StartedAt.IsZero() {
		d.StartedAt = nanoTime(s.GetCreatedAt())
	}
	return d
}

// userOf is whom a container's first process began as, nil if the runtime does not
// say.
func userOf(u *cri.ContainerUser) *corev1.ContainerUser {
	linux := u.GetLinux()
	if linux == nil {
		return nil
	}
	return &corev1.ContainerUser{Linux: &corev1.LinuxContainerUser{UID: linux.Uid, GID: linux.Gid, SupplementalGroups: linux.SupplementalGroups}}
}

func nanoTime(n int64) time.Time {
	if n <= 0 {
		return time.Time{}
	}
	return time.Unix(0, n)
}

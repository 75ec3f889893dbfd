package containerd

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// A Pod that does not take the node's users gets a range of its own: its root is
// nobody to the node and to other Pods. Ranges follow one another from the second
// on; the sandbox's annotation says which one it has, so that it is known as long as
// there is the sandbox.

const (
	annotationUsers = "nucleus.io/users"
	usersPerPod     = 65536
	mostRanges      = 1<<32/usersPerPod - 1
)

// ownUsers reports whether a Pod wants users of its own.
func ownUsers(pod *corev1.Pod) bool { return pod.Spec.HostUsers != nil && !*pod.Spec.HostUsers }

// giveUsers gives a sandbox that is about to be made a range of users that no other
// has. done is called when it is made or is not going to be.
func (r *Runtime) giveUsers(ctx context.Context, pod *corev1.Pod, handler string, sandbox *cri.PodSandboxConfig) (done func(), err error) {
	if err := r.mapsUsers(ctx, handler); err != nil {
		return nil, err
	}
	r.usersMu.Lock()
	defer r.usersMu.Unlock()
	// Asked for under the lock: a sandbox is in the list or in giving, at every moment.
	list, err := r.runtime.ListPodSandbox(ctx, &cri.ListPodSandboxRequest{})
	if err != nil {
		return nil, r.wrap("list sandboxes", err)
	}
	taken := map[uint32]bool{}
	for _, b := range list.Items {
		base, ok := baseOf(b.GetAnnotations())
		if ok && b.GetLabels()[labelPodUID] != string(pod.UID) {
			taken[base] = true
		} else if ok {
			// What the Pod's volumes have on the disk is of that range.
			setUsers(sandbox, base)
			return func() {}, nil
		}
	}
	for n := uint32(1); n <= mostRanges; n++ {
		base := n * usersPerPod
		if taken[base] || r.giving[base] {
			continue
		}
		r.giving[base] = true
		setUsers(sandbox, base)
		return func() {
			r.usersMu.Lock()
			defer r.usersMu.Unlock()
			delete(r.giving, base)
		}, nil
	}
	return nil, errors.New("all ranges of users are taken")
}

// mapsUsers says why the runtime cannot give a Pod users of its own.
func (r *Runtime) mapsUsers(ctx context.Context, handler string) error {
	status, err := r.runtime.Status(ctx, &cri.StatusRequest{})
	if err != nil {
		return r.wrap("status", err)
	}
	for _, h := range status.GetRuntimeHandlers() {
		if h.GetName() == handler && h.GetFeatures().GetUserNamespaces() {
			return nil
		}
	}
	if handler != "" {
		return fmt.Errorf("can't set `spec.hostUsers: false`, RuntimeClass handler %q does not support user namespaces", handler)
	}
	return errors.New("can't set `spec.hostUsers: false`, runtime does not support user namespaces")
}

// setUsers words a range of users.
func setUsers(sandbox *cri.PodSandboxConfig, base uint32) {
	sandbox.Annotations[annotationUsers] = strconv.FormatUint(uint64(base), 10)
	sandbox.Linux.SecurityContext.NamespaceOptions.UsernsOptions = &cri.UserNamespace{Mode: cri.NamespaceMode_POD, Uids: mapping(base), Gids: mapping(base)}
}

func mapping(base uint32) []*cri.IDMapping {
	return []*cri.IDMapping{{HostId: base, ContainerId: 0, Length: usersPerPod}}
}

// baseOf is the range that a sandbox has.
func baseOf(annotations map[string]string) (base uint32, ok bool) {
	n, err := strconv.ParseUint(annotations[annotationUsers], 10, 32)
	return uint32(n), err == nil && n > 0 && n%usersPerPod == 0
}

// mapUsers gives a container the users of its sandbox: files in its volumes are to
// it whose they are to the node.
func mapUsers(container *cri.ContainerConfig, sandbox *cri.PodSandboxConfig) {
	users := sandbox.GetLinux().GetSecurityContext().GetNamespaceOptions().GetUsernsOptions()
	if users == nil {
		return
	}
	container.Linux.SecurityContext.NamespaceOptions.UsernsOptions = users
	for _, m := range container.Mounts {
		if m.Image == nil {
			m.UidMappings, m.GidMappings = users.Uids, users.Gids
		}
	}
}

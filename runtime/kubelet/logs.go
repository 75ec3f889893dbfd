package kubelet

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Logs returns what a container of a Pod on this node has written: its newest
// run, or with previous the run before that. Errors are *meta.StatusError. The
// reader is as [Runtime].Logs has it.
func (k *Kubelet) Logs(ctx context.Context, namespace, name, container string, previous bool, options LogOptions) (io.ReadCloser, error) {
	p := k.named(namespace, name)
	if p == nil {
		return nil, meta.NewStatusError(http.StatusNotFound, meta.StatusReasonNotFound, fmt.Sprintf("pod %q does not exist", name), nil)
	}
	state, err := k.runtime.Pod(ctx, p.uid)
	if err != nil {
		return nil, meta.InternalError(err)
	}
	p.mu.Lock()
	object := p.object
	p.mu.Unlock()
	var found *runs
	list := containersOf(object)
	for i := range list {
		if list[i].spec.Name == container {
			found = &list[i]
		}
	}
	if found == nil {
		return nil, meta.NewStatusError(http.StatusNotFound, meta.StatusReasonNotFound, fmt.Sprintf("container %q not found in pod %q", container, name), nil)
	}
	found.find(&state, &object.Status)
	id, err := found.logOf(&object.Status, name, previous)
	if err != nil {
		return nil, err
	}
	reader, err := k.runtime.Logs(ctx, id, options)
	if err != nil {
		return nil, meta.InternalError(err)
	}
	return reader, nil
}

// logOf returns the id of the run whose log is meant.
func (r *runs) logOf(status *corev1.PodStatus, pod string, previous bool) (string, error) {
	run := r.now
	if previous {
		run = r.last
		// While the next run waits, the one that has ended is the previous one.
		if s := r.statusIn(status); s != nil && s.State.Waiting != nil && r.exited() {
			run = r.now
		}
		if run == nil || run.SandboxID == "" {
			return "", meta.BadRequest(fmt.Sprintf("previous terminated container %q in pod %q not found", r.spec.Name, pod))
		}
		return run.ID, nil
	}
	if run != nil && run.State == Created {
		run = r.last
	}
	if run != nil && run.SandboxID != "" {
		return run.ID, nil
	}
	reason := reasonContainerCreating
	if s := r.statusIn(status); s != nil && s.State.Waiting != nil {
		reason = s.State.Waiting.Reason
	}
	switch reason {
	case reasonErrImagePull, reasonImagePullBackOff:
		reason = "trying and failing to pull image"
	case reasonErrImageNever:
		reason = "image can't be pulled"
	}
	return "", meta.BadRequest(fmt.Sprintf("container %q in pod %q is waiting to start: %s", r.spec.Name, pod, reason))
}

// named returns the Pod that has the name at present.
func (k *Kubelet) named(namespace, name string) *pod {
	k.mu.Lock()
	defer k.mu.Unlock()
	var found *pod
	for _, p := range k.pods {
		p.mu.Lock()
		matches, gone := p.object.Namespace == namespace && p.object.Name == name, p.gone
		p.mu.Unlock()
		if matches && (found == nil || !gone) {
			found = p
		}
	}
	return found
}

// list returns the Pods of the node.
func (k *Kubelet) list() *corev1.PodList {
	list := &corev1.PodList{TypeMeta: meta.TypeMeta{APIVersion: "v1", Kind: "PodList"}, Items: []corev1.Pod{}}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, p := range k.pods {
		p.mu.Lock()
		if !p.gone {
			list.Items = append(list.Items, *p.object)
		}
		p.mu.Unlock()
	}
	return list
}

// Pods returns the Pods of the node as they are known at present; they are shared.
func (k *Kubelet) Pods() []*corev1.Pod {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := make([]*corev1.Pod, 0, len(k.pods))
	for _, p := range k.pods {
		p.mu.Lock()
		if !p.gone {
			all = append(all, p.object)
		}
		p.mu.Unlock()
	}
	return all
}

// since is the time from which on lines are wanted.
func since(now time.Time, secondsAgo *int64, at *time.Time) time.Time {
	switch {
	case at != nil:
		return *at
	case secondsAgo != nil:
		return now.Add(-seconds(*secondsAgo))
	}
	return time.Time{}
}

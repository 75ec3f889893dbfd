package kubelet

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// A Pod's containers may be given more or less of CPU and memory while they run.
// What the spec asks for is granted if the node has it; what is granted is then
// applied to each running container. Statuses tell of both.

// grants is what a node has granted to a Pod's containers, by name.
type grants map[string]corev1.ResourceRequirements

// resizeProblem is why what a Pod asks for is not granted.
type resizeProblem struct {
	reason, message string
	generation      int64 // of the Pod that asks
}

// computeResources are those that can change.
var computeResources = []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory}

// sameCompute compares CPU and memory.
func sameCompute(a, b *corev1.ResourceRequirements) bool { return len(changedCompute(a, b)) == 0 }

// changedCompute returns the resources that differ.
func changedCompute(a, b *corev1.ResourceRequirements) []corev1.ResourceName {
	var changed []corev1.ResourceName
	for _, name := range computeResources {
		if !sameAmount(a.Requests, b.Requests, name) || !sameAmount(a.Limits, b.Limits, name) {
			changed = append(changed, name)
		}
	}
	return changed
}

func sameAmount(a, b corev1.ResourceList, name corev1.ResourceName) bool {
	x, inA := a[name]
	y, inB := b[name]
	return inA == inB && x.Cmp(y) == 0
}

// grant decides what the Pod's containers may have. The caller has admitted the
// Pod.
func (k *Kubelet) grant(p *pod) {
	p.mu.Lock()
	object, granted := p.object, p.granted
	p.mu.Unlock()
	first := granted == nil
	if first {
		granted = grantedBefore(object)
	}
	wanted, changed := grants{}, false
	for _, c := range resizable(object) {
		have, known := granted[c.Name]
		wanted[c.Name] = c.Resources
		changed = changed || !known || !sameCompute(&have, &c.Resources)
	}
	var problem *resizeProblem
	if changed {
		if problem = k.resizeProblem(p, object, granted); problem == nil {
			granted = wanted
		}
	}
	started := changed && problem == nil && !first
	p.mu.Lock()
	p.granted = granted
	before := p.notes.resize
	if problem != nil {
		problem.generation = object.Generation
	}
	p.notes.resize = problem
	p.notes.resizing = p.notes.resizing || started
	p.mu.Unlock()
	switch {
	case started:
		k.events.Normal(object, "ResizeStarted", "Pod resize started: %s", resizeText(object, ""))
	// How much is free, which the message tells, changes all the time.
	case problem != nil && (before == nil || before.reason != problem.reason || before.generation != problem.generation):
		k.events.Warning(object, "Resize"+problem.reason, "Pod resize %s: %s", problem.reason, resizeText(object, problem.message))
	}
}

// resizeText is what events of a resize tell: what the containers are to have, and
// what is wrong with that.
func resizeText(pod *corev1.Pod, problem string) string {
	type one struct {
		Name      string                      `json:"name"`
		Resources corev1.ResourceRequirements `json:"resources"`
	}
	text := struct {
		InitContainers []one  `json:"initContainers,omitempty"`
		Containers     []one  `json:"containers,omitempty"`
		Generation     int64  `json:"generation"`
		Error          string `json:"error,omitempty"`
	}{Generation: pod.Generation, Error: problem}
	for _, c := range resizable(pod) {
		list := &text.Containers
		if corev1.IsSidecar(c) {
			list = &text.InitContainers
		}
		*list = append(*list, one{c.Name, c.Resources})
	}
	data, err := json.Marshal(text)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// tellResized tells that a resize that was begun is through. The caller holds the
// lock of the Pod.
func (k *Kubelet) tellResized(s *situation) {
	if under, _ := s.resizing(); !s.notes.resizing || under || s.ending != nil {
		return
	}
	s.notes.resizing = false
	k.events.Normal(s.pod, "ResizeCompleted", "Pod resize completed: %s", resizeText(s.granted.as(s.pod), ""))
}

// resizable are the containers that may be resized.
func resizable(pod *corev1.Pod) []*corev1.Container {
	var all []*corev1.Container
	for i := range pod.Spec.InitContainers {
		if corev1.IsSidecar(&pod.Spec.InitContainers[i]) {
			all = append(all, &pod.Spec.InitContainers[i])
		}
	}
	for i := range pod.Spec.Containers {
		all = append(all, &pod.Spec.Containers[i])
	}
	return all
}

// grantedBefore is what a kubelet before this one has granted, as the status
// tells; of what it does not tell it is what the spec asks for.
func grantedBefore(pod *corev1.Pod) grants {
	granted := grants{}
	for _, c := range resizable(pod) {
		r := runs{spec: c, kind: mainContainer}
		if corev1.IsSidecar(c) {
			r.kind = sidecar
		}
		granted[c.Name] = c.Resources
		s := r.statusIn(&pod.Status)
		if s == nil || s.AllocatedResources == nil || s.Resources == nil {
			continue
		}
		before := corev1.ResourceRequirements{Requests: maps.Clone(c.Resources.Requests), Limits: maps.Clone(c.Resources.Limits), Claims: c.Resources.Claims}
		for _, name := range computeResources {
			set(&before.Requests, s.AllocatedResources, name)
			set(&before.Limits, s.Resources.Limits, name)
		}
		granted[c.Name] = before
	}
	return granted
}

func set(list *corev1.ResourceList, from corev1.ResourceList, name corev1.ResourceName) {
	q, ok := from[name]
	if !ok {
		delete(*list, name)
		return
	}
	if *list == nil {
		*list = corev1.ResourceList{}
	}
	(*list)[name] = q
}

// as returns the Pod with what was granted in place of what it asks for.
func (g grants) as(pod *corev1.Pod) *corev1.Pod {
	same := true
	for _, c := range resizable(pod) {
		have, known := g[c.Name]
		same = same && (!known || sameCompute(&have, &c.Resources))
	}
	if same {
		return pod
	}
	copied := codec.DeepCopy(pod)
	for _, c := range resizable(copied) {
		if have, known := g[c.Name]; known {
			c.Resources = have
		}
	}
	return copied
}

// resizeProblem says why the node cannot give a Pod what it asks for now.
func (k *Kubelet) resizeProblem(p *pod, object *corev1.Pod, granted grants) *resizeProblem {
	if p.static != nil {
		return &resizeProblem{reason: corev1.PodReasonInfeasible, message: "In-place resize of static-pods is not supported"}
	}
	if _, ok := k.runtime.(Resizer); !ok {
		return &resizeProblem{reason: corev1.PodReasonInfeasible, message: "In-place resize is not supported by this node's container runtime"}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.node == nil {
		return nil
	}
	var taken load
	for _, other := range k.pods {
		if other.counts && other != p {
			other.mu.Lock()
			taken.add(other.granted.as(other.object))
			other.mu.Unlock()
		}
	}
	have, asked, had := k.node.Status.Allocatable, corev1.PodRequests(&object.Spec), corev1.PodRequests(&granted.as(object).Spec)
	for _, name := range computeResources {
		capacity, known := have[name]
		request := asked[name]
		if !known || request.Cmp(had[name]) <= 0 {
			continue // less of it always fits
		}
		amount := quantity.Quantity.Value
		if name == corev1.ResourceCPU {
			amount = quantity.Quantity.MilliValue
		}
		switch used := amount(taken.requests[name]); {
		case amount(request) > amount(capacity):
			return &resizeProblem{reason: corev1.PodReasonInfeasible, message: fmt.Sprintf("Node didn't have enough capacity: %s, requested: %d, capacity: %d", name, amount(request), amount(capacity))}
		case amount(request)+used > amount(capacity):
			return &resizeProblem{reason: corev1.PodReasonDeferred, message: fmt.Sprintf("Node didn't have enough resource: %s, requested: %d, used: %d, capacity: %d", name, amount(request), used, amount(capacity))}
		}
	}
	return nil
}

// regrant looks again at Pods that wait for room, because some was made.
func (k *Kubelet) regrant() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for uid, p := range k.pods {
		p.mu.Lock()
		if r := p.notes.resize; r != nil && r.reason == corev1.PodReasonDeferred {
			k.loop.Queue().Add(uid)
		}
		p.mu.Unlock()
	}
}

// applied is what a running container has.
type applied struct {
	run       string // whose it is
	resources corev1.ResourceRequirements
	err       string // why something else could not be applied
}

// resize applies what was granted to a running container, if it has something
// else. It reports whether the container has to restart for that.
func (s *situation) resize(r *runs) (restart bool) {
	granted, known := s.granted[r.spec.Name]
	if !known {
		return false
	}
	n := r.notes
	if n.applied.run != r.now.ID {
		n.applied = applied{run: r.now.ID, resources: granted}
		// From before this kubelet: the status tells what the run was given.
		if old := r.statusIn(&s.pod.Status); old != nil && old.Resources != nil && bareID(old.ContainerID) == r.now.ID {
			n.applied.resources = *old.Resources
		}
	}
	changed := changedCompute(&n.applied.resources, &granted)
	if len(changed) == 0 {
		n.applied.err = ""
		return false
	}
	for _, name := range changed {
		policy := slices.IndexFunc(r.spec.ResizePolicy, func(p corev1.ContainerResizePolicy) bool { return p.ResourceName == name })
		if policy >= 0 && r.spec.ResizePolicy[policy].RestartPolicy == corev1.RestartContainer {
			return true
		}
	}
	switch {
	case s.isBusy(opResize, r.spec.Name):
	case n.applied.err != "" && s.now.Before(n.resizeFailedAt.Add(s.policy.restartDelay)):
		s.lookAgain(n.resizeFailedAt.Add(s.policy.restartDelay))
	default:
		s.add(step{do: resizeContainer, container: r})
	}
	return false
}

// resizing reports whether some container does not have yet what was granted, and
// why if that went wrong. One that ended for it has it in its next run.
func (s *situation) resizing() (under bool, message string) {
	for i := range s.containers {
		r := &s.containers[i]
		granted, known := s.granted[r.spec.Name]
		if !known || r.now == nil || r.done(s.pod) || r.applied.run != r.now.ID || sameCompute(&r.applied.resources, &granted) {
			continue
		}
		under = true
		message = cmp.Or(message, r.applied.err)
	}
	return under, message
}

// resizeConditions say that a Pod waits for a resize, or is being resized.
func (s *situation) resizeConditions() []corev1.PodCondition {
	var all []corev1.PodCondition
	if p := s.pendingResize; p != nil {
		all = append(all, corev1.PodCondition{Type: corev1.PodResizePending, Status: corev1.ConditionTrue, Reason: p.reason, Message: p.message})
	}
	if under, message := s.resizing(); under && s.ending == nil {
		c := corev1.PodCondition{Type: corev1.PodResizeInProgress, Status: corev1.ConditionTrue}
		if message != "" {
			c.Reason, c.Message = corev1.PodReasonError, message
		}
		all = append(all, c)
	}
	return all
}

// applyResize gives a running container what was granted.
func (k *Kubelet) applyResize(ctx context.Context, p *pod, object *corev1.Pod, container *corev1.Container, id string) {
	resizer, ok := k.runtime.(Resizer)
	if !ok {
		return // it was not granted then
	}
	err := resizer.UpdateContainer(ctx, id, object, container)
	if ctx.Err() != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.notes.of(container.Name)
	if n.applied.run != id {
		return // another run by now, which was begun with what was granted
	}
	if err != nil {
		n.applied.err = fmt.Sprintf("failed to resize container %q: %v", container.Name, err)
		n.resizeFailedAt = time.Now()
		k.events.Warning(object, "ResizeError", "Pod resize error: %s", resizeText(object, n.applied.err))
		return
	}
	n.applied.resources, n.applied.err = container.Resources, ""
}

// tellResources says in a status what a container was granted and has.
func (s *situation) tellResources(r *runs, status *corev1.ContainerStatus) {
	granted, known := s.granted[r.spec.Name]
	if !known || r.kind == initContainer {
		return
	}
	if len(granted.Requests) > 0 {
		status.AllocatedResources = granted.Requests
	}
	if !r.running() {
		return
	}
	has := granted
	if r.applied.run == r.now.ID {
		has = r.applied.resources
	}
	status.Resources = &corev1.ResourceRequirements{Requests: has.Requests, Limits: has.Limits}
}

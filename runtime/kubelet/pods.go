package kubelet

import (
	"context"
	"fmt"
	"sync"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// pod is what the kubelet knows of one Pod, by its UID: another of the same name
// is another Pod.
type pod struct {
	uid meta.UID

	mu     sync.Mutex
	object *corev1.Pod // as last seen or written, whichever is newer; shared
	// seenAt is when the kubelet saw a Pod first that has not begun to run yet, and
	// pulled how long its images took.
	seenAt time.Time
	pulled time.Duration
	gone   bool // the API has it no more, or never had
	busy   map[opKey]*operation
	notes  podNotes
	// granted is what the Pod's containers may have; nil: nobody has asked yet.
	granted grants
	// expired and refused say why the Pod is to end before its time.
	expired, refused *ending
	static           *staticPod // nil: the API is where it came from
	deleted          bool       // its deletion was confirmed; only finalizers keep it

	// The kubelet's lock guards these.
	admitted bool
	adopted  bool // it was taken before this kubelet began
	counts   bool // takes up room on the node
}

// see takes a newer state of the object.
func (p *pod) see(object *corev1.Pod) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c, err := client.CompareVersions(object.ResourceVersion, p.object.ResourceVersion); err == nil && c < 0 {
		return // what we wrote ourselves is newer
	}
	p.object = object
}

// kindOf says which part a container has in the Pod.
func (p *pod) kindOf(container string) kind {
	p.mu.Lock()
	defer p.mu.Unlock()
	return kindIn(p.object, container)
}

func kindIn(pod *corev1.Pod, container string) kind {
	for i := range pod.Spec.InitContainers {
		if pod.Spec.InitContainers[i].Name == container {
			return initContainer
		}
	}
	for i := range pod.Spec.EphemeralContainers {
		if pod.Spec.EphemeralContainers[i].Name == container {
			return ephemeral
		}
	}
	return mainContainer
}

// watchPods follows the Pods that are bound to the node.
func (k *Kubelet) watchPods(ctx context.Context) error {
	opts := meta.ListOptions{FieldSelector: "spec.nodeName=" + k.name}
	var initial []meta.UID // until the first list is through
	listed := false
	for change, err := range client.ResumingWatch(ctx, client.Of[corev1.Pod](k.client), opts, k.log) {
		if err != nil {
			return fmt.Errorf("watch Pods: %w", err)
		}
		object := change.Object
		if change.Type != client.Bookmark && object.Annotations[corev1.MirrorPodAnnotationKey] != "" {
			k.mirrored(change.Type, object)
			continue
		}
		switch change.Type {
		case client.Added, client.Modified:
			p := k.track(object)
			p.see(object)
			if listed {
				k.loop.Queue().Add(p.uid)
			} else {
				initial = append(initial, p.uid)
			}
		case client.Deleted:
			k.lost(object)
		case client.Bookmark:
			if object.Annotations[meta.InitialEventsAnnotation] != "true" {
				continue
			}
			// Pods that were here before have their room; now new ones may come.
			for _, uid := range initial {
				k.loop.Queue().Add(uid)
			}
			if !listed {
				close(k.listed)
			}
			listed, initial = true, nil
		}
	}
	return nil
}

// track returns what is known of a Pod, which may be nothing yet.
func (k *Kubelet) track(object *corev1.Pod) *pod {
	k.mu.Lock()
	defer k.mu.Unlock()
	p := k.pods[object.UID]
	if p == nil {
		p = &pod{uid: object.UID, object: object, busy: map[opKey]*operation{}}
		if object.Status.StartTime != nil {
			// It was taken before this kubelet began.
			p.admitted, p.adopted, p.counts = true, true, !isTerminal(object.Status.Phase)
		} else {
			p.seenAt = time.Now()
		}
		k.pods[object.UID] = p
	}
	return p
}

func (k *Kubelet) tracked(uid meta.UID) *pod {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.pods[uid]
}

// lost notes that the API has a Pod no more. What runs of it is stopped.
func (k *Kubelet) lost(last *corev1.Pod) {
	p := k.tracked(last.UID)
	if p == nil {
		return
	}
	p.see(last)
	p.mu.Lock()
	p.gone = true
	p.mu.Unlock()
	k.loop.Queue().Add(p.uid)
}

// adopt looks for Pods of which the node still has something and the API has no
// more, and has them torn down.
func (k *Kubelet) adopt(ctx context.Context) error {
	all, err := k.runtime.Pods(ctx)
	if err != nil {
		return fmt.Errorf("Pods of the runtime: %w", err)
	}
	for i := range all {
		k.orphan(skeleton(&all[i]))
	}
	var uids []meta.UID
	if k.opts.Volumes != nil {
		if uids, err = k.opts.Volumes.Mounted(ctx); err != nil {
			return fmt.Errorf("Pods with volumes: %w", err)
		}
	}
	for _, uid := range append(uids, k.podDirectories()...) {
		k.orphan(skeleton(&PodState{UID: uid}))
	}
	k.removeLogs()
	if s, ok := k.runtime.(Sweeper); ok {
		if err := s.Sweep(ctx, func(uid meta.UID) bool { return k.tracked(uid) != nil }); err != nil {
			return err
		}
	}
	if k.opts.Devices != nil {
		k.opts.Devices.Retain(func(uid meta.UID) bool { return k.tracked(uid) != nil })
	}
	return nil
}

// orphan has what there is of a Pod torn down, if the API does not have it.
func (k *Kubelet) orphan(object *corev1.Pod) {
	if k.tracked(object.UID) != nil {
		return
	}
	p := k.track(object)
	p.mu.Lock()
	p.gone = true
	p.mu.Unlock()
	k.loop.Queue().Add(p.uid)
}

// housekeepingInterval is the time between looks for what is left behind.
const housekeepingInterval = 2 * time.Minute

// keepHouse looks for what is left behind of Pods that are no more, once all Pods
// are known and then now and again, until ctx ends.
func (k *Kubelet) keepHouse(ctx context.Context) error {
	select {
	case <-k.listed:
	case <-ctx.Done():
		return nil
	}
	for !k.knowsStatic() && ctx.Err() == nil {
		wait(ctx, time.Second) // the node's own Pods are nobody's leftovers
	}
	for ctx.Err() == nil {
		pause := housekeepingInterval
		if err := k.adopt(ctx); err != nil && ctx.Err() == nil {
			k.log.WarnContext(ctx, "what is left of Pods not found", "error", err)
			pause = 5 * time.Second
		}
		if err := k.removeMirrors(ctx); err != nil && ctx.Err() == nil {
			k.log.WarnContext(ctx, "mirror not removed", "error", err)
		}
		wait(ctx, jittered(pause))
	}
	return nil
}

// skeleton is a Pod of which only the runtime knows, as far as is needed to stop
// it.
func skeleton(state *PodState) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Namespace: state.Namespace, Name: state.Name, UID: state.UID}}
	seen := map[string]bool{}
	for _, c := range state.Containers {
		if !seen[c.Name] {
			seen[c.Name] = true
			pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: c.Name})
		}
	}
	return pod
}

// admit decides whether the node takes a Pod, once. What it has taken already
// counts.
//
// A Pod that the node cannot do without is made room for: it has to wait then until
// those have left that take the room.
func (k *Kubelet) admit(ctx context.Context, p *pod, object *corev1.Pod) (no *refusal, wait bool) {
	no, wait = k.admitTo(p, object, nil)
	if no == nil || no.reason != affinityPredicate {
		return no, wait
	}
	// Labels may have changed since the last heartbeat, and a refusal is final.
	if fresh, err := client.Of[corev1.Node](k.client).Get(ctx, k.name); err == nil {
		return k.admitTo(p, object, fresh)
	}
	return no, false
}

// admitTo decides by a state of the node, or by the one last written for nil.
func (k *Kubelet) admitTo(p *pod, object *corev1.Pod, node *corev1.Node) (no *refusal, wait bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if p.admitted {
		return nil, false
	}
	if node == nil {
		node = k.node
	}
	if node == nil {
		node = k.standIn
	}
	node = k.withoutDevices(node)
	var taken load
	for _, other := range k.pods {
		if other.counts {
			other.mu.Lock()
			taken.add(other.granted.as(other.object))
			other.mu.Unlock()
		}
	}
	if k.shutting {
		return &refusal{reason: reasonNodeShutdown, message: messageShutdown}, false
	}
	no = refusePressed(object, k.pressed)
	if no == nil && k.lacksAppArmor {
		no = refuseAppArmor(object)
	}
	if no == nil {
		no = refuseSysctls(object, k.opts.AllowedUnsafeSysctls)
	}
	if no == nil {
		no = refuse(object, node, &taken)
	}
	if no != nil && len(no.short) > 0 && isCritical(object) {
		if no, wait = k.makeRoom(object, node, no); wait {
			return nil, true
		}
	}
	p.admitted, p.counts = no == nil, no == nil
	return no, false
}

func (k *Kubelet) isAdmitted(p *pod) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return p.admitted
}

// leave makes the room of a Pod free that has ended.
func (k *Kubelet) leave(p *pod) {
	k.mu.Lock()
	counted := p.counts
	p.counts = false
	k.mu.Unlock()
	if counted && k.opts.Devices != nil {
		k.opts.Devices.Release(p.uid)
	}
	if counted {
		k.regrant()
	}
}

// forget ends the tracking of a Pod of which nothing is left.
func (k *Kubelet) forget(p *pod) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.pods[p.uid] == p {
		delete(k.pods, p.uid)
		k.counts.forget(p.uid)
	}
	if p.static != nil {
		// Another of its name may be waiting for that.
		select {
		case k.rescan <- struct{}{}:
		default:
		}
	}
}

// endingOf says why a Pod is to end, nil if it is not, and when it will be.
func (p *pod) endingOf(now time.Time) (e *ending, deadline time.Time) {
	object := p.object
	e = &ending{grace: graceOf(object)}
	switch {
	case p.refused != nil:
		e = p.refused
	case p.expired != nil:
		e = p.expired
	case p.gone, object.DeletionTimestamp != nil, isTerminal(object.Status.Phase):
	default:
		limit, start := object.Spec.ActiveDeadlineSeconds, object.Status.StartTime
		if limit == nil || start == nil {
			return nil, time.Time{}
		}
		deadline = start.Add(seconds(*limit))
		if now.Before(deadline) {
			return nil, deadline
		}
		p.expired = &ending{
			grace: e.grace, phase: corev1.PodFailed,
			reason: "DeadlineExceeded", message: "Pod was active on the node longer than the specified deadline",
		}
		e = p.expired
	}
	if g := object.DeletionGracePeriodSeconds; g != nil && (p.gone || object.DeletionTimestamp != nil) {
		shorter := *e
		shorter.grace = seconds(*g)
		e = &shorter
	}
	return e, time.Time{}
}

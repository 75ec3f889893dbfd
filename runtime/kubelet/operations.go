package kubelet

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/controller"
)

// carryOut sets a step going. The caller holds p.mu; what the step needs is
// picked out here, because the operation runs without the lock.
func (k *Kubelet) carryOut(ctx context.Context, p *pod, s *situation, st *step) {
	object := s.pod
	switch st.do {
	case startSandbox:
		var lost string
		if st.sandbox != nil {
			lost = st.sandbox.ID
			k.events.Normal(object, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.")
		}
		k.launch(ctx, p, opKey{what: opSandbox}, time.Time{}, func(ctx context.Context) { k.startSandbox(ctx, p, object, st.attempt, lost) })
	case stopSandbox:
		id := st.sandbox.ID
		k.launch(ctx, p, opKey{what: opSandbox}, time.Time{}, func(ctx context.Context) {
			k.retry(ctx, p, "sandbox not stopped", func() error { return k.runtime.StopSandbox(ctx, id) })
		})
	case removeSandbox:
		old := *st.sandbox
		k.launch(ctx, p, opKey{what: opOldSandbox}, time.Time{}, func(ctx context.Context) {
			k.retry(ctx, p, "old sandbox not removed", func() error {
				if old.Ready {
					return k.runtime.StopSandbox(ctx, old.ID)
				}
				return k.runtime.RemoveSandbox(ctx, old.ID)
			})
		})
	case removePod:
		sandboxes := s.state.Sandboxes
		k.launch(ctx, p, opKey{what: opSandbox}, time.Time{}, func(ctx context.Context) {
			for i := range sandboxes {
				k.retry(ctx, p, "sandbox not removed", func() error { return k.runtime.RemoveSandbox(ctx, sandboxes[i].ID) })
			}
		})
	case mountVolumes:
		k.launch(ctx, p, opKey{what: opVolumes}, time.Time{}, func(ctx context.Context) { k.mountVolumes(ctx, p, object) })
	case unmountVolumes:
		k.launch(ctx, p, opKey{what: opVolumes}, time.Time{}, func(ctx context.Context) {
			k.retry(ctx, p, "volumes not unmounted", func() error { return k.unmountVolumes(ctx, p) })
		})
	case startContainer:
		start := k.startOf(s, st)
		k.launch(ctx, p, opKey{opStart, st.container.spec.Name}, time.Time{}, func(ctx context.Context) { k.start(ctx, p, start) })
	case stopContainer:
		stop := stopOf(s, st)
		if st.message != "" {
			k.containerEvent(object, st.container.kind, st.container.spec.Name, corev1.EventTypeNormal, "Killing", st.message)
		}
		k.launch(ctx, p, opKey{opStop, st.container.spec.Name}, st.until, func(ctx context.Context) { k.stop(ctx, p, stop) })
	case announceBackOff:
		name := st.container.spec.Name
		k.containerEvent(object, st.container.kind, name, corev1.EventTypeWarning, "BackOff",
			fmt.Sprintf("Back-off restarting failed container %s in pod %s_%s(%s)", name, object.Name, object.Namespace, object.UID))
	case runProbe:
		target, kind, probe := targetOf(s, st.container), st.probeKind, st.probe
		k.launch(ctx, p, opKey{kind.op(), target.Container.Name}, time.Time{}, func(ctx context.Context) { k.probe(ctx, p, target, kind, probe) })
	case resizeContainer:
		granted := s.granted.as(object)
		spec, id := specOf(granted, st.container.spec.Name), st.container.now.ID
		k.launch(ctx, p, opKey{opResize, spec.Name}, time.Time{}, func(ctx context.Context) { k.applyResize(ctx, p, granted, spec, id) })
	case removeRuns:
		ids := st.ids
		k.launch(ctx, p, opKey{what: opSandbox}, time.Time{}, func(ctx context.Context) {
			for _, id := range ids {
				k.retry(ctx, p, "container not removed", func() error { return k.runtime.RemoveContainer(ctx, id) })
			}
		})
	case cancelOperation:
		if op := s.busy[st.key]; op != nil {
			op.cancel()
		}
	}
}

// launch runs an operation by itself. One of the same key that is under way is
// given up. When it is through, the Pod is looked at again. The caller holds
// p.mu.
func (k *Kubelet) launch(ctx context.Context, p *pod, key opKey, until time.Time, run func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(ctx)
	if before := p.busy[key]; before != nil {
		before.cancel()
	}
	op := &operation{cancel: cancel, until: until}
	p.busy[key] = op
	k.operations.Go(func() {
		defer cancel()
		run(ctx)
		p.mu.Lock()
		if p.busy[key] == op {
			delete(p.busy, key)
		}
		p.mu.Unlock()
		k.loop.Queue().Add(p.uid)
	})
}

// retryAfter is how long an operation that must succeed in the end waits before
// it lets the next look try again.
const retryAfter = time.Second

// retry does what has to be done in the end. If it fails, the operation takes a
// little longer, so that the next look does not come at once.
func (k *Kubelet) retry(ctx context.Context, p *pod, what string, do func() error) {
	err := do()
	if err == nil || ctx.Err() != nil {
		return
	}
	k.log.WarnContext(ctx, what, "pod", p.uid, "error", err)
	wait(ctx, retryAfter)
}

// wait waits for d or the end of ctx.
func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// startSandbox makes a sandbox, in the place of a lost one if that has an id, and
// notes if that fails.
func (k *Kubelet) startSandbox(ctx context.Context, p *pod, object *corev1.Pod, attempt int32, lost string) {
	reason, format := "FailedCreatePodSandBox", "Failed to create pod sandbox: %v"
	var config SandboxConfig
	err := claimsProblem(object)
	if err != nil {
		reason, format = "FailedPrepareDynamicResources", "Failed to prepare dynamic resources: %v"
	} else {
		config, err = k.sandboxConfig(object, attempt)
	}
	if err == nil && lost != "" {
		// It keeps its network, address included, until it is stopped.
		if err = k.runtime.StopSandbox(ctx, lost); err != nil {
			reason, format = "FailedKillPod", "error killing pod: %v"
		}
	}
	if err == nil {
		k.counts.startedPods.Inc()
		_, err = k.runtime.StartSandbox(ctx, config)
	}
	if ctx.Err() != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.notes.sandboxAt = time.Time{}
		return
	}
	k.counts.startedPodErrors.Inc()
	p.notes.sandboxAt = time.Now()
	k.events.Warning(object, reason, format, err)
}

// claimsProblem says that a Pod wants devices that are claimed by objects.
func claimsProblem(pod *corev1.Pod) error {
	if len(pod.Spec.ResourceClaims) == 0 {
		return nil
	}
	return fmt.Errorf("resource claim %q: this node has no drivers for claims", pod.Spec.ResourceClaims[0].Name)
}

// mountVolumes makes a Pod's volumes ready, and notes if that fails.
func (k *Kubelet) mountVolumes(ctx context.Context, p *pod, object *corev1.Pod) {
	err := k.opts.Volumes.Mount(ctx, object)
	k.tellInUse()
	if ctx.Err() != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	n := &p.notes.volumes
	if err == nil {
		*n = volumeNotes{mounted: true}
		return
	}
	n.failedAt = time.Now()
	if n.failingSince.IsZero() {
		n.failingSince = n.failedAt
	}
	n.failing.next(n.failedAt, n.failedAt, mountDelay, maxMountDelay)
	for _, err := range each(err) {
		k.events.Warning(object, "FailedMount", "%v", err)
	}
	if n.failedAt.Sub(n.failingSince) >= mountPatience {
		n.failingSince = n.failedAt
		k.events.Warning(object, "FailedMount", "Unable to attach or mount volumes: unmounted volumes=%v, unattached volumes=[], failed to process volumes=[]: %v",
			unmounted(object, err), context.DeadlineExceeded)
	}
}

// VolumeFailed tells that a volume of a Pod, which is mounted, cannot be kept up to
// date.
func (k *Kubelet) VolumeFailed(pod *corev1.Pod, err error) {
	for _, err := range each(err) {
		k.events.Warning(pod, "FailedMount", "%v", err)
	}
}

// unmounted names the volumes that errors of mounting are about; those that none is
// about were mounted.
func unmounted(pod *corev1.Pod, err error) []string {
	var names []string
	for i := range pod.Spec.Volumes {
		name := pod.Spec.Volumes[i].Name
		for _, e := range each(err) {
			if strings.Contains(e.Error(), strconv.Quote(name)) {
				names = append(names, name)
				break
			}
		}
	}
	return names
}

// each returns the errors that were joined.
func each(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

func (k *Kubelet) unmountVolumes(ctx context.Context, p *pod) error {
	if err := k.opts.Volumes.Unmount(ctx, p.uid); err != nil {
		return err
	}
	k.tellInUse()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notes.volumes = volumeNotes{unmounted: true}
	return nil
}

// containerStop is all that stopping a container needs.
type containerStop struct {
	target ProbeTarget
	until  time.Time
	hook   *corev1.LifecycleHandler
}

func stopOf(s *situation, st *step) containerStop {
	stop := containerStop{target: targetOf(s, st.container), until: st.until}
	// A stop that is only hurried has run its hook already.
	if l := st.container.spec.Lifecycle; l != nil && st.message != "" && !st.abrupt {
		stop.hook = l.PreStop
	}
	return stop
}

// targetOf is the newest run of a container, as probes and hooks address it.
func targetOf(s *situation, r *runs) ProbeTarget {
	target := ProbeTarget{Pod: s.pod, Container: r.spec}
	if r.now != nil {
		target.ContainerID = r.now.ID
	}
	if s.sandbox != nil && len(s.sandbox.IPs) > 0 {
		target.PodIP = s.sandbox.IPs[0]
	} else if ip, err := netip.ParseAddr(s.pod.Status.PodIP); err == nil {
		target.PodIP = ip
	}
	return target
}

// stop runs the container's hook and stops it, within the time.
func (k *Kubelet) stop(ctx context.Context, p *pod, stop containerStop) {
	if stop.hook != nil {
		hook, cancel := context.WithDeadline(ctx, stop.until)
		err := k.runHook(hook, stop.target, stop.hook)
		timedOut := hook.Err() != nil
		cancel()
		if err != nil && !timedOut {
			// What a hook has answered may be a secret: it is not told to everybody.
			k.log.WarnContext(ctx, "preStop hook", "pod", p.uid, "container", stop.target.Container.Name, "error", err)
			k.containerEvent(stop.target.Pod, p.kindOf(stop.target.Container.Name), stop.target.Container.Name, corev1.EventTypeWarning,
				"FailedPreStopHook", "PreStopHook failed")
		}
	}
	if ctx.Err() != nil {
		return
	}
	grace := max(time.Until(stop.until), leastGrace)
	k.retry(ctx, p, "container not stopped", func() error { return k.runtime.StopContainer(ctx, stop.target.ContainerID, grace) })
}

// runHook does what a hook says.
func (k *Kubelet) runHook(ctx context.Context, target ProbeTarget, hook *corev1.LifecycleHandler) error {
	switch {
	case hook.Sleep != nil:
		wait(ctx, seconds(hook.Sleep.Seconds))
		return ctx.Err()
	case k.opts.Hooks == nil:
		return nil
	}
	return k.opts.Hooks.Run(ctx, target, hook)
}

// containerEvent records what happens to a container.
func (k *Kubelet) containerEvent(pod *corev1.Pod, in kind, container, eventType, reason, message string) {
	field := "containers"
	switch in {
	case initContainer, sidecar:
		field = "initContainers"
	case ephemeral:
		field = "ephemeralContainers"
	}
	k.events.Record(controller.Note{
		About: pod, Field: fmt.Sprintf("spec.%s{%s}", field, container), Type: eventType, Reason: reason, Message: message,
	})
}

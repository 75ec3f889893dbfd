package kubelet

import (
	"context"
	"fmt"
	"maps"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
)

// sync looks at one Pod, sets going what is to be done, and writes its status.
// It never waits for the runtime to do something.
func (k *Kubelet) sync(ctx context.Context, uid meta.UID) (controller.Result, error) {
	p := k.tracked(uid)
	if p == nil {
		return controller.Result{}, nil
	}
	began := time.Now()
	defer func() { k.counts.podWorker.WithLabelValues("sync").Observe(time.Since(began).Seconds()) }()
	if p.static != nil {
		k.recall(p)
	}
	if unregistered := k.registeredNode() == nil; unregistered || k.lacksRange() {
		p.mu.Lock()
		network, ending := p.object.Spec.HostNetwork, p.gone || p.object.DeletionTimestamp != nil
		p.mu.Unlock()
		if unregistered && p.static == nil || !network && !ending {
			return controller.Result{After: time.Second}, nil // where addresses come from is not known yet
		}
	}
	if wait, err := k.take(ctx, p); err != nil || wait {
		return controller.Result{After: preemptionInterval}, err
	}

	k.grant(p)

	// What is under way must be read before the state: an operation that is
	// through by then shows there.
	p.mu.Lock()
	busy := maps.Clone(p.busy)
	p.mu.Unlock()
	state, err := k.runtime.Pod(ctx, uid)
	if err != nil {
		return controller.Result{}, err
	}

	k.readLastWords(ctx, p, &state)

	k.mu.Lock()
	adopted := p.adopted
	k.mu.Unlock()
	p.mu.Lock()
	s := &situation{
		granted: p.granted, adopted: adopted, pod: p.object, gone: p.gone, state: state, busy: busy, notes: &p.notes, now: time.Now(),
		policy: policy{k.opts.RestartDelay, k.opts.MaxRestartDelay, k.opts.Prober != nil, k.opts.Volumes != nil},
	}
	expired := p.expired != nil
	var deadline time.Time
	if s.ending, deadline = p.endingOf(s.now); !deadline.IsZero() {
		s.lookAgain(deadline)
	}
	if p.expired != nil && !expired {
		k.events.Normal(p.object, p.expired.reason, "%s", p.expired.message)
	}
	s.decide()
	k.tellResized(s)
	for i := range s.steps {
		k.carryOut(ctx, p, s, &s.steps[i])
	}
	refused := p.refused
	p.mu.Unlock()

	if s.ended {
		k.leave(p)
	}
	if s.clean {
		// The Pod's directory goes last: it is what a kubelet after this one knows the Pod
		// by that has something left.
		if c, ok := k.runtime.(PodCleaner); ok {
			if err := c.CleanPod(ctx, uid); err != nil {
				return controller.Result{}, err
			}
		}
		if err := k.removeFiles(s.pod); err != nil {
			return controller.Result{}, err
		}
		if p.static != nil {
			if mirror := k.mirrorOf(p); mirror != nil {
				if err := k.deleteMirror(ctx, mirror); err != nil {
					return controller.Result{}, err
				}
			}
		}
		k.forget(p)
		return controller.Result{}, nil
	}
	if !s.gone {
		if err := k.report(ctx, p, s, refused); err != nil {
			return controller.Result{}, err
		}
	}
	if s.again.IsZero() {
		return controller.Result{}, nil
	}
	return controller.Result{After: max(time.Until(s.again), time.Millisecond)}, nil
}

// readLastWords fills in what runs that have ended said last.
func (k *Kubelet) readLastWords(ctx context.Context, p *pod, state *PodState) {
	if k.opts.RootDir == "" {
		return
	}
	p.mu.Lock()
	object, known := p.object, p.notes.words
	p.mu.Unlock()
	words := map[string]string{}
	for i := range state.Containers {
		c := &state.Containers[i]
		if c.State != Exited {
			continue
		}
		text, ok := known[c.ID]
		if !ok {
			text = k.lastWords(p.uid, c.Name, c.Attempt)
			if spec := specOf(object, c.Name); text == "" && c.ExitCode != 0 && spec != nil &&
				spec.TerminationMessagePolicy == corev1.TerminationMessageFallbackToLogsOnError {
				text = k.endOfLog(ctx, c.ID)
			}
		}
		words[c.ID] = text
		switch {
		case c.Message == "":
			c.Message = text
		case text != "":
			c.Message += ": " + text
		}
	}
	p.mu.Lock()
	p.notes.words = words
	p.mu.Unlock()
}

// endOfLog is the end of what a run has written.
func (k *Kubelet) endOfLog(ctx context.Context, id string) string {
	lines := int64(longestLogMessage)
	log, err := k.runtime.Logs(ctx, id, LogOptions{TailLines: &lines})
	if err != nil {
		return fmt.Sprintf("Error reading termination message from logs: %v", err)
	}
	defer func() { _ = log.Close() }()
	return tail(log)
}

// take decides about a Pod that is new to the node, unless that has to wait.
func (k *Kubelet) take(ctx context.Context, p *pod) (wait bool, err error) {
	p.mu.Lock()
	object := p.object
	over := p.gone || p.refused != nil || object.DeletionTimestamp != nil || isTerminal(object.Status.Phase)
	p.mu.Unlock()
	if over {
		return false, nil
	}
	if k.isAdmitted(p) {
		return false, ctx.Err()
	}
	no, wait := k.admit(ctx, p, object)
	if no == nil && !wait {
		no = k.allocate(ctx, p, object)
	}
	if no == nil {
		return wait, ctx.Err()
	}
	p.mu.Lock()
	p.refused = &ending{phase: corev1.PodFailed, reason: no.reason, message: "Pod was rejected: " + no.message}
	p.mu.Unlock()
	k.events.Record(controller.Note{About: object, Type: corev1.EventTypeWarning, Reason: no.reason, Message: no.message})
	return false, nil
}

// report writes the Pod's status if it has changed. When the Pod has been
// deleted and nothing of it runs any more, the object is deleted for good.
func (k *Kubelet) report(ctx context.Context, p *pod, s *situation, refused *ending) error {
	if p.static != nil {
		return k.reportStatic(ctx, p, s, refused)
	}
	base := s.pod
	var status corev1.PodStatus
	switch {
	case isTerminal(base.Status.Phase) && len(s.state.Sandboxes) == 0:
		status = base.Status // all was said before
	case refused != nil:
		status = rejected(base, refused, meta.At(s.now))
		if base.Status.StartTime != nil {
			status.StartTime = base.Status.StartTime
		}
	default:
		status = k.reporter().status(s, &base.Status, meta.At(s.now))
	}
	pods := client.Of[corev1.Pod](k.client).In(base.Namespace)
	if !codec.Equal(&status, &base.Status) {
		next := *base
		next.Status = status
		written := codec.DeepCopy(&next) // Update reads the answer into it
		if err := pods.UpdateStatus(ctx, written); err != nil {
			if meta.IsNotFound(err) {
				return nil // the watch will tell
			}
			return err
		}
		p.see(written)
		if base.Status.Phase == corev1.PodPending && status.Phase == corev1.PodRunning {
			k.counts.running(p, base, s.now)
		}
	}
	if !s.ended || base.DeletionTimestamp == nil || p.wasDeleted() {
		return nil
	}
	none, uid := int64(0), base.UID
	err := pods.Delete(ctx, base.Name, meta.DeleteOptions{GracePeriodSeconds: &none, Preconditions: &meta.Preconditions{UID: &uid}})
	// A conflict is about the UID: another Pod has that name, so ours is gone.
	if err != nil && !meta.IsNotFound(err) && !meta.IsConflict(err) {
		return err
	}
	p.mu.Lock()
	p.deleted = true
	p.mu.Unlock()
	return nil
}

func (p *pod) wasDeleted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.deleted
}

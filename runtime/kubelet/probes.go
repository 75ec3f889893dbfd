package kubelet

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// probeKind is what a probe is for.
type probeKind int

const (
	startupProbe probeKind = iota
	livenessProbe
	readinessProbe
)

// title begins messages about a probe.
func (k probeKind) title() string {
	return [...]string{"Startup", "Liveness", "Readiness"}[k]
}

func (k probeKind) op() opKind {
	return [...]opKind{opStartupProbe, opLivenessProbe, opReadinessProbe}[k]
}

// probeState is what the probes of one kind of one run have shown.
type probeState struct {
	run      string // whose it is
	ok       bool   // what counts at present
	failed   bool   // so often in a row that it counts as failed
	lastOK   bool
	streak   int32 // how often in a row the outcome was lastOK
	next     time.Time
	attempts int
}

// record counts an outcome.
func (p *probeState) record(ok bool, probe *corev1.Probe) {
	if p.attempts == 0 || p.lastOK != ok {
		p.streak = 0
	}
	p.attempts++
	p.lastOK = ok
	p.streak++
	switch {
	case ok && p.streak >= max(probe.SuccessThreshold, 1):
		p.ok, p.failed = true, false
	case !ok && p.streak >= max(probe.FailureThreshold, 1):
		p.ok, p.failed = false, true
	}
}

// check finds out whether a running container has started and is ready, as its
// probes have shown so far. With probing, probes that are due are carried out.
func (s *situation) check(r *runs, probing bool) {
	if r.started = s.passes(r, startupProbe, r.spec.StartupProbe, false, probing); !r.started {
		return
	}
	s.passes(r, livenessProbe, r.spec.LivenessProbe, true, probing)
	r.ready = s.passes(r, readinessProbe, r.spec.ReadinessProbe, false, probing)
}

// passes reports what a probe has shown; initially is what holds before that.
func (s *situation) passes(r *runs, kind probeKind, probe *corev1.Probe, initially, probing bool) bool {
	if probe == nil {
		return true
	}
	first := r.now.StartedAt.Add(time.Duration(probe.InitialDelaySeconds) * time.Second)
	if !s.policy.probes {
		if s.now.Before(first) {
			s.lookAgain(first)
			return initially
		}
		return true
	}
	if r.notes.probes == nil {
		r.notes.probes = map[probeKind]*probeState{}
	}
	state := r.notes.probes[kind]
	if state == nil || state.run != r.now.ID {
		state = &probeState{run: r.now.ID, ok: initially, next: first}
		if ok, before := s.shownBefore(r, kind); before {
			// A kubelet that comes back goes on where the one before ended: a Pod that
			// serves does not stop because of it. Not all are asked at once.
			state.ok = ok
			state.next = s.now.Add(rand.N(time.Duration(max(probe.PeriodSeconds, 1)) * time.Second))
			if state.next.Before(first) {
				state.next = first
			}
		}
		r.notes.probes[kind] = state
	}
	switch {
	case !probing || s.isBusy(kind.op(), r.spec.Name) || kind == startupProbe && state.ok:
	case s.now.Before(state.next):
		s.lookAgain(state.next)
	default:
		s.add(step{do: runProbe, container: r, probe: probe, probeKind: kind})
	}
	return state.ok
}

// shownBefore returns what the probes of a run had shown to a kubelet before this
// one, as the status tells.
func (s *situation) shownBefore(r *runs, kind probeKind) (ok, before bool) {
	status := r.statusIn(&s.pod.Status)
	if !s.adopted || status == nil || status.State.Running == nil || bareID(status.ContainerID) != r.now.ID {
		return false, false
	}
	switch kind {
	case startupProbe:
		return isTrue(status.Started), true
	case readinessProbe:
		return status.Ready, true
	}
	return true, true
}

// probeTries is how often a probe that cannot be carried out is tried at once.
const probeTries = 3

// probe carries out a probe once and notes the outcome.
func (k *Kubelet) probe(ctx context.Context, p *pod, target ProbeTarget, kind probeKind, probe *corev1.Probe) {
	began := time.Now()
	ok, output, err := k.ask(ctx, target, probe)
	if ctx.Err() != nil {
		return // given up: it says nothing about the container
	}
	k.counts.probed(target, kind, ok, err, time.Since(began))
	event := func(reason, format string, args ...any) {
		k.containerEvent(target.Pod, p.kindOf(target.Container.Name), target.Container.Name, corev1.EventTypeWarning, reason,
			kind.title()+" probe "+fmt.Sprintf(format, args...))
	}
	switch {
	case err != nil:
		event("Unhealthy", "errored and resulted in unknown state: %v", err)
	case !ok:
		event("Unhealthy", "failed: %s", output)
	case output != "":
		event("ProbeWarning", "warning: %s", output)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.notes.of(target.Container.Name)
	state := n.probes[kind]
	if state == nil || state.run != target.ContainerID {
		return // another run by now
	}
	if err == nil {
		state.record(ok, probe)
	}
	state.next = time.Now().Add(time.Duration(max(probe.PeriodSeconds, 1)) * time.Second)
	if state.failed && kind != readinessProbe {
		n.unhealthy, n.unhealthyGrace = target.ContainerID, probe.TerminationGracePeriodSeconds
	}
}

// ask carries out a probe, and again if that cannot be done.
func (k *Kubelet) ask(ctx context.Context, target ProbeTarget, probe *corev1.Probe) (ok bool, output string, err error) {
	if probe.Exec != nil {
		// Only variables with a value in the spec count here.
		values := make([]EnvVar, 0, len(target.Container.Env))
		for _, v := range target.Container.Env {
			values = append(values, EnvVar{v.Name, v.Value})
		}
		expanded := *probe
		expanded.Exec = &corev1.ExecAction{Command: expandAll(probe.Exec.Command, values)}
		probe = &expanded
	}
	timeout := time.Duration(max(probe.TimeoutSeconds, 1)) * time.Second
	for range probeTries {
		attempt, cancel := context.WithTimeout(ctx, timeout)
		ok, output, err = k.opts.Prober.Probe(attempt, target, probe)
		if errors.Is(attempt.Err(), context.DeadlineExceeded) && err != nil {
			ok, output, err = false, fmt.Sprintf("timed out after %s: %v", timeout, err), nil
		}
		cancel()
		if err == nil || ctx.Err() != nil {
			break
		}
	}
	return ok, output, err
}

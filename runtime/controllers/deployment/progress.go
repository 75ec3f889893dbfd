package deployment

import (
	"fmt"
	"math"
	"time"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Reasons of the conditions, which clients such as kubectl rollout status and
// kubectl wait read.
const (
	reasonPaused      = "DeploymentPaused"
	reasonResumed     = "DeploymentResumed"
	reasonAvailable   = "NewReplicaSetAvailable"
	reasonUpdated     = "ReplicaSetUpdated"
	reasonTimedOut    = "ProgressDeadlineExceeded"
	reasonCreateError = "ReplicaSetCreateError"
	reasonMinimum     = "MinimumReplicasAvailable"
	reasonBelow       = "MinimumReplicasUnavailable"
)

// hasDeadline reports whether a Deployment wants its progress to be watched.
func hasDeadline(d *appsv1.Deployment) bool {
	seconds := d.Spec.ProgressDeadlineSeconds
	return seconds != nil && *seconds != math.MaxInt32
}

func (p *planner) hasDeadline() bool { return hasDeadline(p.d) }

// notePause says in a condition that the Deployment was paused or resumed, so
// that the time in between does not count as a lack of progress.
func (p *planner) notePause() {
	if !p.hasDeadline() {
		return
	}
	c := condition(p.status.Conditions, appsv1.DeploymentProgressing)
	if c != nil && c.Reason == reasonTimedOut {
		return // it stays until there is progress
	}
	noted := c != nil && c.Reason == reasonPaused
	switch {
	case p.d.Spec.Paused && !noted:
		p.progress(corev1.ConditionUnknown, reasonPaused, "Deployment is paused")
	case !p.d.Spec.Paused && noted:
		p.progress(corev1.ConditionUnknown, reasonResumed, "Deployment is resumed")
	}
}

// progress sets the Progressing condition.
func (p *planner) progress(status corev1.ConditionStatus, reason, format string, args ...any) {
	p.set(appsv1.DeploymentProgressing, status, reason, fmt.Sprintf(format, args...))
}

// set sets a condition, unless it says the same for the same reason.
func (p *planner) set(typ appsv1.DeploymentConditionType, status corev1.ConditionStatus, reason, message string) {
	p.status.Conditions = setCondition(p.status.Conditions, typ, status, reason, message, p.Now)
}

func setCondition(conditions []appsv1.DeploymentCondition, typ appsv1.DeploymentConditionType, status corev1.ConditionStatus, reason, message string, now time.Time) []appsv1.DeploymentCondition {
	next := appsv1.DeploymentCondition{
		Type: typ, Status: status, Reason: reason, Message: message,
		LastUpdateTime: meta.At(now), LastTransitionTime: meta.At(now),
	}
	if c := condition(conditions, typ); c != nil {
		if c.Status == status && c.Reason == reason {
			return conditions
		}
		if c.Status == status {
			next.LastTransitionTime = c.LastTransitionTime
		}
	}
	return append(withoutCondition(conditions, typ), next)
}

func condition(conditions []appsv1.DeploymentCondition, typ appsv1.DeploymentConditionType) *appsv1.DeploymentCondition {
	for i := range conditions {
		if conditions[i].Type == typ {
			return &conditions[i]
		}
	}
	return nil
}

func withoutCondition(conditions []appsv1.DeploymentCondition, typ appsv1.DeploymentConditionType) []appsv1.DeploymentCondition {
	var rest []appsv1.DeploymentCondition
	for _, c := range conditions {
		if c.Type != typ {
			rest = append(rest, c)
		}
	}
	return rest
}

// observe works out the numbers of the status, and whether enough is available.
func (p *planner) observe() {
	s := &p.status
	s.ObservedGeneration = p.d.Generation
	s.CollisionCount = p.d.Status.CollisionCount
	s.Replicas, s.UpdatedReplicas, s.ReadyReplicas, s.AvailableReplicas = 0, 0, 0, 0
	terminating := new(int32)
	for _, set := range p.all() {
		have := set.was.Status
		s.Replicas += have.Replicas
		s.ReadyReplicas += have.ReadyReplicas
		s.AvailableReplicas += have.AvailableReplicas
		if set == p.new {
			s.UpdatedReplicas = have.Replicas
		}
		if set == p.new && p.create {
			continue // what does not exist yet has nothing that terminates
		}
		if have.TerminatingReplicas == nil || terminating == nil {
			terminating = nil // one does not say, so nobody knows the sum
		} else {
			*terminating += *have.TerminatingReplicas
		}
	}
	s.TerminatingReplicas = terminating
	s.UnavailableReplicas = max(total(p.all())-s.AvailableReplicas, 0)
	if s.AvailableReplicas >= p.want-p.unavailable() {
		p.set(appsv1.DeploymentAvailable, corev1.ConditionTrue, reasonMinimum, "Deployment has minimum availability.")
	} else {
		p.set(appsv1.DeploymentAvailable, corev1.ConditionFalse, reasonBelow, "Deployment does not have minimum availability.")
	}
}

// complete reports whether a status says that the rollout is done.
func (p *planner) complete(s appsv1.DeploymentStatus) bool {
	return s.UpdatedReplicas == p.want && s.Replicas == p.want && s.AvailableReplicas == p.want && s.ObservedGeneration >= p.d.Generation
}

// report is observe, and says how the rollout goes on.
func (p *planner) report() {
	p.observe()
	before := condition(p.status.Conditions, appsv1.DeploymentProgressing)
	if !p.hasDeadline() {
		p.status.Conditions = withoutCondition(p.status.Conditions, appsv1.DeploymentProgressing)
	} else if done := p.status.Replicas == p.status.UpdatedReplicas && before != nil && before.Reason == reasonAvailable; !done {
		// Once done, a rollout stays done: Pods that fail later are no lack of
		// progress.
		switch {
		case p.complete(p.status):
			p.progress(corev1.ConditionTrue, reasonAvailable, "%s has successfully progressed.", p.subject())
		case p.movedOn():
			if before != nil {
				started := before.LastTransitionTime
				wasTrue := before.Status == corev1.ConditionTrue
				p.status.Conditions = withoutCondition(p.status.Conditions, appsv1.DeploymentProgressing)
				p.progress(corev1.ConditionTrue, reasonUpdated, "%s is progressing.", p.subject())
				if wasTrue {
					condition(p.status.Conditions, appsv1.DeploymentProgressing).LastTransitionTime = started
				}
			} else {
				p.progress(corev1.ConditionTrue, reasonUpdated, "%s is progressing.", p.subject())
			}
		case p.late(before):
			p.progress(corev1.ConditionFalse, reasonTimedOut, "%s has timed out progressing.", p.subject())
		}
	}
	p.reportFailure()
	p.plan.After = p.nextLook()
}

// subject is what messages speak of.
func (p *planner) subject() string {
	if p.new != nil {
		return fmt.Sprintf("ReplicaSet %q", p.new.was.Name)
	}
	return fmt.Sprintf("Deployment %q", p.d.Name)
}

// movedOn reports whether the status is nearer to the goal than the last one:
// more new Pods, fewer old ones, more that are ready or available.
func (p *planner) movedOn() bool {
	was, is := &p.d.Status, &p.status
	return is.UpdatedReplicas > was.UpdatedReplicas || is.Replicas-is.UpdatedReplicas < was.Replicas-was.UpdatedReplicas ||
		is.ReadyReplicas > was.ReadyReplicas || is.AvailableReplicas > was.AvailableReplicas
}

func (p *planner) deadline() time.Duration {
	return time.Duration(*p.d.Spec.ProgressDeadlineSeconds) * time.Second
}

// late reports whether there was no progress for longer than is allowed.
func (p *planner) late(c *appsv1.DeploymentCondition) bool {
	switch {
	case c == nil, c.Reason == reasonAvailable:
		return false
	case c.Reason == reasonTimedOut:
		return true
	}
	return c.LastUpdateTime.Add(p.deadline()).Before(p.Now)
}

// nextLook returns when the Deployment will be late if nothing happens.
func (p *planner) nextLook() time.Duration {
	c := condition(p.status.Conditions, appsv1.DeploymentProgressing)
	if !p.hasDeadline() || c == nil || c.Reason == reasonTimedOut || p.complete(p.status) {
		return 0
	}
	// Times are kept in whole seconds: a second later it is certain.
	return max(c.LastUpdateTime.Add(p.deadline()).Sub(p.Now), 0) + time.Second
}

// reportFailure passes on that a ReplicaSet cannot make or delete Pods, the new
// one's trouble first.
func (p *planner) reportFailure() {
	sets := p.all()
	if p.new != nil {
		sets = append([]*set{p.new}, p.old...)
	}
	for _, s := range sets {
		for _, c := range s.was.Status.Conditions {
			if c.Type == appsv1.ReplicaSetReplicaFailure {
				p.set(appsv1.DeploymentReplicaFailure, c.Status, c.Reason, c.Message)
				return
			}
		}
	}
	p.status.Conditions = withoutCondition(p.status.Conditions, appsv1.DeploymentReplicaFailure)
}

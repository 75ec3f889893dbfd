package kubelet

import (
	"fmt"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

const reasonPodCompleted = "PodCompleted"

// initializedCondition says whether the init containers are through.
func initializedCondition(s *situation, status *corev1.PodStatus) corev1.PodCondition {
	c := corev1.PodCondition{Type: corev1.PodInitialized, Status: corev1.ConditionTrue}
	if status.Phase == corev1.PodSucceeded {
		c.Reason = reasonPodCompleted
		return c
	}
	if s.initialized() {
		return c
	}
	var incomplete []string
	for i := range s.containers {
		r := &s.containers[i]
		switch {
		case r.kind == initContainer && !r.ready && !r.completedBefore(s), r.kind == sidecar && !r.started && s.ending == nil:
			incomplete = append(incomplete, r.spec.Name)
		}
	}
	if len(incomplete) > 0 {
		c.Status, c.Reason = corev1.ConditionFalse, "ContainersNotInitialized"
		c.Message = fmt.Sprintf("containers with incomplete status: [%s]", strings.Join(incomplete, " "))
	}
	return c
}

// completedBefore reports whether an init container has done its work in a
// sandbox that has been stopped since, at the end of the Pod.
func (r *runs) completedBefore(s *situation) bool {
	return s.ending != nil && r.exited() && r.now.ExitCode == 0
}

// containersReady says whether every container that is to serve does.
func containersReady(s *situation, status *corev1.PodStatus) corev1.PodCondition {
	c := corev1.PodCondition{Type: corev1.ContainersReady, Status: corev1.ConditionTrue}
	switch status.Phase {
	case corev1.PodSucceeded:
		c.Status, c.Reason = corev1.ConditionFalse, reasonPodCompleted
		return c
	case corev1.PodFailed:
		c.Status, c.Reason = corev1.ConditionFalse, "PodFailed"
		return c
	}
	var unready []string
	for i := range s.containers {
		r := &s.containers[i]
		if (r.kind == mainContainer || r.kind == sidecar) && (!r.ready || !r.running()) {
			unready = append(unready, r.spec.Name)
		}
	}
	if len(unready) > 0 {
		c.Status, c.Reason = corev1.ConditionFalse, "ContainersNotReady"
		c.Message = fmt.Sprintf("containers with unready status: [%s]", strings.Join(unready, " "))
	}
	return c
}

// podReady says whether the Pod may serve: its containers are ready, and
// whoever else has a say agrees.
func podReady(pod *corev1.Pod, containers corev1.PodCondition, have []corev1.PodCondition) corev1.PodCondition {
	c := containers
	c.Type = corev1.PodReady
	if containers.Status != corev1.ConditionTrue {
		return c
	}
	var unmet []string
gates:
	for _, gate := range pod.Spec.ReadinessGates {
		for i := range have {
			if have[i].Type != gate.ConditionType {
				continue
			}
			if have[i].Status != corev1.ConditionTrue {
				unmet = append(unmet, fmt.Sprintf("the status of pod readiness gate %q is not %q, but %v", gate.ConditionType, corev1.ConditionTrue, have[i].Status))
			}
			continue gates
		}
		unmet = append(unmet, fmt.Sprintf("corresponding condition of pod readiness gate %q does not exist.", gate.ConditionType))
	}
	if len(unmet) > 0 {
		c.Status, c.Reason, c.Message = corev1.ConditionFalse, "ReadinessGatesNotReady", strings.Join(unmet, ", ")
	}
	return c
}

package job

import (
	"fmt"
	"slices"
	"strconv"

	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// verdict is what a pod failure policy says of a failed Pod.
type verdict struct {
	action  batchv1.PodFailurePolicyAction // of the rule that matches; "" if none does
	message string                         // why, for FailJob
}

// counts reports whether the failure counts towards the limits.
func (v verdict) counts() bool { return v.action != batchv1.PodFailurePolicyActionIgnore }

// judge applies a policy, which may be nil, to a failed Pod: the first rule
// that matches decides.
func judge(policy *batchv1.PodFailurePolicy, pod *corev1.Pod) verdict {
	if policy == nil {
		return verdict{}
	}
	for i := range policy.Rules {
		rule := &policy.Rules[i]
		if rule.OnExitCodes != nil {
			if c := matchExitCode(rule.OnExitCodes, pod); c != nil {
				return verdict{rule.Action, fmt.Sprintf("Container %s for pod %s/%s failed with exit code %d matching %s rule at index %d",
					c.Name, pod.Namespace, pod.Name, c.State.Terminated.ExitCode, rule.Action, i)}
			}
			continue
		}
		if c := matchCondition(rule.OnPodConditions, pod); c != nil {
			return verdict{rule.Action, fmt.Sprintf("Pod %s/%s has condition %s matching %s rule at index %d",
				pod.Namespace, pod.Name, c.Type, rule.Action, i)}
		}
	}
	return verdict{}
}

// matchExitCode returns the first container that ended with an exit code that
// is asked for. One that ended well never matches.
func matchExitCode(want *batchv1.PodFailurePolicyOnExitCodesRequirement, pod *corev1.Pod) *corev1.ContainerStatus {
	for _, statuses := range [][]corev1.ContainerStatus{pod.Status.ContainerStatuses, pod.Status.InitContainerStatuses} {
		for i := range statuses {
			c := &statuses[i]
			if c.State.Terminated == nil || c.State.Terminated.ExitCode == 0 || want.ContainerName != nil && *want.ContainerName != c.Name {
				continue
			}
			listed := slices.Contains(want.Values, c.State.Terminated.ExitCode)
			if listed == (want.Operator == batchv1.PodFailurePolicyOnExitCodesOpIn) {
				return c
			}
		}
	}
	return nil
}

func matchCondition(patterns []batchv1.PodFailurePolicyOnPodConditionsPattern, pod *corev1.Pod) *corev1.PodCondition {
	for i := range pod.Status.Conditions {
		c := &pod.Status.Conditions[i]
		for _, p := range patterns {
			// The server fills in "True" where no status is given.
			if p.Type == c.Type && (p.Status == c.Status || p.Status == "" && c.Status == corev1.ConditionTrue) {
				return c
			}
		}
	}
	return nil
}

// matchSuccess returns the message of the first rule of a success policy that
// the completed indexes fulfil.
func matchSuccess(policy *batchv1.SuccessPolicy, completions int, completed indexes) (message string, met bool) {
	if policy == nil {
		return "", false
	}
	for i := range policy.Rules {
		rule := &policy.Rules[i]
		have, need := completed.count(), 0
		if rule.SucceededIndexes != nil {
			wanted, err := parseIndexes(*rule.SucceededIndexes, completions)
			if err != nil {
				continue // the server does not store such a rule
			}
			have, need = completed.common(wanted), wanted.count()
		}
		if rule.SucceededCount != nil {
			need = int(*rule.SucceededCount)
		}
		if need > 0 && have >= need {
			return fmt.Sprintf("Matched rules at index %d", i), true
		}
	}
	return "", false
}

// failuresOf returns how often a Pod's index had failed before it, as its
// annotations say: failures that count, and those that a policy ignored.
func failuresOf(pod *corev1.Pod) (counted, ignored int) {
	counted, _ = strconv.Atoi(pod.Annotations[batchv1.JobIndexFailureCountAnnotation])
	ignored, _ = strconv.Atoi(pod.Annotations[batchv1.JobIndexIgnoredFailureCountAnnotation])
	return max(counted, 0), max(ignored, 0)
}

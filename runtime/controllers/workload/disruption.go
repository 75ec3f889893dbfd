package workload

import (
	"context"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// SetCondition puts a condition into a Pod's status, in the place of the one of
// its type, and reports whether that changed it. The time of the transition
// moves only with the status.
func SetCondition(pod *corev1.Pod, c corev1.PodCondition) (changed bool) {
	c.ObservedGeneration = pod.Generation
	have := Condition(pod, c.Type)
	if have == nil {
		pod.Status.Conditions = append(pod.Status.Conditions, c)
		return true
	}
	if have.Status == c.Status {
		c.LastTransitionTime = have.LastTransitionTime
		if have.Reason == c.Reason && have.Message == c.Message {
			return false
		}
	}
	*have = c
	return true
}

// Disrupt deletes a Pod that the cluster itself ends, after telling so in its
// DisruptionTarget condition: owners count such a Pod differently from one that
// failed. phase is what it ends in, "" what it is in. A Pod that is gone, or another
// one, is no error. It takes the right to patch pods/status and to delete pods.
func Disrupt(ctx context.Context, c client.Client, pod *corev1.Pod, reason, message string, now meta.Time, opts meta.DeleteOptions, phase corev1.PodPhase) error {
	next := codec.DeepCopy(pod)
	changed := SetCondition(next, corev1.PodCondition{
		Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, Reason: reason, Message: message, LastTransitionTime: now,
	})
	status := map[string]any{"conditions": []any{Condition(next, corev1.DisruptionTarget)}}
	if phase != "" && phase != pod.Status.Phase {
		status["phase"], changed = phase, true
	}
	pods := client.Of[corev1.Pod](c).In(pod.Namespace)
	if changed {
		data, err := codec.MarshalJSON(map[string]any{"metadata": map[string]any{"uid": string(pod.UID)}, "status": status})
		if err != nil {
			return err
		}
		_, err = pods.Subresource("status").Patch(ctx, pod.Name, client.Patch{Type: client.StrategicPatch, Data: data})
		if meta.IsNotFound(err) || meta.IsConflict(err) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	opts.Preconditions = &meta.Preconditions{UID: &pod.UID}
	err := pods.Delete(ctx, pod.Name, opts)
	if meta.IsNotFound(err) || meta.IsConflict(err) {
		return nil
	}
	return err
}

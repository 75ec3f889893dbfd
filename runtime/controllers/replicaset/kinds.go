package replicaset

import (
	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// kind is one of the two kinds of set. A ReplicationController is worked on as
// the ReplicaSet that says the same.
type kind[T any] struct {
	gvk meta.GroupVersionKind
	// view returns obj as a ReplicaSet, which shares its parts.
	view func(obj *T) *appsv1.ReplicaSet
	// setStatus changes the status of obj, which belongs to the caller.
	setStatus func(obj *T, status appsv1.ReplicaSetStatus)
	// copyOf returns a copy whose status can be set.
	copyOf func(obj *T) *T
}

var (
	replicaSetKind            = meta.GroupVersionKind{Group: "apps", Version: "v1", Kind: "ReplicaSet"}
	replicationControllerKind = meta.GroupVersionKind{Version: "v1", Kind: "ReplicationController"}
)

func replicaSets() kind[appsv1.ReplicaSet] {
	return kind[appsv1.ReplicaSet]{
		gvk:       replicaSetKind,
		view:      func(obj *appsv1.ReplicaSet) *appsv1.ReplicaSet { return obj },
		setStatus: func(obj *appsv1.ReplicaSet, status appsv1.ReplicaSetStatus) { obj.Status = status },
		copyOf:    codec.DeepCopy[appsv1.ReplicaSet],
	}
}

func replicationControllers() kind[corev1.ReplicationController] {
	return kind[corev1.ReplicationController]{
		gvk:       replicationControllerKind,
		view:      viewController,
		setStatus: setControllerStatus,
		copyOf:    codec.DeepCopy[corev1.ReplicationController],
	}
}

func viewController(rc *corev1.ReplicationController) *appsv1.ReplicaSet {
	rs := &appsv1.ReplicaSet{
		TypeMeta: rc.TypeMeta, ObjectMeta: rc.ObjectMeta,
		Spec: appsv1.ReplicaSetSpec{
			Replicas: rc.Spec.Replicas, MinReadySeconds: rc.Spec.MinReadySeconds,
			Selector: &meta.LabelSelector{MatchLabels: rc.Spec.Selector},
		},
		Status: appsv1.ReplicaSetStatus{
			Replicas: rc.Status.Replicas, FullyLabeledReplicas: rc.Status.FullyLabeledReplicas, ReadyReplicas: rc.Status.ReadyReplicas,
			AvailableReplicas: rc.Status.AvailableReplicas, ObservedGeneration: rc.Status.ObservedGeneration,
		},
	}
	// Events are about the object as its own kind.
	rs.TypeMeta.SetGroupVersionKind(replicationControllerKind)
	if rc.Spec.Template != nil {
		rs.Spec.Template = *rc.Spec.Template
	}
	for _, c := range rc.Status.Conditions {
		rs.Status.Conditions = append(rs.Status.Conditions, appsv1.ReplicaSetCondition{
			Type: appsv1.ReplicaSetConditionType(c.Type), Status: c.Status, LastTransitionTime: c.LastTransitionTime, Reason: c.Reason, Message: c.Message,
		})
	}
	return rs
}

func setControllerStatus(rc *corev1.ReplicationController, status appsv1.ReplicaSetStatus) {
	rc.Status = corev1.ReplicationControllerStatus{
		Replicas: status.Replicas, FullyLabeledReplicas: status.FullyLabeledReplicas, ReadyReplicas: status.ReadyReplicas,
		AvailableReplicas: status.AvailableReplicas, ObservedGeneration: status.ObservedGeneration,
	}
	for _, c := range status.Conditions {
		rc.Status.Conditions = append(rc.Status.Conditions, corev1.ReplicationControllerCondition{
			Type: corev1.ReplicationControllerConditionType(c.Type), Status: c.Status, LastTransitionTime: c.LastTransitionTime, Reason: c.Reason, Message: c.Message,
		})
	}
}

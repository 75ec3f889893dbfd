package appsv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// ControllerRevision is a state that a StatefulSet or DaemonSet had, to go back to.
type ControllerRevision struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The state.
	Data meta.RawExtension `json:"data" protobuf:"bytes,2" required:"true"`
	// Its number.
	Revision int64 `json:"revision" protobuf:"varint,3"`
}

// ControllerRevisionList is a list of ControllerRevisions.
type ControllerRevisionList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ControllerRevision `json:"items" protobuf:"bytes,2" required:"true"`
}

// DaemonSet runs a Pod on each node, or on some.
type DaemonSet struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec DaemonSetSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status DaemonSetStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// DaemonSetCondition is an observation about a DaemonSet.
type DaemonSetCondition struct {
	// Which condition this is.
	Type DaemonSetConditionType `json:"type" protobuf:"bytes,1"`
	// True, False or Unknown.
	Status corev1.ConditionStatus `json:"status" protobuf:"bytes,2"`
	// When the status last changed from one value to another.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason,omitempty" protobuf:"bytes,4"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,5"`
}

// DaemonSetConditionType names a condition of a DaemonSet.
type DaemonSetConditionType string

// DaemonSetList is a list of DaemonSets.
type DaemonSetList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []DaemonSet `json:"items" protobuf:"bytes,2" required:"true"`
}

// DaemonSetSpec is the Pods that are wanted.
type DaemonSetSpec struct {
	// Picks the Pods; must match the template's labels, and cannot change.
	Selector *meta.LabelSelector `json:"selector" protobuf:"bytes,1" required:"true"`
	// The Pods to make: one on each node that its node selector and tolerations allow. The restart
	// policy must be Always.
	Template corev1.PodTemplateSpec `json:"template" protobuf:"bytes,2" required:"true"`
	// How old Pods are replaced.
	UpdateStrategy DaemonSetUpdateStrategy `json:"updateStrategy,omitempty" protobuf:"bytes,3"`
	// Seconds that a Pod must be ready to count as available; default 0.
	MinReadySeconds int32 `json:"minReadySeconds,omitempty" protobuf:"varint,4"`
	// How many old revisions to keep; nil means 10.
	RevisionHistoryLimit *int32 `json:"revisionHistoryLimit,omitempty" protobuf:"varint,6"`
}

// DaemonSetStatus is the Pods that there are.
type DaemonSetStatus struct {
	// Nodes that shall run the Pod and do.
	CurrentNumberScheduled int32 `json:"currentNumberScheduled" protobuf:"varint,1" required:"true"`
	// Nodes that run it and should not.
	NumberMisscheduled int32 `json:"numberMisscheduled" protobuf:"varint,2" required:"true"`
	// Nodes that shall run it.
	DesiredNumberScheduled int32 `json:"desiredNumberScheduled" protobuf:"varint,3" required:"true"`
	// Nodes that shall run it and where it is ready.
	NumberReady int32 `json:"numberReady" protobuf:"varint,4" required:"true"`
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration int64 `json:"observedGeneration,omitempty" protobuf:"varint,5"`
	// Nodes that run it as the template now is.
	UpdatedNumberScheduled int32 `json:"updatedNumberScheduled,omitempty" protobuf:"varint,6"`
	// Nodes where it has been ready for minReadySeconds.
	NumberAvailable int32 `json:"numberAvailable,omitempty" protobuf:"varint,7"`
	// Nodes that shall run it and where it has not.
	NumberUnavailable int32 `json:"numberUnavailable,omitempty" protobuf:"varint,8"`
	// Goes into the hash of names, and counts up when a name is taken; nil means 0.
	CollisionCount *int32 `json:"collisionCount,omitempty" protobuf:"varint,9"`
	// Observations about the object, one for each type.
	Conditions []DaemonSetCondition `json:"conditions,omitempty" protobuf:"bytes,10" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

// DaemonSetUpdateStrategy says how a DaemonSet replaces its Pods.
type DaemonSetUpdateStrategy struct {
	// RollingUpdate or OnDelete; default RollingUpdate.
	Type DaemonSetUpdateStrategyType `json:"type,omitempty" protobuf:"bytes,1" enum:"OnDelete|RollingUpdate"`
	// Settings of RollingUpdate.
	RollingUpdate *RollingUpdateDaemonSet `json:"rollingUpdate,omitempty" protobuf:"bytes,2"`
}

// DaemonSetUpdateStrategyType says how a DaemonSet replaces its Pods.
type DaemonSetUpdateStrategyType string

// Deployment keeps so many Pods running and rolls out changes of them, by way of ReplicaSets.
type Deployment struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec DeploymentSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status DeploymentStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// DeploymentCondition is an observation about a Deployment.
type DeploymentCondition struct {
	// Which condition this is.
	Type DeploymentConditionType `json:"type" protobuf:"bytes,1"`
	// True, False or Unknown.
	Status corev1.ConditionStatus `json:"status" protobuf:"bytes,2"`
	// When the condition was last written.
	LastUpdateTime meta.Time `json:"lastUpdateTime,omitempty" protobuf:"bytes,6"`
	// When the status last changed from one value to another.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,7"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason,omitempty" protobuf:"bytes,4"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,5"`
}

// DeploymentConditionType names a condition of a Deployment.
type DeploymentConditionType string

// DeploymentList is a list of Deployments.
type DeploymentList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Deployment `json:"items" protobuf:"bytes,2" required:"true"`
}

// DeploymentSpec is the Pods that are wanted.
type DeploymentSpec struct {
	// How many Pods; nil means 1.
	Replicas *int32 `json:"replicas,omitempty" protobuf:"varint,1"`
	// Picks the Pods; must match the template's labels, and cannot change.
	Selector *meta.LabelSelector `json:"selector" protobuf:"bytes,2" required:"true"`
	// The Pods to make; a change of it is rolled out. The restart policy must be Always.
	Template corev1.PodTemplateSpec `json:"template" protobuf:"bytes,3" required:"true"`
	// How old Pods are replaced.
	Strategy DeploymentStrategy `json:"strategy,omitempty" protobuf:"bytes,4" patchStrategy:"retainKeys"`
	// Seconds that a Pod must be ready to count as available; default 0.
	MinReadySeconds int32 `json:"minReadySeconds,omitempty" protobuf:"varint,5"`
	// How many old ReplicaSets to keep, to go back to; nil means 10.
	RevisionHistoryLimit *int32 `json:"revisionHistoryLimit,omitempty" protobuf:"varint,6"`
	// Holds rollouts back.
	Paused bool `json:"paused,omitempty" protobuf:"varint,7"`
	// Seconds without progress after which the rollout counts as failed; nil means 600.
	ProgressDeadlineSeconds *int32 `json:"progressDeadlineSeconds,omitempty" protobuf:"varint,9"`
}

// DeploymentStatus is the Pods that there are.
type DeploymentStatus struct {
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration int64 `json:"observedGeneration,omitempty" protobuf:"varint,1"`
	// How many Pods match the selector and are not ending.
	Replicas int32 `json:"replicas,omitempty" protobuf:"varint,2"`
	// How many of them are as the template now is.
	UpdatedReplicas int32 `json:"updatedReplicas,omitempty" protobuf:"varint,3"`
	// How many of them are ready.
	ReadyReplicas int32 `json:"readyReplicas,omitempty" protobuf:"varint,7"`
	// How many of them have been ready for minReadySeconds.
	AvailableReplicas int32 `json:"availableReplicas,omitempty" protobuf:"varint,4"`
	// How many available Pods are still missing.
	UnavailableReplicas int32 `json:"unavailableReplicas,omitempty" protobuf:"varint,5"`
	// How many Pods are ending: deleted, and not yet gone.
	TerminatingReplicas *int32 `json:"terminatingReplicas,omitempty" protobuf:"varint,9"`
	// Observations about the object, one for each type.
	Conditions []DeploymentCondition `json:"conditions,omitempty" protobuf:"bytes,6" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
	// Goes into the hash of names, and counts up when a name is taken; nil means 0.
	CollisionCount *int32 `json:"collisionCount,omitempty" protobuf:"varint,8"`
}

// DeploymentStrategy says how a Deployment replaces its Pods.
type DeploymentStrategy struct {
	// Recreate or RollingUpdate; default RollingUpdate.
	Type DeploymentStrategyType `json:"type,omitempty" protobuf:"bytes,1" enum:"Recreate|RollingUpdate"`
	// Settings of RollingUpdate.
	RollingUpdate *RollingUpdateDeployment `json:"rollingUpdate,omitempty" protobuf:"bytes,2"`
}

// DeploymentStrategyType says how a Deployment replaces its Pods.
type DeploymentStrategyType string

// PersistentVolumeClaimRetentionPolicyType says what becomes of a StatefulSet's claims.
type PersistentVolumeClaimRetentionPolicyType string

// PodManagementPolicyType says in which order a StatefulSet makes its Pods.
type PodManagementPolicyType string

// ReplicaSet keeps so many equal Pods running; usually a Deployment's.
type ReplicaSet struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec ReplicaSetSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status ReplicaSetStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// ReplicaSetCondition is an observation about a ReplicaSet.
type ReplicaSetCondition struct {
	// Which condition this is.
	Type ReplicaSetConditionType `json:"type" protobuf:"bytes,1"`
	// True, False or Unknown.
	Status corev1.ConditionStatus `json:"status" protobuf:"bytes,2"`
	// When the status last changed from one value to another.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason,omitempty" protobuf:"bytes,4"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,5"`
}

// ReplicaSetConditionType names a condition of a ReplicaSet.
type ReplicaSetConditionType string

// ReplicaSetList is a list of ReplicaSets.
type ReplicaSetList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ReplicaSet `json:"items" protobuf:"bytes,2" required:"true"`
}

// ReplicaSetSpec is the Pods that are wanted.
type ReplicaSetSpec struct {
	// How many Pods; nil means 1.
	Replicas *int32 `json:"replicas,omitempty" protobuf:"varint,1"`
	// Seconds that a Pod must be ready to count as available; default 0.
	MinReadySeconds int32 `json:"minReadySeconds,omitempty" protobuf:"varint,4"`
	// Picks the Pods; must match the template's labels, and cannot change.
	Selector *meta.LabelSelector `json:"selector" protobuf:"bytes,2" required:"true"`
	// The Pods to make.
	Template corev1.PodTemplateSpec `json:"template,omitempty" protobuf:"bytes,3"`
}

// ReplicaSetStatus is the Pods that there are.
type ReplicaSetStatus struct {
	// How many Pods there are that are not ending.
	Replicas int32 `json:"replicas" protobuf:"varint,1" required:"true"`
	// How many of them have all labels of the template.
	FullyLabeledReplicas int32 `json:"fullyLabeledReplicas,omitempty" protobuf:"varint,2"`
	// How many of them are ready.
	ReadyReplicas int32 `json:"readyReplicas,omitempty" protobuf:"varint,4"`
	// How many of them have been ready for minReadySeconds.
	AvailableReplicas int32 `json:"availableReplicas,omitempty" protobuf:"varint,5"`
	// How many Pods are ending: deleted, and not yet gone.
	TerminatingReplicas *int32 `json:"terminatingReplicas,omitempty" protobuf:"varint,7"`
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration int64 `json:"observedGeneration,omitempty" protobuf:"varint,3"`
	// Observations about the object, one for each type.
	Conditions []ReplicaSetCondition `json:"conditions,omitempty" protobuf:"bytes,6" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

// RollingUpdateDaemonSet tunes the rolling update of a DaemonSet.
type RollingUpdateDaemonSet struct {
	// Most nodes that may be without an available Pod, as a number or a percentage rounded up; default
	// 1. Not 0 unless maxSurge is set.
	MaxUnavailable *intstr.IntOrString `json:"maxUnavailable,omitempty" protobuf:"bytes,1"`
	// Most nodes that may have a new Pod beside the old one, as a number or a percentage rounded up;
	// default 0.
	MaxSurge *intstr.IntOrString `json:"maxSurge,omitempty" protobuf:"bytes,2"`
}

// RollingUpdateDeployment tunes the rolling update of a Deployment.
type RollingUpdateDeployment struct {
	// Most Pods that may be missing, as a number or a percentage rounded down; default 25%. Not 0
	// unless maxSurge is set.
	MaxUnavailable *intstr.IntOrString `json:"maxUnavailable,omitempty" protobuf:"bytes,1"`
	// Most Pods that may be too many, as a number or a percentage rounded up; default 25%.
	MaxSurge *intstr.IntOrString `json:"maxSurge,omitempty" protobuf:"bytes,2"`
}

// RollingUpdateStatefulSetStrategy tunes the rolling update of a StatefulSet.
type RollingUpdateStatefulSetStrategy struct {
	// Lowest ordinal to update; Pods below stay as they are. Default 0.
	Partition *int32 `json:"partition,omitempty" protobuf:"varint,1"`
	// Most Pods that may be missing, as a number or a percentage rounded up; default 1.
	MaxUnavailable *intstr.IntOrString `json:"maxUnavailable,omitempty" protobuf:"varint,2"`
}

// StatefulSet runs Pods that each keep their name and storage.
type StatefulSet struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec StatefulSetSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status StatefulSetStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// StatefulSetCondition is an observation about a StatefulSet.
type StatefulSetCondition struct {
	// Which condition this is.
	Type StatefulSetConditionType `json:"type" protobuf:"bytes,1"`
	// True, False or Unknown.
	Status corev1.ConditionStatus `json:"status" protobuf:"bytes,2"`
	// When the status last changed from one value to another.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason,omitempty" protobuf:"bytes,4"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,5"`
}

// StatefulSetConditionType names a condition of a StatefulSet.
type StatefulSetConditionType string

// StatefulSetList is a list of StatefulSets.
type StatefulSetList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []StatefulSet `json:"items" protobuf:"bytes,2" required:"true"`
}

// StatefulSetOrdinals says how the Pods of a StatefulSet are numbered.
type StatefulSetOrdinals struct {
	// Number of the first; default 0.
	Start int32 `json:"start" protobuf:"varint,1"`
}

// StatefulSetPersistentVolumeClaimRetentionPolicy says what becomes of a StatefulSet's claims.
type StatefulSetPersistentVolumeClaimRetentionPolicy struct {
	// Retain or Delete when the set is deleted; default Retain.
	WhenDeleted PersistentVolumeClaimRetentionPolicyType `json:"whenDeleted,omitempty" protobuf:"bytes,1"`
	// Retain or Delete when Pods are scaled away; default Retain.
	WhenScaled PersistentVolumeClaimRetentionPolicyType `json:"whenScaled,omitempty" protobuf:"bytes,2"`
}

// StatefulSetSpec is the Pods that are wanted.
type StatefulSetSpec struct {
	// How many Pods; nil means 1.
	Replicas *int32 `json:"replicas,omitempty" protobuf:"varint,1"`
	// Picks the Pods; must match the template's labels, and cannot change.
	Selector *meta.LabelSelector `json:"selector" protobuf:"bytes,2" required:"true"`
	// The Pods to make, named SET-0, SET-1 and so on.
	Template corev1.PodTemplateSpec `json:"template" protobuf:"bytes,3" required:"true"`
	// Claims that each Pod gets of its own, named CLAIM-POD; they win over volumes of the same name.
	VolumeClaimTemplates []corev1.PersistentVolumeClaim `json:"volumeClaimTemplates,omitempty" protobuf:"bytes,4" listType:"atomic"`
	// Headless Service that gives the Pods their names in DNS; somebody else makes it.
	ServiceName string `json:"serviceName" protobuf:"bytes,5"`
	// OrderedReady makes one after another, Parallel all at once; default OrderedReady. Cannot change.
	PodManagementPolicy PodManagementPolicyType `json:"podManagementPolicy,omitempty" protobuf:"bytes,6" enum:"OrderedReady|Parallel"`
	// How old Pods are replaced.
	UpdateStrategy StatefulSetUpdateStrategy `json:"updateStrategy,omitempty" protobuf:"bytes,7"`
	// How many old revisions to keep; nil means 10.
	RevisionHistoryLimit *int32 `json:"revisionHistoryLimit,omitempty" protobuf:"varint,8"`
	// Seconds that a Pod must be ready to count as available; default 0.
	MinReadySeconds int32 `json:"minReadySeconds,omitempty" protobuf:"varint,9"`
	// What becomes of the claims; nil keeps them.
	PersistentVolumeClaimRetentionPolicy *StatefulSetPersistentVolumeClaimRetentionPolicy `json:"persistentVolumeClaimRetentionPolicy,omitempty" protobuf:"bytes,10"`
	// How the Pods are numbered; nil counts from 0.
	Ordinals *StatefulSetOrdinals `json:"ordinals,omitempty" protobuf:"bytes,11"`
}

// StatefulSetStatus is the Pods that there are.
type StatefulSetStatus struct {
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration int64 `json:"observedGeneration,omitempty" protobuf:"varint,1"`
	// How many Pods there are.
	Replicas int32 `json:"replicas" protobuf:"varint,2" required:"true"`
	// How many of them are ready.
	ReadyReplicas int32 `json:"readyReplicas,omitempty" protobuf:"varint,3"`
	// How many of them are of currentRevision.
	CurrentReplicas int32 `json:"currentReplicas,omitempty" protobuf:"varint,4"`
	// How many of them are of updateRevision.
	UpdatedReplicas int32 `json:"updatedReplicas,omitempty" protobuf:"varint,5"`
	// Revision of the Pods that are not updated yet.
	CurrentRevision string `json:"currentRevision,omitempty" protobuf:"bytes,6"`
	// Revision of the Pods that are.
	UpdateRevision string `json:"updateRevision,omitempty" protobuf:"bytes,7"`
	// Goes into the hash of names, and counts up when a name is taken; nil means 0.
	CollisionCount *int32 `json:"collisionCount,omitempty" protobuf:"varint,9"`
	// Observations about the object, one for each type.
	Conditions []StatefulSetCondition `json:"conditions,omitempty" protobuf:"bytes,10" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
	// How many of them have been ready for minReadySeconds.
	AvailableReplicas int32 `json:"availableReplicas" protobuf:"varint,11"`
}

// StatefulSetUpdateStrategy says how a StatefulSet replaces its Pods.
type StatefulSetUpdateStrategy struct {
	// RollingUpdate, OnDelete or Recreate; default RollingUpdate.
	Type StatefulSetUpdateStrategyType `json:"type,omitempty" protobuf:"bytes,1" enum:"OnDelete|Recreate|RollingUpdate"`
	// Settings of RollingUpdate.
	RollingUpdate *RollingUpdateStatefulSetStrategy `json:"rollingUpdate,omitempty" protobuf:"bytes,2"`
}

// StatefulSetUpdateStrategyType says how a StatefulSet replaces its Pods.
type StatefulSetUpdateStrategyType string

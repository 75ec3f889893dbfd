package appsv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type ControllerRevision struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Data            meta.RawExtension `json:"data" protobuf:"bytes,2" required:"true"`
	Revision        int64             `json:"revision" protobuf:"varint,3"`
}

// ControllerRevisionList is a list of ControllerRevisions.
type ControllerRevisionList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ControllerRevision `json:"items" protobuf:"bytes,2" required:"true"`
}

type DaemonSet struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec DaemonSetSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status DaemonSetStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type DaemonSetCondition struct {
	Type DaemonSetConditionType `json:"type" protobuf:"bytes,1"`
	// What is: written by the cluster, not by users.
	Status             corev1.ConditionStatus `json:"status" protobuf:"bytes,2"`
	LastTransitionTime meta.Time              `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	Reason             string                 `json:"reason,omitempty" protobuf:"bytes,4"`
	Message            string                 `json:"message,omitempty" protobuf:"bytes,5"`
}

type DaemonSetConditionType string

// DaemonSetList is a list of DaemonSets.
type DaemonSetList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []DaemonSet `json:"items" protobuf:"bytes,2" required:"true"`
}

type DaemonSetSpec struct {
	Selector             *meta.LabelSelector     `json:"selector" protobuf:"bytes,1" required:"true"`
	Template             corev1.PodTemplateSpec  `json:"template" protobuf:"bytes,2" required:"true"`
	UpdateStrategy       DaemonSetUpdateStrategy `json:"updateStrategy,omitempty" protobuf:"bytes,3"`
	MinReadySeconds      int32                   `json:"minReadySeconds,omitempty" protobuf:"varint,4"`
	RevisionHistoryLimit *int32                  `json:"revisionHistoryLimit,omitempty" protobuf:"varint,6"`
}

type DaemonSetStatus struct {
	CurrentNumberScheduled int32 `json:"currentNumberScheduled" protobuf:"varint,1" required:"true"`
	NumberMisscheduled     int32 `json:"numberMisscheduled" protobuf:"varint,2" required:"true"`
	DesiredNumberScheduled int32 `json:"desiredNumberScheduled" protobuf:"varint,3" required:"true"`
	NumberReady            int32 `json:"numberReady" protobuf:"varint,4" required:"true"`
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration     int64  `json:"observedGeneration,omitempty" protobuf:"varint,5"`
	UpdatedNumberScheduled int32  `json:"updatedNumberScheduled,omitempty" protobuf:"varint,6"`
	NumberAvailable        int32  `json:"numberAvailable,omitempty" protobuf:"varint,7"`
	NumberUnavailable      int32  `json:"numberUnavailable,omitempty" protobuf:"varint,8"`
	CollisionCount         *int32 `json:"collisionCount,omitempty" protobuf:"varint,9"`
	// Observations about the object, one for each type.
	Conditions []DaemonSetCondition `json:"conditions,omitempty" protobuf:"bytes,10" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

type DaemonSetUpdateStrategy struct {
	Type          DaemonSetUpdateStrategyType `json:"type,omitempty" protobuf:"bytes,1" enum:"OnDelete|RollingUpdate"`
	RollingUpdate *RollingUpdateDaemonSet     `json:"rollingUpdate,omitempty" protobuf:"bytes,2"`
}

type DaemonSetUpdateStrategyType string

type Deployment struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec DeploymentSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status DeploymentStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type DeploymentCondition struct {
	Type DeploymentConditionType `json:"type" protobuf:"bytes,1"`
	// What is: written by the cluster, not by users.
	Status             corev1.ConditionStatus `json:"status" protobuf:"bytes,2"`
	LastUpdateTime     meta.Time              `json:"lastUpdateTime,omitempty" protobuf:"bytes,6"`
	LastTransitionTime meta.Time              `json:"lastTransitionTime,omitempty" protobuf:"bytes,7"`
	Reason             string                 `json:"reason,omitempty" protobuf:"bytes,4"`
	Message            string                 `json:"message,omitempty" protobuf:"bytes,5"`
}

type DeploymentConditionType string

// DeploymentList is a list of Deployments.
type DeploymentList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Deployment `json:"items" protobuf:"bytes,2" required:"true"`
}

type DeploymentSpec struct {
	Replicas                *int32                 `json:"replicas,omitempty" protobuf:"varint,1"`
	Selector                *meta.LabelSelector    `json:"selector" protobuf:"bytes,2" required:"true"`
	Template                corev1.PodTemplateSpec `json:"template" protobuf:"bytes,3" required:"true"`
	Strategy                DeploymentStrategy     `json:"strategy,omitempty" protobuf:"bytes,4" patchStrategy:"retainKeys"`
	MinReadySeconds         int32                  `json:"minReadySeconds,omitempty" protobuf:"varint,5"`
	RevisionHistoryLimit    *int32                 `json:"revisionHistoryLimit,omitempty" protobuf:"varint,6"`
	Paused                  bool                   `json:"paused,omitempty" protobuf:"varint,7"`
	ProgressDeadlineSeconds *int32                 `json:"progressDeadlineSeconds,omitempty" protobuf:"varint,9"`
}

type DeploymentStatus struct {
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration  int64  `json:"observedGeneration,omitempty" protobuf:"varint,1"`
	Replicas            int32  `json:"replicas,omitempty" protobuf:"varint,2"`
	UpdatedReplicas     int32  `json:"updatedReplicas,omitempty" protobuf:"varint,3"`
	ReadyReplicas       int32  `json:"readyReplicas,omitempty" protobuf:"varint,7"`
	AvailableReplicas   int32  `json:"availableReplicas,omitempty" protobuf:"varint,4"`
	UnavailableReplicas int32  `json:"unavailableReplicas,omitempty" protobuf:"varint,5"`
	TerminatingReplicas *int32 `json:"terminatingReplicas,omitempty" protobuf:"varint,9"`
	// Observations about the object, one for each type.
	Conditions     []DeploymentCondition `json:"conditions,omitempty" protobuf:"bytes,6" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
	CollisionCount *int32                `json:"collisionCount,omitempty" protobuf:"varint,8"`
}

type DeploymentStrategy struct {
	Type          DeploymentStrategyType   `json:"type,omitempty" protobuf:"bytes,1" enum:"Recreate|RollingUpdate"`
	RollingUpdate *RollingUpdateDeployment `json:"rollingUpdate,omitempty" protobuf:"bytes,2"`
}

type DeploymentStrategyType string

type PersistentVolumeClaimRetentionPolicyType string

type PodManagementPolicyType string

type ReplicaSet struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec ReplicaSetSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status ReplicaSetStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type ReplicaSetCondition struct {
	Type ReplicaSetConditionType `json:"type" protobuf:"bytes,1"`
	// What is: written by the cluster, not by users.
	Status             corev1.ConditionStatus `json:"status" protobuf:"bytes,2"`
	LastTransitionTime meta.Time              `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	Reason             string                 `json:"reason,omitempty" protobuf:"bytes,4"`
	Message            string                 `json:"message,omitempty" protobuf:"bytes,5"`
}

type ReplicaSetConditionType string

// ReplicaSetList is a list of ReplicaSets.
type ReplicaSetList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ReplicaSet `json:"items" protobuf:"bytes,2" required:"true"`
}

type ReplicaSetSpec struct {
	Replicas        *int32                 `json:"replicas,omitempty" protobuf:"varint,1"`
	MinReadySeconds int32                  `json:"minReadySeconds,omitempty" protobuf:"varint,4"`
	Selector        *meta.LabelSelector    `json:"selector" protobuf:"bytes,2" required:"true"`
	Template        corev1.PodTemplateSpec `json:"template,omitempty" protobuf:"bytes,3"`
}

type ReplicaSetStatus struct {
	Replicas             int32  `json:"replicas" protobuf:"varint,1" required:"true"`
	FullyLabeledReplicas int32  `json:"fullyLabeledReplicas,omitempty" protobuf:"varint,2"`
	ReadyReplicas        int32  `json:"readyReplicas,omitempty" protobuf:"varint,4"`
	AvailableReplicas    int32  `json:"availableReplicas,omitempty" protobuf:"varint,5"`
	TerminatingReplicas  *int32 `json:"terminatingReplicas,omitempty" protobuf:"varint,7"`
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration int64 `json:"observedGeneration,omitempty" protobuf:"varint,3"`
	// Observations about the object, one for each type.
	Conditions []ReplicaSetCondition `json:"conditions,omitempty" protobuf:"bytes,6" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

type RollingUpdateDaemonSet struct {
	MaxUnavailable *intstr.IntOrString `json:"maxUnavailable,omitempty" protobuf:"bytes,1"`
	MaxSurge       *intstr.IntOrString `json:"maxSurge,omitempty" protobuf:"bytes,2"`
}

type RollingUpdateDeployment struct {
	MaxUnavailable *intstr.IntOrString `json:"maxUnavailable,omitempty" protobuf:"bytes,1"`
	MaxSurge       *intstr.IntOrString `json:"maxSurge,omitempty" protobuf:"bytes,2"`
}

type RollingUpdateStatefulSetStrategy struct {
	Partition      *int32              `json:"partition,omitempty" protobuf:"varint,1"`
	MaxUnavailable *intstr.IntOrString `json:"maxUnavailable,omitempty" protobuf:"varint,2"`
}

type StatefulSet struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec StatefulSetSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status StatefulSetStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type StatefulSetCondition struct {
	Type StatefulSetConditionType `json:"type" protobuf:"bytes,1"`
	// What is: written by the cluster, not by users.
	Status             corev1.ConditionStatus `json:"status" protobuf:"bytes,2"`
	LastTransitionTime meta.Time              `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	Reason             string                 `json:"reason,omitempty" protobuf:"bytes,4"`
	Message            string                 `json:"message,omitempty" protobuf:"bytes,5"`
}

type StatefulSetConditionType string

// StatefulSetList is a list of StatefulSets.
type StatefulSetList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []StatefulSet `json:"items" protobuf:"bytes,2" required:"true"`
}

type StatefulSetOrdinals struct {
	Start int32 `json:"start" protobuf:"varint,1"`
}

type StatefulSetPersistentVolumeClaimRetentionPolicy struct {
	WhenDeleted PersistentVolumeClaimRetentionPolicyType `json:"whenDeleted,omitempty" protobuf:"bytes,1"`
	WhenScaled  PersistentVolumeClaimRetentionPolicyType `json:"whenScaled,omitempty" protobuf:"bytes,2"`
}

type StatefulSetSpec struct {
	Replicas                             *int32                                           `json:"replicas,omitempty" protobuf:"varint,1"`
	Selector                             *meta.LabelSelector                              `json:"selector" protobuf:"bytes,2" required:"true"`
	Template                             corev1.PodTemplateSpec                           `json:"template" protobuf:"bytes,3" required:"true"`
	VolumeClaimTemplates                 []corev1.PersistentVolumeClaim                   `json:"volumeClaimTemplates,omitempty" protobuf:"bytes,4" listType:"atomic"`
	ServiceName                          string                                           `json:"serviceName" protobuf:"bytes,5"`
	PodManagementPolicy                  PodManagementPolicyType                          `json:"podManagementPolicy,omitempty" protobuf:"bytes,6" enum:"OrderedReady|Parallel"`
	UpdateStrategy                       StatefulSetUpdateStrategy                        `json:"updateStrategy,omitempty" protobuf:"bytes,7"`
	RevisionHistoryLimit                 *int32                                           `json:"revisionHistoryLimit,omitempty" protobuf:"varint,8"`
	MinReadySeconds                      int32                                            `json:"minReadySeconds,omitempty" protobuf:"varint,9"`
	PersistentVolumeClaimRetentionPolicy *StatefulSetPersistentVolumeClaimRetentionPolicy `json:"persistentVolumeClaimRetentionPolicy,omitempty" protobuf:"bytes,10"`
	Ordinals                             *StatefulSetOrdinals                             `json:"ordinals,omitempty" protobuf:"bytes,11"`
}

type StatefulSetStatus struct {
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration int64  `json:"observedGeneration,omitempty" protobuf:"varint,1"`
	Replicas           int32  `json:"replicas" protobuf:"varint,2" required:"true"`
	ReadyReplicas      int32  `json:"readyReplicas,omitempty" protobuf:"varint,3"`
	CurrentReplicas    int32  `json:"currentReplicas,omitempty" protobuf:"varint,4"`
	UpdatedReplicas    int32  `json:"updatedReplicas,omitempty" protobuf:"varint,5"`
	CurrentRevision    string `json:"currentRevision,omitempty" protobuf:"bytes,6"`
	UpdateRevision     string `json:"updateRevision,omitempty" protobuf:"bytes,7"`
	CollisionCount     *int32 `json:"collisionCount,omitempty" protobuf:"varint,9"`
	// Observations about the object, one for each type.
	Conditions        []StatefulSetCondition `json:"conditions,omitempty" protobuf:"bytes,10" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
	AvailableReplicas int32                  `json:"availableReplicas" protobuf:"varint,11"`
}

type StatefulSetUpdateStrategy struct {
	Type          StatefulSetUpdateStrategyType     `json:"type,omitempty" protobuf:"bytes,1" enum:"OnDelete|Recreate|RollingUpdate"`
	RollingUpdate *RollingUpdateStatefulSetStrategy `json:"rollingUpdate,omitempty" protobuf:"bytes,2"`
}

type StatefulSetUpdateStrategyType string

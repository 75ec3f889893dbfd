package appsv1

// Labels that controllers put on Pods and revisions.
const (
	ControllerRevisionHashLabelKey  = "controller-revision-hash"           // which revision of its StatefulSet or DaemonSet a Pod is of
	StatefulSetRevisionLabel        = "controller-revision-hash"           // the same, under the StatefulSet's name for it
	StatefulSetPodNameLabel         = "statefulset.kubernetes.io/pod-name" // the Pod's own name, for a Service per Pod
	PodIndexLabel                   = "apps.kubernetes.io/pod-index"       // the Pod's ordinal in its StatefulSet
	DefaultDeploymentUniqueLabelKey = "pod-template-hash"                  // tells the ReplicaSets of a Deployment apart
	DefaultDaemonSetUniqueLabelKey  = "controller-revision-hash"           // tells the revisions of a DaemonSet apart
)

// Annotations that controllers keep.
const (
	DeprecatedTemplateGeneration        = "deprecated.daemonset.template.generation"  // how often a DaemonSet's template changed
	DeploymentRevisionAnnotation        = "deployment.kubernetes.io/revision"         // the rollout that a ReplicaSet belongs to
	DeploymentRevisionHistoryAnnotation = "deployment.kubernetes.io/revision-history" // earlier rollouts that a ReplicaSet served
	DeploymentDesiredReplicasAnnotation = "deployment.kubernetes.io/desired-replicas" // the Deployment's replicas when the ReplicaSet was last scaled
	DeploymentMaxReplicasAnnotation     = "deployment.kubernetes.io/max-replicas"     // the same with surge
)

// How a Deployment replaces its Pods.
const (
	RecreateDeploymentStrategyType      DeploymentStrategyType = "Recreate"      // all old Pods go before the first new one comes
	RollingUpdateDeploymentStrategyType DeploymentStrategyType = "RollingUpdate" // little by little; the default
)

// How a StatefulSet replaces its Pods.
const (
	RollingUpdateStatefulSetStrategyType StatefulSetUpdateStrategyType = "RollingUpdate" // in reverse order of ordinals; the default
	OnDeleteStatefulSetStrategyType      StatefulSetUpdateStrategyType = "OnDelete"      // when somebody deletes the old Pod
	RecreateStatefulSetStrategyType      StatefulSetUpdateStrategyType = "Recreate"      // all old Pods go before the first new one comes
)

// How a DaemonSet replaces its Pods.
const (
	RollingUpdateDaemonSetStrategyType DaemonSetUpdateStrategyType = "RollingUpdate" // little by little; the default
	OnDeleteDaemonSetStrategyType      DaemonSetUpdateStrategyType = "OnDelete"      // when somebody deletes the old Pod
)

// In which order a StatefulSet makes its Pods.
const (
	OrderedReadyPodManagement PodManagementPolicyType = "OrderedReady" // each waits for the one before; the default
	ParallelPodManagement     PodManagementPolicyType = "Parallel"     // all at once
)

// What becomes of a StatefulSet's volume claims.
const (
	RetainPersistentVolumeClaimRetentionPolicyType PersistentVolumeClaimRetentionPolicyType = "Retain" // they stay; the default
	DeletePersistentVolumeClaimRetentionPolicyType PersistentVolumeClaimRetentionPolicyType = "Delete" // they go with their Pod or with the set
)

// Conditions of a Deployment.
const (
	DeploymentAvailable      DeploymentConditionType = "Available"      // enough Pods have been ready for long enough
	DeploymentProgressing    DeploymentConditionType = "Progressing"    // the rollout moves on or is done; False after progressDeadlineSeconds without progress
	DeploymentReplicaFailure DeploymentConditionType = "ReplicaFailure" // a Pod could not be made or deleted
)

// ReplicaSetReplicaFailure says that a Pod could not be made or deleted.
const ReplicaSetReplicaFailure ReplicaSetConditionType = "ReplicaFailure"

package batchv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/scheduling/v1alpha3"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type CompletionMode string

type ConcurrencyPolicy string

type CronJob struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec CronJobSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status CronJobStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// CronJobList is a list of CronJobs.
type CronJobList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []CronJob `json:"items" protobuf:"bytes,2" required:"true"`
}

type CronJobSpec struct {
	Schedule                   string            `json:"schedule" protobuf:"bytes,1" required:"true"`
	TimeZone                   *string           `json:"timeZone,omitempty" protobuf:"bytes,8"`
	StartingDeadlineSeconds    *int64            `json:"startingDeadlineSeconds,omitempty" protobuf:"varint,2"`
	ConcurrencyPolicy          ConcurrencyPolicy `json:"concurrencyPolicy,omitempty" protobuf:"bytes,3" enum:"Allow|Forbid|Replace"`
	Suspend                    *bool             `json:"suspend,omitempty" protobuf:"varint,4"`
	JobTemplate                JobTemplateSpec   `json:"jobTemplate" protobuf:"bytes,5" required:"true"`
	SuccessfulJobsHistoryLimit *int32            `json:"successfulJobsHistoryLimit,omitempty" protobuf:"varint,6"`
	FailedJobsHistoryLimit     *int32            `json:"failedJobsHistoryLimit,omitempty" protobuf:"varint,7"`
}

type CronJobStatus struct {
	Active             []corev1.ObjectReference `json:"active,omitempty" protobuf:"bytes,1" listType:"atomic"`
	LastScheduleTime   *meta.Time               `json:"lastScheduleTime,omitempty" protobuf:"bytes,4"`
	LastSuccessfulTime *meta.Time               `json:"lastSuccessfulTime,omitempty" protobuf:"bytes,5"`
}

type Job struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec JobSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status JobStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type JobCondition struct {
	Type JobConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// What is: written by the cluster, not by users.
	Status             corev1.ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	LastProbeTime      meta.Time              `json:"lastProbeTime,omitempty" protobuf:"bytes,3"`
	LastTransitionTime meta.Time              `json:"lastTransitionTime,omitempty" protobuf:"bytes,4"`
	Reason             string                 `json:"reason,omitempty" protobuf:"bytes,5"`
	Message            string                 `json:"message,omitempty" protobuf:"bytes,6"`
}

type JobConditionType string

// JobList is a list of Jobs.
type JobList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Job `json:"items" protobuf:"bytes,2" required:"true"`
}

type JobSchedulingConfiguration struct {
	SchedulingPolicy      *schedulingv1alpha3.WorkloadPodGroupSchedulingPolicy      `json:"schedulingPolicy,omitempty" protobuf:"bytes,1"`
	SchedulingConstraints *schedulingv1alpha3.WorkloadPodGroupSchedulingConstraints `json:"schedulingConstraints,omitempty" protobuf:"bytes,2"`
	DisruptionMode        *schedulingv1alpha3.WorkloadPodGroupDisruptionMode        `json:"disruptionMode,omitempty" protobuf:"bytes,3"`
	ResourceClaims        []schedulingv1alpha3.WorkloadPodGroupResourceClaim        `json:"resourceClaims,omitempty" protobuf:"bytes,4" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

type JobSpec struct {
	Parallelism             *int32                      `json:"parallelism,omitempty" protobuf:"varint,1"`
	Completions             *int32                      `json:"completions,omitempty" protobuf:"varint,2"`
	ActiveDeadlineSeconds   *int64                      `json:"activeDeadlineSeconds,omitempty" protobuf:"varint,3"`
	PodFailurePolicy        *PodFailurePolicy           `json:"podFailurePolicy,omitempty" protobuf:"bytes,11"`
	SuccessPolicy           *SuccessPolicy              `json:"successPolicy,omitempty" protobuf:"bytes,16"`
	BackoffLimit            *int32                      `json:"backoffLimit,omitempty" protobuf:"varint,7"`
	BackoffLimitPerIndex    *int32                      `json:"backoffLimitPerIndex,omitempty" protobuf:"varint,12"`
	MaxFailedIndexes        *int32                      `json:"maxFailedIndexes,omitempty" protobuf:"varint,13"`
	Selector                *meta.LabelSelector         `json:"selector,omitempty" protobuf:"bytes,4"`
	ManualSelector          *bool                       `json:"manualSelector,omitempty" protobuf:"varint,5"`
	Template                corev1.PodTemplateSpec      `json:"template" protobuf:"bytes,6" required:"true"`
	TTLSecondsAfterFinished *int32                      `json:"ttlSecondsAfterFinished,omitempty" protobuf:"varint,8"`
	CompletionMode          *CompletionMode             `json:"completionMode,omitempty" protobuf:"bytes,9" enum:"Indexed|NonIndexed"`
	Suspend                 *bool                       `json:"suspend,omitempty" protobuf:"varint,10"`
	PodReplacementPolicy    *PodReplacementPolicy       `json:"podReplacementPolicy,omitempty" protobuf:"bytes,14" enum:"Failed|TerminatingOrFailed"`
	ManagedBy               *string                     `json:"managedBy,omitempty" protobuf:"bytes,15"`
	Scheduling              *JobSchedulingConfiguration `json:"scheduling,omitempty" protobuf:"bytes,17"`
}

type JobStatus struct {
	// Observations about the object, one for each type.
	Conditions              []JobCondition           `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"atomic"`
	StartTime               *meta.Time               `json:"startTime,omitempty" protobuf:"bytes,2"`
	CompletionTime          *meta.Time               `json:"completionTime,omitempty" protobuf:"bytes,3"`
	Active                  int32                    `json:"active,omitempty" protobuf:"varint,4"`
	Succeeded               int32                    `json:"succeeded,omitempty" protobuf:"varint,5"`
	Failed                  int32                    `json:"failed,omitempty" protobuf:"varint,6"`
	Terminating             *int32                   `json:"terminating,omitempty" protobuf:"varint,11"`
	CompletedIndexes        string                   `json:"completedIndexes,omitempty" protobuf:"bytes,7"`
	FailedIndexes           *string                  `json:"failedIndexes,omitempty" protobuf:"bytes,10"`
	UncountedTerminatedPods *UncountedTerminatedPods `json:"uncountedTerminatedPods,omitempty" protobuf:"bytes,8"`
	Ready                   *int32                   `json:"ready,omitempty" protobuf:"varint,9"`
}

type JobTemplateSpec struct {
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec JobSpec `json:"spec,omitempty" protobuf:"bytes,2"`
}

type PodFailurePolicy struct {
	Rules []PodFailurePolicyRule `json:"rules" protobuf:"bytes,1" required:"true" listType:"atomic"`
}

type PodFailurePolicyAction string

type PodFailurePolicyOnExitCodesOperator string

type PodFailurePolicyOnExitCodesRequirement struct {
	ContainerName *string                             `json:"containerName,omitempty" protobuf:"bytes,1"`
	Operator      PodFailurePolicyOnExitCodesOperator `json:"operator" protobuf:"bytes,2" required:"true" enum:"In|NotIn"`
	Values        []int32                             `json:"values" protobuf:"varint,3" required:"true" listType:"set"`
}

type PodFailurePolicyOnPodConditionsPattern struct {
	Type corev1.PodConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// What is: written by the cluster, not by users.
	Status corev1.ConditionStatus `json:"status" protobuf:"bytes,2"`
}

type PodFailurePolicyRule struct {
	Action          PodFailurePolicyAction                   `json:"action" protobuf:"bytes,1" required:"true" enum:"Count|FailIndex|FailJob|Ignore"`
	OnExitCodes     *PodFailurePolicyOnExitCodesRequirement  `json:"onExitCodes,omitempty" protobuf:"bytes,2"`
	OnPodConditions []PodFailurePolicyOnPodConditionsPattern `json:"onPodConditions,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

type PodReplacementPolicy string

type SuccessPolicy struct {
	Rules []SuccessPolicyRule `json:"rules" protobuf:"bytes,1" required:"true" listType:"atomic"`
}

type SuccessPolicyRule struct {
	SucceededIndexes *string `json:"succeededIndexes,omitempty" protobuf:"bytes,1"`
	SucceededCount   *int32  `json:"succeededCount,omitempty" protobuf:"varint,2"`
}

type UncountedTerminatedPods struct {
	Succeeded []meta.UID `json:"succeeded,omitempty" protobuf:"bytes,1" listType:"set"`
	Failed    []meta.UID `json:"failed,omitempty" protobuf:"bytes,2" listType:"set"`
}

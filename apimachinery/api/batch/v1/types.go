package batchv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/scheduling/v1alpha3"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// CompletionMode says how the completions of a Job are counted.
type CompletionMode string

// ConcurrencyPolicy says what a CronJob does when the Job before still runs.
type ConcurrencyPolicy string

// CronJob starts a Job again and again by the clock.
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

// CronJobSpec is when to start which Job.
type CronJobSpec struct {
	// When, in cron's five fields, or @daily and the like.
	Schedule string `json:"schedule" protobuf:"bytes,1" required:"true"`
	// Time zone that the schedule is meant in, such as Europe/Berlin; nil means that of the
	// controller.
	TimeZone *string `json:"timeZone,omitempty" protobuf:"bytes,8"`
	// Seconds by which a Job may start late; later it is skipped and counts as missed. nil means any.
	StartingDeadlineSeconds *int64 `json:"startingDeadlineSeconds,omitempty" protobuf:"varint,2"`
	// Allow, Forbid (skips) or Replace (ends the old one) when the Job before still runs; default
	// Allow.
	ConcurrencyPolicy ConcurrencyPolicy `json:"concurrencyPolicy,omitempty" protobuf:"bytes,3" enum:"Allow|Forbid|Replace"`
	// Starts no more Jobs; nil means false.
	Suspend *bool `json:"suspend,omitempty" protobuf:"varint,4"`
	// The Job to start.
	JobTemplate JobTemplateSpec `json:"jobTemplate" protobuf:"bytes,5" required:"true"`
	// How many Jobs that ended well to keep; nil means 3.
	SuccessfulJobsHistoryLimit *int32 `json:"successfulJobsHistoryLimit,omitempty" protobuf:"varint,6"`
	// How many Jobs that failed to keep; nil means 1.
	FailedJobsHistoryLimit *int32 `json:"failedJobsHistoryLimit,omitempty" protobuf:"varint,7"`
}

// CronJobStatus is what a CronJob has done.
type CronJobStatus struct {
	// Jobs that run now.
	Active []corev1.ObjectReference `json:"active,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// When a Job was last meant to start and did.
	LastScheduleTime *meta.Time `json:"lastScheduleTime,omitempty" protobuf:"bytes,4"`
	// When a Job last ended well.
	LastSuccessfulTime *meta.Time `json:"lastSuccessfulTime,omitempty" protobuf:"bytes,5"`
}

// Job runs Pods until so many of them have succeeded.
type Job struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec JobSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status JobStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// JobCondition is an observation about a Job.
type JobCondition struct {
	// Which condition this is.
	Type JobConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// True, False or Unknown.
	Status corev1.ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	// When the condition was last looked at.
	LastProbeTime meta.Time `json:"lastProbeTime,omitempty" protobuf:"bytes,3"`
	// When the status last changed from one value to another.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,4"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason,omitempty" protobuf:"bytes,5"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,6"`
}

// JobConditionType names a condition of a Job.
type JobConditionType string

// JobList is a list of Jobs.
type JobList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Job `json:"items" protobuf:"bytes,2" required:"true"`
}

// JobSchedulingConfiguration says how the Pods of a Job are scheduled together.
type JobSchedulingConfiguration struct {
	// Whether they are placed one by one or all at once.
	SchedulingPolicy *schedulingv1alpha3.WorkloadPodGroupSchedulingPolicy `json:"schedulingPolicy,omitempty" protobuf:"bytes,1"`
	// Where they must be near each other.
	SchedulingConstraints *schedulingv1alpha3.WorkloadPodGroupSchedulingConstraints `json:"schedulingConstraints,omitempty" protobuf:"bytes,2"`
	// Whether they are disrupted one by one or all at once.
	DisruptionMode *schedulingv1alpha3.WorkloadPodGroupDisruptionMode `json:"disruptionMode,omitempty" protobuf:"bytes,3"`
	// Claims for devices that they share.
	ResourceClaims []schedulingv1alpha3.WorkloadPodGroupResourceClaim `json:"resourceClaims,omitempty" protobuf:"bytes,4" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

// JobSpec is the Pods to run and when the Job is done.
type JobSpec struct {
	// Most Pods that run at once; nil means 1, 0 pauses.
	Parallelism *int32 `json:"parallelism,omitempty" protobuf:"varint,1"`
	// Pods that must succeed; nil means that one success ends the Job. For Indexed it must be set.
	Completions *int32 `json:"completions,omitempty" protobuf:"varint,2"`
	// Seconds after its start that the Job may run; over it is failed. nil means for ever.
	ActiveDeadlineSeconds *int64 `json:"activeDeadlineSeconds,omitempty" protobuf:"varint,3"`
	// Which failures end the Job or do not count; nil counts them all toward backoffLimit.
	PodFailurePolicy *PodFailurePolicy `json:"podFailurePolicy,omitempty" protobuf:"bytes,11"`
	// When an Indexed Job counts as done before all indexes succeeded; nil means never.
	SuccessPolicy *SuccessPolicy `json:"successPolicy,omitempty" protobuf:"bytes,16"`
	// Failures that are borne before the Job fails; nil means 6, or no limit with
	// backoffLimitPerIndex.
	BackoffLimit *int32 `json:"backoffLimit,omitempty" protobuf:"varint,7"`
	// Failures of one index that are borne before it fails; only for Indexed and restart policy Never.
	BackoffLimitPerIndex *int32 `json:"backoffLimitPerIndex,omitempty" protobuf:"varint,12"`
	// Failed indexes that are borne before the Job fails; nil waits for all indexes.
	MaxFailedIndexes *int32 `json:"maxFailedIndexes,omitempty" protobuf:"varint,13"`
	// Picks the Pods; made by the server unless manualSelector is set.
	Selector *meta.LabelSelector `json:"selector,omitempty" protobuf:"bytes,4"`
	// Lets you write selector and labels yourself; keep them unique, or Jobs take each other's Pods.
	ManualSelector *bool `json:"manualSelector,omitempty" protobuf:"varint,5"`
	// The Pods to run; the restart policy must be Never or OnFailure.
	Template corev1.PodTemplateSpec `json:"template" protobuf:"bytes,6" required:"true"`
	// Seconds after its end that the Job is deleted; nil keeps it.
	TTLSecondsAfterFinished *int32 `json:"ttlSecondsAfterFinished,omitempty" protobuf:"varint,8"`
	// NonIndexed counts successes, Indexed wants one of each index from 0; nil means NonIndexed.
	CompletionMode *CompletionMode `json:"completionMode,omitempty" protobuf:"bytes,9" enum:"Indexed|NonIndexed"`
	// Stops its Pods and starts none until set to false; nil means false.
	Suspend *bool `json:"suspend,omitempty" protobuf:"varint,10"`
	// TerminatingOrFailed replaces a Pod when it begins to end, Failed when it has ended; default the
	// first, or Failed with podFailurePolicy.
	PodReplacementPolicy *PodReplacementPolicy `json:"podReplacementPolicy,omitempty" protobuf:"bytes,14" enum:"Failed|TerminatingOrFailed"`
	// Controller that runs the Job, with a domain; nil means the cluster's own. Cannot change.
	ManagedBy *string `json:"managedBy,omitempty" protobuf:"bytes,15"`
	// How its Pods are scheduled together; nil places them one by one.
	Scheduling *JobSchedulingConfiguration `json:"scheduling,omitempty" protobuf:"bytes,17"`
}

// JobStatus is how far a Job is.
type JobStatus struct {
	// Observations: Complete and Failed end it; at most one of them is True.
	Conditions []JobCondition `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"atomic"`
	// When it started, or was last resumed.
	StartTime *meta.Time `json:"startTime,omitempty" protobuf:"bytes,2"`
	// When it ended well; nil otherwise.
	CompletionTime *meta.Time `json:"completionTime,omitempty" protobuf:"bytes,3"`
	// Pods that run or are about to and do not end.
	Active int32 `json:"active,omitempty" protobuf:"varint,4"`
	// Pods that succeeded.
	Succeeded int32 `json:"succeeded,omitempty" protobuf:"varint,5"`
	// Pods that failed.
	Failed int32 `json:"failed,omitempty" protobuf:"varint,6"`
	// Pods that are ending: deleted, and not yet gone; nil if not counted.
	Terminating *int32 `json:"terminating,omitempty" protobuf:"varint,11"`
	// Indexes that succeeded, such as 1,3-5,7.
	CompletedIndexes string `json:"completedIndexes,omitempty" protobuf:"bytes,7"`
	// Indexes that failed, in the same form; nil without backoffLimitPerIndex.
	FailedIndexes *string `json:"failedIndexes,omitempty" protobuf:"bytes,10"`
	// Pods that ended and are not in the counts yet; nil if there are none.
	UncountedTerminatedPods *UncountedTerminatedPods `json:"uncountedTerminatedPods,omitempty" protobuf:"bytes,8"`
	// Active Pods that are ready.
	Ready *int32 `json:"ready,omitempty" protobuf:"varint,9"`
}

// JobTemplateSpec is the Jobs that a CronJob starts.
type JobTemplateSpec struct {
	// Labels and annotations of the Jobs.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Spec of the Jobs.
	Spec JobSpec `json:"spec,omitempty" protobuf:"bytes,2"`
}

// PodFailurePolicy says which failures of Pods end a Job or do not count.
type PodFailurePolicy struct {
	// Rules, at most 20; the first that matches decides.
	Rules []PodFailurePolicyRule `json:"rules" protobuf:"bytes,1" required:"true" listType:"atomic"`
}

// PodFailurePolicyAction is what a rule of a pod failure policy does.
type PodFailurePolicyAction string

// PodFailurePolicyOnExitCodesOperator says how a rule compares exit codes.
type PodFailurePolicyOnExitCodesOperator string

// PodFailurePolicyOnExitCodesRequirement matches the exit codes of a Pod's containers.
type PodFailurePolicyOnExitCodesRequirement struct {
	// Container to look at; nil means all.
	ContainerName *string `json:"containerName,omitempty" protobuf:"bytes,1"`
	// In matches the listed codes, NotIn all others but 0.
	Operator PodFailurePolicyOnExitCodesOperator `json:"operator" protobuf:"bytes,2" required:"true" enum:"In|NotIn"`
	// Exit codes, at most 255; 0 not with In.
	Values []int32 `json:"values" protobuf:"varint,3" required:"true" listType:"set"`
}

// PodFailurePolicyOnPodConditionsPattern matches a condition of a Pod.
type PodFailurePolicyOnPodConditionsPattern struct {
	// Which condition.
	Type corev1.PodConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// Status that it must have; default True.
	Status corev1.ConditionStatus `json:"status" protobuf:"bytes,2"`
}

// PodFailurePolicyRule says what some failures do; it has either onExitCodes or onPodConditions.
type PodFailurePolicyRule struct {
	// FailJob, FailIndex, Ignore or Count.
	Action PodFailurePolicyAction `json:"action" protobuf:"bytes,1" required:"true" enum:"Count|FailIndex|FailJob|Ignore"`
	// Matches exit codes.
	OnExitCodes *PodFailurePolicyOnExitCodesRequirement `json:"onExitCodes,omitempty" protobuf:"bytes,2"`
	// Matches Pods that have any of these conditions, at most 20.
	OnPodConditions []PodFailurePolicyOnPodConditionsPattern `json:"onPodConditions,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

// PodReplacementPolicy says when a Job replaces a Pod.
type PodReplacementPolicy string

// SuccessPolicy says when an Indexed Job counts as done early.
type SuccessPolicy struct {
	// Rules, at most 20; any one suffices.
	Rules []SuccessPolicyRule `json:"rules" protobuf:"bytes,1" required:"true" listType:"atomic"`
}

// SuccessPolicyRule is met by enough successes; at least one of its fields is set.
type SuccessPolicyRule struct {
	// Indexes that must succeed, such as 0-2,5; nil means any.
	SucceededIndexes *string `json:"succeededIndexes,omitempty" protobuf:"bytes,1"`
	// How many must succeed, of those indexes if they are given.
	SucceededCount *int32 `json:"succeededCount,omitempty" protobuf:"varint,2"`
}

// UncountedTerminatedPods lists Pods that ended and are not in a Job's counts yet.
type UncountedTerminatedPods struct {
	// UIDs of those that succeeded.
	Succeeded []meta.UID `json:"succeeded,omitempty" protobuf:"bytes,1" listType:"set"`
	// UIDs of those that failed.
	Failed []meta.UID `json:"failed,omitempty" protobuf:"bytes,2" listType:"set"`
}

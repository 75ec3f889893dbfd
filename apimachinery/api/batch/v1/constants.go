package batchv1

// Labels and annotations that the job controllers put on Jobs and Pods.
const (
	JobNameLabel                          = "batch.kubernetes.io/job-name"                        // the Job that a Pod belongs to
	LegacyJobNameLabel                    = "job-name"                                            // the same, as it was called before
	ControllerUidLabel                    = "batch.kubernetes.io/controller-uid"                  // the uid of that Job
	LegacyControllerUidLabel              = "controller-uid"                                      // the same, as it was called before
	JobCompletionIndexAnnotation          = "batch.kubernetes.io/job-completion-index"            // the index of a Pod of an Indexed Job; a label and an annotation
	JobIndexFailureCountAnnotation        = "batch.kubernetes.io/job-index-failure-count"         // how often the index failed before
	JobIndexIgnoredFailureCountAnnotation = "batch.kubernetes.io/job-index-ignored-failure-count" // how many failures of the index did not count
	CronJobScheduledTimestampAnnotation   = "batch.kubernetes.io/cronjob-scheduled-timestamp"     // when a CronJob meant this Job to start
)

// JobTrackingFinalizer keeps a finished Pod until its Job has counted it.
const JobTrackingFinalizer = "batch.kubernetes.io/job-tracking"

// JobControllerName is the value of a Job's managedBy that means the Job
// controller of the cluster itself.
const JobControllerName = "kubernetes.io/job-controller"

// Conditions of a Job.
const (
	JobSuspended          JobConditionType = "Suspended"
	JobComplete           JobConditionType = "Complete"           // it ended well
	JobFailed             JobConditionType = "Failed"             // it ended badly
	JobFailureTarget      JobConditionType = "FailureTarget"      // it will fail; its Pods are being stopped
	JobSuccessCriteriaMet JobConditionType = "SuccessCriteriaMet" // it will succeed; its Pods are being stopped
)

// Reasons of the conditions of a Job.
const (
	JobReasonPodFailurePolicy         = "PodFailurePolicy"
	JobReasonBackoffLimitExceeded     = "BackoffLimitExceeded"
	JobReasonDeadlineExceeded         = "DeadlineExceeded"
	JobReasonMaxFailedIndexesExceeded = "MaxFailedIndexesExceeded"
	JobReasonFailedIndexes            = "FailedIndexes"
	JobReasonSuccessPolicy            = "SuccessPolicy"
	JobReasonCompletionsReached       = "CompletionsReached"
)

// How the completions of a Job are counted.
const (
	NonIndexedCompletion CompletionMode = "NonIndexed" // any Pod that succeeds counts; the default
	IndexedCompletion    CompletionMode = "Indexed"    // each index needs one Pod that succeeds
)

// When the Pod that replaces another is made.
const (
	TerminatingOrFailed PodReplacementPolicy = "TerminatingOrFailed" // as soon as the old one is told to stop
	Failed              PodReplacementPolicy = "Failed"              // once the old one has stopped
)

// What a matching rule of a pod failure policy does.
const (
	PodFailurePolicyActionFailJob   PodFailurePolicyAction = "FailJob"   // the whole Job fails
	PodFailurePolicyActionFailIndex PodFailurePolicyAction = "FailIndex" // the Pod's index fails
	PodFailurePolicyActionIgnore    PodFailurePolicyAction = "Ignore"    // the failure is not counted
	PodFailurePolicyActionCount     PodFailurePolicyAction = "Count"     // the failure counts toward backoffLimit, as without a rule
)

// How a rule of a pod failure policy compares exit codes.
const (
	PodFailurePolicyOnExitCodesOpIn    PodFailurePolicyOnExitCodesOperator = "In"
	PodFailurePolicyOnExitCodesOpNotIn PodFailurePolicyOnExitCodesOperator = "NotIn"
)

// What a CronJob does when the Job before still runs.
const (
	AllowConcurrent   ConcurrencyPolicy = "Allow"   // starts another; the default
	ForbidConcurrent  ConcurrencyPolicy = "Forbid"  // skips this time
	ReplaceConcurrent ConcurrencyPolicy = "Replace" // deletes the running one first
)

// Package job runs Jobs to their end: it keeps as many Pods running as
// parallelism and the completions that are missing allow, replaces those that
// fail, with growing delays, and says when the Job is complete or has failed.
//
//	caches := client.NewCaches(c, nil)
//	jobs := job.New(caches, job.Options{})
//	var group controller.Group
//	group.Add("caches", caches.Run)
//	group.Add("jobs", jobs.Run)
//	err := group.Run(ctx)
//
// Done here are: completions by number and by index, backoffLimit per Job and
// per index, maxFailedIndexes, activeDeadlineSeconds, suspend, podFailurePolicy,
// successPolicy, podReplacementPolicy. Finished Jobs are deleted by package
// ttlafterfinished.
//
// # Counting each Pod once
//
// Every Pod carries the finalizer batch.kubernetes.io/job-tracking, so that it
// cannot vanish before it is counted. A finished Pod is counted in three steps,
// each of which can be repeated after a crash: its uid goes into
// status.uncountedTerminatedPods; the finalizer is taken off; the uid is
// replaced by one more in status.succeeded or status.failed. Completions by
// index need no uids, since an index can be completed only once.
//
// # Ending
//
// When it is decided how a Job ends, the condition FailureTarget or
// SuccessCriteriaMet says so, and what still runs is stopped. Failed or
// Complete follow when no Pod runs any more and all are counted.
//
// # How it decides
//
// [Look] is a plain function of a [View]. It returns a [Sync], which holds
// what to make and delete, and works out the status from how that went. No
// method of it does I/O.
package job

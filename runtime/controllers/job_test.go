package controllers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controllers/job"
)

func sums(image string, completions, parallelism int32) *batchv1.Job {
	t := template("sums", image)
	t.Spec.RestartPolicy = corev1.RestartPolicyNever
	return &batchv1.Job{
		ObjectMeta: meta.ObjectMeta{Name: "sums"},
		Spec: batchv1.JobSpec{
			Completions: &completions, Parallelism: &parallelism, BackoffLimit: ptr[int32](6), CompletionMode: ptr(batchv1.NonIndexedCompletion), Suspend: ptr(false),
			Template: t,
		},
	}
}

func ended(j *batchv1.Job) bool { return job.Finished(j) != nil }

func TestJobCompletes(t *testing.T) {
	k := newCluster(t, 2, "job-controller")
	create(k, sums("succeed", 7, 3))
	j := waitFor(k, "sums", ended)
	require.Equal(t, batchv1.JobComplete, job.Finished(j).Type)
	require.EqualValues(t, 7, j.Status.Succeeded)
	require.Zero(t, j.Status.Failed)
	require.NotNil(t, j.Status.CompletionTime)
	k.waitEvent("sums", "Completed", "Job completed")
	pods := list[corev1.Pod](k, "app=sums")
	require.Len(t, pods, 7)
	for _, pod := range pods {
		require.NotContains(t, pod.Finalizers, batchv1.JobTrackingFinalizer)
		k.waitEvent("sums", "SuccessfulCreate", "Created pod: "+pod.Name)
	}
}

func TestJobFailsAtItsLimit(t *testing.T) {
	k := newCluster(t, 1, "job-controller")
	j := sums("fail", 1, 1)
	j.Spec.BackoffLimit = ptr[int32](2)
	create(k, j)
	j = waitFor(k, "sums", ended)
	require.Equal(t, batchv1.JobFailed, job.Finished(j).Type)
	require.Equal(t, "BackoffLimitExceeded", job.Finished(j).Reason)
	require.EqualValues(t, 3, j.Status.Failed)
	require.Len(t, list[corev1.Pod](k, "app=sums"), 3)
	k.waitEvent("sums", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
}

func TestIndexedJobEndToEnd(t *testing.T) {
	k := newCluster(t, 1, "job-controller")
	j := sums("succeed", 12, 5)
	j.Spec.CompletionMode = ptr(batchv1.IndexedCompletion)
	create(k, j)
	j = waitFor(k, "sums", ended)
	require.Equal(t, batchv1.JobComplete, job.Finished(j).Type)
	require.Equal(t, "0-11", j.Status.CompletedIndexes)
	require.Len(t, list[corev1.Pod](k, "app=sums"), 12)
}

func TestJobIsSuspendedAndResumed(t *testing.T) {
	k := newCluster(t, 1, "job-controller")
	create(k, sums("run", 2, 2))
	waitFor(k, "sums", func(j *batchv1.Job) bool { return j.Status.Ready != nil && *j.Status.Ready == 2 })
	modify(k, "sums", func(j *batchv1.Job) { j.Spec.Suspend = ptr(true) })
	waitFor(k, "sums", func(j *batchv1.Job) bool { return j.Status.Active == 0 && *j.Status.Terminating == 0 })
	k.waitEvent("sums", "Suspended", "Job suspended")
	require.Empty(t, list[corev1.Pod](k, "app=sums"))
	modify(k, "sums", func(j *batchv1.Job) { j.Spec.Suspend = ptr(false) })
	j := waitFor(k, "sums", func(j *batchv1.Job) bool { return *j.Status.Ready == 2 })
	require.Zero(t, j.Status.Failed)
	k.waitEvent("sums", "Resumed", "Job resumed")
}

func TestPodsOfADeletedJobCanGo(t *testing.T) {
	k := newCluster(t, 1, "job-controller")
	create(k, sums("run", 2, 2))
	waitFor(k, "sums", func(j *batchv1.Job) bool { return j.Status.Ready != nil && *j.Status.Ready == 2 })
	background := meta.DeletePropagationBackground
	require.NoError(t, client.Of[batchv1.Job](k.c).In("default").Delete(k.ctx, "sums", meta.DeleteOptions{PropagationPolicy: &background}))
	until(k, "the Pods have no finalizer", func(pods *client.Cache[corev1.Pod]) bool {
		for pod := range pods.All() {
			if len(pod.Finalizers) > 0 {
				return false
			}
		}
		return pods.Len() == 2
	})
}

func TestFinishedJobIsDeletedAfterItsTime(t *testing.T) {
	k := newCluster(t, 1, "job-controller", "ttl-after-finished-controller")
	j := sums("succeed", 1, 1)
	j.Spec.TTLSecondsAfterFinished = ptr[int32](0)
	create(k, j)
	// The garbage collector, which does not run here, would finish it.
	until(k, "the Job is being deleted", func(jobs *client.Cache[batchv1.Job]) bool {
		j, ok := jobs.Get("default", "sums")
		return ok && j.DeletionTimestamp != nil
	})
}

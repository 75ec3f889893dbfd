package controllers_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestCronJobEndToEnd(t *testing.T) {
	// To the controllers it is two hours later, so that the CronJob is due when
	// it is made.
	later := func() time.Time { return time.Now().Add(2 * time.Hour) }
	k := newClusterAt(t, later, 1, "cronjob-controller", "job-controller")
	j := sums("succeed", 1, 1)
	create(k, &batchv1.CronJob{
		ObjectMeta: meta.ObjectMeta{Name: "report"},
		Spec: batchv1.CronJobSpec{
			Schedule: "0 * * * *", ConcurrencyPolicy: batchv1.ForbidConcurrent, Suspend: ptr(false),
			SuccessfulJobsHistoryLimit: ptr[int32](3), FailedJobsHistoryLimit: ptr[int32](1),
			JobTemplate: batchv1.JobTemplateSpec{Spec: j.Spec},
		},
	})
	cj := waitFor(k, "report", func(cj *batchv1.CronJob) bool {
		return cj.Status.LastScheduleTime != nil && len(cj.Status.Active) == 0 && cj.Status.LastSuccessfulTime != nil
	})
	require.True(t, later().Sub(cj.Status.LastScheduleTime.Time) < time.Hour)
	jobs := list[batchv1.Job](k, "")
	require.Len(t, jobs, 1)
	require.Equal(t, cj.UID, meta.ControllerOf(&jobs[0]).UID)
	k.waitEvent("report", "SuccessfulCreate", "Created job "+jobs[0].Name)
	k.waitEvent("report", "SawCompletedJob", "Saw completed job: "+jobs[0].Name+", condition: Complete")
	require.Len(t, list[corev1.Pod](k, "app=sums"), 1)
}

package ttlafterfinished

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestLeft(t *testing.T) {
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	ttl := int32(60)
	done := []batchv1.JobCondition{{Type: batchv1.JobFailed, Status: corev1.ConditionTrue, LastTransitionTime: meta.At(now)}}
	deleted := meta.At(now)
	for name, test := range map[string]struct {
		j    batchv1.Job
		at   time.Time
		left time.Duration
		ok   bool
	}{
		"still runs":    {batchv1.Job{Spec: batchv1.JobSpec{TTLSecondsAfterFinished: &ttl}}, now, 0, false},
		"lives forever": {batchv1.Job{Status: batchv1.JobStatus{Conditions: done}}, now, 0, false},
		"just ended":    {batchv1.Job{Spec: batchv1.JobSpec{TTLSecondsAfterFinished: &ttl}, Status: batchv1.JobStatus{Conditions: done}}, now, time.Minute, true},
		"ended before":  {batchv1.Job{Spec: batchv1.JobSpec{TTLSecondsAfterFinished: &ttl}, Status: batchv1.JobStatus{Conditions: done}}, now.Add(time.Hour), 0, true},
		"deleted": {batchv1.Job{ObjectMeta: meta.ObjectMeta{DeletionTimestamp: &deleted}, Spec: batchv1.JobSpec{TTLSecondsAfterFinished: &ttl},
			Status: batchv1.JobStatus{Conditions: done}}, now.Add(time.Hour), 0, false},
	} {
		left, ok := Left(&test.j, test.at)
		require.Equal(t, test.ok, ok, name)
		require.Equal(t, test.left, left, name)
	}
}

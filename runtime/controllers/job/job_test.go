package job

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

var start = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

// world plays the server and the kubelet for one Job. Nothing happens to Pods
// but what a test does to them.
type world struct {
	t      *testing.T
	j      *batchv1.Job
	pods   []*corev1.Pod
	streak Streak
	now    time.Time
	made   int
	after  time.Duration
}

func newWorld(t *testing.T, spec batchv1.JobSpec) *world {
	if spec.BackoffLimit == nil {
		spec.BackoffLimit = ptr[int32](6)
	}
	spec.Template.Spec.RestartPolicy = corev1.RestartPolicyNever
	spec.Template.Spec.Containers = []corev1.Container{{Name: "c"}}
	return &world{t: t, now: start, j: &batchv1.Job{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "job", UID: "j"}, Spec: spec}}
}

// step looks once and carries it out, as the controller does.
func (w *world) step() *Sync {
	w.t.Helper()
	s := Look(View{Job: codec.DeepCopy(w.j), Pods: slices.Clone(w.pods), Streak: w.streak, Now: w.now, Backoff: 10 * time.Second})
	for _, pod := range s.Create {
		w.made++
		pod.Name = fmt.Sprintf("%s%d", pod.GenerateName, w.made)
		pod.UID = meta.UID(pod.Name)
		pod.CreationTimestamp = meta.At(w.now)
		require.True(w.t, tracked(pod), "a Pod is made without the finalizer")
		w.pods = append(w.pods, pod)
	}
	for _, pod := range s.Delete {
		pod.Finalizers = nil
	}
	for _, pod := range append(slices.Clone(s.Delete), s.Stop...) {
		at := meta.At(w.now)
		pod.DeletionTimestamp = &at
	}
	s.Did(len(s.Create), len(s.Delete), len(s.Stop))
	w.write(s)
	w.streak = s.Next
	for _, pod := range s.Counted {
		pod.Finalizers = without(pod.Finalizers)
	}
	s.Released(s.Counted)
	w.write(s)
	w.after = s.After
	return s
}

func (w *world) write(s *Sync) {
	w.t.Helper()
	next := codec.DeepCopy(&s.Status)
	ready := orDefault(next.Ready, 0)
	require.LessOrEqual(w.t, ready, next.Active, "the server refuses more ready than active Pods")
	for _, typ := range []batchv1.JobConditionType{batchv1.JobComplete, batchv1.JobFailed} {
		if conditionOf(next.Conditions, typ) != nil {
			require.Zero(w.t, next.Active, "ended while Pods are active")
			require.Zero(w.t, orDefault(next.Terminating, 0), "ended while Pods terminate")
			require.Empty(w.t, next.UncountedTerminatedPods.Succeeded)
			require.Empty(w.t, next.UncountedTerminatedPods.Failed)
		}
	}
	w.j.Status = *next
}

// settle steps until nothing changes.
func (w *world) settle() {
	w.t.Helper()
	for range 50 {
		before, pods := codec.DeepCopy(w.j), len(w.pods)
		if s := w.step(); codec.Equal(before, w.j) && pods == len(w.pods) && len(s.Delete)+len(s.Stop) == 0 {
			return
		}
	}
	w.t.Fatal("still not settled after 50 steps")
}

func (w *world) active() []*corev1.Pod {
	var active []*corev1.Pod
	for _, pod := range w.pods {
		if workload.Active(pod) {
			active = append(active, pod)
		}
	}
	return active
}

// index returns the active Pod of an index.
func (w *world) index(index int) *corev1.Pod {
	for _, pod := range w.active() {
		if indexOf(pod) == index {
			return pod
		}
	}
	w.t.Fatalf("index %d has no active Pod", index)
	return nil
}

// end lets a Pod finish now. Its last container ends with the exit code.
func (w *world) end(pod *corev1.Pod, code int32) {
	pod.Status.Phase = corev1.PodSucceeded
	if code != 0 {
		pod.Status.Phase = corev1.PodFailed
	}
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "c", State: corev1.ContainerState{
		Terminated: &corev1.ContainerStateTerminated{ExitCode: code, FinishedAt: meta.At(w.now)},
	}}}
}

// reap lets terminating Pods go.
func (w *world) reap() {
	w.pods = slices.DeleteFunc(w.pods, func(pod *corev1.Pod) bool { return workload.Terminating(pod) && !tracked(pod) })
}

func (w *world) ended() string {
	c := Finished(w.j)
	if c == nil {
		return ""
	}
	return string(c.Type) + " " + c.Reason
}

func (w *world) has(typ batchv1.JobConditionType) bool {
	c := conditionOf(w.j.Status.Conditions, typ)
	return c != nil && c.Status == corev1.ConditionTrue
}

func TestCompletions(t *testing.T) {
	w := newWorld(t, batchv1.JobSpec{Completions: ptr[int32](5), Parallelism: ptr[int32](2)})
	for done := range 5 {
		w.settle()
		require.Len(t, w.active(), min(2, 5-done))
		require.EqualValues(t, done, w.j.Status.Succeeded)
		w.end(w.active()[0], 0)
	}
	w.settle()
	require.Equal(t, "Complete CompletionsReached", w.ended())
	require.True(t, w.has(batchv1.JobSuccessCriteriaMet))
	require.EqualValues(t, 5, w.j.Status.Succeeded)
	require.Equal(t, meta.At(start), *w.j.Status.StartTime)
	require.NotNil(t, w.j.Status.CompletionTime)
	for _, pod := range w.pods {
		require.False(t, tracked(pod), "Pod %s can never be deleted", pod.Name)
	}
	require.Equal(t, 5, w.made)
}

func TestWorkQueueEndsWithItsFirstSuccess(t *testing.T) {
	w := newWorld(t, batchv1.JobSpec{Parallelism: ptr[int32](3)})
	w.settle()
	require.Len(t, w.active(), 3)
	w.end(w.active()[0], 0)
	w.settle()
	require.Len(t, w.active(), 2, "those that run may finish, no new one starts")
	require.Empty(t, w.ended())
	w.end(w.active()[0], 0)
	w.end(w.active()[0], 0)
	w.settle()
	require.Equal(t, "Complete CompletionsReached", w.ended())
	require.EqualValues(t, 3, w.j.Status.Succeeded)
}

func TestFailuresAreReplacedAfterGrowingDelays(t *testing.T) {
	w := newWorld(t, batchv1.JobSpec{Completions: ptr[int32](1), Parallelism: ptr[int32](1), BackoffLimit: ptr[int32](3)})
	w.settle()
	for _, delay := range []time.Duration{10, 20, 40} {
		w.end(w.active()[0], 1)
		w.settle()
		require.Empty(t, w.active())
		require.Equal(t, delay*time.Second, w.after)
		w.now = w.now.Add(w.after)
		w.settle()
		require.Len(t, w.active(), 1)
	}
	w.end(w.active()[0], 1)
	w.settle()
	require.Equal(t, "Failed BackoffLimitExceeded", w.ended())
	require.Equal(t, "Job has reached the specified backoff limit", Finished(w.j).Message)
	require.EqualValues(t, 4, w.j.Status.Failed)
	require.Nil(t, w.j.Status.CompletionTime)
}

func TestASuccessEndsTheDelay(t *testing.T) {
	w := newWorld(t, batchv1.JobSpec{Completions: ptr[int32](9), Parallelism: ptr[int32](2)})
	w.settle()
	w.end(w.active()[0], 1)
	w.settle()
	require.Len(t, w.active(), 1)
	w.now = w.now.Add(time.Second)
	w.end(w.active()[0], 0)
	w.settle()
	require.Len(t, w.active(), 2)
}

func TestRestartsOfAPodAreFailures(t *testing.T) {
	w := newWorld(t, batchv1.JobSpec{Completions: ptr[int32](1), Parallelism: ptr[int32](1), BackoffLimit: ptr[int32](2)})
	w.j.Spec.Template.Spec.RestartPolicy = corev1.RestartPolicyOnFailure
	w.settle()
	pod := w.active()[0]
	pod.Status = corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{{RestartCount: 1}}}
	w.settle()
	require.Empty(t, w.ended())
	pod.Status.ContainerStatuses[0].RestartCount = 2
	w.settle()
	require.True(t, w.has(batchv1.JobFailureTarget))
	require.Empty(t, w.ended(), "the Pod still terminates")
	w.reap()
	w.settle()
	require.Equal(t, "Failed BackoffLimitExceeded", w.ended())
}

func TestDeadline(t *testing.T) {
	w := newWorld(t, batchv1.JobSpec{Completions: ptr[int32](1), Parallelism: ptr[int32](1), ActiveDeadlineSeconds: ptr[int64](60)})
	w.settle()
	require.Equal(t, time.Minute, w.after)
	w.now = w.now.Add(w.after)
	w.step()
	require.True(t, w.has(batchv1.JobFailureTarget))
	require.NotNil(t, w.pods[0].DeletionTimestamp)
	w.settle()
	w.reap()
	w.settle()
	require.Equal(t, "Failed DeadlineExceeded", w.ended())
	require.Equal(t, "Job was active longer than specified deadline", Finished(w.j).Message)
}

func TestSuspendAndResume(t *testing.T) {
	w := newWorld(t, batchv1.JobSpec{Completions: ptr[int32](4), Parallelism: ptr[int32](2), Suspend: ptr(true), ActiveDeadlineSeconds: ptr[int64](60)})
	require.True(t, w.step().Suspended)
	require.False(t, w.step().Suspended, "told once")
	require.Empty(t, w.pods)
	require.Nil(t, w.j.Status.StartTime)
	require.True(t, w.has(batchv1.JobSuspended))

	w.now = w.now.Add(time.Hour)
	w.j.Spec.Suspend = ptr(false)
	require.True(t, w.step().Resumed)
	w.settle()
	require.Len(t, w.active(), 2)
	require.Equal(t, meta.At(w.now), *w.j.Status.StartTime)
	require.Equal(t, "JobResumed", conditionOf(w.j.Status.Conditions, batchv1.JobSuspended).Reason)

	w.j.Spec.Suspend = ptr(true)
	w.settle()
	require.Nil(t, w.j.Status.StartTime)
	w.reap()
	w.settle()
	require.Empty(t, w.pods)
	require.Zero(t, w.j.Status.Failed, "Pods that are stopped by suspension have not failed")
}

func TestScalingDownIsNoFailure(t *testing.T) {
	w := newWorld(t, batchv1.JobSpec{Completions: ptr[int32](10), Parallelism: ptr[int32](5)})
	w.settle()
	w.j.Spec.Parallelism = ptr[int32](2)
	w.settle()
	require.Len(t, w.active(), 2)
	require.EqualValues(t, 3, *w.j.Status.Terminating)
	w.reap()
	w.settle()
	require.Zero(t, w.j.Status.Failed)
	require.EqualValues(t, 0, *w.j.Status.Terminating)
}

func TestIndexed(t *testing.T) {
	mode := batchv1.IndexedCompletion
	w := newWorld(t, batchv1.JobSpec{Completions: ptr[int32](5), Parallelism: ptr[int32](3), CompletionMode: &mode})
	w.settle()
	pod := w.index(1)
	require.True(t, strings.HasPrefix(pod.Name, "job-1-"))
	require.Equal(t, "job-1", pod.Spec.Hostname)
	require.Equal(t, "1", pod.Labels["batch.kubernetes.io/job-completion-index"])
	require.Equal(t, "metadata.labels['batch.kubernetes.io/job-completion-index']", pod.Spec.Containers[0].Env[0].ValueFrom.FieldRef.FieldPath)
	w.end(w.index(1), 0)
	w.end(w.index(2), 1)
	w.settle()
	require.Equal(t, "1", w.j.Status.CompletedIndexes)
	w.now = w.now.Add(time.Minute)
	w.settle()
	w.end(w.index(2), 0)
	w.settle()
	w.end(w.index(0), 0)
	w.end(w.index(3), 0)
	w.settle()
	w.end(w.index(4), 0)
	w.settle()
	require.Equal(t, "Complete CompletionsReached", w.ended())
	require.Equal(t, "0-4", w.j.Status.CompletedIndexes)
	require.EqualValues(t, 5, w.j.Status.Succeeded)
	require.EqualValues(t, 1, w.j.Status.Failed)
}

func TestIndexedDoublesGo(t *testing.T) {
	mode := batchv1.IndexedCompletion
	w := newWorld(t, batchv1.JobSpec{Completions: ptr[int32](3), Parallelism: ptr[int32](3), CompletionMode: &mode})
	w.settle()
	double := codec.DeepCopy(w.index(1))
	double.Name, double.UID = "double", "double"
	double.Status = corev1.PodStatus{Phase: corev1.PodPending}
	w.index(1).Status.Phase = corev1.PodRunning
	w.index(1).Spec.NodeName = "n"
	w.pods = append(w.pods, double)
	w.settle()
	require.NotNil(t, double.DeletionTimestamp, "of two with one index the worse one goes")
	require.Len(t, w.active(), 3)
}

func TestBackoffLimitPerIndex(t *testing.T) {
	mode := batchv1.IndexedCompletion
	w := newWorld(t, batchv1.JobSpec{
		Completions: ptr[int32](3), Parallelism: ptr[int32](3), CompletionMode: &mode,
		BackoffLimit: ptr[int32](1 << 30), BackoffLimitPerIndex: ptr[int32](1),
	})
	w.settle()
	w.end(w.index(0), 1)
	w.settle()
	require.Equal(t, 10*time.Second, w.after)
	first := w.pods[0]
	require.True(t, tracked(first), "the failed Pod stays until it is replaced, its successor needs its counts")
	w.now = w.now.Add(w.after)
	w.settle()
	require.Equal(t, "1", w.index(0).Annotations["batch.kubernetes.io/job-index-failure-count"])
	require.False(t, tracked(first))
	w.end(w.index(0), 1)
	w.settle()
	require.Equal(t, "0", *w.j.Status.FailedIndexes)
	require.Len(t, w.active(), 2, "a failed index gets no other Pod")
	w.end(w.index(1), 0)
	w.end(w.index(2), 0)
	w.settle()
	require.Equal(t, "Failed FailedIndexes", w.ended())
	require.Equal(t, "1,2", w.j.Status.CompletedIndexes)
	require.EqualValues(t, 2, w.j.Status.Failed)
}

func TestMaxFailedIndexes(t *testing.T) {
	mode := batchv1.IndexedCompletion
	w := newWorld(t, batchv1.JobSpec{
		Completions: ptr[int32](4), Parallelism: ptr[int32](4), CompletionMode: &mode,
		BackoffLimit: ptr[int32](1 << 30), BackoffLimitPerIndex: ptr[int32](0), MaxFailedIndexes: ptr[int32](1),
	})
	w.settle()
	w.end(w.index(0), 1)
	w.settle()
	require.Empty(t, w.j.Status.Conditions)
	w.end(w.index(1), 1)
	w.settle()
	w.reap()
	w.settle()
	require.Equal(t, "Failed MaxFailedIndexesExceeded", w.ended())
}

func TestFailurePolicy(t *testing.T) {
	policy := &batchv1.PodFailurePolicy{Rules: []batchv1.PodFailurePolicyRule{
		{Action: batchv1.PodFailurePolicyActionIgnore, OnPodConditions: []batchv1.PodFailurePolicyOnPodConditionsPattern{{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue}}},
		{Action: batchv1.PodFailurePolicyActionFailJob, OnExitCodes: &batchv1.PodFailurePolicyOnExitCodesRequirement{Operator: batchv1.PodFailurePolicyOnExitCodesOpIn, Values: []int32{42}}},
		{Action: batchv1.PodFailurePolicyActionCount, OnExitCodes: &batchv1.PodFailurePolicyOnExitCodesRequirement{Operator: batchv1.PodFailurePolicyOnExitCodesOpNotIn, Values: []int32{7}}},
	}}
	w := newWorld(t, batchv1.JobSpec{Completions: ptr[int32](1), Parallelism: ptr[int32](1), PodFailurePolicy: policy, BackoffLimit: ptr[int32](5)})
	w.settle()
	pod := w.active()[0]
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue}}
	w.end(pod, 42)
	w.settle()
	require.Len(t, w.active(), 1, "an ignored failure is replaced at once")
	require.Zero(t, w.j.Status.Failed)

	w.end(w.active()[0], 3)
	w.settle()
	require.EqualValues(t, 1, w.j.Status.Failed)
	w.now = w.now.Add(time.Hour)
	w.settle()

	pod = w.active()[0]
	w.end(pod, 42)
	w.settle()
	require.Equal(t, "Failed PodFailurePolicy", w.ended())
	require.Equal(t, fmt.Sprintf("Container c for pod ns/%s failed with exit code 42 matching FailJob rule at index 1", pod.Name), Finished(w.j).Message)
}

func TestSuccessPolicy(t *testing.T) {
	mode := batchv1.IndexedCompletion
	w := newWorld(t, batchv1.JobSpec{
		Completions: ptr[int32](5), Parallelism: ptr[int32](5), CompletionMode: &mode,
		SuccessPolicy: &batchv1.SuccessPolicy{Rules: []batchv1.SuccessPolicyRule{
			{SucceededIndexes: ptr("0,4")}, {SucceededIndexes: ptr("1-3"), SucceededCount: ptr[int32](2)},
		}},
	})
	w.settle()
	w.end(w.index(0), 0)
	w.end(w.index(2), 0)
	w.settle()
	require.Empty(t, w.j.Status.Conditions)
	w.end(w.index(3), 0)
	w.settle()
	require.True(t, w.has(batchv1.JobSuccessCriteriaMet))
	require.Empty(t, w.active(), "the rest is stopped")
	w.reap()
	w.settle()
	require.Equal(t, "Complete SuccessPolicy", w.ended())
	require.Equal(t, "Matched rules at index 1", Finished(w.j).Message)
}

func TestReplacementWaitsWhereTheJobWantsIt(t *testing.T) {
	for _, policy := range []batchv1.PodReplacementPolicy{batchv1.TerminatingOrFailed, batchv1.Failed} {
		w := newWorld(t, batchv1.JobSpec{Completions: ptr[int32](1), Parallelism: ptr[int32](1), PodReplacementPolicy: &policy})
		w.settle()
		at := meta.At(w.now)
		w.active()[0].DeletionTimestamp = &at
		w.settle()
		w.now = w.now.Add(time.Minute)
		w.settle()
		if policy == batchv1.Failed {
			require.Empty(t, w.active())
			require.Zero(t, w.j.Status.Failed)
			w.end(w.pods[0], 1)
			w.settle()
			w.now = w.now.Add(time.Minute)
			w.settle()
		}
		require.Len(t, w.active(), 1)
		require.EqualValues(t, 1, w.j.Status.Failed)
	}
}

func TestDeletedJobLetsItsPodsGo(t *testing.T) {
	w := newWorld(t, batchv1.JobSpec{Completions: ptr[int32](3), Parallelism: ptr[int32](3)})
	w.settle()
	at := meta.At(w.now)
	w.j.DeletionTimestamp = &at
	w.settle()
	for _, pod := range w.pods {
		require.False(t, tracked(pod))
	}
	require.Equal(t, 3, w.made)
}

// A crash between any two steps must neither lose a Pod nor count it twice.
func TestCountingSurvivesACrash(t *testing.T) {
	for crash := range 3 {
		w := newWorld(t, batchv1.JobSpec{Completions: ptr[int32](4), Parallelism: ptr[int32](2), BackoffLimit: ptr[int32](1)})
		w.settle()
		w.end(w.active()[0], 0)
		w.end(w.active()[0], 1)
		s := Look(View{Job: codec.DeepCopy(w.j), Pods: slices.Clone(w.pods), Now: w.now, Backoff: time.Second})
		s.Did(0, 0, 0)
		if crash >= 1 {
			w.write(s) // uids are noted
		}
		if crash >= 2 {
			s.Counted[0].Finalizers = nil // one finalizer is off
		}
		w.now = w.now.Add(time.Hour)
		w.settle()
		require.Empty(t, w.j.Status.Conditions, "one failure counts for two, crash after step %d", crash)
		require.EqualValues(t, 1, w.j.Status.Succeeded, "crash after step %d", crash)
		require.EqualValues(t, 1, w.j.Status.Failed, "crash after step %d", crash)
		require.Empty(t, w.j.Status.UncountedTerminatedPods.Succeeded)
		require.Empty(t, w.j.Status.UncountedTerminatedPods.Failed)
	}
}

func TestIndexText(t *testing.T) {
	for _, test := range []struct{ in, out string }{
		{"", ""}, {"1", "1"}, {"1,2", "1,2"}, {"1-2", "1,2"}, {"1-3", "1-3"}, {"1,2,3", "1-3"}, {"5,1-2,3", "1-3,5"}, {"0-3,2-9", "0-9"},
		{"8-20", "8,9"}, {"12", ""},
	} {
		set, err := parseIndexes(test.in, 10)
		require.NoError(t, err, test.in)
		require.Equal(t, test.out, set.String(), test.in)
	}
	for _, bad := range []string{"a", "1-", "-1", "3-1", "1,,2", "1-2-3"} {
		_, err := parseIndexes(bad, 10)
		require.Error(t, err, bad)
	}
}

func FuzzIndexes(f *testing.F) {
	f.Add("1,3-5,7")
	f.Add("0-99999")
	f.Fuzz(func(t *testing.T, text string) {
		set, err := parseIndexes(text, 1000)
		if err != nil {
			return
		}
		again, err := parseIndexes(set.String(), 1000)
		require.NoError(t, err)
		require.Equal(t, set, again)
		n, list := 0, []int{}
		for i := range 1000 {
			if set.has(i) {
				n++
				list = append(list, i)
			}
		}
		require.Equal(t, n, set.count())
		require.Equal(t, n, set.common(set))
		require.Equal(t, set.String(), indexes(nil).union(list).String())
	})
}

func TestIndexedName(t *testing.T) {
	require.Equal(t, "job-7-", indexedName("job", "7"))
	long := indexedName(strings.Repeat("a", 63), "12345")
	require.Len(t, long, maxPrefix)
	require.True(t, strings.HasSuffix(long, "a-12345-"))
}

func TestDelays(t *testing.T) {
	for failures, want := range []time.Duration{0, 10, 20, 40, 80, 160, 320, 600, 600} {
		require.Equal(t, want*time.Second, delayAfter(failures, 10*time.Second))
	}
	require.Equal(t, maxBackoff, delayAfter(1<<30, time.Second))
}

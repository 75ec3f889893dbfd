package workload

import (
	"errors"
	"fmt"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

var (
	now  = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	kind = meta.GroupVersionKind{Group: "apps", Version: "v1", Kind: "ReplicaSet"}
)

func TestRelation(t *testing.T) {
	deleted := meta.At(now)
	alive := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "owner", UID: "u1"}}
	dying := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "owner", UID: "u1", DeletionTimestamp: &deleted}}
	type object struct {
		owner     string
		matches   bool
		dying     bool
		namespace string
	}
	for _, test := range []struct {
		name  string
		owner *corev1.Pod
		obj   object
		want  Relation
	}{
		{"controlled and selected", alive, object{owner: "u1", matches: true}, Own},
		{"controlled and selected, being deleted", alive, object{owner: "u1", matches: true, dying: true}, Own},
		{"controlled, no longer selected", alive, object{owner: "u1"}, Release},
		{"controlled by another", alive, object{owner: "u2", matches: true}, Foreign},
		{"orphan and selected", alive, object{matches: true}, Adopt},
		{"orphan and selected, being deleted", alive, object{matches: true, dying: true}, Foreign},
		{"orphan and selected in another namespace", alive, object{matches: true, namespace: "other"}, Foreign},
		{"orphan, not selected", alive, object{}, Foreign},
		{"dying owner keeps its own", dying, object{owner: "u1", matches: true}, Own},
		{"dying owner releases nothing", dying, object{owner: "u1"}, Foreign},
		{"dying owner adopts nothing", dying, object{matches: true}, Foreign},
	} {
		t.Run(test.name, func(t *testing.T) {
			pod := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "p"}}
			if test.obj.namespace != "" {
				pod.Namespace = test.obj.namespace
			}
			if test.obj.owner != "" {
				pod.OwnerReferences = []meta.OwnerReference{meta.NewControllerRef(&corev1.Pod{ObjectMeta: meta.ObjectMeta{UID: meta.UID(test.obj.owner)}}, kind)}
			}
			if test.obj.matches {
				pod.Labels = map[string]string{"app": "web"}
			}
			if test.obj.dying {
				pod.DeletionTimestamp = &deleted
			}
			owner := &Owner{Object: test.owner, Kind: kind, Selector: labels.FromSet(labels.Set{"app": "web"})}
			require.Equal(t, test.want, RelationOf(owner, pod))
		})
	}
}

func TestAvailable(t *testing.T) {
	pod := func(since time.Duration) *corev1.Pod {
		return &corev1.Pod{Status: corev1.PodStatus{Conditions: []corev1.PodCondition{
			{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: meta.At(now.Add(-since))},
		}}}
	}
	for _, test := range []struct {
		pod     *corev1.Pod
		seconds int32
		want    bool
		wait    time.Duration
	}{
		{&corev1.Pod{}, 0, false, 0},
		{pod(0), 0, true, 0},
		{pod(0), 10, false, 10 * time.Second},
		{pod(7 * time.Second), 10, false, 3 * time.Second},
		{pod(10 * time.Second), 10, true, 0},
	} {
		got, wait := Available(test.pod, test.seconds, now)
		require.Equal(t, test.want, got)
		require.Equal(t, test.wait, wait)
	}
}

func TestSooner(t *testing.T) {
	require.Equal(t, time.Duration(0), Sooner(0, 0))
	require.Equal(t, time.Second, Sooner(0, time.Second))
	require.Equal(t, time.Second, Sooner(time.Second, 0))
	require.Equal(t, time.Second, Sooner(time.Minute, time.Second))
}

func TestHash(t *testing.T) {
	template := func(image string) *corev1.PodTemplateSpec {
		return &corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: image}}}}
	}
	seen := map[string]string{}
	for i := range 100 {
		for collisions := range int32(3) {
			hash, err := Hash(template(fmt.Sprint(i)), &collisions)
			require.NoError(t, err)
			require.Regexp(t, regexp.MustCompile(`^[bcdfghjklmnpqrstvwxz2456789]{10}$`), hash)
			what := fmt.Sprint(i, collisions)
			require.Empty(t, seen[hash], "%s has the hash of %s", what, seen[hash])
			seen[hash] = what
		}
	}
	first, err := Hash(template("a"), nil)
	require.NoError(t, err)
	second, err := Hash(template("a"), nil)
	require.NoError(t, err)
	require.Equal(t, first, second)
}

func TestNewPodSharesNothingWithItsTemplate(t *testing.T) {
	template := &corev1.PodTemplateSpec{
		ObjectMeta: meta.ObjectMeta{Labels: map[string]string{"a": "b"}, Annotations: map[string]string{"c": "d"}, Finalizers: []string{"e/f"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c"}}},
	}
	owner := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "web", UID: "u"}}
	pod := NewPod(template, owner, kind)
	require.Equal(t, "ns", pod.Namespace)
	require.Equal(t, "web-", pod.GenerateName)
	require.Equal(t, meta.UID("u"), meta.ControllerOf(pod).UID)
	pod.Labels["a"], pod.Annotations["c"], pod.Finalizers[0], pod.Spec.Containers[0].Name = "", "", "", ""
	require.Equal(t, "b", template.Labels["a"])
	require.Equal(t, "d", template.Annotations["c"])
	require.Equal(t, "e/f", template.Finalizers[0])
	require.Equal(t, "c", template.Spec.Containers[0].Name)
}

func TestSlowStart(t *testing.T) {
	var calls atomic.Int32
	done, err := SlowStart(20, func(int) error { calls.Add(1); return nil })
	require.NoError(t, err)
	require.Equal(t, 20, done)
	require.EqualValues(t, 20, calls.Load())

	calls.Store(0)
	done, err = SlowStart(20, func(int) error { calls.Add(1); return errors.New("quota") })
	require.EqualError(t, err, "quota")
	require.Zero(t, done)
	require.EqualValues(t, 1, calls.Load(), "one refusal is enough")

	calls.Store(0)
	done, err = SlowStart(20, func(i int) error {
		calls.Add(1)
		if i >= 5 {
			return errors.New("quota")
		}
		return nil
	})
	require.EqualError(t, err, "quota", "the same error is told once")
	require.Equal(t, 5, done)
	require.EqualValues(t, 7, calls.Load(), "batches of 1, 2 and 4")

	done, err = SlowStart(0, func(int) error { return errors.New("not called") })
	require.NoError(t, err)
	require.Zero(t, done)
}

func TestDeletionCost(t *testing.T) {
	for text, want := range map[string]int32{"": 0, "5": 5, "-5": -5, "+5": 0, "05": 0, "0": 0, "many": 0, "99999999999": 0} {
		got := deletionCost(&corev1.Pod{ObjectMeta: meta.ObjectMeta{Annotations: map[string]string{corev1.PodDeletionCost: text}}})
		require.Equal(t, want, got, "cost %q", text)
	}
}

func TestTerminatingNamespaceIsNoError(t *testing.T) {
	err := meta.Forbidden(meta.GroupResource{Resource: "pods"}, "", errors.New("gone"))
	require.Error(t, IgnoreTerminating(err))
	err.Status.Details.Causes = append(err.Status.Details.Causes, meta.StatusCause{Type: corev1.NamespaceTerminatingCause})
	require.NoError(t, IgnoreTerminating(err))
}

package disruption

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	policyv1 "github.com/kubenucleus/nucleus/apimachinery/api/policy/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func number(n int32) *intstr.IntOrString   { v := intstr.FromInt(n); return &v }
func percent(s string) *intstr.IntOrString { v := intstr.FromString(s); return &v }

// owned makes n Pods of an owner, of which so many are ready.
func owned(owner string, n, ready int) []*corev1.Pod {
	var pods []*corev1.Pod
	for i := range n {
		pod := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: fmt.Sprintf("%s-%d", owner, i)}}
		if owner != "" {
			yes := true
			pod.OwnerReferences = []meta.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: owner, UID: meta.UID(owner), Controller: &yes}}
		}
		if i < ready {
			pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
		}
		pods = append(pods, pod)
	}
	return pods
}

func TestDecide(t *testing.T) {
	type figures struct{ expected, desired, healthy, allowed int32 }
	for _, tc := range []struct {
		name  string
		spec  policyv1.PodDisruptionBudgetSpec
		pods  []*corev1.Pod
		scale map[string]Scale
		want  figures
	}{
		{"a number of Pods", policyv1.PodDisruptionBudgetSpec{MinAvailable: number(2)}, owned("", 4, 3), nil, figures{4, 2, 3, 1}},
		{"too few", policyv1.PodDisruptionBudgetSpec{MinAvailable: number(2)}, owned("", 4, 1), nil, figures{4, 2, 1, 0}},
		{"no Pods", policyv1.PodDisruptionBudgetSpec{MinAvailable: number(0)}, nil, nil, figures{0, 0, 0, 0}},
		{"nothing is said", policyv1.PodDisruptionBudgetSpec{}, owned("a", 2, 2), nil, figures{0, 0, 2, 0}},
		{
			"percent are rounded up", policyv1.PodDisruptionBudgetSpec{MinAvailable: percent("50%")}, owned("a", 3, 3),
			map[string]Scale{"a": {"a", 5}}, figures{5, 3, 3, 0},
		},
		{
			"so are those that may be missing", policyv1.PodDisruptionBudgetSpec{MaxUnavailable: percent("30%")}, owned("a", 5, 5),
			map[string]Scale{"a": {"a", 5}}, figures{5, 3, 5, 2},
		},
		{
			"more may be missing than there are", policyv1.PodDisruptionBudgetSpec{MaxUnavailable: number(9)}, owned("a", 2, 2),
			map[string]Scale{"a": {"a", 2}}, figures{2, 0, 2, 2},
		},
		{
			"two sets of one deployment count once", policyv1.PodDisruptionBudgetSpec{MaxUnavailable: number(1)}, append(owned("a", 2, 2), owned("b", 2, 2)...),
			map[string]Scale{"a": {"d", 3}, "b": {"d", 3}}, figures{3, 2, 4, 2},
		},
		{
			"two owners count twice", policyv1.PodDisruptionBudgetSpec{MaxUnavailable: number(1)}, append(owned("a", 2, 2), owned("b", 2, 2)...),
			map[string]Scale{"a": {"a", 2}, "b": {"b", 2}}, figures{4, 3, 4, 1},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			asked := map[string]int{}
			plan, err := Decide(View{
				Budget: &policyv1.PodDisruptionBudget{ObjectMeta: meta.ObjectMeta{Generation: 3}, Spec: tc.spec}, Pods: tc.pods, Now: noon,
				Scale: func(_ *corev1.Pod, owner *meta.OwnerReference) (Scale, error) {
					asked[owner.Name]++
					require.Equal(t, 1, asked[owner.Name])
					scale, ok := tc.scale[owner.Name]
					require.True(t, ok, "%s need not be asked", owner.Name)
					return scale, nil
				},
			})
			require.NoError(t, err)
			s := plan.Status
			require.Equal(t, tc.want, figures{s.ExpectedPods, s.DesiredHealthy, s.CurrentHealthy, s.DisruptionsAllowed})
			require.EqualValues(t, 3, s.ObservedGeneration)
			want := meta.Condition{
				Type: "DisruptionAllowed", Status: meta.ConditionFalse, Reason: "InsufficientPods", ObservedGeneration: 3, LastTransitionTime: meta.Time{Time: noon},
			}
			if tc.want.allowed > 0 {
				want.Status, want.Reason = meta.ConditionTrue, "SufficientPods"
			}
			require.Equal(t, []meta.Condition{want}, s.Conditions)
		})
	}
}

func TestPodsThatNobodyAsksFor(t *testing.T) {
	plan, err := Decide(View{Budget: &policyv1.PodDisruptionBudget{Spec: policyv1.PodDisruptionBudgetSpec{MaxUnavailable: number(1)}}, Pods: owned("", 2, 2), Now: noon})
	require.NoError(t, err)
	require.Equal(t, []string{"-0", "-1"}, plan.Unmanaged)
	require.Zero(t, plan.Status.ExpectedPods)
	require.Zero(t, plan.Status.DisruptionsAllowed)
}

func TestGrantedEvictionsCountUntilTheyTimeOut(t *testing.T) {
	pods := owned("", 5, 5)
	pods[3].DeletionTimestamp = &meta.Time{Time: noon}
	granted := map[string]meta.Time{
		"-0": {Time: noon.Add(-30 * time.Second)}, // still to come
		"-1": {Time: noon.Add(-3 * time.Minute)},  // has not come
		"-3": {Time: noon.Add(-30 * time.Second)}, // is going
		"-9": {Time: noon},                        // has gone
	}
	b := &policyv1.PodDisruptionBudget{Spec: policyv1.PodDisruptionBudgetSpec{MinAvailable: number(1)}, Status: policyv1.PodDisruptionBudgetStatus{DisruptedPods: granted}}
	plan, err := Decide(View{Budget: b, Pods: pods, Now: noon})
	require.NoError(t, err)
	require.Equal(t, map[string]meta.Time{"-0": granted["-0"]}, plan.Status.DisruptedPods)
	require.EqualValues(t, 3, plan.Status.CurrentHealthy) // 1, 2 and 4
	require.EqualValues(t, 2, plan.Status.DisruptionsAllowed)
	require.Equal(t, []*corev1.Pod{pods[1]}, plan.Stayed)
	require.Equal(t, 90*time.Second+time.Millisecond, plan.After)
	require.Len(t, b.Status.DisruptedPods, 4, "the budget itself is shared")
}

func TestFailSafeGrantsNothing(t *testing.T) {
	b := &policyv1.PodDisruptionBudget{
		Spec: policyv1.PodDisruptionBudgetSpec{MaxUnavailable: number(1)},
		Status: policyv1.PodDisruptionBudgetStatus{ObservedGeneration: 2, DisruptionsAllowed: 4, Conditions: []meta.Condition{{
			Type: "DisruptionAllowed", Status: meta.ConditionTrue, Reason: "SufficientPods", ObservedGeneration: 2, LastTransitionTime: meta.Time{Time: noon.Add(-time.Hour)},
		}}},
	}
	_, err := Decide(View{Budget: b, Pods: owned("a", 1, 1), Now: noon, Scale: func(*corev1.Pod, *meta.OwnerReference) (Scale, error) {
		return Scale{}, errors.New("jobs.batch does not implement the scale subresource")
	}})
	status := FailSafe(b, err, noon)
	require.Zero(t, status.DisruptionsAllowed)
	require.Equal(t, []meta.Condition{{
		Type: "DisruptionAllowed", Status: meta.ConditionFalse, Reason: "SyncFailed", Message: "jobs.batch does not implement the scale subresource",
		ObservedGeneration: 2, LastTransitionTime: meta.Time{Time: noon},
	}}, status.Conditions)
	require.EqualValues(t, 4, b.Status.DisruptionsAllowed)
}

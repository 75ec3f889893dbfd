package statefulset

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

var start = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

// world plays the server and the kubelet for one StatefulSet, and writes down
// what happens.
type world struct {
	t      *testing.T
	set    *appsv1.StatefulSet
	pods   []*corev1.Pod
	update string
	now    time.Time
	made   int
	story  []string
	hold   map[string]bool // Pods that do not get ready
	least  int             // fewest ready Pods
}

func newWorld(t *testing.T, n int32) *world {
	return &world{t: t, now: start, update: "r1", hold: map[string]bool{}, set: &appsv1.StatefulSet{
		ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "db", UID: "set"},
		Spec: appsv1.StatefulSetSpec{
			Replicas: &n, ServiceName: "db", PodManagementPolicy: appsv1.OrderedReadyPodManagement,
			Selector:       &meta.LabelSelector{MatchLabels: map[string]string{"app": "db"}},
			UpdateStrategy: appsv1.StatefulSetUpdateStrategy{Type: appsv1.RollingUpdateStatefulSetStrategyType},
		},
	}}
}

func (w *world) scale(n int32) { w.set.Spec.Replicas = &n }

// step decides and carries out, then lets the kubelet do one round: Pods that
// are there get ready, those that are deleted go.
func (w *world) step() bool {
	current := w.set.Status.CurrentRevision
	if current == "" {
		current = w.update
	}
	template := func(revision string) *corev1.PodTemplateSpec {
		return &corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: revision}}}}
	}
	plan := Decide(View{
		Set: w.set, Pods: slices.Clone(w.pods), Now: w.now,
		Current: Revision{current, template(current)}, Update: Revision{w.update, template(w.update)},
	})
	moved := w.kubelet()
	for _, pod := range plan.Create {
		w.made++
		pod.UID = meta.UID(fmt.Sprint(w.made))
		require.False(w.t, slices.ContainsFunc(w.pods, func(p *corev1.Pod) bool { return p.Name == pod.Name }), "%s is made while it is there", pod.Name)
		pod.Status.Phase = corev1.PodPending
		w.pods = append(w.pods, pod)
		w.story = append(w.story, "+"+strings.TrimPrefix(pod.Name, "db-"))
	}
	for _, pod := range plan.Delete {
		at := meta.At(w.now)
		pod.DeletionTimestamp = &at
		w.story = append(w.story, "-"+strings.TrimPrefix(pod.Name, "db-"))
	}
	moved = moved || fmt.Sprint(w.set.Status) != fmt.Sprint(plan.Status)
	w.set.Status = plan.Status
	ready := 0
	for _, pod := range w.pods {
		if pod.Status.Phase == corev1.PodRunning && pod.DeletionTimestamp == nil {
			ready++
		}
	}
	w.least = min(w.least, ready)
	return moved || len(plan.Create)+len(plan.Delete) > 0
}

func (w *world) kubelet() bool {
	moved := false
	w.pods = slices.DeleteFunc(w.pods, func(pod *corev1.Pod) bool {
		moved = moved || pod.DeletionTimestamp != nil
		return pod.DeletionTimestamp != nil
	})
	for _, pod := range w.pods {
		if pod.Status.Phase != corev1.PodPending || w.hold[pod.Name] {
			continue
		}
		pod.Status = corev1.PodStatus{Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{
			{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: meta.At(w.now)},
		}}
		moved = true
	}
	return moved
}

func (w *world) settle() {
	w.t.Helper()
	for range 300 {
		if !w.step() {
			return
		}
	}
	w.t.Fatalf("still not settled after 300 steps: %v", w.story)
}

// told returns what happened since it was last asked.
func (w *world) told() string {
	story := strings.Join(w.story, " ")
	w.story, w.least = nil, 1<<30
	return story
}

func (w *world) pod(ordinal int) *corev1.Pod {
	for _, pod := range w.pods {
		if pod.Name == fmt.Sprintf("db-%d", ordinal) {
			return pod
		}
	}
	w.t.Fatalf("there is no Pod %d", ordinal)
	return nil
}

func (w *world) revisions() string {
	slices.SortFunc(w.pods, func(a, b *corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
	text := ""
	for _, pod := range w.pods {
		text += pod.Labels["controller-revision-hash"] + " "
	}
	return strings.TrimSpace(text)
}

func TestOrderedPodsComeAndGoInOrder(t *testing.T) {
	w := newWorld(t, 3)
	w.hold["db-1"] = true
	w.settle()
	require.Equal(t, "+0 +1", w.told(), "2 waits for 1")
	require.EqualValues(t, 2, w.set.Status.Replicas)
	delete(w.hold, "db-1")
	w.settle()
	require.Equal(t, "+2", w.told())
	require.Equal(t, appsv1.StatefulSetStatus{
		Replicas: 3, ReadyReplicas: 3, AvailableReplicas: 3, CurrentReplicas: 3, UpdatedReplicas: 3, CurrentRevision: "r1", UpdateRevision: "r1",
	}, w.set.Status)
	w.scale(1)
	w.settle()
	require.Equal(t, "-2 -1", w.told())
	w.scale(0)
	w.settle()
	require.Equal(t, "-0", w.told())
}

func TestScalingDownWaitsForAnUnhealthyPod(t *testing.T) {
	w := newWorld(t, 3)
	w.settle()
	w.told()
	w.pod(0).Status = corev1.PodStatus{Phase: corev1.PodPending}
	w.hold["db-0"] = true
	w.scale(1)
	w.settle()
	require.Equal(t, "", w.told())
	delete(w.hold, "db-0")
	w.settle()
	require.Equal(t, "-2 -1", w.told())
}

func TestParallelPodsDoNotWait(t *testing.T) {
	w := newWorld(t, 4)
	w.set.Spec.PodManagementPolicy = appsv1.ParallelPodManagement
	for i := range 4 {
		w.hold[fmt.Sprintf("db-%d", i)] = true
	}
	w.step()
	require.Equal(t, "+0 +1 +2 +3", w.told())
	w.scale(1)
	w.step()
	require.Equal(t, "-3 -2 -1", w.told())
}

func TestLostPodComesBackUnderItsName(t *testing.T) {
	w := newWorld(t, 3)
	w.settle()
	w.told()
	w.pod(1).Status.Phase = corev1.PodFailed
	w.settle()
	require.Equal(t, "-1 +1", w.told())
}

func TestRollingUpdateGoesBackwards(t *testing.T) {
	w := newWorld(t, 3)
	w.settle()
	w.told()
	w.update = "r2"
	w.settle()
	require.Equal(t, 2, w.least)
	require.Equal(t, "-2 +2 -1 +1 -0 +0", w.told())
	require.Equal(t, "r2 r2 r2", w.revisions())
	require.Equal(t, "r2", w.set.Status.CurrentRevision)
	require.EqualValues(t, 3, w.set.Status.CurrentReplicas)
}

func TestBrokenUpdateStops(t *testing.T) {
	w := newWorld(t, 3)
	w.settle()
	w.told()
	w.update = "r2"
	w.hold["db-2"] = true
	w.settle()
	require.Equal(t, "-2 +2", w.told())
	require.Equal(t, "r1", w.set.Status.CurrentRevision)
	require.EqualValues(t, 1, w.set.Status.UpdatedReplicas)
	require.EqualValues(t, 2, w.set.Status.CurrentReplicas)
}

func TestPartition(t *testing.T) {
	w := newWorld(t, 4)
	w.set.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: ptr[int32](2)}
	w.settle()
	w.told()
	w.update = "r2"
	w.settle()
	require.Equal(t, "-3 +3 -2 +2", w.told())
	require.Equal(t, "r1 r1 r2 r2", w.revisions())
	// What is below the partition comes back as it was.
	w.pod(0).Status.Phase = corev1.PodFailed
	w.settle()
	require.Equal(t, "r1 r1 r2 r2", w.revisions())
	require.Equal(t, "r1", w.pod(0).Spec.Containers[0].Image)
	w.set.Spec.UpdateStrategy.RollingUpdate.Partition = ptr[int32](0)
	w.settle()
	require.Equal(t, "r2 r2 r2 r2", w.revisions())
}

func TestMaxUnavailable(t *testing.T) {
	w := newWorld(t, 10)
	w.set.Spec.PodManagementPolicy = appsv1.ParallelPodManagement
	w.set.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{MaxUnavailable: ptr(intstr.FromString("35%"))}
	w.settle()
	w.told()
	w.update = "r2"
	w.settle()
	require.Equal(t, 7, w.least)
	require.Equal(t, strings.TrimSpace(strings.Repeat("r2 ", 10)), w.revisions())
}

func TestUpdateRepairsBrokenPods(t *testing.T) {
	w := newWorld(t, 3)
	w.set.Spec.PodManagementPolicy = appsv1.ParallelPodManagement
	w.settle()
	w.pod(0).Status = corev1.PodStatus{Phase: corev1.PodPending}
	w.hold["db-0"] = true
	w.told()
	w.update = "r2"
	w.step()
	require.Equal(t, "-0", w.told())
	delete(w.hold, "db-0")
	w.settle()
	require.Equal(t, "r2 r2 r2", w.revisions())
}

func TestOnDelete(t *testing.T) {
	w := newWorld(t, 2)
	w.set.Spec.UpdateStrategy.Type = appsv1.OnDeleteStatefulSetStrategyType
	w.settle()
	w.told()
	w.update = "r2"
	w.settle()
	require.Equal(t, "", w.told())
	at := meta.At(w.now)
	w.pod(0).DeletionTimestamp = &at
	w.settle()
	require.Equal(t, "r2 r1", w.revisions())
}

func TestRecreate(t *testing.T) {
	w := newWorld(t, 3)
	w.set.Spec.UpdateStrategy.Type = appsv1.RecreateStatefulSetStrategyType
	w.settle()
	w.told()
	w.update = "r2"
	w.settle()
	require.Equal(t, "-0 -1 -2 +0 +1 +2", w.told())
	require.Equal(t, "r2", w.set.Status.CurrentRevision)
}

func TestOrdinalsMayStartElsewhere(t *testing.T) {
	w := newWorld(t, 2)
	w.set.Spec.Ordinals = &appsv1.StatefulSetOrdinals{Start: 5}
	w.settle()
	require.Equal(t, "+5 +6", w.told())
	w.set.Spec.Ordinals = nil
	w.settle()
	require.Equal(t, "+0 +1 -6 -5", w.told())
}

func TestMinReadySeconds(t *testing.T) {
	w := newWorld(t, 2)
	w.set.Spec.MinReadySeconds = 20
	w.settle()
	require.Equal(t, "+0", w.told())
	require.EqualValues(t, 1, w.set.Status.ReadyReplicas)
	require.EqualValues(t, 0, w.set.Status.AvailableReplicas)
	w.now = w.now.Add(20 * time.Second)
	w.settle()
	require.Equal(t, "+1", w.told())
}

func TestDeletedSetDoesNothing(t *testing.T) {
	w := newWorld(t, 3)
	at := meta.At(start)
	w.set.DeletionTimestamp = &at
	w.settle()
	require.Equal(t, "", w.told())
}

func TestPodHasItsIdentity(t *testing.T) {
	w := newWorld(t, 1)
	w.set.Spec.VolumeClaimTemplates = []corev1.PersistentVolumeClaim{{ObjectMeta: meta.ObjectMeta{Name: "data", Labels: map[string]string{"x": "y"}}}}
	template := &corev1.PodTemplateSpec{Spec: corev1.PodSpec{Volumes: []corev1.Volume{{Name: "data"}, {Name: "tmp"}}}}
	pod := newPod(w.set, template, "r1", 7)
	require.Equal(t, "db-7", pod.Name)
	require.Empty(t, pod.GenerateName)
	require.Equal(t, "db-7", pod.Spec.Hostname)
	require.Equal(t, "db", pod.Spec.Subdomain)
	require.Equal(t, map[string]string{
		"statefulset.kubernetes.io/pod-name": "db-7", "apps.kubernetes.io/pod-index": "7", "controller-revision-hash": "r1",
	}, pod.Labels)
	require.Len(t, pod.Spec.Volumes, 2)
	require.Equal(t, "data-db-7", pod.Spec.Volumes[0].PersistentVolumeClaim.ClaimName)
	claims := newClaims(w.set, 7)
	require.Equal(t, "data-db-7", claims[0].Name)
	require.Equal(t, map[string]string{"x": "y", "app": "db"}, claims[0].Labels)
}

func TestOrdinalOf(t *testing.T) {
	set := newWorld(t, 1).set
	for name, want := range map[string]int{"db-0": 0, "db-12": 12, "db-": -1, "db-x": -1, "db-01": -1, "db--1": -1, "dbx-1": -1, "db-1-2": -1} {
		got, ok := ordinalOf(set, &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: name}})
		require.Equal(t, want >= 0, ok, name)
		if ok {
			require.Equal(t, want, got, name)
		}
	}
}

func TestClaimsFollowTheRetentionPolicy(t *testing.T) {
	retain, gone := appsv1.RetainPersistentVolumeClaimRetentionPolicyType, appsv1.DeletePersistentVolumeClaimRetentionPolicyType
	set := newWorld(t, 1).set
	set.Spec.VolumeClaimTemplates = []corev1.PersistentVolumeClaim{{ObjectMeta: meta.ObjectMeta{Name: "data"}}}
	pod := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: "db-0", UID: "pod"}}
	for _, test := range []struct {
		deleted, scaled appsv1.PersistentVolumeClaimRetentionPolicyType
		surplus         bool
		want            []string
	}{
		{retain, retain, false, nil},
		{retain, retain, true, nil},
		{gone, retain, false, []string{"set"}},
		{gone, retain, true, []string{"set"}},
		{retain, gone, false, nil},
		{retain, gone, true, []string{"pod"}},
		{gone, gone, false, []string{"set"}},
		{gone, gone, true, []string{"pod"}},
	} {
		set.Spec.PersistentVolumeClaimRetentionPolicy = &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{WhenDeleted: test.deleted, WhenScaled: test.scaled}
		what := fmt.Sprintf("deleted %s scaled %s surplus %v", test.deleted, test.scaled, test.surplus)
		// Whatever was before, it comes out the same, and then stays so.
		for _, before := range [][]meta.OwnerReference{nil, {meta.NewControllerRef(set, statefulSetKind)}, {meta.NewControllerRef(pod, meta.GroupVersionKind{Version: "v1", Kind: "Pod"})}} {
			claim := &corev1.PersistentVolumeClaim{ObjectMeta: meta.ObjectMeta{Name: "data-db-0", OwnerReferences: before}}
			claim.OwnerReferences, _ = claimOwners(set, claim, pod, test.surplus)
			var got []string
			for _, ref := range claim.OwnerReferences {
				got = append(got, string(ref.UID))
			}
			require.Equal(t, test.want, got, what)
			_, changed := claimOwners(set, claim, pod, test.surplus)
			require.False(t, changed, what)
		}
	}
	other := &corev1.PersistentVolumeClaim{ObjectMeta: meta.ObjectMeta{Name: "data-db-0", OwnerReferences: []meta.OwnerReference{
		{APIVersion: "x/v1", Kind: "X", Name: "x", UID: "x", Controller: ptr(true)},
	}}}
	_, changed := claimOwners(set, other, pod, false)
	require.False(t, changed, "what somebody else controls stays as it is")
}

func ptr[T any](v T) *T { return &v }

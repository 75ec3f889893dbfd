package deployment

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

var start = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

// world plays the server and the ReplicaSet controller for one Deployment: it
// carries out plans and lets Pods become available at once, or not at all.
type world struct {
	t      *testing.T
	d      *appsv1.Deployment
	sets   []*appsv1.ReplicaSet
	now    time.Time
	broken map[string]bool // images whose Pods never become ready
	events []string
	least  int32 // fewest Pods available, most Pods at a time, since the last reset
	most   int32
}

func newWorld(t *testing.T, size int32) *world {
	surge, unavailable, deadline, history := intstr.FromString("25%"), intstr.FromString("25%"), int32(600), int32(10)
	w := &world{t: t, now: start, broken: map[string]bool{}, d: &appsv1.Deployment{
		ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "web", UID: "d-1", Generation: 1},
		Spec: appsv1.DeploymentSpec{
			Replicas: &size,
			Selector: &meta.LabelSelector{MatchLabels: map[string]string{"app": "web"}},
			Strategy: appsv1.DeploymentStrategy{
				Type:          appsv1.RollingUpdateDeploymentStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDeployment{MaxSurge: &surge, MaxUnavailable: &unavailable},
			},
			RevisionHistoryLimit: &history, ProgressDeadlineSeconds: &deadline,
		},
	}}
	w.image("v1")
	return w
}

func (w *world) image(image string) {
	w.d.Generation++
	w.d.Spec.Template = corev1.PodTemplateSpec{
		ObjectMeta: meta.ObjectMeta{Labels: map[string]string{"app": "web"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: image}}},
	}
}

func (w *world) scale(n int32) { w.d.Generation++; w.d.Spec.Replicas = &n }

func (w *world) set(image string) *appsv1.ReplicaSet {
	for _, rs := range w.sets {
		if rs.Spec.Template.Spec.Containers[0].Image == image {
			return rs
		}
	}
	w.t.Fatalf("no ReplicaSet of image %s", image)
	return nil
}

// step decides once and carries the plan out. It reports whether that changed
// anything.
func (w *world) step() bool {
	before := codec.DeepCopy(w.d)
	plan, err := Decide(View{Deployment: codec.DeepCopy(w.d), Sets: w.sets, Now: w.now, Running: func(rs *appsv1.ReplicaSet) int { return int(rs.Status.Replicas) }})
	require.NoError(w.t, err)
	if plan.Create != nil {
		rs := plan.Create
		rs.UID, rs.Generation, rs.CreationTimestamp = meta.UID("rs-"+rs.Name), 1, meta.At(w.now)
		for _, other := range w.sets {
			require.NotEqual(w.t, other.Name, rs.Name, "a ReplicaSet is made twice")
		}
		w.sets = append(w.sets, rs)
		w.events = append(w.events, fmt.Sprintf("create %s %d", rs.Spec.Template.Spec.Containers[0].Image, *rs.Spec.Replicas))
	}
	for _, change := range plan.Update {
		for i := range w.sets {
			if w.sets[i].Name != change.Set.Name {
				continue
			}
			if *change.Set.Spec.Replicas != change.From {
				w.events = append(w.events, fmt.Sprintf("scale %s %d->%d", change.Set.Spec.Template.Spec.Containers[0].Image, change.From, *change.Set.Spec.Replicas))
			}
			change.Set.Generation++
			w.sets[i] = change.Set
		}
	}
	for _, gone := range plan.Delete {
		for i := range w.sets {
			if w.sets[i].Name == gone.Name {
				w.sets = append(w.sets[:i:i], w.sets[i+1:]...)
				break
			}
		}
	}
	w.d.Status = plan.Status
	if plan.Revision != "" {
		w.d.Annotations = map[string]string{appsv1.DeploymentRevisionAnnotation: plan.Revision}
	}
	moved := w.pods()
	return moved || plan.Create != nil || len(plan.Update) > 0 || len(plan.Delete) > 0 || !codec.Equal(before, w.d)
}

// pods does what the ReplicaSet controller and the kubelet would.
func (w *world) pods() bool {
	moved := false
	total, ready := int32(0), int32(0)
	for _, rs := range w.sets {
		n := *rs.Spec.Replicas
		status := appsv1.ReplicaSetStatus{Replicas: n, ObservedGeneration: rs.Generation, TerminatingReplicas: new(int32)}
		if !w.broken[rs.Spec.Template.Spec.Containers[0].Image] {
			status.ReadyReplicas, status.AvailableReplicas = n, n
		}
		if !codec.Equal(&rs.Status, &status) {
			rs.Status, moved = status, true
		}
		total, ready = total+n, ready+status.AvailableReplicas
	}
	w.most, w.least = max(w.most, total), min(w.least, ready)
	return moved
}

// settle steps until nothing changes any more.
func (w *world) settle() {
	w.t.Helper()
	for range 500 {
		if !w.step() {
			return
		}
	}
	w.t.Fatalf("still not settled after 500 steps; events: %v", w.events)
}

func (w *world) reset() { w.events, w.least, w.most = nil, 1<<30, 0 }

func (w *world) progressing() (status corev1.ConditionStatus, reason, message string) {
	c := condition(w.d.Status.Conditions, appsv1.DeploymentProgressing)
	if c == nil {
		return "", "", ""
	}
	return c.Status, c.Reason, c.Message
}

func TestFirstRollout(t *testing.T) {
	w := newWorld(t, 3)
	w.step()
	_, reason, message := w.progressing()
	require.Equal(t, "NewReplicaSetCreated", reason)
	require.Equal(t, fmt.Sprintf("Created new replica set %q", w.sets[0].Name), message)
	w.settle()

	require.Equal(t, []string{"create v1 3"}, w.events)
	rs := w.sets[0]
	hash := strings.TrimPrefix(rs.Name, "web-")
	require.NotEqual(t, rs.Name, hash)
	for what, labels := range map[string]map[string]string{"labels": rs.Labels, "selector": rs.Spec.Selector.MatchLabels, "template": rs.Spec.Template.Labels} {
		require.Equal(t, map[string]string{"app": "web", "pod-template-hash": hash}, labels, what)
	}
	require.Equal(t, map[string]string{
		"deployment.kubernetes.io/revision": "1", "deployment.kubernetes.io/desired-replicas": "3", "deployment.kubernetes.io/max-replicas": "4",
	}, rs.Annotations)
	require.Equal(t, "1", w.d.Annotations["deployment.kubernetes.io/revision"])

	status, reason, message := w.progressing()
	require.Equal(t, corev1.ConditionTrue, status)
	require.Equal(t, "NewReplicaSetAvailable", reason)
	require.Equal(t, fmt.Sprintf("ReplicaSet %q has successfully progressed.", rs.Name), message)
	available := condition(w.d.Status.Conditions, appsv1.DeploymentAvailable)
	require.Equal(t, "MinimumReplicasAvailable", available.Reason)
	require.Equal(t, "Deployment has minimum availability.", available.Message)
	require.Equal(t, w.d.Generation, w.d.Status.ObservedGeneration)
	require.EqualValues(t, 3, w.d.Status.UpdatedReplicas)
}

func TestRollingUpdateKeepsWithinTheLimits(t *testing.T) {
	for _, size := range []int32{1, 2, 3, 4, 7, 10, 50} {
		for _, limits := range [][2]string{{"25%", "25%"}, {"0", "1"}, {"1", "0"}, {"100%", "0"}, {"0", "0"}, {"3", "50%"}} {
			t.Run(fmt.Sprintf("%d surge %s unavailable %s", size, limits[0], limits[1]), func(t *testing.T) {
				w := newWorld(t, size)
				surge, unavailable := intstr.Parse(limits[0]), intstr.Parse(limits[1])
				w.d.Spec.Strategy.RollingUpdate = &appsv1.RollingUpdateDeployment{MaxSurge: &surge, MaxUnavailable: &unavailable}
				w.settle()
				w.reset()
				w.image("v2")
				w.settle()

				above, below := fenceposts(w.d)
				require.LessOrEqual(t, w.most, size+above, "events: %v", w.events)
				require.GreaterOrEqual(t, w.least, size-below, "events: %v", w.events)
				require.EqualValues(t, 0, *w.set("v1").Spec.Replicas)
				require.EqualValues(t, size, *w.set("v2").Spec.Replicas)
				require.Equal(t, "2", w.d.Annotations["deployment.kubernetes.io/revision"])
				_, reason, _ := w.progressing()
				require.Equal(t, "NewReplicaSetAvailable", reason)
			})
		}
	}
}

func TestBrokenTemplateStopsTheRolloutAndIsReported(t *testing.T) {
	w := newWorld(t, 4)
	w.settle()
	w.reset()
	w.broken["v2"] = true
	w.image("v2")
	w.settle()
	require.EqualValues(t, 3, w.least, "more became unavailable than maxUnavailable allows: %v", w.events)
	require.EqualValues(t, 2, *w.set("v2").Spec.Replicas)
	status, reason, _ := w.progressing()
	require.Equal(t, corev1.ConditionTrue, status)
	require.Equal(t, "ReplicaSetUpdated", reason)

	plan, err := Decide(View{Deployment: w.d, Sets: w.sets, Now: w.now})
	require.NoError(t, err)
	require.Equal(t, 601*time.Second, plan.After)

	w.now = w.now.Add(plan.After)
	w.settle()
	status, reason, message := w.progressing()
	require.Equal(t, corev1.ConditionFalse, status)
	require.Equal(t, "ProgressDeadlineExceeded", reason)
	require.Equal(t, fmt.Sprintf("ReplicaSet %q has timed out progressing.", w.set("v2").Name), message)

	// Another template repairs it, although the broken Pods never get ready.
	w.image("v3")
	w.settle()
	status, reason, _ = w.progressing()
	require.Equal(t, corev1.ConditionTrue, status)
	require.Equal(t, "NewReplicaSetAvailable", reason)
	require.EqualValues(t, 0, *w.set("v2").Spec.Replicas)
}

func TestOneBrokenTemplateDoesNotReplaceAnother(t *testing.T) {
	w := newWorld(t, 10)
	w.broken["v1"], w.broken["v2"] = true, true
	w.settle()
	w.image("v2")
	w.settle()
	require.EqualValues(t, 8, *w.set("v1").Spec.Replicas, "old Pods may get well again, the new ones have not shown that they do")
}

func TestRollbackReusesTheOldReplicaSet(t *testing.T) {
	w := newWorld(t, 2)
	w.settle()
	first := w.sets[0].Name
	w.now = w.now.Add(time.Minute)
	w.image("v2")
	w.settle()
	w.image("v1")
	w.settle()
	require.Len(t, w.sets, 2)
	rs := w.set("v1")
	require.Equal(t, first, rs.Name)
	require.EqualValues(t, 2, *rs.Spec.Replicas)
	require.Equal(t, "3", rs.Annotations["deployment.kubernetes.io/revision"])
	require.Equal(t, "1", rs.Annotations["deployment.kubernetes.io/revision-history"])
	require.Equal(t, "3", w.d.Annotations["deployment.kubernetes.io/revision"])
	w.image("v2")
	w.settle()
	w.image("v1")
	w.settle()
	require.Equal(t, "1,3", w.set("v1").Annotations["deployment.kubernetes.io/revision-history"])
}

func TestRecreate(t *testing.T) {
	w := newWorld(t, 3)
	w.d.Spec.Strategy = appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}
	w.settle()
	w.reset()
	w.image("v2")
	w.settle()
	require.Equal(t, []string{"scale v1 3->0", "create v2 3"}, w.events)
	require.LessOrEqual(t, w.most, int32(3))
	_, reason, _ := w.progressing()
	require.Equal(t, "NewReplicaSetAvailable", reason)
}

func TestRecreateWaitsForTerminatingPods(t *testing.T) {
	w := newWorld(t, 3)
	w.d.Spec.Strategy = appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}
	w.settle()
	w.image("v2")
	w.step() // scales down
	require.EqualValues(t, 0, *w.set("v1").Spec.Replicas)
	plan, err := Decide(View{Deployment: w.d, Sets: w.sets, Now: w.now, Running: func(*appsv1.ReplicaSet) int { return 1 }})
	require.NoError(t, err)
	require.Nil(t, plan.Create, "new Pods although old ones still run")
}

func TestPausedDeploymentOnlyScales(t *testing.T) {
	w := newWorld(t, 2)
	w.settle()
	w.reset()
	w.d.Spec.Paused = true
	w.image("v2")
	w.settle()
	require.Empty(t, w.events)
	status, reason, message := w.progressing()
	require.Equal(t, []any{corev1.ConditionUnknown, "DeploymentPaused", "Deployment is paused"}, []any{status, reason, message})
	w.scale(4)
	w.settle()
	require.Equal(t, []string{"scale v1 2->4"}, w.events)

	w.d.Spec.Paused = false
	w.step()
	w.settle()
	require.EqualValues(t, 4, *w.set("v2").Spec.Replicas)
	_, reason, _ = w.progressing()
	require.Equal(t, "NewReplicaSetAvailable", reason)
}

func TestScalingInTheMiddleOfARolloutIsProportional(t *testing.T) {
	w := newWorld(t, 10)
	w.settle()
	w.broken["v2"] = true
	w.image("v2")
	w.settle()
	require.EqualValues(t, 8, *w.set("v1").Spec.Replicas)
	require.EqualValues(t, 5, *w.set("v2").Spec.Replicas)
	w.scale(20)
	w.step()
	// 20 plus a surge of 5, shared out 8 to 5.
	require.EqualValues(t, 15, *w.set("v1").Spec.Replicas)
	require.EqualValues(t, 10, *w.set("v2").Spec.Replicas)
	require.Equal(t, "20", w.set("v1").Annotations["deployment.kubernetes.io/desired-replicas"])
	require.Equal(t, "25", w.set("v2").Annotations["deployment.kubernetes.io/max-replicas"])
	w.settle()
	w.scale(0)
	w.settle()
	require.EqualValues(t, 0, *w.set("v1").Spec.Replicas)
	require.EqualValues(t, 0, *w.set("v2").Spec.Replicas)
}

func TestResizeOfAReplicaSetThatHasTheSizeAlready(t *testing.T) {
	w := newWorld(t, 3)
	w.settle()
	five := int32(5)
	w.sets[0].Spec.Replicas = &five // by hand
	w.scale(5)
	w.settle()
	w.image("v2")
	w.settle()
	require.EqualValues(t, 5, *w.set("v2").Spec.Replicas, "a rollout after it is stuck")
}

func TestHistoryIsCutToTheLimit(t *testing.T) {
	w := newWorld(t, 1)
	limit := int32(2)
	w.d.Spec.RevisionHistoryLimit = &limit
	for i := range 6 {
		w.now = w.now.Add(time.Minute)
		w.image(fmt.Sprintf("v%d", i))
		w.settle()
	}
	var images []string
	for _, rs := range w.sets {
		images = append(images, rs.Spec.Template.Spec.Containers[0].Image)
	}
	require.Equal(t, []string{"v3", "v4", "v5"}, images)
}

func TestAnnotationsReachTheReplicaSet(t *testing.T) {
	w := newWorld(t, 1)
	w.settle()
	w.d.Annotations = map[string]string{"kubernetes.io/change-cause": "because", "kubectl.kubernetes.io/last-applied-configuration": "{}", "deployment.kubernetes.io/revision": "1"}
	w.step()
	require.Equal(t, "because", w.sets[0].Annotations["kubernetes.io/change-cause"])
	require.NotContains(t, w.sets[0].Annotations, "kubectl.kubernetes.io/last-applied-configuration")
}

func TestFailureOfAReplicaSetIsPassedOn(t *testing.T) {
	w := newWorld(t, 1)
	w.step()
	w.sets[0].Status.Conditions = []appsv1.ReplicaSetCondition{{Type: appsv1.ReplicaSetReplicaFailure, Status: corev1.ConditionTrue, Reason: "FailedCreate", Message: "no quota"}}
	plan, err := Decide(View{Deployment: w.d, Sets: w.sets, Now: w.now})
	require.NoError(t, err)
	c := condition(plan.Status.Conditions, appsv1.DeploymentReplicaFailure)
	require.NotNil(t, c)
	require.Equal(t, "no quota", c.Message)
	w.sets[0].Status.Conditions = nil
	w.d.Status = plan.Status
	plan, err = Decide(View{Deployment: w.d, Sets: w.sets, Now: w.now})
	require.NoError(t, err)
	require.Nil(t, condition(plan.Status.Conditions, appsv1.DeploymentReplicaFailure))
}

func TestCollisionCountChangesTheName(t *testing.T) {
	w := newWorld(t, 1)
	plan, err := Decide(View{Deployment: w.d, Now: w.now})
	require.NoError(t, err)
	one := int32(1)
	w.d.Status.CollisionCount = &one
	again, err := Decide(View{Deployment: w.d, Now: w.now})
	require.NoError(t, err)
	require.NotEqual(t, plan.Create.Name, again.Create.Name)
	require.Equal(t, &one, again.Status.CollisionCount)
}

func TestDeletedDeploymentChangesNothing(t *testing.T) {
	w := newWorld(t, 3)
	w.settle()
	w.image("v2")
	deleted := meta.At(w.now)
	w.d.DeletionTimestamp = &deleted
	plan, err := Decide(View{Deployment: w.d, Sets: w.sets, Now: w.now})
	require.NoError(t, err)
	require.Nil(t, plan.Create)
	require.Empty(t, plan.Update)
	require.Empty(t, plan.Delete)
}

func TestHistoryKeepsItsLength(t *testing.T) {
	text := ""
	for i := range 2000 {
		text = history(text, fmt.Sprint(i))
		require.LessOrEqual(t, len(text), historyLimit)
	}
	require.True(t, strings.HasSuffix(text, ",1998,1999"))
	require.False(t, strings.HasPrefix(text, ","))
}

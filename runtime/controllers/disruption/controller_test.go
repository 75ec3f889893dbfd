package disruption_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	policyv1 "github.com/kubenucleus/nucleus/apimachinery/api/policy/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/disruption"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

const patience = 30 * time.Second

// start runs the controller beside a server until the test ends.
func start(t *testing.T, c client.Client, now func() time.Time) {
	log := slog.New(slog.DiscardHandler)
	caches := client.NewCaches(c, log)
	events := controller.NewRecorder(c, "test", controller.RecorderOptions{Logger: log})
	group := controller.Group{Logger: log}
	group.Add("caches", caches.Run)
	group.Add("events", events.Run)
	group.Add("disruption", disruption.New(caches, workload.Options{Logger: log, Events: events, Now: now}).Run)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- group.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// await watches until an object is as wanted.
func await[T any, P client.Pointer[T]](t *testing.T, c client.Client, what string, holds func(*T) bool) *T {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var last *T
	for change, err := range client.ResumingWatch(ctx, client.Of[T, P](c), meta.ListOptions{}, slog.New(slog.DiscardHandler)) {
		require.NoError(t, err)
		if change.Type == client.Bookmark {
			continue
		}
		if last = change.Object; change.Type != client.Deleted && holds(change.Object) {
			return change.Object
		}
	}
	t.Fatalf("waited in vain until %s; last: %+v", what, last)
	return nil
}

func namespace(t *testing.T, c client.Client) {
	require.NoError(t, client.Of[corev1.Namespace](c).Create(t.Context(), &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "n"}}))
}

func template() corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{
		ObjectMeta: meta.ObjectMeta{Labels: map[string]string{"app": "a"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "i"}}, RestartPolicy: corev1.RestartPolicyAlways},
	}
}

// pod makes a Pod that runs and is ready, of an owner if one is given.
func pod(t *testing.T, c client.Client, name string, owner *meta.OwnerReference) *corev1.Pod {
	tpl := template()
	p := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "n", Labels: tpl.Labels}, Spec: tpl.Spec}
	p.Spec.NodeName = "somewhere"
	if owner != nil {
		p.OwnerReferences = []meta.OwnerReference{*owner}
	}
	pods := client.Of[corev1.Pod](c).In("n")
	require.NoError(t, pods.Create(t.Context(), p))
	p.Status.Phase = corev1.PodRunning
	p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: meta.Now()}}
	require.NoError(t, pods.UpdateStatus(t.Context(), p))
	return p
}

func budget(t *testing.T, c client.Client, spec policyv1.PodDisruptionBudgetSpec) {
	spec.Selector = &meta.LabelSelector{MatchLabels: map[string]string{"app": "a"}}
	require.NoError(t, client.Of[policyv1.PodDisruptionBudget](c).Create(t.Context(), &policyv1.PodDisruptionBudget{ObjectMeta: meta.ObjectMeta{Name: "b", Namespace: "n"}, Spec: spec}))
}

func reference(kind string, m *meta.ObjectMeta, version string) *meta.OwnerReference {
	yes := true
	return &meta.OwnerReference{APIVersion: version, Kind: kind, Name: m.Name, UID: m.UID, Controller: &yes}
}

func evict(t *testing.T, c client.Client, name string) error {
	at := client.Of[corev1.Pod](c).In("n").Subresource("eviction").Target(name)
	return c.Create(t.Context(), at, &policyv1.Eviction{TypeMeta: meta.TypeMeta{APIVersion: "policy/v1", Kind: "Eviction"}, ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "n"}}, meta.CreateOptions{})
}

func ptr[T any](v T) *T { return &v }

func TestBudgetGuardsPods(t *testing.T) {
	clienttest.Each(t, clienttest.Options{}, func(t *testing.T, c client.Client) {
		namespace(t, c)
		start(t, c, nil)
		budget(t, c, policyv1.PodDisruptionBudgetSpec{MinAvailable: ptr(intstr.FromInt(1))})
		await(t, c, "there is nothing to disrupt", func(b *policyv1.PodDisruptionBudget) bool {
			return b.Status.ObservedGeneration == b.Generation && b.Status.DesiredHealthy == 1 && b.Status.DisruptionsAllowed == 0
		})
		pod(t, c, "x", nil)
		pod(t, c, "y", nil)
		b := await(t, c, "one of two may go", func(b *policyv1.PodDisruptionBudget) bool {
			return b.Status.ExpectedPods == 2 && b.Status.CurrentHealthy == 2 && b.Status.DisruptionsAllowed == 1
		})
		require.True(t, meta.ConditionIs(b.Status.Conditions, "DisruptionAllowed", meta.ConditionTrue))
		require.Equal(t, "SufficientPods", b.Status.Conditions[0].Reason)

		require.NoError(t, evict(t, c, "x"))
		b = await(t, c, "no more may", func(b *policyv1.PodDisruptionBudget) bool {
			return b.Status.CurrentHealthy == 1 && b.Status.DisruptionsAllowed == 0 && len(b.Status.DisruptedPods) == 0
		})
		require.Equal(t, "InsufficientPods", b.Status.Conditions[0].Reason)
		err := evict(t, c, "y")
		require.True(t, meta.IsTooManyRequests(err), "%v", err)

		pod(t, c, "z", nil)
		await(t, c, "another has come in its place", func(b *policyv1.PodDisruptionBudget) bool { return b.Status.DisruptionsAllowed == 1 })
		require.NoError(t, evict(t, c, "y"))
	})
}

func TestExpectedPodsAreWhatIsAskedFor(t *testing.T) {
	c := clienttest.Start(t, clienttest.Options{}).Local
	namespace(t, c)
	start(t, c, nil)
	selector := &meta.LabelSelector{MatchLabels: map[string]string{"app": "a"}}
	d := &appsv1.Deployment{ObjectMeta: meta.ObjectMeta{Name: "d", Namespace: "n"}, Spec: appsv1.DeploymentSpec{Replicas: ptr(int32(4)), Selector: selector, Template: template()}}
	require.NoError(t, client.Of[appsv1.Deployment](c).Create(t.Context(), d))
	for _, name := range []string{"old", "new"} {
		rs := &appsv1.ReplicaSet{
			ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "n", OwnerReferences: []meta.OwnerReference{*reference("Deployment", &d.ObjectMeta, "apps/v1")}},
			Spec:       appsv1.ReplicaSetSpec{Replicas: ptr(int32(3)), Selector: selector, Template: template()},
		}
		require.NoError(t, client.Of[appsv1.ReplicaSet](c).Create(t.Context(), rs))
		pod(t, c, name+"-1", reference("ReplicaSet", &rs.ObjectMeta, "apps/v1"))
		pod(t, c, name+"-2", reference("ReplicaSet", &rs.ObjectMeta, "apps/v1"))
	}
	budget(t, c, policyv1.PodDisruptionBudgetSpec{MaxUnavailable: ptr(intstr.FromString("25%"))})
	await(t, c, "one of four may be missing", func(b *policyv1.PodDisruptionBudget) bool {
		s := b.Status
		return s.ExpectedPods == 4 && s.DesiredHealthy == 3 && s.CurrentHealthy == 4 && s.DisruptionsAllowed == 1
	})
	_, err := client.Of[appsv1.Deployment](c).In("n").Modify(t.Context(), "d", func(d *appsv1.Deployment) error { *d.Spec.Replicas = 8; return nil })
	require.NoError(t, err)
	await(t, c, "too many are missing", func(b *policyv1.PodDisruptionBudget) bool {
		return b.Status.ExpectedPods == 8 && b.Status.DesiredHealthy == 6 && b.Status.DisruptionsAllowed == 0
	})
}

func TestOwnerWithoutScale(t *testing.T) {
	c := clienttest.Start(t, clienttest.Options{}).Local
	namespace(t, c)
	start(t, c, nil)
	tpl := template()
	tpl.Spec.RestartPolicy = corev1.RestartPolicyNever
	job := &batchv1.Job{ObjectMeta: meta.ObjectMeta{Name: "j", Namespace: "n"}, Spec: batchv1.JobSpec{Template: tpl}}
	require.NoError(t, client.Of[batchv1.Job](c).Create(t.Context(), job))
	pod(t, c, "j-1", reference("Job", &job.ObjectMeta, "batch/v1"))
	budget(t, c, policyv1.PodDisruptionBudgetSpec{MaxUnavailable: ptr(intstr.FromInt(1))})
	b := await(t, c, "it has failed", func(b *policyv1.PodDisruptionBudget) bool { // once the Pod was noticed
		return len(b.Status.Conditions) == 1 && b.Status.Conditions[0].Reason == "SyncFailed"
	})
	require.Equal(t, "jobs.batch does not implement the scale subresource", b.Status.Conditions[0].Message)
	await(t, c, "people are told", func(e *corev1.Event) bool {
		return e.Reason == "CalculateExpectedPodCountFailed" && e.Message == "Failed to calculate the number of expected pods: jobs.batch does not implement the scale subresource"
	})
}

func TestDisruptionThatDidNotHappenIsTakenBack(t *testing.T) {
	c := clienttest.Start(t, clienttest.Options{}).Local
	namespace(t, c)
	p := pod(t, c, "x", nil)
	p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{
		Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, Reason: "EvictionByEvictionAPI", Message: "soon", LastTransitionTime: meta.Now(),
	})
	require.NoError(t, client.Of[corev1.Pod](c).UpdateStatus(t.Context(), p))
	start(t, c, func() time.Time { return time.Now().Add(disruption.DeletionTimeout + time.Second) })
	p = await(t, c, "the Pod is not disrupted", func(p *corev1.Pod) bool {
		condition := workload.Condition(p, corev1.DisruptionTarget)
		return condition != nil && condition.Status == corev1.ConditionFalse
	})
	require.Empty(t, workload.Condition(p, corev1.DisruptionTarget).Reason)
	require.True(t, workload.Ready(p))
}

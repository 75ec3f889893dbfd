package resourcequota_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/resourcequota"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

const patience = 30 * time.Second

// start runs the controller beside a server until the test ends.
func start(t *testing.T, c client.Client) {
	log := slog.New(slog.DiscardHandler)
	caches := client.NewCaches(c, log)
	group := controller.Group{Logger: log}
	group.Add("caches", caches.Run)
	group.Add("quotas", resourcequota.New(caches, workload.Options{Logger: log}).Run)
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

// await watches until a quota is used as wanted.
func await(t *testing.T, c client.Client, name string, used corev1.ResourceList) *corev1.ResourceQuota {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var last *corev1.ResourceQuota
	for change, err := range client.ResumingWatch(ctx, client.Of[corev1.ResourceQuota](c), meta.ListOptions{}, slog.New(slog.DiscardHandler)) {
		require.NoError(t, err)
		if change.Type == client.Bookmark || change.Object.Name != name {
			continue
		}
		if last = change.Object; codec.Equal(&last.Status.Used, &used) {
			return last
		}
	}
	t.Fatalf("waited in vain until %s is used %v; last: %+v", name, used, last)
	return nil
}

func amounts(pairs ...string) corev1.ResourceList {
	l := corev1.ResourceList{}
	for i := 0; i < len(pairs); i += 2 {
		l[corev1.ResourceName(pairs[i])] = quantity.MustParse(pairs[i+1])
	}
	return l
}

func create[T any, P client.Pointer[T]](t *testing.T, c client.Client, obj *T) *T {
	t.Helper()
	require.NoError(t, client.Of[T, P](c).Create(t.Context(), obj))
	return obj
}

func in(name string) meta.ObjectMeta { return meta.ObjectMeta{Name: name, Namespace: "n"} }

func limit(name string, hard corev1.ResourceList, scopes ...corev1.ResourceQuotaScope) *corev1.ResourceQuota {
	return &corev1.ResourceQuota{ObjectMeta: in(name), Spec: corev1.ResourceQuotaSpec{Hard: hard, Scopes: scopes}}
}

func pod(name string, requests ...string) *corev1.Pod {
	r := amounts(requests...)
	return &corev1.Pod{ObjectMeta: in(name), Spec: corev1.PodSpec{Containers: []corev1.Container{{
		Name: "c", Image: "i", Resources: corev1.ResourceRequirements{Requests: r, Limits: r},
	}}}}
}

func TestQuotasFollowObjects(t *testing.T) {
	clienttest.Each(t, clienttest.Options{}, func(t *testing.T, c client.Client) {
		create(t, c, &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "n"}})
		create(t, c, &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "other"}})
		for _, name := range []string{"a", "b"} {
			create(t, c, pod(name, "cpu", "250m", "memory", "1Gi"))
			create(t, c, &corev1.ConfigMap{ObjectMeta: in(name)})
		}
		create(t, c, pod("c"))
		create(t, c, &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: "x", Namespace: "other"}})
		start(t, c)
		hard := amounts("pods", "10", "requests.cpu", "2", "limits.memory", "4Gi", "configmaps", "5", "count/deployments.apps", "2", "services.nodeports", "3", "example.com/nonsense", "1")
		create(t, c, limit("all", hard))
		create(t, c, limit("best", amounts("pods", "1"), corev1.ResourceQuotaScopeBestEffort))

		q := await(t, c, "all", amounts("pods", "3", "requests.cpu", "500m", "limits.memory", "2Gi", "configmaps", "2", "count/deployments.apps", "0", "services.nodeports", "0"))
		require.True(t, codec.Equal(&hard, &q.Status.Hard))
		memory := q.Status.Used["limits.memory"]
		require.Equal(t, "2Gi", memory.String())
		await(t, c, "best", amounts("pods", "1"))

		// What has ended or gone is given back.
		a, err := client.Of[corev1.Pod](c).In("n").Get(t.Context(), "a")
		require.NoError(t, err)
		a.Status.Phase = corev1.PodSucceeded
		require.NoError(t, client.Of[corev1.Pod](c).UpdateStatus(t.Context(), a))
		zero := int64(0)
		require.NoError(t, client.Of[corev1.Pod](c).In("n").Delete(t.Context(), "c", meta.DeleteOptions{GracePeriodSeconds: &zero}))
		require.NoError(t, client.Of[corev1.ConfigMap](c).In("n").Delete(t.Context(), "b"))
		await(t, c, "all", amounts("pods", "1", "requests.cpu", "250m", "limits.memory", "1Gi", "configmaps", "1", "count/deployments.apps", "0", "services.nodeports", "0"))
		await(t, c, "best", amounts("pods", "0"))

		// A new limit is counted at once, and one that is lifted is forgotten.
		_, err = client.Of[corev1.ResourceQuota](c).In("n").Modify(t.Context(), "all", func(q *corev1.ResourceQuota) error {
			q.Spec.Hard = amounts("count/configmaps", "5", "count/namespaces", "1", "count/events", "1", "count/nothings.example.com", "1")
			return nil
		})
		require.NoError(t, err)
		await(t, c, "all", amounts("count/configmaps", "1"))
	})
}

func TestDeploymentsAreCounted(t *testing.T) {
	c := clienttest.Start(t, clienttest.Options{}).Local
	create(t, c, &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "n"}})
	start(t, c)
	template := pod("x")
	create(t, c, &appsv1.Deployment{ObjectMeta: in("d"), Spec: appsv1.DeploymentSpec{
		Selector: &meta.LabelSelector{MatchLabels: map[string]string{"app": "a"}},
		Template: corev1.PodTemplateSpec{ObjectMeta: meta.ObjectMeta{Labels: map[string]string{"app": "a"}}, Spec: template.Spec},
	}})
	create(t, c, limit("q", amounts("count/deployments.apps", "2")))
	await(t, c, "q", amounts("count/deployments.apps", "1"))
	require.NoError(t, client.Of[appsv1.Deployment](c).In("n").Delete(t.Context(), "d"))
	await(t, c, "q", amounts("count/deployments.apps", "0"))
	// Nobody counts them any more, then somebody does again.
	require.NoError(t, client.Of[corev1.ResourceQuota](c).In("n").Delete(t.Context(), "q"))
	create(t, c, limit("r", amounts("count/deployments.apps", "2", "pods", "1")))
	await(t, c, "r", amounts("count/deployments.apps", "0", "pods", "0"))
}

func TestCountNotesWhenAPodIsOverdue(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	grace := int64(30)
	going := pod("a", "cpu", "1")
	going.DeletionTimestamp, going.DeletionGracePeriodSeconds = &meta.Time{Time: now}, &grace
	q := limit("q", amounts("pods", "3", "cpu", "3"))
	count := func(at time.Time) resourcequota.Tally {
		tally, err := resourcequota.Count(q, meta.GroupResource{Resource: "pods"}, slices.Values([]*corev1.Pod{going, pod("b", "cpu", "1")}), at)
		require.NoError(t, err)
		return tally
	}
	first := count(now)
	want := amounts("pods", "2", "cpu", "2")
	require.True(t, codec.Equal(&want, &first.Used))
	require.Equal(t, now.Add(30*time.Second), first.Recount)
	later := count(first.Recount.Add(time.Second))
	want = amounts("pods", "1", "cpu", "1")
	require.True(t, codec.Equal(&want, &later.Used))
	require.Zero(t, later.Recount)
}

func TestStatusKeepsWhatCouldNotBeCounted(t *testing.T) {
	q := limit("q", amounts("pods", "3", "count/widgets.example.com", "3"))
	q.Status.Used = amounts("pods", "1", "count/widgets.example.com", "2", "secrets", "7")
	got := resourcequota.Status(q, amounts("pods", "2", "services", "1"))
	want := corev1.ResourceQuotaStatus{Hard: q.Spec.Hard, Used: amounts("pods", "2", "count/widgets.example.com", "2")}
	require.True(t, codec.Equal(&want, &got), "%v", got)
}

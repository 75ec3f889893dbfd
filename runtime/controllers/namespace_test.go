package controllers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

func inNamespace(namespace, name string) meta.ObjectMeta {
	return meta.ObjectMeta{Namespace: namespace, Name: name}
}

func namespaceCondition(ns *corev1.Namespace, typ corev1.NamespaceConditionType) corev1.NamespaceCondition {
	for _, c := range ns.Status.Conditions {
		if c.Type == typ {
			return c
		}
	}
	return corev1.NamespaceCondition{}
}

func TestNamespaceGoesWithAllThatIsInIt(t *testing.T) {
	k := newCluster(t, 1, "namespace-controller", "serviceaccount-controller")
	create(k, &corev1.Pod{ObjectMeta: inNamespace("other", "stays-a-while"), Spec: template("p", "linger").Spec})
	waitPod := func(holds func(*corev1.Pod) bool) {
		until(k, "the Pod is as wanted", func(pods *client.Cache[corev1.Pod]) bool {
			pod, ok := pods.Get("other", "stays-a-while")
			return ok && holds(pod)
		})
	}
	waitPod(func(pod *corev1.Pod) bool { return pod.Status.Phase == corev1.PodRunning })
	create(k, &corev1.ConfigMap{ObjectMeta: inNamespace("other", "plain")})
	create(k, &corev1.Secret{ObjectMeta: meta.ObjectMeta{Namespace: "other", Name: "held", Finalizers: []string{"example.com/hold"}}})
	create(k, &corev1.ConfigMap{ObjectMeta: inNamespace("default", "not-concerned")})
	until(k, "there is an account", func(accounts *client.Cache[corev1.ServiceAccount]) bool {
		_, ok := accounts.Get("other", "default")
		return ok
	})

	require.NoError(t, client.Of[corev1.Namespace](k.c).Delete(k.ctx, "other"))
	// As long as the Pod is there, what it may need stays.
	ns := waitFor(k, "other", func(ns *corev1.Namespace) bool {
		return namespaceCondition(ns, corev1.NamespaceContentRemaining).Status == corev1.ConditionTrue
	})
	require.Equal(t, "Some resources are remaining: pods. has 1 resource instances", namespaceCondition(ns, corev1.NamespaceContentRemaining).Message)
	waitPod(func(pod *corev1.Pod) bool { return pod.DeletionTimestamp != nil })
	_, err := client.Of[corev1.ConfigMap](k.c).In("other").Get(k.ctx, "plain")
	require.NoError(t, err)

	zero := int64(0)
	require.NoError(t, client.Of[corev1.Pod](k.c).In("other").Delete(k.ctx, "stays-a-while", meta.DeleteOptions{GracePeriodSeconds: &zero}))
	ns = waitFor(k, "other", func(ns *corev1.Namespace) bool {
		return namespaceCondition(ns, corev1.NamespaceFinalizersRemaining).Status == corev1.ConditionTrue
	})
	require.Equal(t, "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
		namespaceCondition(ns, corev1.NamespaceFinalizersRemaining).Message)
	require.Equal(t, "Some resources are remaining: secrets. has 1 resource instances", namespaceCondition(ns, corev1.NamespaceContentRemaining).Message)
	require.Equal(t, corev1.ConditionFalse, namespaceCondition(ns, corev1.NamespaceDeletionContentFailure).Status)

	_, err = client.Of[corev1.Secret](k.c).In("other").Modify(k.ctx, "held", func(s *corev1.Secret) error { s.Finalizers = nil; return nil })
	require.NoError(t, err)
	until(k, "the namespace is gone", func(namespaces *client.Cache[corev1.Namespace]) bool {
		_, ok := namespaces.Get("", "other")
		return !ok
	})
	for _, name := range []string{"plain"} {
		_, err = client.Of[corev1.ConfigMap](k.c).In("other").Get(k.ctx, name)
		require.True(t, meta.IsNotFound(err))
	}
	_, err = client.Of[corev1.ServiceAccount](k.c).In("other").Get(k.ctx, "default")
	require.True(t, meta.IsNotFound(err), "the account went, and nobody made it anew")
	_, err = client.Of[corev1.ConfigMap](k.c).In("default").Get(k.ctx, "not-concerned")
	require.NoError(t, err)
}

func TestDefaultAccountComesBack(t *testing.T) {
	k := newCluster(t, 0, "serviceaccount-controller")
	first := waitFor(k, "default", func(*corev1.ServiceAccount) bool { return true })
	require.NoError(t, client.Of[corev1.ServiceAccount](k.c).In("default").Delete(k.ctx, "default"))
	waitFor(k, "default", func(a *corev1.ServiceAccount) bool { return a.UID != first.UID })
}

package controllers_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

const collector = "garbage-collector-controller"

// configMap makes a ConfigMap that the others own.
func (k *cluster) configMap(name string, change func(*corev1.ConfigMap), owners ...*corev1.ConfigMap) *corev1.ConfigMap {
	k.t.Helper()
	m := &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: name}}
	for _, o := range owners {
		m.OwnerReferences = append(m.OwnerReferences, meta.OwnerReference{APIVersion: "v1", Kind: "ConfigMap", Name: o.Name, UID: o.UID})
	}
	if change != nil {
		change(m)
	}
	return create(k, m)
}

func (k *cluster) remaining(want ...string) {
	k.t.Helper()
	until(k, fmt.Sprintf("there are just %v", want), func(all *client.Cache[corev1.ConfigMap]) bool {
		n := 0
		for range all.In("default") {
			n++
		}
		for _, name := range want {
			if _, ok := all.Get("default", name); !ok {
				return false
			}
		}
		return n == len(want)
	})
}

func (k *cluster) deleteMap(name string, policy meta.DeletionPropagation) {
	k.t.Helper()
	require.NoError(k.t, client.Of[corev1.ConfigMap](k.c).In("default").Delete(k.ctx, name, meta.DeleteOptions{PropagationPolicy: &policy}))
}

func TestDependentsGoAfterTheirOwner(t *testing.T) {
	k := newCluster(t, 0, collector)
	a := k.configMap("a", nil)
	b := k.configMap("b", nil, a)
	k.configMap("c", nil, b)
	other := k.configMap("other", nil)
	k.configMap("shared", nil, a, other)
	k.deleteMap("a", meta.DeletePropagationBackground)
	k.remaining("other", "shared")
	shared := waitFor(k, "shared", func(m *corev1.ConfigMap) bool { return len(m.OwnerReferences) == 1 })
	require.Equal(t, other.UID, shared.OwnerReferences[0].UID)
}

func TestOwnerWaitsForDependentsThatBlockIt(t *testing.T) {
	k := newCluster(t, 0, collector)
	yes := true
	a := k.configMap("a", nil)
	k.configMap("blocks", func(m *corev1.ConfigMap) {
		m.OwnerReferences[0].BlockOwnerDeletion = &yes
		m.Finalizers = []string{"example.com/hold"}
	}, a)
	k.configMap("blocks-not", func(m *corev1.ConfigMap) { m.Finalizers = []string{"example.com/hold"} }, a)
	k.configMap("plain", nil, a)
	k.deleteMap("a", meta.DeletePropagationForeground)
	k.remaining("a", "blocks", "blocks-not")
	waitFor(k, "blocks", func(m *corev1.ConfigMap) bool { return m.DeletionTimestamp != nil })
	modify(k, "blocks", func(m *corev1.ConfigMap) { m.Finalizers = nil })
	k.remaining("blocks-not")
}

func TestForegroundReachesDown(t *testing.T) {
	k := newCluster(t, 0, collector)
	yes := true
	blocking := func(m *corev1.ConfigMap) { m.OwnerReferences[0].BlockOwnerDeletion = &yes }
	a := k.configMap("a", nil)
	b := k.configMap("b", blocking, a)
	k.configMap("c", func(m *corev1.ConfigMap) { blocking(m); m.Finalizers = []string{"example.com/hold"} }, b)
	k.deleteMap("a", meta.DeletePropagationForeground)
	// All of it waits for the lowest one.
	waitFor(k, "c", func(m *corev1.ConfigMap) bool { return m.DeletionTimestamp != nil })
	b = waitFor(k, "b", func(m *corev1.ConfigMap) bool { return m.DeletionTimestamp != nil })
	require.Equal(t, []string{meta.FinalizerDeleteDependents}, b.Finalizers)
	k.remaining("a", "b", "c")
	modify(k, "c", func(m *corev1.ConfigMap) { m.Finalizers = nil })
	k.remaining()
}

func TestCircleIsNoDeadlock(t *testing.T) {
	k := newCluster(t, 0, collector)
	yes := true
	a := k.configMap("a", nil)
	b := k.configMap("b", func(m *corev1.ConfigMap) { m.OwnerReferences[0].BlockOwnerDeletion = &yes }, a)
	modify(k, "a", func(m *corev1.ConfigMap) {
		m.OwnerReferences = []meta.OwnerReference{{APIVersion: "v1", Kind: "ConfigMap", Name: "b", UID: b.UID, BlockOwnerDeletion: &yes}}
	})
	k.deleteMap("a", meta.DeletePropagationForeground)
	k.remaining()
}

func TestOrphansStay(t *testing.T) {
	k := newCluster(t, 0, collector)
	a := k.configMap("a", nil)
	for i := range 5 {
		k.configMap(fmt.Sprint("b", i), nil, a)
	}
	k.deleteMap("a", meta.DeletePropagationOrphan)
	k.remaining("b0", "b1", "b2", "b3", "b4")
	for i := range 5 {
		waitFor(k, fmt.Sprint("b", i), func(m *corev1.ConfigMap) bool { return len(m.OwnerReferences) == 0 })
	}
}

func TestOwnersThatCannotBe(t *testing.T) {
	k := newCluster(t, 0, collector)
	a := k.configMap("a", nil)
	ref := func(change func(*meta.OwnerReference)) func(*corev1.ConfigMap) {
		return func(m *corev1.ConfigMap) {
			m.OwnerReferences = []meta.OwnerReference{{APIVersion: "v1", Kind: "ConfigMap", Name: a.Name, UID: a.UID}}
			change(&m.OwnerReferences[0])
		}
	}
	k.configMap("good", ref(func(*meta.OwnerReference) {}))
	k.configMap("wrong-name", ref(func(r *meta.OwnerReference) { r.Name = "x" }))
	k.configMap("wrong-uid", ref(func(r *meta.OwnerReference) { r.UID = "gone" }))
	k.configMap("wrong-kind", ref(func(r *meta.OwnerReference) { r.Kind = "Secret" }))
	k.configMap("unknown-kind", ref(func(r *meta.OwnerReference) { r.APIVersion, r.Kind, r.UID = "example.com/v1", "Thing", "thing" }))
	create(k, &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Namespace: "other", Name: "elsewhere", OwnerReferences: []meta.OwnerReference{
		{APIVersion: "v1", Kind: "ConfigMap", Name: a.Name, UID: a.UID},
	}}})
	k.remaining("a", "good", "unknown-kind")
	until(k, "what is in another namespace is gone", func(all *client.Cache[corev1.ConfigMap]) bool {
		_, ok := all.Get("other", "elsewhere")
		return !ok
	})
	k.deleteMap("a", meta.DeletePropagationBackground)
	k.remaining("unknown-kind")
}

func TestADeploymentGoesWithItsPods(t *testing.T) {
	k := newCluster(t, 2, collector, "deployment-controller", "replicaset-controller")
	create(k, web(3, "v1"))
	waitFor(k, "web", rolledOut)
	foreground := meta.DeletePropagationForeground
	require.NoError(t, client.Of[appsv1.Deployment](k.c).In("default").Delete(k.ctx, "web", meta.DeleteOptions{PropagationPolicy: &foreground}))
	until(k, "it is gone", func(all *client.Cache[appsv1.Deployment]) bool { return all.Len() == 0 })
	until(k, "its ReplicaSets are gone", func(all *client.Cache[appsv1.ReplicaSet]) bool { return all.Len() == 0 })
	until(k, "its Pods are gone", func(all *client.Cache[corev1.Pod]) bool { return all.Len() == 0 })
}

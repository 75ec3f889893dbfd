package namespace

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

func TestPodsGoFirstAndEachResourceOnce(t *testing.T) {
	info := func(group, version, resource string, change ...func(*client.ResourceInfo)) client.ResourceInfo {
		i := client.ResourceInfo{
			Resource:   meta.GroupVersionResource{Group: group, Version: version, Resource: resource},
			Namespaced: true, Preferred: true, Verbs: []string{"create", "delete", "list"},
		}
		for _, f := range change {
			f(&i)
		}
		return i
	}
	pods, others := inOrder([]client.ResourceInfo{
		info("", "v1", "secrets"), info("", "v1", "pods"), info("metrics.k8s.io", "v1", "pods", func(i *client.ResourceInfo) { i.Verbs = []string{"list"} }),
		info("", "v1", "nodes", func(i *client.ResourceInfo) { i.Namespaced = false }),
		info("autoscaling", "v1", "horizontalpodautoscalers", func(i *client.ResourceInfo) { i.Preferred = false }),
		info("example.com", "v1", "pods"),
	})
	assert.Len(t, pods, 1)
	var names []string
	for _, o := range others {
		names = append(names, o.Resource.GroupResource().String())
	}
	assert.Equal(t, []string{"secrets", "pods.example.com"}, names)
}

func TestConditions(t *testing.T) {
	begin, later := meta.Unix(100), meta.Unix(200)
	var status corev1.NamespaceStatus
	assert.True(t, setConditions(&status, (&Pass{}).Conditions(), begin))
	assert.Len(t, status.Conditions, 5)
	for _, c := range status.Conditions {
		assert.Equal(t, corev1.ConditionFalse, c.Status, c.Type)
		assert.Equal(t, begin, c.LastTransitionTime)
	}
	assert.False(t, setConditions(&status, (&Pass{}).Conditions(), later))

	pass := Pass{
		Discovery: errors.Join(errors.New("a"), errors.New("b")),
		Failed:    []error{errors.New("y"), errors.New("x")},
		Left: []Remaining{
			{Resource: meta.GroupResource{Resource: "pods"}, Count: 2, Finalizers: map[string]int{"f": 2}},
			{Resource: meta.GroupResource{Group: "apps", Resource: "deployments"}, Count: 1, Finalizers: map[string]int{"f": 1, "e": 1}},
		},
	}
	assert.False(t, pass.Empty())
	assert.True(t, setConditions(&status, pass.Conditions(), later))
	want := map[corev1.NamespaceConditionType]string{
		corev1.NamespaceDeletionDiscoveryFailure: "Discovery failed for some groups, 2 failing: a\nb",
		corev1.NamespaceDeletionGVParsingFailure: "All legacy kube types successfully parsed",
		corev1.NamespaceDeletionContentFailure:   "Failed to delete all resource types, 2 remaining: x, y",
		corev1.NamespaceContentRemaining:         "Some resources are remaining: deployments.apps has 1 resource instances, pods. has 2 resource instances",
		corev1.NamespaceFinalizersRemaining:      "Some content in the namespace has finalizers remaining: e in 1 resource instances, f in 3 resource instances",
	}
	for _, c := range status.Conditions {
		assert.Equal(t, want[c.Type], c.Message)
		assert.Equal(t, c.Status == corev1.ConditionTrue, c.LastTransitionTime == later, "%s moves with its status", c.Type)
	}
}

func TestNextLook(t *testing.T) {
	deleted := time.Unix(1000, 0)
	assert.Equal(t, 500*time.Millisecond, NextLook(deleted, deleted))
	assert.Equal(t, 5*time.Second, NextLook(deleted, deleted.Add(20*time.Second)))
	assert.Equal(t, 15*time.Second, NextLook(deleted, deleted.Add(time.Hour)))
}

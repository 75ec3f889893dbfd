package controlplane_test

import (
	"testing"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controlplane"
)

// TestPartsHaveTheirOwnRights: a client for a part of the cluster may do what its
// roles say, through every method, and nothing else.
func TestPartsHaveTheirOwnRights(t *testing.T) {
	cp, _ := started(t, controlplane.Options{})
	account := func(name string) client.Client {
		groups := append(auth.ServiceAccountGroups("kube-system"), auth.GroupAuthenticated)
		return cp.ClientFor(&auth.User{Name: auth.ServiceAccountUser("kube-system", name), Groups: groups}, "kube-controller-manager")
	}
	root := cp.Client(&auth.User{Name: "tester", Groups: []string{auth.GroupMasters}})
	if err := client.Of[corev1.ServiceAccount](root).Create(t.Context(), &corev1.ServiceAccount{ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: "default"}}); err != nil {
		t.Fatal(err)
	}
	jobs, scheduler := account("job-controller"), cp.ClientFor(&auth.User{Name: "system:kube-scheduler", Groups: []string{auth.GroupAuthenticated}}, "kube-scheduler")
	pod := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: "p"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "i"}}}}
	if err := client.Of[corev1.Pod](jobs).Create(t.Context(), pod); err != nil {
		t.Fatal(err)
	}
	if len(pod.ManagedFields) != 1 || pod.ManagedFields[0].Manager != "kube-controller-manager" {
		t.Errorf("it is written in the name of %+v", pod.ManagedFields)
	}
	if list, err := client.Of[corev1.Pod](scheduler).List(t.Context()); err != nil || len(list.Items) != 1 {
		t.Errorf("the scheduler sees %+v, %v", list, err)
	}
	nobody := cp.ClientFor(&auth.User{Name: "nobody", Groups: []string{auth.GroupAuthenticated}}, "")
	pods := client.Of[corev1.Pod](nobody).In("default")
	_, got := pods.Get(t.Context(), "p")
	_, listed := pods.List(t.Context())
	var watched error
	for _, watched = range pods.Watch(t.Context(), meta.ListOptions{}) {
		break
	}
	_, _, shared := nobody.(client.Source).ListShared(t.Context(), pods.Target(""), meta.ListOptions{})
	_, patched := pods.Patch(t.Context(), "p", client.Patch{Type: client.MergePatch, Data: []byte(`{}`)})
	for verb, err := range map[string]error{
		"get": got, "list": listed, "watch": watched, "patch": patched, "list (shared)": shared,
		"create": pods.Create(t.Context(), pod), "update": pods.Update(t.Context(), pod), "delete": pods.Delete(t.Context(), "p"),
		"deletecollection": pods.DeleteCollection(t.Context(), meta.ListOptions{}),
	} {
		if !meta.IsForbidden(err) {
			t.Errorf("%s is not refused: %v", verb, err)
		}
	}
	// What a node may see is its own.
	node := cp.ClientFor(&auth.User{Name: auth.NodeUser("n"), Groups: []string{auth.GroupNodes, auth.GroupAuthenticated}}, "kubelet")
	if _, err := client.Of[corev1.Pod](node).List(t.Context()); !meta.IsForbidden(err) {
		t.Errorf("a node lists the Pods of all: %v", err)
	}
	if _, err := client.Of[corev1.Pod](node).List(t.Context(), meta.ListOptions{FieldSelector: "spec.nodeName=n"}); err != nil {
		t.Errorf("a node cannot list its Pods: %v", err)
	}
}

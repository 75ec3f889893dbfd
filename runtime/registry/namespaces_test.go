package registry_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

func TestNamespaceGoesWhenItsFinalizersAreGone(t *testing.T) {
	f := startAPI(t, registry.Options{})
	ns := func(sub string) *registry.Request { return f.at(core("namespaces"), sub, "", "x") }
	obj, err := f.reg.Create(f.ctx, f.at(core("namespaces"), "", "", ""), &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "x"}}, meta.CreateOptions{})
	require.NoError(t, err)
	require.Equal(t, []corev1.FinalizerName{"kubernetes"}, obj.(*corev1.Namespace).Spec.Finalizers)
	require.Equal(t, corev1.NamespaceActive, obj.(*corev1.Namespace).Status.Phase)

	_, err = f.patch(ns(""), client.MergePatch, `{"spec":{"finalizers":[]}}`)
	require.NoError(t, err)
	got, err := f.reg.Delete(f.ctx, ns(""), meta.DeleteOptions{})
	require.NoError(t, err)
	require.False(t, got.Gone)
	doomed := got.Object.(*corev1.Namespace)
	require.Equal(t, corev1.NamespaceTerminating, doomed.Status.Phase)
	require.NotNil(t, doomed.DeletionTimestamp)
	require.Nil(t, doomed.DeletionGracePeriodSeconds)
	require.Equal(t, []corev1.FinalizerName{"kubernetes"}, doomed.Spec.Finalizers, "only /finalize takes them away")

	again, err := f.reg.Delete(f.ctx, ns(""), meta.DeleteOptions{})
	require.NoError(t, err)
	require.Equal(t, doomed.ResourceVersion, again.Object.Metadata().ResourceVersion)

	bad := &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "x"}, Spec: corev1.NamespaceSpec{Finalizers: []corev1.FinalizerName{"kubernetes", "nodomain"}}}
	_, _, err = f.reg.Update(f.ctx, ns("finalize"), bad, meta.UpdateOptions{})
	refused(t, err, 422, `Namespace "x" is invalid: spec.finalizers[1]: Invalid value: "nodomain": name is neither a standard finalizer name nor is it fully qualified`)

	final, _, err := f.reg.Update(f.ctx, ns("finalize"), &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "x"}}, meta.UpdateOptions{})
	require.NoError(t, err)
	require.Empty(t, final.(*corev1.Namespace).Spec.Finalizers)
	_, err = f.reg.Get(f.ctx, ns(""), meta.GetOptions{})
	refused(t, err, 404, `namespaces "x" not found`)
}

func TestNamespaceWithOwnFinalizerStays(t *testing.T) {
	f := startAPI(t, registry.Options{})
	x := &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "x", Finalizers: []string{"example.com/f"}}}
	_, err := f.reg.Create(f.ctx, f.at(core("namespaces"), "", "", ""), x, meta.CreateOptions{})
	require.NoError(t, err)
	q := f.at(core("namespaces"), "", "", "x")
	_, err = f.reg.Delete(f.ctx, q, meta.DeleteOptions{})
	require.NoError(t, err)
	keep := &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "x", Finalizers: []string{"example.com/f"}}}
	_, _, err = f.reg.Update(f.ctx, f.at(core("namespaces"), "finalize", "", "x"), keep, meta.UpdateOptions{})
	require.NoError(t, err)
	_, err = f.reg.Get(f.ctx, q, meta.GetOptions{})
	require.NoError(t, err)
	_, err = f.patch(q, client.MergePatch, `{"metadata":{"finalizers":null}}`)
	require.NoError(t, err)
	_, err = f.reg.Get(f.ctx, q, meta.GetOptions{})
	require.True(t, meta.IsNotFound(err))
}

func TestBootstrap(t *testing.T) {
	f := startAPI(t, registry.Options{})
	o := registry.BootstrapOptions{Address: netip.MustParseAddr("192.0.2.7"), Port: 6443}
	require.NoError(t, f.reg.Bootstrap(f.ctx, o))
	list, err := f.reg.List(f.ctx, f.at(core("namespaces"), "", "", ""), meta.ListOptions{})
	require.NoError(t, err)
	require.Equal(t, []string{"default", "kube-node-lease", "kube-public", "kube-system"}, itemNames(t, list))
	item, err := f.reg.Get(f.ctx, f.service("kubernetes"), meta.GetOptions{})
	require.NoError(t, err)
	obj, err := item.Object()
	require.NoError(t, err)
	require.Equal(t, "10.0.0.1", obj.(*corev1.Service).Spec.ClusterIP)
	classes, err := f.reg.List(f.ctx, f.at(meta.GroupVersionResource{Group: "scheduling.k8s.io", Version: "v1", Resource: "priorityclasses"}, "", "", ""), meta.ListOptions{})
	require.NoError(t, err)
	require.Equal(t, []string{"system-cluster-critical", "system-node-critical"}, itemNames(t, classes))

	before, err := f.store.Revision(f.ctx)
	require.NoError(t, err)
	require.NoError(t, f.reg.Bootstrap(f.ctx, o))
	after, err := f.store.Revision(f.ctx)
	require.NoError(t, err)
	require.Equal(t, before, after, "a second start changes nothing")

	o.Address = netip.MustParseAddr("192.0.2.8")
	require.NoError(t, f.reg.Bootstrap(f.ctx, o))
	item, err = f.reg.Get(f.ctx, f.at(core("endpoints"), "", "default", "kubernetes"), meta.GetOptions{})
	require.NoError(t, err)
	obj, err = item.Object()
	require.NoError(t, err)
	require.Equal(t, "192.0.2.8", obj.(*corev1.Endpoints).Subsets[0].Addresses[0].IP)
}

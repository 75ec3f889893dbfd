package clients

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	clientfeatures "k8s.io/client-go/features"
	featurestesting "k8s.io/client-go/features/testing"
)

// TestClientsThatPreferCBOR ask for CBOR and write in it. A server need not take
// it; told so once, the client writes JSON from then on.
func TestClientsThatPreferCBOR(t *testing.T) {
	featurestesting.SetFeatureDuringTest(t, clientfeatures.ClientsAllowCBOR, true)
	featurestesting.SetFeatureDuringTest(t, clientfeatures.ClientsPreferCBOR, true)
	ctx := t.Context()
	ns := newNamespace(t, clientset(t))
	dc, err := dynamic.NewForConfig(config(t))
	must(t, err)
	maps := dc.Resource(corev1.SchemeGroupVersion.WithResource("configmaps")).Namespace(ns)
	object := func(data map[string]any) *unstructured.Unstructured {
		return &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "c"}, "data": data}}
	}
	w, err := maps.Watch(ctx, metav1.ListOptions{FieldSelector: "metadata.name=c"})
	must(t, err)
	defer w.Stop()
	create := func() error {
		_, err := maps.Create(ctx, object(map[string]any{"a": "ünïcode", "b": ""}), metav1.CreateOptions{})
		return err
	}
	if err = create(); apierrors.IsUnsupportedMediaType(err) {
		err = create()
	}
	must(t, err)
	if got := describe(next(t, w)); got != "ADDED c" {
		t.Errorf("the watch tells %s", got)
	}
	updated, err := maps.Update(ctx, object(map[string]any{"a": "ünïcode", "c": "3"}), metav1.UpdateOptions{})
	must(t, err)
	data, _, err := unstructured.NestedStringMap(updated.Object, "data")
	must(t, err)
	if len(data) != 2 || data["a"] != "ünïcode" || data["c"] != "3" {
		t.Errorf("updated: %v", data)
	}
	l, err := maps.List(ctx, metav1.ListOptions{FieldSelector: "metadata.name=c"})
	must(t, err)
	if len(l.Items) != 1 || l.Items[0].GetUID() != updated.GetUID() || l.Items[0].GetCreationTimestamp() != updated.GetCreationTimestamp() {
		t.Errorf("listed: %v", l.Items)
	}
}

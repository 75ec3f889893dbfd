package clients

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	clientfeatures "k8s.io/client-go/features"
	featurestesting "k8s.io/client-go/features/testing"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/tools/cache"
)

// ownServer starts a cluster for one test, which may stop it.
func ownServer(t *testing.T, args ...string) (*server, *kubernetes.Clientset) {
	t.Helper()
	s, err := newServer(t.TempDir(), args...)
	must(t, err)
	must(t, s.start())
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the end of its log:\n%s", s.log)
		}
	})
	c, err := s.config()
	must(t, err)
	cs, err := kubernetes.NewForConfig(c)
	must(t, err)
	return s, cs
}

// seen records what an informer tells its handlers.
func seen(t *testing.T, i cache.SharedInformer) <-chan string {
	t.Helper()
	events := make(chan string, 1000)
	_, err := i.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(o any) { events <- "add " + nameOf(o) },
		UpdateFunc: func(_, o any) { events <- "update " + nameOf(o) },
		DeleteFunc: func(o any) { events <- "delete " + nameOf(o) },
	})
	must(t, err)
	return events
}

func nameOf(o any) string {
	if gone, ok := o.(cache.DeletedFinalStateUnknown); ok {
		o = gone.Obj
	}
	if m, ok := o.(metav1.Object); ok {
		return m.GetName()
	}
	return fmt.Sprintf("%T", o)
}

// expect waits for an event, over others.
func expect(t *testing.T, events <-chan string, want string) {
	t.Helper()
	deadline := time.After(60 * time.Second)
	for {
		select {
		case got := <-events:
			if got == want {
				return
			}
		case <-deadline:
			t.Fatalf("%q was not told", want)
		}
	}
}

// eachListing runs a test with informers that list and then watch, and with
// those that ask a watch for what is there (the default since client-go 1.35).
func eachListing(t *testing.T, test func(t *testing.T)) {
	for name, on := range map[string]bool{"list": false, "watchlist": true} {
		t.Run(name, func(t *testing.T) {
			featurestesting.SetFeatureDuringTest(t, clientfeatures.WatchListClient, on)
			test(t)
		})
	}
}

func TestInformersOverARestart(t *testing.T) {
	eachListing(t, func(t *testing.T) {
		s, cs := ownServer(t)
		ctx := t.Context()
		maps := cs.CoreV1().ConfigMaps("default")
		fill(t, cs, "default", 5)
		factory := informers.NewSharedInformerFactoryWithOptions(cs, 0, informers.WithNamespace("default"),
			informers.WithTweakListOptions(func(o *metav1.ListOptions) { o.LabelSelector = "set=fill" }))
		defer factory.Shutdown()
		run, stop := context.WithCancel(ctx)
		defer stop()
		informer := factory.Core().V1().ConfigMaps()
		events := seen(t, informer.Informer())
		factory.Start(run.Done())
		for kind, synced := range factory.WaitForCacheSync(run.Done()) {
			if !synced {
				t.Fatalf("%v has not synced", kind)
			}
		}
		all, err := informer.Lister().List(labels.Everything())
		must(t, err)
		if len(all) != 5 {
			t.Fatalf("%d in the cache, want 5", len(all))
		}
		must(t, maps.Delete(ctx, "cm-01", metav1.DeleteOptions{}))
		expect(t, events, "delete cm-01")

		must(t, s.stop())
		must(t, s.start())
		_, err = maps.Update(ctx, configMap("cm-02", map[string]string{"set": "fill"}, map[string]string{"after": "restart"}), metav1.UpdateOptions{})
		must(t, err)
		expect(t, events, "update cm-02")
		must(t, s.kill())
		must(t, s.start())
		_, err = maps.Create(ctx, configMap("cm-50", map[string]string{"set": "fill"}, nil), metav1.CreateOptions{})
		must(t, err)
		expect(t, events, "add cm-50")
		all, err = informer.Lister().List(labels.Everything())
		must(t, err)
		var got []string
		for _, m := range all {
			got = append(got, m.Name)
		}
		slices.Sort(got)
		if want := []string{"cm-00", "cm-02", "cm-03", "cm-04", "cm-50"}; !slices.Equal(got, want) {
			t.Errorf("in the cache are %v, want %v", got, want)
		}
	})
}

func TestMetadataInformer(t *testing.T) {
	eachListing(t, func(t *testing.T) {
		cs := clientset(t)
		ns := newNamespace(t, cs)
		fill(t, cs, ns, 3)
		mc, err := metadata.NewForConfig(config(t))
		must(t, err)
		gvr := corev1.SchemeGroupVersion.WithResource("configmaps")
		factory := metadatainformer.NewFilteredSharedInformerFactory(mc, 0, ns, func(o *metav1.ListOptions) { o.LabelSelector = "set" })
		informer := factory.ForResource(gvr)
		events := seen(t, informer.Informer())
		factory.Start(t.Context().Done())
		factory.WaitForCacheSync(t.Context().Done())
		must(t, cs.CoreV1().ConfigMaps(ns).Delete(t.Context(), "cm-02", metav1.DeleteOptions{}))
		expect(t, events, "delete cm-02")
		o, err := informer.Lister().ByNamespace(ns).Get("cm-00")
		must(t, err)
		m := o.(*metav1.PartialObjectMetadata)
		if m.UID == "" || m.Labels["third"] != "yes" {
			t.Errorf("got %+v", m)
		}
		// One object, a patch and a delete go the same way.
		patched, err := mc.Resource(gvr).Namespace(ns).Patch(t.Context(), "cm-00", "application/merge-patch+json", []byte(`{"metadata":{"annotations":{"a":"b"}}}`), metav1.PatchOptions{})
		must(t, err)
		if patched.Annotations["a"] != "b" {
			t.Errorf("patched: %+v", patched)
		}
		must(t, mc.Resource(gvr).Namespace(ns).Delete(t.Context(), "cm-00", metav1.DeleteOptions{}))
		expect(t, events, "delete cm-00")
	})
}

func TestDynamicClientAndInformer(t *testing.T) {
	eachListing(t, func(t *testing.T) {
		cs := clientset(t)
		ctx := t.Context()
		ns := newNamespace(t, cs)
		dc, err := dynamic.NewForConfig(config(t))
		must(t, err)
		gvr := schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
		factory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(dc, 0, ns, nil)
		informer := factory.ForResource(gvr)
		events := seen(t, informer.Informer())
		factory.Start(ctx.Done())
		factory.WaitForCacheSync(ctx.Done())

		deployments := dc.Resource(gvr).Namespace(ns)
		made, err := deployments.Create(ctx, &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "dyn"},
			"spec": map[string]any{
				"replicas": int64(0), "selector": map[string]any{"matchLabels": map[string]any{"app": "dyn"}},
				"template": map[string]any{
					"metadata": map[string]any{"labels": map[string]any{"app": "dyn"}},
					"spec":     map[string]any{"containers": []any{map[string]any{"name": "c", "image": "nucleus.local/c:1"}}},
				},
			},
		}}, metav1.CreateOptions{})
		must(t, err)
		policy, _, _ := unstructured.NestedString(made.Object, "spec", "template", "spec", "restartPolicy")
		if policy != "Always" {
			t.Errorf("restartPolicy is %q: defaults are missing", policy)
		}
		expect(t, events, "add dyn")
		applied, err := deployments.Apply(ctx, "dyn", &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "dyn", "labels": map[string]any{"by": "apply"}},
		}}, metav1.ApplyOptions{FieldManager: "dyn"})
		must(t, err)
		if applied.GetLabels()["by"] != "apply" {
			t.Errorf("applied: labels %v", applied.GetLabels())
		}
		expect(t, events, "update dyn")
		l, err := deployments.List(ctx, metav1.ListOptions{})
		must(t, err)
		if l.GetKind() != "DeploymentList" || len(l.Items) != 1 || l.Items[0].GetKind() != "Deployment" || l.Items[0].GetAPIVersion() != "apps/v1" {
			t.Errorf("list of kind %s with %d items, %v", l.GetKind(), len(l.Items), l.Items)
		}
		must(t, deployments.Delete(ctx, "dyn", metav1.DeleteOptions{}))
		expect(t, events, "delete dyn")
	})
}

// TestIndexers holds an informer with an index of its own against what it knows
// of Pods as they are rolled out.
func TestIndexers(t *testing.T) {
	cs := clientset(t)
	ns := newNamespace(t, cs)
	factory := informers.NewSharedInformerFactoryWithOptions(cs, 0, informers.WithNamespace(ns))
	pods := factory.Core().V1().Pods().Informer()
	must(t, pods.AddIndexers(cache.Indexers{"node": func(o any) ([]string, error) { return []string{o.(*corev1.Pod).Spec.NodeName}, nil }}))
	factory.Start(t.Context().Done())
	factory.WaitForCacheSync(t.Context().Done())
	_, err := cs.AppsV1().Deployments(ns).Create(t.Context(), deployment("web", 3), metav1.CreateOptions{})
	must(t, err)
	eventually(t, "three Pods on nodes", func() error {
		var on []string
		for _, node := range pods.GetIndexer().ListIndexFuncValues("node") {
			placed, err := pods.GetIndexer().ByIndex("node", node)
			if err != nil {
				return err
			}
			for _, p := range placed {
				on = append(on, p.(*corev1.Pod).Name+"@"+node)
			}
		}
		if len(on) != 3 || slices.ContainsFunc(on, func(s string) bool { return strings.HasSuffix(s, "@") }) {
			return fmt.Errorf("there are %v", on)
		}
		return nil
	})
	eventually(t, "all of them ready", func() error {
		d, err := cs.AppsV1().Deployments(ns).Get(t.Context(), "web", metav1.GetOptions{})
		if err == nil && d.Status.ReadyReplicas != 3 {
			err = errors.New(d.Status.String())
		}
		return err
	})
}

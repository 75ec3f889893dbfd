package clients

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	corev1apply "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// sites is a small operator: for every ConfigMap labelled site it keeps a
// Deployment of as many replicas as the ConfigMap says, tells in an annotation
// how many are ready, and cleans up by a finalizer.
type sites struct {
	client.Client
	cleaned chan string
}

const siteFinalizer = "clients.test/site"

func (s *sites) Reconcile(ctx context.Context, r reconcile.Request) (reconcile.Result, error) {
	var site corev1.ConfigMap
	if err := s.Get(ctx, r.NamespacedName, &site); err != nil {
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	if _, is := site.Labels["site"]; !is {
		return reconcile.Result{}, nil
	}
	if !site.DeletionTimestamp.IsZero() {
		if controllerutil.RemoveFinalizer(&site, siteFinalizer) {
			s.cleaned <- site.Name
			return reconcile.Result{}, s.Update(ctx, &site)
		}
		return reconcile.Result{}, nil
	}
	if controllerutil.AddFinalizer(&site, siteFinalizer) {
		return reconcile.Result{}, s.Update(ctx, &site) // its own event brings us back
	}
	var replicas int32
	if _, err := fmt.Sscan(site.Data["replicas"], &replicas); err != nil {
		return reconcile.Result{}, reconcile.TerminalError(err)
	}
	d := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: site.Name, Namespace: site.Namespace}}
	if _, err := controllerutil.CreateOrUpdate(ctx, s.Client, d, func() error {
		want := deployment(site.Name, replicas)
		d.Labels = want.Labels
		if d.CreationTimestamp.IsZero() {
			d.Spec = want.Spec
		}
		d.Spec.Replicas = &replicas
		return controllerutil.SetControllerReference(&site, d, s.Scheme())
	}); err != nil {
		return reconcile.Result{}, err
	}
	before := site.DeepCopy()
	if site.Annotations == nil {
		site.Annotations = map[string]string{}
	}
	site.Annotations["ready"] = fmt.Sprint(d.Status.ReadyReplicas)
	return reconcile.Result{}, s.Patch(ctx, &site, client.MergeFrom(before))
}

// newManager returns a manager of one namespace that elects a leader.
func newManager(t *testing.T, c *rest.Config, ns string) manager.Manager {
	t.Helper()
	log.SetLogger(logr.Discard())
	m, err := manager.New(c, manager.Options{
		Scheme: scheme.Scheme, Metrics: metricsserver.Options{BindAddress: "0"},
		Cache:          cache.Options{DefaultNamespaces: map[string]cache.Config{ns: {}}},
		LeaderElection: true, LeaderElectionID: "sites", LeaderElectionNamespace: ns, LeaderElectionReleaseOnCancel: true,
		GracefulShutdownTimeout: ptr.To(10 * time.Second),
	})
	must(t, err)
	return m
}

// startManager runs a manager until the test is over.
func startManager(t *testing.T, m manager.Manager) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- m.Start(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the manager ended with %v", err)
		}
	})
	if !m.GetCache().WaitForCacheSync(ctx) {
		t.Fatal("the caches have not synced")
	}
}

func TestOperator(t *testing.T) {
	for _, wire := range wires {
		t.Run(wire[strings.LastIndexAny(wire, "/.")+1:], func(t *testing.T) { operator(t, configFor(t, wire)) })
	}
}

func operator(t *testing.T, c *rest.Config) {
	ctx := t.Context()
	cs := clientset(t)
	ns := newNamespace(t, cs)
	m := newManager(t, c, ns)
	s := &sites{Client: m.GetClient(), cleaned: make(chan string, 10)}
	must(t, builder.ControllerManagedBy(m).Named("sites-"+ns).For(&corev1.ConfigMap{}).Owns(&appsv1.Deployment{}).Complete(s))
	must(t, m.GetFieldIndexer().IndexField(ctx, &appsv1.Deployment{}, ".metadata.controller", func(o client.Object) []string {
		if owner := metav1.GetControllerOf(o); owner != nil {
			return []string{owner.Name}
		}
		return nil
	}))
	startManager(t, m)

	site := configMap("shop", map[string]string{"site": ""}, map[string]string{"replicas": "2"})
	site.Namespace = ns
	must(t, s.Create(ctx, site))
	ready := func(want string) func() error {
		return func() error {
			got, err := cs.CoreV1().ConfigMaps(ns).Get(ctx, "shop", metav1.GetOptions{})
			if err == nil && got.Annotations["ready"] != want {
				err = fmt.Errorf("annotations %v, want ready %s", got.Annotations, want)
			}
			return err
		}
	}
	eventually(t, "two are ready, as the owned Deployment told", ready("2"))
	var owned appsv1.DeploymentList
	must(t, s.List(ctx, &owned, client.InNamespace(ns), client.MatchingFields{".metadata.controller": "shop"}))
	if len(owned.Items) != 1 || owned.Items[0].Name != "shop" {
		t.Errorf("by the index: %+v", owned.Items)
	}
	site = &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "shop", Namespace: ns}}
	must(t, s.Patch(ctx, site, client.RawPatch("application/merge-patch+json", []byte(`{"data":{"replicas":"1"}}`))))
	eventually(t, "one is ready", ready("1"))
	// Somebody deletes what is owned: the owner is reconciled.
	must(t, s.Delete(ctx, &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "shop", Namespace: ns}}))
	eventually(t, "it is made again", func() error {
		d, err := cs.AppsV1().Deployments(ns).Get(ctx, "shop", metav1.GetOptions{})
		if err == nil && d.UID == owned.Items[0].UID {
			err = errors.New("the old one is still there")
		}
		return err
	})
	must(t, s.Delete(ctx, site))
	select {
	case name := <-s.cleaned:
		if name != "shop" {
			t.Errorf("cleaned up after %s", name)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("nobody cleaned up")
	}
	gone(t, "the owned Deployment", func() error {
		_, err := cs.AppsV1().Deployments(ns).Get(ctx, "shop", metav1.GetOptions{})
		return err
	})
}

// TestUncachedClient goes through what client.Client can do beside a cache.
func TestUncachedClient(t *testing.T) {
	cs := clientset(t)
	ctx := t.Context()
	ns := newNamespace(t, cs)
	c, err := client.New(config(t), client.Options{Scheme: scheme.Scheme})
	must(t, err)

	m := configMap("m", map[string]string{"l": ""}, map[string]string{"k": "v"})
	m.Namespace = ns
	must(t, c.Create(ctx, m, client.FieldOwner("tests")))
	key := client.ObjectKeyFromObject(m)
	must(t, c.Apply(ctx, corev1apply.ConfigMap("m", ns).WithData(map[string]string{"applied": "yes"}), client.FieldOwner("applier")))

	partial := &metav1.PartialObjectMetadata{}
	partial.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("ConfigMap"))
	must(t, c.Get(ctx, key, partial))
	if partial.UID != m.UID || partial.Kind != "ConfigMap" {
		t.Errorf("metadata alone: %+v", partial)
	}
	loose := &unstructured.Unstructured{}
	loose.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("ConfigMap"))
	must(t, c.Get(ctx, key, loose))
	if v, _, _ := unstructured.NestedString(loose.Object, "data", "applied"); v != "yes" {
		t.Errorf("unstructured: %v", loose.Object)
	}
	stale := m.DeepCopy()
	stale.Data["k"] = "w"
	err = c.Patch(ctx, stale, client.MergeFromWithOptions(m, client.MergeFromWithOptimisticLock{}))
	if !apierrors.IsConflict(err) {
		t.Errorf("a patch with a lock on a stale revision: %v", err)
	}
	d := deployment("web", 0)
	d.Namespace = ns
	must(t, c.Create(ctx, d))
	d.Status.Conditions = []appsv1.DeploymentCondition{{Type: "clients.test/Seen", Status: "True", LastUpdateTime: metav1.Now(), LastTransitionTime: metav1.Now()}}
	var fresh appsv1.Deployment
	must(t, c.Get(ctx, client.ObjectKeyFromObject(d), &fresh))
	old := fresh.DeepCopy()
	fresh.Status.Conditions = append(fresh.Status.Conditions, d.Status.Conditions...)
	must(t, c.Status().Patch(ctx, &fresh, client.MergeFrom(old)))
	if !strings.Contains(fresh.Status.String(), "clients.test/Seen") {
		t.Errorf("status: %s", fresh.Status.String())
	}
	must(t, c.DeleteAllOf(ctx, &corev1.ConfigMap{}, client.InNamespace(ns), client.MatchingLabels{"l": ""}))
	if err := c.Get(ctx, key, m); !apierrors.IsNotFound(err) {
		t.Errorf("after deleting all of them: %v", err)
	}
	namespaced, err := c.IsObjectNamespaced(&corev1.Node{})
	if err != nil || namespaced {
		t.Errorf("Nodes are namespaced: %v, %v", namespaced, err)
	}
}

package clients

import (
	"errors"
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
)

func TestFinalizersHoldObjects(t *testing.T) {
	eachWire(t, func(t *testing.T, cs *kubernetes.Clientset) {
		ctx := t.Context()
		maps := cs.CoreV1().ConfigMaps(newNamespace(t, cs))
		m := configMap("held", nil, nil)
		controllerutil.AddFinalizer(m, "clients.test/hold")
		_, err := maps.Create(ctx, m, metav1.CreateOptions{})
		must(t, err)
		must(t, maps.Delete(ctx, "held", metav1.DeleteOptions{}))
		m, err = maps.Get(ctx, "held", metav1.GetOptions{})
		must(t, err)
		if m.DeletionTimestamp == nil {
			t.Fatal("no deletion timestamp")
		}
		must(t, maps.Delete(ctx, "held", metav1.DeleteOptions{})) // again is no error
		if _, err := maps.Create(ctx, configMap("held", nil, nil), metav1.CreateOptions{}); !apierrors.IsAlreadyExists(err) {
			t.Errorf("create over one that is being deleted: %v", err)
		}
		m.Finalizers = append(m.Finalizers, "clients.test/late")
		if _, err := maps.Update(ctx, m, metav1.UpdateOptions{}); !apierrors.IsInvalid(err) && !apierrors.IsForbidden(err) {
			t.Errorf("a finalizer added while it is being deleted: %v", err)
		}
		_, err = maps.Patch(ctx, "held", types.JSONPatchType, []byte(`[{"op":"remove","path":"/metadata/finalizers"}]`), metav1.PatchOptions{})
		must(t, err)
		if _, err := maps.Get(ctx, "held", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
			t.Errorf("after its last finalizer: %v", err)
		}
	})
}

// family makes an owner and what it owns, and returns their names.
func family(t *testing.T, cs *kubernetes.Clientset, ns, name string) {
	t.Helper()
	owner, err := cs.CoreV1().ConfigMaps(ns).Create(t.Context(), configMap(name, nil, nil), metav1.CreateOptions{})
	must(t, err)
	yes := true
	_, err = cs.CoreV1().Secrets(ns).Create(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name + "-child", OwnerReferences: []metav1.OwnerReference{{
		APIVersion: "v1", Kind: "ConfigMap", Name: owner.Name, UID: owner.UID, BlockOwnerDeletion: &yes,
	}}}}, metav1.CreateOptions{})
	must(t, err)
}

func gone(t *testing.T, what string, get func() error) {
	t.Helper()
	eventually(t, what+" is to go", func() error {
		switch err := get(); {
		case err == nil:
			return errors.New("it is still there")
		case apierrors.IsNotFound(err):
			return nil
		default:
			return err
		}
	})
}

func TestPropagation(t *testing.T) {
	cs := clientset(t)
	ctx := t.Context()
	ns := newNamespace(t, cs)
	maps, secrets := cs.CoreV1().ConfigMaps(ns), cs.CoreV1().Secrets(ns)
	owner := func(name string) func() error {
		return func() error { _, err := maps.Get(ctx, name, metav1.GetOptions{}); return err }
	}
	child := func(name string) func() error {
		return func() error { _, err := secrets.Get(ctx, name+"-child", metav1.GetOptions{}); return err }
	}
	for _, policy := range []metav1.DeletionPropagation{metav1.DeletePropagationBackground, metav1.DeletePropagationForeground} {
		t.Run(string(policy), func(t *testing.T) {
			name := map[metav1.DeletionPropagation]string{metav1.DeletePropagationBackground: "back", metav1.DeletePropagationForeground: "fore"}[policy]
			family(t, cs, ns, name)
			must(t, maps.Delete(ctx, name, metav1.DeleteOptions{PropagationPolicy: &policy}))
			gone(t, "the owner", owner(name))
			gone(t, "what it owns", child(name))
		})
	}
	t.Run("Orphan", func(t *testing.T) {
		family(t, cs, ns, "orphan")
		policy := metav1.DeletePropagationOrphan
		must(t, maps.Delete(ctx, "orphan", metav1.DeleteOptions{PropagationPolicy: &policy}))
		gone(t, "the owner", owner("orphan"))
		s, err := secrets.Get(ctx, "orphan-child", metav1.GetOptions{})
		must(t, err)
		if len(s.OwnerReferences) != 0 || s.DeletionTimestamp != nil {
			t.Errorf("the orphan: owners %v, deletion %v", s.OwnerReferences, s.DeletionTimestamp)
		}
	})
	t.Run("Deployment", func(t *testing.T) {
		_, err := cs.AppsV1().Deployments(ns).Create(ctx, deployment("web", 2), metav1.CreateOptions{})
		must(t, err)
		eventually(t, "the rollout", rolledOut(t, cs, ns, "web"))
		must(t, cs.AppsV1().Deployments(ns).Delete(ctx, "web", metav1.DeleteOptions{}))
		gone(t, "its Pods", func() error {
			l, err := cs.CoreV1().Pods(ns).List(ctx, metav1.ListOptions{LabelSelector: "app=web"})
			if err == nil && len(l.Items) == 0 {
				err = apierrors.NewNotFound(corev1.Resource("pods"), "web")
			}
			return err
		})
	})
}

func rolledOut(t *testing.T, cs kubernetes.Interface, ns, name string) func() error {
	return func() error {
		d, err := cs.AppsV1().Deployments(ns).Get(t.Context(), name, metav1.GetOptions{})
		if err == nil && (d.Status.ObservedGeneration < d.Generation || d.Status.AvailableReplicas != *d.Spec.Replicas) {
			err = fmt.Errorf("status %s", d.Status.String())
		}
		return err
	}
}

func TestNamespaceDeletion(t *testing.T) {
	cs := clientset(t)
	ctx := t.Context()
	ns, err := cs.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "doomed-"}}, metav1.CreateOptions{})
	must(t, err)
	m := configMap("last", nil, nil)
	m.Finalizers = []string{"clients.test/hold"}
	_, err = cs.CoreV1().ConfigMaps(ns.Name).Create(ctx, m, metav1.CreateOptions{})
	must(t, err)
	_, err = cs.AppsV1().Deployments(ns.Name).Create(ctx, deployment("web", 1), metav1.CreateOptions{})
	must(t, err)
	eventually(t, "the rollout", rolledOut(t, cs, ns.Name, "web"))
	must(t, cs.CoreV1().Namespaces().Delete(ctx, ns.Name, metav1.DeleteOptions{}))
	eventually(t, "the namespace says what holds it", func() error {
		got, err := cs.CoreV1().Namespaces().Get(ctx, ns.Name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		for _, c := range got.Status.Conditions {
			if c.Type == corev1.NamespaceFinalizersRemaining && c.Status == corev1.ConditionTrue && got.Status.Phase == corev1.NamespaceTerminating {
				return nil
			}
		}
		return fmt.Errorf("status %+v", got.Status)
	})
	_, err = cs.CoreV1().ConfigMaps(ns.Name).Create(ctx, configMap("late", nil, nil), metav1.CreateOptions{})
	if !apierrors.IsForbidden(err) || !apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause) {
		t.Errorf("create in a namespace that is being deleted: %v", err)
	}
	must(t, retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		m, err := cs.CoreV1().ConfigMaps(ns.Name).Get(ctx, "last", metav1.GetOptions{})
		if err != nil {
			return err
		}
		m.Finalizers = nil
		_, err = cs.CoreV1().ConfigMaps(ns.Name).Update(ctx, m, metav1.UpdateOptions{})
		return err
	}))
	gone(t, "the namespace", func() error {
		_, err := cs.CoreV1().Namespaces().Get(ctx, ns.Name, metav1.GetOptions{})
		return err
	})
}

// TestGracefulDeletion holds that Pods on a node are ended by the node.
func TestGracefulDeletion(t *testing.T) {
	cs := clientset(t)
	ctx := t.Context()
	ns := newNamespace(t, cs)
	d, err := cs.AppsV1().Deployments(ns).Create(ctx, deployment("web", 1), metav1.CreateOptions{})
	must(t, err)
	eventually(t, "the rollout", rolledOut(t, cs, ns, "web"))
	pods, err := cs.CoreV1().Pods(ns).List(ctx, metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(d.Spec.Selector)})
	must(t, err)
	pod := pods.Items[0]
	must(t, cs.CoreV1().Pods(ns).Delete(ctx, pod.Name, metav1.DeleteOptions{}))
	gone(t, "the Pod", func() error { _, err := cs.CoreV1().Pods(ns).Get(ctx, pod.Name, metav1.GetOptions{}); return err })
	eventually(t, "another in its place", rolledOut(t, cs, ns, "web"))
	now := int64(0)
	pods, err = cs.CoreV1().Pods(ns).List(ctx, metav1.ListOptions{})
	must(t, err)
	for _, p := range pods.Items {
		must(t, cs.CoreV1().Pods(ns).Delete(ctx, p.Name, metav1.DeleteOptions{GracePeriodSeconds: &now}))
		if got, err := cs.CoreV1().Pods(ns).Get(ctx, p.Name, metav1.GetOptions{}); err == nil && got.UID == p.UID {
			t.Errorf("a Pod deleted at once is still there: %+v", got.ObjectMeta)
		}
	}
}

package clients

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/retry"
)

// wires are the encodings that typed clients of v1.37 are run with.
var wires = []string{"application/json", "application/vnd.kubernetes.protobuf"}

// configFor returns how to reach the shared cluster in an encoding.
func configFor(t *testing.T, wire string) *rest.Config {
	c := config(t)
	c.ContentType = wire
	if wire != "application/json" {
		c.AcceptContentTypes = wire + ",application/json"
	}
	return c
}

// eachWire runs a test once for every encoding.
func eachWire(t *testing.T, test func(t *testing.T, cs *kubernetes.Clientset)) {
	for _, wire := range wires {
		t.Run(wire[strings.LastIndexAny(wire, "/.")+1:], func(t *testing.T) {
			cs, err := kubernetes.NewForConfig(configFor(t, wire))
			must(t, err)
			test(t, cs)
		})
	}
}

func configMap(name string, labels map[string]string, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}, Data: data}
}

// deployment is one that hollow nodes roll out.
func deployment(name string, replicas int32) *appsv1.Deployment {
	labels := map[string]string{"app": name}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{Containers: []corev1.Container{{
					Name: "web", Image: "nucleus.local/web:1", Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}},
				}}},
			},
		},
	}
}

func TestCreateReadUpdateDelete(t *testing.T) {
	eachWire(t, func(t *testing.T, cs *kubernetes.Clientset) {
		ctx := t.Context()
		maps := cs.CoreV1().ConfigMaps(newNamespace(t, cs))
		made, err := maps.Create(ctx, &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Name: "a", Annotations: map[string]string{"note": "ünïcode \U0001F680"}},
			Data:       map[string]string{"k": "v"}, BinaryData: map[string][]byte{"b": {0, 1, 255}},
		}, metav1.CreateOptions{FieldManager: "clients-test"})
		must(t, err)
		if made.UID == "" || made.ResourceVersion == "" || made.CreationTimestamp.IsZero() || made.Annotations["note"] != "ünïcode \U0001F680" {
			t.Errorf("created: %+v", made)
		}
		if len(made.ManagedFields) != 1 || made.ManagedFields[0].Manager != "clients-test" || made.ManagedFields[0].Operation != metav1.ManagedFieldsOperationUpdate {
			t.Errorf("managed fields: %+v", made.ManagedFields)
		}
		if _, err := maps.Create(ctx, configMap("a", nil, nil), metav1.CreateOptions{}); !apierrors.IsAlreadyExists(err) {
			t.Errorf("second create: %v", err)
		}

		read, err := maps.Get(ctx, "a", metav1.GetOptions{})
		must(t, err)
		if string(read.BinaryData["b"]) != "\x00\x01\xff" || read.ResourceVersion != made.ResourceVersion {
			t.Errorf("read: %+v", read)
		}
		if _, err := maps.Get(ctx, "b", metav1.GetOptions{}); !apierrors.IsNotFound(err) || err.Error() != `configmaps "b" not found` {
			t.Errorf("get of nothing: %v", err)
		}

		stale := read.DeepCopy()
		read.Data["k"] = "w"
		changed, err := maps.Update(ctx, read, metav1.UpdateOptions{})
		must(t, err)
		if changed.Data["k"] != "w" || changed.ResourceVersion == made.ResourceVersion {
			t.Errorf("updated: %+v", changed)
		}
		same, err := maps.Update(ctx, changed, metav1.UpdateOptions{})
		must(t, err)
		if same.ResourceVersion != changed.ResourceVersion {
			t.Errorf("an update that changes nothing wrote revision %s over %s", same.ResourceVersion, changed.ResourceVersion)
		}
		stale.Data["k"] = "x"
		_, err = maps.Update(ctx, stale, metav1.UpdateOptions{})
		if !apierrors.IsConflict(err) || !strings.Contains(err.Error(), "the object has been modified; please apply your changes to the latest version and try again") {
			t.Errorf("stale update: %v", err)
		}
		dry, err := maps.Create(ctx, configMap("dry", nil, nil), metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		must(t, err)
		if _, err := maps.Get(ctx, dry.Name, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
			t.Errorf("after a dry run: %v", err)
		}

		wrong := types.UID("wrong")
		err = maps.Delete(ctx, "a", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &wrong}})
		if !apierrors.IsConflict(err) {
			t.Errorf("delete with another UID: %v", err)
		}
		must(t, maps.Delete(ctx, "a", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &made.UID}}))
		if err := maps.Delete(ctx, "a", metav1.DeleteOptions{}); !apierrors.IsNotFound(err) {
			t.Errorf("second delete: %v", err)
		}
	})
}

func TestInvalidIsExplained(t *testing.T) {
	eachWire(t, func(t *testing.T, cs *kubernetes.Clientset) {
		ns := newNamespace(t, cs)
		d := deployment("web", 1)
		d.Spec.Template.Labels = map[string]string{"app": "other"}
		d.Spec.Template.Spec.Containers[0].Name = "Not A Name"
		_, err := cs.AppsV1().Deployments(ns).Create(t.Context(), d, metav1.CreateOptions{})
		if !apierrors.IsInvalid(err) {
			t.Fatalf("got %v, want Invalid", err)
		}
		for _, field := range []string{"spec.template.metadata.labels", "spec.template.spec.containers[0].name"} {
			if !slices.ContainsFunc(err.(apierrors.APIStatus).Status().Details.Causes, func(c metav1.StatusCause) bool { return c.Field == field }) {
				t.Errorf("no cause names %s: %v", field, err)
			}
		}
		if _, ok := apierrors.StatusCause(err, metav1.CauseTypeFieldValueInvalid); !ok {
			t.Errorf("no cause is of type FieldValueInvalid: %v", err)
		}
	})
}

func TestConflictsAreRetried(t *testing.T) {
	cs := clientset(t)
	ctx := t.Context()
	maps := cs.CoreV1().ConfigMaps(newNamespace(t, cs))
	_, err := maps.Create(ctx, configMap("counter", nil, map[string]string{}), metav1.CreateOptions{})
	must(t, err)
	const writers, each = 4, 10
	failures := make(chan error, writers)
	for w := range writers {
		go func() {
			for i := range each {
				if err := retry.OnError(retry.DefaultBackoff, apierrors.IsConflict, func() error {
					for {
						m, err := maps.Get(ctx, "counter", metav1.GetOptions{})
						if err != nil {
							return err
						}
						if m.Data == nil {
							m.Data = map[string]string{}
						}
						m.Data[fmt.Sprintf("%d-%d", w, i)] = "x"
						if _, err = maps.Update(ctx, m, metav1.UpdateOptions{}); !apierrors.IsConflict(err) {
							return err
						}
					}
				}); err != nil {
					failures <- err
					return
				}
			}
			failures <- nil
		}()
	}
	for range writers {
		must(t, <-failures)
	}
	m, err := maps.Get(ctx, "counter", metav1.GetOptions{})
	must(t, err)
	if len(m.Data) != writers*each {
		t.Errorf("%d keys are left of %d: an update was lost", len(m.Data), writers*each)
	}
}

func TestStatusAndScale(t *testing.T) {
	eachWire(t, func(t *testing.T, cs *kubernetes.Clientset) {
		ctx := t.Context()
		deployments := cs.AppsV1().Deployments(newNamespace(t, cs))
		d := deployment("web", 0)
		d.Spec.Paused = true
		_, err := deployments.Create(ctx, d, metav1.CreateOptions{})
		must(t, err)
		scale, err := deployments.GetScale(ctx, "web", metav1.GetOptions{})
		must(t, err)
		if scale.Spec.Replicas != 0 || scale.Status.Selector != "app=web" {
			t.Errorf("scale: %+v", scale)
		}
		must(t, retry.RetryOnConflict(retry.DefaultBackoff, func() error { // the controller writes too
			if scale, err = deployments.GetScale(ctx, "web", metav1.GetOptions{}); err != nil {
				return err
			}
			scale.Spec.Replicas = 2
			scale, err = deployments.UpdateScale(ctx, "web", scale, metav1.UpdateOptions{})
			return err
		}))
		made, err := deployments.Get(ctx, "web", metav1.GetOptions{})
		must(t, err)
		if *made.Spec.Replicas != 2 || scale.Spec.Replicas != 2 || made.Generation != 2 {
			t.Errorf("after scaling: replicas %d, generation %d, scale %+v", *made.Spec.Replicas, made.Generation, scale)
		}
		// What status writes must not reach the spec, nor the other way round.
		must(t, retry.RetryOnConflict(retry.DefaultBackoff, func() error {
			d, err := deployments.Get(ctx, "web", metav1.GetOptions{})
			if err != nil {
				return err
			}
			*d.Spec.Replicas = 7
			d.Status.Conditions = append(d.Status.Conditions, appsv1.DeploymentCondition{Type: "clients.test/Seen", Status: "True"})
			_, err = deployments.UpdateStatus(ctx, d, metav1.UpdateOptions{})
			return err
		}))
		made, err = deployments.Get(ctx, "web", metav1.GetOptions{})
		must(t, err)
		if *made.Spec.Replicas != 2 || made.Generation != 2 {
			t.Errorf("a status update changed the spec: replicas %d, generation %d", *made.Spec.Replicas, made.Generation)
		}
	})
}

func TestWarningsReachClients(t *testing.T) {
	c := config(t)
	seen := &warnings{}
	c.WarningHandler = seen
	cs, err := kubernetes.NewForConfig(c)
	must(t, err)
	ns := newNamespace(t, cs)
	// A field that v1 ConfigMaps do not have, with the default field validation.
	err = cs.CoreV1().RESTClient().Post().Namespace(ns).Resource("configmaps").
		Body([]byte(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"w"},"datta":{}}`)).Do(t.Context()).Error()
	must(t, err)
	if want := []string{`unknown field "datta"`}; !slices.Equal(seen.texts, want) {
		t.Errorf("warnings %q, want %q", seen.texts, want)
	}
	_, err = cs.CoreV1().Endpoints(ns).List(t.Context(), metav1.ListOptions{}) //nolint:staticcheck // deprecated on purpose
	must(t, err)
	if !slices.ContainsFunc(seen.texts, func(w string) bool { return strings.Contains(w, "v1 Endpoints is deprecated") }) {
		t.Errorf("warnings %q, none of which says that Endpoints are deprecated", seen.texts)
	}
}

type warnings struct{ texts []string }

func (w *warnings) HandleWarningHeader(code int, _ string, text string) {
	if code == 299 {
		w.texts = append(w.texts, text)
	}
}

func TestNamespacesHaveTheirDefaults(t *testing.T) {
	cs := clientset(t)
	ns := newNamespace(t, cs)
	eventually(t, "the default service account", func() error {
		_, err := cs.CoreV1().ServiceAccounts(ns).Get(t.Context(), "default", metav1.GetOptions{})
		return err
	})
	eventually(t, "the root certificate", func() error {
		m, err := cs.CoreV1().ConfigMaps(ns).Get(t.Context(), "kube-root-ca.crt", metav1.GetOptions{})
		if err == nil && !strings.Contains(m.Data["ca.crt"], "BEGIN CERTIFICATE") {
			err = fmt.Errorf("keys %v", slices.Collect(maps.Keys(m.Data)))
		}
		return err
	})
}

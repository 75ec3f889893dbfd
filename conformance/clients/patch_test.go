package clients

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	appsv1apply "k8s.io/client-go/applyconfigurations/apps/v1"
	corev1apply "k8s.io/client-go/applyconfigurations/core/v1"
	metav1apply "k8s.io/client-go/applyconfigurations/meta/v1"
	"k8s.io/client-go/kubernetes"
)

func TestPatches(t *testing.T) {
	eachWire(t, func(t *testing.T, cs *kubernetes.Clientset) {
		ctx := t.Context()
		deployments := cs.AppsV1().Deployments(newNamespace(t, cs))
		d := deployment("web", 0)
		d.Spec.Template.Spec.Containers = append(d.Spec.Template.Spec.Containers, corev1.Container{Name: "side", Image: "nucleus.local/side:1"})
		made, err := deployments.Create(ctx, d, metav1.CreateOptions{})
		must(t, err)

		// Strategic: lists of containers merge by name.
		d, err = deployments.Patch(ctx, "web", types.StrategicMergePatchType,
			[]byte(`{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"nucleus.local/side:2"},{"$patch":"delete","name":"web"},{"name":"new","image":"nucleus.local/new:1"}]}}}}`), metav1.PatchOptions{})
		must(t, err)
		var images []string
		for _, c := range d.Spec.Template.Spec.Containers {
			images = append(images, c.Image)
		}
		slices.Sort(images)
		if want := []string{"nucleus.local/new:1", "nucleus.local/side:2"}; !slices.Equal(images, want) {
			t.Errorf("after the strategic patch: %v, want %v", images, want)
		}
		// Merge: null removes, lists are replaced.
		d, err = deployments.Patch(ctx, "web", types.MergePatchType, []byte(`{"metadata":{"labels":{"app":null,"x":"y"}},"spec":{"minReadySeconds":3}}`), metav1.PatchOptions{})
		must(t, err)
		if d.Labels["app"] != "" || d.Labels["x"] != "y" || d.Spec.MinReadySeconds != 3 {
			t.Errorf("after the merge patch: labels %v, minReadySeconds %d", d.Labels, d.Spec.MinReadySeconds)
		}
		// JSON: a test that fails leaves all as it was.
		_, err = deployments.Patch(ctx, "web", types.JSONPatchType, []byte(`[{"op":"replace","path":"/spec/minReadySeconds","value":9},{"op":"test","path":"/metadata/labels/x","value":"z"}]`), metav1.PatchOptions{})
		if !apierrors.IsInvalid(err) && !apierrors.IsBadRequest(err) {
			t.Errorf("a JSON patch whose test fails: %v", err)
		}
		d, err = deployments.Patch(ctx, "web", types.JSONPatchType, []byte(`[{"op":"test","path":"/metadata/labels/x","value":"y"},{"op":"remove","path":"/metadata/labels/x"},{"op":"add","path":"/metadata/labels/a~1b","value":"c"}]`), metav1.PatchOptions{})
		must(t, err)
		if d.Labels["a/b"] != "c" || d.Labels["x"] != "" || d.Spec.MinReadySeconds != 3 {
			t.Errorf("after the JSON patch: labels %v, minReadySeconds %d", d.Labels, d.Spec.MinReadySeconds)
		}
		// A patch that names a revision is one that can conflict.
		_, err = deployments.Patch(ctx, "web", types.MergePatchType, fmt.Appendf(nil, `{"metadata":{"resourceVersion":%q,"labels":{"l":"l"}}}`, made.ResourceVersion), metav1.PatchOptions{})
		if !apierrors.IsConflict(err) {
			t.Errorf("a patch of a stale revision: %v", err)
		}
		_, err = deployments.Patch(ctx, "web", types.MergePatchType, []byte(`{"spec":{"replicas":"many"}}`), metav1.PatchOptions{})
		if !apierrors.IsInvalid(err) && !apierrors.IsBadRequest(err) {
			t.Errorf("a patch of the wrong type: %v", err)
		}
		d, err = deployments.Patch(ctx, "web", types.MergePatchType, []byte(`{"status":{"observedGeneration":99},"spec":{"replicas":5}}`), metav1.PatchOptions{}, "status")
		must(t, err)
		if d.Status.ObservedGeneration != 99 || *d.Spec.Replicas != 0 {
			t.Errorf("a patch of the status: observed generation %d, replicas %d", d.Status.ObservedGeneration, *d.Spec.Replicas)
		}
	})
}

// owners returns which managers own something, by operation and subresource.
func owners(o metav1.Object) (owners []string) {
	for _, m := range o.GetManagedFields() {
		owners = append(owners, strings.TrimSuffix(fmt.Sprintf("%s:%s:%s", m.Manager, m.Operation, m.Subresource), ":"))
	}
	slices.Sort(owners)
	return owners
}

func TestServerSideApply(t *testing.T) {
	eachWire(t, func(t *testing.T, cs *kubernetes.Clientset) {
		ctx := t.Context()
		ns := newNamespace(t, cs)
		maps := cs.CoreV1().ConfigMaps(ns)

		one := corev1apply.ConfigMap("shared", ns).WithData(map[string]string{"a": "1", "b": "1"}).WithLabels(map[string]string{"by": "one"})
		m, err := maps.Apply(ctx, one, metav1.ApplyOptions{FieldManager: "one"})
		must(t, err)
		if m.Data["a"] != "1" || !slices.Equal(owners(m), []string{"one:Apply"}) {
			t.Errorf("first apply: data %v, owners %v", m.Data, owners(m))
		}
		again, err := maps.Apply(ctx, one, metav1.ApplyOptions{FieldManager: "one"})
		must(t, err)
		if again.ResourceVersion != m.ResourceVersion {
			t.Errorf("applying the same again wrote revision %s over %s", again.ResourceVersion, m.ResourceVersion)
		}

		two := corev1apply.ConfigMap("shared", ns).WithData(map[string]string{"b": "2", "c": "2"})
		_, err = maps.Apply(ctx, two, metav1.ApplyOptions{FieldManager: "two"})
		if !apierrors.IsConflict(err) || !apierrors.HasStatusCause(err, metav1.CauseTypeFieldManagerConflict) ||
			!strings.Contains(err.Error(), `conflict with "one": .data.b`) {
			t.Errorf("apply over another's field: %v", err)
		}
		m, err = maps.Apply(ctx, two, metav1.ApplyOptions{FieldManager: "two", Force: true})
		must(t, err)
		if m.Data["a"] != "1" || m.Data["b"] != "2" || m.Data["c"] != "2" || !slices.Equal(owners(m), []string{"one:Apply", "two:Apply"}) {
			t.Errorf("forced apply: data %v, owners %v", m.Data, owners(m))
		}
		// What nobody applies any more goes.
		m, err = maps.Apply(ctx, corev1apply.ConfigMap("shared", ns).WithData(map[string]string{"c": "2"}), metav1.ApplyOptions{FieldManager: "two", Force: true})
		must(t, err)
		if _, kept := m.Data["b"]; kept || m.Data["a"] != "1" {
			t.Errorf("after two gave b up: data %v", m.Data)
		}
		// The next apply is made from what the manager owns.
		extracted, err := corev1apply.ExtractConfigMap(m, "one")
		must(t, err)
		if len(extracted.Data) != 1 || extracted.Data["a"] != "1" || extracted.Labels["by"] != "one" {
			t.Errorf("extracted: data %v, labels %v", extracted.Data, extracted.Labels)
		}
		_, err = maps.Apply(ctx, corev1apply.ConfigMap("none", ns), metav1.ApplyOptions{})
		if err == nil || !strings.Contains(err.Error(), "fieldManager") {
			t.Errorf("apply without a manager: %v", err)
		}
	})
}

func TestApplyMergesLists(t *testing.T) {
	cs := clientset(t)
	ctx := t.Context()
	ns := newNamespace(t, cs)
	template := func(containers ...*corev1apply.ContainerApplyConfiguration) *appsv1apply.DeploymentApplyConfiguration {
		labels := map[string]string{"app": "web"}
		return appsv1apply.Deployment("web", ns).WithSpec(appsv1apply.DeploymentSpec().
			WithReplicas(0).
			WithSelector(metav1apply.LabelSelector().WithMatchLabels(labels)).
			WithTemplate(corev1apply.PodTemplateSpec().WithLabels(labels).WithSpec(corev1apply.PodSpec().WithContainers(containers...))))
	}
	container := func(name, image string) *corev1apply.ContainerApplyConfiguration {
		return corev1apply.Container().WithName(name).WithImage(image)
	}
	deployments := cs.AppsV1().Deployments(ns)
	_, err := deployments.Apply(ctx, template(container("web", "web:1"), container("side", "side:1")), metav1.ApplyOptions{FieldManager: "team"})
	must(t, err)
	// Another manager adds to a container that is not its own, and one more.
	d, err := deployments.Apply(ctx, appsv1apply.Deployment("web", ns).WithSpec(appsv1apply.DeploymentSpec().WithTemplate(corev1apply.PodTemplateSpec().WithSpec(corev1apply.PodSpec().WithContainers(
		corev1apply.Container().WithName("web").WithEnv(corev1apply.EnvVar().WithName("MESH").WithValue("on")), container("proxy", "proxy:1"))))), metav1.ApplyOptions{FieldManager: "mesh"})
	must(t, err)
	if got := len(d.Spec.Template.Spec.Containers); got != 3 {
		t.Fatalf("%d containers, want 3", got)
	}
	d, err = deployments.Apply(ctx, template(container("web", "web:2")), metav1.ApplyOptions{FieldManager: "team"})
	must(t, err)
	got := map[string]string{}
	for _, c := range d.Spec.Template.Spec.Containers {
		got[c.Name] = c.Image
	}
	if len(got) != 2 || got["web"] != "web:2" || got["proxy"] != "proxy:1" {
		t.Errorf("containers %v, want web:2 and proxy:1", got)
	}
	for _, c := range d.Spec.Template.Spec.Containers {
		if c.Name == "web" && (len(c.Env) != 1 || c.Env[0].Name != "MESH") {
			t.Errorf("what the mesh added to web is gone: %v", c.Env)
		}
	}
	status, err := deployments.ApplyStatus(ctx, appsv1apply.Deployment("web", ns).WithStatus(appsv1apply.DeploymentStatus().WithConditions(
		appsv1apply.DeploymentCondition().WithType("clients.test/Seen").WithStatus(corev1.ConditionTrue))), metav1.ApplyOptions{FieldManager: "observer"})
	must(t, err)
	if !slices.Contains(owners(status), "observer:Apply:status") {
		t.Errorf("owners %v, want observer:Apply:status among them", owners(status))
	}
}

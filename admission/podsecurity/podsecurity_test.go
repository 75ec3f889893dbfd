package podsecurity_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/admissiontest"
	"github.com/kubenucleus/nucleus/admission/podsecurity"
	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

//go:embed testdata/pods.json
var recorded []byte

var (
	pods       = meta.GroupResource{Resource: "pods"}
	namespaces = meta.GroupResource{Resource: "namespaces"}
	at         = validate.NewPath("metadata", "labels")
)

const prefix = "pod-security.kubernetes.io/"

func ptr[T any](v T) *T { return &v }

// What Kubernetes says of Pods, by level and version.
func TestEvaluate(t *testing.T) {
	var cases []struct {
		Enforce, Version, Violations string
		Spec                         json.RawMessage
	}
	require.NoError(t, json.Unmarshal(recorded, &cases))
	require.NotEmpty(t, cases)
	for _, c := range cases {
		var spec corev1.PodSpec
		_, err := codec.UnmarshalJSON(c.Spec, &spec, codec.DecodeOptions{})
		require.NoError(t, err)
		policy, errs := podsecurity.PolicyOf(map[string]string{prefix + "enforce": c.Enforce, prefix + "enforce-version": c.Version}, at)
		require.Empty(t, errs)
		require.Equal(t, c.Enforce+":"+c.Version, policy.Enforce.String())
		require.Equal(t, c.Violations, podsecurity.Evaluate(policy.Enforce, &meta.ObjectMeta{}, &spec).String(), string(c.Spec))
	}
}

func TestAppArmorAnnotations(t *testing.T) {
	m := meta.ObjectMeta{Annotations: map[string]string{"container.apparmor.security.beta.kubernetes.io/c": "unconfined"}}
	spec := corev1.PodSpec{Containers: []corev1.Container{{Name: "c", SecurityContext: &corev1.SecurityContext{AppArmorProfile: &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeUnconfined}}}}}
	require.Equal(t, `forbidden AppArmor profiles (container "c" and annotation must not set AppArmor profile type to "Unconfined", "container.apparmor.security.beta.kubernetes.io/c="unconfined"")`,
		podsecurity.Evaluate(podsecurity.Latest(podsecurity.Baseline), &m, &spec).String())
}

func TestLabels(t *testing.T) {
	for _, c := range []struct {
		labels map[string]string
		want   string
	}{
		{nil, ""},
		{map[string]string{prefix + "enforce": "restricted", prefix + "enforce-version": "v1.99", prefix + "other": "x"}, ""},
		{map[string]string{prefix + "enforce": "strict"}, `metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted`},
		{map[string]string{prefix + "warn-version": "1.20", prefix + "audit": "x"},
			`[metadata.labels[pod-security.kubernetes.io/audit]: Invalid value: "x": must be one of privileged, baseline, restricted, metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.20": must be "latest" or "v1.x"]`},
		{map[string]string{prefix + "enforce-version": "v2"}, `metadata.labels[pod-security.kubernetes.io/enforce-version]: Invalid value: "v2": must be "latest" or "v1.x"`},
	} {
		_, errs := podsecurity.PolicyOf(c.labels, at)
		require.Equal(t, c.want, errs.String())
	}
}

func pod(name, image string, risky bool) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "n"}, Spec: corev1.PodSpec{
		Containers: []corev1.Container{{Name: "c", Image: image, SecurityContext: &corev1.SecurityContext{Privileged: ptr(risky)}}},
	}}
}

func namespace(objects *admissiontest.Objects, labels map[string]string) *corev1.Namespace {
	n := &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "n", Labels: labels}}
	objects.Put(namespaces, n)
	return n
}

// put validates a write, and returns what the client is told.
func put(t *testing.T, p *podsecurity.Plugin, resource meta.GroupResource, obj, old meta.Object) ([]string, error) {
	t.Helper()
	r := admissiontest.Create(resource, obj)
	if old != nil {
		r.Operation, r.OldObject = admission.Update, old
	}
	var told []string
	r.Warn = func(text string) { told = append(told, text) }
	return told, p.Validate(t.Context(), r)
}

func TestModes(t *testing.T) {
	objects := &admissiontest.Objects{}
	p := podsecurity.New(objects)
	const why = `privileged (container "c" must not set securityContext.privileged=true)`
	namespace(objects, map[string]string{prefix + "enforce": "baseline", prefix + "warn": "baseline"})
	told, err := put(t, p, pods, pod("a", "i", true), nil)
	require.EqualError(t, err, `pods "a" is forbidden: violates PodSecurity "baseline:latest": `+why)
	require.Empty(t, told)
	_, err = put(t, p, pods, pod("a", "i", false), nil)
	require.NoError(t, err)
	// A change of what does not run is let pass, one of the image is not.
	_, err = put(t, p, pods, pod("a", "i", true), pod("a", "i", true))
	require.NoError(t, err)
	_, err = put(t, p, pods, pod("a", "j", true), pod("a", "i", true))
	require.Error(t, err)
	// Templates are warned about.
	d := &appsv1.Deployment{ObjectMeta: meta.ObjectMeta{Name: "d", Namespace: "n"}, Spec: appsv1.DeploymentSpec{Template: corev1.PodTemplateSpec{Spec: pod("", "i", true).Spec}}}
	told, err = put(t, p, meta.GroupResource{Group: "apps", Resource: "deployments"}, d, nil)
	require.NoError(t, err)
	require.Equal(t, []string{`would violate PodSecurity "baseline:latest": ` + why}, told)
}

func TestNamespaceTellsOfPods(t *testing.T) {
	objects := &admissiontest.Objects{}
	p := podsecurity.New(objects)
	old := namespace(objects, nil)
	for name, risky := range map[string]bool{"bad": true, "plain": false, "quiet": false} {
		objects.Put(pods, pod(name, "i", risky))
	}
	change := func(labels map[string]string) ([]string, error) {
		return put(t, p, namespaces, &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "n", Labels: labels}}, old)
	}
	told, err := change(map[string]string{prefix + "enforce": "restricted"})
	require.NoError(t, err)
	const all = "allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile"
	require.Equal(t, []string{
		`existing pods in namespace "n" violate the new PodSecurity enforce level "restricted:latest"`,
		"bad: privileged, " + all, "plain (and 1 other pod): " + all,
	}, told)
	told, err = change(map[string]string{prefix + "warn": "restricted"})
	require.NoError(t, err)
	require.Empty(t, told)
	_, err = change(map[string]string{prefix + "enforce": "strict"})
	require.EqualError(t, err, `Namespace "n" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted`)
}

func ExampleNew() {
	objects := &admissiontest.Objects{}
	namespace(objects, map[string]string{prefix + "enforce": "baseline"})
	chain := admission.Chain{podsecurity.New(objects)}
	p := pod("web", "nginx", false)
	p.Spec.HostNetwork = true
	fmt.Println(chain.Validate(context.Background(), admissiontest.Create(pods, p)))
	// Output: pods "web" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)
}

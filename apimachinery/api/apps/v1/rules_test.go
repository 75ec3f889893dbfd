package appsv1

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

func template() corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{
		ObjectMeta: meta.ObjectMeta{Labels: map[string]string{"app": "a"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "i"}}},
	}
}

func selector() *meta.LabelSelector {
	return &meta.LabelSelector{MatchLabels: map[string]string{"app": "a"}}
}

func deployment(change func(*Deployment)) *Deployment {
	d := &Deployment{Spec: DeploymentSpec{Selector: selector(), Template: template()}}
	d.Name, d.Namespace, d.ResourceVersion = "a", "ns", "1"
	if change != nil {
		change(d)
	}
	DefaultDeployment(d)
	return d
}

func TestDeploymentIsRefused(t *testing.T) {
	zero, all, more := intstr.FromInt(0), intstr.FromString("100%"), intstr.FromString("101%")
	for name, c := range map[string]struct {
		change func(*Deployment)
		want   string
	}{
		"fine":        {nil, ""},
		"all at once": {func(d *Deployment) { d.Spec.Strategy.RollingUpdate = &RollingUpdateDeployment{MaxUnavailable: &all} }, ""},
		"none at a time": {func(d *Deployment) {
			d.Spec.Strategy.RollingUpdate = &RollingUpdateDeployment{MaxUnavailable: &zero, MaxSurge: &zero}
		}, "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"},
		"more than all":  {func(d *Deployment) { d.Spec.Strategy.RollingUpdate = &RollingUpdateDeployment{MaxUnavailable: &more} }, `spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%`},
		"no selector":    {func(d *Deployment) { d.Spec.Selector = nil }, "spec.selector: Required value"},
		"empty selector": {func(d *Deployment) { d.Spec.Selector = &meta.LabelSelector{} }, "empty selector is invalid for deployment"},
		"other labels":   {func(d *Deployment) { d.Spec.Template.Labels = nil }, "spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`"},
		"both strategies": {func(d *Deployment) {
			d.Spec.Strategy = DeploymentStrategy{Type: "Recreate", RollingUpdate: &RollingUpdateDeployment{}}
		}, "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"},
		"deadline": {func(d *Deployment) { n := int32(3); d.Spec.ProgressDeadlineSeconds, d.Spec.MinReadySeconds = &n, 3 }, "spec.progressDeadlineSeconds: Invalid value: 3: must be greater than minReadySeconds"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ValidateDeployment(deployment(c.change)).String()
			if c.want == "" {
				require.Empty(t, got)
				return
			}
			require.Contains(t, got, c.want)
		})
	}
}

func resource(t *testing.T, name string) *scheme.Resource {
	t.Helper()
	for _, r := range Version().Resources {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no %s", name)
	return nil
}

func TestWhatGenerationCounts(t *testing.T) {
	r := resource(t, "deployments")
	require.False(t, r.SpecChanged(deployment(nil), deployment(nil)))
	require.True(t, r.SpecChanged(deployment(func(d *Deployment) { d.Annotations = map[string]string{"a": "b"} }), deployment(nil)))
	require.False(t, r.SpecChanged(deployment(func(d *Deployment) { d.Labels = map[string]string{"a": "b"} }), deployment(nil)))
}

func TestTemplateGeneration(t *testing.T) {
	r := resource(t, "daemonsets")
	set := func() *DaemonSet {
		d := &DaemonSet{Spec: DaemonSetSpec{Selector: selector(), Template: template()}}
		DefaultDaemonSet(d)
		return d
	}
	d := set()
	r.PrepareCreate(d)
	require.Equal(t, "1", d.Annotations[DeprecatedTemplateGeneration])
	next := set()
	next.Spec.Template.Spec.Containers[0].Image = "other"
	r.PrepareUpdate(next, d)
	require.Equal(t, "2", next.Annotations[DeprecatedTemplateGeneration])
	require.Equal(t, "1", d.Annotations[DeprecatedTemplateGeneration])
}

func TestStatefulSetMountsItsClaims(t *testing.T) {
	s := &StatefulSet{Spec: StatefulSetSpec{Selector: selector(), Template: template()}}
	s.Name, s.Namespace = "a", "ns"
	s.Spec.Template.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: "/d"}}
	DefaultStatefulSet(s)
	require.Contains(t, ValidateStatefulSet(s).String(), `volumeMounts[0].name: Not found: "data"`)
	claim := corev1.PersistentVolumeClaim{ObjectMeta: meta.ObjectMeta{Name: "data"}}
	claim.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
	claim.Spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: quantity.MustParse("1Gi")}
	s.Spec.VolumeClaimTemplates = []corev1.PersistentVolumeClaim{claim}
	DefaultStatefulSet(s)
	require.Empty(t, ValidateStatefulSet(s))
	require.Empty(t, s.Spec.Template.Spec.Volumes)

	old := *s
	renamed := s.Spec.VolumeClaimTemplates[0]
	renamed.Kind = "Claim"
	s.Spec.VolumeClaimTemplates = []corev1.PersistentVolumeClaim{renamed}
	s.ResourceVersion = "1"
	require.Empty(t, ValidateStatefulSetUpdate(s, &old), "what the kind of a template is called is nobody's business")
	renamed.Spec.AccessModes = nil
	s.Spec.VolumeClaimTemplates = []corev1.PersistentVolumeClaim{renamed}
	require.Contains(t, ValidateStatefulSetUpdate(s, &old).String(), "spec.volumeClaimTemplates: Invalid value")
	require.NotContains(t, ValidateStatefulSetUpdate(s, &old).String(), "access mode is required", "only new ones are looked into")
	require.Contains(t, ValidateStatefulSet(s).String(), "spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access mode is required")
}

func TestSelectorsThatCannotBeUsed(t *testing.T) {
	bad := &meta.LabelSelector{MatchLabels: map[string]string{"a b": "c"}}
	d := &Deployment{Spec: DeploymentSpec{Selector: bad, Template: template()}}
	DefaultDeployment(d)
	require.Contains(t, ValidateDeployment(d).String(), `spec.selector: Invalid value: {"matchLabels":{"a b":"c"}}: invalid label selector`)
	s := &StatefulSet{Spec: StatefulSetSpec{Selector: bad, Template: template()}}
	DefaultStatefulSet(s)
	require.Contains(t, ValidateStatefulSet(s).String(), `spec.selector: Invalid value: {"matchLabels":{"a b":"c"}}`)
}

func TestNoAmountAtAll(t *testing.T) {
	for text, none := range map[string]bool{"": true, "x%": true, "0": true, "00%": true, "1": false, "1%": false} {
		v := intstr.FromString(text)
		require.Equal(t, none, isNone(&v), text)
	}
}

func TestTemplateGenerationIsANumber(t *testing.T) {
	for text, want := range map[string]string{
		"3": "", "-1": "",
		"abc": `strconv.ParseInt: parsing "abc": invalid syntax`, "": `strconv.ParseInt: parsing "": invalid syntax`,
	} {
		err := unreadableGeneration(&DaemonSet{ObjectMeta: meta.ObjectMeta{Annotations: map[string]string{DeprecatedTemplateGeneration: text}}})
		if want == "" {
			require.NoError(t, err)
		} else {
			require.EqualError(t, err, want)
		}
	}
	require.NoError(t, unreadableGeneration(&DaemonSet{}))
}

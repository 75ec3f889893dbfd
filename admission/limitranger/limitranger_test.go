package limitranger

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/admissiontest"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

var pods = meta.GroupResource{Resource: "pods"}

func list(pairs ...string) corev1.ResourceList {
	l := corev1.ResourceList{}
	for i := 0; i < len(pairs); i += 2 {
		l[corev1.ResourceName(pairs[i])] = quantity.MustParse(pairs[i+1])
	}
	return l
}

func ranges(items ...corev1.LimitRangeItem) *admissiontest.Objects {
	var objects admissiontest.Objects
	objects.Put(limitRanges.GroupResource(), &corev1.LimitRange{ObjectMeta: meta.ObjectMeta{Name: "lr", Namespace: "n"}, Spec: corev1.LimitRangeSpec{Limits: items}})
	return &objects
}

func pod(containers ...corev1.Container) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: "p", Namespace: "n"}, Spec: corev1.PodSpec{Containers: containers}}
}

func container(name string, requests, limits corev1.ResourceList) corev1.Container {
	return corev1.Container{Name: name, Resources: corev1.ResourceRequirements{Requests: requests, Limits: limits}}
}

func TestDefaults(t *testing.T) {
	p := New(ranges(corev1.LimitRangeItem{Type: corev1.LimitTypeContainer, Default: list("cpu", "2", "memory", "1Gi"), DefaultRequest: list("cpu", "100m")}))
	obj := pod(container("a", nil, nil), container("b", list("cpu", "1"), list("cpu", "1")))
	obj.Spec.InitContainers = []corev1.Container{container("i", list("cpu", "1"), list("cpu", "1", "memory", "1Mi"))}
	require.NoError(t, p.Admit(t.Context(), admissiontest.Create(pods, obj)))
	require.Equal(t, list("cpu", "100m"), obj.Spec.Containers[0].Resources.Requests)
	require.Equal(t, list("cpu", "2", "memory", "1Gi"), obj.Spec.Containers[0].Resources.Limits)
	require.Equal(t, list("cpu", "1"), obj.Spec.Containers[1].Resources.Requests)
	require.Equal(t, list("cpu", "1", "memory", "1Gi"), obj.Spec.Containers[1].Resources.Limits)
	require.Equal(t, map[string]string{"kubernetes.io/limit-ranger": "LimitRanger plugin set: cpu request for container a; cpu, memory limit for container a; memory limit for container b"}, obj.Annotations)

	elsewhere := pod(container("a", nil, nil))
	elsewhere.Namespace = "other"
	require.NoError(t, p.Admit(t.Context(), admissiontest.Create(pods, elsewhere)))
	require.Nil(t, elsewhere.Spec.Containers[0].Resources.Limits)
	require.Nil(t, elsewhere.Annotations)

	update := admissiontest.Create(pods, pod(container("a", nil, nil)))
	update.Operation = admission.Update
	require.NoError(t, p.Admit(t.Context(), update))
	require.Nil(t, update.Object.(*corev1.Pod).Spec.Containers[0].Resources.Limits)
}

func TestBounds(t *testing.T) {
	for name, tc := range map[string]struct {
		item corev1.LimitRangeItem
		pod  *corev1.Pod
		want string
	}{
		"within": {corev1.LimitRangeItem{Type: "Container", Min: list("cpu", "1"), Max: list("cpu", "2")}, pod(container("a", list("cpu", "1"), list("cpu", "2"))), ""},
		"no request": {corev1.LimitRangeItem{Type: "Container", Min: list("cpu", "1")}, pod(container("a", nil, nil)),
			"minimum cpu usage per Container is 1.  No request is specified"},
		"request below": {corev1.LimitRangeItem{Type: "Container", Min: list("cpu", "1")}, pod(container("a", list("cpu", "500m"), nil)),
			"minimum cpu usage per Container is 1, but request is 500m"},
		"no limit": {corev1.LimitRangeItem{Type: "Container", Max: list("memory", "1Gi")}, pod(container("a", nil, nil)),
			"maximum memory usage per Container is 1Gi.  No limit is specified"},
		"limit above, twice": {corev1.LimitRangeItem{Type: "Container", Max: list("memory", "1Gi")}, pod(container("a", nil, list("memory", "2Gi")), container("b", nil, list("memory", "3Gi"))),
			"[maximum memory usage per Container is 1Gi, but limit is 2Gi, maximum memory usage per Container is 1Gi, but limit is 3Gi]"},
		"same fault twice": {corev1.LimitRangeItem{Type: "Container", Max: list("memory", "1Gi")}, pod(container("a", nil, list("memory", "2Gi")), container("b", nil, list("memory", "2Gi"))),
			"maximum memory usage per Container is 1Gi, but limit is 2Gi"},
		"sum of the pod": {corev1.LimitRangeItem{Type: "Pod", Max: list("cpu", "3")}, pod(container("a", nil, list("cpu", "2")), container("b", nil, list("cpu", "2"))),
			"maximum cpu usage per Pod is 3, but limit is 4"},
		"ratio": {corev1.LimitRangeItem{Type: "Container", MaxLimitRequestRatio: list("cpu", "2")}, pod(container("a", list("cpu", "1"), list("cpu", "3"))),
			"cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000"},
		"ratio without request": {corev1.LimitRangeItem{Type: "Container", MaxLimitRequestRatio: list("cpu", "2")}, pod(container("a", nil, list("cpu", "3"))),
			"cpu max limit to request ratio per Container is 2, but no request is specified or request is 0"},
	} {
		t.Run(name, func(t *testing.T) {
			err := New(ranges(tc.item)).Validate(t.Context(), admissiontest.Create(pods, tc.pod))
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, `pods "p" is forbidden: `+tc.want)
		})
	}
}

func TestClaims(t *testing.T) {
	p := New(ranges(corev1.LimitRangeItem{Type: corev1.LimitTypePersistentVolumeClaim, Min: list("storage", "1Gi"), Max: list("storage", "5Gi")}))
	for size, want := range map[string]string{
		"3Gi": "", "6Gi": "maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 6Gi", "1Mi": "minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 1Mi",
	} {
		claim := &corev1.PersistentVolumeClaim{ObjectMeta: meta.ObjectMeta{Name: "c", Namespace: "n"}}
		claim.Spec.Resources.Requests = list("storage", size)
		err := p.Validate(t.Context(), admissiontest.Create(meta.GroupResource{Resource: "persistentvolumeclaims"}, claim))
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, `persistentvolumeclaims "c" is forbidden: `+want)
	}
}

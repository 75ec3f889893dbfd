package priority

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/admissiontest"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	schedulingv1 "github.com/kubenucleus/nucleus/apimachinery/api/scheduling/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func class(name string, value int32, isDefault bool) *schedulingv1.PriorityClass {
	return &schedulingv1.PriorityClass{ObjectMeta: meta.ObjectMeta{Name: name}, Value: value, GlobalDefault: isDefault}
}

func TestPods(t *testing.T) {
	var objects admissiontest.Objects
	never := corev1.PreemptNever
	meek := class("meek", 100, false)
	meek.PreemptionPolicy = &never
	objects.Put(classes.GroupResource(), meek)
	p := New(&objects)
	five, hundred := int32(5), int32(100)
	for name, tc := range map[string]struct {
		class    string
		priority *int32
		value    int32
		policy   corev1.PreemptionPolicy
		err      string
	}{
		"none":          {"", nil, 0, corev1.PreemptLowerPriority, ""},
		"class":         {"meek", nil, 100, never, ""},
		"same priority": {"meek", &hundred, 100, never, ""},
		"other priority": {"meek", &five, 0, "",
			`pods "p" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 100 from the given PriorityClass name`},
		"missing": {"x", nil, 0, "", `pods "p" is forbidden: no PriorityClass with name x was found`},
	} {
		t.Run(name, func(t *testing.T) {
			pod := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: "p"}, Spec: corev1.PodSpec{PriorityClassName: tc.class, Priority: tc.priority}}
			err := p.Admit(t.Context(), admissiontest.Create(pods, pod))
			if tc.err != "" {
				require.EqualError(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.value, *pod.Spec.Priority)
			require.Equal(t, tc.policy, *pod.Spec.PreemptionPolicy)
		})
	}

	objects.Put(classes.GroupResource(), class("high", 7, true))
	objects.Put(classes.GroupResource(), class("low", 3, true))
	pod := &corev1.Pod{}
	require.NoError(t, p.Admit(t.Context(), admissiontest.Create(pods, pod)))
	require.Equal(t, "low", pod.Spec.PriorityClassName)
	require.EqualValues(t, 3, *pod.Spec.Priority)

	// An update by a client that does not know the fields keeps them.
	update := &admission.Request{Operation: admission.Update, Resource: meta.GroupVersionResource{Version: "v1", Resource: "pods"}, Object: &corev1.Pod{}, OldObject: pod}
	require.NoError(t, p.Admit(t.Context(), update))
	require.EqualValues(t, 3, *update.Object.(*corev1.Pod).Spec.Priority)
}

func TestClasses(t *testing.T) {
	var objects admissiontest.Objects
	p := New(&objects)
	resource := classes.GroupResource()
	first := admissiontest.Create(resource, class("first", 1, true))
	require.NoError(t, p.Validate(t.Context(), first))
	objects.Put(resource, first.Object)
	require.EqualError(t, p.Validate(t.Context(), admissiontest.Create(resource, class("second", 2, true))),
		`priorityclasses.scheduling.k8s.io "second" is forbidden: PriorityClass first is already marked as default. Only one default can exist`)
	require.NoError(t, p.Validate(t.Context(), admissiontest.Create(resource, class("third", 2, false))))
	first.Operation = admission.Update
	require.NoError(t, p.Validate(t.Context(), first))

	for name, want := range map[string]bool{"system-node-critical": true, "system-cluster-critical": true, "first": false} {
		err := p.Admit(t.Context(), &admission.Request{Operation: admission.Delete, Resource: classes, Name: name})
		require.Equal(t, want, meta.IsForbidden(err), name)
	}
}

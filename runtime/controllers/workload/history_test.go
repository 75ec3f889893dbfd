package workload

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestRevisionHoldsItsTemplate(t *testing.T) {
	template := func(image string) *corev1.PodTemplateSpec {
		return &corev1.PodTemplateSpec{
			ObjectMeta: meta.ObjectMeta{Labels: map[string]string{"app": "web"}},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: image}}},
		}
	}
	owner := &appsv1.DaemonSet{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "web", UID: "u", Annotations: map[string]string{"a": "b"}}}
	r, err := newRevision(owner, kind, 3, Present{Template: template("v1"), HashLabel: "controller-revision-hash"})
	require.NoError(t, err)
	require.Equal(t, int64(3), r.Revision)
	require.Equal(t, "web-"+r.Labels["controller-revision-hash"], r.Name)
	require.Equal(t, "web", r.Labels["app"])
	require.Equal(t, map[string]string{"a": "b"}, r.Annotations)
	require.Contains(t, string(r.Data.Raw), `"$patch":"replace"`, "undo must replace the template, not merge into it")

	require.True(t, IsOfTemplate(r, template("v1")))
	require.False(t, IsOfTemplate(r, template("v2")))
	got, err := TemplateOf(r)
	require.NoError(t, err)
	require.Equal(t, "v1", got.Spec.Containers[0].Image)
	_, err = TemplateOf(&appsv1.ControllerRevision{Data: meta.RawExtension{Raw: []byte(`{"spec":7}`)}})
	require.Error(t, err)

	owner.Name = strings.Repeat("x", 253)
	r, err = newRevision(owner, kind, 1, Present{Template: template("v1"), HashLabel: "h"})
	require.NoError(t, err)
	require.LessOrEqual(t, len(r.Name), 253)
}

func TestUnneededRevisions(t *testing.T) {
	var all []*appsv1.ControllerRevision
	for i := range 6 {
		all = append(all, &appsv1.ControllerRevision{ObjectMeta: meta.ObjectMeta{Name: string(rune('a' + i))}, Revision: int64(6 - i)})
	}
	SortRevisions(all)
	names := func(limit int32) string {
		text := ""
		for _, r := range Unneeded(all, &limit, func(r *appsv1.ControllerRevision) bool { return r.Name == "e" }) {
			text += r.Name
		}
		return text
	}
	require.Equal(t, "fdcb", names(0), "a is the newest, e is in use")
	require.Equal(t, "fd", names(2))
	require.Equal(t, "", names(10))
	require.Empty(t, Unneeded(all, nil, func(*appsv1.ControllerRevision) bool { return false }))
}

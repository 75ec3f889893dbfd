package namespacelifecycle

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/admissiontest"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestPlugin(t *testing.T) {
	var objects admissiontest.Objects
	objects.Put(namespaces.GroupResource(), &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "here"}})
	objects.Put(namespaces.GroupResource(), &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "going"}, Status: corev1.NamespaceStatus{Phase: corev1.NamespaceTerminating}})
	p := New(&objects)
	configMaps := meta.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	in := func(op admission.Operation, namespace string) *admission.Request {
		return &admission.Request{Operation: op, Resource: configMaps, Namespace: namespace, Name: "a", Object: &corev1.ConfigMap{}}
	}
	for name, tc := range map[string]struct {
		request *admission.Request
		want    string
	}{
		"create":                 {in(admission.Create, "here"), ""},
		"create in none":         {in(admission.Create, "gone"), `namespaces "gone" not found`},
		"update in none":         {in(admission.Update, "gone"), `namespaces "gone" not found`},
		"delete in none":         {in(admission.Delete, "gone"), ""},
		"create in one going":    {in(admission.Create, "going"), `configmaps "a" is forbidden: unable to create new content in namespace going because it is being terminated`},
		"update in one going":    {in(admission.Update, "going"), ""},
		"delete in one going":    {in(admission.Delete, "going"), ""},
		"cluster-scoped":         {in(admission.Create, ""), ""},
		"review in one going":    {&admission.Request{Operation: admission.Create, Namespace: "gone", Resource: meta.GroupVersionResource{Group: "authorization.k8s.io", Version: "v1", Resource: "localsubjectaccessreviews"}}, ""},
		"delete a namespace":     {&admission.Request{Operation: admission.Delete, Resource: namespaces, Namespace: "here", Name: "here"}, ""},
		"delete an immortal one": {&admission.Request{Operation: admission.Delete, Resource: namespaces, Namespace: "kube-system", Name: "kube-system"}, `namespaces "kube-system" is forbidden: this namespace may not be deleted`},
		"delete node leases":     {&admission.Request{Operation: admission.Delete, Resource: namespaces, Name: "kube-node-lease"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := p.Admit(t.Context(), tc.request)
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tc.want)
		})
	}
	err := p.Admit(t.Context(), in(admission.Create, "going"))
	require.True(t, meta.IsForbidden(err))
	status, ok := errors.AsType[*meta.StatusError](err)
	require.True(t, ok)
	require.Equal(t, []meta.StatusCause{{Type: "NamespaceTerminating", Message: "namespace going is being terminated", Field: "metadata.namespace"}}, status.Status.Details.Causes)
}

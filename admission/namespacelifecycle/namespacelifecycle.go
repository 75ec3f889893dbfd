package namespacelifecycle

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kubenucleus/nucleus/admission"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Plugin is the rule. It is safe for concurrent use.
type Plugin struct {
	admission.On
	reader admission.Reader
}

// New returns the rule. It knows namespaces from reader.
func New(reader admission.Reader) *Plugin {
	return &Plugin{admission.On{admission.Create, admission.Update, admission.Delete}, reader}
}

var (
	namespaces = meta.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	immortal   = []string{meta.NamespaceDefault, meta.NamespaceSystem, meta.NamespacePublic}
)

// Admit implements admission.Mutator: it runs before other mutators, so that
// they do no work for a namespace that is not there.
func (p *Plugin) Admit(ctx context.Context, r *admission.Request) error {
	if r.Resource.GroupResource() == namespaces.GroupResource() {
		if r.Operation == admission.Delete && r.Subresource == "" && slices.Contains(immortal, r.Name) {
			return meta.Forbidden(namespaces.GroupResource(), r.Name, errors.New("this namespace may not be deleted"))
		}
		return nil
	}
	if r.Namespace == "" || r.Operation == admission.Delete || isReview(r) {
		return nil
	}
	obj, err := p.reader.Get(ctx, namespaces, "", r.Namespace)
	if err != nil {
		return err // a 404 names the namespace
	}
	namespace, ok := obj.(*corev1.Namespace)
	if !ok || r.Operation != admission.Create || namespace.Status.Phase != corev1.NamespaceTerminating {
		return nil
	}
	refusal := r.Forbidden(fmt.Errorf("unable to create new content in namespace %s because it is being terminated", r.Namespace))
	refusal.Status.Details.Causes = append(refusal.Status.Details.Causes, meta.StatusCause{
		Type: corev1.NamespaceTerminatingCause, Field: "metadata.namespace",
		Message: fmt.Sprintf("namespace %s is being terminated", r.Namespace),
	})
	return refusal
}

// isReview tells questions about rights from content.
func isReview(r *admission.Request) bool {
	return r.Resource.Group == "authorization.k8s.io" && r.Resource.Resource == "localsubjectaccessreviews"
}

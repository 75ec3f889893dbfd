package policy

import (
	"context"
	"errors"
	"fmt"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/match"
	admissionregistrationv1 "github.com/kubenucleus/nucleus/apimachinery/api/admissionregistration/v1"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// errNoKind says that parameters are of a kind that there is not: a fault of the
// policy, whatever the binding.
type errNoKind struct{ kind meta.GroupVersionKind }

func (e errNoKind) Error() string {
	return fmt.Sprintf("failed to configure policy: failed to find resource referenced by paramKind: '%s'", e.kind)
}

var errNoParams = errors.New("failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction")

// parameters returns what a policy runs with, once each: nil without parameters.
// None at all means that the binding does nothing. An error is one of the binding's
// making.
func (p *Policies) parameters(ctx context.Context, r *admission.Request, kind *admissionregistrationv1.ParamKind, ref *admissionregistrationv1.ParamRef) ([]any, error) {
	if kind == nil || ref == nil {
		return []any{nil}, nil
	}
	gv, err := meta.ParseGroupVersion(kind.APIVersion)
	if err != nil {
		return nil, fmt.Errorf("failed to configure policy: %w", err)
	}
	gvk := gv.WithKind(kind.Kind)
	resource, ok := p.scheme.ResourceOf(gvk)
	if !ok {
		return nil, errNoKind{gvk}
	}
	namespace := ref.Namespace
	switch {
	case !resource.Namespaced && namespace != "":
		return nil, errors.New("failed to configure binding: paramRef.namespace must not be provided for a cluster-scoped `paramKind`")
	case resource.Namespaced && namespace == "":
		if namespace = r.Namespace; namespace == "" {
			return nil, errors.New("failed to configure binding: cannot use namespaced paramRef in policy binding that matches cluster-scoped resources")
		}
	}
	found, err := p.lookUp(ctx, resource.GroupVersionResource(), namespace, ref)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 && (ref.ParameterNotFoundAction == nil || *ref.ParameterNotFoundAction == admissionregistrationv1.DenyAction) {
		return nil, errNoParams
	}
	all := make([]any, 0, len(found))
	for _, obj := range found {
		shown, err := p.scheme.Convert(obj, gv)
		if err != nil {
			return nil, fmt.Errorf("failed to configure binding: %w", err)
		}
		param, err := match.Tree(shown, gvk)
		if err != nil {
			return nil, fmt.Errorf("failed to configure binding: %w", err)
		}
		all = append(all, param)
	}
	return all, nil
}

func (p *Policies) lookUp(ctx context.Context, resource meta.GroupVersionResource, namespace string, ref *admissionregistrationv1.ParamRef) ([]meta.Object, error) {
	if ref.Name != "" {
		obj, err := p.reader.Get(ctx, resource, namespace, ref.Name)
		switch {
		case meta.IsNotFound(err):
			return nil, nil
		case err != nil:
			return nil, fmt.Errorf("failed to configure binding: %w", err)
		}
		return []meta.Object{obj}, nil
	}
	selector, err := labels.FromLabelSelector(ref.Selector)
	if err != nil {
		return nil, fmt.Errorf("failed to configure binding: %w", err)
	}
	all, err := p.reader.List(ctx, resource, namespace)
	if err != nil {
		return nil, fmt.Errorf("failed to configure binding: %w", err)
	}
	var found []meta.Object
	for _, obj := range all {
		if selector.Matches(obj.Metadata().Labels) {
			found = append(found, obj)
		}
	}
	return found, nil
}

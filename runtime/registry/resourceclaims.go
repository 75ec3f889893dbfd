package registry

import (
	"context"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	resourcev1 "github.com/kubenucleus/nucleus/apimachinery/api/resource/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// claimHooks let claims for devices that others have, which see everything on
// them, be made only in namespaces that an administrator has labelled for it.
func (r *Registry) claimHooks() hooks {
	return hooks{created: func(ctx context.Context, q *Request, obj meta.Object) (effect, error) {
		var spec *resourcev1.ResourceClaimSpec
		var faults func() validate.Errors
		at := validate.NewPath("spec", "devices", "requests")
		switch o := obj.(type) {
		case *resourcev1.ResourceClaim:
			spec, faults = &o.Spec, func() validate.Errors { return resourcev1.ValidateResourceClaim(o) }
		case *resourcev1.ResourceClaimTemplate:
			spec, at = &o.Spec.Spec, validate.NewPath("spec", "spec", "devices", "requests")
			faults = func() validate.Errors { return resourcev1.ValidateResourceClaimTemplate(o) }
		default:
			return effect{}, nil
		}
		for i, request := range spec.Devices.Requests {
			if e := request.Exactly; e == nil || e.AdminAccess == nil || !*e.AdminAccess {
				continue
			}
			trusted, err := r.grantsAdminAccess(ctx, obj.Metadata().Namespace)
			if err != nil || trusted {
				return effect{}, err
			}
			// Kubernetes finds it together with all other faults.
			errs := append(validate.Forbidden(at.Index(i).Child("adminAccess"),
				"admin access to devices requires the `"+resourcev1.DRAAdminNamespaceLabelKey+": true` label on the containing namespace"), faults()...)
			return effect{}, errs.Status(meta.GroupKind{Group: "resource.k8s.io", Kind: q.Resource.Kind}, obj.Metadata().Name)
		}
		return effect{}, nil
	}}
}

func (r *Registry) grantsAdminAccess(ctx context.Context, namespace string) (bool, error) {
	obj, err := r.Reader().Get(ctx, meta.GroupVersionResource{Version: "v1", Resource: "namespaces"}, "", namespace)
	if err != nil {
		return false, err
	}
	ns, ok := obj.(*corev1.Namespace)
	return ok && ns.Labels[resourcev1.DRAAdminNamespaceLabelKey] == "true", nil
}

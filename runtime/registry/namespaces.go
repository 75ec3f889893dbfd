package registry

import (
	"context"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// namespaceHooks hold a Namespace whose content has to go first: by
// spec.finalizers, which only /finalize takes away.
func namespaceHooks() hooks {
	return hooks{
		created: func(_ context.Context, _ *Request, obj meta.Object) (effect, error) {
			if ns, ok := obj.(*corev1.Namespace); ok {
				ns.Status = corev1.NamespaceStatus{Phase: corev1.NamespaceActive}
				if !slices.Contains(ns.Spec.Finalizers, corev1.FinalizerKubernetes) {
					ns.Spec.Finalizers = append(ns.Spec.Finalizers, corev1.FinalizerKubernetes)
				}
			}
			return effect{}, nil
		},
		updated: func(_ context.Context, _ *Request, obj, old meta.Object) (effect, error) {
			ns, ok := obj.(*corev1.Namespace)
			was, alike := old.(*corev1.Namespace)
			if ok && alike {
				ns.Spec.Finalizers = slices.Clone(was.Spec.Finalizers) // /finalize alone writes them
			}
			return effect{}, nil
		},
		delete: func(obj meta.Object, now meta.Time) (gone bool) {
			ns, ok := obj.(*corev1.Namespace)
			if !ok {
				return true
			}
			first := ns.DeletionTimestamp == nil
			if first {
				ns.DeletionTimestamp = &now
			}
			ns.Status.Phase = corev1.NamespaceTerminating
			// Even an empty one is seen terminating once, so that nothing is created
			// in it between the look and the deletion.
			return len(ns.Spec.Finalizers) == 0 && !first
		},
		held: func(obj meta.Object) bool {
			ns, ok := obj.(*corev1.Namespace)
			return ok && len(ns.Spec.Finalizers) > 0
		},
		subresources: map[string]subresourceRules{
			"finalize": {
				prepare: func(obj, old meta.Object) {
					if ns, ok := obj.(*corev1.Namespace); ok {
						ns.Status = old.(*corev1.Namespace).Status
					}
				},
				validate: validateFinalize,
			},
		},
	}
}

func validateFinalize(obj, old meta.Object) validate.Errors {
	ns, ok := obj.(*corev1.Namespace)
	was, alike := old.(*corev1.Namespace)
	if !ok || !alike {
		return validateMetaUpdate(obj, old)
	}
	return corev1.ValidateNamespaceFinalize(ns, was)
}

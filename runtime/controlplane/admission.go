package controlplane

import (
	"context"
	"slices"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/builtin"
	"github.com/kubenucleus/nucleus/admission/policy"
	"github.com/kubenucleus/nucleus/admission/resourcequota"
	"github.com/kubenucleus/nucleus/admission/webhook"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/patch/apply"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// DefaultAdmission returns the plug-ins that Kubernetes has on by default, as
// far as Nucleus has them, in Kubernetes' order.
func DefaultAdmission(r *registry.Registry) admission.Chain {
	if _, ok := r.Scheme().Resource(quotas); !ok {
		return builtin.Chain(r.Reader(), nil) // nothing limits anybody
	}
	return builtin.Chain(r.Reader(), charge(r))
}

var policies = meta.GroupVersionResource{Group: "admissionregistration.k8s.io", Version: "v1", Resource: "validatingadmissionpolicies"}

// withPolicies adds what users of the cluster have to say: after all that fills
// in, and before quotas, which charge what was admitted.
func withPolicies(chain admission.Chain, r *registry.Registry, authorizer authz.Authorizer, hooks *webhook.Webhooks) admission.Chain {
	if hooks == nil {
		return chain
	}
	p := policy.New(r.Scheme(), r.LocalReader(), authorizer)
	at := slices.IndexFunc(chain, func(p admission.Plugin) bool { _, is := p.(*resourcequota.Plugin); return is })
	if at < 0 {
		at = len(chain)
	}
	return slices.Insert(slices.Clone(chain), at, admission.Plugin(p.Mutating(apply.NewManager(r.Scheme()))), admission.Plugin(hooks.Mutating()),
		admission.Plugin(p.Validating()), admission.Plugin(hooks.Validating()))
}

// newWebhooks returns what calls webhooks, or nil if nobody can register any.
func newWebhooks(r *registry.Registry, authorizer authz.Authorizer) *webhook.Webhooks {
	if _, ok := r.Scheme().Resource(policies); !ok {
		return nil
	}
	return webhook.New(r.Scheme(), r.LocalReader(), webhook.Options{Authorizer: authorizer})
}

var quotas = meta.GroupVersionResource{Version: "v1", Resource: "resourcequotas"}

// charge stores what quotas are charged, as the server itself.
func charge(r *registry.Registry) resourcequota.Charge {
	c := r.Client(&auth.User{Name: "system:apiserver", Groups: []string{auth.GroupMasters}})
	return func(ctx context.Context, quota *corev1.ResourceQuota) error {
		at := client.Target{
			Resource: quotas, Namespace: quota.Namespace, Name: quota.Name, Subresource: "status",
		}
		return c.Update(ctx, at, quota, meta.UpdateOptions{FieldManager: "kube-apiserver"})
	}
}

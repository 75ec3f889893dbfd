package controlplane

import (
	"context"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/builtin"
	"github.com/kubenucleus/nucleus/admission/resourcequota"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
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

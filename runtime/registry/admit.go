package registry

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// admissionRequest describes a write for admission. The caller sets its
// objects and name.
func (r *Registry) admissionRequest(q *Request, c *collection, op admission.Operation, opts any, dryRun bool) *admission.Request {
	namespace := q.Namespace
	if c.isNamespaces() {
		namespace = q.Name
	}
	return &admission.Request{
		Operation: op, Resource: q.Resource.GroupVersionResource(), Kind: c.gvk,
		Subresource: q.Subresource, Namespace: namespace,
		Options: opts, DryRun: dryRun, User: q.User, Warn: q.Warn,
	}
}

// isNamespaces says that the objects are Namespaces, which admission takes to
// be in themselves.
func (c *collection) isNamespaces() bool { return c.gvk.Group == "" && c.hub.Name == "namespaces" }

// admit runs the mutating part of admission.
func (r *Registry) admit(ctx context.Context, adm *admission.Request) error {
	chain := *r.admission.Load()
	if len(chain) == 0 || !chain.Handles(adm.Operation) {
		return nil
	}
	return chain.Admit(ctx, adm)
}

// admitFinally runs the validating part of admission, on the object as it will
// be stored.
func (r *Registry) admitFinally(ctx context.Context, adm *admission.Request) error {
	chain := *r.admission.Load()
	if len(chain) == 0 || !chain.Handles(adm.Operation) {
		return nil
	}
	return chain.Validate(ctx, adm)
}

// trackUpdate has the field manager account for a write other than apply. The
// objects are in the hub version, live is nil for a new one.
func (r *Registry) trackUpdate(q *Request, c *collection, live, obj meta.Object, subresource, manager string) (meta.Object, error) {
	if r.fields == nil {
		obj.Metadata().ManagedFields = nil
		return obj, nil
	}
	changed, err := c.fromHub(q.Resource, obj)
	if err != nil {
		return nil, err
	}
	var before meta.Object
	if live != nil {
		if before, err = c.fromHub(q.Resource, live); err != nil {
			return nil, err
		}
	}
	if manager == "" {
		manager = managerOf(q)
	}
	tracked, err := r.fields.Update(before, changed, q.Resource, subresource, manager, r.now())
	if err != nil {
		return nil, err
	}
	obj.Metadata().ManagedFields = tracked.Metadata().ManagedFields
	return obj, nil
}

// managerOf names the owner of fields after the program that sent the request.
func managerOf(q *Request) string {
	program, _, _ := strings.Cut(q.UserAgent, "/")
	return cmp.Or(program, "unknown")
}

func (r *Registry) now() meta.Time { return meta.At(r.clock()) }

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

package match

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/apimachinery/cel"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/fields"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
)

// Values returns what expressions know of a request, but for parameters; authorizer is
// what they may ask.
func (m *Matcher) Values(ctx context.Context, authorizer authz.Authorizer, r *admission.Request, hit *Hit) (map[string]any, error) {
	all := map[string]any{"request": describe(r, hit), "namespaceObject": nil}
	for name, obj := range map[string]meta.Object{"object": r.Object, "oldObject": r.OldObject} {
		shown, err := m.Show(obj, hit)
		if err != nil {
			return nil, err
		}
		if all[name], err = Tree(shown, hit.Kind); err != nil {
			return nil, err
		}
	}
	if r.Namespace != "" && r.Resource.GroupResource() != namespaces.GroupResource() {
		obj, err := m.reader.Get(ctx, namespaces, "", r.Namespace)
		if err != nil {
			return nil, err
		}
		namespace, err := namespaceTree(obj)
		if err != nil {
			return nil, err
		}
		all["namespaceObject"] = namespace
	}
	ask := questions(ctx, authorizer, r.User)
	all["authorizer"] = ask
	all["authorizer.requestResource"] = cel.RequestResource{Authorizer: ask, Access: cel.Access{
		Group: hit.Resource.Group, Resource: hit.Resource.Resource, Subresource: r.Subresource, Namespace: r.Namespace, Name: r.Name,
	}}
	return all, nil
}

// Tree is an object as expressions see it: null if there is none.
func Tree(obj meta.Object, kind meta.GroupVersionKind) (any, error) {
	if obj == nil {
		return nil, nil
	}
	m, err := codec.ToMap(obj)
	if err != nil {
		return nil, err
	}
	m["apiVersion"], m["kind"] = kind.GroupVersion().String(), kind.Kind
	return m, nil
}

// namespaceTree is what expressions may know of the namespace of a request.
func namespaceTree(obj meta.Object) (any, error) {
	whole, err := codec.ToMap(obj)
	if err != nil {
		return nil, err
	}
	if metadata, ok := whole["metadata"].(map[string]any); ok {
		delete(metadata, "managedFields")
		delete(metadata, "ownerReferences")
	}
	delete(whole, "apiVersion")
	delete(whole, "kind")
	return whole, nil
}

// describe is the variable "request".
func describe(r *admission.Request, hit *Hit) map[string]any {
	kind := func(k meta.GroupVersionKind) any {
		return map[string]any{"group": k.Group, "version": k.Version, "kind": k.Kind}
	}
	resource := func(g meta.GroupVersionResource) any {
		return map[string]any{"group": g.Group, "version": g.Version, "resource": g.Resource}
	}
	requested := r.Kind
	if requested.Group == r.Resource.Group {
		requested.Version = r.Resource.Version
	}
	all := map[string]any{
		"kind": kind(hit.Kind), "resource": resource(hit.Resource),
		"requestKind": kind(requested), "requestResource": resource(r.Resource),
		"operation": string(r.Operation), "dryRun": r.DryRun, "userInfo": userInfo(r.User),
	}
	text := func(key, value string) {
		if value != "" {
			all[key] = value
		}
	}
	text("name", r.Name)
	text("namespace", r.Namespace)
	text("subResource", r.Subresource)
	text("requestSubResource", r.Subresource)
	if options := OptionsTree(r.Options); options != nil {
		all["options"] = options
	}
	return all
}

// OptionsTree is the options of a request as an object, or nil without any. They are
// of the kind that their type is named for.
func OptionsTree(options any) map[string]any {
	m, err := codec.ToMap(options)
	if err != nil || m == nil {
		return nil
	}
	name := fmt.Sprintf("%T", options)
	m["apiVersion"], m["kind"] = "meta.k8s.io/v1", name[strings.LastIndexByte(name, '.')+1:]
	return m
}

func userInfo(u *auth.User) map[string]any {
	info := map[string]any{}
	if u == nil {
		return info
	}
	list := func(values []string) []any {
		items := make([]any, len(values))
		for i, v := range values {
			items[i] = v
		}
		return items
	}
	info["username"] = u.Name
	if u.UID != "" {
		info["uid"] = u.UID
	}
	if len(u.Groups) > 0 {
		info["groups"] = list(u.Groups)
	}
	if len(u.Extra) > 0 {
		extra := make(map[string]any, len(u.Extra))
		for k, v := range u.Extra {
			extra[k] = list(v)
		}
		info["extra"] = extra
	}
	return info
}

// questions lets expressions ask a, for user unless they name a service account.
func questions(ctx context.Context, a authz.Authorizer, user *auth.User) cel.Authorizer {
	return func(access cel.Access) cel.Decision {
		q := &authz.Request{User: user, Verb: access.Verb, Path: access.Path}
		if access.ServiceAccountName != "" {
			q.User = &auth.User{
				Name:   auth.ServiceAccountUser(access.ServiceAccountNamespace, access.ServiceAccountName),
				Groups: append(auth.ServiceAccountGroups(access.ServiceAccountNamespace), auth.GroupAuthenticated),
			}
		}
		var errs []error
		if access.Path == "" {
			q.ResourceRequest, q.Group, q.Version, q.Resource, q.Subresource = true, access.Group, "*", access.Resource, access.Subresource
			q.Namespace, q.Name = access.Namespace, access.Name
			// What of a selector cannot be read asks for more, so it can only lead to less.
			if s, err := fields.Parse(access.FieldSelector); err == nil {
				q.FieldSelector = s.String()
			} else {
				errs = append(errs, err)
			}
			if s, err := labels.Parse(access.LabelSelector); err == nil {
				q.LabelSelector = s.String()
			} else {
				errs = append(errs, err)
			}
		}
		if a == nil {
			return cel.Decision{Reason: "there is no authorizer"}
		}
		d, reason, err := a.Authorize(ctx, q)
		if err != nil {
			errs = append(errs, err)
		}
		return cel.Decision{Allowed: d == authz.Allow, Reason: reason, Err: errors.Join(errs...)}
	}
}

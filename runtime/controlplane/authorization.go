package controlplane

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/noderestriction"
	"github.com/kubenucleus/nucleus/admission/rolegrant"
	"github.com/kubenucleus/nucleus/admission/signers"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	rbacv1 "github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	"github.com/kubenucleus/nucleus/apimachinery/fields"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
	"github.com/kubenucleus/nucleus/auth/authz/node"
	"github.com/kubenucleus/nucleus/auth/authz/rbac"
	"github.com/kubenucleus/nucleus/auth/authz/rbac/bootstrap"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/runtime/server"
)

// Modes of authorization, as --authorization-mode names them.
const (
	ModeNode        = "Node"
	ModeRBAC        = "RBAC"
	ModeAlwaysAllow = "AlwaysAllow"
	ModeAlwaysDeny  = "AlwaysDeny"
)

// rights is what users may do.
type rights struct {
	authorizer authz.Authorizer
	policy     *rbac.Policy   // nil: no roles
	caches     *client.Caches // of roles and bindings, which policy follows
	settle     func(ctx context.Context) error
}

func (c *ControlPlane) newRights() (*rights, error) {
	r := &rights{settle: func(context.Context) error { return nil }}
	hasRoles := has[rbacv1.ClusterRole](c.registry) && has[rbacv1.RoleBinding](c.registry)
	hasNodes := has[corev1.Node](c.registry) && has[corev1.Pod](c.registry)
	modes := c.opts.AuthorizationModes
	if modes == nil && hasRoles {
		modes = []string{ModeRBAC}
		if hasNodes {
			modes = []string{ModeNode, ModeRBAC}
		}
	}
	union := authz.Union{authz.Masters{}}
	for i, mode := range modes {
		if slices.Contains(modes[:i], mode) {
			return nil, fmt.Errorf("authorization mode %q is given twice", mode)
		}
		switch mode {
		case ModeNode:
			if !hasNodes {
				return nil, fmt.Errorf("authorization mode %q needs Nodes and Pods", mode)
			}
			rules, err := nodeRules()
			if err != nil {
				return nil, err
			}
			union = append(union, authz.Named("node", node.New(c.registry.LocalReader(), c.podsOn, rules)))
		case ModeRBAC:
			if !hasRoles {
				return nil, fmt.Errorf("authorization mode %q needs the group %s", mode, rbacv1.GroupName)
			}
			r.followRoles(c)
			union = append(union, authz.Named("rbac", r.policy))
		case ModeAlwaysAllow:
			union = append(union, authz.AlwaysAllow)
		case ModeAlwaysDeny:
			// Who has no opinion refuses.
		default:
			return nil, fmt.Errorf("authorization mode %q is not known", mode)
		}
	}
	// Probes must not fail before the roles are there, nor where there are none.
	r.authorizer = append(union, authz.PublicInfo{})
	return r, nil
}

// nodeRules are what all nodes may do: the role that the bootstrap binds to nobody.
func nodeRules() ([]rbacv1.PolicyRule, error) {
	objects, err := bootstrap.Objects()
	if err != nil {
		return nil, err
	}
	for _, r := range objects.ClusterRoles {
		if r.Name == "system:node" {
			return r.Rules, nil
		}
	}
	return nil, errors.New("there is no role system:node")
}

// podsOn finds the Pods of a node by the index of the cache.
func (c *ControlPlane) podsOn(ctx context.Context, node string) ([]*corev1.Pod, error) {
	local, ok := c.registry.Client(nil).(client.Source)
	if !ok {
		return nil, errors.New("the registry's client shares no objects")
	}
	_, items, err := local.ListShared(ctx, client.Target{Resource: meta.GroupVersionResource{Version: "v1", Resource: "pods"}},
		meta.ListOptions{FieldSelector: fields.Equal("spec.nodeName", node).String(), ResourceVersion: "0"})
	if err != nil {
		return nil, err
	}
	var pods []*corev1.Pod
	for obj, err := range items {
		if err != nil {
			return nil, err
		}
		if pod, ok := obj.(*corev1.Pod); ok {
			pods = append(pods, pod)
		}
	}
	return pods, nil
}

func has[T any, P client.Pointer[T]](r *registry.Registry) bool {
	_, ok := r.Scheme().Kind(P(new(T)))
	return ok
}

// rules lists what users may do, or is nil if nothing here can.
func (r *rights) rules() server.Rules {
	if r.policy == nil {
		return nil
	}
	return r.policy
}

// guard adds to a chain, at its end, what is part of authorization: that nodes
// write what is theirs, that certificates are given by who may, and that nobody
// grants more than they have.
func (r *rights) guard(chain admission.Chain, reader admission.Reader) admission.Chain {
	chain = append(slices.Clip(chain), noderestriction.New(reader, r.authorizer), signers.New(r.authorizer))
	if r.policy != nil {
		chain = append(chain, rolegrant.New(r.authorizer, r.policy))
	}
	return chain
}

// followRoles makes the policy follow the roles and bindings that are stored.
func (r *rights) followRoles(c *ControlPlane) {
	p := rbac.NewPolicy()
	local := c.registry.Client(&auth.User{Name: "system:apiserver", Groups: []string{auth.GroupMasters}})
	r.policy, r.caches = p, client.NewCaches(local, c.opts.Logger)
	clusterRoles := follow(r.caches, p.PutClusterRole, func(k client.Key) { p.DropClusterRole(k.Name) })
	roles := follow(r.caches, p.PutRole, func(k client.Key) { p.DropRole(k.Namespace, k.Name) })
	clusterBindings := follow(r.caches, p.PutClusterRoleBinding, func(k client.Key) { p.DropClusterRoleBinding(k.Name) })
	bindings := follow(r.caches, p.PutRoleBinding, func(k client.Key) { p.DropRoleBinding(k.Namespace, k.Name) })
	// Who is told that the server is ready must find the roles to begin with in force.
	r.settle = func(ctx context.Context) error {
		for _, reached := range []func(context.Context, client.Client) error{clusterRoles, roles, clusterBindings, bindings} {
			if err := reached(ctx, local); err != nil {
				return err
			}
		}
		return nil
	}
}

// follow has put and drop called as objects of type T change. It returns what
// waits until those that are stored now were put.
func follow[T any, P client.Pointer[T]](caches *client.Caches, put func(*T), drop func(client.Key)) func(context.Context, client.Client) error {
	cache := client.CacheOf[T, P](caches)
	cache.Handle(client.Handler[T]{
		OnAdd:    func(obj *T, _ bool) { put(obj) },
		OnUpdate: func(_, obj *T) { put(obj) },
		OnDelete: func(key client.Key, _ *T) { drop(key) },
	})
	return func(ctx context.Context, c client.Client) error {
		list, err := client.Of[T, P](c).List(ctx)
		if err != nil {
			return err
		}
		newest := ""
		for i := range list.Items {
			version := P(&list.Items[i]).Metadata().ResourceVersion
			if order, err := client.CompareVersions(version, newest); err != nil {
				return err
			} else if order > 0 {
				newest = version
			}
		}
		if newest == "" {
			return nil
		}
		return cache.WaitFor(ctx, newest)
	}
}

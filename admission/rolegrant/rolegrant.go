package rolegrant

import (
	"context"
	"errors"

	"github.com/kubenucleus/nucleus/admission"
	rbacv1 "github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
)

// Rules tell what roles allow and users have. An *rbac.Policy does.
type Rules interface {
	// MayGrant returns an error if rules allow more than user is allowed in
	// namespace, "" for the whole cluster.
	MayGrant(user *auth.User, namespace string, rules []rbacv1.PolicyRule) error
	// RulesOf returns the rules of the role that a binding in namespace refers to.
	RulesOf(ref rbacv1.RoleRef, namespace string) ([]rbacv1.PolicyRule, error)
}

// Plugin is the rule. It is safe for concurrent use.
type Plugin struct {
	admission.On
	authorizer authz.Authorizer
	rules      Rules
}

// New returns the rule. authorizer is asked for the verbs that lift it.
func New(authorizer authz.Authorizer, rules Rules) *Plugin {
	return &Plugin{admission.On{admission.Create, admission.Update}, authorizer, rules}
}

// everything is what the gatherer of other roles' rules has to have.
var everything = []rbacv1.PolicyRule{
	{Verbs: []string{"*"}, APIGroups: []string{"*"}, Resources: []string{"*"}},
	{Verbs: []string{"*"}, NonResourceURLs: []string{"*"}},
}

// Admit implements admission.Mutator. It changes nothing.
func (p *Plugin) Admit(ctx context.Context, r *admission.Request) error {
	if r.Resource.Group != rbacv1.GroupName || r.Subresource != "" || r.User.In(auth.GroupMasters) {
		return nil
	}
	switch obj := r.Object.(type) {
	case *rbacv1.Role:
		if r.ForCollector() || p.may(ctx, r, "escalate", r.Resource.Resource, requested(r)) {
			return nil
		}
		return p.check(r, r.Namespace, obj.Name, obj.Rules)
	case *rbacv1.ClusterRole:
		if r.ForCollector() || p.may(ctx, r, "escalate", r.Resource.Resource, requested(r)) {
			return nil
		}
		if err := p.check(r, "", obj.Name, obj.Rules); err != nil {
			return err
		}
		old, ok := r.OldObject.(*rbacv1.ClusterRole)
		if obj.AggregationRule == nil && (!ok || old.AggregationRule == nil) {
			return nil
		}
		if p.rules.MayGrant(r.User, "", everything) != nil {
			return refused(r, obj.Name, errors.New("must have cluster-admin privileges to use the aggregationRule"))
		}
	case *rbacv1.RoleBinding:
		if !r.ForCollector() {
			return p.checkBinding(ctx, r, r.Namespace, obj.Name, obj.RoleRef)
		}
	case *rbacv1.ClusterRoleBinding:
		if !r.ForCollector() {
			return p.checkBinding(ctx, r, "", obj.Name, obj.RoleRef)
		}
	}
	return nil
}

func (p *Plugin) check(r *admission.Request, namespace, name string, rules []rbacv1.PolicyRule) error {
	if err := p.rules.MayGrant(r.User, namespace, rules); err != nil {
		return refused(r, name, err)
	}
	return nil
}

func (p *Plugin) checkBinding(ctx context.Context, r *admission.Request, namespace, name string, ref rbacv1.RoleRef) error {
	resource := ""
	switch ref.Kind {
	case "Role":
		resource = "roles"
	case "ClusterRole":
		resource = "clusterroles"
	}
	if resource != "" && p.may(ctx, r, "bind", resource, ref.Name) {
		return nil
	}
	rules, err := p.rules.RulesOf(ref, namespace)
	if meta.IsNotFound(err) {
		return meta.NotFound(r.Resource.GroupResource(), ref.Name)
	}
	if err != nil {
		return err
	}
	return p.check(r, namespace, name, rules)
}

// may asks for one of the verbs that lift the rule.
func (p *Plugin) may(ctx context.Context, r *admission.Request, verb, resource, name string) bool {
	decision, _, _ := p.authorizer.Authorize(ctx, &authz.Request{
		User: r.User, Verb: verb, ResourceRequest: true,
		Group: r.Resource.Group, Version: "*", Resource: resource, Namespace: r.Namespace, Name: name,
	})
	return decision == authz.Allow
}

// requested is the name in the path: a POST has none, so that rights to certain
// names do not help it.
func requested(r *admission.Request) string {
	if _, post := r.Options.(*meta.CreateOptions); post && r.Operation == admission.Create {
		return ""
	}
	return r.Name
}

func refused(r *admission.Request, name string, reason error) error {
	return meta.Forbidden(r.Resource.GroupResource(), name, reason)
}

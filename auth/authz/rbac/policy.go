package rbac

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	rbacv1 "github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
)

// Policy is an index of roles and bindings. It is an authz.Authorizer.
type Policy struct {
	mu           sync.RWMutex
	clusterRoles map[string]*rbacv1.ClusterRole
	roles        map[key]*rbacv1.Role
	cluster      bindings            // ClusterRoleBindings
	namespaced   map[string]bindings // RoleBindings by namespace
}

type key struct{ namespace, name string }

// bindings are those of one scope.
type bindings struct {
	byName    map[string]*binding
	bySubject map[subject][]*binding // ordered by name
}

// binding is what a RoleBinding and a ClusterRoleBinding have in common.
type binding struct {
	namespace, name string // no namespace: of the cluster
	ref             rbacv1.RoleRef
	subjects        []subject
}

// subject is who a binding is for. Only service accounts have a namespace.
type subject struct{ kind, namespace, name string }

// NewPolicy returns an empty index, which allows nothing.
func NewPolicy() *Policy {
	return &Policy{
		clusterRoles: map[string]*rbacv1.ClusterRole{}, roles: map[key]*rbacv1.Role{},
		cluster: newBindings(), namespaced: map[string]bindings{},
	}
}

func newBindings() bindings {
	return bindings{byName: map[string]*binding{}, bySubject: map[subject][]*binding{}}
}

// PutClusterRole adds a role or replaces the one of that name.
func (p *Policy) PutClusterRole(r *rbacv1.ClusterRole) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clusterRoles[r.Name] = r
}

// DropClusterRole removes a role.
func (p *Policy) DropClusterRole(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.clusterRoles, name)
}

// PutRole adds a role or replaces the one of that name.
func (p *Policy) PutRole(r *rbacv1.Role) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.roles[key{r.Namespace, r.Name}] = r
}

// DropRole removes a role.
func (p *Policy) DropRole(namespace, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.roles, key{namespace, name})
}

// PutClusterRoleBinding adds a binding or replaces the one of that name.
func (p *Policy) PutClusterRoleBinding(b *rbacv1.ClusterRoleBinding) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cluster.put(newBinding("", b.Name, b.RoleRef, b.Subjects))
}

// DropClusterRoleBinding removes a binding.
func (p *Policy) DropClusterRoleBinding(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cluster.drop(name)
}

// PutRoleBinding adds a binding or replaces the one of that name.
func (p *Policy) PutRoleBinding(b *rbacv1.RoleBinding) {
	p.mu.Lock()
	defer p.mu.Unlock()
	in, ok := p.namespaced[b.Namespace]
	if !ok {
		in = newBindings()
		p.namespaced[b.Namespace] = in
	}
	in.put(newBinding(b.Namespace, b.Name, b.RoleRef, b.Subjects))
}

// DropRoleBinding removes a binding.
func (p *Policy) DropRoleBinding(namespace, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	in, ok := p.namespaced[namespace]
	if !ok {
		return
	}
	in.drop(name)
	if len(in.byName) == 0 {
		delete(p.namespaced, namespace)
	}
}

func newBinding(namespace, name string, ref rbacv1.RoleRef, subjects []rbacv1.Subject) *binding {
	b := &binding{namespace: namespace, name: name, ref: ref}
	for _, s := range subjects {
		to := subject{kind: s.Kind, name: s.Name}
		if s.Kind == rbacv1.ServiceAccountKind {
			if to.namespace = s.Namespace; to.namespace == "" {
				to.namespace = namespace
			}
			if to.namespace == "" {
				continue
			}
		}
		if !slices.Contains(b.subjects, to) {
			b.subjects = append(b.subjects, to)
		}
	}
	return b
}

func byName(a, b *binding) int { return strings.Compare(a.name, b.name) }

func (bs bindings) put(b *binding) {
	bs.drop(b.name)
	bs.byName[b.name] = b
	for _, s := range b.subjects {
		have := bs.bySubject[s]
		at, _ := slices.BinarySearchFunc(have, b, byName)
		bs.bySubject[s] = slices.Insert(have, at, b)
	}
}

func (bs bindings) drop(name string) {
	old := bs.byName[name]
	if old == nil {
		return
	}
	delete(bs.byName, name)
	for _, s := range old.subjects {
		left := slices.DeleteFunc(bs.bySubject[s], func(b *binding) bool { return b == old })
		if len(left) == 0 {
			delete(bs.bySubject, s)
			continue
		}
		bs.bySubject[s] = left
	}
}

// each calls visit with every binding that is for user, until it returns false,
// and says whether all were visited. One that is for the user in several ways may come
// several times.
func (bs bindings) each(user *auth.User, visit func(b *binding, s subject) bool) bool {
	if len(bs.byName) == 0 || user == nil {
		return true
	}
	of := func(s subject) bool {
		for _, b := range bs.bySubject[s] {
			if !visit(b, s) {
				return false
			}
		}
		return true
	}
	if !of(subject{kind: rbacv1.UserKind, name: user.Name}) {
		return false
	}
	if namespace, name, ok := auth.SplitServiceAccountUser(user.Name); ok && !of(subject{rbacv1.ServiceAccountKind, namespace, name}) {
		return false
	}
	for _, g := range user.Groups {
		if !of(subject{kind: rbacv1.GroupKind, name: g}) {
			return false
		}
	}
	return true
}

// rulesOf returns the rules of the role that a binding in namespace refers to.
func (p *Policy) rulesOf(ref *rbacv1.RoleRef, namespace string) ([]rbacv1.PolicyRule, error) {
	if ref.Kind == "Role" {
		r := p.roles[key{namespace, ref.Name}]
		if r == nil {
			return nil, meta.NotFound(meta.GroupResource{Group: rbacv1.GroupName, Resource: "role"}, ref.Name)
		}
		return r.Rules, nil
	}
	r := p.clusterRoles[ref.Name]
	if r == nil {
		return nil, meta.NotFound(meta.GroupResource{Group: rbacv1.GroupName, Resource: "clusterrole"}, ref.Name)
	}
	return r.Rules, nil
}

// eachRule calls visit with every rule that holds for user in namespace ("" is the
// whole cluster), until it returns false. It returns what could not be found.
func (p *Policy) eachRule(user *auth.User, namespace string, visit func(r *rbacv1.PolicyRule, b *binding, s subject) bool) error {
	p.mu.RLock()
	defer p.mu.RUnlock()
	var errs auth.Errors
	of := func(b *binding, s subject) bool {
		rules, err := p.rulesOf(&b.ref, b.namespace)
		if err != nil {
			errs = append(errs, err)
			return true
		}
		for i := range rules {
			if !visit(&rules[i], b, s) {
				return false
			}
		}
		return true
	}
	if !p.cluster.each(user, of) || namespace == "" {
		return errs.AsError()
	}
	p.namespaced[namespace].each(user, of)
	return errs.AsError()
}

// Authorize implements authz.Authorizer: it allows what a rule allows and has no
// opinion otherwise.
func (p *Policy) Authorize(_ context.Context, r *authz.Request) (authz.Decision, string, error) {
	allowed, reason := false, ""
	resource := r.Resource
	if r.Subresource != "" {
		resource += "/" + r.Subresource
	}
	err := p.eachRule(r.User, r.Namespace, func(rule *rbacv1.PolicyRule, b *binding, s subject) bool {
		if allowed = allows(rule, r, resource); allowed {
			reason = "RBAC: allowed by " + b.describe(s)
		}
		return !allowed
	})
	switch {
	case allowed:
		return authz.Allow, reason, nil
	case err != nil:
		reason = "RBAC: " + err.Error()
	}
	return authz.NoOpinion, reason, nil
}

// describe says how the binding comes to be for the subject.
func (b *binding) describe(s subject) string {
	kind, name := "ClusterRoleBinding", b.name
	if b.namespace != "" {
		kind, name = "RoleBinding", b.name+"/"+b.namespace
	}
	who := s.name
	if s.namespace != "" {
		who += "/" + s.namespace
	}
	return fmt.Sprintf("%s %q of %s %q to %s %q", kind, name, b.ref.Kind, b.ref.Name, s.kind, who)
}

// RulesFor returns every rule that holds for user in namespace. An error says
// that there may be more.
func (p *Policy) RulesFor(user *auth.User, namespace string) ([]rbacv1.PolicyRule, error) {
	var rules []rbacv1.PolicyRule
	err := p.eachRule(user, namespace, func(r *rbacv1.PolicyRule, _ *binding, _ subject) bool {
		rules = append(rules, *r)
		return true
	})
	return rules, err
}

// RulesOf returns the rules of the role that a binding in namespace ("" for a
// ClusterRoleBinding) refers to.
func (p *Policy) RulesOf(ref rbacv1.RoleRef, namespace string) ([]rbacv1.PolicyRule, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.rulesOf(&ref, namespace)
}

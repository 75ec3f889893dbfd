package rolegrant_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/rolegrant"
	rbacv1 "github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz/rbac"
)

func rules(verb, resource string, names ...string) []rbacv1.PolicyRule {
	group := ""
	if resource == "roles" || resource == "clusterroles" {
		group = rbacv1.GroupName
	}
	return []rbacv1.PolicyRule{{Verbs: []string{verb}, APIGroups: []string{group}, Resources: []string{resource}, ResourceNames: names}}
}

// plugin has bob, who may get pods, escalate the role "free" and bind the
// ClusterRole "strong".
func plugin() *rolegrant.Plugin {
	p := rbac.NewPolicy()
	grant := func(name string, rules []rbacv1.PolicyRule) {
		p.PutClusterRole(&rbacv1.ClusterRole{ObjectMeta: meta.ObjectMeta{Name: name}, Rules: rules})
		p.PutClusterRoleBinding(&rbacv1.ClusterRoleBinding{ObjectMeta: meta.ObjectMeta{Name: name}, RoleRef: rbacv1.RoleRef{Kind: "ClusterRole", Name: name},
			Subjects: []rbacv1.Subject{{Kind: "User", Name: "bob"}}})
	}
	grant("pods", rules("get", "pods"))
	grant("escalate", rules("escalate", "roles", "free"))
	grant("bind", rules("bind", "clusterroles", "strong"))
	p.PutClusterRole(&rbacv1.ClusterRole{ObjectMeta: meta.ObjectMeta{Name: "strong"}, Rules: rules("delete", "nodes")})
	p.PutClusterRole(&rbacv1.ClusterRole{ObjectMeta: meta.ObjectMeta{Name: "other"}, Rules: rules("delete", "nodes")})
	return rolegrant.New(p, p)
}

func request(op admission.Operation, resource string, obj, old meta.Object) *admission.Request {
	r := &admission.Request{Operation: op, Resource: meta.GroupVersionResource{Group: rbacv1.GroupName, Version: "v1", Resource: resource},
		Namespace: obj.Metadata().Namespace, Name: obj.Metadata().Name, Object: obj, OldObject: old, User: &auth.User{Name: "bob"}}
	r.Options = &meta.UpdateOptions{}
	if op == admission.Create {
		r.Options = &meta.CreateOptions{}
	}
	return r
}

func role(name string, r []rbacv1.PolicyRule) *rbacv1.Role {
	return &rbacv1.Role{ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "ns"}, Rules: r}
}

func binding(to string) *rbacv1.RoleBinding {
	return &rbacv1.RoleBinding{ObjectMeta: meta.ObjectMeta{Name: "b", Namespace: "ns"}, RoleRef: rbacv1.RoleRef{Kind: "ClusterRole", Name: to}}
}

func TestGrants(t *testing.T) {
	gathers := &rbacv1.ClusterRole{ObjectMeta: meta.ObjectMeta{Name: "g"}, AggregationRule: &rbacv1.AggregationRule{}}
	owned := role("a", rules("delete", "nodes"))
	owned.Finalizers = []string{"x"}
	for name, test := range map[string]struct {
		r    *admission.Request
		says string
	}{
		"what one has":             {request(admission.Create, "roles", role("a", rules("get", "pods")), nil), ""},
		"more":                     {request(admission.Create, "roles", role("a", rules("get", "secrets")), nil), "not currently held"},
		"more, by escalate":        {request(admission.Update, "roles", role("free", rules("get", "secrets")), role("free", nil)), ""},
		"a POST has no name":       {request(admission.Create, "roles", role("free", rules("get", "secrets")), nil), "not currently held"},
		"finalizers alone":         {request(admission.Update, "roles", owned, role("a", rules("delete", "nodes"))), ""},
		"labels on a strong role":  {request(admission.Update, "roles", &rbacv1.Role{ObjectMeta: meta.ObjectMeta{Name: "a", Namespace: "ns", Labels: map[string]string{"a": "b"}}, Rules: rules("delete", "nodes")}, role("a", rules("delete", "nodes"))), "not currently held"},
		"gathering":                {request(admission.Create, "clusterroles", gathers, nil), "must have cluster-admin privileges to use the aggregationRule"},
		"binding what one has":     {request(admission.Create, "rolebindings", binding("pods"), nil), ""},
		"binding by bind":          {request(admission.Create, "rolebindings", binding("strong"), nil), ""},
		"binding more":             {request(admission.Create, "rolebindings", binding("other"), nil), "not currently held"},
		"binding to nothing":       {request(admission.Create, "rolebindings", binding("none"), nil), `rolebindings.rbac.authorization.k8s.io "none" not found`},
		"of another group, or not": {&admission.Request{Operation: admission.Create, Object: role("a", rules("get", "secrets"))}, ""},
	} {
		err := plugin().Admit(context.Background(), test.r)
		if test.says == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, test.says, name)
	}
	r := request(admission.Create, "roles", role("a", rules("*", "*")), nil)
	r.User = &auth.User{Name: "root", Groups: []string{auth.GroupMasters}}
	require.NoError(t, plugin().Admit(t.Context(), r))
}

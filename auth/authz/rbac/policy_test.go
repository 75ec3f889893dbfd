package rbac_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	rbacv1 "github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
	"github.com/kubenucleus/nucleus/auth/authz/rbac"
	"github.com/kubenucleus/nucleus/auth/authz/rbac/bootstrap"
)

func rule(verbs, groups, resources, names []string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{Verbs: verbs, APIGroups: groups, Resources: resources, ResourceNames: names}
}

func list(s ...string) []string { return s }

func ref(kind, name string) rbacv1.RoleRef {
	return rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: kind, Name: name}
}

func user(name string, groups ...string) *auth.User { return &auth.User{Name: name, Groups: groups} }

// policy has a role in the namespace ns and one of the cluster, bound to a user,
// a group and a service account.
func policy() *rbac.Policy {
	p := rbac.NewPolicy()
	p.PutRole(&rbacv1.Role{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "r"}, Rules: []rbacv1.PolicyRule{
		rule(list("get"), list(""), list("secrets"), list("a", "b")),
		rule(list("*"), list("apps"), list("deployments/scale", "*/status"), nil),
	}})
	p.PutClusterRole(&rbacv1.ClusterRole{ObjectMeta: meta.ObjectMeta{Name: "c"}, Rules: []rbacv1.PolicyRule{
		rule(list("list", "get"), list(""), list("pods"), nil),
		{Verbs: list("get"), NonResourceURLs: list("/x", "/y/*")},
	}})
	p.PutRoleBinding(&rbacv1.RoleBinding{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "rb"}, RoleRef: ref("Role", "r"),
		Subjects: []rbacv1.Subject{{Kind: "User", Name: "bob"}, {Kind: "ServiceAccount", Name: "sa"}}})
	p.PutRoleBinding(&rbacv1.RoleBinding{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "rc"}, RoleRef: ref("ClusterRole", "c"),
		Subjects: []rbacv1.Subject{{Kind: "Group", Name: "dev"}}})
	p.PutClusterRoleBinding(&rbacv1.ClusterRoleBinding{ObjectMeta: meta.ObjectMeta{Name: "cb"}, RoleRef: ref("ClusterRole", "c"),
		Subjects: []rbacv1.Subject{{Kind: "Group", Name: "ops"}, {Kind: "ServiceAccount", Namespace: "other", Name: "sa"}}})
	return p
}

func TestAuthorize(t *testing.T) {
	p := policy()
	for _, test := range []struct {
		user                              *auth.User
		verb, namespace, group, resource  string
		subresource, name, allowedBecause string
	}{
		{user("bob"), "get", "ns", "", "secrets", "", "a", `RoleBinding "rb/ns" of Role "r" to User "bob"`},
		{user("bob"), "get", "ns", "", "secrets", "", "c", ""},
		{user("bob"), "list", "ns", "", "secrets", "", "", ""},
		{user("bob"), "get", "other", "", "secrets", "", "a", ""},
		{user("Bob"), "get", "ns", "", "secrets", "", "a", ""},
		{user("x", "bob"), "get", "ns", "", "secrets", "", "a", ""},
		{user("bob"), "fly", "ns", "apps", "deployments", "scale", "d", `RoleBinding "rb/ns" of Role "r" to User "bob"`},
		{user("bob"), "get", "ns", "apps", "deployments", "", "d", ""},
		{user("bob"), "get", "ns", "apps", "daemonsets", "status", "d", `RoleBinding "rb/ns" of Role "r" to User "bob"`},
		{user("bob"), "get", "ns", "apps", "daemonsets", "scale", "d", ""},
		{user("bob"), "get", "ns", "batch", "jobs", "status", "d", ""},
		{user("system:serviceaccount:ns:sa"), "get", "ns", "", "secrets", "", "a", `RoleBinding "rb/ns" of Role "r" to ServiceAccount "sa/ns"`},
		{user("system:serviceaccount:other:sa"), "get", "ns", "", "secrets", "", "a", ""},
		{user("system:serviceaccount:other:sa"), "list", "", "", "pods", "", "", `ClusterRoleBinding "cb" of ClusterRole "c" to ServiceAccount "sa/other"`},
		{user("x", "dev"), "list", "ns", "", "pods", "", "", `RoleBinding "rc/ns" of ClusterRole "c" to Group "dev"`},
		{user("x", "dev"), "list", "", "", "pods", "", "", ""},
		{user("x", "ops"), "list", "any", "", "pods", "", "", `ClusterRoleBinding "cb" of ClusterRole "c" to Group "ops"`},
		{nil, "list", "ns", "", "pods", "", "", ""},
	} {
		r := &authz.Request{User: test.user, ResourceRequest: true, Verb: test.verb, Namespace: test.namespace,
			Group: test.group, Resource: test.resource, Subresource: test.subresource, Name: test.name}
		d, reason, err := p.Authorize(t.Context(), r)
		require.NoError(t, err)
		if test.allowedBecause == "" {
			require.Equal(t, authz.NoOpinion, d, "%+v", test)
			continue
		}
		require.Equal(t, authz.Allow, d, "%+v", test)
		require.Equal(t, "RBAC: allowed by "+test.allowedBecause, reason)
	}
}

func TestPaths(t *testing.T) {
	p := policy()
	for path, want := range map[string]authz.Decision{"/x": authz.Allow, "/x/": authz.NoOpinion, "/y": authz.NoOpinion, "/y/": authz.Allow, "/y/z": authz.Allow} {
		d, _, err := p.Authorize(t.Context(), &authz.Request{User: user("x", "ops"), Verb: "get", Path: path})
		require.NoError(t, err)
		require.Equal(t, want, d, path)
	}
	d, _, _ := p.Authorize(t.Context(), &authz.Request{User: user("x", "dev"), Verb: "get", Path: "/x"})
	require.Equal(t, authz.NoOpinion, d, "a RoleBinding gives no paths")
}

// TestChanges holds that what is taken away is gone, and what is missing is told.
func TestChanges(t *testing.T) {
	p := policy()
	ask := func(u *auth.User) (authz.Decision, string) {
		d, reason, err := p.Authorize(t.Context(), &authz.Request{User: u, ResourceRequest: true, Verb: "list", Resource: "pods", Namespace: "ns"})
		require.NoError(t, err)
		return d, reason
	}
	d, _ := ask(user("x", "ops"))
	require.Equal(t, authz.Allow, d)
	p.DropClusterRole("c")
	d, reason := ask(user("x", "ops", "dev"))
	require.Equal(t, authz.NoOpinion, d)
	require.Equal(t, `RBAC: clusterrole.rbac.authorization.k8s.io "c" not found`, reason, "said once")
	p.DropRole("ns", "r")
	_, reason = ask(&auth.User{Name: "bob", Groups: []string{"dev"}})
	require.Equal(t, `RBAC: [role.rbac.authorization.k8s.io "r" not found, clusterrole.rbac.authorization.k8s.io "c" not found]`, reason)
	// A binding that changes its subjects lets go of the old ones.
	p.PutClusterRole(&rbacv1.ClusterRole{ObjectMeta: meta.ObjectMeta{Name: "c"}, Rules: []rbacv1.PolicyRule{rule(list("*"), list("*"), list("*"), nil)}})
	p.PutClusterRoleBinding(&rbacv1.ClusterRoleBinding{ObjectMeta: meta.ObjectMeta{Name: "cb"}, RoleRef: ref("ClusterRole", "c"), Subjects: []rbacv1.Subject{{Kind: "User", Name: "eve"}}})
	d, _ = ask(user("x", "ops"))
	require.Equal(t, authz.NoOpinion, d)
	d, _ = ask(user("eve"))
	require.Equal(t, authz.Allow, d)
	p.DropClusterRoleBinding("cb")
	p.DropClusterRoleBinding("cb")
	p.DropRoleBinding("ns", "rb")
	p.DropRoleBinding("nowhere", "rb")
	d, reason = ask(user("eve"))
	require.Equal(t, authz.NoOpinion, d)
	require.Empty(t, reason)
}

func TestMayGrant(t *testing.T) {
	p := policy()
	bob := user("bob", "system:authenticated")
	require.NoError(t, p.MayGrant(bob, "ns", []rbacv1.PolicyRule{rule(list("get"), list(""), list("secrets"), list("a"))}))
	require.NoError(t, p.MayGrant(bob, "ns", []rbacv1.PolicyRule{rule(list("get"), list("apps"), list("pods/status"), nil)}))
	require.EqualError(t, p.MayGrant(bob, "ns", []rbacv1.PolicyRule{
		rule(list("get", "delete", "list"), list(""), list("secrets"), list("a")),
		rule(list("get"), list(""), list("secrets"), nil),
		{Verbs: list("get"), NonResourceURLs: list("/")},
	}), "user \"bob\" (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n"+
		"{APIGroups:[\"\"], Resources:[\"secrets\"], ResourceNames:[\"a\"], Verbs:[\"delete\" \"list\"]}\n"+
		"{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\"]}\n"+
		"{NonResourceURLs:[\"/\"], Verbs:[\"get\"]}")
	require.ErrorContains(t, p.MayGrant(user("bob"), "", []rbacv1.PolicyRule{rule(list("get"), list(""), list("secrets"), list("a"))}), "not currently held")
}

// TestBeginning holds that everybody can do what they need with the roles that a
// cluster begins with, and no more.
func TestBeginning(t *testing.T) {
	objects, err := bootstrap.Objects()
	require.NoError(t, err)
	require.Len(t, objects.ClusterRoles, 73)
	require.Len(t, objects.ClusterRoleBindings, 54)
	p := rbac.NewPolicy()
	for _, r := range objects.ClusterRoles {
		p.PutClusterRole(r)
	}
	for _, b := range objects.ClusterRoleBindings {
		p.PutClusterRoleBinding(b)
		_, err := p.RulesOf(b.RoleRef, "")
		require.NoError(t, err, b.Name)
	}
	for _, r := range objects.Roles {
		p.PutRole(r)
	}
	for _, b := range objects.RoleBindings {
		p.PutRoleBinding(b)
		_, err := p.RulesOf(b.RoleRef, b.Namespace)
		require.NoError(t, err, b.Name)
	}
	may := func(u *auth.User, verb, group, resource, namespace string) bool {
		d, _, err := p.Authorize(t.Context(), &authz.Request{User: u, ResourceRequest: true, Verb: verb, Group: group, Resource: resource, Namespace: namespace})
		require.NoError(t, err)
		return d == authz.Allow
	}
	require.True(t, may(user("x", "system:authenticated"), "create", "authorization.k8s.io", "selfsubjectaccessreviews", ""))
	require.False(t, may(user("x", "system:unauthenticated"), "create", "authorization.k8s.io", "selfsubjectaccessreviews", ""))
	require.True(t, may(user("system:kube-scheduler"), "create", "", "bindings", "ns") || may(user("system:kube-scheduler"), "list", "", "pods", ""))
	require.True(t, may(user("root", "system:masters"), "fly", "any", "carpets", "ns"))
	require.False(t, may(user("system:node:n", "system:nodes"), "list", "", "secrets", ""), "nodes have their own authorizer")
}

func TestBadText(t *testing.T) {
	for text, says := range map[string]string{
		"\tget | a | b\n":                     "line 1: a rule that no role comes before",
		"clusterrole\n":                       "names nothing",
		"clusterrole a odd:b\n":               `"odd:b" is not known`,
		"carpet a\n":                          `"carpet" is no kind`,
		"clusterrole a\n\tget\n":              "line 2: a rule of 1 parts",
		"clusterrolebinding a\n\tget | a | b": "a rule that no role comes before",
	} {
		_, err := bootstrap.Parse(text)
		require.ErrorContains(t, err, says, text)
	}
}

// BenchmarkAuthorize asks as one of many users, each with a binding of their own.
func BenchmarkAuthorize(b *testing.B) {
	p := policy()
	for i := range 10000 {
		p.PutRoleBinding(&rbacv1.RoleBinding{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: fmt.Sprint("b", i)}, RoleRef: ref("ClusterRole", "c"),
			Subjects: []rbacv1.Subject{{Kind: "User", Name: fmt.Sprint("u", i)}}})
	}
	r := &authz.Request{User: user("u77", "system:authenticated"), ResourceRequest: true, Verb: "get", Resource: "pods", Namespace: "ns", Name: "x"}
	b.ReportAllocs()
	for b.Loop() {
		if d, _, _ := p.Authorize(context.Background(), r); d != authz.Allow {
			b.Fatal(d)
		}
	}
}

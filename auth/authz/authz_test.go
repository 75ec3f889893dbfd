package authz_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
)

// What clients and people match on: the words are Kubernetes'.
func TestForbidden(t *testing.T) {
	bob := &auth.User{Name: "bob"}
	for name, tc := range map[string]struct {
		request authz.Request
		reason  string
		message string
		details meta.StatusDetails
	}{
		"list in a namespace": {
			authz.Request{ResourceRequest: true, Verb: "list", Resource: "pods", Namespace: "n"}, "",
			`pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "n"`,
			meta.StatusDetails{Kind: "pods"},
		},
		"an object of a group": {
			authz.Request{ResourceRequest: true, Verb: "get", Group: "apps", Resource: "deployments", Namespace: "n", Name: "d"}, "",
			`deployments.apps "d" is forbidden: User "bob" cannot get resource "deployments" in API group "apps" in the namespace "n"`,
			meta.StatusDetails{Group: "apps", Kind: "deployments", Name: "d"},
		},
		"subresource": {
			authz.Request{ResourceRequest: true, Verb: "patch", Group: "apps", Resource: "deployments", Subresource: "status", Namespace: "n", Name: "d"}, "",
			`deployments.apps "d" is forbidden: User "bob" cannot patch resource "deployments/status" in API group "apps" in the namespace "n"`,
			meta.StatusDetails{Group: "apps", Kind: "deployments", Name: "d"},
		},
		"whole cluster, with a reason": {
			authz.Request{ResourceRequest: true, Verb: "deletecollection", Resource: "configmaps"}, "because",
			`configmaps is forbidden: User "bob" cannot deletecollection resource "configmaps" in API group "" at the cluster scope: because`,
			meta.StatusDetails{Kind: "configmaps"},
		},
		"path": {
			authz.Request{Verb: "get", Path: "/metrics"}, "",
			`forbidden: User "bob" cannot get path "/metrics"`,
			meta.StatusDetails{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			tc.request.User = bob
			err := authz.Forbidden(&tc.request, tc.reason)
			require.Equal(t, tc.message, err.Status.Message)
			require.Equal(t, &tc.details, err.Status.Details)
			require.EqualValues(t, 403, err.Status.Code)
		})
	}
}

func TestUnion(t *testing.T) {
	say := func(d authz.Decision, reason string, err error) authz.Authorizer {
		return authz.Func(func(context.Context, *authz.Request) (authz.Decision, string, error) { return d, reason, err })
	}
	broken := errors.New("broken")
	for name, tc := range map[string]struct {
		union  authz.Union
		want   authz.Decision
		reason string
		err    error
	}{
		"empty":              {nil, authz.NoOpinion, "", nil},
		"first opinion":      {authz.Union{say(authz.NoOpinion, "", nil), say(authz.Deny, "no", nil), say(authz.Allow, "", nil)}, authz.Deny, "no", nil},
		"reasons collected":  {authz.Union{say(authz.NoOpinion, "a", nil), say(authz.NoOpinion, "b", broken)}, authz.NoOpinion, "a\nb", broken},
		"errors do not stop": {authz.Union{say(authz.NoOpinion, "", broken), say(authz.Allow, "", nil)}, authz.Allow, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			d, reason, err := tc.union.Authorize(t.Context(), &authz.Request{})
			require.Equal(t, tc.want, d)
			require.Equal(t, tc.reason, reason)
			require.ErrorIs(t, err, tc.err)
		})
	}
}

func TestDefaults(t *testing.T) {
	all := authz.Union{authz.Masters{}, authz.PublicInfo{}}
	master, nobody := &auth.User{Groups: []string{auth.GroupMasters}}, &auth.User{Name: auth.Anonymous, Groups: []string{auth.GroupAnonymous}}
	for _, tc := range []struct {
		request authz.Request
		want    authz.Decision
	}{
		{authz.Request{User: master, ResourceRequest: true, Verb: "delete", Resource: "secrets"}, authz.Allow},
		{authz.Request{User: nobody, ResourceRequest: true, Verb: "get", Resource: "secrets"}, authz.NoOpinion},
		{authz.Request{User: nobody, Verb: "get", Path: "/healthz"}, authz.Allow},
		{authz.Request{User: nobody, Verb: "get", Path: "/readyz"}, authz.Allow},
		{authz.Request{User: nobody, Verb: "get", Path: "/version"}, authz.Allow},
		{authz.Request{User: nobody, Verb: "post", Path: "/version"}, authz.NoOpinion},
		{authz.Request{User: nobody, Verb: "get", Path: "/metrics"}, authz.NoOpinion},
		{authz.Request{User: nobody, Verb: "get", Path: "/livez/etcd"}, authz.NoOpinion},
		{authz.Request{User: nobody, Verb: "get", ResourceRequest: true, Path: "/healthz"}, authz.NoOpinion},
		{authz.Request{User: nil, Verb: "get", Path: "/api"}, authz.NoOpinion},
	} {
		d, _, err := all.Authorize(t.Context(), &tc.request)
		require.NoError(t, err)
		require.Equal(t, tc.want, d, "%+v", tc.request)
	}
}

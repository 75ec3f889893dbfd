package server

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth/authz"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/storage/embedded"
)

func TestReviews(t *testing.T) {
	all := authz.Union{authz.Masters{}, authz.PublicInfo{}}
	store, err := embedded.Open(t.Context(), embedded.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	defer store.Close()
	resources, err := scheme.New(api.Groups()...)
	require.NoError(t, err)
	// Reviews need no caches, so the registry does not run.
	reg, err := registry.New(resources, store, registry.Options{Virtual: Reviews(all, nil), Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	f := serveFixture(t, reg, true, nil)

	who := f.send("POST /apis/authentication.k8s.io/v1/selfsubjectreviews", `{"status":{"userInfo":{"username":"else"}}}`)
	require.Equal(t, 201, who.code, "%s", who.body)
	user := who.json(t)["status"].(map[string]any)["userInfo"].(map[string]any)
	require.Equal(t, "root", user["username"])
	require.Equal(t, []any{"system:masters", "system:authenticated"}, user["groups"])

	const group = "POST /apis/authorization.k8s.io/v1/"
	for name, tc := range map[string]struct {
		do, body string
		allowed  bool
		message  string
	}{
		"self":            {"selfsubjectaccessreviews", `{"spec":{"resourceAttributes":{"verb":"get","resource":"pods"}}}`, true, ""},
		"self, neither":   {"selfsubjectaccessreviews", `{"spec":{}}`, false, `.authorization.k8s.io "" is invalid: spec: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified`},
		"other":           {"subjectaccessreviews", `{"spec":{"user":"bob","resourceAttributes":{"verb":"get","resource":"pods"}}}`, false, ""},
		"other, by group": {"subjectaccessreviews", `{"spec":{"groups":["system:masters"],"resourceAttributes":{"verb":"fly","resource":"carpets"}}}`, true, ""},
		"other, path":     {"subjectaccessreviews", `{"spec":{"user":"bob","groups":["system:authenticated"],"nonResourceAttributes":{"verb":"get","path":"/healthz"}}}`, true, ""},
		"nobody":          {"subjectaccessreviews", `{"spec":{"resourceAttributes":{"verb":"get"}}}`, false, `.authorization.k8s.io "" is invalid: spec.user: Invalid value: "": at least one of user or group must be specified`},
		"nobody, before selectors": {"subjectaccessreviews", `{"spec":{"resourceAttributes":{"verb":"get","labelSelector":{}}}}`, false, `.authorization.k8s.io "" is invalid: [spec.user: Invalid value: "": at least one of user or group must be specified, ` +
			`spec.resourceAttributes.labelSelector.requirements: Required value: when spec.resourceAttributes.labelSelector is specified, requirements or rawSelector is required]`},
		"local":              {"namespaces/n/localsubjectaccessreviews", `{"spec":{"groups":["system:masters"],"resourceAttributes":{"namespace":"n","verb":"get","resource":"pods"}}}`, true, ""},
		"local, other place": {"namespaces/n/localsubjectaccessreviews", `{"spec":{"user":"bob","resourceAttributes":{"namespace":"m","verb":"get","resource":"pods"}}}`, false, `.authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "m": must match metadata.namespace`},
	} {
		t.Run(name, func(t *testing.T) {
			a := f.send(group+tc.do, tc.body)
			if tc.message != "" {
				require.Equal(t, 422, a.code, "%s", a.body)
				require.Equal(t, tc.message, a.message(t))
				return
			}
			require.Equal(t, 201, a.code, "%s", a.body)
			require.Equal(t, tc.allowed, a.json(t)["status"].(map[string]any)["allowed"])
		})
	}
}

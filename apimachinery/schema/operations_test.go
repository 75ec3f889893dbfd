package schema_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// names lists the names of parameters, of a path or of an operation.
func names(t *testing.T, of any) []string {
	t.Helper()
	list, _ := at(of, "parameters").([]any)
	var all []string
	for _, p := range list {
		all = append(all, fmt.Sprint(at(p, "name")))
		require.Equal(t, true, at(p, "schema", "uniqueItems"), p)
	}
	return all
}

func TestParametersOfAllOperationsAreThePaths(t *testing.T) {
	h, _ := handler(t)
	apps := object(t, get(t, h, "/openapi/v3/apis/apps/v1", "application/json").Body.Bytes())
	path := func(p string) any { return at(apps, "paths", p) }

	collection := path("/apis/apps/v1/namespaces/{namespace}/deployments")
	require.Equal(t, []string{"namespace", "pretty"}, names(t, collection))
	require.Equal(t, []string{"continue", "dryRun", "fieldSelector", "gracePeriodSeconds", "ignoreStoreReadErrorWithClusterBreakingPotential", "labelSelector", "limit",
		"orphanDependents", "propagationPolicy", "resourceVersion", "resourceVersionMatch", "sendInitialEvents", "shardSelector", "timeoutSeconds"}, names(t, at(collection, "delete")))
	require.Equal(t, []string{"dryRun", "fieldManager", "fieldValidation"}, names(t, at(collection, "post")))

	// A path with one operation has all of its parameters.
	everywhere := path("/apis/apps/v1/deployments")
	require.Empty(t, names(t, at(everywhere, "get")))
	require.Equal(t, []string{"allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "pretty", "resourceVersion", "resourceVersionMatch",
		"sendInitialEvents", "shardSelector", "timeoutSeconds", "watch"}, names(t, everywhere))
}

func TestOperations(t *testing.T) {
	h, _ := handler(t)
	for _, c := range []struct{ document, path, method, id, action string }{
		{"apis/apps/v1", "/apis/apps/v1/watch/deployments", "get", "watchAppsV1DeploymentListForAllNamespaces", "watchlist"},
		{"apis/apps/v1", "/apis/apps/v1/watch/namespaces/{namespace}/deployments", "get", "watchAppsV1NamespacedDeploymentList", "watchlist"},
		{"apis/apps/v1", "/apis/apps/v1/watch/namespaces/{namespace}/deployments/{name}", "get", "watchAppsV1NamespacedDeployment", "watch"},
		{"api/v1", "/api/v1/watch/nodes", "get", "watchCoreV1NodeList", "watchlist"},
		{"api/v1", "/api/v1/namespaces/{namespace}/pods/{name}/exec", "post", "connectCoreV1PostNamespacedPodExec", "connect"},
		{"api/v1", "/api/v1/nodes/{name}/proxy/{path}", "options", "connectCoreV1OptionsNodeProxyWithPath", "connect"},
		{"api/v1", "/api/v1/namespaces/{namespace}/pods/{name}/log", "get", "readCoreV1NamespacedPodLog", "get"},
		{"apis/apps", "/apis/apps/", "get", "getAppsAPIGroup", "<nil>"},
		{"apis/rbac.authorization.k8s.io", "/apis/rbac.authorization.k8s.io/", "get", "getRbacAuthorizationAPIGroup", "<nil>"},
		{"api", "/api/", "get", "getCoreAPIVersions", "<nil>"},
		{"apis", "/apis/", "get", "getAPIVersions", "<nil>"},
	} {
		doc := object(t, get(t, h, "/openapi/v3/"+c.document, "application/json").Body.Bytes())
		o := at(doc, "paths", c.path, c.method)
		require.Equal(t, c.id, at(o, "operationId"), c.path)
		require.Equal(t, c.action, fmt.Sprint(at(o, "x-kubernetes-action")), c.path)
	}
}

func TestBodiesOfSubresources(t *testing.T) {
	h, _ := handler(t)
	core := object(t, get(t, h, "/openapi/v3/api/v1", "application/json").Body.Bytes())
	for path, want := range map[string]string{
		"/api/v1/namespaces/{namespace}/pods/{name}/eviction":         "io.k8s.api.policy.v1.Eviction",
		"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token": "io.k8s.api.authentication.v1.TokenRequest",
		"/api/v1/namespaces/{namespace}/pods/{name}/binding":          "io.k8s.api.core.v1.Binding",
	} {
		post := at(core, "paths", path, "post")
		require.Equal(t, "#/components/schemas/"+want, at(post, "requestBody", "content", "*/*", "schema", "$ref"), path)
		require.NotNil(t, at(post, "responses", "202"), path)
	}
	require.Nil(t, at(core, "components", "schemas", "io.k8s.api.core.v1.PodExecOptions"), "options are parameters, no definitions")
}

// What is always in the JSON of a type has its zero value as default, in v3 only.
func TestZeroDefaults(t *testing.T) {
	h, _ := handler(t)
	core := object(t, get(t, h, "/openapi/v3/api/v1", "application/json").Body.Bytes())
	property := func(kind, name string) map[string]any {
		p, _ := at(core, "components", "schemas", "io.k8s.api.core.v1."+kind, "properties", name).(map[string]any)
		require.NotNil(t, p, kind+"."+name)
		return p
	}
	require.Equal(t, "", property("Container", "name")["default"])
	require.Equal(t, float64(0), property("ContainerPort", "containerPort")["default"])
	require.Equal(t, false, property("ContainerStatus", "ready")["default"])
	require.Equal(t, map[string]any{}, property("Pod", "metadata")["default"])
	require.Equal(t, "TCP", property("ContainerPort", "protocol")["default"])
	for kind, name := range map[string]string{"Container": "image", "PodSpec": "securityContext", "ServicePort": "targetPort", "PodList": "items"} {
		require.NotContains(t, property(kind, name), "default", kind)
	}
	v2 := object(t, get(t, h, "/openapi/v2", "application/json").Body.Bytes())
	require.Nil(t, at(v2, "definitions", "io.k8s.api.core.v1.ContainerPort", "properties", "protocol", "default"))
}

package server

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What is asked for decides who refuses it, and in which words; a Status that
// nothing wanted can carry is indented, for people.
func TestNotAcceptable(t *testing.T) {
	f := newFixture(t, nil)
	f.configMap("a", "v")
	const (
		one       = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
		list      = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
		available = "406: Not Acceptable\n\nAvailable representations: "
	)
	for _, tc := range []struct {
		do, accept, body string
		code             int
		message          string
	}{
		{"GET /api/v1", "text/html", "", 406, available + "application/json, application/yaml, application/vnd.kubernetes.protobuf"},
		{"GET /version", "text/html", "", 406, available + "application/json"},
		{"GET " + inDefault + "/a", list, "", 406, "you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)"},
		{"GET " + inDefault + "/none", list, "", 404, `configmaps "none" not found`},
		{"GET " + inDefault, one, "", 406, "you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)"},
		// The write has been made.
		{"POST " + inDefault, list, `{"metadata":{"name":"b"}}`, 406, "you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)"},
		{"GET " + inDefault + "/b", "", "", 200, ""},
		// A Status is what it is.
		{"DELETE " + inDefault + "/b", list, "", 200, ""},
	} {
		a := f.send(tc.do, tc.body, "Accept", tc.accept, "Content-Type", "application/json")
		require.Equal(t, tc.code, a.code, "%s %s: %s", tc.do, tc.accept, a.body)
		if tc.message == "" {
			continue
		}
		require.Equal(t, tc.message, a.message(t))
		require.Contains(t, string(a.body), "\n  \"status\": \"Failure\"")
		require.NotEqual(t, byte('\n'), a.body[len(a.body)-1])
	}
}

// The body of a DELETE is DeleteOptions of any version, or it is refused.
func TestDeleteBodies(t *testing.T) {
	f := newFixture(t, nil)
	const unknown = ` is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"`
	for _, tc := range []struct {
		contentType, body string
		code              int
		message           string
	}{
		{"application/json", `{"kind":"DeleteOptions","apiVersion":"any/v9"}`, 404, `configmaps "a" not found`},
		{"application/json", `{"kind":"DeleteOptions","apiVersion":"a/b/c"}`, 400, "unexpected GroupVersion string: a/b/c"},
		{"application/json", `{"kind":"ConfigMap","apiVersion":"v1"}`, 400, `no kind "ConfigMap"` + unknown},
		{"application/json", `{"kind":"Pod"}`, 400, `no kind "Pod" is registered for version "meta.k8s.io/v1" in scheme "pkg/runtime/scheme.go:111"`},
		{"application/json", `{"kind":"Status","apiVersion":"v1"}`, 400, "converting (v1.Status) to (v1.DeleteOptions): unknown conversion"},
		{"application/json", `[]`, 400, `couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`},
		{"application/json", `{"gracePeriodSeconds":"x"}`, 400, "json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64"},
		{"application/json", `{"KIND":"Pod"}`, 400, `no kind "Pod" is registered for version "meta.k8s.io/v1" in scheme "pkg/runtime/scheme.go:111"`},
		{"application/json", `null`, 404, `configmaps "a" not found`},
		{"application/yaml", "a: b: c", 400, "yaml: mapping values are not allowed in this context"},
		{"application/vnd.kubernetes.protobuf", "k8s\x00", 400, "empty body"},
		{"application/vnd.kubernetes.protobuf", "k8s\x00\n\x0f\n\x02v1\x12\tConfigMap\x12\x00", 400, `no kind "ConfigMap"` + unknown},
	} {
		a := f.send("DELETE "+inDefault+"/a", tc.body, "Content-Type", tc.contentType)
		require.Equal(t, tc.code, a.code, "%s: %s", tc.body, a.body)
		require.Equal(t, tc.message, a.message(t), tc.body)
	}
}

// A patch cannot make another kind of an object, and is shown with what it made of
// it: what it went into is in order.
func TestPatchOfKinds(t *testing.T) {
	f := newFixture(t, nil)
	f.configMap("a", "v")
	const merge, operations = "application/merge-patch+json", "application/json-patch+json"
	for _, tc := range []struct {
		contentType, body string
		code              int
		message           string
	}{
		{merge, `{"kind":"Pod"}`, 422, `converting (v1.Pod) to (core.ConfigMap): unknown conversion`},
		{merge, `{"kind":"Nope"}`, 422, `no kind "Nope" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"`},
		{merge, `{"apiVersion":"a/b/c"}`, 422, `unexpected GroupVersion string: a/b/c`},
		{merge, `{"kind":1}`, 422, `couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type string`},
		{merge, `{"kind":null}`, 200, ""},
		{operations, `[{"op":"replace","path":"/kind","value":"Nope"}]`, 422, `no kind "Nope" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"`},
		{operations, `[{"op":"add","path":"/data","value":"x"}]`, 422, `json: cannot unmarshal string into Go struct field ConfigMap.data of type map[string]string`},
		{merge, `{"metadata":{"namespace":"other"}}`, 400, "the namespace of the provided object does not match the namespace sent on the request"},
	} {
		a := f.send("PATCH "+inDefault+"/a", tc.body, "Content-Type", tc.contentType)
		require.Equal(t, tc.code, a.code, "%s: %s", tc.body, a.body)
		if tc.code == 422 {
			require.Contains(t, a.message(t), `}": `+tc.message)
			require.Contains(t, a.message(t), ` "" is invalid: patch: Invalid value: "{\"apiVersion\":`)
		} else if tc.message != "" {
			require.Equal(t, tc.message, a.message(t))
		}
	}
}

// Whoever patches what is not there learns that, not what is wrong with the patch.
func TestPatchOfNothing(t *testing.T) {
	f := newFixture(t, nil)
	f.configMap("a", "v")
	for _, tc := range []struct{ contentType, body, message string }{
		{"application/json-patch+json", "{}", "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"},
		{"application/merge-patch+json", "[]", "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}"},
		{"application/strategic-merge-patch+json", "[]", "json: cannot unmarshal array into Go value of type map[string]interface {}"},
	} {
		a := f.send("PATCH "+inDefault+"/a", tc.body, "Content-Type", tc.contentType)
		require.Equal(t, 400, a.code, "%s", a.body)
		require.Equal(t, tc.message, a.message(t))
		a = f.send("PATCH "+inDefault+"/none", tc.body, "Content-Type", tc.contentType)
		require.Equal(t, 404, a.code, "%s", a.body)
	}
}

// A dry run leaves out what only the store refuses, and an object that is not there
// has no uid to be wrong about, unless it would be made.
func TestWritesOfNothing(t *testing.T) {
	f := newFixture(t, nil)
	a := f.send("POST "+inDefault+"?dryRun=All", `{"metadata":{"name":"a","resourceVersion":"1"}}`, "Content-Type", "application/json")
	require.Equal(t, 201, a.code, "%s", a.body)
	require.Equal(t, "1", a.json(t)["metadata"].(map[string]any)["resourceVersion"])
	a = f.send("POST "+inDefault, `{"metadata":{"name":"a","resourceVersion":"1"}}`, "Content-Type", "application/json")
	require.Equal(t, 500, a.code, "%s", a.body)
	a = f.send("PUT "+inDefault+"/a", `{"metadata":{"name":"a","uid":"x"}}`, "Content-Type", "application/json")
	require.Equal(t, 404, a.code, "%s", a.body)
}

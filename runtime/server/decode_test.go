package server

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestBodiesThatAreRefused(t *testing.T) {
	f := newFixture(t, nil)
	const is = "the object provided is unrecognized (must be of type ConfigMap): "
	for name, tc := range map[string]struct {
		body, contentType string
		code              int
		message           string
	}{
		"nothing":              {"", "", 400, is + "couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)"},
		"not JSON":             {"nonsense", "", 400, is + "couldn't get version/kind; json parse error: invalid character 'o' in literal null (expecting 'u') (6e6f6e73656e7365)"},
		"cut off":              {`{"metadata":{"name":"a","labels":{}`, "", 400, is + `couldn't get version/kind; json parse error: unexpected end of JSON input ({"metadata":{"name":"a","label ...)`},
		"a list":               {"[]", "", 400, is + `couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" } (5b5d)`},
		"another kind":         {`{"kind":"Secret","apiVersion":"v1"}`, "", 400, `Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion`},
		"another group":        {`{"kind":"Deployment","apiVersion":"apps/v1"}`, "", 400, `Deployment in version "v1" cannot be handled as a ConfigMap: converting (v1.Deployment) to (core.ConfigMap): unknown conversion`},
		"its list":             {`{"kind":"ConfigMapList","apiVersion":"v1","items":[]}`, "", 400, `ConfigMapList in version "v1" cannot be handled as a ConfigMap: converting (v1.ConfigMapList) to (core.ConfigMap): unknown conversion`},
		"a List":               {`{"kind":"List","apiVersion":"v1","items":[]}`, "", 400, `List in version "v1" cannot be handled as a ConfigMap: converting (v1.List) to (core.ConfigMap): unknown conversion`},
		"unknown version":      {`{"kind":"ConfigMap","apiVersion":"v2"}`, "", 400, `ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2" in scheme "pkg/runtime/scheme.go:111"`},
		"unknown kind":         {`{"kind":"configmap"}`, "", 400, `configmap in version "v1" cannot be handled as a ConfigMap: no kind "configmap" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"`},
		"malformed version":    {`{"apiVersion":"a/b/c"}`, "", 400, is + `unexpected GroupVersion string: a/b/c ({"apiVersion":"a/b/c"})`},
		"wrong type":           {`{"metadata":{"name":"a"},"data":{"k":1}}`, "", 400, `ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string`},
		"bad YAML":             {"a: [", "application/yaml", 400, is + "yaml: line 1: did not find expected node content (613a205b)"},
		"protobuf that is not": {"{}", "application/vnd.kubernetes.protobuf", 400, is + "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] ({})"},
		"too large":            {`{"metadata":{"name":"a"},"data":{"k":"` + strings.Repeat("x", 3<<20) + `"}}`, "", 413, "Request entity too large: limit is 3145728"},
	} {
		t.Run(name, func(t *testing.T) {
			contentType := tc.contentType
			if contentType == "" {
				contentType = "application/json"
			}
			a := f.send("POST "+inDefault, tc.body, "Content-Type", contentType)
			require.Equal(t, tc.code, a.code, "%.300s", a.body)
			require.Equal(t, tc.message, a.message(t))
		})
	}
	a := f.send("POST /apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers", `{"kind":"HorizontalPodAutoscaler","apiVersion":"autoscaling/v1"}`)
	require.Equal(t, "the API version in the data (autoscaling/v1) does not match the expected API version (autoscaling/v2)", a.message(t))
}

func TestKindsAreFilledIn(t *testing.T) {
	f := newFixture(t, nil)
	for i, body := range []string{`{"metadata":{"name":"NAME"}}`, `{"kind":"ConfigMap","metadata":{"name":"NAME"}}`, `{"apiVersion":"v1","metadata":{"name":"NAME"}}`} {
		name := string(rune('a' + i))
		a := f.send("POST "+inDefault, strings.ReplaceAll(body, "NAME", name))
		require.Equal(t, 201, a.code, "%s", a.body)
		require.Equal(t, "ConfigMap", a.json(t)["kind"])
		require.Equal(t, "v1", a.json(t)["apiVersion"])
	}
}

func TestProtobufBodies(t *testing.T) {
	f := newFixture(t, nil)
	body, err := codec.MarshalEnvelope(&corev1.ConfigMap{
		TypeMeta:   meta.TypeMeta{Kind: "ConfigMap", APIVersion: "v1"},
		ObjectMeta: meta.ObjectMeta{Name: "p"}, Data: map[string]string{"k": "v"},
	})
	require.NoError(t, err)
	a := f.send("POST "+inDefault, string(body), "Content-Type", codec.Protobuf, "Accept", codec.Protobuf)
	require.Equal(t, 201, a.code, "%s", a.body)
	typeMeta, raw, _, err := codec.UnmarshalEnvelope(a.body)
	require.NoError(t, err)
	require.Equal(t, meta.TypeMeta{Kind: "ConfigMap", APIVersion: "v1"}, typeMeta)
	var got corev1.ConfigMap
	require.NoError(t, codec.UnmarshalProto(raw, &got))
	require.Equal(t, map[string]string{"k": "v"}, got.Data)
	require.NotEmpty(t, got.UID)
}

func TestFieldValidation(t *testing.T) {
	f := newFixture(t, nil)
	const body = `{"metadata":{"name":"a","foo":1},"data":{"k":"1","k":"2"},"bar":{}}`
	a := f.send("POST "+inDefault+"?dryRun=All&fieldValidation=Strict", body)
	require.Equal(t, 400, a.code)
	require.Equal(t, `ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "metadata.foo", duplicate field "data.k", unknown field "bar"`, a.message(t))
	for _, query := range []string{"", "&fieldValidation=Warn"} {
		a = f.send("POST "+inDefault+"?dryRun=All"+query, body)
		require.Equal(t, 201, a.code)
		require.Equal(t, []string{`299 - "unknown field \"metadata.foo\""`, `299 - "duplicate field \"data.k\""`, `299 - "unknown field \"bar\""`}, a.header.Values("Warning"))
	}
	a = f.send("POST "+inDefault+"?dryRun=All&fieldValidation=Ignore", body)
	require.Equal(t, 201, a.code)
	require.Empty(t, a.header.Values("Warning"))
	a = f.send("POST "+inDefault+"?dryRun=All&fieldValidation=Sometimes", body)
	require.Equal(t, 422, a.code)
	require.Equal(t, `CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Sometimes": supported values: "", "Ignore", "Strict", "Warn"`, a.message(t))
}

func TestOptions(t *testing.T) {
	f := newFixture(t, nil)
	f.configMap("a", "v")
	one := inDefault + "/a"
	for _, tc := range []struct {
		do, contentType, body string
		code                  int
		message               string
	}{
		{"PUT " + one + "?dryRun=none", "", "{}", 422, `UpdateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["none"]: supported values: "All"`},
		{"POST " + inDefault + "?fieldManager=" + strings.Repeat("m", 129), "", "{}", 422, `CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes`},
		{"POST " + inDefault + "?fieldManager=a%07", "", "{}", 422, `CreateOptions.meta.k8s.io "" is invalid: fieldManager: Invalid value: "a\a": invalid character U+0007 (at position 1)`},
		{"PATCH " + one + "?force=true", "application/merge-patch+json", "{}", 422, `PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch`},
		{"PATCH " + one, "application/apply-patch+yaml", "{}", 422, `PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch`},
		{"DELETE " + one + "?propagationPolicy=Now", "", "", 422, `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Now": supported values: "Foreground", "Background", "Orphan", "nil"`},
		{"DELETE " + one, "", `{"propagationPolicy":"Orphan","orphanDependents":true}`, 422, `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set`},
		{"DELETE " + one + "?gracePeriodSeconds=soon", "", "", 400, `strconv.ParseInt: parsing "soon": invalid syntax`},
		{"DELETE " + one, "", "nonsense", 400, "couldn't get version/kind; json parse error: invalid character 'o' in literal null (expecting 'u')"},
		{"GET " + inDefault + "?limit=ten", "", "", 400, `strconv.ParseInt: parsing "ten": invalid syntax`},
		{"GET " + inDefault + "?timeoutSeconds=", "", "", 400, `strconv.ParseInt: parsing "": invalid syntax`},
		{"PUT " + one, "", `{"metadata":{"name":"b"}}`, 400, "the name of the object (b) does not match the name on the URL (a)"},
		{"PUT " + one, "", `{"metadata":{}}`, 400, "the name of the object (a based on URL) was undeterminable: name must be provided"},
		{"PUT " + one, "", `{"metadata":{"name":"a","namespace":"b"}}`, 400, "the namespace of the provided object does not match the namespace sent on the request"},
		// The body of a DELETE takes the place of its query.
		{"DELETE " + one + "?dryRun=nonsense", "", `{"dryRun":["All"]}`, 200, ""},
	} {
		t.Run(tc.do, func(t *testing.T) {
			contentType := tc.contentType
			if contentType == "" {
				contentType = "application/json"
			}
			a := f.send(tc.do, tc.body, "Content-Type", contentType)
			require.Equal(t, tc.code, a.code, "%s", a.body)
			if tc.message != "" {
				require.Equal(t, tc.message, a.message(t))
			}
		})
	}
	require.Equal(t, 200, f.send("GET "+one, "").code, "only a dry run")
	require.Equal(t, 200, f.send("DELETE "+one+"?dryRun=All", `{}`).code)
	require.Equal(t, 404, f.send("GET "+one, "").code, "an empty body replaces the query, too")
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"metadata":{"name":"a"},"data":{"k":"v"}}`, `{"kind":"X","apiVersion":"a/b/c"}`, "a: [", "k8s\x00\n\x00\x12\x00", "[]", `{"data":{"a":null}}`} {
		f.Add([]byte(seed), uint8(0))
		f.Add([]byte(seed), uint8(1))
		f.Add([]byte(seed), uint8(2))
		f.Add([]byte(seed), uint8(3))
	}
	media := mediaSet{mediaJSON, mediaYAML, mediaProtobuf, mediaCBOR}
	reg := newRegistry(f)
	want := wanted{kind: meta.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}, empty: func() meta.Object { return new(corev1.ConfigMap) }, scheme: reg.Scheme()}
	f.Fuzz(func(t *testing.T, body []byte, which uint8) {
		obj := want.empty()
		_, _, err := decodeInto(body, media[int(which)%len(media)], want, obj, true)
		if err != nil && meta.AsStatus(err).Code != 400 {
			t.Fatalf("%v", err)
		}
	})
}

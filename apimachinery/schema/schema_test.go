package schema_test

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	openapi_v2 "github.com/google/gnostic-models/openapiv2"
	openapi_v3 "github.com/google/gnostic-models/openapiv3"
	"google.golang.org/protobuf/proto"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/schema"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

func handler(t testing.TB) (*schema.Handler, *scheme.Scheme) {
	t.Helper()
	s, err := scheme.New(api.Groups()...)
	if err != nil {
		t.Fatal(err)
	}
	return schema.NewHandler(s, schema.Info{Version: "1.37"}), s
}

func get(t testing.TB, h http.Handler, path, accept string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Accept", accept)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func object(t testing.TB, data []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// at walks into nested maps.
func at(v any, path ...string) any {
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return v
}

// holdDocument holds what must be true of every document: all references
// lead somewhere, every schema and field is described, ids are unique.
func holdDocument(t *testing.T, name string, schemas map[string]any, prefix string, doc map[string]any) {
	t.Helper()
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				if _, found := schemas[strings.TrimPrefix(ref, prefix)]; !found {
					t.Errorf("%s: %s refers to %s, which is not there", name, path, ref)
				}
			}
			for k, e := range v {
				walk(path+"/"+k, e)
			}
		case []any:
			for i, e := range v {
				walk(fmt.Sprintf("%s/%d", path, i), e)
			}
		}
	}
	walk("", doc)
	for typ, s := range schemas {
		if at(s, "description") == nil {
			t.Errorf("%s: %s is not described", name, typ)
		}
		properties, _ := at(s, "properties").(map[string]any)
		for field, p := range properties {
			if at(p, "description") == nil && field != "metadata" && field != "kind" && field != "apiVersion" {
				t.Errorf("%s: %s.%s is not described", name, typ, field)
			}
		}
	}
	ids := map[string]bool{}
	paths, _ := doc["paths"].(map[string]any)
	for path, item := range paths {
		for method, o := range item.(map[string]any) {
			id, ok := at(o, "operationId").(string)
			if method == "parameters" {
				continue
			}
			if !ok || ids[id] {
				t.Errorf("%s: %s %s has no id, or one that is taken: %q", name, method, path, id)
			}
			ids[id] = true
		}
	}
}

func TestV2(t *testing.T) {
	h, s := handler(t)
	w := get(t, h, "/openapi/v2", "application/json")
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("got %d %s: %.200s", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	doc := object(t, w.Body.Bytes())
	definitions := doc["definitions"].(map[string]any)
	holdDocument(t, "v2", definitions, "#/definitions/", doc)

	// Every kind that is served is there under its own kind.
	known := map[string]bool{}
	for _, d := range definitions {
		kinds, _ := at(d, "x-kubernetes-group-version-kind").([]any)
		for _, k := range kinds {
			known[fmt.Sprint(at(k, "group"), "/", at(k, "version"), "/", at(k, "kind"))] = true
		}
	}
	for _, g := range s.Groups() {
		for _, v := range g.Versions {
			for _, r := range v.Resources {
				if !known[g.Name+"/"+v.Name+"/"+r.Kind] {
					t.Errorf("kind %s of %s/%s is not described", r.Kind, g.Name, v.Name)
				}
			}
		}
	}

	// As Kubernetes' documentation shows them.
	for path, want := range map[string]any{
		"definitions io.k8s.api.core.v1.PodSpec properties containers x-kubernetes-patch-merge-key": "name",
		"definitions io.k8s.api.core.v1.PodSpec properties containers x-kubernetes-list-type":       "map",
		"definitions io.k8s.api.core.v1.PodSpec properties containers items $ref":                   "#/definitions/io.k8s.api.core.v1.Container",
		"definitions io.k8s.api.core.v1.Container properties ports items $ref":                      "#/definitions/io.k8s.api.core.v1.ContainerPort",
		"definitions io.k8s.api.core.v1.ContainerPort properties containerPort format":              "int32",
		"definitions io.k8s.api.core.v1.Secret properties data additionalProperties format":         "byte",
		"definitions io.k8s.api.apps.v1.DeploymentSpec properties template $ref":                    "#/definitions/io.k8s.api.core.v1.PodTemplateSpec",
		"definitions io.k8s.apimachinery.pkg.apis.meta.v1.Time format":                              "date-time",
		"definitions io.k8s.apimachinery.pkg.util.intstr.IntOrString format":                        "int-or-string",
		"definitions io.k8s.apimachinery.pkg.api.resource.Quantity type":                            "string",
		"paths /api/v1/namespaces/{namespace}/pods get operationId":                                 "listCoreV1NamespacedPod",
		"paths /api/v1/pods get operationId":                                                        "listCoreV1PodForAllNamespaces",
		"paths /api/v1/namespaces/{namespace}/pods/{name}/status put operationId":                   "replaceCoreV1NamespacedPodStatus",
		"paths /apis/apps/v1/namespaces/{namespace}/deployments/{name} patch x-kubernetes-action":   "patch",
		"paths /apis/rbac.authorization.k8s.io/v1/clusterroles post operationId":                    "createRbacAuthorizationV1ClusterRole",
	} {
		if got := at(doc, strings.Fields(path)...); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}

func TestV2Protobuf(t *testing.T) {
	h, _ := handler(t)
	for _, accept := range []string{
		"application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
		"application/com.github.proto-openapi.spec.v2.v1.0+protobuf,application/json",
	} {
		w := get(t, h, "/openapi/v2", accept)
		if media, _, err := mime.ParseMediaType(w.Header().Get("Content-Type")); err != nil || media != "application/com.github.proto-openapi.spec.v2.v1.0+protobuf" {
			t.Errorf("Content-Type %q, %v", media, err)
		}
		var doc openapi_v2.Document
		if err := proto.Unmarshal(w.Body.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		if n := len(doc.Definitions.AdditionalProperties); n < 500 {
			t.Errorf("%d definitions, want all", n)
		}
	}
}

func TestV3(t *testing.T) {
	h, s := handler(t)
	answer := get(t, h, "/openapi/v3", "application/json")
	if got := answer.Header().Get("Content-Type"); got != "text/plain; charset=utf-8" {
		t.Errorf("the index is %q", got)
	}
	index := object(t, answer.Body.Bytes())
	for _, g := range s.Groups() {
		for _, v := range g.Versions {
			path := "apis/" + g.Name + "/" + v.Name
			if g.Name == "" {
				path = "api/" + v.Name
			}
			url, _ := at(index, "paths", path, "serverRelativeURL").(string)
			if !strings.HasPrefix(url, "/openapi/v3/"+path+"?hash=") {
				t.Errorf("%s has address %q", path, url)
				continue
			}
			w := get(t, h, url, "application/json")
			if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %d, Cache-Control %q", url, w.Code, w.Header().Get("Cache-Control"))
			}
			doc := object(t, w.Body.Bytes())
			holdDocument(t, path, at(doc, "components", "schemas").(map[string]any), "#/components/schemas/", doc)
			if _, err := openapi_v3.ParseDocument(w.Body.Bytes()); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
	doc := object(t, get(t, h, "/openapi/v3/apis/apps/v1", "application/json").Body.Bytes())
	patch := at(doc, "paths", "/apis/apps/v1/namespaces/{namespace}/deployments/{name}", "patch")
	if at(patch, "requestBody", "content", "application/apply-patch+yaml") == nil {
		t.Error("a deployment cannot be applied")
	}
	// kubectl looks here whether the server validates fields.
	if !slices.ContainsFunc(at(patch, "parameters").([]any), func(p any) bool { return at(p, "name") == "fieldValidation" }) {
		t.Error("fieldValidation is not announced")
	}
	replicas := at(doc, "components", "schemas", "io.k8s.api.apps.v1.DeploymentSpec", "properties", "replicas")
	if at(replicas, "type") != "integer" || at(replicas, "format") != "int32" {
		t.Errorf("replicas are described as %v", replicas)
	}
	var parsed openapi_v3.Document
	w := get(t, h, "/openapi/v3/apis/apps/v1", "application/com.github.proto-openapi.spec.v3@v1.0+protobuf")
	if err := proto.Unmarshal(w.Body.Bytes(), &parsed); err != nil || parsed.Openapi != "3.0.0" {
		t.Errorf("protobuf form: openapi %q, %v", parsed.Openapi, err)
	}
}

func TestCaching(t *testing.T) {
	h, _ := handler(t)
	w := get(t, h, "/openapi/v3/api/v1", "application/json")
	etag := w.Header().Get("Etag")
	if len(etag) < 10 {
		t.Fatalf("etag %q", etag)
	}
	if again := get(t, h, "/openapi/v3/api/v1", "application/json", "If-None-Match", etag); again.Code != http.StatusNotModified {
		t.Errorf("got %d for what the client has, want 304", again.Code)
	}
	old := get(t, h, "/openapi/v3/api/v1?hash=OLD", "application/json")
	if old.Code != http.StatusMovedPermanently || !strings.Contains(old.Header().Get("Location"), strings.Trim(etag, `"`)) {
		t.Errorf("an outdated address: %d to %q", old.Code, old.Header().Get("Location"))
	}
	if missing := get(t, h, "/openapi/v3/apis/no/v1", "*/*"); missing.Code != 404 {
		t.Errorf("an unknown group: %d", missing.Code)
	}
}

// Widget is a type of somebody who imports Nucleus.
type Widget struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty"`
	// Size is how large it is.
	Size int32 `json:"size" required:"true" default:"3"`
}

func TestOwnTypes(t *testing.T) {
	s, err := scheme.New(scheme.Group{Name: "example.com", Versions: []scheme.Version{{
		Name: "v1", Source: "package x\n\n// Widget is a thing.\ntype Widget struct {\n\t// How large it is.\n\tSize int32\n}\n",
		Resources: []*scheme.Resource{scheme.Define[Widget, meta.List[Widget]](scheme.Spec[Widget]{Name: "widgets"})},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	h := schema.NewHandler(s, schema.Info{Title: "Widgets"})
	doc := object(t, get(t, h, "/openapi/v3/apis/example.com/v1", "application/json").Body.Bytes())
	schemas := at(doc, "components", "schemas").(map[string]any)
	var found map[string]any
	for name, s := range schemas {
		if strings.HasSuffix(name, ".Widget") {
			found = s.(map[string]any)
		}
	}
	if at(found, "description") != "Widget is a thing." || at(found, "properties", "size", "description") != "How large it is." || at(found, "properties", "size", "default") != 3.0 {
		t.Errorf("Widget is described as %v", found)
	}
}

func BenchmarkV3(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		h, _ := handler(b)
		get(b, h, "/openapi/v3/apis/apps/v1", "application/json")
	}
}

func BenchmarkIndex(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		h, _ := handler(b)
		get(b, h, "/openapi/v3", "application/json")
	}
}

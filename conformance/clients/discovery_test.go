package clients

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/disk"
	"k8s.io/client-go/openapi"
	"k8s.io/client-go/openapi3"
	"k8s.io/client-go/restmapper"
)

func TestDiscovery(t *testing.T) {
	for _, c := range []struct {
		name   string
		legacy bool
	}{{"aggregated", false}, {"legacy", true}} {
		t.Run(c.name, func(t *testing.T) {
			dc, err := discovery.NewDiscoveryClientForConfig(config(t))
			must(t, err)
			dc.UseLegacyDiscovery = c.legacy
			groups, resources, err := dc.ServerGroupsAndResources()
			must(t, err)
			if len(groups) < 15 || groups[0].Name != "" {
				t.Errorf("%d groups, the first %q", len(groups), groups[0].Name)
			}
			found := map[string][]string{}
			for _, list := range resources {
				for _, r := range list.APIResources {
					found[list.GroupVersion+" "+r.Name] = append(r.Verbs, r.ShortNames...)
				}
			}
			for name, want := range map[string][]string{
				"v1 pods":                   {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch", "po"},
				"v1 pods/exec":              {"create", "get"},
				"v1 pods/eviction":          {"create"},
				"apps/v1 deployments":       {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch", "deploy"},
				"apps/v1 deployments/scale": {"get", "patch", "update"},
				"batch/v1 cronjobs":         {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch", "cj"},
			} {
				if got := found[name]; !slices.Equal(got, want) {
					t.Errorf("%s: %v, want %v", name, got, want)
				}
			}
			preferred, err := dc.ServerPreferredResources()
			must(t, err)
			if len(preferred) < 15 {
				t.Errorf("%d lists of preferred resources", len(preferred))
			}
		})
	}
	dc, err := discovery.NewDiscoveryClientForConfig(config(t))
	must(t, err)
	v, err := dc.ServerVersion()
	must(t, err)
	if v.Major != "1" || v.Minor != "37" || !strings.HasPrefix(v.GitVersion, "v1.37.") {
		t.Errorf("version %+v", v)
	}
}

// TestRESTMapper maps as kubectl does.
func TestRESTMapper(t *testing.T) {
	dir := t.TempDir()
	dc, err := disk.NewCachedDiscoveryClientForConfig(config(t), dir+"/discovery", dir+"/http", time.Hour)
	must(t, err)
	mapper := restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapper(dc), dc, nil)
	for resource, want := range map[string]schema.GroupVersionKind{
		"deploy":              {Group: "apps", Version: "v1", Kind: "Deployment"},
		"deployments.v1.apps": {Group: "apps", Version: "v1", Kind: "Deployment"},
		"netpol":              {Group: "networking.k8s.io", Version: "v1", Kind: "NetworkPolicy"},
		"ev":                  {Version: "v1", Kind: "Event"},
		"crd":                 {Group: "apiextensions.k8s.io", Version: "v1", Kind: "CustomResourceDefinition"},
	} {
		full, partial := schema.ParseResourceArg(resource)
		if full == nil {
			full = &schema.GroupVersionResource{Group: partial.Group, Resource: partial.Resource}
		}
		if got, err := mapper.KindFor(*full); err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", resource, got, err, want)
		}
	}
	m, err := mapper.RESTMapping(schema.GroupKind{Group: "rbac.authorization.k8s.io", Kind: "ClusterRole"})
	must(t, err)
	if m.Scope.Name() != meta.RESTScopeNameRoot || m.Resource.Resource != "clusterroles" {
		t.Errorf("ClusterRole maps to %+v", m)
	}
	if _, err := mapper.KindFor(schema.GroupVersionResource{Resource: "gadgets"}); !meta.IsNoMatchError(err) {
		t.Errorf("gadgets: %v", err)
	}
}

func TestCachedDiscovery(t *testing.T) {
	dir := t.TempDir()
	for range 2 { // the second time from the disk
		dc, err := disk.NewCachedDiscoveryClientForConfig(config(t), dir+"/discovery", dir+"/http", 0)
		must(t, err)
		l, err := dc.ServerResourcesForGroupVersion("apps/v1")
		must(t, err)
		if len(l.APIResources) < 5 {
			t.Errorf("%d resources in apps/v1", len(l.APIResources))
		}
	}
}

func TestOpenAPI(t *testing.T) {
	dc, err := discovery.NewDiscoveryClientForConfig(config(t))
	must(t, err)
	doc, err := dc.OpenAPISchema() // v2, as protobuf
	must(t, err)
	if got := len(doc.GetDefinitions().GetAdditionalProperties()); got < 500 {
		t.Errorf("%d definitions in v2", got)
	}
	paths, err := dc.OpenAPIV3().Paths()
	must(t, err)
	if _, ok := paths["apis/apps/v1"]; !ok {
		t.Errorf("apis/apps/v1 is not among %d paths", len(paths))
	}
	for _, form := range []string{openapi.ContentTypeOpenAPIV3PB, "application/json"} {
		b, err := paths["apis/apps/v1"].Schema(form)
		must(t, err)
		if len(b) < 10000 || form == "application/json" && !json.Valid(b) {
			t.Errorf("%s: %d bytes", form, len(b))
		}
	}
	// Through the reader that kubectl explain and others use.
	spec, err := openapi3.NewRoot(dc.OpenAPIV3()).GVSpec(schema.GroupVersion{Group: "apps", Version: "v1"})
	must(t, err)
	s := spec.Components.Schemas["io.k8s.api.apps.v1.Deployment"]
	if s == nil || s.Extensions["x-kubernetes-group-version-kind"] == nil || s.Properties["spec"].Description == "" {
		t.Errorf("the schema of Deployments: %+v", s)
	}
}

package api_test

import (
	"slices"
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// TestFreeNames creates the objects whose names are no DNS names: their kinds
// have to say so with a NameRule, whatever their own rules check.
func TestFreeNames(t *testing.T) {
	for resource, name := range map[meta.GroupResource]string{
		{Resource: "events"}: "Some_Thing.17e2",
		{Group: "rbac.authorization.k8s.io", Resource: "clusterroles"}:        "system:node",
		{Group: "rbac.authorization.k8s.io", Resource: "clusterrolebindings"}: "system:node",
		{Group: "rbac.authorization.k8s.io", Resource: "roles"}:               "system:controller:token-cleaner",
		{Group: "rbac.authorization.k8s.io", Resource: "rolebindings"}:        "system:controller:token-cleaner",
		{Group: "networking.k8s.io", Resource: "ipaddresses"}:                 "2001:db8::1",
		{Group: "policy", Resource: "poddisruptionbudgets"}:                   "My_Budget",
	} {
		r := resourceNamed(t, resource)
		obj := r.New()
		obj.Metadata().Name = name
		if r.Namespaced {
			obj.Metadata().Namespace = "ns"
		}
		for _, e := range r.Validate(obj) {
			if e.Field == "metadata.name" {
				t.Errorf("%s %q: %v", resource, name, e)
			}
		}
	}
}

// TestEveryKindChecksNames holds for whatever rules a kind has.
func TestEveryKindChecksNames(t *testing.T) {
	for _, g := range api.Groups() {
		for _, v := range g.Versions {
			for _, r := range v.Resources {
				if r.Virtual {
					continue
				}
				for _, name := range []string{"", "a/b"} {
					obj := r.New()
					obj.Metadata().Name, obj.Metadata().Namespace = name, "ns"
					if !slices.ContainsFunc(r.Validate(obj), func(e *validate.Error) bool { return e.Field == "metadata.name" }) {
						t.Errorf("%s/%s %s takes the name %q", g.Name, v.Name, r.Name, name)
					}
				}
			}
		}
	}
}

func resourceNamed(t *testing.T, name meta.GroupResource) *scheme.Resource {
	t.Helper()
	for _, g := range api.Groups() {
		if g.Name != name.Group {
			continue
		}
		for _, v := range g.Versions {
			if i := slices.IndexFunc(v.Resources, func(r *scheme.Resource) bool { return r.Name == name.Resource }); i >= 0 {
				return v.Resources[i]
			}
		}
	}
	t.Fatalf("no resource %s", name)
	return nil
}

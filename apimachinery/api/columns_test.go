package api

import (
	"strings"
	"testing"
)

// A column without a description is one whose key in the texts is misspelt.
func TestColumnsAreDescribed(t *testing.T) {
	for _, g := range Groups() {
		for _, v := range g.Versions {
			for _, r := range v.Resources {
				for _, c := range r.Columns {
					// Kubernetes itself has no word for these.
					wordless := r.Name == "runtimeclasses" && c.Name == "Handler" || r.Name == "leasecandidates" && strings.HasSuffix(c.Name, "Version")
					if c.Description == "" && !wordless {
						t.Errorf("%s/%s %s: column %s has no description", g.Name, v.Name, r.Name, c.Name)
					}
				}
			}
		}
	}
}

// Of classes the table tells which is taken where none is named; of storage's that of a
// list does.
func TestDefaultClassesAreMarked(t *testing.T) {
	for name, marked := range map[string]struct{ annotation, name string }{
		"ingressclasses": {"ingressclass.kubernetes.io/is-default-class", "a (default)"},
		"storageclasses": {"storageclass.kubernetes.io/is-default-class", "a"},
	} {
		found := false
		for _, g := range Groups() {
			for _, v := range g.Versions {
				for _, r := range v.Resources {
					if r.Name != name {
						continue
					}
					found = true
					obj := r.New()
					obj.Metadata().Name = "a"
					if got := r.Cells(obj)[0]; got != "a" {
						t.Errorf("%s: %v", name, got)
					}
					obj.Metadata().Annotations = map[string]string{marked.annotation: "true"}
					if got := r.Cells(obj)[0]; got != marked.name {
						t.Errorf("%s: %v", name, got)
					}
					if got := r.ListCells(obj)[0]; got != "a (default)" {
						t.Errorf("%s in a list: %v", name, got)
					}
				}
			}
		}
		if !found {
			t.Errorf("there are no %s", name)
		}
	}
}

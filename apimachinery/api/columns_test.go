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

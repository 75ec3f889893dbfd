package schema

import (
	"reflect"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// rootDocument is what lists groups, or the versions of one.
type rootDocument struct {
	name, template, tag, id, text string
	answer                        reflect.Type
}

// rootDocuments returns the lists that a server with these groups has.
func rootDocuments(s *scheme.Scheme) []rootDocument {
	all := []rootDocument{
		{"api", "/api/", "core", "getCoreAPIVersions", "get available API versions", reflect.TypeFor[meta.APIVersions]()},
		{"apis", "/apis/", "apis", "getAPIVersions", "get available API versions", reflect.TypeFor[meta.APIGroupList]()},
	}
	for _, g := range s.Groups() {
		if g.Name == "" {
			continue
		}
		name := camel(g.Name)
		all = append(all, rootDocument{"apis/" + g.Name, "/apis/" + g.Name + "/", strings.ToLower(name[:1]) + name[1:],
			"get" + name + "APIGroup", "get information of a group", reflect.TypeFor[meta.APIGroup]()})
	}
	return all
}

func (r rootDocument) path(d *definitions) path {
	return path{template: r.template, operations: []operation{{
		method: "get", id: r.id, description: r.text, tags: []string{r.tag},
		consumes: objectTypes, produces: objectTypes, responses: d.answers(r.answer, "200"),
	}}}
}

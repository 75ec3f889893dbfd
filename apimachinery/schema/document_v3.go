package schema

import (
	"github.com/go-openapi/spec"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// The few parts of OpenAPI v3 that descriptions of an API server use. Schemas
// are those of v2, which JSON cannot tell apart.
type (
	documentRoot struct {
		OpenAPI    string              `json:"openapi"`
		Info       map[string]string   `json:"info"`
		Paths      map[string]pathItem `json:"paths"`
		Components components          `json:"components"`
	}
	components struct {
		Schemas         map[string]spec.Schema `json:"schemas"`
		SecuritySchemes map[string]any         `json:"securitySchemes,omitempty"`
	}
	pathItem    map[string]any // by method, and "parameters"
	parameterV3 struct {
		Name        string         `json:"name"`
		In          string         `json:"in"`
		Description string         `json:"description,omitempty"`
		Required    bool           `json:"required,omitempty"`
		Schema      map[string]any `json:"schema"`
	}
	mediaType struct {
		Schema *spec.Schema `json:"schema,omitempty"`
	}
	content map[string]mediaType
)

// documentV3 describes one group version.
func documentV3(s *scheme.Scheme, c *comments, v scheme.Version, gv meta.GroupVersion, info Info) (*documentRoot, error) {
	d := newDefinitions(s, c, true)
	d.only(gv)
	doc := emptyV3(info)
	for _, p := range d.paths(v, gv) {
		doc.Paths[p.template] = p.v3()
	}
	doc.Components.Schemas = d.schemas
	return doc, d.err
}

// rootV3 describes what is above the versions of a group.
func rootV3(s *scheme.Scheme, c *comments, r rootDocument, info Info) (*documentRoot, error) {
	d := newDefinitions(s, c, true)
	doc := emptyV3(info)
	p := r.path(d)
	doc.Paths[p.template] = p.v3()
	doc.Components.Schemas = d.schemas
	return doc, d.err
}

func emptyV3(info Info) *documentRoot {
	return &documentRoot{
		OpenAPI: "3.0.0",
		Info:    map[string]string{"title": info.title(), "version": info.Version},
		Paths:   map[string]pathItem{},
		Components: components{SecuritySchemes: map[string]any{
			"BearerToken": map[string]any{"type": "apiKey", "name": "authorization", "in": "header", "description": "Bearer token."},
		}},
	}
}

func (p path) v3() pathItem {
	item := pathItem{}
	if len(p.parameters) > 0 {
		item["parameters"] = parametersV3(p.parameters)
	}
	for i := range p.operations {
		item[p.operations[i].method] = p.operations[i].v3()
	}
	return item
}

func parametersV3(from []parameter) []parameterV3 {
	all := make([]parameterV3, len(from))
	for i, q := range from {
		schema := map[string]any{"type": q.typ, "uniqueItems": true}
		all[i] = parameterV3{Name: q.name, In: q.in, Description: q.text, Required: q.in == "path", Schema: schema}
	}
	return all
}

func (o *operation) v3() map[string]any {
	out := o.extensions()
	out["operationId"], out["description"], out["tags"] = o.id, o.description, o.tags
	if len(o.parameters) > 0 {
		out["parameters"] = parametersV3(o.parameters)
	}
	if o.body != nil {
		body := map[string]any{"content": contentOf(o.consumes, o.body)}
		if o.bodyNeeded {
			body["required"] = true
		}
		out["requestBody"] = body
	}
	responses := map[string]any{}
	for _, r := range o.responses {
		one := map[string]any{"description": r.text}
		if r.schema != nil {
			one["content"] = contentOf(o.produces, r.schema)
		}
		responses[r.code] = one
	}
	out["responses"] = responses
	return out
}

func contentOf(types []string, schema *spec.Schema) content {
	all := content{}
	for _, t := range types {
		all[t] = mediaType{schema}
	}
	return all
}

package schema

import (
	"github.com/go-openapi/spec"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Info is what documents say of the server.
type Info struct {
	Title   string // "" is "Kubernetes"
	Version string // such as "1.37"
}

func (i Info) title() string {
	if i.Title == "" {
		return "Kubernetes"
	}
	return i.Title
}

// documentV2 describes all groups in one document.
func documentV2(s *scheme.Scheme, c *comments, info Info) (*spec.Swagger, error) {
	d := newDefinitions(s, c, false)
	paths := map[string]spec.PathItem{}
	for _, g := range s.Groups() {
		for _, v := range g.Versions {
			for _, p := range d.paths(v, meta.GroupVersion{Group: g.Name, Version: v.Name}) {
				paths[p.template] = p.v2()
			}
		}
	}
	for _, r := range rootDocuments(s) {
		paths[r.template] = r.path(d).v2()
	}
	if d.err != nil {
		return nil, d.err
	}
	return &spec.Swagger{SwaggerProps: spec.SwaggerProps{
		Swagger:     "2.0",
		Info:        &spec.Info{InfoProps: spec.InfoProps{Title: info.title(), Version: info.Version}},
		Paths:       &spec.Paths{Paths: paths},
		Definitions: d.schemas,
		SecurityDefinitions: spec.SecurityDefinitions{"BearerToken": &spec.SecurityScheme{SecuritySchemeProps: spec.SecuritySchemeProps{
			Type: "apiKey", Name: "authorization", In: "header", Description: "Bearer token.",
		}}},
		Security: []map[string][]string{{"BearerToken": {}}},
	}}, nil
}

func (p path) v2() spec.PathItem {
	var item spec.PathItem
	for _, q := range p.parameters {
		item.Parameters = append(item.Parameters, q.v2())
	}
	for i := range p.operations {
		o := p.operations[i].v2()
		switch p.operations[i].method {
		case "get":
			item.Get = o
		case "post":
			item.Post = o
		case "put":
			item.Put = o
		case "patch":
			item.Patch = o
		case "delete":
			item.Delete = o
		case "head":
			item.Head = o
		case "options":
			item.Options = o
		}
	}
	return item
}

func (q parameter) v2() spec.Parameter {
	return spec.Parameter{
		ParamProps:   spec.ParamProps{Name: q.name, In: q.in, Required: q.in == "path", Description: q.text},
		SimpleSchema: spec.SimpleSchema{Type: q.typ},
		CommonValidations: spec.CommonValidations{
			UniqueItems: true,
		},
	}
}

func (o *operation) v2() *spec.Operation {
	out := &spec.Operation{OperationProps: spec.OperationProps{
		ID: o.id, Description: o.description, Tags: o.tags, Schemes: []string{"https"}, Consumes: o.consumes, Produces: o.produces,
		Responses: &spec.Responses{ResponsesProps: spec.ResponsesProps{StatusCodeResponses: map[int]spec.Response{}}},
	}}
	if o.body != nil {
		out.Parameters = append(out.Parameters, spec.Parameter{ParamProps: spec.ParamProps{Name: "body", In: "body", Required: o.bodyNeeded, Schema: o.body}})
	}
	for _, q := range o.parameters {
		out.Parameters = append(out.Parameters, q.v2())
	}
	for _, r := range o.responses {
		code := 0
		for _, digit := range r.code {
			code = code*10 + int(digit-'0')
		}
		out.Responses.StatusCodeResponses[code] = spec.Response{ResponseProps: spec.ResponseProps{Description: r.text, Schema: r.schema}}
	}
	for key, value := range o.extensions() {
		out.AddExtension(key, value)
	}
	return out
}

func (o *operation) extensions() map[string]any {
	all := map[string]any{}
	if o.action != "" {
		all["x-kubernetes-action"] = o.action
	}
	if o.kind != nil {
		all["x-kubernetes-group-version-kind"] = kindValue(*o.kind)
	}
	return all
}

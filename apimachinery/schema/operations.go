package schema

import (
	"reflect"
	"slices"
	"strings"

	"github.com/go-openapi/spec"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// operation is one method on one path, in a form that v2 and v3 share.
type operation struct {
	method      string // "get"
	id          string
	description string
	tags        []string
	action      string // x-kubernetes-action; "" has none
	kind        *meta.GroupVersionKind
	body        *spec.Schema
	bodyNeeded  bool
	consumes    []string
	produces    []string
	parameters  []parameter
	responses   []response
}

type parameter struct {
	name, in, typ, text string
}

type response struct {
	code   string
	text   string
	schema *spec.Schema // nil: none
}

// path is one path with its operations.
type path struct {
	template   string
	parameters []parameter
	operations []operation
}

var (
	objectTypes = []string{"application/json", "application/yaml", "application/vnd.kubernetes.protobuf"}
	streamTypes = []string{"application/json", "application/yaml", "application/vnd.kubernetes.protobuf",
		"application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch"}
	patchTypes = []string{"application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
		"application/apply-patch+yaml"}

	pretty          = parameter{"pretty", "query", "string", "If 'true', the answer is indented for people to read."}
	dryRun          = parameter{"dryRun", "query", "string", "'All' goes through every stage of the request but stores nothing."}
	fieldManager    = parameter{"fieldManager", "query", "string", "The name of whoever makes this change, up to 128 printable characters. Required for apply."}
	fieldValidation = parameter{"fieldValidation", "query", "string", "What happens to unknown and duplicate fields: 'Ignore' drops them, 'Warn' drops them and warns, 'Strict' refuses the request."}
	force           = parameter{"force", "query", "boolean", "Take over fields that others own. Only for apply."}
	nameParameter   = parameter{"name", "path", "string", "Name of the object."}
	nsParameter     = parameter{"namespace", "path", "string", "Namespace of the objects."}
	pathParameter   = parameter{"path", "path", "string", "Path below the resource."}

	listParameters = []parameter{
		{"allowWatchBookmarks", "query", "boolean", "Asks for BOOKMARK events in a watch."},
		{"continue", "query", "string", "The token that a list gave, to get its next page."},
		{"fieldSelector", "query", "string", "Only objects whose fields match."},
		{"labelSelector", "query", "string", "Only objects whose labels match."},
		{"limit", "query", "integer", "The most objects that one answer may hold."},
		{"resourceVersion", "query", "string", "How fresh the answer must be, or where a watch begins."},
		{"resourceVersionMatch", "query", "string", "How resourceVersion applies to a list."},
		{"sendInitialEvents", "query", "boolean", "Begins a watch with an event for every object there is."},
		{"shardSelector", "query", "string", "Only objects of this part of the whole."},
		{"timeoutSeconds", "query", "integer", "How long the call may last."},
		{"watch", "query", "boolean", "Answers with changes as they happen."},
	}
	deleteParameters = []parameter{
		dryRun,
		{"gracePeriodSeconds", "query", "integer", "How long the object may take to end; 0 is at once."},
		{"ignoreStoreReadErrorWithClusterBreakingPotential", "query", "boolean", "Delete an object that can no longer be read from the store."},
		{"orphanDependents", "query", "boolean", "Deprecated: use propagationPolicy."},
		{"propagationPolicy", "query", "string", "What happens to objects that this one owns: 'Orphan', 'Background' or 'Foreground'."},
	}
)

// collectionParameters are those of deleting a collection, which cannot be watched.
var collectionParameters = append(slices.Clone(deleteParameters), slices.DeleteFunc(slices.Clone(listParameters), func(p parameter) bool {
	return p.name == "watch" || p.name == "allowWatchBookmarks"
})...)

// paths returns the paths of one group version.
func (d *definitions) paths(v scheme.Version, gv meta.GroupVersion) []path {
	root := "/apis/" + gv.Group + "/" + gv.Version
	if gv.Group == "" {
		root = "/api/" + gv.Version
	}
	tag := strings.ToLower(camel(gv.Group)[:1]) + camel(gv.Group)[1:] + "_" + gv.Version
	all := []path{{template: root + "/", operations: []operation{{
		method: "get", id: "get" + camel(gv.Group) + title(gv.Version) + "APIResources", description: "get available resources", tags: []string{tag},
		consumes: objectTypes, produces: objectTypes,
		responses: d.answers(reflect.TypeFor[meta.APIResourceList](), "200"),
	}}}}
	for _, r := range v.Resources {
		b := pathBuilder{definitions: d, r: r, tag: tag, stem: camel(gv.Group) + title(gv.Version)}
		all = append(all, b.all(root)...)
	}
	for i := range all {
		all[i].share()
	}
	slices.SortStableFunc(all, func(a, b path) int { return strings.Compare(a.template, b.template) })
	return all
}

// share moves the parameters that all operations of a path have to the path, and
// sorts all of them.
func (p *path) share() {
	first := p.operations[0].parameters
	for _, q := range first {
		everywhere := true
		for i := range p.operations {
			everywhere = everywhere && slices.Contains(p.operations[i].parameters, q)
		}
		if everywhere {
			p.parameters = append(slices.Clip(p.parameters), q)
		}
	}
	byName := func(a, b parameter) int { return strings.Compare(a.name, b.name) }
	slices.SortStableFunc(p.parameters, byName)
	for i := range p.operations {
		o := &p.operations[i]
		o.parameters = slices.DeleteFunc(slices.Clone(o.parameters), func(q parameter) bool { return slices.Contains(p.parameters, q) })
		slices.SortStableFunc(o.parameters, byName)
	}
}

// answers are the successful codes with a body of type t, and 401.
func (d *definitions) answers(t reflect.Type, codes ...string) []response {
	texts := map[string]string{"200": "OK", "201": "Created", "202": "Accepted"}
	var all []response
	for _, code := range codes {
		all = append(all, response{code, texts[code], d.ref(t)})
	}
	return append(all, response{"401", "Unauthorized", nil})
}

// pathBuilder makes the paths of one resource.
type pathBuilder struct {
	*definitions
	r    *scheme.Resource
	tag  string
	stem string // of operation ids: "AppsV1"
}

func (b *pathBuilder) all(root string) []path {
	collection, scope := root+"/"+b.r.Name, ""
	var shared []parameter
	if b.r.Namespaced {
		collection, scope = root+"/namespaces/{namespace}/"+b.r.Name, "Namespaced"
		shared = []parameter{nsParameter}
	}
	object := reflect.TypeOf(b.r.New()).Elem()
	list := reflect.TypeOf(b.r.NewList()).Elem()
	what := b.r.Kind
	all := []path{
		{collection, append([]parameter{pretty}, shared...), b.some(
			b.read("list", "get", "list"+b.stem+scope+what, "list or watch objects of kind "+what, list, listParameters, streamTypes),
			b.write("create", "post", "create"+b.stem+scope+what, "create a "+what, object, "post", "200", "201", "202"),
			b.drop("deletecollection", "delete"+b.stem+"Collection"+scope+what, "delete collection of "+what, reflect.TypeFor[meta.Status](), collectionParameters),
		)},
		{collection + "/{name}", append([]parameter{nameParameter, pretty}, shared...), b.some(
			b.read("get", "get", "read"+b.stem+scope+what, "read the specified "+what, object, nil, objectTypes),
			b.write("update", "put", "replace"+b.stem+scope+what, "replace the specified "+what, object, "put", "200", "201"),
			b.patch("patch"+b.stem+scope+what, "partially update the specified "+what, object),
			b.drop("delete", "delete"+b.stem+scope+what, "delete a "+what, b.deleted(object), deleteParameters),
		)},
	}
	if b.r.Namespaced && b.r.Can("list") {
		all = append(all, path{root + "/" + b.r.Name, []parameter{pretty}, b.some(
			b.read("list", "get", "list"+b.stem+what+"ForAllNamespaces", "list or watch objects of kind "+what, list, listParameters, streamTypes))})
	}
	all = append(all, b.watches(root, what, scope, shared)...)
	for _, s := range b.r.Subresources {
		all = append(all, b.subresource(s, collection+"/{name}/"+s.Name, scope, shared)...)
	}
	return slices.DeleteFunc(all, func(p path) bool { return len(p.operations) == 0 })
}

// watches are the paths that older clients watch by.
func (b *pathBuilder) watches(root, what, scope string, shared []parameter) []path {
	if !b.r.Can("watch") {
		return nil
	}
	one := func(template, id, action, text string, parameters ...parameter) path {
		return path{template, append(append([]parameter{pretty}, listParameters...), parameters...), b.some(&operation{
			method: "get", id: "watch" + b.stem + id, action: action, description: text + ". deprecated: use the 'watch' parameter with a list operation instead",
			consumes: []string{"*/*"}, produces: streamTypes, responses: b.answers(reflect.TypeFor[meta.WatchEvent](), "200"),
		})}
	}
	collection := root + "/watch/" + b.r.Name
	var all []path
	if b.r.Namespaced {
		all = append(all, one(collection, what+"ListForAllNamespaces", "watchlist", "watch individual changes to a list of "+what))
		collection = root + "/watch/namespaces/{namespace}/" + b.r.Name
	}
	return append(all,
		one(collection, scope+what+"List", "watchlist", "watch individual changes to a list of "+what, shared...),
		one(collection+"/{name}", scope+what, "watch", "watch changes to an object of kind "+what, append([]parameter{nameParameter}, shared...)...))
}

// some keeps the operations that the resource has.
func (b *pathBuilder) some(operations ...*operation) []operation {
	var all []operation
	for _, o := range operations {
		if o != nil {
			o.tags = []string{b.tag}
			if o.kind == nil {
				kind := b.r.GroupVersionKind()
				o.kind = &kind
			}
			all = append(all, *o)
		}
	}
	return all
}

func (b *pathBuilder) read(verb, method, id, text string, t reflect.Type, parameters []parameter, produces []string) *operation {
	if !b.r.Can(verb) {
		return nil
	}
	return &operation{method: method, id: id, description: text, action: verb, produces: produces, consumes: []string{"*/*"},
		parameters: parameters, responses: b.answers(t, "200")}
}

func (b *pathBuilder) write(verb, method, id, text string, t reflect.Type, action string, codes ...string) *operation {
	if !b.r.Can(verb) {
		return nil
	}
	return &operation{method: method, id: id, description: text, action: action, body: b.ref(t), bodyNeeded: true, consumes: []string{"*/*"}, produces: objectTypes,
		parameters: []parameter{dryRun, fieldManager, fieldValidation}, responses: b.answers(t, codes...)}
}

func (b *pathBuilder) patch(id, text string, t reflect.Type) *operation {
	if !b.r.Can("patch") {
		return nil
	}
	return &operation{method: "patch", id: id, description: text, action: "patch", body: b.patchBody(), bodyNeeded: true, consumes: patchTypes, produces: objectTypes,
		parameters: []parameter{dryRun, fieldManager, fieldValidation, force}, responses: b.answers(t, "200", "201")}
}

// patchBody is any object: what a patch may hold depends on its form.
func (b *pathBuilder) patchBody() *spec.Schema {
	const name = "io.k8s.apimachinery.pkg.apis.meta.v1.Patch"
	if _, ok := b.schemas[name]; !ok {
		b.schemas[name] = spec.Schema{SchemaProps: spec.SchemaProps{Type: spec.StringOrArray{"object"},
			Description: "Patch is a change to an object, in the form that the content type names."}}
	}
	return spec.RefSchema(b.prefix + name)
}

func (b *pathBuilder) drop(verb, id, text string, t reflect.Type, parameters []parameter) *operation {
	if !b.r.Can(verb) {
		return nil
	}
	codes := []string{"200", "202"}
	if verb == "deletecollection" {
		codes = codes[:1]
	}
	return &operation{method: "delete", id: id, description: text, action: verb, body: b.ref(reflect.TypeFor[meta.DeleteOptions]()), consumes: []string{"*/*"}, produces: objectTypes,
		parameters: parameters, responses: b.answers(t, codes...)}
}

func (b *pathBuilder) deleted(object reflect.Type) reflect.Type {
	if b.r.DeleteAnswersObject {
		return object
	}
	return reflect.TypeFor[meta.Status]()
}

// connectMethods are how each verb of a subresource that is a connection looks in HTTP.
var connectMethods = map[string]string{"get": "get", "create": "post", "update": "put", "patch": "patch", "delete": "delete"}

func (b *pathBuilder) subresource(s scheme.Subresource, template, scope string, shared []parameter) []path {
	kind := s.Kind
	if kind.Version == "" {
		kind.Group, kind.Version = b.r.Group, b.r.Version
	}
	what := b.r.Kind + title(s.Name)
	if s.Name == "log" {
		return []path{{template, append(append([]parameter{nameParameter, pretty}, shared...), b.queryOf(b.r.GroupVersion.WithKind("PodLogOptions"))...), b.some(&operation{
			method: "get", id: "read" + b.stem + scope + what, action: "get", description: "read log of the specified " + b.r.Kind, consumes: []string{"*/*"},
			produces: append([]string{"text/plain"}, objectTypes...), responses: []response{{"200", "OK", spec.StringProperty()}, {"401", "Unauthorized", nil}},
		})}}
	}
	if strings.HasSuffix(s.Kind.Kind, "Options") {
		return b.connection(s, kind, template, scope, shared)
	}
	body, ok := b.typeOf(kind)
	if !ok {
		body = reflect.TypeOf(b.r.New()).Elem()
	}
	var operations []*operation
	for _, verb := range s.Verbs {
		o := &operation{consumes: []string{"*/*"}, produces: objectTypes, kind: &kind, responses: b.answers(body, "200", "201")}
		switch verb {
		case "get":
			o.method, o.action, o.responses = "get", "get", b.answers(body, "200")
			o.id, o.description = "read"+b.stem+scope+what, "read "+s.Name+" of the specified "+b.r.Kind
		case "create":
			o.method, o.action, o.body, o.bodyNeeded = "post", "post", b.ref(body), true
			o.responses = b.answers(body, "200", "201", "202")
			o.parameters = []parameter{dryRun, fieldManager, fieldValidation}
			o.id, o.description = "create"+b.stem+scope+what, "create "+s.Name+" of a "+b.r.Kind
		case "update":
			o.method, o.action, o.body, o.bodyNeeded = "put", "put", b.ref(body), true
			o.parameters = []parameter{dryRun, fieldManager, fieldValidation}
			o.id, o.description = "replace"+b.stem+scope+what, "replace "+s.Name+" of the specified "+b.r.Kind
		case "patch":
			o.method, o.action, o.body, o.bodyNeeded, o.consumes = "patch", "patch", b.patchBody(), true, patchTypes
			o.parameters = []parameter{dryRun, fieldManager, fieldValidation, force}
			o.id, o.description = "patch"+b.stem+scope+what, "partially update "+s.Name+" of the specified "+b.r.Kind
		default:
			continue
		}
		operations = append(operations, o)
	}
	return []path{{template, append([]parameter{nameParameter, pretty}, shared...), b.some(operations...)}}
}

// connection is a subresource that hands the connection on to a node.
func (b *pathBuilder) connection(s scheme.Subresource, kind meta.GroupVersionKind, template, scope string, shared []parameter) []path {
	options := b.queryOf(kind)
	one := func(suffix, template string, shared []parameter) path {
		var operations []*operation
		var methods []string
		for _, verb := range s.Verbs {
			methods = append(methods, connectMethods[verb])
		}
		if s.Name == "proxy" {
			methods = append(methods, "head", "options")
		}
		for _, method := range methods {
			operations = append(operations, &operation{
				method: method, action: "connect", kind: &kind, consumes: []string{"*/*"}, produces: []string{"*/*"},
				id:          "connect" + b.stem + title(method) + scope + b.r.Kind + title(s.Name) + suffix,
				description: "connect " + strings.ToUpper(method) + " requests to " + s.Name + " of " + b.r.Kind,
				responses:   []response{{"200", "OK", spec.StringProperty()}, {"401", "Unauthorized", nil}},
			})
		}
		return path{template, append(append([]parameter{nameParameter}, shared...), options...), b.some(operations...)}
	}
	all := []path{one("", template, shared)}
	if s.Name == "proxy" {
		all = append(all, one("WithPath", template+"/{path}", append([]parameter{pathParameter}, shared...)))
	}
	return all
}

// typeOf returns the Go type that stands for a kind.
func (d *definitions) typeOf(kind meta.GroupVersionKind) (reflect.Type, bool) {
	for t, kinds := range d.kinds {
		if slices.Contains(kinds, kind) {
			return t, true
		}
	}
	return nil, false
}

// queryOf makes query parameters of the fields of an options kind.
func (d *definitions) queryOf(kind meta.GroupVersionKind) []parameter {
	t, ok := d.typeOf(kind)
	if !ok {
		return nil
	}
	own := *d // options are no definitions
	own.schemas = map[string]spec.Schema{}
	own.ref(t)
	s := own.schemas[definitionName(t)]
	var all []parameter
	for name, p := range s.Properties {
		if name == "kind" || name == "apiVersion" || len(p.Type) == 0 {
			continue
		}
		typ := p.Type[0]
		if typ == "array" {
			typ = p.Items.Schema.Type[0] // said once for each item
		}
		all = append(all, parameter{name, "query", typ, p.Description})
	}
	slices.SortFunc(all, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	return all
}

package server

import (
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// routes knows which paths and methods there are, from the declarations.
type routes struct {
	scheme   *scheme.Scheme
	groups   map[string]bool
	media    mediaSet
	produces []string // the names of media
}

func newRoutes(s *scheme.Scheme, media mediaSet) *routes {
	rs := &routes{scheme: s, groups: map[string]bool{}, media: media, produces: media.names()}
	for _, g := range s.Groups() {
		rs.groups[g.Name] = true
	}
	return rs
}

// methodVerbs are the verbs that methods stand for on a collection and on one
// object or subresource, in the order of the Allow header.
var methodVerbs = []struct{ method, collection, object string }{
	{http.MethodDelete, meta.VerbDeleteCollection, meta.VerbDelete},
	{http.MethodGet, meta.VerbList, meta.VerbGet},
	{http.MethodPatch, "", meta.VerbPatch},
	{http.MethodPost, meta.VerbCreate, ""},
	{http.MethodPut, "", meta.VerbUpdate},
}

// route finds what a request about a resource goes to. It sets the call's
// resource, subresource, verb and media, and returns what to answer if there
// is no such route.
func (rs *routes) route(c *call) error {
	i := c.info
	res, ok := rs.scheme.Resource(i.GroupVersionResource)
	if !ok {
		return meta.NoSuchResource()
	}
	// A cluster-scoped resource is not in a namespace, and of a namespaced one
	// only the collection is reachable without naming the namespace.
	across := res.Namespaced && !i.InNamespace
	if i.Verb == "proxy" || !res.Namespaced && i.InNamespace || across && len(i.Parts) > 1 {
		return meta.NoSuchResource()
	}
	c.resource = res
	c.media = rs.mediaOf(res)

	if c.verb = verbOfMethod(c, across); c.verb != "" {
		return rs.finish(c)
	}
	var allowed map[string]string // verb by method
	switch {
	case i.Watch:
		if len(i.Parts) > 2 || !res.Can(meta.VerbWatch) {
			return meta.NoSuchResource()
		}
		allowed = map[string]string{http.MethodGet: meta.VerbWatch}
	case len(i.Parts) == 1:
		allowed = verbsByMethod(res.Verbs, true)
		if across {
			delete(allowed, http.MethodPost)
			delete(allowed, http.MethodDelete)
		}
	case len(i.Parts) == 2:
		allowed = verbsByMethod(res.Verbs, false)
	default:
		if c.sub, ok = res.Subresource(i.Subresource); !ok || len(i.Parts) > 3 && c.sub.Name != "proxy" {
			return meta.NoSuchResource()
		}
		allowed = subresourceMethods(c.sub)
	}
	if len(allowed) == 0 {
		return meta.NoSuchResource()
	}
	if c.verb, ok = allowed[c.r.Method]; !ok {
		methods := make([]string, 0, len(allowed))
		for m := range allowed {
			methods = append(methods, m)
		}
		slices.Sort(methods)
		c.w.Header().Set("Allow", strings.Join(methods, ", "))
		return meta.NoSuchMethod()
	}
	return rs.finish(c)
}

// verbOfMethod finds the verb of the request if it is one of the usual ones, on
// the resource or on one object of it; else it returns "".
func verbOfMethod(c *call, across bool) string {
	parts := len(c.info.Parts)
	if c.info.Watch || parts > 2 || parts == 1 && across && c.r.Method != http.MethodGet {
		return ""
	}
	for i := range methodVerbs {
		m := &methodVerbs[i]
		if m.method != c.r.Method {
			continue
		}
		verb := m.object
		if parts == 1 {
			verb = m.collection
		}
		if verb != "" && slices.Contains(c.resource.Verbs, verb) {
			return verb
		}
		return ""
	}
	return ""
}

// finish is what comes once the verb is known.
func (rs *routes) finish(c *call) error {
	if c.info.InNamespace && c.info.Namespace == "" && c.verb != meta.VerbList && c.verb != meta.VerbCreate {
		return meta.BadRequest("Namespace parameter required.") // the path is /namespaces//RESOURCE
	}
	if c.verb == meta.VerbList && c.info.Verb == meta.VerbWatch {
		if c.verb = meta.VerbWatch; !c.resource.Can(meta.VerbWatch) {
			return meta.MethodNotSupported(c.resource.GroupResource(), meta.VerbWatch)
		}
	}
	return rs.checkMedia(c)
}

func verbsByMethod(verbs []string, collection bool) map[string]string {
	allowed := map[string]string{}
	for _, m := range methodVerbs {
		verb := m.object
		if collection {
			verb = m.collection
		}
		if verb != "" && slices.Contains(verbs, verb) {
			allowed[m.method] = verb
		}
	}
	return allowed
}

func subresourceMethods(sub scheme.Subresource) map[string]string {
	allowed := verbsByMethod(sub.Verbs, false)
	if slices.Contains(sub.Verbs, meta.VerbCreate) {
		allowed[http.MethodPost] = meta.VerbCreate
	}
	if sub.Name == "proxy" {
		for _, m := range []string{http.MethodHead, http.MethodOptions} {
			allowed[m] = "proxy"
		}
	}
	return allowed
}

// connects says that the subresource is a way to something else, rather than a
// part of the object.
func connects(sub scheme.Subresource) bool {
	switch sub.Name {
	case "attach", "exec", "log", "portforward", "proxy":
		return true
	}
	return false
}

// mediaOf is what the resource can be read and written in: a kind without a
// Go type has no protobuf.
func (rs *routes) mediaOf(res *scheme.Resource) mediaSet {
	if !dynamic(res) {
		return rs.media
	}
	return slices.DeleteFunc(slices.Clone(rs.media), func(m *mediaType) bool { return m == mediaProtobuf })
}

func dynamic(res *scheme.Resource) bool {
	if res.Type != nil {
		return res.Type.Type == unstructured
	}
	_, ok := res.New().(*meta.Unstructured)
	return ok
}

var unstructured = reflect.TypeFor[meta.Unstructured]()

// patchTypes are the media types of patches.
func patchTypes(res *scheme.Resource) []string {
	if dynamic(res) {
		return dynamicPatches[:]
	}
	return typedPatches[:]
}

var (
	dynamicPatches = [...]string{string(client.JSONPatch), string(client.MergePatch), string(client.ApplyPatch)}
	typedPatches   = [...]string{string(client.JSONPatch), string(client.MergePatch), string(client.StrategicPatch), string(client.ApplyPatch)}
)

// checkMedia refuses what Kubernetes' router refuses: it matches the bare
// names of media types, before parameters are looked at.
func (rs *routes) checkMedia(c *call) error {
	if connects(c.sub) {
		return nil
	}
	if c.verb == meta.VerbPatch && !routeConsumes(c.r, patchTypes(c.resource)) {
		if dynamic(c.resource) {
			return meta.UnsupportedMediaType(patchTypes(c.resource))
		}
		return routerError(http.StatusUnsupportedMediaType, meta.StatusReasonUnsupportedMediaType, "415: Unsupported Media Type")
	}
	if dynamic(c.resource) {
		return nil
	}
	if routeAccepts(c.r, rs.produces) {
		return nil
	}
	produces := rs.media.names()
	if c.verb == meta.VerbList || c.verb == meta.VerbWatch {
		produces = append(produces, rs.media.streamNames()...)
	}
	return unroutable(c.r, produces)
}

// unroutable is the refusal of a request that wants nothing of what a route
// produces.
func unroutable(r *http.Request, produces []string) error {
	available := "\n\nAvailable representations: " + strings.Join(produces, ", ")
	switch r.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
		if length := r.Header.Get("Content-Length"); length == "" || length == "0" {
			return routerError(http.StatusUnsupportedMediaType, meta.StatusReasonUnsupportedMediaType, "415: Unsupported Media Type"+available)
		}
	}
	return routerError(http.StatusNotAcceptable, meta.StatusReasonNotAcceptable, "406: Not Acceptable"+available)
}

func routerError(code int, reason meta.StatusReason, message string) error {
	return meta.NewStatusError(code, reason, message, &meta.StatusDetails{})
}

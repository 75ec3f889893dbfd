package server

import (
	"net/http"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// dispatch sends an authorized call where its path leads.
func (s *Server) dispatch(c *call) {
	if c.info.Resource {
		s.dispatchResource(c)
		return
	}
	path := c.info.Path
	parts := splitPath(path)
	switch {
	case len(parts) == 0:
		s.serveIndex(c)
	case parts[0] == "api":
		s.dispatchDiscovery(c, parts[1:], true)
	case parts[0] == "apis":
		switch {
		case len(parts) == 1:
			s.disco.serveGroups(c, s)
		case parts[1] == "" || !s.routes.groups[parts[1]]:
			s.notFound(c)
		default:
			s.dispatchDiscovery(c, parts[1:], false)
		}
	case parts[0] == "version":
		s.serveVersion(c, len(parts) == 1)
	case s.health.covers(parts[0]):
		s.health.serve(c, parts)
	case path == "/metrics":
		s.metrics.serve(c)
	case s.opts.OpenAPI != nil && (path == "/openapi/v2" || path == "/openapi/v3" || strings.HasPrefix(path, "/openapi/v3/")):
		s.opts.OpenAPI.ServeHTTP(c.w, c.r)
	case !s.opts.DisableProfiling && isProfile(path):
		s.serveProfile(c)
	default:
		if h := s.extraPath(path); h != nil {
			h.ServeHTTP(c.w, c.r)
			return
		}
		s.notFound(c)
	}
}

// dispatchDiscovery answers what is above resources: parts are what comes after
// /api, or the known group and what comes after it.
func (s *Server) dispatchDiscovery(c *call, parts []string, core bool) {
	// Whoever asks for a group is answered whichever way: Kubernetes' aggregator
	// does not look at the method.
	if group := !core && len(parts) == 1; c.r.Method != http.MethodGet && !group {
		s.refuseMethod(c, core, parts)
		return
	}
	switch {
	case core && len(parts) == 0:
		s.disco.serveCore(c, s)
	case core && len(parts) == 1:
		s.disco.serveVersion(c, meta.GroupVersion{Version: parts[0]})
	case !core && len(parts) == 1:
		s.disco.serveGroup(c, parts[0])
	case !core && len(parts) == 2:
		s.disco.serveVersion(c, meta.GroupVersion{Group: parts[0], Version: parts[1]})
	default:
		c.fail(meta.NoSuchResource())
	}
}

// refuseMethod is the 405 of a discovery path, or its 404.
func (s *Server) refuseMethod(c *call, core bool, parts []string) {
	if gv := (meta.GroupVersion{Version: strings.Join(parts, "/")}); core && len(parts) > 0 && !s.disco.has(gv) {
		c.fail(meta.NoSuchResource())
		return
	}
	if !core && len(parts) == 2 && !s.disco.has(meta.GroupVersion{Group: parts[0], Version: parts[1]}) {
		c.fail(meta.NoSuchResource())
		return
	}
	c.w.Header().Set("Allow", http.MethodGet)
	c.fail(meta.NoSuchMethod())
}

// dispatchResource answers a request about a resource.
func (s *Server) dispatchResource(c *call) {
	if !s.routes.groups[c.info.Group] {
		s.notFound(c)
		return
	}
	if err := s.answerResource(c); err != nil {
		c.fail(err)
	}
}

// answerResource sends a request about a resource to the handler of its verb. An error
// means that nothing was answered yet.
func (s *Server) answerResource(c *call) error {
	if err := s.routes.route(c); err != nil {
		return err
	}
	if c.resource.Deprecated != "" {
		c.warnings.add(c.resource.Deprecated)
	}
	if connects(c.sub) {
		return s.connect(c)
	}
	switch c.verb {
	case meta.VerbGet:
		return s.get(c)
	case meta.VerbList:
		return s.list(c)
	case meta.VerbWatch:
		return s.watch(c)
	case meta.VerbCreate:
		return s.create(c)
	case meta.VerbUpdate:
		return s.update(c)
	case meta.VerbPatch:
		return s.patch(c)
	case meta.VerbDelete:
		return s.delete(c)
	case meta.VerbDeleteCollection:
		return s.deleteCollection(c)
	}
	return meta.NoSuchMethod()
}

// notFound answers for paths that this server does not know.
func (s *Server) notFound(c *call) {
	if s.opts.NotFound != nil {
		s.opts.NotFound.ServeHTTP(c.w, c.r)
		return
	}
	c.plain(http.StatusNotFound, "404 page not found\n")
}

// plain answers with text.
func (c *call) plain(code int, text string) {
	h := c.w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	c.write(code, "text/plain; charset=utf-8", []byte(text))
}

func (s *Server) extraPath(path string) http.Handler {
	if h := s.opts.Paths[path]; h != nil {
		return h
	}
	var best string
	for prefix := range s.opts.Paths {
		if strings.HasSuffix(prefix, "/") && strings.HasPrefix(path, prefix) && len(prefix) > len(best) {
			best = prefix
		}
	}
	return s.opts.Paths[best]
}

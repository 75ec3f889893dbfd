package server

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Check is one part of the server's health.
type Check struct {
	// Name is its last path segment: /readyz/NAME.
	Name string
	// Run returns nil if all is well.
	Run func(ctx context.Context) error
	// Ready counts the check towards /readyz only: it being bad is no reason to
	// restart the server.
	Ready bool
	// Timeout bounds Run; zero is 2 seconds.
	Timeout time.Duration
}

// checkTimeout bounds checks that do not name a time.
const checkTimeout = 2 * time.Second

// health answers /healthz, /livez and /readyz.
type health struct {
	server  *Server
	checks  []Check
	stopped atomic.Bool
}

func newHealth(s *Server) *health {
	h := &health{server: s}
	ok := func(context.Context) error { return nil }
	h.checks = append([]Check{
		{Name: "ping", Run: ok},
		{Name: "log", Run: ok},
		// The names that probes exclude by; it is the store here, whichever it is.
		{Name: "etcd", Run: h.store, Timeout: s.opts.StoreTimeout},
		{Name: "etcd-readiness", Run: h.store, Ready: true, Timeout: s.opts.StoreReadyTimeout},
	}, s.opts.Checks...)
	h.checks = append(h.checks,
		Check{Name: "informer-sync", Run: s.reg.WaitReady, Ready: true},
		Check{Name: "shutdown", Run: h.running, Ready: true},
	)
	return h
}

// store says whether what is stored can be served.
func (h *health) store(ctx context.Context) error {
	if err := h.server.reg.WaitReady(ctx); err != nil {
		return err
	}
	if s, ok := h.server.reg.Store().(interface{ Healthy(context.Context) error }); ok {
		return s.Healthy(ctx)
	}
	return nil
}

func (h *health) stop() { h.stopped.Store(true) }

func (h *health) running(context.Context) error {
	if h.stopped.Load() || h.server.stopping.Err() != nil {
		return errShutdown
	}
	return nil
}

func (h *health) covers(first string) bool {
	return first == "healthz" || first == "livez" || first == "readyz"
}

// serve answers a path below the first of parts.
func (h *health) serve(c *call, parts []string) {
	checks := slices.DeleteFunc(slices.Clone(h.checks), func(ch Check) bool { return ch.Ready && parts[0] != "readyz" })
	if len(parts) == 1 && !strings.HasSuffix(c.info.Path, "/") {
		h.serveAll(c, parts[0], checks)
		return
	}
	name := strings.Join(parts[1:], "/")
	i := slices.IndexFunc(checks, func(ch Check) bool { return ch.Name == name })
	if i < 0 {
		c.plain(http.StatusNotFound, "404 page not found\n")
		return
	}
	if err := h.run(c, checks[i]); err != nil {
		c.plain(http.StatusInternalServerError, fmt.Sprintf("internal server error: %v\n", err))
		return
	}
	c.write(http.StatusOK, "text/plain; charset=utf-8", []byte("ok"))
}

// serveAll runs all the checks. What was wrong is told in the log; clients,
// who need not have proved who they are, learn only which check it was.
func (h *health) serveAll(c *call, name string, checks []Check) {
	excluded := map[string]bool{}
	for _, value := range c.query()["exclude"] {
		for one := range strings.SplitSeq(value, ",") {
			excluded[strings.TrimSpace(one)] = true
		}
	}
	var report strings.Builder
	failed := false
	for _, check := range checks {
		if excluded[check.Name] {
			delete(excluded, check.Name)
			fmt.Fprintf(&report, "[+]%s excluded: ok\n", check.Name)
			continue
		}
		if err := h.run(c, check); err != nil {
			failed = true
			fmt.Fprintf(&report, "[-]%s failed: reason withheld\n", check.Name)
			continue
		}
		fmt.Fprintf(&report, "[+]%s ok\n", check.Name)
	}
	if len(excluded) > 0 {
		names := make([]string, 0, len(excluded))
		for n := range excluded {
			names = append(names, fmt.Sprintf("%q", n))
		}
		slices.Sort(names)
		fmt.Fprintf(&report, "warn: some health checks cannot be excluded: no matches for %s\n", strings.Join(names, ","))
	}
	if failed {
		c.plain(http.StatusInternalServerError, report.String()+name+" check failed\n")
		return
	}
	if _, verbose := c.query()["verbose"]; verbose {
		c.plain(http.StatusOK, report.String()+name+" check passed\n")
		return
	}
	c.plain(http.StatusOK, "ok")
}

func (h *health) run(c *call, check Check) error {
	// A check that waits would make a probe time out instead of fail.
	ctx, cancel := context.WithTimeout(c.r.Context(), cmp.Or(check.Timeout, checkTimeout))
	defer cancel()
	err := check.Run(ctx)
	if err != nil {
		h.server.log.LogAttrs(ctx, slog.LevelWarn, "health check failed", slog.String("check", check.Name), slog.Any("err", err))
	}
	return err
}

// serveIndex lists the paths that there are.
func (s *Server) serveIndex(c *call) {
	paths := []string{"/api", "/apis", "/apis/", "/healthz", "/livez", "/readyz", "/metrics", "/version"}
	for _, gv := range s.disco.versions {
		if gv.Group == "" {
			paths = append(paths, "/api/"+gv.Version)
			continue
		}
		paths = append(paths, "/apis/"+gv.Group, "/apis/"+gv.String())
	}
	for _, check := range s.health.checks {
		paths = append(paths, "/readyz/"+check.Name)
		if !check.Ready {
			paths = append(paths, "/healthz/"+check.Name, "/livez/"+check.Name)
		}
	}
	if s.opts.OpenAPI != nil {
		paths = append(paths, "/openapi/v2", "/openapi/v3", "/openapi/v3/")
	}
	for path := range s.opts.Paths {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	c.writeJSON(http.StatusOK, struct {
		Paths []string `json:"paths"`
	}{slices.Compact(paths)})
}

// serveVersion answers /version.
func (s *Server) serveVersion(c *call, exact bool) {
	switch {
	case !exact:
		c.fail(meta.NoSuchResource())
	case c.r.Method != http.MethodGet:
		c.w.Header().Set("Allow", http.MethodGet)
		c.fail(meta.NoSuchMethod())
	case !routeAccepts(c.r, []string{mediaJSON.name}):
		c.fail(unroutable(c.r, []string{mediaJSON.name}))
	default:
		c.write(http.StatusOK, mediaJSON.name, s.version)
	}
}

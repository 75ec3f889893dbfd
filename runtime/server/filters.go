package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth/authn"
	"github.com/kubenucleus/nucleus/auth/authz"
)

// serve is the way of every request.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	c := &call{server: s, w: &recorder{ResponseWriter: w}, r: r}
	start := s.opts.Now()

	// 1. Name it, so that what follows can be told in the log.
	c.audit = r.Header.Get("Audit-Id")
	if c.audit == "" || len(c.audit) > 64 {
		c.audit = uuid.NewString()
	}
	h := w.Header()
	h.Set("Audit-Id", c.audit)
	h.Set("Cache-Control", "no-cache, private")

	// 2. Read what it is about.
	info, ok := ParseRequest(r)
	c.info = info
	long := info.LongRunning()
	s.metrics.began(info, long)
	defer func() { s.finish(c, start, long, recover()) }()
	if !ok {
		h.Del("Cache-Control")
		c.plain(http.StatusInternalServerError, fmt.Sprintf("Internal Server Error: %q: failed to create RequestInfo: unable to determine kind and namespace from url, %v\n", r.RequestURI, r.URL))
		return
	}

	// 3. Bound its time.
	if !long {
		growStack()
		timeout, err := s.timeout(r)
		if err != nil {
			c.fail(err)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		c.r = r.WithContext(ctx)
	}

	// 4. Who is it?
	user, ok, err := s.opts.Authenticator.Authenticate(c.r)
	if !ok || err != nil {
		if err != nil {
			s.log.LogAttrs(r.Context(), slog.LevelDebug, "not authenticated", slog.String("path", r.URL.Path), slog.String("audit", c.audit), slog.Any("err", err))
		}
		c.fail(meta.Unauthorized("Unauthorized"))
		return
	}
	c.user = user
	authn.DropBearerToken(r.Header) // nothing behind here needs it, and proxies must not pass it on

	// 5. Whom does it want to be?
	if err := c.impersonate(); err != nil {
		c.fail(err)
		return
	}

	// 6. May it?
	if err := c.authorize(c.attributes()); err != nil {
		h.Set("X-Content-Type-Options", "nosniff")
		c.fail(err)
		return
	}

	// 7. Do it.
	s.dispatch(c)
}

// attributes are what authorization looks at.
func (c *call) attributes() *authz.Request {
	i := c.info
	a := &authz.Request{User: c.user, Verb: i.Verb, Path: i.Path}
	if i.Resource {
		a.ResourceRequest = true
		a.Group, a.Version, a.Resource, a.Subresource = i.Group, i.Version, i.GroupVersionResource.Resource, i.Subresource
		a.Namespace, a.Name = i.Namespace, i.Name
		a.FieldSelector, a.LabelSelector = i.FieldSelector, i.LabelSelector
	}
	return a
}

// authorize returns nil if the user may, else what to answer.
func (c *call) authorize(a *authz.Request) error {
	decision, reason, err := c.server.opts.Authorizer.Authorize(c.r.Context(), a)
	if decision == authz.Allow {
		return nil
	}
	if err != nil && decision == authz.NoOpinion && reason == "" {
		return meta.InternalError(err)
	}
	return authz.Forbidden(a, reason)
}

// timeout is how long the request may take: what its query asks for, within
// the server's bound.
func (s *Server) timeout(r *http.Request) (time.Duration, error) {
	if !strings.Contains(r.URL.RawQuery, "timeout") {
		return s.opts.RequestTimeout, nil
	}
	asked := r.URL.Query().Get("timeout")
	if asked == "" {
		return s.opts.RequestTimeout, nil
	}
	timeout, err := time.ParseDuration(asked)
	if err != nil {
		return 0, meta.BadRequest("invalid timeout specified in the request URL - " + err.Error())
	}
	if timeout <= 0 || timeout > s.opts.RequestTimeout {
		timeout = s.opts.RequestTimeout
	}
	return timeout, nil
}

// finish ends every request: with 500 if it panicked, and with an entry in
// metrics and log.
func (s *Server) finish(c *call, start time.Time, long bool, panicked any) {
	// A proxy gives up an answer that it has begun by this panic.
	aborted := false
	if err, ok := panicked.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		aborted = true
	} else if panicked != nil {
		s.log.LogAttrs(c.r.Context(), slog.LevelError, "request panicked", slog.String("method", c.r.Method),
			slog.String("path", c.r.URL.Path), slog.String("audit", c.audit), slog.Any("panic", panicked), slog.String("stack", string(debug.Stack())))
		if c.w.code == 0 {
			c.fail(meta.InternalError(errors.New("this request made the server panic; its log says where, under the request's Audit-Id " + c.audit)))
		} else {
			aborted = true // half an answer must not look like a whole one
		}
	}
	took := s.opts.Now().Sub(start)
	s.metrics.ended(c, long, took)
	level := slog.LevelDebug
	if c.w.code >= 500 {
		level = slog.LevelWarn
	}
	if s.log.Enabled(c.r.Context(), level) {
		name := ""
		if c.user != nil {
			name = c.user.Name
		}
		s.log.LogAttrs(c.r.Context(), level, "request", slog.String("method", c.r.Method), slog.String("uri", c.r.URL.RequestURI()),
			slog.String("verb", c.info.Verb), slog.Int("code", c.w.code), slog.Duration("took", took), slog.Int64("bytes", c.w.written),
			slog.String("user", name), slog.String("agent", c.r.UserAgent()), slog.String("from", c.r.RemoteAddr), slog.String("audit", c.audit))
	}
	if aborted {
		panic(http.ErrAbortHandler)
	}
}

// growStack makes the goroutine's stack large at once. Every HTTP/2 request has a
// goroutine of its own, which begins with a few kilobytes; grown step by step
// while it decodes and checks an object, the stack is copied three or four
// times, each time with more calls on it to adjust: a tenth of the time of
// small requests. Watches and the like are left out: they stay, and need little.
//
//go:noinline
func growStack() {
	var room [24 << 10]byte
	keepStack(&room)
}

//go:noinline
func keepStack(*[24 << 10]byte) {}

package kubelet

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/kubenucleus/nucleus/auth"
)

// Reviewer decides for a kubelet who a request is from and what that user may do.
// It must be safe for concurrent use. Answers are remembered by the caller.
type Reviewer interface {
	// User returns whose token it is; nil is nobody's.
	User(ctx context.Context, token string) (*auth.User, error)
	// Allowed reports whether the user may do verb to nodes/subresource of the
	// Node of that name.
	Allowed(ctx context.Context, user *auth.User, verb, subresource, node string) (bool, error)
}

// tokenLife is how long it is remembered whose a token is.
const tokenLife = 2 * time.Minute

// gate lets requests through to a handler that are allowed to.
type gate struct {
	node    string
	log     *slog.Logger
	opts    ServerOptions
	handler http.Handler

	tokens  memory[*auth.User]
	answers memory[bool]
}

func newGate(node string, log *slog.Logger, opts ServerOptions, handler http.Handler) *gate {
	return &gate{node: node, log: log, opts: opts, handler: handler}
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user, err := g.authenticate(r)
	if err != nil {
		g.log.LogAttrs(r.Context(), slog.LevelDebug, "not authenticated", slog.String("path", r.URL.Path), slog.Any("error", err))
	}
	if user == nil {
		http.Error(w, "Unauthorized", http.StatusUnauthorized)
		return
	}
	verb, subresources := attributesOf(r)
	allowed, err := g.authorize(r.Context(), user, verb, subresources)
	if err != nil {
		g.log.LogAttrs(r.Context(), slog.LevelWarn, "not authorized", slog.String("user", user.Name), slog.String("path", r.URL.Path), slog.Any("error", err))
		http.Error(w, fmt.Sprintf("Authorization error (user=%s, verb=%s, resource=nodes, subresource(s)=%v)", user.Name, verb, subresources), http.StatusInternalServerError)
		return
	}
	if !allowed {
		http.Error(w, fmt.Sprintf("Forbidden (user=%s, verb=%s, resource=nodes, subresource(s)=%v)", user.Name, verb, subresources), http.StatusForbidden)
		return
	}
	r.Header.Del("Authorization") // nothing behind here needs it
	g.handler.ServeHTTP(w, r)
}

// authenticate returns who the request is from, nil for nobody.
func (g *gate) authenticate(r *http.Request) (*auth.User, error) {
	var problem error
	if g.opts.ClientCAs != nil && r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
		user, err := certified(r.TLS.PeerCertificates, g.opts.ClientCAs())
		if user != nil {
			return user, nil
		}
		problem = err
	}
	scheme, token, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	if token = strings.TrimSpace(token); strings.EqualFold(scheme, "bearer") && token != "" && g.opts.Reviews != nil {
		return g.tokens.get(token, func() (*auth.User, time.Duration, error) {
			user, err := g.opts.Reviews.User(r.Context(), token)
			return user, tokenLife, err
		})
	}
	if g.opts.Anonymous && problem == nil && scheme == "" {
		return &auth.User{Name: auth.Anonymous, Groups: []string{auth.GroupAnonymous}}, nil
	}
	return nil, problem
}

// certified returns the user that a certificate names.
func certified(chain []*x509.Certificate, roots *x509.CertPool) (*auth.User, error) {
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	leaf := chain[0]
	_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	if err != nil || leaf.Subject.CommonName == "" {
		return nil, err
	}
	return &auth.User{Name: leaf.Subject.CommonName, Groups: append(leaf.Subject.Organization[:len(leaf.Subject.Organization):len(leaf.Subject.Organization)], auth.GroupAuthenticated)}, nil
}

// authorize reports whether the user may do verb to one of the subresources.
func (g *gate) authorize(ctx context.Context, user *auth.User, verb string, subresources []string) (bool, error) {
	if g.opts.AllowAll || user.In(auth.GroupMasters) {
		return true, nil
	}
	if g.opts.Reviews == nil {
		return false, nil
	}
	for _, sub := range subresources {
		// The groups are part of it: a user may come with others another time.
		key := fmt.Sprintf("%q %q %q %q %q %q", user.Name, user.UID, user.Groups, user.Extra, verb, sub)
		ok, err := g.answers.get(key, func() (bool, time.Duration, error) {
			ok, err := g.opts.Reviews.Allowed(ctx, user, verb, sub, g.node)
			if ok {
				return ok, g.opts.AllowedFor, err
			}
			return ok, g.opts.DeniedFor, err
		})
		if ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// attributesOf says what a request does to the Node: one of the subresources has to
// be allowed.
func attributesOf(r *http.Request) (verb string, subresources []string) {
	switch r.Method {
	case http.MethodPost:
		verb = "create"
	case http.MethodPut:
		verb = "update"
	case http.MethodPatch:
		verb = "patch"
	case http.MethodDelete:
		verb = "delete"
	default:
		verb = "get"
	}
	below := func(path string) bool { return r.URL.Path == path || strings.HasPrefix(r.URL.Path, path+"/") }
	for _, path := range []string{"/exec", "/attach", "/run", "/portForward"} {
		if below(path) {
			// Whatever the method: a WebSocket is asked for by GET, and what it is
			// asked for makes something run.
			return "create", []string{"proxy"}
		}
	}
	for path, sub := range map[string]string{"/stats": "stats", "/metrics": "metrics", "/logs": "log", "/checkpoint": "checkpoint"} {
		if below(path) {
			return verb, []string{sub}
		}
	}
	for path, sub := range map[string]string{"/healthz": "healthz", "/configz": "configz", "/pods": "pods", "/runningpods": "pods", "/runningPods": "pods"} {
		if below(path) {
			return verb, []string{sub, "proxy"}
		}
	}
	return verb, []string{"proxy"}
}

// memory remembers answers for a time, by a digest of what they are about, so that
// no token lies around in it.
type memory[T any] struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]remembrance[T]
}

type remembrance[T any] struct {
	value T
	until time.Time
}

// maxRemembered bounds what clients who make things up can make a kubelet
// remember.
const maxRemembered = 4096

func (m *memory[T]) get(key string, find func() (T, time.Duration, error)) (T, error) {
	id, now := sha256.Sum256([]byte(key)), time.Now()
	m.mu.Lock()
	have, ok := m.known[id]
	m.mu.Unlock()
	if ok && now.Before(have.until) {
		return have.value, nil
	}
	value, life, err := find()
	if err != nil {
		return value, err // may be different the next time
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= maxRemembered {
		m.known = map[[sha256.Size]byte]remembrance[T]{}
	}
	m.known[id] = remembrance[T]{value, now.Add(life)}
	return value, nil
}

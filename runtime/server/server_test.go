package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission/builtin"
	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authn"
	"github.com/kubenucleus/nucleus/auth/authz"
	"github.com/kubenucleus/nucleus/runtime/http2"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/storage/embedded"
)

// newRegistry is a running registry of all resources, in memory.
func newRegistry(t testing.TB) *registry.Registry {
	t.Helper()
	store, err := embedded.Open(t.Context(), embedded.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	resources, err := scheme.New(api.Groups()...)
	require.NoError(t, err)
	reg, err := registry.New(resources, store, registry.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	reg.SetAdmission(builtin.Chain(reg.Reader(), nil))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = reg.Run(ctx) // ends with ctx
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		require.NoError(t, store.Close())
	})
	require.NoError(t, reg.Bootstrap(t.Context(), registry.BootstrapOptions{}))
	return reg
}

// users are known by their token: it is their name. root is a master.
var users = authn.OrAnonymous(authn.Authenticated(authn.Token(func(_ *http.Request, token string) (*auth.User, bool, error) {
	switch token {
	case "bad":
		return nil, false, nil
	case "root":
		return &auth.User{Name: "root", Groups: []string{auth.GroupMasters}}, true, nil
	}
	return &auth.User{Name: token}, true, nil
})))

// fixture is a server under test, with a client that is root.
type fixture struct {
	t      testing.TB
	server *Server
	http   *httptest.Server
}

func newFixture(t testing.TB, change func(*Options)) *fixture {
	t.Helper()
	return serveFixture(t, newRegistry(t), true, change)
}

func serveFixture(t testing.TB, reg *registry.Registry, withHTTP2 bool, change func(*Options)) *fixture {
	t.Helper()
	opts := Options{
		Authenticator: users, Authorizer: authz.Union{authz.Masters{}, authz.PublicInfo{}},
		Logger: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&opts)
	}
	s, err := New(reg, opts)
	require.NoError(t, err)
	f := &fixture{t: t, server: s, http: httptest.NewUnstartedServer(s.Handler())}
	f.http.EnableHTTP2 = withHTTP2
	h2 := http2.NewServer(http2.Options{})
	if withHTTP2 {
		h2.Configure(f.http.Config)
	}
	f.http.StartTLS()
	t.Cleanup(func() {
		s.Stop()
		f.http.Close()
		h2.Close()
	})
	return f
}

// answer is what came back.
type answer struct {
	code   int
	header http.Header
	body   []byte
	proto  int
}

func (a answer) media() string {
	media, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	return media
}

// json is the body, decoded.
func (a answer) json(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	require.NoError(t, json.Unmarshal(a.body, &v), "%s", a.body)
	return v
}

func (a answer) message(t testing.TB) string {
	t.Helper()
	message, _ := a.json(t)["message"].(string)
	return message
}

// send makes a request "METHOD path". Headers come in pairs.
func (f *fixture) send(do, body string, headers ...string) answer {
	f.t.Helper()
	r := f.request(f.t.Context(), do, body, headers...)
	resp, err := f.http.Client().Do(r)
	require.NoError(f.t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	require.NoError(f.t, err)
	return answer{resp.StatusCode, resp.Header, data, resp.ProtoMajor}
}

func (f *fixture) request(ctx context.Context, do, body string, headers ...string) *http.Request {
	f.t.Helper()
	method, path, _ := strings.Cut(do, " ")
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(ctx, method, f.http.URL+path, reader)
	require.NoError(f.t, err)
	r.Header.Set("Authorization", "Bearer root")
	r.Header.Set("User-Agent", "test")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

const inDefault = "/api/v1/namespaces/default/configmaps"

func (f *fixture) configMap(name, value string) {
	f.t.Helper()
	a := f.send("POST "+inDefault, `{"metadata":{"name":"`+name+`"},"data":{"k":"`+value+`"}}`)
	require.Equal(f.t, 201, a.code, "%s", a.body)
}

func TestRequestsAreNamedAndBounded(t *testing.T) {
	f := newFixture(t, nil)
	a := f.send("GET /api/v1/namespaces/default", "")
	require.Equal(t, 200, a.code)
	require.Len(t, a.header.Get("Audit-Id"), 36)
	require.Equal(t, "no-cache, private", a.header.Get("Cache-Control"))
	require.Equal(t, "own", f.send("GET /version", "", "Audit-Id", "own").header.Get("Audit-Id"))

	a = f.send("GET /api?timeout=soon", "")
	require.Equal(t, 400, a.code)
	require.Equal(t, `invalid timeout specified in the request URL - time: invalid duration "soon"`, a.message(t))
	a = f.send("GET "+inDefault+"?resourceVersion=999999999&timeout=10ms", "")
	require.Equal(t, 504, a.code)
	require.Equal(t, "Timeout", a.json(t)["reason"])
}

func TestWhoMayWhat(t *testing.T) {
	f := newFixture(t, nil)
	for name, tc := range map[string]struct {
		do, token string
		code      int
		message   string
	}{
		"bad token":                {"GET /healthz", "bad", 401, "Unauthorized"},
		"anonymous, health":        {"GET /healthz", "", 200, ""},
		"anonymous, version":       {"GET /version", "", 200, ""},
		"anonymous, resource":      {"GET /api/v1/pods", "", 403, `pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope`},
		"bob, path":                {"GET /metrics", "bob", 403, `forbidden: User "bob" cannot get path "/metrics"`},
		"bob, watch":               {"GET /api/v1/namespaces/n/pods?watch=1", "bob", 403, `pods is forbidden: User "bob" cannot watch resource "pods" in API group "" in the namespace "n"`},
		"rights come before paths": {"GET /apis/none/v1/nothings", "bob", 403, `nothings.none is forbidden: User "bob" cannot list resource "nothings" in API group "none" at the cluster scope`},
		"by name in a selector":    {"GET /api/v1/namespaces/n/pods?fieldSelector=metadata.name%3Dp", "bob", 403, `pods "p" is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "n"`},
		"root":                     {"GET /api/v1/pods", "root", 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			header := ""
			if tc.token != "" {
				header = "Bearer " + tc.token
			}
			a := f.send(tc.do, "", "Authorization", header)
			require.Equal(t, tc.code, a.code, "%s", a.body)
			if tc.message != "" {
				require.Equal(t, tc.message, a.message(t))
			}
		})
	}
}

func TestImpersonation(t *testing.T) {
	f := newFixture(t, nil)
	a := f.send("GET /api/v1/pods", "", "Impersonate-User", "bob")
	require.Equal(t, 403, a.code)
	require.Contains(t, a.message(t), `User "bob" cannot list`)
	require.Equal(t, 200, f.send("GET /api/v1/pods", "", "Impersonate-User", "bob", "Impersonate-Group", auth.GroupMasters).code)
	require.Equal(t, 400, f.send("GET /api/v1/pods", "", "Impersonate-Group", auth.GroupMasters).code)
	a = f.send("GET /api/v1/pods", "", "Authorization", "Bearer bob", "Impersonate-User", "root")
	require.Equal(t, 403, a.code)
	require.Contains(t, a.message(t), `User "bob" cannot impersonate-on:user-info:list resource "pods"`)
}

func TestPanicsAreCaught(t *testing.T) {
	var log bytes.Buffer
	f := newFixture(t, func(o *Options) {
		o.Logger = slog.New(slog.NewTextHandler(&log, nil))
		o.Paths = map[string]http.Handler{
			"/before": http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("first") }),
			"/midway": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "half"); panic("second") }),
		}
	})
	a := f.send("GET /before", "")
	require.Equal(t, 500, a.code)
	require.Equal(t, "InternalError", a.json(t)["reason"])
	require.Contains(t, log.String(), "first")
	require.Contains(t, log.String(), a.header.Get("Audit-Id"))

	resp, err := f.http.Client().Do(f.request(t.Context(), "GET /midway", ""))
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		resp.Body.Close()
	}
	require.Error(t, err, "half an answer must not look like a whole one")
	require.Equal(t, 200, f.send("GET /healthz", "").code)
}

func TestOptionsAreChecked(t *testing.T) {
	_, err := New(newRegistry(t), Options{Paths: map[string]http.Handler{"x": http.NotFoundHandler()}})
	require.ErrorContains(t, err, "Authenticator")
	require.ErrorContains(t, err, "Authorizer")
	require.ErrorContains(t, err, "slash")
}

func TestMetrics(t *testing.T) {
	f := newFixture(t, nil)
	f.configMap("a", "v")
	f.send("GET /api/v1/namespaces/x/nothings", "")
	text := string(f.send("GET /metrics", "").body)
	require.Contains(t, text, `apiserver_request_total{code="201",component="apiserver",dry_run="",group="",resource="configmaps",scope="resource",subresource="",verb="POST",version="v1"} 1`)
	require.NotContains(t, text, "nothings", "clients must not make series")
	require.Contains(t, text, "apiserver_request_duration_seconds_bucket")
	require.Contains(t, text, "go_goroutines")
}

func TestHealth(t *testing.T) {
	broken := false
	f := newFixture(t, func(o *Options) {
		o.Checks = []Check{
			{Name: "own", Run: func(context.Context) error {
				if broken {
					return context.Canceled
				}
				return nil
			}},
			{Name: "later", Ready: true, Run: func(context.Context) error { return nil }},
		}
	})
	for do, want := range map[string]struct {
		code int
		body string
	}{
		"GET /healthz":        {200, "ok"},
		"POST /livez":         {200, "ok"},
		"GET /livez/ping":     {200, "ok"},
		"GET /livez/later":    {404, "404 page not found\n"},
		"GET /readyz/later":   {200, "ok"},
		"GET /readyz/nothing": {404, "404 page not found\n"},
		"GET /livez?verbose":  {200, "[+]ping ok\n[+]log ok\n[+]etcd ok\n[+]own ok\nlivez check passed\n"},
		"GET /livez?verbose&exclude=etcd&exclude=own": {200, "[+]ping ok\n[+]log ok\n[+]etcd excluded: ok\n[+]own excluded: ok\nlivez check passed\n"},
	} {
		a := f.send(do, "")
		require.Equal(t, want.code, a.code, do)
		require.Equal(t, want.body, string(a.body), do)
		require.Equal(t, "text/plain", a.media(), do)
	}
	broken = true
	a := f.send("GET /readyz", "")
	require.Equal(t, 500, a.code)
	require.Contains(t, string(a.body), "[-]own failed: reason withheld\n")
	require.Equal(t, 200, f.send("GET /readyz?exclude=own", "").code)
	broken = false
	f.server.Stop()
	require.Equal(t, 500, f.send("GET /readyz", "").code)
	require.Equal(t, 200, f.send("GET /livez", "").code)
}

func TestHumanDuration(t *testing.T) {
	for _, tc := range []struct {
		d    time.Duration
		want string
	}{
		{-3 * time.Second, "<invalid>"}, {-time.Second, "0s"}, {0, "0s"}, {119 * time.Second, "119s"}, {2 * time.Minute, "2m"},
		{190 * time.Second, "3m10s"}, {10*time.Minute + 5*time.Second, "10m"}, {179 * time.Minute, "179m"}, {3 * time.Hour, "3h"},
		{3*time.Hour + 5*time.Minute, "3h5m"}, {8*time.Hour + 5*time.Minute, "8h"}, {47 * time.Hour, "47h"}, {48 * time.Hour, "2d"},
		{5*day + time.Hour, "5d1h"}, {8 * day, "8d"}, {729 * day, "729d"}, {2 * year, "2y"}, {2*year + 3*day, "2y3d"}, {9*year + 3*day, "9y"},
	} {
		require.Equal(t, tc.want, humanDuration(tc.d), "%v", tc.d)
	}
	require.Equal(t, "<unknown>", humanAge(scheme.Age(meta.Time{}), time.Now()))
}

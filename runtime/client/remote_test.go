package client

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// serve starts an HTTPS server with HTTP/2 and returns a client of it.
func serve(t *testing.T, handler http.HandlerFunc, change ...func(*Config)) *Remote {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	config := Config{Host: server.URL, Scheme: Toys(t), Transport: server.Client().Transport, Logger: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(&config)
	}
	c, err := New(config)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func answerProto(t *testing.T, w http.ResponseWriter, code int, obj any) {
	t.Helper()
	body, err := codec.MarshalEnvelope(obj)
	assert.NoError(t, err)
	w.Header().Set("Content-Type", mediaProtobuf)
	w.WriteHeader(code)
	w.Write(body)
}

func answerJSON(w http.ResponseWriter, code int, body string) {
	w.Header().Set("Content-Type", mediaJSON)
	w.WriteHeader(code)
	io.WriteString(w, body)
}

func TestRequests(t *testing.T) {
	force := true
	seconds := int64(5)
	uid := meta.UID("u")
	at := Target{Resource: widgets, Namespace: "n", Name: "a"}
	none := Target{Resource: widgets, Namespace: "n"}
	for _, test := range []struct {
		name                         string
		call                         func(ctx context.Context, c Client) error
		method, uri, accept, content string
		body                         string // of JSON bodies
	}{
		{
			name: "get",
			call: func(ctx context.Context, c Client) error {
				return c.Get(ctx, at, &Widget{}, meta.GetOptions{ResourceVersion: "0"})
			},
			method: "GET", uri: "/apis/toys.example.com/v1/namespaces/n/widgets/a?resourceVersion=0",
			accept: "application/vnd.kubernetes.protobuf,application/json",
		},
		{
			name: "get core, cluster-scoped, JSON only",
			call: func(ctx context.Context, c Client) error {
				return c.Get(ctx, Target{Resource: crates, Name: "a:b%c"}, &Crate{}, meta.GetOptions{})
			},
			method: "GET", uri: "/api/v1/crates/a:b%25c", accept: "application/json",
		},
		{
			name: "get metadata",
			call: func(ctx context.Context, c Client) error {
				return c.Get(ctx, at, &meta.PartialObjectMetadata{}, meta.GetOptions{})
			},
			method: "GET", uri: "/apis/toys.example.com/v1/namespaces/n/widgets/a",
			accept: "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
		},
		{
			name: "list",
			call: func(ctx context.Context, c Client) error {
				return c.List(ctx, Target{Resource: widgets}, &WidgetList{}, meta.ListOptions{
					LabelSelector: "a=b", FieldSelector: "metadata.name=x", Limit: 3, Continue: "t",
					ResourceVersion: "7", ResourceVersionMatch: meta.ResourceVersionMatchExact, TimeoutSeconds: &seconds,
				})
			},
			method: "GET",
			uri:    "/apis/toys.example.com/v1/widgets?continue=t&fieldSelector=metadata.name%3Dx&labelSelector=a%3Db&limit=3&resourceVersion=7&resourceVersionMatch=Exact&timeoutSeconds=5",
			accept: "application/vnd.kubernetes.protobuf,application/json",
		},
		{
			name:   "table",
			call:   func(ctx context.Context, c Client) error { return c.List(ctx, none, &meta.Table{}, meta.ListOptions{}) },
			method: "GET", uri: "/apis/toys.example.com/v1/namespaces/n/widgets", accept: "application/json;as=Table;g=meta.k8s.io;v=v1",
		},
		{
			name: "create",
			call: func(ctx context.Context, c Client) error {
				return c.Create(ctx, Target{Resource: crates}, &Crate{ObjectMeta: meta.ObjectMeta{Name: "a"}}, meta.CreateOptions{DryRun: []string{"All"}, FieldManager: "m", FieldValidation: "Strict"})
			},
			method: "POST", uri: "/api/v1/crates?dryRun=All&fieldManager=m&fieldValidation=Strict", accept: "application/json",
			content: "application/json", body: `{"kind":"Crate","apiVersion":"v1","metadata":{"name":"a"},"spec":{}}`,
		},
		{
			name: "create below an object",
			call: func(ctx context.Context, c Client) error {
				return c.Create(ctx, Target{Resource: crates, Name: "a", Subresource: "lift/high"}, &Crate{}, meta.CreateOptions{})
			},
			method: "POST", uri: "/api/v1/crates/a/lift/high", accept: "application/json",
			content: "application/json", body: `{"kind":"Crate","apiVersion":"v1","metadata":{},"spec":{}}`,
		},
		{
			name: "update without a Go type",
			call: func(ctx context.Context, c Client) error {
				u := &meta.Unstructured{Fields: map[string]any{"spec": map[string]any{"n": int64(1)}}}
				u.APIVersion, u.Kind, u.Name, u.Namespace = "x.io/v2", "Thing", "a", "n"
				return c.Update(ctx, Target{Resource: meta.GroupVersionResource{Group: "x.io", Version: "v2", Resource: "things"}}, u, meta.UpdateOptions{})
			},
			method: "PUT", uri: "/apis/x.io/v2/namespaces/n/things/a", accept: "application/json",
			content: "application/json", body: `{"apiVersion":"x.io/v2","kind":"Thing","metadata":{"name":"a","namespace":"n"},"spec":{"n":1}}`,
		},
		{
			name: "patch",
			call: func(ctx context.Context, c Client) error {
				return c.Patch(ctx, Target{Resource: widgets, Namespace: "n", Name: "a", Subresource: "status"}, Patch{ApplyPatch, []byte(`{"x":1}`)}, nil, meta.PatchOptions{FieldManager: "m", Force: &force})
			},
			method: "PATCH", uri: "/apis/toys.example.com/v1/namespaces/n/widgets/a/status?fieldManager=m&force=true", accept: "application/json",
			content: "application/apply-patch+yaml", body: `{"x":1}`,
		},
		{
			name: "delete",
			call: func(ctx context.Context, c Client) error {
				return c.Delete(ctx, at, meta.DeleteOptions{Preconditions: &meta.Preconditions{UID: &uid}})
			},
			method: "DELETE", uri: "/apis/toys.example.com/v1/namespaces/n/widgets/a", accept: "application/json",
			content: "application/json", body: `{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"u"}}`,
		},
		{
			name: "delete collection",
			call: func(ctx context.Context, c Client) error {
				return c.DeleteCollection(ctx, none, meta.DeleteOptions{}, meta.ListOptions{LabelSelector: "a"})
			},
			method: "DELETE", uri: "/apis/toys.example.com/v1/namespaces/n/widgets?labelSelector=a", accept: "application/json",
			content: "application/json", body: `{"kind":"DeleteOptions","apiVersion":"v1"}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked := false
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				asked = true
				assert.Equal(t, test.method, r.Method)
				assert.Equal(t, test.uri, r.RequestURI)
				assert.Equal(t, test.accept, r.Header.Get("Accept"))
				assert.Equal(t, test.content, r.Header.Get("Content-Type"))
				assert.Equal(t, "HTTP/2.0", r.Proto)
				assert.Equal(t, "nucleus-client", r.Header.Get("User-Agent"))
				body, _ := io.ReadAll(r.Body)
				assert.Equal(t, test.body, string(body))
				answerJSON(w, 200, `{"metadata":{"resourceVersion":"9"}}`)
			})
			require.NoError(t, test.call(t.Context(), c))
			assert.True(t, asked)
		})
	}
}

func TestProtobufBothWays(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, mediaProtobuf, r.Header.Get("Content-Type"))
		body, _ := io.ReadAll(r.Body)
		tm, raw, _, err := codec.UnmarshalEnvelope(body)
		assert.NoError(t, err)
		assert.Equal(t, meta.TypeMeta{APIVersion: "toys.example.com/v1", Kind: "Widget"}, tm)
		var got Widget
		assert.NoError(t, codec.UnmarshalProto(raw, &got))
		assert.Equal(t, "b", got.Labels["a"])
		got.TypeMeta = tm
		got.ResourceVersion, got.Labels = "5", map[string]string{"set by": "server"}
		answerProto(t, w, 201, &got)
	})
	w := &Widget{ObjectMeta: meta.ObjectMeta{Name: "a", Namespace: "n", Labels: map[string]string{"a": "b"}}}
	require.NoError(t, Of[Widget](c).Create(t.Context(), w))
	assert.Equal(t, "5", w.ResourceVersion)
	assert.Equal(t, "Widget", w.Kind)
	assert.Equal(t, map[string]string{"set by": "server"}, w.Labels, "the answer replaces the object, it is not merged into it")
}

// Servers do not take protobuf for custom resources, whatever the Go type can.
func TestProtobufRefused(t *testing.T) {
	var bodies []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		bodies = append(bodies, r.Header.Get("Content-Type"))
		if r.Header.Get("Content-Type") == mediaProtobuf {
			answerJSON(w, 415, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"UnsupportedMediaType","code":415}`)
			return
		}
		w.Header().Set("Content-Type", mediaJSON)
		io.Copy(w, r.Body)
	})
	for range 2 {
		w := widget("n", "a", "")
		w.Spec.Size = 3
		require.NoError(t, Of[Widget](c).Update(t.Context(), w))
		assert.EqualValues(t, 3, w.Spec.Size)
	}
	assert.Equal(t, []string{mediaProtobuf, mediaJSON, mediaJSON}, bodies)
}

func TestObjectsAreNotChangedByFailures(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		answerJSON(w, 409, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Conflict","message":"changed","code":409}`)
	})
	w := &Widget{ObjectMeta: meta.ObjectMeta{Name: "a", Namespace: "n"}}
	err := Of[Widget](c).Update(t.Context(), w)
	assert.True(t, meta.IsConflict(err))
	assert.Equal(t, &Widget{ObjectMeta: meta.ObjectMeta{Name: "a", Namespace: "n"}}, w)
}

func TestStatusInPlaceOfAnObject(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		answerJSON(w, 201, `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","code":201}`)
	})
	w := widget("n", "a", "1")
	require.NoError(t, c.Create(t.Context(), Target{Resource: widgets, Namespace: "n", Name: "a", Subresource: "bind"}, w, meta.CreateOptions{}))
	assert.Equal(t, widget("n", "a", "1"), w, "there was no object to read")
}

func TestFailures(t *testing.T) {
	for _, test := range []struct {
		name    string
		answer  func(t *testing.T, w http.ResponseWriter)
		check   func(error) bool
		message string
	}{
		{"status as protobuf", func(t *testing.T, w http.ResponseWriter) {
			status := meta.NotFound(meta.GroupResource{Group: "toys.example.com", Resource: "widgets"}, "a").Status
			answerProto(t, w, 404, &status)
		}, meta.IsNotFound, `widgets.toys.example.com "a" not found`},
		{"status as JSON", func(t *testing.T, w http.ResponseWriter) {
			answerJSON(w, 403, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"no","reason":"Forbidden","code":403}`)
		}, meta.IsForbidden, "no"},
		{"page of text", func(t *testing.T, w http.ResponseWriter) { http.Error(w, "404 page not found", 404) },
			meta.IsNotFound, `the server could not find the requested resource (get widgets.toys.example.com "n/a")`},
		{"proxy's error", func(t *testing.T, w http.ResponseWriter) { http.Error(w, "upstream is ill", 502) },
			meta.IsInternalError, `an error on the server ("upstream is ill") has prevented the request from succeeding (get widgets.toys.example.com "n/a")`},
		{"redirect", func(t *testing.T, w http.ResponseWriter) {
			w.Header().Set("Location", "https://evil.example.com/")
			w.WriteHeader(302)
		}, func(err error) bool { return meta.AsStatus(err).Code == 302 }, "the server responded with the status code 302"},
		{"success of an unknown type", func(t *testing.T, w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<html>please log in</html>")
		}, func(err error) bool { return err != nil }, `content type "text/html"`},
		{"half an answer", func(t *testing.T, w http.ResponseWriter) {
			w.Header().Set("Content-Type", mediaJSON)
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, `{"kind":`)
		}, func(err error) bool { return err != nil }, "read answer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, r *http.Request) { test.answer(t, w) })
			_, err := Of[Widget](c).In("n").Get(t.Context(), "a")
			require.Error(t, err)
			assert.True(t, test.check(err), "%v", err)
			assert.ErrorContains(t, err, test.message)
		})
	}
}

func TestRequestsThatWouldMeanSomethingElse(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) { t.Error("sent: ", r.URL) })
	ctx := t.Context()
	into := &Widget{}
	for _, at := range []Target{
		{Resource: widgets, Namespace: "n", Name: ".."},
		{Resource: widgets, Namespace: "n", Name: "a/b"},
		{Resource: widgets, Namespace: "..", Name: "a"},
		{Resource: widgets, Name: "a"},
		{Resource: crates, Namespace: "n", Name: "a"},
		{Resource: widgets, Namespace: "n", Subresource: "status"},
		{Resource: widgets, Namespace: "n", Name: "a", Subresource: "../../b"},
		{Namespace: "n", Name: "a"},
	} {
		assert.Error(t, c.Get(ctx, at, into, meta.GetOptions{}), "%v", at)
	}
	assert.Error(t, c.Delete(ctx, Target{Resource: widgets, Namespace: "n"}, meta.DeleteOptions{}), "would delete them all")
	assert.Error(t, c.DeleteCollection(ctx, Target{Resource: widgets, Namespace: "n", Name: "a"}, meta.DeleteOptions{}, meta.ListOptions{}))
	assert.Error(t, c.List(ctx, Target{Resource: widgets, Namespace: "n", Name: "a"}, &WidgetList{}, meta.ListOptions{}))
	assert.Error(t, c.Create(ctx, Target{Resource: widgets}, &Widget{}, meta.CreateOptions{}), "no namespace anywhere")
}

func TestRetryWhereTheServerAsks(t *testing.T) {
	for _, test := range []struct {
		name  string
		code  int
		after string
		tries int32
	}{
		{"too many requests", 429, "0", 3},
		{"unavailable", 503, "0", 3},
		{"does not say when", 429, "", 1},
		{"too long to wait", 429, "3600", 1},
		{"conflict", 409, "0", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var tries atomic.Int32
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				assert.NotEmpty(t, body, "the body must be sent each time")
				if tries.Add(1) == 3 {
					answerJSON(w, 201, `{}`)
					return
				}
				if test.after != "" {
					w.Header().Set("Retry-After", test.after)
				}
				answerJSON(w, test.code, fmt.Sprintf(`{"kind":"Status","apiVersion":"v1","status":"Failure","code":%d}`, test.code))
			})
			err := Of[Crate](c).Create(t.Context(), &Crate{})
			assert.Equal(t, test.tries, tries.Load())
			assert.Equal(t, test.tries == 3, err == nil, "%v", err)
		})
	}
}

func TestRetryIsBounded(t *testing.T) {
	var tries atomic.Int32
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		tries.Add(1)
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(429)
	})
	_, err := Of[Crate](c).Get(t.Context(), "a")
	assert.True(t, meta.IsTooManyRequests(err))
	assert.EqualValues(t, retryLaterAttempts, tries.Load())
}

func TestRetryWhereNobodyListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	listener.Close()

	c, err := New(Config{Host: "http://" + address, Scheme: Toys(t), Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	done := make(chan error)
	go func() { done <- Of[Crate](c).Create(t.Context(), &Crate{}) }()

	// The server comes up while the client is trying.
	listener, err = net.Listen("tcp", address)
	require.NoError(t, err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answerJSON(w, 201, `{}`) })}
	go server.Serve(listener)
	defer server.Close()
	assert.NoError(t, <-done)
}

func TestContextEndsWaiting(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(503)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := Of[Crate](c).Get(ctx, "a")
	assert.True(t, meta.IsServiceUnavailable(err), "%v", err)
}

func TestTimeout(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, func(c *Config) { c.Timeout = 20 * time.Millisecond })
	_, err := Of[Crate](c).Get(t.Context(), "a")
	assert.ErrorIs(t, err, errTimeout)
}

func TestIdentity(t *testing.T) {
	for _, test := range []struct {
		name   string
		config Config
		want   map[string][]string
	}{
		{"token", Config{BearerToken: "t"}, map[string][]string{"Authorization": {"Bearer t"}}},
		{"token file", Config{BearerTokenFile: "testdata/token"}, map[string][]string{"Authorization": {"Bearer from-file"}}},
		{"password", Config{Username: "u", Password: "p"}, map[string][]string{"Authorization": {"Basic dTpw"}}},
		{"as somebody else", Config{Impersonate: Impersonation{User: "x", UID: "1", Groups: []string{"a", "b"}, Extra: map[string][]string{"some/key": {"v"}}}},
			map[string][]string{"Impersonate-User": {"x"}, "Impersonate-Uid": {"1"}, "Impersonate-Group": {"a", "b"}, "Impersonate-Extra-Some%2fkey": {"v"}}},
		{"agent", Config{UserAgent: "me/1"}, map[string][]string{"User-Agent": {"me/1"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got http.Header
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				got = r.Header
				answerJSON(w, 200, `{}`)
			}, func(c *Config) {
				test.config.Host, test.config.Transport, test.config.Scheme = c.Host, c.Transport, c.Scheme
				*c = test.config
			})
			_, err := Of[Crate](c).Get(t.Context(), "a")
			require.NoError(t, err)
			for name, values := range test.want {
				assert.Equal(t, values, got[http.CanonicalHeaderKey(name)], name)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	for _, test := range []struct {
		header string
		want   []string
	}{
		{`299 - "one"`, []string{"one"}},
		{`299 agent "a \"quoted\" \\ word"`, []string{`a "quoted" \ word`}},
		{`299 - "a, b" , 299 - "c"`, []string{"a, b", "c"}},
		{`299 - "one" "Wed, 21 Oct 2015 07:28:00 GMT", 299 - "two"`, []string{"one", "two"}},
		{`110 - "stale"`, nil},
		{`299 - "unfinished`, nil},
		{`299 - "unfinished\`, nil},
		{`299`, nil},
		{`nonsense`, nil},
		{``, nil},
	} {
		assert.Equal(t, test.want, warningTexts(test.header), "%s", test.header)
	}

	var got []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Warning", `299 - "unknown field \"spec.x\""`)
		w.Header().Add("Warning", `299 - "old"`)
		answerJSON(w, 200, `{}`)
	}, func(c *Config) { c.Warn = func(text string) { got = append(got, text) } })
	_, err := Of[Crate](c).Get(t.Context(), "a")
	require.NoError(t, err)
	assert.Equal(t, []string{`unknown field "spec.x"`, "old"}, got)
}

func TestRateLimit(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) { answerJSON(w, 200, `{}`) }, func(c *Config) { c.QPS, c.Burst = 0.001, 2 })
	for range 2 {
		_, err := Of[Crate](c).Get(t.Context(), "a")
		require.NoError(t, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := Of[Crate](c).Get(ctx, "a")
	assert.Error(t, err, "the third would have to wait")
}

func TestRaw(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/before/readyz?verbose=", r.RequestURI)
		io.WriteString(w, "ok")
	}, func(c *Config) { c.Host += "/before/" })
	body, err := c.Raw(t.Context(), "GET", "/readyz", url.Values{"verbose": {""}}, nil)
	require.NoError(t, err)
	assert.Equal(t, "ok", string(body))
}

func TestConfigFaults(t *testing.T) {
	for _, test := range []struct {
		config Config
		want   string
	}{
		{Config{}, "no host"},
		{Config{Host: "ftp://a"}, "must be https or http"},
		{Config{Host: "https://"}, "names no machine"},
		{Config{Host: "https://a?b"}, "no query"},
		{Config{Host: "a", BearerToken: "t", Username: "u"}, "both a bearer token and a user name"},
		{Config{Host: "a", Impersonate: Impersonation{Groups: []string{"g"}}}, "impersonation without a user name"},
		{Config{Host: "a", TLS: TLS{CAData: []byte("x")}}, "no PEM certificate"},
		{Config{Host: "a", TLS: TLS{CAFile: "/does/not/exist"}}, "no such file"},
		{Config{Host: "a", TLS: TLS{CertData: []byte("x")}}, "must be given together"},
		{Config{Host: "a", TLS: TLS{CertData: []byte("x"), KeyData: []byte("y")}}, "client certificate"},
		{Config{Host: "a", TLS: TLS{CAData: []byte("x"), Insecure: true}}, "makes no sense"},
	} {
		_, err := New(test.config)
		assert.ErrorContains(t, err, test.want)
	}
	_, err := New(Config{Host: "localhost:6443"})
	assert.NoError(t, err)
}

func FuzzWarningTexts(f *testing.F) {
	f.Add(`299 - "a" "b", 299 x "c\"d"`)
	f.Fuzz(func(t *testing.T, header string) {
		for _, text := range warningTexts(header) {
			if len(text) > len(header) {
				t.Fatalf("%q is longer than %q", text, header)
			}
		}
	})
}

// TestRefusalCutOff ends the connection in the middle of a refusal: a conflict
// and a name that is taken have the same code, so it must count as neither.
func TestRefusalCutOff(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaJSON)
		w.Header().Set("Content-Length", "400")
		w.WriteHeader(http.StatusConflict)
		_, _ = io.WriteString(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Already`)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	err := c.Create(t.Context(), Target{Resource: widgets, Namespace: "n"}, &Widget{ObjectMeta: meta.ObjectMeta{Name: "a"}}, meta.CreateOptions{})
	require.Error(t, err)
	assert.False(t, meta.IsConflict(err) || meta.IsAlreadyExists(err), "%v", err)
	assert.Contains(t, err.Error(), "cut off")
}

package probe_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/probe"
)

// commands answers as it is told.
type commands struct {
	asked  [][]string
	result kubelet.ExecResult
	err    error
}

func (c *commands) Exec(_ context.Context, id string, command []string, _ time.Duration) (kubelet.ExecResult, error) {
	c.asked = append(c.asked, append([]string{id}, command...))
	return c.result, c.err
}

func target() kubelet.ProbeTarget {
	return kubelet.ProbeTarget{
		Pod:       &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: "web", Namespace: "shop", UID: "u"}},
		Container: &corev1.Container{Name: "main"}, ContainerID: "c1", PodIP: netip.MustParseAddr("127.0.0.1"),
	}
}

func portOf(t *testing.T, address string) intstr.IntOrString {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	n, err := strconv.ParseInt(port, 10, 32)
	require.NoError(t, err)
	return intstr.FromInt(int32(n))
}

// closedPort is one at which nobody listens.
func closedPort(t *testing.T) intstr.IntOrString {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return portOf(t, l.Addr().String())
}

func TestHTTPProbe(t *testing.T) {
	mux := http.NewServeMux()
	var seen *http.Request
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { seen = r; _, _ = fmt.Fprint(w, "fine") })
	mux.HandleFunc("/code/{code}", func(w http.ResponseWriter, r *http.Request) {
		code, _ := strconv.Atoi(r.PathValue("code"))
		w.WriteHeader(code)
	})
	mux.Handle("/moved", http.RedirectHandler("/code/503", http.StatusFound))
	mux.Handle("/away", http.RedirectHandler("http://elsewhere.example/", http.StatusFound))
	mux.Handle("/round", http.RedirectHandler("/round", http.StatusFound))
	release := make(chan struct{})
	mux.HandleFunc("/slow", func(http.ResponseWriter, *http.Request) { <-release })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(release) })
	secure := httptest.NewTLSServer(mux)
	t.Cleanup(secure.Close)
	p := probe.New(nil)
	ask := func(change func(*corev1.HTTPGetAction)) (bool, string) {
		t.Helper()
		action := &corev1.HTTPGetAction{Path: "/", Port: portOf(t, s.Listener.Addr().String())}
		change(action)
		ok, output, err := p.Probe(t.Context(), target(), &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: action}})
		require.NoError(t, err)
		return ok, output
	}
	path := func(path string) func(*corev1.HTTPGetAction) {
		return func(a *corev1.HTTPGetAction) { a.Path = path }
	}
	for name, test := range map[string]struct {
		change func(*corev1.HTTPGetAction)
		ok     bool
		output string
	}{
		"fine":         {path("/x?y=z"), true, ""},
		"no slash":     {path("x"), true, ""},
		"399":          {path("/code/399"), true, "Probe terminated redirects, Response body: "},
		"400":          {path("/code/400"), false, "HTTP probe failed with statuscode: 400"},
		"500":          {path("/code/500"), false, "HTTP probe failed with statuscode: 500"},
		"redirect":     {path("/moved"), false, "HTTP probe failed with statuscode: 503"},
		"another host": {path("/away"), true, "Probe terminated redirects, Response body: <a href=\"http://elsewhere.example/\">Found</a>.\n\n"},
		"in circles":   {path("/round"), false, `Get "/round": stopped after 10 redirects`},
		"secure": {func(a *corev1.HTTPGetAction) {
			a.Scheme, a.Port = corev1.URISchemeHTTPS, portOf(t, secure.Listener.Addr().String())
		}, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			ok, output := ask(test.change)
			require.Equal(t, test.ok, ok, output)
			require.Equal(t, test.output, output)
		})
	}
	t.Run("headers", func(t *testing.T) {
		ok, _ := ask(func(a *corev1.HTTPGetAction) {
			a.Path = "/deep?a=b"
			a.HTTPHeaders = []corev1.HTTPHeader{{Name: "Host", Value: "shop.example"}, {Name: "X-Token", Value: "1"}, {Name: "X-Token", Value: "2"}}
		})
		require.True(t, ok)
		require.Equal(t, "shop.example", seen.Host)
		require.Equal(t, []string{"1", "2"}, seen.Header.Values("X-Token"))
		require.Equal(t, "kube-probe/1.37", seen.UserAgent())
		require.Equal(t, "*/*", seen.Header.Get("Accept"))
		require.Equal(t, "/deep?a=b", seen.URL.String())
		ask(func(a *corev1.HTTPGetAction) {
			a.HTTPHeaders = []corev1.HTTPHeader{{Name: "User-Agent", Value: "me"}, {Name: "Accept", Value: ""}}
		})
		require.Equal(t, "me", seen.UserAgent())
		require.Empty(t, seen.Header.Values("Accept"))
	})
	t.Run("HTTP/2 without TLS", func(t *testing.T) {
		two := httptest.NewUnstartedServer(mux)
		two.Config.Protocols = &http.Protocols{}
		two.Config.Protocols.SetUnencryptedHTTP2(true)
		two.Start()
		t.Cleanup(two.Close)
		protocol := corev1.HTTPProtocolHTTP2
		ok, output := ask(func(a *corev1.HTTPGetAction) { a.Port, a.Protocol = portOf(t, two.Listener.Addr().String()), &protocol })
		require.True(t, ok, output)
		require.Equal(t, 2, seen.ProtoMajor)
	})
	t.Run("nobody listens", func(t *testing.T) {
		closed := closedPort(t)
		ok, output := ask(func(a *corev1.HTTPGetAction) { a.Port = closed })
		require.False(t, ok)
		require.Equal(t, fmt.Sprintf(`Get "http://127.0.0.1:%d/": dial tcp 127.0.0.1:%d: connect: connection refused`, closed.IntVal, closed.IntVal), output)
	})
	t.Run("too slow", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		action := &corev1.HTTPGetAction{Path: "/slow", Port: portOf(t, s.Listener.Addr().String())}
		ok, output, err := p.Probe(ctx, target(), &corev1.Probe{TimeoutSeconds: 1, ProbeHandler: corev1.ProbeHandler{HTTPGet: action}})
		require.NoError(t, err)
		require.False(t, ok)
		require.Equal(t, fmt.Sprintf(`Get "%s/slow": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, s.URL), output)
	})
	t.Run("given up", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		action := &corev1.HTTPGetAction{Path: "/slow", Port: portOf(t, s.Listener.Addr().String())}
		ok, _, err := p.Probe(ctx, target(), &corev1.Probe{TimeoutSeconds: 60, ProbeHandler: corev1.ProbeHandler{HTTPGet: action}})
		require.NoError(t, err)
		require.False(t, ok)
	})
}

func TestPorts(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	port := portOf(t, l.Addr().String())
	p := probe.New(nil)
	ask := func(port intstr.IntOrString) (bool, string, error) {
		at := target()
		at.Container.Ports = []corev1.ContainerPort{{Name: "web", ContainerPort: portOf(t, l.Addr().String()).IntVal}}
		return p.Probe(t.Context(), at, &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: port}}})
	}
	for _, good := range []intstr.IntOrString{port, intstr.FromString("web"), intstr.FromString(strconv.Itoa(int(port.IntVal)))} {
		ok, output, err := ask(good)
		require.NoError(t, err)
		require.True(t, ok)
		require.Empty(t, output)
	}
	closed := closedPort(t)
	ok, output, err := ask(closed)
	require.NoError(t, err)
	require.False(t, ok)
	require.Equal(t, fmt.Sprintf("dial tcp 127.0.0.1:%d: connect: connection refused", closed.IntVal), output)
	for port, text := range map[intstr.IntOrString]string{
		intstr.FromString("none"): `strconv.Atoi: parsing "none": invalid syntax`, intstr.FromInt(0): "invalid port number: 0", intstr.FromInt(70000): "invalid port number: 70000",
	} {
		_, _, err = ask(port)
		require.EqualError(t, err, text)
	}
	nowhere := target()
	nowhere.PodIP = netip.Addr{}
	_, _, err = p.Probe(t.Context(), nowhere, &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: port}}})
	require.EqualError(t, err, "the Pod has no address")
	_, _, err = p.Probe(t.Context(), nowhere, &corev1.Probe{})
	require.EqualError(t, err, "missing probe handler")
}

func TestGRPCProbe(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s, states := grpc.NewServer(), health.NewServer()
	grpc_health_v1.RegisterHealthServer(s, states)
	states.SetServingStatus("sick", grpc_health_v1.HealthCheckResponse_NOT_SERVING)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() { s.Stop(); require.NoError(t, <-ended) })
	p := probe.New(nil)
	ask := func(port intstr.IntOrString, service *string) (bool, string) {
		t.Helper()
		ok, output, err := p.Probe(t.Context(), target(), &corev1.Probe{ProbeHandler: corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: port.IntVal, Service: service}}})
		require.NoError(t, err)
		return ok, output
	}
	name := func(s string) *string { return &s }
	port := portOf(t, l.Addr().String())
	ok, output := ask(port, nil)
	require.True(t, ok, output)
	ok, output = ask(port, name("sick"))
	require.False(t, ok)
	require.Equal(t, `service unhealthy (responded with "NOT_SERVING")`, output)
	ok, output = ask(port, name("unknown"))
	require.False(t, ok)
	require.Contains(t, output, "error: health rpc probe failed: ")
	closed := closedPort(t)
	ok, output = ask(closed, nil)
	require.False(t, ok)
	require.Equal(t, fmt.Sprintf(`timeout: failed to connect service "127.0.0.1:%d" within 1s: context deadline exceeded`, closed.IntVal), output)
}

func TestExecProbe(t *testing.T) {
	c := &commands{}
	p := probe.New(c)
	ask := func() (bool, string, error) {
		return p.Probe(t.Context(), target(), &corev1.Probe{TimeoutSeconds: 3, ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"is", "well"}}}})
	}
	ok, output, err := ask()
	require.NoError(t, err)
	require.True(t, ok)
	require.Empty(t, output)
	require.Equal(t, [][]string{{"c1", "is", "well"}}, c.asked)
	c.result = kubelet.ExecResult{Stdout: []byte("so "), Stderr: []byte("so"), ExitCode: 1}
	ok, output, err = ask()
	require.NoError(t, err)
	require.False(t, ok)
	require.Equal(t, "so so", output)
	c.err = fmt.Errorf("exec: %w", context.DeadlineExceeded)
	ok, output, err = ask()
	require.NoError(t, err)
	require.False(t, ok)
	require.Equal(t, `command timed out: "is well" timed out after 3s`, output)
	c.err = errors.New("no such container")
	_, _, err = ask()
	require.EqualError(t, err, "no such container")
	_, _, err = probe.New(struct{}{}).Probe(t.Context(), target(), &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{}}})
	require.EqualError(t, err, "the node's container runtime does not run commands in containers")
}

func TestHooks(t *testing.T) {
	var seen *http.Request
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r
		w.WriteHeader(http.StatusInternalServerError)
	}))
	t.Cleanup(s.Close)
	at, err := url.Parse(s.URL)
	require.NoError(t, err)
	c := &commands{}
	p := probe.New(c)
	command := &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{"bye"}}}
	require.NoError(t, p.Run(t.Context(), target(), command))
	c.result = kubelet.ExecResult{Stderr: []byte("no"), ExitCode: 4}
	require.EqualError(t, p.Run(t.Context(), target(), command),
		`Exec lifecycle hook ([bye]) for Container "main" in Pod "web_shop(u)" failed - error: command 'bye' exited with 4: no, message: "no"`)
	require.Error(t, probe.New(nil).Run(t.Context(), target(), command))
	tell := func(scheme corev1.URIScheme, port intstr.IntOrString) error {
		return p.Run(t.Context(), target(), &corev1.LifecycleHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/bye", Port: port, Scheme: scheme}})
	}
	require.NoError(t, tell("", portOf(t, at.Host)), "it was told, whatever it thinks of it")
	require.Equal(t, "/bye", seen.URL.Path)
	require.Equal(t, "kube-lifecycle/1.37", seen.UserAgent())
	seen = nil
	require.NoError(t, tell(corev1.URISchemeHTTPS, portOf(t, at.Host)))
	require.NotNil(t, seen)
	closed := closedPort(t)
	require.EqualError(t, tell("", closed), fmt.Sprintf(
		`HTTP lifecycle hook (/bye) for Container "main" in Pod "web_shop(u)" failed - error: Get "http://127.0.0.1:%d/bye": dial tcp 127.0.0.1:%d: connect: connection refused`, closed.IntVal, closed.IntVal))
	require.Error(t, p.Run(t.Context(), target(), &corev1.LifecycleHandler{}))
}

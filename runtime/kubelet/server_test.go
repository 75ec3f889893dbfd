package kubelet_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/pki"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/certificate"
)

// judge is a Reviewer that knows one user for each token, of the same name, and
// what users may do.
type judge struct {
	mu      sync.Mutex
	rights  map[string]string // "user verb subresource" allowed
	reviews int
	broken  error
}

func (j *judge) User(_ context.Context, token string) (*auth.User, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.reviews++
	if j.broken != nil {
		return nil, j.broken
	}
	if token == "nobody" {
		return nil, nil
	}
	return &auth.User{Name: token}, nil
}

func (j *judge) Allowed(_ context.Context, user *auth.User, verb, subresource, node string) (bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.reviews++
	for _, right := range strings.Split(j.rights[user.Name], ",") {
		if node == nodeName && right == verb+" "+subresource {
			return true, nil
		}
	}
	return false, nil
}

// listenAt serves a kubelet on a port of its own until the test ends.
func listenAt(t *testing.T, k *kubelet.Kubelet, listener net.Listener, opts kubelet.ServerOptions) {
	t.Helper()
	own, err := certificate.SelfSigned("", []string{"127.0.0.1"}, time.Now())
	require.NoError(t, err)
	opts.Listener, opts.Logger = listener, slog.New(slog.DiscardHandler)
	opts.Certificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return own, nil }
	s, err := kubelet.NewServer(k, opts)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
}

func local(t *testing.T) (net.Listener, int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	n, err := strconv.Atoi(port)
	require.NoError(t, err)
	return l, int32(n)
}

func TestServerLetsInWhoMay(t *testing.T) {
	c := start(t, hollowRuns(), kubelet.Options{})
	ca, err := pki.Open(pki.Options{})
	require.NoError(t, err)
	j := &judge{rights: map[string]string{"stats": "get stats", "pods": "get pods", "proxy": "get proxy", "exec": "create proxy"}}
	listener, port := local(t)
	listenAt(t, c.kubelet, listener, kubelet.ServerOptions{ClientCAs: ca.Pool, Reviews: j})
	base := fmt.Sprintf("https://127.0.0.1:%d", port)

	ask := func(certificate *pki.Pair, token, do string) (int, string) {
		config := &tls.Config{InsecureSkipVerify: true}
		if certificate != nil {
			config.Certificates = []tls.Certificate{certificate.TLS()}
		}
		transport := &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}
		method, path, _ := strings.Cut(do, " ")
		r, err := http.NewRequestWithContext(t.Context(), method, base+path, nil)
		require.NoError(t, err)
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		answer, err := transport.RoundTrip(r)
		require.NoError(t, err)
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return answer.StatusCode, strings.TrimSpace(string(body))
	}
	for _, tc := range []struct {
		token, do string
		code      int
		says      string
	}{
		{"", "GET /healthz", 401, "Unauthorized"},
		{"nobody", "GET /healthz", 401, "Unauthorized"},
		{"stats", "GET /healthz", 403, "Forbidden (user=stats, verb=get, resource=nodes, subresource(s)=[healthz proxy])"},
		{"proxy", "GET /healthz", 200, "ok"},
		{"pods", "GET /pods", 200, `"kind":"PodList"`},
		{"pods", "GET /metrics", 403, "Forbidden (user=pods, verb=get, resource=nodes, subresource(s)=[metrics])"},
		{"proxy", "GET /metrics", 403, "subresource(s)=[metrics]"},
		{"proxy", "GET /exec/default/web/web?command=id", 403, "Forbidden (user=proxy, verb=create, resource=nodes, subresource(s)=[proxy])"},
		{"exec", "GET /exec/default/web/web?command=id&output=1", 501, "does not support exec"},
		{"exec", "GET /containerLogs/default/web/web", 403, "verb=get"},
	} {
		code, body := ask(nil, tc.token, tc.do)
		require.Equal(t, tc.code, code, "%s as %q: %s", tc.do, tc.token, body)
		require.Contains(t, body, tc.says, "%s as %q", tc.do, tc.token)
	}
	// What was answered once is not asked for again.
	before := j.reviews
	code, _ := ask(nil, "proxy", "GET /healthz")
	require.Equal(t, 200, code)
	require.Equal(t, before, j.reviews)
	j.mu.Lock()
	j.broken = errors.New("the server is away")
	j.mu.Unlock()
	code, _ = ask(nil, "new", "GET /healthz")
	require.Equal(t, 401, code)

	master, err := ca.Client("apiserver-kubelet-client", "kube-apiserver-kubelet-client", auth.GroupMasters)
	require.NoError(t, err)
	code, body := ask(master, "", "GET /pods")
	require.Equal(t, 200, code, body)
	other, err := pki.Open(pki.Options{})
	require.NoError(t, err)
	stranger, err := other.Client("x", "kube-apiserver-kubelet-client", auth.GroupMasters)
	require.NoError(t, err)
	code, _ = ask(stranger, "", "GET /pods")
	require.Equal(t, 401, code, "a certificate of another authority")
}

func TestServerOptions(t *testing.T) {
	c := start(t, hollowRuns(), kubelet.Options{})
	_, err := kubelet.NewServer(c.kubelet, kubelet.ServerOptions{})
	require.ErrorContains(t, err, "ServerOptions.Certificate is missing")
	require.ErrorContains(t, err, "nobody could come in")
	_, err = kubelet.NewServer(c.kubelet, kubelet.ServerOptions{
		Certificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, nil },
		ClientCAs:   x509.NewCertPool,
	})
	require.NoError(t, err)
}

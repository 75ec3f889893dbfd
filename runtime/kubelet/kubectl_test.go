package kubelet_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controlplane"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// late is a NodeConnector that is not there yet when the server is made.
type late struct {
	connect func(context.Context, *corev1.Node) (*url.URL, http.RoundTripper, error)
}

func (l *late) Connect(ctx context.Context, node *corev1.Node) (*url.URL, http.RoundTripper, error) {
	return l.connect(ctx, node)
}

// shell is a cluster with a kubectl to use it with.
type shell struct {
	*cluster
	processes  *processes
	kubectl    string
	kubeconfig string
	env        []string
}

// startShell starts a control plane and a kubelet, with a Pod on it named web. They
// are in one process; the server reaches the kubelet without a network or by one.
func startShell(t *testing.T, network bool) *shell {
	t.Helper()
	kubectl := os.Getenv("KUBECTL")
	if kubectl == "" {
		t.Skip("KUBECTL is not set: no kubectl to try")
	}
	dir := t.TempDir()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	connector := &late{}
	ctx, cancel := context.WithCancel(context.Background())
	cp, err := controlplane.New(ctx, controlplane.Options{
		Listener: listener, KubeconfigPath: filepath.Join(dir, "kubeconfig"), NodeConnector: connector,
		Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- cp.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	require.NoError(t, cp.WaitReady(ctx))
	s := &shell{
		cluster:    &cluster{t: t, client: cp.Client(&auth.User{Name: "system:node:" + nodeName, Groups: []string{auth.GroupMasters}})},
		processes:  newProcesses(t),
		kubectl:    kubectl,
		kubeconfig: filepath.Join(dir, "kubeconfig"),
	}
	s.cluster.runtime = s.processes.Runtime
	s.cluster.custom = s.processes
	var stop context.CancelFunc
	s.cluster.ctx, stop = context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(stop)
	if network {
		own, port := local(t)
		s.cluster.run(kubelet.Options{Port: port, Addresses: []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "127.0.0.1"}}})
		authorities := x509.NewCertPool()
		require.True(t, authorities.AppendCertsFromPEM(cp.CA()))
		listenAt(t, s.kubelet, own, kubelet.ServerOptions{
			ClientCAs: func() *x509.CertPool { return authorities }, Reviews: kubelet.Reviews(s.client),
		})
		connector.connect = cp.Kubelets().Connect
	} else {
		s.cluster.run(kubelet.Options{})
		connector.connect = s.cluster.kubelet.Connect
	}
	require.NoError(t, client.Of[corev1.ServiceAccount](s.client).In("default").Create(s.ctx, serviceAccount("default")))
	s.create(podOf("web", "web"))
	s.until("web", "ready", ready)
	return s
}

// command makes a kubectl that ends with the test.
func (s *shell) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.kubectl, append([]string{"--kubeconfig", s.kubeconfig}, args...)...)
	cmd.Env = append(os.Environ(), s.env...)
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

func (s *shell) try(stdin io.Reader, args ...string) (stdout, stderr string, err error) {
	var out, errs bytes.Buffer
	cmd := s.command(s.ctx, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &out, &errs
	err = cmd.Run()
	return out.String(), tooEarly.ReplaceAllString(errs.String(), ""), err
}

// tooEarly is what kubectl logs when the message that says that it is connected
// comes before it has made its streams, from Kubernetes' own server too.
var tooEarly = regexp.MustCompile(`(?m)^E\d.* Unknown stream id \d, discarding message\n`)

// The ways in which kubectl can be made to talk.
var ways = map[string][]string{
	"WebSocket": nil,
	"SPDY":      {"KUBECTL_REMOTE_COMMAND_WEBSOCKETS=false", "KUBECTL_PORT_FORWARD_WEBSOCKETS=false"},
}

func TestKubectlStreams(t *testing.T) {
	t.Run("in process", func(t *testing.T) { tryKubectl(t, startShell(t, false)) })
	t.Run("over the network", func(t *testing.T) { tryKubectl(t, startShell(t, true)) })
}

func tryKubectl(t *testing.T, s *shell) {
	for way, env := range ways {
		t.Run(way, func(t *testing.T) {
			s.env = env
			t.Run("exec", func(t *testing.T) {
				out, errs, err := s.try(nil, "exec", "web", "--", "sh", "-c", "echo out; echo err >&2")
				require.NoError(t, err, errs)
				require.Equal(t, "out\n", out)
				require.Equal(t, "err\n", errs)
			})
			t.Run("exit code", func(t *testing.T) {
				out, errs, err := s.try(nil, "exec", "web", "--", "sh", "-c", "echo last words; exit 42")
				require.Error(t, err)
				require.Equal(t, 42, err.(*exec.ExitError).ExitCode())
				require.Equal(t, "last words\n", out)
				require.Equal(t, "command terminated with exit code 42\n", errs)
			})
			t.Run("stdin to its end", func(t *testing.T) {
				text := strings.Repeat("a line of some length\n", 100_000)
				out, errs, err := s.try(strings.NewReader(text), "exec", "-i", "web", "--", "wc", "-c")
				require.NoError(t, err, errs)
				require.Equal(t, fmt.Sprint(len(text)), strings.TrimSpace(out))
			})
			t.Run("much output", func(t *testing.T) {
				out, errs, err := s.try(nil, "exec", "web", "--", "head", "-c", "20000000", "/dev/zero")
				require.NoError(t, err, errs)
				require.Len(t, out, 20_000_000)
			})
			t.Run("no such container", func(t *testing.T) {
				_, errs, err := s.try(nil, "exec", "web", "-c", "other", "--", "true")
				require.Error(t, err)
				require.Contains(t, errs, "container other is not valid for pod web")
			})
			t.Run("attach", func(t *testing.T) {
				out, errs, err := s.try(strings.NewReader("said\n"), "attach", "-i", "web")
				require.NoError(t, err, errs)
				require.Contains(t, out, "said\n")
			})
			t.Run("cp", func(t *testing.T) {
				dir := t.TempDir()
				require.NoError(t, os.WriteFile(filepath.Join(dir, "here"), []byte("content\n"), 0o600))
				_, errs, err := s.try(nil, "cp", filepath.Join(dir, "here"), "web:"+filepath.Join(dir, "there"))
				require.NoError(t, err, errs)
				data, err := os.ReadFile(filepath.Join(dir, "there"))
				require.NoError(t, err)
				require.Equal(t, "content\n", string(data))
				_, errs, err = s.try(nil, "cp", "web:"+filepath.Join(dir, "there"), filepath.Join(dir, "back"))
				require.NoError(t, err, errs)
				data, err = os.ReadFile(filepath.Join(dir, "back"))
				require.NoError(t, err)
				require.Equal(t, "content\n", string(data))
			})
			t.Run("port-forward", func(t *testing.T) { s.portForward(t) })
		})
	}
}

func (s *shell) portForward(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, "%s %s", r.Method, r.URL.Path)
	}))
	defer web.Close()
	s.processes.listen(80, web.Listener.Addr().String())
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	cmd := s.command(ctx, "port-forward", "pod/web", ":80", ":81")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	defer func() {
		cancel()
		_ = cmd.Wait()
	}()
	lines := bufio.NewScanner(out)
	local := map[string]string{}
	for len(local) < 2 && lines.Scan() {
		var from, to string
		if n, _ := fmt.Sscanf(lines.Text(), "Forwarding from %s -> %s", &from, &to); n == 2 && strings.HasPrefix(from, "127.0.0.1:") {
			local[to] = from
		}
	}
	require.Len(t, local, 2)
	browser := &http.Client{Timeout: 20 * time.Second}
	defer browser.CloseIdleConnections()
	for i := range 20 {
		answer, err := browser.Get(fmt.Sprintf("http://%s/%d", local["80"], i))
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, fmt.Sprintf("GET /%d", i), string(body))
		browser.CloseIdleConnections()
	}
	// Nobody listens at the other one, which is no reason to give up the first.
	_, err = browser.Get(fmt.Sprintf("http://%s/", local["81"]))
	require.Error(t, err)
}

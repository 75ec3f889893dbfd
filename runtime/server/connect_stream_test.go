package server

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/auth/authz"
	"github.com/kubenucleus/nucleus/runtime/stream"
)

// streamFixture is a server whose node runs commands: each repeats the first line that
// it hears, and a command named "fail" fails.
func streamFixture(t *testing.T) *fixture {
	t.Helper()
	node := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		switch {
		case strings.HasPrefix(r.URL.Path, "/containerLogs/"):
			_, _ = io.WriteString(w, "a line\n")
		case strings.HasPrefix(r.URL.Path, "/portForward/"):
			_ = stream.ServePorts(r.Context(), w, r, func(_ context.Context, port uint16) (io.ReadWriteCloser, error) {
				return nil, errors.New("connection refused")
			})
		case query.Get("command") == "refuse":
			http.Error(w, `container not found ("c")`, http.StatusInternalServerError)
		default:
			s, err := stream.Serve(context.Background(), w, r, stream.Options{Stdin: query.Has("input"), Stdout: query.Has("output"), Stderr: query.Has("error"), TTY: query.Has("tty")})
			if err != nil {
				return
			}
			heard, err := io.ReadAll(s.Stdin)
			if err == nil {
				_, err = s.Stdout.Write(heard)
			}
			if query.Get("command") == "fail" {
				s.End(stream.Exited(3))
				return
			}
			s.End(stream.StatusOf(err))
		}
	}))
	t.Cleanup(node.Close)
	base, err := url.Parse(node.URL)
	require.NoError(t, err)
	f := serveFixture(t, newRegistry(t), false, func(o *Options) {
		o.NodeConnector = kubelet{url: base}
		o.Authorizer = authz.Union{authz.Masters{}, authz.Func(func(_ context.Context, r *authz.Request) (authz.Decision, string, error) {
			if r.User.Name == "reader" && r.Verb == "get" {
				return authz.Allow, "", nil
			}
			return authz.NoOpinion, "", nil
		})}
	})
	f.pods(t)
	return f
}

// socket opens a WebSocket as a user; the token is a subprotocol, as browsers send it.
func (f *fixture) socket(t *testing.T, path, user string, protocols ...string) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	protocols = append(protocols, "base64url.bearer.authorization.k8s.io."+base64.RawURLEncoding.EncodeToString([]byte(user)))
	c, answer, err := websocket.Dial(ctx, f.http.URL+path, &websocket.DialOptions{HTTPClient: f.http.Client(), Subprotocols: protocols})
	if err == nil {
		c.SetReadLimit(-1)
		t.Cleanup(func() { _ = c.CloseNow() })
	}
	return c, answer, err
}

const podPath = "/api/v1/namespaces/default/pods/p/"

func channelsOf(t *testing.T, c *websocket.Conn) map[byte]string {
	t.Helper()
	got := map[byte]string{}
	for {
		_, message, err := c.Read(t.Context())
		if err != nil {
			require.Equal(t, websocket.StatusNormalClosure, websocket.CloseStatus(err), err)
			return got
		}
		got[message[0]] += string(message[1:])
	}
}

func TestExecOverWebSocket(t *testing.T) {
	f := streamFixture(t)
	for command, want := range map[string]map[byte]string{
		"cat":    {1: "hello", 3: `{"metadata":{},"status":"Success"}`},
		"fail":   {1: "hello", 3: `{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: exit status 3","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}`},
		"refuse": nil,
	} {
		c, _, err := f.socket(t, podPath+"exec?stdin=1&stdout=1&command="+command, "root", "v5.channel.k8s.io")
		require.NoError(t, err)
		require.Equal(t, "v5.channel.k8s.io", c.Subprotocol())
		require.NoError(t, c.Write(t.Context(), websocket.MessageBinary, []byte("\x00hello")))
		require.NoError(t, c.Write(t.Context(), websocket.MessageBinary, []byte{255, 0}))
		got := channelsOf(t, c)
		if want == nil {
			require.Contains(t, got[3], `unable to upgrade connection: container not found (\"c\")`)
			require.Contains(t, got[3], `"code":500`)
			continue
		}
		require.Equal(t, want, got, command)
	}
}

func TestStreamsThatAreRefused(t *testing.T) {
	f := streamFixture(t)
	for _, tc := range []struct {
		path, user, protocol string
		code                 int
		says                 string
	}{
		{"exec?command=cat", "root", "v5.channel.k8s.io", 400, "you must specify at least 1 of stdin, stdout, stderr"},
		{"exec?stdout=1&container=x", "root", "v5.channel.k8s.io", 400, "container x is not valid for pod p"},
		{"exec?stdout=1", "root", "unknown", 400, "unable to negotiate protocol"},
		{"portforward?ports=x", "root", "v4.channel.k8s.io", 400, `unable to parse \"x\" as a port`},
		{"portforward", "root", "v4.channel.k8s.io", 400, `query parameter \"ports\" is required`},
		// To look at Pods is not to run something in them.
		{"exec?stdout=1", "reader", "v5.channel.k8s.io", 403, `pods \"p\" is forbidden: User \"reader\" cannot create resource \"pods/exec\" in API group \"\" in the namespace \"default\"`},
		{"attach?stdout=1", "reader", "v5.channel.k8s.io", 403, `cannot create resource \"pods/attach\"`},
		{"portforward", "reader", stream.TunnelledPorts, 403, `cannot create resource \"pods/portforward\"`},
	} {
		_, answer, err := f.socket(t, podPath+tc.path, tc.user, tc.protocol)
		require.Error(t, err, tc.path)
		require.Equal(t, tc.code, answer.StatusCode, tc.path)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.Contains(t, string(body), tc.says, tc.path)
	}
	// A log is but looked at.
	_, _, err := f.socket(t, podPath+"log", "reader", "binary.k8s.io")
	require.NoError(t, err)
}

func TestPortForwardOverWebSocket(t *testing.T) {
	f := streamFixture(t)
	c, _, err := f.socket(t, podPath+"portforward?ports=80", "root", "v4.channel.k8s.io")
	require.NoError(t, err)
	got := channelsOf(t, c)
	require.Equal(t, "\x50\x00", got[0])
	require.Equal(t, "\x50\x00error forwarding port 80: connection refused", got[1])
}

func TestLogOverWebSocket(t *testing.T) {
	f := streamFixture(t)
	c, _, err := f.socket(t, podPath+"log", "root", "base64.binary.k8s.io")
	require.NoError(t, err)
	var text []byte
	for {
		kind, message, err := c.Read(t.Context())
		if err != nil {
			break
		}
		require.Equal(t, websocket.MessageText, kind)
		part, err := base64.StdEncoding.DecodeString(string(message))
		require.NoError(t, err)
		text = append(text, part...)
	}
	require.Equal(t, "a line\n", string(text))
}

func TestWatchOverWebSocket(t *testing.T) {
	f := streamFixture(t)
	const maps = "/api/v1/namespaces/default/configmaps"
	c, _, err := f.socket(t, maps+"?watch=1", "root", "binary.k8s.io")
	require.NoError(t, err)
	require.Equal(t, "binary.k8s.io", c.Subprotocol())
	for i := range 3 {
		a := f.send("POST "+maps, fmt.Sprintf(`{"metadata":{"name":"m%d"}}`, i))
		require.Equal(t, 201, a.code)
		kind, message, err := c.Read(t.Context())
		require.NoError(t, err)
		require.Equal(t, websocket.MessageText, kind)
		var event struct {
			Type   string
			Object struct {
				Kind     string
				Metadata struct{ Name string }
			}
		}
		require.NoError(t, json.Unmarshal(message, &event))
		require.Equal(t, "ADDED", event.Type)
		require.Equal(t, "ConfigMap", event.Object.Kind)
		require.Equal(t, fmt.Sprintf("m%d", i), event.Object.Metadata.Name)
	}
	// It ends when its time is over, and with the server.
	short, _, err := f.socket(t, maps+"?watch=1&timeoutSeconds=1&resourceVersion=0", "root", "x")
	require.NoError(t, err)
	for err == nil {
		_, _, err = short.Read(t.Context())
	}
	require.Equal(t, websocket.StatusNormalClosure, websocket.CloseStatus(err), err)
	f.server.Stop()
	for err = nil; err == nil; {
		_, _, err = c.Read(t.Context())
	}
	require.Equal(t, websocket.StatusNormalClosure, websocket.CloseStatus(err), err)

	_, answer, err := f.socket(t, maps+"?watch=1&resourceVersion=x", "root", "y")
	require.Error(t, err)
	require.NotEqual(t, 101, answer.StatusCode)
}

// A token in a subprotocol is for the server alone.
func TestTokenIsNotPassedOn(t *testing.T) {
	seen := make(chan http.Header, 1)
	node := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { seen <- r.Header }))
	t.Cleanup(node.Close)
	base, err := url.Parse(node.URL)
	require.NoError(t, err)
	f := serveFixture(t, newRegistry(t), false, func(o *Options) { o.NodeConnector = kubelet{url: base} })
	f.pods(t)
	_, _, err = f.socket(t, "/api/v1/nodes/node/proxy/x", "root", "mine")
	require.Error(t, err)
	h := <-seen
	require.Equal(t, []string{"mine"}, h.Values("Sec-WebSocket-Protocol"))
}

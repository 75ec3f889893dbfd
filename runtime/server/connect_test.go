package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// kubelet is a NodeConnector that leads to a test server.
type kubelet struct {
	url *url.URL
	err error
}

func (k kubelet) Connect(_ context.Context, node *corev1.Node) (*url.URL, http.RoundTripper, error) {
	if node.Name != "node" {
		return nil, nil, fmt.Errorf("no node %q", node.Name)
	}
	return k.url, &http.Transport{}, k.err
}

// echo answers with what it was asked; an upgrade it echoes line by line.
func echo(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") == "" {
		fmt.Fprintf(w, "%s %s auth=%q", r.Method, r.URL.RequestURI(), r.Header.Get("Authorization"))
		return
	}
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(rw, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\n", r.Header.Get("Upgrade"))
	rw.Flush()
	for line, err := rw.ReadString('\n'); err == nil; line, err = rw.ReadString('\n') {
		rw.WriteString(r.URL.RequestURI() + " " + line)
		rw.Flush()
	}
}

func connectFixture(t *testing.T) *fixture {
	node := httptest.NewServer(http.HandlerFunc(echo))
	t.Cleanup(node.Close)
	base, err := url.Parse(node.URL)
	require.NoError(t, err)
	f := serveFixture(t, newRegistry(t), false, func(o *Options) { o.NodeConnector = kubelet{url: base} })
	f.pods(t)
	return f
}

func (f *fixture) pods(t *testing.T) {
	t.Helper()
	for _, step := range []struct{ do, body string }{
		{"POST /api/v1/nodes", `{"metadata":{"name":"node"}}`},
		{"POST /api/v1/namespaces/default/serviceaccounts", `{"metadata":{"name":"default"}}`},
		{"POST /api/v1/namespaces/default/pods", `{"metadata":{"name":"p"},"spec":{"nodeName":"node","containers":[{"name":"c","image":"i"}]}}`},
		{"POST /api/v1/namespaces/default/pods", `{"metadata":{"name":"two"},"spec":{"nodeName":"node","containers":[{"name":"a","image":"i"},{"name":"b","image":"i"}],"initContainers":[{"name":"i","image":"i"}]}}`},
		{"POST /api/v1/namespaces/default/pods", `{"metadata":{"name":"pending"},"spec":{"containers":[{"name":"c","image":"i"}]}}`},
		{"POST /api/v1/namespaces/default/pods", `{"metadata":{"name":"lost"},"spec":{"nodeName":"gone","containers":[{"name":"c","image":"i"}]}}`},
	} {
		a := f.send(step.do, step.body)
		require.Contains(t, []int{201, 409}, a.code, "%s", a.body)
	}
}

func TestConnect(t *testing.T) {
	f := connectFixture(t)
	const pods = "/api/v1/namespaces/default/pods/"
	for _, tc := range []struct {
		do   string
		code int
		want string
	}{
		{"GET " + pods + "p/log", 200, `GET /containerLogs/default/p/c auth=""`},
		{"GET " + pods + "p/log?tailLines=5&follow=true&pretty=1", 200, `GET /containerLogs/default/p/c?follow=true&tailLines=5 auth=""`},
		{"GET " + pods + "two/log?container=i", 200, `GET /containerLogs/default/two/i auth=""`},
		{"GET " + pods + "two/log", 400, "a container name must be specified for pod two, choose one of: [a b] or one of the init containers: [i]"},
		{"GET " + pods + "p/log?container=x", 400, "container x is not valid for pod p"},
		{"GET " + pods + "p/log?tailLines=many", 400, `strconv.ParseInt: parsing "many": invalid syntax`},
		{"GET " + pods + "p/log?tailLines=-1", 422, `PodLogOptions "" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0`},
		{"GET " + pods + "pending/log", 204, ""},
		{"GET " + pods + "none/log", 404, `pods "none" not found`},
		{"GET " + pods + "lost/log", 404, `nodes "gone" not found`},
		{"POST " + pods + "p/exec?command=ls&command=-l&stdout=true&stdin=0", 400, "Upgrade request required"},
		{"POST " + pods + "pending/exec", 400, "pod pending does not have a host assigned"},
		{"POST " + pods + "p/attach?stdin=1", 400, "Upgrade request required"},
		{"POST " + pods + "p/portforward?ports=80", 400, "Upgrade request required"},
		{"PUT " + pods + "p/exec", 405, "the server does not allow this method on the requested resource"},
		{"GET /api/v1/nodes/node/proxy/stats/summary?x=1", 200, `GET /stats/summary?x=1 auth=""`},
		{"DELETE /api/v1/nodes/node:10250/proxy/", 200, `DELETE / auth=""`},
		{"GET " + pods + "p/proxy/x", 400, "address not allowed"},
		{"GET " + pods + "a:b:c:d/proxy/x", 400, `invalid request "a:b:c:d": must be [scheme:]name[:port]`},
	} {
		t.Run(tc.do, func(t *testing.T) {
			a := f.send(tc.do, "")
			require.Equal(t, tc.code, a.code, "%s", a.body)
			if a.code >= 400 {
				require.Equal(t, tc.want, a.message(t))
				return
			}
			require.Equal(t, tc.want, string(a.body))
		})
	}
}

func TestUpgrade(t *testing.T) {
	f := connectFixture(t)
	for path, want := range map[string]string{
		"exec?command=ls&command=-l&stdout=true&stdin=0": "/exec/default/p/c?command=ls&command=-l&output=1",
		"attach?stdin=1&tty=true":                        "/attach/default/p/c?input=1&tty=1",
		"portforward?ports=80":                           "/portForward/default/p?port=80",
	} {
		r := f.request(t.Context(), "POST /api/v1/namespaces/default/pods/p/"+path, "", "Connection", "Upgrade", "Upgrade", "SPDY/3.1")
		resp, err := f.http.Client().Do(r)
		require.NoError(t, err)
		require.Equal(t, http.StatusSwitchingProtocols, resp.StatusCode)
		stream, ok := resp.Body.(io.ReadWriter)
		require.True(t, ok)
		_, err = io.WriteString(stream, "hello\n")
		require.NoError(t, err)
		line, err := bufio.NewReader(stream).ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, want+" hello\n", line)
		require.NoError(t, resp.Body.Close())
	}
	a := f.send("POST /api/v1/namespaces/default/pods/p/exec?command=ls", "", "Connection", "Upgrade", "Upgrade", "SPDY/3.1")
	require.Equal(t, 400, a.code)
	require.Equal(t, "you must specify at least 1 of stdin, stdout, stderr", a.message(t))
}

func TestNodesThatCannotBeReached(t *testing.T) {
	reg := newRegistry(t)
	for name, tc := range map[string]struct {
		connector NodeConnector
		code      int
		want      string
	}{
		"no connector": {nil, 503, "this server has no connection to nodes"},
		"refused":      {kubelet{err: meta.Forbidden(meta.GroupResource{Resource: "nodes"}, "node", errors.New("no"))}, 403, `nodes "node" is forbidden: no`},
		"nobody there": {kubelet{url: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}}, 503, "error trying to reach service: dial tcp 127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			f := serveFixture(t, reg, true, func(o *Options) { o.NodeConnector = tc.connector })
			f.pods(t)
			a := f.send("GET /api/v1/namespaces/default/pods/p/log", "")
			require.Equal(t, tc.code, a.code, "%s", a.body)
			require.True(t, strings.HasPrefix(a.message(t), tc.want), a.message(t))
		})
	}
}

// A proxy must not be a way to what the server's machine keeps to itself.
func TestProxyRefusesTheMachineItself(t *testing.T) {
	f := newFixture(t, nil)
	f.pods(t)
	for _, ip := range []string{"127.0.0.1", "169.254.169.254", "::1"} {
		a := f.send("PATCH /api/v1/namespaces/default/pods/p/status", `{"status":{"podIP":"`+ip+`","podIPs":[{"ip":"`+ip+`"}]}}`, "Content-Type", "application/merge-patch+json")
		require.Equal(t, 200, a.code, "%s", a.body)
		a = f.send("GET /api/v1/namespaces/default/pods/p:80/proxy/", "")
		require.Equal(t, 400, a.code, "%s", a.body)
		require.Equal(t, "address not allowed", a.message(t))
	}
}

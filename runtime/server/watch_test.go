package server

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth/authz"
)

// event is a JSON watch event.
type event struct {
	Type   string
	Object struct {
		Kind              string
		Code              int
		Metadata          meta.ObjectMeta
		Data              map[string]string
		ColumnDefinitions []any
		Rows              []struct{ Cells []any }
	}
}

// watch opens a watch and returns how to read its events. The end of the
// stream is io.EOF.
func (f *fixture) watch(query string, headers ...string) (next func() (event, error), resp *http.Response) {
	f.t.Helper()
	resp, err := f.http.Client().Do(f.request(f.t.Context(), "GET "+inDefault+"?watch=1&"+query, "", headers...))
	require.NoError(f.t, err)
	f.t.Cleanup(func() { resp.Body.Close() })
	require.Equal(f.t, 200, resp.StatusCode)
	decoder := json.NewDecoder(resp.Body)
	return func() (e event, err error) { err = decoder.Decode(&e); return e, err }, resp
}

func TestWatch(t *testing.T) {
	reg := newRegistry(t)
	for _, http2 := range []bool{false, true} {
		t.Run(fmt.Sprint("HTTP/2 ", http2), func(t *testing.T) {
			f := serveFixture(t, reg, http2, nil)
			rv := f.send("GET "+inDefault, "").json(t)["metadata"].(map[string]any)["resourceVersion"].(string)
			next, resp := f.watch("resourceVersion=" + rv)
			require.Equal(t, http2, resp.ProtoMajor == 2)
			require.Equal(t, "application/json", resp.Header.Get("Content-Type"))

			// Each event arrives when it happens, not when a buffer is full.
			f.configMap("a", "1")
			e, err := next()
			require.NoError(t, err)
			require.Equal(t, "ADDED", e.Type)
			require.Equal(t, map[string]string{"k": "1"}, e.Object.Data)
			f.send("PATCH "+inDefault+"/a", `{"data":{"k":"2"}}`, "Content-Type", "application/merge-patch+json")
			e, err = next()
			require.NoError(t, err)
			require.Equal(t, "MODIFIED", e.Type)
			f.send("DELETE "+inDefault+"/a", "")
			e, err = next()
			require.NoError(t, err)
			require.Equal(t, "DELETED", e.Type)
			require.Equal(t, map[string]string{"k": "2"}, e.Object.Data)
			require.NotEqual(t, rv, e.Object.Metadata.ResourceVersion)

			// When the server stops, the stream ends; it does not break.
			f.server.Stop()
			_, err = next()
			require.ErrorIs(t, err, io.EOF)
		})
	}
}

func TestWatchForms(t *testing.T) {
	f := newFixture(t, nil)
	rv := f.send("GET "+inDefault, "").json(t)["metadata"].(map[string]any)["resourceVersion"].(string)
	f.configMap("a", "1")
	f.send("DELETE "+inDefault+"/a", "")
	since := "resourceVersion=" + rv

	next, _ := f.watch(since, "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io;stream=watch")
	for i, want := range []string{"ADDED", "DELETED"} {
		e, err := next()
		require.NoError(t, err)
		require.Equal(t, want, e.Type)
		require.Equal(t, "Table", e.Object.Kind)
		require.Equal(t, "a", e.Object.Rows[0].Cells[0])
		require.Equal(t, i == 0, e.Object.ColumnDefinitions != nil, "columns come once")
	}
	for _, version := range []string{"v1", "v1beta1"} {
		next, _ = f.watch(since, "Accept", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v="+version)
		e, err := next()
		require.NoError(t, err)
		require.Equal(t, "PartialObjectMetadata", e.Object.Kind)
		require.Equal(t, "a", e.Object.Metadata.Name)
		require.Nil(t, e.Object.Data)
	}
	next, _ = f.watch("timeoutSeconds=1")
	_, err := next()
	require.ErrorIs(t, err, io.EOF, "its time is over")

	// Something that is gone wrong after the beginning is an event, the last one.
	next, _ = f.watch("resourceVersion=1&timeoutSeconds=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan")
	for {
		e, err := next()
		if err != nil {
			require.ErrorIs(t, err, io.EOF)
			break
		}
		if e.Type == "ERROR" {
			require.Equal(t, 410, e.Object.Code)
		}
	}
	a := f.send("GET "+inDefault+"?watch=1&resourceVersion=abc", "")
	require.Equal(t, 500, a.code, "what is wrong from the beginning is an answer")
	a = f.send("GET /api/v1/watch/namespaces/default/configmaps/a?fieldSelector=metadata.name%3Db", "")
	require.Equal(t, "fieldSelector metadata.name doesn't match requested name", a.message(t))
}

func TestWatchProtobuf(t *testing.T) {
	f := newFixture(t, nil)
	rv := f.send("GET "+inDefault, "").json(t)["metadata"].(map[string]any)["resourceVersion"].(string)
	for i := range 3 {
		f.configMap(fmt.Sprint("c", i), "v")
	}
	_, resp := f.watch("resourceVersion="+rv, "Accept", codec.Protobuf)
	require.Equal(t, "application/vnd.kubernetes.protobuf;stream=watch", resp.Header.Get("Content-Type"))
	frames, err := codec.NewFrameReader(codec.Protobuf, resp.Body, 0)
	require.NoError(t, err)
	for i := range 3 {
		frame, err := frames.ReadFrame()
		require.NoError(t, err)
		var e meta.WatchEvent
		require.NoError(t, codec.UnmarshalProto(frame, &e))
		require.Equal(t, "ADDED", e.Type)
		typeMeta, raw, _, err := codec.UnmarshalEnvelope(e.Object.Raw)
		require.NoError(t, err)
		require.Equal(t, "ConfigMap", typeMeta.Kind)
		var got corev1.ConfigMap
		require.NoError(t, codec.UnmarshalProto(raw, &got))
		require.Equal(t, fmt.Sprint("c", i), got.Name)
	}
}

func TestWatchInTheOldPlace(t *testing.T) {
	f := newFixture(t, nil)
	f.configMap("a", "1")
	f.configMap("b", "1")
	r := f.request(t.Context(), "GET /api/v1/watch/namespaces/default/configmaps/b", "")
	resp, err := f.http.Client().Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	var e event
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&e))
	require.Equal(t, "b", e.Object.Metadata.Name)
}

// A client that goes away must not leave anything behind: the end of the test
// waits for the server's goroutines.
func TestWatchersThatLeave(t *testing.T) {
	f := newFixture(t, nil)
	for range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		resp, err := f.http.Client().Do(f.request(ctx, "GET "+inDefault+"?watch=1", ""))
		require.NoError(t, err)
		cancel()
		resp.Body.Close()
	}
	require.Eventually(t, func() bool {
		for line := range bytesLines(f.send("GET /metrics", "").body) {
			if line == `apiserver_longrunning_requests{group="",resource="configmaps",verb="WATCH",version="v1"} 0` {
				return true
			}
		}
		return false
	}, 5*time.Second, 10*time.Millisecond)
}

func TestShutdown(t *testing.T) {
	reg := newRegistry(t)
	inside, release := make(chan struct{}), make(chan struct{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s, err := New(reg, Options{
		Authenticator: users, Authorizer: authz.Masters{}, Listener: listener, Logger: slog.New(slog.DiscardHandler),
		Paths: map[string]http.Handler{"/slow": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(inside)
			<-release
			io.WriteString(w, "finished")
		})},
	})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	address, err := s.Address(t.Context())
	require.NoError(t, err)
	require.Equal(t, listener.Addr().String(), address)

	get := func(path string) (*http.Response, error) {
		r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+address+path, nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer root")
		return http.DefaultClient.Do(r)
	}
	watch, err := get(inDefault + "?watch=1")
	require.NoError(t, err)
	defer watch.Body.Close()
	slow := make(chan string, 1)
	go func() {
		resp, err := get("/slow")
		if err != nil {
			slow <- err.Error()
			return
		}
		defer resp.Body.Close()
		data, err := io.ReadAll(resp.Body)
		slow <- fmt.Sprint(string(data), err)
	}()
	<-inside
	stop()
	for _, err := bufio.NewReader(watch.Body).ReadString('\n'); err != io.EOF; _, err = bufio.NewReader(watch.Body).ReadString('\n') {
		require.NoError(t, err, "the watch ends cleanly")
	}
	select {
	case err := <-ended:
		t.Fatalf("Run returned while a request was in flight: %v", err)
	default:
	}
	close(release)
	require.Equal(t, "finished<nil>", <-slow)
	require.NoError(t, <-ended)
	_, err = get("/healthz")
	require.Error(t, err)
}

func TestListenerThatFails(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	s, err := New(newRegistry(t), Options{Authenticator: users, Authorizer: authz.Masters{}, Listener: listener, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	require.ErrorIs(t, s.Run(t.Context()), net.ErrClosed)
}

func bytesLines(data []byte) func(func(string) bool) {
	return func(yield func(string) bool) {
		for len(data) > 0 {
			n, line, _ := bufio.ScanLines(data, true)
			if !yield(string(line)) {
				return
			}
			data = data[n:]
		}
	}
}

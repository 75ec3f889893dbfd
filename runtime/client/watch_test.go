package client

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func watchFrame(t *testing.T, eventType string, obj any) []byte {
	t.Helper()
	raw, err := codec.MarshalEnvelope(obj)
	require.NoError(t, err)
	body, err := codec.MarshalProto(&meta.WatchEvent{Type: eventType, Object: meta.RawExtension{Raw: raw}})
	require.NoError(t, err)
	return codec.AppendFrame(nil, mediaProtobuf, body)
}

func TestWatchProtobuf(t *testing.T) {
	frames := watchFrame(t, "ADDED", widget("n", "a", "5"))
	frames = append(frames, watchFrame(t, "BOOKMARK", &Widget{TypeMeta: widget("", "", "").TypeMeta, ObjectMeta: meta.ObjectMeta{ResourceVersion: "9"}})...)
	frames = append(frames, watchFrame(t, "DELETED", widget("n", "a", "10"))...)
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/apis/toys.example.com/v1/namespaces/n/widgets?allowWatchBookmarks=true&fieldSelector=metadata.name%3Da&resourceVersion=4&watch=true", r.RequestURI)
		w.Header().Set("Content-Type", mediaProtobuf+";stream=watch")
		// In pieces that do not fit the frames.
		for _, b := range frames {
			w.Write([]byte{b})
		}
	})
	var got []string
	for e, err := range c.Watch(t.Context(), Target{Resource: widgets, Namespace: "n", Name: "a"}, meta.ListOptions{ResourceVersion: "4", AllowWatchBookmarks: true}) {
		require.NoError(t, err)
		w := e.Object.(*Widget)
		assert.Equal(t, "Widget", w.Kind)
		got = append(got, string(e.Type)+" "+w.Name+" "+w.ResourceVersion)
	}
	assert.Equal(t, []string{"ADDED a 5", "BOOKMARK  9", "DELETED a 10"}, got)
}

func TestWatchJSON(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json;stream=watch")
		io.WriteString(w, `{"type":"ADDED","object":{"kind":"Thing","apiVersion":"x.io/v1","metadata":{"name":"a"},"spec":{"n":9007199254740993}}}`+"\n")
		io.WriteString(w, `{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old resource version: 1 (5)","reason":"Expired","code":410}}`+"\n")
		io.WriteString(w, `{"type":"ADDED","object":{"kind":"Thing"}}`)
	})
	things := Dynamic(c, meta.GroupVersionResource{Group: "x.io", Version: "v1", Resource: "things"})
	n := 0
	for e, err := range things.Watch(t.Context()) {
		switch n++; n {
		case 1:
			require.NoError(t, err)
			assert.Equal(t, map[string]any{"n": int64(9007199254740993)}, e.Object.Fields["spec"])
		case 2:
			assert.True(t, meta.IsResourceExpired(err), "%v", err)
		default:
			t.Fatal("an error is the last thing that a watch yields")
		}
	}
	assert.Equal(t, 2, n)
}

func TestWatchMetadataOnly(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Contains(t, r.Header.Get("Accept"), "as=PartialObjectMetadata;")
		w.Header().Set("Content-Type", mediaProtobuf+";stream=watch")
		obj := &meta.PartialObjectMetadata{ObjectMeta: meta.ObjectMeta{Name: "a"}}
		obj.APIVersion, obj.Kind = "meta.k8s.io/v1", "PartialObjectMetadata"
		w.Write(watchFrame(t, "ADDED", obj))
	})
	n := 0
	for e, err := range Metadata(c, widgets).Watch(t.Context()) {
		require.NoError(t, err)
		assert.Equal(t, "a", e.Object.Name)
		n++
	}
	assert.Equal(t, 1, n)
}

func TestWatchThatBreaks(t *testing.T) {
	for _, test := range []struct {
		name, contentType, body, want string
		undecodable                   bool
	}{
		{"cut frame", mediaProtobuf, "\x00\x00\x00\x09abc", "unexpected EOF", false},
		{"huge frame", mediaProtobuf, "\xff\xff\xff\xffabc", "frame is larger than allowed: 4294967295 bytes", true},
		{"not an event", mediaProtobuf, "\x00\x00\x00\x03abc", "cannot be decoded", true},
		{"cut JSON", mediaJSON, `{"type":"ADDED","obj`, "unexpected EOF", false},
		{"wrong object", mediaJSON, `{"type":"ADDED","object":{"metadata":7}}`, "cannot be decoded", true},
		{"other type", "text/html", `<html>`, "content type", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", test.contentType)
				io.WriteString(w, test.body)
			})
			var last error
			for _, err := range c.Watch(t.Context(), Target{Resource: widgets}, meta.ListOptions{}) {
				last = err
			}
			assert.ErrorContains(t, last, test.want)
			if test.undecodable {
				assert.ErrorIs(t, last, errUndecodable)
			}
		})
	}
}

func TestLeavingAWatchEndsIt(t *testing.T) {
	ended := make(chan struct{})
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		w.Header().Set("Content-Type", mediaProtobuf)
		w.Write(watchFrame(t, "ADDED", widget("n", "a", "5")))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	for range c.Watch(t.Context(), Target{Resource: widgets}, meta.ListOptions{}) {
		break
	}
	<-ended
}

func TestContextEndsAWatch(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", mediaProtobuf)
		w.Write(watchFrame(t, "ADDED", widget("n", "a", "5")))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for _, err := range c.Watch(ctx, Target{Resource: widgets}, meta.ListOptions{}) {
		require.NoError(t, err, "to be told to stop is no error")
		n++
		cancel()
	}
	assert.Equal(t, 1, n)
}

func FuzzWatchFrames(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x03abc"), true)
	f.Add([]byte(`{"type":"ADDED","object":{}}`), false)
	f.Fuzz(func(t *testing.T, stream []byte, proto bool) {
		c := serveBytes(t, stream, proto)
		for _, err := range c.Watch(t.Context(), Target{Resource: widgets}, meta.ListOptions{}) {
			_ = err
		}
	})
}

// serveBytes is a client of a server that answers everything with one body.
func serveBytes(t *testing.T, body []byte, proto bool) *Remote {
	contentType := mediaJSON
	if proto {
		contentType = mediaProtobuf
	}
	c, err := New(Config{Host: "http://x", Scheme: Toys(t), Logger: slog.New(slog.DiscardHandler), Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: 200, ContentLength: -1, Request: r,
			Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(strings.NewReader(string(body))),
		}, nil
	})})
	require.NoError(t, err)
	return c
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func fill(t testing.TB, f *fixture, from, to int) {
	t.Helper()
	handler := f.server.Handler()
	for i := from; i < to; i++ {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, f.request(t.Context(), "POST "+inDefault, fmt.Sprintf(`{"metadata":{"name":"c%05d","labels":{"odd":"%v"}},"data":{"k":"%d<é>"}}`, i, i%2 == 1, i)))
		require.Equal(t, 201, w.Code, w.Body)
	}
}

const partialList = codec.JSON + ";as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"

// A list says the same whether it is put together first or written as it is walked.
func TestLongListsAreStreamed(t *testing.T) {
	f := newFixture(t, nil)
	const n = streamFrom + 200
	fill(t, f, 0, n)

	var want []corev1.ConfigMap
	next := ""
	for {
		a := f.send("GET "+inDefault+"?limit=500&continue="+next, "")
		var page corev1.ConfigMapList
		_, err := codec.UnmarshalJSON(a.body, &page, codec.DecodeOptions{Strict: true})
		require.NoError(t, err)
		want = append(want, page.Items...)
		if next = page.Continue; next == "" {
			break
		}
	}
	require.Len(t, want, n)

	unzip := func(a answer) []byte {
		t.Helper()
		require.Equal(t, 200, a.code)
		if a.header.Get("Content-Encoding") == "" {
			return a.body
		}
		zr, err := gzip.NewReader(bytes.NewReader(a.body))
		require.NoError(t, err)
		text, err := io.ReadAll(zr)
		require.NoError(t, err)
		return text
	}
	for _, encoding := range []string{"identity", "gzip"} {
		t.Run(encoding, func(t *testing.T) {
			a := f.send("GET "+inDefault, "", "Accept-Encoding", encoding)
			require.Equal(t, encoding == "gzip", a.header.Get("Content-Encoding") == "gzip")
			var got corev1.ConfigMapList
			problems, err := codec.UnmarshalJSON(unzip(a), &got, codec.DecodeOptions{Strict: true})
			require.NoError(t, err)
			require.Empty(t, problems)
			require.Equal(t, "ConfigMapList", got.Kind)
			require.NotEmpty(t, got.ResourceVersion)
			require.Equal(t, want, got.Items)

			a = f.send("GET "+inDefault, "", "Accept", codec.Protobuf, "Accept-Encoding", encoding)
			typeMeta, raw, _, err := codec.UnmarshalEnvelope(unzip(a))
			require.NoError(t, err)
			require.Equal(t, "ConfigMapList", typeMeta.Kind)
			var fromProto corev1.ConfigMapList
			require.NoError(t, codec.UnmarshalProto(raw, &fromProto))
			require.Equal(t, want, fromProto.Items)
			if encoding == "identity" {
				require.Equal(t, fmt.Sprint(len(a.body)), a.header.Get("Content-Length"))
			}

			a = f.send("GET "+inDefault, "", "Accept", partialList, "Accept-Encoding", encoding)
			var partial meta.PartialObjectMetadataList
			_, err = codec.UnmarshalJSON(unzip(a), &partial, codec.DecodeOptions{Strict: true})
			require.NoError(t, err)
			require.Equal(t, "PartialObjectMetadataList", partial.Kind)
			require.Len(t, partial.Items, n)
			require.Equal(t, want[n-1].Name, partial.Items[n-1].Name)

			a = f.send("GET "+inDefault+"?labelSelector=odd%3Dtrue", "", "Accept-Encoding", encoding)
			require.Equal(t, n/2, strings.Count(string(unzip(a)), `"odd":"true"`))
		})
	}
}

// sink is a client that takes no memory.
type sink struct {
	header  http.Header
	written int
}

func (s *sink) Header() http.Header { return s.header }
func (s *sink) WriteHeader(int)     {}
func (s *sink) Write(p []byte) (int, error) {
	s.written += len(p)
	return len(p), nil
}

// A list takes the same memory however long it is: a thousand clients that read
// 60 MB each, slowly, must not add up.
func TestMemoryOfListsIsBounded(t *testing.T) {
	if testing.Short() || underRace {
		t.Skip("needs thousands of objects, and pools that remember")
	}
	f := newFixture(t, nil)
	handler := f.server.Handler()
	measure := func(accept, encoding string) (allocated, written int) {
		list := func() int {
			s := &sink{header: http.Header{}}
			handler.ServeHTTP(s, f.request(t.Context(), "GET "+inDefault, "", "Accept", accept, "Accept-Encoding", encoding))
			return s.written
		}
		list() // what is kept is made
		var before, after runtime.MemStats
		least := 0
		for i := range 5 { // what else runs can only add to it
			runtime.ReadMemStats(&before)
			written = list()
			runtime.ReadMemStats(&after)
			if n := int(after.TotalAlloc - before.TotalAlloc); i == 0 || n < least {
				least = n
			}
		}
		return least, written
	}
	forms := [][2]string{{codec.JSON, "identity"}, {codec.JSON, "gzip"}, {codec.Protobuf, "identity"}, {partialList, "identity"}}
	fill(t, f, 0, 2*streamFrom)
	var few [][2]int
	for _, form := range forms {
		allocated, written := measure(form[0], form[1])
		few = append(few, [2]int{allocated, written})
	}
	fill(t, f, 2*streamFrom, 6*streamFrom)
	for i, form := range forms {
		allocated, written := measure(form[0], form[1])
		require.Greater(t, written, 2*few[i][1], "%v", form)
		require.Less(t, allocated, few[i][0]+64<<10, "%v: memory grows with the list: %d bytes for %d, before %d for %d", form, allocated, written, few[i][0], few[i][1])
		require.Less(t, allocated, 512<<10, "%v", form)
	}
}

// failing is a client that goes away.
type failing struct{ sink }

func (*failing) Write([]byte) (int, error) { return 0, context.Canceled }

func TestAListThatCannotBeSentIsAborted(t *testing.T) {
	f := newFixture(t, nil)
	fill(t, f, 0, streamFrom+1)
	for _, encoding := range []string{"identity", "gzip"} {
		require.PanicsWithValue(t, http.ErrAbortHandler, func() {
			f.server.Handler().ServeHTTP(&failing{sink{header: http.Header{}}}, f.request(t.Context(), "GET "+inDefault, "", "Accept-Encoding", encoding))
		})
	}
}

package server

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const asTable = "application/json;as=Table;v=v1;g=meta.k8s.io"

// The rows of long lists, which are kept, say what those of short ones do, as of now.
func TestRowsThatAreKept(t *testing.T) {
	now := time.Now()
	f := newFixture(t, func(o *Options) { o.Now = func() time.Time { return now } })
	handler := f.server.Handler()
	create := func(path, body string) {
		t.Helper()
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, f.request(t.Context(), "POST "+path, body))
		require.Equal(t, 201, w.Code, w.Body)
	}
	const events = "/api/v1/namespaces/default/events"
	const few, many = 100, streamFrom + 200
	for i := range few {
		message, last := fmt.Sprintf("<%d> é\\u0000A1\\u0000", i%3), `null`
		if i%3 == 0 { // the others look like marks
			message, last = "fine", fmt.Sprintf("%q", now.Add(-time.Duration(i)*time.Minute).UTC().Format(time.RFC3339))
		}
		create(events, fmt.Sprintf(`{"metadata":{"name":"e%03d","labels":{"third":"%d"}},"involvedObject":{"namespace":"default","kind":"Pod","name":"p"},
			"message":"%s","lastTimestamp":%s}`, i, i%3, message, last))
	}
	for i := range many {
		create(inDefault, fmt.Sprintf(`{"metadata":{"name":"c%05d","labels":{"third":"%d"}},"data":{"k":"%d"}}`, i, i%3, i))
	}
	type table struct {
		Metadata struct{ Continue, ResourceVersion string }
		Rows     []json.RawMessage
		Columns  []json.RawMessage `json:"columnDefinitions"`
	}
	list := func(path string, zip bool) (all table) {
		t.Helper()
		encoding := map[bool]string{true: "gzip", false: "identity"}[zip]
		a := f.send("GET "+path, "", "Accept", asTable, "Accept-Encoding", encoding)
		require.Equal(t, 200, a.code, string(a.body))
		body := a.body
		if zip && a.header.Get("Content-Encoding") == "gzip" {
			zr, err := gzip.NewReader(bytes.NewReader(body))
			require.NoError(t, err)
			body, err = io.ReadAll(zr)
			require.NoError(t, err)
		}
		require.NoError(t, json.Unmarshal(body, &all), "%.300s", body)
		require.True(t, bytes.HasSuffix(body, []byte("}\n")))
		require.NotEmpty(t, all.Columns)
		return all
	}
	for _, base := range []struct {
		path string
		n    int
	}{{events, few}, {inDefault, many}} {
		for _, query := range []string{"", "includeObject=None", "includeObject=Object", "labelSelector=third%3D1"} {
			var want []json.RawMessage // by short pages
			for next := ""; ; {
				page := list(base.path+"?limit=20&"+query+"&continue="+next, false)
				want = append(want, page.Rows...)
				if next = page.Metadata.Continue; next == "" {
					break
				}
			}
			for _, limit := range []string{"", "&limit=70", "&limit=1100"} {
				for _, zip := range []bool{false, true} {
					for range 2 { // made, then kept
						got := list(base.path+"?"+query+limit, zip)
						require.Equal(t, len(got.Rows) < len(want), got.Metadata.Continue != "")
						require.NotEmpty(t, got.Rows)
						for i := range got.Rows {
							require.Equal(t, string(want[i]), string(got.Rows[i]), "%s %s%s row %d", base.path, query, limit, i)
						}
					}
				}
			}
		}
	}
	before := list(events, false).Rows[3]
	now = now.Add(time.Hour)
	after := list(events, false).Rows[3]
	require.Contains(t, string(before), `"3m"`)
	require.Contains(t, string(after), `"63m"`)
}

// Rows are without the annotations that an object has only in its version, in long lists
// as in short ones.
func TestRowsWithoutAnnotationsOfVersions(t *testing.T) {
	f := newFixture(t, nil)
	const path = "/apis/apps/v1/namespaces/default/daemonsets"
	for i := range 100 {
		a := f.send("POST "+path, fmt.Sprintf(`{"metadata":{"name":"d%d"},"spec":{"selector":{"matchLabels":{"a":"b"}},
			"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}`, i), "Content-Type", "application/json")
		require.Equal(t, 201, a.code, string(a.body))
		require.Contains(t, string(a.body), "deprecated.daemonset.template.generation")
	}
	for _, query := range []string{"", "?limit=1"} {
		a := f.send("GET "+path+query, "", "Accept", asTable)
		require.Equal(t, 200, a.code, string(a.body))
		require.Contains(t, string(a.body), `"d0"`)
		require.NotContains(t, string(a.body), "deprecated.daemonset.template.generation")
	}
}

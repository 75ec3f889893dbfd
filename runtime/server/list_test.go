package server

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

func TestListForms(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.CBOR = true })
	for _, n := range []int{0, 1, 3} {
		t.Run(fmt.Sprint(n, " items"), func(t *testing.T) {
			namespace := fmt.Sprint("n", n)
			require.Equal(t, 201, f.send("POST /api/v1/namespaces", `{"metadata":{"name":"`+namespace+`"}}`).code)
			path := "/api/v1/namespaces/" + namespace + "/configmaps"
			for i := range n {
				require.Equal(t, 201, f.send("POST "+path, fmt.Sprintf(`{"metadata":{"name":"c%d"},"data":{"k":"v%d"}}`, i, i)).code)
			}
			plain := f.send("GET "+path, "")
			require.Equal(t, 200, plain.code)
			require.Equal(t, fmt.Sprint(len(plain.body)), plain.header.Get("Content-Length"))
			require.True(t, bytes.HasSuffix(plain.body, []byte("]}\n")))
			var want corev1.ConfigMapList
			_, err := codec.UnmarshalJSON(plain.body, &want, codec.DecodeOptions{Strict: true})
			require.NoError(t, err)
			require.Len(t, want.Items, n)
			require.Equal(t, meta.TypeMeta{Kind: "ConfigMapList", APIVersion: "v1"}, want.TypeMeta)

			a := f.send("GET "+path, "", "Accept", codec.Protobuf)
			require.Equal(t, fmt.Sprint(len(a.body)), a.header.Get("Content-Length"))
			typeMeta, raw, _, err := codec.UnmarshalEnvelope(a.body)
			require.NoError(t, err)
			require.Equal(t, want.TypeMeta, typeMeta)
			got := corev1.ConfigMapList{TypeMeta: typeMeta}
			require.NoError(t, codec.UnmarshalProto(raw, &got))
			require.True(t, codec.Equal(&want, &got), "%+v", got)
			whole, err := codec.MarshalEnvelope(&want)
			require.NoError(t, err)
			require.Equal(t, whole, a.body, "the pieces are the same as the whole")

			a = f.send("GET "+path, "", "Accept", codec.CBOR)
			got = corev1.ConfigMapList{}
			_, err = codec.UnmarshalCBOR(a.body, &got, codec.DecodeOptions{Strict: true})
			require.NoError(t, err)
			require.True(t, codec.Equal(&want, &got), "%+v", got)

			a = f.send("GET "+path, "", "Accept", codec.YAML)
			asJSON, err := yaml.YAMLToJSON(a.body)
			require.NoError(t, err)
			require.JSONEq(t, string(plain.body), string(asJSON))

			a = f.send("GET "+path+"?pretty=true", "")
			require.Contains(t, string(a.body), "\n  \"kind\": \"ConfigMapList\"")
			require.JSONEq(t, string(plain.body), string(a.body))

			for _, form := range []string{codec.JSON, codec.Protobuf, codec.CBOR} {
				for _, version := range []string{"v1", "v1beta1"} {
					a = f.send("GET "+path, "", "Accept", form+";as=PartialObjectMetadataList;v="+version+";g=meta.k8s.io")
					require.Equal(t, 200, a.code, "%s", a.body)
					var list meta.PartialObjectMetadataList
					switch form {
					case codec.Protobuf:
						list.TypeMeta, raw, _, err = codec.UnmarshalEnvelope(a.body)
						require.NoError(t, err)
						require.NoError(t, codec.UnmarshalProto(raw, &list))
					case codec.CBOR:
						_, err = codec.UnmarshalCBOR(a.body, &list, codec.DecodeOptions{})
						require.NoError(t, err)
					default:
						require.Equal(t, n == 0, strings.Contains(string(a.body), `"items":null`))
						_, err = codec.UnmarshalJSON(a.body, &list, codec.DecodeOptions{})
						require.NoError(t, err)
					}
					require.Equal(t, meta.TypeMeta{Kind: "PartialObjectMetadataList", APIVersion: "meta.k8s.io/" + version}, list.TypeMeta)
					require.Len(t, list.Items, n)
					for i, item := range list.Items {
						require.Equal(t, want.Items[i].UID, item.UID)
						if form != codec.Protobuf {
							require.Equal(t, "meta.k8s.io/"+version, item.APIVersion)
						}
					}
				}
			}
		})
	}
}

func TestLargeListsAreCompressed(t *testing.T) {
	f := newFixture(t, nil)
	for i := range 60 {
		f.configMap(fmt.Sprint("c", i), strings.Repeat("x", 4000))
	}
	plain := f.send("GET "+inDefault, "", "Accept-Encoding", "identity")
	require.Empty(t, plain.header.Get("Content-Encoding"))
	for _, accept := range []string{codec.JSON, codec.Protobuf} {
		a := f.send("GET "+inDefault, "", "Accept-Encoding", "gzip", "Accept", accept)
		require.Equal(t, "gzip", a.header.Get("Content-Encoding"), accept)
		require.Contains(t, a.header.Values("Vary"), "Accept-Encoding")
		require.Less(t, len(a.body), len(plain.body)/4)
		zr, err := gzip.NewReader(bytes.NewReader(a.body))
		require.NoError(t, err)
		data, err := io.ReadAll(zr)
		require.NoError(t, err)
		if accept == codec.JSON {
			require.Equal(t, plain.body, data)
		}
	}
	require.Empty(t, f.send("GET "+inDefault, "", "Accept-Encoding", "gzip;q=0").header.Get("Content-Encoding"))
	require.Empty(t, f.send("GET "+inDefault+"?limit=1", "", "Accept-Encoding", "gzip").header.Get("Content-Encoding"), "small ones are not worth it")
}

func TestTables(t *testing.T) {
	var clock atomic.Int64 // seconds
	f := newFixture(t, func(o *Options) { o.Now = func() time.Time { return time.Unix(clock.Load(), 0) } })
	f.configMap("a", "v")
	created, err := time.Parse(time.RFC3339, f.send("GET "+inDefault+"/a", "").json(t)["metadata"].(map[string]any)["creationTimestamp"].(string))
	require.NoError(t, err)
	clock.Store(created.Unix() + 190)
	const accept = "application/json;as=Table;v=v1;g=meta.k8s.io"
	table := func(do, accept string, body string, more ...string) meta.Table {
		t.Helper()
		a := f.send(do, body, append([]string{"Accept", accept}, more...)...)
		require.Less(t, a.code, 300, "%s", a.body)
		var table meta.Table
		require.NoError(t, json.Unmarshal(a.body, &table), "%s", a.body)
		return table
	}
	list := table("GET "+inDefault, accept, "")
	require.Equal(t, "Table", list.Kind)
	require.Equal(t, "meta.k8s.io/v1", list.APIVersion)
	require.NotEmpty(t, list.ResourceVersion)
	require.Len(t, list.Rows, 1)
	require.Equal(t, len(list.ColumnDefinitions), len(list.Rows[0].Cells))
	require.Equal(t, "a", list.Rows[0].Cells[0])
	require.Equal(t, "3m10s", list.Rows[0].Cells[len(list.Rows[0].Cells)-1])
	require.Contains(t, string(list.Rows[0].Object.Raw), `"kind":"PartialObjectMetadata"`)

	require.Empty(t, list.Rows[0].Conditions)
	none := f.send("GET "+inDefault+"?includeObject=None", "", "Accept", accept)
	require.Contains(t, string(none.body), `"object":null`)
	object := table("GET "+inDefault+"/a?includeObject=Object", accept, "")
	require.Contains(t, string(object.Rows[0].Object.Raw), `"data":{"k":"v"}`)
	old := table("GET "+inDefault, strings.ReplaceAll(accept, "v=v1", "v=v1beta1"), "")
	require.Equal(t, "meta.k8s.io/v1beta1", old.APIVersion)
	require.Contains(t, string(old.Rows[0].Object.Raw), "meta.k8s.io/v1beta1")

	require.Equal(t, "b", table("POST "+inDefault, accept, `{"metadata":{"name":"b"}}`).Rows[0].Cells[0])
	require.Equal(t, "b", table("PATCH "+inDefault+"/b", accept, `{"data":{"x":"y"}}`, "Content-Type", "application/merge-patch+json").Rows[0].Cells[0])
	empty := f.send("GET "+inDefault+"?labelSelector=nobody", "", "Accept", accept)
	require.Contains(t, string(empty.body), `"rows":[]`)

	a := f.send("GET "+inDefault+"?includeObject=Everything", "", "Accept", accept)
	require.Equal(t, 400, a.code)
	require.Equal(t, "Unable to convert to Table as requested: includeObject: Invalid value: \"Everything\": must be 'Metadata', 'Object', 'None', or empty", a.message(t))
}

func TestFinishedPodsAreMarked(t *testing.T) {
	resources := corev1.Version().Resources
	pods := resources[slices.IndexFunc(resources, func(r *scheme.Resource) bool { return r.Name == "pods" })]
	for phase, want := range map[corev1.PodPhase]string{
		corev1.PodSucceeded: "The pod has completed successfully.", corev1.PodFailed: "The pod failed.", corev1.PodRunning: "",
	} {
		rows := tables{resource: pods}
		conditions := rows.cells(&corev1.Pod{Status: corev1.PodStatus{Phase: phase}}).Conditions
		if want == "" {
			require.Empty(t, conditions)
			continue
		}
		require.Equal(t, []meta.TableRowCondition{{Type: "Completed", Status: "True", Reason: string(phase), Message: want}}, conditions)
	}
}

func TestScalesHaveColumnsOfTheirOwn(t *testing.T) {
	f := newFixture(t, nil)
	const rc = `{"metadata":{"name":"a"},"spec":{"replicas":3,"selector":{"x":"y"},"template":{"metadata":{"labels":{"x":"y"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}`
	made := f.send("POST /api/v1/namespaces/default/replicationcontrollers", rc)
	require.Equal(t, 201, made.code, "%s", made.body)
	a := f.send("GET /api/v1/namespaces/default/replicationcontrollers/a/scale", "", "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
	require.Equal(t, 200, a.code, "%s", a.body)
	var table meta.Table
	require.NoError(t, json.Unmarshal(a.body, &table))
	var columns []string
	for _, c := range table.ColumnDefinitions {
		columns = append(columns, c.Name+" "+c.Type+" "+c.Format)
	}
	require.Equal(t, []string{"Name string ", "Desired integer ", "Available integer ", "Age string "}, columns)
	require.Equal(t, []any{"a", float64(3), float64(0)}, table.Rows[0].Cells[:3])
}

func TestDeletedObjectsAndCollections(t *testing.T) {
	f := newFixture(t, nil)
	f.configMap("a", "v")
	f.configMap("b", "v")
	a := f.send("DELETE "+inDefault+"/a", "")
	require.Equal(t, "Success", a.json(t)["status"])
	a = f.send("DELETE "+inDefault, "")
	require.Equal(t, 200, a.code)
	require.Equal(t, "ConfigMapList", a.json(t)["kind"])
	require.Len(t, a.json(t)["items"], 1)
	require.Empty(t, f.send("GET "+inDefault, "").json(t)["items"])
}

func BenchmarkList(b *testing.B) {
	f := newFixture(b, nil)
	for i := range 500 {
		f.configMap(fmt.Sprint("c", i), strings.Repeat("x", 4000))
	}
	for _, accept := range []string{codec.JSON, codec.Protobuf} {
		for _, encoding := range []string{"identity", "gzip"} {
			b.Run(accept+" "+encoding, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					r := f.request(b.Context(), "GET "+inDefault, "", "Accept", accept, "Accept-Encoding", encoding)
					resp, err := f.http.Client().Do(r)
					require.NoError(b, err)
					n, err := io.Copy(io.Discard, resp.Body)
					require.NoError(b, err)
					resp.Body.Close()
					b.SetBytes(n)
				}
			})
		}
	}
}

func BenchmarkGet(b *testing.B) {
	f := newFixture(b, nil)
	f.configMap("a", strings.Repeat("x", 3000))
	handler := f.server.Handler()
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, f.request(b.Context(), "GET "+inDefault+"/a", ""))
		if w.Code != 200 {
			b.Fatal(w.Body)
		}
	}
}

package client

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestApplyBody(t *testing.T) {
	w := widget("n", "a", "")
	w.UID = ""
	w.Status.Ready = true
	w.Spec.Empty = &WidgetInner{}
	w.Spec.Parts = []WidgetInner{{Name: "p"}, {}}
	w.ManagedFields = []meta.ManagedFieldsEntry{{Manager: "x"}}
	body, err := applyBody(w, w.GroupVersionKind(), "")
	require.NoError(t, err)
	assert.JSONEq(t, `{"apiVersion":"toys.example.com/v1","kind":"Widget","metadata":{"name":"a","namespace":"n"},"spec":{"empty":{},"parts":[{"name":"p"},{}]}}`, string(body),
		"null lists and zero structs would be owned by the applier; pointers and list items were meant")

	body, err = applyBody(w, w.GroupVersionKind(), "status")
	require.NoError(t, err)
	assert.Contains(t, string(body), `"status":{"ready":true}`)

	u := &meta.Unstructured{Fields: map[string]any{"spec": map[string]any{"a": map[string]any{}}}}
	u.Name = "b"
	body, err = applyBody(u, meta.GroupVersionKind{Version: "v1", Kind: "Thing"}, "")
	require.NoError(t, err)
	assert.JSONEq(t, `{"apiVersion":"v1","kind":"Thing","metadata":{"name":"b"},"spec":{"a":{}}}`, string(body))
}

func TestApply(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/apis/toys.example.com/v1/namespaces/n/widgets/a?fieldManager=me&force=true", r.RequestURI)
		assert.Equal(t, "application/apply-patch+yaml", r.Header.Get("Content-Type"))
		body, _ := io.ReadAll(r.Body)
		assert.JSONEq(t, `{"apiVersion":"toys.example.com/v1","kind":"Widget","metadata":{"name":"a","namespace":"n"},"spec":{"size":3}}`, string(body))
		answerProto(t, w, 200, widget("n", "a", "9"))
	})
	mine := &Widget{ObjectMeta: meta.ObjectMeta{Name: "a", Namespace: "n"}, Spec: WidgetSpec{Size: 3}}
	got, err := Of[Widget](c).Apply(t.Context(), mine, "me", true)
	require.NoError(t, err)
	assert.Equal(t, "9", got.ResourceVersion)
	assert.Empty(t, mine.ResourceVersion)
}

func TestAllReadsPages(t *testing.T) {
	var asked []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RawQuery)
		switch r.URL.Query().Get("continue") {
		case "":
			answerJSON(w, 200, `{"metadata":{"resourceVersion":"7","continue":"t1"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}`)
		case "t1":
			answerJSON(w, 200, `{"metadata":{"resourceVersion":"7","continue":"t2"},"items":[{"metadata":{"name":"c"}}]}`)
		default:
			answerJSON(w, 410, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410}`)
		}
	})
	var got []string
	var last error
	for crate, err := range Of[Crate](c).All(t.Context(), meta.ListOptions{Limit: 2, ResourceVersion: "5"}) {
		if err != nil {
			last = err
			continue
		}
		got = append(got, crate.Name)
	}
	assert.Equal(t, []string{"a", "b", "c"}, got)
	assert.True(t, meta.IsResourceExpired(last))
	assert.Equal(t, []string{"limit=2&resourceVersion=5", "continue=t1&limit=2", "continue=t2&limit=2"}, asked)

	asked = nil
	for range Of[Crate](c).All(t.Context()) {
		break
	}
	assert.Equal(t, []string{"limit=500"}, asked, "what is not looped over is not read")
}

func TestList(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		left := int64(3)
		answerProto(t, w, 200, &WidgetList{
			TypeMeta: meta.TypeMeta{APIVersion: "toys.example.com/v1", Kind: "WidgetList"},
			ListMeta: meta.ListMeta{ResourceVersion: "7", Continue: "t", RemainingItemCount: &left},
			Items:    []Widget{*widget("n", "a", "1")},
		})
	})
	list, err := Of[Widget](c).In("n").List(t.Context(), meta.ListOptions{Limit: 1})
	require.NoError(t, err)
	assert.Equal(t, "7", list.ResourceVersion)
	assert.EqualValues(t, 3, *list.RemainingItemCount)
	require.Len(t, list.Items, 1)
	assert.Equal(t, "a", list.Items[0].Name)
}

func TestDynamicList(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		answerJSON(w, 200, `{"kind":"ThingList","apiVersion":"x.io/v1","metadata":{"resourceVersion":"7"},"items":[{"kind":"Thing","apiVersion":"x.io/v1","metadata":{"name":"a"},"spec":{"n":1}}]}`)
	})
	list, err := Dynamic(c, meta.GroupVersionResource{Group: "x.io", Version: "v1", Resource: "things"}).List(t.Context())
	require.NoError(t, err)
	require.Len(t, list.Items, 1)
	assert.Equal(t, "a", list.Items[0].Name)
	assert.Equal(t, map[string]any{"spec": map[string]any{"n": int64(1)}}, list.Items[0].Fields)
}

func TestModify(t *testing.T) {
	for _, test := range []struct {
		name      string
		conflicts int
		ok        bool
	}{
		{"at once", 0, true}, {"after lost races", 4, true}, {"never", 5, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			version, puts := 1, 0
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					assert.Equal(t, "/apis/toys.example.com/v1/namespaces/n/widgets/a", r.RequestURI)
					answerProto(t, w, 200, widget("n", "a", fmt.Sprint(version)))
					return
				}
				assert.Equal(t, "/apis/toys.example.com/v1/namespaces/n/widgets/a/status", r.RequestURI)
				body, _ := io.ReadAll(r.Body)
				var got Widget
				assert.NoError(t, decodeEnvelope(body, &got, false))
				assert.Equal(t, fmt.Sprint(version), got.ResourceVersion, "each try begins with the latest state")
				assert.True(t, got.Status.Ready)
				if puts++; puts <= test.conflicts {
					version++
					status := meta.Conflict(meta.GroupResource{Resource: "widgets"}, "a", meta.ErrModified).Status
					answerProto(t, w, 409, &status)
					return
				}
				answerProto(t, w, 200, &got)
			})
			_, err := Of[Widget](c).In("n").Subresource("status").Modify(t.Context(), "a", func(w *Widget) error {
				w.Status.Ready = true
				return nil
			})
			assert.Equal(t, test.ok, err == nil)
			assert.Equal(t, !test.ok, meta.IsConflict(err))
		})
	}
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, http.MethodGet, r.Method, "a change that fails is not written")
		answerProto(t, w, 200, widget("n", "a", "1"))
	})
	_, err := Of[Widget](c).In("n").Modify(t.Context(), "a", func(*Widget) error { return assert.AnError })
	assert.Equal(t, assert.AnError, err)
}

// A type that the scheme does not know is reported by every method, not by a
// panic somewhere.
func TestUnknownType(t *testing.T) {
	type Unknown struct {
		meta.TypeMeta   `json:",inline"`
		meta.ObjectMeta `json:"metadata,omitempty"`
	}
	c := serve(t, func(w http.ResponseWriter, r *http.Request) { t.Error("sent: ", r.URL) })
	ctx, r, obj := t.Context(), Of[Unknown](c), &Unknown{}
	_, get := r.Get(ctx, "a")
	_, list := r.List(ctx)
	_, patch := r.Patch(ctx, "a", Patch{})
	_, apply := r.Apply(ctx, obj, "m", false)
	_, modify := r.Modify(ctx, "a", func(*Unknown) error { return nil })
	var all, watch error
	for _, err := range r.All(ctx) {
		all = err
	}
	for _, err := range r.Watch(ctx) {
		watch = err
	}
	for i, err := range []error{get, list, patch, apply, modify, all, watch,
		r.Create(ctx, obj), r.Update(ctx, obj), r.UpdateStatus(ctx, obj), r.Delete(ctx, "a"), r.DeleteCollection(ctx, meta.ListOptions{})} {
		assert.ErrorContains(t, err, "no kind for Go type", "method %d", i)
	}
}

func TestAs(t *testing.T) {
	w := widget("n", "a", "1")
	w.Spec.Size = 3
	same, err := as[Widget](w)
	require.NoError(t, err)
	assert.Same(t, w, same)

	u, err := as[meta.Unstructured](w)
	require.NoError(t, err)
	back, err := as[Widget](u)
	require.NoError(t, err)
	assert.True(t, codec.Equal(w, back), "%v", back)

	_, err = as[Crate](w)
	assert.Error(t, err)
}

package client

import (
	"context"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	require.NoError(t, err)
	return string(data)
}

// discovered is what both documents of testdata say.
var discovered = []ResourceInfo{
	{
		Resource: meta.GroupVersionResource{Version: "v1", Resource: "crates"}, Kind: meta.GroupVersionKind{Version: "v1", Kind: "Crate"},
		Singular: "crate", Verbs: []string{"get", "list"}, Preferred: true,
	},
	{
		Resource: widgets, Kind: meta.GroupVersionKind{Group: "toys.example.com", Version: "v1", Kind: "Widget"},
		Singular: "widget", ShortNames: []string{"wi"}, Categories: []string{"all"}, Namespaced: true,
		Verbs: []string{"create", "get", "list", "watch"}, Preferred: true, Subresources: []string{"scale", "status"},
	},
	{
		Resource: meta.GroupVersionResource{Group: "toys.example.com", Version: "v1beta1", Resource: "widgets"},
		Kind:     meta.GroupVersionKind{Group: "toys.example.com", Version: "v1beta1", Kind: "Widget"},
		Singular: "widget", Namespaced: true, Verbs: []string{"get"},
	},
	{
		Resource: meta.GroupVersionResource{Group: "toys.example.com", Version: "v1beta1", Resource: "gadgets"},
		Kind:     meta.GroupVersionKind{Group: "toys.example.com", Version: "v1beta1", Kind: "Gadget"},
		Singular: "gadget", Verbs: []string{"list"}, Preferred: true,
	},
}

func TestDiscoverAggregated(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, acceptDiscovery, r.Header.Get("Accept"))
		w.Header().Set("Content-Type", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
		switch r.URL.Path {
		case "/api":
			w.Write([]byte(read(t, "aggregated_api.json")))
		case "/apis":
			w.Write([]byte(read(t, "aggregated_apis.json")))
		default:
			t.Error("asked for", r.URL.Path)
		}
	})
	all, err := Discover(t.Context(), c)
	assert.ErrorContains(t, err, "away.example.com/v1: its server does not answer", "what is missing must be told")
	assert.Equal(t, discovered, all)
}

func TestDiscoverLegacy(t *testing.T) {
	answers := map[string]string{
		"/api":    `{"kind":"APIVersions","versions":["v1"]}`,
		"/api/v1": `{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"crates","singularName":"crate","namespaced":false,"kind":"Crate","verbs":["get","list"]}]}`,
		"/apis": `{"kind":"APIGroupList","apiVersion":"v1","groups":[{"name":"toys.example.com","versions":[{"groupVersion":"toys.example.com/v1","version":"v1"},
			{"groupVersion":"toys.example.com/v1beta1","version":"v1beta1"}],"preferredVersion":{"groupVersion":"toys.example.com/v1","version":"v1"}},
			{"name":"away.example.com","versions":[{"groupVersion":"away.example.com/v1","version":"v1"}]}]}`,
		"/apis/toys.example.com/v1": `{"kind":"APIResourceList","groupVersion":"toys.example.com/v1","resources":[
			{"name":"widgets","singularName":"widget","namespaced":true,"kind":"Widget","verbs":["create","get","list","watch"],"shortNames":["wi"],"categories":["all"]},
			{"name":"widgets/scale","singularName":"","namespaced":true,"group":"autoscaling","version":"v1","kind":"Scale","verbs":["get"]},
			{"name":"widgets/status","singularName":"","namespaced":true,"kind":"Widget","verbs":["get"]}]}`,
		"/apis/toys.example.com/v1beta1": `{"kind":"APIResourceList","groupVersion":"toys.example.com/v1beta1","resources":[
			{"name":"widgets","singularName":"widget","namespaced":true,"kind":"Widget","verbs":["get"]},
			{"name":"gadgets","singularName":"gadget","namespaced":false,"kind":"Gadget","verbs":["list"]}]}`,
	}
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[r.URL.Path]
		if !ok {
			answerJSON(w, 503, `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"service unavailable","reason":"ServiceUnavailable","code":503}`)
			return
		}
		answerJSON(w, 200, body)
	})
	all, err := Discover(t.Context(), c)
	assert.ErrorContains(t, err, "service unavailable")
	assert.Equal(t, discovered, all)
}

func TestDiscoverInScheme(t *testing.T) {
	all, err := Discover(t.Context(), newScripted(t, nil, nil))
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Equal(t, crates, all[0].Resource)
	assert.Equal(t, widgets, all[1].Resource)
	assert.Equal(t, []string{"status"}, all[1].Subresources)
	assert.True(t, all[1].Can("list", "watch"))
	assert.False(t, all[1].Can("list", "dance"))
}

func TestServerVersion(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		answerJSON(w, 200, `{"major":"1","minor":"37","gitVersion":"v1.37.1"}`)
	})
	version, err := c.ServerVersion(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "v1.37.1", version)
}

// changing is a Client whose API changes.
type changing struct {
	*scripted
	all   []ResourceInfo
	err   error
	asked atomic.Int32
}

func (c *changing) Discover(context.Context) ([]ResourceInfo, error) {
	c.asked.Add(1)
	return c.all, c.err
}

func TestMapper(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &changing{scripted: newScripted(t, nil, nil), all: discovered}
		m := NewMapper(c)
		ctx := t.Context()

		r, err := m.ForKind(ctx, meta.GroupVersionKind{Group: "toys.example.com", Kind: "Widget"})
		require.NoError(t, err)
		assert.Equal(t, widgets, r.Resource, "without a version it is the preferred one")
		r, err = m.ForKind(ctx, meta.GroupVersionKind{Group: "toys.example.com", Version: "v1beta1", Kind: "Widget"})
		require.NoError(t, err)
		assert.Equal(t, "v1beta1", r.Resource.Version)
		r, err = m.ForResource(ctx, meta.GroupVersionResource{Group: "toys.example.com", Resource: "gadgets"})
		require.NoError(t, err)
		assert.Equal(t, "Gadget", r.Kind.Kind)
		for _, name := range []string{"widgets", "Widget", "wi", "widgets.toys.example.com", "widgets.v1.toys.example.com", "wi.toys.example.com"} {
			r, err := m.ForName(ctx, name)
			require.NoError(t, err, name)
			assert.Equal(t, widgets, r.Resource, name)
		}
		r, err = m.ForName(ctx, "widgets.v1beta1.toys.example.com")
		require.NoError(t, err)
		assert.Equal(t, "v1beta1", r.Resource.Version)
		assert.EqualValues(t, 1, c.asked.Load())

		// What is not known is asked for, but not again and again.
		later := meta.GroupVersionKind{Group: "new.example.com", Version: "v1", Kind: "New"}
		for range 10 {
			_, err = m.ForKind(ctx, later)
			var none *NoMatchError
			assert.ErrorAs(t, err, &none)
		}
		assert.EqualValues(t, 1, c.asked.Load())
		time.Sleep(mapperRefresh)
		c.all = []ResourceInfo{{Resource: meta.GroupVersionResource{Group: "new.example.com", Version: "v1", Resource: "news"}, Kind: later, Preferred: true}}
		c.err = assert.AnError
		_, err = m.ForKind(ctx, later)
		assert.NoError(t, err)
		_, err = m.ForKind(ctx, discovered[0].Kind)
		assert.NoError(t, err, "what could not be asked about this time has not gone")
		_, err = m.ForName(ctx, "dances")
		assert.ErrorIs(t, err, assert.AnError)

		time.Sleep(mapperRefresh)
		c.err = nil
		all, err := m.All(ctx, time.Second)
		require.NoError(t, err)
		assert.Len(t, all, 1, "what the server no longer lists has gone")
	})
}

func TestMapperWithoutServer(t *testing.T) {
	c := &changing{scripted: newScripted(t, nil, nil), err: assert.AnError}
	_, err := NewMapper(c).ForName(t.Context(), "widgets")
	assert.Equal(t, assert.AnError, err)
}

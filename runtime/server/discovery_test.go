package server

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	apidiscoveryv2 "github.com/kubenucleus/nucleus/apimachinery/api/apidiscovery/v2"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

const aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

func TestDiscovery(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.ExternalAddress = "api.example.com:6443" })
	a := f.send("GET /api", "")
	require.JSONEq(t, `{"kind":"APIVersions","versions":["v1"],"serverAddressByClientCIDRs":[{"clientCIDR":"0.0.0.0/0","serverAddress":"api.example.com:6443"}]}`, string(a.body))

	var groups meta.APIGroupList
	a = f.send("GET /apis", "")
	require.NoError(t, json.Unmarshal(a.body, &groups))
	require.Equal(t, "apiregistration.k8s.io", groups.Groups[0].Name)
	require.Equal(t, "apps", groups.Groups[1].Name)
	require.Equal(t, meta.GroupVersionForDiscovery{GroupVersion: "apps/v1", Version: "v1"}, groups.Groups[1].PreferredVersion)
	require.NotContains(t, string(a.body), `"name":""`)

	require.JSONEq(t, `{"kind":"APIGroup","apiVersion":"v1","name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}],"preferredVersion":{"groupVersion":"apps/v1","version":"v1"}}`,
		string(f.send("GET /apis/apps", "").body))

	var core meta.APIResourceList
	a = f.send("GET /api/v1", "")
	require.NoError(t, json.Unmarshal(a.body, &core))
	require.Equal(t, "v1", core.GroupVersion)
	byName := map[string]meta.APIResource{}
	for _, r := range core.APIResources {
		byName[r.Name] = r
	}
	// The hash is Kubernetes' own for Pods stored as v1.
	require.Equal(t, meta.APIResource{
		Name: "pods", SingularName: "pod", Namespaced: true, Kind: "Pod", ShortNames: []string{"po"}, Categories: []string{"all"},
		Verbs: []string{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}, StorageVersionHash: "xPOwRZ+Yhw8=",
	}, byName["pods"])
	require.Equal(t, meta.APIResource{Name: "pods/eviction", Namespaced: true, Group: "policy", Version: "v1", Kind: "Eviction", Verbs: []string{"create"}}, byName["pods/eviction"])
	require.Empty(t, byName["bindings"].StorageVersionHash)
}

func TestAggregatedDiscovery(t *testing.T) {
	f := newFixture(t, nil)
	a := f.send("GET /apis", "", "Accept", aggregated)
	require.Equal(t, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", a.header.Get("Content-Type"))
	var list apidiscoveryv2.APIGroupDiscoveryList
	_, err := codec.UnmarshalJSON(a.body, &list, codec.DecodeOptions{Strict: true})
	require.NoError(t, err)
	require.Equal(t, "apidiscovery.k8s.io/v2", list.APIVersion)
	require.Equal(t, "apps", list.Items[1].Name)

	etag := a.header.Get("ETag")
	require.NotEmpty(t, etag)
	again := f.send("GET /apis", "", "Accept", aggregated, "If-None-Match", etag)
	require.Equal(t, 304, again.code)
	require.Empty(t, again.body)
	require.Equal(t, 200, f.send("GET /apis", "", "Accept", aggregated, "If-None-Match", `"other"`).code)
	require.NotEqual(t, etag, f.send("GET /api", "", "Accept", aggregated).header.Get("ETag"))

	a = f.send("GET /apis", "", "Accept", "application/vnd.kubernetes.protobuf;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
	_, raw, _, err := codec.UnmarshalEnvelope(a.body)
	require.NoError(t, err)
	got := apidiscoveryv2.APIGroupDiscoveryList{TypeMeta: list.TypeMeta}
	require.NoError(t, codec.UnmarshalProto(raw, &got))
	require.True(t, codec.Equal(&list, &got))

	for accept, want := range map[string]string{
		"application/json," + aggregated: "APIGroupDiscoveryList",
		aggregated + ",application/json": "APIGroupDiscoveryList",
		"application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList,application/json": "APIGroupList",
		"application/json": "APIGroupList",
		"application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList": "Status",
	} {
		require.Equal(t, want, f.send("GET /apis", "", "Accept", accept).json(t)["kind"], accept)
	}
	require.Equal(t, 406, f.send("GET /apis/apps", "", "Accept", aggregated).code)
}

func TestIndex(t *testing.T) {
	f := newFixture(t, nil)
	var index struct{ Paths []string }
	require.NoError(t, json.Unmarshal(f.send("GET /", "").body, &index))
	require.Subset(t, index.Paths, []string{"/api", "/api/v1", "/apis", "/apis/apps", "/apis/apps/v1", "/healthz", "/livez/ping", "/metrics", "/readyz/informer-sync", "/version"})
	require.IsIncreasing(t, index.Paths)
}

func TestVersion(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.Version.GitVersion = "v1.37.1-nucleus" })
	v := f.send("GET /version", "").json(t)
	require.Equal(t, "1", v["major"])
	require.Equal(t, "37", v["minor"])
	require.Equal(t, "v1.37.1-nucleus", v["gitVersion"])
	require.Equal(t, "36", v["minCompatibilityMinor"])
	require.NotEmpty(t, v["goVersion"])
}

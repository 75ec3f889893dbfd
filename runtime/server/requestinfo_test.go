package server

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestParseRequest(t *testing.T) {
	v1 := func(resource string) meta.GroupVersionResource {
		return meta.GroupVersionResource{Version: "v1", Resource: resource}
	}
	apps := func(resource string) meta.GroupVersionResource {
		return meta.GroupVersionResource{Group: "apps", Version: "v1", Resource: resource}
	}
	for do, want := range map[string]RequestInfo{
		"GET /":                             {Verb: "get"},
		"GET /api":                          {Verb: "get"},
		"POST /apis/apps":                   {Verb: "post"},
		"GET /apis/apps/v1":                 {Verb: "get"},
		"GET /api/v1/":                      {Verb: "get"},
		"GET /healthz/etcd/x":               {Verb: "get"},
		"GET /api/v1/pods":                  {Verb: "list", Resource: true, GroupVersionResource: v1("pods"), Parts: []string{"pods"}},
		"HEAD /api/v1/nodes/n":              {Verb: "get", Resource: true, GroupVersionResource: v1("nodes"), Name: "n", Parts: []string{"nodes", "n"}},
		"GET /api/v1/namespaces":            {Verb: "list", Resource: true, GroupVersionResource: v1("namespaces"), Parts: []string{"namespaces"}},
		"GET /api/v1/namespaces/n":          {Verb: "get", Resource: true, GroupVersionResource: v1("namespaces"), Namespace: "n", Name: "n", Parts: []string{"namespaces", "n"}},
		"PUT /api/v1/namespaces/n/finalize": {Verb: "update", Resource: true, GroupVersionResource: v1("namespaces"), Namespace: "n", Name: "n", Subresource: "finalize", Parts: []string{"namespaces", "n", "finalize"}},
		"POST /api/v1/namespaces/n/pods":    {Verb: "create", Resource: true, GroupVersionResource: v1("pods"), Namespace: "n", InNamespace: true, Parts: []string{"pods"}},
		"PATCH /apis/apps/v1/namespaces/n/deployments/d/scale":             {Verb: "patch", Resource: true, GroupVersionResource: apps("deployments"), Namespace: "n", InNamespace: true, Name: "d", Subresource: "scale", Parts: []string{"deployments", "d", "scale"}},
		"DELETE /apis/apps/v1/namespaces/n/deployments":                    {Verb: "deletecollection", Resource: true, GroupVersionResource: apps("deployments"), Namespace: "n", InNamespace: true, Parts: []string{"deployments"}},
		"OPTIONS /api/v1/pods":                                             {Verb: "", Resource: true, GroupVersionResource: v1("pods"), Parts: []string{"pods"}},
		"GET /api/v1/pods?watch=1":                                         {Verb: "watch", Resource: true, GroupVersionResource: v1("pods"), Parts: []string{"pods"}},
		"GET /api/v1/pods?watch=maybe":                                     {Verb: "watch", Resource: true, GroupVersionResource: v1("pods"), Parts: []string{"pods"}},
		"GET /api/v1/pods?watch":                                           {Verb: "watch", Resource: true, GroupVersionResource: v1("pods"), Parts: []string{"pods"}},
		"GET /api/v1/pods?watch=FALSE":                                     {Verb: "list", Resource: true, GroupVersionResource: v1("pods"), Parts: []string{"pods"}},
		"GET /api/v1/pods?watch=0&watch=1":                                 {Verb: "list", Resource: true, GroupVersionResource: v1("pods"), Parts: []string{"pods"}},
		"GET /api/v1/namespaces/n/pods/p?watch=1":                          {Verb: "get", Resource: true, GroupVersionResource: v1("pods"), Namespace: "n", InNamespace: true, Name: "p", Parts: []string{"pods", "p"}},
		"GET /api/v1/watch/namespaces/n/pods/p":                            {Verb: "watch", Watch: true, Resource: true, GroupVersionResource: v1("pods"), Namespace: "n", InNamespace: true, Name: "p", Parts: []string{"pods", "p"}},
		"GET /api/v1/watch/namespaces/n":                                   {Verb: "watch", Watch: true, Resource: true, GroupVersionResource: v1("namespaces"), Namespace: "n", Name: "n", Parts: []string{"namespaces", "n"}},
		"GET /api/v1/namespaces/n/pods/p/proxy/a/b":                        {Verb: "get", Resource: true, GroupVersionResource: v1("pods"), Namespace: "n", InNamespace: true, Name: "p", Subresource: "proxy", Parts: []string{"pods", "p", "proxy", "a", "b"}},
		"GET /api/v1/pods?fieldSelector=metadata.name%3Dp&labelSelector=a": {Verb: "list", Resource: true, GroupVersionResource: v1("pods"), Name: "p", NamedBySelector: true, FieldSelector: "metadata.name=p", LabelSelector: "a", Parts: []string{"pods"}},
		"GET /api/v1/pods?fieldSelector=metadata.name%3D..":                {Verb: "list", Resource: true, GroupVersionResource: v1("pods"), FieldSelector: "metadata.name=..", Parts: []string{"pods"}},
		"DELETE /api/v1/namespaces/n/pods?fieldSelector=metadata.name%3Dp": {Verb: "deletecollection", Resource: true, GroupVersionResource: v1("pods"), Namespace: "n", InNamespace: true, FieldSelector: "metadata.name=p", Parts: []string{"pods"}},
	} {
		t.Run(do, func(t *testing.T) {
			method, path, _ := strings.Cut(do, " ")
			info, ok := ParseRequest(httptest.NewRequest(method, path, nil))
			require.True(t, ok)
			want.Path, _, _ = strings.Cut(path, "?")
			require.Equal(t, want, *info)
		})
	}
	_, ok := ParseRequest(httptest.NewRequest("GET", "/api/v1/watch", nil))
	require.False(t, ok)
}

func TestLongRunning(t *testing.T) {
	for path, want := range map[string]bool{
		"/api/v1/pods": false, "/api/v1/pods?watch=1": true, "/api/v1/watch/pods": true, "/api/v1/namespaces/n/pods/p/log": true,
		"/api/v1/namespaces/n/pods/p/status": false, "/api/v1/nodes/n/proxy/x": true, "/log": false,
	} {
		info, _ := ParseRequest(httptest.NewRequest("GET", path, nil))
		require.Equal(t, want, info.LongRunning(), path)
	}
}

func FuzzParseRequest(f *testing.F) {
	f.Add("/api/v1/namespaces/n/pods/p/log?x=1")
	f.Add("/apis/a/b/watch/namespaces//c")
	f.Add("//api///v1/%2f/..?fieldSelector=%zz")
	f.Fuzz(func(t *testing.T, path string) {
		r := httptest.NewRequest("GET", "/", nil)
		target, err := r.URL.Parse("/" + strings.TrimLeft(path, "/"))
		if err != nil {
			return
		}
		r.URL = target
		info, _ := ParseRequest(r)
		if info.Resource && info.GroupVersionResource.Resource == "" && len(info.Parts) > 0 && info.Parts[0] != "" {
			t.Fatalf("%q: %+v", path, info)
		}
	})
}

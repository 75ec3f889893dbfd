package client_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
)

var configMaps = meta.GroupVersionResource{Version: "v1", Resource: "configmaps"}

func configMap(name string, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "default"}, Data: data}
}

// Whatever a client does must come out the same in the server's process and
// across the network.
func TestVerbs(t *testing.T) {
	clienttest.Each(t, clienttest.Options{Bootstrap: true}, func(t *testing.T, c client.Client) {
		ctx := t.Context()
		maps := client.Of[corev1.ConfigMap](c).In("default")

		a := configMap("a", map[string]string{"k": "1"})
		require.NoError(t, maps.Create(ctx, a))
		assert.NotEmpty(t, a.UID)
		assert.NotEmpty(t, a.ResourceVersion)
		assert.True(t, meta.IsAlreadyExists(maps.Create(ctx, configMap("a", nil))))

		stale := codec.DeepCopy(a)
		a.Data["k"] = "2"
		require.NoError(t, maps.Update(ctx, a))
		assert.NotEqual(t, stale.ResourceVersion, a.ResourceVersion)
		stale.Data["k"] = "3"
		assert.True(t, meta.IsConflict(maps.Update(ctx, stale)))

		got, err := maps.Get(ctx, "a")
		require.NoError(t, err)
		assert.Equal(t, map[string]string{"k": "2"}, got.Data)
		got.Data["k"] = "mine"
		again, err := maps.Get(ctx, "a")
		require.NoError(t, err)
		assert.Equal(t, "2", again.Data["k"], "what a client hands out belongs to the caller")

		got, err = maps.Patch(ctx, "a", client.Patch{Type: client.MergePatch, Data: []byte(`{"data":{"k":null,"l":"4"}}`)})
		require.NoError(t, err)
		assert.Equal(t, map[string]string{"l": "4"}, got.Data)
		require.NoError(t, c.Patch(ctx, maps.Target("a"), client.Patch{Type: client.JSONPatch, Data: []byte(`[{"op":"add","path":"/data/m","value":"5"}]`)}, nil, meta.PatchOptions{}))

		got, err = maps.Modify(ctx, "a", func(m *corev1.ConfigMap) error { m.Labels = map[string]string{"x": "y"}; return nil })
		require.NoError(t, err)
		assert.Equal(t, map[string]string{"l": "4", "m": "5"}, got.Data)

		require.NoError(t, maps.Create(ctx, configMap("b", nil), meta.CreateOptions{DryRun: []string{meta.DryRunAll}}))
		_, err = maps.Get(ctx, "b")
		assert.True(t, meta.IsNotFound(err), "a dry run writes nothing")

		dynamic, err := client.Dynamic(c, configMaps).In("default").Get(ctx, "a")
		require.NoError(t, err)
		assert.Equal(t, map[string]any{"data": map[string]any{"l": "4", "m": "5"}}, dynamic.Fields)
		dynamic.Fields["data"] = map[string]any{"n": "6"}
		require.NoError(t, client.Dynamic(c, configMaps).Update(ctx, dynamic))

		metadata, err := client.Metadata(c, configMaps).In("default").List(ctx, meta.ListOptions{LabelSelector: "x=y"})
		require.NoError(t, err)
		require.Len(t, metadata.Items, 1)
		assert.Equal(t, a.UID, metadata.Items[0].UID)

		for i := range 7 {
			require.NoError(t, maps.Create(ctx, configMap(fmt.Sprint("page-", i), nil)))
		}
		var names []string
		for m, err := range maps.All(ctx, meta.ListOptions{Limit: 3}) {
			require.NoError(t, err)
			names = append(names, m.Name)
		}
		assert.Equal(t, []string{"a", "page-0", "page-1", "page-2", "page-3", "page-4", "page-5", "page-6"}, names)
		page, err := maps.List(ctx, meta.ListOptions{Limit: 3})
		require.NoError(t, err)
		assert.Len(t, page.Items, 3)
		assert.EqualValues(t, 5, *page.RemainingItemCount)

		require.NoError(t, maps.Delete(ctx, "page-0"))
		assert.True(t, meta.IsNotFound(maps.Delete(ctx, "page-0")))
		wrong := meta.UID("other")
		assert.True(t, meta.IsConflict(maps.Delete(ctx, "a", meta.DeleteOptions{Preconditions: &meta.Preconditions{UID: &wrong}})))
		require.NoError(t, maps.DeleteCollection(ctx, meta.ListOptions{LabelSelector: "!x"}))
		list, err := maps.List(ctx)
		require.NoError(t, err)
		require.Len(t, list.Items, 1)
		assert.Equal(t, map[string]string{"n": "6"}, list.Items[0].Data)
	})
}

func TestStatusIsItsOwn(t *testing.T) {
	clienttest.Each(t, clienttest.Options{Bootstrap: true}, func(t *testing.T, c client.Client) {
		ctx := t.Context()
		nodes := client.Of[corev1.Node](c)
		n := &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: "n"}, Status: corev1.NodeStatus{Phase: "Running"}}
		require.NoError(t, nodes.Create(ctx, n))
		n.Spec.PodCIDR = "10.1.0.0/24"
		n.Status.NodeInfo.KernelVersion = "7"
		require.NoError(t, nodes.UpdateStatus(ctx, n))
		assert.Equal(t, "7", n.Status.NodeInfo.KernelVersion)
		assert.Empty(t, n.Spec.PodCIDR)
	})
}

func TestWatchSeesEverything(t *testing.T) {
	clienttest.Each(t, clienttest.Options{Bootstrap: true}, func(t *testing.T, c client.Client) {
		ctx := t.Context()
		maps := client.Of[corev1.ConfigMap](c).In("default")
		list, err := maps.List(ctx)
		require.NoError(t, err)
		a := configMap("a", map[string]string{"k": "1"})
		require.NoError(t, maps.Create(ctx, a))
		a.Data["k"] = "2"
		require.NoError(t, maps.Update(ctx, a))
		require.NoError(t, maps.Create(ctx, configMap("b", nil)))
		require.NoError(t, maps.Delete(ctx, "a"))

		var got []string
		for e, err := range maps.Watch(ctx, meta.ListOptions{ResourceVersion: list.ResourceVersion}) {
			require.NoError(t, err)
			got = append(got, fmt.Sprint(e.Type, " ", e.Object.Name, " ", e.Object.Data["k"]))
			if e.Type == client.Deleted {
				break
			}
		}
		assert.Equal(t, []string{"ADDED a 1", "MODIFIED a 2", "ADDED b ", "DELETED a 2"}, got)

		// One object, by its name; and what a watch of long ago is told.
		for e, err := range c.Watch(ctx, client.Target{Resource: configMaps, Namespace: "default", Name: "b", MetadataOnly: true}, meta.ListOptions{}) {
			require.NoError(t, err)
			assert.IsType(t, &meta.PartialObjectMetadata{}, e.Object)
			assert.Equal(t, "b", e.Object.Metadata().Name)
			break
		}
	})
}

func TestCacheKeepsUp(t *testing.T) {
	clienttest.Each(t, clienttest.Options{Bootstrap: true}, func(t *testing.T, c client.Client) {
		ctx, cancel := context.WithCancel(t.Context())
		maps := client.Of[corev1.ConfigMap](c).In("default")
		require.NoError(t, maps.Create(ctx, configMap("before", map[string]string{"k": "0"})))

		cache := client.NewCache[corev1.ConfigMap](c, client.CacheOptions[corev1.ConfigMap]{
			Indexers: map[string]func(*corev1.ConfigMap) []string{"k": func(m *corev1.ConfigMap) []string { return []string{m.Data["k"]} }},
		})
		ended := make(chan error)
		go func() { ended <- cache.Run(ctx) }()
		defer func() {
			cancel()
			assert.NoError(t, <-ended)
		}()
		require.NoError(t, cache.WaitSynced(ctx))
		assert.Len(t, cache.ByIndex("k", "0"), 1)

		// Many writers at once; each reads what it wrote.
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				name := fmt.Sprint("m", i)
				m := configMap(name, map[string]string{"k": "start"})
				if !assert.NoError(t, maps.Create(ctx, m)) {
					return
				}
				for j := range 20 {
					m.Data["k"] = fmt.Sprint(j)
					if !assert.NoError(t, maps.Update(ctx, m)) || !assert.NoError(t, cache.WaitFor(ctx, m.ResourceVersion)) {
						return
					}
					got, ok := cache.Get("default", name)
					if !assert.True(t, ok) || !assert.Equal(t, m.Data, got.Data) {
						return
					}
				}
			})
		}
		wg.Wait()
		assert.Len(t, cache.ByIndex("k", "19"), 8)
		assert.Empty(t, cache.ByIndex("k", "18"))
	})
}

func TestCacheWithSelectors(t *testing.T) {
	clienttest.Each(t, clienttest.Options{Bootstrap: true}, func(t *testing.T, c client.Client) {
		ctx, cancel := context.WithCancel(t.Context())
		maps := client.Of[corev1.ConfigMap](c)
		cache := client.NewCache[meta.PartialObjectMetadata](c, client.CacheOptions[meta.PartialObjectMetadata]{
			Resource: configMaps, Namespace: "default", LabelSelector: "in=yes",
		})
		changes := make(chan string, 100)
		cache.Handle(client.Handler[meta.PartialObjectMetadata]{
			OnAdd:    func(m *meta.PartialObjectMetadata, _ bool) { changes <- "+" + m.Name },
			OnDelete: func(key client.Key, _ *meta.PartialObjectMetadata) { changes <- "-" + key.Name },
		})
		ended := make(chan error)
		go func() { ended <- cache.Run(ctx) }()
		defer func() {
			cancel()
			assert.NoError(t, <-ended)
		}()
		require.NoError(t, cache.WaitSynced(ctx))

		other := configMap("other", nil)
		other.Namespace, other.Labels = "kube-system", map[string]string{"in": "yes"}
		require.NoError(t, maps.Create(ctx, other))
		m := configMap("a", nil)
		require.NoError(t, maps.Create(ctx, m))
		m.Labels = map[string]string{"in": "yes"}
		require.NoError(t, maps.Update(ctx, m))
		assert.Equal(t, "+a", <-changes, "it is selected from now on")
		m.Labels = nil
		require.NoError(t, maps.Update(ctx, m))
		assert.Equal(t, "-a", <-changes, "it is selected no more")
	})
}

// In the server's process all caches hold the server's own objects.
func TestLocalCachesHoldNoCopies(t *testing.T) {
	c := clienttest.Start(t, clienttest.Options{Bootstrap: true}).Local
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	one := client.NewCache[corev1.ConfigMap](c, client.CacheOptions[corev1.ConfigMap]{})
	wg.Go(func() { one.Run(ctx) })
	require.NoError(t, one.WaitSynced(ctx))
	m := configMap("a", nil)
	require.NoError(t, client.Of[corev1.ConfigMap](c).Create(ctx, m))
	require.NoError(t, one.WaitFor(ctx, m.ResourceVersion))
	two := client.NewCache[corev1.ConfigMap](c, client.CacheOptions[corev1.ConfigMap]{})
	wg.Go(func() { two.Run(ctx) })
	require.NoError(t, two.WaitSynced(ctx))
	a, _ := one.Get("default", "a")
	b, _ := two.Get("default", "a")
	assert.Same(t, a, b)
}

func TestDiscover(t *testing.T) {
	server := clienttest.Start(t, clienttest.Options{})
	local, err := client.Discover(t.Context(), server.Local)
	require.NoError(t, err)
	remote, err := client.Discover(t.Context(), server.Remote)
	require.NoError(t, err)
	find := func(all []client.ResourceInfo, resource string) client.ResourceInfo {
		i := slices.IndexFunc(all, func(r client.ResourceInfo) bool { return r.Resource.Resource == resource && r.Preferred })
		require.GreaterOrEqual(t, i, 0, resource)
		slices.Sort(all[i].Subresources)
		return all[i]
	}
	for _, resource := range []string{"configmaps", "nodes", "deployments", "leases", "horizontalpodautoscalers"} {
		a, b := find(local, resource), find(remote, resource)
		slices.Sort(a.Categories)
		slices.Sort(b.Categories)
		assert.Equal(t, a, b)
	}
	mapper := client.NewMapper(server.Remote)
	r, err := mapper.ForName(t.Context(), "deploy")
	require.NoError(t, err)
	assert.Equal(t, meta.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}, r.Resource)
	version, err := server.Remote.ServerVersion(t.Context())
	require.NoError(t, err)
	assert.NotEmpty(t, version)
}

// A cache outlives its server.
func TestResumingOverAServerThatGoesAway(t *testing.T) {
	server := clienttest.Start(t, clienttest.Options{Bootstrap: true})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	maps := client.Of[corev1.ConfigMap](server.Remote).In("default")
	n := 0
	for e, err := range client.ResumingWatch(ctx, maps, meta.ListOptions{}, nil) {
		require.NoError(t, err)
		if e.Type == client.Bookmark && e.Object.Annotations[meta.InitialEventsAnnotation] != "" {
			require.NoError(t, client.Of[corev1.ConfigMap](server.Local).Create(ctx, configMap("first", nil)))
			continue
		}
		if e.Type != client.Added {
			continue
		}
		if n++; n == 2 {
			assert.Equal(t, "second", e.Object.Name)
			break
		}
		assert.Equal(t, "first", e.Object.Name)
		server.HTTP.CloseIdleConnections()
		server.Disconnect()
		require.NoError(t, client.Of[corev1.ConfigMap](server.Local).Create(ctx, configMap("second", nil)))
	}
	assert.Equal(t, 2, n)
}

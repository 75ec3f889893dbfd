package registry_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
)

func TestClientInProcess(t *testing.T) {
	f := startWidgets(t)
	c := f.reg.Client(&auth.User{Name: "system:serviceaccount:n:robot"})
	widgets := client.Of[Widget](c).In("n")

	w := named("a")
	require.NoError(t, widgets.Create(f.ctx, w))
	require.NotEmpty(t, w.UID, "the answer is read into the object")
	require.Equal(t, "grey", w.Spec.Color)

	got, err := widgets.Get(f.ctx, "a")
	require.NoError(t, err)
	require.Equal(t, w, got)
	got.Spec.Tags = map[string]string{"mine": "yes"} // a caller may change what it was handed
	require.Nil(t, f.get("a").Spec.Tags)
	require.NoError(t, widgets.Update(f.ctx, got))
	require.Equal(t, map[string]string{"mine": "yes"}, f.get("a").Spec.Tags)
	got.Spec.Tags["mine"] = "changed later"
	require.Equal(t, map[string]string{"mine": "yes"}, f.get("a").Spec.Tags)

	at := client.Target{Resource: widgetsV1, Namespace: "n", Name: "a"}
	var u meta.Unstructured
	require.NoError(t, c.Get(f.ctx, at, &u, meta.GetOptions{}))
	require.Equal(t, "grey", u.Fields["spec"].(map[string]any)["color"])
	require.Equal(t, "Widget", u.Kind)
	var p meta.PartialObjectMetadata
	require.NoError(t, c.Get(f.ctx, at, &p, meta.GetOptions{}))
	require.Equal(t, w.UID, p.UID)
	require.Equal(t, "PartialObjectMetadata", p.Kind)
	u.Fields["spec"].(map[string]any)["color"] = "blue"
	require.NoError(t, c.Update(f.ctx, at, &u, meta.UpdateOptions{}))
	require.Equal(t, "blue", f.get("a").Spec.Color)
	var old OldWidget
	require.NoError(t, c.Get(f.ctx, client.Target{Resource: widgetsAlpha, Namespace: "n", Name: "a"}, &old, meta.GetOptions{}))
	require.Equal(t, "blue", old.Spec.Paint)

	var list WidgetList
	require.NoError(t, c.List(f.ctx, client.Target{Resource: widgetsV1}, &list, meta.ListOptions{}))
	require.Len(t, list.Items, 1)
	require.Equal(t, "WidgetList", list.Kind)
	require.NotEmpty(t, list.ResourceVersion)
	var partials meta.PartialObjectMetadataList
	require.NoError(t, c.List(f.ctx, client.Target{Resource: widgetsV1}, &partials, meta.ListOptions{}))
	require.Equal(t, "a", partials.Items[0].Name)

	require.NoError(t, c.Delete(f.ctx, at, meta.DeleteOptions{}))
	require.True(t, meta.IsNotFound(c.Get(f.ctx, at, new(Widget), meta.GetOptions{})))
	err = c.Get(f.ctx, client.Target{Resource: meta.GroupVersionResource{Resource: "nothings"}}, new(Widget), meta.GetOptions{})
	refused(t, err, 404, "the server could not find the requested resource")
}

// Everybody in the process is handed the same object for the same state.
func TestClientSharesObjects(t *testing.T) {
	f := startWidgets(t)
	f.create(named("a"))
	c := f.reg.Client(nil)
	source := c.(client.Source)
	at := client.Target{Resource: widgetsV1, Namespace: "n"}
	shared := func() (string, meta.Object) {
		t.Helper()
		rv, objects, err := source.ListShared(f.ctx, at, meta.ListOptions{})
		require.NoError(t, err)
		for obj, err := range objects {
			require.NoError(t, err)
			return rv, obj
		}
		t.Fatal("no object")
		return "", nil
	}
	rv, one := shared()
	_, two := shared()
	require.Same(t, one, two)

	ctx, cancel := context.WithTimeout(f.ctx, waiting)
	defer cancel()
	f.create(named("b"))
	for ev, err := range c.Watch(ctx, at, meta.ListOptions{ResourceVersion: rv}) {
		require.NoError(t, err)
		require.Equal(t, client.Added, ev.Type)
		_, objects, err := source.ListShared(f.ctx, client.Target{Resource: widgetsV1, Namespace: "n"}, meta.ListOptions{FieldSelector: "metadata.name=b"})
		require.NoError(t, err)
		for obj, err := range objects {
			require.NoError(t, err)
			require.Same(t, ev.Object, obj)
		}
		break
	}
	found, err := client.Discover(f.ctx, c)
	require.NoError(t, err)
	require.NotEmpty(t, found)
}

// A cache of the client package stands on the registry.
func TestCacheInProcess(t *testing.T) {
	f := startWidgets(t)
	f.create(named("a"))
	cache := client.NewCache(f.reg.Client(nil), client.CacheOptions[Widget]{})
	ctx, cancel := context.WithCancel(f.ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = cache.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	require.NoError(t, cache.WaitSynced(f.ctx))
	got, ok := cache.Get("n", "a")
	require.True(t, ok)
	require.Equal(t, "grey", got.Spec.Color)
}

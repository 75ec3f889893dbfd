package registry_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// sameInAllForms fails unless what is put together from shared bytes is what
// encoding the object gives, however often it is asked for.
func sameInAllForms(t *testing.T, item registry.Item) {
	t.Helper()
	obj, err := item.Object()
	require.NoError(t, err)
	plain := registry.ItemOf(item.Resource(), obj)
	for range 2 {
		for _, media := range []registry.Media{registry.JSON, registry.Protobuf, registry.CBOR} {
			for _, partial := range []bool{false, true} {
				f := registry.Form{Media: media, MetadataOnly: partial}
				for _, list := range []bool{false, true} {
					name := fmt.Sprintf("%v, metadata only %v, in a list %v", media, partial, list)
					read := registry.Item.Bytes
					if list {
						read = registry.Item.ListBytes
					}
					want, err := read(plain, f)
					require.NoError(t, err, name)
					got, err := read(item, f)
					require.NoError(t, err, name)
					require.Equal(t, string(want), string(got), name)
				}
			}
		}
	}
}

func TestEncodedPieces(t *testing.T) {
	f := startAPI(t, registry.Options{})
	f.createPod("p")
	item, err := f.reg.Get(f.ctx, f.pod("", "p"), meta.GetOptions{})
	require.NoError(t, err)
	sameInAllForms(t, item)

	// Another server may have stored it with fewer defaults, or without a place
	// for the resource version.
	for name, metadata := range map[string]string{"bare": "\x0a\x04bare\x1a\x01n", "with-uid": "\x0a\x08with-uid\x1a\x01n\x2a\x03uid\x38\x05"} {
		message := append([]byte{0x0a, byte(len(metadata))}, metadata...)
		message = append(message, 0x12, 0x07, 0x12, 0x05, 0x0a, 0x01, 'c', 0x12, 0x00)
		stored := codec.AppendEnvelopeRaw(nil, meta.TypeMeta{Kind: "Pod", APIVersion: "v1"}, message)
		_, err = f.store.Create(f.ctx, "/registry/pods/"+item.Namespace()+"/"+name, stored, 0)
		require.NoError(t, err)
		item, err = f.reg.Get(f.ctx, f.pod("", name), meta.GetOptions{})
		require.NoError(t, err)
		obj, err := item.Object()
		require.NoError(t, err)
		require.Equal(t, corev1.RestartPolicy("Always"), obj.(*corev1.Pod).Spec.RestartPolicy)
		sameInAllForms(t, item)
	}
}

// In another version than the stored one, of a kind with other field names.
func TestEncodedPiecesOfVersions(t *testing.T) {
	f := startWidgets(t)
	w := named("a")
	w.Labels = map[string]string{"a": "b"}
	w.Annotations = map[string]string{"note": `},"spec":{"x":"\"`}
	f.create(w)
	for _, version := range []string{"v1", "v1alpha1"} {
		q := f.at(meta.GroupVersionResource{Group: widgetGroup, Version: version, Resource: "widgets"}, "", "n", "a")
		item, err := f.reg.Get(f.ctx, q, meta.GetOptions{})
		require.NoError(t, err)
		sameInAllForms(t, item)
	}
}

// What is told of a deleted object is its last state, under the resource version
// of the deletion.
func TestEncodedPiecesOfDeleted(t *testing.T) {
	f := startWidgets(t)
	made := f.create(named("a"))
	ctx, stop := context.WithCancel(f.ctx)
	defer stop()
	events, err := f.reg.Watch(ctx, f.at(widgetsV1, "", "n", ""), meta.ListOptions{ResourceVersion: made.ResourceVersion})
	require.NoError(t, err)
	_, err = f.reg.Delete(f.ctx, f.widget("a"), meta.DeleteOptions{})
	require.NoError(t, err)
	for event, err := range events {
		require.NoError(t, err)
		require.NotEqual(t, made.ResourceVersion, event.Item.ResourceVersion())
		sameInAllForms(t, event.Item)
		break
	}
}

// An object that is read once takes no memory for its text; what comes out is the
// same every time.
func TestReadOnceIsNotKept(t *testing.T) {
	f := startWidgets(t)
	f.create(named("a"))
	item, err := f.reg.Get(f.ctx, f.widget("a"), meta.GetOptions{})
	require.NoError(t, err)
	first, err := item.AppendJSON([]byte("x"), false)
	require.NoError(t, err)
	second, err := item.AppendJSON(nil, false)
	require.NoError(t, err)
	third, err := item.AppendJSON(nil, false)
	require.NoError(t, err)
	require.Equal(t, string(first[1:]), string(second))
	require.Equal(t, string(first[1:]), string(third))
	whole, err := item.Bytes(registry.Form{Media: registry.JSON})
	require.NoError(t, err)
	require.Equal(t, string(whole), string(second))
	metadata, err := item.AppendJSON(nil, true)
	require.NoError(t, err)
	require.Contains(t, string(metadata), `"kind":"PartialObjectMetadata"`)
}

// A list of more than there is memory for says the same, and does not make all of it
// anew each time.
func TestListsThatDoNotFit(t *testing.T) {
	f := startAPI(t, registry.Options{FormBytes: 8 << 10})
	const pods = 100
	for i := range pods {
		f.createPod(fmt.Sprint("p", i))
	}
	q := f.pod("", "")
	q.Name = ""
	for range 3 {
		list, err := f.reg.List(f.ctx, q, meta.ListOptions{})
		require.NoError(t, err)
		n := 0
		for item, err := range list.Items() {
			require.NoError(t, err)
			obj, err := item.Object()
			require.NoError(t, err)
			var room registry.Room
			got, err := item.Encoded(registry.Form{Media: registry.JSON}, true, &room)
			require.NoError(t, err)
			want, err := registry.ItemOf(item.Resource(), obj).ListBytes(registry.Form{Media: registry.JSON})
			require.NoError(t, err)
			require.Equal(t, string(want), string(got.AppendTo(nil)))
			n++
		}
		require.Equal(t, pods, n)
	}
}

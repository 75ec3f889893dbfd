package registry_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// inPieces fails unless the pieces of a list are its items one after the other, and
// returns how many are of several items.
func inPieces(t *testing.T, list *registry.List) (several int) {
	t.Helper()
	var room registry.Room
	var memory []byte
	for _, f := range []registry.Form{
		{Media: registry.JSON}, {Media: registry.JSON, MetadataOnly: true}, {Media: registry.Protobuf}, {Media: registry.Protobuf, MetadataOnly: true},
		{Media: registry.CBOR},
	} {
		between := ""
		if f.Media == registry.JSON {
			between = ","
		}
		var want []string
		for item, err := range list.Items() {
			require.NoError(t, err)
			obj, err := item.Object()
			require.NoError(t, err)
			b, err := registry.ItemOf(item.Resource(), obj).ListBytes(f)
			require.NoError(t, err)
			if f.Media == registry.Protobuf {
				b = append(binary.AppendUvarint([]byte{2<<3 | 2}, uint64(len(b))), b...)
			}
			want = append(want, string(b))
		}
		for range 2 { // made, and kept
			var got []string
			for piece, err := range list.Pieces(f, &room) {
				require.NoError(t, err)
				var b bytes.Buffer
				require.NoError(t, piece.WriteTo(&b, &memory))
				require.Equal(t, b.Len(), piece.Len())
				got = append(got, b.String())
				room.Reset()
			}
			require.Equal(t, strings.Join(want, between), strings.Join(got, between), "%v", f)
			if f.Media == registry.CBOR {
				require.Len(t, got, len(want))
			} else {
				several += len(want) - len(got)
			}
		}
		pieces, ok := list.DeflatedPieces(f)
		for range 2 {
			if !ok {
				break
			}
			var got []string
			for piece, err := range pieces {
				require.NoError(t, err)
				text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(piece.Block)), int64(piece.Size)))
				require.NoError(t, err)
				got = append(got, string(text))
			}
			require.Equal(t, strings.Join(want, between), strings.Join(got, between), "%v", f)
		}
	}
	return several
}

func TestPiecesOfLists(t *testing.T) {
	for name, o := range map[string]registry.Options{"all is kept": {}, "little is kept": {FormBytes: 4 << 10}} {
		t.Run(name, func(t *testing.T) {
			f := start(t, widgetGroups(), o)
			for i := range 150 {
				f.create(&Widget{ObjectMeta: meta.ObjectMeta{Name: fmt.Sprintf("w%03d", i), Labels: map[string]string{"odd": fmt.Sprint(i % 2)}}})
			}
			list := func(gvr meta.GroupVersionResource, o meta.ListOptions) *registry.List {
				l, err := f.reg.List(f.ctx, f.at(gvr, "", "n", ""), o)
				require.NoError(t, err)
				return l
			}
			check := func() {
				t.Helper()
				several := inPieces(t, list(widgetsV1, meta.ListOptions{}))
				if o.FormBytes == 0 {
					require.Greater(t, several, 100, "hardly any are kept together")
				}
				inPieces(t, list(widgetsAlpha, meta.ListOptions{}))
				several = inPieces(t, list(widgetsV1, meta.ListOptions{LabelSelector: "odd=1"}))
				if o.FormBytes == 0 {
					require.Greater(t, several, 50, "hardly any are kept together")
				}
				_, ok := list(widgetsV1, meta.ListOptions{LabelSelector: "odd=1"}).DeflatedPieces(registry.Form{Media: registry.JSON})
				require.False(t, ok)
				next := ""
				for seen := 0; seen < 149; {
					page := list(widgetsV1, meta.ListOptions{Limit: 50, Continue: next})
					inPieces(t, page)
					seen, next = seen+len(itemNames(t, page)), page.Continue
				}
			}
			check()
			before := list(widgetsV1, meta.ListOptions{})
			_, err := f.patch(f.widget("w070"), client.MergePatch, `{"spec":{"size":7}}`)
			require.NoError(t, err)
			f.create(named("w080a"))
			_, err = f.reg.Delete(f.ctx, f.widget("w090"), meta.DeleteOptions{})
			require.NoError(t, err)
			check()
			inPieces(t, before) // and of the past
			check()
		})
	}
}

// Watches that begin with what is there say the same of it as later ones.
func TestInitialEventsInRuns(t *testing.T) {
	f := start(t, widgetGroups(), registry.Options{})
	const n = 100
	for i := range n {
		f.create(&Widget{ObjectMeta: meta.ObjectMeta{Name: fmt.Sprintf("w%03d", i), Labels: map[string]string{"third": fmt.Sprint(i % 3)}}})
	}
	yes := true
	for _, gvr := range []meta.GroupVersionResource{widgetsV1, widgetsAlpha} {
		for _, selector := range []string{"", "third=1"} {
			for _, form := range []registry.Form{{Media: registry.JSON}, {Media: registry.JSON, MetadataOnly: true}, {Media: registry.Protobuf}} {
				ctx, cancel := context.WithTimeout(f.ctx, waiting)
				events, err := f.reg.Watch(ctx, f.at(gvr, "", "n", ""), meta.ListOptions{
					SendInitialEvents: &yes, ResourceVersionMatch: meta.ResourceVersionMatchNotOlderThan, AllowWatchBookmarks: true, LabelSelector: selector,
				})
				require.NoError(t, err)
				var room registry.Room
				seen := 0
				for ev, err := range events {
					require.NoError(t, err)
					got, err := ev.Encoded(form, &room)
					require.NoError(t, err)
					if ev.Type == client.Bookmark {
						break
					}
					obj, err := ev.Item.Object()
					require.NoError(t, err)
					want, err := registry.ItemOf(ev.Item.Resource(), obj).Bytes(form)
					require.NoError(t, err)
					require.Equal(t, string(want), string(got.AppendTo(nil)))
					room.Reset()
					seen++
				}
				cancel()
				require.Equal(t, map[string]int{"": n, "third=1": (n + 1) / 3}[selector], seen)
			}
		}
	}
}

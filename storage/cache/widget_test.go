package cache

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/embedded"
	"github.com/stretchr/testify/require"
)

// widget is the resource of these tests; its codec is encoding/json.
type widget struct {
	meta.TypeMeta
	meta.ObjectMeta
	Node string
	Size int
}

type storedWidget struct {
	Labels map[string]string `json:"labels,omitempty"`
	Node   string            `json:"node,omitempty"`
	Size   int               `json:"size,omitempty"`
}

func (w storedWidget) bytes() []byte {
	b, err := json.Marshal(w)
	if err != nil {
		panic(err)
	}
	return b
}

// counts is how often the codec was asked.
type counts struct{ decodes, encodes atomic.Int64 }

func widgetCodec(n *counts) Codec {
	return Codec{
		Decode: func(key string, stored []byte, rev storage.Revision) (meta.Object, error) {
			n.decodes.Add(1)
			var s storedWidget
			if err := json.Unmarshal(stored, &s); err != nil {
				return nil, err
			}
			w := &widget{Node: s.Node, Size: s.Size}
			w.Name, w.Labels, w.ResourceVersion = key, s.Labels, strconv.FormatInt(int64(rev), 10)
			return w, nil
		},
		Encode: func(o *Object, form Form) ([]byte, error) {
			n.encodes.Add(1)
			if form.Media == Protobuf { // stands for what needs no decoding
				return o.Stored, nil
			}
			obj, err := o.Typed()
			if err != nil {
				return nil, err
			}
			w := obj.(*widget)
			return fmt.Appendf(nil, `{"name":%q,"resourceVersion":%q,"node":%q,"size":%d,"view":%d}`, w.Name, w.ResourceVersion, w.Node, w.Size, form.View), nil
		},
		Fields: []string{"metadata.name", "spec.nodeName"},
		FieldValue: func(obj meta.Object, i int) string {
			return [...]string{obj.(*widget).Name, obj.(*widget).Node}[i]
		},
	}
}

const prefix = "/widgets/"

var (
	onNode  = Index{Field: "spec.nodeName"}
	byColor = Index{Label: "color"}
	asJSON  = Form{GroupVersion: "example.com/v1", Media: JSON}
	quiet   = slog.New(slog.NewTextHandler(io.Discard, nil))
)

// fixture is a running cache on a store in memory.
type fixture struct {
	t     testing.TB
	ctx   context.Context
	store storage.Store
	cache *Cache
	codec *counts
}

func start(t testing.TB, store storage.Store, opts Options) *fixture {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	f := &fixture{t: t, ctx: ctx, store: store, codec: new(counts)}
	if store == nil {
		s, err := embedded.Open(ctx, embedded.Options{CompactAfter: -1})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		f.store = s
	}
	opts.Prefix, opts.Codec, opts.Logger = prefix, widgetCodec(f.codec), quiet
	f.cache = New(f.store, opts)
	done := make(chan error, 1)
	go func() { done <- f.cache.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
	})
	require.NoError(t, f.cache.WaitReady(ctx))
	return f
}

func (f *fixture) create(name string, w storedWidget) storage.Revision {
	f.t.Helper()
	rev, err := f.store.Create(f.ctx, prefix+name, w.bytes(), 0)
	require.NoError(f.t, err)
	return rev
}

func (f *fixture) update(name string, w storedWidget) storage.Revision {
	f.t.Helper()
	rev, err := f.store.Update(f.ctx, prefix+name, 0, w.bytes(), 0)
	require.NoError(f.t, err)
	return rev
}

func (f *fixture) delete(name string) storage.Revision {
	f.t.Helper()
	rev, err := f.store.Delete(f.ctx, prefix+name, 0)
	require.NoError(f.t, err)
	return rev
}

func (f *fixture) snapshot(at At) *Snapshot {
	f.t.Helper()
	s, err := f.cache.Snapshot(f.ctx, at)
	require.NoError(f.t, err)
	return s
}

// names lists "name@revision".
func names(objects func(func(*Object) bool)) (list []string) {
	for o := range objects {
		list = append(list, fmt.Sprintf("%s@%d", o.Key[len(prefix):], o.Revision))
	}
	return list
}

// watching runs a watch in the background and hands out what it yields.
type watching struct {
	t      testing.TB
	events chan Event
	err    chan error
	cancel context.CancelFunc
}

func (f *fixture) watch(after storage.Revision, opts WatchOptions) *watching {
	ctx, cancel := context.WithCancel(f.ctx)
	w := &watching{t: f.t, events: make(chan Event), err: make(chan error, 1), cancel: cancel}
	f.t.Cleanup(cancel)
	go func() {
		defer close(w.events)
		for ev, err := range f.cache.Watch(ctx, after, opts) {
			if err != nil {
				w.err <- err
				return
			}
			select {
			case w.events <- ev:
			case <-ctx.Done():
			}
		}
	}()
	return w
}

func (w *watching) next() string {
	w.t.Helper()
	select {
	case ev, ok := <-w.events:
		if !ok {
			return "end: " + (<-w.err).Error()
		}
		return show(ev)
	case <-time.After(20 * time.Second):
		require.Fail(w.t, "no event in time")
	}
	return ""
}

func (w *watching) expect(lines ...string) {
	w.t.Helper()
	for _, line := range lines {
		require.Equal(w.t, line, w.next())
	}
}

func show(ev Event) string {
	kind := [...]string{"?", "ADDED", "MODIFIED", "DELETED", "BOOKMARK", "INITIAL END"}[ev.Type]
	if ev.Object == nil {
		return fmt.Sprintf("%s %d", kind, ev.Revision)
	}
	obj, err := ev.Object.Typed()
	if err != nil {
		return err.Error()
	}
	w := obj.(*widget)
	line := fmt.Sprintf("%s %s@%s", kind, w.Name[len(prefix):], w.ResourceVersion)
	if w.Node != "" {
		line += " on " + w.Node
	}
	return line
}

package cache

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/storage"
	"github.com/stretchr/testify/require"
)

var errShutdown = errors.New("shutdown")

func TestWatch(t *testing.T) {
	f := start(t, nil, Options{})
	a := f.create("ns/a", storedWidget{})
	w := f.watch(a-1, WatchOptions{})
	w.expect(fmt.Sprintf("ADDED ns/a@%d", a))
	a2 := f.update("ns/a", storedWidget{Node: "n1"})
	w.expect(fmt.Sprintf("MODIFIED ns/a@%d on n1", a2))
	gone := f.delete("ns/a")
	w.expect(fmt.Sprintf("DELETED ns/a@%d on n1", gone)) // the last state, under the deletion's revision
	again := f.create("ns/a", storedWidget{})
	w.expect(fmt.Sprintf("ADDED ns/a@%d", again))
	w.cancel()

	late := f.watch(a2, WatchOptions{})
	late.expect(fmt.Sprintf("DELETED ns/a@%d on n1", gone), fmt.Sprintf("ADDED ns/a@%d", again))
}

// An object that begins or ceases to match is added or deleted for who selects.
func TestWatchSelector(t *testing.T) {
	f := start(t, nil, Options{Indexes: []Index{byColor}})
	red := func(o *Object) bool { color, _ := o.Label("color"); return color == "red" }
	color := func(c string) storedWidget { return storedWidget{Labels: map[string]string{"color": c}} }
	for name, opts := range map[string]WatchOptions{
		"filter": {Filter: red},
		"index":  {Index: byColor, Value: "red"},
	} {
		t.Run(name, func(t *testing.T) {
			w := f.watch(f.snapshot(Latest()).Revision(), opts)
			w.t = t
			f.create(name+"/blue", color("blue"))
			a := f.create(name+"/a", color("red"))
			w.expect(fmt.Sprintf("ADDED %s/a@%d", name, a))
			a = f.update(name+"/a", color("red"))
			w.expect(fmt.Sprintf("MODIFIED %s/a@%d", name, a))
			a = f.update(name+"/a", color("blue"))
			w.expect(fmt.Sprintf("DELETED %s/a@%d", name, a))
			f.update(name+"/a", color("green"))
			a = f.update(name+"/a", color("red"))
			w.expect(fmt.Sprintf("ADDED %s/a@%d", name, a))
			f.delete(name + "/blue")
			a = f.delete(name + "/a")
			w.expect(fmt.Sprintf("DELETED %s/a@%d", name, a))
			w.cancel()
		})
	}
}

// A selector's DELETED shows the state that matched, not the one that does not.
func TestWatchSelectorShowsWhatMatched(t *testing.T) {
	f := start(t, nil, Options{Indexes: []Index{onNode}})
	w := f.watch(f.create("a", storedWidget{Node: "n1"})-1, WatchOptions{Index: onNode, Value: "n1"})
	require.Contains(t, w.next(), "ADDED a@")
	moved := f.update("a", storedWidget{Node: "n2"})
	w.expect(fmt.Sprintf("DELETED a@%d on n1", moved))
}

func TestWatchScopes(t *testing.T) {
	f := start(t, nil, Options{Indexes: []Index{onNode}})
	from := f.snapshot(Latest()).Revision()
	one := f.watch(from, WatchOptions{Key: prefix + "ns1/a"})
	ns := f.watch(from, WatchOptions{Prefix: prefix + "ns1/"})
	node := f.watch(from, WatchOptions{Index: onNode, Value: "n1", Prefix: prefix + "ns2/"})
	all := f.watch(from, WatchOptions{Prefix: prefix})
	a := f.create("ns1/a", storedWidget{Node: "n1"})
	ab := f.create("ns1/ab", storedWidget{})
	c := f.create("ns2/a", storedWidget{Node: "n1"})
	d := f.create("ns1", storedWidget{})
	one2 := f.update("ns1/a", storedWidget{})
	one.expect(fmt.Sprintf("ADDED ns1/a@%d on n1", a), fmt.Sprintf("MODIFIED ns1/a@%d", one2))
	ns.expect(fmt.Sprintf("ADDED ns1/a@%d on n1", a), fmt.Sprintf("ADDED ns1/ab@%d", ab), fmt.Sprintf("MODIFIED ns1/a@%d", one2))
	node.expect(fmt.Sprintf("ADDED ns2/a@%d on n1", c))
	all.expect(fmt.Sprintf("ADDED ns1/a@%d on n1", a), fmt.Sprintf("ADDED ns1/ab@%d", ab), fmt.Sprintf("ADDED ns2/a@%d on n1", c),
		fmt.Sprintf("ADDED ns1@%d", d), fmt.Sprintf("MODIFIED ns1/a@%d", one2))

	for _, bad := range []WatchOptions{{Index: byColor}, {Prefix: "/other/"}, {Prefix: prefix + "ns"}, {Key: "/other/x"}} {
		require.Contains(t, f.watch(from, bad).next(), ErrWatchOptions.Error())
	}
}

// Others' events do not even reach a watcher of one name, namespace or node.
func TestWatchScopesCostNothing(t *testing.T) {
	f := start(t, nil, Options{Indexes: []Index{onNode}})
	var watchers []*watcher
	for _, opts := range []WatchOptions{{Key: prefix + "ns1/a"}, {Prefix: prefix + "ns1/"}, {Index: onNode, Value: "n1"}} {
		w := &watcher{opts: opts, notify: make(chan struct{}, 1)}
		_, _, err := f.cache.register(w, f.cache.Revision())
		require.NoError(t, err)
		watchers = append(watchers, w)
	}
	last := f.create("ns2/a", storedWidget{Node: "n2"})
	for range 10 {
		last = f.update("ns2/a", storedWidget{Node: "n3"})
	}
	require.NoError(t, f.cache.WaitFor(f.ctx, last))
	for _, w := range watchers {
		require.Empty(t, w.pending)
		require.Empty(t, w.notify)
	}
	last = f.create("ns1/a", storedWidget{Node: "n1"})
	require.NoError(t, f.cache.WaitFor(f.ctx, last))
	for _, w := range watchers {
		require.Len(t, w.pending, 1)
		f.cache.unregister(w)
	}
	require.Equal(t, registry{prefix: prefix, byKey: map[string]bucket{}, byIndex: map[indexValue]bucket{}, byPrefix: map[string]bucket{}}, f.cache.watchers)
}

// A watcher that does not read is ended; one that does not care about what
// happens is not, and nobody waits.
func TestWatchSlow(t *testing.T) {
	f := start(t, nil, Options{History: 10})
	from := f.snapshot(Latest()).Revision()
	slow, fast := f.watch(from, WatchOptions{}), f.watch(from, WatchOptions{})
	idle := f.watch(from, WatchOptions{Key: prefix + "z"})
	for i := range 40 {
		rev := f.create(fmt.Sprint(i), storedWidget{})
		fast.expect(fmt.Sprintf("ADDED %d@%d", i, rev))
	}
	line := slow.next()
	for strings.HasPrefix(line, "ADDED") {
		line = slow.next()
	}
	require.Contains(t, line, "end: "+storage.ErrCompacted.Error())
	rev := f.create("z", storedWidget{})
	idle.expect(fmt.Sprintf("ADDED z@%d", rev))
}

// A watch from before the log is served from the store, without a seam.
func TestWatchFromBeforeTheLog(t *testing.T) {
	f := start(t, nil, Options{History: 5, Indexes: []Index{onNode}})
	from := f.snapshot(Latest()).Revision()
	var all, one, node []string
	for i := range 60 {
		name, w := fmt.Sprintf("ns%d/%d", i%2, i%7), storedWidget{Node: fmt.Sprint("n", i%3)}
		rev, err := f.store.Create(f.ctx, prefix+name, w.bytes(), 0)
		kind := "ADDED"
		if err != nil {
			kind, rev = "MODIFIED", f.update(name, w)
		}
		line := fmt.Sprintf("%s %s@%d on %s", kind, name, rev, w.Node)
		all = append(all, line)
		if name == "ns0/0" {
			one = append(one, line)
		}
		if w.Node == "n1" { // each key goes from node to node
			node = append(node, fmt.Sprintf("ADDED %s@%d on n1", name, rev))
		} else if kind == "MODIFIED" && (i%3 == 1) {
			node = append(node, line)
		}
	}
	require.NoError(t, f.cache.WaitFor(f.ctx, f.snapshot(Latest()).Revision()))
	f.watch(from, WatchOptions{}).expect(all...)
	f.watch(from, WatchOptions{Key: prefix + "ns0/0"}).expect(one...)
	w := f.watch(from, WatchOptions{Index: onNode, Value: "n1"})
	added := 0
	for added < len(node) {
		if strings.HasPrefix(w.next(), "ADDED") {
			added++
		}
	}
	rev := f.create("ns9/x", storedWidget{Node: "n1"})
	line := w.next()
	for strings.HasPrefix(line, "DELETED") {
		line = w.next()
	}
	require.Equal(t, fmt.Sprintf("ADDED ns9/x@%d on n1", rev), line)

	require.NoError(t, f.store.Compact(f.ctx, from+10))
	require.Contains(t, f.watch(from, WatchOptions{}).next(), storage.ErrCompacted.Error())
}

func TestWatchInitial(t *testing.T) {
	f := start(t, nil, Options{Indexes: []Index{onNode}})
	a := f.create("ns1/a", storedWidget{Node: "n1"})
	b := f.create("ns1/b", storedWidget{})
	c := f.create("ns2/a", storedWidget{Node: "n1"})
	latest, least := Latest(), AtLeast(c)
	end := fmt.Sprintf("INITIAL END %d", c)
	lines := []string{fmt.Sprintf("ADDED ns1/a@%d on n1", a), fmt.Sprintf("ADDED ns1/b@%d", b), fmt.Sprintf("ADDED ns2/a@%d on n1", c)}
	all := f.watch(0, WatchOptions{Initial: &latest})
	all.expect(append(lines, end)...)
	f.watch(0, WatchOptions{Initial: &least, Prefix: prefix + "ns1/"}).expect(lines[0], lines[1], end)
	f.watch(0, WatchOptions{Initial: &least, Index: onNode, Value: "n1"}).expect(lines[0], lines[2], end)
	f.watch(0, WatchOptions{Initial: &least, Key: prefix + "ns1/b"}).expect(lines[1], end)
	f.watch(0, WatchOptions{Initial: &least, Filter: func(o *Object) bool { return o.Field("spec.nodeName") == "" }}).expect(lines[1], end)
	f.watch(0, WatchOptions{Initial: &least, Key: prefix + "ns1/"}).expect(end)
	gone := f.delete("ns1/b")
	all.expect(fmt.Sprintf("DELETED ns1/b@%d", gone))
}

func TestWatchBookmarks(t *testing.T) {
	f := start(t, nil, Options{BookmarkEvery: 5 * time.Millisecond})
	a := f.create("a", storedWidget{})
	w := f.watch(a, WatchOptions{Bookmarks: true})
	w.expect(fmt.Sprintf("BOOKMARK %d", a))
	other, err := f.store.Create(f.ctx, "/other", nil, 0)
	require.NoError(t, err)
	require.NoError(t, f.store.Progress(f.ctx, prefix))
	line := w.next() // bookmarks follow the store, although nothing of ours changes
	for line == fmt.Sprintf("BOOKMARK %d", a) {
		line = w.next()
	}
	require.Equal(t, fmt.Sprintf("BOOKMARK %d", other), line)

	// The last one comes in time before the deadline.
	f = start(t, nil, Options{BookmarkEvery: time.Hour})
	ctx, cancel := context.WithTimeout(f.ctx, beforeDeadline+100*time.Millisecond)
	defer cancel()
	a = f.create("a", storedWidget{})
	for ev, err := range f.cache.Watch(ctx, a, WatchOptions{Bookmarks: true}) {
		require.NoError(t, err)
		require.Equal(t, Bookmark, ev.Type)
		require.Equal(t, a, ev.Revision)
		break
	}
}

func TestWatchEnds(t *testing.T) {
	f := start(t, nil, Options{})
	ctx, cancel := context.WithCancelCause(f.ctx)
	done := make(chan error, 1)
	go func() {
		var last error
		for _, last = range f.cache.Watch(ctx, 0, WatchOptions{}) {
		}
		done <- last
	}()
	cancel(errShutdown)
	require.ErrorIs(t, <-done, errShutdown)

	// The end of Run ends watches, and reads say that there is nobody.
	c := New(f.store, Options{Prefix: prefix, Codec: widgetCodec(new(counts)), Logger: quiet})
	ctx, cancel = context.WithCancelCause(context.Background())
	go func() { done <- c.Run(ctx) }()
	require.NoError(t, c.WaitReady(f.ctx))
	watch := make(chan error, 1)
	initial := Any()
	began := make(chan struct{})
	go func() {
		var last error
		for ev, err := range c.Watch(f.ctx, 0, WatchOptions{Initial: &initial}) {
			if last = err; ev.Type == InitialEventsEnd {
				close(began)
			}
		}
		watch <- last
	}()
	<-began
	cancel(errShutdown)
	require.ErrorIs(t, <-done, errShutdown)
	require.ErrorIs(t, <-watch, errShutdown)
	require.False(t, c.Ready())
	_, err := c.Snapshot(f.ctx, Latest())
	require.ErrorIs(t, err, storage.ErrClosed)
}

// faultyStore breaks off watches with an error of the test's choice.
type faultyStore struct {
	storage.Store
	fail chan error
	open atomic.Int64
}

func (s *faultyStore) Watch(ctx context.Context, prefix string, after storage.Revision) iter.Seq2[storage.Event, error] {
	return func(yield func(storage.Event, error) bool) {
		s.open.Add(1)
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		for ev, err := range s.Store.Watch(ctx, prefix, after) {
			select {
			case err := <-s.fail:
				yield(storage.Event{}, err)
				return
			default:
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}

func TestStoreLost(t *testing.T) {
	f := start(t, nil, Options{})
	faulty := &faultyStore{Store: f.store, fail: make(chan error, 1)}
	g := start(t, faulty, Options{})
	a := g.create("a", storedWidget{})
	w := g.watch(a, WatchOptions{})
	g.watch(a-1, WatchOptions{}).expect(fmt.Sprintf("ADDED a@%d", a))

	faulty.fail <- errors.New("connection reset")
	b := g.create("b", storedWidget{}) // the event that the failure swallows
	w.expect(fmt.Sprintf("ADDED b@%d", b))
	require.EqualValues(t, 2, faulty.open.Load(), "the watch was resumed")
	kept, _ := g.snapshot(Latest()).Get(prefix + "a")

	// History is lost: everything is listed anew, and watchers have to do so too.
	faulty.fail <- &storage.KeyError{Op: "watch", Err: storage.ErrCompacted}
	c := g.create("c", storedWidget{})
	require.Contains(t, w.next(), storage.ErrCompacted.Error())
	s := g.snapshot(AtLeast(c))
	require.Equal(t, 3, s.Len())
	same, _ := s.Get(prefix + "a")
	require.Same(t, kept, same, "what has not changed is kept, with what was made of it")
	d := g.create("d", storedWidget{})
	g.watch(c, WatchOptions{}).expect(fmt.Sprintf("ADDED d@%d", d))
}

// TestLoad: whatever a watcher selects, what it was told adds up to what is
// there, and revisions only ever go up.
func TestLoad(t *testing.T) {
	f := start(t, nil, Options{Indexes: []Index{onNode}, Budget: NewBudget(20000)})
	const writers, each = 4, 300
	options := []WatchOptions{
		{},
		{Prefix: prefix + "ns0/"},
		{Key: prefix + "ns1/3"},
		{Index: onNode, Value: "n1"},
		{Index: onNode, Value: "n2", Prefix: prefix + "ns1/"},
		{Filter: func(o *Object) bool { color, _ := o.Label("color"); return color == "red" }},
	}
	ctx, stop := context.WithCancelCause(f.ctx)
	var watching, writing sync.WaitGroup
	type view struct {
		opts    WatchOptions
		objects map[string]*Object
		err     error
	}
	views := make(chan view, 1000)
	var end atomic.Int64
	begin := func(opts WatchOptions, at At) {
		opts.Initial = &at
		opts.Bookmarks = true
		watching.Go(func() {
			v := view{opts: opts, objects: map[string]*Object{}}
			var last storage.Revision
			started := false
			for ev, err := range f.cache.Watch(ctx, 0, opts) {
				if err != nil {
					v.err = err
					break
				}
				if started && ev.Revision < last || started && ev.Revision == last && ev.Type <= Deleted {
					v.err = fmt.Errorf("%s after revision %d", show(ev), last)
					break
				}
				_, seen := v.objects[keyOf(ev)]
				if started && ev.Type <= Deleted && seen != (ev.Type != Added) {
					v.err = fmt.Errorf("%s, seen before: %t", show(ev), seen)
					break
				}
				switch ev.Type {
				case Added, Modified:
					v.objects[ev.Object.Key] = ev.Object
					if b, err := ev.Object.Form(asJSON); err != nil || !strings.Contains(string(b), fmt.Sprintf(`"resourceVersion":"%d"`, ev.Object.Revision)) {
						v.err = fmt.Errorf("form %s: %w", b, err)
					}
				case Deleted:
					delete(v.objects, ev.Object.Key)
				case InitialEventsEnd:
					started = true
				}
				if started {
					last = ev.Revision
				}
				if e := end.Load(); e != 0 && started && int64(last) >= e {
					break
				}
			}
			views <- v
		})
	}
	for _, o := range options {
		begin(o, Any())
	}
	for w := range writers {
		writing.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(w), 3))
			for i := range each {
				name := fmt.Sprintf("ns%d/%d", rng.IntN(3), rng.IntN(10))
				obj := storedWidget{Node: fmt.Sprint("n", rng.IntN(4)), Size: i}
				if rng.IntN(2) == 0 {
					obj.Labels = map[string]string{"color": "red"}
				}
				if _, err := f.store.Create(f.ctx, prefix+name, obj.bytes(), 0); err != nil {
					if rng.IntN(3) == 0 {
						_, _ = f.store.Delete(f.ctx, prefix+name, 0)
					} else {
						_, _ = f.store.Update(f.ctx, prefix+name, 0, obj.bytes(), 0)
					}
				}
				if i%60 == 0 {
					begin(options[rng.IntN(len(options))], Latest())
				}
			}
		})
	}
	writing.Wait()
	s := f.snapshot(Latest())
	end.Store(int64(s.Revision()))
	// Every scope gets one more event, so that its watchers see the end.
	for _, name := range []string{"ns0/end", "ns1/end", "ns2/end"} {
		for i := range 5 {
			f.create(name+fmt.Sprint(i), storedWidget{Node: fmt.Sprint("n", i), Labels: map[string]string{"color": "red"}})
		}
	}
	if _, err := f.store.Update(f.ctx, prefix+"ns1/3", 0, storedWidget{}.bytes(), 0); err != nil {
		f.create("ns1/3", storedWidget{})
	}
	watching.Wait()
	stop(nil)
	close(views)
	final := f.snapshot(Latest())
	n := 0
	for v := range views {
		n++
		require.NoError(t, v.err)
		for _, o := range v.objects {
			require.True(t, v.opts.matches(o))
		}
		for o := range s.Ascend(prefix, "") {
			now, _ := final.Get(o.Key)
			if now != o || !v.opts.matches(o) || !strings.HasPrefix(o.Key, v.opts.Prefix) || v.opts.Key != "" && v.opts.Key != o.Key {
				continue // changed by the events after the end
			}
			require.Same(t, o, v.objects[o.Key], "%+v", v.opts)
		}
	}
	require.GreaterOrEqual(t, n, len(options)+writers)
	require.LessOrEqual(t, f.cache.opts.Budget.Used(), int64(20000))
}

func keyOf(ev Event) string {
	if ev.Object == nil {
		return ""
	}
	return ev.Object.Key
}

// Initial events come in one row, and its end is told even to who is not
// interested in the bookmark after it.
func TestInitialEventsAreOneRow(t *testing.T) {
	f := start(t, nil, Options{})
	f.create("a", storedWidget{})
	f.create("b", storedWidget{})
	at := Latest()
	var more []bool
	for ev, err := range f.cache.Watch(t.Context(), 0, WatchOptions{Initial: &at}) {
		require.NoError(t, err)
		if more = append(more, ev.More); ev.Type == InitialEventsEnd {
			break
		}
	}
	require.Equal(t, []bool{true, false, false}, more)
}

// The first event is not delayed; those soon after it wait for each other.
func TestGather(t *testing.T) {
	f := start(t, nil, Options{GatherFor: time.Hour})
	w := &watcher{opts: WatchOptions{Gather: true}, notify: make(chan struct{}, 1)}
	_, _, err := f.cache.register(w, f.cache.Revision())
	require.NoError(t, err)
	f.cache.mu.Lock()
	f.cache.gather.members = 36_000_000 // so many that they wait for the whole hour
	f.cache.mu.Unlock()
	f.create("a", storedWidget{})
	<-w.notify
	events, err := w.take(nil)
	require.NoError(t, err)
	require.Len(t, events, 1)

	f.create("b", storedWidget{})
	require.NoError(t, f.cache.WaitFor(t.Context(), f.create("c", storedWidget{})))
	select {
	case <-w.notify:
		t.Fatal("woken for each event")
	default:
	}
	f.cache.wakeGathered() // the hour is over
	<-w.notify
	events, err = w.take(nil)
	require.NoError(t, err)
	require.Len(t, events, 2)
	require.True(t, w.seesAny(events[1:]))
}

package client

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// journal notes what a handler is told.
type journal struct {
	mu   sync.Mutex
	said []string
}

func (j *journal) say(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.said = append(j.said, fmt.Sprintf(format, args...))
}

func (j *journal) all() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.said)
}

func (j *journal) handler() Handler[Widget] {
	return Handler[Widget]{
		OnAdd: func(w *Widget, initial bool) {
			mark := "+"
			if initial {
				mark = "="
			}
			j.say("%s%s@%s", mark, w.Name, w.ResourceVersion)
		},
		OnUpdate: func(old, new *Widget) { j.say("~%s@%s-%s", new.Name, old.ResourceVersion, new.ResourceVersion) },
		OnDelete: func(key Key, last *Widget) { j.say("-%s@%s", key.Name, last.ResourceVersion) },
	}
}

func names(seq func(func(*Widget) bool)) []string {
	var all []string
	for w := range seq {
		all = append(all, KeyOf(w).String()+"@"+w.ResourceVersion)
	}
	return all
}

var (
	errExpired = meta.ResourceExpired("too old resource version: 1 (5)")
	errBroken  = fmt.Errorf("connection lost")
)

func TestCacheFollows(t *testing.T) {
	for _, test := range []struct {
		name    string
		lists   []scriptedList
		watches []scriptedWatch
		asked   []string
		told    []string
		has     []string
	}{
		{
			name:    "list, then changes",
			lists:   []scriptedList{{version: "5", objects: []*Widget{widget("n", "a", "2"), widget("n", "b", "3")}}},
			watches: []scriptedWatch{{events: []Event{change(Modified, "n", "a", "6"), change(Deleted, "n", "b", "7"), change(Added, "m", "c", "8")}}},
			asked:   []string{"list", "watch 5", "watch 8"},
			told:    []string{"=a@2", "=b@3", "~a@2-6", "-b@7", "+c@8"},
			has:     []string{"m/c@8", "n/a@6"},
		},
		{
			name:  "a watch that ends is resumed where it ended, bookmarks included",
			lists: []scriptedList{{version: "5"}},
			watches: []scriptedWatch{
				{events: []Event{change(Added, "n", "a", "6"), change(Bookmark, "", "", "20")}},
				{events: []Event{change(Modified, "n", "a", "21")}, err: errBroken},
				{},
			},
			asked: []string{"list", "watch 5", "watch 20", "watch 21", "watch 21"},
			told:  []string{"+a@6", "~a@6-21"},
			has:   []string{"n/a@21"},
		},
		{
			name: "what was missed is made up for by a list",
			lists: []scriptedList{
				{version: "5", objects: []*Widget{widget("n", "same", "1"), widget("n", "changed", "2"), widget("n", "gone", "3")}},
				{version: "50", objects: []*Widget{widget("n", "changed", "40"), widget("n", "new", "41"), widget("n", "same", "1")}},
			},
			watches: []scriptedWatch{{err: errExpired}},
			asked:   []string{"list", "watch 5", "list", "watch 50"},
			told:    []string{"=same@1", "=changed@2", "=gone@3", "-gone@3", "~changed@2-40", "+new@41"},
			has:     []string{"n/changed@40", "n/new@41", "n/same@1"},
		},
		{
			name: "an object that was made anew meanwhile is gone and added",
			lists: []scriptedList{
				{version: "5", objects: []*Widget{widget("n", "a", "1")}},
				{version: "50", objects: []*Widget{func() *Widget { w := widget("n", "a", "40"); w.UID = "other"; return w }()}},
			},
			watches: []scriptedWatch{{err: errExpired}},
			asked:   []string{"list", "watch 5", "list", "watch 50"},
			told:    []string{"=a@1", "-a@1", "+a@40"},
			has:     []string{"n/a@40"},
		},
		{
			name:  "lists are tried until one succeeds",
			lists: []scriptedList{{err: errBroken}, {err: errBroken}, {version: "5", objects: []*Widget{widget("n", "a", "1")}}},
			asked: []string{"list", "list", "list", "watch 5"},
			told:  []string{"=a@1"},
			has:   []string{"n/a@1"},
		},
		{
			name:    "an unreadable event makes it list again",
			lists:   []scriptedList{{version: "5"}, {version: "6"}},
			watches: []scriptedWatch{{err: errUndecodable}},
			asked:   []string{"list", "watch 5", "list", "watch 6"},
		},
		{
			name:    "an event that is told twice counts once",
			lists:   []scriptedList{{version: "5", objects: []*Widget{widget("n", "a", "4")}}},
			watches: []scriptedWatch{{events: []Event{change(Added, "n", "a", "4"), change(Modified, "n", "a", "6"), change(Modified, "n", "a", "6"), change(Deleted, "n", "x", "7")}}},
			asked:   []string{"list", "watch 5", "watch 7"},
			told:    []string{"=a@4", "~a@4-6"},
			has:     []string{"n/a@6"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newScripted(t, test.lists, test.watches)
				cache := NewCache[Widget](c, CacheOptions[Widget]{})
				var j journal
				cache.Handle(j.handler())
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error)
				go func() { ended <- cache.Run(ctx) }()
				<-c.idle
				assert.NoError(t, cache.WaitSynced(ctx))
				assert.Equal(t, test.told, j.all())
				assert.Equal(t, test.has, names(cache.All()))
				assert.Equal(t, len(test.has), cache.Len())
				cancel()
				assert.NoError(t, <-ended)
				assert.Equal(t, test.asked, c.log())
			})
		})
	}
}

func TestCacheSharesObjects(t *testing.T) {
	w := widget("n", "a", "1")
	synctest.Test(t, func(t *testing.T) {
		c := newScripted(t, []scriptedList{{version: "5", objects: []*Widget{w}}}, nil)
		cache := running(t, NewCache[Widget](c, CacheOptions[Widget]{}))
		got, ok := cache.Get("n", "a")
		assert.True(t, ok)
		assert.Same(t, w, got, "a cache in the server's process must hold no copy")

		_, ok = cache.Get("n", "b")
		assert.False(t, ok)
	})
}

// running runs a cache until the test ends.
func running[T any](t *testing.T, cache *Cache[T]) *Cache[T] {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- cache.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, <-ended)
	})
	require.NoError(t, cache.WaitSynced(ctx))
	return cache
}

func TestCacheReadsByNamespaceAndIndex(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		on := func(namespace, name, version, node string) *Widget {
			w := widget(namespace, name, version)
			w.Spec.Node = node
			return w
		}
		c := newScripted(t, []scriptedList{{version: "5", objects: []*Widget{on("b", "1", "1", "x"), on("a", "2", "2", "x"), on("a", "1", "3", "y"), on("c", "1", "4", "")}}},
			[]scriptedWatch{{events: []Event{{Modified, on("a", "1", "6", "x")}, {Deleted, on("b", "1", "7", "x")}}}})
		byNode := func(w *Widget) []string {
			if w.Spec.Node == "" {
				return nil
			}
			return []string{w.Spec.Node}
		}
		cache := NewCache[Widget](c, CacheOptions[Widget]{Indexers: map[string]func(*Widget) []string{"node": byNode}})
		running(t, cache)
		<-c.idle
		assert.Equal(t, []string{"a/1@6", "a/2@2"}, names(cache.In("a")))
		assert.Empty(t, names(cache.In("")))
		assert.Equal(t, []string{"a/1@6", "a/2@2"}, names(slices.Values(cache.ByIndex("node", "x"))))
		assert.Empty(t, cache.ByIndex("node", "y"), "the object has moved")
		assert.Empty(t, cache.ByIndex("nothing", "x"))

		cache.AddIndex("name", func(w *Widget) []string { return []string{w.Name} })
		cache.AddIndex("node", func(w *Widget) []string { panic("the index is there already") })
		assert.Equal(t, []string{"a/1@6", "c/1@4"}, names(slices.Values(cache.ByIndex("name", "1"))), "an index takes in what is there")
	})
}

func TestCacheLoopsMayUseTheCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newScripted(t, []scriptedList{{version: "5", objects: []*Widget{widget("n", "a", "1"), widget("n", "b", "2")}}}, nil)
		cache := running(t, NewCache[Widget](c, CacheOptions[Widget]{}))
		n := 0
		for w := range cache.All() {
			cache.apply(Change[Widget]{Type: Deleted, Object: w})
			n += 1 + cache.Len()
			for range cache.All() {
				n += 10
			}
		}
		assert.Equal(t, 2+1+10, n, "the loop sees what was there when it began, reads within it see the present")
	})
}

func TestCacheHandlerThatComesLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newScripted(t, []scriptedList{{version: "5", objects: []*Widget{widget("n", "a", "1")}}}, nil)
		cache := running(t, NewCache[Widget](c, CacheOptions[Widget]{}))
		var j journal
		remove := cache.Handle(j.handler())
		cache.apply(Change[Widget]{Type: Added, Object: widget("n", "b", "6")})
		remove()
		cache.apply(Change[Widget]{Type: Added, Object: widget("n", "c", "7")})
		assert.Equal(t, []string{"=a@1", "+b@6"}, j.all())
	})
}

func TestCacheWaitFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newScripted(t, []scriptedList{{version: "5", objects: []*Widget{widget("n", "a", "1")}}}, nil)
		cache := NewCache[Widget](c, CacheOptions[Widget]{})
		assert.False(t, cache.Saw("0"), "an empty cache has seen nothing")
		running(t, cache)
		assert.True(t, cache.Saw("5"))
		assert.True(t, cache.Saw("4"))
		assert.False(t, cache.Saw("6"))
		assert.False(t, cache.Saw("not a number"))
		assert.NoError(t, cache.WaitFor(t.Context(), "5"))
		assert.Error(t, cache.WaitFor(t.Context(), "x"))

		reached := make(chan error)
		go func() { reached <- cache.WaitFor(t.Context(), "7") }()
		synctest.Wait()
		cache.apply(Change[Widget]{Type: Modified, Object: widget("n", "a", "6")})
		synctest.Wait()
		select {
		case <-reached:
			t.Fatal("6 is not 7")
		default:
		}
		cache.apply(Change[Widget]{Type: Bookmark, Object: widget("", "", "10")})
		assert.NoError(t, <-reached)

		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, assert.AnError)
		defer cancel()
		assert.Equal(t, assert.AnError, cache.WaitFor(ctx, "11"))
		assert.Empty(t, cache.waiters)
	})
}

func TestCacheThatCannotSucceed(t *testing.T) {
	c := newScripted(t, nil, nil)
	type Unknown struct {
		meta.TypeMeta   `json:",inline"`
		meta.ObjectMeta `json:"metadata,omitempty"`
	}
	cache := NewCache[Unknown](c, CacheOptions[Unknown]{})
	err := cache.Run(t.Context())
	assert.ErrorContains(t, err, "no kind for Go type client.Unknown")
	assert.Equal(t, err, cache.WaitSynced(t.Context()))
	assert.Error(t, cache.Run(t.Context()), "it can be run once")

	wrong := NewCache[Widget](c, CacheOptions[Widget]{Resource: crates})
	assert.ErrorContains(t, wrong.Run(t.Context()), "are not of Go type")
}

func TestCacheThatWasStopped(t *testing.T) {
	c := newScripted(t, nil, nil)
	cache := NewCache[Widget](c, CacheOptions[Widget]{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, cache.Run(ctx))
	assert.Equal(t, errNotRunning, cache.WaitSynced(t.Context()))
	assert.Equal(t, errNotRunning, cache.WaitFor(t.Context(), "1"))
}

func TestMetadataCacheOfTypedEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newScripted(t, []scriptedList{{version: "5", objects: []*Widget{widget("n", "a", "1")}}}, nil)
		cache := running(t, NewCache[meta.PartialObjectMetadata](c, CacheOptions[meta.PartialObjectMetadata]{Resource: widgets}))
		got, ok := cache.Get("n", "a")
		require.True(t, ok)
		assert.EqualValues(t, "uid-a", got.UID)
	})
}

func TestUnstructuredCacheOfTypedEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := widget("n", "a", "1")
		w.Spec.Size = 7
		c := newScripted(t, []scriptedList{{version: "5", objects: []*Widget{w}}}, nil)
		cache := running(t, NewCache[meta.Unstructured](c, CacheOptions[meta.Unstructured]{Resource: widgets}))
		got, ok := cache.Get("n", "a")
		require.True(t, ok)
		assert.Equal(t, "Widget", got.Kind)
		assert.EqualValues(t, 7, got.Fields["spec"].(map[string]any)["size"])
	})
}

func TestCachesAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newScripted(t, []scriptedList{{version: "5", objects: []*Widget{widget("n", "a", "1")}}}, nil)
		set := NewCaches(c, nil)
		one := CacheOf[Widget](set)
		two := CacheOf[Widget](set, CacheOptions[Widget]{Indexers: map[string]func(*Widget) []string{
			"name": func(w *Widget) []string { return []string{w.Name} },
		}})
		assert.Same(t, one, two)

		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- set.Run(ctx) }()
		require.NoError(t, set.WaitSynced(ctx))
		assert.Len(t, one.ByIndex("name", "a"), 1)

		// One that is added while the set runs is run too.
		c.mu.Lock()
		c.lists = []scriptedList{{version: "6"}}
		c.watches = []scriptedWatch{{hold: true}}
		c.mu.Unlock()
		other := CacheOf[Widget](set, CacheOptions[Widget]{Namespace: "m"})
		assert.NotSame(t, one, other)
		require.NoError(t, set.WaitSynced(ctx))
		cancel()
		assert.NoError(t, <-ended)
	})
}

func TestCachesEndWithOneThatCannotSucceed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newScripted(t, []scriptedList{{version: "5"}}, nil)
		set := NewCaches(c, nil)
		CacheOf[Widget](set)
		CacheOf[Widget](set, CacheOptions[Widget]{Resource: crates})
		assert.ErrorContains(t, set.Run(t.Context()), "are not of Go type")
		assert.Error(t, set.WaitSynced(t.Context()))
	})
}

func TestResumingWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newScripted(t,
			[]scriptedList{
				{version: "5", objects: []*Widget{widget("n", "a", "1"), widget("n", "b", "2")}},
				{version: "50", objects: []*Widget{widget("n", "b", "40"), widget("n", "d", "41")}},
			},
			[]scriptedWatch{
				{events: []Event{change(Added, "n", "c", "6")}},
				{events: []Event{change(Deleted, "n", "c", "7")}, err: errExpired},
			})
		var got []string
		for e, err := range ResumingWatch(t.Context(), Of[Widget](c), meta.ListOptions{ResourceVersion: "3"}, nil) {
			require.NoError(t, err)
			got = append(got, fmt.Sprintf("%s %s %s", e.Type, e.Object.Name, e.Object.ResourceVersion))
			if e.Type == Bookmark {
				assert.NotEmpty(t, e.Object.Annotations[meta.InitialEventsAnnotation])
				if e.Object.ResourceVersion == "50" {
					break
				}
			}
		}
		assert.Equal(t, []string{
			"ADDED a 1", "ADDED b 2", "BOOKMARK  5", "ADDED c 6", "DELETED c 7",
			"DELETED a 1", "MODIFIED b 40", "ADDED d 41", "BOOKMARK  50",
		}, got)
		assert.Equal(t, []string{"list", "watch 5", "watch 6", "list"}, c.log())
	})
}

func TestResumingWatchThatCannotSucceed(t *testing.T) {
	n := 0
	for _, err := range ResumingWatch(t.Context(), Resource[Widget]{err: assert.AnError}, meta.ListOptions{}, nil) {
		assert.Equal(t, assert.AnError, err)
		n++
	}
	assert.Equal(t, 1, n)
}

// A server that is away must not be asked without pause.
func TestFollowingBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newScripted(t, nil, nil)
		cache := NewCache[Widget](c, CacheOptions[Widget]{})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		require.NoError(t, cache.Run(ctx))
		n := len(c.log())
		assert.Greater(t, n, 20, "it must not give up either")
		assert.Less(t, n, 60)
	})
}

func BenchmarkCacheGet(b *testing.B) {
	c := newScripted(b, nil, nil)
	cache := NewCache[Widget](c, CacheOptions[Widget]{})
	var all []*Widget
	for i := range 10000 {
		all = append(all, widget("n", fmt.Sprintf("widget-%d", i), "1"))
	}
	cache.replace(all, "5")
	b.ReportAllocs()
	for i := range b.N {
		if _, ok := cache.GetKey(KeyOf(all[i%len(all)])); !ok {
			b.Fatal("missing")
		}
	}
}

package server

import (
	"context"
	"net/http"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// watchSink is a client that waits for events; flushed tells that it has what there
// is.
type watchSink struct {
	sink
	flushed chan struct{}
}

func (s *watchSink) Flush() {
	select {
	case s.flushed <- struct{}{}:
	default:
	}
}

// What a watcher that waits takes beside its connection: stacks, the request, its
// place in the cache. Buffers are there only while something is in them.
func TestIdleWatchersAreSmall(t *testing.T) {
	if underRace {
		t.Skip("everything is larger under the race detector")
	}
	f := newFixture(t, nil)
	f.configMap("a", "x")
	handler := f.server.Handler()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()

	used := func() int64 {
		runtime.GC()
		runtime.GC() // what was in pools is gone
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc + m.StackInuse)
	}
	watch := func(n int) {
		for range n {
			s := &watchSink{sink: sink{header: http.Header{}}, flushed: make(chan struct{}, 2)}
			r := f.request(ctx, "GET "+inDefault+"?watch=true", "")
			running.Go(func() { handler.ServeHTTP(s, r) })
			<-s.flushed // the head
			<-s.flushed // the event of what there is
		}
	}
	watch(50) // what is made once is made
	const watchers, most = 500, 15 << 10
	before := used()
	watch(watchers)
	each := (used() - before) / watchers
	t.Logf("%d bytes each", each)
	require.Less(t, each, int64(most))
}

package server

import (
	"bytes"
	"context"
	"crypto/tls"
	"net/http"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2/hpack"
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
	before := memoryInUse()
	watch(watchers)
	each := (memoryInUse() - before) / watchers
	t.Logf("%d bytes each", each)
	require.Less(t, each, int64(most))
}

// The same through real connections: what a watch adds to one that has done nothing
// yet, its client's part included.
func TestIdleWatchersOnConnections(t *testing.T) {
	if underRace {
		t.Skip("everything is larger under the race detector")
	}
	f := newFixture(t, nil)
	f.configMap("a", "x")
	r := f.request(t.Context(), "GET "+inDefault+"?watch=true", "")
	var head bytes.Buffer
	fields := hpack.NewEncoder(&head)
	for _, field := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", f.http.Listener.Addr().String()},
		{":path", inDefault + "?watch=true"}, {"authorization", r.Header.Get("Authorization")}} {
		require.NoError(t, fields.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]}))
	}
	const most = 15 << 10
	connections := func(n int) (conns []*tls.Conn) {
		buf := make([]byte, 64<<10)
		for range n {
			c, err := tls.Dial("tcp", f.http.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
			require.NoError(t, err)
			t.Cleanup(func() { _ = c.Close() })
			// The preface and empty settings; the server's own settings come back.
			_, err = c.Write([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"))
			require.NoError(t, err)
			_, err = c.Read(buf)
			require.NoError(t, err)
			conns = append(conns, c)
		}
		return conns
	}
	watch := func(conns []*tls.Conn) {
		buf := make([]byte, 64<<10)
		for _, c := range conns {
			_, err := c.Write(append([]byte{0, 0, byte(head.Len()), 1, 5, 0, 0, 0, 1}, head.Bytes()...))
			require.NoError(t, err)
			var got []byte
			for !bytes.Contains(got, []byte(`"ADDED"`)) {
				n, err := c.Read(buf)
				require.NoError(t, err)
				got = append(got, buf[:n]...)
			}
		}
	}
	watch(connections(20)) // what is made once is made
	conns := connections(300)
	before := memoryInUse()
	watch(conns)
	each := (memoryInUse() - before) / int64(len(conns))
	t.Logf("%d bytes each", each)
	require.Less(t, each, int64(most))
}

// memoryInUse returns the bytes of heap and stacks after a collection; the second one
// empties the pools.
func memoryInUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

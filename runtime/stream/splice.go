package stream

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// Splice carries bytes between two connections until one of them ends, its peer
// is gone, or ctx ends, and closes both.
func Splice(ctx context.Context, a, b net.Conn) {
	ctx, cancel := context.WithCancel(ctx)
	var once sync.Once
	cut := func() {
		once.Do(func() {
			cancel()
			// Each by itself: a WebSocket takes its time to say goodbye.
			var wg sync.WaitGroup
			wg.Go(func() { _ = a.Close() })
			wg.Go(func() { _ = b.Close() })
			wg.Wait()
		})
	}
	var wg sync.WaitGroup
	for _, way := range [][2]net.Conn{{a, b}, {b, a}} {
		wg.Go(func() {
			_, _ = io.Copy(way[0], way[1])
			cut()
		})
		if t, ok := way[0].(*tunnel); ok {
			wg.Go(func() {
				t.ws.Keep(ctx)
				cut()
			})
		}
	}
	stop := context.AfterFunc(ctx, cut)
	wg.Wait()
	stop()
	cut()
}

// pingInterval is how often an idle connection is used, so that what lies between
// does not forget it, and how soon a client that has vanished is missed where nobody
// reads. Kubernetes' clients do the same.
const pingInterval = 5 * time.Second

// Keep sends a ping now and then until the client is gone or ctx ends. It finds
// out so even while nobody reads, because what was read before is not taken.
func (ws *WebSocket) Keep(ctx context.Context) {
	ticker := time.NewTicker(pingInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if ws.Ping() != nil {
				return
			}
		case <-ws.ended:
			return
		case <-ws.dead:
			return
		case <-ctx.Done():
			return
		}
	}
}

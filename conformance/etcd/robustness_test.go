package etcd

import (
	"context"
	"flag"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/runtime/client"
	store "github.com/kubenucleus/nucleus/storage/etcd"
)

var duration = flag.Duration("robustness.duration", 10*time.Second, "how long the cluster is disturbed")

// TestDisturbedClusterKeepsItsWord lets clients of two servers work while the
// members of their etcd cluster are stopped, its leader moves and connections to
// it are cut.
func TestDisturbedClusterKeepsItsWord(t *testing.T) {
	c := newCluster(t, t.TempDir(), 3)
	var wires []*wire
	var clients []client.Client
	for range 2 {
		var endpoints []string
		for _, m := range c.members {
			w := newWire(t, m.config.AdvertiseClientUrls[0])
			wires = append(wires, w)
			endpoints = append(endpoints, w.url())
		}
		s, err := store.Open(t.Context(), store.Options{Endpoints: endpoints, CompactEvery: -1})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		cp := serve(t, s)
		kubeconfig, err := cp.Kubeconfig(t.Context())
		require.NoError(t, err)
		config, err := kubeconfig.Config("")
		require.NoError(t, err)
		config.Scheme, err = scheme.New(api.Basic()...)
		require.NoError(t, err)
		remote, err := client.New(config)
		require.NoError(t, err)
		t.Cleanup(remote.Close)
		clients = append(clients, remote)
	}
	step := 0
	judge(t, clients, *duration, func(ctx context.Context) error {
		step++
		switch m := c.members[step%len(c.members)]; step % 4 {
		case 1:
			return c.moveLeader(ctx)
		case 3:
			m.kill()
			time.Sleep(200 * time.Millisecond) // it is away for a while
			m.begin(t)
			m.await(t)
		default:
			for _, w := range wires {
				w.cut()
			}
		}
		return nil
	})
}

// wire is a way to a member that can be cut.
type wire struct {
	listener net.Listener
	to       string

	mu    sync.Mutex
	conns map[net.Conn]struct{}
	done  sync.WaitGroup
}

func newWire(t *testing.T, to url.URL) *wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &wire{listener: listener, to: to.Host, conns: map[net.Conn]struct{}{}}
	w.done.Go(w.run)
	t.Cleanup(func() {
		listener.Close()
		w.cut()
		w.done.Wait()
	})
	return w
}

func (w *wire) url() string { return "http://" + w.listener.Addr().String() }

func (w *wire) run() {
	for {
		in, err := w.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", w.to)
		if err != nil {
			in.Close() // the member is away
			continue
		}
		w.mu.Lock()
		w.conns[in], w.conns[out] = struct{}{}, struct{}{}
		w.mu.Unlock()
		w.done.Go(func() { w.pipe(in, out) })
		w.done.Go(func() { w.pipe(out, in) })
	}
}

func (w *wire) pipe(from, to net.Conn) {
	_, _ = io.Copy(to, from) // until either end is closed
	from.Close()
	to.Close()
	w.mu.Lock()
	delete(w.conns, from)
	w.mu.Unlock()
}

// cut breaks all connections; new ones can be made at once.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		c.Close()
	}
}

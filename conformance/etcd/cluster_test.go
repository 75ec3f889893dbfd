package etcd

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/etcd/server/v3/embed"

	"github.com/kubenucleus/nucleus/storage"
	store "github.com/kubenucleus/nucleus/storage/etcd"
)

// member is one member of a cluster, which may be stopped and started again.
type member struct {
	config *embed.Config
	etcd   *embed.Etcd // nil: stopped
}

// cluster is etcd members in this process.
type cluster struct {
	t       testing.TB
	members []*member
}

func freeURL(t testing.TB) url.URL {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return url.URL{Scheme: "http", Host: l.Addr().String()}
}

// newCluster starts a cluster in dir, or continues the one that is there if it
// has one member. It is stopped when the test ends.
func newCluster(t testing.TB, dir string, size int) *cluster {
	t.Helper()
	c := &cluster{t: t}
	var initial []string
	for i := range size {
		name := fmt.Sprintf("m%d", i)
		cfg := memberConfig(name, filepath.Join(dir, name))
		client, peer := freeURL(t), freeURL(t)
		cfg.ListenClientUrls, cfg.AdvertiseClientUrls = []url.URL{client}, []url.URL{client}
		cfg.ListenPeerUrls, cfg.AdvertisePeerUrls = []url.URL{peer}, []url.URL{peer}
		initial = append(initial, cfg.Name+"="+peer.String())
		c.members = append(c.members, &member{config: cfg})
	}
	for _, m := range c.members {
		m.config.InitialCluster = strings.Join(initial, ",")
	}
	t.Cleanup(c.stop)
	for _, m := range c.members {
		m.begin(t)
	}
	for _, m := range c.members {
		m.await(t)
	}
	return c
}

// begin starts the member and does not wait until it is ready.
func (m *member) begin(t testing.TB) {
	t.Helper()
	cfg := *m.config
	var err error
	m.etcd, err = embed.StartEtcd(&cfg)
	require.NoError(t, err)
}

func (m *member) await(t testing.TB) {
	t.Helper()
	select {
	case <-m.etcd.Server.ReadyNotify():
	case <-time.After(time.Minute):
		t.Fatalf("%s did not become ready", m.config.Name)
	}
}

// kill stops the member at once.
func (m *member) kill() {
	if m.etcd != nil {
		m.etcd.Close()
		m.etcd = nil
	}
}

func (c *cluster) stop() {
	for _, m := range c.members {
		m.kill()
	}
}

func (c *cluster) endpoints() (urls []string) {
	for _, m := range c.members {
		urls = append(urls, m.config.AdvertiseClientUrls[0].String())
	}
	return urls
}

// leader returns the member that leads, or nil while there is none.
func (c *cluster) leader() *member {
	for _, m := range c.members {
		if m.etcd != nil && m.etcd.Server.Leader() == m.etcd.Server.MemberID() {
			return m
		}
	}
	return nil
}

// moveLeader makes another member lead.
func (c *cluster) moveLeader(ctx context.Context) error {
	from := c.leader()
	for _, m := range c.members {
		if from != nil && m != from && m.etcd != nil {
			return from.etcd.Server.MoveLeader(ctx, uint64(from.etcd.Server.MemberID()), uint64(m.etcd.Server.MemberID()))
		}
	}
	return fmt.Errorf("nobody to lead")
}

// open opens a store on the cluster that never compacts.
func (c *cluster) open(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Endpoints: c.endpoints(), CompactEvery: -1})
	require.NoError(t, err)
	return s
}

// owning is a store whose cluster ends with it.
type owning struct {
	storage.Store
	c *cluster
}

func (o owning) Close() error {
	err := o.Store.Close()
	o.c.stop()
	return err
}

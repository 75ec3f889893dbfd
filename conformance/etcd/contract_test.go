package etcd

import (
	"testing"

	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/storagetest"
)

// TestContractOneMember holds the store to what package storage promises. Every
// test has a cluster of its own, as it wants an empty store.
func TestContractOneMember(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Store {
		c := newCluster(t, t.TempDir(), 1)
		return owning{c.open(t), c}
	})
	storagetest.RunDurable(t, func(t *testing.T, dir string) storage.Store {
		c := newCluster(t, dir, 1)
		return owning{c.open(t), c}
	})
}

package embedded

import (
	"context"
	"testing"

	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/storagetest"
	"github.com/stretchr/testify/require"
)

func openStore(t *testing.T, opts Options) *Store {
	t.Helper()
	s, err := Open(context.Background(), opts)
	require.NoError(t, err)
	t.Cleanup(func() {
		if s.usable(context.Background()) == nil {
			require.NoError(t, s.Check(context.Background()))
		}
		require.NoError(t, s.Close())
	})
	return s
}

func TestContractInMemory(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Store { return openStore(t, Options{}) })
}

func TestContractOnDisk(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Store { return openStore(t, Options{Dir: t.TempDir()}) })
}

func TestContractDurable(t *testing.T) {
	storagetest.RunDurable(t, func(t *testing.T, dir string) storage.Store { return openStore(t, Options{Dir: dir}) })
}

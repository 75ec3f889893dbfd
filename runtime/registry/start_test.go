package registry_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/embedded"
)

// silent is a store that does not answer lists until it is told to.
type silent struct {
	storage.Store
	answers chan struct{}
}

func (s silent) List(ctx context.Context, prefix string, o storage.ListOptions) (storage.Page, error) {
	select {
	case <-s.answers:
		return s.Store.List(ctx, prefix, o)
	case <-ctx.Done():
		return storage.Page{}, context.Cause(ctx)
	}
}

// What can be read is served although the rest cannot, after some time; the rest is
// once it can.
func TestStartWithoutAll(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := scheme.New(widgetGroups()...)
	require.NoError(t, err)
	store, err := embedded.Open(ctx, embedded.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	defer store.Close()
	answers := make(chan struct{})
	reg, err := registry.New(s, store, registry.Options{
		StartTimeout: 20 * time.Millisecond, Logger: slog.New(slog.DiscardHandler),
		StoreOf: func(resource meta.GroupResource, given storage.Store) storage.Store {
			if resource.Resource == "globals" {
				return silent{given, answers}
			}
			return given
		},
	})
	require.NoError(t, err)
	var running sync.WaitGroup
	defer running.Wait()
	run, stop := context.WithCancel(ctx)
	defer stop()
	running.Go(func() { _ = reg.Run(run) })
	require.NoError(t, reg.WaitReady(ctx))

	list := func(ctx context.Context, resource string) error {
		res, ok := s.Resource(meta.GroupVersionResource{Group: widgetGroup, Version: "v1", Resource: resource})
		require.True(t, ok)
		_, err := reg.List(ctx, &registry.Request{Resource: res}, meta.ListOptions{})
		return err
	}
	require.NoError(t, list(ctx, "widgets"))
	soon, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	require.Error(t, list(soon, "globals"), "it waits")
	close(answers)
	require.NoError(t, list(ctx, "globals"))
}

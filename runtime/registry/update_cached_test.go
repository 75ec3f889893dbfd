package registry_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/storage"
)

// lateStore delivers changes only as long as nobody holds gate, so that caches
// can be made to lag.
type lateStore struct {
	storage.Store
	gate sync.Mutex
}

func (s *lateStore) Watch(ctx context.Context, prefix string, after storage.Revision) iter.Seq2[storage.Event, error] {
	return func(yield func(storage.Event, error) bool) {
		for ev, err := range s.Store.Watch(ctx, prefix, after) {
			s.gate.Lock()
			s.gate.Unlock()
			if !yield(ev, err) {
				return
			}
		}
	}
}

// Writes begin with what the cache has. That it lags must never show.
func TestWritesWhileTheCacheLags(t *testing.T) {
	store := &lateStore{Store: newStore(t)}
	f := startOn(t, store, widgetGroups(), registry.Options{})
	f.create(named("a"))
	f.get("a") // the cache has it
	patch := func(data string) (*Widget, error) {
		obj, _, err := f.reg.Patch(f.ctx, f.widget("a"), client.Patch{Type: client.MergePatch, Data: []byte(data)}, meta.PatchOptions{})
		if err != nil {
			return nil, err
		}
		return obj.(*Widget), nil
	}
	store.gate.Lock()
	defer store.gate.Unlock()

	got, err := patch(`{"spec":{"color":"red"}}`)
	require.NoError(t, err)
	require.Equal(t, "red", got.Spec.Color)

	got, err = patch(`{"spec":{"size":7}}`)
	require.NoError(t, err)
	require.Equal(t, "red", got.Spec.Color, "what was written just before is not lost")

	got, err = patch(`{"spec":{"color":"grey"}}`)
	require.NoError(t, err)
	require.Equal(t, "grey", got.Spec.Color, "no change of what the cache has, but one of what is stored")
	require.Equal(t, int32(7), got.Spec.Size)

	newest := codec.DeepCopy(got)
	newest.Spec.Color = "blue"
	_, err = f.update(newest)
	require.NoError(t, err, "the newest resource version is the right one, whether the cache has it or not")
	_, err = f.update(newest)
	require.True(t, meta.IsConflict(err), "%v", err)

	_, err = f.reg.Delete(f.ctx, f.widget("a"), meta.DeleteOptions{})
	require.NoError(t, err)
	_, err = patch(`{"spec":{"color":"red"}}`)
	require.True(t, meta.IsNotFound(err), "%v", err)
}

// silentStore makes writes and loses the answers.
type silentStore struct {
	storage.Store
	silent bool
	// loseCreates begins the keys of which the answer to a create is lost; with
	// dropCreates it is the request that is.
	loseCreates string
	dropCreates bool
}

func (s *silentStore) Create(ctx context.Context, key string, value []byte, ttl time.Duration) (storage.Revision, error) {
	if s.loseCreates == "" || !strings.HasPrefix(key, s.loseCreates) {
		return s.Store.Create(ctx, key, value, ttl)
	}
	if !s.dropCreates {
		if _, err := s.Store.Create(ctx, key, value, ttl); err != nil {
			return 0, err
		}
	}
	return 0, errSilent
}

var errSilent = errors.New("the connection broke")

func (s *silentStore) Update(ctx context.Context, key string, prev storage.Revision, value []byte, ttl time.Duration) (storage.Revision, error) {
	revision, err := s.Store.Update(ctx, key, prev, value, ttl)
	if err == nil && s.silent {
		return 0, errSilent
	}
	return revision, err
}

func (s *silentStore) Delete(ctx context.Context, key string, prev storage.Revision) (storage.Revision, error) {
	revision, err := s.Store.Delete(ctx, key, prev)
	if err == nil && s.silent {
		return 0, errSilent
	}
	return revision, err
}

// A client that is told of a conflict or a missing object takes it that its
// write was not done.
func TestWritesOfUnknownOutcomeAreNotTriedAgain(t *testing.T) {
	store := &silentStore{Store: newStore(t)}
	f := startOn(t, store, widgetGroups(), registry.Options{})
	f.create(named("a"))
	seen := f.get("a")

	store.silent = true
	changed := codec.DeepCopy(seen)
	changed.Spec.Color = "red"
	_, err := f.update(changed)
	require.ErrorIs(t, err, errSilent, "an update")
	require.Equal(t, "red", f.get("a").Spec.Color)
	_, _, err = f.reg.Patch(f.ctx, f.widget("a"), client.Patch{Type: client.MergePatch, Data: []byte(`{"spec":{"color":"blue"}}`)}, meta.PatchOptions{})
	require.ErrorIs(t, err, errSilent, "a patch")
	_, err = f.reg.Delete(f.ctx, f.widget("a"), meta.DeleteOptions{})
	require.ErrorIs(t, err, errSilent, "a deletion")
}

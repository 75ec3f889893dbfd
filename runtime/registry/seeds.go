package registry

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// seed is an object that the server itself sees to. It comes from this program,
// so it is stored without admission and validation: a cluster has some two hundred,
// and its start waits for them.
type seed struct {
	resource string
	obj      meta.Object
	manager  string // of its fields
	// reconcile makes have, which is there under the name and is a copy, what it
	// should be. nil leaves what is there.
	reconcile func(have meta.Object)
}

// sowers is how many seeds are stored at a time: the store puts them into few
// transactions, while each alone waits for the disk.
const sowers = 64

// sow stores the seeds of the kinds that the scheme has.
func (r *Registry) sow(ctx context.Context, seeds []seed) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(sowers)
	for _, s := range seeds {
		at, ok := r.target(s.resource, s.obj)
		if !ok {
			continue
		}
		res, _ := r.scheme.Resource(at.Resource)
		c, err := r.collectionOf(res)
		if err != nil {
			return err
		}
		group.Go(func() error {
			if err := r.sowOne(ctx, c, &Request{Resource: res, Namespace: at.Namespace, Name: at.Name}, s); err != nil {
				return fmt.Errorf("bootstrap %s %s: %w", s.resource, at.Name, err)
			}
			return nil
		})
	}
	return group.Wait()
}

func (r *Registry) sowOne(ctx context.Context, c *collection, q *Request, s seed) error {
	key := c.key(q.Namespace, q.Name)
	for {
		have, _, err := c.cache.Get(ctx, cache.Latest(), key)
		if err != nil {
			return err
		}
		if have != nil {
			err = r.tend(ctx, c, q, s, key, have)
		} else {
			err = r.plant(ctx, c, q, s, key)
		}
		if !errors.Is(err, storage.ErrConflict) && !errors.Is(err, storage.ErrNotFound) && !errors.Is(err, storage.ErrExists) {
			return err
		}
	}
}

// plant stores a seed that is not there.
func (r *Registry) plant(ctx context.Context, c *collection, q *Request, s seed, key string) error {
	obj := codec.Copy(s.obj).(meta.Object)
	m := obj.Metadata()
	m.UID, m.CreationTimestamp = meta.UID(uuid.NewString()), r.now()
	if c.hub.SpecChanged != nil {
		m.Generation = 1
	}
	hub, err := c.toHub(obj)
	if err != nil {
		return err
	}
	if hub, err = r.trackUpdate(q, c, nil, hub, "", s.manager); err != nil {
		return err
	}
	data, err := c.encodeNew(hub)
	if err != nil {
		return err
	}
	_, err = c.put(key, hub, data, func() (storage.Revision, error) { return c.store.Create(ctx, key, data, 0) })
	return err
}

// tend makes a seed that is there what it should be.
func (r *Registry) tend(ctx context.Context, c *collection, q *Request, s seed, key string, have *cache.Object) error {
	if s.reconcile == nil {
		return nil
	}
	live, err := have.Typed()
	if err != nil {
		return err
	}
	next := codec.Copy(live).(meta.Object)
	s.reconcile(next)
	if codec.Equal(next, live) {
		return nil
	}
	if c.hub.SpecChanged != nil && c.hub.SpecChanged(next, live) {
		next.Metadata().Generation++
	}
	if next, err = r.trackUpdate(q, c, live, next, "", s.manager); err != nil {
		return err
	}
	data, err := c.encodeNew(next)
	if err != nil {
		return err
	}
	_, err = c.put(key, next, data, func() (storage.Revision, error) { return c.store.Update(ctx, key, have.Revision, data, 0) })
	return err
}

package encrypt

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"github.com/kubenucleus/nucleus/storage"
)

// Store is a [storage.Store] around another that keeps the values of one
// resource encrypted in it. It is safe for concurrent use.
type Store struct {
	storage.Store
	e        *Encryption
	resource Resource
}

var _ storage.Store = (*Store)(nil)

// Store returns a store around given for the values of a resource. It may be
// used whether or not the configuration has the resource: that may change.
// Closing it closes given.
func (e *Encryption) Store(r Resource, given storage.Store) *Store {
	return &Store{Store: given, e: e, resource: r}
}

// chain is the keys for the store at the moment; nil: values are as they are.
func (s *Store) chain() chain {
	l := s.e.current.Load()
	if i := l.config.providersOf(s.resource); i >= 0 {
		return l.chains[i]
	}
	return nil
}

// Transforms says whether the configuration has the resource: then a value that
// was read may be stale although the key has not changed since.
func (s *Store) Transforms() bool { return s.chain() != nil }

// decrypt decrypts a value in place. One that cannot be decrypted stays as it is;
// an error is returned only if trying again may help.
func (s *Store) decrypt(ctx context.Context, c chain, kv *storage.KV) error {
	plain, stale, err := c.decrypt(ctx, kv.Key, kv.Value)
	if err == nil {
		kv.Value, kv.Stale = plain, stale
		return nil
	}
	err = &storage.KeyError{Op: "decrypt", Key: kv.Key, Err: err}
	if errors.Is(err, errAway) {
		return err
	}
	s.e.opts.Logger.LogAttrs(ctx, slog.LevelError, "stored value cannot be decrypted", slog.Any("error", err))
	return nil
}

// Open decrypts a value that was handed on as it is stored: the keys may be
// others by now. Otherwise it says what is wrong.
func (s *Store) Open(ctx context.Context, key string, stored []byte) ([]byte, error) {
	c := s.chain()
	if c == nil {
		return nil, fmt.Errorf("encrypt: %w", ErrNoKey)
	}
	plain, _, err := c.decrypt(ctx, key, stored)
	return plain, err
}

// Get returns the latest state of one key.
func (s *Store) Get(ctx context.Context, key string) (storage.KV, storage.Revision, error) {
	kv, rev, err := s.Store.Get(ctx, key)
	if c := s.chain(); err == nil && c != nil {
		err = s.decrypt(ctx, c, &kv)
	}
	return kv, rev, err
}

// List returns the keys under prefix as of one revision.
func (s *Store) List(ctx context.Context, prefix string, opts storage.ListOptions) (storage.Page, error) {
	page, err := s.Store.List(ctx, prefix, opts)
	c := s.chain()
	if err != nil || c == nil || opts.KeysOnly {
		return page, err
	}
	for i := range page.Items {
		if err := s.decrypt(ctx, c, &page.Items[i]); err != nil {
			return storage.Page{}, err
		}
	}
	return page, nil
}

// Create writes a key that must not exist.
func (s *Store) Create(ctx context.Context, key string, value []byte, ttl time.Duration) (storage.Revision, error) {
	sealed, err := s.seal(ctx, "create", key, value)
	if err != nil {
		return 0, err
	}
	rev, err := s.Store.Create(ctx, key, sealed, ttl)
	return rev, s.refused(ctx, err)
}

// Update writes a key that exists.
func (s *Store) Update(ctx context.Context, key string, prev storage.Revision, value []byte, ttl time.Duration) (storage.Revision, error) {
	sealed, err := s.seal(ctx, "update", key, value)
	if err != nil {
		return 0, err
	}
	rev, err := s.Store.Update(ctx, key, prev, sealed, ttl)
	return rev, s.refused(ctx, err)
}

// Delete removes a key.
func (s *Store) Delete(ctx context.Context, key string, prev storage.Revision) (storage.Revision, error) {
	rev, err := s.Store.Delete(ctx, key, prev)
	return rev, s.refused(ctx, err)
}

func (s *Store) seal(ctx context.Context, op, key string, value []byte) ([]byte, error) {
	c := s.chain()
	if c == nil {
		return value, nil
	}
	if err := storage.CheckWrite(op, key, value); err != nil {
		return nil, err
	}
	sealed, err := c.encrypt(ctx, key, value)
	if err != nil {
		return nil, &storage.KeyError{Op: op, Key: key, Err: fmt.Errorf("encrypt: %w", err)}
	}
	return sealed, nil
}

// refused decrypts what a refusal shows.
func (s *Store) refused(ctx context.Context, err error) error {
	c := s.chain()
	own, ok := errors.AsType[*storage.KeyError](err)
	if c == nil || !ok || own.Current == nil {
		return err
	}
	shown, current := *own, *own.Current
	if shown.Current = &current; s.decrypt(ctx, c, &current) != nil {
		shown.Current = nil
	}
	return &shown
}

// Watch yields the changes under prefix after a revision.
func (s *Store) Watch(ctx context.Context, prefix string, after storage.Revision) iter.Seq2[storage.Event, error] {
	return func(yield func(storage.Event, error) bool) {
		for ev, err := range s.Store.Watch(ctx, prefix, after) {
			c := s.chain()
			if err == nil && c != nil && ev.Type != storage.Progress {
				err = s.event(ctx, c, &ev)
			}
			if !yield(ev, err) || err != nil {
				return
			}
		}
	}
}

// event decrypts what an event has.
func (s *Store) event(ctx context.Context, c chain, ev *storage.Event) error {
	if ev.Type == storage.Put {
		if err := s.decrypt(ctx, c, &ev.KV); err != nil {
			return err
		}
	}
	if ev.Prev == nil {
		return nil
	}
	before := storage.KV{Key: ev.KV.Key, Value: ev.Prev}
	if err := s.decrypt(ctx, c, &before); err != nil {
		return err
	}
	if ev.Prev = before.Value; ev.Prev == nil {
		ev.Prev = []byte{} // there was a value, if an empty one
	}
	return nil
}

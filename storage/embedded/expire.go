package embedded

import (
	"errors"
	"time"

	"github.com/cockroachdb/pebble"
	"github.com/kubenucleus/nucleus/storage"
)

// runExpirer deletes keys when their time is over. The engine holds them in
// order of expiry, so it sleeps until the first is due and needs no memory.
func (s *Store) runExpirer() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-s.expiryKick:
		case <-s.closing:
			return
		}
		next, err := s.expireDue(s.opts.now())
		switch {
		case errors.Is(err, storage.ErrClosed):
			return
		case err != nil:
			s.opts.Logger.Warn("expire keys", "error", err)
			timer.Reset(time.Second)
		case !next.IsZero():
			timer.Reset(max(next.Sub(s.opts.now()), time.Millisecond))
		}
	}
}

// expireDue deletes what has expired by now, and returns when the next key
// will: zero if none has an expiry.
func (s *Store) expireDue(now time.Time) (next time.Time, err error) {
	for {
		due, next, err := s.expired(now)
		if err != nil || len(due) == 0 {
			return next, err
		}
		for _, w := range due {
			select {
			case s.queue <- w:
			case <-s.closing:
				return time.Time{}, storage.ErrClosed
			}
		}
		for _, w := range due {
			select {
			case <-w.done:
			case <-s.stopped:
				return time.Time{}, storage.ErrClosed
			}
			// A key that was written or deleted meanwhile is not ours any more.
			if w.err != nil && !errors.Is(w.err, storage.ErrConflict) && !errors.Is(w.err, storage.ErrNotFound) {
				return time.Time{}, w.err
			}
		}
	}
}

// expired makes the deletions of up to 256 keys that are due.
func (s *Store) expired(now time.Time) (due []*write, next time.Time, err error) {
	eng, done, err := s.engineForRead()
	if err != nil {
		return nil, time.Time{}, err
	}
	defer done()
	it, err := eng.db.NewIter(&pebble.IterOptions{LowerBound: []byte{tagExpiry}, UpperBound: []byte{tagExpiry + 1}})
	if err != nil {
		return nil, time.Time{}, engineError(err)
	}
	defer eng.finish(it)
	for ok := it.First(); ok && len(due) < 256; ok = it.Next() {
		at, rev, err := parseExpiryKey(it.Key())
		if err != nil {
			return nil, time.Time{}, err
		}
		if at > now.UnixMilli() {
			next = time.UnixMilli(at)
			break
		}
		key, err := it.ValueAndErr()
		if err != nil {
			return nil, time.Time{}, engineError(err)
		}
		due = append(due, &write{op: opExpire, key: string(key), prev: rev, done: make(chan struct{})})
	}
	return due, next, engineError(it.Error())
}

package embedded

import (
	"bytes"
	"context"
	"errors"

	"github.com/cockroachdb/pebble"
	"github.com/kubenucleus/nucleus/storage"
)

// seekVersion finds the newest version of key that is not above rev; the zero
// version means none. Its value is the iterator's memory.
func seekVersion(it *pebble.Iterator, buf *[]byte, key string, rev storage.Revision) (version, error) {
	*buf = appendVersionKey((*buf)[:0], key, rev)
	want := *buf
	if !it.SeekGE(want) {
		return version{}, engineError(it.Error())
	}
	if k := it.Key(); len(k) != len(want) || !bytes.Equal(k[:len(k)-8], want[:len(want)-8]) {
		return version{}, nil
	}
	_, found, err := splitVersionKey(it.Key())
	if err != nil {
		return version{}, err
	}
	data, err := it.ValueAndErr()
	if err != nil {
		return version{}, engineError(err)
	}
	return parseVersion(found, data)
}

// Get returns the latest state of one key.
func (s *Store) Get(ctx context.Context, key string) (storage.KV, storage.Revision, error) {
	if err := storage.CheckKey("get", key); err != nil {
		return storage.KV{}, 0, err
	}
	if err := s.usable(ctx); err != nil {
		return storage.KV{}, 0, err
	}
	var v version
	rev, err := s.readAt(0, tagVersion, func(it *pebble.Iterator, rev storage.Revision) (err error) {
		var buf []byte
		v, err = seekVersion(it, &buf, key, rev)
		v.value = bytes.Clone(v.value)
		return err
	})
	if err == nil && !v.live() {
		err = storage.ErrNotFound
	}
	if err != nil {
		return storage.KV{}, rev, &storage.KeyError{Op: "get", Key: key, Err: err}
	}
	return v.kv(key), rev, nil
}

// readAt runs read on an iterator over the records with tag, for the given
// revision or the latest. The order of the checks matters: compaction first
// announces itself in s.compacted and then deletes, so an iterator that was
// opened before the announcement was seen still has everything.
func (s *Store) readAt(asked storage.Revision, tag byte, read func(*pebble.Iterator, storage.Revision) error) (storage.Revision, error) {
	eng, done, err := s.engineForRead()
	if err != nil {
		return 0, err
	}
	defer done()
	for {
		newest := storage.Revision(s.visible.Load())
		rev := asked
		switch {
		case rev == 0:
			rev = newest
		case rev > newest:
			return newest, s.revisionError(asked, storage.ErrFutureRevision)
		}
		it, err := eng.db.NewIter(&pebble.IterOptions{LowerBound: []byte{tag}, UpperBound: []byte{tag + 1}})
		if err != nil {
			return newest, engineError(err)
		}
		if compacted := storage.Revision(s.compacted.Load()); rev < compacted {
			_ = eng.finish(it)
			if asked == 0 {
				continue // a compaction overtook us: there is a newer latest
			}
			return newest, s.revisionError(asked, storage.ErrCompacted)
		}
		err = read(it, rev)
		if closeErr := eng.finish(it); err == nil {
			err = closeErr
		}
		return rev, err
	}
}

func (s *Store) revisionError(asked storage.Revision, err error) error {
	return &storage.RevisionError{
		Asked: asked, Err: err,
		Oldest: storage.Revision(s.compacted.Load()), Newest: storage.Revision(s.visible.Load()),
	}
}

// List returns the keys under prefix as of one revision.
func (s *Store) List(ctx context.Context, prefix string, opts storage.ListOptions) (storage.Page, error) {
	if err := s.usable(ctx); err != nil {
		return storage.Page{}, err
	}
	page := storage.Page{Remaining: -1}
	rev, err := s.readAt(opts.Revision, tagVersion, func(it *pebble.Iterator, rev storage.Revision) error {
		return listVersions(ctx, it, prefix, rev, opts, &page)
	})
	if err != nil {
		return storage.Page{}, err
	}
	page.Revision = rev
	return page, nil
}

func listVersions(ctx context.Context, it *pebble.Iterator, prefix string, rev storage.Revision, opts storage.ListOptions, page *storage.Page) error {
	lower := append([]byte{tagVersion}, prefix...)
	upper := prefixEnd(lower)
	if after := appendAfterKey(nil, opts.After); opts.After != "" && bytes.Compare(after, lower) > 0 {
		lower = after
	}
	it.SetBounds(lower, upper)
	if opts.Count {
		page.Remaining = 0
	}
	err := eachLive(ctx, it, rev, func(key []byte, v *version) error {
		if opts.Limit > 0 && len(page.Items) == opts.Limit {
			page.More = true
			if !opts.Count {
				return errEnough
			}
			page.Remaining++
			return nil
		}
		if opts.KeysOnly {
			v.value = nil
		} else {
			v.value = bytes.Clone(v.value)
		}
		page.Items = append(page.Items, v.kv(string(key)))
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// errEnough ends eachLive early.
var errEnough = errors.New("enough")

// eachLive calls f for the version of each key that is current at rev, until f
// returns an error. What f is given is the iterator's memory.
func eachLive(ctx context.Context, it *pebble.Iterator, rev storage.Revision, f func(key []byte, v *version) error) error {
	var buf []byte
	seen := 0
	for ok := it.First(); ok; {
		if seen++; seen%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		key, found, err := splitVersionKey(it.Key())
		if err != nil {
			return err
		}
		if found > rev { // newer than asked for: go to the version that was current
			buf = appendVersionKey(buf[:0], string(key), rev)
			ok = it.SeekGE(buf)
			continue
		}
		data, err := it.ValueAndErr()
		if err != nil {
			return engineError(err)
		}
		v, err := parseVersion(found, data)
		if err != nil {
			return err
		}
		if !v.tombstone {
			if err := f(key, &v); err != nil {
				return err
			}
		}
		buf = append(buf[:0], it.Key()[:len(it.Key())-8]...)
		ok = nextKey(it, buf)
	}
	return engineError(it.Error())
}

// nextKey moves past the other versions of the key that it stands on: a few
// steps first, since most keys have few versions, then a seek.
func nextKey(it *pebble.Iterator, keyAndZero []byte) bool {
	for range 4 {
		if !it.Next() {
			return false
		}
		if k := it.Key(); len(k) != len(keyAndZero)+8 || !bytes.HasPrefix(k, keyAndZero) {
			return true
		}
	}
	keyAndZero[len(keyAndZero)-1] = 1
	return it.SeekGE(keyAndZero)
}

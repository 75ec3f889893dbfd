package embedded

import (
	"bytes"
	"context"
	"fmt"

	"github.com/cockroachdb/pebble"
	"github.com/kubenucleus/nucleus/storage"
)

// Check walks all the data and returns the first broken invariant, as
// storage.ErrCorrupt. It reads everything; it is for tests and for an operator
// who has doubts. Writes may go on meanwhile.
//
// What holds, of one consistent view:
//   - versions of a key are in descending order, and only the oldest kept one
//     may lack a predecessor; nothing is kept twice;
//   - every revision after the compaction is one change, without a gap, whose
//     version exists and whose predecessor is the version before it;
//   - every version after the compaction has its change;
//   - at or before the compaction only the newest version of a key is kept, and
//     no deletion (save what a compaction that was interrupted left to do);
//   - expiries are exactly those of the newest versions.
func (s *Store) Check(ctx context.Context) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	s.compactMu.Lock() // an interrupted compaction is allowed, a running one would confuse
	defer s.compactMu.Unlock()
	eng, done, err := s.engineForRead()
	if err != nil {
		return err
	}
	defer done()
	snap := eng.db.NewSnapshot()
	defer eng.finish(snap)
	// The snapshot may hold more than is visible; take all that it has.
	c := checker{
		ctx: ctx, snap: snap, compacted: storage.Revision(s.compacted.Load()),
		versions: make(map[storage.Revision]string), prev: make(map[storage.Revision]storage.Revision),
		expiries: make(map[storage.Revision]int64),
	}
	if err := c.readVersions(); err != nil {
		return err
	}
	if err := c.readChanges(); err != nil {
		return err
	}
	return c.readExpiries()
}

type checker struct {
	ctx       context.Context
	snap      *pebble.Snapshot
	compacted storage.Revision

	versions map[storage.Revision]string // revision -> key
	prev     map[storage.Revision]storage.Revision
	expiries map[storage.Revision]int64
	pendingR bool // an interrupted compaction left changes behind
}

func (c *checker) each(tag byte, f func(k, v []byte) error) error {
	it, err := c.snap.NewIter(&pebble.IterOptions{LowerBound: []byte{tag}, UpperBound: []byte{tag + 1}})
	if err != nil {
		return engineError(err)
	}
	defer it.Close()
	n := 0
	for ok := it.First(); ok; ok = it.Next() {
		if n++; n%4096 == 0 && c.ctx.Err() != nil {
			return context.Cause(c.ctx)
		}
		v, err := it.ValueAndErr()
		if err != nil {
			return engineError(err)
		}
		if err := f(it.Key(), v); err != nil {
			return err
		}
	}
	return engineError(it.Error())
}

func (c *checker) readVersions() error {
	var lastKey []byte
	var last version
	return c.each(tagVersion, func(k, data []byte) error {
		key, rev, err := splitVersionKey(k)
		if err != nil {
			return err
		}
		v, err := parseVersion(rev, data)
		if err != nil {
			return err
		}
		if other, dup := c.versions[rev]; dup {
			return damaged("revision %d wrote both %s and %s", rev, other, key)
		}
		c.versions[rev] = string(key)
		if v.created > rev || v.created == 0 || v.tombstone && len(v.value) > 0 {
			return damaged("version %d of %s: created at %d, deleted %t, %d bytes", rev, key, v.created, v.tombstone, len(v.value))
		}
		if newest := !bytes.Equal(key, lastKey); newest {
			if v.expires != 0 && !v.tombstone {
				c.expiries[rev] = v.expires
			}
		} else {
			if rev >= last.rev {
				return damaged("versions %d and %d of %s are out of order", last.rev, rev, key)
			}
			if !last.tombstone && last.created != last.rev && last.created != v.created {
				return damaged("version %d of %s was created at %d, the one before at %d", last.rev, key, last.created, v.created)
			}
			c.prev[last.rev] = rev
		}
		lastKey, last = append(lastKey[:0], key...), v
		last.value = nil
		return nil
	})
}

func (c *checker) readChanges() error {
	var lastRev storage.Revision
	seen := 0
	err := c.each(tagChange, func(k, data []byte) error {
		rev, err := parseChangeKey(k)
		if err != nil {
			return err
		}
		ch, err := parseChange(data)
		if err != nil {
			return err
		}
		if rev <= c.compacted {
			c.pendingR = true
			return nil
		}
		seen++
		if lastRev == 0 {
			if first := max(c.compacted, firstRevision) + 1; rev != first {
				return damaged("first change is %d, want %d", rev, first)
			}
		} else if rev != lastRev+1 {
			return damaged("change %d follows change %d", rev, lastRev)
		}
		lastRev = rev
		if key, ok := c.versions[rev]; !ok || key != string(ch.key) {
			return damaged("change %d of %s has no version (found %q)", rev, ch.key, key)
		}
		if ch.created != (ch.prev == 0) {
			return damaged("change %d of %s: created %t, but replaces %d", rev, ch.key, ch.created, ch.prev)
		}
		if before := c.prev[rev]; ch.prev != 0 && before != ch.prev {
			return damaged("change %d of %s replaces %d, but %d is before it", rev, ch.key, ch.prev, before)
		}
		return nil
	})
	if err != nil {
		return err
	}
	kept := 0
	for rev, key := range c.versions {
		if rev > c.compacted {
			kept++
		} else if before := c.prev[rev]; before != 0 && !c.pendingR {
			return damaged("version %d of %s was compacted but is there", before, key)
		}
	}
	if kept != seen {
		return damaged("%d versions after the compaction at %d, but %d changes", kept, c.compacted, seen)
	}
	return nil
}

func (c *checker) readExpiries() error {
	err := c.each(tagExpiry, func(k, key []byte) error {
		at, rev, err := parseExpiryKey(k)
		if err != nil {
			return err
		}
		if c.expiries[rev] != at || c.versions[rev] != string(key) {
			return damaged("expiry of %s at revision %d is not that of its newest version", key, rev)
		}
		delete(c.expiries, rev)
		return nil
	})
	if err != nil {
		return err
	}
	for rev := range c.expiries {
		return fmt.Errorf("%w: version %d of %s expires but is not noted", storage.ErrCorrupt, rev, c.versions[rev])
	}
	return nil
}

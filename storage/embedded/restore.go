package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/kubenucleus/nucleus/storage"
)

// DefaultBump is by how much [Restore] raises the revision. It is more than what
// a store is likely to have written after the snapshot was made.
const DefaultBump = 1_000_000_000

// ErrNotEmpty is returned by Restore when there is something in the directory.
var ErrNotEmpty = errors.New("the directory is not empty")

// Restore makes a new store in opts.Dir, which must be empty or missing, from a
// snapshot. The new store has the snapshot's keys with their revisions, and no
// history; its own revision is the snapshot's raised by bump. So whoever has
// seen later changes, which are lost now, is told that they are too old to go
// on from there, and reads anew. A bump of 0 is DefaultBump.
//
// When it fails, whatever it has made is not taken for a store: remove it and try
// again.
func Restore(ctx context.Context, opts Options, from io.Reader, bump int64) (SnapshotInfo, error) {
	opts = opts.withDefaults()
	fail := func(err error) (SnapshotInfo, error) {
		return SnapshotInfo{}, fmt.Errorf("restore to %s: %w", opts.Dir, err)
	}
	switch {
	case opts.Dir == "":
		return fail(errors.New("a directory is needed"))
	case bump < 0:
		return fail(fmt.Errorf("the revision cannot be raised by %d", bump))
	case bump == 0:
		bump = DefaultBump
	}
	names, err := opts.fs.List(opts.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fail(err)
	}
	for _, n := range names {
		if n != "lost+found" {
			return fail(fmt.Errorf("%w: it has %s", ErrNotEmpty, n))
		}
	}
	var info SnapshotInfo
	s := &Store{opts: opts}
	s.fill = func(eng *engine) (err error) {
		info, err = fillFrom(ctx, eng, from, bump)
		return err
	}
	if err := s.openDir(ctx); err != nil {
		return fail(err)
	}
	if err := s.closeEngine(); err != nil {
		return fail(err)
	}
	return info, nil
}

// fillBatch is how much is written at once.
const fillBatch = 4 << 20

// fillFrom writes a snapshot's keys into an empty engine.
func fillFrom(ctx context.Context, eng *engine, from io.Reader, bump int64) (SnapshotInfo, error) {
	batch := eng.db.NewBatch()
	defer eng.release(batch)
	var buf []byte
	set := func(keyLen int) error { return batch.Set(buf[:keyLen], buf[keyLen:], nil) }
	info, err := readSnapshot(ctx, from, func(key []byte, v *version) error {
		buf = appendVersionKey(buf[:0], string(key), v.rev)
		n := len(buf)
		buf = appendVersion(buf, v)
		if err := set(n); err != nil {
			return engineError(err)
		}
		if v.expires != 0 {
			buf = appendExpiryKey(buf[:0], v.expires, v.rev)
			n = len(buf)
			buf = append(buf, key...)
			if err := set(n); err != nil {
				return engineError(err)
			}
		}
		if batch.Len() < fillBatch {
			return nil
		}
		if err := eng.apply(batch, false); err != nil {
			return err
		}
		batch.Reset()
		return nil
	})
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = damaged("the snapshot ends too early")
		}
		return info, err
	}
	// With everything before the new revision compacted, that is where it goes on.
	revision := uint64(info.Revision) + uint64(bump)
	if err := batch.Set(keyCompacted, binary.BigEndian.AppendUint64(nil, revision), nil); err != nil {
		return info, engineError(err)
	}
	if err := eng.apply(batch, true); err != nil {
		return info, err
	}
	if err := eng.flush(); err != nil {
		return info, err
	}
	info.Revision = storage.Revision(revision)
	return info, nil
}

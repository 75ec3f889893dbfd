package embedded

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/cockroachdb/pebble"
	"github.com/kubenucleus/nucleus/storage"
)

// A snapshot is the state of a store as of one revision in one file, without
// history: a head, the keys in order, an end with their number, and the SHA-256
// of everything before. It does not depend on the engine.
//
//	head     "nucleus snapshot 1\n", revision (8 bytes)
//	key      length of the key (uvarint, not 0), key, created, modified, expiry
//	         in Unix milliseconds or 0, length of the value (uvarints), value
//	end      0, number of keys (uvarint)
//	checksum 32 bytes
const snapshotMagic = "nucleus snapshot 1\n"

// SnapshotInfo says what a snapshot has in it.
type SnapshotInfo struct {
	Revision storage.Revision `json:"revision"`
	Keys     int64            `json:"keys"`
	// Bytes is the size of the snapshot.
	Bytes int64 `json:"bytes"`
	// Checksum is the SHA-256 that ends it, in hexadecimal.
	Checksum string `json:"checksum"`
}

// Save writes a snapshot of the current state. Reads and writes go on meanwhile
// and do not show in it.
func (s *Store) Save(ctx context.Context, to io.Writer) (SnapshotInfo, error) {
	if err := s.usable(ctx); err != nil {
		return SnapshotInfo{}, err
	}
	w := newSnapshotWriter(to)
	info := SnapshotInfo{}
	var err error
	info.Revision, err = s.readAt(0, tagVersion, func(it *pebble.Iterator, rev storage.Revision) error {
		w.text(snapshotMagic)
		w.fixed(uint64(rev))
		return eachLive(ctx, it, rev, func(key []byte, v *version) error {
			info.Keys++
			w.uvarint(uint64(len(key)))
			w.bytes(key)
			w.uvarint(uint64(v.created))
			w.uvarint(uint64(v.rev))
			w.uvarint(uint64(v.expires))
			w.uvarint(uint64(len(v.value)))
			w.bytes(v.value)
			return w.err
		})
	})
	if err != nil {
		return SnapshotInfo{}, fmt.Errorf("save snapshot: %w", err)
	}
	w.uvarint(0)
	w.uvarint(uint64(info.Keys))
	sum := w.sum.Sum(nil)
	info.Checksum = hex.EncodeToString(sum)
	w.bytes(sum)
	info.Bytes = w.written
	if err := errors.Join(w.err, w.out.Flush()); err != nil {
		return SnapshotInfo{}, fmt.Errorf("save snapshot: %w", err)
	}
	return info, nil
}

// snapshotWriter remembers the first error, and sums what it writes.
type snapshotWriter struct {
	out     *bufio.Writer
	sum     hash.Hash
	written int64
	err     error
	buf     [binary.MaxVarintLen64]byte
}

func newSnapshotWriter(to io.Writer) *snapshotWriter {
	return &snapshotWriter{out: bufio.NewWriterSize(to, 1<<20), sum: sha256.New()}
}

func (w *snapshotWriter) bytes(b []byte) {
	if w.err == nil {
		w.sum.Write(b)
		w.written += int64(len(b))
		_, w.err = w.out.Write(b)
	}
}

func (w *snapshotWriter) text(s string)    { w.bytes([]byte(s)) }
func (w *snapshotWriter) uvarint(v uint64) { w.bytes(binary.AppendUvarint(w.buf[:0], v)) }
func (w *snapshotWriter) fixed(v uint64)   { w.bytes(binary.BigEndian.AppendUint64(w.buf[:0], v)) }

// ReadSnapshot reads a snapshot to its end and calls each for every key, with
// memory that is its own. Only when it returns without an error the snapshot is
// known to be whole; otherwise that is storage.ErrCorrupt.
func ReadSnapshot(ctx context.Context, from io.Reader, each func(kv storage.KV) error) (SnapshotInfo, error) {
	info, err := readSnapshot(ctx, from, func(key []byte, v *version) error {
		if each == nil {
			return nil
		}
		return each(v.kv(string(key)))
	})
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = damaged("it ends too early")
	}
	if err != nil {
		return SnapshotInfo{}, fmt.Errorf("read snapshot: %w", err)
	}
	return info, nil
}

func readSnapshot(ctx context.Context, from io.Reader, each func(key []byte, v *version) error) (info SnapshotInfo, err error) {
	r := &snapshotReader{in: bufio.NewReaderSize(from, 1<<20), sum: sha256.New()}
	head := r.bytes(uint64(len(snapshotMagic)), len(snapshotMagic))
	if r.err == nil && string(head) != snapshotMagic {
		return info, damaged("this is no snapshot, or one of a version that is not known")
	}
	revision := r.bytes(8, 8)
	if r.err != nil {
		return info, r.err
	}
	info.Revision = storage.Revision(binary.BigEndian.Uint64(revision))
	var last []byte
	for {
		size := r.uvarint()
		if r.err != nil {
			return info, r.err
		}
		if size == 0 {
			break
		}
		if info.Keys%1024 == 0 && ctx.Err() != nil {
			return info, context.Cause(ctx)
		}
		key := r.bytes(size, storage.MaxKeyBytes)
		v := version{created: storage.Revision(r.uvarint()), rev: storage.Revision(r.uvarint()), expires: int64(r.uvarint())}
		v.value = r.bytes(r.uvarint(), storage.MaxValueBytes+1<<20)
		if r.err != nil {
			return info, r.err
		}
		switch {
		case bytes.Compare(key, last) <= 0 || bytes.IndexByte(key, 0) >= 0:
			return info, damaged("key %q after %q", key, last)
		case v.created < 1 || v.created > v.rev || v.rev > info.Revision || v.expires < 0:
			return info, damaged("%s: revisions %d and %d, of a snapshot at %d", key, v.created, v.rev, info.Revision)
		}
		if err := each(key, &v); err != nil {
			return info, err
		}
		last = key
		info.Keys++
	}
	if keys := r.uvarint(); r.err == nil && keys != uint64(info.Keys) {
		return info, damaged("it has %d keys, and says %d", info.Keys, keys)
	}
	want := r.sum.Sum(nil)
	sum := r.bytes(uint64(len(want)), len(want))
	if r.err != nil {
		return info, r.err
	}
	if !bytes.Equal(sum, want) {
		return info, damaged("the checksum is %x, and it says %x", want, sum)
	}
	if _, err := r.in.ReadByte(); !errors.Is(err, io.EOF) {
		return info, damaged("something comes after its end")
	}
	info.Bytes, info.Checksum = r.read, hex.EncodeToString(want)
	return info, nil
}

// snapshotReader remembers the first error, and sums what it reads.
type snapshotReader struct {
	in   *bufio.Reader
	sum  hash.Hash
	read int64
	err  error
}

// ReadByte is for uvarint.
func (r *snapshotReader) ReadByte() (byte, error) {
	b, err := r.in.ReadByte()
	if err == nil {
		r.sum.Write([]byte{b})
		r.read++
	}
	return b, err
}

func (r *snapshotReader) uvarint() uint64 {
	if r.err != nil {
		return 0
	}
	v, err := binary.ReadUvarint(r)
	if r.err = err; err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		r.err = damaged("%v", err)
	}
	return v
}

// bytes reads n bytes, which must not be more than most: what is damaged may say
// anything.
func (r *snapshotReader) bytes(n uint64, most int) []byte {
	if r.err != nil {
		return nil
	}
	if n > uint64(most) {
		r.err = damaged("%d bytes where %d may be", n, most)
		return nil
	}
	b := make([]byte, n)
	if _, r.err = io.ReadFull(r.in, b); r.err != nil {
		return nil
	}
	r.sum.Write(b)
	r.read += int64(n)
	return b
}

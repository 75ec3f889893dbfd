package embedded

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/kubenucleus/nucleus/storage"
)

// Records in the engine. The first byte says what a record is:
//
//	'd' key 0x00 ^revision    one version of a key: versionRecord. The inverted
//	                          revision puts the newest version first, so the
//	                          state as of any revision is one seek. Keys have no
//	                          zero byte, so byte order is key order.
//	'r' revision              the change that this revision was: changeRecord.
//	                          There is one for every revision since compaction.
//	'x' expiry revision       a key that expires then: the key.
//	'm' name                  the store's own facts.
const (
	tagVersion = 'd'
	tagChange  = 'r'
	tagExpiry  = 'x'
	tagMeta    = 'm'
)

var keyCompacted = []byte("mcompacted") // value: revision, 8 bytes

const (
	flagTombstone = 1 << iota // the version is a deletion
	flagCreated               // the change made the key
)

func appendVersionKey(dst []byte, key string, rev storage.Revision) []byte {
	dst = append(dst, tagVersion)
	dst = append(dst, key...)
	dst = append(dst, 0)
	return binary.BigEndian.AppendUint64(dst, ^uint64(rev))
}

// appendAfterKey makes the lower bound of everything after all versions of key.
func appendAfterKey(dst []byte, key string) []byte {
	dst = append(dst, tagVersion)
	dst = append(dst, key...)
	return append(dst, 1)
}

// splitVersionKey gives the key part (without tag, still the engine's memory)
// and the revision.
func splitVersionKey(k []byte) (key []byte, rev storage.Revision, err error) {
	if len(k) < 11 || k[0] != tagVersion || k[len(k)-9] != 0 {
		return nil, 0, damaged("version key %q", k)
	}
	return k[1 : len(k)-9], storage.Revision(^binary.BigEndian.Uint64(k[len(k)-8:])), nil
}

// version is one decoded 'd' record.
type version struct {
	rev, created storage.Revision
	expires      int64 // Unix milliseconds; 0 means never
	tombstone    bool
	value        []byte // may be the engine's memory
}

func (v *version) live() bool { return v.rev != 0 && !v.tombstone }

func (v *version) kv(key string) storage.KV {
	kv := storage.KV{Key: key, Value: v.value, Created: v.created, Modified: v.rev}
	if v.expires != 0 {
		kv.Expires = time.UnixMilli(v.expires)
	}
	return kv
}

func appendVersion(dst []byte, v *version) []byte {
	var flags byte
	if v.tombstone {
		flags |= flagTombstone
	}
	dst = append(dst, flags)
	dst = binary.AppendUvarint(dst, uint64(v.created))
	dst = binary.AppendUvarint(dst, uint64(v.expires))
	return append(dst, v.value...)
}

func parseVersion(rev storage.Revision, data []byte) (version, error) {
	if len(data) == 0 {
		return version{}, damaged("empty record of revision %d", rev)
	}
	v := version{rev: rev, tombstone: data[0]&flagTombstone != 0}
	rest := data[1:]
	created, n := binary.Uvarint(rest)
	if n <= 0 {
		return version{}, damaged("record of revision %d", rev)
	}
	rest = rest[n:]
	expires, n := binary.Uvarint(rest)
	if n <= 0 {
		return version{}, damaged("record of revision %d", rev)
	}
	v.created, v.expires, v.value = storage.Revision(created), int64(expires), rest[n:]
	return v, nil
}

// change is one decoded 'r' record. prev is the version it replaced: 0 if the
// key was created.
type change struct {
	tombstone, created bool
	prev               storage.Revision
	key                []byte // may be the engine's memory
}

func appendChangeKey(dst []byte, rev storage.Revision) []byte {
	return binary.BigEndian.AppendUint64(append(dst, tagChange), uint64(rev))
}

func parseChangeKey(k []byte) (storage.Revision, error) {
	if len(k) != 9 || k[0] != tagChange {
		return 0, damaged("change key %q", k)
	}
	return storage.Revision(binary.BigEndian.Uint64(k[1:])), nil
}

func appendChange(dst []byte, c *change) []byte {
	var flags byte
	if c.tombstone {
		flags |= flagTombstone
	}
	if c.created {
		flags |= flagCreated
	}
	dst = append(dst, flags)
	dst = binary.AppendUvarint(dst, uint64(c.prev))
	return append(dst, c.key...)
}

func parseChange(data []byte) (change, error) {
	if len(data) == 0 {
		return change{}, damaged("empty change record")
	}
	prev, n := binary.Uvarint(data[1:])
	if n <= 0 {
		return change{}, damaged("change record %q", data)
	}
	return change{
		tombstone: data[0]&flagTombstone != 0, created: data[0]&flagCreated != 0,
		prev: storage.Revision(prev), key: data[1+n:],
	}, nil
}

func appendExpiryKey(dst []byte, expires int64, rev storage.Revision) []byte {
	dst = binary.BigEndian.AppendUint64(append(dst, tagExpiry), uint64(expires))
	return binary.BigEndian.AppendUint64(dst, uint64(rev))
}

func parseExpiryKey(k []byte) (expires int64, rev storage.Revision, err error) {
	if len(k) != 17 || k[0] != tagExpiry {
		return 0, 0, damaged("expiry key %q", k)
	}
	return int64(binary.BigEndian.Uint64(k[1:])), storage.Revision(binary.BigEndian.Uint64(k[9:])), nil
}

// prefixEnd is the first byte string after all that start with prefix.
func prefixEnd(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] != 0xff {
			end[i]++
			return end[:i+1]
		}
	}
	return nil
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{storage.ErrCorrupt}, args...)...)
}

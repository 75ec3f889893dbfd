package storage

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// Errors that a caller branches on, with errors.Is. A store returns them inside
// a [*KeyError] where they are about one key.
var (
	// ErrNotFound is returned when there is no such key.
	ErrNotFound = errors.New("key not found")
	// ErrExists is returned by Create when the key is already there.
	ErrExists = errors.New("key already exists")
	// ErrConflict is returned by Update and Delete when the key's revision is
	// not the one that the caller read. Read again, reapply the change, retry.
	ErrConflict = errors.New("revision conflict")
	// ErrCompacted is returned when the revision asked for is no longer kept.
	// List anew and watch from there.
	ErrCompacted = errors.New("revision has been compacted")
	// ErrFutureRevision is returned when the revision asked for is above the
	// store's current one.
	ErrFutureRevision = errors.New("revision is in the future")
	// ErrInvalidKey is returned when a key is empty or has a zero byte.
	ErrInvalidKey = errors.New("invalid key")
	// ErrTooLarge is returned when a key or value is above the limits.
	ErrTooLarge = errors.New("too large")
	// ErrNoSpace is returned by writes when the disk is full. Nothing was
	// written; reads go on, and writes work again once there is space.
	ErrNoSpace = errors.New("no space left for writes")
	// ErrCorrupt is returned when stored data fails its check. The text says
	// which file or key.
	ErrCorrupt = errors.New("stored data is damaged")
	// ErrClosed is returned after Close.
	ErrClosed = errors.New("store is closed")
)

// KeyError says which operation failed on which key, and why.
type KeyError struct {
	Op  string // "get", "create", "update", "delete"
	Key string
	Err error
	// Current is what the store has instead, when Err is ErrExists or
	// ErrConflict and the store knew it: it saves the caller a read before the
	// next attempt. Otherwise nil.
	Current *KV
}

// Error returns the operation, the key and the reason.
func (e *KeyError) Error() string { return e.Op + " " + e.Key + ": " + e.Err.Error() }

// Unwrap returns the reason.
func (e *KeyError) Unwrap() error { return e.Err }

// RevisionError says which revision was asked for and which ones there are.
type RevisionError struct {
	// Asked is the revision that the caller named.
	Asked Revision
	// Oldest is the oldest that is kept (0: unknown) and Newest the current one.
	Oldest, Newest Revision
	// Err is ErrCompacted or ErrFutureRevision.
	Err error
}

// Error returns the reason with the revisions.
func (e *RevisionError) Error() string {
	return e.Err.Error() + ": asked for " + strconv.FormatInt(int64(e.Asked), 10) +
		", have " + strconv.FormatInt(int64(e.Oldest), 10) + " to " + strconv.FormatInt(int64(e.Newest), 10)
}

// Unwrap returns the reason.
func (e *RevisionError) Unwrap() error { return e.Err }

// CheckKey returns nil for a key that a store takes, else ErrInvalidKey or
// ErrTooLarge in a [*KeyError] for op. It is for those who write stores.
func CheckKey(op, key string) error {
	switch {
	case key == "" || strings.IndexByte(key, 0) >= 0:
		return &KeyError{Op: op, Key: strconv.Quote(key), Err: ErrInvalidKey}
	case len(key) > MaxKeyBytes:
		return &KeyError{Op: op, Key: key[:64] + "...", Err: ErrTooLarge}
	}
	return nil
}

// sealedRoom is what encryption adds to a value at most: what a KMS plug-in may
// want to be stored with it, and some.
const sealedRoom = 40 << 10

// CheckWrite does what CheckKey does, and checks the value's size too.
func CheckWrite(op, key string, value []byte) error {
	if err := CheckKey(op, key); err != nil {
		return err
	}
	most := MaxValueBytes
	if bytes.HasPrefix(value, []byte(SealedPrefix)) {
		most += sealedRoom
	}
	if len(value) > most {
		return &KeyError{Op: op, Key: key, Err: ErrTooLarge}
	}
	return nil
}

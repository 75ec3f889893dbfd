package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/sstable"
	"github.com/cockroachdb/pebble/vfs"
)

// verifyTablesBytes bounds how much of the tables is read at start, newest
// first: about half a second's worth. The rest is verified whenever it is read.
const verifyTablesBytes = 512 << 20

// verify reads the directory without changing it, and says which file is
// damaged. The engine alone would accept a log that breaks off in the middle
// (it cannot tell that from a crash), and would find a damaged table only when
// somebody needs it.
func (s *Store) verify(ctx context.Context) error {
	fsys := s.opts.fs
	desc, err := pebble.Peek(s.dir, fsys)
	if err != nil {
		return fmt.Errorf("%s: %w", s.dir, err)
	}
	if !desc.Exists {
		return damaged("%s: its manifest is missing", s.dir)
	}
	if !s.opts.NoSync {
		if err := s.verifyLogs(desc.ManifestFilename); err != nil {
			return err
		}
	}
	eng, err := openEngine(s.dir, &s.opts, true, true)
	if err != nil {
		return fmt.Errorf("%s: %w", s.dir, err)
	}
	return errors.Join(s.verifyTables(ctx, eng), eng.close())
}

func (s *Store) verifyLogs(manifest string) error {
	names, err := s.opts.fs.List(s.dir)
	if err != nil {
		return err
	}
	if err := scanLog(s.opts.fs, manifest, 0); err != nil {
		return err
	}
	logs := 0
	for _, n := range names {
		if num, isLog := strings.CutSuffix(n, ".log"); isLog {
			logNum, err := strconv.ParseUint(num, 10, 64)
			if err != nil {
				continue // not the engine's
			}
			logs++
			if err := scanLog(s.opts.fs, s.opts.fs.PathJoin(s.dir, n), uint32(logNum)); err != nil {
				return err
			}
		}
	}
	if logs == 0 { // the engine always has one, and would start without
		return damaged("%s: its log is missing", s.dir)
	}
	return nil
}

// The format of the engine's logs, which is LevelDB's: blocks of 32 KiB with
// chunks in them. A chunk is a checksum, a length, a type and, if the file may
// have been used before, the number of the log.
const (
	logBlock         = 32 << 10
	chunkHeader      = 7
	chunkHeaderLong  = 11
	chunkFirstInLong = 5 // types 5 to 8 are 1 to 4 with the log's number
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// chunkAt checks the chunk at the start of b. It returns its whole length (0 if
// it is not intact) and whether a record begins with it.
func chunkAt(b []byte, logNum uint32) (length int, begins bool) {
	if len(b) < chunkHeader {
		return 0, false
	}
	kind, header := b[6], chunkHeader
	if kind >= chunkFirstInLong {
		if kind -= chunkFirstInLong - 1; len(b) < chunkHeaderLong || binary.LittleEndian.Uint32(b[7:]) != logNum {
			return 0, false
		}
		header = chunkHeaderLong
	}
	end := header + int(binary.LittleEndian.Uint16(b[4:]))
	if kind < 1 || kind > 4 || end > len(b) {
		return 0, false
	}
	sum := crc32.Checksum(b[6:end], castagnoli)
	if binary.LittleEndian.Uint32(b) != (sum>>15|sum<<17)+0xa282ead8 {
		return 0, false
	}
	return end, kind <= 2
}

// scanLog looks for a place in a log that is damaged although a later record
// began after it. Records are synced one by one, so everything before the last
// record had been acknowledged: only the last may be cut short by a crash.
func scanLog(fsys vfs.FS, name string, logNum uint32) error {
	f, err := fsys.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	block := make([]byte, logBlock)
	broken := int64(-1) // where the first damage is
	for start := int64(0); ; start += logBlock {
		n, err := io.ReadFull(f, block)
		if n == 0 && err == io.EOF {
			return nil
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("%s: %w", name, err)
		}
		b := block[:n]
		for i := 0; i+chunkHeader <= n; {
			length, begins := chunkAt(b[i:], logNum)
			switch {
			case length == 0 && broken < 0 && n-i < chunkHeaderLong && allZero(b[i:]):
				i = n // padding at the end of a block
			case length == 0:
				if broken < 0 {
					broken = start + int64(i)
				}
				i++ // the lengths cannot be trusted any more: try every place
			case broken >= 0 && begins:
				return damaged("%s at offset %d (intact again at %d)", name, broken, start+int64(i))
			default:
				i += length
			}
		}
	}
}

func allZero(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c != 0 })
}

// verifyTables checks the checksum of every block of the newest tables.
func (s *Store) verifyTables(ctx context.Context, eng *engine) error {
	levels, err := eng.db.SSTables()
	if err != nil {
		return engineError(err)
	}
	tables := slices.Concat(levels...)
	slices.SortFunc(tables, func(a, b pebble.SSTableInfo) int { return int(int64(b.FileNum) - int64(a.FileNum)) })
	left := int64(verifyTablesBytes)
	for _, t := range tables {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if left -= int64(t.Size); left < 0 {
			break
		}
		name := s.opts.fs.PathJoin(s.dir, fmt.Sprintf("%06d.sst", uint64(t.BackingSSTNum)))
		if err := verifyTable(s.opts.fs, name); err != nil {
			return damaged("%s: %v", filepath.Clean(name), err)
		}
	}
	return nil
}

func verifyTable(fsys vfs.FS, name string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	f, err := fsys.Open(name, vfs.SequentialReadsOption)
	if err != nil {
		return err
	}
	readable, err := sstable.NewSimpleReadable(f)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	r, err := sstable.NewReader(readable, sstable.ReaderOptions{})
	if err != nil {
		return err // the reader has closed the file
	}
	return errors.Join(r.ValidateBlockChecksums(), r.Close())
}

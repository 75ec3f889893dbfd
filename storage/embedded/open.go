package embedded

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"path"
	"syscall"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/vfs"
	"github.com/kubenucleus/nucleus/storage"
)

// A store's directory holds the engine's files in a folder of their own, and a
// file that says what this is. The file gets its name when the engine's files
// are complete, so that a crash while the store is made is told from damage.
const (
	formatName    = "FORMAT"
	formatNameNew = "FORMAT.new"
	engineName    = "engine"
	formatVersion = 1
)

// formatContents is what the file says of a version. The checksum tells a
// version that we do not know from a digit that has been damaged.
func formatContents(version int) string {
	text := fmt.Sprintf("nucleus embedded store\nformat %d\n", version)
	return fmt.Sprintf("%schecksum %08x\n", text, crc32.Checksum([]byte(text), castagnoli))
}

// openDir locks, verifies and opens the directory, or makes it.
func (s *Store) openDir(ctx context.Context) error {
	top, fsys := s.opts.Dir, s.opts.fs
	if top == "" {
		top = "/memory"
	}
	s.dir = fsys.PathJoin(top, engineName)
	fresh, err := inspect(fsys, top) // before anything is changed
	if err != nil {
		return err
	}
	if err := fsys.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	lock, err := pebble.LockDirectory(s.dir, fsys)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInUse, err)
	}
	s.lock = lock
	if fresh, err = inspect(fsys, top); err == nil { // again, now that nobody else can act
		if fresh {
			err = s.create(top)
		} else {
			err = s.openExisting(ctx)
		}
	}
	if err != nil {
		s.lock = nil
		return errors.Join(err, lock.Close())
	}
	return nil
}

// inspect tells a directory to start in from one with a store in it. Anything
// else is an error.
func inspect(fsys vfs.FS, top string) (fresh bool, err error) {
	names, err := fsys.List(top)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	has := make(map[string]bool)
	for _, n := range names {
		if n != "lost+found" { // the directory may be a file system's root
			has[n] = true
		}
	}
	switch {
	case has[formatName]:
		file := fsys.PathJoin(top, formatName)
		data, err := readFile(fsys, file)
		if err != nil {
			return false, err
		}
		var version int
		_, _ = fmt.Sscanf(data, "nucleus embedded store\nformat %d\n", &version)
		switch {
		case data != formatContents(version):
			return false, damaged("%s: not what a store has there: %.80q", file, data)
		case version != formatVersion:
			return false, fmt.Errorf("%s: format %d was made by a version of this program that is not compatible", file, version)
		}
		return false, nil
	case len(has) == 0, has[formatNameNew]:
		return true, nil
	case has[engineName]:
		inside, err := fsys.List(fsys.PathJoin(top, engineName))
		if err != nil {
			return false, err
		}
		if len(inside) == 0 || len(inside) == 1 && inside[0] == "LOCK" {
			return true, nil // stopped before it had begun
		}
		return false, damaged("%s is missing", fsys.PathJoin(top, formatName))
	}
	return false, fmt.Errorf("%s is neither empty nor a store: it has %s", top, path.Base(names[0]))
}

func readFile(fsys vfs.FS, name string) (string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, 1<<10))
	return string(data), err
}

// create makes a new store. What a crash leaves is begun anew.
func (s *Store) create(top string) error {
	fsys := s.opts.fs
	names, err := fsys.List(s.dir)
	if err != nil {
		return err
	}
	f, err := fsys.Create(fsys.PathJoin(top, formatNameNew))
	if err != nil {
		return err
	}
	_, err = f.Write([]byte(formatContents(formatVersion)))
	if err := errors.Join(err, f.Sync(), f.Close(), syncDir(fsys, top)); err != nil {
		return err
	}
	// The folders above may have been made just now. Those that are not ours
	// to open were there before.
	for above := fsys.PathDir(top); ; above = fsys.PathDir(above) {
		_ = syncDir(fsys, above)
		if above == fsys.PathDir(above) {
			break
		}
	}
	for _, n := range names {
		if n == "LOCK" {
			continue
		}
		if err := fsys.RemoveAll(fsys.PathJoin(s.dir, n)); err != nil {
			return err
		}
	}
	eng, err := openEngine(s.dir, &s.opts, false, false)
	if err != nil {
		return err
	}
	if s.fill != nil {
		if err := s.fill(eng); err != nil {
			return errors.Join(err, eng.close())
		}
	}
	err = fsys.Rename(fsys.PathJoin(top, formatNameNew), fsys.PathJoin(top, formatName))
	if err := errors.Join(err, syncDir(fsys, top)); err != nil {
		return errors.Join(err, eng.close())
	}
	s.eng = eng
	return nil
}

func syncDir(fsys vfs.FS, name string) error {
	d, err := fsys.OpenDir(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// openExisting verifies before it opens for writing: the engine tidies up as
// soon as it may write, and would do so around the damage.
func (s *Store) openExisting(ctx context.Context) error {
	if err := s.verify(ctx); err != nil {
		if ctx.Err() == nil && isDamage(err) && !errors.Is(err, storage.ErrCorrupt) {
			err = fmt.Errorf("%w: %w", storage.ErrCorrupt, err)
		}
		return err
	}
	eng, err := openEngine(s.dir, &s.opts, false, true)
	if err != nil {
		return err
	}
	s.eng = eng
	return nil
}

// isDamage tells damage from what the system refused (permissions, input and
// output errors, no more files): the engine has no type for most of its
// complaints.
func isDamage(err error) bool {
	return !isRefused(err)
}

func isRefused(err error) bool {
	_, refused := errors.AsType[syscall.Errno](err)
	return refused && !errors.Is(err, fs.ErrNotExist)
}

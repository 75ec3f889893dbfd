package mount

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// ErrMounted is returned by [RemoveAll] when it meets a mount.
var ErrMounted = errors.New("something is mounted there")

// RemoveAll removes a file, or a directory with all that is in it, unless there
// is a mount at it or anywhere below: then it removes nothing behind that mount
// and returns an error that wraps [ErrMounted]. It follows no symbolic link. That
// there is nothing is no error.
func RemoveAll(path string) error {
	// The table is asked first, so that a directory with a mount in it stays
	// whole. The kernel is asked again on the way, because it may change.
	mounts, err := Under(path)
	if err != nil {
		return fmt.Errorf("remove %s: %w", path, err)
	}
	if len(mounts) > 0 {
		return fmt.Errorf("remove %s: %w: %s", path, ErrMounted, mounts[0].Point)
	}
	path = filepath.Clean(path)
	parent, err := unix.Open(filepath.Dir(path), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR) {
		return nil
	}
	if err != nil {
		return &os.PathError{Op: "open", Path: filepath.Dir(path), Err: err}
	}
	defer unix.Close(parent)
	return removeAt(parent, filepath.Base(path), path)
}

// removeAt removes name in a directory; path is for errors.
func removeAt(parent int, name, path string) error {
	err := unix.Unlinkat(parent, name, 0)
	if err == nil || errors.Is(err, unix.ENOENT) {
		return nil
	}
	if errors.Is(err, unix.EBUSY) {
		return fmt.Errorf("remove %s: %w", path, ErrMounted)
	}
	fd, openErr := openDirectory(parent, name)
	switch {
	case errors.Is(openErr, unix.ENOENT):
		return nil
	case errors.Is(openErr, unix.EXDEV):
		return fmt.Errorf("remove %s: %w", path, ErrMounted)
	case errors.Is(openErr, unix.ENOTDIR), errors.Is(openErr, unix.ELOOP):
		return &os.PathError{Op: "remove", Path: path, Err: err} // a file that cannot be removed
	case openErr != nil:
		return &os.PathError{Op: "open", Path: path, Err: openErr}
	}
	dir := os.NewFile(uintptr(fd), path)
	defer dir.Close()
	for {
		names, readErr := dir.Readdirnames(256)
		for _, n := range names {
			if err := removeAt(fd, n, filepath.Join(path, n)); err != nil {
				return err
			}
		}
		if len(names) == 0 || readErr != nil {
			break
		}
		// Where entries vanish while a directory is read, some may be skipped.
		if _, err := dir.Seek(0, 0); err != nil {
			return err
		}
	}
	if err := unix.Unlinkat(parent, name, unix.AT_REMOVEDIR); err != nil && !errors.Is(err, unix.ENOENT) {
		if errors.Is(err, unix.EBUSY) {
			return fmt.Errorf("remove %s: %w", path, ErrMounted)
		}
		return &os.PathError{Op: "remove", Path: path, Err: err}
	}
	return nil
}

// openDirectory opens a directory of another one, unless it is a mount point,
// which is EXDEV, bind mounts included.
func openDirectory(parent int, name string) (int, error) {
	how := unix.OpenHow{
		Flags:   unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_NO_XDEV | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_BENEATH,
	}
	return unix.Openat2(parent, name, &how)
}

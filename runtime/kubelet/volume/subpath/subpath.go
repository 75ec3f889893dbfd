package subpath

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
)

// ErrOutside is returned when a path leads out of its volume.
var ErrOutside = errors.New("subpath is not within the volume")

// Check says why a path cannot be one inside a volume, nil if it can. The error does
// not name the path.
func Check(path string) error {
	if filepath.IsAbs(path) {
		return errors.New("must be relative")
	}
	for part := range strings.SplitSeq(path, "/") {
		if part == ".." {
			return errors.New("must not contain '..'")
		}
	}
	if strings.ContainsRune(path, 0) {
		return errors.New("must not contain a zero byte")
	}
	return nil
}

// Open opens a file or directory inside a volume, such that the descriptor can
// only be used to refer to it. A directory is made where there is nothing, with
// the mode of the volume, unless create is false. The error wraps [ErrOutside]
// if symbolic links lead out of the volume.
func Open(volume, path string, create bool) (*os.File, error) {
	if err := Check(path); err != nil {
		return nil, fmt.Errorf("subPath %q %w", path, err)
	}
	// The volume's own path is the node's business and may have links.
	root, err := unix.Open(volume, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: volume, Err: err}
	}
	defer unix.Close(root)
	full := filepath.Join(volume, path)
	path = filepath.Clean(path)
	fd, err := beneath(root, volume, path)
	if errors.Is(err, unix.ENOENT) && create {
		fd, err = makeDirectory(root, volume, path)
	}
	switch {
	case err == nil:
		return os.NewFile(uintptr(fd), full), nil
	case errors.Is(err, unix.EXDEV), errors.Is(err, unix.ELOOP):
		return nil, fmt.Errorf("%w: %s", ErrOutside, full)
	}
	return nil, &os.PathError{Op: "open", Path: full, Err: err}
}

// beneath opens a path without leaving root, a directory or, for the path ".",
// a file.
func beneath(root int, volume, path string) (int, error) {
	if path == "." {
		return unix.FcntlInt(uintptr(root), unix.F_DUPFD_CLOEXEC, 0)
	}
	fd, err := openBeneath(root, path, unix.RESOLVE_BENEATH|unix.RESOLVE_NO_MAGICLINKS)
	if !errors.Is(err, unix.EXDEV) {
		return fd, err
	}
	// A link with an absolute path may lead back into the volume, as links in a
	// directory of the node do. Where it leads is looked up once and opened with
	// no link allowed, so that swapping links gains nothing.
	realRoot, err := filepath.EvalSymlinks(volume)
	if err != nil {
		return -1, err
	}
	target, err := filepath.EvalSymlinks(filepath.Join(volume, path))
	if err != nil {
		return -1, unix.EXDEV
	}
	rel, err := filepath.Rel(realRoot, target)
	if err != nil || !filepath.IsLocal(rel) {
		return -1, unix.EXDEV
	}
	return openBeneath(root, rel, unix.RESOLVE_BENEATH|unix.RESOLVE_NO_SYMLINKS)
}

// The kernel gives up with EAGAIN when something was renamed meanwhile.
const openTries = 100

func openBeneath(root int, path string, resolve uint64) (fd int, err error) {
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: resolve}
	for range openTries {
		if fd, err = unix.Openat2(root, path, &how); !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR) {
			break
		}
	}
	return fd, err
}

// makeDirectory makes the directories of path that are not there and opens the
// last one. New ones are opened without following links.
func makeDirectory(root int, volume, path string) (int, error) {
	var st unix.Stat_t
	if err := unix.Fstat(root, &st); err != nil {
		return -1, err
	}
	var missing []string
	present := path
	at := -1
	for {
		var err error
		missing = append(missing, filepath.Base(present))
		present = filepath.Dir(present)
		if at, err = beneath(root, volume, present); err == nil {
			break
		}
		if !errors.Is(err, unix.ENOENT) || present == "." {
			return -1, err
		}
	}
	for i := len(missing) - 1; i >= 0; i-- {
		next, err := makeOne(at, missing[i], st.Mode&0o7777)
		unix.Close(at)
		if err != nil {
			return -1, err
		}
		at = next
	}
	return at, nil
}

func makeOne(at int, name string, mode uint32) (int, error) {
	made := unix.Mkdirat(at, name, mode)
	if made != nil && !errors.Is(made, unix.EEXIST) {
		return -1, made
	}
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC, Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS}
	fd, err := unix.Openat2(at, name, &how)
	if err != nil {
		return -1, err
	}
	if made == nil {
		// Mkdirat minds the umask.
		if err := unix.Chmod(link(fd), mode); err != nil {
			unix.Close(fd)
			return -1, err
		}
	}
	return fd, nil
}

// link is a path that leads to what a descriptor of this process is open on.
func link(fd int) string { return "/proc/self/fd/" + strconv.Itoa(fd) }

// Bind makes what is at path inside a volume visible at target, a path that
// containers cannot change; a missing directory is made if create is set. What
// an earlier call has bound to target stays if it is still the same, else it is
// replaced.
func Bind(volume, path, target string, create bool) error {
	source, err := Open(volume, path, create)
	if err != nil {
		return err
	}
	defer source.Close()
	fd := int(source.Fd())
	var want, have unix.Stat_t
	if err := unix.Fstat(fd, &want); err != nil {
		return &os.PathError{Op: "stat", Path: source.Name(), Err: err}
	}
	mounted, err := mount.Is(target)
	if err != nil {
		return err
	}
	if mounted {
		if unix.Stat(target, &have) == nil && have.Dev == want.Dev && have.Ino == want.Ino {
			return nil
		}
		if err := mount.Unmount(target); err != nil {
			return err
		}
	}
	if err := makeTarget(target, want.Mode&unix.S_IFMT == unix.S_IFDIR); err != nil {
		return err
	}
	return mount.Bind(link(fd), target, false)
}

// makeTarget makes what a directory or a file can be bound to.
func makeTarget(target string, directory bool) error {
	info, err := os.Lstat(target)
	if err == nil && info.IsDir() == directory {
		return nil
	}
	if err == nil {
		if err := os.Remove(target); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o750); err != nil {
		return err
	}
	if directory {
		return os.Mkdir(target, 0o750)
	}
	f, err := os.OpenFile(target, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return err
	}
	return f.Close()
}

// Clean unmounts whatever is bound below dir and removes dir.
func Clean(dir string) error {
	mounts, err := mount.Under(dir)
	if err != nil {
		return err
	}
	for i := len(mounts) - 1; i >= 0; i-- {
		if err := mount.Unmount(mounts[i].Point); err != nil {
			return err
		}
	}
	return mount.RemoveAll(dir)
}

package volume

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// own gives a volume to the Pod's fsGroup, as the result says.
func (m *Manager) own(r *Request, result *Result) error {
	group := r.FSGroup()
	if group == nil || result.Path == "" || result.Ownership == OwnershipKept || r.Block() {
		return nil
	}
	if result.Ownership == OwnershipByRequest {
		if p := r.Pod.Spec.SecurityContext.FSGroupChangePolicy; p != nil && *p == corev1.FSGroupChangeOnRootMismatch {
			if owned, err := owns(result.Path, *group); err != nil || owned {
				return err
			}
		}
	}
	return SetOwnership(result.Path, *group, result.ReadOnly)
}

// Bits that a group needs on what it owns.
const (
	groupWrites  = 0o660
	groupReads   = 0o440
	groupEnters  = 0o110
	setGroupID   = unix.S_ISGID
	groupOfADir  = groupWrites | groupEnters | setGroupID
	ownershipSet = 0o7777
)

// owns reports whether a directory is as [SetOwnership] leaves one.
func owns(dir string, group int64) (bool, error) {
	var st unix.Stat_t
	if err := unix.Stat(dir, &st); err != nil {
		return false, &os.PathError{Op: "stat", Path: dir, Err: err}
	}
	return int64(st.Gid) == group && st.Mode&groupOfADir == groupOfADir, nil
}

// SetOwnership gives a file, or a directory and all that is in it, to a group,
// which may then read it and, unless readOnly, write it; what is made in
// directories later belongs to the group, too. Symbolic links are not followed,
// whatever is done to the tree meanwhile.
func SetOwnership(path string, group int64, readOnly bool) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return &os.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd)
	return setOwnership(fd, path, int(group), readOnly)
}

func setOwnership(fd int, path string, group int, readOnly bool) error {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return &os.PathError{Op: "stat", Path: path, Err: err}
	}
	kind := st.Mode & unix.S_IFMT
	if int(st.Gid) != group {
		if err := unix.Fchownat(fd, "", -1, group, unix.AT_EMPTY_PATH); err != nil {
			return &os.PathError{Op: "chown", Path: path, Err: err}
		}
	}
	if kind == unix.S_IFLNK {
		return nil
	}
	mode := st.Mode & ownershipSet
	if readOnly {
		mode |= groupReads
	} else {
		mode |= groupWrites
	}
	if kind == unix.S_IFDIR {
		mode |= groupEnters | setGroupID
	}
	// A change of owner may have taken setuid and setgid away, so the mode is set
	// even if it was right before.
	if mode != st.Mode&ownershipSet || int(st.Gid) != group {
		if err := unix.Chmod("/proc/self/fd/"+strconv.Itoa(fd), mode); err != nil {
			return &os.PathError{Op: "chmod", Path: path, Err: err}
		}
	}
	if kind != unix.S_IFDIR {
		return nil
	}
	dir, err := os.Open("/proc/self/fd/" + strconv.Itoa(fd))
	if err != nil {
		return err
	}
	defer dir.Close()
	for {
		names, readErr := dir.Readdirnames(256)
		for _, name := range names {
			if err := setOwnershipIn(fd, path, name, group, readOnly); err != nil {
				return err
			}
		}
		if readErr != nil || len(names) == 0 {
			return nil
		}
	}
}

func setOwnershipIn(parent int, dir, name string, group int, readOnly bool) error {
	path := filepath.Join(dir, name)
	fd, err := unix.Openat(parent, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // gone meanwhile
	}
	if err != nil {
		return &os.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd)
	return setOwnership(fd, path, group, readOnly)
}

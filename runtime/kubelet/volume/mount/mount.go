package mount

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// flags are the options that the kernel knows by number; the rest is for the
// file system.
var flags = map[string]struct {
	set, clear uintptr
}{
	"defaults": {}, "rw": {clear: unix.MS_RDONLY}, "ro": {set: unix.MS_RDONLY},
	"suid": {clear: unix.MS_NOSUID}, "nosuid": {set: unix.MS_NOSUID},
	"dev": {clear: unix.MS_NODEV}, "nodev": {set: unix.MS_NODEV},
	"exec": {clear: unix.MS_NOEXEC}, "noexec": {set: unix.MS_NOEXEC},
	"async": {clear: unix.MS_SYNCHRONOUS}, "sync": {set: unix.MS_SYNCHRONOUS}, "dirsync": {set: unix.MS_DIRSYNC},
	"atime": {clear: unix.MS_NOATIME}, "noatime": {set: unix.MS_NOATIME},
	"diratime": {clear: unix.MS_NODIRATIME}, "nodiratime": {set: unix.MS_NODIRATIME},
	"relatime": {set: unix.MS_RELATIME}, "norelatime": {clear: unix.MS_RELATIME}, "strictatime": {set: unix.MS_STRICTATIME},
	"lazytime": {set: unix.MS_LAZYTIME}, "nolazytime": {clear: unix.MS_LAZYTIME}, "silent": {set: unix.MS_SILENT},
}

// Mount mounts a file system of the kernel's own, such as tmpfs, ext4 or
// hugetlbfs. Options are as for the mount command; those that only the command
// knows are refused by the kernel.
func Mount(source, target, fstype string, options ...string) error {
	var set uintptr
	var data []string
	for _, option := range options {
		f, ok := flags[option]
		if !ok {
			data = append(data, option)
			continue
		}
		set = set&^f.clear | f.set
	}
	if err := unix.Mount(source, target, fstype, set, strings.Join(data, ",")); err != nil {
		return &os.PathError{Op: "mount " + fstype, Path: target, Err: err}
	}
	return nil
}

// Bind makes a file or directory visible at target, which has to be there and be
// a directory if source is one. What is mounted below source is not seen at
// target.
func Bind(source, target string, readOnly bool) error {
	if err := unix.Mount(source, target, "", unix.MS_BIND, ""); err != nil {
		return &os.PathError{Op: "bind " + source + " to", Path: target, Err: err}
	}
	if !readOnly {
		return nil
	}
	// A bind mount has the flags of its source, which must not get lost.
	var st unix.Statfs_t
	err := unix.Statfs(target, &st)
	if err == nil {
		keep := uintptr(st.Flags) & (unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC | unix.MS_NOATIME | unix.MS_NODIRATIME | unix.MS_RELATIME)
		err = unix.Mount("", target, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY|keep, "")
	}
	if err != nil {
		// What is not read-only as asked for must not stay.
		return errors.Join(&os.PathError{Op: "make read-only", Path: target, Err: err}, Unmount(target))
	}
	return nil
}

// A CommandError says that the mount command failed, with what it printed.
type CommandError struct {
	Args   []string
	Output string
	Err    error
}

// Error implements error.
func (e *CommandError) Error() string {
	return fmt.Sprintf("mount failed: %v\nMounting command: mount\nMounting arguments: %s\nOutput: %s", e.Err, strings.Join(e.Args, " "), strings.TrimSpace(e.Output))
}

// Unwrap returns how the command ended.
func (e *CommandError) Unwrap() error { return e.Err }

// Command mounts with the machine's mount command, for file systems that need a
// program of their own, such as nfs. The error is a *CommandError.
func Command(ctx context.Context, source, target, fstype string, options ...string) error {
	args := []string{"-t", fstype}
	if len(options) > 0 {
		args = append(args, "-o", strings.Join(slices.Compact(slices.Clone(options)), ","))
	}
	args = append(args, source, target)
	out, err := exec.CommandContext(ctx, "mount", args...).CombinedOutput()
	if err != nil {
		return &CommandError{Args: args, Output: string(out), Err: err}
	}
	return nil
}

// unmountLimit bounds how many mounts on top of each other Unmount takes down:
// more are not ours.
const unmountLimit = 100

// Unmount takes down everything that is mounted at exactly this path. That there
// is nothing is no error; that something is in use is.
func Unmount(path string) error {
	for range unmountLimit {
		_, mounted, err := At(path)
		if err != nil || !mounted {
			return err
		}
		if err := unix.Unmount(path, unix.UMOUNT_NOFOLLOW); err != nil && !errors.Is(err, unix.EINVAL) {
			return &os.PathError{Op: "unmount", Path: path, Err: err}
		} else if err != nil {
			// Somebody else was faster, or it cannot be.
			if _, still, err2 := At(path); err2 != nil || still {
				return &os.PathError{Op: "unmount", Path: path, Err: err}
			}
		}
	}
	return fmt.Errorf("unmount %s: more than %d mounts on top of each other", path, unmountLimit)
}

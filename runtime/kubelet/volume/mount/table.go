package mount

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Entry is one mount, as /proc/self/mountinfo describes it.
type Entry struct {
	ID, Parent int
	Device     string // major:minor
	Root       string // the path in the file system that is mounted
	Point      string // where
	Options    []string
	Type       string // of the file system
	Source     string
	// Peers is the group of mounts that see each other's mounts, 0 if there is
	// none.
	Peers int
}

// Table returns what is mounted, in the order of mounting.
func Table() ([]Entry, error) {
	f, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Parse(f)
}

// Parse reads a table in the form of /proc/self/mountinfo.
func Parse(r io.Reader) ([]Entry, error) {
	var entries []Entry
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		e, err := parseLine(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("mount table, line %d: %w", n, err)
		}
		entries = append(entries, e)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("mount table: %w", err)
	}
	return entries, nil
}

func parseLine(line string) (Entry, error) {
	before, after, ok := strings.Cut(line, " - ")
	fields, rest := strings.Fields(before), strings.Fields(after)
	if !ok || len(fields) < 6 || len(rest) < 1 {
		return Entry{}, fmt.Errorf("%q has too few fields", line)
	}
	e := Entry{Device: fields[2], Root: unescape(fields[3]), Options: strings.Split(fields[5], ","), Type: rest[0]}
	// The kernel marks a mount whose directory was removed by somebody who does
	// not see the mount.
	e.Point = strings.TrimSuffix(unescape(fields[4]), "//deleted")
	if len(rest) > 1 {
		e.Source = unescape(rest[1])
	}
	var err error
	if e.ID, err = strconv.Atoi(fields[0]); err != nil {
		return Entry{}, fmt.Errorf("id: %w", err)
	}
	if e.Parent, err = strconv.Atoi(fields[1]); err != nil {
		return Entry{}, fmt.Errorf("parent: %w", err)
	}
	for _, tag := range fields[6:] {
		if group, ok := strings.CutPrefix(tag, "shared:"); ok {
			if e.Peers, err = strconv.Atoi(group); err != nil {
				return Entry{}, fmt.Errorf("peer group: %w", err)
			}
		}
	}
	return e, nil
}

// unescape undoes the kernel's octal escapes of space, tab, newline and
// backslash.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(n))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// At returns the mount at exactly this path, the one on top if there are
// several. It does not touch the path itself, so that a server that does not
// answer holds up nobody.
func At(path string) (Entry, bool, error) {
	table, err := Table()
	if err != nil {
		return Entry{}, false, err
	}
	path = filepath.Clean(path)
	for i := len(table) - 1; i >= 0; i-- {
		if table[i].Point == path {
			return table[i], true, nil
		}
	}
	return Entry{}, false, nil
}

// Under returns the mounts at a path and below it.
func Under(path string) ([]Entry, error) {
	table, err := Table()
	if err != nil {
		return nil, err
	}
	path = filepath.Clean(path)
	var found []Entry
	for _, e := range table {
		if e.Point == path || strings.HasPrefix(e.Point, strings.TrimSuffix(path, "/")+"/") {
			found = append(found, e)
		}
	}
	return found, nil
}

// Is reports whether something is mounted at a path; not if there is nothing at
// all.
func Is(path string) (bool, error) {
	var st unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW|unix.AT_NO_AUTOMOUNT, 0, &st)
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENOTDIR):
		return false, nil
	case err == nil && st.Attributes_mask&unix.STATX_ATTR_MOUNT_ROOT != 0:
		return st.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0, nil
	}
	// An old kernel, or a file system that is broken: the table knows.
	_, mounted, err := At(path)
	return mounted, err
}

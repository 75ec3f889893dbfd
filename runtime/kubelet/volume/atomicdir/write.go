package atomicdir

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// File is the content of a file.
type File struct {
	Data []byte
	Mode fs.FileMode // permission bits
	User *int        // that it belongs to; nil: who writes it
}

const (
	dataLink    = "..data"
	newDataLink = "..data_tmp"
	maxPath     = 4096
)

// Write makes dir, which has to be there, hold exactly these files, by their
// paths relative to it, and reports whether that changed anything. prepare, if
// not nil, is called with the directory that holds them before anybody can see
// it, for owners and modes. What does not begin with two dots in dir belongs to
// Write, if it is a link into ..data; all else stays.
func Write(dir string, files map[string]File, prepare func(dir string) error) (changed bool, err error) {
	for path := range files {
		if err := Check(path); err != nil {
			return false, err
		}
	}
	old, err := os.Readlink(filepath.Join(dir, dataLink))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if old != "" && (strings.Contains(old, "/") || !strings.HasPrefix(old, "..") || old == "..") {
		return false, fmt.Errorf("%s points to %q, which is not of our making", filepath.Join(dir, dataLink), old)
	}
	same, err := holds(filepath.Join(dir, old), files)
	if err != nil {
		return false, err
	}
	if old == "" || !same {
		if old, err = swap(dir, files, prepare); err != nil {
			return false, err
		}
		changed = true
	}
	if err := link(dir, files); err != nil {
		return changed, err
	}
	return changed, clean(dir, old, files)
}

// Check says why a path cannot be written, nil if it can.
func Check(path string) error {
	switch {
	case path == "":
		return errors.New("invalid path: must not be empty")
	case filepath.IsAbs(path):
		return fmt.Errorf("invalid path: must be relative path: %s", path)
	case len(path) > maxPath:
		return fmt.Errorf("invalid path: must be less than or equal to %d characters", maxPath)
	}
	parts := strings.Split(path, "/")
	for _, part := range parts {
		switch {
		case part == "..":
			return fmt.Errorf("invalid path: must not contain '..': %s", path)
		case len(part) > 255:
			return fmt.Errorf("invalid path: filenames must be less than or equal to 255 characters: %s", path)
		}
	}
	if strings.HasPrefix(parts[0], "..") {
		return fmt.Errorf("invalid path: must not start with '..': %s", path)
	}
	if filepath.Clean(path) == "." || strings.ContainsRune(path, 0) {
		return fmt.Errorf("invalid path: names no file: %q", path)
	}
	return nil
}

// holds reports whether a directory holds exactly these files. Only contents and
// modes that Write can have set are compared: an owner's group may have added
// bits.
func holds(dir string, files map[string]File) (bool, error) {
	seen := 0
	want := map[string]File{}
	for path, f := range files {
		want[filepath.Clean(path)] = f
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		f, ok := want[rel]
		if !ok || !d.Type().IsRegular() {
			return errDiffers
		}
		seen++
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !bytes.Equal(data, f.Data) || f.Mode.Perm()&^info.Mode().Perm() != 0 {
			return errDiffers
		}
		return nil
	})
	if errors.Is(err, errDiffers) || errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && seen == len(want), err
}

var errDiffers = errors.New("differs")

// swap writes the files into a new directory and makes ..data point to it.
func swap(dir string, files map[string]File, prepare func(string) error) (name string, err error) {
	made, err := os.MkdirTemp(dir, time.Now().UTC().Format("..2006_01_02_15_04_05."))
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(made))
		}
	}()
	if err := os.Chmod(made, 0o755); err != nil { // MkdirTemp makes it for us alone
		return "", err
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if err := writeFile(made, path, files[path]); err != nil {
			return "", err
		}
	}
	if prepare != nil {
		if err := prepare(made); err != nil {
			return "", err
		}
	}
	name = filepath.Base(made)
	temporary := filepath.Join(dir, newDataLink)
	if err := os.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.Symlink(name, temporary); err != nil {
		return "", err
	}
	return name, os.Rename(temporary, filepath.Join(dir, dataLink))
}

func writeFile(dir, path string, f File) error {
	full := filepath.Join(dir, path)
	if sub := filepath.Dir(full); sub != dir {
		if err := os.MkdirAll(sub, 0o755); err != nil {
			return err
		}
		// The umask must not keep the containers' users out.
		for ; sub != dir; sub = filepath.Dir(sub) {
			if err := os.Chmod(sub, 0o755); err != nil {
				return err
			}
		}
	}
	if err := os.WriteFile(full, f.Data, f.Mode.Perm()&0o600); err != nil {
		return err
	}
	if err := os.Chmod(full, f.Mode.Perm()); err != nil {
		return err
	}
	if f.User != nil {
		return os.Lchown(full, *f.User, -1)
	}
	return nil
}

// link makes each first part of a path a link into ..data.
func link(dir string, files map[string]File) error {
	for _, name := range visible(files) {
		at, to := filepath.Join(dir, name), filepath.Join(dataLink, name)
		switch present, err := os.Readlink(at); {
		case err == nil && present == to:
			continue
		case err == nil:
			if err := os.Remove(at); err != nil {
				return err
			}
		case !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("%s is in the way: %w", at, err)
		}
		if err := os.Symlink(to, at); err != nil {
			return err
		}
	}
	return nil
}

func visible(files map[string]File) []string {
	var names []string
	for path := range files {
		first, _, _ := strings.Cut(filepath.Clean(path), "/")
		names = append(names, first)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// clean removes links to what is no more, and directories that are not the
// current one.
func clean(dir, current string, files map[string]File) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	names := visible(files)
	var errs []error
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case e.Name() == dataLink || e.Name() == current:
		case strings.HasPrefix(e.Name(), ".."):
			errs = append(errs, os.RemoveAll(path))
		case e.Type()&fs.ModeSymlink != 0 && !slices.Contains(names, e.Name()):
			if to, err := os.Readlink(path); err == nil && strings.HasPrefix(to, dataLink+"/") {
				errs = append(errs, os.Remove(path))
			}
		}
	}
	return errors.Join(errs...)
}

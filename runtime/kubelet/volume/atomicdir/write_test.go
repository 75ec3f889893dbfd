package atomicdir_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/atomicdir"
)

func file(text string) atomicdir.File { return atomicdir.File{Data: []byte(text), Mode: 0o644} }

func write(t *testing.T, dir string, files map[string]atomicdir.File) bool {
	t.Helper()
	changed, err := atomicdir.Write(dir, files, nil)
	require.NoError(t, err)
	return changed
}

// visible returns what somebody who looks into dir sees.
func visible(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "..") {
			continue
		}
		at, err := filepath.EvalSymlinks(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		require.NoError(t, filepath.WalkDir(at, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			all[e.Name()+strings.TrimPrefix(path, at)] = string(data)
			return err
		}))
	}
	return all
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	require.True(t, write(t, dir, map[string]atomicdir.File{"a": file("1"), "sub/b": file("2"), "sub/deep/c": file("3")}))
	require.Equal(t, map[string]string{"a": "1", "sub/b": "2", "sub/deep/c": "3"}, visible(t, dir))
	to, err := os.Readlink(filepath.Join(dir, "sub"))
	require.NoError(t, err)
	require.Equal(t, "..data/sub", to)
	current, err := os.Readlink(filepath.Join(dir, "..data"))
	require.NoError(t, err)
	require.Regexp(t, `^\.\.\d{4}_\d\d_\d\d_\d\d_\d\d_\d\d\.\d+$`, current)

	require.False(t, write(t, dir, map[string]atomicdir.File{"a": file("1"), "sub/b": file("2"), "sub//deep/c": file("3")}), "nothing is new")
	same, err := os.Readlink(filepath.Join(dir, "..data"))
	require.NoError(t, err)
	require.Equal(t, current, same)

	require.True(t, write(t, dir, map[string]atomicdir.File{"a": file("1"), "sub/deep/c": file("4"), "new": file("")}))
	require.Equal(t, map[string]string{"a": "1", "sub/deep/c": "4", "new": ""}, visible(t, dir))
	require.NoDirExists(t, filepath.Join(dir, current))

	require.True(t, write(t, dir, map[string]atomicdir.File{"a": {Data: []byte("1"), Mode: 0o666}}), "a mode that is wider")
	require.True(t, write(t, dir, nil))
	require.Empty(t, visible(t, dir))
	require.False(t, write(t, dir, nil))
}

func TestWriteLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	// What a crash between two steps leaves.
	require.NoError(t, os.Mkdir(filepath.Join(dir, "..2020_01_01_00_00_00.1"), 0o700))
	require.NoError(t, os.Symlink("..2020_01_01_00_00_00.1", filepath.Join(dir, "..data_tmp")))
	require.NoError(t, os.Symlink("..data/old", filepath.Join(dir, "old")))
	require.NoError(t, os.Symlink("/etc/hosts", filepath.Join(dir, "foreign")))
	for i := range 3 {
		write(t, dir, map[string]atomicdir.File{"a": file(fmt.Sprint(i))})
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	require.Len(t, names, 4, "%v", names)
	require.NotContains(t, names, "old")
	require.Contains(t, names, "foreign", "what is not a link into ..data is somebody else's")

	failing := errors.New("no")
	_, err = atomicdir.Write(dir, map[string]atomicdir.File{"a": file("later")}, func(string) error { return failing })
	require.ErrorIs(t, err, failing)
	require.Equal(t, "2", visible(t, dir)["a"])
	after, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, after, 4)

	_, err = atomicdir.Write(dir, map[string]atomicdir.File{"x": file("")}, nil)
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "taken"), 0o700))
	_, err = atomicdir.Write(dir, map[string]atomicdir.File{"taken": file("")}, nil)
	require.ErrorContains(t, err, "in the way")
}

func TestReadersSeeOneStateAtATime(t *testing.T) {
	dir := t.TempDir()
	state := func(n int) map[string]atomicdir.File {
		return map[string]atomicdir.File{"a": file(fmt.Sprint(n)), "b": file(fmt.Sprint(n))}
	}
	write(t, dir, state(0))
	stop, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				ended <- nil
				return
			default:
			}
			// A reader that wants one state opens the directory behind ..data.
			root, err := os.OpenRoot(filepath.Join(dir, "..data"))
			if errors.Is(err, fs.ErrNotExist) {
				continue // it was replaced between the link and the directory
			}
			if err != nil {
				ended <- err
				return
			}
			a, errA := root.ReadFile("a")
			b, errB := root.ReadFile("b")
			root.Close()
			if errA == nil && errB == nil && string(a) != string(b) {
				ended <- fmt.Errorf("a is of state %s, b of %s", a, b)
				return
			}
		}
	}()
	for i := range 300 {
		write(t, dir, state(i+1))
	}
	close(stop)
	require.NoError(t, <-ended)
}

func TestCheck(t *testing.T) {
	for _, good := range []string{"a", "a/b", "a..b", "a/..b/c", ".hidden", "..."[:1] + "x"} {
		require.NoError(t, atomicdir.Check(good), good)
	}
	for _, bad := range []string{"", "/a", "a/../b", "..", "../a", "..data/x", "..data", ".", "./", "a\x00", strings.Repeat("x", 256), strings.Repeat("x/", 3000)} {
		require.Error(t, atomicdir.Check(bad), bad)
		dir := t.TempDir()
		_, err := atomicdir.Write(dir, map[string]atomicdir.File{bad: file("x"), "fine": file("y")}, nil)
		require.Error(t, err, bad)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, entries)
	}
}

func FuzzWriteStaysInside(f *testing.F) {
	for _, seed := range []string{"a", "a/b", "../x", "..data/y", "a/./b", "//", "x/../../y"} {
		f.Add(seed, seed+"z")
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		outer := t.TempDir()
		dir := filepath.Join(outer, "in")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		files := map[string]atomicdir.File{one: file("1"), two: file("2")}
		_, err := atomicdir.Write(dir, files, nil)
		entries, readErr := os.ReadDir(outer)
		if readErr != nil || len(entries) != 1 {
			t.Fatalf("%v was left in the directory above (%v)", entries, readErr)
		}
		if err != nil {
			return
		}
		var want []string
		for path := range files {
			want = append(want, filepath.Clean(path))
		}
		slices.Sort(want)
		want = slices.Compact(want)
		got := visible(t, dir)
		if len(got) != len(want) {
			t.Fatalf("wrote %q, see %q", want, got)
		}
	})
}

package embedded

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/kubenucleus/nucleus/storage"
	"github.com/stretchr/testify/require"
)

// image is a directory tree in memory.
type image map[string][]byte

func readImage(t *testing.T, dir string) image {
	t.Helper()
	files := image{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[name], err = os.ReadFile(path)
		return err
	}))
	return files
}

func (im image) write(t *testing.T, dir string) {
	t.Helper()
	for name, data := range im {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, data, 0o600))
	}
}

func (im image) clone() image {
	c := image{}
	for name, data := range im {
		c[name] = bytes.Clone(data)
	}
	return c
}

// fill makes a store with data in tables and in the log, and returns what its
// directory looks like to who opens it after a crash, and after a clean end.
func fill(t *testing.T) (crashed, closed image, contents storage.Page) {
	ctx := context.Background()
	dir := t.TempDir()
	s := openStore(t, Options{Dir: dir, CompactAfter: -1})
	write := func(from, to int) {
		for i := from; i < to; i++ {
			value := bytes.Repeat([]byte(fmt.Sprintf("%d,", i)), 200)
			_, err := s.Create(ctx, fmt.Sprintf("/w/%04d", i), value, 0)
			require.NoError(t, err)
		}
	}
	write(0, 150)
	require.NoError(t, s.eng.db.Flush())
	write(150, 300)
	crashed = readImage(t, dir)
	contents, err := s.List(ctx, "/", storage.ListOptions{})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	return crashed, readImage(t, dir), contents
}

func TestImagesOpen(t *testing.T) {
	crashed, closed, contents := fill(t)
	for name, im := range map[string]image{"crashed": crashed, "closed": closed} {
		dir := t.TempDir()
		im.write(t, dir)
		s := openStore(t, Options{Dir: dir})
		page, err := s.List(context.Background(), "/", storage.ListOptions{})
		require.NoError(t, err, name)
		require.Equal(t, contents, page, name)
	}
}

// openDamaged opens a damaged image. Either the damage is found, named, and
// nothing has been changed; or it does not matter, and everything is there.
func openDamaged(t *testing.T, im image, contents storage.Page, what string) (found bool) {
	t.Helper()
	dir := t.TempDir()
	im.write(t, dir)
	s, err := Open(context.Background(), Options{Dir: dir, Logger: quiet})
	if err != nil {
		require.ErrorIs(t, err, storage.ErrCorrupt, what)
		require.Contains(t, err.Error(), dir, what)
		after := readImage(t, dir)
		for name := range im {
			require.True(t, bytes.Equal(im[name], after[name]), "%s: %s was changed", what, name)
		}
		require.Len(t, after, len(im), what)
		return true
	}
	defer func() { require.NoError(t, s.Close()) }()
	page, err := s.List(context.Background(), "/", storage.ListOptions{})
	require.NoError(t, err, what)
	// The last write may look as if it had been cut short.
	n := len(contents.Items)
	require.GreaterOrEqual(t, len(page.Items), n-1, what)
	require.True(t, reflect.DeepEqual(contents.Items[:len(page.Items)], page.Items), what)
	return false
}

func TestDamagedBytes(t *testing.T) {
	crashed, closed, contents := fill(t)
	rng := rand.New(rand.NewPCG(1, 2))
	found := map[string]int{}
	for kind, im := range map[string]image{"crashed": crashed, "closed": closed} {
		for name, data := range im {
			if len(data) == 0 || strings.Contains(name, "OPTIONS") { // a text for people
				continue
			}
			for try := range 8 {
				at := rng.IntN(len(data))
				if try == 0 {
					at = len(data) / 2
				}
				bad := im.clone()
				bad[name][at] ^= 1 << rng.IntN(8)
				if openDamaged(t, bad, contents, fmt.Sprintf("%s: %s, byte %d of %d", kind, name, at, len(data))) {
					found[kind+filepath.Ext(name)]++
				}
			}
		}
	}
	require.NotZero(t, found["crashed.sst"], found)
	require.NotZero(t, found["crashed.log"], found)
	require.NotZero(t, found["closed.sst"], found)
	require.NotZero(t, found["closed"], "FORMAT and the manifest: %v", found)
}

func TestMissingAndShortFiles(t *testing.T) {
	crashed, closed, contents := fill(t)
	for kind, im := range map[string]image{"crashed": crashed, "closed": closed} {
		for name, data := range im {
			// Of several logs the engine does not say which there must be.
			if strings.Contains(name, "OPTIONS") || strings.Contains(name, "LOCK") || kind == "crashed" && strings.HasSuffix(name, ".log") {
				continue
			}
			what := kind + " without " + name
			bad := im.clone()
			delete(bad, name)
			found := openDamaged(t, bad, contents, what)
			if strings.HasSuffix(name, ".sst") || strings.HasSuffix(name, "FORMAT") || strings.Contains(name, "marker.manifest") {
				require.True(t, found, what)
			}
			if !strings.HasSuffix(name, ".sst") {
				continue
			}
			for _, n := range []int{0, 1, len(data) / 2, len(data) - 1} {
				bad := im.clone()
				bad[name] = bad[name][:n]
				require.True(t, openDamaged(t, bad, contents, fmt.Sprintf("%s: %s cut to %d", kind, name, n)))
			}
		}
	}
}

// A log that breaks off anywhere is what a crash leaves: the writes before are
// there, in order, none is half there.
func TestTornLog(t *testing.T) {
	crashed, _, contents := fill(t)
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(3, 4))
	for name, data := range crashed {
		if !strings.HasSuffix(name, ".log") {
			continue
		}
		for range 20 {
			n := rng.IntN(len(data))
			im := crashed.clone()
			im[name] = im[name][:n]
			dir := t.TempDir()
			im.write(t, dir)
			s, err := Open(ctx, Options{Dir: dir, Logger: quiet})
			require.NoError(t, err)
			require.NoError(t, s.Check(ctx))
			page, err := s.List(ctx, "/", storage.ListOptions{})
			require.NoError(t, err)
			require.Equal(t, contents.Items[:len(page.Items)], page.Items)
			rev, err := s.Create(ctx, "/after", nil, 0)
			require.NoError(t, err)
			require.Equal(t, page.Revision+1, rev)
			require.NoError(t, s.Close())
		}
	}
}

func TestDirectoryOfSomethingElse(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	image{"letters.txt": []byte("dear")}.write(t, dir)
	_, err := Open(ctx, Options{Dir: dir})
	require.ErrorContains(t, err, "neither empty nor a store")
	require.Equal(t, image{"letters.txt": []byte("dear")}, readImage(t, dir))

	_, err = Open(ctx, Options{Dir: filepath.Join(dir, "letters.txt")})
	require.Error(t, err)

	dir = t.TempDir()
	image{"FORMAT": []byte(formatContents(99))}.write(t, dir)
	_, err = Open(ctx, Options{Dir: dir})
	require.ErrorContains(t, err, "not compatible")
}

func TestInterruptedCreation(t *testing.T) {
	ctx := context.Background()
	crashed, _, _ := fill(t)
	begun := crashed.clone()
	begun[formatNameNew] = begun[formatName]
	delete(begun, formatName)
	for what, im := range map[string]image{
		"nothing but the lock":  {"engine/LOCK": nil},
		"before the engine":     {"FORMAT.new": []byte("nucl"), "engine/LOCK": nil},
		"engine half made":      {"FORMAT.new": nil, "engine/LOCK": nil, "engine/000002.log": []byte("x")},
		"before the last step":  begun,
		"a file system's root":  {"lost+found/x": nil},
		"the directory is bare": {},
	} {
		dir := t.TempDir()
		im.write(t, dir)
		s, err := Open(ctx, Options{Dir: dir})
		require.NoError(t, err, what)
		page, err := s.List(ctx, "", storage.ListOptions{})
		require.NoError(t, err, what)
		require.Empty(t, page.Items, what)
		_, err = s.Create(ctx, "/a", nil, 0)
		require.NoError(t, err, what)
		require.NoError(t, s.Close(), what)
	}
}

func TestLocked(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, Options{Dir: dir})
	_, err := Open(context.Background(), Options{Dir: dir})
	require.ErrorContains(t, err, "in use")
	_, err = s.Create(context.Background(), "/a", nil, 0)
	require.NoError(t, err, "the first is not disturbed")
	require.NoError(t, s.Close())
	openStore(t, Options{Dir: dir})
}

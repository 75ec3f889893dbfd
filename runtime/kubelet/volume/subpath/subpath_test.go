package subpath_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/subpath"
)

func needMounts(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	err := mount.Mount("tmpfs", dir, "tmpfs")
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skip("needs the right to mount")
	}
	require.NoError(t, err)
	require.NoError(t, mount.Unmount(dir))
}

// resolved returns where a descriptor leads.
func resolved(t *testing.T, f *os.File) string {
	t.Helper()
	path, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(int(f.Fd())))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return path
}

func TestOpen(t *testing.T) {
	outer := t.TempDir()
	volume := filepath.Join(outer, "volume")
	secret := filepath.Join(outer, "secret")
	require.NoError(t, os.MkdirAll(filepath.Join(volume, "dir", "sub"), 0o755))
	require.NoError(t, os.MkdirAll(secret, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(volume, "dir", "file"), nil, 0o600))
	link := func(to, at string) { require.NoError(t, os.Symlink(to, filepath.Join(volume, at))) }
	link("dir/sub", "inside")
	link("../volume/dir", "around")
	link(filepath.Join(volume, "dir"), "absolute-inside")
	link(secret, "absolute")
	link("../secret", "relative")
	link("dir/../../secret", "dots")
	link("/", "root")
	link("loop", "loop")
	link("nowhere/at/all", "dangling")
	link("../secret/new", "dangling-outside")
	link("/proc/self/root", "magic")

	for path, want := range map[string]string{
		"dir": "dir", "dir/sub/": "dir/sub", "dir/file": "dir/file", "inside": "dir/sub", "dir/./sub": "dir/sub", ".": ".",
		"absolute-inside/sub": "dir/sub", "around/sub": "dir/sub",
	} {
		f, err := subpath.Open(volume, path, false)
		require.NoError(t, err, path)
		require.Equal(t, filepath.Join(volume, want), resolved(t, f), path)
	}
	for _, path := range []string{"absolute", "relative", "dots", "root", "root/etc", "absolute/new", "relative/new/deeper", "loop", "magic", "magic/etc"} {
		_, err := subpath.Open(volume, path, true)
		require.ErrorIs(t, err, subpath.ErrOutside, path)
	}
	for _, path := range []string{"/etc", "../secret", "dir/../../secret", "dir/..", "a\x00b"} {
		_, err := subpath.Open(volume, path, true)
		require.ErrorContains(t, err, "must", path)
	}
	for _, path := range []string{"dangling", "dangling/x", "dangling-outside", "dangling-outside/x", "dir/file/x"} {
		_, err := subpath.Open(volume, path, true)
		require.Error(t, err, path)
	}
	_, err := subpath.Open(volume, "new", false)
	require.ErrorIs(t, err, fs.ErrNotExist)
	entries, err := os.ReadDir(secret)
	require.NoError(t, err)
	require.Empty(t, entries, "something was made outside")
	require.NoDirExists(t, filepath.Join(volume, "nowhere"))
}

func TestOpenMakesDirectories(t *testing.T) {
	volume := filepath.Join(t.TempDir(), "volume")
	require.NoError(t, os.Mkdir(volume, 0o700))
	require.NoError(t, os.Chmod(volume, 0o2770|fs.ModeSetgid))
	require.NoError(t, os.Mkdir(filepath.Join(volume, "a"), 0o711))
	require.NoError(t, os.Symlink("a", filepath.Join(volume, "link")))
	f, err := subpath.Open(volume, "link/b/c", true)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(volume, "a/b/c"), resolved(t, f))
	for _, path := range []string{"a/b", "a/b/c"} {
		info, err := os.Stat(filepath.Join(volume, path))
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o770)|fs.ModeDir|fs.ModeSetgid, info.Mode(), "as the volume itself")
	}
	info, err := os.Stat(filepath.Join(volume, "a"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o711), info.Mode().Perm(), "what was there stays")
}

// A container that swaps a directory for a link all the time must never make the
// kubelet bind what is outside.
func TestSwappedLinksDoNotEscape(t *testing.T) {
	outer := t.TempDir()
	volume := filepath.Join(outer, "volume")
	require.NoError(t, os.MkdirAll(filepath.Join(volume, "real"), 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(outer, "secret", "sub"), 0o755))
	require.NoError(t, os.Symlink(filepath.Join(outer, "secret"), filepath.Join(volume, "evil")))
	require.NoError(t, os.Mkdir(filepath.Join(volume, "x"), 0o755))
	var attacker sync.WaitGroup
	stop := make(chan struct{})
	attacker.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			for _, other := range []string{"evil", "real"} {
				_ = os.Rename(filepath.Join(volume, "x"), filepath.Join(volume, "old"))
				_ = os.Rename(filepath.Join(volume, other), filepath.Join(volume, "x"))
				_ = os.Rename(filepath.Join(volume, "old"), filepath.Join(volume, other))
			}
		}
	})
	defer attacker.Wait()
	defer close(stop)
	for range 3000 {
		f, err := subpath.Open(volume, "x/sub", true)
		if err != nil {
			continue
		}
		if at := resolved(t, f); !strings.HasPrefix(at, volume+"/") {
			t.Fatalf("opened %s", at)
		}
	}
}

func TestBindAndClean(t *testing.T) {
	needMounts(t)
	volume, pod := t.TempDir(), filepath.Join(t.TempDir(), "volume-subpaths")
	require.NoError(t, os.WriteFile(filepath.Join(volume, "file"), []byte("text"), 0o644))
	one, two := filepath.Join(pod, "v", "c", "0"), filepath.Join(pod, "v", "c", "1")
	t.Cleanup(func() { require.NoError(t, subpath.Clean(pod)) })
	require.NoError(t, subpath.Bind(volume, "dir", one, true))
	require.NoError(t, subpath.Bind(volume, "file", two, true))
	require.NoError(t, os.WriteFile(filepath.Join(one, "made"), nil, 0o600))
	require.FileExists(t, filepath.Join(volume, "dir", "made"))
	data, err := os.ReadFile(two)
	require.NoError(t, err)
	require.Equal(t, "text", string(data))

	// The same again changes nothing, for a container that restarts.
	require.NoError(t, subpath.Bind(volume, "dir", one, true))
	mounts, err := mount.Under(pod)
	require.NoError(t, err)
	require.Len(t, mounts, 2)

	// What is another file meanwhile is bound anew, be it of another type.
	require.NoError(t, os.Rename(filepath.Join(volume, "dir"), filepath.Join(volume, "moved")))
	require.NoError(t, os.WriteFile(filepath.Join(volume, "dir"), []byte("now a file"), 0o644))
	require.NoError(t, subpath.Bind(volume, "dir", one, true))
	data, err = os.ReadFile(one)
	require.NoError(t, err)
	require.Equal(t, "now a file", string(data))

	require.NoError(t, subpath.Clean(pod))
	require.NoDirExists(t, pod)
	require.FileExists(t, filepath.Join(volume, "moved", "made"))
	require.NoError(t, subpath.Clean(pod))

	require.ErrorIs(t, subpath.Bind(volume, "missing", one, false), fs.ErrNotExist)
}

package mount_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
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

func TestPathsAreUnescaped(t *testing.T) {
	for in, want := range map[string]string{`/a\040b`: "/a b", `/a\134b`: `/a\b`, "/plain": "/plain", `/end\0`: `/end\0`, `/x\999`: `/x\999`} {
		table, err := mount.Parse(strings.NewReader("22 27 0:21 / " + in + " rw - proc proc rw\n"))
		require.NoError(t, err)
		require.Equal(t, want, table[0].Point)
	}
}

func TestParse(t *testing.T) {
	table, err := mount.Parse(strings.NewReader(`22 27 0:21 / /proc rw,relatime - proc proc rw
97 27 254:0 /srv/a\040b /mnt/with\011tab rw,nosuid shared:12 master:3 - ext4 /dev/vda rw
98 27 0:40 / /gone//deleted rw - tmpfs  rw
`))
	require.NoError(t, err)
	require.Len(t, table, 3)
	require.Equal(t, mount.Entry{
		ID: 97, Parent: 27, Device: "254:0", Root: "/srv/a b", Point: "/mnt/with\ttab", Options: []string{"rw", "nosuid"}, Type: "ext4", Source: "/dev/vda", Peers: 12,
	}, table[1])
	require.Equal(t, "/gone", table[2].Point)

	for _, bad := range []string{"x", "a 27 0:21 / /proc rw - proc proc rw", "1 b 0:21 / /proc rw - proc proc rw", "1 2 3 4 5 6 7", "1 2 0:1 / /p rw shared:x - proc"} {
		_, err := mount.Parse(strings.NewReader(bad))
		require.Error(t, err, bad)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`97 27 254:0 /srv/a\040b /mnt/with\011tab rw,nosuid shared:12 master:3 - ext4 /dev/vda rw`)
	f.Add(" - ")
	f.Fuzz(func(t *testing.T, line string) {
		table, err := mount.Parse(strings.NewReader(line))
		if err == nil && len(table) > 0 && table[0].Type == "" {
			t.Errorf("%q was taken without a type", line)
		}
	})
}

func TestBindAndUnmount(t *testing.T) {
	needMounts(t)
	source, target := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(source, "f"), []byte("x"), 0o600))
	mounted, err := mount.Is(target)
	require.NoError(t, err)
	require.False(t, mounted)
	require.NoError(t, mount.Bind(source, target, false))
	t.Cleanup(func() { require.NoError(t, mount.Unmount(target)) })
	require.NoError(t, mount.Bind(source, target, true))
	mounted, err = mount.Is(target)
	require.NoError(t, err)
	require.True(t, mounted, "a bind mount within one file system is one, too")
	require.FileExists(t, filepath.Join(target, "f"))
	require.ErrorIs(t, os.WriteFile(filepath.Join(target, "g"), nil, 0o600), syscall.EROFS)

	under, err := mount.Under(filepath.Dir(target))
	require.NoError(t, err)
	require.Len(t, under, 2)
	require.NoError(t, mount.Unmount(target), "both of them")
	mounted, err = mount.Is(target)
	require.NoError(t, err)
	require.False(t, mounted)
	require.NoError(t, mount.Unmount(target), "nothing is there")
	require.FileExists(t, filepath.Join(source, "f"))

	missing, err := mount.Is(filepath.Join(target, "missing", "deeper"))
	require.NoError(t, err)
	require.False(t, missing)
}

func TestWhatIsInUseIsNotUnmounted(t *testing.T) {
	needMounts(t)
	dir := t.TempDir()
	require.NoError(t, mount.Mount("tmpfs", dir, "tmpfs", "size=1m"))
	f, err := os.Create(filepath.Join(dir, "open"))
	require.NoError(t, err)
	require.ErrorIs(t, mount.Unmount(dir), syscall.EBUSY)
	require.NoError(t, f.Close())
	require.NoError(t, mount.Unmount(dir))
}

func TestRemoveAllStopsAtMounts(t *testing.T) {
	needMounts(t)
	precious, dir := t.TempDir(), t.TempDir()
	file := filepath.Join(precious, "deep", "data")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	volumes := filepath.Join(dir, "volumes")
	at := filepath.Join(volumes, "a", "b")
	require.NoError(t, os.MkdirAll(at, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(volumes, "a", "own"), nil, 0o600))
	require.NoError(t, os.Symlink(precious, filepath.Join(volumes, "a", "link")))
	require.NoError(t, mount.Bind(precious, at, false))
	t.Cleanup(func() { require.NoError(t, mount.Unmount(at)) })

	for _, path := range []string{volumes, filepath.Join(volumes, "a"), at} {
		require.ErrorIs(t, mount.RemoveAll(path), mount.ErrMounted)
	}
	require.FileExists(t, file)
	require.FileExists(t, filepath.Join(volumes, "a", "own"), "a tree with a mount in it stays whole")

	require.NoError(t, mount.Unmount(at))
	require.NoError(t, mount.RemoveAll(volumes))
	require.NoDirExists(t, volumes)
	require.FileExists(t, file, "links are not followed")
	require.NoError(t, mount.RemoveAll(volumes), "nothing is there")
	require.NoError(t, mount.RemoveAll(filepath.Join(volumes, "not", "there")))
}

func TestRemoveAllOfMuch(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "much")
	for _, sub := range []string{"", "a", "a/b", "c"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, sub), 0o700))
		for i := range 700 {
			require.NoError(t, os.WriteFile(filepath.Join(dir, sub, strings.Repeat("x", 1+i%50)+string(rune('a'+i%26))+strings.Repeat("y", i/50)), nil, 0o600))
		}
	}
	require.NoError(t, mount.RemoveAll(dir))
	require.NoDirExists(t, dir)
}

func TestCommandSaysWhatItPrinted(t *testing.T) {
	err := mount.Command(context.Background(), "no-such-server:/export", filepath.Join(t.TempDir(), "missing"), "nucleus-test", "ro")
	var failed *mount.CommandError
	require.ErrorAs(t, err, &failed)
	require.ErrorContains(t, err, "Mounting arguments: -t nucleus-test -o ro no-such-server:/export")
}

package daemon

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/runtime/kubelet/containerd"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
)

func TestConfiguration(t *testing.T) {
	if _, err := pluginDir(); err != nil {
		t.Skip(err)
	}
	d, err := New(Options{Dir: t.TempDir(), SandboxImage: "r.local/pause:1", Registries: map[string]string{"r.local": "http://127.0.0.1:5000"}})
	require.NoError(t, err)
	for _, dir := range []string{d.root, d.hostsDir()} {
		require.NoError(t, os.MkdirAll(dir, 0o755))
	}
	path, err := d.writeConfig()
	require.NoError(t, err)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, want := range []string{`sandbox_image = "r.local/pause:1"`, `address = "` + d.Socket() + `"`, `conf_dir = "` + d.CNI().ConfDir + `"`, "SystemdCgroup = false"} {
		require.Contains(t, string(data), want)
	}
	require.Equal(t, !mayRaiseLimits(), strings.Contains(string(data), "restrict_oom_score_adj = true"))
	require.NoError(t, d.writeHosts())
	hosts, err := os.ReadFile(filepath.Join(d.hostsDir(), "r.local", "hosts.toml"))
	require.NoError(t, err)
	require.Contains(t, string(hosts), `server = "http://127.0.0.1:5000"`)
	d.opts.Registries = map[string]string{"../x": "http://127.0.0.1:1"}
	require.ErrorContains(t, d.writeHosts(), "is not the name of a host")
}

func TestDirectoriesHaveNamesOfTheirOwn(t *testing.T) {
	a, err := New(Options{Dir: "/srv/a"})
	require.NoError(t, err)
	b, err := New(Options{Dir: "/srv/b"})
	require.NoError(t, err)
	require.NotEqual(t, a.CNI().Bridge, b.CNI().Bridge)
	require.LessOrEqual(t, len(a.CNI().Bridge), 15)
	long, err := New(Options{Dir: "/srv/" + strings.Repeat("x", 200)})
	require.NoError(t, err)
	require.LessOrEqual(t, len(long.Socket()), longestSocket)
	_, err = New(Options{})
	require.ErrorContains(t, err, "Options.Dir")
	_, err = New(Options{Dir: "/srv/a", StateDir: "here"})
	require.ErrorContains(t, err, "Options.StateDir")
}

// TestUnmountBelow holds that a directory that is a disk of its own stays one.
func TestUnmountBelow(t *testing.T) {
	dir := t.TempDir()
	if err := mount.Mount("tmpfs", dir, "tmpfs"); err != nil {
		t.Skipf("needs the right to mount: %v", err)
	}
	t.Cleanup(func() { _ = mount.Unmount(dir) })
	below := filepath.Join(dir, "a b")
	require.NoError(t, os.Mkdir(below, 0o700))
	require.NoError(t, mount.Mount("tmpfs", below, "tmpfs"))
	require.NoError(t, UnmountBelow(dir))
	for path, want := range map[string]bool{dir: true, below: false} {
		mounted, err := mount.Is(path)
		require.NoError(t, err)
		require.Equal(t, want, mounted, path)
	}
}

// TestDaemon starts containerd, kills it, and ends it: it comes back, and leaves
// nothing.
func TestDaemon(t *testing.T) {
	if err := Require(); err != nil {
		t.Skip(err)
	}
	d, err := New(Options{Dir: t.TempDir(), SandboxImage: "none.invalid/pause:1"})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	require.NoError(t, d.WaitReady(ctx))
	second, err := New(Options{Dir: d.opts.Dir})
	require.NoError(t, err)
	require.ErrorContains(t, second.Run(ctx), "another process runs a containerd there")

	r, err := containerd.Dial(d.Socket(), containerd.Options{LogDir: t.TempDir()})
	require.NoError(t, err)
	defer func() { require.NoError(t, r.Close()) }()
	// Users of Pods pass to what their containers run on, also where nobody may pass to
	// the rest.
	info, err := os.Stat(d.state)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o711), info.Mode().Perm())
	before := d.Process().Pid
	require.NoError(t, syscall.Kill(before, syscall.SIGKILL))
	require.Eventually(t, func() bool {
		p := d.Process()
		if p == nil || p.Pid == before {
			return false
		}
		info, err := r.Info(ctx)
		return err == nil && info.Name == "containerd" && info.NotReady == ""
	}, 30*time.Second, 20*time.Millisecond)
	cancel()
	if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	left, err := processes(func(args []string) bool { return strings.Contains(strings.Join(args, " "), d.opts.Dir) })
	require.NoError(t, err)
	require.Empty(t, left)
	for _, dir := range []string{d.opts.Dir, d.state} {
		mounts, err := mount.Under(dir)
		require.NoError(t, err)
		require.Empty(t, mounts)
	}
	require.NoDirExists(t, d.state)
}

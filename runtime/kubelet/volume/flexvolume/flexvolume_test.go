package flexvolume_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/flexvolume"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
)

// script is a driver that mounts a tmpfs and writes down how it was called.
const script = `#!/bin/sh
echo "$@" >> "$(dirname "$0")/calls"
case "$1" in
init) echo '{"status":"Success","capabilities":{"attach":ATTACH}}' ;;
mount) if [ -e "$(dirname "$0")/fail" ]; then echo '{"status":"Failure","message":"no such share"}'; exit 1; fi
  mount -t tmpfs flex "$2" && echo '{"status":"Success"}' ;;
unmount) UNMOUNT ;;
*) echo '{"status":"Not supported"}'; exit 1 ;;
esac
`

func TestDriver(t *testing.T) {
	probe := t.TempDir()
	if err := mount.Mount("tmpfs", probe, "tmpfs"); errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skip("needs the right to mount")
	}
	require.NoError(t, mount.Unmount(probe))

	c := clienttest.Start(t, clienttest.Options{Bootstrap: true}).Local
	root, drivers := t.TempDir(), t.TempDir()
	install := func(name, attach, unmount string) (dir string) {
		dir = filepath.Join(drivers, "example.com~"+name)
		require.NoError(t, os.MkdirAll(dir, 0o755))
		text := strings.NewReplacer("ATTACH", attach, "UNMOUNT", unmount).Replace(script)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755))
		return dir
	}
	dir := install("share", "false", `umount "$2" && echo '{"status":"Success"}'`)
	install("lazy", "false", `echo '{"status":"Not supported"}'; exit 1`)
	install("disk", "true", `exit 1`)

	volumes, err := volume.New(c, volume.Options{
		RootDir: root, NodeName: "n", Logger: slog.New(slog.DiscardHandler), Plugins: []volume.Plugin{flexvolume.New(c, flexvolume.Options{Dir: drivers})},
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		left, err := mount.Under(root)
		require.NoError(t, err)
		require.Empty(t, left)
	})
	require.NoError(t, client.Of[corev1.Secret](c).Create(t.Context(), &corev1.Secret{ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: "s"}, Data: map[string][]byte{"k": []byte("v")}}))
	pod := func(driver string) *corev1.Pod {
		group := int64(44)
		return &corev1.Pod{
			ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: "p", UID: meta.UID("uid-" + strings.ReplaceAll(driver, "/", "-"))},
			Spec: corev1.PodSpec{
				SecurityContext: &corev1.PodSecurityContext{FSGroup: &group},
				Volumes: []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{FlexVolume: &corev1.FlexVolumeSource{
					Driver: driver, Options: map[string]string{"share": "music"}, SecretRef: &corev1.LocalObjectReference{Name: "s"},
				}}}},
				Containers: []corev1.Container{{Name: "c", VolumeMounts: []corev1.VolumeMount{{Name: "v", MountPath: "/v"}}}},
			},
		}
	}
	for driver, want := range map[string]string{
		"example.com/none": "no volume plugin matched: flexvolume driver example.com/none has no executable " + filepath.Join(drivers, "example.com~none", "none"),
		"../../bin/sh":     `flexvolume driver name "../../bin/sh" is not of the form VENDOR/NAME`,
		"example.com/disk": `flexvolume driver example.com/disk attaches volumes`,
	} {
		require.ErrorContains(t, volumes.Mount(t.Context(), pod(driver)), `MountVolume.SetUp failed for volume "v" : `+want)
	}

	p := pod("example.com/share")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "fail"), nil, 0o600))
	require.EqualError(t, volumes.Mount(t.Context(), p), `MountVolume.SetUp failed for volume "v" : mount command failed, status: Failure, reason: no such share`)
	require.NoError(t, os.Remove(filepath.Join(dir, "fail")))
	require.NoError(t, os.Remove(filepath.Join(dir, "calls")))
	for _, p := range []*corev1.Pod{p, pod("example.com/lazy")} {
		require.NoError(t, volumes.Mount(t.Context(), p))
		all, err := volumes.Container(t.Context(), p, &p.Spec.Containers[0], 0, nil)
		require.NoError(t, err)
		at, mounted, err := mount.At(all.Mounts[0].HostPath)
		require.NoError(t, err)
		require.True(t, mounted)
		require.Equal(t, "flex", at.Source)
		info, err := os.Stat(all.Mounts[0].HostPath)
		require.NoError(t, err)
		require.Equal(t, uint32(44), info.Sys().(*syscall.Stat_t).Gid)
		require.NoError(t, volumes.Unmount(t.Context(), p.UID))
		require.NoDirExists(t, filepath.Join(root, "pods", string(p.UID)))
	}
	calls, err := os.ReadFile(filepath.Join(dir, "calls"))
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(calls)), "\n")
	require.Len(t, lines, 2, "init is asked once: %s", calls)
	require.Contains(t, lines[0], `"kubernetes.io/secret/k":"dg=="`)
	require.Contains(t, lines[0], `"share":"music"`)
	require.Contains(t, lines[0], `"kubernetes.io/readwrite":"rw"`)
	require.Contains(t, lines[1], "unmount "+root)
}

package volume

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/subpath"
)

var (
	podType               = reflect.TypeFor[corev1.Pod]()
	errNotDirectory error = syscall.ENOTDIR
)

// takeDown unmounts and removes all that the disk has of a Pod's volumes. It
// looks at the disk alone, so it works for Pods that nobody remembers.
func (m *Manager) takeDown(ctx context.Context, uid meta.UID) error {
	pod := podDir(m.root, uid)
	if _, err := os.Lstat(pod); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	// A subpath is a second mount of what is in a volume, and keeps that busy.
	if err := subpath.Clean(filepath.Join(pod, subpathsDir)); err != nil {
		return fmt.Errorf("unmount subpaths of Pod %s: %w", uid, err)
	}
	locations, err := m.locations(uid)
	if err != nil {
		return fmt.Errorf("volumes of Pod %s: %w", uid, err)
	}
	var errs []error
	for _, at := range locations {
		if err := m.takeDownOne(ctx, at); err != nil {
			errs = append(errs, fmt.Errorf("UnmountVolume.TearDown failed for volume %q (UniqueName: %q) pod %q : %w", at.Name, at.Plugin+"/"+at.Name, uid, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for _, dir := range []string{volumesDir, pluginsDir} {
		if err := mount.RemoveAll(filepath.Join(pod, dir)); err != nil {
			return err
		}
	}
	// The directory itself goes with the last that is in it; the rest is not ours.
	if err := os.Remove(pod); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTEMPTY) {
		return err
	}
	return nil
}

// locations returns the volumes that a Pod has on the disk.
func (m *Manager) locations(uid meta.UID) ([]Location, error) {
	seen := map[Location]bool{}
	for _, kind := range []string{volumesDir, pluginsDir} {
		dir := filepath.Join(podDir(m.root, uid), kind)
		plugins, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, p := range plugins {
			names, err := os.ReadDir(filepath.Join(dir, p.Name()))
			if err != nil && !errors.Is(err, errNotDirectory) {
				return nil, err
			}
			for _, n := range names {
				seen[Location{RootDir: m.root, PodUID: uid, Plugin: strings.ReplaceAll(p.Name(), "~", "/"), Name: n.Name()}] = true
			}
		}
	}
	var all []Location
	for at := range seen {
		all = append(all, at)
	}
	slices.SortFunc(all, func(a, b Location) int { return strings.Compare(a.Dir(), b.Dir()) })
	return all, nil
}

func (m *Manager) takeDownOne(ctx context.Context, at Location) error {
	i := slices.IndexFunc(m.plugins, func(p Plugin) bool { return p.Name() == at.Plugin })
	if i < 0 {
		// Left by a plug-in that this kubelet no longer has. It can be unmounted,
		// and an empty directory can go; anything else has to be decided by a person.
		if err := mount.Unmount(at.Dir()); err != nil {
			return err
		}
		if err := os.Remove(at.Dir()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("no volume plugin %s: %w", at.Plugin, err)
		}
		return nil
	}
	if err := m.plugins[i].Unmount(ctx, at); err != nil {
		return err
	}
	return mount.RemoveAll(at.StateDir())
}

// TakeDown is what Unmount of most plug-ins comes to: whatever is mounted at the
// volume's directory is unmounted, and the directory is removed.
func TakeDown(at Location) error {
	if err := mount.Unmount(at.Dir()); err != nil {
		return err
	}
	return mount.RemoveAll(at.Dir())
}

package volume

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
)

// Meter is a [Plugin] that knows better than the file system what is in a volume.
type Meter interface {
	// Usage measures a volume that is mounted at path. An error that wraps
	// errors.ErrUnsupported leaves it to the file system.
	Usage(ctx context.Context, at Location, path string) (kubelet.VolumeUsage, error)
}

var _ kubelet.VolumeMeter = (*Manager)(nil)

// VolumeUsage implements kubelet.VolumeMeter. Directories of the node itself are
// not measured: they are not the Pod's. The error joins those of volumes that
// are left out because they could not be measured.
func (m *Manager) VolumeUsage(ctx context.Context, pod *corev1.Pod) (map[string]kubelet.VolumeUsage, error) {
	if err := checkUID(pod.UID); err != nil {
		return nil, err
	}
	p, done := m.hold(pod.UID)
	volumes := maps.Clone(p.mounted)
	done(p.pod == nil)
	all := map[string]kubelet.VolumeUsage{}
	var errs []error
	for name, v := range volumes {
		// Measuring takes long; the Pod may be unmounted meanwhile.
		if !strings.HasPrefix(v.result.Path, m.root+"/") || v.spec.Block() {
			continue
		}
		usage, err := m.measure(ctx, pod, v)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, fmt.Errorf("volume %q: %w", name, err))
			}
			continue
		}
		all[name] = usage
	}
	return all, errors.Join(errs...)
}

func (m *Manager) measure(ctx context.Context, pod *corev1.Pod, v *mounted) (kubelet.VolumeUsage, error) {
	if meter, ok := v.plugin.(Meter); ok {
		at := Location{RootDir: m.root, PodUID: pod.UID, Plugin: v.plugin.Name(), Name: v.spec.Name()}
		usage, err := meter.Usage(ctx, at, v.result.Path)
		if !errors.Is(err, errors.ErrUnsupported) {
			return usage, err
		}
	}
	var st syscall.Statfs_t
	if err := syscall.Statfs(v.result.Path, &st); err != nil {
		return kubelet.VolumeUsage{}, &os.PathError{Op: "statfs", Path: v.result.Path, Err: err}
	}
	size := uint64(st.Frsize)
	if size == 0 {
		size = uint64(st.Bsize)
	}
	usage := kubelet.VolumeUsage{
		Used: (st.Blocks - st.Bfree) * size, InodesUsed: st.Files - st.Ffree,
		Capacity: st.Blocks * size, Available: st.Bavail * size, Inodes: st.Files, InodesFree: st.Ffree,
	}
	isMount, err := mount.Is(v.result.Path)
	if err != nil || isMount {
		return usage, err
	}
	// A directory on the node's disk, of which only a part is the volume's.
	usage.Ephemeral = true
	usage.Used, usage.InodesUsed, err = diskUse(ctx, v.result.Path)
	return usage, err
}

// diskUse adds up what a directory takes of its file system, each file once,
// however many names it has. Files that vanish meanwhile count for nothing.
func diskUse(ctx context.Context, dir string) (bytes, inodes uint64, err error) {
	var device uint64
	linked := map[uint64]bool{}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) && path != dir {
				return nil
			}
			return err
		}
		info, err := d.Info()
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) && path != dir {
				return nil
			}
			return err
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return nil
		}
		if path == dir {
			device = uint64(st.Dev)
		}
		if uint64(st.Dev) != device {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !d.IsDir() && st.Nlink > 1 {
			if linked[st.Ino] {
				return nil
			}
			linked[st.Ino] = true
		}
		bytes += uint64(st.Blocks) * 512
		inodes++
		return nil
	})
	return bytes, inodes, err
}

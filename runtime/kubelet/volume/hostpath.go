package volume

import (
	"context"
	"errors"
	"fmt"
	"os"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// hostPath is a file or directory of the node itself. Nothing is mounted and
// nothing ever removed.
type hostPath struct{}

func (hostPath) Name() string { return "kubernetes.io/host-path" }

func (hostPath) Supports(spec *Spec) bool { return hostPathOf(spec) != nil }

func hostPathOf(spec *Spec) *corev1.HostPathVolumeSource {
	if spec.PersistentVolume != nil {
		return spec.PersistentVolume.Spec.HostPath
	}
	return spec.Volume.HostPath
}

func (hostPath) Mount(_ context.Context, r *Request) (Result, error) {
	source := hostPathOf(&r.Spec)
	if err := checkPath(source.Path); err != nil {
		return Result{}, err
	}
	kind := corev1.HostPathUnset
	if source.Type != nil {
		kind = *source.Type
	}
	return Result{Path: source.Path}, checkHostPath(source.Path, kind)
}

func (hostPath) Unmount(context.Context, Location) error { return nil }

// checkHostPath sees to it that what is at a path is of a kind, and makes it if
// the kind says so.
func checkHostPath(path string, kind corev1.HostPathType) error {
	info, err := os.Stat(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("hostPath type check failed: %w", err)
	}
	exists := err == nil
	wrong := func(what string) error { return fmt.Errorf("hostPath type check failed: %s is not %s", path, what) }
	mode := os.FileMode(0)
	if exists {
		mode = info.Mode()
	}
	switch kind {
	case corev1.HostPathUnset:
	case corev1.HostPathDirectoryOrCreate, corev1.HostPathDirectory:
		switch {
		case !exists && kind == corev1.HostPathDirectoryOrCreate:
			return os.MkdirAll(path, 0o755)
		case !mode.IsDir():
			return wrong("a directory")
		}
	case corev1.HostPathFileOrCreate, corev1.HostPathFile:
		switch {
		case !exists && kind == corev1.HostPathFileOrCreate:
			f, err := os.OpenFile(path, os.O_CREATE, 0o644)
			if err != nil {
				return err
			}
			return f.Close()
		case !exists || mode.IsDir():
			return wrong("a file")
		}
	case corev1.HostPathSocket:
		if mode&os.ModeSocket == 0 {
			return wrong("a socket file")
		}
	case corev1.HostPathCharDev:
		if mode&os.ModeCharDevice == 0 {
			return wrong("a character device")
		}
	case corev1.HostPathBlockDev:
		if mode&os.ModeDevice == 0 || mode&os.ModeCharDevice != 0 {
			return wrong("a block device")
		}
	default:
		return fmt.Errorf("%s is an invalid volume type", kind)
	}
	return nil
}

package volume

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
)

// local is a PersistentVolume that is a directory or disk of this node.
type local struct{}

func (local) Name() string { return "kubernetes.io/local-volume" }

func (local) Supports(spec *Spec) bool {
	return spec.PersistentVolume != nil && spec.PersistentVolume.Spec.Local != nil
}

func (local) Mount(_ context.Context, r *Request) (Result, error) {
	source := r.PersistentVolume.Spec.Local
	if err := checkPath(source.Path); err != nil {
		return Result{}, err
	}
	info, err := os.Stat(source.Path)
	if errors.Is(err, os.ErrNotExist) {
		return Result{}, fmt.Errorf("path %q does not exist", source.Path)
	}
	if err != nil {
		return Result{}, err
	}
	device := info.Mode()&os.ModeDevice != 0 && info.Mode()&os.ModeCharDevice == 0
	if r.Block() {
		if !device {
			return Result{}, fmt.Errorf("path %q is not a block device", source.Path)
		}
		return Result{Path: source.Path, ReadOnly: r.ReadOnly}, nil
	}
	result := Result{Path: r.Dir(), ReadOnly: r.ReadOnly}
	mounted, err := mount.Is(r.Dir())
	if err != nil || mounted {
		return result, err
	}
	if !r.ReadOnly {
		result.Ownership = OwnershipByRequest
	}
	if err := makeDir(r.Dir(), 0o750, nil); err != nil {
		return Result{}, err
	}
	if device {
		fs := "ext4"
		if source.FSType != nil && *source.FSType != "" {
			fs = *source.FSType
		}
		options := r.PersistentVolume.Spec.MountOptions
		if r.ReadOnly {
			options = append([]string{"ro"}, options...)
		}
		// Making a file system on a disk that has none is for who made the volume:
		// a kubelet that guesses wrong destroys data.
		err = mount.Mount(source.Path, r.Dir(), fs, options...)
	} else if info.IsDir() {
		err = mount.Bind(source.Path, r.Dir(), r.ReadOnly)
	} else {
		err = fmt.Errorf("path %q is neither a directory nor a block device", source.Path)
	}
	if err != nil {
		return Result{}, errors.Join(err, os.Remove(r.Dir()))
	}
	return result, nil
}

func (local) Unmount(_ context.Context, at Location) error { return TakeDown(at) }

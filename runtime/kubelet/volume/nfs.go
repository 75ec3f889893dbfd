package volume

import (
	"context"
	"errors"
	"os"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
)

// nfs is a directory of a server.
type nfs struct{}

func (nfs) Name() string { return "kubernetes.io/nfs" }

func (nfs) Supports(spec *Spec) bool { return nfsOf(spec) != nil }

func nfsOf(spec *Spec) *corev1.NFSVolumeSource {
	if spec.PersistentVolume != nil {
		return spec.PersistentVolume.Spec.NFS
	}
	return spec.Volume.NFS
}

func (nfs) Mount(ctx context.Context, r *Request) (Result, error) {
	source := nfsOf(&r.Spec)
	result := Result{Path: r.Dir(), ReadOnly: source.ReadOnly}
	// The table is asked, not the directory: the server may not answer.
	_, mounted, err := mount.At(r.Dir())
	if err != nil || mounted {
		return result, err
	}
	if err := makeDir(r.Dir(), 0o750, nil); err != nil {
		return Result{}, err
	}
	var options []string
	if source.ReadOnly {
		options = append(options, "ro")
	}
	if r.PersistentVolume != nil {
		options = append(options, r.PersistentVolume.Spec.MountOptions...)
	}
	server := source.Server
	if strings.Contains(server, ":") && !strings.HasPrefix(server, "[") {
		server = "[" + server + "]" // an IPv6 address
	}
	if err := mount.Command(ctx, server+":"+source.Path, r.Dir(), "nfs", options...); err != nil {
		return Result{}, errors.Join(err, os.Remove(r.Dir()))
	}
	return result, nil
}

func (nfs) Unmount(_ context.Context, at Location) error { return TakeDown(at) }

package volume

import "context"

// image is the content of an image. The container runtime makes it.
type image struct{}

func (image) Name() string { return "kubernetes.io/image" }

func (image) Supports(spec *Spec) bool {
	return spec.PersistentVolume == nil && spec.Volume.Image != nil
}

func (image) Mount(_ context.Context, r *Request) (Result, error) {
	return Result{Image: r.Volume.Image, ReadOnly: true}, nil
}

func (image) Unmount(context.Context, Location) error { return nil }

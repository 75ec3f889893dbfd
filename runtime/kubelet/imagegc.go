package kubelet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// ImageOptions says when images that nobody uses are removed. The zero value is
// what Kubernetes does.
type ImageOptions struct {
	// HighThresholdPercent of the disk in use makes the kubelet remove images until
	// it is LowThresholdPercent. Zero is 85 and 80; 100 never does.
	HighThresholdPercent, LowThresholdPercent int
	// MinimumAge is how long an image is kept in any case. Zero is 2 minutes.
	MinimumAge time.Duration
	// Interval is the time between looks. Zero is 5 minutes.
	Interval time.Duration
}

// In a Node's status so many images are told of, and of each so many names.
const (
	mostImages     = 50
	mostImageNames = 5
)

// imageKeeper knows the images of the node. It is safe for concurrent use.
type imageKeeper struct {
	k     *Kubelet
	store ImageStore

	mu    sync.Mutex
	found map[string]*imageRecord // by id
	list  []corev1.ContainerImage // for the node's status
}

type imageRecord struct {
	StoredImage
	first, used time.Time
}

// run keeps the list of images true, and removes what is too much, until ctx
// ends.
func (i *imageKeeper) run(ctx context.Context) error {
	collected := time.Now()
	for ctx.Err() == nil {
		_, err := i.look(ctx, time.Now())
		if err == nil && time.Since(collected) >= i.k.opts.Images.Interval {
			collected = time.Now()
			err = i.collect(ctx)
		}
		if err != nil && ctx.Err() == nil {
			i.k.log.WarnContext(ctx, "images", "error", err)
		}
		wait(ctx, jittered(min(imagesInterval, i.k.opts.Images.Interval)))
	}
	return nil
}

// imagesInterval is the time between looks at what images there are.
const imagesInterval = time.Minute

// look finds out what images there are and which of them are in use, and returns
// those that are not.
func (i *imageKeeper) look(ctx context.Context, now time.Time) ([]*imageRecord, error) {
	images, err := i.store.Images(ctx)
	if err != nil {
		return nil, err
	}
	inUse, err := i.inUse(ctx)
	if err != nil {
		return nil, err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	var unused []*imageRecord
	found := make(map[string]*imageRecord, len(images))
	for _, image := range images {
		r := i.found[image.ID]
		if r == nil {
			r = &imageRecord{first: now}
		}
		r.StoredImage = image
		found[image.ID] = r
		used := inUse[image.ID] || slices.ContainsFunc(image.Names, func(name string) bool { return inUse[name] })
		switch {
		case used:
			r.used = now
		case !image.Pinned:
			unused = append(unused, r)
		}
	}
	i.found = found
	i.list = imageList(images)
	return unused, nil
}

// inUse are the names and ids of images that containers have, or Pods are to get.
func (i *imageKeeper) inUse(ctx context.Context) (map[string]bool, error) {
	all, err := i.k.runtime.Pods(ctx)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	for p := range all {
		for c := range all[p].Containers {
			container := &all[p].Containers[c]
			used[container.Image], used[container.ImageID], used[container.SpecImage] = true, true, true
		}
	}
	i.k.mu.Lock()
	defer i.k.mu.Unlock()
	for _, p := range i.k.pods {
		p.mu.Lock()
		if p.counts {
			list := containersOf(p.object)
			for c := range list {
				used[list[c].spec.Image] = true
			}
			for v := range p.object.Spec.Volumes {
				if image := p.object.Spec.Volumes[v].Image; image != nil {
					used[image.Reference] = true
				}
			}
		}
		p.mu.Unlock()
	}
	delete(used, "")
	return used, nil
}

// imageList is how a Node's status tells of images: the largest first.
func imageList(images []StoredImage) []corev1.ContainerImage {
	sorted := slices.Clone(images)
	slices.SortFunc(sorted, func(a, b StoredImage) int { return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(a.ID, b.ID)) })
	list := make([]corev1.ContainerImage, 0, min(len(sorted), mostImages))
	for _, image := range sorted[:min(len(sorted), mostImages)] {
		list = append(list, corev1.ContainerImage{Names: image.Names[:min(len(image.Names), mostImageNames)], SizeBytes: image.Size})
	}
	return list
}

// images returns what the Node's status says of images, nil where that is not
// known.
func (k *Kubelet) imageStatus() []corev1.ContainerImage {
	if k.images == nil {
		return nil
	}
	k.images.mu.Lock()
	defer k.images.mu.Unlock()
	return k.images.list
}

// collect removes images if the disk is too full.
func (i *imageKeeper) collect(ctx context.Context) error {
	o := &i.k.opts.Images
	if i.k.opts.Machine == nil || o.HighThresholdPercent >= 100 {
		return nil
	}
	readings, err := i.k.opts.Machine.Read(ctx)
	if err != nil {
		return err
	}
	fs := &readings.ImageFS
	if fs.Capacity == 0 {
		i.k.nodeWarning("InvalidDiskCapacity", "invalid capacity 0 on image filesystem")
		return nil
	}
	used := 100 - int(fs.Available*100/fs.Capacity)
	if used < o.HighThresholdPercent {
		return nil
	}
	want := int64(fs.Capacity)*int64(100-o.LowThresholdPercent)/100 - int64(fs.Available)
	i.k.log.InfoContext(ctx, "disk of images is too full", "percent", used, "free", want)
	freed, err := i.free(ctx, want, time.Now())
	if err == nil && freed < want {
		message := fmt.Sprintf("Failed to garbage collect required amount of images. Attempted to free %d bytes, but only found %d bytes eligible to free.", want, freed)
		i.k.nodeWarning("FreeDiskSpaceFailed", message)
	}
	return err
}

// freeAll removes every image that nobody uses.
func (i *imageKeeper) freeAll(ctx context.Context) error {
	_, err := i.free(ctx, 1<<62, time.Now())
	return err
}

// free removes images until so many bytes are free, the one first that was not
// used for longest.
func (i *imageKeeper) free(ctx context.Context, want int64, now time.Time) (freed int64, err error) {
	unused, err := i.look(ctx, now)
	if err != nil {
		return 0, err
	}
	slices.SortFunc(unused, func(a, b *imageRecord) int {
		return cmp.Or(a.used.Compare(b.used), a.first.Compare(b.first), cmp.Compare(a.ID, b.ID))
	})
	var errs []error
	for _, r := range unused {
		if freed >= want {
			break
		}
		if now.Sub(r.first) < i.k.opts.Images.MinimumAge {
			continue // somebody may be about to use it
		}
		if err := i.store.RemoveImage(ctx, r.ID); err != nil {
			errs = append(errs, fmt.Errorf("image %s: %w", r.ID, err))
			continue
		}
		i.k.log.InfoContext(ctx, "image removed", "image", r.ID, "bytes", r.Size)
		freed += r.Size
		i.mu.Lock()
		delete(i.found, r.ID)
		i.mu.Unlock()
	}
	return freed, errors.Join(errs...)
}

package volume

import (
	"context"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

func newDownwardAPI() *content {
	return &content{
		name: "kubernetes.io/downward-api", memory: true,
		supports: func(v *corev1.Volume) bool { return v.DownwardAPI != nil },
		collect: func(ctx context.Context, r *Request, to *files) error {
			s := r.Volume.DownwardAPI
			to.defaults(s.DefaultMode, s.DefaultUser)
			return addDownward(ctx, r, to, s.Items)
		},
	}
}

func addDownward(ctx context.Context, r *Request, to *files, items []corev1.DownwardAPIVolumeFile) error {
	var errs []error
	for i := range items {
		item := &items[i]
		var value string
		var err error
		switch {
		case item.FieldRef != nil:
			r.WatchPod() // labels and annotations change, resources may
			value, err = corev1.FieldValue(r.Pod, item.FieldRef.FieldPath)
		case item.ResourceFieldRef != nil:
			r.WatchPod()
			var allocatable corev1.ResourceList
			if allocatable, err = r.allocatable(ctx); err == nil {
				value, err = corev1.ResourceFieldValue(r.Pod, nil, item.ResourceFieldRef, allocatable)
			}
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		to.add(item.Path, []byte(value), item.Mode, item.User)
	}
	return aggregate(errs)
}

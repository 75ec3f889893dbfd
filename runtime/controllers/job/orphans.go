package job

import (
	"context"

	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
)

// A Pod whose Job is gone, or has ended, will never be counted: without its
// finalizer being taken off it could never be deleted.

// orphaned maps a Pod to itself if nobody seems to be going to count it.
func (c *Controller) orphaned(pod *corev1.Pod) []client.Key {
	if !tracked(pod) || c.counts(pod) {
		return nil
	}
	return []client.Key{client.KeyOf(pod)}
}

// leftBy maps a Job that is gone, or has ended, to its Pods.
func (c *Controller) leftBy(j *batchv1.Job) []client.Key {
	var keys []client.Key
	for _, pod := range c.pods.Cache.ByIndex(client.ControllerIndex, string(j.UID)) {
		keys = append(keys, c.orphaned(pod)...)
	}
	return keys
}

// counts reports whether, as far as the caches show, a Job is there that will
// count the Pod.
func (c *Controller) counts(pod *corev1.Pod) bool {
	ref := meta.ControllerOf(pod)
	if ref == nil || ref.Kind != jobKind.Kind {
		return false
	}
	j, ok := c.jobs.Get(pod.Namespace, ref.Name)
	return ok && j.UID == ref.UID && Finished(j) == nil
}

func (c *Controller) releaseOrphan(ctx context.Context, key client.Key) (controller.Result, error) {
	pod, ok := c.pods.Cache.GetKey(key)
	if !ok || !tracked(pod) || c.counts(pod) {
		return controller.Result{}, nil
	}
	if ref := meta.ControllerOf(pod); ref != nil {
		if ref.Kind != jobKind.Kind {
			return controller.Result{}, nil // somebody else tracks it by our finalizer
		}
		// The cache of Jobs may be behind that of Pods.
		j, err := client.Of[batchv1.Job](c.c).In(key.Namespace).Get(ctx, ref.Name)
		switch {
		case meta.IsNotFound(err):
		case err != nil:
			return controller.Result{}, err
		case j.UID == ref.UID && (Finished(j) == nil || !managed(j)):
			return controller.Result{}, nil
		}
	}
	return controller.Result{}, c.untrack(ctx, client.Key{}, pod)
}

package ephemeralvolume

import (
	"context"
	"errors"
	"fmt"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Controller makes the claims of Pods' own volumes.
type Controller struct {
	loop   *controller.Controller[client.Key]
	pods   *client.Cache[corev1.Pod]
	claims *client.Cache[corev1.PersistentVolumeClaim]
	c      client.Client
	events *controller.Recorder
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts workload.Options) *Controller {
	opts = opts.WithDefaults()
	c := &Controller{
		c: caches.Client(), pods: client.CacheOf[corev1.Pod](caches), claims: client.CacheOf[corev1.PersistentVolumeClaim](caches),
		events: opts.Events.For("ephemeral_volume"),
	}
	c.loop = controller.New("ephemeral-volume-controller", c.reconcile, opts.Loop())
	controller.WatchChanges(c.loop, c.pods, needing, func(old, new *corev1.Pod) bool { return false }) // volumes never change
	// One that is deleted under a Pod is made again.
	controller.Watch(c.loop, c.claims, controller.Controlled[corev1.PersistentVolumeClaim](meta.GroupKind{Kind: "Pod"}))
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error { return c.loop.Run(ctx) }

// needing maps a Pod to itself if it has such volumes.
func needing(pod *corev1.Pod) []client.Key {
	for i := range pod.Spec.Volumes {
		if pod.Spec.Volumes[i].Ephemeral != nil {
			return []client.Key{client.KeyOf(pod)}
		}
	}
	return nil
}

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	pod, ok := c.pods.GetKey(key)
	if !ok || pod.DeletionTimestamp != nil || pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
		return controller.Result{}, nil
	}
	var errs []error
	for i := range pod.Spec.Volumes {
		if v := &pod.Spec.Volumes[i]; v.Ephemeral != nil {
			if err := c.make(ctx, pod, v); err != nil {
				errs = append(errs, fmt.Errorf("pod %s: volume %s: %w", key, v.Name, err))
			}
		}
	}
	return controller.Result{}, errors.Join(errs...)
}

// make makes the claim of one volume, if it is not there.
func (c *Controller) make(ctx context.Context, pod *corev1.Pod, v *corev1.Volume) error {
	name := pod.Name + "-" + v.Name
	if claim, ok := c.claims.Get(pod.Namespace, name); ok {
		owner := meta.ControllerOf(claim)
		if owner != nil && owner.UID == pod.UID {
			return nil
		}
		err := fmt.Errorf("PVC %s/%s was not created for pod %s/%s (pod is not owner)", claim.Namespace, claim.Name, pod.Namespace, pod.Name)
		c.events.Warning(pod, "EphemeralVolume", "ephemeral volume %s: %v", v.Name, err)
		return err
	}
	template := v.Ephemeral.VolumeClaimTemplate
	if template == nil {
		return controller.Terminal(errors.New("it has no volumeClaimTemplate"))
	}
	copied := codec.DeepCopy(template)
	yes := true
	err := client.Of[corev1.PersistentVolumeClaim](c.c).Create(ctx, &corev1.PersistentVolumeClaim{
		ObjectMeta: meta.ObjectMeta{
			Namespace: pod.Namespace, Name: name, Labels: copied.Labels, Annotations: copied.Annotations,
			OwnerReferences: []meta.OwnerReference{{APIVersion: "v1", Kind: "Pod", Name: pod.Name, UID: pod.UID, Controller: &yes, BlockOwnerDeletion: &yes}},
		},
		Spec: copied.Spec,
	})
	// Of one that is there already the cache will show at the next try whose it is.
	if err != nil && !meta.IsAlreadyExists(err) {
		c.events.Warning(pod, "EphemeralVolume", "ephemeral volume %s: create PVC %s: %v", v.Name, name, err)
	}
	return workload.IgnoreTerminating(err)
}

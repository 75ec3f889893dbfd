package persistentvolume

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Controller binds claims to volumes.
type Controller struct {
	c       client.Client
	events  *controller.Recorder
	now     func() time.Time
	claims  *client.Cache[corev1.PersistentVolumeClaim]
	volumes *client.Cache[corev1.PersistentVolume]
	classes *client.Cache[storagev1.StorageClass]
	pods    *client.Cache[corev1.Pod]
	nodes   *client.Cache[corev1.Node]

	claimLoop, volumeLoop *controller.Controller[client.Key]
}

// Names of indexes.
const (
	byClass  = "persistentvolume/class"  // volumes, and claims that are not bound
	byClaim  = "persistentvolume/claim"  // volumes by the claim that they name, Pods by those that they use
	byVolume = "persistentvolume/volume" // claims by the volume that they name
)

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts workload.Options) *Controller {
	opts = opts.WithDefaults()
	c := &Controller{
		c: caches.Client(), events: opts.Events.For("persistentvolume-controller"), now: opts.Now,
		claims: client.CacheOf(caches, client.CacheOptions[corev1.PersistentVolumeClaim]{Indexers: map[string]func(*corev1.PersistentVolumeClaim) []string{
			byClass:  func(c *corev1.PersistentVolumeClaim) []string { return unbound(c, ClassOfClaim(c)) },
			byVolume: func(c *corev1.PersistentVolumeClaim) []string { return []string{c.Spec.VolumeName} },
		}}),
		volumes: client.CacheOf(caches, client.CacheOptions[corev1.PersistentVolume]{Indexers: map[string]func(*corev1.PersistentVolume) []string{
			byClass: func(pv *corev1.PersistentVolume) []string { return []string{ClassOfVolume(pv)} },
			byClaim: func(pv *corev1.PersistentVolume) []string {
				if ref := pv.Spec.ClaimRef; ref != nil {
					return []string{client.Key{Namespace: ref.Namespace, Name: ref.Name}.String()}
				}
				return nil
			},
		}}),
		classes: client.CacheOf[storagev1.StorageClass](caches),
		pods: client.CacheOf(caches, client.CacheOptions[corev1.Pod]{Indexers: map[string]func(*corev1.Pod) []string{
			byClaim: func(pod *corev1.Pod) []string { return keysOf(ClaimsOf(pod)) },
		}}),
		nodes: client.CacheOf[corev1.Node](caches),
	}
	// One claim at a time: two that are looked at together would choose the same
	// volume, and one of them be refused.
	c.claimLoop = controller.New("persistentvolume-binder-controller", c.reconcileClaim, controller.Options{Workers: 1, Logger: opts.Logger})
	c.volumeLoop = controller.New("persistentvolume-controller", c.reconcileVolume, opts.Loop())
	controller.Watch(c.claimLoop, c.claims, controller.Self[corev1.PersistentVolumeClaim])
	controller.Watch(c.claimLoop, c.volumes, c.waiting)
	controller.Watch(c.claimLoop, c.classes, func(class *storagev1.StorageClass) []client.Key {
		// One that becomes the default is for those without a class.
		return append(c.unboundOf(class.Name), c.unboundOf("")...)
	})
	controller.WatchChanges(c.claimLoop, c.pods, ClaimsOf, func(old, new *corev1.Pod) bool { return old.Spec.NodeName != new.Spec.NodeName })
	controller.Watch(c.volumeLoop, c.volumes, controller.Self[corev1.PersistentVolume])
	controller.Watch(c.volumeLoop, c.claims, c.volumesFor)
	c.claimLoop.After(c.nodes)
	c.volumeLoop.After(c.nodes)
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var running sync.WaitGroup
	var volumes error
	running.Go(func() {
		defer stop()
		volumes = c.volumeLoop.Run(ctx)
	})
	claims := c.claimLoop.Run(ctx)
	stop()
	running.Wait()
	return errors.Join(claims, volumes)
}

// unbound returns the class of a claim that waits for a volume.
func unbound(claim *corev1.PersistentVolumeClaim, class string) []string {
	if claim.Annotations[storagev1.AnnotationBindCompleted] != "" {
		return nil
	}
	return []string{class}
}

func (c *Controller) unboundOf(class string) []client.Key {
	var keys []client.Key
	for _, claim := range c.claims.ByIndex(byClass, class) {
		keys = append(keys, client.KeyOf(claim))
	}
	return keys
}

// waiting maps a volume to the claims that a change of it concerns: those that
// could have it, and the one that has it.
func (c *Controller) waiting(pv *corev1.PersistentVolume) []client.Key {
	var keys []client.Key
	if ref := pv.Spec.ClaimRef; ref != nil {
		keys = append(keys, client.Key{Namespace: ref.Namespace, Name: ref.Name})
	} else {
		keys = c.unboundOf(ClassOfVolume(pv))
	}
	for _, claim := range c.claims.ByIndex(byVolume, pv.Name) {
		keys = append(keys, client.KeyOf(claim))
	}
	return keys
}

// volumesFor maps a claim to the volumes that name it, or that it names.
func (c *Controller) volumesFor(claim *corev1.PersistentVolumeClaim) []client.Key {
	var keys []client.Key
	if claim.Spec.VolumeName != "" {
		keys = append(keys, client.Key{Name: claim.Spec.VolumeName})
	}
	for _, pv := range c.volumes.ByIndex(byClaim, client.KeyOf(claim).String()) {
		keys = append(keys, client.KeyOf(pv))
	}
	return keys
}

// ClaimsOf returns the claims that a Pod uses, be they there or not.
func ClaimsOf(pod *corev1.Pod) []client.Key {
	var keys []client.Key
	for i := range pod.Spec.Volumes {
		switch v := &pod.Spec.Volumes[i]; {
		case v.PersistentVolumeClaim != nil:
			keys = append(keys, client.Key{Namespace: pod.Namespace, Name: v.PersistentVolumeClaim.ClaimName})
		case v.Ephemeral != nil:
			keys = append(keys, client.Key{Namespace: pod.Namespace, Name: pod.Name + "-" + v.Name})
		}
	}
	return keys
}

func keysOf(keys []client.Key) []string {
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = key.String()
	}
	return texts
}

// defaultClass returns the class for claims that name none: the newest of those
// that are marked, nil if there is none.
func (c *Controller) defaultClass() *storagev1.StorageClass {
	var marked []*storagev1.StorageClass
	for class := range c.classes.All() {
		if class.Annotations[storagev1.AnnotationIsDefaultStorageClass] == "true" || class.Annotations[storagev1.BetaAnnotationIsDefaultStorageClass] == "true" {
			marked = append(marked, class)
		}
	}
	if len(marked) == 0 {
		return nil
	}
	return slices.MaxFunc(marked, func(a, b *storagev1.StorageClass) int { return a.CreationTimestamp.Compare(b.CreationTimestamp.Time) })
}

// set puts an annotation on an object and reports whether that changed it.
func set(m *meta.ObjectMeta, key, value string) bool {
	if m.Annotations[key] == value {
		return false
	}
	if m.Annotations == nil {
		m.Annotations = map[string]string{}
	}
	m.Annotations[key] = value
	return true
}

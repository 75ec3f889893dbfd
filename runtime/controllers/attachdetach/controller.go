package attachdetach

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/persistentvolume"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Controller attaches volumes to nodes. What it works on is a PersistentVolume.
type Controller struct {
	loop        *controller.Controller[client.Key]
	nodeLoop    *controller.Controller[client.Key]
	c           client.Client
	now         func() time.Time
	nodes       *client.Cache[corev1.Node]
	events      *controller.Recorder
	pods        *client.Cache[corev1.Pod]
	claims      *client.Cache[corev1.PersistentVolumeClaim]
	volumes     *client.Cache[corev1.PersistentVolume]
	drivers     *client.Cache[storagev1.CSIDriver]
	attachments *client.Cache[storagev1.VolumeAttachment]

	mu sync.Mutex
	// unused is since when nobody uses what is attached.
	unused map[meta.UID]time.Time
}

// Names of indexes.
const (
	byClaim  = "attachdetach/claim"  // Pods on nodes by the claims that they use
	byVolume = "attachdetach/volume" // attachments by their volume
	byNode   = "attachdetach/node"   // attachments by their node
)

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts workload.Options) *Controller {
	opts = opts.WithDefaults()
	c := &Controller{
		c: caches.Client(), events: opts.Events.For("attachdetach-controller"), now: opts.Now, unused: map[meta.UID]time.Time{},
		nodes: client.CacheOf[corev1.Node](caches),
		pods: client.CacheOf(caches, client.CacheOptions[corev1.Pod]{Indexers: map[string]func(*corev1.Pod) []string{
			byClaim: func(pod *corev1.Pod) []string {
				var names []string
				for _, key := range claimsOf(pod) {
					names = append(names, key.String())
				}
				return names
			},
		}}),
		claims:  client.CacheOf[corev1.PersistentVolumeClaim](caches),
		volumes: client.CacheOf[corev1.PersistentVolume](caches),
		drivers: client.CacheOf[storagev1.CSIDriver](caches),
		attachments: client.CacheOf(caches, client.CacheOptions[storagev1.VolumeAttachment]{Indexers: map[string]func(*storagev1.VolumeAttachment) []string{
			byVolume: func(a *storagev1.VolumeAttachment) []string { return keysOf(volumeOf(a)) },
			byNode:   func(a *storagev1.VolumeAttachment) []string { return []string{a.Spec.NodeName} },
		}}),
	}
	c.loop = controller.New("persistentvolume-attach-detach-controller", c.reconcile, opts.Loop())
	controller.Watch(c.loop, c.volumes, controller.Self[corev1.PersistentVolume])
	controller.Watch(c.loop, c.attachments, volumeOf)
	controller.Watch(c.loop, c.claims, func(claim *corev1.PersistentVolumeClaim) []client.Key {
		if claim.Spec.VolumeName == "" {
			return nil
		}
		return []client.Key{{Name: claim.Spec.VolumeName}}
	})
	controller.WatchChanges(c.loop, c.pods, c.volumesOf, func(old, new *corev1.Pod) bool { return old.Spec.NodeName != new.Spec.NodeName })
	controller.WatchChanges(c.loop, c.nodes, c.volumesAt, func(old, new *corev1.Node) bool {
		return !slices.Equal(old.Status.VolumesInUse, new.Status.VolumesInUse) || isOut(old) != isOut(new)
	})
	c.loop.After(c.drivers)
	c.nodeLoop = controller.New("attached volumes of nodes", c.tellNode, opts.Loop())
	controller.Watch(c.nodeLoop, c.attachments, func(a *storagev1.VolumeAttachment) []client.Key { return []client.Key{{Name: a.Spec.NodeName}} })
	controller.WatchChanges(c.nodeLoop, c.nodes, controller.Self[corev1.Node], func(old, new *corev1.Node) bool {
		return !slices.Equal(old.Status.VolumesAttached, new.Status.VolumesAttached)
	})
	c.nodeLoop.After(c.volumes)
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error {
	var group controller.Group
	group.Add("attach and detach", c.loop.Run)
	group.Add("attached volumes of nodes", c.nodeLoop.Run)
	return group.Run(ctx)
}

// claimsOf returns the claims that a Pod uses, if it is on a node.
func claimsOf(pod *corev1.Pod) []client.Key {
	if pod.Spec.NodeName == "" {
		return nil
	}
	return persistentvolume.ClaimsOf(pod)
}

// volumesOf maps a Pod to the volumes behind its claims.
func (c *Controller) volumesOf(pod *corev1.Pod) []client.Key {
	var keys []client.Key
	for _, key := range claimsOf(pod) {
		if claim, ok := c.claims.GetKey(key); ok && claim.Spec.VolumeName != "" {
			keys = append(keys, client.Key{Name: claim.Spec.VolumeName})
		}
	}
	return keys
}

func volumeOf(a *storagev1.VolumeAttachment) []client.Key {
	if name := a.Spec.Source.PersistentVolumeName; name != nil {
		return []client.Key{{Name: *name}}
	}
	return nil
}

func keysOf(keys []client.Key) []string {
	var names []string
	for _, key := range keys {
		names = append(names, key.Name)
	}
	return names
}

// attachmentName is the one that kubelets look for.
func attachmentName(handle, driver, node string) string {
	return fmt.Sprintf("csi-%x", sha256.Sum256([]byte(handle+driver+node)))
}

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	pv, ok := c.volumes.GetKey(key)
	users := map[string]*corev1.Pod{} // one for each node
	if ok && pv.Spec.CSI != nil && c.attaches(pv.Spec.CSI.Driver) {
		users = c.users(pv)
	}
	var errs []error
	var again time.Duration
	elsewhere := ""
	for _, a := range c.attachments.ByIndex(byVolume, key.Name) {
		node := a.Spec.NodeName
		pod := users[node]
		delete(users, node)
		switch {
		case a.DeletionTimestamp != nil:
			elsewhere = node // still being detached
		case pod != nil:
			elsewhere = node
			c.mu.Lock()
			delete(c.unused, a.UID)
			c.mu.Unlock()
			c.tell(pod, key.Name, a)
		default:
			elsewhere = node
			if wait := c.keeps(a, pv); wait > 0 {
				again = max(again, wait)
				continue
			}
			errs = append(errs, ignore(client.Of[storagev1.VolumeAttachment](c.c).Delete(ctx, a.Name, meta.DeleteOptions{Preconditions: &meta.Preconditions{UID: &a.UID}})))
		}
	}
	for node, pod := range users {
		if elsewhere != "" && exclusive(pv) {
			// The change of the attachment brings the volume back here.
			c.events.Warning(pod, "FailedAttachVolume", "Multi-Attach error for volume %q Volume is already exclusively attached to one node and can't be attached to another", pv.Name)
			continue
		}
		elsewhere = node
		name := attachmentName(pv.Spec.CSI.VolumeHandle, pv.Spec.CSI.Driver, node)
		err := client.Of[storagev1.VolumeAttachment](c.c).Create(ctx, &storagev1.VolumeAttachment{
			ObjectMeta: meta.ObjectMeta{Name: name},
			Spec:       storagev1.VolumeAttachmentSpec{Attacher: pv.Spec.CSI.Driver, NodeName: node, Source: storagev1.VolumeAttachmentSource{PersistentVolumeName: &pv.Name}},
		})
		if err != nil && !meta.IsAlreadyExists(err) {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return controller.Result{}, fmt.Errorf("volume %s: %w", key.Name, err)
	}
	return controller.Result{After: again}, nil
}

// attaches reports whether a driver wants its volumes attached. One that says
// nothing of itself does.
func (c *Controller) attaches(driver string) bool {
	d, ok := c.drivers.Get("", driver)
	return !ok || d.Spec.AttachRequired == nil || *d.Spec.AttachRequired
}

// users returns a Pod that uses a volume for each node where there is one.
func (c *Controller) users(pv *corev1.PersistentVolume) map[string]*corev1.Pod {
	users := map[string]*corev1.Pod{}
	ref := pv.Spec.ClaimRef
	if ref == nil {
		return users
	}
	claim, ok := c.claims.Get(ref.Namespace, ref.Name)
	if !ok || claim.UID != ref.UID || claim.Spec.VolumeName != pv.Name {
		return users
	}
	for _, pod := range c.pods.ByIndex(byClaim, client.KeyOf(claim).String()) {
		users[pod.Spec.NodeName] = pod
	}
	return users
}

// exclusive reports whether a volume can be on one node only.
func exclusive(pv *corev1.PersistentVolume) bool {
	for _, mode := range pv.Spec.AccessModes {
		if mode != corev1.ReadWriteOnce && mode != corev1.ReadWriteOncePod {
			return false
		}
	}
	return true
}

// tell records what has become of an attachment.
func (c *Controller) tell(pod *corev1.Pod, volume string, a *storagev1.VolumeAttachment) {
	switch {
	case pod.Status.Phase != corev1.PodPending:
	case a.Status.Attached:
		c.events.Normal(pod, "SuccessfulAttachVolume", "AttachVolume.Attach succeeded for volume %q ", volume)
	case a.Status.AttachError != nil:
		c.events.Warning(pod, "FailedAttachVolume", "AttachVolume.Attach failed for volume %q : %s", volume, a.Status.AttachError.Message)
	}
}

func ignore(err error) error {
	if meta.IsNotFound(err) || meta.IsConflict(err) {
		return nil
	}
	return err
}

package kubelet

import (
	"context"
	"maps"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// Devices has what a node has in single pieces, such as accelerators. It must be safe
// for concurrent use. Package kubelet/device has one that asks plug-ins.
type Devices interface {
	// Capacity returns how many devices there are of each resource, and how many of
	// them can be given to Pods.
	Capacity() (capacity, allocatable corev1.ResourceList)
	// Changed has a value when Capacity may have changed.
	Changed() <-chan struct{}
	// Has reports whether a resource is one of devices.
	Has(name corev1.ResourceName) bool
	// Allocate gives the containers of a Pod the devices that their limits ask for, all
	// or none. What they have already stays.
	Allocate(ctx context.Context, pod *corev1.Pod) error
	// Release takes back what a Pod has that has ended.
	Release(uid meta.UID)
	// Retain takes back what Pods have that are not there any more.
	Retain(has func(uid meta.UID) bool)
	// Container says what a container needs for the devices that it was given, each
	// time before it is created.
	Container(ctx context.Context, pod *corev1.Pod, container *corev1.Container) (ContainerDevices, error)
}

// ContainerDevices is what a container needs for its devices.
type ContainerDevices struct {
	Env         []EnvVar
	Mounts      []Mount
	Devices     []Device
	Annotations map[string]string // for the runtime
	CDI         []string          // names by which the runtime knows devices
}

// watchDevices has the node's status written when it has more or fewer of them.
func (k *Kubelet) watchDevices(ctx context.Context) error {
	for {
		select {
		case <-k.opts.Devices.Changed():
			k.wakeHeartbeat()
		case <-ctx.Done():
			return nil
		}
	}
}

// allocate gives a Pod that the node has just taken its devices, and says why it
// cannot.
func (k *Kubelet) allocate(ctx context.Context, p *pod, object *corev1.Pod) *refusal {
	if k.opts.Devices == nil {
		return nil
	}
	err := k.opts.Devices.Allocate(ctx, object)
	if err == nil {
		return nil
	}
	k.mu.Lock()
	p.admitted, p.counts = false, false
	k.mu.Unlock()
	if ctx.Err() != nil {
		return nil // it is the kubelet that stops
	}
	return &refusal{reason: reasonUnexpected, message: "Allocate failed due to " + err.Error() + ", which is unexpected"}
}

// withoutDevices is a node of which only that is counted which is not a device:
// those are given one by one.
func (k *Kubelet) withoutDevices(node *corev1.Node) *corev1.Node {
	if k.opts.Devices == nil || node == nil {
		return node
	}
	copied := *node
	copied.Status.Allocatable = maps.Clone(node.Status.Allocatable)
	maps.DeleteFunc(copied.Status.Allocatable, func(name corev1.ResourceName, _ quantity.Quantity) bool { return k.opts.Devices.Has(name) })
	return &copied
}

// keepExtended fills in what others say that the node has, which is not the kubelet's
// to say.
func keepExtended(capacity, allocatable, before corev1.ResourceList) {
	for name, q := range before {
		if _, own := capacity[name]; !own && corev1.IsExtendedResource(name) {
			capacity[name], allocatable[name] = q, q
		}
	}
}

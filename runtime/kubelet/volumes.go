package kubelet

import (
	"context"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Volumes makes what Pods mount available on the node. Package kubelet/volume has
// one. All methods are called from several goroutines at once, but Mount and
// Unmount not at the same time for one Pod. What is mounted outlives the kubelet.
type Volumes interface {
	// Mount makes the Pod's volumes ready, and keeps their content up to date until
	// Unmount. It is called before the Pod's first container is created, and again
	// after a restart of the kubelet; what is mounted already is no error. The
	// error says what volume cannot be had and why, as in the message of a
	// FailedMount event; the kubelet tries again later.
	Mount(ctx context.Context, pod *corev1.Pod) error
	// Container returns what of the volumes of a Pod, which are mounted, goes into
	// one of its containers. attempt is the container's run and env its
	// environment, which the paths of its mounts may refer to.
	Container(ctx context.Context, pod *corev1.Pod, container *corev1.Container, attempt int32, env []EnvVar) (ContainerVolumes, error)
	// Unmount takes down what a Pod has mounted, when none of its containers runs
	// any more, and removes it from the disk. That there is nothing is no error.
	Unmount(ctx context.Context, uid meta.UID) error
	// Mounted returns the Pods of which there is something left on the node, also
	// from before a restart.
	Mounted(ctx context.Context) ([]meta.UID, error)
}

// ContainerVolumes is what of a Pod's volumes goes into one container.
type ContainerVolumes struct {
	Mounts  []Mount  // in the order of the container's volumeMounts, subPaths resolved
	Devices []Device // in the order of its volumeDevices
	// Groups are those that the volumes need its processes to be in; the fsGroup
	// is not among them.
	Groups []int64
}

// Device is a device of the node inside a container.
type Device struct {
	Name          string // of the volume; "" where it comes from elsewhere
	HostPath      string // absolute, on the node
	ContainerPath string // absolute
	ReadOnly      bool
	// Permissions are what the container may do with it: r, w and m for making it. ""
	// is all, or r if it is read-only.
	Permissions string
}

// VolumeMeter is a [Volumes] that measures what is in them. The kubelet asks by
// type assertion.
type VolumeMeter interface {
	// VolumeUsage returns what the volumes of a Pod hold, by their names, those of
	// which it is known.
	VolumeUsage(ctx context.Context, pod *corev1.Pod) (map[string]VolumeUsage, error)
}

// AttachedVolumes is a [Volumes] that knows which of them were attached to the node.
// The kubelet asks by type assertion, and tells in the Node's status: what is in use
// is not taken away.
type AttachedVolumes interface {
	// InUse returns what is mounted, or may still be, ordered and each once.
	InUse() []corev1.UniqueVolumeName
}

// inUse returns the volumes that are attached and in use; ok is false if nobody
// knows.
func (k *Kubelet) inUse() (names []corev1.UniqueVolumeName, ok bool) {
	if attached, ok := k.opts.Volumes.(AttachedVolumes); ok {
		return attached.InUse(), true
	}
	return nil, false
}

// tellInUse has the Node's status written soon if it says something else.
func (k *Kubelet) tellInUse() {
	names, ok := k.inUse()
	if !ok {
		return
	}
	k.mu.Lock()
	told := k.node != nil && slices.Equal(k.node.Status.VolumesInUse, names)
	k.mu.Unlock()
	if !told {
		k.wakeHeartbeat()
	}
}

// VolumeUsage is what a volume holds, in bytes and inodes.
type VolumeUsage struct {
	Used, InodesUsed uint64
	// Ephemeral volumes are on the node's own disk and go with the Pod.
	Ephemeral bool
	// Capacity and what follows are of the file system that the volume is on.
	Capacity, Available uint64
	Inodes, InodesFree  uint64
}

// Mount is a file or directory of the node inside a container.
type Mount struct {
	Name          string // of the volume; "" for what the kubelet itself mounts
	HostPath      string // absolute, on the node
	ContainerPath string // absolute
	ReadOnly      bool
	// RecursiveReadOnly makes what is mounted below read-only too.
	RecursiveReadOnly bool
	Propagation       corev1.MountPropagationMode // "" is None
	Options           []string                    // more options of the mount, such as noexec
	// Image is set instead of HostPath for volumes that are an image, of which only
	// the name is known; it is to be pulled as PullPolicy says. SubPath is a path
	// inside of it.
	Image      *Image
	PullPolicy corev1.PullPolicy
	SubPath    string
}

// EnvVar is a variable of a container's environment, with its final value.
type EnvVar struct{ Name, Value string }

package kubelet

import (
	"context"

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
	// Mounts returns what is to be mounted into a container of a Pod whose volumes
	// are ready, in the order of its volumeMounts, subPaths resolved. attempt is
	// the container's run.
	Mounts(ctx context.Context, pod *corev1.Pod, container *corev1.Container, attempt int32) ([]Mount, error)
	// Unmount takes down what a Pod has mounted, when none of its containers runs
	// any more, and removes it from the disk. That there is nothing is no error.
	Unmount(ctx context.Context, uid meta.UID) error
	// Mounted returns the Pods of which there is something left on the node, also
	// from before a restart.
	Mounted(ctx context.Context) ([]meta.UID, error)
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
	// Image is set instead of HostPath for volumes that are an image, SubPath a
	// path inside of it.
	Image   *Image
	SubPath string
}

// EnvVar is a variable of a container's environment, with its final value.
type EnvVar struct{ Name, Value string }

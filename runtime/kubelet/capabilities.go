package kubelet

import (
	"context"
	"net/url"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// What follows is what a [Runtime] may be able to do besides. The kubelet asks by
// type assertion, and does without what is not there, or says so to who wants it.
// All of it is called from several goroutines at once.

// Execer runs commands in containers to their end, as probes and hooks want it.
type Execer interface {
	// Exec runs command in a running container. A command that ends by itself is
	// no error, whatever its exit code is. When timeout (0: none) is over the
	// command is ended and the error is context.DeadlineExceeded.
	Exec(ctx context.Context, id string, command []string, timeout time.Duration) (ExecResult, error)
}

// ExecResult is what became of a command.
type ExecResult struct {
	Stdout, Stderr []byte
	ExitCode       int32
}

// Streamer gives out addresses at which the streams of containers are served, to
// be asked for once and soon. They speak the streaming protocol of the CRI: an
// HTTP upgrade to SPDY/3.1 or to WebSocket with the subprotocols of Kubernetes.
type Streamer interface {
	ExecURL(ctx context.Context, id string, command []string, streams Streams) (*url.URL, error)
	AttachURL(ctx context.Context, id string, streams Streams) (*url.URL, error)
	PortForwardURL(ctx context.Context, sandbox string, ports []int32) (*url.URL, error)
}

// Streams says which streams are wanted.
type Streams struct{ Stdin, Stdout, Stderr, TTY bool }

// ImageStore lists and removes the images of a node.
type ImageStore interface {
	Images(ctx context.Context) ([]StoredImage, error)
	// RemoveImage removes an image; that it is gone already is no error.
	RemoveImage(ctx context.Context, id string) error
	// ImageFilesystem returns where images are stored, a path on the node.
	ImageFilesystem(ctx context.Context) (string, error)
}

// StoredImage is an image with all its names.
type StoredImage struct {
	ID     string
	Names  []string // tags and digests
	Size   int64    // bytes
	Pinned bool     // not to be removed
}

// Resizer changes the resources of containers while they run.
type Resizer interface {
	UpdateContainer(ctx context.Context, id string, pod *corev1.Pod, container *corev1.Container) error
}

// LogRotator reopens the log of a container after its file was renamed.
type LogRotator interface {
	ReopenLog(ctx context.Context, id string) error
}

// PodCleaner removes what the runtime keeps of a Pod beside its sandboxes.
type PodCleaner interface {
	// CleanPod is called when the Pod has no sandbox any more, perhaps not for the first
	// time: a kubelet that was killed may have got anywhere. It returns soon; an error
	// has it called again.
	CleanPod(ctx context.Context, uid meta.UID) error
}

// Sweeper removes what the runtime keeps of Pods that neither it nor the kubelet
// knows: what is left of a kubelet that lost its directory, or of processes that
// were killed.
type Sweeper interface {
	Sweep(ctx context.Context, known func(uid meta.UID) bool) error
}

// Bounder bounds what all Pods of the node together use.
type Bounder interface {
	// BoundPods sets the bounds: cpu says what Pods weigh against the rest of the
	// machine, memory, huge pages and [ResourceProcesses] are limits. What is not
	// named is not bounded. An error that wraps errors.ErrUnsupported says that it
	// need not be tried again.
	BoundPods(ctx context.Context, bounds corev1.ResourceList) error
}

// Meter measures what containers use.
type Meter interface {
	// Usage returns one entry for each running container, and one without a
	// container's name for each Pod of which more is known than of its
	// containers, such as its network.
	Usage(ctx context.Context) ([]Usage, error)
}

// Usage is what a container, or a Pod, has used at a moment.
type Usage struct {
	PodUID         meta.UID
	Namespace, Pod string
	Container      string // "" is the Pod
	ContainerID    string
	At             time.Time
	StartedAt      time.Time

	CPUNanoseconds  uint64 // since the start
	MemoryUsage     uint64 // bytes, caches included
	WorkingSet      uint64 // bytes that cannot be reclaimed
	RSS             uint64
	PageFaults      uint64
	MajorPageFaults uint64
	Swap            *uint64 // bytes that were put on a disk; nil where that is not known
	Processes       uint64  // of a Pod, 0 where that is not known
	WritableBytes   uint64  // of the container's own layer
	WritableInodes  uint64
	LogBytes        uint64

	Interface          string // "" where the network is not known
	ReceivedBytes      uint64
	ReceiveErrors      uint64
	TransmittedBytes   uint64
	TransmissionErrors uint64
}

package kubelet

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Runtime runs the containers of one node. It has the shape of the CRI: a Pod
// gets a sandbox, which holds its network, and containers are created in it,
// started, stopped and removed. What a Runtime has started lives on when the
// kubelet stops.
//
// All methods are called from several goroutines at once. Pods and containers
// passed in are shared and read-only. A method returns soon after its ctx has
// ended; whatever it then leaves half done it reports truthfully in Pod.
// Stopping and removing what is stopped or gone already is no error.
type Runtime interface {
	// Info says which runtime this is and whether it works.
	Info(ctx context.Context) (Info, error)
	// SetPodCIDR says from where Pods get their addresses. It is called before
	// the first sandbox is started, with the zero value if the node has none:
	// the runtime then has its own.
	SetPodCIDR(ctx context.Context, cidr netip.Prefix) error

	// Pods returns every Pod of which there is a sandbox or container left.
	Pods(ctx context.Context) ([]PodState, error)
	// Pod returns the present state of one Pod, the zero value if there is
	// nothing of it. It sees whatever a call that has returned has done.
	Pod(ctx context.Context, uid meta.UID) (PodState, error)
	// Watch calls changed with every Pod whose state may have changed, other
	// than by a call that is under way, until ctx ends; an error means that
	// changes may have been missed. changed returns at once.
	Watch(ctx context.Context, changed func(pod meta.UID)) error

	// StartSandbox makes a sandbox that is ready for containers, and returns its
	// id.
	StartSandbox(ctx context.Context, config SandboxConfig) (id string, err error)
	// StopSandbox stops what still runs in the sandbox, by force, and gives its
	// address back.
	StopSandbox(ctx context.Context, id string) error
	// RemoveSandbox removes a stopped sandbox and all its containers.
	RemoveSandbox(ctx context.Context, id string) error

	// Image returns the image of that name if the node has it, else
	// ErrNoImage.
	Image(ctx context.Context, name string) (Image, error)
	// PullImage fetches an image for a Pod.
	PullImage(ctx context.Context, name string, pod *corev1.Pod) (Image, error)

	// CreateContainer prepares a container and returns its id.
	CreateContainer(ctx context.Context, config ContainerConfig) (id string, err error)
	// StartContainer starts a container that was created. It runs when the call
	// returns without error.
	StartContainer(ctx context.Context, id string) error
	// StopContainer asks the container to end, and ends it by force when grace
	// is over. It has ended when the call returns without error.
	StopContainer(ctx context.Context, id string, grace time.Duration) error
	// RemoveContainer removes a container that has ended, and its logs.
	RemoveContainer(ctx context.Context, id string) error

	// Logs returns what a container has written, as options select it. The
	// reader ends at the end of the log or, if the options say to follow it, when
	// the container has ended; and in any case with ctx. The caller closes it.
	Logs(ctx context.Context, id string, options LogOptions) (io.ReadCloser, error)
}

// ErrNoImage is returned by [Runtime].Image when the node does not have it.
var ErrNoImage = errors.New("image is not on the node")

// ErrNotFound is returned by a [Runtime] for a sandbox or container that it
// does not have, where that matters.
var ErrNotFound = errors.New("no such container or sandbox")

// Info is what a [Runtime] says of itself.
type Info struct {
	Name    string // such as containerd; begins the ids in statuses
	Version string
	// NotReady says why no container can be run, NetworkNotReady why no Pod can
	// have a network; "" is that all is well.
	NotReady, NetworkNotReady string
	// Handlers are the ways to run containers that the runtime offers, and Features
	// what it can do with each; nil where it does not say.
	Handlers []corev1.NodeRuntimeHandler
	Features *corev1.NodeFeatures
}

// PodState is what a [Runtime] has of a Pod.
type PodState struct {
	UID             meta.UID
	Namespace, Name string
	Sandboxes       []Sandbox   // by attempt, the oldest first
	Containers      []Container // each name's by attempt, the oldest first
}

// Sandbox is where a Pod's containers live.
type Sandbox struct {
	ID      string
	Attempt int32 // counts the Pod's sandboxes from 0
	Ready   bool  // not once it is stopped
	IPs     []netip.Addr
}

// SandboxConfig says what sandbox to start.
type SandboxConfig struct {
	Pod     *corev1.Pod
	Attempt int32
	// Hostname and DNS are what the Pod's containers are to have. Hostname is ""
	// for the node's own; DNS is nil where the node's own is meant.
	Hostname string
	DNS      *DNSConfig
	// LogDirectory is where the containers' logs go, "" where the runtime decides.
	// The log of a run is NAME/ATTEMPT.log below it.
	LogDirectory string
}

// DNSConfig is the content of a resolv.conf.
type DNSConfig struct{ Servers, Searches, Options []string }

// RunState is where a container is in its life.
type RunState int

const (
	Created RunState = iota // not started yet
	Running
	Exited
)

// Container is one run of a container of a Pod: a restart makes a new one.
type Container struct {
	ID        string
	Name      string // in the Pod
	SandboxID string
	Attempt   int32 // counts the runs from 0: how often it was restarted
	State     RunState
	Image     string // name of the image as the runtime has it
	ImageID   string // with its digest
	// User is whom the run's first process began as, and StopSignal what it is told to
	// end by; nil where the runtime does not say.
	User       *corev1.ContainerUser
	StopSignal *corev1.Signal
	// RecursiveReadOnly are the paths in the container of mounts that are read-only with
	// all that is below them.
	RecursiveReadOnly []string
	// SpecImage is the image as the container's spec named it when the run was
	// created; "" if that is not known.
	SpecImage string

	StartedAt, FinishedAt time.Time

	ExitCode int32  // of those that exited
	Signal   int32  // that ended it, if one did
	Reason   string // "" is Completed or Error, by the exit code
	Message  string // its last words
}

// ContainerConfig says what container to create.
type ContainerConfig struct {
	SandboxID string
	Attempt   int32
	Pod       *corev1.Pod
	Container *corev1.Container
	Image     Image

	// Command and Args are Container's, with variables expanded.
	Command, Args []string
	Env           []EnvVar
	Mounts        []Mount
	Devices       []Device
	// Annotations are for the runtime, and CDIDevices are names by which it knows what
	// else the container is to have.
	Annotations map[string]string
	CDIDevices  []string
	// User and Groups besides those of the security context: fsGroup and what
	// volumes need.
	SupplementalGroups []int64
}

// Image is an image that the node has.
type Image struct {
	Name string // as the runtime has it
	ID   string // name and digest
	Size int64  // bytes
	// UID and Username are whom the image wants its process to run as: at most one
	// is set. Neither is root.
	UID      *int64
	Username string
}

// LogOptions select a part of a log. The zero value is all of it, so far.
type LogOptions struct {
	Follow     bool      // go on until the container ends
	Timestamps bool      // begin each line with its time, as RFC 3339 has it
	Since      time.Time // only lines from then on
	TailLines  *int64    // only so many lines from the end
	LimitBytes *int64    // end after so many bytes
}

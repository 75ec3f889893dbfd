package volume

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Plugin serves one kind of volume. Its methods are called from several
// goroutines at once, but not for the same volume of the same Pod.
type Plugin interface {
	// Name is unique and has the form DOMAIN/KIND, such as
	// kubernetes.io/empty-dir. It is part of paths and must never change.
	Name() string
	// Supports reports whether the plug-in serves what spec describes.
	Supports(spec *Spec) bool
	// Mount makes a volume ready and says where it is. It is called again after
	// restarts, and whenever the content may have changed: what is there already
	// must stay, with the same mount, because containers have it. The error says
	// why it cannot be had, for people.
	Mount(ctx context.Context, r *Request) (Result, error)
	// Unmount takes a volume down of which nothing but the place is known, and
	// removes the directory. Mount may have got anywhere, or not begun. It must
	// not remove what the volume does not own; see mount.RemoveAll.
	Unmount(ctx context.Context, at Location) error
}

// Runner is a [Plugin] that has something to do all the time. [Manager.Run] calls
// its Run, which works until ctx ends and then returns nil.
type Runner interface {
	Run(ctx context.Context) error
}

// Attacher is a [Plugin] that has volumes attached to the node before they are
// mounted.
type Attacher interface {
	// Attached returns the name that the cluster has for a volume of which nothing but
	// the place is known, as in Result, "" if it was not attached.
	Attached(at Location) (corev1.UniqueVolumeName, error)
}

// Spec describes a volume. It is shared and read-only.
type Spec struct {
	// Volume is as the Pod has it; for a claim it says little.
	Volume *corev1.Volume
	// PersistentVolume and Claim are what stands behind a Pod's claim, nil for
	// volumes that are the Pod's own.
	PersistentVolume *corev1.PersistentVolume
	Claim            *corev1.PersistentVolumeClaim
	// ReadOnly says that the Pod wants its claim read-only.
	ReadOnly bool
}

// Name is the one that the volume's directory has: the PersistentVolume's if
// there is one, else the volume's in the Pod.
func (s *Spec) Name() string {
	if s.PersistentVolume != nil {
		return s.PersistentVolume.Name
	}
	return s.Volume.Name
}

// Block reports whether the Pod gets a device instead of a directory.
func (s *Spec) Block() bool {
	return s.PersistentVolume != nil && s.PersistentVolume.Spec.VolumeMode != nil &&
		*s.PersistentVolume.Spec.VolumeMode == corev1.PersistentVolumeBlock
}

// Location is where a volume of a Pod lives.
type Location struct {
	RootDir string   // of the kubelet
	PodUID  meta.UID // the Pod's
	Plugin  string   // name of the plug-in
	Name    string   // as of Spec.Name
}

// Dir is the volume's directory. Whoever mounts there makes it.
func (l Location) Dir() string {
	return filepath.Join(podDir(l.RootDir, l.PodUID), volumesDir, escape(l.Plugin), l.Name)
}

// StateDir is where a plug-in can keep what it needs to know of the volume. It
// is removed after Unmount.
func (l Location) StateDir() string {
	return filepath.Join(podDir(l.RootDir, l.PodUID), pluginsDir, escape(l.Plugin), l.Name)
}

// Parts of the layout below RootDir/pods/UID.
const (
	podsDir     = "pods"
	volumesDir  = "volumes"
	pluginsDir  = "plugins"
	subpathsDir = "volume-subpaths"
)

func podDir(root string, uid meta.UID) string { return filepath.Join(root, podsDir, string(uid)) }

func escape(plugin string) string { return strings.ReplaceAll(plugin, "/", "~") }

// Result says what became of a mount.
type Result struct {
	// Path is what containers mount: a directory or file, or the device of a
	// block volume. It is absolute; "" says that there is nothing on the node.
	Path string
	// ReadOnly says that no container may write, whatever it asks for.
	ReadOnly bool
	// Image is set in place of Path for a volume that the container runtime makes
	// out of an image.
	Image *corev1.ImageVolumeSource
	// Ownership says that files are to be given to the Pod's fsGroup. A plug-in
	// says so when it has just mounted, not where it found what it had mounted
	// before. Where that fails the volume is unmounted again.
	Ownership Ownership
	// Groups are those that containers have to be in to use it.
	Groups []int64
	// Attached is the name that the cluster has for the volume if it was attached to
	// the node, "" if it was not. The node says that it is in use until it is
	// unmounted, and it stays attached so long.
	Attached corev1.UniqueVolumeName
	// Again is when Mount is to be called again without a reason; zero is never.
	Again time.Time
}

// Ownership is when files of a volume are given to a Pod's fsGroup.
type Ownership int

const (
	OwnershipKept      Ownership = iota // never: they are not the Pod's alone
	OwnershipAlways                     // whenever it is mounted
	OwnershipByRequest                  // as the Pod's fsGroupChangePolicy says
)

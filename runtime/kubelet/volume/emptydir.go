package volume

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
)

// emptyDir is a directory that begins empty and goes with its Pod.
type emptyDir struct{}

const defaultEmptyDirMode = 0o777

func (emptyDir) Name() string { return "kubernetes.io/empty-dir" }

// A volume without a source is one, too.
func (emptyDir) Supports(spec *Spec) bool {
	return spec.PersistentVolume == nil && (spec.Volume.EmptyDir != nil || spec.Volume.VolumeSource == corev1.VolumeSource{})
}

func (emptyDir) Mount(ctx context.Context, r *Request) (Result, error) {
	source := r.Volume.EmptyDir
	if source == nil {
		source = &corev1.EmptyDirVolumeSource{}
	}
	mode := os.FileMode(defaultEmptyDirMode)
	if source.Mode != nil {
		mode = fileMode(*source.Mode)
	}
	var err error
	switch medium := source.Medium; {
	case medium == corev1.StorageMediumDefault:
		err = makeDir(r.Dir(), mode, r.FSGroup())
	case medium == corev1.StorageMediumMemory:
		var size int64
		if size, err = memorySize(ctx, r, source.SizeLimit); err == nil {
			err = mountMemory(r.Dir(), size, mode, r.FSGroup())
		}
	case medium == corev1.StorageMediumHugePages, strings.HasPrefix(string(medium), string(corev1.StorageMediumHugePagesPrefix)):
		err = mountHugePages(r, medium, mode)
	default:
		err = fmt.Errorf("unknown storage medium %q", medium)
	}
	// It was made with the fsGroup; what the Pod made of it since is its own.
	return Result{Path: r.Dir()}, err
}

func (emptyDir) Unmount(_ context.Context, at Location) error { return TakeDown(at) }

// makeDir makes a volume's directory, unless it is there: then a Pod may have
// changed it. It appears with its mode and group, so that a crash leaves nothing
// half made.
func makeDir(dir string, mode os.FileMode, group *int64) error {
	if _, err := os.Lstat(dir); err == nil || !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o750); err != nil {
		return err
	}
	unfinished := dir + ".new"
	if err := mount.RemoveAll(unfinished); err != nil {
		return err
	}
	if err := os.Mkdir(unfinished, 0o700); err != nil {
		return err
	}
	if err := os.Chmod(unfinished, mode); err != nil { // Mkdir minds the umask
		return err
	}
	if group != nil {
		if err := SetOwnership(unfinished, *group, false); err != nil {
			return err
		}
	}
	return os.Rename(unfinished, dir)
}

// mountMemory mounts a tmpfs, unless it is there.
func mountMemory(dir string, size int64, mode os.FileMode, group *int64) error {
	mounted, err := mount.Is(dir)
	if err != nil || mounted {
		return err
	}
	if err := makeDir(dir, 0o750, nil); err != nil {
		return err
	}
	options := rootOptions(mode, group)
	if size > 0 {
		options = append(options, "size="+strconv.FormatInt(size, 10))
	}
	// What is in memory because it is secret must not reach a disk. Kernels before
	// 6.4 do not know the option.
	err = mount.Mount("tmpfs", dir, "tmpfs", append(options, "noswap")...)
	if errors.Is(err, unix.EINVAL) {
		err = mount.Mount("tmpfs", dir, "tmpfs", options...)
	}
	return err
}

// rootOptions give the root of a file system in memory its mode and group.
func rootOptions(mode os.FileMode, group *int64) []string {
	bits := unixMode(mode)
	if group == nil {
		return []string{"mode=" + strconv.FormatUint(uint64(bits), 8)}
	}
	return []string{"mode=" + strconv.FormatUint(uint64(bits|groupOfADir), 8), "gid=" + strconv.FormatInt(*group, 10)}
}

// memorySize bounds what a Pod may put into memory: by its own limit, what the
// node has, and the volume's limit.
func memorySize(ctx context.Context, r *Request, limit *quantity.Quantity) (int64, error) {
	allocatable, err := r.allocatable(ctx)
	if err != nil {
		return 0, err
	}
	memory := allocatable[corev1.ResourceMemory]
	size := memory.Value()
	least := func(n int64) {
		if n > 0 && (size <= 0 || n < size) {
			size = n
		}
	}
	if l := r.Pod.Spec.Resources; l != nil && hasMemory(l.Limits) {
		own := l.Limits[corev1.ResourceMemory]
		least(own.Value())
	} else if everyContainerLimited(r.Pod) {
		sum := corev1.ContainerLimits(&r.Pod.Spec)[corev1.ResourceMemory]
		least(sum.Value())
	}
	if limit != nil {
		least(limit.Value())
	}
	return size, nil
}

func hasMemory(list corev1.ResourceList) bool {
	q, ok := list[corev1.ResourceMemory]
	return ok && q.Sign() > 0
}

func everyContainerLimited(pod *corev1.Pod) bool {
	for i := range pod.Spec.Containers {
		if !hasMemory(pod.Spec.Containers[i].Resources.Limits) {
			return false
		}
	}
	return len(pod.Spec.Containers) > 0
}

// mountHugePages mounts huge pages of one size, unless they are there.
func mountHugePages(r *Request, medium corev1.StorageMedium, mode os.FileMode) error {
	mounted, err := mount.Is(r.Dir())
	if err != nil || mounted {
		return err
	}
	limits := map[string]quantity.Quantity{} // by page size
	for name, q := range corev1.ContainerLimits(&r.Pod.Spec) {
		if size, ok := strings.CutPrefix(string(name), corev1.ResourceHugePagesPrefix); ok && q.Sign() > 0 {
			limits[size] = q
		}
	}
	size, named := strings.CutPrefix(string(medium), string(corev1.StorageMediumHugePagesPrefix))
	if !named {
		if len(limits) != 1 {
			return fmt.Errorf("medium %q can be used only if the pod uses just one huge page size, it uses %d", medium, len(limits))
		}
		for size = range limits {
		}
	}
	limit, ok := limits[size]
	if !ok {
		return fmt.Errorf("medium %q: the pod has no limit of %s%s", medium, corev1.ResourceHugePagesPrefix, size)
	}
	page, err := quantity.Parse(size)
	if err != nil {
		return fmt.Errorf("medium %q: %w", medium, err)
	}
	if err := makeDir(r.Dir(), 0o750, nil); err != nil {
		return err
	}
	options := append(rootOptions(mode, r.FSGroup()), fmt.Sprintf("pagesize=%d", page.Value()), fmt.Sprintf("size=%d", limit.Value()))
	return mount.Mount("nodev", r.Dir(), "hugetlbfs", options...)
}

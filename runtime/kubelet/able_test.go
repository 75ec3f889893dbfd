package kubelet_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// able is a runtime that can do all that a runtime may, as far as it is told what
// comes of it.
type able struct {
	kubelet.Runtime
	mu        sync.Mutex
	sandboxes []kubelet.SandboxConfig
	created   map[string]kubelet.ContainerConfig // the last one of each container
	usage     []kubelet.Usage
	images    []kubelet.StoredImage
	removed   []string
	freed     func(bytes int64) // told of images that are removed, if set
	reopened  []string
	updated   []*corev1.Container
	updateErr error
	bounds    []corev1.ResourceList
	boundErr  error
	// unstarted are when containers did not start, which is an end of theirs as it is
	// in containerd; nil: they start.
	unstarted map[string]time.Time
}

func newAble() *able { return &able{created: map[string]kubelet.ContainerConfig{}} }

func (a *able) set(change func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change()
}

func (a *able) BoundPods(_ context.Context, bounds corev1.ResourceList) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.boundErr == nil {
		a.bounds = append(a.bounds, bounds)
	}
	return a.boundErr
}

func (a *able) config(t *testing.T, container string) kubelet.ContainerConfig {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	c, ok := a.created[container]
	if !ok {
		t.Fatalf("container %s was never created", container)
	}
	return c
}

func (a *able) sandbox(n int) kubelet.SandboxConfig {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sandboxes[n]
}

func (a *able) StartSandbox(ctx context.Context, config kubelet.SandboxConfig) (string, error) {
	a.set(func() { a.sandboxes = append(a.sandboxes, config) })
	return a.Runtime.StartSandbox(ctx, config)
}

func (a *able) CreateContainer(ctx context.Context, config kubelet.ContainerConfig) (string, error) {
	a.set(func() { a.created[config.Container.Name] = config })
	return a.Runtime.CreateContainer(ctx, config)
}

func (a *able) StartContainer(ctx context.Context, id string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.unstarted == nil {
		return a.Runtime.StartContainer(ctx, id)
	}
	a.unstarted[id] = time.Now()
	return errors.New("no such program")
}

func (a *able) Pod(ctx context.Context, uid meta.UID) (kubelet.PodState, error) {
	state, err := a.Runtime.Pod(ctx, uid)
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range state.Containers {
		if at, ok := a.unstarted[state.Containers[i].ID]; ok {
			c := &state.Containers[i]
			c.State, c.FinishedAt, c.ExitCode, c.Reason, c.Message = kubelet.Exited, at, 128, "StartError", "no such program"
		}
	}
	return state, err
}

func (a *able) Usage(context.Context) ([]kubelet.Usage, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]kubelet.Usage(nil), a.usage...), nil
}

func (a *able) Images(context.Context) ([]kubelet.StoredImage, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]kubelet.StoredImage(nil), a.images...), nil
}

func (a *able) RemoveImage(_ context.Context, id string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.removed = append(a.removed, id)
	for i := range a.images {
		if a.images[i].ID == id {
			if a.freed != nil {
				a.freed(a.images[i].Size)
			}
			a.images = append(a.images[:i:i], a.images[i+1:]...)
			break
		}
	}
	return nil
}

func (a *able) ImageFilesystem(context.Context) (string, error) { return "/", nil }

func (a *able) ReopenLog(_ context.Context, id string) error {
	a.set(func() { a.reopened = append(a.reopened, id) })
	return nil
}

func (a *able) UpdateContainer(_ context.Context, _ string, _ *corev1.Pod, container *corev1.Container) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.updateErr != nil {
		return a.updateErr
	}
	a.updated = append(a.updated, container)
	return nil
}

// volumes are made available by noting that they are.
type volumes struct {
	mu      sync.Mutex
	mounted map[meta.UID]int // how often
	err     error
	give    kubelet.ContainerVolumes
	used    map[string]kubelet.VolumeUsage
	busy    bool // cannot be unmounted
	asked   []string
}

func (v *volumes) set(change func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	change()
}

func (v *volumes) Mount(_ context.Context, pod *corev1.Pod) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.err != nil {
		return v.err
	}
	if v.mounted == nil {
		v.mounted = map[meta.UID]int{}
	}
	v.mounted[pod.UID]++
	return nil
}

func (v *volumes) Container(_ context.Context, pod *corev1.Pod, c *corev1.Container, _ int32, _ []kubelet.EnvVar) (kubelet.ContainerVolumes, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.mounted[pod.UID] == 0 {
		return kubelet.ContainerVolumes{}, context.Canceled
	}
	v.asked = append(v.asked, c.Name)
	return v.give, nil
}

func (v *volumes) Unmount(_ context.Context, uid meta.UID) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.busy {
		return context.DeadlineExceeded
	}
	delete(v.mounted, uid)
	return nil
}

func (v *volumes) Mounted(context.Context) ([]meta.UID, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	var all []meta.UID
	for uid := range v.mounted {
		all = append(all, uid)
	}
	return all, nil
}

func (v *volumes) VolumeUsage(context.Context, *corev1.Pod) (map[string]kubelet.VolumeUsage, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.used, nil
}

// machine says what it is told.
type machine struct {
	mu       sync.Mutex
	readings kubelet.Readings
	info     kubelet.MachineInfo
	err      error
}

func (m *machine) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

func (m *machine) Describe(context.Context) (kubelet.MachineInfo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.info, m.err
}

func (m *machine) Read(context.Context) (kubelet.Readings, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.readings, m.err
}

// imagesOf is a runtime whose images run as somebody.
type imagesOf struct {
	kubelet.Runtime
	uid      *int64
	username string
}

func (i *imagesOf) PullImage(ctx context.Context, name string, pod *corev1.Pod) (kubelet.Image, error) {
	image, err := i.Runtime.PullImage(ctx, name, pod)
	image.UID, image.Username = i.uid, i.username
	return image, err
}

func (i *imagesOf) Image(ctx context.Context, name string) (kubelet.Image, error) {
	image, err := i.Runtime.Image(ctx, name)
	image.UID, image.Username = i.uid, i.username
	return image, err
}

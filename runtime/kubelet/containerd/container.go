package containerd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// CreateContainer implements [kubelet.Runtime].
func (r *Runtime) CreateContainer(ctx context.Context, config kubelet.ContainerConfig) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, longTimeout)
	defer cancel()
	sandbox, err := r.configOf(ctx, config.SandboxID, config.Pod)
	if err != nil {
		return "", err
	}
	container, err := r.containerConfig(ctx, config)
	if err != nil {
		return "", err
	}
	mapUsers(container, sandbox)
	logs := filepath.Join(sandbox.LogDirectory, container.LogPath)
	if err := os.MkdirAll(filepath.Dir(logs), 0o755); err != nil {
		return "", fmt.Errorf("logs of container %s: %w", config.Container.Name, err)
	}
	response, err := r.runtime.CreateContainer(ctx, &cri.CreateContainerRequest{PodSandboxId: config.SandboxID, Config: container, SandboxConfig: sandbox})
	if err != nil {
		return "", r.wrap("create container", err)
	}
	return response.ContainerId, nil
}

// containerConfig words a container for the CRI.
func (r *Runtime) containerConfig(ctx context.Context, config kubelet.ContainerConfig) (*cri.ContainerConfig, error) {
	pod, spec := config.Pod, config.Container
	image := config.Image.ID
	if image == "" {
		image = spec.Image
	}
	security := r.containerSecurity(pod, spec, config.SupplementalGroups)
	if security.RunAsUser == nil && security.RunAsGroup != nil {
		// A group is only taken with a user, which is the image's then.
		switch {
		case config.Image.Username != "":
			security.RunAsUsername = config.Image.Username
		case config.Image.UID != nil:
			security.RunAsUser = int64Value(config.Image.UID)
		default:
			security.RunAsUser = &cri.Int64Value{}
		}
	}
	if target := targetContainer(pod, spec.Name); target != "" {
		id, err := r.runningContainer(ctx, config.SandboxID, target)
		if err != nil {
			return nil, err
		}
		security.NamespaceOptions.Pid, security.NamespaceOptions.TargetId = cri.NamespaceMode_TARGET, id
	}
	c := &cri.ContainerConfig{
		Metadata:   &cri.ContainerMetadata{Name: spec.Name, Attempt: uint32(max(config.Attempt, 0))},
		Image:      &cri.ImageSpec{Image: image, UserSpecifiedImage: spec.Image},
		Command:    config.Command,
		Args:       config.Args,
		WorkingDir: spec.WorkingDir,
		Labels: map[string]string{
			labelPodName: pod.Name, labelPodNamespace: pod.Namespace, labelPodUID: string(pod.UID), labelContainerName: spec.Name,
		},
		Annotations: map[string]string{
			annotationImage: spec.Image, annotationRestartCount: strconv.Itoa(int(config.Attempt)),
			annotationMessagePath: spec.TerminationMessagePath, annotationMessagePolicy: string(spec.TerminationMessagePolicy),
		},
		LogPath:   filepath.Join(spec.Name, strconv.Itoa(int(config.Attempt))+".log"),
		Stdin:     spec.Stdin,
		StdinOnce: spec.StdinOnce,
		Tty:       spec.TTY,
		Linux:     &cri.LinuxContainerConfig{Resources: r.containerResources(pod, spec), SecurityContext: security},
	}
	if grace := pod.Spec.TerminationGracePeriodSeconds; grace != nil {
		c.Annotations[annotationGrace] = strconv.FormatInt(*grace, 10)
	}
	if l := spec.Lifecycle; l != nil && l.StopSignal != nil {
		c.StopSignal = criSignal(*l.StopSignal)
	}
	for _, v := range config.Env {
		c.Envs = append(c.Envs, &cri.KeyValue{Key: v.Name, Value: []byte(v.Value)})
	}
	for _, d := range config.Devices {
		permissions := "mrw"
		if d.ReadOnly {
			permissions = "r"
		}
		permissions = cmp.Or(d.Permissions, permissions)
		c.Devices = append(c.Devices, &cri.Device{ContainerPath: d.ContainerPath, HostPath: d.HostPath, Permissions: permissions})
	}
	maps.Copy(c.Annotations, config.Annotations)
	if len(config.CDIDevices) > 0 && !r.atLeast(ctx, 1, 7) {
		return nil, fmt.Errorf("devices %v: names of the container device interface need containerd 1.7", config.CDIDevices)
	}
	for _, name := range config.CDIDevices {
		c.CDIDevices = append(c.CDIDevices, &cri.CDIDevice{Name: name})
	}
	for i := range config.Mounts {
		m, err := r.mount(ctx, pod, &config.Mounts[i])
		if err != nil {
			return nil, err
		}
		c.Mounts = append(c.Mounts, m)
	}
	return c, nil
}

// The CRI cannot have the signs in the names of real-time signals.
var (
	toCRISignal   = strings.NewReplacer("+", "PLUS", "-", "MINUS")
	fromCRISignal = strings.NewReplacer("PLUS", "+", "MINUS", "-")
)

const criSignalPrefix = "SIGNAL_"

// criSignal is a signal in the words of the CRI, 0 for one that it does not have.
func criSignal(s corev1.Signal) cri.Signal {
	return cri.Signal(cri.Signal_value[criSignalPrefix+toCRISignal.Replace(string(s))])
}

// signalOf is what a container is told to end by, nil if the runtime does not say.
func signalOf(s cri.Signal) *corev1.Signal {
	if s == cri.Signal_SIGNAL_RUNTIME_DEFAULT {
		return nil
	}
	name := corev1.Signal(fromCRISignal.Replace(strings.TrimPrefix(s.String(), criSignalPrefix)))
	return &name
}

// mount words a mount, if the runtime can do it.
func (r *Runtime) mount(ctx context.Context, pod *corev1.Pod, m *kubelet.Mount) (*cri.Mount, error) {
	out := &cri.Mount{ContainerPath: m.ContainerPath, HostPath: m.HostPath, Readonly: m.ReadOnly}
	switch m.Propagation {
	case corev1.MountPropagationHostToContainer:
		out.Propagation = cri.MountPropagation_PROPAGATION_HOST_TO_CONTAINER
	case corev1.MountPropagationBidirectional:
		out.Propagation = cri.MountPropagation_PROPAGATION_BIDIRECTIONAL
	}
	if m.RecursiveReadOnly {
		if !r.RecursiveReadOnly(ctx) {
			return nil, fmt.Errorf("mount %s: this node's container runtime cannot make mounts read-only with all below them", m.ContainerPath)
		}
		out.RecursiveReadOnly = true
	}
	if m.Image != nil {
		if !r.atLeast(ctx, 2, 1) {
			return nil, fmt.Errorf("mount %s: volumes that are an image need containerd 2.1", m.ContainerPath)
		}
		image, err := r.volumeImage(ctx, pod, m)
		if err != nil {
			return nil, err
		}
		out.HostPath, out.Readonly = "", true
		out.Image, out.ImageSubPath = &cri.ImageSpec{Image: image.ID, UserSpecifiedImage: m.Image.Name}, m.SubPath
	}
	return out, nil
}

// volumeImage sees to it that the node has the image of a volume.
func (r *Runtime) volumeImage(ctx context.Context, pod *corev1.Pod, m *kubelet.Mount) (kubelet.Image, error) {
	if m.PullPolicy != corev1.PullAlways {
		image, err := r.Image(ctx, m.Image.Name)
		if !errors.Is(err, kubelet.ErrNoImage) {
			return image, err
		}
		if m.PullPolicy == corev1.PullNever {
			return kubelet.Image{}, fmt.Errorf("volume %s: image %q is not present with pull policy of Never", m.Name, m.Image.Name)
		}
	}
	image, err := r.PullImage(ctx, m.Image.Name, pod)
	if err != nil {
		return kubelet.Image{}, fmt.Errorf("volume %s: %w", m.Name, err)
	}
	return image, nil
}

// targetContainer is the container whose processes an ephemeral one is to see.
func targetContainer(pod *corev1.Pod, name string) string {
	for i := range pod.Spec.EphemeralContainers {
		if pod.Spec.EphemeralContainers[i].Name == name {
			return pod.Spec.EphemeralContainers[i].TargetContainerName
		}
	}
	return ""
}

func (r *Runtime) runningContainer(ctx context.Context, sandbox, name string) (string, error) {
	list, err := r.runtime.ListContainers(ctx, &cri.ListContainersRequest{Filter: &cri.ContainerFilter{
		PodSandboxId: sandbox, LabelSelector: map[string]string{labelContainerName: name},
		State: &cri.ContainerStateValue{State: cri.ContainerState_CONTAINER_RUNNING},
	}})
	if err != nil {
		return "", r.wrap("list containers", err)
	}
	if len(list.Containers) == 0 {
		return "", fmt.Errorf("unable to find target container %s", name)
	}
	return list.Containers[0].Id, nil
}

// StartContainer implements [kubelet.Runtime].
func (r *Runtime) StartContainer(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, longTimeout)
	defer cancel()
	_, err := r.runtime.StartContainer(ctx, &cri.StartContainerRequest{ContainerId: id})
	return r.wrap("start container", err)
}

// StopContainer implements [kubelet.Runtime].
func (r *Runtime) StopContainer(ctx context.Context, id string, grace time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, grace+longTimeout)
	defer cancel()
	// The CRI counts whole seconds; none is by force at once.
	seconds := int64((grace + time.Second - 1) / time.Second)
	_, err := r.runtime.StopContainer(ctx, &cri.StopContainerRequest{ContainerId: id, Timeout: max(seconds, 0)})
	if gone(err) {
		return nil
	}
	return r.wrap("stop container", err)
}

// RemoveContainer implements [kubelet.Runtime].
func (r *Runtime) RemoveContainer(ctx context.Context, id string) error {
	return r.removeContainer(ctx, id, true)
}

func (r *Runtime) removeContainer(ctx context.Context, id string, logs bool) error {
	ctx, cancel := context.WithTimeout(ctx, longTimeout)
	defer cancel()
	logPath := ""
	if response, err := r.runtime.ContainerStatus(ctx, &cri.ContainerStatusRequest{ContainerId: id}); err == nil {
		logPath = response.GetStatus().GetLogPath()
	} else if gone(err) {
		r.states.forget(id)
		return nil
	}
	for {
		_, err := r.runtime.RemoveContainer(ctx, &cri.RemoveContainerRequest{ContainerId: id})
		if err == nil || gone(err) {
			break
		}
		// Another call is at it, perhaps one that nobody waits for any more; when it
		// is through the container is gone.
		if !strings.Contains(message(err), "already in removing state") || !sleep(ctx, 20*time.Millisecond) {
			return r.wrap("remove container", err)
		}
	}
	r.states.forget(id)
	if !logs {
		return nil
	}
	return removeLog(logPath)
}

// removeLog removes a log and what was rotated of it.
func removeLog(file string) error {
	if file == "" {
		return nil
	}
	rotated, err := rotatedLogs(file)
	if err != nil {
		return err
	}
	var errs []error
	for _, f := range append(rotated, file) {
		if err := os.Remove(f); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// rotatedLogs lists the older files of a log, the oldest first: they are named
// after it with the time at which they were ended.
func rotatedLogs(file string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Dir(file))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []string
	prefix := filepath.Base(file) + "."
	for _, e := range entries { // sorted by name, and so by time
		if len(e.Name()) > len(prefix) && e.Name()[:len(prefix)] == prefix {
			all = append(all, filepath.Join(filepath.Dir(file), e.Name()))
		}
	}
	return all, nil
}

// ReopenLog implements [kubelet.LogRotator].
func (r *Runtime) ReopenLog(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := r.runtime.ReopenContainerLog(ctx, &cri.ReopenContainerLogRequest{ContainerId: id})
	return r.wrap("reopen log", err)
}

package volume

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/subpath"
)

// Container implements kubelet.Volumes. What the container refers to and is not
// mounted yet is mounted now.
func (m *Manager) Container(ctx context.Context, pod *corev1.Pod, c *corev1.Container, _ int32, env []kubelet.EnvVar) (kubelet.ContainerVolumes, error) {
	var all kubelet.ContainerVolumes
	if len(c.VolumeMounts) == 0 && len(c.VolumeDevices) == 0 {
		return all, nil
	}
	if err := checkUID(pod.UID); err != nil {
		return all, err
	}
	p, done := m.hold(pod.UID)
	defer func() { done(p.pod == nil) }()
	find := func(name string) (*mounted, error) {
		if v := p.mounted[name]; v != nil {
			return v, nil
		}
		i := slices.IndexFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("volume %q is not in the Pod", name)
		}
		if p.pod == nil {
			p.pod = pod
		}
		v, err := m.mount(ctx, pod, &pod.Spec.Volumes[i], nil)
		if err != nil {
			return nil, err
		}
		m.keep(p, name, v)
		return v, nil
	}
	for i := range c.VolumeMounts {
		v, err := find(c.VolumeMounts[i].Name)
		if err != nil {
			return kubelet.ContainerVolumes{}, err
		}
		one, err := m.containerMount(ctx, pod, c, i, v, env)
		if err != nil {
			return kubelet.ContainerVolumes{}, err
		}
		all.Mounts = append(all.Mounts, one)
		all.Groups = append(all.Groups, v.result.Groups...)
	}
	for i := range c.VolumeDevices {
		d := &c.VolumeDevices[i]
		v, err := find(d.Name)
		if err != nil {
			return kubelet.ContainerVolumes{}, err
		}
		all.Devices = append(all.Devices, kubelet.Device{Name: d.Name, HostPath: v.result.Path, ContainerPath: d.DevicePath, ReadOnly: v.result.ReadOnly || v.spec.ReadOnly})
		all.Groups = append(all.Groups, v.result.Groups...)
	}
	slices.Sort(all.Groups)
	all.Groups = slices.Compact(all.Groups)
	return all, nil
}

// containerMount makes one entry of a container's volumeMounts.
func (m *Manager) containerMount(ctx context.Context, pod *corev1.Pod, c *corev1.Container, i int, v *mounted, env []kubelet.EnvVar) (kubelet.Mount, error) {
	vm := &c.VolumeMounts[i]
	one := kubelet.Mount{
		Name: vm.Name, HostPath: v.result.Path, ContainerPath: vm.MountPath, Options: vm.BindMountOptions,
		ReadOnly: vm.ReadOnly || v.result.ReadOnly || v.spec.ReadOnly,
	}
	if !filepath.IsAbs(one.ContainerPath) {
		one.ContainerPath = "/" + one.ContainerPath
	}
	if vm.MountPropagation != nil {
		one.Propagation = *vm.MountPropagation
	}
	var err error
	if one.RecursiveReadOnly, err = m.recursiveReadOnly(ctx, vm); err != nil {
		return one, err
	}
	sub := vm.SubPath
	if vm.SubPathExpr != "" {
		if sub, err = expand(vm.SubPathExpr, env); err != nil {
			return one, err
		}
	}
	if sub != "" {
		if filepath.IsAbs(sub) {
			return one, fmt.Errorf("error SubPath `%s` must not be an absolute path", sub)
		}
		if err := subpath.Check(sub); err != nil {
			return one, fmt.Errorf("unable to provision SubPath `%s`: %w", sub, err)
		}
	}
	if v.result.Image != nil {
		one.Image, one.PullPolicy = &kubelet.Image{Name: v.result.Image.Reference}, v.result.Image.PullPolicy
		one.SubPath, one.ReadOnly, one.HostPath = sub, true, ""
		return one, nil
	}
	if sub != "" {
		target := filepath.Join(podDir(m.root, pod.UID), subpathsDir, v.spec.Name(), c.Name, strconv.Itoa(i))
		if err := subpath.Bind(one.HostPath, sub, target, true); err != nil {
			what := "failed to prepare subPath for volumeMount %q of container %q: %w"
			if errors.Is(err, mount.ErrMounted) {
				what = "failed to clean up subPath for volumeMount %q of container %q: %w"
			}
			return one, fmt.Errorf(what, vm.Name, c.Name, err)
		}
		one.HostPath = target
	}
	return one, nil
}

// recursiveReadOnly says whether a mount is to be read-only all the way down.
func (m *Manager) recursiveReadOnly(ctx context.Context, vm *corev1.VolumeMount) (bool, error) {
	if vm.RecursiveReadOnly == nil || *vm.RecursiveReadOnly == corev1.RecursiveReadOnlyDisabled {
		return false, nil
	}
	switch {
	case !vm.ReadOnly:
		return false, fmt.Errorf("failed to resolve recursive read-only mode: volume %q requested recursive read-only mode, but it is not read-only", vm.Name)
	case m.opts.RecursiveReadOnly != nil && m.opts.RecursiveReadOnly(ctx):
		return true, nil
	case *vm.RecursiveReadOnly == corev1.RecursiveReadOnlyEnabled:
		return false, fmt.Errorf("failed to resolve recursive read-only mode: volume %q requested recursive read-only mode, but it is not supported by the runtime", vm.Name)
	}
	return false, nil
}

// expand replaces each $(NAME) by the variable's value; $$ is a dollar sign. A
// name that is not a variable is an error, because the path would be a wrong one.
func expand(text string, env []kubelet.EnvVar) (string, error) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "$")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, rest, closed := strings.Cut(strings.TrimPrefix(after, "("), ")")
		switch {
		case strings.HasPrefix(after, "$"):
			b.WriteByte('$')
			text = after[1:]
		case !strings.HasPrefix(after, "(") || !closed:
			b.WriteByte('$')
			text = after
		default:
			i := slices.IndexFunc(env, func(v kubelet.EnvVar) bool { return v.Name == name })
			if i < 0 {
				return "", fmt.Errorf("missing value for %q", name)
			}
			b.WriteString(env[i].Value)
			text = rest
		}
	}
}

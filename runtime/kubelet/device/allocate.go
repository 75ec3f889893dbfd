package device

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	protocol "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// Has implements [kubelet.Devices].
func (m *Manager) Has(name corev1.ResourceName) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.resources[name] != nil
}

// Allocate implements [kubelet.Devices].
func (m *Manager) Allocate(ctx context.Context, pod *corev1.Pod) error {
	handed := map[corev1.ResourceName][]string{} // on from containers that end before others begin
	give := func(c *corev1.Container, keeps bool) error {
		for name, limit := range c.Resources.Limits {
			if limit.Sign() <= 0 || !m.Has(name) {
				continue
			}
			devices, err := m.give(ctx, pod, c, name, int(limit.Value()), handed[name])
			if err != nil {
				return err
			}
			handed[name] = slices.DeleteFunc(handed[name], func(id string) bool { return slices.Contains(devices, id) })
			if !keeps {
				handed[name] = append(handed[name], devices...)
			}
		}
		return nil
	}
	err := func() error {
		for i := range pod.Spec.InitContainers {
			c := &pod.Spec.InitContainers[i]
			if err := give(c, corev1.IsSidecar(c)); err != nil {
				return err
			}
		}
		for i := range pod.Spec.Containers {
			if err := give(&pod.Spec.Containers[i], true); err != nil {
				return err
			}
		}
		return nil
	}()
	if err != nil {
		m.Release(pod.UID)
		return err
	}
	m.mu.Lock()
	some := len(m.given[pod.UID]) > 0
	m.mu.Unlock()
	if some {
		return m.save()
	}
	return nil
}

// give gives a container devices of a resource, those that were handed on first.
func (m *Manager) give(ctx context.Context, pod *corev1.Pod, c *corev1.Container, name corev1.ResourceName, want int, handed []string) ([]string, error) {
	g, p, err := m.reserve(ctx, pod, c, name, want, handed)
	if err != nil || g.needs != nil {
		return g.devicesOrNone(), err
	}
	ctx, cancel := context.WithTimeout(ctx, m.opts.Timeout)
	defer cancel()
	response, err := p.client.Allocate(ctx, &protocol.AllocateRequest{ContainerRequests: []*protocol.ContainerAllocateRequest{{DevicesIds: g.devices}}})
	switch {
	case err != nil:
		return nil, fmt.Errorf("rpc error: device plug-in of %s: %w", name, err)
	case len(response.ContainerResponses) == 0:
		return nil, fmt.Errorf("no containers return in allocation response %v", response)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	g.needs = response.ContainerResponses[0]
	return g.devices, nil
}

func (g *grant) devicesOrNone() []string {
	if g == nil {
		return nil
	}
	return g.devices
}

// reserve chooses devices and has nobody else get them. A grant that was made before
// stays.
func (m *Manager) reserve(ctx context.Context, pod *corev1.Pod, c *corev1.Container, name corev1.ResourceName, want int, handed []string) (*grant, *plugin, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, g := range m.given[pod.UID] {
		if g.container != c.Name || g.resource != name || g.needs == nil {
			continue
		}
		if len(g.devices) != want {
			return nil, nil, fmt.Errorf("pod %q container %q changed request for resource %q from %d to %d", pod.UID, c.Name, name, len(g.devices), want)
		}
		return g, nil, nil
	}
	chosen, free, p, err := m.free(pod, name, want, handed)
	if err != nil {
		return nil, nil, err
	}
	if rest := want - len(chosen); rest > 0 {
		if p.options.GetGetPreferredAllocationAvailable() {
			// Nothing else may be given meanwhile: the answer is about what is free now.
			if preferred := m.preferred(ctx, p, free, chosen, want); len(preferred) > 0 {
				free = append(preferred, free...)
			}
		}
		for _, id := range free {
			if len(chosen) < want && !slices.Contains(chosen, id) {
				chosen = append(chosen, id)
			}
		}
	}
	slices.Sort(chosen)
	g := &grant{container: c.Name, resource: name, devices: chosen}
	m.given[pod.UID] = append(m.given[pod.UID], g)
	return g, p, nil
}

// free returns which devices of those that were handed on a container gets, and what
// else there is. The caller holds m.mu.
func (m *Manager) free(pod *corev1.Pod, name corev1.ResourceName, want int, handed []string) (chosen, free []string, p *plugin, err error) {
	r := m.resources[name]
	chosen = slices.Clone(handed[:min(len(handed), want)])
	taken := map[string]bool{}
	for _, grants := range m.given {
		for _, g := range grants {
			for _, id := range g.devices {
				taken[id] = taken[id] || g.resource == name
			}
		}
	}
	healthy := 0
	for _, id := range slices.Sorted(maps.Keys(r.healthy)) {
		if r.healthy[id] {
			healthy++
		}
		if r.healthy[id] && !taken[id] {
			free = append(free, id)
		}
	}
	if p = m.plugins[name]; p == nil || healthy == 0 {
		return nil, nil, nil, fmt.Errorf("no healthy devices present; cannot allocate unhealthy devices %s", name)
	}
	if need := want - len(chosen); need > len(free) {
		return nil, nil, nil, fmt.Errorf("requested number of devices unavailable for %s. Requested: %d, Available: %d", name, need, len(free))
	}
	return chosen, free, p, nil
}

// preferred asks a plug-in which devices it would rather give; what it cannot say it
// leaves to the order of their ids. The caller holds m.mu.
func (m *Manager) preferred(ctx context.Context, p *plugin, free, must []string, want int) []string {
	ctx, cancel := context.WithTimeout(ctx, m.opts.Timeout)
	defer cancel()
	response, err := p.client.GetPreferredAllocation(ctx, &protocol.PreferredAllocationRequest{ContainerRequests: []*protocol.ContainerPreferredAllocationRequest{{
		AvailableDeviceIDs: slices.Concat(must, free), MustIncludeDeviceIDs: must, AllocationSize: int32(want),
	}}})
	if err != nil || len(response.ContainerResponses) == 0 {
		m.log.WarnContext(ctx, "device plug-in has no preference", "resource", p.resource, "error", err)
		return nil
	}
	return slices.DeleteFunc(response.ContainerResponses[0].DeviceIDs, func(id string) bool { return !slices.Contains(free, id) })
}

// Release implements [kubelet.Devices].
func (m *Manager) Release(uid meta.UID) {
	m.mu.Lock()
	_, had := m.given[uid]
	delete(m.given, uid)
	m.mu.Unlock()
	if !had {
		return
	}
	if err := m.save(); err != nil {
		m.log.Warn("devices that were given not kept", "error", err)
	}
}

// Retain implements [kubelet.Devices].
func (m *Manager) Retain(has func(uid meta.UID) bool) {
	m.mu.Lock()
	uids := slices.Collect(maps.Keys(m.given))
	m.mu.Unlock()
	for _, uid := range uids {
		if !has(uid) {
			m.Release(uid)
		}
	}
}

// Container implements [kubelet.Devices].
func (m *Manager) Container(ctx context.Context, pod *corev1.Pod, c *corev1.Container) (kubelet.ContainerDevices, error) {
	var out kubelet.ContainerDevices
	for name, limit := range c.Resources.Limits {
		if limit.Sign() <= 0 || !m.Has(name) {
			continue
		}
		m.mu.Lock()
		i := slices.IndexFunc(m.given[pod.UID], func(g *grant) bool { return g.container == c.Name && g.resource == name && g.needs != nil })
		var g *grant
		if i >= 0 {
			g = m.given[pod.UID][i]
		}
		p := m.plugins[name]
		m.mu.Unlock()
		if g == nil {
			return out, fmt.Errorf("no devices of %s were allocated to container %q", name, c.Name)
		}
		if p != nil && p.options.GetPreStartRequired() {
			if err := m.preStart(ctx, p, g); err != nil {
				return out, err
			}
		}
		merge(&out, g.needs)
	}
	return out, nil
}

func (m *Manager) preStart(ctx context.Context, p *plugin, g *grant) error {
	ctx, cancel := context.WithTimeout(ctx, m.opts.Timeout)
	defer cancel()
	if _, err := p.client.PreStartContainer(ctx, &protocol.PreStartContainerRequest{DevicesIds: g.devices}); err != nil {
		return fmt.Errorf("device plugin PreStartContainer rpc failed with err: %w", err)
	}
	return nil
}

// merge adds what a plug-in says that a container needs.
func merge(out *kubelet.ContainerDevices, needs *protocol.ContainerAllocateResponse) {
	for _, name := range slices.Sorted(maps.Keys(needs.Envs)) {
		out.Env = append(out.Env, kubelet.EnvVar{Name: name, Value: needs.Envs[name]})
	}
	for _, mount := range needs.Mounts {
		out.Mounts = append(out.Mounts, kubelet.Mount{HostPath: mount.HostPath, ContainerPath: mount.ContainerPath, ReadOnly: mount.ReadOnly})
	}
	for _, d := range needs.Devices {
		out.Devices = append(out.Devices, kubelet.Device{HostPath: d.HostPath, ContainerPath: d.ContainerPath, Permissions: d.Permissions})
	}
	if len(needs.Annotations) > 0 && out.Annotations == nil {
		out.Annotations = map[string]string{}
	}
	maps.Copy(out.Annotations, needs.Annotations)
	for _, d := range needs.CdiDevices {
		if !slices.Contains(out.CDI, d.GetName()) {
			out.CDI = append(out.CDI, d.GetName())
		}
	}
}

// errCheckpoint begins errors about the file of what was given.
var errCheckpoint = errors.New("devices that were given")

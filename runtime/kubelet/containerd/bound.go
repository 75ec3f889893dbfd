package containerd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// BoundPods implements [kubelet.Bounder]: it bounds the cgroup of all Pods.
func (r *Runtime) BoundPods(_ context.Context, bounds corev1.ResourceList) error {
	if r.cgroups.parent == "" {
		return fmt.Errorf("the runtime chooses the cgroups of Pods: %w", errors.ErrUnsupported)
	}
	if err := r.cgroups.bound(bounds); err != nil {
		return fmt.Errorf("cgroup %s: %w", r.cgroups.parent, err)
	}
	return nil
}

// bound bounds all Pods together.
func (c *cgroups) bound(bounds corev1.ResourceList) error {
	cpu, limited := bounds[corev1.ResourceCPU]
	whole := int64(0)
	if limited {
		whole = sharesOf(cpu.MilliValue())
	}
	c.mu.Lock()
	c.whole = whole
	c.mu.Unlock()
	limits := resourcesOf(&corev1.ResourceRequirements{Limits: bounds})
	value := func(name corev1.ResourceName, unlimited string) string {
		if q, ok := bounds[name]; ok {
			return strconv.FormatInt(q.Value(), 10)
		}
		return unlimited
	}
	var errs []error
	for _, h := range c.roots {
		dir := filepath.Join(h.path, c.parent)
		if h.controllers == nil {
			if err := makeUnified(h.path, c.parent); err != nil {
				return err
			}
			errs = append(errs,
				set(dir, "memory.max", value(corev1.ResourceMemory, "max")),
				set(dir, "pids.max", value(kubelet.ResourceProcesses, "max")),
				setHugePages(dir, "max", limits.HugepageLimits),
			)
			continue
		}
		for _, controller := range []struct {
			name string
			set  func() error
		}{
			{"cpu", func() error { return nil }},
			{"memory", func() error { return set(dir, "memory.limit_in_bytes", value(corev1.ResourceMemory, "-1")) }},
			{"pids", func() error { return set(dir, "pids.max", value(kubelet.ResourceProcesses, "max")) }},
			{"hugetlb", func() error { return setHugePages(dir, "limit_in_bytes", limits.HugepageLimits) }},
		} {
			if !slices.Contains(h.controllers, controller.name) {
				continue
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return err
			}
			errs = append(errs, controller.set())
		}
	}
	return errors.Join(append(errs, c.weigh())...)
}

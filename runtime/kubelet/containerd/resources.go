package containerd

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"os"
	"strings"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// The kernel's units: a CPU is 1024 shares, quotas are microseconds in a period of
// 100 ms.
const (
	sharesPerCPU = 1024
	leastShares  = 2
	mostShares   = 262144
	cpuPeriod    = 100_000
	leastQuota   = 1000
)

// sharesOf is the weight of so many thousandths of a CPU.
func sharesOf(milli int64) int64 {
	return min(max(milli*sharesPerCPU/1000, leastShares), mostShares)
}

// quotaOf is the time in a period of so many thousandths of a CPU; none is no limit.
func quotaOf(milli int64) int64 {
	if milli <= 0 {
		return 0
	}
	return max(milli*cpuPeriod/1000, leastQuota)
}

// containerResources words what a container asks for and is limited to.
func (r *Runtime) containerResources(pod *corev1.Pod, container *corev1.Container) *cri.LinuxContainerResources {
	out := resourcesOf(&container.Resources)
	out.OomScoreAdj = r.oomScore(pod, container)
	if r.cgroups.unified() {
		// When one process of a container is killed for memory, all of it ends.
		out.Unified = map[string]string{"memory.oom.group": "1"}
	}
	return out
}

func resourcesOf(list *corev1.ResourceRequirements) *cri.LinuxContainerResources {
	cpu, asked := list.Requests[corev1.ResourceCPU]
	limit := list.Limits[corev1.ResourceCPU]
	if !asked {
		cpu = limit // what limits also asks
	}
	out := &cri.LinuxContainerResources{CpuShares: sharesOf(cpu.MilliValue()), CpuPeriod: cpuPeriod, CpuQuota: quotaOf(limit.MilliValue())}
	if memory, ok := list.Limits[corev1.ResourceMemory]; ok {
		out.MemoryLimitInBytes = memory.Value()
	}
	for name, q := range list.Limits {
		if size, ok := strings.CutPrefix(string(name), corev1.ResourceHugePagesPrefix); ok {
			if page, err := quantity.Parse(size); err == nil {
				out.HugepageLimits = append(out.HugepageLimits, &cri.HugepageLimit{PageSize: pageSize(page.Value()), Limit: uint64(max(q.Value(), 0))})
			}
		}
	}
	return out
}

// pageSize words a size as cgroups do: 2MB, 1GB.
func pageSize(bytes int64) string {
	units := [...]string{"B", "KB", "MB", "GB", "TB", "PB"}
	i := 0
	for bytes >= 1024 && bytes%1024 == 0 && i < len(units)-1 {
		bytes /= 1024
		i++
	}
	return fmt.Sprintf("%d%s", bytes, units[i])
}

// podResources are the sums of a Pod. CPU and memory are limited only if each of
// its containers is.
func podResources(pod *corev1.Pod) *cri.LinuxContainerResources {
	requests := corev1.PodRequests(&pod.Spec)
	limits := corev1.ContainerLimits(&pod.Spec)
	if r := pod.Spec.Resources; r != nil {
		maps.Copy(limits, r.Limits)
	}
	bounded := func(name corev1.ResourceName) bool {
		if r := pod.Spec.Resources; r != nil {
			if _, ok := r.Limits[name]; ok {
				return true
			}
		}
		for _, list := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
			for i := range list {
				if q, ok := list[i].Resources.Limits[name]; !ok || q.Sign() <= 0 {
					return false
				}
			}
		}
		return true
	}
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		if !bounded(name) {
			delete(limits, name)
		}
	}
	return resourcesOf(&corev1.ResourceRequirements{Requests: requests, Limits: limits})
}

// How the kernel chooses whom to kill when memory runs out: the higher the sooner.
const (
	scoreCritical   = -997
	scoreBestEffort = 1000
	// criticalPriority is from where on Pods belong to the system.
	criticalPriority = 2_000_000_000
)

// oomScore ranks a container: those that asked for much of the machine's memory
// are spared longer, those that asked for nothing go first.
func (r *Runtime) oomScore(pod *corev1.Pod, container *corev1.Container) int64 {
	if pod.Spec.Priority != nil && *pod.Spec.Priority >= criticalPriority {
		return scoreCritical
	}
	switch corev1.QOSClassOf(&pod.Spec) {
	case corev1.PodQOSGuaranteed:
		return scoreCritical
	case corev1.PodQOSBestEffort:
		return scoreBestEffort
	}
	request := container.Resources.Requests[corev1.ResourceMemory]
	capacity := int64(min(r.opts.MemoryCapacity, 1<<60))
	if capacity == 0 {
		return scoreBestEffort - 1
	}
	score := int64(scoreBestEffort - float64(scoreBestEffort)*float64(request.Value())/float64(capacity))
	return min(max(score, scoreBestEffort+scoreCritical), scoreBestEffort-1)
}

// UpdateContainer implements [kubelet.Resizer].
func (r *Runtime) UpdateContainer(ctx context.Context, id string, pod *corev1.Pod, container *corev1.Container) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	// The Pod's bounds have to hold the container's, before and after: first they
	// are widened, then the container is changed, then they are what they are to be.
	if err := r.cgroups.widenPod(pod); err != nil {
		return fmt.Errorf("cgroup of pod %s/%s: %w", pod.Namespace, pod.Name, err)
	}
	resources := r.containerResources(pod, container)
	if _, err := r.runtime.UpdateContainerResources(ctx, &cri.UpdateContainerResourcesRequest{ContainerId: id, Linux: resources}); err != nil {
		return r.wrap("update container", err)
	}
	if err := r.cgroups.makePod(pod); err != nil {
		return fmt.Errorf("cgroup of pod %s/%s: %w", pod.Namespace, pod.Name, err)
	}
	return nil
}

// machineMemory is what the machine has, 0 if that cannot be read.
func machineMemory() uint64 {
	file, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0
	}
	defer func() { _ = file.Close() }()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var kilobytes uint64
		if n, _ := fmt.Sscanf(lines.Text(), "MemTotal: %d kB", &kilobytes); n == 1 {
			return kilobytes << 10
		}
	}
	return 0
}

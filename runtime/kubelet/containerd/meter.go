package containerd

import (
	"context"
	"os"
	"path/filepath"
	"time"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// Usage implements [kubelet.Meter].
func (r *Runtime) Usage(ctx context.Context) ([]kubelet.Usage, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*callTimeout)
	defer cancel()
	response, err := r.runtime.ListContainerStats(ctx, &cri.ListContainerStatsRequest{})
	if err != nil {
		return nil, r.wrap("usage of containers", err)
	}
	containers, _, err := r.listRaw(ctx, nil)
	if err != nil {
		return nil, err
	}
	running := make(map[string]detail, len(containers))
	for _, c := range containers {
		if c.State != cri.ContainerState_CONTAINER_RUNNING {
			continue
		}
		if d, err := r.detailOf(ctx, c); err == nil {
			running[c.Id] = d
		}
	}
	var all []kubelet.Usage
	for _, s := range response.Stats {
		labels := s.GetAttributes().GetLabels()
		d, ok := running[s.GetAttributes().GetId()]
		if !ok || labels[labelPodUID] == "" {
			continue
		}
		u := kubelet.Usage{
			PodUID: meta.UID(labels[labelPodUID]), Namespace: labels[labelPodNamespace], Pod: labels[labelPodName],
			Container: labels[labelContainerName], ContainerID: d.ID, StartedAt: d.StartedAt, At: time.Now(),
			CPUNanoseconds: s.GetCpu().GetUsageCoreNanoSeconds().GetValue(),
			MemoryUsage:    s.GetMemory().GetUsageBytes().GetValue(), WorkingSet: s.GetMemory().GetWorkingSetBytes().GetValue(),
			RSS:        s.GetMemory().GetRssBytes().GetValue(),
			PageFaults: s.GetMemory().GetPageFaults().GetValue(), MajorPageFaults: s.GetMemory().GetMajorPageFaults().GetValue(),
			WritableBytes: s.GetWritableLayer().GetUsedBytes().GetValue(), WritableInodes: s.GetWritableLayer().GetInodesUsed().GetValue(),
			LogBytes: logBytes(d.logPath),
		}
		if at := s.GetCpu().GetTimestamp(); at > 0 {
			u.At = nanoTime(at)
		}
		if swap := s.GetSwap().GetSwapUsageBytes(); swap != nil {
			u.Swap = &swap.Value
		}
		all = append(all, u)
	}
	return r.addCgroups(append(all, r.podUsage(ctx)...)), nil
}

// addCgroups has what cgroups tell of Pods in the place of what the runtime does.
// Some runtimes tell nothing of Pods.
func (r *Runtime) addCgroups(all []kubelet.Usage) []kubelet.Usage {
	whole := map[meta.UID]int{}
	for i := range all {
		if u := &all[i]; u.Container == "" {
			whole[u.PodUID] = i
		}
	}
	for i := range len(all) {
		if _, ok := whole[all[i].PodUID]; !ok {
			all = append(all, kubelet.Usage{PodUID: all[i].PodUID, Namespace: all[i].Namespace, Pod: all[i].Pod, At: all[i].At})
			whole[all[i].PodUID] = len(all) - 1
		}
	}
	for uid, i := range whole {
		if found, ok := r.cgroups.usage(string(uid)); ok {
			u := &all[i]
			u.At, u.CPUNanoseconds, u.MemoryUsage, u.WorkingSet, u.RSS = found.At, found.CPUNanoseconds, found.MemoryUsage, found.WorkingSet, found.RSS
			u.PageFaults, u.MajorPageFaults, u.Swap, u.Processes = found.PageFaults, found.MajorPageFaults, found.Swap, found.Processes
		}
	}
	return all
}

// podUsage tells of networks, if the runtime does.
func (r *Runtime) podUsage(ctx context.Context) []kubelet.Usage {
	response, err := r.runtime.ListPodSandboxStats(ctx, &cri.ListPodSandboxStatsRequest{})
	if err != nil {
		return nil // not every runtime does
	}
	var all []kubelet.Usage
	for _, s := range response.Stats {
		m := s.GetAttributes().GetMetadata()
		if s.GetAttributes().GetLabels()[labelPodUID] == "" {
			continue
		}
		linux := s.GetLinux()
		u := kubelet.Usage{
			PodUID: meta.UID(m.GetUid()), Namespace: m.GetNamespace(), Pod: m.GetName(), At: time.Now(),
			CPUNanoseconds: linux.GetCpu().GetUsageCoreNanoSeconds().GetValue(),
			MemoryUsage:    linux.GetMemory().GetUsageBytes().GetValue(), WorkingSet: linux.GetMemory().GetWorkingSetBytes().GetValue(),
			RSS: linux.GetMemory().GetRssBytes().GetValue(),
		}
		if n := linux.GetNetwork().GetDefaultInterface(); n != nil {
			u.Interface = n.GetName()
			u.ReceivedBytes, u.ReceiveErrors = n.GetRxBytes().GetValue(), n.GetRxErrors().GetValue()
			u.TransmittedBytes, u.TransmissionErrors = n.GetTxBytes().GetValue(), n.GetTxErrors().GetValue()
		}
		all = append(all, u)
	}
	return all
}

// logBytes is what a log takes on the disk, rotated files included.
func logBytes(path string) uint64 {
	if path == "" {
		return 0
	}
	files, err := filepath.Glob(path + "*")
	if err != nil {
		return 0
	}
	var sum uint64
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			sum += uint64(max(info.Size(), 0))
		}
	}
	return sum
}

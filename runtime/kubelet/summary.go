package kubelet

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/kubelet/stats"
)

// serveSummary answers /stats/summary.
func (k *Kubelet) serveSummary(w http.ResponseWriter, r *http.Request) {
	now, before := k.measure(r.Context())
	summary := k.summary(now, before)
	if only := r.FormValue("only_cpu_and_memory"); only == "true" || only == "1" {
		trim(summary)
	}
	data, err := json.MarshalIndent(summary, "", " ")
	if err != nil {
		answerError(w, r, meta.InternalError(err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(data)
}

func (k *Kubelet) summary(now, before *measurement) *stats.Summary {
	s := &stats.Summary{Node: stats.Node{Name: k.name, StartTime: now.bootAt.UTC()}, Pods: []stats.Pod{}}
	if m := now.machine; m != nil {
		nodeStats(&s.Node, m, before)
	}
	for i := range now.pods {
		s.Pods = append(s.Pods, podStats(&now.pods[i], now, before))
	}
	return s
}

func nodeStats(n *stats.Node, m *Readings, before *measurement) {
	at := m.At.UTC()
	n.CPU = &stats.CPU{Time: at, UsageCoreNanoSeconds: &m.CPUNanoseconds}
	if before != nil && before.machine != nil {
		n.CPU.UsageNanoCores = nanoCores(m.CPUNanoseconds, before.machine.CPUNanoseconds, m.At, before.machine.At)
	}
	n.Memory = &stats.Memory{
		Time: at, AvailableBytes: &m.Memory.Available, UsageBytes: &m.Memory.Usage, WorkingSetBytes: &m.Memory.WorkingSet,
		RSSBytes: &m.Memory.RSS, PageFaults: &m.Memory.PageFaults, MajorPageFaults: &m.Memory.MajorFaults,
	}
	free := m.Memory.SwapTotal - min(m.Memory.SwapUsed, m.Memory.SwapTotal)
	n.Swap = &stats.Swap{Time: at, SwapAvailableBytes: &free, SwapUsageBytes: &m.Memory.SwapUsed}
	n.FS = fileSystem(at, &m.NodeFS)
	images := fileSystem(at, &m.ImageFS)
	n.Runtime = &stats.Runtime{ImageFS: images, ContainerFS: images}
	most, running := int64(m.Processes.Max), int64(m.Processes.Running)
	n.Rlimit = &stats.Rlimit{Time: at, MaxPID: &most, CurProc: &running}
	if len(m.Interfaces) > 0 {
		n.Network = &stats.Network{Time: at}
		for i := range m.Interfaces {
			in := &m.Interfaces[i]
			n.Network.Interfaces = append(n.Network.Interfaces, stats.Interface{
				Name: in.Name, RxBytes: &in.ReceivedBytes, RxErrors: &in.ReceiveErrors, TxBytes: &in.TransmittedBytes, TxErrors: &in.TransmissionErrors,
			})
		}
		n.Network.Interface = n.Network.Interfaces[mainInterface(m.Interfaces)]
	}
}

// mainInterface is the one by which the machine mostly is reached: eth0, else the
// busiest.
func mainInterface(list []InterfaceReading) int {
	best := 0
	for i := range list {
		if list[i].Name == "eth0" {
			return i
		}
		if list[i].ReceivedBytes > list[best].ReceivedBytes {
			best = i
		}
	}
	return best
}

func fileSystem(at time.Time, r *FilesystemReading) *stats.FS {
	return &stats.FS{
		Time: at, AvailableBytes: &r.Available, CapacityBytes: &r.Capacity, UsedBytes: &r.Used,
		InodesFree: &r.InodesFree, Inodes: &r.Inodes, InodesUsed: &r.InodesUsed,
	}
}

// part is what somebody uses of a file system.
func part(at time.Time, whole *Readings, of func(*Readings) *FilesystemReading, used, inodes uint64) *stats.FS {
	fs := &stats.FS{Time: at.UTC()}
	if whole != nil {
		fs = fileSystem(at.UTC(), of(whole))
	}
	fs.UsedBytes, fs.InodesUsed = &used, nil
	if inodes > 0 {
		fs.InodesUsed = &inodes
	}
	return fs
}

func nodeFS(r *Readings) *FilesystemReading  { return &r.NodeFS }
func imageFS(r *Readings) *FilesystemReading { return &r.ImageFS }

func cpuStats(now Usage, before Usage, known bool) *stats.CPU {
	c := &stats.CPU{Time: now.At.UTC(), UsageCoreNanoSeconds: &now.CPUNanoseconds}
	if known {
		c.UsageNanoCores = nanoCores(now.CPUNanoseconds, before.CPUNanoseconds, now.At, before.At)
	}
	return c
}

func memoryStats(u Usage, limit uint64) *stats.Memory {
	m := &stats.Memory{
		Time: u.At.UTC(), UsageBytes: &u.MemoryUsage, WorkingSetBytes: &u.WorkingSet, RSSBytes: &u.RSS,
		PageFaults: &u.PageFaults, MajorPageFaults: &u.MajorPageFaults,
	}
	if limit > 0 {
		left := limit - min(u.WorkingSet, limit)
		m.AvailableBytes = &left
	}
	return m
}

// memoryLimit is what a container may have, 0 for as much as there is.
func memoryLimit(pod *corev1.Pod, container string) uint64 {
	list := containersOf(pod)
	for i := range list {
		if list[i].spec.Name == container {
			if q, ok := list[i].spec.Resources.Limits[corev1.ResourceMemory]; ok {
				return uint64(max(q.Value(), 0))
			}
		}
	}
	return 0
}

// swapStats is nil where nothing is known of swap. How much more there is cannot be
// told of a part of the machine: that is on the node.
func swapStats(u Usage) *stats.Swap {
	if u.Swap == nil {
		return nil
	}
	return &stats.Swap{Time: u.At.UTC(), SwapUsageBytes: u.Swap}
}

func podStats(u *podUsage, now, before *measurement) stats.Pod {
	pod := u.pod
	out := stats.Pod{
		PodRef:     stats.PodReference{Name: pod.Name, Namespace: pod.Namespace, UID: string(pod.UID)},
		Containers: []stats.Container{},
	}
	if pod.Status.StartTime != nil {
		out.StartTime = pod.Status.StartTime.UTC()
	}
	var disk, inodes uint64
	for _, c := range u.containers {
		last, known := before.find(pod.UID, c.Container, c.ContainerID)
		out.Containers = append(out.Containers, stats.Container{
			Name: c.Container, StartTime: c.StartedAt.UTC(),
			CPU: cpuStats(c, last, known), Memory: memoryStats(c, memoryLimit(pod, c.Container)),
			Rootfs: part(c.At, now.machine, imageFS, c.WritableBytes, c.WritableInodes),
			Logs:   part(c.At, now.machine, nodeFS, c.LogBytes, 0),
			Swap:   swapStats(c),
		})
		disk += c.WritableBytes + c.LogBytes
		inodes += c.WritableInodes
	}
	if sum, ok := u.total(); ok {
		last, known := before.find(pod.UID, "", "")
		out.CPU, out.Memory, out.Swap = cpuStats(sum, last, known), memoryStats(sum, 0), swapStats(sum)
		if sum.Processes > 0 {
			out.ProcessStats = &stats.Process{Count: &sum.Processes}
		}
	}
	if w := u.whole; w != nil && w.Interface != "" {
		in := stats.Interface{Name: w.Interface, RxBytes: &w.ReceivedBytes, RxErrors: &w.ReceiveErrors, TxBytes: &w.TransmittedBytes, TxErrors: &w.TransmissionErrors}
		out.Network = &stats.Network{Time: w.At.UTC(), Interface: in, Interfaces: []stats.Interface{in}}
	}
	for _, name := range slices.Sorted(maps.Keys(u.volumes)) {
		v := u.volumes[name]
		out.Volumes = append(out.Volumes, volumeStats(pod, name, &v, now.at))
		if v.Ephemeral {
			disk += v.Used
			inodes += v.InodesUsed
		}
	}
	if len(u.containers) > 0 || len(u.volumes) > 0 {
		out.EphemeralStorage = part(now.at, now.machine, nodeFS, disk, inodes)
	}
	return out
}

func volumeStats(pod *corev1.Pod, name string, v *VolumeUsage, at time.Time) stats.Volume {
	out := stats.Volume{Name: name, FS: stats.FS{
		Time: at.UTC(), AvailableBytes: &v.Available, CapacityBytes: &v.Capacity, UsedBytes: &v.Used,
		InodesFree: &v.InodesFree, Inodes: &v.Inodes, InodesUsed: &v.InodesUsed,
	}}
	for i := range pod.Spec.Volumes {
		source := &pod.Spec.Volumes[i]
		if source.Name != name {
			continue
		}
		switch {
		case source.PersistentVolumeClaim != nil:
			out.PVCRef = &stats.PVCReference{Name: source.PersistentVolumeClaim.ClaimName, Namespace: pod.Namespace}
		case source.Ephemeral != nil:
			out.PVCRef = &stats.PVCReference{Name: strings.Join([]string{pod.Name, name}, "-"), Namespace: pod.Namespace}
		}
	}
	return out
}

// trim leaves processors and memory.
func trim(s *stats.Summary) {
	s.Node.Network, s.Node.FS, s.Node.Runtime, s.Node.Rlimit = nil, nil, nil, nil
	for i := range s.Pods {
		p := &s.Pods[i]
		p.Network, p.Volumes, p.EphemeralStorage = nil, nil, nil
		for j := range p.Containers {
			p.Containers[j].Rootfs, p.Containers[j].Logs = nil, nil
		}
	}
}

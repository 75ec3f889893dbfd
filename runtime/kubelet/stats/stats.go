// Package stats has the types of a kubelet's /stats/summary, for who serves it and
// who reads it. What is not known is nil. They are JSON only, as Kubernetes has them.
package stats

import "time"

// Summary is what a node and its Pods use at a moment.
type Summary struct {
	Node Node  `json:"node"`
	Pods []Pod `json:"pods"`
}

// Node is what a machine uses.
type Node struct {
	Name             string      `json:"nodeName"`
	SystemContainers []Container `json:"systemContainers,omitempty"`
	StartTime        time.Time   `json:"startTime"`
	CPU              *CPU        `json:"cpu,omitempty"`
	Memory           *Memory     `json:"memory,omitempty"`
	Network          *Network    `json:"network,omitempty"`
	// FS holds the kubelet's directory.
	FS      *FS      `json:"fs,omitempty"`
	Runtime *Runtime `json:"runtime,omitempty"`
	Rlimit  *Rlimit  `json:"rlimit,omitempty"`
	Swap    *Swap    `json:"swap,omitempty"`
}

// Runtime is what the container runtime keeps.
type Runtime struct {
	ImageFS     *FS `json:"imageFs,omitempty"`
	ContainerFS *FS `json:"containerFs,omitempty"`
}

// Rlimit counts processes.
type Rlimit struct {
	Time    time.Time `json:"time"`
	MaxPID  *int64    `json:"maxpid,omitempty"`
	CurProc *int64    `json:"curproc,omitempty"`
}

// PodReference says which Pod it is.
type PodReference struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	UID       string `json:"uid"`
}

// Pod is what a Pod uses.
type Pod struct {
	PodRef     PodReference `json:"podRef"`
	StartTime  time.Time    `json:"startTime"`
	Containers []Container  `json:"containers"`
	CPU        *CPU         `json:"cpu,omitempty"`
	Memory     *Memory      `json:"memory,omitempty"`
	Network    *Network     `json:"network,omitempty"`
	Volumes    []Volume     `json:"volume,omitempty"`
	// EphemeralStorage is what it takes of the node's disk.
	EphemeralStorage *FS      `json:"ephemeral-storage,omitempty"`
	ProcessStats     *Process `json:"process_stats,omitempty"`
	Swap             *Swap    `json:"swap,omitempty"`
}

// Process counts the processes of a Pod.
type Process struct {
	Count *uint64 `json:"process_count,omitempty"`
}

// Container is what a container uses.
type Container struct {
	Name      string    `json:"name"`
	StartTime time.Time `json:"startTime"`
	CPU       *CPU      `json:"cpu,omitempty"`
	Memory    *Memory   `json:"memory,omitempty"`
	// Rootfs is its writable layer, Logs its log files.
	Rootfs *FS   `json:"rootfs,omitempty"`
	Logs   *FS   `json:"logs,omitempty"`
	Swap   *Swap `json:"swap,omitempty"`
}

// Interface is what went through a network interface.
type Interface struct {
	Name     string  `json:"name"`
	RxBytes  *uint64 `json:"rxBytes,omitempty"`
	RxErrors *uint64 `json:"rxErrors,omitempty"`
	TxBytes  *uint64 `json:"txBytes,omitempty"`
	TxErrors *uint64 `json:"txErrors,omitempty"`
}

// Network is all interfaces, and the one that counts among them.
type Network struct {
	Time time.Time `json:"time"`
	Interface
	Interfaces []Interface `json:"interfaces,omitempty"`
}

// CPU is how long processors were busy.
type CPU struct {
	Time                 time.Time `json:"time"`
	UsageNanoCores       *uint64   `json:"usageNanoCores,omitempty"` // at present
	UsageCoreNanoSeconds *uint64   `json:"usageCoreNanoSeconds,omitempty"`
}

// Memory is in bytes.
type Memory struct {
	Time            time.Time `json:"time"`
	AvailableBytes  *uint64   `json:"availableBytes,omitempty"`
	UsageBytes      *uint64   `json:"usageBytes,omitempty"`
	WorkingSetBytes *uint64   `json:"workingSetBytes,omitempty"`
	RSSBytes        *uint64   `json:"rssBytes,omitempty"`
	PageFaults      *uint64   `json:"pageFaults,omitempty"`
	MajorPageFaults *uint64   `json:"majorPageFaults,omitempty"`
}

// Swap is in bytes.
type Swap struct {
	Time               time.Time `json:"time"`
	SwapAvailableBytes *uint64   `json:"swapAvailableBytes,omitempty"`
	SwapUsageBytes     *uint64   `json:"swapUsageBytes,omitempty"`
}

// Volume is what a volume of a Pod holds.
type Volume struct {
	FS
	Name   string        `json:"name,omitempty"`
	PVCRef *PVCReference `json:"pvcRef,omitempty"`
}

// PVCReference says which claim a volume is of.
type PVCReference struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
}

// FS is a file system, or what of it somebody uses.
type FS struct {
	Time           time.Time `json:"time"`
	AvailableBytes *uint64   `json:"availableBytes,omitempty"`
	CapacityBytes  *uint64   `json:"capacityBytes,omitempty"`
	UsedBytes      *uint64   `json:"usedBytes,omitempty"`
	InodesFree     *uint64   `json:"inodesFree,omitempty"`
	Inodes         *uint64   `json:"inodes,omitempty"`
	InodesUsed     *uint64   `json:"inodesUsed,omitempty"`
}

package kubelet

import (
	"context"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// Machine reads what the node is and how much of it is used. Package
// kubelet/machine reads the one that the program runs on; tests have others. Its
// methods are called from several goroutines at once.
type Machine interface {
	// Describe returns what does not change while the machine is up, but for
	// memory and processors that are added.
	Describe(ctx context.Context) (MachineInfo, error)
	// Read returns what is used at the moment.
	Read(ctx context.Context) (Readings, error)
}

// MachineInfo is what a machine has and is called.
type MachineInfo struct {
	// Capacity has cpu, memory, ephemeral-storage and huge pages.
	Capacity corev1.ResourceList
	// Info has MachineID, SystemUUID, BootID, KernelVersion, OSImage and Swap.
	Info   corev1.NodeSystemInfo
	BootAt time.Time
	// LacksAppArmor says that profiles of AppArmor would not be enforced.
	LacksAppArmor bool
}

// Readings is what a machine uses at a moment.
type Readings struct {
	At             time.Time
	CPUNanoseconds uint64 // since the start

	Memory MemoryReading
	// NodeFS holds the kubelet's directory, ImageFS the images and the writable
	// layers of containers. On many machines they are the same.
	NodeFS, ImageFS FilesystemReading
	Processes       ProcessReading
	Interfaces      []InterfaceReading
}

// MemoryReading is in bytes, page faults apart.
type MemoryReading struct {
	Total uint64
	// Available is what could be had without swapping: Total less WorkingSet.
	Available   uint64
	Usage       uint64 // caches included
	WorkingSet  uint64 // what cannot be reclaimed
	RSS         uint64
	PageFaults  uint64
	MajorFaults uint64
	SwapTotal   uint64
	SwapUsed    uint64
}

// FilesystemReading is in bytes and inodes.
type FilesystemReading struct {
	// Path is a directory on it.
	Path                           string
	Capacity, Available, Used      uint64
	Inodes, InodesFree, InodesUsed uint64
}

// ProcessReading counts processes and threads.
type ProcessReading struct{ Max, Running uint64 }

// InterfaceReading is what went through a network interface, in bytes.
type InterfaceReading struct {
	Name               string
	ReceivedBytes      uint64
	ReceiveErrors      uint64
	TransmittedBytes   uint64
	TransmissionErrors uint64
}

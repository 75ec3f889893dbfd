// Package machine reads what the machine that a kubelet runs on has and uses: from
// /proc, /sys and its file systems. It is Linux only.
//
//	m := machine.New(machine.Options{RootDir: "/var/lib/nucleus", Images: runtime})
//	k, err := kubelet.New(c, "node-1", runtime, kubelet.Options{Machine: m})
//
// Nothing is kept between two readings, and no goroutine is started. What cannot
// be read on a machine that is itself confined is left out, where the node can do
// without: only memory, processors and file systems are needed.
package machine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// Options tunes a [Machine]. The zero value looks at the file system of /.
type Options struct {
	// RootDir is a directory on the file system that is meant by nodefs.
	RootDir string
	// Images says where images are. Nil: at RootDir.
	Images kubelet.ImageStore
	// Root is put before the paths of /proc, /sys and /etc; "" for the machine's
	// own.
	Root string
}

// Machine reads the machine. It is safe for concurrent use.
type Machine struct{ opts Options }

var _ kubelet.Machine = (*Machine)(nil)

// New returns a Machine. It reads nothing yet.
func New(opts Options) *Machine {
	if opts.RootDir == "" {
		opts.RootDir = "/"
	}
	return &Machine{opts}
}

func (m *Machine) path(path string) string { return filepath.Join("/", m.opts.Root, path) }

// text returns a small file's content without space around it, "" if it cannot be
// read.
func (m *Machine) text(path string) string {
	data, err := os.ReadFile(m.path(path))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

func (m *Machine) number(path string) uint64 {
	n, err := strconv.ParseUint(m.text(path), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Describe implements [kubelet.Machine].
func (m *Machine) Describe(context.Context) (kubelet.MachineInfo, error) {
	memory, err := m.memory()
	if err != nil {
		return kubelet.MachineInfo{}, err
	}
	disk, err := filesystem(m.opts.RootDir)
	if err != nil {
		return kubelet.MachineInfo{}, err
	}
	info := kubelet.MachineInfo{
		Capacity: corev1.ResourceList{
			corev1.ResourceCPU:              quantity.New(int64(runtime.NumCPU()), quantity.DecimalSI),
			corev1.ResourceMemory:           quantity.New(int64(memory.Total), quantity.BinarySI),
			corev1.ResourceEphemeralStorage: quantity.New(int64(disk.Capacity), quantity.BinarySI),
		},
		Info: corev1.NodeSystemInfo{
			MachineID: m.text("/etc/machine-id"), SystemUUID: m.text("/sys/class/dmi/id/product_uuid"),
			BootID: m.text("/proc/sys/kernel/random/boot_id"), KernelVersion: m.text("/proc/sys/kernel/osrelease"), OSImage: m.osImage(),
		},
	}
	info.LacksAppArmor = !strings.HasPrefix(m.text("/sys/module/apparmor/parameters/enabled"), "Y")
	if info.Info.SystemUUID == "" {
		info.Info.SystemUUID = info.Info.MachineID
	}
	if swap := int64(memory.SwapTotal); swap > 0 {
		info.Info.Swap = &corev1.NodeSwapStatus{Capacity: &swap}
	}
	for size, pages := range m.hugePages() {
		info.Capacity[corev1.ResourceName(corev1.ResourceHugePagesPrefix+quantity.New(size, quantity.BinarySI).String())] = quantity.New(size*pages, quantity.BinarySI)
	}
	for line := range strings.Lines(m.text("/proc/stat")) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == "btime" {
			if at, err := strconv.ParseInt(f[1], 10, 64); err == nil {
				info.BootAt = time.Unix(at, 0)
			}
		}
	}
	return info, nil
}

// osImage is what the system calls itself.
func (m *Machine) osImage() string {
	name := "Linux"
	for line := range strings.Lines(m.text("/etc/os-release")) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "PRETTY_NAME="); ok {
			name = strings.Trim(value, `"'`)
		}
	}
	return name
}

// hugePages counts the pages of each size, in bytes, that the machine can have.
func (m *Machine) hugePages() map[int64]int64 {
	const directory = "/sys/kernel/mm/hugepages"
	entries, err := os.ReadDir(m.path(directory))
	if err != nil {
		return nil
	}
	found := map[int64]int64{}
	for _, e := range entries {
		size, ok := strings.CutPrefix(e.Name(), "hugepages-")
		kilobytes, err := strconv.ParseInt(strings.TrimSuffix(size, "kB"), 10, 64)
		if ok && err == nil {
			found[kilobytes<<10] = int64(m.number(directory + "/" + e.Name() + "/nr_hugepages"))
		}
	}
	return found
}

// Read implements [kubelet.Machine].
func (m *Machine) Read(ctx context.Context) (kubelet.Readings, error) {
	r := kubelet.Readings{At: time.Now(), CPUNanoseconds: m.processors(), Processes: m.processes(), Interfaces: m.interfaces()}
	var err error
	if r.Memory, err = m.memory(); err != nil {
		return r, err
	}
	if r.NodeFS, err = filesystem(m.opts.RootDir); err != nil {
		return r, err
	}
	r.ImageFS = r.NodeFS
	if m.opts.Images == nil {
		return r, nil
	}
	path, err := m.opts.Images.ImageFilesystem(ctx)
	if err != nil {
		return r, fmt.Errorf("file system of images: %w", err)
	}
	r.ImageFS, err = filesystem(path)
	return r, err
}

// memory reads /proc/meminfo. What counts as used are all pages that are not
// free; of those, files that nobody has looked at for long can be had back.
func (m *Machine) memory() (kubelet.MemoryReading, error) {
	values := table(m.text("/proc/meminfo"))
	total, ok := values["MemTotal:"]
	if !ok {
		return kubelet.MemoryReading{}, fmt.Errorf("%s does not say how much memory there is", m.path("/proc/meminfo"))
	}
	faults := table(m.text("/proc/vmstat"))
	r := kubelet.MemoryReading{
		Total: total << 10, Usage: less(total, values["MemFree:"]) << 10, RSS: values["AnonPages:"] << 10,
		PageFaults: faults["pgfault"], MajorFaults: faults["pgmajfault"],
		SwapTotal: values["SwapTotal:"] << 10, SwapUsed: less(values["SwapTotal:"], values["SwapFree:"]) << 10,
	}
	r.WorkingSet = less(r.Usage, values["Inactive(file):"]<<10)
	r.Available = less(r.Total, r.WorkingSet)
	return r, nil
}

func less(a, b uint64) uint64 { return a - min(a, b) }

// table reads lines of a name and a number.
func table(text string) map[string]uint64 {
	values := map[string]uint64{}
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) >= 2 {
			if n, err := strconv.ParseUint(f[1], 10, 64); err == nil {
				values[f[0]] = n
			}
		}
	}
	return values
}

// tick is the unit of times in /proc/stat.
const tick = uint64(10 * time.Millisecond)

// processors returns the time that all processors have worked.
func (m *Machine) processors() uint64 {
	for line := range strings.Lines(m.text("/proc/stat")) {
		f := strings.Fields(line)
		if len(f) < 9 || f[0] != "cpu" {
			continue
		}
		var sum uint64
		for _, i := range []int{1, 2, 3, 6, 7, 8} { // user, nice, system, irq, softirq, steal
			n, err := strconv.ParseUint(f[i], 10, 64)
			if err != nil {
				return 0
			}
			sum += n
		}
		return sum * tick
	}
	return 0
}

// processes counts threads, which is what the kernel's limit is on.
func (m *Machine) processes() kubelet.ProcessReading {
	r := kubelet.ProcessReading{Max: m.number("/proc/sys/kernel/pid_max")}
	if threads := m.number("/proc/sys/kernel/threads-max"); threads > 0 && (r.Max == 0 || threads < r.Max) {
		r.Max = threads
	}
	if f := strings.Fields(m.text("/proc/loadavg")); len(f) >= 4 {
		_, all, _ := strings.Cut(f[3], "/")
		r.Running, _ = strconv.ParseUint(all, 10, 64) // 0 is not known
	}
	return r
}

// interfaces reads what went through the network, loopback left out.
func (m *Machine) interfaces() []kubelet.InterfaceReading {
	var all []kubelet.InterfaceReading
	for line := range strings.Lines(m.text("/proc/net/dev")) {
		name, rest, ok := strings.Cut(line, ":")
		f := strings.Fields(rest)
		if name = strings.TrimSpace(name); !ok || name == "lo" || len(f) < 11 {
			continue
		}
		at := func(i int) uint64 {
			n, _ := strconv.ParseUint(f[i], 10, 64) // the kernel writes numbers
			return n
		}
		all = append(all, kubelet.InterfaceReading{Name: name, ReceivedBytes: at(0), ReceiveErrors: at(2), TransmittedBytes: at(8), TransmissionErrors: at(10)})
	}
	return all
}

// filesystem reads the file system that a path is on.
func filesystem(path string) (kubelet.FilesystemReading, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return kubelet.FilesystemReading{}, fmt.Errorf("file system of %s: %w", path, err)
	}
	size := uint64(s.Bsize)
	return kubelet.FilesystemReading{
		Path: path, Capacity: s.Blocks * size, Available: s.Bavail * size, Used: less(s.Blocks, s.Bfree) * size,
		Inodes: s.Files, InodesFree: s.Ffree, InodesUsed: less(s.Files, s.Ffree),
	}, nil
}

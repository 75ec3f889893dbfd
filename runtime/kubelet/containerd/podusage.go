package containerd

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// usage reads what a Pod has used from its cgroup, which knows more than the
// runtime tells: page faults, swap and processes, and all of it at one moment. ok
// is false if the Pod has none that tells of processors and memory.
func (c *cgroups) usage(uid string) (u kubelet.Usage, ok bool) {
	if c.parent == "" {
		return u, false
	}
	var processors, memory bool
	for _, h := range c.roots {
		dir, found := c.podDir(h, uid)
		if !found {
			continue
		}
		if h.controllers == nil {
			return unifiedUsage(dir)
		}
		if slices.Contains(h.controllers, "cpuacct") {
			u.CPUNanoseconds, processors = number(dir, "cpuacct.usage")
		}
		if slices.Contains(h.controllers, "memory") {
			u.MemoryUsage, memory = number(dir, "memory.usage_in_bytes")
			stat := numbers(dir, "memory.stat")
			u.WorkingSet = u.MemoryUsage - min(stat["total_inactive_file"], u.MemoryUsage)
			u.RSS, u.PageFaults, u.MajorPageFaults = stat["total_rss"], stat["total_pgfault"], stat["total_pgmajfault"]
			if swap, known := stat["total_swap"]; known {
				u.Swap = &swap
			}
			u.Processes = processesIn(dir)
		}
	}
	u.At = time.Now()
	return u, processors && memory
}

// unifiedUsage is usage with cgroup v2.
func unifiedUsage(dir string) (u kubelet.Usage, ok bool) {
	cpu, known := numbers(dir, "cpu.stat")["usage_usec"]
	if !known {
		return u, false
	}
	u.At, u.CPUNanoseconds = time.Now(), cpu*uint64(time.Microsecond)
	if u.MemoryUsage, ok = number(dir, "memory.current"); !ok {
		return u, false
	}
	stat := numbers(dir, "memory.stat")
	u.WorkingSet = u.MemoryUsage - min(stat["inactive_file"], u.MemoryUsage)
	u.RSS, u.PageFaults, u.MajorPageFaults = stat["anon"], stat["pgfault"], stat["pgmajfault"]
	if swap, known := number(dir, "memory.swap.current"); known {
		u.Swap = &swap
	}
	u.Processes = processesIn(dir)
	return u, true
}

// podDir is where a Pod's cgroup is in a hierarchy.
func (c *cgroups) podDir(h hierarchy, uid string) (dir string, found bool) {
	for _, class := range classDirs {
		dir = filepath.Join(h.path, c.parent, class, "pod"+uid)
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir, true
		}
	}
	return "", false
}

// processesIn counts the processes in a cgroup and those below.
func processesIn(dir string) (count uint64) {
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil // it has gone
		}
		if e.IsDir() {
			if data, err := os.ReadFile(filepath.Join(path, "cgroup.procs")); err == nil {
				count += uint64(len(strings.Fields(string(data))))
			}
		}
		return nil
	})
	return count
}

// number reads a file that holds one.
func number(dir, file string) (uint64, bool) {
	data, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(data)), 10, 64)
	return n, err == nil
}

// numbers reads a file of lines that are a name and a number.
func numbers(dir, file string) map[string]uint64 {
	data, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		return nil
	}
	all := map[string]uint64{}
	for line := range strings.Lines(string(data)) {
		name, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		if n, err := strconv.ParseUint(text, 10, 64); err == nil {
			all[name] = n
		}
	}
	return all
}

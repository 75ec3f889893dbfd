package containerd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// cgroups are the control groups of Pods. The zero value leaves them to the
// runtime.
type cgroups struct {
	parent string // of all Pods, as the runtime is told
	// roots are the mounted hierarchies: one for each controller with cgroup v1, a
	// single one with v2.
	roots []hierarchy
	pids  int64 // of one Pod; 0 is no limit

	mu     sync.Mutex
	shares map[string]int64 // of Pods by their UID
	whole  int64            // what all Pods weigh together; 0 is all processors
}

type hierarchy struct {
	path        string
	controllers []string // nil with v2
}

const cgroupRoot = "/sys/fs/cgroup"

// cgroup2Magic is the type of a file system of cgroup v2.
const cgroup2Magic = 0x63677270

// find looks for what is mounted.
func (c *cgroups) find(parent string) {
	c.parent = path.Join("/", parent)
	var stat syscall.Statfs_t
	if err := syscall.Statfs(cgroupRoot, &stat); err == nil && int64(stat.Type) == cgroup2Magic {
		c.roots = []hierarchy{{path: cgroupRoot}}
		return
	}
	// With v1 each controller has a directory; co-mounted ones have links there.
	entries, err := os.ReadDir(cgroupRoot)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		// The one of v2 that may be beside them has no controllers: nothing is set
		// there, but runtimes put processes there, and so it is cleaned up.
		c.roots = append(c.roots, hierarchy{path: filepath.Join(cgroupRoot, e.Name()), controllers: strings.Split(e.Name(), ",")})
	}
}

// unified reports whether the machine has cgroup v2 only.
func (c *cgroups) unified() bool { return len(c.roots) == 1 && c.roots[0].controllers == nil }

// classDirs are where Pods of each class are; guaranteed ones are beside the classes.
var classDirs = [...]string{"", "burstable", "besteffort"}

// podPath is a Pod's cgroup, as the runtime is told; "" leaves it to the runtime.
func (c *cgroups) podPath(pod *corev1.Pod) string {
	if c.parent == "" {
		return ""
	}
	class := ""
	switch corev1.QOSClassOf(&pod.Spec) {
	case corev1.PodQOSBurstable:
		class = "burstable"
	case corev1.PodQOSBestEffort:
		class = "besteffort"
	}
	return path.Join(c.parent, class, "pod"+string(pod.UID))
}

// makePod makes a Pod's cgroup and sets the bounds of all its containers together.
func (c *cgroups) makePod(pod *corev1.Pod) error { return c.setPod(pod, false) }

// widenPod takes the bounds of a Pod's cgroup away.
func (c *cgroups) widenPod(pod *corev1.Pod) error { return c.setPod(pod, true) }

func (c *cgroups) setPod(pod *corev1.Pod, unbounded bool) error {
	where := c.podPath(pod)
	if where == "" {
		return nil
	}
	bounds := podResources(pod)
	if unbounded {
		bounds.CpuQuota, bounds.MemoryLimitInBytes = 0, 0
	}
	c.noteShares(pod, bounds.CpuShares)
	for _, h := range c.roots {
		dir := filepath.Join(h.path, where)
		if h.controllers == nil {
			if err := makeUnified(h.path, where); err != nil {
				return err
			}
			quota, memory := "max", "max"
			if bounds.CpuQuota > 0 {
				quota = strconv.FormatInt(bounds.CpuQuota, 10)
			}
			if bounds.MemoryLimitInBytes > 0 {
				memory = strconv.FormatInt(bounds.MemoryLimitInBytes, 10)
			}
			if err := errors.Join(
				set(dir, "cpu.weight", strconv.FormatInt(weightOf(bounds.CpuShares), 10)),
				set(dir, "cpu.max", fmt.Sprintf("%s %d", quota, cpuPeriod)),
				set(dir, "memory.max", memory),
				c.setPids(dir),
				setHugePages(dir, "max", bounds.HugepageLimits),
			); err != nil {
				return err
			}
			continue
		}
		if !slices.ContainsFunc(h.controllers, func(name string) bool {
			return name == "cpu" || name == "memory" || name == "pids" && c.pids > 0 || name == "hugetlb" && len(bounds.HugepageLimits) > 0
		}) {
			continue // the runtime makes what it needs
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		quota, memory := int64(-1), int64(-1)
		if bounds.CpuQuota > 0 {
			quota = bounds.CpuQuota
		}
		if bounds.MemoryLimitInBytes > 0 {
			memory = bounds.MemoryLimitInBytes
		}
		var err error
		if slices.Contains(h.controllers, "cpu") {
			err = errors.Join(
				set(dir, "cpu.shares", strconv.FormatInt(bounds.CpuShares, 10)),
				set(dir, "cpu.cfs_quota_us", strconv.FormatInt(quota, 10)),
			)
		}
		if slices.Contains(h.controllers, "memory") {
			err = errors.Join(err, set(dir, "memory.limit_in_bytes", strconv.FormatInt(memory, 10)))
		}
		if slices.Contains(h.controllers, "pids") {
			err = errors.Join(err, c.setPids(dir))
		}
		if slices.Contains(h.controllers, "hugetlb") {
			err = errors.Join(err, setHugePages(dir, "limit_in_bytes", bounds.HugepageLimits))
		}
		if err != nil {
			return err
		}
	}
	return c.weigh()
}

// setPids bounds the processes of a Pod.
func (c *cgroups) setPids(dir string) error {
	if c.pids <= 0 {
		return nil
	}
	return set(dir, "pids.max", strconv.FormatInt(c.pids, 10))
}

// setHugePages bounds the pages of each size.
func setHugePages(dir, file string, limits []*cri.HugepageLimit) error {
	var errs []error
	for _, l := range limits {
		errs = append(errs, set(dir, "hugetlb."+l.PageSize+"."+file, strconv.FormatUint(l.Limit, 10)))
	}
	return errors.Join(errs...)
}

// set writes a setting, where the kernel has it.
func set(dir, file, value string) error {
	err := os.WriteFile(filepath.Join(dir, file), []byte(value), 0o644)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil // a controller that is not there, or not ours to set
	}
	return err
}

// makeUnified makes a cgroup of v2 with the controllers of its parents.
func makeUnified(root, where string) error {
	available, err := os.ReadFile(filepath.Join(root, "cgroup.controllers"))
	if err != nil {
		return err
	}
	dir := root
	for i, part := range strings.Split(strings.Trim(where, "/"), "/") {
		err := enable(dir, strings.Fields(string(available)))
		if i == 0 && errors.Is(err, syscall.EBUSY) {
			// In a container the root that is seen is none to the kernel: nobody may be
			// in it once something below has controllers.
			if err := evacuate(dir); err != nil {
				return fmt.Errorf("processes in cgroup %s: %w", dir, err)
			}
			_ = enable(dir, strings.Fields(string(available)))
		}
		dir = filepath.Join(dir, part)
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// enable lets those below a cgroup have controllers. One that cannot be had is
// missed by the settings that need it; the error says so of all of them.
func enable(dir string, controllers []string) error {
	const file = "cgroup.subtree_control"
	has, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		return err
	}
	var errs []error
	for _, controller := range controllers {
		if !slices.Contains(strings.Fields(string(has)), controller) {
			errs = append(errs, os.WriteFile(filepath.Join(dir, file), []byte("+"+controller), 0o644))
		}
	}
	return errors.Join(errs...)
}

// evacuated is the cgroup of what was in the root of a container before.
const evacuated = "init"

// evacuate moves the processes of a cgroup into one below.
func evacuate(dir string) error {
	below := filepath.Join(dir, evacuated)
	if err := os.Mkdir(below, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	for range 10 { // what is started meanwhile is there again
		pids, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
		if err != nil {
			return err
		}
		list := strings.Fields(string(pids))
		if len(list) == 0 {
			break
		}
		for _, pid := range list {
			// One that has ended meanwhile needs no place.
			if err := os.WriteFile(filepath.Join(below, "cgroup.procs"), []byte(pid), 0o644); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("process %s: %w", pid, err)
			}
		}
	}
	return nil
}

// weightOf turns shares (2 to 262144) into a weight of v2 (1 to 10000).
func weightOf(shares int64) int64 {
	return 1 + (min(max(shares, leastShares), mostShares)-leastShares)*9999/(mostShares-leastShares)
}

// endTime is how long the processes of a Pod may take to leave that the runtime has
// killed, as it says.
const endTime = 100 * time.Millisecond

// removePod removes the cgroups of a Pod of which the runtime knows nothing any more. It
// may have been of any class. What still runs in them is killed: a runtime whose shim was
// killed may not have got hold of what that watched over.
func (c *cgroups) removePod(ctx context.Context, uid string) error {
	if c.parent == "" {
		return nil
	}
	c.forgetShares(uid)
	for began := time.Now(); ; {
		var errs []error
		for _, h := range c.roots {
			for _, class := range classDirs {
				dir := filepath.Join(h.path, c.parent, class, "pod"+uid)
				err := removeTree(dir)
				if errors.Is(err, syscall.EBUSY) && time.Since(began) > endTime {
					err = errors.Join(err, killTree(dir))
				}
				errs = append(errs, err)
			}
		}
		err := errors.Join(errs...)
		// What was killed a moment ago may not have left yet.
		if !errors.Is(err, syscall.EBUSY) || !sleep(ctx, 20*time.Millisecond) {
			return errors.Join(err, c.weigh())
		}
	}
}

// killTree kills the processes in a cgroup and in those in it.
func killTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.Name() != "cgroup.procs" {
			return ignoreGone(err)
		}
		pids, err := os.ReadFile(path)
		if err != nil {
			return ignoreGone(err)
		}
		for _, text := range strings.Fields(string(pids)) {
			// 0 is a process of another namespace of pids, and to kill all would be meant by it.
			if pid, err := strconv.Atoi(text); err == nil && pid > 1 {
				if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
					return fmt.Errorf("kill process %d of %s: %w", pid, dir, err)
				}
			}
		}
		return nil
	})
}

// ignoreGone is nil for what is not there, or goes while it is read.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENODEV) {
		return nil
	}
	return err
}

// removeTree removes a cgroup and those in it. Files in them go by themselves.
func removeTree(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() {
			if err := removeTree(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

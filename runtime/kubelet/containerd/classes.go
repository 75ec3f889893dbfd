package containerd

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// The cgroups of the classes stand side by side with those of guaranteed Pods, so
// what each of them weighs decides who gets processors when all want them: all
// Pods together weigh as much as the machine has for them, burstable ones what they ask for,
// and what asked for nothing gets what is left over.

// noteShares remembers what a Pod asks for: a weight of v2 is too coarse to tell.
func (c *cgroups) noteShares(pod *corev1.Pod, shares int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shares == nil {
		c.shares = map[string]int64{}
	}
	c.shares[string(pod.UID)] = shares
}

func (c *cgroups) forgetShares(uid string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.shares, uid)
}

// weigh sets what the classes weigh, from the Pods that have cgroups there.
func (c *cgroups) weigh() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var errs []error
	for _, h := range c.roots {
		if h.controllers != nil && !slices.Contains(h.controllers, "cpu") {
			continue
		}
		pods := filepath.Join(h.path, c.parent)
		entries, err := os.ReadDir(filepath.Join(pods, "burstable"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
			continue
		}
		var sum int64
		for _, e := range entries {
			uid, ok := strings.CutPrefix(e.Name(), "pod")
			if !ok || !e.IsDir() {
				continue
			}
			shares, known := c.shares[uid]
			if !known { // it was made before this process began
				shares = h.sharesIn(filepath.Join(pods, "burstable", e.Name()))
			}
			sum += shares
		}
		errs = append(errs,
			h.setShares(pods, cmp.Or(c.whole, sharesOf(int64(runtime.NumCPU())*1000))),
			h.setShares(filepath.Join(pods, "burstable"), sum),
			h.setShares(filepath.Join(pods, "besteffort"), leastShares),
		)
	}
	return errors.Join(errs...)
}

// setShares sets what a cgroup weighs, if it is there and weighs something else.
func (h *hierarchy) setShares(dir string, shares int64) error {
	shares = min(max(shares, leastShares), mostShares)
	file, value := "cpu.shares", shares
	if h.controllers == nil {
		file, value = "cpu.weight", weightOf(shares)
	}
	text := strconv.FormatInt(value, 10)
	if data, err := os.ReadFile(filepath.Join(dir, file)); err != nil || strings.TrimSpace(string(data)) == text {
		return nil // without the controller there is nothing to set
	}
	return set(dir, file, text)
}

// sharesIn reads what a cgroup weighs.
func (h *hierarchy) sharesIn(dir string) int64 {
	file := "cpu.shares"
	if h.controllers == nil {
		file = "cpu.weight"
	}
	data, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64)
	if err != nil {
		return 0
	}
	if h.controllers == nil {
		n = sharesOfWeight(n)
	}
	return min(max(n, leastShares), mostShares)
}

// sharesOfWeight is the opposite of weightOf, as well as that can be told.
func sharesOfWeight(weight int64) int64 {
	return leastShares + (min(max(weight, 1), 10000)-1)*(mostShares-leastShares)/9999
}

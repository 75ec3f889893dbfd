package containerd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// leftoverAge is for how long a cgroup without processes is left alone: another
// kubelet on the machine may be about to use it.
const leftoverAge = time.Minute

// Sweep implements [kubelet.Sweeper]. It removes the cgroups of Pods in which nothing
// runs.
func (r *Runtime) Sweep(ctx context.Context, known func(uid meta.UID) bool) error {
	uids := r.cgroups.deserted(known, time.Now())
	if len(uids) == 0 {
		return nil
	}
	list, err := r.runtime.ListPodSandbox(ctx, &cri.ListPodSandboxRequest{})
	if err != nil {
		return r.wrap("list sandboxes", err)
	}
	has := map[string]bool{}
	for _, b := range list.Items {
		has[b.GetLabels()[labelPodUID]] = true
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var errs []error
	for _, uid := range uids {
		if has[uid] {
			continue
		}
		if err := r.cgroups.removePod(ctx, uid); err != nil {
			errs = append(errs, fmt.Errorf("cgroup of pod %s: %w", uid, err))
		}
	}
	return errors.Join(errs...)
}

// deserted lists the unknown Pods whose cgroups have no processes, in no hierarchy,
// and have not changed for a while.
func (c *cgroups) deserted(known func(uid meta.UID) bool, now time.Time) []string {
	if c.parent == "" {
		return nil
	}
	used, seen := map[string]bool{}, map[string]bool{}
	var uids []string
	for _, h := range c.roots {
		for _, class := range classDirs {
			dir := filepath.Join(h.path, c.parent, class)
			entries, err := os.ReadDir(dir)
			if err != nil {
				continue // there is no such class
			}
			for _, e := range entries {
				uid, ok := strings.CutPrefix(e.Name(), "pod")
				if !ok || uid == "" || !e.IsDir() || used[uid] || known(meta.UID(uid)) {
					continue
				}
				info, err := e.Info()
				if err != nil || now.Sub(info.ModTime()) < leftoverAge || inUse(filepath.Join(dir, e.Name())) {
					used[uid] = true
				}
				if !seen[uid] {
					seen[uid] = true
					uids = append(uids, uid)
				}
			}
		}
	}
	left := uids[:0]
	for _, uid := range uids {
		if !used[uid] {
			left = append(left, uid)
		}
	}
	return left
}

// inUse reports whether a process is in a cgroup or in one below it, or may be.
func inUse(dir string) bool {
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.Name() != "cgroup.procs" {
			return err
		}
		pids, err := os.ReadFile(path)
		if err == nil && len(strings.TrimSpace(string(pids))) > 0 {
			err = fs.ErrExist
		}
		return err
	})
	return err != nil && !errors.Is(err, fs.ErrNotExist)
}

// removeAll removes what cgroups there are without Pods.
func (c *cgroups) removeAll() {
	for _, h := range c.roots {
		for _, class := range []string{"burstable", "besteffort", ""} {
			_ = os.Remove(filepath.Join(h.path, c.parent, class)) // refused while somebody is in it
		}
	}
}

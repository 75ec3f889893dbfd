package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/containerd"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
)

// How long the stages of stopping may take; a machine under load takes long, but
// Ctrl-C has to come to an end.
const (
	stopTimeout = 60 * time.Second
	endTimeout  = 10 * time.Second
)

// stop ends and removes all that was started, with containerd's help as far as it
// goes, and by force after that.
func (d *Daemon) stop(config string) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout+d.opts.StopGrace)
	defer cancel()
	if d.Process() == nil {
		// It died a moment ago, and only it knows what to stop.
		if exited, err := d.start(config); err == nil {
			_ = d.await(ctx, exited)
		}
	}
	err := d.removePods(ctx)
	if err != nil {
		d.log.Warn("not all containers were stopped in order", "error", err)
	}
	return errors.Join(d.endStray(config), d.endShims(), d.unmount(), d.removeState(), d.removeNetwork(ctx))
}

// removePods stops every container and removes every sandbox.
func (d *Daemon) removePods(ctx context.Context) error {
	r, err := containerd.Dial(d.socket, containerd.Options{Logger: d.log})
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	// In rounds: whoever was being started when this began is there after it.
	for range 3 {
		pods, err := r.Pods(ctx)
		if err != nil {
			return err
		}
		if len(pods) == 0 {
			return r.RemoveCgroups(ctx)
		}
		var mu sync.Mutex
		var errs []error
		var wg sync.WaitGroup
		for i := range pods {
			wg.Go(func() {
				if err := d.removePod(ctx, r, &pods[i]); err != nil {
					mu.Lock()
					defer mu.Unlock()
					errs = append(errs, err)
				}
			})
		}
		wg.Wait()
		if len(errs) > 0 && ctx.Err() != nil {
			return errors.Join(errs...)
		}
	}
	pods, err := r.Pods(ctx)
	if err == nil && len(pods) > 0 {
		err = fmt.Errorf("%d Pods are left", len(pods))
	}
	return err
}

func (d *Daemon) removePod(ctx context.Context, r *containerd.Runtime, pod *kubelet.PodState) error {
	var wg sync.WaitGroup
	for i := range pod.Containers {
		if c := &pod.Containers[i]; c.State == kubelet.Running {
			wg.Go(func() { _ = r.StopContainer(ctx, c.ID, d.opts.StopGrace) })
		}
	}
	wg.Wait()
	for i := range pod.Sandboxes {
		id := pod.Sandboxes[i].ID
		if err := errors.Join(r.StopSandbox(ctx, id), r.RemoveSandboxKeepingLogs(ctx, id)); err != nil {
			return fmt.Errorf("pod %s/%s: %w", pod.Namespace, pod.Name, err)
		}
	}
	return nil
}

// endStray ends the containerd of this directory, whoever has started it.
func (d *Daemon) endStray(config string) error {
	mine := func(args []string) bool {
		return len(args) > 2 && filepath.Base(args[0]) == "containerd" && slices.Contains(args, config)
	}
	if err := endProcesses(mine, syscall.SIGTERM); err != nil {
		return fmt.Errorf("containerd: %w", err)
	}
	return nil
}

// endShims ends what holds containers of this containerd's, with its containers.
func (d *Daemon) endShims() error {
	mine := func(args []string) bool {
		return len(args) > 2 && strings.HasPrefix(filepath.Base(args[0]), "containerd-shim") && slices.Contains(args, d.socket)
	}
	if err := endProcesses(mine, syscall.SIGTERM); err != nil {
		return fmt.Errorf("containers: %w", err)
	}
	return nil
}

// endProcesses ends the processes whose command line is picked, by force if they do
// not listen.
func endProcesses(pick func(args []string) bool, with syscall.Signal) error {
	deadline := time.Now().Add(endTimeout)
	for signalled := map[int]bool{}; ; {
		pids, err := processes(pick)
		if err != nil || len(pids) == 0 {
			return err
		}
		late := time.Now().After(deadline)
		for _, pid := range pids {
			switch {
			case late:
				_ = syscall.Kill(pid, syscall.SIGKILL)
			case !signalled[pid]:
				signalled[pid] = true
				_ = syscall.Kill(pid, with)
			}
		}
		if time.Now().After(deadline.Add(endTimeout)) {
			return fmt.Errorf("processes %v do not end", pids)
		}
		time.Sleep(20 * time.Millisecond) // nobody tells of the end of others' children
	}
}

// processes returns those whose command line is picked and that have not ended.
func processes(pick func(args []string) bool) ([]int, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		line, err := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		if err != nil || len(line) == 0 { // gone, of the kernel, or ended and not waited for
			continue
		}
		if pick(strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")) {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

// unmount takes down what is left mounted below the directories, the innermost first.
func (d *Daemon) unmount() error {
	return errors.Join(UnmountBelow(d.state), UnmountBelow(d.opts.Dir))
}

// UnmountBelow takes down every mount below a directory. Nothing is removed: what is
// behind a mount may be somebody's.
func UnmountBelow(dir string) error {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		real = dir
	}
	var errs []error
	for range 3 { // one may be hidden below another
		mounts, err := mount.Under(real)
		if err != nil {
			return err
		}
		// The directory itself may be a disk of its own.
		mounts = slices.DeleteFunc(mounts, func(e mount.Entry) bool { return e.Point == real })
		if len(mounts) == 0 {
			return nil
		}
		errs = nil
		for _, e := range slices.Backward(mounts) {
			if err := unix.Unmount(e.Point, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW); err != nil && !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOENT) {
				errs = append(errs, fmt.Errorf("unmount %s: %w", e.Point, err))
			}
		}
	}
	return errors.Join(errs...)
}

func (d *Daemon) removeNetwork(ctx context.Context) error {
	cni := d.CNI()
	err := cni.Remove(ctx)
	if filepath.Dir(d.socket) != d.opts.Dir {
		_ = os.Remove(filepath.Dir(d.socket)) // if nothing is left in it
	}
	return err
}

// removeState removes what containers ran on, but for what is still mounted there.
func (d *Daemon) removeState() error {
	if err := mount.RemoveAll(d.state); err != nil {
		return fmt.Errorf("state of containerd: %w", err)
	}
	return nil
}

package kubelet

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// LogOptions of a node's containers are in [Options]; these are the defaults.
const (
	logMaxSize  = "10Mi"
	logMaxFiles = 5
)

// rotateInterval is the time between looks how large logs are.
const rotateInterval = 10 * time.Second

// rotatedFormat is the time in the name of a log that was rotated.
const rotatedFormat = "20060102-150405"

// runningLog is the name of the log of a run.
var runningLog = regexp.MustCompile(`^([0-9]+)\.log$`)

// rotateLogs keeps the logs of containers small until ctx ends.
func (k *Kubelet) rotateLogs(ctx context.Context) error {
	rotator, ok := k.runtime.(LogRotator)
	if !ok || k.opts.LogDir == "" {
		<-ctx.Done()
		return nil
	}
	limit, err := quantity.Parse(k.opts.ContainerLogMaxSize)
	if err != nil {
		return fmt.Errorf("Options.ContainerLogMaxSize: %w", err)
	}
	for ctx.Err() == nil {
		if wait(ctx, rotateInterval); ctx.Err() != nil {
			break
		}
		k.mu.Lock()
		pods := make([]*pod, 0, len(k.pods))
		for _, p := range k.pods {
			pods = append(pods, p)
		}
		k.mu.Unlock()
		for _, p := range pods {
			if err := k.rotatePod(ctx, p, rotator, limit.Value()); err != nil && ctx.Err() == nil {
				k.log.WarnContext(ctx, "log not rotated", "pod", p.uid, "error", err)
			}
		}
	}
	return nil
}

// rotatePod rotates the logs of a Pod's containers that are too large.
func (k *Kubelet) rotatePod(ctx context.Context, p *pod, rotator LogRotator, limit int64) error {
	p.mu.Lock()
	object := p.object
	p.mu.Unlock()
	directory := k.logDirectory(object)
	var errs []error
	list := containersOf(object)
	for i := range list {
		name := list[i].spec.Name
		entries, err := os.ReadDir(filepath.Join(directory, name))
		if err != nil {
			continue // it has written nothing yet
		}
		for _, e := range entries {
			match := runningLog.FindStringSubmatch(e.Name())
			if match == nil {
				continue
			}
			info, err := e.Info()
			if err != nil || info.Size() < limit {
				continue
			}
			attempt, err := strconv.ParseInt(match[1], 10, 32)
			if err != nil {
				continue
			}
			state, err := k.runtime.Pod(ctx, p.uid)
			if err != nil {
				return err
			}
			for c := range state.Containers {
				if run := &state.Containers[c]; run.Name == name && run.Attempt == int32(attempt) && run.State == Running {
					errs = append(errs, k.rotate(ctx, filepath.Join(directory, name, e.Name()), run.ID, rotator))
				}
			}
		}
	}
	return errors.Join(errs...)
}

// rotate makes room for one more rotated log, compresses those that nobody writes
// any more, and has the runtime begin a new one.
func (k *Kubelet) rotate(ctx context.Context, path, id string, rotator LogRotator) error {
	old, err := rotatedLogs(path)
	if err != nil {
		return err
	}
	// The log that is written and the one that is rotated now count, too.
	if excess := len(old) - (k.opts.ContainerLogMaxFiles - 2); excess > 0 {
		for _, name := range old[:min(excess, len(old))] {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
		old = old[min(excess, len(old)):]
	}
	for _, name := range old {
		if !strings.HasSuffix(name, ".gz") {
			if err := compress(name); err != nil {
				return err
			}
		}
	}
	to := path + "." + time.Now().Format(rotatedFormat)
	if err := os.Rename(path, to); err != nil {
		return err
	}
	if err := rotator.ReopenLog(ctx, id); err != nil {
		// What it still writes must not go where nobody looks.
		return errors.Join(fmt.Errorf("log of container %s: %w", id, err), os.Rename(to, path))
	}
	return nil
}

// rotatedLogs are the logs of a run that were rotated, the oldest first. What was
// left half compressed is removed.
func rotatedLogs(path string) ([]string, error) {
	all, err := filepath.Glob(path + ".*")
	if err != nil {
		return nil, err
	}
	var logs []string
	for _, name := range all {
		if strings.HasSuffix(name, ".tmp") {
			if err := os.Remove(name); err != nil {
				return nil, err
			}
			continue
		}
		logs = append(logs, name)
	}
	slices.Sort(logs)
	return logs, nil
}

// compress replaces a file by its compressed form; at any moment one of the two
// is whole.
func compress(path string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	temporary := path + ".tmp"
	out, err := os.OpenFile(temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o640)
	if err != nil {
		return err
	}
	zip := gzip.NewWriter(out)
	_, err = io.Copy(zip, in)
	if err = errors.Join(err, zip.Close(), out.Close()); err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	if err := os.Rename(temporary, path+".gz"); err != nil {
		return err
	}
	return os.Remove(path)
}

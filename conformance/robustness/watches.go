package robustness

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// lastKey is the key of the write that ends the watchers.
const lastKey = "last"

// watcher follows the objects of a run, and goes on where a watch has ended.
type watcher struct {
	run      *run
	resource client.Resource[corev1.ConfigMap]
	seen     uint64 // the version up to which it has seen everything
	changes  []Change
}

// follow watches until it sees the last write. That a server has forgotten
// changes is an error: runs are far shorter than what servers keep.
func (w *watcher) follow(ctx context.Context) error {
	for {
		done, err := w.once(ctx)
		switch {
		case done:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case meta.IsGone(err), meta.IsResourceExpired(err), errors.Is(err, strconv.ErrSyntax):
			return fmt.Errorf("watch from %d: %w", w.seen, err)
		}
		wait(ctx, nil, 20*time.Millisecond) // the server is away
	}
}

// once watches until the watch ends or the last write is seen.
func (w *watcher) once(ctx context.Context) (done bool, err error) {
	o := w.run.selected()
	o.ResourceVersion = strconv.FormatUint(w.seen, 10)
	o.AllowWatchBookmarks = true
	for change, err := range w.resource.Watch(ctx, o) {
		if err != nil {
			return false, err
		}
		version, err := strconv.ParseUint(change.Object.ResourceVersion, 10, 64)
		if err != nil {
			return false, err
		}
		w.seen = max(w.seen, version)
		if change.Type == client.Bookmark {
			continue
		}
		data := change.Object.Data
		if data["key"] == lastKey {
			return true, nil
		}
		w.changes = append(w.changes, Change{Type: change.Type, Key: data["key"], Value: data["value"], Version: version})
	}
	return false, nil
}

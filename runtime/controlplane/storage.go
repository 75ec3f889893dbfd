package controlplane

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/server"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/embedded"
	"github.com/kubenucleus/nucleus/storage/measure"
)

// StorageOptions say how objects are kept in the store. The zero value keeps
// them under /registry, as they are.
type StorageOptions struct {
	// Prefix is what all keys begin with; "" is "/registry".
	Prefix string
	// Of returns the store for the objects of one resource: given itself, one
	// around it, such as package encrypt's, or another. Nil: the one for all.
	Of func(resource meta.GroupResource, given storage.Store) storage.Store
	// JSON keeps all objects as JSON, not in the protobuf envelope where their type
	// has one. Either is read, whichever it is.
	JSON bool
	// Checks are what storage adds to the server's health.
	Checks []server.Check
	// HealthTimeout and ReadyTimeout bound the questions to the store that /livez
	// and /readyz make; zero is 2 seconds.
	HealthTimeout, ReadyTimeout time.Duration
	// StartTimeout is how long the start waits for what is stored to be read; after that
	// the server listens all the same, and reads of what is missing wait. Zero: for ever.
	StartTimeout time.Duration
	// DeleteWorkers is how many objects of a collection are deleted at once; 0 is 32.
	DeleteWorkers int
	// Metrics count what is asked of the stores. Nil: metrics of the control
	// plane's own. Stores that Of puts in the place of others are measured by whoever
	// opens them.
	Metrics *measure.Metrics
	// Sized are stores beside the one for all whose size is told, and SizeEvery
	// how often they are asked. Zero is 30 seconds, negative not at all.
	Sized     []measure.Sized
	SizeEvery time.Duration
	// CountEvery is how old the numbers of objects may be that /metrics tells.
	// Zero is a minute; negative: they are not told.
	CountEvery time.Duration
}

func (o StorageOptions) complete() StorageOptions {
	if o.Metrics == nil {
		o.Metrics = measure.New()
	}
	if o.SizeEvery == 0 {
		o.SizeEvery = 30 * time.Second
	}
	if o.CountEvery == 0 {
		o.CountEvery = time.Minute
	}
	return o
}

// paths are those that are not about resources: given, and what the store
// offers.
func (c *ControlPlane) paths(given map[string]http.Handler) map[string]http.Handler {
	saver, ok := c.store.(interface {
		Save(ctx context.Context, to io.Writer) (embedded.SnapshotInfo, error)
	})
	if !ok {
		return given
	}
	all := maps.Clone(given)
	if all == nil {
		all = make(map[string]http.Handler)
	}
	all[server.SnapshotPath] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			w.Header().Set("Allow", http.MethodGet)
			http.Error(w, "only GET is allowed", http.StatusMethodNotAllowed)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		// What breaks off lacks its checksum, which is how the reader knows.
		if _, err := saver.Save(r.Context(), w); err != nil {
			c.opts.Logger.LogAttrs(r.Context(), slog.LevelWarn, "snapshot broke off", slog.Any("error", err))
		}
	})
	return all
}

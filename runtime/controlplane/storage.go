package controlplane

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/server"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/embedded"
)

// StorageOptions say how objects are kept in the store. The zero value keeps
// them under /registry, as they are.
type StorageOptions struct {
	// Prefix is what all keys begin with; "" is "/registry".
	Prefix string
	// Of returns the store for the objects of one resource: given itself, one
	// around it, such as package encrypt's, or another. Nil: the one for all.
	Of func(resource meta.GroupResource, given storage.Store) storage.Store
	// Checks are what storage adds to the server's health.
	Checks []server.Check
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

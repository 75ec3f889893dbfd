package registry

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
)

// Options tunes a [Registry]. The zero value works.
type Options struct {
	// Admission changes and checks writes. Nil admits everything. A chain whose
	// plug-ins read from the registry itself is made after it: see
	// [Registry.SetAdmission].
	Admission admission.Chain
	Logger    *slog.Logger     // nil: slog.Default()
	Now       func() time.Time // nil: time.Now
	Names     names.Generator  // makes names of generateName; nil: names.Random
	// ServiceCIDR is where Services get their cluster IPs from; its first
	// address is for the Service "kubernetes". The zero value is 10.0.0.0/24.
	ServiceCIDR netip.Prefix
	// NodePorts are the ports that Services get on nodes. The zero value is
	// 30000 to 32767.
	NodePorts PortRange
	// FieldManager keeps metadata.managedFields and merges what is applied. Nil:
	// managedFields are not tracked and apply is answered with 415.
	FieldManager FieldManager
	// TokenIssuer signs service account tokens. Nil: requests for one are
	// answered with 503.
	TokenIssuer TokenIssuer
	// Virtual answers creates of resources that are not stored, such as reviews.
	// Virtual resources without an entry are answered with 503.
	Virtual map[meta.GroupResource]Virtual
	// BookmarkInterval is how often a watch that allows bookmarks gets one.
	// Zero means a minute.
	BookmarkInterval time.Duration
	// FreshnessTimeout is how long a read waits for a resourceVersion that the
	// caches have not reached. Zero means 3 seconds.
	FreshnessTimeout time.Duration
}

// Virtual answers one create of a resource that is not stored: it returns obj
// with its status filled in. Objects are in the requested version.
type Virtual func(ctx context.Context, q *Request, obj meta.Object) (meta.Object, error)

// PortRange is an inclusive range of ports.
type PortRange struct{ First, Last int32 }

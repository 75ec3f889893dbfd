package registry

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/cache"
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
	// SecondaryServiceCIDR is a range of the other family, which makes Services
	// dual-stack that ask for it. The zero value is none.
	SecondaryServiceCIDR netip.Prefix
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
	// StorePrefix is what all keys begin with. The empty one is "/registry", which is
	// Kubernetes' too.
	StorePrefix string
	// StoreJSON keeps all objects as JSON. Otherwise those are in the protobuf
	// envelope whose types have such a form. Either is read.
	StoreJSON bool
	// StoreOf returns the store for the objects of one resource: given itself, or
	// one around it, such as one that encrypts, or another. Nil: the one for all.
	StoreOf func(resource meta.GroupResource, given storage.Store) storage.Store
	// BookmarkInterval is how often a watch that allows bookmarks gets one.
	// Zero means a minute.
	BookmarkInterval time.Duration
	// FreshnessTimeout is how long a read waits for a resourceVersion that the
	// caches have not reached. Zero means 3 seconds.
	FreshnessTimeout time.Duration
	// StartTimeout is how long [Registry.WaitReady] waits for caches to be filled:
	// after that what is stored of the others can be served, and reads of these wait.
	// Zero means for ever.
	StartTimeout time.Duration
	// DeleteWorkers is how many objects of a collection are deleted at once. Zero
	// means 32: enough that the store can write many in one go.
	DeleteWorkers int
	// FormBytes bounds the memory for encoded forms of objects, which make reads
	// cheap. Zero means 32 MiB and a third of what the objects take as they are stored;
	// in that lists of all objects fit in every form, as neighbours are compressed together.
	FormBytes int64
}

func (o *Options) formBudget() *cache.Budget {
	if o.FormBytes == 0 {
		return cache.NewGrowingBudget(32<<20, 33)
	}
	return cache.NewBudget(o.FormBytes)
}

// Virtual answers one create of a resource that is not stored: it returns obj
// with its status filled in. Objects are in the requested version.
type Virtual func(ctx context.Context, q *Request, obj meta.Object) (scheme.Typed, error)

// VirtualRead returns the objects of a resource that is not stored, in the
// requested version. What a request selects of them is the registry's part.
type VirtualRead func(ctx context.Context, q *Request) ([]meta.Object, error)

// PortRange is an inclusive range of ports.
type PortRange struct{ First, Last int32 }

// complete fills in defaults and reports what cannot work.
func (o Options) complete() (Options, error) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Names == nil {
		o.Names = names.Random{}
	}
	if o.ServiceCIDR == (netip.Prefix{}) {
		o.ServiceCIDR = netip.MustParsePrefix("10.0.0.0/24")
	}
	if o.NodePorts == (PortRange{}) {
		o.NodePorts = PortRange{First: 30000, Last: 32767}
	}
	if o.StorePrefix == "" {
		o.StorePrefix = "/registry"
	}
	// As Kubernetes reads it: a slash in front, and one behind.
	o.StorePrefix = "/" + strings.Trim(o.StorePrefix, "/") + "/"
	if o.BookmarkInterval == 0 {
		o.BookmarkInterval = time.Minute
	}
	if o.FreshnessTimeout == 0 {
		o.FreshnessTimeout = 3 * time.Second
	}
	if o.DeleteWorkers <= 0 {
		o.DeleteWorkers = 32
	}
	if !o.ServiceCIDR.IsValid() || o.ServiceCIDR.Addr().BitLen()-o.ServiceCIDR.Bits() < 3 {
		return o, fmt.Errorf("service CIDR %s has room for less than 8 addresses", o.ServiceCIDR)
	}
	o.ServiceCIDR = o.ServiceCIDR.Masked()
	if second := o.SecondaryServiceCIDR; second != (netip.Prefix{}) {
		if !second.IsValid() || second.Addr().BitLen()-second.Bits() < 3 {
			return o, fmt.Errorf("service CIDR %s has room for less than 8 addresses", second)
		}
		if second.Addr().Is4() == o.ServiceCIDR.Addr().Is4() {
			return o, fmt.Errorf("service CIDRs %s and %s are of the same family", o.ServiceCIDR, second)
		}
		o.SecondaryServiceCIDR = second.Masked()
	}
	if p := o.NodePorts; p.First < 1 || p.Last > 65535 || p.First > p.Last {
		return o, fmt.Errorf("node ports %d to %d are no range of ports", p.First, p.Last)
	}
	return o, nil
}

// serviceCIDRs are the one or two ranges that there are.
func (o *Options) serviceCIDRs() []netip.Prefix {
	if o.SecondaryServiceCIDR.IsValid() {
		return []netip.Prefix{o.ServiceCIDR, o.SecondaryServiceCIDR}
	}
	return []netip.Prefix{o.ServiceCIDR}
}

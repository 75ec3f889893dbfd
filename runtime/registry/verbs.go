package registry

import (
	"context"
	"errors"
	"iter"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/storage"
)

var errSoon = errors.New("being written")

type Item struct{}

func ItemOf(r *scheme.Resource, obj meta.Object) Item        { return Item{} }
func (i Item) Resource() *scheme.Resource                    { return nil }
func (i Item) Name() string                                  { return "" }
func (i Item) Namespace() string                             { return "" }
func (i Item) ResourceVersion() string                       { return "" }
func (i Item) Bytes(f Form) ([]byte, error)                  { return nil, errSoon } // whole, with kind and apiVersion; shared, read-only
func (i Item) ListBytes(f Form) ([]byte, error)              { return nil, errSoon } // as an element of a list (built-in kinds: no kind and apiVersion; protobuf: bare message)
func (i Item) Object() (meta.Object, error)                  { return nil, errSoon } // requested version; shared, read-only

type Registry struct{}

func New(s *scheme.Scheme, store storage.Store, o Options) (*Registry, error) { return nil, errSoon }
func (r *Registry) Scheme() *scheme.Scheme                                  { return nil }
func (r *Registry) Run(ctx context.Context) error                           { return errSoon }
func (r *Registry) WaitReady(ctx context.Context) error                     { return errSoon }
func (r *Registry) Client(u *auth.User) client.Client                       { return nil }

// Bootstrap creates namespaces, priority classes, the kubernetes Service; idempotent.
func (r *Registry) Bootstrap(ctx context.Context, b BootstrapOptions) error { return errSoon }

func (r *Registry) Get(ctx context.Context, q *Request, o meta.GetOptions) (Item, error) { return Item{}, errSoon }
func (r *Registry) List(ctx context.Context, q *Request, o meta.ListOptions) (*List, error) { return nil, errSoon }

// Watch: the error is for the HTTP answer before the stream (400, 422...); errors in
// the sequence are to be sent as an ERROR event (410 Expired ...), which is the last.
func (r *Registry) Watch(ctx context.Context, q *Request, o meta.ListOptions) (iter.Seq2[Event, error], error) { return nil, errSoon }
func (r *Registry) Create(ctx context.Context, q *Request, obj meta.Object, o meta.CreateOptions) (meta.Object, error) { return nil, errSoon }
func (r *Registry) Update(ctx context.Context, q *Request, obj meta.Object, o meta.UpdateOptions) (_ meta.Object, created bool, _ error) { return nil, false, errSoon }
func (r *Registry) Patch(ctx context.Context, q *Request, p client.Patch, o meta.PatchOptions) (_ meta.Object, created bool, _ error) { return nil, false, errSoon }
func (r *Registry) Delete(ctx context.Context, q *Request, o meta.DeleteOptions) (Deleted, error) { return Deleted{}, errSoon }
func (r *Registry) DeleteCollection(ctx context.Context, q *Request, o meta.DeleteOptions, l meta.ListOptions) (*List, error) { return nil, errSoon }

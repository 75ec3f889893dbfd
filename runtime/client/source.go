package client

import (
	"context"
	"iter"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Source is what a [Client] in the server's own process offers besides, so
// that a [Cache] can stand directly on the server's objects. A Client that
// does not implement it is listed in the ordinary way; nothing else changes.
type Source interface {
	// ListShared is List without the copies: it returns the objects that at and
	// opts select as of one resource version, shared with the server and with
	// every other caller, hence read-only. A watch from that resource version
	// misses nothing and repeats nothing. The sequence may be ranged over once;
	// an error in it is the last thing it yields.
	//
	// Where it can, the server hands out the same pointer for the same state of
	// an object, here and in the events of Watch, so that many caches of one
	// resource hold one copy. With at.MetadataOnly objects are
	// *meta.PartialObjectMetadata, and the rest of them need not be decoded.
	ListShared(ctx context.Context, at Target, opts meta.ListOptions) (resourceVersion string, objects iter.Seq2[meta.Object, error], err error)
}

// Discoverer is implemented by a [Client] that can say which resources its
// server has right now, those included that its Scheme does not know. See
// [Discover] for Clients that cannot.
type Discoverer interface {
	// Discover returns every resource of every served version, subresources
	// left out. If parts of the API cannot be reached it returns what it found
	// together with an error.
	Discover(ctx context.Context) ([]ResourceInfo, error)
}

package auth

import (
	"context"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Reader reads the objects that decide who somebody is and what they may do,
// such as the Pod that a token is bound to. Objects are shared and read-only. A
// missing one is a 404 *meta.StatusError. It must be safe for concurrent use.
type Reader interface {
	// Get returns an object in its hub version.
	Get(ctx context.Context, resource meta.GroupVersionResource, namespace, name string) (meta.Object, error)
}

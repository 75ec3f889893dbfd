package volume

import (
	"context"
	"log/slog"
	"reflect"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// Request is a call of a plug-in's Mount. It is used by one goroutine.
type Request struct {
	// Pod is shared and read-only, and the newest state that is known.
	Pod *corev1.Pod
	Spec
	Location
	// Client reads what Object does not.
	Client client.Client
	// NodeName is the node's.
	NodeName string
	Log      *slog.Logger

	manager *Manager
	again   bool // what was read before may be taken from memory
	used    map[objectKey]dependency
}

// FSGroup is the group that files of the Pod's volumes belong to, nil for none.
func (r *Request) FSGroup() *int64 {
	if sc := r.Pod.Spec.SecurityContext; sc != nil {
		return sc.FSGroup
	}
	return nil
}

// User is the one that all containers of the Pod run as, nil if they differ or
// do not say.
func (r *Request) User() *int64 {
	var user *int64
	if sc := r.Pod.Spec.SecurityContext; sc != nil {
		user = sc.RunAsUser
	}
	var same *int64
	for c := range containersOf(r.Pod) {
		own := user
		if c.SecurityContext != nil && c.SecurityContext.RunAsUser != nil {
			own = c.SecurityContext.RunAsUser
		}
		if own == nil || same != nil && *same != *own {
			return nil
		}
		same = own
	}
	return same
}

// Node reads the Pod's node, as it was at most a minute ago.
func (r *Request) Node(ctx context.Context) (*corev1.Node, error) { return r.manager.node(ctx) }

// WatchPod makes Mount be called again when the Pod changes.
func (r *Request) WatchPod() {
	if r.Pod.Annotations[sourceAnnotation] != "" && r.Pod.Annotations[sourceAnnotation] != "api" {
		return // from a file of the node: the API has only an image of it
	}
	use[corev1.Pod](r, r.Pod.Namespace, r.Pod.Name, r.Pod.ResourceVersion, "spec.nodeName="+r.NodeName)
}

// sourceAnnotation says where the kubelet has a Pod from.
const sourceAnnotation = "kubernetes.io/config.source"

// Object reads an object for a plug-in's Mount, which is called again when the
// object changes, appears or goes. The object is shared and read-only; the error
// is a meta.IsNotFound where there is none.
func Object[T any, P client.Pointer[T]](ctx context.Context, r *Request, namespace, name string) (*T, error) {
	key := objectKey{reflect.TypeFor[T](), namespace, name}
	if r.again {
		if obj, known := r.manager.objects.latest(key); known {
			use[T, P](r, namespace, name, "", "")
			if obj, ok := obj.(P); ok {
				return (*T)(obj), nil
			}
			return nil, meta.NotFound(meta.GroupResource{Resource: key.kind()}, name)
		}
	}
	obj, err := client.Of[T, P](r.Client).In(namespace).Get(ctx, name)
	switch {
	case err == nil:
		if !immutable(P(obj)) {
			use[T, P](r, namespace, name, P(obj).Metadata().ResourceVersion, "")
		}
		return obj, nil
	case meta.IsNotFound(err):
		use[T, P](r, namespace, name, absent, "")
		return nil, meta.NotFound(meta.GroupResource{Resource: key.kind()}, name)
	}
	return nil, err
}

// immutable reports whether an object says that it never changes.
func immutable(obj any) bool {
	var said *bool
	switch o := obj.(type) {
	case *corev1.ConfigMap:
		said = o.Immutable
	case *corev1.Secret:
		said = o.Immutable
	}
	return said != nil && *said
}

// use notes that a request depends on an object, which was seen at a version.
func use[T any, P client.Pointer[T]](r *Request, namespace, name, version, selector string) {
	if r.used == nil {
		r.used = map[objectKey]dependency{}
	}
	selector = joinSelectors("metadata.name="+name, selector)
	c, log := r.Client, r.Log
	r.used[objectKey{reflect.TypeFor[T](), namespace, name}] = dependency{
		version: version,
		follow: func(ctx context.Context, set func(meta.Object)) error {
			seen := false
			for change, err := range client.ResumingWatch(ctx, client.Of[T, P](c).In(namespace), meta.ListOptions{FieldSelector: selector}, log) {
				if err != nil {
					return err
				}
				switch change.Type {
				case client.Deleted:
					set(nil)
				case client.Bookmark:
					if !seen {
						set(nil) // the list is over and it was not in it
					}
				default:
					set(P(change.Object))
				}
				seen = true
			}
			return nil
		},
	}
}

func joinSelectors(a, b string) string {
	if b == "" {
		return a
	}
	return a + "," + b
}

// allocatable is what the node has for Pods.
func (r *Request) allocatable(ctx context.Context) (corev1.ResourceList, error) {
	if f := r.manager.opts.Allocatable; f != nil {
		return f(), nil
	}
	node, err := r.Node(ctx)
	if err != nil {
		return nil, err
	}
	return node.Status.Allocatable, nil
}

// nodeAge is how long a node is remembered that was read.
const nodeAge = time.Minute

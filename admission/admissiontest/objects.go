package admissiontest

import (
	"context"
	"slices"
	"sync"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Objects is an admission.Reader of objects that a test puts in. The zero value
// is empty. It is safe for concurrent use.
type Objects struct {
	mu  sync.Mutex
	all map[meta.GroupResource][]meta.Object
}

var _ admission.Reader = (*Objects)(nil)

// Put adds an object to a resource, in place of one of the same name.
func (o *Objects) Put(resource meta.GroupResource, obj meta.Object) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.all == nil {
		o.all = map[meta.GroupResource][]meta.Object{}
	}
	m := obj.Metadata()
	rest := slices.DeleteFunc(slices.Clone(o.all[resource]), func(have meta.Object) bool {
		return have.Metadata().Name == m.Name && have.Metadata().Namespace == m.Namespace
	})
	o.all[resource] = append(rest, obj)
}

// Get implements admission.Reader.
func (o *Objects) Get(_ context.Context, r meta.GroupVersionResource, namespace, name string) (meta.Object, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, obj := range o.all[r.GroupResource()] {
		if m := obj.Metadata(); m.Name == name && m.Namespace == namespace {
			return obj, nil
		}
	}
	return nil, meta.NotFound(r.GroupResource(), name)
}

// List implements admission.Reader.
func (o *Objects) List(_ context.Context, r meta.GroupVersionResource, namespace string) ([]meta.Object, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(o.all[r.GroupResource()]), func(obj meta.Object) bool {
		return namespace != "" && obj.Metadata().Namespace != namespace
	}), nil
}

// Create is a request to create obj in resource of version v1.
func Create(resource meta.GroupResource, obj meta.Object) *admission.Request {
	m := obj.Metadata()
	return &admission.Request{
		Operation: admission.Create, Name: m.Name, Namespace: m.Namespace, Object: obj,
		Resource: meta.GroupVersionResource{Group: resource.Group, Version: "v1", Resource: resource.Resource},
	}
}

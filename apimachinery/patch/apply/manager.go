package apply

import (
	"errors"
	"reflect"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/typed"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Manager keeps managedFields and applies patches for the kinds of a scheme.
// It is safe for concurrent use.
type Manager struct {
	scheme *scheme.Scheme
	types  types
	shapes shapes
}

// NewManager returns a Manager for the kinds of s.
func NewManager(s *scheme.Scheme) *Manager {
	return &Manager{scheme: s, types: types{known: map[reflect.Type]typed.ParseableType{}}}
}

// current stands for the write under way while the merge runs: what it takes
// is then added to the writer's entry.
const current = "current-operation"

// beforeFirstApply owns what an object held that nobody kept account of when
// it is first applied to.
const beforeFirstApply = "before-first-apply"

// unowned are fields that nobody owns: the server's own, and identity.
var unowned = fieldpath.NewSet(
	fieldpath.MakePathOrDie("apiVersion"), fieldpath.MakePathOrDie("kind"), fieldpath.MakePathOrDie("metadata"),
	fieldpath.MakePathOrDie("metadata", "name"), fieldpath.MakePathOrDie("metadata", "namespace"),
	fieldpath.MakePathOrDie("metadata", "creationTimestamp"), fieldpath.MakePathOrDie("metadata", "selfLink"),
	fieldpath.MakePathOrDie("metadata", "uid"), fieldpath.MakePathOrDie("metadata", "clusterName"),
	fieldpath.MakePathOrDie("metadata", "generation"), fieldpath.MakePathOrDie("metadata", "managedFields"),
	fieldpath.MakePathOrDie("metadata", "resourceVersion"),
)

// Update brings the account of changed up to date after a write other than an
// apply: live is what is stored, nil when changed is new; manager is who
// writes. Both are in the version that resource declares. changed is returned
// with its managedFields set; live is only read.
func (m *Manager) Update(live, changed meta.Object, resource *scheme.Resource, subresource, manager string, now meta.Time) (meta.Object, error) {
	given := changed.Metadata().ManagedFields
	if subresource == "" && given != nil && (len(given) == 0 || len(given) == 1 && codec.Equal(&given[0], &meta.ManagedFieldsEntry{})) {
		// The client says that it wants no account.
		changed.Metadata().ManagedFields = nil
		if live != nil {
			return changed, nil
		}
	}
	if live != nil && len(live.Metadata().ManagedFields) == 0 && len(given) == 0 {
		changed.Metadata().ManagedFields = nil // nobody keeps account of this object
		return changed, nil
	}
	if subresource != subresourceScale {
		if entries, ok := m.quickly(live, changed, resource, subresource, manager, now); ok {
			changed.Metadata().ManagedFields = entries
			return changed, nil
		}
	}
	return m.slowly(live, changed, resource, subresource, manager, now)
}

// slowly is Update by way of trees and sets.
func (m *Manager) slowly(live, changed meta.Object, resource *scheme.Resource, subresource, manager string, now meta.Time) (meta.Object, error) {
	a := m.accountFor(live, changed, subresource)
	if live != nil && len(a.sets) == 0 {
		changed.Metadata().ManagedFields = nil
		return changed, nil
	}
	if subresource == subresourceScale && live != nil {
		m.trackScale(a, live, changed, resource, manager)
		return changed, finish(a, changed)
	}
	before := live
	if before == nil {
		before = resource.New()
	}
	old, err := m.typedObject(before, resource)
	if err == nil {
		var next *typed.TypedValue
		if next, err = m.typedObject(changed, resource); err == nil {
			err = m.track(a, old, next, resource, owner{manager, meta.ManagedFieldsOperationUpdate, resource.GroupVersion.String(), subresource}, now)
		}
	}
	if err != nil {
		// An object that cannot be merged, such as one with a key twice that
		// validation lets pass, is still stored; the account stays as it was.
		a = m.accountFor(live, changed, subresource)
	}
	return changed, finish(a, changed)
}

// finish writes the account into obj.
func finish(a *account, obj meta.Object) error {
	a.fold()
	entries, err := a.encode()
	if err == nil {
		obj.Metadata().ManagedFields = entries
	}
	return err
}

// accountFor returns the account to go on from: the client's, if it sent one
// that can be read, else the stored one.
func (m *Manager) accountFor(live, changed meta.Object, subresource string) *account {
	if subresource == "" {
		if a, err := decode(changed.Metadata().ManagedFields); err == nil && len(a.sets) > 0 {
			return a
		}
	}
	if live != nil {
		if a, err := decode(live.Metadata().ManagedFields); err == nil {
			return a
		}
	}
	return newAccount()
}

// track lets the writer own what differs between old and next, and nobody else.
func (m *Manager) track(a *account, old, next *typed.TypedValue, resource *scheme.Resource, writer owner, now meta.Time) error {
	version := fieldpath.APIVersion(resource.GroupVersion.String())
	_, sets, err := m.updater(resource, writer.subresource).Update(old, next, version, a.sets.Copy(), current)
	if err != nil {
		return err
	}
	a.sets = sets
	taken, ok := sets[current]
	delete(sets, current)
	if !ok {
		a.forgetTimes()
		return nil
	}
	if mine := taken.Set().Difference(unowned); !mine.Empty() {
		key := writer.key()
		if have, ok := sets[key]; ok {
			mine = mine.Union(have.Set())
		}
		sets[key] = fieldpath.NewVersionedSet(mine, version, false)
		a.times[key] = &now
	}
	a.forgetTimes()
	return nil
}

func (a *account) forgetTimes() {
	for key := range a.times {
		if _, ok := a.sets[key]; !ok {
			delete(a.times, key)
		}
	}
}

// typedObject returns obj in the form that merges, without its managedFields.
func (m *Manager) typedObject(obj meta.Object, resource *scheme.Resource) (*typed.TypedValue, error) {
	kept := obj.Metadata().ManagedFields
	tree, err := codec.ToMap(obj)
	if err != nil {
		return nil, err
	}
	if len(kept) > 0 {
		if metadata, ok := tree["metadata"].(map[string]any); ok {
			delete(metadata, "managedFields")
		}
	}
	tree["apiVersion"], tree["kind"] = resource.GroupVersion.String(), resource.Kind
	return m.types.of(resource.Type).FromUnstructured(tree, typed.AllowDuplicates)
}

func (m *Manager) objectFrom(v *typed.TypedValue, into meta.Object) error {
	tree, ok := v.AsValue().Unstructured().(map[string]any)
	if !ok {
		return errors.New("it is not an object")
	}
	return codec.FromMap(tree, into)
}

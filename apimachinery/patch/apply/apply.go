package apply

import (
	"errors"
	"fmt"
	"reflect"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/merge"
	"sigs.k8s.io/structured-merge-diff/v6/typed"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Apply merges patch, an object in JSON that says all that manager wants, into
// live, which is nil when there is no such object, and returns the result as a
// new object with its managedFields set. Fields of others that it would change
// are an error (meta.ApplyConflict), unless force is set: then it takes them over.
//
// For the subresource "scale" live and the result are Scales which carry the
// managedFields of the object that is scaled.
//
// A patch of another kind or with managedFields is refused with 400. One that
// does not fit the type is a plain error, for which servers answer 500.
func (m *Manager) Apply(live meta.Object, patch []byte, resource *scheme.Resource, subresource, manager string, force bool, now meta.Time) (meta.Object, error) {
	if subresource != subresourceScale {
		return m.applyTo(live, patch, resource, subresource, manager, force, now)
	}
	if live == nil {
		return nil, meta.NotFound(resource.GroupResource(), "")
	}
	return m.applyScale(live, patch, resource, manager, force, now)
}

func (m *Manager) applyTo(live meta.Object, patch []byte, resource *scheme.Resource, subresource, manager string, force bool, now meta.Time) (meta.Object, error) {
	w := write{m: m, resource: resource, subresource: subresource, now: now}
	config, err := w.readPatch(patch)
	if err != nil {
		return nil, err
	}
	a := newAccount()
	base := live
	if live == nil {
		base = resource.New()
		base.TypeMetadata().SetGroupVersionKind(resource.GroupVersionKind())
	} else if known, err := decode(live.Metadata().ManagedFields); err == nil {
		a = known
	}
	wanted, stored, err := w.typed(config, base)
	if err != nil {
		return nil, err
	}
	if live != nil && len(a.sets) == 0 {
		nothing, err := m.typedObject(resource.New(), resource)
		if err != nil {
			return nil, meta.Plain(err)
		}
		if err := m.track(a, nothing, stored, resource, owner{beforeFirstApply, meta.ManagedFieldsOperationUpdate, resource.GroupVersion.String(), ""}, now); err != nil {
			return nil, meta.Plain(fmt.Errorf("failed to account for what is not applied: %w", err))
		}
	}
	merged, err := w.merge(a, stored, wanted, manager, force)
	if err != nil {
		return nil, err
	}
	var result meta.Object
	if merged == nil {
		// Nothing but the account changes.
		result = codec.Copy(base).(meta.Object)
	} else {
		result = resource.New()
		if err := m.objectFrom(merged, result); err != nil {
			return nil, meta.Plain(fmt.Errorf("failed to convert new object (%s) to proper version: unable to convert unstructured object to %s: %w",
				w.describe(config), resource.GroupVersionKind(), err))
		}
	}
	a.fold()
	if result.Metadata().ManagedFields, err = a.encode(); err != nil {
		return nil, err
	}
	return result, nil
}

// write is one apply under way.
type write struct {
	m           *Manager
	resource    *scheme.Resource // of the patch: for a scale that of Scales
	subresource string
	now         meta.Time
}

// readPatch reads a patch and refuses what is no object of the resource.
func (w write) readPatch(patch []byte) (map[string]any, error) {
	var tree any
	if _, err := codec.UnmarshalJSON(patch, &tree, codec.DecodeOptions{}); err != nil {
		return nil, meta.BadRequest("error decoding patch: " + err.Error())
	}
	config, ok := tree.(map[string]any)
	if !ok && tree != nil {
		return nil, meta.BadRequest("error decoding patch: an apply patch must be an object")
	}
	text, _ := config["apiVersion"].(string)
	kind, _ := config["kind"].(string)
	gv, err := meta.ParseGroupVersion(text)
	if err != nil {
		return nil, meta.BadRequest(err.Error())
	}
	if gvk := gv.WithKind(kind); gvk != w.resource.GroupVersionKind() {
		return nil, meta.BadRequest(fmt.Sprintf("invalid object type: %s", gvk))
	}
	if metadata, ok := config["metadata"].(map[string]any); ok {
		if metadata["managedFields"] != nil {
			return nil, meta.BadRequest("metadata.managedFields must be nil")
		}
		delete(metadata, "managedFields")
	}
	return config, nil
}

// typed returns the patch and the stored object in the form that merges.
func (w write) typed(config map[string]any, base meta.Object) (wanted, stored *typed.TypedValue, err error) {
	if wanted, err = w.m.types.of(w.resource.Type).FromUnstructured(config); err != nil {
		return nil, nil, meta.Plain(fmt.Errorf("failed to create typed patch object (%s): %w", w.describe(config), err))
	}
	if stored, err = w.m.typedObject(base, w.resource); err != nil {
		return nil, nil, meta.Plain(fmt.Errorf("failed to create typed live object (%s/%s; %s): %w",
			base.Metadata().Namespace, base.Metadata().Name, w.resource.GroupVersionKind(), err))
	}
	return wanted, stored, nil
}

// merge brings the account up to date and returns the merged object, or nil if
// it is what is stored.
func (w write) merge(a *account, stored, wanted *typed.TypedValue, manager string, force bool) (*typed.TypedValue, error) {
	version := fieldpath.APIVersion(w.resource.GroupVersion.String())
	writer := owner{manager, meta.ManagedFieldsOperationApply, "", w.subresource}.key()
	was, had := a.sets[writer]
	merged, sets, err := w.m.updater(w.resource, w.subresource).Apply(stored, wanted, version, a.sets.Copy(), writer, force)
	if err != nil {
		if conflicts, ok := errors.AsType[merge.Conflicts](err); ok {
			return nil, conflictError(conflicts, a)
		}
		return nil, meta.Plain(err)
	}
	a.sets = sets
	set, has := sets[writer]
	if has {
		if mine := set.Set().Difference(unowned); mine.Empty() {
			delete(sets, writer)
			has = false
		} else {
			set = fieldpath.NewVersionedSet(mine, set.APIVersion(), true)
			sets[writer] = set
		}
	}
	if has && (merged != nil || !had || !was.Set().Equals(set.Set())) {
		a.times[writer] = &w.now
	}
	a.forgetTimes()
	return merged, nil
}

// describe names the patch in messages, by what it says itself.
func (w write) describe(config map[string]any) string {
	metadata, _ := config["metadata"].(map[string]any)
	namespace, _ := metadata["namespace"].(string)
	name, _ := metadata["name"].(string)
	return fmt.Sprintf("%s/%s; %s", namespace, name, w.resource.GroupVersionKind())
}

// planOf returns the plan of an object's own type.
func planOf(obj meta.Object) (*codec.Plan, error) { return codec.PlanFor(reflect.TypeOf(obj).Elem()) }

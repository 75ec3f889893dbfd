package apply

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

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
	return w.apply(live, patch, manager, force)
}

func (w write) apply(live meta.Object, patch []byte, manager string, force bool) (meta.Object, error) {
	config, err := w.readPatch(patch)
	if err != nil {
		return nil, err
	}
	result, err := w.applied(live, config, manager, force)
	if err != nil {
		return nil, err
	}
	if w.resource.Unreadable != nil {
		if err := w.resource.Unreadable(result); err != nil {
			return nil, meta.Plain(fmt.Errorf("failed to convert to unversioned (%s): %w", w.describe(config), err))
		}
	}
	if manager == kubectl {
		return result, renewLastApplied(result, config)
	}
	return result, nil
}

// applied is apply of what was read.
func (w write) applied(live meta.Object, config map[string]any, manager string, force bool) (meta.Object, error) {
	m, resource, subresource, now := w.m, w.resource, w.subresource, w.now
	if live == nil {
		if result, ok := w.anew(config, manager); ok {
			return result, nil
		}
	} else if result, ok := w.directly(live, config, manager, force); ok {
		return result, nil
	}
	a := newAccount()
	base := live
	if live == nil {
		base = resource.New()
		base.TypeMetadata().SetGroupVersionKind(resource.GroupVersionKind())
	} else if known, err := decode(live.Metadata().ManagedFields); err == nil {
		a = known
	}
	if live != nil && len(a.sets) == 0 {
		if err := m.accountBefore(a, base, resource, now); err != nil {
			return nil, err
		}
	}
	writer := owner{manager, meta.ManagedFieldsOperationApply, "", subresource}.key()
	fields := touched{config: config}
	if had, ok := a.sets[writer]; ok {
		fields.last = had.Set()
	}
	sh := w.narrows(a, base)
	wanted, stored, err := w.typed(config, base, sh, fields)
	if err != nil {
		return nil, err
	}
	agreed := func() *fieldpath.Set { return nil }
	if manager == kubectl && live != nil {
		agreed = func() *fieldpath.Set { return w.lastApplied(live) }
	}
	merged, err := w.merge(a, stored, wanted, writer, force, agreed)
	if err != nil {
		return nil, err
	}
	result := resource.New()
	if merged != nil {
		if err := m.objectFrom(merged, result); err != nil {
			return nil, meta.Plain(fmt.Errorf("failed to convert new object (%s) to proper version: unable to convert unstructured object to %s: %w",
				w.describe(config), resource.GroupVersionKind(), err))
		}
	}
	if merged == nil || sh != nil {
		// The rest is as it was.
		whole := codec.Copy(base).(meta.Object)
		if merged != nil {
			sh.take(reflect.ValueOf(whole).Elem(), reflect.ValueOf(result).Elem(), fields)
		}
		result = whole
	}
	a.fold()
	if result.Metadata().ManagedFields, err = a.encode(); err != nil {
		return nil, err
	}
	return result, nil
}

// accountBefore gives all that an object holds which nobody kept account of to
// an owner of its own, so that the first applier does not remove it.
func (m *Manager) accountBefore(a *account, live meta.Object, resource *scheme.Resource, now meta.Time) error {
	nothing, err := m.typedObject(resource.New(), resource)
	if err != nil {
		return meta.Plain(err)
	}
	stored, err := m.typedObject(live, resource)
	if err != nil {
		return meta.Plain(err)
	}
	everything := owner{beforeFirstApply, meta.ManagedFieldsOperationUpdate, resource.GroupVersion.String(), ""}
	if err := m.track(a, nothing, stored, resource, everything, now); err != nil {
		return meta.Plain(fmt.Errorf("failed to account for what is not applied: %w", err))
	}
	return nil
}

// write is one apply under way.
type write struct {
	m           *Manager
	resource    *scheme.Resource // of the patch: for a scale that of Scales
	subresource string
	now         meta.Time
	wide        bool // never look at parts only
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
		gv, kind = meta.GroupVersion{}, "" // so that it is no kind at all
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

// typed returns the patch and the stored object in the form that merges, of
// the latter only what is touched if sh is not nil.
func (w write) typed(config map[string]any, base meta.Object, sh *shape, fields touched) (wanted, stored *typed.TypedValue, err error) {
	parseable := w.m.types.of(w.resource.Type)
	if wanted, err = parseable.FromUnstructured(config); err != nil {
		return nil, nil, meta.Plain(fmt.Errorf("failed to create typed patch object (%s): %w", w.describe(config), err))
	}
	if sh != nil {
		var tree map[string]any
		if tree, err = sh.part(reflect.ValueOf(base).Elem(), fields); err == nil {
			tree["apiVersion"], tree["kind"] = w.resource.GroupVersion.String(), w.resource.Kind
			stored, err = parseable.FromUnstructured(tree, typed.AllowDuplicates)
		}
	} else {
		stored, err = w.m.typedObject(base, w.resource)
	}
	if err != nil {
		return nil, nil, meta.Plain(fmt.Errorf("failed to create typed live object (%s/%s; %s): %w",
			base.Metadata().Namespace, base.Metadata().Name, w.resource.GroupVersionKind(), err))
	}
	return wanted, stored, nil
}

// merge brings the account up to date and returns the merged object, or nil if
// it is what is stored. Conflicts over what is agreed are none.
func (w write) merge(a *account, stored, wanted *typed.TypedValue, writer string, force bool, agreed func() *fieldpath.Set) (*typed.TypedValue, error) {
	version := fieldpath.APIVersion(w.resource.GroupVersion.String())
	updater := w.m.updater(w.resource, w.subresource)
	merged, sets, err := updater.Apply(stored, wanted, version, a.sets.Copy(), writer, force)
	if conflicts, ok := errors.AsType[merge.Conflicts](err); ok {
		if set := agreed(); set != nil {
			conflicts = slices.DeleteFunc(slices.Clone(conflicts), func(c merge.Conflict) bool { return set.Has(c.Path) })
		}
		if len(conflicts) > 0 {
			return nil, conflictError(conflicts, a)
		}
		merged, sets, err = updater.Apply(stored, wanted, version, a.sets.Copy(), writer, true)
	}
	if err != nil {
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
	if has && merged != nil {
		a.times[writer] = &w.now // of the last change: there may have been none yet
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

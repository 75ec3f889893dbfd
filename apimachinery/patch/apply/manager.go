package apply

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/merge"
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
	a := m.accountFor(live, changed, subresource)
	if live != nil && len(a.sets) == 0 {
		changed.Metadata().ManagedFields = nil // nobody keeps account of this object
		return changed, nil
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
	a.fold()
	entries, err := a.encode()
	if err != nil {
		return nil, err
	}
	changed.Metadata().ManagedFields = entries
	return changed, nil
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

// Apply merges patch, an object in JSON that says all that manager wants, into
// live, which is nil when there is no such object, and returns the result as a
// new object with its managedFields set. Fields of others that it would change
// are an error (meta.ApplyConflict), unless force is set: then it takes them over.
func (m *Manager) Apply(live meta.Object, patch []byte, resource *scheme.Resource, subresource, manager string, force bool, now meta.Time) (meta.Object, error) {
	gvk := resource.GroupVersionKind()
	var tree any
	if _, err := codec.UnmarshalJSON(patch, &tree, codec.DecodeOptions{}); err != nil {
		return nil, meta.BadRequest("error decoding YAML: " + err.Error())
	}
	config, ok := tree.(map[string]any)
	if !ok {
		return nil, meta.BadRequest("error decoding patch: an apply patch must be an object")
	}
	if version, _ := config["apiVersion"].(string); version != resource.GroupVersion.String() {
		return nil, meta.BadRequest(fmt.Sprintf("Incorrect version specified in apply patch. Specified patch version: %s, expected: %s", version, resource.GroupVersion))
	}
	if metadata, ok := config["metadata"].(map[string]any); ok {
		if metadata["managedFields"] != nil {
			return nil, meta.BadRequest("metadata.managedFields must be nil")
		}
		delete(metadata, "managedFields")
	}
	parseable := m.types.of(resource.Type)
	wanted, err := parseable.FromUnstructured(config)
	if err != nil {
		return nil, meta.Plain(fmt.Errorf("failed to create typed patch object (%s; %s): %w", nameIn(config), gvk, err))
	}

	a, base := newAccount(), live
	if live != nil {
		if a, err = decode(live.Metadata().ManagedFields); err != nil {
			a = newAccount()
		}
	} else {
		base = resource.New()
		base.TypeMetadata().SetGroupVersionKind(gvk)
	}
	stored, err := m.typedObject(base, resource)
	if err != nil {
		return nil, meta.Plain(fmt.Errorf("failed to create typed live object (%s/%s; %s): %w", base.Metadata().Namespace, base.Metadata().Name, gvk, err))
	}
	version := fieldpath.APIVersion(resource.GroupVersion.String())
	if live != nil && len(a.sets) == 0 {
		nothing, err := m.types.of(resource.Type).FromUnstructured(map[string]any{})
		if err != nil {
			return nil, meta.Plain(err)
		}
		if err := m.track(a, nothing, stored, resource, owner{beforeFirstApply, meta.ManagedFieldsOperationUpdate, string(version), ""}, now); err != nil {
			return nil, meta.Plain(fmt.Errorf("failed to account for what is not applied: %w", err))
		}
	}
	writer := owner{manager, meta.ManagedFieldsOperationApply, "", subresource}.key()
	before := a.sets.Copy()
	merged, sets, err := m.updater(resource, subresource).Apply(stored, wanted, version, a.sets, writer, force)
	if err != nil {
		if conflicts, ok := errors.AsType[merge.Conflicts](err); ok {
			return nil, conflictError(conflicts, a)
		}
		return nil, meta.Plain(err)
	}
	a.sets = sets
	if set, ok := sets[writer]; ok {
		if mine := set.Set().Difference(unowned); mine.Empty() {
			delete(sets, writer)
		} else {
			sets[writer] = fieldpath.NewVersionedSet(mine, set.APIVersion(), true)
		}
	}
	if was, ok := before[writer]; merged != nil || !ok && sets[writer] != nil || ok && sets[writer] != nil && !was.Set().Equals(sets[writer].Set()) {
		a.times[writer] = &now
	}
	a.forgetTimes()

	result := resource.New()
	if merged == nil {
		result = codec.Copy(base).(meta.Object)
	} else if err := m.objectFrom(merged, result); err != nil {
		return nil, meta.Plain(fmt.Errorf("failed to convert the merged object: %w", err))
	}
	a.fold()
	if result.Metadata().ManagedFields, err = a.encode(); err != nil {
		return nil, err
	}
	return result, nil
}

func nameIn(config map[string]any) string {
	metadata, _ := config["metadata"].(map[string]any)
	namespace, _ := metadata["namespace"].(string)
	name, _ := metadata["name"].(string)
	return namespace + "/" + name
}

// conflictError words conflicts as Kubernetes does.
func conflictError(conflicts merge.Conflicts, a *account) *meta.StatusError {
	slices.SortFunc(conflicts, func(x, y merge.Conflict) int {
		if c := strings.Compare(describe(x.Manager, a), describe(y.Manager, a)); c != 0 {
			return c
		}
		return x.Path.Compare(y.Path)
	})
	var causes []meta.StatusCause
	var managers []string
	paths := map[string][]string{}
	for _, c := range conflicts {
		who := describe(c.Manager, a)
		causes = append(causes, meta.StatusCause{Type: meta.CauseTypeFieldManagerConflict, Message: "conflict with " + who, Field: c.Path.String()})
		if paths[who] == nil {
			managers = append(managers, who)
		}
		paths[who] = append(paths[who], c.Path.String())
	}
	if len(conflicts) == 1 {
		return meta.ApplyConflict(causes, fmt.Sprintf("Apply failed with 1 conflict: conflict with %s: %s", managers[0], causes[0].Field))
	}
	var messages []string
	for _, who := range managers {
		messages = append(messages, "conflicts with "+who+":\n- "+strings.Join(paths[who], "\n- "))
	}
	return meta.ApplyConflict(causes, fmt.Sprintf("Apply failed with %d conflicts: %s", len(conflicts), strings.Join(messages, "\n")))
}

// describe names an owner in a conflict.
func describe(key string, a *account) string {
	o := ownerOf(key)
	text := fmt.Sprintf("%q", o.manager)
	if o.subresource != "" {
		text += fmt.Sprintf(" with subresource %q", o.subresource)
	}
	if o.operation == meta.ManagedFieldsOperationUpdate {
		if o.version != "" {
			text += " using " + o.version
		}
	}
	return text
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

package apply

import (
	"fmt"
	"reflect"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

const subresourceScale = "scale"

// What a Scale and the objects that have one call the field that it is about.
var (
	replicasPath  = fieldpath.MakePathOrDie("spec", "replicas")
	replicasField = fieldpath.NewSet(replicasPath)
)

// scaleKind is what a Scale is served as, whatever is scaled.
var scaleKind = meta.GroupVersionKind{Group: "autoscaling", Version: "v1", Kind: "Scale"}

// toScale returns the account of a Scale: of every owner of the object's
// replicas, that it owns the Scale's.
func (a *account) toScale() *account {
	version := fieldpath.APIVersion(scaleKind.GroupVersion().String())
	scale := newAccount()
	for key, set := range a.sets {
		if set.Set().Has(replicasPath) {
			key = ownerOf(key).in(string(version)).key()
			scale.sets[key] = fieldpath.NewVersionedSet(replicasField, version, set.Applied())
		}
	}
	return scale
}

// fromScale brings the account of an object up to date after a write to its
// Scale: who no longer owns the replicas there has lost them here, and who is
// new owns them under the subresource. Such entries have no time.
func (a *account) fromScale(scale *account, version string) {
	path := fieldpath.APIVersion(scaleKind.GroupVersion().String())
	for key, set := range a.sets {
		if !set.Set().Has(replicasPath) {
			continue
		}
		there := ownerOf(key).in(string(path)).key()
		if kept, ok := scale.sets[there]; ok && kept.Set().Has(replicasPath) {
			delete(scale.sets, there)
			continue
		}
		if rest := set.Set().Difference(replicasField); rest.Empty() {
			delete(a.sets, key)
		} else {
			a.sets[key] = fieldpath.NewVersionedSet(rest, set.APIVersion(), set.Applied())
		}
	}
	for key, set := range scale.sets {
		if !set.Set().Has(replicasPath) {
			continue
		}
		mine := replicasField
		key = ownerOf(key).in(version).key()
		if have, ok := a.sets[key]; ok {
			mine = mine.Union(have.Set())
		}
		a.sets[key] = fieldpath.NewVersionedSet(mine, fieldpath.APIVersion(version), set.Applied())
	}
	a.forgetTimes()
}

// in returns the same owner as the speaker of another version.
func (o owner) in(version string) owner {
	o.version = version
	return o
}

// applyScale applies to a Scale that carries the account of what it scales.
func (m *Manager) applyScale(live meta.Object, patch []byte, parent *scheme.Resource, manager string, force bool, now meta.Time) (meta.Object, error) {
	plan, err := planOf(live)
	if err != nil {
		return nil, meta.Plain(err)
	}
	resource := &scheme.Resource{
		GroupVersion: scaleKind.GroupVersion(), Kind: scaleKind.Kind, Type: plan,
		New: func() meta.Object { return reflect.New(plan.Type).Interface().(meta.Object) },
	}
	w := write{m: m, resource: resource, subresource: subresourceScale, now: now}
	config, err := w.readPatch(patch)
	if err != nil {
		return nil, err
	}
	wanted, stored, err := w.typed(config, live, nil, touched{})
	if err != nil {
		return nil, err
	}
	a := newAccount()
	if known, err := decode(live.Metadata().ManagedFields); err == nil {
		a = known
	}
	scale := a.toScale()
	writer := owner{manager, meta.ManagedFieldsOperationApply, "", subresourceScale}.key()
	merged, err := w.merge(scale, stored, wanted, writer, force, func() *fieldpath.Set { return nil })
	if err != nil {
		return nil, err
	}
	result := codec.Copy(live).(meta.Object)
	if merged != nil {
		result = resource.New()
		if err := m.objectFrom(merged, result); err != nil {
			return nil, meta.Plain(fmt.Errorf("failed to convert new object (%s) to proper version: unable to convert unstructured object to %s: %w",
				w.describe(config), resource.GroupVersionKind(), err))
		}
	}
	a.fromScale(scale, parent.GroupVersion.String())
	a.fold()
	if result.Metadata().ManagedFields, err = a.encode(); err != nil {
		return nil, err
	}
	return result, nil
}

// trackScale accounts for a write to an object through its Scale, which can
// only be of its replicas. A Scale does not tell none from zero: nobody owns
// either.
func (m *Manager) trackScale(a *account, old, next meta.Object, resource *scheme.Resource, manager string) {
	before, after := replicasOf(old, resource), replicasOf(next, resource)
	if before == after {
		return
	}
	scale := a.toScale()
	clear(scale.sets)
	if after != 0 {
		version := fieldpath.APIVersion(scaleKind.GroupVersion().String())
		writer := owner{manager, meta.ManagedFieldsOperationUpdate, string(version), subresourceScale}
		scale.sets[writer.key()] = fieldpath.NewVersionedSet(replicasField, version, false)
	}
	a.fromScale(scale, resource.GroupVersion.String())
}

// replicasOf reads spec.replicas of any object.
func replicasOf(obj meta.Object, resource *scheme.Resource) int64 {
	if resource.Scale != nil && resource.Scale.Replicas != nil {
		return int64(resource.Scale.Replicas(obj))
	}
	tree, err := codec.ToMap(obj)
	if err != nil {
		return 0
	}
	spec, _ := tree["spec"].(map[string]any)
	n, _ := spec["replicas"].(int64)
	return n
}

package apply

import (
	"bytes"
	"reflect"
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Most applies say plain things: fields with values, some of them new, some no
// longer there. Neither trees of the object nor sets of paths are called for then:
// the patch is put into a copy of the typed object as it is gone through, and the
// account is edited as text. What is not as plain as that goes the long way, which
// comes to the same.

// direct is an apply under way on a typed object.
type direct struct {
	// set is the fields of the patch, differing those of them whose value is
	// another than the object had.
	set, differing *difference
	odd            bool // this takes the long way
}

func newDirect() *direct { return &direct{set: newDifference(), differing: newDifference()} }

func (a *direct) release() {
	a.set.release()
	a.differing.release()
}

// directly is apply on the typed object. ok is false for what is to go the long way,
// conflicts among it.
func (w write) directly(live meta.Object, config map[string]any, manager string, force bool) (_ meta.Object, ok bool) {
	if w.wide || w.resource.Type == nil || reflect.TypeOf(live).Elem() != w.resource.Type.Type {
		return nil, false
	}
	entries := live.Metadata().ManagedFields
	sh := w.m.shapes.of(w.resource.Type)
	skipped, plain := skipOf(w.resource, w.subresource)
	if sh == nil || !plain || !tracked(entries, w.resource.GroupVersion.String()) || tooMany(entries) {
		return nil, false
	}
	mine := slices.IndexFunc(entries, func(e meta.ManagedFieldsEntry) bool {
		return e.Manager == manager && e.Operation == meta.ManagedFieldsOperationApply && e.Subresource == w.subresource
	})
	a := newDirect()
	defer a.release()
	result := codec.Copy(live).(meta.Object)
	a.object(sh, config, reflect.ValueOf(result).Elem(), skipped, false)
	if a.bad() {
		return nil, false
	}
	text := a.owned()
	changed := !a.differing.empty()
	if mine >= 0 && !bytes.Equal(text, entries[mine].FieldsV1.Raw) {
		removed, ok := a.prune(sh, config, reflect.ValueOf(result).Elem(), skipped, entries, mine)
		if !ok {
			return nil, false
		}
		changed = changed || removed
	}
	if changed {
		result.TypeMetadata().SetGroupVersionKind(w.resource.GroupVersionKind())
	}
	if result.Metadata().ManagedFields, ok = w.entries(a, entries, mine, manager, force, changed, text); !ok {
		return nil, false
	}
	return result, true
}

// entries brings the account up to date. ok is false if there is a conflict, or
// a text that needs to be read with more care.
func (w write) entries(a *direct, entries []meta.ManagedFieldsEntry, mine int, manager string, force, changed bool, text []byte) (_ []meta.ManagedFieldsEntry, ok bool) {
	own := meta.ManagedFieldsEntry{
		Manager: manager, Operation: meta.ManagedFieldsOperationApply, APIVersion: w.resource.GroupVersion.String(),
		FieldsType: fieldsV1, Subresource: w.subresource,
	}
	out := make([]meta.ManagedFieldsEntry, 0, len(entries)+1)
	for i, e := range entries {
		if i == mine {
			own.Time = e.Time
			continue
		}
		if !a.differing.empty() {
			left, ok := a.differing.edit(a.differing.scratch[:0], e.FieldsV1.Raw, false)
			a.differing.scratch = left
			same := bytes.Equal(left, e.FieldsV1.Raw)
			if !ok || !same && !force {
				return nil, false
			}
			if string(left) == "{}" {
				continue
			}
			if !same {
				e.FieldsV1 = &meta.FieldsV1{Raw: bytes.Clone(left)}
			}
		}
		out = append(out, e)
	}
	if changed {
		own.Time = &w.now
	}
	if string(text) != "{}" {
		own.FieldsV1 = &meta.FieldsV1{Raw: text}
		out = append(out, own)
	}
	if len(out) == 0 {
		return nil, true
	}
	slices.SortFunc(out, compareEntries)
	return out, true
}

// tooMany says that some entries are to be folded into one.
func tooMany(entries []meta.ManagedFieldsEntry) bool {
	updaters := 0
	for i := range entries {
		if entries[i].Operation == meta.ManagedFieldsOperationUpdate {
			updaters++
		}
	}
	return updaters > maxUpdaters
}

// anew is apply for an object that is not there yet: all there is to it is the
// patch. ok is false for one that is not plain.
func (w write) anew(config map[string]any, manager string) (_ meta.Object, ok bool) {
	result := w.resource.New()
	if w.wide || w.resource.Type == nil || reflect.TypeOf(result).Elem() != w.resource.Type.Type {
		return nil, false
	}
	sh := w.m.shapes.of(w.resource.Type)
	skipped, plain := skipOf(w.resource, w.subresource)
	if sh == nil || !plain {
		return nil, false
	}
	a := newDirect()
	defer a.release()
	a.object(sh, config, reflect.ValueOf(result).Elem(), skipped, true)
	if a.bad() {
		return nil, false
	}
	if codec.Equal(result, w.resource.New()) {
		return nil, false // so that nothing changes, and there is no time of that
	}
	result.TypeMetadata().SetGroupVersionKind(w.resource.GroupVersionKind())
	result.Metadata().ManagedFields, ok = w.entries(a, nil, -1, manager, false, true, a.owned())
	return result, ok
}

// owned returns the fields of the patch as FieldsV1.
func (a *direct) owned() []byte { return append(a.set.append([]byte{'{'}, 0), '}') }

func (a *direct) bad() bool { return a.odd || a.set.unsure || a.differing.unsure }

// both opens the same node in both trees.
func (a *direct) both(set, differing int32, kind byte, text string) (i, j int32) {
	return a.set.open(set, kind, text), a.differing.open(differing, kind, text)
}

func (a *direct) close(set, differing, i, j int32) {
	a.set.close(set, i)
	a.differing.close(differing, j)
}

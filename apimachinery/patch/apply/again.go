package apply

import (
	"bytes"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Who applies does so again and again: the same fields, some with new values.
// Nothing comes or goes then but those values, so that neither sets nor a merge
// are called for: the patch is held against the typed object, and the values that
// differ are put into a copy of it. What is not as plain as that goes the long way,
// which comes to the same.

// again is an apply of the fields that the applier owns already.
type again struct {
	// set is the fields of the patch, differing those of them whose value is
	// another than the object has.
	set, differing *difference
	odd            bool // this is not such an apply
}

// again is apply for that case. ok is false if this is not one.
func (w write) again(live meta.Object, config map[string]any, manager string) (_ meta.Object, ok bool) {
	if w.wide || w.resource.Type == nil || reflect.TypeOf(live).Elem() != w.resource.Type.Type {
		return nil, false
	}
	entries := live.Metadata().ManagedFields
	mine := slices.IndexFunc(entries, func(e meta.ManagedFieldsEntry) bool {
		return e.Manager == manager && e.Operation == meta.ManagedFieldsOperationApply && e.Subresource == w.subresource
	})
	sh := w.m.shapes.of(w.resource.Type)
	skipped, plain := skipOf(w.resource, w.subresource)
	if mine < 0 || sh == nil || !plain || !tracked(entries, w.resource.GroupVersion.String()) {
		return nil, false
	}
	a := again{set: newDifference(), differing: newDifference()}
	defer a.set.release()
	defer a.differing.release()
	result := codec.Copy(live).(meta.Object)
	a.object(sh, config, reflect.ValueOf(result).Elem(), skipped)
	if a.bad() {
		return nil, false
	}
	text := append(a.set.append(append(a.set.scratch[:0], '{'), 0), '}')
	a.set.scratch = text
	if !bytes.Equal(text, entries[mine].FieldsV1.Raw) {
		return nil, false
	}
	if a.differing.empty() {
		return result, true
	}
	for i := range entries {
		if i == mine {
			continue
		}
		left, ok := a.differing.edit(a.differing.scratch[:0], entries[i].FieldsV1.Raw, false)
		a.differing.scratch = left
		if !ok || !bytes.Equal(left, entries[i].FieldsV1.Raw) {
			return nil, false // somebody else owns one of them
		}
	}
	owned := result.Metadata().ManagedFields
	owned[mine].Time = &w.now
	slices.SortFunc(owned, compareEntries)
	return result, true
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
	if problems, err := codec.DecodeMap(config, result, codec.DecodeOptions{Strict: true}); err != nil || len(problems) > 0 {
		return nil, false
	}
	empty := w.resource.New()
	*empty.TypeMetadata() = *result.TypeMetadata()
	if codec.Equal(result, empty) {
		return nil, false // so that nothing changes, and there is no time of that
	}
	a := again{set: newDifference(), differing: newDifference()}
	defer a.set.release()
	defer a.differing.release()
	a.object(sh, config, reflect.ValueOf(result).Elem(), skipped)
	if a.bad() || !a.differing.empty() {
		return nil, false
	}
	text := append(a.set.append([]byte{'{'}, 0), '}')
	if string(text) != "{}" {
		result.Metadata().ManagedFields = []meta.ManagedFieldsEntry{{
			Manager: manager, Operation: meta.ManagedFieldsOperationApply, APIVersion: w.resource.GroupVersion.String(), Time: &w.now,
			FieldsType: fieldsV1, FieldsV1: &meta.FieldsV1{Raw: text}, Subresource: w.subresource,
		}}
	}
	return result, true
}

func (a *again) bad() bool { return a.odd || a.set.unsure || a.differing.unsure }

// both opens the same node in both trees.
func (a *again) both(set, differing int32, kind byte, text string) (i, j int32) {
	return a.set.open(set, kind, text), a.differing.open(differing, kind, text)
}

func (a *again) close(set, differing, i, j int32) {
	a.set.close(set, i)
	a.differing.close(differing, j)
}

// object goes through a whole patch. Of what identifies an object it takes only
// what says the same.
func (a *again) object(sh *shape, config map[string]any, live reflect.Value, s skip) {
	left := len(config)
	for i := range sh.fields {
		f := &sh.fields[i]
		value, ok := config[f.name]
		if !ok {
			continue
		}
		left--
		switch {
		case f.name == "apiVersion" || f.name == "kind":
		case s.top(f.name) || f.name == "metadata" && f.shape.kind != codec.Struct:
			a.odd = true
		case f.name == "metadata":
			a.metadata(f, value, live, s)
		default:
			a.field(0, 0, f, value, live)
		}
	}
	a.odd = a.odd || left != 0
}

func (a *again) metadata(f *shapeField, value any, live reflect.Value, s skip) {
	tree, ok := value.(map[string]any)
	if !ok {
		a.odd = true
		return
	}
	i, j := a.both(0, 0, 'f', f.name)
	left, v := len(tree), f.of(live)
	for k := range f.shape.fields {
		inner := &f.shape.fields[k]
		value, ok := tree[inner.name]
		if !ok {
			continue
		}
		left--
		switch {
		case inner.name == "name" || inner.name == "namespace":
			a.odd = a.odd || value != inner.of(v).String()
		case s.meta(inner.name):
			a.odd = true
		default:
			a.field(i, j, inner, value, v)
		}
	}
	a.odd = a.odd || left != 0
	a.close(0, 0, i, j)
}

func (a *again) field(set, differing int32, f *shapeField, value any, live reflect.Value) {
	v := f.of(live)
	if a.bad() || value == nil || !f.present(v) {
		a.odd = true
		return
	}
	merge := f.shape.merge
	if f.whole {
		merge = whole
	}
	i, j := a.both(set, differing, 'f', f.name)
	a.value(i, j, f.shape, merge, value, v)
	a.close(set, differing, i, j)
}

// value holds one value of the patch against the object's, at an open node.
func (a *again) value(i, j int32, sh *shape, merge mergeKind, value any, live reflect.Value) {
	target, null := follow(live)
	switch {
	case null:
		a.odd = true
	case merge == whole:
		a.leaf(i, j, sh, value, live)
	case sh.kind == codec.Struct || sh.kind == codec.Map:
		tree, ok := value.(map[string]any)
		if !ok {
			a.odd = true
		} else if len(tree) == 0 {
			// Empty is a value of its own.
			a.set.nodes[i].changed = true
			a.odd = a.odd || !isBare(sh, target)
		} else if sh.kind == codec.Struct {
			a.fields(i, j, sh, tree, target)
		} else {
			a.entries(i, j, sh, tree, target)
		}
	default:
		items, ok := value.([]any)
		if !ok || len(items) == 0 || target.Kind() != reflect.Slice {
			a.odd = true
		} else {
			a.items(i, j, sh, items, target)
		}
	}
}

// isBare says that nothing is in a struct or a map.
func isBare(sh *shape, v reflect.Value) bool {
	if sh.kind == codec.Map {
		return v.Len() == 0
	}
	return !slices.ContainsFunc(sh.fields, func(f shapeField) bool { return f.present(f.of(v)) })
}

func (a *again) fields(i, j int32, sh *shape, tree map[string]any, live reflect.Value) {
	left := len(tree)
	for k := range sh.fields {
		if value, ok := tree[sh.fields[k].name]; ok {
			left--
			a.field(i, j, &sh.fields[k], value, live)
		}
	}
	a.odd = a.odd || left != 0
}

func (a *again) entries(i, j int32, sh *shape, tree map[string]any, live reflect.Value) {
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		was := entry(live, key)
		if !was.IsValid() || tree[key] == nil || a.bad() {
			a.odd = true
			return
		}
		// What a map holds cannot be set in place.
		into := reflect.New(was.Type()).Elem()
		into.Set(was)
		n, m := a.both(i, j, 'f', a.set.plain(key))
		a.value(n, m, sh.elem, sh.elem.merge, tree[key], into)
		if a.differing.nodes[m].changed || a.differing.nodes[m].first != none {
			live.SetMapIndex(reflect.ValueOf(key).Convert(live.Type().Key()), into)
		}
		a.close(i, j, n, m)
	}
}

// patchItem is an item of a list in a patch, and where the object has it.
type patchItem struct {
	text  string
	value any
	at    int
}

// items holds a list whose items have names against the object's. All of them
// have to be there already, in the same order.
func (a *again) items(i, j int32, sh *shape, items []any, live reflect.Value) {
	kind := byte('k')
	if sh.merge == setItems {
		kind = 'v'
	}
	have := make([]string, live.Len())
	for k := range have {
		var ok bool
		if have[k], ok = a.set.itemText(sh, live.Index(k)); !ok || slices.Contains(have[:k], have[k]) {
			a.odd = true
			return
		}
	}
	found := make([]patchItem, len(items))
	after := -1
	for k, value := range items {
		text, ok := a.itemText(sh, value)
		at := slices.Index(have, text)
		if !ok || at <= after {
			a.odd = true
			return
		}
		found[k], after = patchItem{text, value, at}, at
	}
	slices.SortFunc(found, func(x, y patchItem) int { return compareItems(x.text, y.text) })
	for _, item := range found {
		n, m := a.both(i, j, kind, item.text)
		a.set.nodes[n].changed = true
		if sh.merge == keyItems {
			a.value(n, m, sh.elem, sh.elem.merge, item.value, live.Index(item.at))
		}
		a.close(i, j, n, m)
	}
}

// itemText is what names an item of a patch, as difference.itemText does of a
// typed one.
func (a *again) itemText(sh *shape, value any) (string, bool) {
	d := a.set
	d.scratch = d.scratch[:0]
	if sh.merge == setItems {
		return a.scalarText(sh.elem.kind, value)
	}
	tree, ok := value.(map[string]any)
	if !ok {
		return "", false
	}
	text := []byte{'{'}
	for _, key := range sh.keys {
		value, there := tree[key.name]
		if !there {
			if !key.hasDefault {
				continue
			}
			value = key.def
		}
		scalar, ok := a.scalarText(key.shape.kind, value)
		if !ok {
			return "", false
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = append(append(append(text, `\"`...), key.name...), `\":`...)
		text = append(text, scalar...)
	}
	return string(append(text, '}')), len(text) > 1
}

func (a *again) scalarText(kind codec.Kind, value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return `\"` + v + `\"`, kind == codec.String && isPlain(v)
	case int64:
		return strconv.FormatInt(v, 10), kind == codec.Int
	case bool:
		return strconv.FormatBool(v), kind == codec.Bool
	}
	return "", false
}

// leaf holds a value that is owned as a whole against the object's, and puts it
// there if it differs.
func (a *again) leaf(i, j int32, sh *shape, value any, live reflect.Value) {
	a.set.nodes[i].changed = true
	v, null := follow(live)
	if null {
		a.odd = true
		return
	}
	same, ok := a.sameText(sh.kind, value, v)
	if same {
		return
	}
	if !ok {
		tree, err := treeOf(v)
		if err != nil || reflect.DeepEqual(tree, value) {
			a.odd = a.odd || err != nil
			return
		}
	}
	fresh, ok := decoded(value, live.Type())
	if !ok {
		a.odd = true
		return
	}
	a.differing.nodes[j].changed = true
	live.Set(fresh)
}

// sameText compares values of the simple kinds, and texts. ok is false for others,
// among them those of the wrong kind.
func (a *again) sameText(kind codec.Kind, value any, v reflect.Value) (same, ok bool) {
	switch value := value.(type) {
	case string:
		if kind == codec.Value && isPlain(value) {
			text, err := codec.AppendJSON(a.set.alt[:0], reference(v))
			a.set.alt = text
			return err == nil && len(text) == len(value)+2 && string(text[1:len(text)-1]) == value, false
		}
		return kind == codec.String && value == v.String(), kind == codec.String
	case int64:
		return kind == codec.Int && value == v.Int(), kind == codec.Int
	case bool:
		return kind == codec.Bool && value == v.Bool(), kind == codec.Bool
	}
	return false, false
}

func treeOf(v reflect.Value) (tree any, err error) {
	text, err := codec.MarshalJSON(reference(v))
	if err == nil {
		_, err = codec.UnmarshalJSON(text, &tree, codec.DecodeOptions{})
	}
	return tree, err
}

// decoded reads a value of a patch. ok is false unless it is written in the one
// way in which it comes back: trees are compared as they are, and 1000m is not 1.
func decoded(value any, t reflect.Type) (v reflect.Value, ok bool) {
	text, err := codec.MarshalJSON(value)
	if err != nil {
		return v, false
	}
	into := reflect.New(t)
	if _, err := codec.UnmarshalJSON(text, into.Interface(), codec.DecodeOptions{}); err != nil {
		return v, false
	}
	tree, err := treeOf(into.Elem())
	return into.Elem(), err == nil && reflect.DeepEqual(tree, value)
}

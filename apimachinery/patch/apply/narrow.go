package apply

import (
	"reflect"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// A patch touches but a few fields of an object, and an apply changes no others
// than these and those that the applier had before. So only these are made into
// trees and merged; lists and maps count as one.

// touched tells fields that an apply may change from others: those that the
// patch has and those that the applier owned.
type touched struct {
	config map[string]any
	last   *fieldpath.Set
	// single: the field itself may be set or removed, with all that is in it.
	single bool
}

// into returns what is touched below a field; ok is false if nothing is.
func (t touched) into(name string) (below touched, ok bool) {
	value, ok := t.config[name]
	below.config, _ = value.(map[string]any)
	// What the patch leaves out altogether goes with all that nobody owns in it.
	below.single = len(below.config) == 0
	if t.last != nil {
		pe := fieldpath.FieldNameElement(name)
		if t.last.Members.Has(pe) {
			ok, below.single = true, true
		}
		if set, has := t.last.Children.Get(pe); has {
			below.last, ok = set, true
		}
	}
	return below, ok
}

// opens says that a field is a struct whose own fields are looked at one by one.
func (f *shapeField) opens(v reflect.Value, t touched) bool {
	return f.shape.kind == codec.Struct && f.shape.merge == granular && !f.whole && v.Kind() == reflect.Struct && !t.single
}

// part returns the touched fields of the struct v as a tree.
func (sh *shape) part(v reflect.Value, t touched) (map[string]any, error) {
	tree, rest := map[string]any{}, map[string]any{}
	for i := range sh.fields {
		f := &sh.fields[i]
		below, ok := t.into(f.name)
		if !ok {
			continue
		}
		field := f.of(v)
		switch {
		case !f.present(field):
		case f.opens(field, below):
			sub, err := f.shape.part(field, below)
			if err != nil {
				return nil, err
			}
			tree[f.name] = sub
		default:
			rest[f.name] = reference(field)
		}
	}
	whole, err := codec.ToMap(rest)
	if err != nil {
		return nil, err
	}
	for name, value := range whole {
		tree[name] = value
	}
	return tree, nil
}

// take sets the touched fields of dst to what src has.
func (sh *shape) take(dst, src reflect.Value, t touched) {
	for i := range sh.fields {
		f := &sh.fields[i]
		below, ok := t.into(f.name)
		if !ok {
			continue
		}
		into, from := f.of(dst), f.of(src)
		if f.opens(into, below) {
			f.shape.take(into, from, below)
		} else {
			into.Set(from)
		}
	}
}

// narrows says whether the apply may look at parts of the object only, and
// returns its shape: not if others speak other versions, into which the whole
// object has to be converted.
func (w write) narrows(a *account, base meta.Object) *shape {
	if w.wide || reflect.TypeOf(base).Elem() != w.resource.Type.Type {
		return nil
	}
	for _, set := range a.sets {
		if string(set.APIVersion()) != w.resource.GroupVersion.String() {
			return nil
		}
	}
	return w.m.shapes.of(w.resource.Type)
}

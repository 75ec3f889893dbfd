package apply

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
)

// A shape is what the comparison of two typed objects needs to know about one
// of their types: the same as the merge schema says of its tree, but for
// walking the Go values. A shape is read-only once it is built.
type shape struct {
	kind  codec.Kind // never Pointer: pointers are followed
	merge mergeKind
	// fields of a struct, by name.
	fields []shapeField
	// elem is the shape of a list's items and a map's values.
	elem *shape
	// keys are the fields that name an item of a keyed list, by name.
	keys []*shapeField
	// zero is an empty value of a struct, to compare new objects with.
	zero reflect.Value
}

// mergeKind says how a value is merged, which decides what of it can be owned.
type mergeKind uint8

const (
	whole    mergeKind = iota // as one
	granular                  // a struct or map: field by field
	setItems                  // a list of values: item by item
	keyItems                  // a list of structs: item by item, by keys
)

// shapeField is a field of a struct.
type shapeField struct {
	name  string
	index int   // of the field in its struct
	path  []int // from an embedded struct on; most fields are in none
	shape *shape
	whole bool // merges as one, whatever its type says
	// A field that is left out of JSON is not there at all.
	omitEmpty, omitZero bool
	def                 string // default of a key
	hasDefault          bool
}

// of returns the field of the struct v.
func (f *shapeField) of(v reflect.Value) reflect.Value {
	if v = v.Field(f.index); len(f.path) > 0 {
		return v.FieldByIndex(f.path)
	}
	return v
}

// present says whether the field is in the JSON of the struct that v belongs to.
func (f *shapeField) present(v reflect.Value) bool {
	if f.omitZero {
		if v.IsZero() {
			return false
		}
		if z, ok := reference(v).(interface{ IsZero() bool }); ok && v.Kind() != reflect.Pointer {
			return !z.IsZero()
		}
		return true
	}
	return !f.omitEmpty || !isEmpty(v)
}

// isEmpty is what encoding/json calls empty.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.String, reflect.Map:
		return v.Len() == 0
	case reflect.Pointer, reflect.Interface:
		return v.IsNil()
	case reflect.Struct, reflect.Array:
		return false
	}
	return v.IsZero()
}

// shapes holds the shapes of objects' types. A nil entry is a type that has
// none, whose objects go the way over trees.
type shapes struct {
	known sync.Map // reflect.Type -> *shape
	mu    sync.Mutex
}

func (s *shapes) of(pl *codec.Plan) *shape {
	if sh, ok := s.known.Load(pl.Type); ok {
		return sh.(*shape)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := shapeBuilder{structs: map[reflect.Type]*shape{}}
	sh, err := b.build(pl)
	if err != nil || sh.kind != codec.Struct {
		sh = nil
	}
	s.known.Store(pl.Type, sh)
	return sh
}

type shapeBuilder struct{ structs map[reflect.Type]*shape }

func (b *shapeBuilder) build(pl *codec.Plan) (*shape, error) {
	pl = pl.Base()
	sh := &shape{kind: pl.Kind}
	var err error
	switch pl.Kind {
	case codec.Struct:
		if pl.RestField() != nil {
			return nil, fmt.Errorf("%v has fields that are known at run time only", pl.Type)
		}
		return b.structShape(pl)
	case codec.List:
		sh.elem, err = b.build(pl.Elem)
	case codec.Map:
		sh.merge = granular
		sh.elem, err = b.build(pl.Elem)
	}
	return sh, err
}

func (b *shapeBuilder) structShape(pl *codec.Plan) (*shape, error) {
	if sh, ok := b.structs[pl.Type]; ok {
		return sh, nil
	}
	sh := &shape{kind: codec.Struct, merge: granular, zero: reflect.New(pl.Type).Elem()}
	if pl.Atomic {
		sh.merge = whole
	}
	b.structs[pl.Type] = sh
	for _, f := range pl.JSONFields() {
		field, err := b.field(f)
		if err != nil {
			return nil, err
		}
		sh.fields = append(sh.fields, field)
	}
	slices.SortFunc(sh.fields, func(x, y shapeField) int { return strings.Compare(x.name, y.name) })
	return sh, nil
}

func (b *shapeBuilder) field(f *codec.Field) (shapeField, error) {
	field := shapeField{name: f.Name, index: f.Index[0], path: f.Index[1:], omitEmpty: f.OmitEmpty, omitZero: f.OmitZero, def: f.Default, hasDefault: f.HasDefault}
	if !f.HasDefault && !f.OmitEmpty && !f.OmitZero && f.Plan.Kind == codec.String {
		field.hasDefault = true // what is always there is "" where it is left out
	}
	if !isPlain(f.Name) {
		return field, fmt.Errorf("field %q has a name that needs escapes", f.Name)
	}
	sh, err := b.build(f.Plan)
	if err != nil {
		return field, err
	}
	field.shape = sh
	switch relation, keys := listRelation(f); {
	case sh.kind == codec.List && relation == keyItems:
		sh.merge = keyItems
		sh.keys, err = b.keys(f, keys)
	case sh.kind == codec.List:
		sh.merge = relation
	case f.MapType == "atomic":
		field.whole = sh.kind == codec.Map || sh.kind == codec.Struct
	case f.MapType == "granular" && sh.kind == codec.Struct:
		if len(sh.fields) == 0 {
			return field, fmt.Errorf("%q is granular, and a part of itself", f.Name) // its shape is in the making
		}
		own := *sh
		own.merge = granular
		field.shape = &own
	}
	return field, err
}

// listRelation is how a list field merges, and by which keys.
func listRelation(f *codec.Field) (mergeKind, []string) {
	switch f.ListType {
	case "set":
		return setItems, nil
	case "map":
		return keyItems, f.ListKeys
	case "":
		// Lists that only strategic merge knows how to merge do so here too.
		if f.MergeKey != "" {
			return keyItems, []string{f.MergeKey}
		}
	}
	return whole, nil
}

// keys finds the fields that name an item of the list f.
func (b *shapeBuilder) keys(f *codec.Field, names []string) ([]*shapeField, error) {
	item := f.Plan.Base().Elem.Base()
	if item.Kind != codec.Struct {
		return nil, fmt.Errorf("items of %q have no fields", f.Name)
	}
	var keys []*shapeField
	for _, name := range slices.Sorted(slices.Values(names)) {
		known, ok := item.Field(name)
		if !ok {
			return nil, fmt.Errorf("items of %q have no field %q", f.Name, name)
		}
		switch known.Plan.Base().Kind {
		case codec.String:
		case codec.Int, codec.Bool:
			if known.HasDefault {
				return nil, fmt.Errorf("the default of %q is not text", name)
			}
		default:
			return nil, fmt.Errorf("key %q is neither text nor a number", name)
		}
		// The items' own shape may be in the making, so this is one of its own.
		key, err := b.field(known)
		if err != nil {
			return nil, err
		}
		keys = append(keys, &key)
	}
	return keys, nil
}

package apply

import (
	"reflect"
	"sync"

	smdschema "sigs.k8s.io/structured-merge-diff/v6/schema"
	"sigs.k8s.io/structured-merge-diff/v6/typed"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
)

// Names of the types that are no Go types. A deduced value merges by what it
// is: maps by key, everything else as a whole.
const (
	untyped        = "untyped"
	untypedAtomic  = "untyped-atomic"
	untypedDeduced = "untyped-deduced"
)

// types holds the merge schemas of Go types.
type types struct {
	mu    sync.Mutex
	known map[reflect.Type]typed.ParseableType
}

// of returns the merge schema of objects of the plan's type.
func (t *types) of(pl *codec.Plan) typed.ParseableType {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p, ok := t.known[pl.Type]; ok {
		return p
	}
	p := typed.DeducedParseableType
	if pl.RestField() == nil {
		b := typeBuilder{seen: map[reflect.Type]bool{}, schema: &smdschema.Schema{Types: baseTypes()}}
		p = typed.ParseableType{Schema: b.schema, TypeRef: b.ref(pl)}
	}
	t.known[pl.Type] = p
	return p
}

func baseTypes() []smdschema.TypeDef {
	scalar := smdschema.Scalar("untyped")
	self := func(name string) smdschema.TypeRef { return named(name) }
	return []smdschema.TypeDef{
		{Name: untyped, Atom: smdschema.Atom{Scalar: &scalar}},
		{Name: untypedAtomic, Atom: smdschema.Atom{
			Scalar: &scalar,
			List:   &smdschema.List{ElementType: self(untypedAtomic), ElementRelationship: smdschema.Atomic},
			Map:    &smdschema.Map{ElementType: self(untypedAtomic), ElementRelationship: smdschema.Atomic},
		}},
		{Name: untypedDeduced, Atom: smdschema.Atom{
			Scalar: &scalar,
			List:   &smdschema.List{ElementType: self(untypedAtomic), ElementRelationship: smdschema.Atomic},
			Map:    &smdschema.Map{ElementType: self(untypedDeduced), ElementRelationship: smdschema.Separable},
		}},
	}
}

func named(name string) smdschema.TypeRef { return smdschema.TypeRef{NamedType: &name} }

// typeBuilder makes the schema of one type and of what it holds.
type typeBuilder struct {
	schema *smdschema.Schema
	seen   map[reflect.Type]bool
}

func (b *typeBuilder) ref(pl *codec.Plan) smdschema.TypeRef {
	switch pl.Kind {
	case codec.Pointer:
		return b.ref(pl.Elem)
	case codec.Struct:
		if pl.RestField() != nil {
			return named(untypedDeduced)
		}
		return b.structRef(pl)
	case codec.List:
		return smdschema.TypeRef{Inlined: smdschema.Atom{List: &smdschema.List{ElementType: b.ref(pl.Elem), ElementRelationship: smdschema.Atomic}}}
	case codec.Map:
		return smdschema.TypeRef{Inlined: smdschema.Atom{Map: &smdschema.Map{ElementType: b.ref(pl.Elem)}}}
	case codec.Value:
		if typ, _, ok := pl.OpenAPIType(); !ok || typ == "object" {
			return named(untypedAtomic)
		}
		return named(untyped)
	case codec.Bool:
		return scalarRef(smdschema.Boolean)
	case codec.Int, codec.Uint, codec.Float:
		return scalarRef(smdschema.Numeric)
	case codec.String, codec.Bytes:
		return scalarRef(smdschema.String)
	}
	return named(untypedAtomic) // any value, or one of several forms
}

func scalarRef(s smdschema.Scalar) smdschema.TypeRef {
	return smdschema.TypeRef{Inlined: smdschema.Atom{Scalar: &s}}
}

func (b *typeBuilder) structRef(pl *codec.Plan) smdschema.TypeRef {
	name := pl.Type.String()
	if b.seen[pl.Type] {
		return named(name)
	}
	b.seen[pl.Type] = true
	m := &smdschema.Map{}
	if pl.Atomic {
		m.ElementRelationship = smdschema.Atomic
	}
	for _, f := range pl.JSONFields() {
		m.Fields = append(m.Fields, b.field(f))
	}
	b.schema.Types = append(b.schema.Types, smdschema.TypeDef{Name: name, Atom: smdschema.Atom{Map: m}})
	return named(name)
}

var mapRelation = map[string]smdschema.ElementRelationship{"atomic": smdschema.Atomic, "granular": smdschema.Separable}

func (b *typeBuilder) field(f *codec.Field) smdschema.StructField {
	ref := b.ref(f.Plan)
	if l := ref.Inlined.List; l != nil {
		if relation, keys := listRelation(f); relation != whole {
			l.ElementRelationship, l.Keys = smdschema.Associative, keys
		}
	}
	// What a field says of its value counts more than what the type says.
	if relation, ok := mapRelation[f.MapType]; ok {
		if ref.Inlined.Map != nil {
			ref.Inlined.Map.ElementRelationship = relation
		} else {
			ref.ElementRelationship = &relation
		}
	}
	field := smdschema.StructField{Name: f.Name, Type: ref}
	switch {
	case f.HasDefault:
		field.Default = f.Default
	case f.OmitEmpty || f.OmitZero:
	// What is always in the JSON of its type is, left out, its zero value: such a
	// field names an item of a list all the same.
	case f.Plan.Kind == codec.String:
		field.Default = ""
	case f.Plan.Kind == codec.Int:
		field.Default = int64(0)
	case f.Plan.Kind == codec.Bool:
		field.Default = false
	}
	return field
}

package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/go-openapi/spec"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// definitions collects the schemas of types and of all that they refer to.
type definitions struct {
	comments *comments
	kinds    map[reflect.Type][]meta.GroupVersionKind
	prefix   string // of references: where the document keeps its schemas
	v3       bool
	schemas  map[string]spec.Schema
	err      error
}

func newDefinitions(s *scheme.Scheme, c *comments, v3 bool) *definitions {
	d := &definitions{comments: c, kinds: kindsOf(s), prefix: "#/definitions/", v3: v3, schemas: map[string]spec.Schema{}}
	if v3 {
		d.prefix = "#/components/schemas/"
	}
	return d
}

// kindsOf returns which kinds each type stands for; those of meta stand for
// one in every version.
func kindsOf(s *scheme.Scheme) map[reflect.Type][]meta.GroupVersionKind {
	all := map[reflect.Type][]meta.GroupVersionKind{}
	note := func(t reflect.Type, gvk meta.GroupVersionKind) {
		if !slices.Contains(all[t], gvk) {
			all[t] = append(all[t], gvk)
		}
	}
	for _, g := range s.Groups() {
		for _, v := range g.Versions {
			gv := meta.GroupVersion{Group: g.Name, Version: v.Name}
			for _, r := range v.Resources {
				note(reflect.TypeOf(r.New()).Elem(), gv.WithKind(r.Kind))
				note(reflect.TypeOf(r.NewList()).Elem(), gv.WithKind(r.ListKind))
			}
			for _, k := range v.Kinds {
				note(k.Type, gv.WithKind(k.Name))
			}
			note(reflect.TypeFor[meta.DeleteOptions](), gv.WithKind("DeleteOptions"))
			note(reflect.TypeFor[meta.WatchEvent](), gv.WithKind("WatchEvent"))
		}
	}
	note(reflect.TypeFor[meta.Status](), meta.GroupVersionKind{Version: "v1", Kind: "Status"})
	note(reflect.TypeFor[meta.APIGroup](), meta.GroupVersionKind{Version: "v1", Kind: "APIGroup"})
	note(reflect.TypeFor[meta.APIGroupList](), meta.GroupVersionKind{Version: "v1", Kind: "APIGroupList"})
	note(reflect.TypeFor[meta.APIResourceList](), meta.GroupVersionKind{Version: "v1", Kind: "APIResourceList"})
	note(reflect.TypeFor[meta.APIVersions](), meta.GroupVersionKind{Version: "v1", Kind: "APIVersions"})
	return all
}

// only leaves of the kinds that are one in every version those of one version,
// and of the first.
func (d *definitions) only(gv meta.GroupVersion) {
	for _, t := range []reflect.Type{reflect.TypeFor[meta.DeleteOptions](), reflect.TypeFor[meta.WatchEvent]()} {
		d.kinds[t] = slices.DeleteFunc(d.kinds[t], func(k meta.GroupVersionKind) bool {
			return k.GroupVersion() != gv && k.GroupVersion() != (meta.GroupVersion{Version: "v1"})
		})
	}
}

// ref returns a reference to the schema of t, which it makes first if need be.
func (d *definitions) ref(t reflect.Type) *spec.Schema {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	pl, err := codec.PlanFor(t)
	if err != nil {
		d.err = fmt.Errorf("schema of %v: %w", t, err)
		return &spec.Schema{}
	}
	return d.schemaOf(pl)
}

// schemaOf returns the schema of a value where it is used: a reference for
// named structs and values, the thing itself for everything else.
func (d *definitions) schemaOf(pl *codec.Plan) *spec.Schema {
	switch pl.Kind {
	case codec.Pointer:
		return d.schemaOf(pl.Elem)
	case codec.Struct, codec.Value, codec.Union:
		if pl.Type.Name() == "" {
			s := d.body(pl)
			return &s
		}
		name := definitionName(pl.Type)
		if _, ok := d.schemas[name]; !ok {
			d.schemas[name] = spec.Schema{} // types may refer to themselves
			d.schemas[name] = d.body(pl)
		}
		return spec.RefSchema(d.prefix + name)
	case codec.List:
		return spec.ArrayProperty(d.schemaOf(pl.Elem))
	case codec.Map:
		return spec.MapProperty(d.schemaOf(pl.Elem))
	case codec.Bool:
		return spec.BooleanProperty()
	case codec.Int, codec.Uint:
		if pl.Type.Size() <= 4 {
			return spec.Int32Property()
		}
		return spec.Int64Property()
	case codec.Float:
		return spec.Float64Property()
	case codec.Bytes:
		return spec.StrFmtProperty("byte")
	case codec.String:
		return spec.StringProperty()
	}
	return &spec.Schema{} // anything
}

// body returns the schema of a struct or value type, as definitions hold it.
func (d *definitions) body(pl *codec.Plan) spec.Schema {
	var s spec.Schema
	s.Description = d.comments.of(pl.Type, "")
	switch pl.Kind {
	case codec.Value:
		d.value(pl, &s)
		return s
	case codec.Union:
		return s // any of its alternatives, which v2 cannot say
	}
	s.Type = spec.StringOrArray{"object"}
	d.fields(pl, &s)
	if pl.RestField() != nil {
		s.AddExtension("x-kubernetes-preserve-unknown-fields", true)
	}
	if pl.Atomic {
		s.AddExtension("x-kubernetes-map-type", "atomic")
	}
	if kinds := d.kinds[pl.Type]; len(kinds) > 0 {
		s.AddExtension("x-kubernetes-group-version-kind", kindList(kinds))
	}
	return s
}

func (d *definitions) value(pl *codec.Plan, s *spec.Schema) {
	typ, format, ok := pl.OpenAPIType()
	if !ok {
		return
	}
	s.Format = format
	switch {
	case d.v3 && format == "int-or-string":
		s.OneOf = []spec.Schema{*spec.Int64Property(), *spec.StringProperty()}
		s.OneOf[0].Format = ""
	case d.v3 && pl.Type.Name() == "Quantity":
		s.OneOf = []spec.Schema{*spec.StringProperty(), {SchemaProps: spec.SchemaProps{Type: spec.StringOrArray{"number"}}}}
	default:
		s.Type = spec.StringOrArray{typ}
	}
}

// fields adds the fields of a struct, those of embedded ones included.
func (d *definitions) fields(pl *codec.Plan, s *spec.Schema) {
	for i := range pl.Fields {
		f := &pl.Fields[i]
		switch {
		case f.Rest:
			continue
		case f.Inline:
			d.fields(f.Plan.Base(), s)
			continue
		}
		if s.Properties == nil {
			s.Properties = spec.SchemaProperties{}
		}
		s.Properties[f.Name] = *d.field(pl.Type, f)
		if f.Required {
			s.Required = append(s.Required, f.Name)
		}
	}
}

func (d *definitions) field(owner reflect.Type, f *codec.Field) *spec.Schema {
	s := d.schemaOf(f.Plan)
	text := d.comments.of(owner, f.GoName)
	if len(f.Enum) > 0 {
		text = strings.TrimSpace(text + "\n\nPossible values: " + strings.Join(f.Enum, ", ") + ".")
		for _, v := range f.Enum {
			s.Enum = append(s.Enum, v)
		}
	}
	if s.Ref.String() != "" && d.v3 {
		// Beside a reference v3 allows nothing.
		s = &spec.Schema{SchemaProps: spec.SchemaProps{AllOf: []spec.Schema{*s}}}
	}
	if d.v3 {
		s.Default = defaultValue(f)
	}
	s.Description = text
	if f.ListType != "" {
		s.AddExtension("x-kubernetes-list-type", f.ListType)
	}
	if len(f.ListKeys) > 0 {
		s.AddExtension("x-kubernetes-list-map-keys", f.ListKeys)
	}
	if f.MapType != "" {
		s.AddExtension("x-kubernetes-map-type", f.MapType)
	}
	if len(f.PatchStrategy) > 0 {
		s.AddExtension("x-kubernetes-patch-strategy", strings.Join(f.PatchStrategy, ","))
	}
	if f.MergeKey != "" {
		s.AddExtension("x-kubernetes-patch-merge-key", f.MergeKey)
	}
	return s
}

// defaultValue is the default in the JSON type of its field: what is always there
// is its zero value where it is left out. nil is none.
func defaultValue(f *codec.Field) any {
	if !f.HasDefault {
		switch always := !f.OmitEmpty && !f.OmitZero; {
		case f.Plan.Kind == codec.Struct:
			return map[string]any{}
		case always && f.Plan.Kind == codec.String:
			return ""
		case always && (f.Plan.Kind == codec.Int || f.Plan.Kind == codec.Uint):
			return 0
		case always && f.Plan.Kind == codec.Bool:
			return false
		}
		return nil
	}
	var v any
	if f.Plan.Base().Kind != codec.String {
		if _, err := codec.UnmarshalJSON([]byte(f.Default), &v, codec.DecodeOptions{}); err == nil {
			return v
		}
	}
	return f.Default
}

func kindList(kinds []meta.GroupVersionKind) []any {
	list := make([]any, len(kinds))
	for i, k := range kinds {
		list[i] = kindValue(k)
	}
	return list
}

func kindValue(k meta.GroupVersionKind) map[string]any {
	return map[string]any{"group": k.Group, "kind": k.Kind, "version": k.Version}
}

package codec

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// maxFields bounds the fields of one struct, so that the set of fields seen
// while decoding fits in a few words.
const maxFields = 256

// A planner makes the plans that a type needs, itself included.
type planner struct {
	made map[reflect.Type]*Plan
	// structs are finished once the plans of all their fields are known.
	structs []*Plan
}

func makePlans(t reflect.Type) (*Plan, error) {
	if t == nil {
		return nil, fmt.Errorf("codec: nil has no type to plan")
	}
	building.Lock()
	defer building.Unlock()
	b := planner{made: map[reflect.Type]*Plan{}}
	pl, err := b.plan(t)
	if err != nil {
		return nil, fmt.Errorf("codec: %v: %w", t, err)
	}
	for _, s := range b.structs {
		if err := s.flatten(); err != nil {
			return nil, fmt.Errorf("codec: %v: %w", s.Type, err)
		}
	}
	b.settle()
	for _, s := range b.structs {
		s.planText()
		if err := s.parseDefaults(); err != nil {
			return nil, fmt.Errorf("codec: %v: %w", s.Type, err)
		}
	}
	for t, made := range b.made {
		plans.Store(t, made)
	}
	return pl, nil
}

// plan returns the plan of t, unfinished if it is in the making.
func (b *planner) plan(t reflect.Type) (*Plan, error) {
	if pl, ok := plans.Load(t); ok {
		return pl.(*Plan), nil
	}
	if pl, ok := b.made[t]; ok {
		return pl, nil
	}
	pl := &Plan{Type: t, size: t.Size(), firstItems: 4}
	if pl.size > 64 {
		pl.firstItems = max(1, int(256/pl.size))
	}
	b.made[t] = pl
	if err := b.shape(pl); err != nil {
		return nil, err
	}
	pl.adoptMethods()
	if pl.decode == nil {
		pl.decode, pl.encode = pl.jsonDecoder(), pl.jsonEncoder()
	}
	return pl, nil
}

// try plans t without leaving anything behind if that cannot be done.
func (b *planner) try(t reflect.Type) (*Plan, error) {
	trial := planner{made: maps.Clone(b.made)}
	pl, err := trial.plan(t)
	if err == nil {
		b.made, b.structs = trial.made, append(b.structs, trial.structs...)
	}
	return pl, err
}

// shape fills in what follows from the Go type alone.
func (b *planner) shape(pl *Plan) (err error) {
	t := pl.Type
	switch t.Kind() {
	case reflect.Bool:
		pl.Kind, pl.empty, pl.plain = Bool, emptyByte, true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		pl.Kind, pl.empty, pl.plain = Int, emptyOfSize(t.Size()), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		pl.Kind, pl.empty, pl.plain = Uint, emptyOfSize(t.Size()), true
	case reflect.Float32, reflect.Float64:
		pl.Kind, pl.empty, pl.plain = Float, emptyFloat, true
	case reflect.String:
		pl.Kind, pl.empty, pl.plain = String, emptyLength, true
	case reflect.Slice:
		pl.empty = emptyLength
		if t.Elem().Kind() == reflect.Uint8 {
			pl.Kind = Bytes
			return nil
		}
		pl.Kind = List
		if pl.Elem, err = b.plan(t.Elem()); err == nil {
			pl.stringList = t.Name() != "" && pl.Elem.Kind == String
		}
		return err
	case reflect.Map:
		pl.Kind, pl.empty = Map, emptyMap
		if t.Key().Kind() != reflect.String {
			return fmt.Errorf("map keys have to be strings, not %v", t.Key())
		}
		if pl.Key, err = b.plan(t.Key()); err != nil {
			return err
		}
		if pl.Key.Kind != String {
			return fmt.Errorf("map keys of type %v have a JSON form of their own", t.Key())
		}
		pl.mapValues = reflect.SliceOf(t.Elem())
		pl.Elem, err = b.plan(t.Elem())
		return err
	case reflect.Pointer:
		pl.Kind, pl.empty = Pointer, emptyNil
		pl.Elem, err = b.plan(t.Elem())
		return err
	case reflect.Interface:
		if t.NumMethod() != 0 {
			return fmt.Errorf("interface %v has methods; only any can be decoded", t)
		}
		pl.Kind, pl.empty = Any, emptyNil
	case reflect.Struct:
		pl.Kind = Struct
		b.structs = append(b.structs, pl)
		return b.fields(pl)
	default:
		return fmt.Errorf("%v values cannot be encoded", t.Kind())
	}
	return nil
}

func emptyOfSize(n uintptr) emptyRule {
	switch n {
	case 1:
		return emptyByte
	case 2:
		return emptyHalf
	case 4:
		return emptyWord
	}
	return emptyLong
}

// fields reads the fields of a struct and their tags.
func (b *planner) fields(pl *Plan) error {
	t := pl.Type
	own := hasOwnJSON(t)
	for i := range t.NumField() {
		sf := t.Field(i)
		if sf.Name == "_" {
			pl.Atomic = pl.Atomic || sf.Tag.Get("mapType") == "atomic"
			continue
		}
		if !sf.IsExported() && !sf.Anonymous {
			continue
		}
		tag := sf.Tag.Get("json")
		if tag == "-" {
			continue
		}
		f, err := newField(sf, tag)
		if err != nil {
			return fmt.Errorf("field %s: %w", sf.Name, err)
		}
		if own && !sf.Anonymous {
			f.Inline = false // the name has no meaning where the type writes its own JSON
		}
		if f.Inline && sf.Type.Kind() != reflect.Struct {
			return fmt.Errorf("field %s: only a struct can be inlined, not %v", sf.Name, sf.Type)
		}
		if !sf.IsExported() && !f.Inline {
			continue
		}
		if own {
			if f.Plan, err = b.try(sf.Type); err != nil {
				continue // unseen by encodings, and copied with the memory around it
			}
		} else if f.Plan, err = b.plan(sf.Type); err != nil {
			return fmt.Errorf("field %s: %w", sf.Name, err)
		}
		if f.Rest && sf.Type != reflect.TypeFor[map[string]any]() {
			return fmt.Errorf("field %s: the rest goes to a map[string]any, not %v", sf.Name, sf.Type)
		}
		f.OmitZero = f.OmitZero || omittedWhenZero(t, sf.Name)
		if t == reflect.TypeFor[meta.APIResource]() && sf.Name == "Verbs" && !f.Plan.stringList {
			// A message of its own in Kubernetes, where the type is named Verbs.
			named := *f.Plan
			named.stringList = true
			f.Plan = &named
		}
		pl.Fields = append(pl.Fields, f)
	}
	return nil
}

// omittedWhenZero knows the one field of the API that Kubernetes tags omitzero,
// which the published facts do not tell: all other zero times are written as null.
func omittedWhenZero(t reflect.Type, field string) bool {
	return field == "CreationTimestamp" && t == reflect.TypeFor[meta.ObjectMeta]()
}

func newField(sf reflect.StructField, tag string) (Field, error) {
	f := Field{
		GoName: sf.Name, Index: sf.Index, Offset: sf.Offset, Tag: sf.Tag,
		MergeKey: sf.Tag.Get("patchMergeKey"),
		ListType: sf.Tag.Get("listType"),
		MapType:  sf.Tag.Get("mapType"),
		Required: sf.Tag.Get("required") == "true",
	}
	name, options, _ := strings.Cut(tag, ",")
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "inline":
			f.Inline = true
		case "rest":
			f.Rest = true
		case "union":
			f.Union = true
		case "omitempty":
			f.OmitEmpty = true
		case "omitzero":
			f.OmitZero = true
		case "":
		default:
			return f, fmt.Errorf("unknown option %q in its json tag", option)
		}
	}
	switch {
	case f.Inline || f.Rest || f.Union:
		if name != "" {
			return f, fmt.Errorf("json tag %q both names it and takes its name away", tag)
		}
	case name != "":
		f.Name = name
	case sf.Anonymous && sf.Type.Kind() == reflect.Struct:
		f.Inline = true // as encoding/json treats embedded structs
	default:
		f.Name = sf.Name
	}
	f.PatchStrategy = split(sf.Tag.Get("patchStrategy"), ",")
	f.ListKeys = split(sf.Tag.Get("listMapKey"), ",")
	if enum, ok := sf.Tag.Lookup("enum"); ok {
		f.Enum = strings.Split(enum, "|")
	}
	f.Default, f.HasDefault = sf.Tag.Lookup("default")
	if tag := sf.Tag.Get("protobuf"); tag != "" && tag != "-" {
		parts := strings.Split(tag, ",")
		n, err := strconv.Atoi(parts[min(1, len(parts)-1)])
		if err != nil || n < 1 || n > math.MaxInt32>>3 {
			return f, fmt.Errorf("protobuf tag %q has no field number", tag)
		}
		f.Number = n
	}
	return f, nil
}

func split(s, sep string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, sep)
}

func hasOwnJSON(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[jsonAppender]()) || p.Implements(reflect.TypeFor[json.Marshaler]())
}

// adoptMethods notes which encodings the type takes into its own hands.
func (pl *Plan) adoptMethods() {
	t := pl.Type
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface {
		return
	}
	pl.zeroer, pl.hasZeroer = methodsOf[zeroer](t)
	var appends, parses bool
	pl.appender, appends = methodsOf[jsonAppender](t)
	pl.parser, parses = methodsOf[jsonParser](t)
	if !(appends && parses) {
		m, marshals := methodsOf[json.Marshaler](t)
		u, unmarshals := methodsOf[json.Unmarshaler](t)
		if !(marshals && unmarshals) || appends || parses {
			pl.markUnion()
			return
		}
		pl.encode = func(e *encoder, _ *Plan, p ptr) {
			out, err := m.on(p).MarshalJSON()
			e.raw(out, err)
		}
		pl.decode = func(d *decoder, pl *Plan, p ptr) { d.ownValue(pl, u.on(p).UnmarshalJSON) }
	}
	pl.Kind = Value
	var protoAppends, protoParses bool
	pl.protoAppender, protoAppends = methodsOf[protoAppender](t)
	pl.protoParser, protoParses = methodsOf[protoParser](t)
	pl.ownProto = protoAppends && protoParses
	if typed, ok := reflect.New(t).Interface().(openAPITyped); ok {
		pl.openAPI = typed.OpenAPIType
	}
	pl.findEqual()
}

func (pl *Plan) markUnion() {
	if pl.Kind == Struct && slices.ContainsFunc(pl.Fields, func(f Field) bool { return f.Union }) {
		pl.Kind = Union
	}
}

// findEqual looks for Equal(T), Equal(*T) or Cmp(T), by which the type says
// that values differ in form only.
func (pl *Plan) findEqual() {
	for _, name := range []string{"Equal", "Cmp"} {
		m, ok := reflect.PointerTo(pl.Type).MethodByName(name)
		if !ok || m.Type.NumIn() != 2 || m.Type.NumOut() != 1 {
			continue
		}
		in := m.Type.In(1)
		if in != pl.Type && in != reflect.PointerTo(pl.Type) {
			continue
		}
		out := m.Type.Out(0).Kind()
		if name == "Equal" && out == reflect.Bool || name == "Cmp" && out == reflect.Int {
			pl.equal, pl.equalCmp, pl.equalPtr = m.Func, name == "Cmp", in.Kind() == reflect.Pointer
			return
		}
	}
}

// flatten puts the fields of embedded structs in their parent's place. Of two
// fields with one name the shallower counts, as in Go.
func (pl *Plan) flatten() error {
	if pl.Kind == Value {
		return pl.planWire()
	}
	type found struct {
		field *Field
		depth int
	}
	byName := map[string]*found{}
	var walk func(p *Plan, index []int, offset uintptr, through string, depth int) error
	walk = func(p *Plan, index []int, offset uintptr, through string, depth int) error {
		for i := range p.Fields {
			src := &p.Fields[i]
			if src.Inline {
				if err := walk(src.Plan, append(slices.Clone(index), src.Index...), offset+src.Offset, through+src.GoName+".", depth+1); err != nil {
					return err
				}
				continue
			}
			f := *src
			f.Index = append(slices.Clone(index), src.Index...)
			f.Offset += offset
			f.through = through
			f.setOmit()
			if f.Rest {
				if pl.rest != nil {
					return fmt.Errorf("two fields take the rest")
				}
				pl.rest = &f
				continue
			}
			if f.Union {
				pl.flat = append(pl.flat, &f)
				continue
			}
			other := byName[f.Name]
			switch {
			case other == nil || other.depth > depth:
				if other != nil {
					pl.flat = slices.DeleteFunc(pl.flat, func(x *Field) bool { return x == other.field })
				}
				byName[f.Name] = &found{&f, depth}
				quoted, err := json.Marshal(f.Name)
				if err != nil {
					return err
				}
				f.lead = "," + string(quoted) + ":"
				pl.flat = append(pl.flat, &f)
			case other.depth == depth:
				return fmt.Errorf("two fields are called %q", f.Name)
			}
		}
		return nil
	}
	if err := walk(pl, nil, 0, "", 0); err != nil {
		return err
	}
	if len(pl.flat) > maxFields {
		return fmt.Errorf("%d fields are more than the %d that a struct may have", len(pl.flat), maxFields)
	}
	pl.index = newNameIndex(pl.flat)
	if pl.rest != nil {
		pl.sorted = slices.Clone(pl.flat)
		slices.SortFunc(pl.sorted, func(a, b *Field) int { return cmp.Compare(a.Name, b.Name) })
	}
	return pl.planWire()
}

func (f *Field) setOmit() {
	switch {
	case f.OmitZero && f.Plan.hasZeroer:
		f.omit = emptyMethod
	case f.OmitZero:
		f.omit = emptyDeep
	case f.OmitEmpty:
		f.omit = f.Plan.empty
	}
}

// settle works out what a plan has from the plans below it: it spreads upwards
// until nothing changes, because types may contain themselves.
func (b *planner) settle() {
	for _, pl := range b.made {
		if pl.Kind == Struct || pl.Kind == Union || pl.Kind == Value && pl.Type.Kind() == reflect.Struct {
			pl.plain = true // until a field says otherwise
		}
		pl.unsettled, pl.foreign = pl.settlesItself()
		pl.asSent = pl.Type == reflect.TypeFor[meta.RawExtension]()
	}
	for changed := true; changed; {
		changed = false
		for _, pl := range b.made {
			plain, defaults := pl.plain, pl.defaults
			unsettled, foreign, asSent := pl.unsettled, pl.foreign, pl.asSent
			for i := range pl.Fields {
				f := &pl.Fields[i]
				plain = plain && f.Plan.plain
				defaults = defaults || f.HasDefault || f.Plan.defaults
				asSent = asSent || f.Plan.asSent
				if !pl.ownProto {
					unsettled, foreign = unsettled || f.Plan.unsettled, foreign || f.Plan.foreign
				}
			}
			if pl.Elem != nil {
				plain, defaults, asSent = false, defaults || pl.Elem.defaults, asSent || pl.Elem.asSent
				unsettled, foreign = unsettled || pl.Elem.unsettled, foreign || pl.Elem.foreign
			}
			if pl.wire != nil && !pl.wire.wireable() {
				pl.wire, changed = nil, true
			}
			if plain != pl.plain || defaults != pl.defaults || unsettled != pl.unsettled || foreign != pl.foreign || asSent != pl.asSent {
				pl.plain, pl.defaults, pl.unsettled, pl.foreign, pl.asSent, changed = plain, defaults, unsettled, foreign, asSent, true
			}
		}
	}
	for _, pl := range b.made {
		for i := range pl.Fields {
			f := &pl.Fields[i]
			if !f.Plan.plain {
				pl.deep = append(pl.deep, f)
			}
			if f.HasDefault || f.Plan.defaults {
				pl.defaulted = append(pl.defaulted, f)
			}
		}
	}
}

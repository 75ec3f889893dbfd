package codec

import (
	"reflect"
	"sync"
)

// Kind says what a value is on the wire, which decides how it is handled.
type Kind uint8

// The kinds of values.
const (
	Invalid Kind = iota
	Bool         // true or false
	Int          // a signed integer
	Uint         // an unsigned integer
	Float        // a floating-point number
	String       // text
	Bytes        // octets: base64 text in JSON
	Struct       // named fields
	List         // a slice
	Map          // text keys and values of one type
	Pointer      // a value or nothing
	Any          // any JSON value: nil, bool, int64, float64, string, []any, map[string]any
	Value        // a type that writes and reads its own JSON (AppendJSON, ParseJSON)
	Union        // a struct of which one field at a time is the value (tag `json:",union"`)
)

var kindNames = [...]string{"Invalid", "Bool", "Int", "Uint", "Float", "String", "Bytes", "Struct", "List", "Map", "Pointer", "Any", "Value", "Union"}

// String returns the kind's name.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "Kind(?)"
}

// A Plan is what the codec knows about a Go type: how its values look in each
// encoding, and the facts that its struct tags state. A Plan never changes once
// [PlanFor] has returned it and may be shared by goroutines.
type Plan struct {
	Type reflect.Type
	Kind Kind
	// Fields are the fields of a struct or union as declared, embedded ones
	// included (Inline). JSONFields has them flattened.
	Fields []Field
	// Elem is the plan of a list's items, a map's values, a pointer's target.
	Elem *Plan
	// Key is the plan of a map's keys; its Kind is always String.
	Key *Plan
	// Atomic is set for a struct that apply replaces as a whole (a blank field
	// tagged mapType:"atomic").
	Atomic bool

	flat   []*Field // in the order that JSON has them
	sorted []*Field // by name; only where there is a rest field
	rest   *Field   // takes the fields that have no other place
	deep   []*Field // those whose values share memory when they are copied
	index  nameIndex
	wire   *wirePlan // protobuf; nil where the type has no field numbers
	text   *textPlan // JSON from protobuf; nil where that needs a value

	size uintptr
	// firstItems is how many items a list of this type gets room for at first:
	// many small ones, since growing costs more than some room.
	firstItems int
	mapValues  reflect.Type // of a map: the slice that holds its values
	plain      bool         // copying the memory copies the value: nothing in it is shared
	empty      emptyRule
	decode     func(d *decoder, pl *Plan, p ptr)
	encode     func(e *encoder, pl *Plan, p ptr)

	appender      methods[jsonAppender]
	parser        methods[jsonParser]
	protoAppender methods[protoAppender]
	protoParser   methods[protoParser]
	ownProto      bool // protoAppender and protoParser are there
	zeroer        methods[zeroer]
	hasZeroer     bool
	equal         reflect.Value // a method that compares two values, or the zero Value
	equalCmp      bool          // the method is Cmp: equal means 0
	equalPtr      bool          // the method takes a pointer
	openAPI       func() (typ, format string)
	defaults      bool // somewhere inside there is a default tag
	defaulted     []*Field
	unsettled     bool // see Settle: somewhere inside something may have to change,
	foreign       bool // or there is what nobody knows of
	asSent        bool // somewhere inside there is JSON that is kept as it was sent
	stringList    bool // a named []string, which is a message of its own in protobuf
}

// A Field is one field of a struct: its place in Go and on the wire, and the
// facts in its tags.
type Field struct {
	Name   string // in JSON; empty for Inline and Rest fields
	GoName string
	Plan   *Plan
	// Index is the field's index sequence for [reflect.Value.FieldByIndex], from
	// the struct whose plan the Field was taken from.
	Index []int
	// Offset is where the field's memory begins in that struct.
	Offset uintptr

	Inline    bool // the fields of this struct appear in its parent's place
	Rest      bool // a map[string]any that takes all fields without another place
	Union     bool // an alternative of a union
	OmitEmpty bool // left out of JSON when empty, as encoding/json defines it
	OmitZero  bool // left out of JSON when zero (IsZero, if it has that method)
	Required  bool // has to be set

	Number int // in protobuf; 0 when it has none

	PatchStrategy []string // of a strategic merge patch: merge, replace, retainKeys
	MergeKey      string   // the field that names a list's item in such a patch
	ListType      string   // for apply: atomic, set or map
	ListKeys      []string // the fields that name an item of a list of type map
	MapType       string   // for apply: atomic or granular
	Enum          []string // the values that are allowed, in declared order
	Default       string   // the value that a missing field gets, as text or JSON
	HasDefault    bool
	Tag           reflect.StructTag

	lead    string // `,"name":`
	through string // the embedded structs that it is reached through, as "Spec."
	omit    emptyRule
	parsed  ptr // the default, decoded
}

// Field returns the field with that name in JSON, embedded structs' included.
func (pl *Plan) Field(name string) (*Field, bool) {
	if i := pl.index.find(name, pl.flat); i >= 0 {
		return pl.flat[i], true
	}
	return nil, false
}

// JSONFields returns the fields in the order in which JSON has them, with those
// of embedded structs in their parent's place. The slice is read-only.
func (pl *Plan) JSONFields() []*Field { return pl.flat }

// RestField returns the field that takes whatever has no other place, or nil.
func (pl *Plan) RestField() *Field { return pl.rest }

// HasProto reports whether values of the type have a protobuf form.
func (pl *Plan) HasProto() bool { return pl.wire != nil || pl.ownProto }

// OpenAPIType returns the JSON type and format that a Value's type states for
// itself. ok is false for all other types.
func (pl *Plan) OpenAPIType() (typ, format string, ok bool) {
	if pl.openAPI == nil {
		return "", "", false
	}
	typ, format = pl.openAPI()
	return typ, format, true
}

// Base returns the plan behind pointers: pl itself if it is not a Pointer.
func (pl *Plan) Base() *Plan {
	for pl.Kind == Pointer {
		pl = pl.Elem
	}
	return pl
}

// The methods by which a type takes part in an encoding without following its
// fields. They are documented in the package comment.
type (
	jsonAppender interface {
		AppendJSON(dst []byte) ([]byte, error)
	}
	jsonParser interface {
		ParseJSON(data []byte) error
	}
	protoAppender interface {
		AppendProto(dst []byte) []byte
	}
	protoParser interface {
		ParseProto(data []byte) error
	}
	zeroer interface {
		IsZero() bool
	}
	openAPITyped interface {
		OpenAPIType() (typ, format string)
	}
)

// plans holds the finished plans by type. A plan is added once and never
// changed, so that readers need no lock.
var plans sync.Map // reflect.Type -> *Plan

// building is held while plans are made: a plan refers to others that are in
// the making with it, and all of them become visible together.
var building sync.Mutex

// PlanFor returns the plan of t, which is made at the first call and kept. It
// fails for types that no encoding can hold, such as channels, functions and
// maps whose keys are not text. It may be called by goroutines at once.
func PlanFor(t reflect.Type) (*Plan, error) {
	if pl, ok := plans.Load(t); ok {
		return pl.(*Plan), nil
	}
	return makePlans(t)
}

// emptyRule says how to see in memory that a value is empty.
type emptyRule uint8

const (
	neverEmpty  emptyRule = iota
	emptyByte             // one zero byte
	emptyHalf             // two zero bytes
	emptyWord             // four zero bytes
	emptyLong             // eight zero bytes
	emptyFloat            // a float that equals 0, -0 too
	emptyLength           // a slice or string of length 0
	emptyMap              // a map without entries
	emptyNil              // a nil pointer or interface
	emptyMethod           // IsZero says so
	emptyDeep             // all of its memory is zero, by reflection
)

// isEmpty applies rule to the value of pl's type at p.
func (pl *Plan) isEmpty(rule emptyRule, p ptr) bool {
	switch rule {
	case emptyByte:
		return *at[uint8](p) == 0
	case emptyHalf:
		return *at[uint16](p) == 0
	case emptyWord:
		return *at[uint32](p) == 0
	case emptyLong:
		return *at[uint64](p) == 0
	case emptyFloat:
		return getFloat(pl, p) == 0
	case emptyLength:
		return at[struct {
			data ptr
			len  int
		}](p).len == 0
	case emptyMap:
		return mapLen(p) == 0
	case emptyNil:
		return *at[ptr](p) == nil
	case emptyMethod:
		return pl.zeroer.on(p).IsZero()
	case emptyDeep:
		return valueAt(pl.Type, p).IsZero()
	}
	return false
}

// nameIndex finds a struct's field by its name. It is a small hash table made
// for the names at hand: entries are positions in the field list plus one,
// linked through next where several share a slot.
type nameIndex struct {
	mask  uint32
	slots []uint16
	next  []uint16
}

func newNameIndex(fields []*Field) nameIndex {
	size := 4
	for size < 2*len(fields) {
		size *= 2
	}
	x := nameIndex{mask: uint32(size - 1), slots: make([]uint16, size), next: make([]uint16, len(fields))}
	for i := len(fields) - 1; i >= 0; i-- {
		h := hashName(fields[i].Name) & x.mask
		x.next[i] = x.slots[h]
		x.slots[h] = uint16(i + 1)
	}
	return x
}

// find returns the position of the field called name, or -1.
func (x *nameIndex) find(name string, fields []*Field) int {
	if len(x.slots) == 0 {
		return -1
	}
	for i := x.slots[hashName(name)&x.mask]; i != 0; i = x.next[i-1] {
		if fields[i-1].Name == name {
			return int(i - 1)
		}
	}
	return -1
}

func hashName(s string) uint32 {
	n := len(s)
	if n == 0 {
		return 0
	}
	h := uint32(n)*0x9E3779B1 ^ uint32(s[0])*0x85EBCA6B ^ uint32(s[n-1])*0xC2B2AE35 ^ uint32(s[n/2])*0x27D4EB2F
	return h ^ h>>15
}

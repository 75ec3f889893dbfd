package codec

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"math"
	"reflect"
	"slices"
)

// FromMap fills what into points at from m, as decoding m's JSON would. Numbers
// may be of any Go type. Fields that the type does not have are passed over. An
// error is worded as Kubernetes words it for patches: "unrecognized type: int32"
// for text where a number is wanted.
//
// The filled value shares no memory with m.
func FromMap(m map[string]any, into any) error {
	_, err := DecodeMap(m, into, DecodeOptions{})
	return err
}

// DecodeMap does what [FromMap] does, and in Strict mode reports the fields that
// the type does not have.
func DecodeMap(m map[string]any, into any, opts DecodeOptions) ([]Problem, error) {
	return FromTree(m, into, opts)
}

// FromTree does what [DecodeMap] does, for a tree of any kind.
func FromTree(tree, into any, opts DecodeOptions) ([]Problem, error) {
	pl, p, err := target(into)
	if err != nil {
		return nil, err
	}
	d := decoders.Get().(*decoder)
	defer d.release()
	d.strict = opts.Strict
	if err := d.fill(pl, p, tree); err != nil {
		return nil, err
	}
	slices.SortFunc(d.problems, func(a, b Problem) int { return cmp.Compare(a.Path, b.Path) })
	return d.problems, nil
}

// fill puts the tree v into the value at p.
func (d *decoder) fill(pl *Plan, p ptr, v any) error {
	if v == nil {
		switch pl.Kind {
		case Pointer, List, Map, Bytes, Any:
			valueAt(pl.Type, p).SetZero()
		case Value:
			return d.fillValue(pl, p, v)
		}
		return nil
	}
	switch pl.Kind {
	case Pointer:
		if *at[ptr](p) == nil {
			*at[ptr](p) = newValue(pl.Elem.Type)
		}
		return d.fill(pl.Elem, *at[ptr](p), v)
	case String:
		if s, ok := v.(string); ok {
			*at[string](p) = s
			return nil
		}
		return unfit(pl, v)
	case Bool:
		if b, ok := v.(bool); ok {
			*at[bool](p) = b
			return nil
		}
		return unfit(pl, v)
	case Int, Uint, Float:
		return fillNumber(pl, p, v)
	case Bytes:
		return fillBytes(pl, p, v)
	case Any:
		t := treeMaker{}
		copied, err := t.anyTree(v)
		*at[any](p) = copied
		return err
	case Value, Union:
		return d.fillValue(pl, p, v)
	}
	if d.depth++; d.depth > maxDepth {
		return errDepth
	}
	defer func() { d.depth-- }()
	switch pl.Kind {
	case List:
		return d.fillList(pl, p, v)
	case Map:
		return d.fillMap(pl, p, v)
	}
	return d.fillStruct(pl, p, v)
}

// unfit says that a tree's value is not what the plan's type holds.
func unfit(pl *Plan, v any) error {
	from := reflect.TypeOf(v)
	if from.ConvertibleTo(pl.Type) {
		return fmt.Errorf("cannot convert %v to %s", from, typeName(pl.Type))
	}
	return fmt.Errorf("unrecognized type: %v", pl.Type.Kind())
}

func fillNumber(pl *Plan, p ptr, v any) error {
	rv := reflect.ValueOf(v)
	switch {
	case rv.CanInt():
		n := rv.Int()
		switch pl.Kind {
		case Float:
			setFloat(pl, p, float64(n))
			return nil
		case Int:
			if setInt(pl, p, wrapped(pl, n)) {
				return nil
			}
		case Uint:
			if n >= 0 && setUint(pl, p, uint64(n)) {
				return nil
			}
		}
	case rv.CanUint():
		n := rv.Uint()
		switch pl.Kind {
		case Float:
			setFloat(pl, p, float64(n))
			return nil
		case Int:
			if n <= math.MaxInt64 && setInt(pl, p, int64(n)) {
				return nil
			}
		case Uint:
			if setUint(pl, p, n) {
				return nil
			}
		}
	case rv.CanFloat():
		f := rv.Float()
		whole := f == math.Trunc(f)
		if whole && pl.Kind == Int {
			n := int64(math.MinInt64) // also of what is larger than any
			if math.Abs(f) < 1<<63 {
				n = int64(f)
			}
			setInt(pl, p, wrapped(pl, n))
			return nil
		}
		switch {
		case pl.Kind == Float:
			setFloat(pl, p, f)
			return nil
		case pl.Kind == Uint && whole && f >= 0 && f < 1<<64 && setUint(pl, p, uint64(f)):
			return nil
		}
	}
	return unfit(pl, v)
}

// wrapped returns a number as Kubernetes has it in a field of 32 bits, into which it
// puts the last 32 of any number of a tree.
func wrapped(pl *Plan, n int64) int64 {
	if pl.size == 4 {
		return int64(int32(n))
	}
	return n
}

func fillBytes(pl *Plan, p ptr, v any) error {
	switch v := v.(type) {
	case string:
		b, err := base64.StdEncoding.DecodeString(v)
		if err != nil {
			return fmt.Errorf("error decoding from json: %w", err)
		}
		*at[[]byte](p) = b
		return nil
	case []byte:
		*at[[]byte](p) = append([]byte{}, v...)
		return nil
	}
	return fmt.Errorf("cannot restore slice from %v", reflect.TypeOf(v).Kind())
}

// fillValue fills a value that reads its own JSON, or a union, from v's JSON.
func (d *decoder) fillValue(pl *Plan, p ptr, v any) error {
	e := encoders.Get().(*encoder)
	defer e.release()
	if e.any(v); e.err != nil {
		return e.err
	}
	own := decoders.Get().(*decoder)
	defer own.release()
	own.data = e.Buffer()
	pl.decode(own, pl, p)
	_, err := own.finish()
	return err
}

func (d *decoder) fillList(pl *Plan, p ptr, v any) error {
	items, ok := v.([]any)
	if !ok {
		rv := reflect.ValueOf(v)
		if rv.Kind() != reflect.Slice {
			return fmt.Errorf("cannot restore slice from %v", rv.Kind())
		}
		for i := range rv.Len() {
			items = append(items, rv.Index(i).Interface())
		}
	}
	h := at[sliceHeader](p)
	if len(items) == 0 {
		*h = emptyList()
		return nil
	}
	*h = sliceHeader{}
	growList(pl.Type, p, len(items))
	h.len = len(items)
	d.path = append(d.path, step{item: true})
	defer func() { d.path = d.path[:len(d.path)-1] }()
	for i, item := range items {
		d.path[len(d.path)-1].index = i
		if err := d.fill(pl.Elem, add(h.data, uintptr(i)*pl.Elem.size), item); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) fillMap(pl *Plan, p ptr, v any) error {
	from := reflect.ValueOf(v)
	if from.Kind() != reflect.Map || from.Type().Key().Kind() != reflect.String {
		return fmt.Errorf("cannot restore map from %v", from.Kind())
	}
	m := valueAt(pl.Type, p)
	if m.IsNil() {
		m.Set(reflect.MakeMapWithSize(pl.Type, from.Len()))
	}
	key := reflect.New(pl.Type.Key()).Elem()
	value := reflect.New(pl.Elem.Type)
	d.path = append(d.path, step{})
	defer func() { d.path = d.path[:len(d.path)-1] }()
	for iter := from.MapRange(); iter.Next(); {
		key.SetString(iter.Key().String())
		d.path[len(d.path)-1] = step{key: key.String()}
		value.Elem().SetZero()
		if err := d.fill(pl.Elem, pointee(value), iter.Value().Interface()); err != nil {
			return err
		}
		m.SetMapIndex(key, value.Elem())
	}
	return nil
}

func (d *decoder) fillStruct(pl *Plan, p ptr, v any) error {
	m, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("cannot restore struct from: %v", reflect.TypeOf(v).Kind())
	}
	at := len(d.path)
	for _, f := range pl.flat {
		value, ok := m[f.Name]
		if !ok {
			continue
		}
		d.path = append(d.path, step{owner: pl, field: f})
		err := d.fill(f.Plan, add(p, f.Offset), value)
		d.path = d.path[:at]
		if err != nil {
			return err
		}
	}
	return d.fillRest(pl, p, m)
}

// fillRest handles the entries of m that no field is for.
func (d *decoder) fillRest(pl *Plan, p ptr, m map[string]any) error {
	if pl.rest == nil && !d.strict {
		return nil
	}
	var unknown []string
	for key := range m {
		if _, known := pl.Field(key); !known {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	if pl.rest == nil {
		for _, key := range unknown {
			d.report(UnknownField, key)
		}
		return nil
	}
	rest := at[map[string]any](add(p, pl.rest.Offset))
	if *rest == nil {
		*rest = make(map[string]any, len(unknown))
	}
	t := treeMaker{}
	for _, key := range unknown {
		copied, err := t.anyTree(m[key])
		if err != nil {
			return err
		}
		(*rest)[key] = copied
	}
	return nil
}

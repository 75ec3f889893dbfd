package codec

import (
	"fmt"
	"reflect"
)

// ApplyDefaults fills in the defaults that struct tags state (`default:"80"`),
// in v and in all that it holds: a field that is zero, or a nil pointer, gets
// its default. v is a pointer to a value of a type that can be planned.
//
// A default is the text itself for a string, and JSON for everything else.
func ApplyDefaults(v any) error {
	pl, p, err := target(v)
	if err != nil {
		return err
	}
	pl.applyDefaults(p)
	return nil
}

func (pl *Plan) applyDefaults(p ptr) {
	if !pl.defaults {
		return
	}
	switch pl.Kind {
	case Pointer:
		if target := *at[ptr](p); target != nil {
			pl.Elem.applyDefaults(target)
		}
	case List:
		h := at[sliceHeader](p)
		for i := range h.len {
			pl.Elem.applyDefaults(add(h.data, uintptr(i)*pl.Elem.size))
		}
	case Map:
		m := valueAt(pl.Type, p)
		value := reflect.New(pl.Elem.Type)
		for _, key := range m.MapKeys() {
			value.Elem().Set(m.MapIndex(key))
			pl.Elem.applyDefaults(pointee(value))
			m.SetMapIndex(key, value.Elem())
		}
	case Struct, Union:
		for _, f := range pl.defaulted {
			fp := add(p, f.Offset)
			if f.HasDefault && valueAt(f.Plan.Type, fp).IsZero() {
				f.Plan.assign(fp, f.parsed)
				f.Plan.unshare(fp)
			}
			f.Plan.applyDefaults(fp)
		}
	}
}

// parseDefaults reads the defaults of the struct's fields.
func (pl *Plan) parseDefaults() error {
	for i := range pl.Fields {
		f := &pl.Fields[i]
		if !f.HasDefault {
			continue
		}
		text := []byte(f.Default)
		if f.Plan.Base().Kind == String {
			text = appendText(nil, f.Default)
		}
		f.parsed = newValue(f.Plan.Type)
		d := &decoder{scanner: scanner{data: text}, strict: true}
		f.Plan.decode(d, f.Plan, f.parsed)
		if d.next(); d.pos != len(text) {
			d.fail()
		}
		problems, err := d.finish()
		if err == nil && len(problems) > 0 {
			err = fmt.Errorf("%s", problems[0])
		}
		if err != nil {
			return fmt.Errorf("field %s: default %q: %w", f.GoName, f.Default, err)
		}
	}
	return nil
}

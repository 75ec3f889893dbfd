package apply

import (
	"maps"
	"reflect"
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
)

// object goes through a whole patch and puts it into live. Of what identifies an
// object it takes only what says the same, unless the object is new.
func (a *direct) object(sh *shape, config map[string]any, live reflect.Value, s skip, fresh bool) {
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
		case s.top(f.name):
			// Generated manifests have an empty status, which says nothing.
			tree, ok := value.(map[string]any)
			a.odd = a.odd || !ok || len(tree) > 0 || fresh || !f.present(f.of(live))
		case f.name == "metadata" && f.shape.kind != codec.Struct:
			a.odd = true
		case f.name == "metadata":
			a.metadata(f, value, live, s, fresh)
		default:
			a.field(0, 0, f, value, live, fresh)
		}
	}
	a.odd = a.odd || left != 0
}

func (a *direct) metadata(f *shapeField, value any, live reflect.Value, s skip, fresh bool) {
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
		case (inner.name == "name" || inner.name == "namespace") && fresh:
			text, ok := value.(string)
			a.odd = a.odd || !ok
			inner.of(v).SetString(text)
		case inner.name == "name" || inner.name == "namespace":
			a.odd = a.odd || value != inner.of(v).String()
		case s.meta(inner.name):
			a.odd = true
		default:
			a.field(i, j, inner, value, v, fresh)
		}
	}
	a.odd = a.odd || left != 0
	a.close(0, 0, i, j)
}

// field holds a field of the patch against the object's. fresh: what it is in
// was not there before.
func (a *direct) field(set, differing int32, f *shapeField, value any, live reflect.Value, fresh bool) {
	if a.bad() {
		return
	}
	v := f.of(live)
	fresh = fresh || !f.present(v)
	merge := f.shape.merge
	if f.whole {
		merge = whole
	}
	i, j := a.both(set, differing, 'f', f.name)
	a.value(i, j, f.shape, merge, value, v, fresh)
	a.close(set, differing, i, j)
}

// value holds one value of the patch against the object's, at an open node.
func (a *direct) value(i, j int32, sh *shape, merge mergeKind, value any, live reflect.Value, fresh bool) {
	if merge == whole {
		a.leaf(i, j, sh, value, live, fresh)
		return
	}
	target := live
	if fresh {
		a.differing.nodes[j].changed = true
		target = made(live)
	} else {
		var null bool
		if target, null = follow(live); null {
			a.odd = true
			return
		}
	}
	switch value := value.(type) {
	case map[string]any:
		switch {
		case sh.kind != codec.Struct && sh.kind != codec.Map:
			a.odd = true
		case len(value) == 0:
			// Empty is a value of its own.
			a.set.nodes[i].changed = true
		case sh.kind == codec.Struct:
			a.fields(i, j, sh, value, target, fresh)
		default:
			a.entries(i, j, sh, value, target, fresh)
		}
	case []any:
		if len(value) == 0 || target.Kind() != reflect.Slice || sh.kind == codec.Struct || sh.kind == codec.Map {
			a.odd = true
		} else {
			a.items(i, j, sh, value, target, fresh)
		}
	default:
		a.odd = true
	}
}

// made makes what is new: it returns what v points at then, and maps that can
// be filled.
func made(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	if v.Kind() == reflect.Map && v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	return v
}

func (a *direct) fields(i, j int32, sh *shape, tree map[string]any, live reflect.Value, fresh bool) {
	left := len(tree)
	for k := range sh.fields {
		if value, ok := tree[sh.fields[k].name]; ok {
			left--
			a.field(i, j, &sh.fields[k], value, live, fresh)
		}
	}
	a.odd = a.odd || left != 0
}

func (a *direct) entries(i, j int32, sh *shape, tree map[string]any, live reflect.Value, fresh bool) {
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		if a.bad() {
			return
		}
		was := entry(live, key)
		// What a map holds cannot be set in place.
		into := reflect.New(live.Type().Elem()).Elem()
		if was.IsValid() {
			into.Set(was)
		}
		n, m := a.both(i, j, 'f', a.set.plain(key))
		a.value(n, m, sh.elem, sh.elem.merge, tree[key], into, fresh || !was.IsValid())
		if a.differing.nodes[m].changed || a.differing.nodes[m].first != none {
			live.SetMapIndex(reflect.ValueOf(key).Convert(live.Type().Key()), into)
		}
		a.close(i, j, n, m)
	}
}

// leaf holds a value that is owned as a whole against the object's, and puts it
// there if it differs.
func (a *direct) leaf(i, j int32, sh *shape, value any, live reflect.Value, fresh bool) {
	a.set.nodes[i].changed = true
	if value == nil {
		a.odd = true
		return
	}
	if !fresh {
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
			tree, err := codec.ToTree(reference(v))
			if err != nil || reflect.DeepEqual(tree, value) {
				a.odd = a.odd || err != nil
				return
			}
		}
	}
	a.differing.nodes[j].changed = true
	a.put(sh, value, live)
}

// sameText compares values of the simple kinds, and texts. ok is false for others,
// among them those of the wrong kind.
func (a *direct) sameText(kind codec.Kind, value any, v reflect.Value) (same, ok bool) {
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

// put sets v to a value of a patch.
func (a *direct) put(sh *shape, value any, v reflect.Value) {
	switch value := value.(type) {
	case string:
		if sh.kind == codec.String {
			made(v).SetString(value)
			return
		}
	case bool:
		if sh.kind == codec.Bool {
			made(v).SetBool(value)
			return
		}
	case int64:
		if sh.kind == codec.Int {
			if target := made(v); !target.OverflowInt(value) {
				target.SetInt(value)
				return
			}
		}
	}
	into := reflect.New(v.Type())
	problems, err := codec.FromTree(value, into.Interface(), codec.DecodeOptions{Strict: true})
	if err != nil || len(problems) > 0 {
		a.odd = true
		return
	}
	// Values that are text to others may come back in another form: 1000m is 1.
	// All else is taken only if it comes back as it is, or the merge would be of
	// something else.
	if _, text := value.(string); sh.kind != codec.Value || !text {
		tree, err := codec.ToTree(into.Interface())
		a.odd = a.odd || err != nil || !reflect.DeepEqual(tree, value) || !a.named(sh, value)
	}
	v.Set(into.Elem())
}

// named says that in a value that is owned as a whole, too, all items of lists
// whose items have names have them, each its own.
func (a *direct) named(sh *shape, value any) bool {
	switch value := value.(type) {
	case map[string]any:
		for i := range sh.fields {
			if inner, ok := value[sh.fields[i].name]; ok && !a.named(sh.fields[i].shape, inner) {
				return false
			}
		}
		if sh.kind == codec.Map {
			for _, inner := range value {
				if !a.named(sh.elem, inner) {
					return false
				}
			}
		}
	case []any:
		if sh.kind != codec.List {
			return true
		}
		var names []string
		for _, item := range value {
			if sh.merge != whole {
				text, ok := a.itemText(sh, item)
				if !ok || slices.Contains(names, text) {
					return false
				}
				names = append(names, text)
			}
			if !a.named(sh.elem, item) {
				return false
			}
		}
	}
	return true
}

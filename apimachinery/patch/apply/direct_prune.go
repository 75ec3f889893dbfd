package apply

import (
	"reflect"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// pruning removes what an applier had and no longer asks for, as far as nobody
// else owns it. With a struct that is left out altogether goes all that nobody
// owns in it.
type pruning struct {
	a *direct
	// last is what the applier had, others what all the others have.
	last, others *difference
	// removed says that something was, ghosts which fields of a struct were that
	// its JSON has all the same.
	removed bool
	ghosts  []string
	null    bool // the struct has a field that became null
}

// prune removes from the object v what the entry mine has and the patch has not.
// ok is false for what the long way has to sort out.
func (a *direct) prune(sh *shape, config map[string]any, v reflect.Value, s skip, entries []meta.ManagedFieldsEntry, mine int) (removed, ok bool) {
	p := pruning{a: a, last: newDifference(), others: newDifference()}
	defer p.last.release()
	defer p.others.release()
	if !p.last.read(entries[mine].FieldsV1.Raw) {
		return false, false
	}
	if a.set.covers(0, p.last, 0) {
		return false, true
	}
	var all []byte
	for i := range entries {
		text := entries[i].FieldsV1.Raw
		if i == mine {
			continue
		}
		if all != nil {
			if text, ok = p.others.edit(nil, text, true); !ok {
				return false, false
			}
			p.others.reset()
		}
		if all = text; !p.others.read(all) {
			return false, false
		}
	}
	p.object(sh, config, v, s)
	return p.removed, !a.bad()
}

// covers says that all of the members of other are in d, too.
func (d *difference) covers(i int32, other *difference, j int32) bool {
	c := d.nodes[i].first
	for o := other.nodes[j].first; o != none; o = other.nodes[o].next {
		n := &other.nodes[o]
		for c != none && (d.nodes[c].kind != n.kind || d.nodes[c].text != n.text) {
			c = d.nodes[c].next // both are in the same order
		}
		if c == none || n.changed && !d.nodes[c].changed || !d.covers(c, other, o) {
			return false
		}
	}
	return true
}

// child returns the child of a node, or none.
func (d *difference) child(i int32, kind byte, text string) int32 {
	if i == none {
		return none
	}
	c := d.nodes[i].first
	for c != none && (d.nodes[c].kind != kind || d.nodes[c].text != text) {
		c = d.nodes[c].next
	}
	return c
}

// object prunes at the top, where metadata stays whatever it has: there is a name.
func (p *pruning) object(sh *shape, config map[string]any, v reflect.Value, s skip) {
	metadata, _ := config["metadata"].(map[string]any)
	for c := p.last.nodes[0].first; c != none; c = p.last.nodes[c].next {
		n := &p.last.nodes[c]
		f := sh.field(n)
		if f == nil || s.top(f.name) {
			p.a.odd = true
			return
		}
		if f.name != "metadata" {
			p.field(f, v, c, p.a.set.child(0, n.kind, n.text), p.others.child(0, n.kind, n.text))
			continue
		}
		if metadata["name"] == nil || f.shape.kind != codec.Struct {
			p.a.odd = true
			return
		}
		for g := n.first; g != none; g = p.last.nodes[g].next {
			if s.meta(p.last.nodes[g].text) {
				p.a.odd = true
				return
			}
		}
		p.fields(f.shape, f.of(v), c, p.a.set.child(0, n.kind, n.text), p.others.child(0, n.kind, n.text))
	}
}

// field returns the field of a struct that a node stands for, or nil.
func (sh *shape) field(n *node) *shapeField {
	i, ok := slices.BinarySearchFunc(sh.fields, n.text, func(f shapeField, name string) int { return strings.Compare(f.name, name) })
	if !ok || n.kind != 'f' {
		return nil
	}
	return &sh.fields[i]
}

// fields prunes a struct. last, set and others are the nodes that stand for it in
// what the applier had, has now, and others have; the latter two may be none.
func (p *pruning) fields(sh *shape, v reflect.Value, last, set, others int32) {
	for c := p.last.nodes[last].first; c != none && !p.a.odd; c = p.last.nodes[c].next {
		n := &p.last.nodes[c]
		if f := sh.field(n); f == nil {
			p.a.odd = true
		} else {
			p.field(f, v, c, p.a.set.child(set, n.kind, n.text), p.others.child(others, n.kind, n.text))
		}
	}
}

func (p *pruning) field(f *shapeField, v reflect.Value, last, set, others int32) {
	v = f.of(v)
	if !f.present(v) {
		return
	}
	merge := f.shape.merge
	if f.whole {
		merge = whole
	}
	if set == none && others == none {
		v.SetZero()
		p.removed = true
		if f.present(v) {
			p.ghosts = append(p.ghosts, f.name)
		}
		return
	}
	if p.last.nodes[last].first == none {
		return
	}
	before, ghosts, hadNull := p.removed, p.ghosts, p.null
	p.removed, p.ghosts, p.null = false, nil, false
	target, null := follow(v)
	switch {
	case null || merge == whole:
		p.a.odd = true
	case f.shape.kind == codec.Struct:
		p.fields(f.shape, target, last, set, others)
	case f.shape.kind == codec.Map:
		p.entries(f.shape, target, last, set, others)
	default:
		p.items(f.shape, target, last, set, others)
	}
	asked := set != none && p.a.set.nodes[set].first != none // even if JSON leaves it out
	bare := p.removed && !asked && !p.null && !p.a.odd && p.isBare(f.shape, target)
	p.removed, p.ghosts, p.null = p.removed || before, ghosts, hadNull || bare
	if bare {
		v.SetZero() // what is left of it is null, which is not the same as empty
	}
}

// isBare says that nothing is left in a struct, a map or a list.
func (p *pruning) isBare(sh *shape, v reflect.Value) bool {
	if sh.kind != codec.Struct {
		return v.Len() == 0
	}
	return !slices.ContainsFunc(sh.fields, func(f shapeField) bool { return f.present(f.of(v)) && !slices.Contains(p.ghosts, f.name) })
}

func (p *pruning) entries(sh *shape, v reflect.Value, last, set, others int32) {
	if sh.elem.merge != whole {
		p.a.odd = true
		return
	}
	for c := p.last.nodes[last].first; c != none; c = p.last.nodes[c].next {
		n := &p.last.nodes[c]
		if n.kind != 'f' || !n.changed || n.first != none {
			p.a.odd = true
			return
		}
		if p.a.set.child(set, n.kind, n.text) != none || p.others.child(others, n.kind, n.text) != none {
			continue
		}
		key := reflect.ValueOf(p.a.set.plain(n.text)).Convert(v.Type().Key())
		if v.MapIndex(key).IsValid() {
			v.SetMapIndex(key, reflect.Value{})
			p.removed = true
		}
	}
}

func (p *pruning) items(sh *shape, v reflect.Value, last, set, others int32) {
	names, ok := p.a.names(sh, v)
	if !ok {
		p.a.odd = true
		return
	}
	gone := 0
	for c := p.last.nodes[last].first; c != none && !p.a.odd; c = p.last.nodes[c].next {
		n := &p.last.nodes[c]
		at := slices.Index(names, n.text)
		if at < 0 {
			continue
		}
		s, o := p.a.set.child(set, n.kind, n.text), p.others.child(others, n.kind, n.text)
		switch {
		case s == none && o == none && n.changed:
			names[at] = ""
			gone++
		case s == none && (o == none || !p.others.nodes[o].changed):
			p.a.odd = true
		case n.first != none:
			item, null := follow(v.Index(at))
			if null || sh.elem.kind != codec.Struct || sh.elem.merge == whole {
				p.a.odd = true
				return
			}
			p.fields(sh.elem, item, c, s, o)
			p.a.odd = p.a.odd || s == none && !p.null && len(p.ghosts) > 0 && p.isBare(sh.elem, item)
			p.ghosts, p.null = nil, false
		}
	}
	if gone == 0 {
		return
	}
	p.removed = true
	kept := reflect.MakeSlice(v.Type(), 0, len(names)-gone)
	for i, name := range names {
		if name != "" {
			kept = reflect.Append(kept, v.Index(i))
		}
	}
	v.Set(kept)
}

package apply

import (
	"reflect"
	"slices"
	"strconv"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
)

// patchItem is an item of a list in a patch, and where the object has it.
type patchItem struct {
	text  string
	value any
	at    int // -1 if it is new
	into  int // where the merged list has it
}

// items holds a list whose items have names against the object's. Those of them
// that are there already have to be so in the same order.
func (a *direct) items(i, j int32, sh *shape, items []any, live reflect.Value, fresh bool) {
	have, ok := a.names(sh, live)
	if !ok {
		a.odd = true
		return
	}
	found := make([]patchItem, len(items))
	after, added := -1, 0
	for k, value := range items {
		text, ok := a.itemText(sh, value)
		at := slices.Index(have, text)
		if !ok || at >= 0 && at <= after || slices.ContainsFunc(found[:k], func(p patchItem) bool { return p.text == text }) {
			a.odd = true
			return
		}
		if found[k] = (patchItem{text: text, value: value, at: at, into: at}); at >= 0 {
			after = at
		} else {
			added++
		}
	}
	if added > 0 {
		makeRoom(live, found, added)
	}
	slices.SortFunc(found, func(x, y patchItem) int { return compareItems(x.text, y.text) })
	kind := byte('k')
	if sh.merge == setItems {
		kind = 'v'
	}
	for _, item := range found {
		n, m := a.both(i, j, kind, item.text)
		a.set.nodes[n].changed = true
		a.differing.nodes[m].changed = item.at < 0
		switch into := live.Index(item.into); {
		case sh.merge == keyItems:
			a.value(n, m, sh.elem, sh.elem.merge, item.value, into, fresh || item.at < 0)
		case item.at < 0:
			a.put(sh.elem, item.value, into)
		}
		a.close(i, j, n, m)
	}
}

// makeRoom makes room for new items: each before the next of the patch's items that
// was there already, behind what others have before that one.
func makeRoom(list reflect.Value, found []patchItem, added int) {
	n := list.Len()
	merged := reflect.MakeSlice(list.Type(), n+added, n+added)
	shared := make([]bool, n)
	for _, item := range found {
		if item.at >= 0 {
			shared[item.at] = true
		}
	}
	from, to := 0, 0
	others := func() {
		for ; from < n && !shared[from]; from++ {
			merged.Index(to).Set(list.Index(from))
			to++
		}
	}
	for k := range found {
		others()
		if found[k].at >= 0 {
			merged.Index(to).Set(list.Index(from))
			from++
		}
		found[k].into = to
		to++
	}
	others()
	list.Set(merged)
}

// names returns what names each item of a list. ok is false if one of them has
// no name of its own.
func (a *direct) names(sh *shape, list reflect.Value) (have []string, ok bool) {
	have = make([]string, list.Len())
	for k := range have {
		if have[k], ok = a.set.itemText(sh, list.Index(k)); !ok || slices.Contains(have[:k], have[k]) {
			return nil, false
		}
	}
	return have, true
}

// itemText is what names an item of a patch, as difference.itemText does of a
// typed one.
func (a *direct) itemText(sh *shape, value any) (string, bool) {
	d := a.set
	d.scratch = d.scratch[:0]
	if sh.merge == setItems {
		return a.scalarText(sh.elem.kind, value)
	}
	tree, ok := value.(map[string]any)
	if !ok {
		return "", false
	}
	text := []byte{'{'}
	for _, key := range sh.keys {
		value, there := tree[key.name]
		if !there {
			if !key.hasDefault && !key.omitEmpty && !key.omitZero {
				return "", false // a zero that JSON always has
			}
			if !key.hasDefault {
				continue
			}
			value = key.def
		}
		scalar, ok := a.scalarText(key.shape.kind, value)
		if !ok {
			return "", false
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = append(append(append(text, `\"`...), key.name...), `\":`...)
		text = append(text, scalar...)
	}
	return string(append(text, '}')), len(text) > 1
}

func (a *direct) scalarText(kind codec.Kind, value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return `\"` + v + `\"`, kind == codec.String && isPlain(v)
	case int64:
		return strconv.FormatInt(v, 10), kind == codec.Int
	case bool:
		return strconv.FormatBool(v), kind == codec.Bool
	}
	return "", false
}

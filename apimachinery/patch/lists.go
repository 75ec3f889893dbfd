package patch

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// mergeList merges the patch of a list into it: by key if its items are
// objects, else as a set. With deletes, the patch has the values to take out.
func mergeList(how strategy, old, patch []any, deletes bool) ([]any, error) {
	if len(old) == 0 && len(patch) == 0 {
		return old, nil
	}
	objects, err := haveObjects(old, patch)
	if err != nil {
		return nil, err
	}
	var merged []any
	key := ""
	switch {
	case !objects && deletes:
		return slices.DeleteFunc(slices.Clone(old), newPositions(patch, "").has), nil
	case !objects:
		merged = distinct(append(slices.Clone(old), patch...))
	case how.key == "":
		return nil, fmt.Errorf("cannot merge lists without merge key for %s", typeName(how.value))
	default:
		key = how.key
		if old, patch, err = specialItems(old, patch, key); err != nil {
			return nil, err
		}
		if merged, err = mergeItems(how, old, patch); err != nil {
			return nil, err
		}
	}
	return ordered(merged, patch, old, key), nil
}

func typeName(plan *codec.Plan) string {
	if plan == nil {
		return "unknown"
	}
	return plan.Type.Name()
}

// haveObjects says whether the items of lists, which must all be of one type,
// are objects.
func haveObjects(lists ...[]any) (bool, error) {
	var first reflect.Type
	seen := false
	for _, list := range lists {
		for _, item := range list {
			t := reflect.TypeOf(item)
			switch {
			case !seen:
				if _, nested := item.([]any); nested {
					return false, meta.Unprocessable() // lists of lists are not supported
				}
				first, seen = t, true
			case t != first:
				return false, fmt.Errorf("list element types are not identical: %v", lists)
			}
		}
	}
	if !seen {
		return false, errNoElements
	}
	if first == nil {
		return false, errors.New("list elements may not be null")
	}
	return first.Kind() == reflect.Map, nil
}

// specialItems carries out the directives among the items of patch, and returns
// what is left of the list and of the patch.
func specialItems(old, patch []any, key string) (left, plain []any, err error) {
	var gone []any
	replace := false
	for _, item := range patch {
		object := item.(map[string]any)
		what, special := object[directive]
		if !special {
			plain = append(plain, item)
			continue
		}
		switch what {
		case doDelete:
			if _, ok := object[key]; !ok {
				return nil, nil, noMergeKey(object, key)
			}
			gone = append(gone, item)
		case doReplace:
			replace = true
		case doMerge:
			return nil, nil, errors.New("merging lists cannot yet be specified in the patch")
		default:
			return nil, nil, unknownDirective(what, object)
		}
	}
	if replace {
		return plain, nil, nil
	}
	if len(gone) > 0 {
		old = slices.DeleteFunc(slices.Clone(old), newPositions(gone, key).has)
	}
	return old, plain, nil
}

func noMergeKey(object map[string]any, key string) error {
	return fmt.Errorf("map: %v does not contain declared merge key: %s", object, key)
}

// mergeItems merges every item of patch into the item with its key, or adds it.
func mergeItems(how strategy, old, patch []any) ([]any, error) {
	merged := slices.Clone(old)
	at := newPositions(merged, how.key)
	for _, item := range patch {
		object := item.(map[string]any)
		if _, ok := object[how.key]; !ok {
			return nil, noMergeKey(object, how.key)
		}
		i, found := at.of(item)
		if !found {
			left, keep := settled(object)
			if !keep {
				continue
			}
			at.add(left, len(merged))
			merged = append(merged, left)
			continue
		}
		into, ok := merged[i].(map[string]any)
		if !ok {
			continue
		}
		result, err := mergeMap(how.value, into, object)
		if err != nil {
			return nil, err
		}
		merged[i] = result
	}
	return merged, nil
}

// mergeOrdered carries out $setElementOrder: it merges the list in question and
// puts it into that order, and takes both out of the patch.
func mergeOrdered(plan *codec.Plan, doc, patch map[string]any) error {
	for _, k := range sortedKeys(patch) {
		if len(k) < len(setOrder) || k[:len(setOrder)] != setOrder {
			continue
		}
		name, err := target(k, setOrder, errBadSetOrder)
		if err != nil {
			return err
		}
		order, ok := patch[k].([]any)
		if !ok {
			return noList(patch[k])
		}
		delete(patch, k)
		old, had := doc[name]
		new, given := patch[name]
		if given && new == nil {
			continue // the list goes; nothing to order
		}
		oldList, ok := old.([]any)
		if had && !ok {
			return noList(old)
		}
		newList, ok := new.([]any)
		if given && !ok {
			return noList(new)
		}
		how, err := lookup(plan, name)
		if err != nil {
			return err
		}
		if how.value != nil && !how.list {
			return errors.New("expected slice or array type, but got: struct")
		}
		if err := checkOrder(newList, order, how, had, given); err != nil {
			return err
		}
		var merged []any
		switch {
		case had && given:
			if !how.merge {
				continue
			}
			if merged, err = mergeList(how, oldList, newList, false); err != nil {
				return err
			}
		case had:
			merged = oldList
		case given:
			if len(newList)+len(order) == 0 {
				return errNoElements
			}
			left, _ := settled(newList)
			merged = left.([]any)
		default:
			continue
		}
		doc[name] = ordered(merged, order, oldList, how.key)
		delete(patch, name)
	}
	return nil
}

func noList(v any) error {
	return fmt.Errorf("expected a []interface {}, but received a %s", reflect.TypeOf(v))
}

// checkOrder checks that an order names items as they are told apart, and that the
// items of the patch of the list stand as it has them.
func checkOrder(patch, order []any, how strategy, had, given bool) error {
	if how.merge && how.key != "" && (had || given) {
		for i, item := range order {
			object, ok := item.(map[string]any)
			if _, keyed := object[how.key]; ok && keyed {
				continue
			}
			switch {
			case ok:
				return noMergeKey(object, how.key)
			case given:
				return fmt.Errorf("expected a map[string]interface {}, but received a %s", reflect.TypeOf(item))
			}
			return fmt.Errorf("value for key %d is not a map", i)
		}
	}
	if len(order) == 0 {
		return nil
	}
	rest := order
	for _, item := range patch {
		if object, ok := item.(map[string]any); ok && object[directive] != nil {
			continue
		}
		i := slices.IndexFunc(rest, func(o any) bool { return sameItem(o, item, how.key) })
		if i < 0 {
			return fmt.Errorf("The order in patch list:\n%v\n doesn't match %s list:\n%v\n", patch, setOrder, order) //nolint:staticcheck // worded by Kubernetes
		}
		rest = rest[i+1:]
	}
	return nil
}

// ordered returns the items of merged in a new order: those that first names
// stand as it has them; the others stand as in base, each behind the named
// items that were before it there. Named items that base does not have come as
// early as they can.
func ordered(merged, first, base []any, key string) []any {
	named, inBase := newPositions(first, key), newPositions(base, key)
	var front, back []any
	for _, item := range merged {
		if named.has(item) {
			front = append(front, item)
		} else {
			back = append(back, item)
		}
	}
	slices.SortStableFunc(front, named.compare)
	slices.SortStableFunc(back, inBase.compare)
	out := make([]any, 0, len(merged))
	for len(front) > 0 && len(back) > 0 {
		i, known := inBase.of(front[0])
		j, old := inBase.of(back[0])
		if known && old && j < i {
			out, back = append(out, back[0]), back[1:]
		} else {
			out, front = append(out, front[0]), front[1:]
		}
	}
	return append(append(out, front...), back...)
}

// distinct returns the list without repetitions.
func distinct(list []any) []any {
	seen := positions{at: make(map[any]int, len(list))}
	out := list[:0]
	for _, item := range list {
		if !seen.has(item) {
			seen.add(item, 0)
			out = append(out, item)
		}
	}
	return out
}

// positions finds items of a list: objects by the value of key, others by
// their own. Items that have no such value are not found.
type positions struct {
	key string
	at  map[any]int // the first position
}

func newPositions(list []any, key string) positions {
	p := positions{key: key, at: make(map[any]int, len(list))}
	for i, item := range list {
		p.add(item, i)
	}
	return p
}

func (p positions) add(item any, i int) {
	if v, ok := identity(item, p.key); ok {
		if _, again := p.at[v]; !again {
			p.at[v] = i
		}
	}
}

func (p positions) of(item any) (int, bool) {
	v, ok := identity(item, p.key)
	if !ok {
		return 0, false
	}
	i, found := p.at[v]
	return i, found
}

func (p positions) has(item any) bool {
	_, found := p.of(item)
	return found
}

// compare sorts by position; items that are not there come last.
func (p positions) compare(a, b any) int {
	i, ok := p.of(a)
	if !ok {
		i = math.MaxInt
	}
	j, ok := p.of(b)
	if !ok {
		j = math.MaxInt
	}
	switch {
	case i < j:
		return -1
	case i > j:
		return 1
	}
	return 0
}

// identity is what tells an item from others of its list.
func identity(item any, key string) (any, bool) {
	if object, ok := item.(map[string]any); ok {
		if key == "" {
			return nil, false
		}
		item = object[key] // nil if there is none: such items are the same one, too
	}
	switch item.(type) {
	case nil, string, int64, float64, bool:
		return item, true
	}
	return nil, false
}

func sameItem(a, b any, key string) bool {
	x, ok := identity(a, key)
	y, same := identity(b, key)
	return ok && same && x == y
}

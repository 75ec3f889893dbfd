package patch

import (
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
)

// CreateStrategicPatch returns the strategic merge patch that turns one object
// of the type that plan is of into another; it is empty if they say the same.
// Original and modified are trees as codec.ToMap makes them. They are not
// changed, but the patch has parts of modified.
//
// Nulls in modified count as absent. Where a list cannot be merged, because
// items lack its key or share one, the patch replaces it.
func CreateStrategicPatch(plan *codec.Plan, original, modified map[string]any) (map[string]any, error) {
	return strategicDiff(plan, original, modified)
}

func strategicDiff(plan *codec.Plan, before, after map[string]any) (map[string]any, error) {
	patch := map[string]any{}
	for _, k := range sortedKeys(after) {
		old, new := before[k], after[k]
		if sameTree(old, new) || new == nil && old == nil {
			continue
		}
		oldMap, oldIsMap := old.(map[string]any)
		newMap, newIsMap := new.(map[string]any)
		oldList, oldIsList := old.([]any)
		newList, newIsList := new.([]any)
		switch {
		case oldIsMap && newIsMap:
			how, err := lookup(plan, k)
			if err != nil {
				return nil, err
			}
			if how.replace {
				patch[k] = new
				continue
			}
			sub, err := strategicDiff(how.value, oldMap, newMap)
			if err != nil {
				return nil, err
			}
			if len(sub) == 0 {
				continue
			}
			if how.retainKeys {
				keep := make([]any, 0, len(newMap))
				for _, name := range sortedKeys(newMap) {
					keep = append(keep, name)
				}
				sub[retainKeys] = keep
			}
			patch[k] = sub
		case oldIsList && newIsList:
			how, err := lookup(plan, k)
			if err != nil {
				return nil, err
			}
			if err := listDiff(how, k, oldList, newList, patch); err != nil {
				return nil, err
			}
		default:
			patch[k] = new
		}
	}
	for k, old := range before {
		if _, has := after[k]; !has && old != nil {
			patch[k] = nil
		}
	}
	return patch, nil
}

// listDiff adds to patch what turns the list called name from old to new.
func listDiff(how strategy, name string, old, new []any, patch map[string]any) error {
	switch {
	case !how.merge || len(new) == 0 && len(old) == 0:
		patch[name] = new
		return nil
	case mergeable(old, how.key) && mergeable(new, how.key) && !mixed(old, new):
	case how.key != "" && !slices.ContainsFunc(new, isNotObject) && !slices.ContainsFunc(old, isNotObject):
		// The items after this directive are what the list becomes.
		patch[name] = append([]any{map[string]any{directive: doReplace}}, new...)
		return nil
	default:
		patch[name] = new
		return nil
	}
	was, is := newPositions(old, how.key), newPositions(new, how.key)
	var items, gone, order []any
	for _, item := range new {
		i, had := was.of(item)
		object, isObject := item.(map[string]any)
		if !isObject {
			order = append(order, item)
			if !had {
				items = append(items, item)
			}
			continue
		}
		order = append(order, map[string]any{how.key: object[how.key]})
		if !had {
			items = append(items, item)
			continue
		}
		change, err := strategicDiff(how.value, old[i].(map[string]any), object)
		if err != nil {
			return err
		}
		if len(change) > 0 {
			change[how.key] = object[how.key]
			items = append(items, change)
		}
	}
	for _, item := range old {
		if is.has(item) {
			continue
		}
		if object, isObject := item.(map[string]any); isObject {
			items = append(items, map[string]any{how.key: object[how.key], directive: doDelete})
		} else {
			gone = append(gone, item)
		}
	}
	if len(items) > 0 {
		patch[name] = items
	}
	if len(gone) > 0 {
		patch[deleteFromList+"/"+name] = gone
	}
	patch[setOrder+"/"+name] = order
	return nil
}

func isNotObject(item any) bool {
	_, ok := item.(map[string]any)
	return !ok
}

// mergeable says whether every item of a list can be told from the others.
func mergeable(list []any, key string) bool {
	seen := make(map[any]bool, len(list))
	for _, item := range list {
		v, ok := identity(item, key)
		if !ok || seen[v] || isNotObject(item) != (key == "") {
			return false
		}
		seen[v] = true
	}
	return true
}

// mixed says whether two lists of values that are no objects have different
// types, which no union of them can.
func mixed(old, new []any) bool {
	_, err := haveObjects(old, new)
	return err != nil && err != errNoElements
}

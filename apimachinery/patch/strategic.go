package patch

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// The directives of strategic merge patches.
const (
	directive      = "$patch"
	retainKeys     = "$retainKeys"
	deleteFromList = "$deleteFromPrimitiveList"
	setOrder       = "$setElementOrder"

	doReplace = "replace"
	doDelete  = "delete"
	doMerge   = "merge"
)

// CheckStrategicPatch says what is wrong with a strategic merge patch before
// there is a document: it is no JSON or no object (400). Null is an empty patch.
func CheckStrategicPatch(data []byte) error {
	if err := CheckJSON(data); err != nil {
		return err
	}
	if kind := jsonKind(data); kind != "object" && kind != "null" {
		return meta.BadRequest("json: cannot unmarshal " + kind + " into Go value of type map[string]interface {}")
	}
	return nil
}

// Strategic applies a strategic merge patch to an object of the type that plan
// is of, and returns the new object. Doc and patch are trees as codec.ToMap
// makes them; both are used up: the result has parts of either.
//
// Values that do not fit the type are merged all the same. Reading the result
// finds them.
func Strategic(plan *codec.Plan, doc, patch map[string]any) (map[string]any, error) {
	return mergeMap(plan, doc, patch)
}

// mergeMap merges patch into doc. A nil plan is that of something without
// known fields.
func mergeMap(plan *codec.Plan, doc, patch map[string]any) (map[string]any, error) {
	if what, ok := patch[directive]; ok {
		switch what {
		case doReplace:
			delete(patch, directive)
			return patch, nil
		case doDelete:
			return map[string]any{}, nil
		}
		return nil, unknownDirective(what, patch)
	}
	if doc == nil {
		doc = map[string]any{}
	}
	if err := keepOnly(doc, patch); err != nil {
		return nil, err
	}
	if err := mergeOrdered(plan, doc, patch); err != nil {
		return nil, err
	}
	// In a fixed order, so that values are taken from a list before others are
	// put into it: "$" sorts before letters.
	for _, k := range sortedKeys(patch) {
		new := patch[k]
		deletes := strings.HasPrefix(k, deleteFromList)
		if deletes {
			var err error
			if k, err = target(k, deleteFromList, errBadDeleteList); err != nil {
				return nil, err
			}
		}
		if new == nil {
			delete(doc, k)
			continue
		}
		old := doc[k]
		oldMap, oldIsMap := old.(map[string]any)
		newMap, newIsMap := new.(map[string]any)
		oldList, oldIsList := old.([]any)
		newList, newIsList := new.([]any)
		var err error
		switch {
		case oldIsMap && newIsMap:
			doc[k], err = mergeField(plan, k, oldMap, newMap)
		case oldIsList && newIsList:
			doc[k], err = mergeListField(plan, k, oldList, newList, deletes)
		case deletes:
			// Nothing there to take from.
		default:
			var keep bool
			if new, keep = settled(new); keep {
				doc[k] = new
			} else {
				delete(doc, k)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return doc, nil
}

func mergeField(plan *codec.Plan, name string, old, new map[string]any) (any, error) {
	how, err := lookup(plan, name)
	if err != nil {
		return nil, err
	}
	if how.replace {
		return new, nil
	}
	return mergeMap(how.value, old, new)
}

func mergeListField(plan *codec.Plan, name string, old, new []any, deletes bool) (any, error) {
	how, err := lookup(plan, name)
	if err != nil {
		return nil, err
	}
	if !how.merge {
		return new, nil
	}
	return mergeList(how, old, new, deletes)
}

// strategy is what a type's tags say about merging one of its fields.
type strategy struct {
	value      *codec.Plan // of the field, or of the items of a list; nil if unknown
	list       bool        // the field is one
	merge      bool        // lists: by key, or as a set
	replace    bool        // objects: the new one stands
	retainKeys bool
	key        string // the field that items of a list are told apart by
}

func lookup(plan *codec.Plan, name string) (strategy, error) {
	if plan == nil {
		return strategy{}, nil
	}
	plan = plan.Base()
	switch plan.Kind {
	case codec.Struct, codec.Union:
	case codec.Any:
		return strategy{}, nil
	case codec.Value:
		return strategy{}, fmt.Errorf("unable to find api field in struct %s for the json field %q", plan.Type.Name(), name)
	default:
		return strategy{}, fmt.Errorf("merging an object in json but data type is not struct, instead is: %s", plan.Type.Kind())
	}
	f, ok := plan.Field(name)
	if !ok {
		if plan.RestField() != nil {
			return strategy{}, nil
		}
		return strategy{}, fmt.Errorf("unable to find api field in struct %s for the json field %q", plan.Type.Name(), name)
	}
	s := strategy{
		value:      f.Plan.Base(),
		merge:      slices.Contains(f.PatchStrategy, "merge"),
		replace:    slices.Contains(f.PatchStrategy, "replace"),
		retainKeys: slices.Contains(f.PatchStrategy, "retainKeys"),
		key:        f.MergeKey,
	}
	if s.value.Kind == codec.List {
		s.list = true
		s.value = s.value.Elem.Base()
	}
	return s, nil
}

// Errors that Kubernetes has a status for.
var (
	errBadDeleteList = meta.BadRequest("invalid patch format of primitive list")
	errBadRetainKeys = meta.BadRequest("invalid patch format of retainKeys")
	errBadSetOrder   = meta.BadRequest("invalid patch format of setElementOrder list")
)

func unknownDirective(what any, in map[string]any) error {
	return fmt.Errorf("unknown patch type: %s in map: %v", what, in) // also of what is no text
}

// target returns the list that a directive is about: $directive/list.
func target(key, prefix string, otherwise error) (string, error) {
	name, ok := strings.CutPrefix(key, prefix+"/")
	if !ok {
		return "", otherwise
	}
	return name, nil
}

// keepOnly carries out $retainKeys: it takes from doc all but the fields named.
func keepOnly(doc, patch map[string]any) error {
	directive, ok := patch[retainKeys]
	if !ok {
		return nil
	}
	delete(patch, retainKeys)
	list, ok := directive.([]any)
	if !ok {
		return errBadRetainKeys
	}
	retained := make(map[string]bool, len(list))
	for _, item := range list {
		if name, ok := item.(string); ok { // anything else names no field
			retained[name] = true
		}
	}
	for k, v := range patch {
		if v == nil || strings.HasPrefix(k, deleteFromList) || strings.HasPrefix(k, setOrder) || retained[k] {
			continue
		}
		return errBadRetainKeys // the patch sets what it says is not to stay
	}
	for k := range doc {
		if !retained[k] {
			delete(doc, k)
		}
	}
	return nil
}

// settled returns what becomes of a part of a patch where there is nothing to merge
// it with, and whether anything does: nulls vanish, and so does every object that
// has a "$patch", whatever it says. Other directives are taken for fields.
func settled(v any) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v[directive]; ok {
			return nil, false
		}
		for k, item := range v {
			left, keep := settled(item)
			if keep && item != nil {
				v[k] = left
			} else {
				delete(v, k)
			}
		}
	case []any:
		kept := v[:0]
		for _, item := range v {
			if left, keep := settled(item); keep {
				kept = append(kept, left)
			}
		}
		return kept, true
	}
	return v, true
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

var errNoElements = errors.New("no elements in any of the given slices")

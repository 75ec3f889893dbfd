package patch

import (
	"bytes"
	"encoding/json"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// CheckMergePatch says what is wrong with a merge patch before there is a
// document: it is no JSON or no object (400).
func CheckMergePatch(data []byte) error {
	if err := CheckJSON(data); err != nil {
		return err
	}
	switch kind := jsonKind(data); kind {
	case "object":
		return nil
	case "null":
		return meta.BadRequest("Invalid JSON Patch")
	default:
		return meta.BadRequest("error decoding patch: json: cannot unmarshal " + kind + " into Go value of type map[string]interface {}")
	}
}

// maxRawDepth is how deep objects are merged without reading what lies beside
// the way. Below it they are read whole, once: reading the rest at every level
// would make deep nesting expensive.
const maxRawDepth = 32

// MergePatch applies a merge patch to a JSON document, which must be an object,
// and returns the new one: null takes a field away, objects are merged, and
// everything else is replaced. Objects that the patch goes into come out with
// their fields in ascending order; what it does not touch stays as it is.
func MergePatch(doc, data []byte) ([]byte, error) {
	if err := CheckMergePatch(data); err != nil {
		return nil, err
	}
	if !json.Valid(doc) || jsonKind(doc) != "object" {
		return nil, meta.BadRequest("Invalid JSON Document")
	}
	return mergeRaw(doc, data, 0)
}

// mergeRaw merges data, an object, into doc, which may be anything or nothing.
func mergeRaw(doc, data json.RawMessage, depth int) (json.RawMessage, error) {
	if depth >= maxRawDepth {
		return mergeWhole(doc, data)
	}
	into, from := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	if jsonKind(doc) == "object" {
		if err := json.Unmarshal(doc, &into); err != nil {
			return nil, err
		}
	}
	if err := json.Unmarshal(data, &from); err != nil {
		return nil, err
	}
	for k, new := range from {
		var err error
		switch jsonKind(new) {
		case "null":
			delete(into, k)
		case "object":
			into[k], err = mergeRaw(into[k], new, depth+1)
		case "array":
			into[k], err = newList(new)
		default:
			into[k] = new
		}
		if err != nil {
			return nil, err
		}
	}
	return json.Marshal(into)
}

func mergeWhole(doc, data json.RawMessage) (json.RawMessage, error) {
	var from map[string]any
	if _, err := codec.UnmarshalJSON(data, &from, codec.DecodeOptions{}); err != nil {
		return nil, err
	}
	var into map[string]any
	if jsonKind(doc) == "object" {
		if _, err := codec.UnmarshalJSON(doc, &into, codec.DecodeOptions{}); err != nil {
			return nil, err
		}
	}
	return codec.MarshalJSON(mergeTree(into, from))
}

func mergeTree(into, from map[string]any) map[string]any {
	if into == nil {
		into = map[string]any{}
	}
	for k, new := range from {
		switch new := new.(type) {
		case nil:
			delete(into, k)
		case map[string]any:
			old, _ := into[k].(map[string]any)
			into[k] = mergeTree(old, new)
		default:
			withoutNulls(new)
			into[k] = new
		}
	}
	return into
}

// newList takes the null fields of objects out of a list, which the standard would
// leave, and puts the others in order.
func newList(list json.RawMessage) (json.RawMessage, error) {
	if bytes.IndexByte(list, '{') < 0 {
		return list, nil
	}
	var v []any
	if _, err := codec.UnmarshalJSON(list, &v, codec.DecodeOptions{}); err != nil {
		return nil, err
	}
	withoutNulls(v)
	return codec.MarshalJSON(v)
}

// CreateMergePatch returns the merge patch that turns one JSON object into
// another; {} if they say the same. A merge patch cannot set a field to null:
// nulls in modified count as absent.
func CreateMergePatch(original, modified []byte) ([]byte, error) {
	var before, after map[string]any
	if _, err := codec.UnmarshalJSON(original, &before, codec.DecodeOptions{}); err != nil {
		return nil, err
	}
	if _, err := codec.UnmarshalJSON(modified, &after, codec.DecodeOptions{}); err != nil {
		return nil, err
	}
	return codec.MarshalJSON(mergeDiff(before, after))
}

// mergeDiff returns the merge patch from one object to another; never nil.
func mergeDiff(before, after map[string]any) map[string]any {
	patch := map[string]any{}
	for k, new := range after {
		old, had := before[k]
		oldMap, oldIsMap := old.(map[string]any)
		newMap, newIsMap := new.(map[string]any)
		switch {
		case new == nil && (!had || old == nil):
		case oldIsMap && newIsMap:
			if sub := mergeDiff(oldMap, newMap); len(sub) > 0 {
				patch[k] = sub
			}
		case !had || !sameTree(old, new):
			patch[k] = new
		}
	}
	for k, old := range before {
		if _, has := after[k]; !has && old != nil {
			patch[k] = nil
		}
	}
	return patch
}

// sameTree says whether two trees of JSON are the same.
func sameTree(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for k, v := range x {
			w, has := y[k]
			if !has || !sameTree(v, w) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !sameTree(x[i], y[i]) {
				return false
			}
		}
		return true
	case nil, bool, string, int64, float64, json.Number, int, int32:
		switch b.(type) {
		case map[string]any, []any:
			return false
		}
		return a == b
	}
	return false
}

// withoutNulls takes null fields out of objects, at any depth.
func withoutNulls(v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v {
			if item == nil {
				delete(v, k)
			} else {
				withoutNulls(item)
			}
		}
	case []any:
		for _, item := range v {
			withoutNulls(item)
		}
	}
}

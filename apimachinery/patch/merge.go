package patch

import (
	"encoding/json"

	jsonpatch "github.com/evanphx/json-patch/v5"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// CheckMergePatch says what is wrong with a merge patch before there is a
// document: it is no JSON or no object (400).
func CheckMergePatch(data []byte) error {
	if err := checkJSON(data); err != nil {
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

// MergePatch applies a merge patch to a JSON document, which must be an object,
// and returns the new one: null takes a field away, objects are merged, and
// everything else is replaced.
func MergePatch(doc, data []byte) (out []byte, err error) {
	if err := CheckMergePatch(data); err != nil {
		return nil, err
	}
	defer func() { // as in JSONPatch
		if recover() != nil {
			out, err = nil, meta.Unprocessable()
		}
	}()
	out, err = jsonpatch.MergePatch(doc, data)
	if err != nil {
		return nil, meta.BadRequest(err.Error())
	}
	return out, nil
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

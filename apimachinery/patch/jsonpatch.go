package patch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	jsonpatch "github.com/evanphx/json-patch/v5"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

const (
	// maxOperations is how many operations one JSON Patch may have.
	maxOperations = 10_000
	// maxCopied is how many bytes the copy operations of one patch may add, so
	// that a short patch cannot double a document over and over.
	maxCopied = 3 << 20
	// maxLenientWork bounds the bytes that the slow way of applying a patch may
	// go through.
	maxLenientWork = 64 << 20
)

// CheckJSON refuses what is no JSON at all (400), which is told even to those who
// patch nothing.
func CheckJSON(data []byte) error {
	if !json.Valid(data) {
		return meta.BadRequest("invalid JSON patch")
	}
	return nil
}

// CheckJSONPatch says what is wrong with a JSON Patch before there is a
// document: it is no JSON or no list of objects (400), or too long (413).
func CheckJSONPatch(data []byte) error {
	_, err := operations(data)
	return err
}

// operation is one operation of a JSON Patch as it was sent.
type operation map[string]json.RawMessage

func (o operation) text(name string) string {
	var s string
	if json.Unmarshal(o[name], &s) != nil {
		return ""
	}
	return s
}

func operations(data []byte) ([]operation, error) {
	if err := CheckJSON(data); err != nil {
		return nil, err
	}
	if kind := jsonKind(data); kind != "array" && kind != "null" {
		return nil, mistyped(kind, "value of type []handlers.jsonPatchOp")
	}
	var items []json.RawMessage
	if err := json.Unmarshal(data, &items); err != nil {
		return nil, meta.BadRequest("error decoding patch: " + err.Error())
	}
	if len(items) > maxOperations {
		return nil, meta.RequestEntityTooLarge(fmt.Sprintf("The allowed maximum operations in a JSON patch is %d, got %d", maxOperations, len(items)))
	}
	ops := make([]operation, len(items))
	for i, item := range items {
		if kind := jsonKind(item); kind != "object" && kind != "null" {
			return nil, mistyped(kind, "value of type handlers.jsonPatchOp")
		}
		if err := json.Unmarshal(item, &ops[i]); err != nil {
			return nil, meta.BadRequest("error decoding patch: " + err.Error())
		}
		for _, field := range [...]string{"op", "path", "from"} {
			if kind := jsonKind(ops[i][field]); kind != "nothing" && kind != "null" && kind != "string" {
				return nil, mistyped(kind, "struct field jsonPatchOp."+field+" of type string")
			}
		}
	}
	return ops, nil
}

// mistyped says that something of another kind stands where a patch has a value.
func mistyped(kind, place string) error {
	return meta.BadRequest("error decoding patch: json: cannot unmarshal " + kind + " into Go " + place)
}

// JSONPatch applies a JSON Patch to a JSON document and returns the new one.
// It applies all of it or, with an error, nothing.
//
// Kubernetes is more lenient than the standard, and so is this: replace sets a
// missing key of an object; copy of a missing key copies null; operations
// without value have null; an index may be negative (from the end) or have
// leading zeros; a path without its leading slash loses its first part; a
// patch of null is empty.
//
// A patch that cannot be applied, be it for a failed test, is 422 without
// details, which is all that Kubernetes says. See [CheckJSONPatch] for others.
func JSONPatch(doc, data []byte) (out []byte, err error) {
	ops, err := operations(data)
	if err != nil {
		return nil, err
	}
	if len(ops) == 0 {
		return doc, nil
	}
	// The library is fed with what strangers send. It must not be what ends the
	// process.
	defer func() {
		if recover() != nil {
			out, err = nil, meta.Unprocessable()
		}
	}()
	for _, op := range ops {
		if op == nil {
			return nil, meta.Unprocessable()
		}
		kind := op.text("op")
		if whole := json.RawMessage(`""`); kind == "add" && bytes.Equal(op["path"], whole) || kind == "copy" && bytes.Equal(op["from"], whole) {
			return nil, meta.Unprocessable() // of the document itself
		}
		switch kind {
		case "add", "replace", "test":
			if _, ok := op["value"]; !ok {
				op["value"] = json.RawMessage("null")
			}
		}
	}
	out, err = apply(doc, ops...)
	if errors.Is(err, jsonpatch.ErrMissing) {
		out, err = applyLeniently(doc, ops)
	}
	if err != nil {
		return nil, meta.Unprocessable()
	}
	return out, nil
}

func apply(doc []byte, ops ...operation) ([]byte, error) {
	text, err := json.Marshal(ops)
	if err != nil {
		return nil, err
	}
	p, err := jsonpatch.DecodePatch(text)
	if err != nil {
		return nil, err
	}
	options := jsonpatch.NewApplyOptions()
	options.SupportNegativeIndices = true
	options.AccumulatedCopySizeLimit = maxCopied
	return p.ApplyWithOptions(doc, options)
}

var errTooMuch = errors.New("the patch takes too much work")

// applyLeniently applies one operation after another, and where one misses a
// key, what Kubernetes makes of it.
func applyLeniently(doc []byte, ops []operation) ([]byte, error) {
	work := 0
	for _, op := range ops {
		if work += len(doc); work > maxLenientWork {
			return nil, errTooMuch
		}
		next, err := apply(doc, op)
		if errors.Is(err, jsonpatch.ErrMissing) {
			other, ok := lenient(doc, op)
			if !ok {
				return nil, err
			}
			next, err = apply(doc, other)
		}
		if err != nil {
			return nil, err
		}
		doc = next
	}
	return doc, nil
}

// lenient returns the operation that does what Kubernetes does for one that
// misses the key of an object.
func lenient(doc []byte, op operation) (operation, bool) {
	switch op.text("op") {
	case "replace":
		if lacksKey(doc, op.text("path")) {
			return operation{"op": json.RawMessage(`"add"`), "path": op["path"], "value": op["value"]}, true
		}
	case "copy":
		if lacksKey(doc, op.text("from")) {
			return operation{"op": json.RawMessage(`"add"`), "path": op["path"], "value": json.RawMessage("null")}, true
		}
	}
	return nil, false
}

var pointerUnescaper = strings.NewReplacer("~1", "/", "~0", "~")

// lacksKey says whether pointer leads to a key that an object does not have.
func lacksKey(doc []byte, pointer string) bool {
	parts := strings.Split(pointer, "/")
	if len(parts) < 2 {
		return false
	}
	here := json.RawMessage(doc)
	for _, part := range parts[1 : len(parts)-1] {
		var ok bool
		if here, ok = child(here, pointerUnescaper.Replace(part)); !ok {
			return false
		}
	}
	if jsonKind(here) != "object" {
		return false
	}
	_, has := child(here, pointerUnescaper.Replace(parts[len(parts)-1]))
	return !has
}

func child(doc json.RawMessage, key string) (json.RawMessage, bool) {
	switch jsonKind(doc) {
	case "object":
		var m map[string]json.RawMessage
		if json.Unmarshal(doc, &m) != nil {
			return nil, false
		}
		v, ok := m[key]
		return v, ok
	case "array":
		var list []json.RawMessage
		if json.Unmarshal(doc, &list) != nil {
			return nil, false
		}
		i, err := strconv.Atoi(key)
		if err != nil {
			return nil, false
		}
		if i < 0 {
			i += len(list)
		}
		if i < 0 || i >= len(list) {
			return nil, false
		}
		return list[i], true
	}
	return nil, false
}

// jsonKind names the kind of a JSON value as encoding/json does.
func jsonKind(data []byte) string {
	data = bytes.TrimLeft(data, " \t\r\n")
	if len(data) == 0 {
		return "nothing"
	}
	switch data[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "bool"
	case 'n':
		return "null"
	}
	return "number"
}

package registry

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/patch"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// PatchTypes returns the media types that patches of the resource may have, in
// the order in which a refusal lists them.
func (r *Registry) PatchTypes(q *Request) []client.PatchType {
	types := []client.PatchType{client.JSONPatch, client.MergePatch}
	if _, dynamic := q.Resource.New().(*meta.Unstructured); !dynamic {
		types = append(types, client.StrategicPatch)
	}
	if r.fields != nil {
		types = append(types, client.ApplyPatch)
	}
	return types
}

// Patch changes an object, or the part of it that the subresource stands for,
// and returns it as stored. created says that there was no such object, which
// only an apply makes good.
func (r *Registry) Patch(ctx context.Context, q *Request, p client.Patch, opts meta.PatchOptions) (_ meta.Object, created bool, _ error) {
	c, f, err := r.writeTarget(q)
	if err != nil {
		return nil, false, err
	}
	if types := r.PatchTypes(q); !slices.Contains(types, p.Type) {
		accepted := make([]string, len(types))
		for i, t := range types {
			accepted[i] = string(t)
		}
		return nil, false, meta.UnsupportedMediaType(accepted)
	}
	m := mutation{face: f, manager: opts.FieldManager, options: &opts, dryRun: isDryRun(opts.DryRun)}
	m.face.creates = false
	if p.Type == client.ApplyPatch {
		if m, err = r.applied(q, m, p.Data, opts); err != nil {
			return nil, false, err
		}
	} else {
		if err := patch.CheckJSON(p.Data); err != nil {
			return nil, false, err
		}
		change, unreadable := r.readPatch(p, f)
		m.next = func(see func() (meta.Object, error)) (meta.Object, error) {
			seen, err := see()
			if err == nil {
				err = unreadable // which is told only to those who patch something
			}
			if err != nil {
				return nil, err
			}
			if p.Type == client.MergePatch {
				// Most patches touch little of a large object.
				seen.TypeMetadata().SetGroupVersionKind(f.kind)
				if codec.MergeJSON(p.Data, seen) && seen.TypeMetadata().GroupVersionKind() == f.kind &&
					(f.unreadable == nil || f.unreadable(seen) == nil) {
					return seen, checkName(q, seen.Metadata())
				}
				if seen, err = see(); err != nil {
					return nil, err
				}
			}
			return patched(q, f, seen, change, opts.FieldValidation)
		}
	}
	return r.change(ctx, q, c, m)
}

// patchFunc makes the object that a patch makes of what the client sees. It
// gives the former away, and its problems if they were asked for.
type patchFunc func(seen meta.Object, into meta.Object, o codec.DecodeOptions) (problems []codec.Problem, shown string, err error)

// readPatch reads a patch as far as it can be without an object.
func (r *Registry) readPatch(p client.Patch, f face) (patchFunc, error) {
	onJSON := func(apply func(doc, patch []byte) ([]byte, error)) patchFunc {
		return func(seen, into meta.Object, o codec.DecodeOptions) ([]codec.Problem, string, error) {
			doc, err := codec.MarshalJSON(seen)
			if err != nil {
				return nil, "", err
			}
			if doc, err = apply(doc, p.Data); err != nil {
				return nil, "", err
			}
			shown := func() string {
				if p.Type == client.JSONPatch {
					return string(patch.SortTouched(doc, p.Data))
				}
				return string(doc)
			}
			if unversioned(doc, into) {
				return namelessProblems(doc), shown(), nil
			}
			problems, err := codec.UnmarshalJSON(doc, into, o)
			if err != nil {
				if _, head := ReadTypeMeta(doc); head != nil {
					err = head
				}
			} else if _, dynamic := into.(*meta.Unstructured); !dynamic {
				err = r.readAs(f, into.TypeMetadata())
			}
			if err == nil && f.unreadable != nil {
				err = f.unreadable(into)
			}
			switch {
			case err != nil:
				return nil, "", patchInvalid(shown(), err.Error())
			case len(problems) > 0:
				return problems, shown(), nil
			}
			return nil, "", nil
		}
	}
	switch p.Type {
	case client.JSONPatch:
		return onJSON(patch.JSONPatch), patch.CheckJSONPatch(p.Data)
	case client.MergePatch:
		return onJSON(patch.MergePatch), patch.CheckMergePatch(p.Data)
	}
	if err := patch.CheckStrategicPatch(p.Data); err != nil {
		return nil, err
	}
	return func(seen, into meta.Object, o codec.DecodeOptions) ([]codec.Problem, string, error) {
		doc, err := codec.ToMap(seen)
		if err != nil {
			return nil, "", err
		}
		// The patch is read anew each time: the result may hold parts of it.
		var tree map[string]any
		if _, err := codec.UnmarshalJSON(p.Data, &tree, codec.DecodeOptions{}); err != nil {
			return nil, "", meta.BadRequest(err.Error())
		}
		shown := shownPatch(tree, doc)
		if doc, err = patch.Strategic(f.plan, doc, tree); err != nil {
			return nil, "", err
		}
		problems, err := codec.DecodeMap(doc, into, o)
		if err != nil {
			return problems, shown, patchInvalid(shown, err.Error())
		}
		if f.unreadable != nil {
			if err := f.unreadable(into); err != nil {
				return nil, shown, meta.Plain(err)
			}
		}
		return problems, shown, nil
	}, nil
}

// shownPatch is how refusals show a strategic merge patch: as Kubernetes has it
// after the merge, which takes out how to merge, and lists that are ordered, where
// there is something to merge with.
func shownPatch(tree, doc map[string]any) string {
	var rest func(tree, doc map[string]any) map[string]any
	rest = func(tree, doc map[string]any) map[string]any {
		out := maps.Clone(tree)
		for key, value := range tree {
			into, merged := doc[key].(map[string]any)
			if list, ok := strings.CutPrefix(key, "$setElementOrder/"); ok {
				delete(out, key)
				delete(out, list)
			} else if inner, ok := value.(map[string]any); ok && merged {
				out[key] = rest(inner, into)
			}
		}
		delete(out, "$retainKeys")
		return out
	}
	return fmt.Sprint(rest(tree, doc))
}

// unversioned says that a patched document has lost its apiVersion, so that
// nothing in it means anything. Only objects without a Go type are read all
// the same.
func unversioned(doc []byte, into meta.Object) bool {
	if _, dynamic := into.(*meta.Unstructured); dynamic {
		return false
	}
	var head struct {
		APIVersion any `json:"apiVersion"`
	}
	_, err := codec.UnmarshalJSON(doc, &head, codec.DecodeOptions{})
	return err == nil && (head.APIVersion == nil || head.APIVersion == "")
}

// namelessProblems are the problems of a document whose fields mean nothing.
func namelessProblems(doc []byte) []codec.Problem {
	var fields map[string]any
	if _, err := codec.UnmarshalJSON(doc, &fields, codec.DecodeOptions{}); err != nil {
		return nil
	}
	var problems []codec.Problem
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if name != "kind" && name != "apiVersion" {
			problems = append(problems, codec.Problem{Kind: codec.UnknownField, Path: name})
		}
	}
	return problems
}

// patched applies a patch to what the client sees and reads the result back.
func patched(q *Request, f face, seen meta.Object, change patchFunc, validation string) (meta.Object, error) {
	seen.TypeMetadata().SetGroupVersionKind(f.kind)
	obj := f.empty()
	problems, shown, err := change(seen, obj, codec.DecodeOptions{Strict: validation != meta.FieldValidationIgnore})
	if err != nil {
		return nil, err
	}
	if err := reportProblems(q, shown, problems, validation); err != nil {
		return nil, err
	}
	obj.TypeMetadata().SetGroupVersionKind(f.kind)
	return obj, checkName(q, obj.Metadata())
}

// patchInvalid is the refusal of a patch whose result cannot be read. Kind and
// name are empty, as Kubernetes has it.
func patchInvalid(value any, detail string) error {
	return validate.Invalid(validate.NewPath("patch"), value, detail).Status(meta.GroupKind{}, "")
}

// reportProblems warns of unknown and doubled fields in a patched object, or
// refuses it.
func reportProblems(q *Request, shown string, problems []codec.Problem, validation string) error {
	if len(problems) == 0 {
		return nil
	}
	texts := make([]string, len(problems))
	for i, p := range problems {
		texts[i] = p.String()
	}
	if validation == meta.FieldValidationStrict {
		return patchInvalid(shown, "strict decoding error: "+strings.Join(texts, ", "))
	}
	for _, text := range texts {
		q.warn(text)
	}
	return nil
}

// applied makes the mutation of a server-side apply.
func (r *Registry) applied(q *Request, m mutation, data []byte, opts meta.PatchOptions) (mutation, error) {
	config, problems, err := codec.YAMLToJSON(data, true)
	if err != nil {
		if bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) { // JSON, as it seems
			return m, meta.BadRequest("error decoding patch: error converting YAML to JSON: " + err.Error())
		}
		return m, meta.BadRequest("error encoding patch: " + err.Error())
	}
	// Nearly every patch is an object, which the merge reads.
	if n, ok := codec.JSONLength(config); !ok || n != len(config) || config[0] != '{' {
		var tree any
		if _, err := codec.UnmarshalJSON(config, &tree, codec.DecodeOptions{}); err != nil {
			return m, meta.BadRequest("error decoding patch: " + err.Error())
		}
		if kind := treeKind(tree); kind != "object" && kind != "null" {
			return m, meta.BadRequest("error decoding patch: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal " +
				kind + " into Go value of type map[string]interface {}")
		}
	}
	// An apply may create the object itself, never a part of one.
	m.face.creates = m.face.main
	m.tracked = true
	m.next = func(see func() (meta.Object, error)) (meta.Object, error) {
		var live meta.Object
		if see != nil {
			if live, err = see(); err != nil {
				return nil, err
			}
		} else if uid := uidIn(config); uid != "" {
			return nil, meta.Conflict(q.groupResource(), q.Name,
				fmt.Errorf("uid mismatch: the provided object specified uid %s, and no existing object was found", uid))
		}
		obj, err := r.fields.Apply(live, config, q.Resource, q.Subresource, opts.FieldManager, opts.Force != nil && *opts.Force, r.now())
		if err != nil {
			return nil, err
		}
		// What the text says twice is judged after what it says.
		if err := reportYAML(q, problems, opts.FieldValidation); err != nil {
			return nil, err
		}
		problems = nil // once is enough, however many attempts there are
		return obj, checkName(q, obj.Metadata())
	}
	return m, nil
}

// treeKind names the kind of a decoded JSON value as encoding/json does.
func treeKind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case bool:
		return "bool"
	}
	return "number"
}

// uidIn returns the metadata.uid of an object that nobody has checked yet.
func uidIn(config []byte) string {
	var object map[string]any
	if _, err := codec.UnmarshalJSON(config, &object, codec.DecodeOptions{}); err != nil {
		return "" // the apply says so
	}
	metadata, _ := object["metadata"].(map[string]any)
	uid, _ := metadata["uid"].(string)
	return uid
}

// reportYAML warns of keys that stand twice in a YAML text, or refuses it.
func reportYAML(q *Request, problems []codec.Problem, validation string) error {
	for _, p := range problems {
		switch validation {
		case meta.FieldValidationStrict:
			return meta.BadRequest("error strict decoding patch: error converting YAML to JSON: " + p.String())
		case meta.FieldValidationIgnore:
		default:
			for _, text := range p.Warnings() {
				q.warn(text)
			}
		}
	}
	return nil
}

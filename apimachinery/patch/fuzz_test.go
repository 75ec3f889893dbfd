package patch_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/patch"
)

// FuzzStrategic applies any patch to any object, and then holds the patches
// that we make against what they are to achieve.
func FuzzStrategic(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"data":{"a":"1"}}`, `{"data":{"a":null,"b":"2"}}`},
		{`{"spec":{"containers":[{"name":"a"},{"name":"b","env":[{"name":"X"}]}]}}`, `{"spec":{"containers":[{"name":"b","env":[{"name":"Y"}]},{"name":"a","$patch":"delete"}]}}`},
		{`{"metadata":{"finalizers":["a","b"]}}`, `{"metadata":{"$setElementOrder/finalizers":["b","c"],"$deleteFromPrimitiveList/finalizers":["a"],"finalizers":["c"]}}`},
		{`{"spec":{"strategy":{"type":"x"},"volumes":[{"name":"v","a":{"x":"1"}}]}}`, `{"spec":{"strategy":{"$retainKeys":["rolling"],"rolling":{}},"volumes":[{"$patch":"replace"}]}}`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, x, y string) {
		var doc, change map[string]any
		if _, err := codec.UnmarshalJSON([]byte(x), &doc, codec.DecodeOptions{}); err != nil {
			return
		}
		if _, err := codec.UnmarshalJSON([]byte(y), &change, codec.DecodeOptions{}); err != nil {
			return
		}
		pl := plan(t)
		if _, err := patch.Strategic(pl, doc, change); err == nil && !json.Valid([]byte(text(t, doc))) {
			t.Fatalf("%s on %s gives no JSON", y, x)
		}
		var before, after workload
		if _, err := codec.UnmarshalJSON([]byte(x), &before, codec.DecodeOptions{}); err != nil {
			return
		}
		if _, err := codec.UnmarshalJSON([]byte(y), &after, codec.DecodeOptions{}); err != nil {
			return
		}
		before.Spec.Broken, after.Spec.Broken = nil, nil // lists that cannot be merged
		before.Spec.Raw, after.Spec.Raw = workload{}.Spec.Raw, workload{}.Spec.Raw
		from, to := mustTree(t, &before), mustTree(t, &after)
		if strings.Contains(text(t, from), "$") || strings.Contains(text(t, to), "$") {
			return // keys that look like directives
		}
		made, err := patch.CreateStrategicPatch(pl, from, to)
		if err != nil {
			t.Fatalf("from %s to %s: %v", text(t, from), text(t, to), err)
		}
		wire := text(t, made)
		got, err := patch.Strategic(pl, mustTree(t, &before), tree(t, wire))
		if err != nil {
			t.Fatalf("%s on %s: %v", wire, x, err)
		}
		var back workload
		if err := codec.FromMap(got, &back); err != nil || !codec.Equal(&back, &after) {
			t.Fatalf("from %s to %s the patch is %s, which gives %s (%v)", text(t, from), text(t, to), wire, text(t, got), err)
		}
	})
}

func mustTree(t *testing.T, v any) map[string]any {
	m, err := codec.ToMap(v)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func FuzzJSONPatch(f *testing.F) {
	f.Add(`{"a":{"b":[1,2]}}`, `[{"op":"add","path":"/a/b/-","value":3},{"op":"copy","from":"/a","path":"/c"}]`)
	f.Add(`{"a":1}`, `[{"op":"replace","path":"/b","value":null},{"op":"move","from":"/a","path":"/b"},{"op":"test","path":"/b","value":1}]`)
	f.Add(`{"a":1}`, `[{"op":"add","path":"","value":[]},{"op":"remove","path":"/-1"}]`)
	f.Fuzz(func(t *testing.T, doc, data string) {
		if !json.Valid([]byte(doc)) || !strings.HasPrefix(strings.TrimSpace(doc), "{") {
			return
		}
		out, err := patch.JSONPatch([]byte(doc), []byte(data))
		if err == nil && !json.Valid(out) {
			t.Fatalf("%s on %s gives %q", data, doc, out)
		}
	})
}

func FuzzMergePatch(f *testing.F) {
	f.Add(`{"a":{"b":1},"c":[1]}`, `{"a":{"b":null,"d":2},"c":null}`)
	f.Add(`{"n":9007199254740993}`, `{"n":1e400}`)
	f.Fuzz(func(t *testing.T, doc, data string) {
		var before map[string]any
		if _, err := codec.UnmarshalJSON([]byte(doc), &before, codec.DecodeOptions{}); err != nil || before == nil {
			return
		}
		once, err := patch.MergePatch([]byte(doc), []byte(data))
		if err != nil {
			return
		}
		twice, err := patch.MergePatch(once, []byte(data))
		if err != nil || canonical(t, once) != canonical(t, twice) {
			t.Fatalf("%s on %s gives %s, and then %s (%v)", data, doc, once, twice, err)
		}
		made, err := patch.CreateMergePatch([]byte(doc), once)
		if err != nil {
			return // numbers beyond any float
		}
		again, err := patch.MergePatch([]byte(doc), made)
		if err != nil || withoutNulls(canonical(t, again)) != withoutNulls(canonical(t, once)) {
			t.Fatalf("from %s to %s the patch is %s, which gives %s (%v)", doc, once, made, again, err)
		}
	})
}

func canonical(t *testing.T, data []byte) string {
	var m map[string]any
	if _, err := codec.UnmarshalJSON(data, &m, codec.DecodeOptions{}); err != nil {
		return string(data)
	}
	return text(t, m)
}

// withoutNulls takes null fields out, which merge patches cannot set.
func withoutNulls(data string) string {
	var v any
	if json.Unmarshal([]byte(data), &v) != nil {
		return data
	}
	var prune func(any)
	prune = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				if x == nil {
					delete(v, k)
				} else {
					prune(x)
				}
			}
		case []any:
			for _, x := range v {
				prune(x)
			}
		}
	}
	prune(v)
	out, _ := json.Marshal(v)
	return string(out)
}

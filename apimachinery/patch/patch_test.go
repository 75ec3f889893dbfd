package patch_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/patch"
)

// workload is a type with one field of each kind that strategic patches know.
type workload struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty"`
	Data            map[string]string `json:"data,omitempty"`
	Spec            spec              `json:"spec,omitempty"`
}

type spec struct {
	Replicas   *int32            `json:"replicas,omitempty"`
	Containers []container       `json:"containers,omitempty" patchStrategy:"merge" patchMergeKey:"name"`
	Args       []string          `json:"args,omitempty"`
	Selector   map[string]string `json:"selector,omitempty"`
	Strategy   strategy          `json:"strategy,omitempty" patchStrategy:"retainKeys"`
	Volumes    []volume          `json:"volumes,omitempty" patchStrategy:"merge,retainKeys" patchMergeKey:"name"`
	Broken     []volume          `json:"broken,omitempty" patchStrategy:"merge"`
	Whole      *strategy         `json:"whole,omitempty" patchStrategy:"replace"`
	Raw        meta.RawExtension `json:"raw,omitempty"`
}

type container struct {
	Name  string `json:"name"`
	Image string `json:"image,omitempty"`
	Ports []port `json:"ports,omitempty" patchStrategy:"merge" patchMergeKey:"port"`
	Env   []env  `json:"env,omitempty" patchStrategy:"merge" patchMergeKey:"name"`
}

type port struct {
	Port int32  `json:"port"`
	Name string `json:"name,omitempty"`
}

type env struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"`
}

type strategy struct {
	Type    string            `json:"type,omitempty"`
	Rolling map[string]string `json:"rolling,omitempty"`
}

type volume struct {
	Name string            `json:"name"`
	A    map[string]string `json:"a,omitempty"`
	B    map[string]string `json:"b,omitempty"`
}

func plan(t testing.TB) *codec.Plan {
	pl, err := codec.PlanFor(reflect.TypeFor[workload]())
	require.NoError(t, err)
	return pl
}

func tree(t testing.TB, text string) map[string]any {
	var m map[string]any
	_, err := codec.UnmarshalJSON([]byte(text), &m, codec.DecodeOptions{})
	require.NoError(t, err, text)
	return m
}

func text(t testing.TB, v any) string {
	out, err := codec.MarshalJSON(v)
	require.NoError(t, err)
	return string(out)
}

func TestStrategic(t *testing.T) {
	for _, c := range []struct{ name, doc, patch, want string }{
		{"fields merge", `{"data":{"a":"1","b":"2"}}`, `{"data":{"a":"3","c":"4"}}`, `{"data":{"a":"3","b":"2","c":"4"}}`},
		{"null deletes", `{"data":{"a":"1","b":"2"}}`, `{"data":{"a":null,"nope":null}}`, `{"data":{"b":"2"}}`},
		{"null deletes whole fields", `{"data":{"a":"1"},"spec":{"replicas":1}}`, `{"data":null,"spec":{"replicas":null}}`, `{"spec":{}}`},
		{"nulls in what is new go", `{}`, `{"data":{"a":null,"b":"1"},"spec":{"volumes":[{"name":"v","a":{"x":null}}]}}`, `{"data":{"b":"1"},"spec":{"volumes":[{"a":{},"name":"v"}]}}`},
		{"plain lists are replaced", `{"spec":{"args":["a","b"]}}`, `{"spec":{"args":["c"]}}`, `{"spec":{"args":["c"]}}`},
		{"lists merge by key, new items first", `{"spec":{"containers":[{"name":"c","image":"i:1"}]}}`, `{"spec":{"containers":[{"name":"d"},{"name":"c","image":"i:2"}]}}`,
			`{"spec":{"containers":[{"name":"d"},{"image":"i:2","name":"c"}]}}`},
		{"items not named keep their place behind", `{"spec":{"containers":[{"name":"a"},{"name":"b"},{"name":"c"}]}}`, `{"spec":{"containers":[{"name":"new"},{"name":"b","image":"x"}]}}`,
			`{"spec":{"containers":[{"name":"new"},{"name":"a"},{"image":"x","name":"b"},{"name":"c"}]}}`},
		{"nested lists merge too", `{"spec":{"containers":[{"name":"c","env":[{"name":"A","value":"1"},{"name":"B","value":"2"}]}]}}`,
			`{"spec":{"containers":[{"name":"c","env":[{"name":"A","value":null},{"name":"B","value":"3"}]}]}}`,
			`{"spec":{"containers":[{"env":[{"name":"A"},{"name":"B","value":"3"}],"name":"c"}]}}`},
		{"numbers are keys too", `{"spec":{"containers":[{"name":"c","ports":[{"port":80},{"port":81}]}]}}`, `{"spec":{"containers":[{"name":"c","ports":[{"port":81,"name":"x"}]}]}}`,
			`{"spec":{"containers":[{"name":"c","ports":[{"port":80},{"name":"x","port":81}]}]}}`},
		{"an item is deleted", `{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}`, `{"spec":{"containers":[{"name":"a","$patch":"delete"},{"name":"nope","$patch":"delete"}]}}`,
			`{"spec":{"containers":[{"name":"b"}]}}`},
		{"a list is replaced", `{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}`, `{"spec":{"containers":[{"$patch":"replace"},{"name":"c"}]}}`, `{"spec":{"containers":[{"name":"c"}]}}`},
		{"replace on an item empties the list", `{"spec":{"containers":[{"name":"a"}]}}`, `{"spec":{"containers":[{"$patch":"replace","name":"a"}]}}`, `{"spec":{"containers":[]}}`},
		{"an object is replaced", `{"spec":{"replicas":1,"args":["a"]}}`, `{"spec":{"$patch":"replace","replicas":2}}`, `{"spec":{"replicas":2}}`},
		{"an object is emptied", `{"spec":{"replicas":1}}`, `{"spec":{"$patch":"delete"}}`, `{"spec":{}}`},
		{"a field that is replaced whole", `{"spec":{"whole":{"type":"x","rolling":{"a":"1"}}}}`, `{"spec":{"whole":{"type":"y"}}}`, `{"spec":{"whole":{"type":"y"}}}`},
		{"where there is nothing, $patch leaves nothing, whatever it says", `{"metadata":{"name":"a"}}`,
			`{"spec":{"containers":[{"name":"a","$patch":"delete"},{"name":"b"},{"$patch":"replace"}],"args":["x",{"$patch":"merge"}],"strategy":{"$patch":"replace","type":"x"}},"data":{"$patch":null,"a":"b"}}`,
			`{"metadata":{"name":"a"},"spec":{"args":["x"],"containers":[{"name":"b"}]}}`},
		{"where there is nothing, other directives are fields", `{}`, `{"spec":{"strategy":{"$retainKeys":["type"],"type":"x"},"$setElementOrder/containers":[{"name":"b"}]},"data":{"$deleteFromPrimitiveList/x":["y"]}}`,
			`{"data":{"$deleteFromPrimitiveList/x":["y"]},"spec":{"$setElementOrder/containers":[{"name":"b"}],"strategy":{"$retainKeys":["type"],"type":"x"}}}`},
		{"an order of no items is none", `{"spec":{}}`, `{"spec":{"$setElementOrder/containers":[],"containers":[{"name":"b"}]}}`, `{"spec":{"containers":[{"name":"b"}]}}`},
		{"$retainKeys names fields by text only", `{"data":{"a":"1"}}`, `{"data":{"$retainKeys":[5]}}`, `{"data":{}}`},
		{"an item without its key comes first", `{"spec":{"containers":[{"name":"a"}]}}`, `{"spec":{"containers":[{"name":null,"image":"x"}]}}`, `{"spec":{"containers":[{"image":"x"},{"name":"a"}]}}`},
		// Recorded, on finalizers.
		{"a set is a union", `{"metadata":{"finalizers":["a","b"]}}`, `{"metadata":{"finalizers":["c","a"]}}`, `{"metadata":{"finalizers":["c","a","b"]}}`},
		{"values are taken from a set", `{"metadata":{"finalizers":["c","a","b"]}}`, `{"metadata":{"$deleteFromPrimitiveList/finalizers":["b","nope"]}}`, `{"metadata":{"finalizers":["c","a"]}}`},
		{"a set is put in order", `{"metadata":{"finalizers":["c","a"]}}`, `{"metadata":{"$setElementOrder/finalizers":["c","d","a"],"finalizers":["d"]}}`, `{"metadata":{"finalizers":["c","d","a"]}}`},
		{"taking a value that is no list does nothing", `{"metadata":{"finalizers":["c"]}}`, `{"metadata":{"$deleteFromPrimitiveList/finalizers":"c"}}`, `{"metadata":{"finalizers":["c"]}}`},
		{"taking and putting at once", `{"metadata":{"finalizers":["c","d","a"]}}`, `{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"finalizers":["e"]}}`, `{"metadata":{"finalizers":["e","c","d"]}}`},
		{"a list is put in order", `{"spec":{"containers":[{"name":"a"},{"name":"b"},{"name":"server"},{"name":"c"}]}}`,
			`{"spec":{"$setElementOrder/containers":[{"name":"c"},{"name":"new"},{"name":"a"}],"containers":[{"name":"new"},{"name":"b","$patch":"delete"}]}}`,
			`{"spec":{"containers":[{"name":"server"},{"name":"c"},{"name":"new"},{"name":"a"}]}}`},
		{"order alone", `{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}`, `{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}}`, `{"spec":{"containers":[{"name":"b"},{"name":"a"}]}}`},
		{"order of nothing", `{"spec":{}}`, `{"spec":{"$setElementOrder/containers":[{"name":"b"}]}}`, `{"spec":{}}`},
		{"only these fields stay", `{"spec":{"strategy":{"type":"x","rolling":{"a":"1"}}}}`, `{"spec":{"strategy":{"$retainKeys":["type"],"type":"y","rolling":null}}}`, `{"spec":{"strategy":{"type":"y"}}}`},
		{"one kind of volume for another", `{"spec":{"volumes":[{"name":"v","a":{"x":"1"}}]}}`, `{"spec":{"volumes":[{"name":"v","$retainKeys":["name","b"],"b":{"y":"2"}}]}}`, `{"spec":{"volumes":[{"b":{"y":"2"},"name":"v"}]}}`},
		{"types may change", `{"spec":{"containers":[{"name":"a"}]}}`, `{"spec":{"containers":{"name":"c"}},"data":["a"]}`, `{"data":["a"],"spec":{"containers":{"name":"c"}}}`},
		{"unknown fields are kept", `{}`, `{"unknown":{"x":[1]}}`, `{"unknown":{"x":[1]}}`},
		{"the whole object", `{"data":{"a":"1"}}`, `{"$patch":"delete"}`, `{}`},
		{"large numbers stay exact", `{"spec":{"replicas":1}}`, `{"spec":{"replicas":9007199254740993}}`, `{"spec":{"replicas":9007199254740993}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := patch.Strategic(plan(t), tree(t, c.doc), tree(t, c.patch))
			require.NoError(t, err)
			require.JSONEq(t, c.want, text(t, got))
		})
	}
}

func TestStrategicErrors(t *testing.T) {
	const rejected = "the server rejected our request due to an error in our request"
	for _, c := range []struct {
		doc, patch string
		code       int32 // 0: no status, which is answered with 500
		want       string
	}{
		// Recorded.
		{`{"metadata":{"finalizers":["c"]}}`, `{"metadata":{"$setElementOrder/finalizers":["a"],"finalizers":["x"]}}`, 0, "The order in patch list:\n[x]\n doesn't match $setElementOrder list:\n[a]\n"},
		{`{"metadata":{"finalizers":["only"]}}`, `{"metadata":{"finalizers":[{"$patch":"replace"},"new"]}}`, 0, "list element types are not identical: [[only] [map[$patch:replace] new]]"},
		{`{"spec":{"containers":[{"name":"c","image":"i:1"}]}}`, `{"spec":{"containers":["c"]}}`, 0, "list element types are not identical: [[map[image:i:1 name:c]] [c]]"},
		{`{"spec":{"containers":[{"name":"c"}]}}`, `{"spec":{"containers":[null]}}`, 0, "list element types are not identical: [[map[name:c]] [<nil>]]"},
		// Known of the directives.
		{`{"spec":{"containers":[{"name":"c"}]}}`, `{"spec":{"containers":[{"image":"x"}]}}`, 0, "map: map[image:x] does not contain declared merge key: name"},
		{`{"spec":{"containers":[{"name":"c"}]}}`, `{"spec":{"containers":[{"$patch":"delete"}]}}`, 0, "map: map[$patch:delete] does not contain declared merge key: name"},
		{`{"spec":{"containers":[{"name":"c"}]}}`, `{"spec":{"containers":[{"$patch":"merge"}]}}`, 0, "merging lists cannot yet be specified in the patch"},
		{`{"spec":{"containers":[{"name":"c"}]}}`, `{"spec":{"containers":[{"$patch":"odd"}]}}`, 0, "unknown patch type: odd in map: map[$patch:odd]"},
		{`{"spec":{}}`, `{"spec":{"$patch":"merge"}}`, 0, "unknown patch type: merge in map: map[$patch:merge]"},
		{`{"spec":{"broken":[{"name":"v"}]}}`, `{"spec":{"broken":[{"name":"v"}]}}`, 0, "cannot merge lists without merge key for volume"},
		{`{"spec":{"raw":{"x":{"a":1}}}}`, `{"spec":{"raw":{"x":{"a":2}}}}`, 0, `unable to find api field in struct RawExtension for the json field "x"`},
		{`{"metadata":{"finalizers":[["a"]]}}`, `{"metadata":{"finalizers":[["b"]]}}`, 422, rejected},
		{`{"spec":{"strategy":{"type":"x"}}}`, `{"spec":{"strategy":{"$retainKeys":["type"],"rolling":{"a":"1"}}}}`, 400, "invalid patch format of retainKeys"},
		{`{"spec":{"strategy":{"type":"x"}}}`, `{"spec":{"strategy":{"$retainKeys":"type"}}}`, 400, "invalid patch format of retainKeys"},
		{`{"metadata":{"finalizers":["a"]}}`, `{"metadata":{"$deleteFromPrimitiveList":["a"]}}`, 400, "invalid patch format of primitive list"},
		{`{"metadata":{"finalizers":["a"]}}`, `{"metadata":{"$setElementOrder/finalizers":"a"}}`, 0, "expected a []interface {}, but received a string"},
		{`{"metadata":{"name":"a"}}`, `{"metadata":{"$setElementOrder/finalizers":[],"finalizers":[]}}`, 0, "no elements in any of the given slices"},
		{`{"data":{"a":"1"}}`, `{"$setElementOrder/data":["a"]}`, 0, "expected a []interface {}, but received a map[string]interface {}"},
		{`{}`, `{"$setElementOrder/data":["a"]}`, 0, "expected slice or array type, but got: struct"},
		{`{"spec":{"containers":[{"name":"c"}]}}`, `{"spec":{"$setElementOrder/containers":["c"]}}`, 0, "value for key 0 is not a map"},
		{`{"spec":{"containers":[{"name":"c"}]}}`, `{"spec":{"$setElementOrder/containers":[{"image":"c"}]}}`, 0, "map: map[image:c] does not contain declared merge key: name"},
		{`{"spec":{}}`, `{"spec":{"$setElementOrder/containers":["c"],"containers":[{"name":"c"}]}}`, 0, "expected a map[string]interface {}, but received a string"},
		{`{"spec":{}}`, `{"spec":{"$setElementOrder/containers":[null],"containers":[{"name":"c"}]}}`, 0, "expected a map[string]interface {}, but received a %!s(<nil>)"},
	} {
		_, err := patch.Strategic(plan(t), tree(t, c.doc), tree(t, c.patch))
		require.EqualError(t, err, c.want, c.patch)
		status, code := (*meta.StatusError)(nil), int32(0)
		if asStatus(err, &status) {
			code = status.Status.Code
		}
		require.Equal(t, c.code, code, c.patch)
	}
}

func asStatus(err error, into **meta.StatusError) bool {
	s, ok := err.(*meta.StatusError)
	*into = s
	return ok
}

func TestChecks(t *testing.T) {
	for _, c := range []struct {
		check func([]byte) error
		data  string
		code  int32
		want  string
	}{
		{patch.CheckStrategicPatch, `{"spec":`, 400, "invalid JSON patch"},
		{patch.CheckStrategicPatch, `[]`, 400, "json: cannot unmarshal array into Go value of type map[string]interface {}"},
		{patch.CheckStrategicPatch, `null`, 0, ""},
		{patch.CheckMergePatch, `null`, 400, "Invalid JSON Patch"},
		{patch.CheckMergePatch, `[]`, 400, "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}"},
		{patch.CheckMergePatch, `x`, 400, "invalid JSON patch"},
		{patch.CheckMergePatch, `{}`, 0, ""},
		{patch.CheckJSONPatch, `not json`, 400, "invalid JSON patch"},
		{patch.CheckJSONPatch, `{}`, 400, "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"},
		{patch.CheckJSONPatch, `[{"op":"add","path":7,"value":1}]`, 400, "error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.path of type string"},
		{patch.CheckJSONPatch, `[{"op":"move","path":"/a","from":["b"]}]`, 400, "error decoding patch: json: cannot unmarshal array into Go struct field jsonPatchOp.from of type string"},
		{patch.CheckJSONPatch, `["x"]`, 400, "error decoding patch: json: cannot unmarshal string into Go value of type handlers.jsonPatchOp"},
		{patch.CheckJSONPatch, `null`, 0, ""},
		{patch.CheckJSONPatch, `[` + strings.Repeat(`{},`, 10000) + `{}]`, 413, "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001"},
	} {
		err := c.check([]byte(c.data))
		if c.code == 0 {
			require.NoError(t, err, c.data)
			continue
		}
		var status *meta.StatusError
		require.True(t, asStatus(err, &status), c.data)
		require.Equal(t, c.code, status.Status.Code)
		require.Equal(t, c.want, status.Status.Message)
	}
}

func TestJSONPatch(t *testing.T) {
	const doc = `{"kind":"ConfigMap","data":{"a":"1","b":"2","0":"zero"},"list":["x","y"],"deep":[{"m":{"k":"v"}}],"big":9007199254740993}`
	for _, c := range []struct{ name, patch, want string }{
		// Recorded.
		{"add and overwrite", `[{"op":"add","path":"/data/c","value":"3"},{"op":"add","path":"/data/a","value":"one"}]`, `{"data":{"a":"one","b":"2","0":"zero","c":"3"}}`},
		{"test, replace, remove", `[{"op":"test","path":"/data/a","value":"1"},{"op":"replace","path":"/data/a","value":"uno"},{"op":"remove","path":"/data/b"}]`, `{"data":{"a":"uno","0":"zero"}}`},
		{"move and copy", `[{"op":"move","path":"/data/d","from":"/data/b"},{"op":"copy","path":"/data/e","from":"/data/a"}]`, `{"data":{"a":"1","d":"2","e":"1","0":"zero"}}`},
		{"append and insert", `[{"op":"add","path":"/list/-","value":"z"},{"op":"add","path":"/list/0","value":"w"}]`, `{"list":["w","x","y","z"]}`},
		{"from the end", `[{"op":"add","path":"/list/-1","value":"z"}]`, `{"list":["x","y","z"]}`},
		{"remove from the end", `[{"op":"remove","path":"/list/-1"}]`, `{"list":["x"]}`},
		{"leading zeros", `[{"op":"add","path":"/deep/00/m/l","value":"w"}]`, `{"deep":[{"m":{"k":"v","l":"w"}}]}`},
		{"replace a missing key", `[{"op":"replace","path":"/data/nope","value":"1"}]`, `{"data":{"a":"1","b":"2","0":"zero","nope":"1"}}`},
		{"replace a missing number as a key", `[{"op":"replace","path":"/data/7","value":"1"}]`, `{"data":{"a":"1","b":"2","0":"zero","7":"1"}}`},
		{"copy a missing key", `[{"op":"copy","path":"/data/b","from":"/data/nope"}]`, `{"data":{"a":"1","b":null,"0":"zero"}}`},
		{"a path without slash", `[{"op":"add","path":"data/b","value":"1"}]`, `{"b":"1"}`},
		{"test null of a missing key", `[{"op":"test","path":"/data/nope","value":null},{"op":"add","path":"/data/null","value":"tested"}]`, `{"data":{"a":"1","b":"2","0":"zero","null":"tested"}}`},
		{"add without value", `[{"op":"add","path":"/new"}]`, `{"new":null}`},
		{"nothing", `[]`, `{}`},
		{"null", `null`, `{}`},
		{"escapes", `[{"op":"add","path":"/data/x~1y~0z","value":"1"},{"op":"test","path":"/data/x~1y~0z","value":"1"}]`, `{"data":{"a":"1","b":"2","0":"zero","x/y~z":"1"}}`},
		{"strict and lenient operations together", `[{"op":"add","path":"/data/c","value":"3"},{"op":"replace","path":"/data/d","value":"4"},{"op":"test","path":"/data/c","value":"3"}]`, `{"data":{"a":"1","b":"2","0":"zero","c":"3","d":"4"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := patch.JSONPatch([]byte(doc), []byte(c.patch))
			require.NoError(t, err)
			want := tree(t, doc)
			for k, v := range tree(t, c.want) {
				want[k] = v
			}
			require.JSONEq(t, text(t, want), string(got))
			require.Contains(t, string(got), "9007199254740993")
		})
	}
	for _, bad := range []string{
		`[{"op":"remove","path":"/data/nope"}]`, `[{"op":"add","path":"/binaryData/x","value":"1"}]`, `[{"op":"move","path":"/data/z","from":"/data/nope"}]`,
		`[{"op":"copy","path":"/data/b"}]`, `[{"op":"add","path":"/data/a/b","value":"1"}]`, `[{"op":"add","path":"/list/9","value":"1"}]`, `[{"op":"remove","path":"/list/9"}]`,
		`[{"op":"replace","path":"/list/-","value":"1"}]`, `[{"op":"replace","path":"/list/9","value":"1"}]`, `[{"op":"add","path":"/list/x","value":"1"}]`,
		`[{"op":"replace","path":"/data/a","value":"2"},{"op":"test","path":"/data/a","value":"1"}]`, `[{"op":"test","path":"/data/nope","value":"1"}]`,
		`[{"op":"test","path":"/data/a","value":1}]`, `[{"op":"test","path":"/data/a","value":null}]`, `[{}]`, `[{"op":"odd","path":"/a"}]`, `[{"op":"add","value":1}]`,
		`[null]`, `[{"op":"add","path":"","value":null}]`, `[{"op":"remove","path":""}]`,
	} {
		got, err := patch.JSONPatch([]byte(doc), []byte(bad))
		var status *meta.StatusError
		require.True(t, asStatus(err, &status), "%s gives %s, %v", bad, got, err)
		require.Equal(t, *meta.Unprocessable(), *status, bad)
	}
}

func TestJSONPatchIsBounded(t *testing.T) {
	// Doubling a value twenty times over.
	ops := []string{`{"op":"add","path":"/x","value":{"a":"` + strings.Repeat("y", 1000) + `"}}`}
	for i := range 20 {
		ops = append(ops, fmt.Sprintf(`{"op":"copy","from":"/x","path":"/x/c%d"}`, i))
	}
	_, err := patch.JSONPatch([]byte(`{}`), []byte("["+strings.Join(ops, ",")+"]"))
	require.Equal(t, meta.Unprocessable(), err)
}

func TestMergePatch(t *testing.T) {
	for _, c := range []struct{ doc, patch, want string }{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`}, {`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`}, {`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`}, {`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`}, {`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`}, {`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`}, {`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
		{`{"n":9007199254740993}`, `{"m":9007199254740995}`, `{"n":9007199254740993,"m":9007199254740995}`},
		{`{"l":["a"]}`, `{"l":["a",null]}`, `{"l":["a",null]}`},
	} {
		got, err := patch.MergePatch([]byte(c.doc), []byte(c.patch))
		require.NoError(t, err, c.patch)
		require.Equal(t, tree(t, c.want), tree(t, string(got)), c.patch)
	}
}

func TestCreateMergePatch(t *testing.T) {
	got, err := patch.CreateMergePatch([]byte(`{"a":1,"b":{"c":[1,2],"d":"x"},"e":"y","n":null}`), []byte(`{"a":1,"b":{"c":[1,3],"d":"x"},"f":9007199254740993,"n":null}`))
	require.NoError(t, err)
	require.JSONEq(t, `{"b":{"c":[1,3]},"e":null,"f":9007199254740993}`, string(got))
	got, err = patch.CreateMergePatch([]byte(`{"a":{}}`), []byte(`{"a":{}}`))
	require.NoError(t, err)
	require.Equal(t, `{}`, string(got))
}

func TestCreateStrategicPatch(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{`{"data":{"a":"1","b":"2"}}`, `{"data":{"a":"3"}}`, `{"data":{"a":"3","b":null}}`},
		{`{"spec":{"containers":[{"name":"a","image":"x"},{"name":"b"}]}}`, `{"spec":{"containers":[{"name":"c"},{"name":"a","image":"y"}]}}`,
			`{"spec":{"containers":[{"name":"c"},{"name":"a","image":"y"},{"name":"b","$patch":"delete"}],"$setElementOrder/containers":[{"name":"c"},{"name":"a"}]}}`},
		{`{"metadata":{"finalizers":["a","b"]}}`, `{"metadata":{"finalizers":["c","a"]}}`,
			`{"metadata":{"finalizers":["c"],"$deleteFromPrimitiveList/finalizers":["b"],"$setElementOrder/finalizers":["c","a"]}}`},
		{`{"spec":{"strategy":{"type":"x","rolling":{"a":"1"}}}}`, `{"spec":{"strategy":{"type":"y"}}}`, `{"spec":{"strategy":{"$retainKeys":["type"],"rolling":null,"type":"y"}}}`},
		{`{"spec":{"args":["a"]}}`, `{"spec":{"args":["a","b"]}}`, `{"spec":{"args":["a","b"]}}`},
		{`{"spec":{"containers":[{"name":"a"},{"name":"a","image":"x"}]}}`, `{"spec":{"containers":[{"name":"a"}]}}`, `{"spec":{"containers":[{"$patch":"replace"},{"name":"a"}]}}`},
		{`{"data":{"a":"1"}}`, `{"data":{"a":"1"}}`, `{}`},
	} {
		got, err := patch.CreateStrategicPatch(plan(t), tree(t, c.before), tree(t, c.after))
		require.NoError(t, err)
		require.JSONEq(t, c.want, text(t, got), c.after)
		back, err := patch.Strategic(plan(t), tree(t, c.before), got)
		require.NoError(t, err)
		require.JSONEq(t, c.after, text(t, back))
	}
}

func ExampleMergePatch() {
	doc, err := patch.MergePatch(
		[]byte(`{"metadata":{"labels":{"app":"web","tier":"front"}}}`),
		[]byte(`{"metadata":{"labels":{"tier":null,"track":"stable"}}}`))
	fmt.Println(string(doc), err)
	// Output: {"metadata":{"labels":{"app":"web","track":"stable"}}} <nil>
}

func ExampleStrategic() {
	type container struct {
		Name  string `json:"name"`
		Image string `json:"image,omitempty"`
	}
	type pod struct {
		Containers []container `json:"containers" patchStrategy:"merge" patchMergeKey:"name"`
	}
	plan, err := codec.PlanFor(reflect.TypeFor[pod]())
	if err != nil {
		fmt.Println(err)
		return
	}
	doc := map[string]any{"containers": []any{
		map[string]any{"name": "app", "image": "app:1"},
		map[string]any{"name": "log", "image": "log:1"},
	}}
	change := map[string]any{"containers": []any{map[string]any{"name": "log", "image": "log:2"}}}
	doc, err = patch.Strategic(plan, doc, change)
	out, _ := json.Marshal(doc)
	fmt.Println(string(out), err)
	// Output: {"containers":[{"image":"app:1","name":"app"},{"image":"log:2","name":"log"}]} <nil>
}

func TestMergePatchOrder(t *testing.T) {
	// As Kubernetes shows the result in messages when it cannot be read.
	got, err := patch.MergePatch([]byte(`{"kind":"K","apiVersion":"v1","metadata":{"name":"a","labels":{"x":"1"}},"data":{"k":"v","a":"b"}}`), []byte(`{"data":{"k":5}}`))
	require.NoError(t, err)
	require.Equal(t, `{"apiVersion":"v1","data":{"a":"b","k":5},"kind":"K","metadata":{"name":"a","labels":{"x":"1"}}}`, string(got))
}

func TestMergePatchDeep(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 5000) + `{"x":null,"y":1}` + strings.Repeat(`}`, 5000)
	got, err := patch.MergePatch([]byte(`{"a":{"b":1}}`), []byte(deep))
	require.NoError(t, err)
	require.Equal(t, strings.Replace(strings.Replace(deep, `"x":null,`, ``, 1), `{"a":{"a"`, `{"a":{"a"`, 1), strings.Replace(string(got), `,"b":1`, ``, 1))
	for _, c := range []struct{ doc, patch, want string }{
		{`{"l":[{"a":1}]}`, `{"l":[{"a":null,"b":[{"c":null}]},null]}`, `{"l":[{"b":[{}]},null]}`},
	} {
		got, err := patch.MergePatch([]byte(c.doc), []byte(c.patch))
		require.NoError(t, err)
		require.JSONEq(t, c.want, string(got))
	}
}

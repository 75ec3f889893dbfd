package codec_test

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// scramble changes everything that can be reached from v.
func scramble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			scramble(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			scramble(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(v.MapIndex(key))
			scramble(value)
			v.SetMapIndex(key, reflect.Value{})
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				scramble(v.Field(i))
			}
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString("scrambled")
		}
	case reflect.Uint8:
		if v.CanSet() {
			v.SetUint(v.Uint() ^ 0xff)
		}
	}
}

func TestCopiesShareNothing(t *testing.T) {
	for apiVersion, types := range apiTypes {
		for _, typ := range types {
			obj := random(typ, 7)
			want, err := codec.MarshalJSON(obj)
			require.NoError(t, err)
			copied := codec.Copy(obj)
			require.Equal(t, obj, copied, "%s %s", apiVersion, typ.Name())
			scramble(reflect.ValueOf(obj))
			got, err := codec.MarshalJSON(copied)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got), "%s %s", apiVersion, typ.Name())
		}
	}
}

func TestDeepCopy(t *testing.T) {
	require.Nil(t, codec.DeepCopy[corev1.Pod](nil))
	require.Nil(t, codec.DeepCopy(new(chan int)), "not a type that can be planned")
	number := codec.DeepCopy(ptrTo(5))
	require.Equal(t, 5, *number)

	tree := map[string]any{"a": []any{map[string]any{"b": "c"}, []byte{1}, nil}, "n": map[string]any(nil), "l": []any(nil)}
	copied := codec.Copy(tree).(map[string]any)
	require.Equal(t, tree, copied)
	copied["a"].([]any)[0].(map[string]any)["b"] = "d"
	copied["a"].([]any)[1].([]byte)[0] = 2
	require.Equal(t, "c", tree["a"].([]any)[0].(map[string]any)["b"])
	require.Equal(t, []byte{1}, tree["a"].([]any)[1])

	u := meta.Unstructured{Fields: map[string]any{"spec": map[string]any{"x": int64(1)}}}
	v := codec.DeepCopy(&u)
	v.Fields["spec"].(map[string]any)["x"] = int64(2)
	require.Equal(t, int64(1), u.Fields["spec"].(map[string]any)["x"])

	pod := corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{}, Volumes: nil}}
	again := codec.DeepCopy(&pod)
	require.NotNil(t, again.Spec.Containers)
	require.Nil(t, again.Spec.Volumes)

	var none *corev1.Pod
	require.Equal(t, none, codec.Copy(none))
	require.Nil(t, codec.Copy(nil))
	require.Nil(t, codec.Copy(make(chan int)))
	require.Equal(t, corev1.Pod{}, codec.Copy(corev1.Pod{}))
}

func ptrTo[T any](v T) *T { return &v }

func TestEqual(t *testing.T) {
	zone := time.FixedZone("east", 3600)
	now := time.Unix(1_700_000_000, 0)
	same := [][2]any{
		{nil, nil},
		{quantity.MustParse("1"), quantity.MustParse("1000m")},
		{corev1.ResourceList{"cpu": quantity.MustParse("1Gi")}, corev1.ResourceList{"cpu": quantity.MustParse("1024Mi")}},
		{meta.Time{Time: now}, meta.Time{Time: now.In(zone)}},
		{&meta.MicroTime{Time: now.UTC()}, &meta.MicroTime{Time: now.In(zone)}},
		{corev1.PodSpec{Containers: []corev1.Container{}}, corev1.PodSpec{}},
		{corev1.ConfigMap{Data: map[string]string{}}, corev1.ConfigMap{}},
		{corev1.Secret{Data: map[string][]byte{"a": nil}}, corev1.Secret{Data: map[string][]byte{"a": {}}}},
		{map[string]any{"a": []any{int64(1), "x"}}, map[string]any{"a": []any{int64(1), "x"}}},
		{meta.RawExtension{}, meta.RawExtension{Raw: []byte{}}},
		{(*corev1.Pod)(nil), (*corev1.Pod)(nil)},
		{[]int(nil), []int{}},
	}
	for _, pair := range same {
		require.True(t, codec.Equal(pair[0], pair[1]), "%#v", pair)
		require.True(t, codec.Equal(pair[1], pair[0]), "%#v", pair)
	}
	different := [][2]any{
		{nil, 1}, {1, int64(1)}, {corev1.Pod{}, corev1.Node{}}, {corev1.Pod{}, &corev1.Pod{}},
		{quantity.MustParse("1"), quantity.MustParse("1001m")},
		{meta.Time{Time: now}, meta.Time{Time: now.Add(time.Second)}}, {&meta.Time{}, (*meta.Time)(nil)},
		{corev1.ConfigMap{Data: map[string]string{"a": "1"}}, corev1.ConfigMap{Data: map[string]string{"a": "2"}}},
		{corev1.ConfigMap{Data: map[string]string{"a": ""}}, corev1.ConfigMap{Data: map[string]string{"b": ""}}},
		{corev1.ResourceList{"cpu": {}}, corev1.ResourceList{"memory": {}}},
		{[]string{"a", "b"}, []string{"b", "a"}}, {[]string{"a"}, []string{"a", "b"}},
		{map[string]any{"a": nil}, map[string]any{}}, {map[string]any{"a": nil}, map[string]any{"b": nil}}, {map[string]any{"a": 1.0}, map[string]any{"a": int64(1)}}, {[]any{"x"}, []any{"y"}},
		{(*corev1.Pod)(nil), &corev1.Pod{}}, {ptrTo(true), ptrTo(false)}, {[]byte{1}, []byte{2}}, {1.5, 2.5}, {uint8(1), uint8(2)},
		{meta.RawExtension{Raw: []byte("1")}, meta.RawExtension{Raw: []byte("2")}},
	}
	for _, pair := range different {
		require.False(t, codec.Equal(pair[0], pair[1]), "%#v", pair)
		require.False(t, codec.Equal(pair[1], pair[0]), "%#v", pair)
	}
}

func TestToMap(t *testing.T) {
	type numbers struct {
		U uint64         `json:"u"`
		F float64        `json:"f"`
		G float32        `json:"g"`
		A any            `json:"a"`
		B []byte         `json:"b"`
		S string         `json:"s"`
		M map[string]int `json:"m"`
	}
	got, err := codec.ToMap(numbers{U: math.MaxUint64, F: 3, G: 0.1, A: []any{2.0, "\xff", corev1.LocalObjectReference{Name: "n"}, int32(4)}, B: []byte("abc"), S: "\xfe"})
	require.NoError(t, err)
	require.Equal(t, map[string]any{
		"u": float64(math.MaxUint64), "f": int64(3), "g": 0.1, "b": "YWJj", "s": "\ufffd", "m": nil,
		"a": []any{int64(2), "\ufffd", map[string]any{"name": "n"}, int64(4)},
	}, got)
	got, err = codec.ToMap((*corev1.Pod)(nil))
	require.NoError(t, err)
	require.Nil(t, got)
	_, err = codec.ToMap([]string{"x"})
	require.ErrorContains(t, err, "is not an object")
	_, err = codec.ToMap(map[string]any{"x": math.NaN()})
	require.Error(t, err)
	_, err = codec.ToMap(make(chan int))
	require.Error(t, err)

	u := &meta.Unstructured{Fields: map[string]any{"spec": map[string]any{"x": int64(1)}, "metadata": "hidden"}}
	u.Name = "n"
	got, err = codec.ToMap(u)
	require.NoError(t, err)
	require.Equal(t, map[string]any{"metadata": map[string]any{"name": "n"}, "spec": map[string]any{"x": int64(1)}}, got)
	var back meta.Unstructured
	require.NoError(t, codec.FromMap(got, &back))
	delete(u.Fields, "metadata")
	require.Equal(t, *u, back)
	got["spec"].(map[string]any)["x"] = int64(2)
	require.Equal(t, int64(1), back.Fields["spec"].(map[string]any)["x"], "nothing is shared")
}

// Numbers that do not fit wrap around, as they do in Kubernetes.
func TestFromMapWraps(t *testing.T) {
	for text, want := range map[string]int32{
		`4294967296`: 0, `4294967297`: 1, `99999999999`: 1215752191, `2147483648`: -2147483648, `1e12`: -727379968, `99999999999999999999`: 0, `3.0`: 3,
	} {
		var tree map[string]any
		_, err := codec.UnmarshalJSON([]byte(`{"spec":{"priority":`+text+`}}`), &tree, codec.DecodeOptions{})
		require.NoError(t, err)
		var pod corev1.Pod
		require.NoError(t, codec.FromMap(tree, &pod))
		require.Equal(t, want, *pod.Spec.Priority, text)
	}
}

func TestFromMapErrors(t *testing.T) {
	for text, want := range map[string]string{
		`{"spec":{"replicas":1,"containers":[{"ports":[{"containerPort":"x"}]}]}}`: "unrecognized type: int32",
		`{"spec":{"containers":[{"name":1}]}}`:                                     "cannot convert int64 to string",
		`{"spec":{"containers":[{"name":true}]}}`:                                  "unrecognized type: string",
		`{"spec":{"containers":{}}}`:                                               "cannot restore slice from map",
		`{"spec":{"nodeSelector":[]}}`:                                             "cannot restore map from slice",
		`{"spec":[]}`:                                                              "cannot restore struct from: slice",
		`{"spec":{"hostNetwork":"x"}}`:                                             "unrecognized type: bool",
		`{"spec":{"priority":1.5}}`:                                                "cannot convert float64 to int32",
		`{"metadata":{"creationTimestamp":5}}`:                                     "json: cannot unmarshal number into Go value of type string",
	} {
		var tree map[string]any
		_, err := codec.UnmarshalJSON([]byte(text), &tree, codec.DecodeOptions{})
		require.NoError(t, err)
		require.EqualError(t, codec.FromMap(tree, &corev1.Pod{}), want, text)
	}
	var pod corev1.Pod
	require.NoError(t, codec.FromMap(map[string]any{"spec": map[string]any{"priority": 2.0, "activeDeadlineSeconds": int32(5), "nodeName": nil, "hostNetwork": true, "nodeSelector": map[string]string{"a": "b"}, "imagePullSecrets": []map[string]any{{"name": "x"}}}}, &pod))
	require.Equal(t, int32(2), *pod.Spec.Priority)
	require.Equal(t, int64(5), *pod.Spec.ActiveDeadlineSeconds)
	require.Equal(t, "b", pod.Spec.NodeSelector["a"])
	require.Equal(t, "x", pod.Spec.ImagePullSecrets[0].Name)

	problems, err := codec.DecodeMap(map[string]any{"spec": map[string]any{"x": 1, "containers": []any{map[string]any{"y": 1}}}, "z": 1}, &pod, codec.DecodeOptions{Strict: true})
	require.NoError(t, err)
	require.Equal(t, []codec.Problem{{codec.UnknownField, "spec.containers[0].y"}, {codec.UnknownField, "spec.x"}, {codec.UnknownField, "z"}}, problems)

	deep := map[string]any{}
	for range 11_000 {
		deep = map[string]any{"a": deep}
	}
	require.EqualError(t, codec.FromMap(deep, &meta.Unstructured{}), "exceeded max depth")
	require.ErrorContains(t, codec.FromMap(nil, nil), "a non-nil pointer is needed")
}

type defaulted struct {
	Port     int32                   `json:"port" default:"80"`
	Protocol corev1.Protocol         `json:"protocol" default:"TCP"`
	Ready    *bool                   `json:"ready" default:"true"`
	Count    *int32                  `json:"count" default:"1"`
	Plain    string                  `json:"plain"`
	Sub      *defaultedSub           `json:"sub" default:"{\"name\":\"given\"}"`
	List     []defaultedSub          `json:"list"`
	Map      map[string]defaultedSub `json:"map"`
	In       defaultedSub            `json:"in"`
	Labels   map[string]string       `json:"labels" default:"{\"a\":\"b\"}"`
	Size     quantity.Quantity       `json:"size" default:"\"1Gi\""`
}

type defaultedSub struct {
	Name string `json:"name"`
	Mode string `json:"mode" default:"auto"`
}

func TestApplyDefaults(t *testing.T) {
	v := defaulted{Plain: "", List: []defaultedSub{{}, {Mode: "mine"}}, Map: map[string]defaultedSub{"k": {Name: "n"}}, Count: ptrTo(int32(0))}
	require.NoError(t, codec.ApplyDefaults(&v))
	want := `{"port":80,"protocol":"TCP","ready":true,"count":0,"plain":"","sub":{"name":"given","mode":"auto"},"list":[{"name":"","mode":"auto"},{"name":"","mode":"mine"}],` +
		`"map":{"k":{"name":"n","mode":"auto"}},"in":{"name":"","mode":"auto"},"labels":{"a":"b"},"size":"1Gi"}`
	got, err := codec.MarshalJSON(v)
	require.NoError(t, err)
	require.Equal(t, want, string(got))

	*v.Ready, v.Labels["a"] = false, "changed"
	var second defaulted
	require.NoError(t, codec.ApplyDefaults(&second))
	require.True(t, *second.Ready, "defaults are not shared")
	require.Equal(t, "b", second.Labels["a"])

	require.Error(t, codec.ApplyDefaults(v))
	pod := corev1.Pod{}
	require.NoError(t, codec.ApplyDefaults(&pod))
	var raw json.RawMessage
	require.NoError(t, codec.ApplyDefaults(&raw))
}

func TestRawJSONIsKeptAsSentAndWrittenCompact(t *testing.T) {
	type holder struct {
		Name string            `json:"name,omitempty" protobuf:"bytes,1"`
		Data meta.RawExtension `json:"data" protobuf:"bytes,2"`
	}
	const sent = "{ \"z\": 1.50,\n\t\"a\": [ 1e3, \"<x> \\u00e9\" ] }"
	const written = `{"data":{"z":1.50,"a":[1e3,"\u003cx\u003e \u00e9"]}}`
	var h holder
	_, err := codec.UnmarshalJSON([]byte(`{"data" : `+sent+` }`), &h, codec.DecodeOptions{Strict: true})
	require.NoError(t, err)
	require.Equal(t, sent, string(h.Data.Raw))
	out, err := codec.MarshalJSON(&h)
	require.NoError(t, err)
	require.Equal(t, written, string(out))

	message, err := codec.MarshalProto(&h)
	require.NoError(t, err)
	out, ok := codec.AppendJSONOfProto(nil, message, reflect.TypeFor[holder]())
	require.True(t, ok)
	require.Equal(t, written, string(out))
	require.False(t, codec.MergeJSON([]byte(`{"name":"n"}`), &h), "a patch writes the text anew, which merging does not")
}

func TestKindInsideIsNotGuessedFromAMessage(t *testing.T) {
	type inner struct {
		meta.TypeMeta   `json:",inline"`
		meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	}
	type spec struct {
		Inner inner `json:"inner" protobuf:"bytes,1"`
	}
	type outer struct {
		meta.TypeMeta `json:",inline"`
		Spec          spec `json:"spec" protobuf:"bytes,1"`
	}
	message, err := codec.MarshalProto(&outer{Spec: spec{inner{TypeMeta: meta.TypeMeta{Kind: "K"}}}})
	require.NoError(t, err)
	_, ok := codec.AppendJSONOfProto(nil, message, reflect.TypeFor[outer]())
	require.False(t, ok, "its kind may have a default")
	_, ok = codec.AppendJSONOfProto(nil, nil, reflect.TypeFor[inner]())
	require.True(t, ok, "the envelope has its kind")
}

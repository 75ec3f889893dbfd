package codec_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// tricky has fields of all kinds, with and without omitempty.
type tricky struct {
	B    bool              `json:"b"`
	BO   bool              `json:"bo,omitempty"`
	I    int               `json:"i"`
	I8   int8              `json:"i8,omitempty"`
	I16  int16             `json:"i16,omitempty"`
	I32  int32             `json:"i32,omitempty"`
	I64  int64             `json:"i64,omitempty"`
	U    uint              `json:"u,omitempty"`
	U8   uint8             `json:"u8,omitempty"`
	U16  uint16            `json:"u16,omitempty"`
	U32  uint32            `json:"u32,omitempty"`
	U64  uint64            `json:"u64,omitempty"`
	F32  float32           `json:"f32"`
	F64  float64           `json:"f64,omitempty"`
	S    string            `json:"s"`
	SO   string            `json:"so,omitempty"`
	By   []byte            `json:"by"`
	ByO  []byte            `json:"byo,omitempty"`
	L    []string          `json:"l"`
	LO   []string          `json:"lo,omitempty"`
	LL   [][]int32         `json:"ll,omitempty"`
	M    map[string]string `json:"m"`
	MO   map[string]string `json:"mo,omitempty"`
	MB   map[string][]byte `json:"mb,omitempty"`
	MI   map[named]int64   `json:"mi,omitempty"`
	MP   map[string]*inner `json:"mp,omitempty"`
	P    *string           `json:"p"`
	PO   *string           `json:"po,omitempty"`
	PP   **int             `json:"pp,omitempty"`
	A    any               `json:"a"`
	AO   any               `json:"ao,omitempty"`
	St   inner             `json:"st,omitempty"`
	StZ  inner             `json:"stz,omitzero"`
	StP  *inner            `json:"stp,omitempty"`
	LS   []inner           `json:"ls,omitempty"`
	LP   []*inner          `json:"lp,omitempty"`
	HTML string            `json:"<html>&"`
	N    named             `json:"n,omitempty"`
	Bare int
	Skip int `json:"-"`
	embedded
	Raw json.RawMessage `json:"raw,omitempty"`
	u   int
}

type named string

type inner struct {
	X int    `json:"x,omitempty"`
	Y string `json:"y"`
}

type embedded struct {
	E  string `json:"e,omitempty"`
	St string `json:"st,omitempty"` // hidden by tricky's own
}

func TestWritesWhatEncodingJSONWrites(t *testing.T) {
	text, number := "x", 5
	pointer := &number
	values := []tricky{
		{},
		{By: []byte{}, L: []string{}, M: map[string]string{}, LO: []string{}, MO: map[string]string{}, ByO: []byte{}},
		{
			B: true, BO: true, I: math.MinInt64, I8: -128, I16: -32768, I32: math.MinInt32, I64: math.MinInt64,
			U: math.MaxUint64, U8: 255, U16: 65535, U32: math.MaxUint32, U64: math.MaxUint64,
			F32: math.MaxFloat32, F64: math.SmallestNonzeroFloat64, P: &text, PO: &text, PP: &pointer,
			A: map[string]any{"z": []any{1.5, "<", nil, true, map[string]any(nil), []any(nil)}, "a": 1}, AO: []string{"typed"},
			LL: [][]int32{{1}, nil, {}}, MB: map[string][]byte{"b": {1}, "a": nil}, MI: map[named]int64{"z": 1, "a": 2},
			MP: map[string]*inner{"n": nil, "v": {Y: "y"}}, LS: []inner{{}, {X: 1}}, LP: []*inner{nil, {X: 2}},
			StP: &inner{}, StZ: inner{X: 3}, embedded: embedded{E: "e", St: "no"}, Raw: json.RawMessage(` { "a" : [ 1 , "<" ] } `), u: 1, Skip: 1,
		},
	}
	for _, s := range []string{
		"plain", "\"\\/\b\f\n\r\t", "\x00\x1f\x7f", "<>&'", "\u2028\u2029\u2027", "日本語 👋🏽", "\xff\xfe", "a\xc3", "\xed\xa0\x80", strings.Repeat("é", 100), "\ufffd",
	} {
		values = append(values, tricky{S: s, HTML: s, M: map[string]string{s: s}, A: map[string]any{s: s}, N: named(s)})
	}
	for _, f := range []float64{1, -0.5, 1e20, 1e21, 1.5e300, 1e-6, 1e-7, 123456789.125, 1.0 / 3, math.Pi, -1e-9, 100000000000000000000, math.Copysign(0, -1)} {
		values = append(values, tricky{F64: f, F32: float32(math.Min(f, math.MaxFloat32)), A: f})
	}
	for _, v := range values {
		want, err := json.Marshal(v)
		require.NoError(t, err)
		got, err := codec.MarshalJSON(v)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
		got, err = codec.AppendJSON([]byte("before "), &v)
		require.NoError(t, err)
		require.Equal(t, "before "+string(want), string(got))

		var wantBack, gotBack tricky
		require.NoError(t, json.Unmarshal(want, &wantBack))
		problems, err := codec.UnmarshalJSON(want, &gotBack, codec.DecodeOptions{Strict: true})
		require.NoError(t, err)
		require.Empty(t, problems)
		wantBack.A, gotBack.A = nil, nil // numbers differ by design
		require.Equal(t, wantBack, gotBack)
	}
}

func TestWritesPlainTrees(t *testing.T) {
	for want, v := range map[string]any{
		"null": nil, `"\u003ca\u003e"`: "<a>", "[]": []any{}, "{}": map[string]any{}, "5": 5, "true": true, "[1,2]": []int{1, 2},
		`{"a":{"b":[1,"x",null,2.5]}}`: map[string]any{"a": map[string]any{"b": []any{int64(1), "x", nil, 2.5}}},
		`{"k":{"name":"n"}}`:           map[string]any{"k": corev1.LocalObjectReference{Name: "n"}},
		`{"k":null}`:                   map[string]any{"k": (*corev1.Pod)(nil)},
	} {
		got, err := codec.MarshalJSON(v)
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
	var none *corev1.Pod
	got, err := codec.MarshalJSON(none)
	require.NoError(t, err)
	require.Equal(t, "null", string(got))
}

func TestUnstructuredIsSortedByName(t *testing.T) {
	text := `{"apiVersion":"example.com/v1","kind":"Widget","list":[1,{"a":null}],"metadata":{"name":"w"},"spec":{"big":9007199254740993,"f":1.5},"zzz":true}`
	var u meta.Unstructured
	problems, err := codec.UnmarshalJSON([]byte(text), &u, codec.DecodeOptions{Strict: true})
	require.NoError(t, err)
	require.Empty(t, problems)
	require.Equal(t, "w", u.Name)
	require.Equal(t, int64(9007199254740993), u.Fields["spec"].(map[string]any)["big"])
	require.NotContains(t, u.Fields, "kind")
	got, err := codec.MarshalJSON(&u)
	require.NoError(t, err)
	require.Equal(t, text, string(got))

	u.Fields["kind"] = "hidden by the field"
	got, err = codec.MarshalJSON(&u)
	require.NoError(t, err)
	require.Equal(t, text, string(got))

	problems, err = codec.UnmarshalJSON([]byte(`{"a":1,"a":{"b":1,"b":2},"metadata":{"x":1}}`), &meta.Unstructured{}, codec.DecodeOptions{Strict: true})
	require.NoError(t, err)
	require.Equal(t, []codec.Problem{{codec.DuplicateField, "a"}, {codec.DuplicateField, "a.b"}, {codec.UnknownField, "metadata.x"}}, problems)
}

type failing struct{ Fail bool }

func (f failing) MarshalJSON() ([]byte, error) {
	if f.Fail {
		return nil, errors.New("will not")
	}
	return []byte(`{"a" 1}`), nil
}
func (f *failing) UnmarshalJSON([]byte) error { return errors.New("will not either") }

type loop struct{ Next *loop }

func TestEncodeErrors(t *testing.T) {
	for want, v := range map[string]any{
		"json: unsupported value: NaN":           math.NaN(),
		"json: unsupported value: +Inf":          map[string]any{"a": math.Inf(1)},
		"chan values cannot be encoded":          []any{make(chan int)},
		"will not":                               failing{Fail: true},
		"invalid character '1' after object key": &failing{},
	} {
		_, err := codec.MarshalJSON(v)
		require.ErrorContains(t, err, want)
		dst, err := codec.AppendJSON([]byte("kept"), v)
		require.Error(t, err)
		require.Equal(t, "kept", string(dst))
	}
	endless := &loop{}
	endless.Next = endless
	_, err := codec.MarshalJSON(endless)
	require.EqualError(t, err, "exceeded max depth")
	_, err = codec.ToMap(endless)
	require.EqualError(t, err, "exceeded max depth")
	_, err = codec.UnmarshalJSON([]byte("{}"), &failing{}, codec.DecodeOptions{})
	require.EqualError(t, err, "will not either")
}

// malformed texts and some that are not: both decoders have to agree.
var syntaxSamples = []string{
	"", " ", "{", "}", "[", "]", "[,]", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{\"a\":1 \"b\":2}", "{'a':1}", "{a:1}",
	"nul", "nulll", "truE", "true false", "fals", "0", "-0", "01", "-", "+1", "1.", ".5", "1.5.5", "1e", "1e+", "1E5", "1e-7", "--1", "0x1", "1_000", "NaN", "Infinity",
	`"`, `"a`, `"\`, `"\"`, `"\u`, `"\u12"`, `"\u12g4"`, `"\a"`, `"\/"`, "\"\x00\"", "\"\x1f\"", "\"\x7f\"", "\"a\nb\"", "\"\t\"", `"\ud800"`, `"\ud800\u0041"`, `"\udc00\ud800"`, `"\ud83d\ude00"`,
	"\xff", "\"\xff\"", "\ufeff{}", "{}\x00", "\x00", "{}{}", "[]]", "/**/{}", "{\"a\":1}//", "\v1", "\u00a01", "[\n\r\t 1 ]", "{\"\":{\"\":[]}}", `{"a":[{"b":[[[]]]}]}`, `{"a" :1}`, `{ "a":1}`, `[1 , 2]`, `["a" "b"]`, `[true,false,null]`, `[tru]`,
}

func TestSyntaxIsJudgedAsByEncodingJSON(t *testing.T) {
	for _, text := range syntaxSamples {
		checkSyntax(t, text)
		checkSyntax(t, `{"unknown":`+text+`}`)
		checkSyntax(t, `{"unknown":[`+text)
		checkSyntax(t, "  "+text+"\n")
	}
}

// checkSyntax compares with encoding/json, for a value that is looked into, one
// that is skipped and one that is kept.
func checkSyntax(t *testing.T, text string) {
	t.Helper()
	var want any
	wantErr := json.Unmarshal([]byte(text), &want)
	var tree any
	_, treeErr := codec.UnmarshalJSON([]byte(text), &tree, codec.DecodeOptions{})
	var pod corev1.ConfigMap
	_, typedErr := codec.UnmarshalJSON([]byte(text), &pod, codec.DecodeOptions{})
	var raw meta.RawExtension
	_, rawErr := codec.UnmarshalJSON([]byte(text), &raw, codec.DecodeOptions{})

	var syntax *json.SyntaxError
	if !errors.As(wantErr, &syntax) {
		require.NoError(t, rawErr, "%q", text)
		if wantErr != nil {
			require.Error(t, treeErr, "%q", text)
			return
		}
		require.NoError(t, treeErr, "%q", text)
		require.Equal(t, want, withFloats(tree), "%q", text)
		return
	}
	for _, err := range []error{treeErr, typedErr, rawErr} {
		require.EqualError(t, err, wantErr.Error(), "%q", text)
	}
}

// withFloats makes of a tree what encoding/json would have decoded.
func withFloats(v any) any {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case map[string]any:
		for key, value := range v {
			v[key] = withFloats(value)
		}
	case []any:
		for i, value := range v {
			v[i] = withFloats(value)
		}
	}
	return v
}

func TestNumbersWithoutAType(t *testing.T) {
	for text, want := range map[string]any{
		"0": int64(0), "-1": int64(-1), "9223372036854775807": int64(math.MaxInt64), "-9223372036854775808": int64(math.MinInt64),
		"9223372036854775808": float64(1 << 63), "999999999999999999": int64(999999999999999999), "1.0": 1.0, "1e3": 1000.0, "0.1": 0.1, "-0": int64(0),
	} {
		var got any
		_, err := codec.UnmarshalJSON([]byte(text), &got, codec.DecodeOptions{})
		require.NoError(t, err)
		require.Equal(t, want, got, text)
	}
	var got any
	_, err := codec.UnmarshalJSON([]byte(`{"a":1e999}`), &got, codec.DecodeOptions{})
	require.EqualError(t, err, "json: cannot unmarshal number 1e999 into Go value of type float64")
}

func TestNestingIsLimited(t *testing.T) {
	for _, open := range []string{`[`, `{"a":`, `{"items":`} {
		closing := map[byte]string{'[': "]", '{': "}"}[open[0]]
		for n, want := range map[int]string{10_000: "", 10_001: "exceeded max depth", 1_000_000: "exceeded max depth"} {
			text := strings.Repeat(open, n) + "null" + strings.Repeat(closing, n)
			for _, into := range []any{new(any), new(map[string]any), new(meta.RawExtension), new(meta.Unstructured)} {
				_, err := codec.UnmarshalJSON([]byte(text), into, codec.DecodeOptions{Strict: true})
				switch {
				case want != "":
					require.EqualError(t, err, want)
				case err != nil:
					require.Contains(t, err.Error(), "json: cannot unmarshal array")
				}
			}
		}
	}
	var schema struct {
		Schema corev1.PodTemplateSpec `json:"spec"`
	}
	_, err := codec.UnmarshalJSON([]byte(strings.Repeat(`{"spec":`, 20_000)), &schema, codec.DecodeOptions{})
	require.EqualError(t, err, "exceeded max depth")
}

func TestProblemsAreBoundedAndToldOnce(t *testing.T) {
	var text strings.Builder
	text.WriteString(`{"spec":{"a":1,"a":2,"a":3`)
	for i := range 300 {
		text.WriteString(`,"x` + strings.Repeat("y", i) + `":1`)
	}
	text.WriteString("}}")
	problems, err := codec.UnmarshalJSON([]byte(text.String()), &corev1.Pod{}, codec.DecodeOptions{Strict: true})
	require.NoError(t, err)
	require.Len(t, problems, 100)
	require.Equal(t, `unknown field "spec.a"`, problems[0].String())
	require.Equal(t, `unknown field "spec.x"`, problems[1].String())
}

func TestDecodingKeepsWhatIsNotMentioned(t *testing.T) {
	pod := corev1.Pod{}
	pod.Name, pod.Labels = "kept", map[string]string{"a": "1", "b": "2"}
	pod.Spec.NodeName = "n"
	pod.Spec.Containers = []corev1.Container{{Name: "old", Image: "i"}}
	shared := pod.Spec.Containers
	_, err := codec.UnmarshalJSON([]byte(`{"metadata":{"labels":{"b":"3"}},"spec":{"containers":[{"name":"new"}],"nodeName":null}}`), &pod, codec.DecodeOptions{})
	require.NoError(t, err)
	require.Equal(t, "kept", pod.Name)
	require.Equal(t, map[string]string{"a": "1", "b": "3"}, pod.Labels)
	require.Equal(t, []corev1.Container{{Name: "new"}}, pod.Spec.Containers)
	require.Equal(t, "old", shared[0].Name, "the earlier list is left alone")
	require.Equal(t, "n", pod.Spec.NodeName)
}

func TestDecodedValuesShareNothingWithTheInput(t *testing.T) {
	text := []byte(`{"metadata":{"name":"a-name-that-is-longer-than-short-strings-are-0123456789-0123456789","managedFields":[{"fieldsV1":{"f:a":{}}}]},"data":{"k":"v"},"binaryData":{"b":"YWJj"}}`)
	var cm corev1.ConfigMap
	_, err := codec.UnmarshalJSON(text, &cm, codec.DecodeOptions{})
	require.NoError(t, err)
	want, err := codec.MarshalJSON(&cm)
	require.NoError(t, err)
	clear(text)
	got, err := codec.MarshalJSON(&cm)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

func TestTargetsHaveToBePointers(t *testing.T) {
	for _, into := range []any{nil, corev1.Pod{}, (*corev1.Pod)(nil), 5} {
		_, err := codec.UnmarshalJSON([]byte("{}"), into, codec.DecodeOptions{})
		require.ErrorContains(t, err, "a non-nil pointer is needed")
	}
	require.ErrorContains(t, codec.UnmarshalProto(nil, corev1.Pod{}), "a non-nil pointer is needed")
	_, err := codec.UnmarshalJSON([]byte("{}"), new(chan int), codec.DecodeOptions{})
	require.ErrorContains(t, err, "chan values cannot be encoded")
}

func TestTimes(t *testing.T) {
	type times struct {
		T meta.Time      `json:"t"`
		M meta.MicroTime `json:"m"`
	}
	for text, want := range map[string]string{
		`{"t":"2024-02-29T23:59:59Z","m":"2024-02-29T23:59:59.999999Z"}`:           `{"t":"2024-02-29T23:59:59Z","m":"2024-02-29T23:59:59.999999Z"}`,
		`{"t":"2024-02-29T23:59:59+02:00","m":"2024-02-29T23:59:59.000001-01:30"}`: `{"t":"2024-02-29T21:59:59Z","m":"2024-03-01T01:29:59.000001Z"}`,
		`{"t":"0001-01-01T00:00:00Z"}`:                                             `{"t":null,"m":null}`,
		`{"t":"2024-02-29T23:59:59.123Z"}`:                                         `{"t":"2024-02-29T23:59:59Z","m":null}`,
		`{"t":"2024-02-29T23:\u0035\u0039:59Z"}`:                                   `{"t":"2024-02-29T23:59:59Z","m":null}`,
		`{"t":null,"m":null}`:                                                      `{"t":null,"m":null}`,
		`{"t":"2023-02-29T00:00:00Z"}`:                                             `parsing time "2023-02-29T00:00:00Z": day out of range`,
		`{"t":"2023-13-01T00:00:00Z"}`:                                             `parsing time "2023-13-01T00:00:00Z": month out of range`,
		`{"t":"2023-01-00T00:00:00Z"}`:                                             `parsing time "2023-01-00T00:00:00Z": day out of range`,
		`{"t":"2023-01-01T24:00:00Z"}`:                                             `parsing time "2023-01-01T24:00:00Z": hour out of range`,
		`{"t":"2023-01-01T00:00:60Z"}`:                                             `parsing time "2023-01-01T00:00:60Z": second out of range`,
		`{"t":"2023-01-01T0x:00:00Z"}`:                                             `parsing time "2023-01-01T0x:00:00Z" as "2006-01-02T15:04:05Z07:00": cannot parse "x:00:00Z" as ":"`,
		`{"m":"2023-01-01T00:00:00Z"}`:                                             `parsing time "2023-01-01T00:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"`,
		`{"m":"2023-01-01T00:00:00.12345xZ"}`:                                      `parsing time "2023-01-01T00:00:00.12345xZ" as "2006-01-02T15:04:05.000000Z07:00": cannot parse ".12345xZ" as ".000000"`,
		`{"t":""}`:                                                                 `parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"`,
	} {
		text = strings.ReplaceAll(text, `\\`, `\`)
		var v times
		_, err := codec.UnmarshalJSON([]byte(text), &v, codec.DecodeOptions{})
		if want[0] != '{' {
			require.EqualError(t, err, want, text)
			continue
		}
		require.NoError(t, err, text)
		out, err := codec.MarshalJSON(v)
		require.NoError(t, err)
		require.Equal(t, want, string(out), text)
		var std meta.Time
		if field := strings.Split(text, `"`); field[1] == "t" && len(field) > 3 && std.ParseJSON([]byte(`"`+field[3]+`"`)) == nil {
			require.Equal(t, std, v.T, "the same in memory as the value's own method makes it")
		}
	}
}

func TestTypeMetaOf(t *testing.T) {
	got, err := codec.TypeMetaOf([]byte(`{"kind":"Pod","apiVersion":"v1","spec":{"x":[1]}}`))
	require.NoError(t, err)
	require.Equal(t, meta.TypeMeta{Kind: "Pod", APIVersion: "v1"}, got)
	_, err = codec.TypeMetaOf([]byte(`["a","b"]`))
	require.EqualError(t, err, `json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`)
	_, err = codec.TypeMetaOf(nil)
	require.EqualError(t, err, "unexpected end of JSON input")
	_, err = codec.TypeMetaOf([]byte(`{"kind":1}`))
	require.EqualError(t, err, "json: cannot unmarshal number into Go struct field .kind of type string")
	require.True(t, reflect.TypeFor[meta.TypeMeta]().NumField() == 2)
}

package codec_test

import (
	"encoding/hex"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// The bytes here were worked out by hand from the field numbers and gogo's rules.
func TestProtoBytes(t *testing.T) {
	yes, port := true, int32(80)
	for name, test := range map[string]struct {
		value any
		want  string
	}{
		"zero scalars are written":        {&corev1.ContainerPort{}, "0a00 1000 1800 2200 2a00"},
		"negative numbers take ten bytes": {&corev1.ContainerPort{Name: "a", HostPort: -1, ContainerPort: 300}, "0a0161 10ffffffffffffffffff01 18ac02 2200 2a00"},
		"nil pointers are left out":       {&meta.OwnerReference{Kind: "K", Name: "n", UID: "u", APIVersion: "v1"}, "0a014b 1a016e 220175 2a027631"},
		"pointers are written":            {&meta.OwnerReference{Controller: &yes}, "0a00 1a00 2200 2a00 3001"},
		"lists repeat the field":          {&corev1.Capabilities{Add: []corev1.Capability{"A", ""}, Drop: []corev1.Capability{}}, "0a0141 0a00"},
		"maps are entries, by key":        {&meta.LabelSelector{MatchLabels: map[string]string{"b": "2", "a": ""}}, "0a05 0a0161 1200 0a06 0a0162 120132"},
		"octets in a map":                 {&corev1.Secret{Data: map[string][]byte{"n": nil, "e": {}, "v": {255}}}, "0a10 0a00 1200 1a00 2200 2a00 3200 3800 4200 1205 0a0165 1200 1203 0a016e 1206 0a0176 1201ff 1a00"},
		"quantities are messages":         {&corev1.ResourceRequirements{Limits: corev1.ResourceList{"cpu": quantity.MustParse("1")}}, "0a0a 0a03637075 1203 0a0131"},
		"times":                           {&corev1.ContainerStateRunning{StartedAt: meta.Unix(1)}, "0a04 0801 1000"},
		"zero times are empty":            {&corev1.ContainerStateRunning{}, "0a00"},
		"number or text":                  {&corev1.TCPSocketAction{Port: intstr.FromInt(port)}, "0a06 0800 1050 1a00 1200"},
		"named lists of text are messages": {&authenticationv1.UserInfo{Extra: map[string]authenticationv1.ExtraValue{"k": {"a", "b"}, "l": nil}},
			"0a00 1200 220b 0a016b 1206 0a0161 0a0162 2205 0a016c 1200"},
		"verbs are a message":      {&meta.APIResource{Verbs: []string{"get"}}, "0a00 1000 1a00 2205 0a03676574 3200 4200 4a00 5200"},
		"embedded with a number":   {&corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "n"}, Optional: &yes}, "0a03 0a016e 1001"},
		"TypeMeta stays outside":   {&corev1.Binding{TypeMeta: meta.TypeMeta{Kind: "Binding"}, Target: corev1.ObjectReference{}}, "0a10 0a00 1200 1a00 2200 2a00 3200 3800 4200 120e 0a00 1200 1a00 2200 2a00 3200 3a00"},
		"raw JSON is in octets":    {&meta.WatchEvent{Type: "ADDED", Object: meta.RawExtension{Raw: []byte("{}")}}, "0a054144444544 1204 0a027b7d"},
		"long bodies get room":     {&corev1.LocalObjectReference{Name: strings.Repeat("a", 200)}, "0ac801" + strings.Repeat("61", 200)},
		"long messages get room":   {&corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: strings.Repeat("a", 200)}}, "0acb01 0ac801" + strings.Repeat("61", 200)},
		"numbers that fill 64 bit": {&corev1.ContainerImage{SizeBytes: math.MinInt64}, "1080808080808080808001"},
	} {
		want, err := hex.DecodeString(strings.ReplaceAll(test.want, " ", ""))
		require.NoError(t, err)
		got, err := codec.MarshalProto(test.value)
		require.NoError(t, err, name)
		require.Equal(t, hex.EncodeToString(want), hex.EncodeToString(got), name)
		got, err = codec.AppendProto([]byte{9}, test.value)
		require.NoError(t, err, name)
		require.Equal(t, append([]byte{9}, want...), got, name)
	}
}

func TestEnvelopeBytes(t *testing.T) {
	cm := &corev1.Namespace{TypeMeta: meta.TypeMeta{APIVersion: "v1", Kind: "Namespace"}}
	body, err := codec.MarshalProto(cm)
	require.NoError(t, err)
	want := "k8s\x00\x0a\x0f\x0a\x02v1\x12\x09Namespace\x12" + string(rune(len(body))) + string(body) + "\x1a\x00\x22\x00"
	got, err := codec.MarshalEnvelope(cm)
	require.NoError(t, err)
	require.Equal(t, want, string(got))
	require.Equal(t, want, string(codec.AppendEnvelopeRaw(nil, cm.TypeMeta, body)))

	long := make([]byte, 300)
	typeMeta, raw, contentType, err := codec.UnmarshalEnvelope(codec.AppendEnvelopeRaw(nil, cm.TypeMeta, long))
	require.NoError(t, err)
	require.Equal(t, cm.TypeMeta, typeMeta)
	require.Equal(t, long, raw)
	require.Empty(t, contentType)

	_, _, contentType, err = codec.UnmarshalEnvelope([]byte("k8s\x00\x12\x02{}\x22\x10application/json"))
	require.NoError(t, err)
	require.Equal(t, "application/json", contentType)

	for _, bad := range []string{"", "k8s", "k8s\x01", "{}"} {
		_, _, _, err = codec.UnmarshalEnvelope([]byte(bad))
		require.ErrorIs(t, err, codec.ErrNotEnvelope)
	}
	for _, bad := range []string{"k8s\x00\x0a", "k8s\x00\x0a\x05", "k8s\x00\x0a\x02\x0a\x05", "k8s\x00\xff"} {
		_, _, _, err = codec.UnmarshalEnvelope([]byte(bad))
		require.Error(t, err)
	}
	_, err = codec.MarshalEnvelope(&corev1.PodSpec{})
	require.ErrorContains(t, err, "has no TypeMeta")
}

func decodeHex[T any](t *testing.T, text string) (v T, err error) {
	t.Helper()
	data, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	require.NoError(t, err)
	return v, codec.UnmarshalProto(data, &v)
}

func TestProtoIsReadLeniently(t *testing.T) {
	port, err := decodeHex[corev1.ContainerPort](t, "1801 f8ff0305 fa0f03616263 f90f0102030405060708 fd0f01020304 fb0f 0801 1200 fc0f 1802 0a0178")
	require.NoError(t, err, "unknown fields of all wire types, groups too")
	require.Equal(t, corev1.ContainerPort{Name: "x", ContainerPort: 2}, port, "the last value counts")

	type numbers struct {
		L []int32   `json:"l" protobuf:"varint,1"`
		F []float64 `json:"f" protobuf:"fixed64,2"`
		B []bool    `json:"b" protobuf:"varint,3"`
		G float32   `json:"g" protobuf:"fixed32,4"`
		U []uint8   `json:"-"`
	}
	packed, err := decodeHex[numbers](t, "0a03 01ac02 0803 0a0b 05 ffffffffffffffffff01 1210 000000000000f03f 0000000000000040 1a020100 2500008040")
	require.NoError(t, err)
	require.Equal(t, numbers{L: []int32{1, 300, 3, 5, -1}, F: []float64{1, 2}, B: []bool{true, false}, G: 4}, packed)
	again, err := codec.MarshalProto(packed)
	require.NoError(t, err)
	require.Equal(t, "080108ac0208030805"+"08ffffffffffffffffff01"+"11000000000000f03f110000000000000040"+"180118002500008040", hex.EncodeToString(again), "not packed when written")

	merged, err := decodeHex[corev1.ConfigMapEnvSource](t, "0a03 0a0161 0a00 1001 1000")
	require.NoError(t, err)
	require.Equal(t, "a", merged.Name, "a message that comes twice is merged")
	require.False(t, *merged.Optional)

	empty, err := decodeHex[corev1.Secret](t, "1203 0a0161 1200")
	require.NoError(t, err)
	require.Equal(t, map[string][]byte{"a": {}, "": {}}, empty.Data, "an entry without a value has an empty one")
}

func TestProtoErrors(t *testing.T) {
	for text, want := range map[string]string{
		"0a":                           "unexpected EOF",
		"0a05 61":                      "unexpected EOF",
		"18":                           "unexpected EOF",
		"1880":                         "unexpected EOF",
		"18 ffffffffffffffffffff7f":    "proto: integer overflow",
		"0a ffffffffffffffff7f":        "unexpected EOF",
		"0801":                         "proto: wrong wireType = 0 for field Name",
		"1a0161":                       "proto: wrong wireType = 2 for field ContainerPort",
		"00":                           "proto: ContainerPort: illegal tag 0 (wire type 0)",
		"fc0f":                         "proto: ContainerPort: wiretype end group for non-group",
		"fe0f":                         "proto: illegal wireType 6",
		"fb0f 0801":                    "unexpected EOF",
		"f90f 01":                      "unexpected EOF",
		strings.Repeat("fb0f", 20_000): "exceeded max depth",
	} {
		_, err := decodeHex[corev1.ContainerPort](t, text)
		require.EqualError(t, err, want, text)
	}
	_, err := decodeHex[meta.Table](t, "")
	require.EqualError(t, err, "object *meta.Table does not implement the protobuf marshalling interface and cannot be encoded to a protobuf message")
	for _, v := range []any{&meta.Unstructured{}, meta.Table{}, nil, "text", map[string]any{}, (*corev1.Pod)(nil)} {
		_, err := codec.MarshalProto(v)
		require.ErrorContains(t, err, "does not implement the protobuf marshalling interface")
	}
	_, err = codec.MarshalProto(struct {
		L []*corev1.ObjectReference `json:"l" protobuf:"bytes,1"`
	}{[]*corev1.ObjectReference{nil}})
	require.ErrorContains(t, err, "has nil element")
}

func TestProtoNestingIsLimited(t *testing.T) {
	type nest struct {
		In *nest `json:"in" protobuf:"bytes,1"`
	}
	var body []byte
	for range 10_002 {
		body = append(lengthOf(len(body)), body...)
	}
	var v nest
	require.EqualError(t, codec.UnmarshalProto(body, &v), "exceeded max depth")

	endless := &nest{}
	endless.In = endless
	_, err := codec.MarshalProto(endless)
	require.EqualError(t, err, "exceeded max depth")
}

// lengthOf returns the tag and length of field 1.
func lengthOf(n int) []byte {
	out := []byte{0x0a}
	for ; n >= 0x80; n >>= 7 {
		out = append(out, byte(n)|0x80)
	}
	return append(out, byte(n))
}

package codec_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestYAML(t *testing.T) {
	var cm corev1.ConfigMap
	problems, err := codec.UnmarshalYAML([]byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  k: |\n    two\n    lines\n---\nkind: Second\n"), &cm, codec.DecodeOptions{Strict: true})
	require.NoError(t, err)
	require.Empty(t, problems)
	require.Equal(t, "two\nlines\n", cm.Data["k"])
	require.Equal(t, "ConfigMap", cm.Kind, "the first document counts")

	out, err := codec.MarshalYAML(&cm)
	require.NoError(t, err)
	require.Equal(t, "apiVersion: v1\ndata:\n  k: |\n    two\n    lines\nkind: ConfigMap\nmetadata:\n  name: a\n", string(out))

	for text, want := range map[string]string{
		"data:\n  k: 1\n":      "json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
		"data:\n  k: yes\n":    "json: cannot unmarshal bool into Go struct field ConfigMap.data of type string",
		"a: [":                 "yaml: line 1: did not find expected node content",
		"a:\n\tb: 1":           "yaml: line 2: found character that cannot start any token",
		"- a\n- b\n":           "json: cannot unmarshal array into Go value of type v1.ConfigMap",
		"{\"data\":{\"k\":1}}": "json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
	} {
		_, err := codec.UnmarshalYAML([]byte(text), new(corev1.ConfigMap), codec.DecodeOptions{})
		require.EqualError(t, err, want, text)
	}
}

func TestYAMLKeysThatStandTwice(t *testing.T) {
	text := []byte("data:\n  a: x\n  b: w\n  a: z\nnope: 1\n")
	var cm corev1.ConfigMap
	problems, err := codec.UnmarshalYAML(text, &cm, codec.DecodeOptions{Strict: true})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"a": "z", "b": "w"}, cm.Data)
	require.Len(t, problems, 2)
	require.Equal(t, "yaml: unmarshal errors:\n  line 4: key \"a\" already set in map", problems[0].String())
	require.Equal(t, `unknown field "nope"`, problems[1].String())
	problems, err = codec.UnmarshalYAML(text, &cm, codec.DecodeOptions{})
	require.NoError(t, err)
	require.Empty(t, problems)
}

func TestYAMLToJSON(t *testing.T) {
	for text, want := range map[string]string{
		`{"a": 1,"b":[ ]}`:    `{"a": 1,"b":[ ]}`, // JSON stays as it is
		"{a: 1}":              `{"a":1}`,
		"{\"a\": 1, b: 2}":    `{"a":1,"b":2}`,
		"a: 9007199254740993": `{"a":9007199254740993}`,
		"a: 1.5\nb: ~\n1: x":  `{"1":"x","a":1.5,"b":null}`,
		"a: &x {k: v}\nb: *x": `{"a":{"k":"v"},"b":{"k":"v"}}`,
		"":                    "null",
	} {
		got, problems, err := codec.YAMLToJSON([]byte(text), false)
		require.NoError(t, err, text)
		require.Empty(t, problems)
		require.Equal(t, want, string(got))
	}
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+",", 9) + "]\n"
	}
	_, _, err := codec.YAMLToJSON([]byte(bomb), false)
	require.ErrorContains(t, err, "excessive aliasing")
	_, _, err = codec.YAMLToJSON([]byte(bomb), true)
	require.ErrorContains(t, err, "excessive aliasing")
	_, _, err = codec.YAMLToJSON([]byte(strings.Repeat("[", 20_000)), false)
	require.Error(t, err)
}

func TestCBORBytes(t *testing.T) {
	obj := map[string]any{"n": int64(-1), "f": 1.5, "text": "é", "l": []any{true, nil}, "m": map[string]any{}}
	got, err := codec.MarshalCBOR(obj)
	require.NoError(t, err)
	require.Equal(t, "d9d9f7"+"a5"+"4166f93e00"+"416c82f5f6"+"416da0"+"416e20"+"447465787442c3a9", hex.EncodeToString(got))
	require.True(t, codec.IsCBOR(got))
	require.False(t, codec.IsCBOR([]byte("{}")))

	secret := &corev1.Secret{Data: map[string][]byte{"k": {1, 2}}}
	got, err = codec.MarshalCBOR(secret)
	require.NoError(t, err)
	require.Contains(t, hex.EncodeToString(got), "416b"+"d642"+"0102", "octets carry tag 22")
	text, err := codec.CBORToJSON(got)
	require.NoError(t, err)
	require.Equal(t, `{"data":{"k":"AQI="},"metadata":{}}`, string(text))
}

func TestCBORIsReadLeniently(t *testing.T) {
	for name, text := range map[string]string{
		"text strings":       "a1 64 64617461 a1 61 6b 61 76",
		"byte strings":       "a1 44 64617461 a1 41 6b 41 76",
		"marked":             "d9d9f7 a1 44 64617461 a1 41 6b 41 76",
		"indefinite lengths": "bf 7f 62 6461 62 7461 ff bf 41 6b 5f 41 76 ff ff ff",
	} {
		data, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
		require.NoError(t, err)
		var cm corev1.ConfigMap
		problems, err := codec.UnmarshalCBOR(data, &cm, codec.DecodeOptions{Strict: true})
		require.NoError(t, err, name)
		require.Empty(t, problems, name)
		require.Equal(t, map[string]string{"k": "v"}, cm.Data, name)
	}
	var got any
	for text, want := range map[string]any{"c074323031332d30332d32315432303a30343a30305a": "2013-03-21T20:04:00Z", "d6420102": "AQI=", "1b7fffffffffffffff": int64(1<<63 - 1), "f93e00": 1.5} {
		data, err := hex.DecodeString(text)
		require.NoError(t, err)
		_, err = codec.UnmarshalCBOR(data, &got, codec.DecodeOptions{})
		require.NoError(t, err, text)
		require.Equal(t, want, got)
	}
}

func TestCBORErrors(t *testing.T) {
	for text, want := range map[string]string{
		"a2 4161 01 4161 02":            "found duplicate map key",
		"a2 6161 01 4161 02":            "found duplicate map key",
		"a1 44 64617461 a1 41 6b":       "unexpected EOF",
		"":                              "EOF",
		"1bffffffffffffffff":            "overflow",
		"f97e00":                        "NaN",
		"f97c00":                        "infinity",
		"f7":                            "simple value",
		"a1 01 02":                      "string",
		"61ff":                          "UTF-8",
		"c2 42 0102":                    "bignum",
		strings.Repeat("81", 70) + "00": "nested level",
		"9b 7fffffffffffffff":           "",
		"f6":                            "null",
		"40 40":                         "extraneous",
	} {
		data, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
		require.NoError(t, err)
		_, err = codec.UnmarshalCBOR(data, &corev1.ConfigMap{}, codec.DecodeOptions{})
		require.Error(t, err, text)
		require.Contains(t, err.Error(), want, text)
	}
	data, err := codec.MarshalCBOR(map[string]any{"data": map[string]any{"k": "v"}, "nope": 1, "metadata": map[string]any{"nor": 2}})
	require.NoError(t, err)
	problems, err := codec.UnmarshalCBOR(data, &corev1.ConfigMap{}, codec.DecodeOptions{Strict: true})
	require.NoError(t, err)
	require.Equal(t, []codec.Problem{{codec.UnknownField, "metadata.nor"}, {codec.UnknownField, "nope"}}, problems)
	_, err = codec.MarshalCBOR(make(chan int))
	require.Error(t, err)
	_, err = codec.CBORToJSON([]byte{0xff})
	require.ErrorContains(t, err, "error converting CBOR to JSON")
}

func TestNegotiate(t *testing.T) {
	table := meta.GroupVersionKind{Group: "meta.k8s.io", Version: "v1", Kind: "Table"}
	offers := []codec.Offer{
		{MediaType: codec.JSON, As: []meta.GroupVersionKind{table}, Streams: []string{"watch"}},
		{MediaType: codec.YAML},
		{MediaType: codec.Protobuf, Streams: []string{"watch"}},
	}
	for accept, want := range map[string]codec.Media{
		"":                    {Type: codec.JSON},
		" ":                   {Type: codec.JSON},
		"*/*":                 {Type: codec.JSON},
		"*":                   {Type: codec.JSON},
		"application/yaml":    {Type: codec.YAML},
		"text/html, */*;q=.1": {Type: codec.JSON},
		"application/vnd.kubernetes.protobuf, application/json":                                                           {Type: codec.Protobuf},
		"application/json;q=0.5, application/vnd.kubernetes.protobuf":                                                     {Type: codec.Protobuf},
		"application/json;as=Table;v=v1;g=meta.k8s.io":                                                                    {Type: codec.JSON, As: table},
		"application/json; as=Table; v=v1; g=meta.k8s.io; pretty=1":                                                       {Type: codec.JSON, As: table, Pretty: true},
		"application/json;as=Table;v=v9;g=meta.k8s.io,application/json":                                                   {Type: codec.JSON},
		"application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io,application/json;foo=bar":                        {Type: codec.JSON},
		"application/vnd.kubernetes.protobuf;stream=watch":                                                                {Type: codec.Protobuf, Stream: "watch"},
		"application/yaml;stream=watch, application/json;stream=watch":                                                    {Type: codec.JSON, Stream: "watch"},
		"application/json;charset=utf-8":                                                                                  {Type: codec.JSON},
		"application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json": {Type: codec.JSON, As: table},
	} {
		got, ok := codec.Negotiate(accept, offers...)
		require.True(t, ok, accept)
		require.Equal(t, want, got, accept)
	}
	for _, accept := range []string{
		"text/plain", "application/*", "Application/JSON", "application/JSON", "application/json/x", ";", ",",
		"application/json;as=Table;v=v2;g=meta.k8s.io", "application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io", "application/yaml;stream=watch",
	} {
		_, ok := codec.Negotiate(accept, offers...)
		require.False(t, ok, accept)
	}
	_, ok := codec.Negotiate("*/*")
	require.False(t, ok)
	require.Equal(t, "application/vnd.kubernetes.protobuf;stream=watch", codec.Media{Type: codec.Protobuf, Stream: "watch"}.ContentType())
	require.Equal(t, "application/json", codec.Media{Type: codec.JSON, Stream: "watch"}.ContentType())

	mediaType, params := codec.ParseMediaType(`application/json; charset="utf-8"; x`)
	require.Equal(t, codec.JSON, mediaType)
	require.Equal(t, map[string]string{"charset": "utf-8"}, params)
	mediaType, params = codec.ParseMediaType("")
	require.Empty(t, mediaType+strings.Join(nil, ""))
	require.Nil(t, params)
}

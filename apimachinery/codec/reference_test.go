package codec_test

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// The files in testdata were made with the serializers of Kubernetes v1.37.1:
// what they write for an object (objects.json) and what they say to a text
// (decode.json).

func readTestdata(t testing.TB, name string, into any) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, into))
}

type referenceObject struct {
	APIVersion, Kind string
	JSON, YAML       string
	Protobuf, CBOR   []byte
}

func referenceObjects(t testing.TB) (objects []referenceObject) {
	readTestdata(t, "objects.json", &objects)
	require.NotEmpty(t, objects)
	return objects
}

func TestObjectsAreWrittenAsByKubernetes(t *testing.T) {
	for _, want := range referenceObjects(t) {
		t.Run(want.APIVersion+" "+want.Kind, func(t *testing.T) {
			typ := apiType(t, want.APIVersion, want.Kind)

			obj := reflect.New(typ).Interface()
			problems, err := codec.UnmarshalJSON([]byte(want.JSON), obj, codec.DecodeOptions{Strict: true})
			require.NoError(t, err)
			require.Empty(t, problems)
			checkForms(t, "from JSON", want, obj)

			obj = reflect.New(typ).Interface()
			typeMeta, raw, contentType, err := codec.UnmarshalEnvelope(want.Protobuf)
			require.NoError(t, err)
			require.Equal(t, meta.TypeMeta{APIVersion: want.APIVersion, Kind: want.Kind}, typeMeta)
			require.Empty(t, contentType)
			require.NoError(t, codec.UnmarshalProto(raw, obj))
			*obj.(interface{ TypeMetadata() *meta.TypeMeta }).TypeMetadata() = typeMeta
			checkForms(t, "from protobuf", want, obj)

			obj = reflect.New(typ).Interface()
			problems, err = codec.UnmarshalCBOR(want.CBOR, obj, codec.DecodeOptions{Strict: true})
			require.NoError(t, err)
			require.Empty(t, problems)
			checkForms(t, "from CBOR", want, obj)

			obj = reflect.New(typ).Interface()
			problems, err = codec.UnmarshalYAML([]byte(want.YAML), obj, codec.DecodeOptions{Strict: true})
			require.NoError(t, err)
			require.Empty(t, problems)
			checkForms(t, "from YAML", want, obj)
		})
	}
}

func checkForms(t *testing.T, from string, want referenceObject, obj any) {
	t.Helper()
	got, err := codec.MarshalJSON(obj)
	require.NoError(t, err)
	require.Equal(t, want.JSON, string(got), "%s to JSON", from)
	got, err = codec.MarshalEnvelope(obj)
	require.NoError(t, err)
	require.Equal(t, string(want.Protobuf), string(got), "%s to protobuf", from)
	got, err = codec.MarshalCBOR(obj)
	require.NoError(t, err)
	require.Equal(t, string(want.CBOR), string(got), "%s to CBOR", from)
	got, err = codec.MarshalYAML(obj)
	require.NoError(t, err)
	require.Equal(t, want.YAML, string(got), "%s to YAML", from)
}

func TestTextsAreJudgedAsByKubernetes(t *testing.T) {
	var texts []struct {
		Type, Text  string
		Base64      []byte // in place of Text where that is not UTF-8
		Error, JSON string
		Problems    []string
	}
	readTestdata(t, "decode.json", &texts)
	require.NotEmpty(t, texts)
	for _, want := range texts {
		if want.Base64 != nil {
			want.Text = string(want.Base64)
		}
		t.Run(want.Text, func(t *testing.T) {
			dot := len(want.Type) - 1
			for want.Type[dot] != '.' {
				dot--
			}
			obj := reflect.New(apiType(t, want.Type[:dot], want.Type[dot+1:])).Interface()
			problems, err := codec.UnmarshalJSON([]byte(want.Text), obj, codec.DecodeOptions{Strict: true})
			if want.Error != "" {
				require.EqualError(t, err, want.Error)
				return
			}
			require.NoError(t, err)
			var got []string
			for _, p := range problems {
				got = append(got, p.String())
			}
			require.Equal(t, want.Problems, got)
			out, err := codec.MarshalJSON(obj)
			require.NoError(t, err)
			require.Equal(t, want.JSON, string(out))

			obj = reflect.New(reflect.TypeOf(obj).Elem()).Interface()
			problems, err = codec.UnmarshalJSON([]byte(want.Text), obj, codec.DecodeOptions{})
			require.NoError(t, err)
			require.Empty(t, problems, "problems are for strict decoding")
		})
	}
}

package codec_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
)

func TestEveryTypeHasAPlan(t *testing.T) {
	total := 0
	for apiVersion, types := range apiTypes {
		for _, typ := range types {
			pl, err := codec.PlanFor(typ)
			require.NoError(t, err)
			require.True(t, pl.HasProto(), "%s %s", apiVersion, typ.Name())
			total++
		}
	}
	require.Greater(t, total, 200)
}

// TestRoundTrip takes every type through JSON, protobuf, JSON, CBOR and a tree,
// and expects the same bytes again.
func TestRoundTrip(t *testing.T) {
	for apiVersion, types := range apiTypes {
		for _, typ := range types {
			for seed := range int64(3) {
				roundTrip(t, apiVersion, typ, random(typ, seed))
			}
		}
	}
}

func roundTrip(t *testing.T, apiVersion string, typ reflect.Type, obj any) {
	t.Helper()
	name := apiVersion + " " + typ.Name()
	text, err := codec.MarshalJSON(obj)
	require.NoError(t, err, name)

	same := func(how string, got any) {
		t.Helper()
		out, err := codec.MarshalJSON(got)
		require.NoError(t, err, "%s %s", name, how)
		require.Equal(t, string(text), string(out), "%s %s", name, how)
		require.True(t, codec.Equal(obj, got), "%s %s: not Equal", name, how)
	}

	fromJSON := reflect.New(typ).Interface()
	problems, err := codec.UnmarshalJSON(text, fromJSON, codec.DecodeOptions{Strict: true})
	require.NoError(t, err, name)
	require.Empty(t, problems, name)
	same("JSON", fromJSON)
	same("copy", codec.Copy(obj))

	body, err := codec.MarshalProto(fromJSON)
	require.NoError(t, err, name)
	fromProto := reflect.New(typ).Interface()
	require.NoError(t, codec.UnmarshalProto(body, fromProto), name)
	same("protobuf", fromProto)

	binary, err := codec.MarshalCBOR(obj)
	require.NoError(t, err, name)
	fromCBOR := reflect.New(typ).Interface()
	problems, err = codec.UnmarshalCBOR(binary, fromCBOR, codec.DecodeOptions{Strict: true})
	require.NoError(t, err, name)
	require.Empty(t, problems, name)
	same("CBOR", fromCBOR)

	tree, err := codec.ToMap(obj)
	require.NoError(t, err, name)
	var decoded map[string]any
	_, err = codec.UnmarshalJSON(text, &decoded, codec.DecodeOptions{})
	require.NoError(t, err, name)
	require.Equal(t, decoded, tree, "%s: ToMap", name)
	fromTree := reflect.New(typ).Interface()
	require.NoError(t, codec.FromMap(tree, fromTree), name)
	same("tree", fromTree)
}

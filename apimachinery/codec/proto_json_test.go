package codec_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
)

// sameJSON holds what is made of a message at once against what is made of it by
// decoding, and says whether it could be.
func sameJSON(t testing.TB, message []byte, typ reflect.Type) bool {
	t.Helper()
	got, ok := codec.AppendJSONOfProto([]byte("before "), message, typ)
	if !ok {
		require.Equal(t, "before ", string(got))
		return false
	}
	obj := reflect.New(typ).Interface()
	require.NoError(t, codec.UnmarshalProto(message, obj))
	want, err := codec.MarshalJSON(obj)
	require.NoError(t, err)
	require.Equal(t, "before "+string(want), string(got))
	return true
}

// Every type of the API, with values of all sorts in it.
func TestJSONOfProto(t *testing.T) {
	transcoded, all := 0, 0
	for _, kind := range slices.Concat(slices.Collect(maps.Values(apiTypes))...) {
		for seed := range int64(20) {
			obj := random(kind, seed)
			message, err := codec.MarshalProto(obj)
			require.NoError(t, err)
			all++
			if sameJSON(t, message, kind) {
				transcoded++
			}
		}
		sameJSON(t, nil, kind)
	}
	t.Logf("%d of %d", transcoded, all)
	require.Greater(t, transcoded, all*9/10)
}

func TestJSONOfProtoOfPod(t *testing.T) {
	_, pod := benchPod(t)
	message, err := codec.MarshalProto(pod)
	require.NoError(t, err)
	require.True(t, sameJSON(t, message, reflect.TypeOf(*pod)))
	for i := range message {
		sameJSON(t, message[:i], reflect.TypeOf(*pod)) // no panic, and nothing made up
	}
	buf := make([]byte, 0, 64<<10)
	typ := reflect.TypeOf(*pod)
	require.LessOrEqual(t, testing.AllocsPerRun(20, func() { codec.AppendJSONOfProto(buf, message, typ) }), 1.0)
}

func BenchmarkJSONOfProto(b *testing.B) {
	text, pod := benchPod(b)
	message, err := codec.MarshalProto(pod)
	require.NoError(b, err)
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	var buf []byte
	typ := reflect.TypeOf(*pod)
	for b.Loop() {
		var ok bool
		if buf, ok = codec.AppendJSONOfProto(buf[:0], message, typ); !ok {
			b.Fatal("not at once")
		}
	}
}

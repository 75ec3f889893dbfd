package codec_test

import (
	"bytes"
	"math/rand"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// loosen puts into a random value what protobuf does not keep: empty lists and
// maps, nothing where there has to be bytes, parts of seconds, places.
func loosen(r *rand.Rand, v reflect.Value) {
	switch p := v.Addr().Interface().(type) {
	case *meta.Time:
		if !p.IsZero() {
			p.Time = p.Add(time.Duration(r.Int63n(1e9))).In(time.FixedZone("x", 3600))
		}
		return
	case *meta.MicroTime:
		if !p.IsZero() {
			p.Time = p.Add(time.Duration(r.Int63n(1e9)))
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			loosen(r, v.Elem())
		}
	case reflect.Slice:
		if v.IsNil() && v.Type().Elem().Kind() != reflect.Uint8 && r.Intn(2) == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			loosen(r, v.Index(i))
			if item := v.Index(i); item.Kind() == reflect.Slice && r.Intn(2) == 0 {
				item.SetZero()
			}
		}
	case reflect.Map:
		if v.IsNil() && r.Intn(2) == 0 {
			v.Set(reflect.MakeMap(v.Type()))
		}
		for iter := v.MapRange(); iter.Next(); {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(iter.Value())
			if loosen(r, value); value.Kind() == reflect.Slice && r.Intn(2) == 0 {
				value.SetZero()
			}
			v.SetMapIndex(iter.Key(), value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				loosen(r, v.Field(i))
			}
		}
	}
}

// TestSettle holds that Settle gives what decoding does, for every type, and that
// it leaves alone what is settled.
func TestSettle(t *testing.T) {
	for apiVersion, types := range apiTypes {
		for _, typ := range types {
			for seed := range int64(4) {
				name := apiVersion + " " + typ.Name()
				obj := random(typ, seed)
				loosen(rand.New(rand.NewSource(seed)), reflect.ValueOf(obj).Elem())
				body, err := codec.MarshalProto(obj)
				require.NoError(t, err, name)
				want := reflect.New(typ).Interface()
				require.NoError(t, codec.UnmarshalProto(body, want), name)

				loose := codec.Copy(obj)
				changed, ok := codec.Settle(obj)
				require.True(t, ok, name)
				require.Equal(t, !reflect.DeepEqual(loose, obj), changed, name)
				text, err := codec.MarshalJSON(obj)
				require.NoError(t, err, name)
				wanted, err := codec.MarshalJSON(want)
				require.NoError(t, err, name)
				require.Equal(t, string(wanted), string(text), name)
				again, err := codec.MarshalProto(obj)
				require.NoError(t, err, name)
				anew, err := codec.MarshalProto(want)
				require.NoError(t, err, name)
				require.True(t, bytes.Equal(anew, again), name)
				require.True(t, codec.Equal(want, obj), name)

				before := codec.Copy(obj)
				changed, ok = codec.Settle(obj)
				require.True(t, ok && !changed, name)
				require.True(t, reflect.DeepEqual(before, obj), "%s changes when it is settled again", name)
			}
		}
	}
}

func TestSettleKnowsItsLimits(t *testing.T) {
	require.False(t, settle(corev1.Pod{}), "no pointer")
	require.False(t, settle(&meta.Unstructured{}), "no protobuf")
	type stranger struct {
		Own ownProto `json:"own" protobuf:"bytes,1"`
	}
	s := &stranger{}
	_, err := codec.MarshalProto(s)
	require.NoError(t, err)
	require.False(t, settle(s), "nobody knows what that keeps")
}

// ownProto is a type that writes its own protobuf and loses something by it.
type ownProto struct{ lost int }

func (ownProto) AppendJSON(dst []byte) ([]byte, error) { return append(dst, "null"...), nil }
func (*ownProto) ParseJSON([]byte) error               { return nil }
func (ownProto) AppendProto(dst []byte) []byte         { return dst }
func (o *ownProto) ParseProto([]byte) error            { o.lost = 0; return nil }

// What is settled may be read by others meanwhile: the race detector tells.
func TestSettleOnlyReadsWhatIsSettled(t *testing.T) {
	pod := random(reflect.TypeFor[corev1.Pod](), 7).(*corev1.Pod)
	pod.Annotations = map[string]string{"a": "b"}
	require.True(t, settle(pod))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			codec.Settle(pod)
			_, err := codec.MarshalJSON(pod)
			assert.NoError(t, err)
		})
	}
	all.Wait()
}

func BenchmarkSettlePod(b *testing.B) {
	pod := random(reflect.TypeFor[corev1.Pod](), 7)
	b.ReportAllocs()
	for b.Loop() {
		codec.Settle(pod)
	}
}

func settle(v any) bool {
	_, ok := codec.Settle(v)
	return ok
}

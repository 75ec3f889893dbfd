package codec_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
)

// benchPod is a Pod as an API server stores it: 5.6 KB of JSON.
func benchPod(b testing.TB) (text []byte, pod *corev1.Pod) {
	b.Helper()
	text, err := os.ReadFile("testdata/pod.json")
	require.NoError(b, err)
	pod = new(corev1.Pod)
	problems, err := codec.UnmarshalJSON(text, pod, codec.DecodeOptions{Strict: true})
	require.NoError(b, err)
	require.Empty(b, problems)
	text, err = codec.MarshalJSON(pod)
	require.NoError(b, err)
	return text, pod
}

func BenchmarkDecodeJSON(b *testing.B) {
	text, _ := benchPod(b)
	for name, opts := range map[string]codec.DecodeOptions{"lenient": {}, "strict": {Strict: true}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				var pod corev1.Pod
				if _, err := codec.UnmarshalJSON(text, &pod, opts); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("tree", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			var tree map[string]any
			if _, err := codec.UnmarshalJSON(text, &tree, codec.DecodeOptions{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) { // what it is measured against
		b.ReportAllocs()
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			var tree map[string]any
			if err := json.Unmarshal(text, &tree); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkEncodeJSON(b *testing.B) {
	text, pod := benchPod(b)
	b.Run("pod", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(text)))
		var buf []byte
		for b.Loop() {
			var err error
			if buf, err = codec.AppendJSON(buf[:0], pod); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("tree", func(b *testing.B) {
		tree, err := codec.ToMap(pod)
		require.NoError(b, err)
		b.ReportAllocs()
		b.SetBytes(int64(len(text)))
		var buf []byte
		for b.Loop() {
			if buf, err = codec.AppendJSON(buf[:0], tree); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkProto(b *testing.B) {
	_, pod := benchPod(b)
	body, err := codec.MarshalProto(pod)
	require.NoError(b, err)
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(body)))
		var buf []byte
		for b.Loop() {
			if buf, err = codec.AppendEnvelope(buf[:0], pod); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			var pod corev1.Pod
			if err := codec.UnmarshalProto(body, &pod); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkValues(b *testing.B) {
	_, pod := benchPod(b)
	other := codec.DeepCopy(pod)
	b.Run("copy", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			codec.DeepCopy(pod)
		}
	})
	b.Run("equal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if !codec.Equal(pod, other) {
				b.Fatal("not equal")
			}
		}
	})
	b.Run("to-map", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := codec.ToMap(pod); err != nil {
				b.Fatal(err)
			}
		}
	})
	tree, err := codec.ToMap(pod)
	require.NoError(b, err)
	b.Run("from-map", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var pod corev1.Pod
			if err := codec.FromMap(tree, &pod); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("cbor", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := codec.MarshalCBOR(pod); err != nil {
				b.Fatal(err)
			}
		}
	})
}

package codec_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	apiextensionsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apiextensions/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// fuzzTypes are decoded from what the fuzzer makes up.
var fuzzTypes = []reflect.Type{
	reflect.TypeFor[corev1.Pod](), reflect.TypeFor[corev1.Secret](), reflect.TypeFor[apiextensionsv1.CustomResourceDefinition](),
	reflect.TypeFor[meta.Unstructured](), reflect.TypeFor[meta.Status](), reflect.TypeFor[tricky](),
}

// stable fails unless obj is written and read back the same in JSON and CBOR.
func stable(t *testing.T, obj any) {
	t.Helper()
	first, err := codec.MarshalJSON(obj)
	if err != nil {
		t.Fatalf("what was decoded cannot be encoded: %v", err)
	}
	if !json.Valid(first) {
		t.Fatalf("encoded to malformed JSON: %s", first)
	}
	again := reflect.New(reflect.TypeOf(obj).Elem()).Interface()
	if _, err := codec.UnmarshalJSON(first, again, codec.DecodeOptions{}); err != nil {
		t.Fatalf("%v: %s", err, first)
	}
	second, err := codec.MarshalJSON(again)
	if err != nil || !bytes.Equal(first, second) {
		t.Fatalf("not stable: %v\n%s\n%s", err, first, second)
	}
	copied, err := codec.MarshalJSON(codec.Copy(obj))
	if err != nil || !bytes.Equal(first, copied) {
		t.Fatalf("the copy differs: %v\n%s\n%s", err, first, copied)
	}
	if !codec.Equal(obj, codec.Copy(obj)) {
		t.Fatalf("not equal to its copy: %s", first)
	}
	binary, err := codec.MarshalCBOR(obj)
	if err != nil {
		t.Fatalf("%v: %s", err, first)
	}
	fromCBOR := reflect.New(reflect.TypeOf(obj).Elem()).Interface()
	if _, err := codec.UnmarshalCBOR(binary, fromCBOR, codec.DecodeOptions{}); err != nil {
		return // CBOR nests less deep
	}
	if !codec.Equal(again, fromCBOR) {
		third, _ := codec.MarshalJSON(fromCBOR)
		t.Fatalf("CBOR differs:\n%s\n%s", first, third)
	}
}

func FuzzJSON(f *testing.F) {
	for _, text := range syntaxSamples {
		f.Add([]byte(text))
	}
	for _, obj := range referenceObjects(f) {
		f.Add([]byte(obj.JSON))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var want any
		err := json.Unmarshal(data, &want)
		var syntax *json.SyntaxError
		malformed := errors.As(err, &syntax)
		for _, typ := range fuzzTypes {
			obj := reflect.New(typ).Interface()
			_, err := codec.UnmarshalJSON(data, obj, codec.DecodeOptions{Strict: true})
			if malformed && err == nil {
				t.Fatalf("%v took a malformed text", typ)
			}
			if malformed && err.Error() != syntax.Error() {
				t.Fatalf("%v says %q for %q", typ, err, syntax)
			}
			if err == nil {
				stable(t, obj)
			}
		}
		var tree any
		if _, err := codec.UnmarshalJSON(data, &tree, codec.DecodeOptions{}); err == nil {
			if !reflect.DeepEqual(want, withFloats(tree)) {
				t.Fatalf("want %#v, got %#v", want, tree)
			}
		}
	})
}

func FuzzProto(f *testing.F) {
	for _, obj := range referenceObjects(f) {
		_, raw, _, err := codec.UnmarshalEnvelope(obj.Protobuf)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
		f.Add(obj.Protobuf)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, raw, _, err := codec.UnmarshalEnvelope(data); err == nil {
			data = raw
		}
		for _, typ := range fuzzTypes {
			if pl, err := codec.PlanFor(typ); err != nil || !pl.HasProto() {
				continue
			}
			obj := reflect.New(typ).Interface()
			if codec.UnmarshalProto(data, obj) != nil {
				continue
			}
			first, err := codec.MarshalProto(obj)
			if err != nil {
				t.Fatal(err)
			}
			again := reflect.New(typ).Interface()
			if err := codec.UnmarshalProto(first, again); err != nil {
				t.Fatalf("%v: %x", err, first)
			}
			second, err := codec.MarshalProto(again)
			if err != nil || !bytes.Equal(first, second) {
				t.Fatalf("not stable: %v\n%x\n%x", err, first, second)
			}
			sameJSON(t, first, typ)
			if copied, err := codec.MarshalProto(codec.Copy(obj)); err != nil || !bytes.Equal(first, copied) {
				t.Fatalf("the copy differs: %v\n%x\n%x", err, first, copied)
			}
		}
	})
}

func FuzzCBOR(f *testing.F) {
	for _, obj := range referenceObjects(f) {
		f.Add(obj.CBOR)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, typ := range fuzzTypes {
			obj := reflect.New(typ).Interface()
			if _, err := codec.UnmarshalCBOR(data, obj, codec.DecodeOptions{Strict: true}); err != nil {
				continue
			}
			// Byte strings need not be UTF-8. What is not is written as \ufffd and reads
			// back as another text, for which map keys may change places.
			if text, err := codec.MarshalJSON(obj); err != nil || !bytes.Contains(text, []byte(`\ufffd`)) {
				stable(t, obj)
			}
		}
		if text, err := codec.CBORToJSON(data); err == nil && !json.Valid(text) {
			t.Fatalf("malformed JSON: %s", text)
		}
		frames, err := codec.NewFrameReader(codec.CBORSeq, bytes.NewReader(data), 1<<16)
		if err != nil {
			t.Fatal(err)
		}
		for total := 0; ; {
			frame, err := frames.ReadFrame()
			if err != nil {
				break
			}
			if total += len(frame); len(frame) == 0 || total > len(data) {
				t.Fatal("frames are not parts of the stream")
			}
		}
	})
}

func FuzzYAML(f *testing.F) {
	for _, obj := range referenceObjects(f) {
		f.Add([]byte(obj.YAML))
	}
	f.Add([]byte("a: &x {k: v}\nb: *x\n---\nc: 1"))
	f.Add([]byte("{a: 1, a: 2}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		text, _, err := codec.YAMLToJSON(data, false)
		if err == nil && !json.Valid(text) {
			t.Fatalf("malformed JSON: %s", text)
		}
		if _, _, strictErr := codec.YAMLToJSON(data, true); (err == nil) != (strictErr == nil) {
			t.Fatalf("strict says %v, else %v", strictErr, err)
		}
		var cm corev1.ConfigMap
		if _, err := codec.UnmarshalYAML(data, &cm, codec.DecodeOptions{Strict: true}); err != nil {
			return
		}
		out, err := codec.MarshalYAML(&cm)
		if err != nil {
			t.Fatal(err)
		}
		var again corev1.ConfigMap
		if _, err := codec.UnmarshalYAML(out, &again, codec.DecodeOptions{}); err != nil || !codec.Equal(&cm, &again) {
			t.Fatalf("not stable: %v\n%s", err, out)
		}
	})
}

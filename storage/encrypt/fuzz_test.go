package encrypt

import (
	"bytes"
	"context"
	"testing"
)

func FuzzDecodeEnvelope(f *testing.F) {
	e := envelope{data: []byte("d"), keyID: "k", source: []byte("s"), annotations: map[string][]byte{"a": []byte("b")}, kind: 1}
	f.Add(e.encode())
	f.Add([]byte{0x0a, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := decodeEnvelope(data)
		if err != nil {
			return
		}
		again, err := decodeEnvelope(e.encode())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(e.encode(), again.encode()) {
			t.Fatalf("%+v and %+v differ", e, again)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(configuration(keyed("aesgcm", "one"))))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if c, err := Parse(data); err == nil {
			_ = c.providersOf(Resource{Group: "apps", Name: "deployments"})
		}
	})
}

// FuzzDecrypt feeds every key with what it did not make.
func FuzzDecrypt(f *testing.F) {
	key := bytes.Repeat([]byte("k"), 32)
	g, _ := newGCM(key)
	c, _ := newCBC(key)
	b, _ := newBox(key)
	sealed, _ := b.encrypt(context.Background(), "a", []byte("b"))
	f.Add(sealed)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, tr := range []transformer{g, c, b, seeded{key}} {
			_, _, _ = tr.decrypt(t.Context(), "a", data)
		}
		all := chain{{"k8s:enc:aesgcm:v1:a:", g}, {"k8s:enc:secretbox:v1:a:", b}, {"", plaintext{}}}
		if plain, _, err := all.decrypt(t.Context(), "a", data); err == nil && !bytes.Equal(plain, data) && !bytes.HasPrefix(data, []byte(Prefix)) {
			t.Fatal("what is not encrypted must stay as it is")
		}
	})
}

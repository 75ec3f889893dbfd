package codec

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// EnvelopePrefix begins every protobuf body that Kubernetes sends or stores.
const EnvelopePrefix = "k8s\x00"

// ErrNotEnvelope is returned by [UnmarshalEnvelope] for bytes that do not begin
// with [EnvelopePrefix].
var ErrNotEnvelope = errors.New("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")

// MarshalEnvelope returns obj as Kubernetes' protobuf media type has it: the
// prefix and a message with the object's kind and its bytes. obj embeds TypeMeta.
func MarshalEnvelope(obj any) ([]byte, error) {
	e := encoders.Get().(*encoder)
	defer e.release()
	out, err := AppendEnvelope(e.Buffer(), obj)
	e.SetBuffer(out)
	if err != nil {
		return nil, err
	}
	return slices.Clone(out), nil
}

// AppendEnvelope appends to dst what [MarshalEnvelope] returns.
func AppendEnvelope(dst []byte, obj any) ([]byte, error) {
	typed, ok := obj.(interface{ TypeMetadata() *meta.TypeMeta })
	if !ok {
		return dst, fmt.Errorf("codec: %T has no TypeMeta", obj)
	}
	pl, p, err := message(obj)
	if err != nil {
		return dst, err
	}
	out := appendEnvelopeHead(dst, typed.TypeMetadata())
	start := len(out)
	if out, err = appendMessage(out, pl, p, 0); err != nil {
		return dst, err
	}
	return append(setLength(out, start), envelopeTail...), nil
}

// AppendEnvelopeRaw appends an envelope around raw, a message as [MarshalProto]
// returns it.
func AppendEnvelopeRaw(dst []byte, typeMeta meta.TypeMeta, raw []byte) []byte {
	dst = appendEnvelopeHead(dst, &typeMeta)
	dst = appendVarint(dst[:len(dst)-1], uint64(len(raw)))
	return append(append(dst, raw...), envelopeTail...)
}

// AppendEnvelopeStart appends what comes before a message of size bytes in an
// envelope. After the message comes [EnvelopeEnd].
func AppendEnvelopeStart(dst []byte, typeMeta meta.TypeMeta, size int) []byte {
	dst = appendEnvelopeHead(dst, &typeMeta)
	return appendVarint(dst[:len(dst)-1], uint64(size))
}

// EnvelopeEnd is what comes after the message in an envelope.
const EnvelopeEnd = envelopeTail

// envelopeTail holds the content encoding and content type, which are empty.
const envelopeTail = "\x1a\x00\x22\x00"

// appendEnvelopeHead appends all that comes before the object's bytes, with one
// byte for their length.
func appendEnvelopeHead(dst []byte, t *meta.TypeMeta) []byte {
	dst = append(append(dst, EnvelopePrefix...), 0x0a, 0)
	start := len(dst)
	dst = appendVarint(append(dst, 0x0a), uint64(len(t.APIVersion)))
	dst = append(dst, t.APIVersion...)
	dst = appendVarint(append(dst, 0x12), uint64(len(t.Kind)))
	dst = append(dst, t.Kind...)
	return append(setLength(dst, start), 0x12, 0)
}

// UnmarshalEnvelope takes an envelope apart. raw is the object's bytes, which
// are a part of data; contentType says what they are where that is not protobuf.
func UnmarshalEnvelope(data []byte) (typeMeta meta.TypeMeta, raw []byte, contentType string, err error) {
	if len(data) < len(EnvelopePrefix) || string(data[:len(EnvelopePrefix)]) != EnvelopePrefix {
		return typeMeta, nil, "", ErrNotEnvelope
	}
	d := protoDecoders.Get().(*protoDecoder) // for its texts: kinds are the same again and again
	defer protoDecoders.Put(d)
	err = eachWire(data[len(EnvelopePrefix):], func(number uint64, wire int, value []byte) error {
		if wire != wireBytes {
			return nil
		}
		body, _, err := chunk(value)
		if err != nil {
			return err
		}
		switch number {
		case 1:
			return eachWire(body, func(number uint64, wire int, value []byte) error {
				if wire != wireBytes {
					return nil
				}
				text, _, err := chunk(value)
				switch number {
				case 1:
					typeMeta.APIVersion = d.texts.text(text)
				case 2:
					typeMeta.Kind = d.texts.text(text)
				}
				return err
			})
		case 2:
			raw = body
		case 4:
			contentType = d.texts.text(body)
		}
		return nil
	})
	return typeMeta, raw, contentType, err
}

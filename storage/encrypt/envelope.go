package encrypt

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// envelope is what is stored of a value whose key is a KMS plug-in's. On the
// wire it is Kubernetes' message EncryptedObject.
type envelope struct {
	data        []byte            // 1
	keyID       string            // 2: which key of the plug-in encrypted source
	source      []byte            // 3: the encrypted seed, or key
	annotations map[string][]byte // 4: the plug-in's own
	kind        uint64            // 5: what source is
}

const (
	sourceKey  = 0 // source is the key of gcm
	sourceSeed = 1 // source is the seed of seeded

	maxKeyID       = 1 << 10
	maxSource      = 1 << 10
	maxAnnotations = 32 << 10
)

func (e *envelope) check() error {
	size := 0
	for k, v := range e.annotations {
		size += len(k) + len(v)
	}
	switch {
	case len(e.data) == 0:
		return errors.New("no encrypted data")
	case e.keyID == "" || len(e.keyID) > maxKeyID:
		return fmt.Errorf("key id of %d bytes: must have 1 to %d", len(e.keyID), maxKeyID)
	case len(e.source) == 0 || len(e.source) > maxSource:
		return fmt.Errorf("encrypted key of %d bytes: must have 1 to %d", len(e.source), maxSource)
	case size > maxAnnotations:
		return fmt.Errorf("annotations of %d bytes: must have %d at most", size, maxAnnotations)
	case e.kind != sourceKey && e.kind != sourceSeed:
		return fmt.Errorf("unknown way %d to use the encrypted key", e.kind)
	}
	return nil
}

func appendBytes(dst []byte, number protowire.Number, b []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(dst, number, protowire.BytesType), b)
}

func (e *envelope) encode() []byte {
	dst := make([]byte, 0, len(e.data)+len(e.source)+len(e.keyID)+64)
	dst = appendBytes(dst, 1, e.data)
	dst = appendBytes(dst, 2, []byte(e.keyID))
	dst = appendBytes(dst, 3, e.source)
	for _, name := range slices.Sorted(maps.Keys(e.annotations)) {
		dst = appendBytes(dst, 4, appendBytes(appendBytes(nil, 1, []byte(name)), 2, e.annotations[name]))
	}
	if e.kind != 0 {
		dst = protowire.AppendVarint(protowire.AppendTag(dst, 5, protowire.VarintType), e.kind)
	}
	return dst
}

// decodeEnvelope reads an envelope, which shares the memory of b.
func decodeEnvelope(b []byte) (*envelope, error) {
	e := new(envelope)
	err := eachField(b, func(number protowire.Number, value []byte, varint uint64) error {
		switch number {
		case 1:
			e.data = value
		case 2:
			e.keyID = string(value)
		case 3:
			e.source = value
		case 4:
			var name string
			var text []byte
			err := eachField(value, func(number protowire.Number, value []byte, _ uint64) error {
				switch number {
				case 1:
					name = string(value)
				case 2:
					text = value
				}
				return nil
			})
			if err != nil {
				return err
			}
			if e.annotations == nil {
				e.annotations = make(map[string][]byte)
			}
			e.annotations[name] = text
		case 5:
			e.kind = varint
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("envelope: %w", err)
	}
	if err := e.check(); err != nil {
		return nil, fmt.Errorf("envelope: %w", err)
	}
	return e, nil
}

// eachField calls f for the fields of a message; value is set for texts, varint
// for numbers.
func eachField(b []byte, f func(number protowire.Number, value []byte, varint uint64) error) error {
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		var value []byte
		var varint uint64
		switch kind {
		case protowire.BytesType:
			value, n = protowire.ConsumeBytes(b)
		case protowire.VarintType:
			varint, n = protowire.ConsumeVarint(b)
		default:
			n = protowire.ConsumeFieldValue(number, kind, b)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		if err := f(number, value, varint); err != nil {
			return err
		}
	}
	return nil
}

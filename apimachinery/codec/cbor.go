package codec

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// cborPrefix is the tag by which CBOR tells itself from other formats (RFC 8949,
// section 3.4.6). Kubernetes begins every object with it.
const cborPrefix = "\xd9\xd9\xf7"

// maxCBORDepth is how deep CBOR may nest, as in Kubernetes.
const maxCBORDepth = 64

// cborModes returns the settings that KEP-4222 lays down: strings are written as
// byte strings, because they need not be valid UTF-8; []byte as byte strings
// that are to become base64 text in JSON; maps in bytewise order of their keys;
// what JSON cannot hold is refused.
var cborModes = sync.OnceValues(func() (modes struct {
	enc cbor.EncMode
	dec cbor.DecMode
}, err error) {
	modes.enc, err = cbor.EncOptions{
		Sort:                 cbor.SortBytewiseLexical,
		ShortestFloat:        cbor.ShortestFloat16,
		NaNConvert:           cbor.NaNConvertReject,
		InfConvert:           cbor.InfConvertReject,
		BigIntConvert:        cbor.BigIntConvertReject,
		IndefLength:          cbor.IndefLengthForbidden,
		NilContainers:        cbor.NilContainerAsNull,
		TagsMd:               cbor.TagsAllowed,
		String:               cbor.StringToByteString,
		FieldName:            cbor.FieldNameToByteString,
		ByteSliceLaterFormat: cbor.ByteSliceLaterFormatBase64,
	}.EncMode()
	if err != nil {
		return modes, err
	}
	onlyJSON := []func(*cbor.SimpleValueRegistry) error{}
	for v := range 256 {
		if v < 20 || v == 23 || v > 31 { // but false, true, null
			onlyJSON = append(onlyJSON, cbor.WithRejectedSimpleValue(cbor.SimpleValue(v)))
		}
	}
	simple, err := cbor.NewSimpleValueRegistryFromDefaults(onlyJSON...)
	if err != nil {
		return modes, err
	}
	modes.dec, err = cbor.DecOptions{
		DupMapKey:                cbor.DupMapKeyEnforcedAPF,
		TimeTagToAny:             cbor.TimeTagToRFC3339Nano,
		MaxNestedLevels:          maxCBORDepth,
		MaxArrayElements:         math.MaxInt32,
		MaxMapPairs:              math.MaxInt32,
		IndefLength:              cbor.IndefLengthAllowed,
		TagsMd:                   cbor.TagsAllowed,
		IntDec:                   cbor.IntDecConvertSignedOrFail,
		MapKeyByteString:         cbor.MapKeyByteStringForbidden,
		DefaultMapType:           reflect.TypeFor[map[string]any](),
		UTF8:                     cbor.UTF8RejectInvalid,
		DefaultByteStringType:    reflect.TypeFor[string](),
		ByteStringToString:       cbor.ByteStringToStringAllowedWithExpectedLaterEncoding,
		ByteStringExpectedFormat: cbor.ByteStringExpectedBase64,
		UnrecognizedTagToAny:     cbor.UnrecognizedTagContentToAny,
		BignumTag:                cbor.BignumTagForbidden,
		NaN:                      cbor.NaNDecodeForbidden,
		Inf:                      cbor.InfDecodeForbidden,
		SimpleValues:             simple,
		BinaryUnmarshaler:        cbor.BinaryUnmarshalerNone,
	}.DecMode()
	return modes, err
})

// MarshalCBOR returns v as CBOR, behind the tag that marks it as such. Equal
// values give equal bytes.
func MarshalCBOR(v any) ([]byte, error) {
	modes, err := cborModes()
	if err != nil {
		return nil, err
	}
	var tree any
	if v != nil {
		pl, p, err := source(v)
		if err != nil {
			return nil, err
		}
		if p != nil {
			t := treeMaker{octets: true}
			if tree, err = t.tree(pl, p); err != nil {
				return nil, err
			}
		}
	}
	body, err := modes.enc.Marshal(tree)
	if err != nil {
		return nil, err
	}
	return append([]byte(cborPrefix), body...), nil
}

// UnmarshalCBOR decodes one CBOR value into what into points at; the tag that
// marks it as CBOR may be missing. Duplicate keys are an error, unknown fields
// are problems in Strict mode.
func UnmarshalCBOR(data []byte, into any, opts DecodeOptions) ([]Problem, error) {
	pl, p, err := target(into)
	if err != nil {
		return nil, err
	}
	modes, err := cborModes()
	if err != nil {
		return nil, err
	}
	var tree any
	if err := modes.dec.Unmarshal(bytes.TrimPrefix(data, []byte(cborPrefix)), &tree); err != nil {
		return nil, err
	}
	if tree == nil && pl.Kind == Struct {
		return nil, errors.New("unable to decode CBOR null to an object")
	}
	d := decoders.Get().(*decoder)
	defer d.release()
	d.strict = opts.Strict
	if err := d.fill(pl, p, tree); err != nil {
		return nil, err
	}
	return d.problems, nil
}

// IsCBOR reports whether data begins with the tag that marks CBOR.
func IsCBOR(data []byte) bool { return bytes.HasPrefix(data, []byte(cborPrefix)) }

// CBORToJSON returns the JSON of one CBOR value.
func CBORToJSON(data []byte) ([]byte, error) {
	var tree any
	if _, err := UnmarshalCBOR(data, &tree, DecodeOptions{}); err != nil {
		return nil, fmt.Errorf("error converting CBOR to JSON: %w", err)
	}
	return MarshalJSON(tree)
}

package meta

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// RawExtension holds an object whose type its holder does not know, as the
// JSON that it came as, to the byte. The zero value is null.
type RawExtension struct {
	// Raw is one JSON value, or nil. Read-only once it is part of an object.
	Raw []byte
}

// AppendJSON appends the held value to dst, without white space between tokens
// and with what is special in HTML escaped. The order of keys and the spelling of
// numbers and texts stay.
func (r RawExtension) AppendJSON(dst []byte) ([]byte, error) {
	if len(r.Raw) == 0 {
		return append(dst, "null"...), nil
	}
	if !bytes.ContainsAny(r.Raw, " \t\r\n<>&\u2028\u2029") {
		return append(dst, r.Raw...), nil
	}
	out, err := json.Marshal(json.RawMessage(r.Raw))
	if err != nil {
		return dst, fmt.Errorf("raw JSON: %w", err)
	}
	return append(dst, out...), nil
}

// ParseJSON keeps a copy of data; null is kept as nothing.
func (r *RawExtension) ParseJSON(data []byte) error {
	r.Raw = nil
	if string(data) != "null" {
		r.Raw = append([]byte(nil), data...)
	}
	return nil
}

// AppendProto appends the protobuf message body.
func (r RawExtension) AppendProto(dst []byte) []byte {
	if r.Raw == nil {
		return dst
	}
	return appendBytesField(dst, 1, r.Raw)
}

// ParseProto reads a protobuf message body.
func (r *RawExtension) ParseProto(data []byte) error {
	r.Raw = nil
	return eachField(data, func(num int, _ uint64, body []byte) {
		if num == 1 && body != nil {
			r.Raw = append([]byte{}, body...)
		}
	})
}

// OpenAPIType gives the JSON type and format of the field in OpenAPI.
func (RawExtension) OpenAPIType() (typ, format string) { return "object", "" }

// MarshalJSON lets encoding/json write the held value.
func (r RawExtension) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil) }

// UnmarshalJSON lets encoding/json read the held value.
func (r *RawExtension) UnmarshalJSON(data []byte) error { return r.ParseJSON(data) }

var _ json.Marshaler = RawExtension{}

// FieldsV1 is a set of field paths, as the JSON trie that server-side apply
// defines (KEP-555): {"f:metadata":{"f:labels":{"f:app":{}}}}.
type FieldsV1 struct {
	// Raw is the JSON of the trie. Read-only once it is part of an object.
	Raw []byte
}

// AppendJSON appends the trie to dst.
func (f FieldsV1) AppendJSON(dst []byte) ([]byte, error) { return RawExtension(f).AppendJSON(dst) }

// ParseJSON keeps a copy of data; null is kept as nothing.
func (f *FieldsV1) ParseJSON(data []byte) error { return (*RawExtension)(f).ParseJSON(data) }

// AppendProto appends the protobuf message body.
func (f FieldsV1) AppendProto(dst []byte) []byte { return RawExtension(f).AppendProto(dst) }

// ParseProto reads a protobuf message body.
func (f *FieldsV1) ParseProto(data []byte) error { return (*RawExtension)(f).ParseProto(data) }

// OpenAPIType gives the JSON type and format of the field in OpenAPI.
func (FieldsV1) OpenAPIType() (typ, format string) { return "object", "" }

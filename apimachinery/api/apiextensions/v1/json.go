package apiextensionsv1

// JSON is any JSON value, kept as the text that it came as. The zero value is
// null.
type JSON struct {
	// Raw is one JSON value, or nil. Read-only once it is part of an object.
	Raw []byte `json:",inline" protobuf:"bytes,1"`
}

// AppendJSON appends the held value to dst.
func (j JSON) AppendJSON(dst []byte) ([]byte, error) {
	if len(j.Raw) == 0 {
		return append(dst, "null"...), nil
	}
	return append(dst, j.Raw...), nil
}

// ParseJSON keeps a copy of data; null is kept as nothing.
func (j *JSON) ParseJSON(data []byte) error {
	j.Raw = nil
	if string(data) != "null" {
		j.Raw = append([]byte(nil), data...)
	}
	return nil
}

// MarshalJSON lets encoding/json write the held value.
func (j JSON) MarshalJSON() ([]byte, error) { return j.AppendJSON(nil) }

// UnmarshalJSON lets encoding/json read the held value.
func (j *JSON) UnmarshalJSON(data []byte) error { return j.ParseJSON(data) }

// The following types stand for one of several forms in JSON; the codec picks
// the field by what comes (tag "union").

// JSONSchemaPropsOrArray is one schema or a list of them.
type JSONSchemaPropsOrArray struct {
	Schema      *JSONSchemaProps  `json:",union" protobuf:"bytes,1"`
	JSONSchemas []JSONSchemaProps `json:",union" protobuf:"bytes,2"`
}

// JSONSchemaPropsOrBool is one schema, or whether anything is allowed. Reading
// a schema sets Allows too.
type JSONSchemaPropsOrBool struct {
	Allows bool             `json:",union" protobuf:"varint,1"`
	Schema *JSONSchemaProps `json:",union" protobuf:"bytes,2"`
}

// JSONSchemaPropsOrStringArray is one schema or a list of property names.
type JSONSchemaPropsOrStringArray struct {
	Schema   *JSONSchemaProps `json:",union" protobuf:"bytes,1"`
	Property []string         `json:",union" protobuf:"bytes,2"`
}

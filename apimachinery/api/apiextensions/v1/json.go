package apiextensionsv1

// JSON is any JSON value, kept as the text that it came as.
type JSON struct {
	Raw []byte `json:",inline" protobuf:"bytes,1"`
}

// JSONSchemaPropsOrArray is one schema or a list of them.
type JSONSchemaPropsOrArray struct {
	Schema      *JSONSchemaProps  `json:",inline" protobuf:"bytes,1"`
	JSONSchemas []JSONSchemaProps `json:",inline" protobuf:"bytes,2"`
}

// JSONSchemaPropsOrBool is one schema, or whether anything is allowed.
type JSONSchemaPropsOrBool struct {
	Allows bool             `json:",inline" protobuf:"varint,1"`
	Schema *JSONSchemaProps `json:",inline" protobuf:"bytes,2"`
}

// JSONSchemaPropsOrStringArray is one schema or a list of property names.
type JSONSchemaPropsOrStringArray struct {
	Schema   *JSONSchemaProps `json:",inline" protobuf:"bytes,1"`
	Property []string         `json:",inline" protobuf:"bytes,2"`
}

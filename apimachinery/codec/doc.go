// Package codec turns Go values into JSON, YAML, protobuf and CBOR and back, as
// Kubernetes has them on the wire. There is no generated code: everything runs
// off a [Plan], which is made of a type by reflection once and then kept.
//
//	var pod corev1.Pod
//	problems, err := codec.UnmarshalJSON(body, &pod, codec.DecodeOptions{Strict: true})
//	...
//	body, err = codec.MarshalEnvelope(&pod) // application/vnd.kubernetes.protobuf
//	mine := codec.DeepCopy(&pod)
//
// # Types
//
// A type is a struct with tags:
//
//	type Widget struct {
//		meta.TypeMeta   `json:",inline"`
//		meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
//		Spec            WidgetSpec `json:"spec" protobuf:"bytes,2" required:"true"`
//	}
//
// The json tag reads as in encoding/json, with omitempty and omitzero. Three
// options are ours: "inline" puts a struct's fields in its parent's place, "rest"
// marks the map[string]any that takes all fields without another place, and
// "union" marks the alternatives of a value that has one of several forms (an
// object, a list, a boolean). Of the protobuf tag only the number counts. The
// other tags (required, enum, default, patchStrategy, listType, ...) are facts
// that [Field] carries for patches, apply, schemas and validation; default also
// drives [ApplyDefaults].
//
// A type whose wire form does not follow its fields has methods for it, and need
// not import this package:
//
//	AppendJSON(dst []byte) ([]byte, error) // on the value
//	ParseJSON(data []byte) error           // on the pointer; exactly one JSON value
//	AppendProto(dst []byte) []byte         // the body of a message
//	ParseProto(data []byte) error
//	OpenAPIType() (typ, format string)
//	IsZero() bool                          // for omitzero
//	Equal(T) bool or Cmp(T) int            // for Equal
//
// Such a type is copied with its exported fields; what its unexported fields
// refer to is shared and must not be changed in place. A type with only
// MarshalJSON and UnmarshalJSON works, too, though not in protobuf.
//
// # Decoding
//
// Field names match by case. Whole numbers without a Go type stay exact as int64.
// Fields that a type does not have are passed over, or reported by path as a
// [Problem] in strict mode, as are fields that stand twice. Errors are worded as
// Kubernetes words them, since clients and people know them; syntax errors come
// before mismatches of type.
//
// Input is read by our own scanner and not by json-iterator's Iterator: that one
// takes texts which Kubernetes refuses (control characters in strings, for one),
// so each would have to be checked beforehand, and it allocates every key. A
// check and a walk with it over a Pod take longer than the whole typed decoding
// does here. Output is written into json-iterator's Stream.
//
// # Promises
//
// All functions may be called by goroutines at once; values being encoded or
// copied must not be changed meanwhile. Decoded values share no memory with the
// input. Nesting is limited to 10,000 levels (64 in CBOR), so that no input can
// exhaust the stack. No input makes a function panic.
package codec

// Package codec turns Go values into JSON, YAML, protobuf and CBOR and back, as
// Kubernetes has them on the wire, without generated code.
package codec

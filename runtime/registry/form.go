package registry

// Media is an encoding of objects.
type Media uint8

const (
	JSON Media = iota
	// Protobuf is the envelope of application/vnd.kubernetes.protobuf; as an
	// element of a list it is the bare message.
	Protobuf
	CBOR
)

// Form is one way in which an object is encoded. Forms that were asked for once
// are kept, as far as memory allows, and shared.
type Form struct {
	Media Media
	// MetadataOnly gives a meta.k8s.io/v1 PartialObjectMetadata.
	MetadataOnly bool
}

package codec

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// TypeMetaOf reads the kind and apiVersion of an object in JSON. The whole text
// is checked, so that a malformed one is told here. Errors are worded as
// Kubernetes words them after "couldn't get version/kind; json parse error: ".
func TypeMetaOf(data []byte) (meta.TypeMeta, error) {
	// The type's own text is part of the messages.
	var found struct {
		APIVersion string `json:"apiVersion,omitempty"`
		Kind       string `json:"kind,omitempty"`
	}
	_, err := UnmarshalJSON(data, &found, DecodeOptions{})
	return meta.TypeMeta{APIVersion: found.APIVersion, Kind: found.Kind}, err
}

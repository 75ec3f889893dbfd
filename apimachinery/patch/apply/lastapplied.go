package apply

import (
	"encoding/json"
	"fmt"
	"maps"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// kubectl is the manager as which kubectl applies at the server. Before that it
// merged at the client, and kept in an annotation what it had applied. Who goes
// from one way to the other is not to meet conflicts with themselves, and who goes
// back is to find the annotation as it would be: so for this manager, and no other,
// what the annotation says is theirs already, and the annotation is renewed.
const kubectl = "kubectl"

const lastAppliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration"

// maxAnnotations is how many bytes the annotations of an object may have. Rather
// than have more, one goes without this one.
const maxAnnotations = 256 << 10

// lastApplied returns the fields that the annotation of an object has as the object
// itself has them: what somebody has changed since is theirs. It returns nil if there
// is no annotation that can be read.
func (w write) lastApplied(live meta.Object) *fieldpath.Set {
	var config map[string]any
	if _, err := codec.UnmarshalJSON([]byte(live.Metadata().Annotations[lastAppliedAnnotation]), &config, codec.DecodeOptions{}); err != nil {
		return nil
	}
	if config["apiVersion"] != w.resource.GroupVersion.String() || config["kind"] != w.resource.Kind {
		return nil
	}
	value, err := w.m.types.of(w.resource.Type).FromUnstructured(config)
	if err != nil {
		return nil
	}
	set, err := value.ToFieldSet()
	if err != nil {
		return nil
	}
	stored, err := w.m.typedObject(live, w.resource)
	if err != nil {
		return nil
	}
	since, err := value.Compare(stored)
	if err != nil {
		return nil
	}
	return set.Difference(since.Modified).Difference(since.Removed)
}

// renewLastApplied lets the annotation of an object that has it say what was
// applied now.
func renewLastApplied(obj meta.Object, config map[string]any) error {
	m := obj.Metadata()
	if m.Annotations[lastAppliedAnnotation] == "" {
		return nil
	}
	if metadata, ok := config["metadata"].(map[string]any); ok {
		config, metadata = maps.Clone(config), maps.Clone(metadata)
		config["metadata"] = metadata
		if annotations, ok := metadata["annotations"].(map[string]any); ok {
			annotations = maps.Clone(annotations)
			delete(annotations, lastAppliedAnnotation)
			metadata["annotations"] = annotations
		}
	}
	text, err := json.Marshal(config)
	if err != nil {
		return fmt.Errorf("annotation %s: %w", lastAppliedAnnotation, err)
	}
	m.Annotations[lastAppliedAnnotation] = string(text) + "\n"
	size := 0
	for key, value := range m.Annotations {
		size += len(key) + len(value)
	}
	if size > maxAnnotations {
		delete(m.Annotations, lastAppliedAnnotation)
	}
	return nil
}

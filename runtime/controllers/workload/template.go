package workload

import (
	"hash/fnv"
	"maps"
	"slices"
	"strconv"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// NewPod returns the Pod that a template describes, controlled by owner and to
// be named after it.
func NewPod(template *corev1.PodTemplateSpec, owner meta.Object, kind meta.GroupVersionKind) *corev1.Pod {
	pod := &corev1.Pod{
		ObjectMeta: meta.ObjectMeta{
			Namespace:       owner.Metadata().Namespace,
			GenerateName:    namePrefix(owner.Metadata().Name),
			Labels:          maps.Clone(template.Labels),
			Annotations:     maps.Clone(template.Annotations),
			Finalizers:      slices.Clone(template.Finalizers),
			OwnerReferences: []meta.OwnerReference{meta.NewControllerRef(owner, kind)},
		},
	}
	if spec := codec.DeepCopy(&template.Spec); spec != nil {
		pod.Spec = *spec
	}
	return pod
}

// namePrefix returns what the names of an owner's Pods begin with. The hyphen
// sets the random end apart, except where it would make the name invalid.
func namePrefix(owner string) string {
	if len(owner) > 0 && owner[len(owner)-1] == '.' {
		return owner
	}
	return owner + "-"
}

// hashAlphabet has no vowels, so that no words come about, and nothing that is
// easily misread.
const hashAlphabet = "bcdfghjklmnpqrstvwxz2456789"

// hashLength is how many characters a [Hash] has.
const hashLength = 10

// Hash returns a short text for v, fit for a name or the value of a label. It
// depends on what v says alone, and on collisions, which is raised by one when
// a hash turns out to be another value's too; nil is none yet.
func Hash(v any, collisions *int32) (string, error) {
	data, err := codec.MarshalJSON(v)
	if err != nil {
		return "", err
	}
	h := fnv.New64a()
	h.Write(data)
	if collisions != nil {
		h.Write(strconv.AppendInt(nil, int64(*collisions), 10))
	}
	sum := h.Sum64()
	text := make([]byte, hashLength)
	for i := range text {
		text[i] = hashAlphabet[sum%uint64(len(hashAlphabet))]
		sum /= uint64(len(hashAlphabet))
	}
	return string(text), nil
}

// WithLabel returns labels with one more; the map passed in stays as it is.
func WithLabel(labels map[string]string, key, value string) map[string]string {
	with := make(map[string]string, len(labels)+1)
	maps.Copy(with, labels)
	with[key] = value
	return with
}

// SelectorWithLabel returns a copy of a selector that also asks for a label.
func SelectorWithLabel(s *meta.LabelSelector, key, value string) *meta.LabelSelector {
	with := codec.DeepCopy(s)
	if with == nil {
		with = new(meta.LabelSelector)
	}
	with.MatchLabels = WithLabel(with.MatchLabels, key, value)
	return with
}

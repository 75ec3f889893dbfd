package registry

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// ReadTypeMeta finds out the kind of an object in JSON that cannot be read, or
// what is wrong with it even so far.
func ReadTypeMeta(data []byte) (meta.TypeMeta, error) {
	// The text of the type is in the messages of encoding/json, so it is as
	// Kubernetes declares it.
	var kind struct {
		APIVersion string `json:"apiVersion,omitempty"`
		Kind       string `json:"kind,omitempty"`
	}
	if err := json.Unmarshal(data, &kind); err != nil {
		return meta.TypeMeta{}, fmt.Errorf("couldn't get version/kind; json parse error: %w", err)
	}
	return meta.TypeMeta{Kind: kind.Kind, APIVersion: kind.APIVersion}, nil
}

// Unregistered words that nothing is known of a kind.
func Unregistered(kind, version string) error {
	// The place in the source is in every client's expectations by now.
	return fmt.Errorf("no kind %q is registered for version %q in scheme %q", kind, version, "pkg/runtime/scheme.go:111")
}

// ConvertibleTo returns nil if an object of kind found could be one of kind want in
// another version, and else why it cannot be.
func ConvertibleTo(s *scheme.Scheme, found, want meta.GroupVersionKind) error {
	if found.Kind == want.Kind && found.Group == want.Group && slices.Contains(unserved[found.Group], found.Version) {
		return nil
	}
	if !s.Has(found) && found != (meta.GroupVersionKind{Version: "v1", Kind: "List"}) {
		return Unregistered(found.Kind, found.GroupVersion().String())
	}
	if other, ok := s.ResourceOf(found); ok {
		if own, ok := s.ResourceOf(want); ok && own.Storage() == other.Storage() {
			return nil
		}
	}
	return fmt.Errorf("converting (%s.%s) to (%s.%s): unknown conversion", found.Version, found.Kind, InternalPackage(want), want.Kind)
}

// unserved are versions that Kubernetes still knows but does not serve (any more,
// or unless it is told to).
var unserved = map[string][]string{
	"admissionregistration.k8s.io": {"v1alpha1", "v1beta1"},
	"apps":                         {"v1beta1", "v1beta2"},
	"authentication.k8s.io":        {"v1alpha1", "v1beta1"},
	"authorization.k8s.io":         {"v1beta1"},
	"batch":                        {"v1beta1"},
	"certificates.k8s.io":          {"v1alpha1", "v1beta1"},
	"coordination.k8s.io":          {"v1alpha2", "v1beta1"},
	"discovery.k8s.io":             {"v1beta1"},
	"events.k8s.io":                {"v1beta1"},
	"flowcontrol.apiserver.k8s.io": {"v1beta1", "v1beta2", "v1beta3"},
	"networking.k8s.io":            {"v1beta1"},
	"node.k8s.io":                  {"v1alpha1", "v1beta1"},
	"policy":                       {"v1beta1"},
	"rbac.authorization.k8s.io":    {"v1alpha1", "v1beta1"},
	"scheduling.k8s.io":            {"v1alpha1", "v1beta1"},
	"storage.k8s.io":               {"v1alpha1", "v1beta1"},
}

// InternalPackage is the name of the package in which Kubernetes keeps the
// unversioned form of a kind.
func InternalPackage(kind meta.GroupVersionKind) string {
	switch kind.Group {
	case "", "events.k8s.io":
		return "core"
	case "internal.apiserver.k8s.io":
		return "apiserverinternal"
	}
	name, _, _ := strings.Cut(kind.Group, ".")
	return name
}

// readAs says why an object that calls itself typeMeta cannot be what a face
// takes. What it leaves out is as it should be.
func (r *Registry) readAs(f face, typeMeta *meta.TypeMeta) error {
	gv, err := meta.ParseGroupVersion(typeMeta.APIVersion)
	if err != nil {
		return err
	}
	found := gv.WithKind(cmp.Or(typeMeta.Kind, f.kind.Kind))
	if found == f.kind {
		return nil
	}
	return ConvertibleTo(r.scheme, found, f.kind)
}

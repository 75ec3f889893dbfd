package meta

import (
	"fmt"
	"strings"
)

// GroupVersion names one version of one API group. The core group is "".
type GroupVersion struct {
	Group   string
	Version string
}

// ParseGroupVersion reads an apiVersion: "v1" or "apps/v1". The empty string
// gives the empty GroupVersion.
func ParseGroupVersion(s string) (GroupVersion, error) {
	if s == "" || s == "/" {
		return GroupVersion{}, nil
	}
	group, version, ok := strings.Cut(s, "/")
	if !ok {
		return GroupVersion{Version: s}, nil
	}
	if strings.Contains(version, "/") {
		return GroupVersion{}, fmt.Errorf("unexpected GroupVersion string: %v", s)
	}
	return GroupVersion{Group: group, Version: version}, nil
}

// String returns the apiVersion form.
func (gv GroupVersion) String() string {
	if gv.Group == "" {
		return gv.Version
	}
	return gv.Group + "/" + gv.Version
}

// WithKind returns the kind of that name in gv.
func (gv GroupVersion) WithKind(kind string) GroupVersionKind {
	return GroupVersionKind{Group: gv.Group, Version: gv.Version, Kind: kind}
}

// WithResource returns the resource of that name in gv.
func (gv GroupVersion) WithResource(resource string) GroupVersionResource {
	return GroupVersionResource{Group: gv.Group, Version: gv.Version, Resource: resource}
}

// GroupVersion returns the version that the kind belongs to.
func (k GroupVersionKind) GroupVersion() GroupVersion {
	return GroupVersion{Group: k.Group, Version: k.Version}
}

// GroupKind returns the kind without its version.
func (k GroupVersionKind) GroupKind() GroupKind { return GroupKind{Group: k.Group, Kind: k.Kind} }

// String returns "group/version, Kind=kind", as Kubernetes prints it.
func (k GroupVersionKind) String() string {
	return k.Group + "/" + k.Version + ", Kind=" + k.Kind
}

// GroupKind names a kind whatever its version.
type GroupKind struct {
	Group string
	Kind  string
}

// String returns "Kind" or "Kind.group".
func (k GroupKind) String() string {
	if k.Group == "" {
		return k.Kind
	}
	return k.Kind + "." + k.Group
}

// GroupVersion returns the version that the resource belongs to.
func (r GroupVersionResource) GroupVersion() GroupVersion {
	return GroupVersion{Group: r.Group, Version: r.Version}
}

// GroupResource returns the resource without its version.
func (r GroupVersionResource) GroupResource() GroupResource {
	return GroupResource{Group: r.Group, Resource: r.Resource}
}

// String returns "group/version, Resource=resource", as Kubernetes prints it.
func (r GroupVersionResource) String() string {
	return r.Group + "/" + r.Version + ", Resource=" + r.Resource
}

// String returns "resource" or "resource.group".
func (r GroupResource) String() string {
	if r.Group == "" {
		return r.Resource
	}
	return r.Resource + "." + r.Group
}

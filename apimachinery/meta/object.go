package meta

// UID is what tells two objects apart that had the same name at different times.
type UID string

// NodeName is the name of a Node where a field refers to it.
type NodeName string

// Object is any API object: a struct that embeds [TypeMeta] and [ObjectMeta],
// which is all it takes to implement it.
type Object interface {
	// TypeMetadata returns the object's own TypeMeta, to read or change.
	TypeMetadata() *TypeMeta
	// Metadata returns the object's own ObjectMeta, to read or change.
	Metadata() *ObjectMeta
}

// ListObject is any list of API objects: a struct that embeds [TypeMeta] and
// [ListMeta] and has Items.
type ListObject interface {
	TypeMetadata() *TypeMeta
	// ListMetadata returns the list's own ListMeta, to read or change.
	ListMetadata() *ListMeta
}

// TypeMetadata returns t. It is promoted into every type that embeds TypeMeta.
func (t *TypeMeta) TypeMetadata() *TypeMeta { return t }

// GroupVersionKind returns the kind that t names. A malformed apiVersion gives
// an empty group and the whole text as the version.
func (t *TypeMeta) GroupVersionKind() GroupVersionKind {
	gv, err := ParseGroupVersion(t.APIVersion)
	if err != nil {
		gv = GroupVersion{Version: t.APIVersion}
	}
	return gv.WithKind(t.Kind)
}

// SetGroupVersionKind makes t name gvk.
func (t *TypeMeta) SetGroupVersionKind(gvk GroupVersionKind) {
	t.APIVersion, t.Kind = gvk.GroupVersion().String(), gvk.Kind
}

// Metadata returns m. It is promoted into every type that embeds ObjectMeta.
func (m *ObjectMeta) Metadata() *ObjectMeta { return m }

// ListMetadata returns m. It is promoted into every type that embeds ListMeta.
func (m *ListMeta) ListMetadata() *ListMeta { return m }

// Unstructured is an object of a kind that the program has no Go type for.
// Its metadata is typed as everywhere; everything else is in Fields.
type Unstructured struct {
	TypeMeta   `json:",inline"`
	ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Fields holds the other top-level fields by name: nil, bool, int64,
	// float64, string, []any and map[string]any, nested.
	Fields map[string]any `json:",rest"`
}

// UnstructuredList is a list of objects of a kind without a Go type.
type UnstructuredList struct {
	TypeMeta `json:",inline"`
	ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items    []Unstructured `json:"items"`
}

// List is a list of objects of type T, for kinds that need no list type of
// their own.
type List[T any] struct {
	TypeMeta `json:",inline"`
	ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items    []T `json:"items" protobuf:"bytes,2"`
}

// ControllerOf returns the owner reference that is marked as controller, or nil.
func ControllerOf(o Object) *OwnerReference {
	refs := o.Metadata().OwnerReferences
	for i := range refs {
		if refs[i].Controller != nil && *refs[i].Controller {
			return &refs[i]
		}
	}
	return nil
}

// NewControllerRef returns a reference that makes owner the controller of
// whatever holds it, and lets foreground deletion wait for it.
func NewControllerRef(owner Object, gvk GroupVersionKind) OwnerReference {
	yes := true
	return OwnerReference{
		APIVersion: gvk.GroupVersion().String(), Kind: gvk.Kind,
		Name: owner.Metadata().Name, UID: owner.Metadata().UID,
		Controller: &yes, BlockOwnerDeletion: &yes,
	}
}

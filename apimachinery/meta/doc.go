// Package meta holds what all objects of the API have in common: the metadata
// that every object embeds ([TypeMeta], [ObjectMeta], [ListMeta]), the interface
// that follows from it ([Object], [ListObject]), how kinds and resources are
// named ([GroupVersionKind], [GroupVersionResource]), times as the API writes
// them, and the errors that it answers with ([StatusError]).
//
// A type becomes an object by embedding the two structs:
//
//	type Widget struct {
//		meta.TypeMeta   `json:",inline"`
//		meta.ObjectMeta `json:"metadata,omitempty"`
//		Spec            WidgetSpec `json:"spec,omitempty"`
//	}
//
// Objects of kinds that a program has no type for are [Unstructured].
//
// # Errors
//
// An answer that is a failure is a [StatusError] on both sides: a server returns
// one that a constructor here made ([NotFound], [Conflict], [Invalid], ...), a
// client gets the same from the wire. Tell them apart with the predicates, which
// see through wrapping:
//
//	if meta.IsNotFound(err) { ... }
//
// Package meta imports nothing of this module, so that everything can import it.
package meta

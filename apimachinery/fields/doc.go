// Package fields selects objects by the values of a few of their fields, those
// that a resource declares as selectable.
//
//	selector, err := fields.Parse("spec.nodeName=node-1,status.phase!=Failed")
//	if err != nil { ... }
//	selector.Matches(map[string]string{"spec.nodeName": "node-1", "status.phase": "Running"}) // true
//
// A [Selector] is a list of terms, "field=value" or "field!=value", that must
// all hold. In values, commas, equal signs and backslashes are written with a
// backslash before them ([Escape]). A field that is not there counts as empty.
// The zero Selector matches everything.
//
// Which fields a resource has is not known here: look at [Selector.Terms].
//
// Selectors are immutable and safe for concurrent use. Matching allocates
// nothing.
package fields

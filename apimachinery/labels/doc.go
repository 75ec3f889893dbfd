// Package labels selects objects by their labels.
//
//	selector, err := labels.Parse("app=web,tier in (front,back),!canary")
//	if err != nil { ... }
//	selector.Matches(map[string]string{"app": "web", "tier": "front"}) // true
//
// A [Selector] is a list of requirements that must all hold. It comes from the
// text form that clients send ([Parse]), from the selector of an object
// ([FromLabelSelector]), or from a set of labels ([FromSet]). The zero Selector
// matches everything, [Nothing] nothing.
//
// The grammar of the text form:
//
//	selector    = [ requirement { "," requirement } ]
//	requirement = [ "!" ] key
//	            | key ( "=" | "==" | "!=" | ">" | "<" ) value
//	            | key ( "in" | "notin" ) "(" value { "," value } ")"
//
// "!=" and "notin" also match where the key is absent; ">" and "<" compare
// whole numbers.
//
// Selectors are immutable and safe for concurrent use. Matching allocates
// nothing.
package labels

// Package scheme is where a kind of object is declared, once, with everything
// that an API server, a client or a tool has to know about it.
//
// A declaration is a Go value, made by [Define] from the kind's Go type and a
// [Spec]: its names, its printed columns, the fields that selectors may use,
// and its rules (defaulting, what a client may change, validation, the status
// and scale subresources). Rules are plain typed functions; a nil one means
// that the kind has no such rule.
//
//	var widgets = scheme.Define[Widget, WidgetList](scheme.Spec[Widget]{
//		Name: "widgets", Namespaced: true,
//		Validate: func(w *Widget) validate.Errors { ... },
//	})
//
// Declarations of one version are listed in a [Version], versions in a
// [Group], and [New] makes a [Scheme] of groups. A Scheme does not change, so
// it needs no locks; there is no global one and nothing registers itself.
//
// # Versions
//
// The versions of a group are listed by preference. When a resource is in
// more than one of them, the first that has it is its hub: rules run on the
// hub, objects are stored in it, and other versions are converted to and from
// it. Conversion is automatic where fields agree in JSON name and shape; a
// [Conversion] function does the rest.
package scheme

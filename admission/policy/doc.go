// Package policy is admission by ValidatingAdmissionPolicies and
// MutatingAdmissionPolicies: rules that users of a cluster write in CEL and put in force by
// bindings.
//
//	p := policy.New(scheme, reader, authorizer)
//	chain := admission.Chain{..., p.Mutating(fields), p.Validating(), ...}
//
// A policy names requests (matchConstraints), conditions, variables, and validations
// or mutations; a binding narrows it, gives it parameters and says what a violation
// does: Deny, Warn, Audit. Policies do not apply to policies and their bindings, so that a bad
// one can always be taken away.
//
// Expressions see objects in the version that the rule names. They are compiled when a
// policy is first met and kept until it changes. Expressions of a policy share a
// budget for each request; see package apimachinery/cel.
//
// # Errors
//
// What goes wrong in an expression refuses the request, or is passed over if the
// policy's failurePolicy is Ignore.
//
// A Policies is safe for concurrent use. Audit annotations go to
// Request.Annotate, if somebody listens.
package policy

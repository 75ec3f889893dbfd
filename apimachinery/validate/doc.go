// Package validate says what is wrong with an object, field by field, in the
// words and with the codes that Kubernetes uses.
//
// Every check takes the [Path] of a field and its value and returns [Errors],
// empty when all is well. A kind's rules are checks listed one after another,
// so that they read like a specification:
//
//	func lease(l *coordinationv1.Lease) validate.Errors {
//		p := validate.NewPath("spec")
//		return validate.All(
//			validate.ObjectMeta(validate.NewPath("metadata"), &l.ObjectMeta, true, names.DNSSubdomain),
//			validate.IfSet(p.Child("leaseDurationSeconds"), l.Spec.LeaseDurationSeconds, validate.GreaterThan[int32](0)),
//			validate.IfSet(p.Child("leaseTransitions"), l.Spec.LeaseTransitions, validate.NonNegative),
//		)
//	}
//
// What there is:
//
//   - one error: [Required], [Invalid], [NotSupported], [Duplicate],
//     [Forbidden], [NotFound], [TooLong], [TooMany], [TypeInvalid], [Internal];
//   - checks of one value: [String] (any rule of package names), [NonEmpty],
//     [NonNegative], [Positive], [InRange], [AtLeast], [GreaterThan], [AtMost], [OneOf], [MaxBytes],
//     [MaxItems], [ExactlyOne], [AtMostOne], [Immutable], [Unchanged];
//   - [Declared], for what types declare of themselves and Kubernetes says last;
//   - checks of many: [All], [Each], [EachKey], [Items], [ItemsBy], [Unique], [UniqueBy], [IfSet], [When];
//   - metadata and what is common: [ObjectMeta], [ObjectMetaUpdate], [Labels],
//     [Annotations], [LabelSelector], [Conditions], and the options of requests;
//   - [Structural], which holds an object against the tags of its type.
//
// [Errors.Status] makes the answer: 422 with one cause for each error.
//
// # Values in messages
//
// A message shows the bad value: strings quoted, numbers bare, nothing as
// null, everything else as JSON. Kubernetes validates most kinds in their
// internal form, whose JSON has Go's names of fields and leaves nothing out;
// clients that match on messages see {"Kind":"Role"}, not {"kind":"Role"}. The
// structs of apimachinery/api are shown like that. [Versioned] shows a value
// with the names of the API instead, and [Omitted] shows none.
//
// # Promises
//
// Checks never change what they look at, never panic, and report in a fixed
// order (keys of maps sorted). Everything is safe for concurrent use.
package validate

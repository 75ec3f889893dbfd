// Package admission is where a write is changed and checked by the rules of a
// cluster, after authorization and before validation and storage.
//
// A rule is a [Plugin]: a [Mutator] may change the object, a [Validator] may
// only refuse it, and a plug-in may be both. A [Chain] of plug-ins is both
// again: it runs every mutator in order, and later every validator in order.
// The registry runs a chain on each write:
//
//	chain := admission.Chain{namespacelifecycle.New(reader), mine{}}
//	registry.New(scheme, store, registry.Options{Admission: chain})
//
// The smallest plug-in of one's own:
//
//	type noLatest struct{}
//
//	func (noLatest) Handles(op admission.Operation) bool { return op == admission.Create }
//	func (noLatest) Validate(_ context.Context, r *admission.Request) error {
//		pod, ok := r.Object.(*corev1.Pod)
//		if ok && strings.HasSuffix(pod.Spec.Containers[0].Image, ":latest") {
//			return r.Forbidden(errors.New("pin your images"))
//		}
//		return nil
//	}
//
// # Promises
//
// Objects are in the hub version of their group (see package scheme), after
// defaulting. A mutator owns Request.Object for the time of the call and may
// change it; a validator must not. OldObject is never changed by anybody.
// A request belongs to one goroutine; plug-ins serve many at a time and must
// be safe for concurrent use. Errors are answered to the client: a
// *meta.StatusError as it stands, any other as the 500 that it is.
//
// What is not here: authorization and validation of a kind's own rules. Policies
// that users write, and webhooks, are plug-ins like the others.
package admission

// Package webhook is admission by servers that users of a cluster run and register:
// MutatingWebhookConfigurations and ValidatingWebhookConfigurations.
//
//	w := webhook.New(scheme, reader, webhook.Options{Authorizer: authorizer})
//	defer w.Close()
//	chain := admission.Chain{..., w.Mutating(), w.Validating(), ...}
//
// A webhook is posted an AdmissionReview (admission.k8s.io/v1, or v1beta1 if it
// knows no other) and answers whether the request may go on, with warnings, audit
// annotations and, if it mutates, a JSON Patch. Mutating webhooks are called one after
// another by name of their configuration, and once more if they ask for it and others changed
// the object since; validating ones are called side by side.
//
// Which requests a webhook is asked about: rules, selectors (package match) and
// matchConditions in CEL. Webhooks are not asked about webhooks and policies, so that a
// broken one can be taken away.
//
// # Errors
//
// A webhook that cannot be reached, takes too long or answers nonsense fails the
// request with 500, or is passed over if its failurePolicy is Ignore. A refusal is
// the client's answer as the webhook gave it.
//
// # Where webhooks are
//
// A URL is called as it stands. A Service is called at what [Options.Resolve] says,
// under the name NAME.NAMESPACE.svc, which its certificate must have. Only https is
// spoken, and only authorities in caBundle are trusted, or those of the system without one.
// Connections are kept for a while; Close ends idle ones.
package webhook

package imagepolicyv1alpha1

// ImagePolicyFailedOpenKey is the annotation on a Pod that was let in because
// the policy's server did not answer.
const ImagePolicyFailedOpenKey = "alpha.image-policy.k8s.io/failed-open"

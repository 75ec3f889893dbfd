package admissionregistrationv1alpha1

// What an error in evaluating a policy does to the request.
const (
	Ignore FailurePolicyType = "Ignore" // the request goes on as if there were no policy
	Fail   FailurePolicyType = "Fail"   // the request is refused
)

// Whether a rule also matches requests made through another group or version of
// the same resource.
const (
	Exact      MatchPolicyType = "Exact"      // only what the rule names
	Equivalent MatchPolicyType = "Equivalent" // any version, converted to the one that the rule names
)

// What a binding does when no parameter object is found.
const (
	AllowAction ParameterNotFoundActionType = "Allow" // the binding counts as passed
	DenyAction  ParameterNotFoundActionType = "Deny"  // the policy's failurePolicy decides
)

// What follows when a validation is false.
const (
	Deny  ValidationAction = "Deny"  // the request is refused
	Warn  ValidationAction = "Warn"  // the client gets a Warning header
	Audit ValidationAction = "Audit" // the audit event is annotated
)

// How a policy's mutation describes its change.
const (
	PatchTypeApplyConfiguration PatchType = "ApplyConfiguration" // an object that is applied
	PatchTypeJSONPatch          PatchType = "JSONPatch"          // a list of JSON Patch operations
)

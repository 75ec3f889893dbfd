package admissionregistrationv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// ApplyConfiguration changes an object by applying another one to it.
type ApplyConfiguration struct {
	// CEL expression that gives the object to apply: Object{spec: Object.spec{...}}.
	Expression string `json:"expression,omitempty" protobuf:"bytes,1"`
}

// AuditAnnotation adds a fact to the audit event.
type AuditAnnotation struct {
	// Key; the event shows POLICY/KEY.
	Key string `json:"key" protobuf:"bytes,1" required:"true"`
	// CEL expression that gives a text, or null for no annotation.
	ValueExpression string `json:"valueExpression" protobuf:"bytes,2" required:"true"`
}

// ExpressionWarning tells what is doubtful about an expression.
type ExpressionWarning struct {
	// Path of the expression, such as spec.validations[0].expression.
	FieldRef string `json:"fieldRef" protobuf:"bytes,2" required:"true"`
	// What the type checker says.
	Warning string `json:"warning" protobuf:"bytes,3" required:"true"`
}

// FailurePolicyType says what an error does to the request.
type FailurePolicyType string

// JSONPatch changes an object by JSON Patch operations.
type JSONPatch struct {
	// CEL expression that gives a list of JSONPatch{op: ..., path: ..., value: ...}.
	Expression string `json:"expression,omitempty" protobuf:"bytes,1"`
}

// MatchCondition is a CEL condition for a webhook or policy to apply.
type MatchCondition struct {
	// Name, for logs and metrics; unique in its list.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// CEL expression that gives true or false; it knows object, oldObject, request and authorizer.
	Expression string `json:"expression" protobuf:"bytes,2" required:"true"`
}

// MatchPolicyType says whether rules match equivalent requests in other versions.
type MatchPolicyType string

// MatchResources picks requests: those that a rule matches, no exclusion matches, and the
// selectors allow.
type MatchResources struct {
	_ struct{} `mapType:"atomic"`
	// Picks namespaces by their labels; nil and empty pick all. Cluster-scoped objects other than
	// Namespaces always match.
	NamespaceSelector *meta.LabelSelector `json:"namespaceSelector,omitempty" protobuf:"bytes,1"`
	// Picks objects by their labels, old or new; nil and empty pick all. Users can set labels, so it
	// protects from nothing.
	ObjectSelector *meta.LabelSelector `json:"objectSelector,omitempty" protobuf:"bytes,2"`
	// Requests that match; empty means all.
	ResourceRules []NamedRuleWithOperations `json:"resourceRules,omitempty" protobuf:"bytes,3" listType:"atomic"`
	// Requests that do not match, whatever resourceRules says.
	ExcludeResourceRules []NamedRuleWithOperations `json:"excludeResourceRules,omitempty" protobuf:"bytes,4" listType:"atomic"`
	// Equivalent also matches the same object sent in another version, Exact does not; nil means
	// Equivalent.
	MatchPolicy *MatchPolicyType `json:"matchPolicy,omitempty" protobuf:"bytes,7" enum:"Equivalent|Exact"`
}

// MutatingAdmissionPolicy changes objects on their way in by CEL, once a binding puts it in force.
type MutatingAdmissionPolicy struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What it changes.
	Spec MutatingAdmissionPolicySpec `json:"spec,omitempty" protobuf:"bytes,2"`
}

// MutatingAdmissionPolicyBinding puts a policy in force, for some objects and with parameters.
type MutatingAdmissionPolicyBinding struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec MutatingAdmissionPolicyBindingSpec `json:"spec,omitempty" protobuf:"bytes,2"`
}

// MutatingAdmissionPolicyBindingList is a list of MutatingAdmissionPolicyBindings.
type MutatingAdmissionPolicyBindingList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []MutatingAdmissionPolicyBinding `json:"items" protobuf:"bytes,2" required:"true"`
}

// MutatingAdmissionPolicyBindingSpec is the policy and what for.
type MutatingAdmissionPolicyBindingSpec struct {
	// Name of the policy to put in force.
	PolicyName string `json:"policyName,omitempty" protobuf:"bytes,1"`
	// Parameters to use; nil if the policy takes none.
	ParamRef *ParamRef `json:"paramRef,omitempty" protobuf:"bytes,2"`
	// Narrows what the policy matches; nil does not. No DELETE.
	MatchResources *MatchResources `json:"matchResources,omitempty" protobuf:"bytes,3"`
}

// MutatingAdmissionPolicyList is a list of MutatingAdmissionPolicies.
type MutatingAdmissionPolicyList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []MutatingAdmissionPolicy `json:"items" protobuf:"bytes,2" required:"true"`
}

// MutatingAdmissionPolicySpec is what a policy changes and when.
type MutatingAdmissionPolicySpec struct {
	// Kind of its parameters; nil if it takes none.
	ParamKind *ParamKind `json:"paramKind,omitempty" protobuf:"bytes,1"`
	// Requests that it is about; must be given.
	MatchConstraints *MatchResources `json:"matchConstraints,omitempty" protobuf:"bytes,2"`
	// Named CEL expressions that others may use as variables.NAME; each may use those before it.
	Variables []Variable `json:"variables,omitempty" protobuf:"bytes,3" listType:"atomic"`
	// Changes to make, one after another.
	Mutations []Mutation `json:"mutations,omitempty" protobuf:"bytes,4" listType:"atomic"`
	// What an error in calling or evaluating does: Fail refuses the request, Ignore lets it pass; nil
	// means Fail.
	FailurePolicy *FailurePolicyType `json:"failurePolicy,omitempty" protobuf:"bytes,5" enum:"Fail|Ignore"`
	// CEL conditions, at most 64, that must all be true for it to apply; empty means always.
	MatchConditions []MatchCondition `json:"matchConditions,omitempty" protobuf:"bytes,6" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	// IfNeeded runs it once more if later changes touched the object, Never does not.
	ReinvocationPolicy ReinvocationPolicyType `json:"reinvocationPolicy,omitempty" protobuf:"bytes,7" enum:"IfNeeded|Never"`
}

// MutatingWebhook is a server that may change objects on their way in.
type MutatingWebhook struct {
	// Full name with a domain, unique.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Where the webhook is and how to trust it.
	ClientConfig WebhookClientConfig `json:"clientConfig" protobuf:"bytes,2" required:"true"`
	// Requests that it is asked about.
	Rules []RuleWithOperations `json:"rules,omitempty" protobuf:"bytes,3" listType:"atomic"`
	// What an error in calling or evaluating does: Fail refuses the request, Ignore lets it pass; nil
	// means Fail.
	FailurePolicy *FailurePolicyType `json:"failurePolicy,omitempty" protobuf:"bytes,4" enum:"Fail|Ignore"`
	// Equivalent also matches the same object sent in another version, Exact does not; nil means
	// Equivalent.
	MatchPolicy *MatchPolicyType `json:"matchPolicy,omitempty" protobuf:"bytes,9" enum:"Equivalent|Exact"`
	// Picks namespaces by their labels; nil and empty pick all. Cluster-scoped objects other than
	// Namespaces always match.
	NamespaceSelector *meta.LabelSelector `json:"namespaceSelector,omitempty" protobuf:"bytes,5"`
	// Picks objects by their labels, old or new; nil and empty pick all. Users can set labels, so it
	// protects from nothing.
	ObjectSelector *meta.LabelSelector `json:"objectSelector,omitempty" protobuf:"bytes,11"`
	// None, or NoneOnDryRun if calling it on dry run changes nothing.
	SideEffects *SideEffectClass `json:"sideEffects" protobuf:"bytes,6" required:"true" enum:"None|NoneOnDryRun|Some|Unknown"`
	// Seconds that it may take, 1 to 30; nil means 10.
	TimeoutSeconds *int32 `json:"timeoutSeconds,omitempty" protobuf:"varint,7"`
	// Versions of AdmissionReview that it understands; the first that the server knows is sent.
	AdmissionReviewVersions []string `json:"admissionReviewVersions" protobuf:"bytes,8" required:"true" listType:"atomic"`
	// IfNeeded runs it once more if later changes touched the object, Never does not.
	ReinvocationPolicy *ReinvocationPolicyType `json:"reinvocationPolicy,omitempty" protobuf:"bytes,10" enum:"IfNeeded|Never"`
	// CEL conditions, at most 64, that must all be true for it to apply; empty means always.
	MatchConditions []MatchCondition `json:"matchConditions,omitempty" protobuf:"bytes,12" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

// MutatingWebhookConfiguration registers servers that may change or refuse objects on their way
// in.
type MutatingWebhookConfiguration struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The webhooks, names unique.
	Webhooks []MutatingWebhook `json:"webhooks,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

// MutatingWebhookConfigurationList is a list of MutatingWebhookConfigurations.
type MutatingWebhookConfigurationList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []MutatingWebhookConfiguration `json:"items" protobuf:"bytes,2" required:"true"`
}

// Mutation is one change of a policy.
type Mutation struct {
	// ApplyConfiguration or JSONPatch: which of the two is set.
	PatchType PatchType `json:"patchType" protobuf:"bytes,2" required:"true" enum:"ApplyConfiguration|JSONPatch"`
	// Applies an object.
	ApplyConfiguration *ApplyConfiguration `json:"applyConfiguration,omitempty" protobuf:"bytes,3"`
	// Makes JSON Patch operations.
	JSONPatch *JSONPatch `json:"jsonPatch,omitempty" protobuf:"bytes,4"`
}

// NamedRuleWithOperations matches requests, perhaps for certain objects only.
type NamedRuleWithOperations struct {
	_ struct{} `mapType:"atomic"`
	// Names of objects; empty means all.
	ResourceNames []string `json:"resourceNames,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Operations and resources.
	RuleWithOperations `json:",inline" protobuf:"bytes,2"`
}

// OperationType is an operation that a rule matches.
type OperationType string

// ParamKind is the kind of a policy's parameters.
type ParamKind struct {
	_ struct{} `mapType:"atomic"`
	// Group and version of the kind.
	APIVersion string `json:"apiVersion,omitempty" protobuf:"bytes,1"`
	// The kind.
	Kind string `json:"kind,omitempty" protobuf:"bytes,2"`
}

// ParamRef picks the parameters of a policy: by name or by selector.
type ParamRef struct {
	_ struct{} `mapType:"atomic"`
	// Name of the one object; not together with selector.
	Name string `json:"name,omitempty" protobuf:"bytes,1"`
	// Namespace of the parameters; empty means that of the request. Not for cluster-scoped kinds.
	Namespace string `json:"namespace,omitempty" protobuf:"bytes,2"`
	// Picks several objects by labels: the policy runs with each of them.
	Selector *meta.LabelSelector `json:"selector,omitempty" protobuf:"bytes,3"`
	// Allow passes and Deny takes the failure policy if there are no parameters.
	ParameterNotFoundAction *ParameterNotFoundActionType `json:"parameterNotFoundAction,omitempty" protobuf:"bytes,4"`
}

// ParameterNotFoundActionType says what a binding does without parameters.
type ParameterNotFoundActionType string

// PatchType says how a mutation describes its change.
type PatchType string

// ReinvocationPolicyType says whether a mutation runs again after later ones.
type ReinvocationPolicyType string

// Rule matches resources.
type Rule struct {
	// Groups; '*' matches all.
	APIGroups []string `json:"apiGroups,omitempty" protobuf:"bytes,1"`
	// Versions; '*' matches all.
	APIVersions []string `json:"apiVersions,omitempty" protobuf:"bytes,2"`
	// Resources: pods, pods/status, pods/*, */scale; '*' is all without subresources, '*/*' is all
	// with them.
	Resources []string `json:"resources,omitempty" protobuf:"bytes,3"`
	// Cluster, Namespaced or '*'; default '*'.
	Scope *ScopeType `json:"scope,omitempty" protobuf:"bytes,4"`
}

// RuleWithOperations matches operations on resources.
type RuleWithOperations struct {
	// CREATE, UPDATE, DELETE, CONNECT; '*' matches all.
	Operations []OperationType `json:"operations,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Resources.
	Rule `json:",inline" protobuf:"bytes,2"`
}

// ScopeType is the scope of resources that a rule matches.
type ScopeType string

// ServiceReference names the Service that a webhook runs behind.
type ServiceReference struct {
	// Namespace of the Service.
	Namespace string `json:"namespace" protobuf:"bytes,1" required:"true"`
	// Name of the Service.
	Name string `json:"name" protobuf:"bytes,2" required:"true"`
	// Path to post to; nil means /.
	Path *string `json:"path,omitempty" protobuf:"bytes,3"`
	// Port of the Service; nil means 443.
	Port *int32 `json:"port,omitempty" protobuf:"varint,4"`
}

// SideEffectClass says what a webhook does besides answering.
type SideEffectClass string

// TypeChecking is what checking a policy's expressions for types found.
type TypeChecking struct {
	// What is doubtful.
	ExpressionWarnings []ExpressionWarning `json:"expressionWarnings,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

// ValidatingAdmissionPolicy refuses requests by CEL, once a binding puts it in force.
type ValidatingAdmissionPolicy struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What it checks.
	Spec ValidatingAdmissionPolicySpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What the server makes of it.
	Status ValidatingAdmissionPolicyStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// ValidatingAdmissionPolicyBinding puts a policy in force, for some objects and with parameters.
type ValidatingAdmissionPolicyBinding struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec ValidatingAdmissionPolicyBindingSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
}

// ValidatingAdmissionPolicyBindingList is a list of ValidatingAdmissionPolicyBindings.
type ValidatingAdmissionPolicyBindingList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ValidatingAdmissionPolicyBinding `json:"items" protobuf:"bytes,2" required:"true"`
}

// ValidatingAdmissionPolicyBindingSpec is the policy, what for, and what follows.
type ValidatingAdmissionPolicyBindingSpec struct {
	// Name of the policy to put in force.
	PolicyName string `json:"policyName,omitempty" protobuf:"bytes,1" required:"true"`
	// Parameters to use; nil if the policy takes none.
	ParamRef *ParamRef `json:"paramRef,omitempty" protobuf:"bytes,2"`
	// Narrows what the policy matches; nil does not.
	MatchResources *MatchResources `json:"matchResources,omitempty" protobuf:"bytes,3"`
	// What a failed validation does: Deny, Warn and Audit; Deny and Warn not together.
	ValidationActions []ValidationAction `json:"validationActions,omitempty" protobuf:"bytes,4" required:"true" listType:"set"`
}

// ValidatingAdmissionPolicyList is a list of ValidatingAdmissionPolicies.
type ValidatingAdmissionPolicyList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ValidatingAdmissionPolicy `json:"items" protobuf:"bytes,2" required:"true"`
}

// ValidatingAdmissionPolicySpec is what a policy checks and when.
type ValidatingAdmissionPolicySpec struct {
	// Kind of its parameters; nil if it takes none.
	ParamKind *ParamKind `json:"paramKind,omitempty" protobuf:"bytes,1"`
	// Requests that it is about; must be given.
	MatchConstraints *MatchResources `json:"matchConstraints,omitempty" protobuf:"bytes,2"`
	// CEL checks; needed unless there are audit annotations.
	Validations []Validation `json:"validations,omitempty" protobuf:"bytes,3" listType:"atomic"`
	// What an error in calling or evaluating does: Fail refuses the request, Ignore lets it pass; nil
	// means Fail.
	FailurePolicy *FailurePolicyType `json:"failurePolicy,omitempty" protobuf:"bytes,4" enum:"Fail|Ignore"`
	// Facts for the audit event; needed unless there are validations.
	AuditAnnotations []AuditAnnotation `json:"auditAnnotations,omitempty" protobuf:"bytes,5" listType:"atomic"`
	// CEL conditions, at most 64, that must all be true for it to apply; empty means always.
	MatchConditions []MatchCondition `json:"matchConditions,omitempty" protobuf:"bytes,6" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	// Named CEL expressions that others may use as variables.NAME; each may use those before it.
	Variables []Variable `json:"variables,omitempty" protobuf:"bytes,7" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

// ValidatingAdmissionPolicyStatus is what the server makes of a policy.
type ValidatingAdmissionPolicyStatus struct {
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration int64 `json:"observedGeneration,omitempty" protobuf:"varint,1"`
	// Result of checking types; nil until it is done.
	TypeChecking *TypeChecking `json:"typeChecking,omitempty" protobuf:"bytes,2"`
	// Observations about the object, one for each type.
	Conditions []meta.Condition `json:"conditions,omitempty" protobuf:"bytes,3" listType:"map" listMapKey:"type"`
}

// ValidatingWebhook is a server that may refuse requests.
type ValidatingWebhook struct {
	// Full name with a domain, unique.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Where the webhook is and how to trust it.
	ClientConfig WebhookClientConfig `json:"clientConfig" protobuf:"bytes,2" required:"true"`
	// Requests that it is asked about.
	Rules []RuleWithOperations `json:"rules,omitempty" protobuf:"bytes,3" listType:"atomic"`
	// What an error in calling or evaluating does: Fail refuses the request, Ignore lets it pass; nil
	// means Fail.
	FailurePolicy *FailurePolicyType `json:"failurePolicy,omitempty" protobuf:"bytes,4" enum:"Fail|Ignore"`
	// Equivalent also matches the same object sent in another version, Exact does not; nil means
	// Equivalent.
	MatchPolicy *MatchPolicyType `json:"matchPolicy,omitempty" protobuf:"bytes,9" enum:"Equivalent|Exact"`
	// Picks namespaces by their labels; nil and empty pick all. Cluster-scoped objects other than
	// Namespaces always match.
	NamespaceSelector *meta.LabelSelector `json:"namespaceSelector,omitempty" protobuf:"bytes,5"`
	// Picks objects by their labels, old or new; nil and empty pick all. Users can set labels, so it
	// protects from nothing.
	ObjectSelector *meta.LabelSelector `json:"objectSelector,omitempty" protobuf:"bytes,10"`
	// None, or NoneOnDryRun if calling it on dry run changes nothing.
	SideEffects *SideEffectClass `json:"sideEffects" protobuf:"bytes,6" required:"true" enum:"None|NoneOnDryRun|Some|Unknown"`
	// Seconds that it may take, 1 to 30; nil means 10.
	TimeoutSeconds *int32 `json:"timeoutSeconds,omitempty" protobuf:"varint,7"`
	// Versions of AdmissionReview that it understands; the first that the server knows is sent.
	AdmissionReviewVersions []string `json:"admissionReviewVersions" protobuf:"bytes,8" required:"true" listType:"atomic"`
	// CEL conditions, at most 64, that must all be true for it to apply; empty means always.
	MatchConditions []MatchCondition `json:"matchConditions,omitempty" protobuf:"bytes,11" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

// ValidatingWebhookConfiguration registers servers that may refuse requests.
type ValidatingWebhookConfiguration struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The webhooks, names unique.
	Webhooks []ValidatingWebhook `json:"webhooks,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

// ValidatingWebhookConfigurationList is a list of ValidatingWebhookConfigurations.
type ValidatingWebhookConfigurationList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ValidatingWebhookConfiguration `json:"items" protobuf:"bytes,2" required:"true"`
}

// Validation is one check of a policy.
type Validation struct {
	// CEL expression that gives true if all is well; it knows object, oldObject, request, params,
	// namespaceObject, variables and authorizer.
	Expression string `json:"expression" protobuf:"bytes,1" required:"true"`
	// What the client is told; default the expression that failed.
	Message string `json:"message,omitempty" protobuf:"bytes,2"`
	// Reason and code of the refusal: Unauthorized, Forbidden, Invalid or RequestEntityTooLarge; nil
	// means Invalid.
	Reason *meta.StatusReason `json:"reason,omitempty" protobuf:"bytes,3"`
	// CEL expression that gives the message; wins over message unless it fails or gives nothing.
	MessageExpression string `json:"messageExpression,omitempty" protobuf:"bytes,4"`
}

// ValidationAction is what a failed validation does.
type ValidationAction string

// Variable is a named CEL expression.
type Variable struct {
	_ struct{} `mapType:"atomic"`
	// Name, unique: others use it as variables.NAME.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// CEL expression that gives its value.
	Expression string `json:"expression" protobuf:"bytes,2" required:"true"`
}

// WebhookClientConfig says how to reach a webhook: by url or by service.
type WebhookClientConfig struct {
	// Where it is: https://host:port/path, no user or query.
	URL *string `json:"url,omitempty" protobuf:"bytes,3"`
	// Service that it runs behind.
	Service *ServiceReference `json:"service,omitempty" protobuf:"bytes,1"`
	// Certificates in PEM that it is trusted by; empty means the system's.
	CABundle []byte `json:"caBundle,omitempty" protobuf:"bytes,2"`
}

package admissionregistrationv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type ApplyConfiguration struct {
	Expression string `json:"expression,omitempty" protobuf:"bytes,1"`
}

type AuditAnnotation struct {
	Key             string `json:"key" protobuf:"bytes,1" required:"true"`
	ValueExpression string `json:"valueExpression" protobuf:"bytes,2" required:"true"`
}

type ExpressionWarning struct {
	FieldRef string `json:"fieldRef" protobuf:"bytes,2" required:"true"`
	Warning  string `json:"warning" protobuf:"bytes,3" required:"true"`
}

type FailurePolicyType string

type JSONPatch struct {
	Expression string `json:"expression,omitempty" protobuf:"bytes,1"`
}

type MatchCondition struct {
	Name       string `json:"name" protobuf:"bytes,1" required:"true"`
	Expression string `json:"expression" protobuf:"bytes,2" required:"true"`
}

type MatchPolicyType string

type MatchResources struct {
	_                    struct{}                  `mapType:"atomic"`
	NamespaceSelector    *meta.LabelSelector       `json:"namespaceSelector,omitempty" protobuf:"bytes,1"`
	ObjectSelector       *meta.LabelSelector       `json:"objectSelector,omitempty" protobuf:"bytes,2"`
	ResourceRules        []NamedRuleWithOperations `json:"resourceRules,omitempty" protobuf:"bytes,3" listType:"atomic"`
	ExcludeResourceRules []NamedRuleWithOperations `json:"excludeResourceRules,omitempty" protobuf:"bytes,4" listType:"atomic"`
	MatchPolicy          *MatchPolicyType          `json:"matchPolicy,omitempty" protobuf:"bytes,7" enum:"Equivalent|Exact"`
}

type MutatingAdmissionPolicy struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec MutatingAdmissionPolicySpec `json:"spec,omitempty" protobuf:"bytes,2"`
}

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

type MutatingAdmissionPolicyBindingSpec struct {
	PolicyName     string          `json:"policyName,omitempty" protobuf:"bytes,1"`
	ParamRef       *ParamRef       `json:"paramRef,omitempty" protobuf:"bytes,2"`
	MatchResources *MatchResources `json:"matchResources,omitempty" protobuf:"bytes,3"`
}

// MutatingAdmissionPolicyList is a list of MutatingAdmissionPolicys.
type MutatingAdmissionPolicyList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []MutatingAdmissionPolicy `json:"items" protobuf:"bytes,2" required:"true"`
}

type MutatingAdmissionPolicySpec struct {
	ParamKind          *ParamKind             `json:"paramKind,omitempty" protobuf:"bytes,1"`
	MatchConstraints   *MatchResources        `json:"matchConstraints,omitempty" protobuf:"bytes,2"`
	Variables          []Variable             `json:"variables,omitempty" protobuf:"bytes,3" listType:"atomic"`
	Mutations          []Mutation             `json:"mutations,omitempty" protobuf:"bytes,4" listType:"atomic"`
	FailurePolicy      *FailurePolicyType     `json:"failurePolicy,omitempty" protobuf:"bytes,5" enum:"Fail|Ignore"`
	MatchConditions    []MatchCondition       `json:"matchConditions,omitempty" protobuf:"bytes,6" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	ReinvocationPolicy ReinvocationPolicyType `json:"reinvocationPolicy,omitempty" protobuf:"bytes,7" enum:"IfNeeded|Never"`
}

type MutatingWebhook struct {
	Name                    string                  `json:"name" protobuf:"bytes,1" required:"true"`
	ClientConfig            WebhookClientConfig     `json:"clientConfig" protobuf:"bytes,2" required:"true"`
	Rules                   []RuleWithOperations    `json:"rules,omitempty" protobuf:"bytes,3" listType:"atomic"`
	FailurePolicy           *FailurePolicyType      `json:"failurePolicy,omitempty" protobuf:"bytes,4" enum:"Fail|Ignore"`
	MatchPolicy             *MatchPolicyType        `json:"matchPolicy,omitempty" protobuf:"bytes,9" enum:"Equivalent|Exact"`
	NamespaceSelector       *meta.LabelSelector     `json:"namespaceSelector,omitempty" protobuf:"bytes,5"`
	ObjectSelector          *meta.LabelSelector     `json:"objectSelector,omitempty" protobuf:"bytes,11"`
	SideEffects             *SideEffectClass        `json:"sideEffects" protobuf:"bytes,6" required:"true" enum:"None|NoneOnDryRun|Some|Unknown"`
	TimeoutSeconds          *int32                  `json:"timeoutSeconds,omitempty" protobuf:"varint,7"`
	AdmissionReviewVersions []string                `json:"admissionReviewVersions" protobuf:"bytes,8" required:"true" listType:"atomic"`
	ReinvocationPolicy      *ReinvocationPolicyType `json:"reinvocationPolicy,omitempty" protobuf:"bytes,10" enum:"IfNeeded|Never"`
	MatchConditions         []MatchCondition        `json:"matchConditions,omitempty" protobuf:"bytes,12" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

type MutatingWebhookConfiguration struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Webhooks        []MutatingWebhook `json:"webhooks,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

// MutatingWebhookConfigurationList is a list of MutatingWebhookConfigurations.
type MutatingWebhookConfigurationList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []MutatingWebhookConfiguration `json:"items" protobuf:"bytes,2" required:"true"`
}

type Mutation struct {
	PatchType          PatchType           `json:"patchType" protobuf:"bytes,2" required:"true" enum:"ApplyConfiguration|JSONPatch"`
	ApplyConfiguration *ApplyConfiguration `json:"applyConfiguration,omitempty" protobuf:"bytes,3"`
	JSONPatch          *JSONPatch          `json:"jsonPatch,omitempty" protobuf:"bytes,4"`
}

type NamedRuleWithOperations struct {
	_                  struct{} `mapType:"atomic"`
	ResourceNames      []string `json:"resourceNames,omitempty" protobuf:"bytes,1" listType:"atomic"`
	RuleWithOperations `json:",inline" protobuf:"bytes,2"`
}

type OperationType string

type ParamKind struct {
	_          struct{} `mapType:"atomic"`
	APIVersion string   `json:"apiVersion,omitempty" protobuf:"bytes,1"`
	Kind       string   `json:"kind,omitempty" protobuf:"bytes,2"`
}

type ParamRef struct {
	_                       struct{}                     `mapType:"atomic"`
	Name                    string                       `json:"name,omitempty" protobuf:"bytes,1"`
	Namespace               string                       `json:"namespace,omitempty" protobuf:"bytes,2"`
	Selector                *meta.LabelSelector          `json:"selector,omitempty" protobuf:"bytes,3"`
	ParameterNotFoundAction *ParameterNotFoundActionType `json:"parameterNotFoundAction,omitempty" protobuf:"bytes,4"`
}

type ParameterNotFoundActionType string

type PatchType string

type ReinvocationPolicyType string

type Rule struct {
	APIGroups   []string   `json:"apiGroups,omitempty" protobuf:"bytes,1"`
	APIVersions []string   `json:"apiVersions,omitempty" protobuf:"bytes,2"`
	Resources   []string   `json:"resources,omitempty" protobuf:"bytes,3"`
	Scope       *ScopeType `json:"scope,omitempty" protobuf:"bytes,4"`
}

type RuleWithOperations struct {
	Operations []OperationType `json:"operations,omitempty" protobuf:"bytes,1" listType:"atomic"`
	Rule       `json:",inline" protobuf:"bytes,2"`
}

type ScopeType string

type ServiceReference struct {
	Namespace string  `json:"namespace" protobuf:"bytes,1" required:"true"`
	Name      string  `json:"name" protobuf:"bytes,2" required:"true"`
	Path      *string `json:"path,omitempty" protobuf:"bytes,3"`
	Port      *int32  `json:"port,omitempty" protobuf:"varint,4"`
}

type SideEffectClass string

type TypeChecking struct {
	ExpressionWarnings []ExpressionWarning `json:"expressionWarnings,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

type ValidatingAdmissionPolicy struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec ValidatingAdmissionPolicySpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status ValidatingAdmissionPolicyStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

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

type ValidatingAdmissionPolicyBindingSpec struct {
	PolicyName        string             `json:"policyName,omitempty" protobuf:"bytes,1" required:"true"`
	ParamRef          *ParamRef          `json:"paramRef,omitempty" protobuf:"bytes,2"`
	MatchResources    *MatchResources    `json:"matchResources,omitempty" protobuf:"bytes,3"`
	ValidationActions []ValidationAction `json:"validationActions,omitempty" protobuf:"bytes,4" required:"true" listType:"set"`
}

// ValidatingAdmissionPolicyList is a list of ValidatingAdmissionPolicys.
type ValidatingAdmissionPolicyList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ValidatingAdmissionPolicy `json:"items" protobuf:"bytes,2" required:"true"`
}

type ValidatingAdmissionPolicySpec struct {
	ParamKind        *ParamKind         `json:"paramKind,omitempty" protobuf:"bytes,1"`
	MatchConstraints *MatchResources    `json:"matchConstraints,omitempty" protobuf:"bytes,2"`
	Validations      []Validation       `json:"validations,omitempty" protobuf:"bytes,3" listType:"atomic"`
	FailurePolicy    *FailurePolicyType `json:"failurePolicy,omitempty" protobuf:"bytes,4" enum:"Fail|Ignore"`
	AuditAnnotations []AuditAnnotation  `json:"auditAnnotations,omitempty" protobuf:"bytes,5" listType:"atomic"`
	MatchConditions  []MatchCondition   `json:"matchConditions,omitempty" protobuf:"bytes,6" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	Variables        []Variable         `json:"variables,omitempty" protobuf:"bytes,7" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

type ValidatingAdmissionPolicyStatus struct {
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration int64         `json:"observedGeneration,omitempty" protobuf:"varint,1"`
	TypeChecking       *TypeChecking `json:"typeChecking,omitempty" protobuf:"bytes,2"`
	// Observations about the object, one for each type.
	Conditions []meta.Condition `json:"conditions,omitempty" protobuf:"bytes,3" listType:"map" listMapKey:"type"`
}

type ValidatingWebhook struct {
	Name                    string               `json:"name" protobuf:"bytes,1" required:"true"`
	ClientConfig            WebhookClientConfig  `json:"clientConfig" protobuf:"bytes,2" required:"true"`
	Rules                   []RuleWithOperations `json:"rules,omitempty" protobuf:"bytes,3" listType:"atomic"`
	FailurePolicy           *FailurePolicyType   `json:"failurePolicy,omitempty" protobuf:"bytes,4" enum:"Fail|Ignore"`
	MatchPolicy             *MatchPolicyType     `json:"matchPolicy,omitempty" protobuf:"bytes,9" enum:"Equivalent|Exact"`
	NamespaceSelector       *meta.LabelSelector  `json:"namespaceSelector,omitempty" protobuf:"bytes,5"`
	ObjectSelector          *meta.LabelSelector  `json:"objectSelector,omitempty" protobuf:"bytes,10"`
	SideEffects             *SideEffectClass     `json:"sideEffects" protobuf:"bytes,6" required:"true" enum:"None|NoneOnDryRun|Some|Unknown"`
	TimeoutSeconds          *int32               `json:"timeoutSeconds,omitempty" protobuf:"varint,7"`
	AdmissionReviewVersions []string             `json:"admissionReviewVersions" protobuf:"bytes,8" required:"true" listType:"atomic"`
	MatchConditions         []MatchCondition     `json:"matchConditions,omitempty" protobuf:"bytes,11" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

type ValidatingWebhookConfiguration struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Webhooks        []ValidatingWebhook `json:"webhooks,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

// ValidatingWebhookConfigurationList is a list of ValidatingWebhookConfigurations.
type ValidatingWebhookConfigurationList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ValidatingWebhookConfiguration `json:"items" protobuf:"bytes,2" required:"true"`
}

type Validation struct {
	Expression        string             `json:"expression" protobuf:"bytes,1" required:"true"`
	Message           string             `json:"message,omitempty" protobuf:"bytes,2"`
	Reason            *meta.StatusReason `json:"reason,omitempty" protobuf:"bytes,3"`
	MessageExpression string             `json:"messageExpression,omitempty" protobuf:"bytes,4"`
}

type ValidationAction string

type Variable struct {
	_          struct{} `mapType:"atomic"`
	Name       string   `json:"name" protobuf:"bytes,1" required:"true"`
	Expression string   `json:"expression" protobuf:"bytes,2" required:"true"`
}

type WebhookClientConfig struct {
	URL      *string           `json:"url,omitempty" protobuf:"bytes,3"`
	Service  *ServiceReference `json:"service,omitempty" protobuf:"bytes,1"`
	CABundle []byte            `json:"caBundle,omitempty" protobuf:"bytes,2"`
}

package apiextensionsv1

// How objects are converted between the versions of a custom resource.
const (
	NoneConverter    ConversionStrategyType = "None"    // only apiVersion changes
	WebhookConverter ConversionStrategyType = "Webhook" // a webhook converts
)

// Where objects of a custom resource live.
const (
	ClusterScoped   ResourceScope = "Cluster"
	NamespaceScoped ResourceScope = "Namespaced"
)

// Values of a condition's status.
const (
	ConditionTrue    ConditionStatus = "True"
	ConditionFalse   ConditionStatus = "False"
	ConditionUnknown ConditionStatus = "Unknown"
)

// Conditions of a CustomResourceDefinition.
const (
	Established                           CustomResourceDefinitionConditionType = "Established"                           // the resource is served
	NamesAccepted                         CustomResourceDefinitionConditionType = "NamesAccepted"                         // no other resource of the group has its names
	NonStructuralSchema                   CustomResourceDefinitionConditionType = "NonStructuralSchema"                   // a schema cannot be used to prune and default
	Terminating                           CustomResourceDefinitionConditionType = "Terminating"                           // deleted; its objects are being deleted too
	KubernetesAPIApprovalPolicyConformant CustomResourceDefinitionConditionType = "KubernetesAPIApprovalPolicyConformant" // a *.k8s.io group carries its approval annotation
	StorageMigrating                      CustomResourceDefinitionConditionType = "StorageMigrating"                      // objects are being rewritten in the storage version
)

// Reasons that a failed validation rule may give.
const (
	FieldValueRequired  FieldValueErrorReason = "FieldValueRequired"
	FieldValueDuplicate FieldValueErrorReason = "FieldValueDuplicate"
	FieldValueInvalid   FieldValueErrorReason = "FieldValueInvalid"
	FieldValueForbidden FieldValueErrorReason = "FieldValueForbidden"
)

// CustomResourceCleanupFinalizer holds a CustomResourceDefinition until its
// objects are gone.
const CustomResourceCleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io"

// KubeAPIApprovedAnnotation names the approval of a CustomResourceDefinition in
// a group of Kubernetes' own.
const KubeAPIApprovedAnnotation = "api-approved.kubernetes.io"

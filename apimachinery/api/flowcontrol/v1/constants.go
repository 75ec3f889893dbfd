package flowcontrolv1

// Names of the configuration that every server starts with.
const (
	PriorityLevelConfigurationNameExempt   = "exempt"
	PriorityLevelConfigurationNameCatchAll = "catch-all"
	FlowSchemaNameExempt                   = "exempt"
	FlowSchemaNameCatchAll                 = "catch-all"
)

// Wildcards in the rules of a FlowSchema.
const (
	APIGroupAll    = "*"
	ResourceAll    = "*"
	VerbAll        = "*"
	NonResourceAll = "*"
	NameAll        = "*"
	NamespaceEvery = "*"
)

// AutoUpdateAnnotationKey says whether the server puts one of its own objects back
// to what it ships with.
const AutoUpdateAnnotationKey = "apf.kubernetes.io/autoupdate-spec"

// Headers that tell a client how its request was classified.
const (
	ResponseHeaderMatchedPriorityLevelConfigurationUID = "X-Kubernetes-PF-PriorityLevel-UID"
	ResponseHeaderMatchedFlowSchemaUID                 = "X-Kubernetes-PF-FlowSchema-UID"
)

// What tells the flows of one FlowSchema apart.
const (
	FlowDistinguisherMethodByUserType      FlowDistinguisherMethodType = "ByUser"
	FlowDistinguisherMethodByNamespaceType FlowDistinguisherMethodType = "ByNamespace"
)

// Kinds of subject that a FlowSchema matches.
const (
	SubjectKindUser           SubjectKind = "User"
	SubjectKindGroup          SubjectKind = "Group"
	SubjectKindServiceAccount SubjectKind = "ServiceAccount"
)

// Whether a priority level is limited.
const (
	PriorityLevelEnablementExempt  PriorityLevelEnablement = "Exempt"  // its requests never wait
	PriorityLevelEnablementLimited PriorityLevelEnablement = "Limited" // its requests share so many seats
)

// What a limited priority level does with a request that has no seat.
const (
	LimitResponseTypeQueue  LimitResponseType = "Queue"  // it waits
	LimitResponseTypeReject LimitResponseType = "Reject" // it gets 429
)

// FlowSchemaConditionDangling says that the priority level named does not exist.
const FlowSchemaConditionDangling FlowSchemaConditionType = "Dangling"

// PriorityLevelConfigurationConditionConcurrencyShared says that the level has
// its share of the server's seats.
const PriorityLevelConfigurationConditionConcurrencyShared PriorityLevelConfigurationConditionType = "ConcurrencyShared"

// Values of a condition's status.
const (
	ConditionTrue    ConditionStatus = "True"
	ConditionFalse   ConditionStatus = "False"
	ConditionUnknown ConditionStatus = "Unknown"
)

// Seats by default.
const (
	PriorityLevelConfigurationDefaultNominalConcurrencyShares int32 = 30
	FlowSchemaMaxMatchingPrecedence                           int32 = 10000
	FlowSchemaDefaultMatchingPrecedence                       int32 = 1000
)

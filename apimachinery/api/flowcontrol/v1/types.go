package flowcontrolv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// ConditionStatus is True, False or Unknown.
type ConditionStatus string

// ExemptPriorityLevelConfiguration tunes a priority level without limits.
type ExemptPriorityLevelConfiguration struct {
	// Share of the server's seats that others may borrow from; nil means 0.
	NominalConcurrencyShares *int32 `json:"nominalConcurrencyShares,omitempty" protobuf:"varint,1"`
	// Percent of its seats that it lends, 0 to 100; nil means 0.
	LendablePercent *int32 `json:"lendablePercent,omitempty" protobuf:"varint,2"`
}

// FlowDistinguisherMethod says how the flows of a FlowSchema are told apart.
type FlowDistinguisherMethod struct {
	// ByUser or ByNamespace.
	Type FlowDistinguisherMethodType `json:"type" protobuf:"bytes,1" required:"true"`
}

// FlowDistinguisherMethodType says what tells flows apart.
type FlowDistinguisherMethodType string

// FlowSchema puts requests into a priority level, and into flows that share it fairly.
type FlowSchema struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec FlowSchemaSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status FlowSchemaStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// FlowSchemaCondition is an observation about a FlowSchema.
type FlowSchemaCondition struct {
	// Which condition this is.
	Type FlowSchemaConditionType `json:"type,omitempty" protobuf:"bytes,1" required:"true"`
	// True, False or Unknown.
	Status ConditionStatus `json:"status,omitempty" protobuf:"bytes,2"`
	// When the status last changed from one value to another.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason,omitempty" protobuf:"bytes,4"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,5"`
}

// FlowSchemaConditionType names a condition of a FlowSchema.
type FlowSchemaConditionType string

// FlowSchemaList is a list of FlowSchemas.
type FlowSchemaList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []FlowSchema `json:"items" protobuf:"bytes,2" required:"true"`
}

// FlowSchemaSpec is which requests go where.
type FlowSchemaSpec struct {
	// Priority level that they go to.
	PriorityLevelConfiguration PriorityLevelConfigurationReference `json:"priorityLevelConfiguration" protobuf:"bytes,1" required:"true"`
	// Place among FlowSchemas: the lowest number that matches decides, 1 to 10000; default 1000.
	MatchingPrecedence int32 `json:"matchingPrecedence" protobuf:"varint,2"`
	// What tells flows apart; nil makes one flow.
	DistinguisherMethod *FlowDistinguisherMethod `json:"distinguisherMethod,omitempty" protobuf:"bytes,3"`
	// Requests that match: any one rule suffices; empty matches none.
	Rules []PolicyRulesWithSubjects `json:"rules,omitempty" protobuf:"bytes,4" listType:"atomic"`
}

// FlowSchemaStatus is what the server makes of a FlowSchema.
type FlowSchemaStatus struct {
	// Observations about the object, one for each type.
	Conditions []FlowSchemaCondition `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

// GroupSubject is the users of a group.
type GroupSubject struct {
	// Name of the group; '*' is every one.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
}

// LimitResponse is what becomes of a request without a seat.
type LimitResponse struct {
	// Queue or Reject.
	Type LimitResponseType `json:"type" protobuf:"bytes,1" required:"true"`
	// Settings of Queue.
	Queuing *QueuingConfiguration `json:"queuing,omitempty" protobuf:"bytes,2"`
}

// LimitResponseType is what becomes of a request without a seat.
type LimitResponseType string

// LimitedPriorityLevelConfiguration is how many requests of a priority level may run at once.
type LimitedPriorityLevelConfiguration struct {
	// Share of the server's seats, against those of all other levels; nil means 30.
	NominalConcurrencyShares *int32 `json:"nominalConcurrencyShares" protobuf:"varint,1"`
	// What becomes of a request without a seat.
	LimitResponse LimitResponse `json:"limitResponse,omitempty" protobuf:"bytes,2" required:"true"`
	// Percent of its seats that it lends while it does not need them, 0 to 100; nil means 0.
	LendablePercent *int32 `json:"lendablePercent,omitempty" protobuf:"varint,3"`
	// Most that it borrows, in percent of its own seats; nil means no limit.
	BorrowingLimitPercent *int32 `json:"borrowingLimitPercent,omitempty" protobuf:"varint,4"`
}

// NonResourcePolicyRule matches requests that are not for resources.
type NonResourcePolicyRule struct {
	// HTTP methods in lower case; '*' is all.
	Verbs []string `json:"verbs" protobuf:"bytes,1" required:"true" listType:"set"`
	// Paths; a '*' after a slash at the end matches any rest.
	NonResourceURLs []string `json:"nonResourceURLs" protobuf:"bytes,6" required:"true" listType:"set"`
}

// PolicyRulesWithSubjects matches requests by who makes them and for what.
type PolicyRulesWithSubjects struct {
	// Who: any one of them.
	Subjects []Subject `json:"subjects" protobuf:"bytes,1" required:"true" listType:"atomic"`
	// What: any one of these, or of the others.
	ResourceRules []ResourcePolicyRule `json:"resourceRules,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// What, besides resources.
	NonResourceRules []NonResourcePolicyRule `json:"nonResourceRules,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

// PriorityLevelConfiguration is a priority level: how many of its requests run at once and how
// others wait.
type PriorityLevelConfiguration struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec PriorityLevelConfigurationSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status PriorityLevelConfigurationStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// PriorityLevelConfigurationCondition is an observation about a priority level.
type PriorityLevelConfigurationCondition struct {
	// Which condition this is.
	Type PriorityLevelConfigurationConditionType `json:"type,omitempty" protobuf:"bytes,1" required:"true"`
	// True, False or Unknown.
	Status ConditionStatus `json:"status,omitempty" protobuf:"bytes,2"`
	// When the status last changed from one value to another.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason,omitempty" protobuf:"bytes,4"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,5"`
}

// PriorityLevelConfigurationConditionType names a condition of a priority level.
type PriorityLevelConfigurationConditionType string

// PriorityLevelConfigurationList is a list of PriorityLevelConfigurations.
type PriorityLevelConfigurationList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []PriorityLevelConfiguration `json:"items" protobuf:"bytes,2" required:"true"`
}

// PriorityLevelConfigurationReference names a priority level.
type PriorityLevelConfigurationReference struct {
	// Name of the priority level.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
}

// PriorityLevelConfigurationSpec is a priority level.
type PriorityLevelConfigurationSpec struct {
	// Exempt never makes requests wait, Limited may.
	Type PriorityLevelEnablement `json:"type" protobuf:"bytes,1" required:"true"`
	// Settings of Limited.
	Limited *LimitedPriorityLevelConfiguration `json:"limited,omitempty" protobuf:"bytes,2"`
	// Settings of Exempt.
	Exempt *ExemptPriorityLevelConfiguration `json:"exempt,omitempty" protobuf:"bytes,3"`
}

// PriorityLevelConfigurationStatus is what the server makes of a priority level.
type PriorityLevelConfigurationStatus struct {
	// Observations about the object, one for each type.
	Conditions []PriorityLevelConfigurationCondition `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

// PriorityLevelEnablement says whether a priority level is limited.
type PriorityLevelEnablement string

// QueuingConfiguration is how requests of a priority level wait.
type QueuingConfiguration struct {
	// How many queues; more keep flows better apart. 1 to 10000000; default 64.
	Queues int32 `json:"queues" protobuf:"varint,1"`
	// How many queues a flow may use, the shortest being taken; default 8.
	HandSize int32 `json:"handSize" protobuf:"varint,2"`
	// Most requests in one queue; more are refused. Default 50.
	QueueLengthLimit int32 `json:"queueLengthLimit" protobuf:"varint,3"`
}

// ResourcePolicyRule matches requests for resources.
type ResourcePolicyRule struct {
	// Get, list, watch and so on; '*' is all.
	Verbs []string `json:"verbs" protobuf:"bytes,1" required:"true" listType:"set"`
	// Groups; '*' is all.
	APIGroups []string `json:"apiGroups" protobuf:"bytes,2" required:"true" listType:"set"`
	// Resources and subresources, as pods or nodes/status; '*' is all.
	Resources []string `json:"resources" protobuf:"bytes,3" required:"true" listType:"set"`
	// Whether it matches requests without a namespace; default false.
	ClusterScope bool `json:"clusterScope,omitempty" protobuf:"varint,4"`
	// Namespaces that it matches; '*' is all, empty none.
	Namespaces []string `json:"namespaces" protobuf:"bytes,5" listType:"set"`
}

// ServiceAccountSubject is a ServiceAccount.
type ServiceAccountSubject struct {
	// Its namespace.
	Namespace string `json:"namespace" protobuf:"bytes,1" required:"true"`
	// Its name; '*' is every one.
	Name string `json:"name" protobuf:"bytes,2" required:"true"`
}

// Subject is who makes a request; the member that kind names is set.
type Subject struct {
	// User, Group or ServiceAccount.
	Kind SubjectKind `json:"kind" protobuf:"bytes,1" required:"true"`
	// A user.
	User *UserSubject `json:"user,omitempty" protobuf:"bytes,2"`
	// The users of a group.
	Group *GroupSubject `json:"group,omitempty" protobuf:"bytes,3"`
	// A ServiceAccount.
	ServiceAccount *ServiceAccountSubject `json:"serviceAccount,omitempty" protobuf:"bytes,4"`
}

// SubjectKind is a kind of subject.
type SubjectKind string

// UserSubject is a user.
type UserSubject struct {
	// Name of the user; '*' is every one.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
}

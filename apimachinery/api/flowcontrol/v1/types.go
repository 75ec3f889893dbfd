package flowcontrolv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type ConditionStatus string

type ExemptPriorityLevelConfiguration struct {
	NominalConcurrencyShares *int32 `json:"nominalConcurrencyShares,omitempty" protobuf:"varint,1"`
	LendablePercent          *int32 `json:"lendablePercent,omitempty" protobuf:"varint,2"`
}

type FlowDistinguisherMethod struct {
	Type FlowDistinguisherMethodType `json:"type" protobuf:"bytes,1" required:"true"`
}

type FlowDistinguisherMethodType string

type FlowSchema struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec FlowSchemaSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status FlowSchemaStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type FlowSchemaCondition struct {
	Type FlowSchemaConditionType `json:"type,omitempty" protobuf:"bytes,1" required:"true"`
	// What is: written by the cluster, not by users.
	Status             ConditionStatus `json:"status,omitempty" protobuf:"bytes,2"`
	LastTransitionTime meta.Time       `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	Reason             string          `json:"reason,omitempty" protobuf:"bytes,4"`
	Message            string          `json:"message,omitempty" protobuf:"bytes,5"`
}

type FlowSchemaConditionType string

// FlowSchemaList is a list of FlowSchemas.
type FlowSchemaList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []FlowSchema `json:"items" protobuf:"bytes,2" required:"true"`
}

type FlowSchemaSpec struct {
	PriorityLevelConfiguration PriorityLevelConfigurationReference `json:"priorityLevelConfiguration" protobuf:"bytes,1" required:"true"`
	MatchingPrecedence         int32                               `json:"matchingPrecedence" protobuf:"varint,2"`
	DistinguisherMethod        *FlowDistinguisherMethod            `json:"distinguisherMethod,omitempty" protobuf:"bytes,3"`
	Rules                      []PolicyRulesWithSubjects           `json:"rules,omitempty" protobuf:"bytes,4" listType:"atomic"`
}

type FlowSchemaStatus struct {
	// Observations about the object, one for each type.
	Conditions []FlowSchemaCondition `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

type GroupSubject struct {
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
}

type LimitResponse struct {
	Type    LimitResponseType     `json:"type" protobuf:"bytes,1" required:"true"`
	Queuing *QueuingConfiguration `json:"queuing,omitempty" protobuf:"bytes,2"`
}

type LimitResponseType string

type LimitedPriorityLevelConfiguration struct {
	NominalConcurrencyShares *int32        `json:"nominalConcurrencyShares" protobuf:"varint,1"`
	LimitResponse            LimitResponse `json:"limitResponse,omitempty" protobuf:"bytes,2" required:"true"`
	LendablePercent          *int32        `json:"lendablePercent,omitempty" protobuf:"varint,3"`
	BorrowingLimitPercent    *int32        `json:"borrowingLimitPercent,omitempty" protobuf:"varint,4"`
}

type NonResourcePolicyRule struct {
	Verbs           []string `json:"verbs" protobuf:"bytes,1" required:"true" listType:"set"`
	NonResourceURLs []string `json:"nonResourceURLs" protobuf:"bytes,6" required:"true" listType:"set"`
}

type PolicyRulesWithSubjects struct {
	Subjects         []Subject               `json:"subjects" protobuf:"bytes,1" required:"true" listType:"atomic"`
	ResourceRules    []ResourcePolicyRule    `json:"resourceRules,omitempty" protobuf:"bytes,2" listType:"atomic"`
	NonResourceRules []NonResourcePolicyRule `json:"nonResourceRules,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

type PriorityLevelConfiguration struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec PriorityLevelConfigurationSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status PriorityLevelConfigurationStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type PriorityLevelConfigurationCondition struct {
	Type PriorityLevelConfigurationConditionType `json:"type,omitempty" protobuf:"bytes,1" required:"true"`
	// What is: written by the cluster, not by users.
	Status             ConditionStatus `json:"status,omitempty" protobuf:"bytes,2"`
	LastTransitionTime meta.Time       `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	Reason             string          `json:"reason,omitempty" protobuf:"bytes,4"`
	Message            string          `json:"message,omitempty" protobuf:"bytes,5"`
}

type PriorityLevelConfigurationConditionType string

// PriorityLevelConfigurationList is a list of PriorityLevelConfigurations.
type PriorityLevelConfigurationList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []PriorityLevelConfiguration `json:"items" protobuf:"bytes,2" required:"true"`
}

type PriorityLevelConfigurationReference struct {
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
}

type PriorityLevelConfigurationSpec struct {
	Type    PriorityLevelEnablement            `json:"type" protobuf:"bytes,1" required:"true"`
	Limited *LimitedPriorityLevelConfiguration `json:"limited,omitempty" protobuf:"bytes,2"`
	Exempt  *ExemptPriorityLevelConfiguration  `json:"exempt,omitempty" protobuf:"bytes,3"`
}

type PriorityLevelConfigurationStatus struct {
	// Observations about the object, one for each type.
	Conditions []PriorityLevelConfigurationCondition `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

type PriorityLevelEnablement string

type QueuingConfiguration struct {
	Queues           int32 `json:"queues" protobuf:"varint,1"`
	HandSize         int32 `json:"handSize" protobuf:"varint,2"`
	QueueLengthLimit int32 `json:"queueLengthLimit" protobuf:"varint,3"`
}

type ResourcePolicyRule struct {
	Verbs        []string `json:"verbs" protobuf:"bytes,1" required:"true" listType:"set"`
	APIGroups    []string `json:"apiGroups" protobuf:"bytes,2" required:"true" listType:"set"`
	Resources    []string `json:"resources" protobuf:"bytes,3" required:"true" listType:"set"`
	ClusterScope bool     `json:"clusterScope,omitempty" protobuf:"varint,4"`
	Namespaces   []string `json:"namespaces" protobuf:"bytes,5" listType:"set"`
}

type ServiceAccountSubject struct {
	Namespace string `json:"namespace" protobuf:"bytes,1" required:"true"`
	Name      string `json:"name" protobuf:"bytes,2" required:"true"`
}

type Subject struct {
	Kind           SubjectKind            `json:"kind" protobuf:"bytes,1" required:"true"`
	User           *UserSubject           `json:"user,omitempty" protobuf:"bytes,2"`
	Group          *GroupSubject          `json:"group,omitempty" protobuf:"bytes,3"`
	ServiceAccount *ServiceAccountSubject `json:"serviceAccount,omitempty" protobuf:"bytes,4"`
}

type SubjectKind string

type UserSubject struct {
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
}

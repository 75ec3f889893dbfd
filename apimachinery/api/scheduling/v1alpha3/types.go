// Package schedulingv1alpha3 holds the parts of scheduling.k8s.io/v1alpha3
// that stable types refer to. The group version itself is not served.
package schedulingv1alpha3

// WorkloadPodGroupSchedulingPolicy says how a group of Pods is scheduled:
// exactly one member is set.
type WorkloadPodGroupSchedulingPolicy struct {
	// Basic schedules every Pod on its own.
	Basic *WorkloadPodGroupBasicSchedulingPolicy `json:"basic,omitempty" protobuf:"bytes,1"`
	// Gang schedules Pods only when enough of them fit at once.
	Gang *WorkloadPodGroupGangSchedulingPolicy `json:"gang,omitempty" protobuf:"bytes,2"`
}

// WorkloadPodGroupBasicSchedulingPolicy has no settings.
type WorkloadPodGroupBasicSchedulingPolicy struct{}

// WorkloadPodGroupGangSchedulingPolicy is all-or-nothing scheduling.
type WorkloadPodGroupGangSchedulingPolicy struct {
	// MinCount is how many Pods must fit at once.
	MinCount int32 `json:"minCount" protobuf:"varint,1"`
}

// WorkloadPodGroupSchedulingConstraints keeps the Pods of a group together.
type WorkloadPodGroupSchedulingConstraints struct {
	// Topology lists the domains that all Pods of the group must share.
	Topology []WorkloadPodGroupTopologyConstraint `json:"topology,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

// WorkloadPodGroupTopologyConstraint names one topology domain.
type WorkloadPodGroupTopologyConstraint struct {
	// Key is the Node label whose value names the domain.
	Key string `json:"key" protobuf:"bytes,1"`
}

// WorkloadPodGroupDisruptionMode says whether Pods of a group are disrupted
// one by one or together: exactly one member is set.
type WorkloadPodGroupDisruptionMode struct {
	// Single disrupts Pods one by one.
	Single *WorkloadPodGroupSingleDisruptionMode `json:"single,omitempty" protobuf:"bytes,1"`
	// All disrupts the whole group at once.
	All *WorkloadPodGroupAllDisruptionMode `json:"all,omitempty" protobuf:"bytes,2"`
}

// WorkloadPodGroupSingleDisruptionMode has no settings.
type WorkloadPodGroupSingleDisruptionMode struct{}

// WorkloadPodGroupAllDisruptionMode has no settings.
type WorkloadPodGroupAllDisruptionMode struct{}

// WorkloadPodGroupResourceClaim names a claim that the Pods of a group share.
type WorkloadPodGroupResourceClaim struct {
	// Name tells the entry apart in its list.
	Name string `json:"name" protobuf:"bytes,1"`
	// ResourceClaimName is an existing claim in the same namespace.
	ResourceClaimName *string `json:"resourceClaimName,omitempty" protobuf:"bytes,2"`
	// ResourceClaimTemplateName is the template to make the claim from.
	ResourceClaimTemplateName *string `json:"resourceClaimTemplateName,omitempty" protobuf:"bytes,3"`
}

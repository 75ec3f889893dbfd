package policyv1

import "github.com/kubenucleus/nucleus/apimachinery/meta"

// Whether a Pod that runs but is not ready may be evicted.
const (
	IfHealthyBudget UnhealthyPodEvictionPolicyType = "IfHealthyBudget" // only while enough others are ready; the default
	AlwaysAllow     UnhealthyPodEvictionPolicyType = "AlwaysAllow"     // always
)

// DisruptionBudgetCause is the cause that an eviction is refused with.
const DisruptionBudgetCause meta.CauseType = "DisruptionBudget"

// The condition of a PodDisruptionBudget, and its reasons.
const (
	DisruptionAllowedCondition = "DisruptionAllowed"
	SyncFailedReason           = "SyncFailed"
	SufficientPodsReason       = "SufficientPods"
	InsufficientPodsReason     = "InsufficientPods"
)

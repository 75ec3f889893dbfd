package disruption

import (
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	policyv1 "github.com/kubenucleus/nucleus/apimachinery/api/policy/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// DeletionTimeout is how long a Pod that was granted an eviction, or told that
// it will be disrupted, is counted as going. After that it has stayed.
const DeletionTimeout = 2 * time.Minute

// View is what [Decide] looks at.
type View struct {
	Budget *policyv1.PodDisruptionBudget
	Pods   []*corev1.Pod // those that the budget selects
	// Scale returns how many Pods the owner of a Pod asks for. It is called at
	// most once for each owner, and not at all for budgets that do not need it.
	Scale func(pod *corev1.Pod, owner *meta.OwnerReference) (Scale, error)
	Now   time.Time
}

// Scale is how many Pods an object asks for. It may be another one than that
// which controls the Pods: a Deployment stands above several ReplicaSets, and
// counts once.
type Scale struct {
	UID      meta.UID
	Replicas int32
}

// Plan is what [Decide] says.
type Plan struct {
	Status policyv1.PodDisruptionBudgetStatus
	// Unmanaged are Pods that should be counted, and that nobody asks for.
	Unmanaged []string
	// Stayed are Pods that were to be evicted and were not.
	Stayed []*corev1.Pod
	// After is when the status changes even if nothing else does; zero is never.
	After time.Duration
}

// Decide says what the status of a budget should be. The error is why it cannot
// be known.
func Decide(v View) (Plan, error) {
	var plan Plan
	expected, desired, err := plan.expect(&v)
	if err != nil {
		return Plan{}, err
	}
	disrupted := plan.confirm(&v)
	healthy := int32(0)
	for _, pod := range v.Pods {
		if _, going := disrupted[pod.Name]; !going && pod.DeletionTimestamp == nil && workload.Ready(pod) {
			healthy++
		}
	}
	allowed := max(healthy-desired, 0)
	if expected <= 0 {
		// The first Pods may come before this controller looks again.
		allowed = 0
	}
	plan.Status = policyv1.PodDisruptionBudgetStatus{
		ObservedGeneration: v.Budget.Generation, DisruptedPods: disrupted, DisruptionsAllowed: allowed,
		CurrentHealthy: healthy, DesiredHealthy: desired, ExpectedPods: expected,
		Conditions: append([]meta.Condition(nil), v.Budget.Status.Conditions...),
	}
	condition := meta.Condition{
		Type: policyv1.DisruptionAllowedCondition, Status: meta.ConditionFalse, Reason: policyv1.InsufficientPodsReason,
		ObservedGeneration: v.Budget.Generation, LastTransitionTime: meta.Time{Time: v.Now},
	}
	if allowed > 0 {
		condition.Status, condition.Reason = meta.ConditionTrue, policyv1.SufficientPodsReason
	}
	meta.SetCondition(&plan.Status.Conditions, condition)
	return plan, nil
}

// expect returns how many Pods there should be and how many must be ready.
func (p *Plan) expect(v *View) (expected, desired int32, err error) {
	spec := &v.Budget.Spec
	switch {
	case spec.MaxUnavailable != nil:
		if expected, err = p.asked(v); err != nil {
			return 0, 0, err
		}
		missing, err := spec.MaxUnavailable.Scaled(int(expected), true)
		return expected, max(expected-int32(missing), 0), err
	case spec.MinAvailable == nil:
		return 0, 0, nil
	case spec.MinAvailable.Type == intstr.Int:
		return int32(len(v.Pods)), spec.MinAvailable.IntVal, nil
	}
	if expected, err = p.asked(v); err != nil {
		return 0, 0, err
	}
	least, err := spec.MinAvailable.Scaled(int(expected), true)
	return expected, int32(least), err
}

// asked returns how many Pods the owners of the selected ones ask for.
func (p *Plan) asked(v *View) (int32, error) {
	owners := map[meta.UID]bool{}
	asked := map[meta.UID]int32{}
	for _, pod := range v.Pods {
		owner := meta.ControllerOf(pod)
		switch {
		case owner == nil:
			p.Unmanaged = append(p.Unmanaged, pod.Name)
			continue
		case owners[owner.UID]:
			continue
		}
		owners[owner.UID] = true
		scale, err := v.Scale(pod, owner)
		if err != nil {
			return 0, err
		}
		asked[scale.UID] = scale.Replicas
	}
	total := int32(0)
	for _, n := range asked {
		total += n
	}
	return total, nil
}

// confirm returns those evictions that were granted and are still to be seen.
func (p *Plan) confirm(v *View) map[string]meta.Time {
	var open map[string]meta.Time
	for _, pod := range v.Pods {
		granted, ok := v.Budget.Status.DisruptedPods[pod.Name]
		if !ok || pod.DeletionTimestamp != nil {
			continue // one that goes is no longer counted anyway
		}
		left := granted.Add(DeletionTimeout).Sub(v.Now)
		if left < 0 {
			p.Stayed = append(p.Stayed, pod)
			continue
		}
		if open == nil {
			open = map[string]meta.Time{}
		}
		open[pod.Name] = granted
		// A moment later, when the time is over.
		p.After = workload.Sooner(p.After, left+time.Millisecond)
	}
	return open
}

// FailSafe returns the status of a budget of which the right one cannot be
// known: it grants nothing.
func FailSafe(b *policyv1.PodDisruptionBudget, why error, now time.Time) policyv1.PodDisruptionBudgetStatus {
	status := codec.DeepCopy(&b.Status)
	status.DisruptionsAllowed = 0
	meta.SetCondition(&status.Conditions, meta.Condition{
		Type: policyv1.DisruptionAllowedCondition, Status: meta.ConditionFalse, Reason: policyv1.SyncFailedReason, Message: why.Error(),
		ObservedGeneration: status.ObservedGeneration, LastTransitionTime: meta.Time{Time: now},
	})
	return *status
}

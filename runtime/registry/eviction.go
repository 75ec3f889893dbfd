package registry

import (
	"context"
	"fmt"
	"net/http"

	"github.com/kubenucleus/nucleus/admission"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	policyv1 "github.com/kubenucleus/nucleus/apimachinery/api/policy/v1"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// maxUnconfirmed bounds the evictions that a budget has granted and not yet
// seen happen.
const maxUnconfirmed = 2000

// evict deletes a Pod if its disruption budget grants that.
func (r *Registry) evict(ctx context.Context, q *Request, obj meta.Object, opts meta.CreateOptions) (scheme.Typed, error) {
	eviction, ok := obj.(*policyv1.Eviction)
	if !ok {
		return nil, meta.BadRequest("the body is no Eviction")
	}
	if eviction.Name != q.Name {
		return nil, meta.BadRequest("name in URL does not match name in Eviction object")
	}
	if err := placeInNamespace(q.Namespace, &eviction.ObjectMeta); err != nil {
		return nil, err
	}
	pods := r.collectionNamed("", "pods")
	if pods == nil {
		return nil, meta.NoSuchResource()
	}
	deletion := meta.DeleteOptions{}
	if eviction.DeleteOptions != nil {
		deletion = *eviction.DeleteOptions
	}
	if errs := CheckDryRun(deletion.DryRun); len(errs) > 0 {
		return nil, CheckDelete(&deletion)
	}
	dryRun := isDryRun(opts.DryRun) || isDryRun(deletion.DryRun)
	if dryRun {
		deletion.DryRun = []string{meta.DryRunAll}
	}
	adm := r.admissionRequest(q, pods, admission.Create, &opts, dryRun)
	adm.Kind = meta.GroupVersionKind{Group: "policy", Version: "v1", Kind: "Eviction"}
	adm.Name, adm.Object = eviction.Name, eviction
	if err := r.admit(ctx, adm); err != nil {
		return nil, err
	}
	if err := r.admitFinally(ctx, adm); err != nil {
		return nil, err
	}
	inner, err := r.podRequest(q, pods, q.Name)
	if err != nil {
		return nil, err
	}
	live, _, err := pods.live(ctx, pods.key(q.Namespace, q.Name))
	if err != nil {
		return nil, err
	}
	if live == nil {
		return nil, meta.NotFound(q.groupResource(), q.Name)
	}
	pod, ok := live.(*corev1.Pod)
	if !ok {
		return nil, meta.NoSuchResource()
	}
	if err := pods.checkPreconditions(deletion.Preconditions, pod); err != nil {
		return nil, err
	}
	if !isBeyondBudgets(pod) {
		refused, err := r.spendBudget(ctx, inner, pod, dryRun)
		if refused != nil || err != nil {
			return refused, err
		}
	}
	if err := r.deleteEvicted(ctx, inner, pods, pod, deletion, dryRun); err != nil {
		return nil, err
	}
	return success(http.StatusCreated), nil
}

// isBeyondBudgets says that a Pod serves nobody, so that no budget protects it.
func isBeyondBudgets(pod *corev1.Pod) bool {
	switch pod.Status.Phase {
	case corev1.PodSucceeded, corev1.PodFailed, corev1.PodPending:
		return true
	}
	return pod.DeletionTimestamp != nil
}

// spendBudget takes one disruption off the budget that covers the Pod. It
// returns a Status if the eviction cannot be decided.
func (r *Registry) spendBudget(ctx context.Context, q *Request, pod *corev1.Pod, dryRun bool) (scheme.Typed, error) {
	budgets := r.collectionNamed("policy", "poddisruptionbudgets")
	if budgets == nil {
		return nil, nil
	}
	found, err := budgetsOf(ctx, budgets, pod)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	if len(found) > 1 {
		return &meta.Status{
			TypeMeta: meta.TypeMeta{Kind: "Status", APIVersion: "v1"},
			Status:   meta.StatusFailure, Code: http.StatusInternalServerError,
			Message: "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
		}, nil
	}
	if isUnhealthyAndFree(pod, found[0]) {
		return nil, nil
	}
	inner := *q
	// It is the server that writes the status, whoever asked for the eviction.
	inner.Resource, inner.Subresource, inner.Name = budgets.hub, "status", found[0].Name
	_, _, err = r.change(ctx, &inner, budgets, mutation{
		face: rawFace(budgets), manager: "kube-apiserver", dryRun: dryRun, unadmitted: true,
		next: func(see func() (meta.Object, error)) (meta.Object, error) {
			live, err := see()
			if err != nil {
				return nil, err
			}
			budget := live.(*policyv1.PodDisruptionBudget)
			if err := grant(budget, pod.Name, r.now()); err != nil {
				return nil, err
			}
			return budget, nil
		},
	})
	return nil, err
}

// budgetsOf finds the budgets that select the Pod.
func budgetsOf(ctx context.Context, c *collection, pod *corev1.Pod) ([]*policyv1.PodDisruptionBudget, error) {
	snapshot, err := c.cache.Snapshot(ctx, cache.Latest())
	if err != nil {
		return nil, readError(err)
	}
	var found []*policyv1.PodDisruptionBudget
	for o := range snapshot.Ascend(c.keyPrefix(pod.Namespace), "") {
		obj, err := o.Typed()
		if err != nil {
			return nil, readError(err)
		}
		budget, ok := obj.(*policyv1.PodDisruptionBudget)
		if !ok || budget.Spec.Selector == nil {
			continue
		}
		selector, err := labels.FromLabelSelector(budget.Spec.Selector)
		if err == nil && selector.Matches(pod.Labels) {
			found = append(found, budget)
		}
	}
	return found, nil
}

// isUnhealthyAndFree says whether a Pod that is not ready may go without
// counting against the budget.
func isUnhealthyAndFree(pod *corev1.Pod, budget *policyv1.PodDisruptionBudget) bool {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue {
			return false
		}
	}
	if policy := budget.Spec.UnhealthyPodEvictionPolicy; policy != nil && *policy == policyv1.AlwaysAllow {
		return true
	}
	s := &budget.Status
	return s.CurrentHealthy >= s.DesiredHealthy && s.DesiredHealthy > 0
}

// grant notes in the budget that the Pod is evicted, or says why it may not be.
func grant(budget *policyv1.PodDisruptionBudget, pod string, now meta.Time) error {
	resource := meta.GroupResource{Group: "policy", Resource: "poddisruptionbudgets"}
	s := &budget.Status
	switch {
	case s.ObservedGeneration < budget.Generation:
		return violated(10, fmt.Sprintf("The disruption budget %s is still being processed by the server.", budget.Name))
	case s.DisruptionsAllowed < 0:
		return meta.Forbidden(resource, budget.Name, fmt.Errorf("pdb disruptions allowed is negative"))
	case len(s.DisruptedPods) > maxUnconfirmed:
		return meta.Forbidden(resource, budget.Name, fmt.Errorf("DisruptedPods map too big - too many evictions not confirmed by PDB controller"))
	case s.DisruptionsAllowed == 0:
		return violated(0, whyNone(budget))
	}
	s.DisruptionsAllowed--
	if s.DisruptionsAllowed == 0 {
		meta.SetCondition(&s.Conditions, meta.Condition{
			Type: policyv1.DisruptionAllowedCondition, Status: meta.ConditionFalse, Reason: policyv1.InsufficientPodsReason,
			ObservedGeneration: s.ObservedGeneration, LastTransitionTime: now,
		})
	}
	if s.DisruptedPods == nil {
		s.DisruptedPods = map[string]meta.Time{}
	}
	s.DisruptedPods[pod] = now
	return nil
}

// whyNone says why a budget allows no disruption at all.
func whyNone(budget *policyv1.PodDisruptionBudget) string {
	s := &budget.Status
	for _, c := range s.Conditions {
		if c.Type == policyv1.DisruptionAllowedCondition && c.Status == meta.ConditionFalse && c.Reason == policyv1.SyncFailedReason {
			return fmt.Sprintf("The disruption budget %s does not allow evicting pods currently because it failed sync: %s", budget.Name, c.Message)
		}
	}
	if s.CurrentHealthy <= s.DesiredHealthy {
		return fmt.Sprintf("The disruption budget %s needs %d healthy pods and has %d currently", budget.Name, s.DesiredHealthy, s.CurrentHealthy)
	}
	return fmt.Sprintf("The disruption budget %s does not allow evicting pods currently", budget.Name)
}

func violated(retryAfter int, cause string) error {
	err := meta.TooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", retryAfter)
	status := err.Status
	details := *status.Details
	details.Causes = []meta.StatusCause{{Type: policyv1.DisruptionBudgetCause, Message: cause}}
	status.Details = &details
	return &meta.StatusError{Status: status}
}

// deleteEvicted writes down why the Pod goes, then deletes it.
func (r *Registry) deleteEvicted(ctx context.Context, q *Request, c *collection, pod *corev1.Pod, opts meta.DeleteOptions, dryRun bool) error {
	if !dryRun {
		_, _, err := r.change(ctx, q, c, mutation{
			face: rawFace(c), uid: pod.UID, tracked: true, unadmitted: true,
			next: func(see func() (meta.Object, error)) (meta.Object, error) {
				live, err := see()
				if err != nil {
					return nil, err
				}
				p := live.(*corev1.Pod)
				setPodCondition(p, corev1.PodCondition{
					Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue,
					Reason: "EvictionByEvictionAPI", Message: "Eviction API: evicting",
				}, r.now())
				return p, nil
			},
		})
		if err != nil {
			return err
		}
	}
	if opts.Preconditions == nil {
		uid := pod.UID
		opts.Preconditions = &meta.Preconditions{UID: &uid}
	}
	if err := CheckDelete(&opts); err != nil { // after the Pod was told why it goes, as in Kubernetes
		return err
	}
	_, err := r.remove(ctx, q, c, opts)
	return err
}

package namespace

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Remaining is what is left of one resource in a namespace.
type Remaining struct {
	Resource   meta.GroupResource
	Count      int
	Finalizers map[string]int // how many objects wait for each
}

// Pass is what one pass over a namespace's content came to.
type Pass struct {
	Discovery error       // why not all resources are known
	Failed    []error     // why something could not be deleted
	Left      []Remaining // what is still there
}

// Empty reports whether the pass has shown that nothing is left.
func (p *Pass) Empty() bool { return p.Discovery == nil && len(p.Failed) == 0 && len(p.Left) == 0 }

// Conditions returns what a Namespace says about the pass, in the words that
// Kubernetes uses.
func (p *Pass) Conditions() []corev1.NamespaceCondition {
	all := []corev1.NamespaceCondition{
		{Type: corev1.NamespaceDeletionDiscoveryFailure, Reason: "ResourcesDiscovered", Message: "All resources successfully discovered"},
		{Type: corev1.NamespaceDeletionGVParsingFailure, Reason: "ParsedGroupVersions", Message: "All legacy kube types successfully parsed"},
		{Type: corev1.NamespaceDeletionContentFailure, Reason: "ContentDeleted", Message: "All content successfully deleted, may be waiting on finalization"},
		{Type: corev1.NamespaceContentRemaining, Reason: "ContentRemoved", Message: "All content successfully removed"},
		{Type: corev1.NamespaceFinalizersRemaining, Reason: "ContentHasNoFinalizers", Message: "All content-preserving finalizers finished"},
	}
	for i := range all {
		all[i].Status = corev1.ConditionFalse
	}
	say := func(i int, reason, format string, args ...any) {
		all[i].Status, all[i].Reason, all[i].Message = corev1.ConditionTrue, reason, fmt.Sprintf(format, args...)
	}
	if p.Discovery != nil {
		say(0, "DiscoveryFailed", "Discovery failed for some groups, %d failing: %v", countErrors(p.Discovery), p.Discovery)
	}
	if len(p.Failed) > 0 {
		say(2, "ContentDeletionFailed", "Failed to delete all resource types, %d remaining: %s", len(p.Failed), texts(p.Failed))
	}
	var remaining []string
	finalizers := map[string]int{}
	for _, r := range p.Left {
		remaining = append(remaining, fmt.Sprintf("%s.%s has %d resource instances", r.Resource.Resource, r.Resource.Group, r.Count))
		for f, n := range r.Finalizers {
			finalizers[f] += n
		}
	}
	if len(remaining) > 0 {
		slices.Sort(remaining) // else each pass would word it differently
		say(3, "SomeResourcesRemain", "Some resources are remaining: %s", strings.Join(remaining, ", "))
	}
	if len(finalizers) > 0 {
		var waiting []string
		for _, f := range slices.Sorted(maps.Keys(finalizers)) {
			waiting = append(waiting, fmt.Sprintf("%s in %d resource instances", f, finalizers[f]))
		}
		say(4, "SomeFinalizersRemain", "Some content in the namespace has finalizers remaining: %s", strings.Join(waiting, ", "))
	}
	return all
}

// setConditions puts conditions into a status and reports whether that changed
// it. The time of a transition moves only with the status.
func setConditions(status *corev1.NamespaceStatus, conditions []corev1.NamespaceCondition, now meta.Time) (changed bool) {
	for _, c := range conditions {
		i := slices.IndexFunc(status.Conditions, func(have corev1.NamespaceCondition) bool { return have.Type == c.Type })
		if i < 0 {
			c.LastTransitionTime = now
			status.Conditions = append(status.Conditions, c)
			changed = true
			continue
		}
		have := &status.Conditions[i]
		c.LastTransitionTime = have.LastTransitionTime
		if have.Status != c.Status {
			c.LastTransitionTime = now
		}
		changed = changed || have.Status != c.Status || have.Reason != c.Reason || have.Message != c.Message
		*have = c
	}
	return changed
}

func countErrors(err error) int {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		return len(joined.Unwrap())
	}
	return 1
}

func texts(errs []error) string {
	var all []string
	for _, err := range errs {
		all = append(all, err.Error())
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

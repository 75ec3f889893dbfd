package apply

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/structured-merge-diff/v6/merge"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// conflictError words conflicts as Kubernetes does.
func conflictError(conflicts merge.Conflicts, a *account) *meta.StatusError {
	// Of one owner they come in the order of sets: what is in a field itself before
	// what is in its fields.
	slices.SortStableFunc(conflicts, func(x, y merge.Conflict) int {
		return strings.Compare(describe(x.Manager, a), describe(y.Manager, a))
	})
	var causes []meta.StatusCause
	var managers []string
	paths := map[string][]string{}
	for _, c := range conflicts {
		who := describe(c.Manager, a)
		causes = append(causes, meta.StatusCause{Type: meta.CauseTypeFieldManagerConflict, Message: "conflict with " + who, Field: c.Path.String()})
		if paths[who] == nil {
			managers = append(managers, who)
		}
		paths[who] = append(paths[who], c.Path.String())
	}
	if len(conflicts) == 1 {
		return meta.ApplyConflict(causes, fmt.Sprintf("Apply failed with 1 conflict: conflict with %s: %s", managers[0], causes[0].Field))
	}
	var messages []string
	for _, who := range managers {
		messages = append(messages, "conflicts with "+who+":\n- "+strings.Join(paths[who], "\n- "))
	}
	return meta.ApplyConflict(causes, fmt.Sprintf("Apply failed with %d conflicts: %s", len(conflicts), strings.Join(messages, "\n")))
}

// describe names an owner in a conflict.
func describe(key string, a *account) string {
	o := ownerOf(key)
	text := fmt.Sprintf("%q", o.manager)
	if o.subresource != "" {
		text += fmt.Sprintf(" with subresource %q", o.subresource)
	}
	if o.operation == meta.ManagedFieldsOperationUpdate {
		if o.version != "" {
			text += " using " + o.version
		}
	}
	return text
}

package appsv1_test

import (
	"slices"
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// No selector selects nothing, not even the template; an empty one is refused
// as such and not blamed for what it selects.
func TestMissingAndEmptySelectors(t *testing.T) {
	const mismatch = "spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`"
	about := meta.ObjectMeta{Name: "a", Namespace: "n"}
	for kind, check := range map[string]func(*meta.LabelSelector) validate.Errors{
		"Deployment": func(s *meta.LabelSelector) validate.Errors {
			return appsv1.ValidateDeployment(&appsv1.Deployment{ObjectMeta: about, Spec: appsv1.DeploymentSpec{Selector: s}})
		},
		"ReplicaSet": func(s *meta.LabelSelector) validate.Errors {
			return appsv1.ValidateReplicaSet(&appsv1.ReplicaSet{ObjectMeta: about, Spec: appsv1.ReplicaSetSpec{Selector: s}})
		},
		"StatefulSet": func(s *meta.LabelSelector) validate.Errors {
			return appsv1.ValidateStatefulSet(&appsv1.StatefulSet{ObjectMeta: about, Spec: appsv1.StatefulSetSpec{Selector: s}})
		},
	} {
		var missing, empty []string
		for _, e := range check(nil) {
			missing = append(missing, e.Error())
		}
		for _, e := range check(&meta.LabelSelector{}) {
			empty = append(empty, e.Error())
		}
		if !slices.Contains(missing, "spec.selector: Required value") || !slices.Contains(missing, mismatch) {
			t.Errorf("%s without a selector: %v", kind, missing)
		}
		if slices.Contains(empty, mismatch) {
			t.Errorf("%s with an empty selector: %v", kind, empty)
		}
	}
}

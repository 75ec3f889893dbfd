package policyv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of policy/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			poddisruptionbudgets(),
		},
	}
}

func poddisruptionbudgets() *scheme.Resource {
	return scheme.Define[PodDisruptionBudget, PodDisruptionBudgetList](scheme.Spec[PodDisruptionBudget]{
		Name:       "poddisruptionbudgets",
		ShortNames: []string{"pdb"},
		Namespaced: true,
		Status:     &scheme.Status[PodDisruptionBudget]{},
	})
}

package api

import (
	"slices"

	coordinationv1 "github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	eventsv1 "github.com/kubenucleus/nucleus/apimachinery/api/events/v1"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Basic declares what a control plane without Pods is still expected to have:
// namespaces, ConfigMaps and Secrets, ServiceAccounts, events, and leases for
// leader election.
func Basic() []scheme.Group {
	core := corev1.Version()
	core.Resources = slices.DeleteFunc(core.Resources, func(r *scheme.Resource) bool {
		return !slices.Contains([]string{"configmaps", "events", "namespaces", "secrets", "serviceaccounts"}, r.Name)
	})
	return []scheme.Group{
		{Name: "", Versions: []scheme.Version{core}},
		{Name: "events.k8s.io", Versions: []scheme.Version{eventsv1.Version()}},
		{Name: "coordination.k8s.io", Versions: []scheme.Version{coordinationv1.Version()}},
	}
}

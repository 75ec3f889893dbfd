package appsv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of apps/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			controllerrevisions(),
			daemonsets(),
			deployments(),
			replicasets(),
			statefulsets(),
		},
	}
}

func controllerrevisions() *scheme.Resource {
	return scheme.Define[ControllerRevision, ControllerRevisionList](scheme.Spec[ControllerRevision]{
		Name:       "controllerrevisions",
		Namespaced: true,
	})
}

func daemonsets() *scheme.Resource {
	return scheme.Define[DaemonSet, DaemonSetList](scheme.Spec[DaemonSet]{
		Name:       "daemonsets",
		ShortNames: []string{"ds"},
		Categories: []string{"all"},
		Namespaced: true,
		Status:     &scheme.Status[DaemonSet]{},
	})
}

func deployments() *scheme.Resource {
	return scheme.Define[Deployment, DeploymentList](scheme.Spec[Deployment]{
		Name:       "deployments",
		ShortNames: []string{"deploy"},
		Categories: []string{"all"},
		Namespaced: true,
		Status:     &scheme.Status[Deployment]{},
		Subresources: []scheme.Subresource{
			{Name: "scale", Kind: meta.GroupVersionKind{Group: "autoscaling", Version: "v1", Kind: "Scale"}, Verbs: []string{"get", "patch", "update"}},
		},
	})
}

func replicasets() *scheme.Resource {
	return scheme.Define[ReplicaSet, ReplicaSetList](scheme.Spec[ReplicaSet]{
		Name:       "replicasets",
		ShortNames: []string{"rs"},
		Categories: []string{"all"},
		Namespaced: true,
		Status:     &scheme.Status[ReplicaSet]{},
		Subresources: []scheme.Subresource{
			{Name: "scale", Kind: meta.GroupVersionKind{Group: "autoscaling", Version: "v1", Kind: "Scale"}, Verbs: []string{"get", "patch", "update"}},
		},
	})
}

func statefulsets() *scheme.Resource {
	return scheme.Define[StatefulSet, StatefulSetList](scheme.Spec[StatefulSet]{
		Name:       "statefulsets",
		ShortNames: []string{"sts"},
		Categories: []string{"all"},
		Namespaced: true,
		Status:     &scheme.Status[StatefulSet]{},
		Subresources: []scheme.Subresource{
			{Name: "scale", Kind: meta.GroupVersionKind{Group: "autoscaling", Version: "v1", Kind: "Scale"}, Verbs: []string{"get", "patch", "update"}},
		},
	})
}

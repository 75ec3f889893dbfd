package rbacv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of rbac.authorization.k8s.io/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			clusterrolebindings(),
			clusterroles(),
			rolebindings(),
			roles(),
		},
	}
}

func clusterrolebindings() *scheme.Resource {
	return scheme.Define[ClusterRoleBinding, ClusterRoleBindingList](scheme.Spec[ClusterRoleBinding]{
		Name: "clusterrolebindings",
	})
}

func clusterroles() *scheme.Resource {
	return scheme.Define[ClusterRole, ClusterRoleList](scheme.Spec[ClusterRole]{
		Name: "clusterroles",
	})
}

func rolebindings() *scheme.Resource {
	return scheme.Define[RoleBinding, RoleBindingList](scheme.Spec[RoleBinding]{
		Name:       "rolebindings",
		Namespaced: true,
	})
}

func roles() *scheme.Resource {
	return scheme.Define[Role, RoleList](scheme.Spec[Role]{
		Name:       "roles",
		Namespaced: true,
	})
}

package corev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of v1.
func Version() scheme.Version {
	return scheme.Version{
		Name: "v1",
		Resources: []*scheme.Resource{
			bindings(),
			componentstatuses(),
			configmaps(),
			endpoints(),
			events(),
			limitranges(),
			namespaces(),
			nodes(),
			persistentvolumeclaims(),
			persistentvolumes(),
			pods(),
			podtemplates(),
			replicationcontrollers(),
			resourcequotas(),
			secrets(),
			serviceaccounts(),
			services(),
		},
	}
}

func bindings() *scheme.Resource {
	return scheme.Define[Binding, meta.UnstructuredList](scheme.Spec[Binding]{
		Name:       "bindings",
		Namespaced: true,
		Verbs:      []string{"create"},
		Virtual:    true,
	})
}

func componentstatuses() *scheme.Resource {
	return scheme.Define[ComponentStatus, ComponentStatusList](scheme.Spec[ComponentStatus]{
		Name:       "componentstatuses",
		ShortNames: []string{"cs"},
		Verbs:      []string{"get", "list"},
		Virtual:    true,
	})
}

func configmaps() *scheme.Resource {
	return scheme.Define[ConfigMap, ConfigMapList](scheme.Spec[ConfigMap]{
		Name:       "configmaps",
		ShortNames: []string{"cm"},
		Namespaced: true,
	})
}

func endpoints() *scheme.Resource {
	return scheme.Define[Endpoints, EndpointsList](scheme.Spec[Endpoints]{
		Name:          "endpoints",
		ShortNames:    []string{"ep"},
		Namespaced:    true,
		StoragePrefix: "services/endpoints",
	})
}

func events() *scheme.Resource {
	return scheme.Define[Event, EventList](scheme.Spec[Event]{
		Name:       "events",
		ShortNames: []string{"ev"},
		Namespaced: true,
	})
}

func limitranges() *scheme.Resource {
	return scheme.Define[LimitRange, LimitRangeList](scheme.Spec[LimitRange]{
		Name:       "limitranges",
		ShortNames: []string{"limits"},
		Namespaced: true,
	})
}

func namespaces() *scheme.Resource {
	return scheme.Define[Namespace, NamespaceList](scheme.Spec[Namespace]{
		Name:       "namespaces",
		ShortNames: []string{"ns"},
		Verbs:      []string{"create", "delete", "get", "list", "patch", "update", "watch"},
		Status:     &scheme.Status[Namespace]{},
		Subresources: []scheme.Subresource{
			{Name: "finalize", Kind: meta.GroupVersionKind{Kind: "Namespace"}, Verbs: []string{"update"}},
		},
	})
}

func nodes() *scheme.Resource {
	return scheme.Define[Node, NodeList](scheme.Spec[Node]{
		Name:          "nodes",
		ShortNames:    []string{"no"},
		StoragePrefix: "minions",
		Status:        &scheme.Status[Node]{},
		Subresources: []scheme.Subresource{
			{Name: "proxy", Kind: meta.GroupVersionKind{Kind: "NodeProxyOptions"}, Verbs: []string{"create", "delete", "get", "patch", "update"}},
		},
	})
}

func persistentvolumes() *scheme.Resource {
	return scheme.Define[PersistentVolume, PersistentVolumeList](scheme.Spec[PersistentVolume]{
		Name:       "persistentvolumes",
		ShortNames: []string{"pv"},
		Status:     &scheme.Status[PersistentVolume]{},
	})
}

func podtemplates() *scheme.Resource {
	return scheme.Define[PodTemplate, PodTemplateList](scheme.Spec[PodTemplate]{
		Name:       "podtemplates",
		Namespaced: true,
		Options:    scheme.Options{DeleteAnswersObject: true},
	})
}

func replicationcontrollers() *scheme.Resource {
	return scheme.Define[ReplicationController, ReplicationControllerList](scheme.Spec[ReplicationController]{
		Name:          "replicationcontrollers",
		ShortNames:    []string{"rc"},
		Categories:    []string{"all"},
		Namespaced:    true,
		StoragePrefix: "controllers",
		Status:        &scheme.Status[ReplicationController]{},
		Subresources: []scheme.Subresource{
			{Name: "scale", Kind: meta.GroupVersionKind{Group: "autoscaling", Version: "v1", Kind: "Scale"}, Verbs: []string{"get", "patch", "update"}},
		},
	})
}

func resourcequotas() *scheme.Resource {
	return scheme.Define[ResourceQuota, ResourceQuotaList](scheme.Spec[ResourceQuota]{
		Name:       "resourcequotas",
		ShortNames: []string{"quota"},
		Namespaced: true,
		Status:     &scheme.Status[ResourceQuota]{},
		Options:    scheme.Options{DeleteAnswersObject: true},
	})
}

func secrets() *scheme.Resource {
	return scheme.Define[Secret, SecretList](scheme.Spec[Secret]{
		Name:       "secrets",
		Namespaced: true,
	})
}

func serviceaccounts() *scheme.Resource {
	return scheme.Define[ServiceAccount, ServiceAccountList](scheme.Spec[ServiceAccount]{
		Name:       "serviceaccounts",
		ShortNames: []string{"sa"},
		Namespaced: true,
		Subresources: []scheme.Subresource{
			{Name: "token", Kind: meta.GroupVersionKind{Group: "authentication.k8s.io", Version: "v1", Kind: "TokenRequest"}, Verbs: []string{"create"}},
		},
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

func services() *scheme.Resource {
	return scheme.Define[Service, ServiceList](scheme.Spec[Service]{
		Name:          "services",
		ShortNames:    []string{"svc"},
		Categories:    []string{"all"},
		Namespaced:    true,
		StoragePrefix: "services/specs",
		Status:        &scheme.Status[Service]{},
		Subresources: []scheme.Subresource{
			{Name: "proxy", Kind: meta.GroupVersionKind{Kind: "ServiceProxyOptions"}, Verbs: []string{"create", "delete", "get", "patch", "update"}},
		},
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

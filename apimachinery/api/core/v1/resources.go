package corev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
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
		Kinds: []scheme.Kind{
			scheme.KindOf[List](),
			scheme.KindOf[NodeProxyOptions](),
			scheme.KindOf[PodAttachOptions](),
			scheme.KindOf[PodExecOptions](),
			scheme.KindOf[PodLogOptions](),
			scheme.KindOf[PodPortForwardOptions](),
			scheme.KindOf[PodProxyOptions](),
			scheme.KindOf[SerializedReference](),
			scheme.KindOf[ServiceProxyOptions](),
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
		Columns: []scheme.Column[ComponentStatus]{
			scheme.NameColumn[ComponentStatus](),
			{Name: "Status", Help: "Status of the component conditions", Cell: func(c *ComponentStatus) any { s, _, _ := componentHealth(c); return s }},
			{Name: "Message", Help: "Message of the component conditions", Cell: func(c *ComponentStatus) any { _, m, _ := componentHealth(c); return m }},
			{Name: "Error", Help: "Error of the component conditions", Cell: func(c *ComponentStatus) any { _, _, e := componentHealth(c); return e }},
		},
		Options: scheme.Options{Deprecated: "v1 ComponentStatus is deprecated in v1.19+"},
	})
}

func componentHealth(c *ComponentStatus) (status, message, fault string) {
	for _, cond := range c.Conditions {
		if cond.Type != ComponentHealthy {
			continue
		}
		status = "Unhealthy"
		if cond.Status == ConditionTrue {
			status = "Healthy"
		}
		return status, cond.Message, cond.Error
	}
	return string(ConditionUnknown), "", ""
}

package flowcontrolv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of flowcontrol.apiserver.k8s.io/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			flowschemas(),
			prioritylevelconfigurations(),
		},
	}
}

func flowschemas() *scheme.Resource {
	return scheme.Define[FlowSchema, FlowSchemaList](scheme.Spec[FlowSchema]{
		Name:   "flowschemas",
		Status: &scheme.Status[FlowSchema]{},
	})
}

func prioritylevelconfigurations() *scheme.Resource {
	return scheme.Define[PriorityLevelConfiguration, PriorityLevelConfigurationList](scheme.Spec[PriorityLevelConfiguration]{
		Name:   "prioritylevelconfigurations",
		Status: &scheme.Status[PriorityLevelConfiguration]{},
	})
}

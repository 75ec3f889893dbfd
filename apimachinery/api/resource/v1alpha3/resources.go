package resourcev1alpha3

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of resource.k8s.io/v1alpha3.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1alpha3",
		Source: typesSource,
		Resources: []*scheme.Resource{
			devicetaintrules(),
			resourcepoolstatusrequests(),
		},
	}
}

func devicetaintrules() *scheme.Resource {
	return scheme.Define[DeviceTaintRule, DeviceTaintRuleList](scheme.Spec[DeviceTaintRule]{
		Name:   "devicetaintrules",
		Status: &scheme.Status[DeviceTaintRule]{},
	})
}

func resourcepoolstatusrequests() *scheme.Resource {
	return scheme.Define[ResourcePoolStatusRequest, ResourcePoolStatusRequestList](scheme.Spec[ResourcePoolStatusRequest]{
		Name:   "resourcepoolstatusrequests",
		Status: &scheme.Status[ResourcePoolStatusRequest]{},
	})
}

package resourcev1beta2

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of resource.k8s.io/v1beta2.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1beta2",
		Source: typesSource,
		Resources: []*scheme.Resource{
			deviceclasses(),
			devicetaintrules(),
			resourceclaims(),
			resourceclaimtemplates(),
			resourceslices(),
		},
	}
}

func deviceclasses() *scheme.Resource {
	return scheme.Define[DeviceClass, DeviceClassList](scheme.Spec[DeviceClass]{
		Name:    "deviceclasses",
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

func devicetaintrules() *scheme.Resource {
	return scheme.Define[DeviceTaintRule, DeviceTaintRuleList](scheme.Spec[DeviceTaintRule]{
		Name:   "devicetaintrules",
		Status: &scheme.Status[DeviceTaintRule]{},
	})
}

func resourceclaims() *scheme.Resource {
	return scheme.Define[ResourceClaim, ResourceClaimList](scheme.Spec[ResourceClaim]{
		Name:       "resourceclaims",
		Namespaced: true,
		Status:     &scheme.Status[ResourceClaim]{},
	})
}

func resourceclaimtemplates() *scheme.Resource {
	return scheme.Define[ResourceClaimTemplate, ResourceClaimTemplateList](scheme.Spec[ResourceClaimTemplate]{
		Name:       "resourceclaimtemplates",
		Namespaced: true,
	})
}

func resourceslices() *scheme.Resource {
	return scheme.Define[ResourceSlice, ResourceSliceList](scheme.Spec[ResourceSlice]{
		Name:    "resourceslices",
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

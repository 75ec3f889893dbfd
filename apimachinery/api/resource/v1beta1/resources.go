package resourcev1beta1

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of resource.k8s.io/v1beta1.
func Version() scheme.Version {
	return scheme.Version{
		Name:        "v1beta1",
		Source:      typesSource,
		Conversions: conversions(),
		Resources: []*scheme.Resource{
			deviceclasses(),
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
		Name: "resourceslices",
		Fields: []scheme.SelectableField[ResourceSlice]{
			{Path: "spec.nodeName", Value: func(s *ResourceSlice) string { return s.Spec.NodeName }},
			{Path: "spec.driver", Value: func(s *ResourceSlice) string { return s.Spec.Driver }},
			{Path: "spec.pool.name", Value: func(s *ResourceSlice) string { return s.Spec.Pool.Name }},
		},
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

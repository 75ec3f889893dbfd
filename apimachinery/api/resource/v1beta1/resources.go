package resourcev1beta1

import (
	"regexp"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
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
		Options: scheme.Options{DeleteAnswersObject: true, Deprecated: "resource.k8s.io/v1beta1 DeviceClass is deprecated in v1.35+, unavailable in v1.38+"},
	})
}

func resourceclaims() *scheme.Resource {
	return scheme.Define[ResourceClaim, ResourceClaimList](scheme.Spec[ResourceClaim]{
		Name:          "resourceclaims",
		Namespaced:    true,
		DeclaredField: requestField,
		Status:        &scheme.Status[ResourceClaim]{},
		Columns: []scheme.Column[ResourceClaim]{
			scheme.NameColumn[ResourceClaim](),
			{Name: "State", Help: "A summary of the current state (allocated, pending, reserved, etc.).", Cell: func(c *ResourceClaim) any {
				return cells.ClaimState(c.DeletionTimestamp != nil, c.Status.Allocation != nil, len(c.Status.ReservedFor) > 0)
			}},
			scheme.AgeColumn[ResourceClaim](),
		},
		Options: scheme.Options{DeleteAnswersObject: true, Deprecated: "resource.k8s.io/v1beta1 ResourceClaim is deprecated in v1.35+, unavailable in v1.38+"},
	})
}

func resourceclaimtemplates() *scheme.Resource {
	return scheme.Define[ResourceClaimTemplate, ResourceClaimTemplateList](scheme.Spec[ResourceClaimTemplate]{
		Name:          "resourceclaimtemplates",
		Namespaced:    true,
		DeclaredField: requestField,
		Options:       scheme.Options{DeleteAnswersObject: true, Deprecated: "resource.k8s.io/v1beta1 ResourceClaimTemplate is deprecated in v1.35+, unavailable in v1.38+"},
	})
}

func resourceslices() *scheme.Resource {
	return scheme.Define[ResourceSlice, ResourceSliceList](scheme.Spec[ResourceSlice]{
		Name:          "resourceslices",
		DeclaredField: deviceField,
		Fields: []scheme.SelectableField[ResourceSlice]{
			{Path: "spec.nodeName", Value: func(s *ResourceSlice) string { return s.Spec.NodeName }},
			{Path: "spec.driver", Value: func(s *ResourceSlice) string { return s.Spec.Driver }},
			{Path: "spec.pool.name", Value: func(s *ResourceSlice) string { return s.Spec.Pool.Name }},
		},
		Columns: []scheme.Column[ResourceSlice]{
			scheme.NameColumn[ResourceSlice](),
			{Name: "Node", Help: cells.Help("resourceslices", "Node"), Cell: func(s *ResourceSlice) any { return s.Spec.NodeName }},
			{Name: "Driver", Help: cells.Help("resourceslices", "Driver"), Cell: func(s *ResourceSlice) any { return s.Spec.Driver }},
			{Name: "Pool", Help: cells.Help("resourceslices", "Pool"), Cell: func(s *ResourceSlice) any { return s.Spec.Pool.Name }},
			scheme.AgeColumn[ResourceSlice](),
		},
		Options: scheme.Options{DeleteAnswersObject: true, Deprecated: "resource.k8s.io/v1beta1 ResourceSlice is deprecated in v1.35+, unavailable in v1.38+"},
	})
}

var (
	requestIn = regexp.MustCompile(`(\.requests\[\d+\])\.exactly\b`)
	deviceIn  = regexp.MustCompile(`(\.devices\[\d+\])\.`)
)

// requestField says where this version has a field of a request.
func requestField(field string) string { return requestIn.ReplaceAllString(field, "$1") }

// deviceField says where this version has a field of a device.
func deviceField(field string) string { return deviceIn.ReplaceAllString(field, "$1.basic.") }

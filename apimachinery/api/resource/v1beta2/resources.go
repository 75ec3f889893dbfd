package resourcev1beta2

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
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
		Options: scheme.Options{DeleteAnswersObject: true, Deprecated: "resource.k8s.io/v1beta2 DeviceClass is deprecated in v1.36+, unavailable in v1.39+"},
	})
}

func devicetaintrules() *scheme.Resource {
	return scheme.Define[DeviceTaintRule, DeviceTaintRuleList](scheme.Spec[DeviceTaintRule]{
		Name:   "devicetaintrules",
		Status: &scheme.Status[DeviceTaintRule]{},
		Columns: []scheme.Column[DeviceTaintRule]{
			scheme.NameColumn[DeviceTaintRule](),
			{Name: "Key", Help: "The taint key to be applied to a device. Must be a label name.", Cell: func(r *DeviceTaintRule) any { return r.Spec.Taint.Key }},
			{Name: "Value", Help: "The taint value corresponding to the taint key. Must be a label value.", Cell: func(r *DeviceTaintRule) any { return r.Spec.Taint.Value }},
			{Name: "Effect", Help: cells.Help("devicetaintrules", "Effect"), Cell: func(r *DeviceTaintRule) any { return string(r.Spec.Taint.Effect) }},
			{Name: "TimeAdded", Help: cells.Help("devicetaintrules", "TimeAdded"), Cell: func(r *DeviceTaintRule) any { return scheme.Age(rules.ValueOf(r.Spec.Taint.TimeAdded)) }},
			scheme.AgeColumn[DeviceTaintRule](),
		},
		Options: scheme.Options{DeleteAnswersObject: true, Deprecated: "resource.k8s.io/v1beta2 DeviceTaintRule is deprecated in v1.39+, unavailable in v1.42+"},
	})
}

func resourceclaims() *scheme.Resource {
	return scheme.Define[ResourceClaim, ResourceClaimList](scheme.Spec[ResourceClaim]{
		Name:       "resourceclaims",
		Namespaced: true,
		Status:     &scheme.Status[ResourceClaim]{},
		Columns: []scheme.Column[ResourceClaim]{
			scheme.NameColumn[ResourceClaim](),
			{Name: "State", Help: "A summary of the current state (allocated, pending, reserved, etc.).", Cell: func(c *ResourceClaim) any {
				return cells.ClaimState(c.DeletionTimestamp != nil, c.Status.Allocation != nil, len(c.Status.ReservedFor) > 0)
			}},
			scheme.AgeColumn[ResourceClaim](),
		},
		Options: scheme.Options{DeleteAnswersObject: true, Deprecated: "resource.k8s.io/v1beta2 ResourceClaim is deprecated in v1.36+, unavailable in v1.39+"},
	})
}

func resourceclaimtemplates() *scheme.Resource {
	return scheme.Define[ResourceClaimTemplate, ResourceClaimTemplateList](scheme.Spec[ResourceClaimTemplate]{
		Name:       "resourceclaimtemplates",
		Namespaced: true,
		Options:    scheme.Options{DeleteAnswersObject: true, Deprecated: "resource.k8s.io/v1beta2 ResourceClaimTemplate is deprecated in v1.36+, unavailable in v1.39+"},
	})
}

func resourceslices() *scheme.Resource {
	return scheme.Define[ResourceSlice, ResourceSliceList](scheme.Spec[ResourceSlice]{
		Name: "resourceslices",
		Columns: []scheme.Column[ResourceSlice]{
			scheme.NameColumn[ResourceSlice](),
			{Name: "Node", Help: cells.Help("resourceslices", "Node"), Cell: func(s *ResourceSlice) any { return rules.ValueOf(s.Spec.NodeName) }},
			{Name: "Driver", Help: cells.Help("resourceslices", "Driver"), Cell: func(s *ResourceSlice) any { return s.Spec.Driver }},
			{Name: "Pool", Help: cells.Help("resourceslices", "Pool"), Cell: func(s *ResourceSlice) any { return s.Spec.Pool.Name }},
			scheme.AgeColumn[ResourceSlice](),
		},
		Fields: []scheme.SelectableField[ResourceSlice]{
			{Path: "spec.nodeName", Value: func(s *ResourceSlice) string { return rules.ValueOf(s.Spec.NodeName) }},
			{Path: "spec.driver", Value: func(s *ResourceSlice) string { return s.Spec.Driver }},
			{Path: "spec.pool.name", Value: func(s *ResourceSlice) string { return s.Spec.Pool.Name }},
		},
		Options: scheme.Options{DeleteAnswersObject: true, Deprecated: "resource.k8s.io/v1beta2 ResourceSlice is deprecated in v1.36+, unavailable in v1.39+"},
	})
}

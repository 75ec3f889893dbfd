package resourcev1alpha3

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
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
		Columns: []scheme.Column[DeviceTaintRule]{
			scheme.NameColumn[DeviceTaintRule](),
			{Name: "Key", Help: "The taint key to be applied to a device. Must be a label name.", Cell: func(r *DeviceTaintRule) any { return r.Spec.Taint.Key }},
			{Name: "Value", Help: "The taint value corresponding to the taint key. Must be a label value.", Cell: func(r *DeviceTaintRule) any { return r.Spec.Taint.Value }},
			{Name: "Effect", Help: cells.Help("devicetaintrules", "Effect"), Cell: func(r *DeviceTaintRule) any { return string(r.Spec.Taint.Effect) }},
			{Name: "TimeAdded", Help: cells.Help("devicetaintrules", "TimeAdded"), Cell: func(r *DeviceTaintRule) any { return scheme.Age(rules.ValueOf(r.Spec.Taint.TimeAdded)) }},
			scheme.AgeColumn[DeviceTaintRule](),
		},
		Options: scheme.Options{Deprecated: "resource.k8s.io/v1alpha3 DeviceTaintRule is deprecated in v1.36+, unavailable in v1.39+"},
	})
}

func resourcepoolstatusrequests() *scheme.Resource {
	return scheme.Define[ResourcePoolStatusRequest, ResourcePoolStatusRequestList](scheme.Spec[ResourcePoolStatusRequest]{
		Name:        "resourcepoolstatusrequests",
		Status:      &scheme.Status[ResourcePoolStatusRequest]{},
		Columns:     poolStatusColumns(),
		SpecChanged: func(r, old *ResourcePoolStatusRequest) bool { return false }, // it is asked once
		ValidateUpdate: func(r, old *ResourcePoolStatusRequest) validate.Errors {
			return append(validate.ObjectMetaUpdate(rules.Metadata, &r.ObjectMeta, &old.ObjectMeta), validate.Immutable(rules.Spec, r.Spec, old.Spec)...)
		},
		Options: scheme.Options{Deprecated: "resource.k8s.io/v1alpha3 ResourcePoolStatusRequest is deprecated in v1.39+, unavailable in v1.42+"},
	})
}

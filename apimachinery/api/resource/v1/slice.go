package resourcev1

import (
	"regexp"
	"strings"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func resourceslices() *scheme.Resource {
	return scheme.Define[ResourceSlice, ResourceSliceList](scheme.Spec[ResourceSlice]{
		Name:           "resourceslices",
		PrepareCreate:  func(s *ResourceSlice) { stampTaints(s.Spec.Devices) },
		PrepareUpdate:  func(s, _ *ResourceSlice) { stampTaints(s.Spec.Devices) },
		Validate:       ValidateResourceSlice,
		ValidateUpdate: ValidateResourceSliceUpdate,
		SpecChanged:    func(s, old *ResourceSlice) bool { return !validate.Equal(s.Spec, old.Spec) },
		Fields: []scheme.SelectableField[ResourceSlice]{
			{Path: "spec.nodeName", Value: func(s *ResourceSlice) string { return rules.ValueOf(s.Spec.NodeName) }},
			{Path: "spec.driver", Value: func(s *ResourceSlice) string { return s.Spec.Driver }},
			{Path: "spec.pool.name", Value: func(s *ResourceSlice) string { return s.Spec.Pool.Name }},
		},
		Columns: []scheme.Column[ResourceSlice]{
			scheme.NameColumn[ResourceSlice](),
			{Name: "Node", Help: cells.Help("resourceslices", "Node"), Cell: func(s *ResourceSlice) any { return cells.OrUnset(s.Spec.NodeName) }},
			{Name: "Driver", Help: cells.Help("resourceslices", "Driver"), Cell: func(s *ResourceSlice) any { return s.Spec.Driver }},
			{Name: "Pool", Help: cells.Help("resourceslices", "Pool"), Cell: func(s *ResourceSlice) any { return s.Spec.Pool.Name }},
			scheme.AgeColumn[ResourceSlice](),
		},
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

// stampTaints writes down since when taints are there.
func stampTaints(devices []Device) {
	for i := range devices {
		for k := range devices[i].Taints {
			rules.Default(&devices[i].Taints[k].TimeAdded, meta.At(time.Now()))
		}
	}
}

// ValidateResourceSlice finds every fault of a slice that is about to be made.
func ValidateResourceSlice(s *ResourceSlice) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &s.ObjectMeta, false, names.DNSSubdomain), sliceSpec(rules.Spec, &s.Spec)...)
}

// ValidateResourceSliceUpdate finds every fault of a slice that is about to replace old.
func ValidateResourceSliceUpdate(s, old *ResourceSlice) validate.Errors {
	p, spec, was := rules.Spec, &s.Spec, &old.Spec
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &s.ObjectMeta, &old.ObjectMeta),
		sliceSpec(p, spec),
		validate.Immutable(p.Child("pool", "name"), spec.Pool.Name, was.Pool.Name),
		validate.Immutable(p.Child("driver"), spec.Driver, was.Driver),
		validate.Immutable(p.Child("nodeName"), spec.NodeName, was.NodeName),
	)
}

func sliceSpec(p validate.Path, s *ResourceSliceSpec) validate.Errors {
	pool, devices := p.Child("pool"), p.Child("devices")
	return validate.All(
		validate.Named(p.Child("driver"), s.Driver, names.DNSSubdomain),
		poolName(pool.Child("name"), s.Pool.Name),
		validate.Positive(pool.Child("resourceSliceCount"), s.Pool.ResourceSliceCount),
		rules.Must(s.Pool.Generation >= 0, pool.Child("generation"), s.Pool.Generation, "must be greater than or equal to zero"),
		sliceNodes(p, s),
		validate.MaxItems(devices, s.Devices, ResourceSliceMaxDevices),
		validate.When(len(s.Devices) <= ResourceSliceMaxDevices, func() validate.Errors {
			return append(validate.Each(devices, s.Devices, func(p validate.Path, d *Device) validate.Errors { return device(p, d) }),
				validate.UniqueBy(devices, s.Devices, func(d *Device) string { return d.Name })...)
		}),
		validate.UniqueBy(p.Child("sharedCounters"), s.SharedCounters, func(c *CounterSet) string { return c.Name }),
		validate.Each(p.Child("sharedCounters"), s.SharedCounters, func(p validate.Path, c *CounterSet) validate.Errors {
			return append(validate.Named(p.Child("name"), c.Name, names.DNSLabel), rules.Require(len(c.Counters) > 0, p.Child("counters"), "")...)
		}),
	)
}

func sliceNodes(p validate.Path, s *ResourceSliceSpec) validate.Errors {
	const one = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required"
	var set []string
	for _, m := range []validate.Member{
		{Name: "nodeName", Set: s.NodeName != nil}, {Name: "nodeSelector", Set: s.NodeSelector != nil},
		{Name: "allNodes", Set: rules.ValueOf(s.AllNodes)}, {Name: "perDeviceNodeSelection", Set: rules.ValueOf(s.PerDeviceNodeSelection)},
	} {
		if m.Set {
			set = append(set, "`"+m.Name+"`")
		}
	}
	return validate.All(
		validate.IfSet(p.Child("nodeName"), s.NodeName, func(p validate.Path, n string) validate.Errors { return validate.Named(p, n, names.DNSSubdomain) }),
		validate.When(s.NodeSelector != nil, func() validate.Errors { return corev1.NodeSelectors(p.Child("nodeSelector"), s.NodeSelector) }),
		rules.Require(len(set) > 0, p, one),
		rules.Must(len(set) < 2, p, "{"+strings.Join(set, ", ")+"}", one+", but multiple fields are set"),
	)
}

func device(p validate.Path, d *Device) validate.Errors {
	attributes, capacity := p.Child("attributes"), p.Child("capacity")
	return validate.All(
		validate.Named(p.Child("name"), d.Name, names.DNSLabel),
		rules.Must(len(d.Attributes)+len(d.Capacity) <= ResourceSliceMaxAttributesAndCapacitiesPerDevice, p, len(d.Attributes)+len(d.Capacity),
			"the total number of attributes and capacities must not exceed 32"),
		validate.EachKey(attributes, d.Attributes, func(at validate.Path, key QualifiedName, a DeviceAttribute) validate.Errors {
			return append(qualified(attributes, key), attribute(at, &a)...)
		}),
		validate.EachKey(capacity, d.Capacity, func(_ validate.Path, key QualifiedName, _ DeviceCapacity) validate.Errors {
			return qualified(capacity, key)
		}),
		validate.MaxItems(p.Child("taints"), d.Taints, DeviceTaintsMaxLength),
		validate.Each(p.Child("taints"), d.Taints, deviceTaint),
	)
}

// version is a semantic version, as semver.org has it.
var version = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)` +
	`(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$`)

func attribute(p validate.Path, a *DeviceAttribute) validate.Errors {
	semantic := func(p validate.Path, v string) validate.Errors {
		return append(rules.Must(version.MatchString(v), p, v, "must be a string compatible with semver.org spec 2.0.0"), validate.MaxBytes(p, v, DeviceAttributeMaxValueLength)...)
	}
	short := func(p validate.Path, v string) validate.Errors {
		return validate.MaxBytes(p, v, DeviceAttributeMaxValueLength)
	}
	return validate.All(
		validate.IfSet(p.Child("string"), a.StringValue, short),
		validate.IfSet(p.Child("version"), a.VersionValue, semantic),
		validate.Each(p.Child("strings"), a.StringValues, func(p validate.Path, v *string) validate.Errors { return short(p, *v) }),
		validate.Each(p.Child("versions"), a.VersionValues, func(p validate.Path, v *string) validate.Errors { return semantic(p, *v) }),
		validate.ExactlyOne(p,
			validate.Member{Name: "int", Set: a.IntValue != nil}, validate.Member{Name: "bool", Set: a.BoolValue != nil},
			validate.Member{Name: "string", Set: a.StringValue != nil}, validate.Member{Name: "version", Set: a.VersionValue != nil},
			validate.Member{Name: "ints", Set: len(a.IntValues) > 0}, validate.Member{Name: "bools", Set: len(a.BoolValues) > 0},
			validate.Member{Name: "strings", Set: len(a.StringValues) > 0}, validate.Member{Name: "versions", Set: len(a.VersionValues) > 0}),
	)
}

func deviceTaint(p validate.Path, t *DeviceTaint) validate.Errors {
	return validate.All(
		validate.String(p.Child("key"), t.Key, names.QualifiedName),
		rules.Optional(p.Child("value"), t.Value, names.LabelValue),
		validate.OneOf(p.Child("effect"), t.Effect, DeviceTaintEffectNoExecute, DeviceTaintEffectNoSchedule, DeviceTaintEffectNone),
	)
}

func deviceclasses() *scheme.Resource {
	return scheme.Define[DeviceClass, DeviceClassList](scheme.Spec[DeviceClass]{
		Name:        "deviceclasses",
		SpecChanged: func(c, old *DeviceClass) bool { return !validate.Equal(c.Spec, old.Spec) },
		Validate:    ValidateDeviceClass,
		ValidateUpdate: func(c, old *DeviceClass) validate.Errors {
			return append(validate.ObjectMetaUpdate(rules.Metadata, &c.ObjectMeta, &old.ObjectMeta), deviceClass(c)...)
		},
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

// ValidateDeviceClass finds every fault of a class that is about to be made.
func ValidateDeviceClass(c *DeviceClass) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &c.ObjectMeta, false, names.DNSSubdomain), deviceClass(c)...)
}

func deviceClass(c *DeviceClass) validate.Errors {
	p := rules.Spec
	return validate.All(
		deviceSelectors(p.Child("selectors"), c.Spec.Selectors),
		validate.MaxItems(p.Child("config"), c.Spec.Config, DeviceConfigMaxSize),
		validate.Each(p.Child("config"), c.Spec.Config, func(p validate.Path, c *DeviceClassConfiguration) validate.Errors {
			return opaque(p.Child("opaque"), c.Opaque)
		}),
		validate.IfSet(p.Child("extendedResourceName"), c.Spec.ExtendedResourceName, validate.Matches[string](names.QualifiedName)),
	)
}

func devicetaintrules() *scheme.Resource {
	return scheme.Define[DeviceTaintRule, DeviceTaintRuleList](scheme.Spec[DeviceTaintRule]{
		Name:          "devicetaintrules",
		PrepareCreate: func(r *DeviceTaintRule) { rules.Default(&r.Spec.Taint.TimeAdded, meta.At(time.Now())) },
		PrepareUpdate: func(r, old *DeviceTaintRule) {
			t, was := &r.Spec.Taint, &old.Spec.Taint
			if t.Effect != was.Effect && validate.Equal(t.TimeAdded, was.TimeAdded) {
				t.TimeAdded = nil // another effect starts now
			}
			rules.Default(&t.TimeAdded, meta.At(time.Now()))
		},
		Validate: ValidateDeviceTaintRule,
		ValidateUpdate: func(r, old *DeviceTaintRule) validate.Errors {
			return append(validate.ObjectMetaUpdate(rules.Metadata, &r.ObjectMeta, &old.ObjectMeta), taintRule(r)...)
		},
		SpecChanged: func(r, old *DeviceTaintRule) bool { return !validate.Equal(r.Spec, old.Spec) },
		Status: &scheme.Status[DeviceTaintRule]{
			Prepare: func(r, old *DeviceTaintRule) { rules.KeepMetadata(&r.ObjectMeta, &old.ObjectMeta) },
			Resets:  []string{"metadata"},
			Validate: func(r, old *DeviceTaintRule) validate.Errors {
				return append(validate.ObjectMetaUpdate(rules.Metadata, &r.ObjectMeta, &old.ObjectMeta),
					validate.Conditions(rules.Status.Child("conditions"), r.Status.Conditions)...)
			},
		},
		Columns: []scheme.Column[DeviceTaintRule]{
			scheme.NameColumn[DeviceTaintRule](),
			{Name: "Key", Help: "The taint key to be applied to a device. Must be a label name.", Cell: func(r *DeviceTaintRule) any { return r.Spec.Taint.Key }},
			{Name: "Value", Help: "The taint value corresponding to the taint key. Must be a label value.", Cell: func(r *DeviceTaintRule) any { return r.Spec.Taint.Value }},
			{Name: "Effect", Help: cells.Help("devicetaintrules", "Effect"), Cell: func(r *DeviceTaintRule) any { return string(r.Spec.Taint.Effect) }},
			{Name: "TimeAdded", Help: cells.Help("devicetaintrules", "TimeAdded"), Cell: func(r *DeviceTaintRule) any { return cells.Since(rules.ValueOf(r.Spec.Taint.TimeAdded)) }},
			scheme.AgeColumn[DeviceTaintRule](),
		},
	})
}

// ValidateDeviceTaintRule finds every fault of a rule that is about to be made.
func ValidateDeviceTaintRule(r *DeviceTaintRule) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &r.ObjectMeta, false, names.DNSSubdomain), taintRule(r)...)
}

func taintRule(r *DeviceTaintRule) validate.Errors {
	return append(validate.IfSet(rules.Spec.Child("deviceSelector"), r.Spec.DeviceSelector, func(p validate.Path, s DeviceTaintSelector) validate.Errors {
		return validate.All(
			validate.IfSet(p.Child("driver"), s.Driver, validate.Matches[string](names.DNSSubdomain)),
			validate.IfSet(p.Child("pool"), s.Pool, poolName),
			validate.IfSet(p.Child("device"), s.Device, validate.Matches[string](names.DNSLabel)),
		)
	}), deviceTaint(rules.Spec.Child("taint"), &r.Spec.Taint)...)
}

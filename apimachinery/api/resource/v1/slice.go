package resourcev1

import (
	"fmt"
	"regexp"
	"slices"
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
		Name:          "resourceslices",
		PrepareCreate: prepareSlice,
		PrepareUpdate: func(s, _ *ResourceSlice) { prepareSlice(s) },
		Warnings: func(s, old *ResourceSlice) []string {
			if d := s.Spec.Driver; old == nil && d != strings.ToLower(d) {
				return []string{fmt.Sprintf("spec.driver: driver names should be lowercase; %q contains uppercase characters", d)}
			}
			return nil
		},
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
			{Name: "Node", Help: cells.Help("resourceslices", "Node"), Cell: func(s *ResourceSlice) any { return rules.ValueOf(s.Spec.NodeName) }},
			{Name: "Driver", Help: cells.Help("resourceslices", "Driver"), Cell: func(s *ResourceSlice) any { return s.Spec.Driver }},
			{Name: "Pool", Help: cells.Help("resourceslices", "Pool"), Cell: func(s *ResourceSlice) any { return s.Spec.Pool.Name }},
			scheme.AgeColumn[ResourceSlice](),
		},
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

// prepareSlice stamps taints, and drops what is behind switches that are off.
func prepareSlice(s *ResourceSlice) {
	stampTaints(s.Spec.Devices)
	s.Spec.PartitionTypeAttribute, s.Spec.SkipNodeOperations = nil, nil
	for i := range s.Spec.Devices {
		for key, a := range s.Spec.Devices[i].Attributes {
			a.IntValues, a.BoolValues, a.StringValues, a.VersionValues = nil, nil, nil, nil
			s.Spec.Devices[i].Attributes[key] = a
		}
	}
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
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &s.ObjectMeta, false, names.DNSSubdomain),
		sliceIdentity(rules.Spec, &s.Spec),
		sliceContent(rules.Spec, &s.Spec),
	)
}

// ValidateResourceSliceUpdate finds every fault of a slice that is about to replace old.
func ValidateResourceSliceUpdate(s, old *ResourceSlice) validate.Errors {
	p, spec, was := rules.Spec, &s.Spec, &old.Spec
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &s.ObjectMeta, &old.ObjectMeta),
		sliceIdentity(p, spec),
		validate.Immutable(p.Child("pool", "name"), spec.Pool.Name, was.Pool.Name),
		validate.Immutable(p.Child("driver"), spec.Driver, was.Driver),
		validate.Immutable(p.Child("nodeName"), spec.NodeName, was.NodeName),
		sliceContent(p, spec),
	)
}

// sliceIdentity checks which part of which driver's devices a slice is.
func sliceIdentity(p validate.Path, s *ResourceSliceSpec) validate.Errors {
	pool := p.Child("pool")
	return validate.All(
		driverName(p.Child("driver"), s.Driver),
		poolName(pool.Child("name"), s.Pool.Name),
		validate.Positive(pool.Child("resourceSliceCount"), s.Pool.ResourceSliceCount),
		rules.Must(s.Pool.Generation >= 0, pool.Child("generation"), s.Pool.Generation, "must be greater than or equal to zero"),
	)
}

func sliceContent(p validate.Path, s *ResourceSliceSpec) validate.Errors {
	devices := p.Child("devices")
	most := ResourceSliceMaxDevices
	if slices.ContainsFunc(s.Devices, func(d Device) bool { return len(d.Taints)+len(d.ConsumesCounters) > 0 }) {
		most /= 2 // which take more room
	}
	return validate.All(
		sliceNodes(p, s),
		validate.Items(devices, s.Devices, most, func(p validate.Path, d *Device) validate.Errors { return device(p, d, s) }),
		validate.When(len(s.Devices) <= most, func() validate.Errors {
			return validate.UniqueBy(devices, s.Devices, func(d *Device) string { return d.Name })
		}),
		validate.Declared(declaredSlice(p, s)),
	)
}

func sliceNodes(p validate.Path, s *ResourceSliceSpec) validate.Errors {
	const one = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required"
	set := membersSet(
		validate.Member{Name: "nodeName", Set: rules.ValueOf(s.NodeName) != ""}, validate.Member{Name: "nodeSelector", Set: s.NodeSelector != nil},
		validate.Member{Name: "allNodes", Set: rules.ValueOf(s.AllNodes)},
		validate.Member{Name: "perDeviceNodeSelection", Set: rules.ValueOf(s.PerDeviceNodeSelection)})
	return validate.All(
		placement(p, s.NodeName, s.NodeSelector, s.AllNodes, "must be either unset or set to a non-empty string"),
		validate.When(s.NodeSelector != nil && len(s.NodeSelector.NodeSelectorTerms) != 1, func() validate.Errors {
			return validate.Invalid(p.Child("nodeSelector", "nodeSelectorTerms"), s.NodeSelector.NodeSelectorTerms, "must have exactly one node selector term")
		}),
		validate.IfSet(p.Child("perDeviceNodeSelection"), s.PerDeviceNodeSelection, trueOrUnset),
		rules.Require(len(set) > 0, p, one),
		rules.Must(len(set) < 2, p, "{"+strings.Join(set, ", ")+"}", one+", but multiple fields are set"),
	)
}

func membersSet(members ...validate.Member) []string {
	var set []string
	for _, m := range members {
		if m.Set {
			set = append(set, "`"+m.Name+"`")
		}
	}
	return set
}

// placement checks which nodes a slice or a device is said to be on; empty is what
// is said of a node without a name.
func placement(p validate.Path, node *string, selector *corev1.NodeSelector, all *bool, empty string) validate.Errors {
	return validate.All(
		validate.IfSet(p.Child("nodeName"), node, func(p validate.Path, n string) validate.Errors {
			if n == "" {
				return validate.Invalid(p, n, empty)
			}
			return validate.String(p, n, names.DNSSubdomain)
		}),
		validate.IfSet(p.Child("nodeSelector"), selector, func(p validate.Path, s corev1.NodeSelector) validate.Errors {
			return corev1.NodeSelectors(p, &s)
		}),
		validate.IfSet(p.Child("allNodes"), all, trueOrUnset),
	)
}

func trueOrUnset(p validate.Path, b bool) validate.Errors {
	return rules.Must(b, p, b, "must be either unset or set to true")
}

func device(p validate.Path, d *Device, s *ResourceSliceSpec) validate.Errors {
	attributes, capacity := p.Child("attributes"), p.Child("capacity")
	return validate.All(
		validate.String(p.Child("name"), d.Name, names.DNSLabel),
		rules.Must(len(d.Attributes)+len(d.Capacity) <= ResourceSliceMaxAttributesAndCapacitiesPerDevice, p, len(d.Attributes)+len(d.Capacity),
			"the total number of attributes and capacities must not exceed 32"),
		validate.EachKey(attributes, d.Attributes, func(at validate.Path, key QualifiedName, a DeviceAttribute) validate.Errors {
			return append(qualified(attributes, key), attribute(at, &a)...)
		}),
		validate.EachKey(capacity, d.Capacity, func(at validate.Path, key QualifiedName, c DeviceCapacity) validate.Errors {
			return append(qualified(capacity, key), requestPolicy(at.Child("requestPolicy"), c.RequestPolicy, &c.Value, rules.ValueOf(d.AllowMultipleAllocations))...)
		}),
		validate.Items(p.Child("taints"), d.Taints, DeviceTaintsMaxLength, deviceTaint),
		deviceNodes(p, d, s),
		bindings(p, d.BindingConditions, d.BindingFailureConditions),
	)
}

// deviceNodes checks where a device says that it is, which it does if and only
// if its slice leaves that to its devices.
func deviceNodes(p validate.Path, d *Device, s *ResourceSliceSpec) validate.Errors {
	const one = "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec"
	if !rules.ValueOf(s.PerDeviceNodeSelection) {
		return rules.Must(d.NodeName == nil && d.NodeSelector == nil && d.AllNodes == nil, p, nil,
			"`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec")
	}
	set := membersSet(validate.Member{Name: "nodeName", Set: rules.ValueOf(d.NodeName) != ""}, validate.Member{Name: "nodeSelector", Set: d.NodeSelector != nil},
		validate.Member{Name: "allNodes", Set: rules.ValueOf(d.AllNodes)})
	return validate.All(
		placement(p, d.NodeName, d.NodeSelector, d.AllNodes, "must not be empty"),
		rules.Require(len(set) > 0, p, one),
		rules.Must(len(set) < 2, p, "{"+strings.Join(set, ", ")+"}", one),
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
	)
}

func deviceTaint(p validate.Path, t *DeviceTaint) validate.Errors {
	return validate.All(
		validate.String(p.Child("key"), t.Key, names.QualifiedName),
		rules.Optional(p.Child("value"), t.Value, names.LabelValue),
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
	return append(validate.ObjectMeta(rules.Metadata, &c.ObjectMeta, false, rules.Format(names.DNSSubdomain)), deviceClass(c)...)
}

func deviceClass(c *DeviceClass) validate.Errors {
	p := rules.Spec
	return validate.All(
		deviceSelectors(p.Child("selectors"), c.Spec.Selectors),
		few(p.Child("config"), c.Spec.Config, DeviceConfigMaxSize, func(p validate.Path, c *DeviceClassConfiguration) validate.Errors {
			return opaque(p.Child("opaque"), c.Opaque)
		}),
		validate.MaxItems(p.Child("selectors"), c.Spec.Selectors, DeviceSelectorsMaxSize),
		validate.Items(p.Child("config"), c.Spec.Config, DeviceConfigMaxSize, func(p validate.Path, c *DeviceClassConfiguration) validate.Errors {
			return declaredDriver(p, c.Opaque)
		}),
		validate.IfSet(p.Child("extendedResourceName"), c.Spec.ExtendedResourceName, extendedResource),
	)
}

// extendedResource checks a name under which Pods ask for devices as they do for
// CPU. Quotas put "requests." in front of it, and it is that name which must hold.
func extendedResource(p validate.Path, name string) validate.Errors {
	const domain, quota = "kubernetes.io/", "requests."
	var errs validate.Errors
	switch {
	case !strings.Contains(name, "/"):
		errs = validate.Invalid(p, name, "a name must be a domain-prefixed path, such as 'example.com/my-prop'")
	case strings.Contains(name, domain):
		errs = validate.Invalid(p, name, `must not have "kubernetes.io/" domain`)
	case strings.HasPrefix(name, quota):
		errs = validate.Invalid(p, name, `must not have "requests." prefix`)
	}
	for _, problem := range names.QualifiedName(quota + name) {
		errs = append(errs, validate.Invalid(p, name, problem)...)
	}
	return errs
}

func devicetaintrules() *scheme.Resource {
	return scheme.Define[DeviceTaintRule, DeviceTaintRuleList](scheme.Spec[DeviceTaintRule]{
		Name:           "devicetaintrules",
		StorageVersion: "v1beta2",
		Default:        func(r *DeviceTaintRule) { rules.Default(&r.Spec.Taint.TimeAdded, meta.At(time.Now())) },
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
					rules.Conditions(rules.Status.Child("conditions"), r.Status.Conditions)...)
			},
		},
		Columns: []scheme.Column[DeviceTaintRule]{
			scheme.NameColumn[DeviceTaintRule](),
			{Name: "Key", Help: "The taint key to be applied to a device. Must be a label name.", Cell: func(r *DeviceTaintRule) any { return r.Spec.Taint.Key }},
			{Name: "Value", Help: "The taint value corresponding to the taint key. Must be a label value.", Cell: func(r *DeviceTaintRule) any { return r.Spec.Taint.Value }},
			{Name: "Effect", Help: cells.Help("devicetaintrules", "Effect"), Cell: func(r *DeviceTaintRule) any { return string(r.Spec.Taint.Effect) }},
			{Name: "TimeAdded", Help: cells.Help("devicetaintrules", "TimeAdded"), Cell: func(r *DeviceTaintRule) any { return scheme.Age(rules.ValueOf(r.Spec.Taint.TimeAdded)) }},
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
			validate.IfSet(p.Child("driver"), s.Driver, driverName),
			validate.IfSet(p.Child("pool"), s.Pool, poolName),
			validate.IfSet(p.Child("device"), s.Device, validate.Matches[string](names.DNSLabel)),
		)
	}), append(deviceTaint(rules.Spec.Child("taint"), &r.Spec.Taint), declaredTaint(rules.Spec.Child("taint"), &r.Spec.Taint)...)...)
}

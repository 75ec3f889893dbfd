package resourcev1

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func resourceclaims() *scheme.Resource {
	return scheme.Define[ResourceClaim, ResourceClaimList](scheme.Spec[ResourceClaim]{
		Name:           "resourceclaims",
		Namespaced:     true,
		Default:        func(c *ResourceClaim) { DefaultResourceClaimSpec(&c.Spec) },
		Validate:       ValidateResourceClaim,
		ValidateUpdate: ValidateResourceClaimUpdate,
		Status: &scheme.Status[ResourceClaim]{
			Prepare:  func(c, old *ResourceClaim) { rules.KeepMetadata(&c.ObjectMeta, &old.ObjectMeta) },
			Resets:   []string{"metadata"},
			Validate: ValidateResourceClaimStatusUpdate,
		},
		Columns: []scheme.Column[ResourceClaim]{
			scheme.NameColumn[ResourceClaim](),
			{Name: "State", Help: "A summary of the current state (allocated, pending, reserved, etc.).", Cell: func(c *ResourceClaim) any {
				return cells.ClaimState(c.DeletionTimestamp != nil, c.Status.Allocation != nil, len(c.Status.ReservedFor) > 0)
			}},
			scheme.AgeColumn[ResourceClaim](),
		},
	})
}

func resourceclaimtemplates() *scheme.Resource {
	return scheme.Define[ResourceClaimTemplate, ResourceClaimTemplateList](scheme.Spec[ResourceClaimTemplate]{
		Name:           "resourceclaimtemplates",
		Namespaced:     true,
		Default:        func(t *ResourceClaimTemplate) { DefaultResourceClaimSpec(&t.Spec.Spec) },
		Validate:       ValidateResourceClaimTemplate,
		ValidateUpdate: ValidateResourceClaimTemplateUpdate,
	})
}

// DefaultResourceClaimSpec fills in what the author of a claim left out.
func DefaultResourceClaimSpec(s *ResourceClaimSpec) {
	amount := func(mode *DeviceAllocationMode, count *int64) {
		rules.DefaultTo(mode, DeviceAllocationModeExactCount)
		if *mode == DeviceAllocationModeExactCount {
			rules.DefaultTo(count, 1)
		}
	}
	bear := func(tolerations []DeviceToleration) {
		for i := range tolerations {
			rules.DefaultTo(&tolerations[i].Operator, DeviceTolerationOpEqual)
		}
	}
	for i := range s.Devices.Requests {
		r := &s.Devices.Requests[i]
		if r.Exactly != nil {
			amount(&r.Exactly.AllocationMode, &r.Exactly.Count)
			bear(r.Exactly.Tolerations)
		}
		for k := range r.FirstAvailable {
			amount(&r.FirstAvailable[k].AllocationMode, &r.FirstAvailable[k].Count)
			bear(r.FirstAvailable[k].Tolerations)
		}
	}
}

// ValidateResourceClaim finds every fault of a claim that is about to be made.
func ValidateResourceClaim(c *ResourceClaim) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &c.ObjectMeta, true, names.DNSSubdomain), ClaimDevices(rules.Spec.Child("devices"), &c.Spec.Devices)...)
}

// ValidateResourceClaimUpdate finds every fault of a claim that is about to replace old.
func ValidateResourceClaimUpdate(c, old *ResourceClaim) validate.Errors {
	return append(validate.ObjectMetaUpdate(rules.Metadata, &c.ObjectMeta, &old.ObjectMeta), validate.Immutable(rules.Spec, c.Spec, old.Spec)...)
}

// ValidateResourceClaimTemplate finds every fault of a template that is about
// to be made. Claims get names of their own.
func ValidateResourceClaimTemplate(t *ResourceClaimTemplate) validate.Errors {
	p, m := rules.Spec.Child("metadata"), &t.Spec.ObjectMeta
	unset := func(set bool, name string) validate.Errors { return rules.Forbid(set, p.Child(name), "cannot be set") }
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &t.ObjectMeta, true, names.DNSSubdomain),
		unset(m.Name != "", "name"),
		unset(m.GenerateName != "", "generateName"),
		unset(m.Namespace != "", "namespace"),
		unset(m.UID != "", "uid"),
		unset(len(m.OwnerReferences) > 0, "ownerReferences"),
		unset(len(m.Finalizers) > 0, "finalizers"),
		validate.Labels(p.Child("labels"), m.Labels),
		validate.Annotations(p.Child("annotations"), m.Annotations),
		ClaimDevices(rules.Spec.Child("spec", "devices"), &t.Spec.Spec.Devices),
	)
}

// ValidateResourceClaimTemplateUpdate finds every fault of a template that is
// about to replace old.
func ValidateResourceClaimTemplateUpdate(t, old *ResourceClaimTemplate) validate.Errors {
	return append(validate.ObjectMetaUpdate(rules.Metadata, &t.ObjectMeta, &old.ObjectMeta), validate.Immutable(rules.Spec, t.Spec, old.Spec)...)
}

// ValidateResourceClaimStatusUpdate finds every fault of a claim's status.
func ValidateResourceClaimStatusUpdate(c, old *ResourceClaim) validate.Errors {
	s, was, p := &c.Status, &old.Status, rules.Status
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &c.ObjectMeta, &old.ObjectMeta),
		validate.MaxItems(p.Child("reservedFor"), s.ReservedFor, ResourceClaimReservedForMaxSize),
		validate.UniqueBy(p.Child("reservedFor"), s.ReservedFor, func(r *ResourceClaimConsumerReference) string { return string(r.UID) }),
		validate.Each(p.Child("reservedFor"), s.ReservedFor, func(p validate.Path, r *ResourceClaimConsumerReference) validate.Errors {
			return validate.All(
				validate.NonEmpty(p.Child("resource"), r.Resource),
				validate.NonEmpty(p.Child("name"), r.Name),
				validate.NonEmpty(p.Child("uid"), r.UID),
			)
		}),
		rules.Forbid(len(s.ReservedFor) > 0 && s.Allocation == nil, p.Child("reservedFor"), "may not be specified when `allocated` is not set"),
		// What is allocated may be given back, not exchanged.
		validate.When(s.Allocation != nil && was.Allocation != nil, func() validate.Errors {
			return validate.Immutable(p.Child("allocation"), s.Allocation, was.Allocation)
		}),
		rules.Forbid(old.DeletionTimestamp != nil && s.Allocation != nil && was.Allocation == nil, p.Child("allocation"), "new allocation may not be added while `deletionTimestamp` is set"),
		validate.Each(p.Child("devices"), s.Devices, func(p validate.Path, d *AllocatedDeviceStatus) validate.Errors {
			return validate.All(
				validate.Named(p.Child("driver"), d.Driver, names.DNSSubdomain),
				poolName(p.Child("pool"), d.Pool),
				validate.Named(p.Child("device"), d.Device, names.DNSLabel),
				validate.Conditions(p.Child("conditions"), d.Conditions),
			)
		}),
	)
}

// ClaimDevices checks which devices a claim asks for; p leads to them.
func ClaimDevices(p validate.Path, d *DeviceClaim) validate.Errors {
	known := map[string]bool{}
	for i := range d.Requests {
		r := &d.Requests[i]
		known[r.Name] = true
		for k := range r.FirstAvailable {
			known[r.Name+"/"+r.FirstAvailable[k].Name] = true
		}
	}
	requests, config := p.Child("requests"), p.Child("config")
	return validate.All(
		validate.MaxItems(requests, d.Requests, DeviceRequestsMaxSize),
		validate.Each(requests, d.Requests, deviceRequest),
		validate.MaxItems(p.Child("constraints"), d.Constraints, DeviceConstraintsMaxSize),
		validate.Each(p.Child("constraints"), d.Constraints, func(p validate.Path, c *DeviceConstraint) validate.Errors {
			return append(requestNames(p.Child("requests"), c.Requests, known), constraint(p, c)...)
		}),
		validate.MaxItems(config, d.Config, DeviceConfigMaxSize),
		validate.Each(config, d.Config, func(p validate.Path, c *DeviceClaimConfiguration) validate.Errors {
			return append(requestNames(p.Child("requests"), c.Requests, known), opaque(p.Child("opaque"), c.Opaque)...)
		}),
		repeated(requests, d.Requests, func(r *DeviceRequest) string { return r.Name }),
	)
}

// repeated says Duplicate, showing the whole item, of those whose key was there before.
func repeated[T any](p validate.Path, items []T, key func(*T) string) validate.Errors {
	var errs validate.Errors
	seen := map[string]bool{}
	for i := range items {
		k := key(&items[i])
		if seen[k] {
			errs = append(errs, validate.Duplicate(p.Index(i), validate.Versioned(items[i]))...)
		}
		seen[k] = true
	}
	return errs
}

func deviceRequest(p validate.Path, r *DeviceRequest) validate.Errors {
	const one = "exactly one of `exactly` or `firstAvailable` is required"
	first := p.Child("firstAvailable")
	errs := validate.Named(p.Child("name"), r.Name, names.DNSLabel)
	switch some := len(r.FirstAvailable) > 0; {
	case r.Exactly == nil && !some:
		return append(errs, validate.Required(p, one)...)
	case r.Exactly != nil && some:
		return append(errs, validate.Invalid(p, nil, one+", but multiple fields are set")...)
	case r.Exactly != nil:
		e, p := r.Exactly, p.Child("exactly")
		return append(errs, wanted(p, e.DeviceClassName, e.Selectors, e.AllocationMode, e.Count, e.Tolerations)...)
	}
	return validate.All(errs,
		validate.MaxItems(first, r.FirstAvailable, FirstAvailableDeviceRequestMaxSize),
		validate.Each(first, r.FirstAvailable, func(p validate.Path, s *DeviceSubRequest) validate.Errors {
			return append(validate.Named(p.Child("name"), s.Name, names.DNSLabel),
				wanted(p, s.DeviceClassName, s.Selectors, s.AllocationMode, s.Count, s.Tolerations)...)
		}),
		repeated(first, r.FirstAvailable, func(s *DeviceSubRequest) string { return s.Name }),
	)
}

func wanted(p validate.Path, class string, selectors []DeviceSelector, mode DeviceAllocationMode, count int64, tolerations []DeviceToleration) validate.Errors {
	return validate.All(
		validate.Named(p.Child("deviceClassName"), class, names.DNSSubdomain),
		deviceSelectors(p.Child("selectors"), selectors),
		allocationMode(p, mode, count),
		validate.MaxItems(p.Child("tolerations"), tolerations, DeviceTolerationsMaxLength),
		validate.Each(p.Child("tolerations"), tolerations, toleration),
	)
}

func allocationMode(p validate.Path, mode DeviceAllocationMode, count int64) validate.Errors {
	switch mode {
	case DeviceAllocationModeAll:
		return rules.Must(count == 0, p.Child("count"), count, "must not be specified when allocationMode is 'All'")
	case DeviceAllocationModeExactCount:
		return validate.Positive(p.Child("count"), count)
	}
	return validate.NotSupported(p.Child("allocationMode"), mode, DeviceAllocationModeAll, DeviceAllocationModeExactCount)
}

func deviceSelectors(p validate.Path, selectors []DeviceSelector) validate.Errors {
	return append(validate.MaxItems(p, selectors, DeviceSelectorsMaxSize),
		validate.Each(p, selectors, func(p validate.Path, s *DeviceSelector) validate.Errors {
			return validate.Set(p.Child("cel"), s.CEL, func(p validate.Path, c CELDeviceSelector) validate.Errors {
				return append(validate.NonEmpty(p.Child("expression"), c.Expression), validate.MaxBytes(p.Child("expression"), c.Expression, CELSelectorExpressionMaxLength)...)
			})
		})...)
}

func taintEffect(p validate.Path, e DeviceTaintEffect) validate.Errors {
	return validate.In(p, e, DeviceTaintEffectNoExecute, DeviceTaintEffectNoSchedule, DeviceTaintEffectNone)
}

func toleration(p validate.Path, t *DeviceToleration) validate.Errors {
	value := p.Child("value")
	return validate.All(
		rules.Optional(p.Child("key"), t.Key, names.QualifiedName),
		validate.In(p.Child("operator"), t.Operator, DeviceTolerationOpEqual, DeviceTolerationOpExists),
		rules.Must(t.Operator != DeviceTolerationOpExists || t.Value == "", value, t.Value, "must be empty for operator `Exists`"),
		validate.When(t.Operator == DeviceTolerationOpEqual, func() validate.Errors {
			return append(rules.Require(t.Key != "", p.Child("key"), ""), validate.String(value, t.Value, names.LabelValue)...)
		}),
		validate.When(t.Effect != "", func() validate.Errors { return taintEffect(p.Child("effect"), t.Effect) }),
	)
}

func requestNames(p validate.Path, requests []string, known map[string]bool) validate.Errors {
	return append(validate.Each(p, requests, func(p validate.Path, name *string) validate.Errors {
		return rules.Must(known[*name], p, *name, "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'")
	}), validate.Unique(p, requests)...)
}

func constraint(p validate.Path, c *DeviceConstraint) validate.Errors {
	// Kubernetes says so of none, too.
	const one = `exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set`
	return validate.All(
		rules.Require((c.MatchAttribute != nil) != (c.DistinctAttribute != nil), p, one),
		validate.IfSet(p.Child("matchAttribute"), c.MatchAttribute, fullyQualified),
		validate.IfSet(p.Child("distinctAttribute"), c.DistinctAttribute, fullyQualified),
	)
}

func fullyQualified(p validate.Path, name FullyQualifiedName) validate.Errors {
	if name == "" {
		return validate.Required(p, "")
	}
	if !strings.Contains(string(name), "/") {
		return validate.Invalid(p, name, "a fully qualified name must be a domain and a name separated by a slash")
	}
	return qualified(p, QualifiedName(name))
}

// qualified checks the name of an attribute: an identifier, with its owner's
// domain before a slash.
func qualified(p validate.Path, name QualifiedName) validate.Errors {
	domain, id, ok := strings.Cut(string(name), "/")
	if !ok {
		id = domain
	}
	identifier := func(text string) validate.Errors {
		return validate.All(
			validate.Named(p, text, names.CIdentifier),
			validate.When(len(text) > DeviceMaxIDLength, func() validate.Errors { return validate.TooManyChars(p, DeviceMaxIDLength) }),
		)
	}
	if !ok {
		return identifier(id)
	}
	return validate.All(
		validate.Named(p, domain, names.DNSSubdomain),
		validate.MaxBytes(p, domain, DeviceMaxDomainLength),
		identifier(id),
	)
}

func opaque(p validate.Path, o *OpaqueDeviceConfiguration) validate.Errors {
	if o == nil {
		return validate.Required(p, "")
	}
	params, raw := p.Child("parameters"), bytes.TrimSpace(o.Parameters.Raw)
	errs := validate.Named(p.Child("driver"), o.Driver, names.DNSSubdomain)
	switch {
	case len(raw) == 0 || slices.Equal(raw, []byte("null")):
		return append(errs, validate.Required(params, "")...)
	case raw[0] != '{' || !json.Valid(raw):
		return append(errs, validate.Invalid(params, "<value omitted>", "must be a valid JSON object")...)
	case len(raw) > OpaqueParametersMaxLength:
		return append(errs, validate.TooLong(params, OpaqueParametersMaxLength)...)
	}
	return errs
}

// poolName checks the name of a pool: DNS names with slashes between.
func poolName(p validate.Path, name string) validate.Errors {
	if name == "" {
		return validate.Required(p, "")
	}
	errs := validate.MaxBytes(p, name, 253)
	for part := range strings.SplitSeq(name, "/") {
		errs = append(errs, validate.String(p, part, names.DNSSubdomain)...)
	}
	return errs
}

package resourcev1

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/cel"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func resourceclaims() *scheme.Resource {
	return scheme.Define[ResourceClaim, ResourceClaimList](scheme.Spec[ResourceClaim]{
		Name:           "resourceclaims",
		Options:        scheme.Options{DeleteAnswersObject: true},
		Namespaced:     true,
		Default:        DefaultResourceClaim,
		Validate:       ValidateResourceClaim,
		ValidateUpdate: ValidateResourceClaimUpdate,
		Status: &scheme.Status[ResourceClaim]{
			Prepare:  prepareClaimStatus,
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
		Options:        scheme.Options{DeleteAnswersObject: true},
		Namespaced:     true,
		Default:        func(t *ResourceClaimTemplate) { DefaultResourceClaimSpec(&t.Spec.Spec) },
		Validate:       ValidateResourceClaimTemplate,
		ValidateUpdate: ValidateResourceClaimTemplateUpdate,
	})
}

// prepareClaimStatus drops what drivers say of devices that the claim no longer
// has.
func prepareClaimStatus(c, old *ResourceClaim) {
	rules.KeepMetadata(&c.ObjectMeta, &old.ObjectMeta)
	c.Status.Devices = slices.DeleteFunc(c.Status.Devices, func(d AllocatedDeviceStatus) bool {
		id := d.id()
		return old.Status.Allocation.has(id) && !c.Status.Allocation.has(id)
	})
	if len(c.Status.Devices) == 0 {
		c.Status.Devices = nil
	}
}

// DefaultResourceClaim fills in what the author of a claim, or whoever allocated
// its devices, left out.
func DefaultResourceClaim(c *ResourceClaim) {
	DefaultResourceClaimSpec(&c.Spec)
	if c.Status.Allocation == nil {
		return
	}
	for i := range c.Status.Allocation.Devices.Results {
		defaultTolerations(c.Status.Allocation.Devices.Results[i].Tolerations)
	}
}

func defaultTolerations(tolerations []DeviceToleration) {
	for i := range tolerations {
		rules.DefaultTo(&tolerations[i].Operator, DeviceTolerationOpEqual)
	}
}

// DefaultResourceClaimSpec fills in what the author of a claim left out.
func DefaultResourceClaimSpec(s *ResourceClaimSpec) {
	amount := func(mode *DeviceAllocationMode, count *int64) {
		rules.DefaultTo(mode, DeviceAllocationModeExactCount)
		if *mode == DeviceAllocationModeExactCount {
			rules.DefaultTo(count, 1)
		}
	}
	for i := range s.Devices.Requests {
		r := &s.Devices.Requests[i]
		if r.Exactly != nil {
			amount(&r.Exactly.AllocationMode, &r.Exactly.Count)
			defaultTolerations(r.Exactly.Tolerations)
		}
		for k := range r.FirstAvailable {
			amount(&r.FirstAvailable[k].AllocationMode, &r.FirstAvailable[k].Count)
			defaultTolerations(r.FirstAvailable[k].Tolerations)
		}
	}
}

// ValidateResourceClaim finds every fault of a claim that is about to be made.
func ValidateResourceClaim(c *ResourceClaim) validate.Errors {
	devices := rules.Spec.Child("devices")
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &c.ObjectMeta, true, names.DNSSubdomain),
		claimRules(devices, &c.Spec.Devices),
		validate.Declared(declaredClaim(devices, &c.Spec.Devices)),
	)
}

// ValidateResourceClaimUpdate finds every fault of a claim that is about to replace old.
func ValidateResourceClaimUpdate(c, old *ResourceClaim) validate.Errors {
	return append(validate.ObjectMetaUpdate(rules.Metadata, &c.ObjectMeta, &old.ObjectMeta), validate.Unchanged(rules.Spec, c.Spec, old.Spec)...)
}

// ValidateResourceClaimTemplate finds every fault of a template that is about
// to be made. Claims get names of their own.
func ValidateResourceClaimTemplate(t *ResourceClaimTemplate) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &t.ObjectMeta, true, names.DNSSubdomain), claimTemplate(t)...)
}

func claimTemplate(t *ResourceClaimTemplate) validate.Errors {
	p, m, devices := rules.Spec.Child("metadata"), &t.Spec.ObjectMeta, rules.Spec.Child("spec", "devices")
	unset := func(set bool, name string) validate.Errors { return rules.Forbid(set, p.Child(name), "cannot be set") }
	return validate.All(
		validate.Annotations(p.Child("annotations"), m.Annotations),
		validate.Labels(p.Child("labels"), m.Labels),
		unset(m.Name != "", "name"),
		unset(m.GenerateName != "", "generateName"),
		unset(m.Namespace != "", "namespace"),
		unset(m.UID != "", "uid"),
		unset(len(m.OwnerReferences) > 0, "ownerReferences"),
		unset(len(m.Finalizers) > 0, "finalizers"),
		claimRules(devices, &t.Spec.Spec.Devices),
		validate.Declared(declaredClaim(devices, &t.Spec.Spec.Devices)),
	)
}

// ValidateResourceClaimTemplateUpdate finds every fault of a template that is
// about to replace old.
func ValidateResourceClaimTemplateUpdate(t, old *ResourceClaimTemplate) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &t.ObjectMeta, &old.ObjectMeta),
		claimTemplate(t),
		validate.Immutable(rules.Spec, t.Spec, old.Spec),
	)
}

// few checks items one by one, unless there are too many, which is said of the list.
func few[T any](p validate.Path, items []T, limit int, check func(p validate.Path, item *T) validate.Errors) validate.Errors {
	if len(items) > limit {
		return nil
	}
	return validate.Each(p, items, check)
}

// claimRules checks which devices a claim asks for; p leads to them. What the
// types themselves declare, such as sizes of lists, declaredClaim checks.
func claimRules(p validate.Path, d *DeviceClaim) validate.Errors {
	known := d.requestNames()
	return validate.All(
		few(p.Child("requests"), d.Requests, DeviceRequestsMaxSize, deviceRequest),
		few(p.Child("constraints"), d.Constraints, DeviceConstraintsMaxSize, func(p validate.Path, c *DeviceConstraint) validate.Errors {
			// Kubernetes says so of none, and takes both.
			const one = `exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set`
			return append(requestNames(p.Child("requests"), c.Requests, known),
				rules.Require(c.MatchAttribute != nil || c.DistinctAttribute != nil, p, one)...)
		}),
		few(p.Child("config"), d.Config, DeviceConfigMaxSize, func(p validate.Path, c *DeviceClaimConfiguration) validate.Errors {
			return append(requestNames(p.Child("requests"), c.Requests, known), opaque(p.Child("opaque"), c.Opaque)...)
		}),
	)
}

// requestNames returns the names that other parts of a claim may call its
// requests by, those of alternatives behind a slash.
func (d *DeviceClaim) requestNames() map[string]bool {
	known := map[string]bool{}
	for i := range d.Requests {
		r := &d.Requests[i]
		known[r.Name] = true
		for k := range r.FirstAvailable {
			known[r.Name+"/"+r.FirstAvailable[k].Name] = true
		}
	}
	return known
}

func deviceRequest(p validate.Path, r *DeviceRequest) validate.Errors {
	const one = "exactly one of `exactly` or `firstAvailable` is required"
	errs := validate.String(p.Child("name"), r.Name, names.DNSLabel)
	switch some := len(r.FirstAvailable) > 0; {
	case r.Exactly == nil && !some:
		return append(errs, validate.Required(p, one)...)
	case r.Exactly != nil && some:
		return append(errs, validate.Invalid(p, nil, one+", but multiple fields are set")...)
	case r.Exactly != nil:
		e, p := r.Exactly, p.Child("exactly")
		return validate.All(errs,
			validate.Named(p.Child("deviceClassName"), e.DeviceClassName, names.DNSSubdomain),
			wanted(p, e.Selectors, e.AllocationMode, e.Count, e.Tolerations, e.Capacity))
	}
	return append(errs, validate.Each(p.Child("firstAvailable"), r.FirstAvailable, func(p validate.Path, s *DeviceSubRequest) validate.Errors {
		return append(validate.String(p.Child("name"), s.Name, names.DNSLabel),
			wanted(p, s.Selectors, s.AllocationMode, s.Count, s.Tolerations, s.Capacity)...)
	})...)
}

func wanted(p validate.Path, selectors []DeviceSelector, mode DeviceAllocationMode, count int64, tolerations []DeviceToleration, capacity *CapacityRequirements) validate.Errors {
	return validate.All(
		deviceSelectors(p.Child("selectors"), selectors),
		allocationCount(p.Child("count"), mode, count),
		validate.Each(p.Child("tolerations"), tolerations, toleration),
		validate.When(capacity != nil, func() validate.Errors {
			p := p.Child("capacity", "requests")
			return validate.EachKey(p, capacity.Requests, func(at validate.Path, key QualifiedName, amount quantity.Quantity) validate.Errors {
				return append(qualified(at, key), rules.Must(amount.Sign() >= 0, at, amount.String(), "must be greater than or equal to 0")...)
			})
		}),
	)
}

func allocationCount(p validate.Path, mode DeviceAllocationMode, count int64) validate.Errors {
	switch mode {
	case DeviceAllocationModeAll:
		return rules.Must(count == 0, p, count, "must not be specified when allocationMode is 'All'")
	case DeviceAllocationModeExactCount:
		return validate.Positive(p, count)
	}
	return nil
}

func deviceSelectors(p validate.Path, selectors []DeviceSelector) validate.Errors {
	return few(p, selectors, DeviceSelectorsMaxSize, func(p validate.Path, s *DeviceSelector) validate.Errors {
		return validate.Set(p.Child("cel"), s.CEL, func(p validate.Path, c CELDeviceSelector) validate.Errors {
			p = p.Child("expression")
			if len(c.Expression) > CELSelectorExpressionMaxLength {
				return validate.TooLong(p, CELSelectorExpressionMaxLength)
			}
			_, err := cel.CompileDeviceSelector(c.Expression)
			switch {
			case err == nil:
				return nil
			case errors.Is(err, cel.ErrTooComplex):
				return validate.Forbidden(p, err.Error())
			}
			if problem, ok := errors.AsType[*cel.CompileError](err); ok {
				return validate.Invalid(p, c.Expression, problem.Detail)
			}
			return validate.Internal(p, err)
		})
	})
}

func toleration(p validate.Path, t *DeviceToleration) validate.Errors {
	value := p.Child("value")
	switch t.Operator {
	case DeviceTolerationOpExists:
		return rules.Must(t.Value == "", value, t.Value, "must be empty for operator `Exists`")
	case DeviceTolerationOpEqual:
		return validate.String(value, t.Value, names.LabelValue)
	}
	return rules.Require(t.Operator != "", p.Child("operator"), "")
}

func requestNames(p validate.Path, requests []string, known map[string]bool) validate.Errors {
	return few(p, requests, DeviceRequestsMaxSize, func(p validate.Path, name *string) validate.Errors { return requestName(p, *name, known) })
}

func requestName(p validate.Path, name string, known map[string]bool) validate.Errors {
	request, sub, nested := strings.Cut(name, "/")
	errs := validate.String(p, request, names.DNSLabel)
	if nested {
		errs = append(errs, validate.String(p, sub, names.DNSLabel)...)
	}
	return append(errs, rules.Must(known[name], p, name, "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'")...)
}

// qualified checks the name of an attribute: an identifier, with its owner's
// domain before a slash.
func qualified(p validate.Path, name QualifiedName) validate.Errors {
	domain, id, ok := strings.Cut(string(name), "/")
	if !ok {
		domain, id = "", domain
	}
	return validate.All(
		validate.When(ok, func() validate.Errors {
			return append(validate.Named(p, domain, names.DNSSubdomain), validate.MaxBytes(p, domain, DeviceMaxDomainLength)...)
		}),
		validate.Named(p, id, names.CIdentifier),
		validate.When(len(id) > DeviceMaxIDLength, func() validate.Errors { return validate.TooManyChars(p, DeviceMaxIDLength) }),
	)
}

// opaque checks settings for a driver; its name, declaredDriver does.
func opaque(p validate.Path, o *OpaqueDeviceConfiguration) validate.Errors {
	if o == nil {
		return validate.Required(p, "")
	}
	p, raw := p.Child("parameters"), o.Parameters.Raw
	if isNothing(raw) {
		return validate.Required(p, "")
	}
	return jsonObject(p, raw, OpaqueParametersMaxLength)
}

func isNothing(raw []byte) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) == 0 || string(raw) == "null"
}

// jsonObject checks what a driver makes sense of, which nobody else looks into.
func jsonObject(p validate.Path, raw []byte, limit int) validate.Errors {
	raw = bytes.TrimSpace(raw)
	if len(raw) > limit {
		return validate.TooLong(p, limit)
	}
	return rules.Must(len(raw) > 0 && raw[0] == '{' && json.Valid(raw), p, "<value omitted>", "must be a valid JSON object")
}

// driverName checks the name of a driver, in which case does not count.
func driverName(p validate.Path, name string) validate.Errors {
	if name == "" {
		return validate.Required(p, "")
	}
	errs := validate.MaxBytes(p, name, DeviceMaxDomainLength)
	for _, problem := range names.DNSSubdomain(strings.ToLower(name)) {
		errs = append(errs, validate.Invalid(p, name, problem)...)
	}
	return errs
}

// poolName checks the name of a pool: DNS names with slashes between.
func poolName(p validate.Path, name string) validate.Errors {
	if name == "" {
		return validate.Required(p, "")
	}
	errs := validate.MaxBytes(p, name, PoolNameMaxLength)
	for part := range strings.SplitSeq(name, "/") {
		errs = append(errs, validate.String(p, part, names.DNSSubdomain)...)
	}
	return errs
}

// ValidateResourceClaimStatusUpdate finds every fault of a claim's status.
func ValidateResourceClaimStatusUpdate(c, old *ResourceClaim) validate.Errors {
	s, was, p := &c.Status, &old.Status, rules.Status
	reserved := p.Child("reservedFor")
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &c.ObjectMeta, &old.ObjectMeta),
		validate.Each(reserved, s.ReservedFor, func(p validate.Path, r *ResourceClaimConsumerReference) validate.Errors {
			return validate.All(
				validate.NonEmpty(p.Child("resource"), r.Resource),
				validate.NonEmpty(p.Child("name"), r.Name),
				validate.NonEmpty(p.Child("uid"), r.UID),
			)
		}),
		validate.Each(p.Child("devices"), s.Devices, func(p validate.Path, d *AllocatedDeviceStatus) validate.Errors {
			return deviceStatus(p, d, s.Allocation)
		}),
		// What was allocated before cannot change and need not be looked at.
		validate.When(s.Allocation != nil && was.Allocation == nil, func() validate.Errors {
			return allocation(p.Child("allocation"), s.Allocation, &c.Spec.Devices)
		}),
		// Nobody may come to use what is not allocated, or is about to go.
		rules.Forbid(s.Allocation == nil && len(s.ReservedFor) > 0, reserved, "may not be specified when `allocated` is not set"),
		rules.Forbid(s.Allocation != nil && old.DeletionTimestamp != nil && addsTo(s.ReservedFor, was.ReservedFor),
			reserved, "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set"),
		rules.Forbid(old.DeletionTimestamp != nil && s.Allocation != nil && was.Allocation == nil,
			p.Child("allocation"), "new allocation may not be added while `deletionTimestamp` is set"),
		validate.Declared(declaredStatus(p, s, was)),
	)
}

// addsTo says that a list of users has one that was not there before.
func addsTo(users, before []ResourceClaimConsumerReference) bool {
	return slices.ContainsFunc(users, func(r ResourceClaimConsumerReference) bool { return !slices.Contains(before, r) })
}

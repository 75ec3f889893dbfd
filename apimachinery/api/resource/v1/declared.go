package resourcev1

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// What the types of this group declare of their fields Kubernetes checks after
// all other rules, in the order of the fields. That order is part of what
// clients see, hence the functions of their own.

func declaredClaim(p validate.Path, d *DeviceClaim) validate.Errors {
	return validate.All(
		validate.ItemsBy(p.Child("requests"), d.Requests, DeviceRequestsMaxSize, func(r *DeviceRequest) string { return r.Name }, declaredRequest),
		validate.Items(p.Child("constraints"), d.Constraints, DeviceConstraintsMaxSize, func(p validate.Path, c *DeviceConstraint) validate.Errors {
			return validate.All(
				validate.ItemsBy(p.Child("requests"), c.Requests, DeviceRequestsMaxSize, itself, nil),
				validate.IfSet(p.Child("matchAttribute"), c.MatchAttribute, fullyQualified),
				validate.IfSet(p.Child("distinctAttribute"), c.DistinctAttribute, fullyQualified),
			)
		}),
		validate.Items(p.Child("config"), d.Config, DeviceConfigMaxSize, func(p validate.Path, c *DeviceClaimConfiguration) validate.Errors {
			return append(validate.ItemsBy(p.Child("requests"), c.Requests, DeviceRequestsMaxSize, itself, nil), declaredDriver(p, c.Opaque)...)
		}),
	)
}

func itself(s *string) string { return *s }

func declaredRequest(p validate.Path, r *DeviceRequest) validate.Errors {
	var exactly validate.Errors
	if e := r.Exactly; e != nil {
		exactly = declaredWants(p.Child("exactly"), e.Selectors, e.AllocationMode, e.Tolerations, e.DerivedAttributes)
	}
	return append(exactly, validate.ItemsBy(p.Child("firstAvailable"), r.FirstAvailable, FirstAvailableDeviceRequestMaxSize,
		func(s *DeviceSubRequest) string { return s.Name },
		func(p validate.Path, s *DeviceSubRequest) validate.Errors {
			return append(validate.Named(p.Child("deviceClassName"), s.DeviceClassName, rules.Format(names.DNSSubdomain)),
				declaredWants(p, s.Selectors, s.AllocationMode, s.Tolerations, s.DerivedAttributes)...)
		})...)
}

func declaredWants(p validate.Path, selectors []DeviceSelector, mode DeviceAllocationMode, tolerations []DeviceToleration, derived []DeviceDerivedAttribute) validate.Errors {
	return validate.All(
		validate.MaxItems(p.Child("selectors"), selectors, DeviceSelectorsMaxSize),
		validate.When(mode != "", func() validate.Errors {
			return validate.In(p.Child("allocationMode"), mode, DeviceAllocationModeAll, DeviceAllocationModeExactCount)
		}),
		declaredTolerations(p.Child("tolerations"), tolerations),
		validate.Items(p.Child("derivedAttributes"), derived, DeviceDerivedAttributesMaxSize, func(p validate.Path, d *DeviceDerivedAttribute) validate.Errors {
			return append(fullyQualified(p.Child("name"), d.Name), validate.NonEmpty(p.Child("expression"), d.Expression)...)
		}),
	)
}

func declaredTolerations(p validate.Path, tolerations []DeviceToleration) validate.Errors {
	return validate.Each(p, tolerations, func(p validate.Path, t *DeviceToleration) validate.Errors {
		return validate.All(
			rules.Optional(p.Child("key"), t.Key, names.QualifiedName),
			validate.When(t.Operator != "", func() validate.Errors {
				return validate.In(p.Child("operator"), t.Operator, DeviceTolerationOpEqual, DeviceTolerationOpExists)
			}),
			validate.When(t.Effect != "", func() validate.Errors { return taintEffect(p.Child("effect"), t.Effect) }),
		)
	})
}

// declaredDriver checks the name of the driver that settings are for.
func declaredDriver(p validate.Path, o *OpaqueDeviceConfiguration) validate.Errors {
	return validate.IfSet(p.Child("opaque"), o, func(p validate.Path, o OpaqueDeviceConfiguration) validate.Errors {
		return declaredDriverName(p.Child("driver"), o.Driver)
	})
}

func declaredDriverName(p validate.Path, name string) validate.Errors {
	return append(validate.Named(p, name, rules.Format(names.DNSSubdomainCaseless)),
		validate.When(utf8.RuneCountInString(name) > DeviceMaxDomainLength, func() validate.Errors { return validate.TooManyChars(p, DeviceMaxDomainLength) })...)
}

// declaredPoolName is poolName as the type of a result declares it, which names
// the part of the name that is wrong.
func declaredPoolName(p validate.Path, name string) validate.Errors {
	if name == "" {
		return validate.Required(p, "")
	}
	errs := validate.MaxBytes(p, name, PoolNameMaxLength)
	for i, part := range strings.Split(name, "/") {
		at := "segment " + strconv.Itoa(i) + ": "
		if part == "" {
			errs = append(errs, validate.Invalid(p, name, at+"must not be empty")...)
			continue
		}
		if len(part) > names.MaxDNSSubdomain {
			errs = append(errs, validate.Invalid(p, part, at+"must be no more than 253 bytes")...)
			continue
		}
		for _, problem := range names.DNSSubdomain(part) {
			errs = append(errs, validate.Invalid(p, part, at+problem)...)
		}
	}
	return errs
}

// fullyQualified checks the name of an attribute that must have its domain.
func fullyQualified(p validate.Path, full FullyQualifiedName) validate.Errors {
	domain, id, ok := strings.Cut(string(full), "/")
	switch {
	case !ok:
		return append(identifier(p, string(full)), validate.Invalid(p, full, "a fully qualified name must be a domain and a name separated by a slash")...)
	case strings.Contains(id, "/"):
		return nil // Kubernetes looks at names of two parts only
	case id == "":
		return append(qualifier(p, domain), validate.Invalid(p, id, "name must not be empty")...)
	}
	return append(qualifier(p, domain), identifier(p, id)...)
}

func qualifier(p validate.Path, domain string) validate.Errors {
	if domain == "" {
		return validate.Invalid(p, domain, "prefix must not be empty")
	}
	errs := validate.MaxBytes(p, domain, DeviceMaxDomainLength)
	for _, problem := range names.DNSSubdomain(domain) {
		errs = append(errs, validate.Invalid(p, domain, "prefix: "+problem)...)
	}
	return errs
}

func identifier(p validate.Path, id string) validate.Errors {
	return append(validate.MaxBytes(p, id, DeviceMaxIDLength), validate.String(p, id, names.CIdentifier)...)
}

func taintEffect(p validate.Path, e DeviceTaintEffect) validate.Errors {
	return validate.In(p, e, DeviceTaintEffectNoExecute, DeviceTaintEffectNoSchedule, DeviceTaintEffectNone)
}

// declaredTaint checks what a taint does.
func declaredTaint(p validate.Path, t *DeviceTaint) validate.Errors {
	if t.Effect == "" {
		return validate.Required(p.Child("effect"), "")
	}
	return taintEffect(p.Child("effect"), t.Effect)
}

func declaredSlice(p validate.Path, s *ResourceSliceSpec) validate.Errors {
	counters := func(p validate.Path, c map[string]Counter) validate.Errors {
		return append(rules.Require(len(c) > 0, p, ""), validate.EachKey(p, c, func(_ validate.Path, key string, _ Counter) validate.Errors {
			return validate.String(p, key, names.DNSLabel)
		})...)
	}
	return validate.All(
		validate.Each(p.Child("devices"), s.Devices, func(p validate.Path, d *Device) validate.Errors {
			return validate.All(
				validate.EachKey(p.Child("attributes"), d.Attributes, func(at validate.Path, _ QualifiedName, a DeviceAttribute) validate.Errors {
					return oneValue(at, &a)
				}),
				validate.ItemsBy(p.Child("consumesCounters"), d.ConsumesCounters, DeviceCounterConsumptionsMaxSize,
					func(c *DeviceCounterConsumption) string { return c.CounterSet },
					func(p validate.Path, c *DeviceCounterConsumption) validate.Errors {
						return append(validate.Named(p.Child("counterSet"), c.CounterSet, rules.Format(names.DNSLabel)), counters(p.Child("counters"), c.Counters)...)
					}),
				validate.Each(p.Child("taints"), d.Taints, declaredTaint),
				validate.MaxItems(p.Child("bindingConditions"), d.BindingConditions, BindingConditionsMaxSize),
				validate.MaxItems(p.Child("bindingFailureConditions"), d.BindingFailureConditions, BindingFailureConditionsMaxSize),
			)
		}),
		validate.ItemsBy(p.Child("sharedCounters"), s.SharedCounters, SharedCounterSetsMaxSize,
			func(c *CounterSet) string { return c.Name },
			func(p validate.Path, c *CounterSet) validate.Errors {
				return append(validate.Named(p.Child("name"), c.Name, rules.Format(names.DNSLabel)), counters(p.Child("counters"), c.Counters)...)
			}),
	)
}

// oneValue says that an attribute has one value and one only.
func oneValue(p validate.Path, a *DeviceAttribute) validate.Errors {
	return validate.ExactlyOne(p,
		validate.Member{Name: "int", Set: a.IntValue != nil}, validate.Member{Name: "bool", Set: a.BoolValue != nil},
		validate.Member{Name: "string", Set: a.StringValue != nil}, validate.Member{Name: "version", Set: a.VersionValue != nil},
		validate.Member{Name: "ints", Set: len(a.IntValues) > 0}, validate.Member{Name: "bools", Set: len(a.BoolValues) > 0},
		validate.Member{Name: "strings", Set: len(a.StringValues) > 0}, validate.Member{Name: "versions", Set: len(a.VersionValues) > 0})
}

func declaredStatus(p validate.Path, s, was *ResourceClaimStatus) validate.Errors {
	return validate.All(
		validate.When(s.Allocation != nil && was.Allocation != nil, func() validate.Errors {
			return rules.Must(validate.Equal(s.Allocation, was.Allocation), p.Child("allocation"), nil, "field cannot be modified once set")
		}),
		validate.IfSet(p.Child("allocation", "devices"), newlyAllocated(s, was), func(p validate.Path, d DeviceAllocationResult) validate.Errors {
			return append(validate.Items(p.Child("results"), d.Results, AllocationResultsMaxSize, declaredResult),
				validate.Items(p.Child("config"), d.Config, 2*DeviceConfigMaxSize, declaredAllocationConfig)...)
		}),
		validate.ItemsBy(p.Child("reservedFor"), s.ReservedFor, ResourceClaimReservedForMaxSize,
			func(r *ResourceClaimConsumerReference) string { return string(r.UID) }, nil),
		validate.ItemsBy(p.Child("devices"), s.Devices, len(s.Devices), func(d *AllocatedDeviceStatus) [4]string {
			return [4]string{d.Driver, d.Device, d.Pool, rules.ValueOf(d.ShareID)}
		}, declaredDeviceStatus),
	)
}

func newlyAllocated(s, was *ResourceClaimStatus) *DeviceAllocationResult {
	if s.Allocation == nil || was.Allocation != nil {
		return nil
	}
	return &s.Allocation.Devices
}

func declaredResult(p validate.Path, r *DeviceRequestAllocationResult) validate.Errors {
	return validate.All(
		declaredDriverName(p.Child("driver"), r.Driver),
		declaredPoolName(p.Child("pool"), r.Pool),
		declaredTolerations(p.Child("tolerations"), r.Tolerations),
		validate.MaxItems(p.Child("bindingConditions"), r.BindingConditions, BindingConditionsMaxSize),
		validate.MaxItems(p.Child("bindingFailureConditions"), r.BindingFailureConditions, BindingFailureConditionsMaxSize),
		validate.IfSet(p.Child("shareID"), (*string)(r.ShareID), uuid),
	)
}

func declaredAllocationConfig(p validate.Path, c *DeviceAllocationConfiguration) validate.Errors {
	return validate.All(
		validate.OneOf(p.Child("source"), c.Source, AllocationConfigSourceClaim, AllocationConfigSourceClass),
		validate.ItemsBy(p.Child("requests"), c.Requests, DeviceRequestsMaxSize, itself, nil),
		declaredDriver(p, c.Opaque),
	)
}

func declaredDeviceStatus(p validate.Path, d *AllocatedDeviceStatus) validate.Errors {
	return append(validate.IfSet(p.Child("shareID"), d.ShareID, uuid),
		validate.IfSet(p.Child("networkData"), d.NetworkData, func(p validate.Path, n NetworkDeviceData) validate.Errors {
			return validate.All(
				validate.MaxBytes(p.Child("interfaceName"), n.InterfaceName, NetworkDeviceDataInterfaceNameMaxLength),
				validate.ItemsBy(p.Child("ips"), n.IPs, NetworkDeviceDataMaxIPs, itself, nil),
				validate.MaxBytes(p.Child("hardwareAddress"), n.HardwareAddress, NetworkDeviceDataHardwareAddressMaxLength),
			)
		})...)
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

func uuid(p validate.Path, id string) validate.Errors {
	return rules.Must(uuidForm.MatchString(id), p, id, "must be a lowercase UUID in 8-4-4-4-12 format")
}

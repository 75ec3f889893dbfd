package resourcev1

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// allocation checks which devices a claim gets that has none so far.
func allocation(p validate.Path, a *AllocationResult, claim *DeviceClaim) validate.Errors {
	known, devices := claim.requestNames(), p.Child("devices")
	return validate.All(
		validate.Each(devices.Child("results"), a.Devices.Results, func(p validate.Path, r *DeviceRequestAllocationResult) validate.Errors {
			if len(a.Devices.Results) > AllocationResultsMaxSize {
				return nil // which is said of the list
			}
			return validate.All(
				requestName(p.Child("request"), r.Request, known),
				validate.String(p.Child("device"), r.Device, names.DNSLabel),
				bindings(p, r.BindingConditions, r.BindingFailureConditions),
				validate.Each(p.Child("tolerations"), r.Tolerations, toleration),
			)
		}),
		validate.Each(devices.Child("config"), a.Devices.Config, func(p validate.Path, c *DeviceAllocationConfiguration) validate.Errors {
			return append(requestNames(p.Child("requests"), c.Requests, known), opaque(p.Child("opaque"), c.Opaque)...)
		}),
		validate.IfSet(p.Child("nodeSelector"), a.NodeSelector, func(p validate.Path, s corev1.NodeSelector) validate.Errors {
			return corev1.NodeSelectors(p, &s)
		}),
	)
}

// bindings checks what a device waits for before Pods are bound that use it, and
// what makes them look for another.
func bindings(p validate.Path, good, bad []string) validate.Errors {
	const both = "bindingFailureConditions must not overlap with bindingConditions"
	goods, bads := p.Child("bindingConditions"), p.Child("bindingFailureConditions")
	conditions := func(p validate.Path, list []string, limit int) validate.Errors {
		if len(list) > limit {
			return nil // which is said of the list
		}
		errs := validate.Each(p, list, func(p validate.Path, c *string) validate.Errors { return validate.String(p, *c, names.QualifiedName) })
		return append(errs, validate.Unique(p, list)...)
	}
	return validate.All(
		conditions(goods, good, BindingConditionsMaxSize),
		conditions(bads, bad, BindingFailureConditionsMaxSize),
		validate.Each(bads, bad, func(p validate.Path, c *string) validate.Errors {
			return rules.Must(!slices.Contains(good, *c), p, *c, both)
		}),
		rules.Must(len(good) == 0 || len(bad) > 0, bads, bad, "bindingFailureConditions are required to use bindingConditions"),
		rules.Must(len(bad) == 0 || len(good) > 0, goods, good, "bindingConditions are required to use bindingFailureConditions"),
	)
}

// allocatedDevice is what messages show of a device that nobody allocated.
type allocatedDevice struct{ Driver, Pool, Device, ShareID string }

func (d *AllocatedDeviceStatus) id() allocatedDevice {
	return allocatedDevice{d.Driver, d.Pool, d.Device, rules.ValueOf(d.ShareID)}
}

// maxDeviceConditions is how many conditions a driver may report of a device.
const maxDeviceConditions = 8

// deviceStatus checks what a driver says of one of the devices that a has.
func deviceStatus(p validate.Path, d *AllocatedDeviceStatus, a *AllocationResult) validate.Errors {
	id := d.id()
	return validate.All(
		driverName(p.Child("driver"), d.Driver),
		poolName(p.Child("pool"), d.Pool),
		validate.String(p.Child("device"), d.Device, names.DNSLabel),
		rules.Must(a.has(id), p, id, "must be an allocated device in the claim"),
		validate.MaxItems(p.Child("conditions"), d.Conditions, maxDeviceConditions),
		rules.Conditions(p.Child("conditions"), d.Conditions),
		validate.When(d.Data != nil && !isNothing(d.Data.Raw), func() validate.Errors {
			return jsonObject(p.Child("data"), d.Data.Raw, ResourceClaimDeviceDataMaxSize)
		}),
		validate.IfSet(p.Child("networkData"), d.NetworkData, func(p validate.Path, n NetworkDeviceData) validate.Errors {
			if len(n.IPs) > NetworkDeviceDataMaxIPs {
				return nil // which is said of the list
			}
			return validate.Each(p.Child("ips"), n.IPs, interfaceAddress)
		}),
	)
}

func (a *AllocationResult) has(id allocatedDevice) bool {
	return a != nil && slices.ContainsFunc(a.Devices.Results, func(r DeviceRequestAllocationResult) bool {
		return id == allocatedDevice{r.Driver, r.Pool, r.Device, string(rules.ValueOf(r.ShareID))}
	})
}

// interfaceAddress checks an address of a network interface with the length of
// its network's prefix, written in the one way.
func interfaceAddress(p validate.Path, text *string) validate.Errors {
	const form = "must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)"
	address, length, ok := strings.Cut(*text, "/")
	if !ok {
		return validate.Invalid(p, *text, form)
	}
	addr, err := netip.ParseAddr(withoutZeros(address))
	if err != nil {
		return validate.Invalid(p, *text, form)
	}
	prefix, err := netip.ParsePrefix(addr.String() + "/" + length)
	if err != nil {
		return validate.Invalid(p, *text, form)
	}
	bits := prefix.Bits()
	if addr.Is4In6() && bits >= 96 {
		bits -= 96
	}
	canonical := netip.PrefixFrom(addr.Unmap(), bits).String()
	return rules.Must(canonical == *text, p, *text, `must be in canonical form ("`+canonical+`")`)
}

// withoutZeros drops zeros in front of the numbers of an IPv4 address, which old
// clients wrote.
func withoutZeros(address string) string {
	if strings.Contains(address, ":") {
		return address
	}
	parts := strings.Split(address, ".")
	for i, part := range parts {
		if trimmed := strings.TrimLeft(part, "0"); trimmed != "" {
			parts[i] = trimmed
		} else if part != "" {
			parts[i] = "0"
		}
	}
	return strings.Join(parts, ".")
}

package registry

import (
	"fmt"
	"net/netip"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// setFamilies fills in ipFamilyPolicy and ipFamilies, as far as the cluster has
// addresses of them, and refuses what it cannot give. was is nil for a new Service.
// What the fields say by themselves is judged before: nothing can be filled in
// beside what makes no sense.
func (a *clusterIPs) setFamilies(s, was *corev1.Service) validate.Errors {
	if !hasAddress(s) {
		return nil
	}
	if errs := corev1.ValidateServiceAddresses(s); len(errs) > 0 {
		return errs
	}
	spec := &s.Spec
	// The endpoints of a headless Service without selector are made by hand and may
	// be of any family.
	byHand := isHeadless(s) && len(spec.Selector) == 0
	if spec.IPFamilyPolicy == nil {
		policy := corev1.IPFamilyPolicySingleStack
		if byHand {
			policy = corev1.IPFamilyPolicyRequireDualStack
		}
		spec.IPFamilyPolicy = &policy
	}
	if was != nil {
		dropSecond(spec, &was.Spec)
	}
	if errs := a.inferFamilies(spec); len(errs) > 0 {
		return errs
	}
	if !byHand {
		if errs := a.refuseFamilies(spec); len(errs) > 0 {
			return errs
		}
	}
	if len(spec.IPFamilies) == 0 {
		spec.IPFamilies = []corev1.IPFamily{a.family()}
	}
	if other := otherFamily(spec.IPFamilies[0]); !isSingle(spec) && len(spec.IPFamilies) == 1 && (byHand || a.has(other)) {
		spec.IPFamilies = append(spec.IPFamilies, other)
	}
	return nil
}

func isSingle(s *corev1.ServiceSpec) bool {
	return *s.IPFamilyPolicy == corev1.IPFamilyPolicySingleStack
}

// dropSecond takes the second family and address away when the policy is changed
// to a single one and the client has left them as they were.
func dropSecond(spec, was *corev1.ServiceSpec) {
	if !isSingle(spec) || was.IPFamilyPolicy == nil || isSingle(was) {
		return
	}
	if len(spec.ClusterIPs) == 2 && slices.Equal(spec.ClusterIPs, was.ClusterIPs) {
		spec.ClusterIPs = spec.ClusterIPs[:1:1]
	}
	if len(spec.IPFamilies) == 2 && slices.Equal(spec.IPFamilies, was.IPFamilies) {
		spec.IPFamilies = spec.IPFamilies[:1:1]
	}
}

// inferFamilies completes the families by the addresses that are asked for.
func (a *clusterIPs) inferFamilies(spec *corev1.ServiceSpec) validate.Errors {
	var errs validate.Errors
	path := serviceSpecPath.Child("ipFamilyPolicy")
	const both = "must be 'RequireDualStack' or 'PreferDualStack' when multiple %s are specified"
	if isSingle(spec) && len(spec.IPFamilies) > 1 {
		errs = append(errs, validate.Invalid(path, *spec.IPFamilyPolicy, fmt.Sprintf(both, "IP families"))...)
	}
	if isSingle(spec) && len(spec.ClusterIPs) > 1 {
		errs = append(errs, validate.Invalid(path, *spec.IPFamilyPolicy, fmt.Sprintf(both, "cluster IPs"))...)
	}
	for i, text := range spec.ClusterIPs {
		ip, err := netip.ParseAddr(text)
		if err != nil {
			continue // headless
		}
		family := familyOf(ip)
		if !a.has(family) {
			errs = append(errs, validate.Invalid(serviceSpecPath.Child("clusterIPs").Index(i), spec.ClusterIPs, string(family)+" is not configured on this cluster")...)
		} else if i == len(spec.IPFamilies) {
			spec.IPFamilies = append(spec.IPFamilies, family)
		}
	}
	return errs
}

// refuseFamilies finds what the cluster has no addresses for.
func (a *clusterIPs) refuseFamilies(spec *corev1.ServiceSpec) validate.Errors {
	var errs validate.Errors
	if *spec.IPFamilyPolicy == corev1.IPFamilyPolicyRequireDualStack && len(a.ranges) < 2 {
		errs = append(errs, validate.Invalid(serviceSpecPath.Child("ipFamilyPolicy"), *spec.IPFamilyPolicy, "this cluster is not configured for dual-stack services")...)
	}
	for i, family := range spec.IPFamilies {
		if !a.has(family) {
			errs = append(errs, validate.Invalid(serviceSpecPath.Child("ipFamilies").Index(i), family, "not configured on this cluster")...)
		}
	}
	return errs
}

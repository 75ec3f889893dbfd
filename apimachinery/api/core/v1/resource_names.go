package corev1

import (
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// Which names mean something in which place. Names without a slash are the
// cluster's own; others are extended resources, which node plug-ins offer.
var (
	containerResources = []ResourceName{ResourceCPU, ResourceMemory, ResourceEphemeralStorage}
	// podLevelResources may be asked for by a Pod as a whole.
	podLevelResources = []ResourceName{ResourceCPU, ResourceMemory}
	// countedResources are whole numbers of objects.
	countedResources = []ResourceName{
		ResourcePods, ResourceQuotas, ResourceServices, ResourceReplicationControllers, ResourceSecrets, ResourceConfigMaps,
		ResourcePersistentVolumeClaims, ResourceServicesNodePorts, ResourceServicesLoadBalancers,
	}
	// quotaResources may be limited by a quota.
	quotaResources = slices.Concat(countedResources, containerResources, []ResourceName{
		ResourceRequestsCPU, ResourceRequestsMemory, ResourceRequestsStorage, ResourceRequestsEphemeralStorage,
		ResourceLimitsCPU, ResourceLimitsMemory, ResourceLimitsEphemeralStorage,
	})
	standardResources = append(slices.Clone(quotaResources), ResourceStorage)

	podObjectResources  = []ResourceName{ResourcePods}
	podComputeResources = []ResourceName{
		ResourceCPU, ResourceMemory, ResourceRequestsCPU, ResourceRequestsMemory, ResourceLimitsCPU, ResourceLimitsMemory,
	}
)

func isHugePages(name ResourceName) bool {
	return strings.HasPrefix(string(name), ResourceHugePagesPrefix)
}

func isQuotaHugePages(name ResourceName) bool {
	return isHugePages(name) || strings.HasPrefix(string(name), ResourceRequestsHugePagesPrefix)
}

func isStandardResource(name ResourceName) bool {
	return slices.Contains(standardResources, name) || isQuotaHugePages(name)
}

func isContainerResource(name ResourceName) bool {
	return slices.Contains(containerResources, name) || isHugePages(name)
}

func isPodLevelResource(name ResourceName) bool {
	return slices.Contains(podLevelResources, name) || isHugePages(name)
}

func isQuotaResource(name ResourceName) bool {
	return slices.Contains(quotaResources, name) || isQuotaHugePages(name)
}

// isNativeResource says whether the cluster itself knows the resource.
func isNativeResource(name ResourceName) bool {
	return !strings.Contains(string(name), "/") || strings.Contains(string(name), ResourceDefaultNamespacePrefix)
}

// IsExtendedResource reports whether the name is that of a resource which nodes
// offer besides those that the cluster knows, such as example.com/gpu.
func IsExtendedResource(name ResourceName) bool {
	if isNativeResource(name) || strings.HasPrefix(string(name), DefaultResourceRequestsPrefix) {
		return false
	}
	// Quotas name it with a prefix, which must fit too.
	return len(names.QualifiedName(DefaultResourceRequestsPrefix+string(name))) == 0
}

// isOvercommitAllowed says whether limits may promise more than there is.
func isOvercommitAllowed(name ResourceName) bool {
	return isNativeResource(name) && !isHugePages(name)
}

func isInteger(name ResourceName) bool {
	return slices.Contains(countedResources, name) || IsExtendedResource(name)
}

func unqualified(name ResourceName) bool { return !strings.Contains(string(name), "/") }

// resourceName is the rule for any name of a resource.
func resourceName(p validate.Path, name ResourceName) validate.Errors {
	if errs := validate.String(p, name, names.QualifiedName); len(errs) > 0 {
		return errs
	}
	return must(!unqualified(name) || isStandardResource(name), p, name, "must be a standard resource type or fully qualified")
}

// ContainerResourceName is the check of the name of what a container may ask for.
func ContainerResourceName(p validate.Path, name ResourceName) validate.Errors {
	return containerResourceName(p, name)
}

func containerResourceName(p validate.Path, name ResourceName) validate.Errors {
	errs := resourceName(p, name)
	switch {
	case unqualified(name):
		return append(errs, must(isContainerResource(name), p, name, "must be a standard resource for containers")...)
	case !isNativeResource(name):
		return append(errs, must(IsExtendedResource(name), p, name, "doesn't follow extended resource name standard")...)
	}
	return errs
}

func podLevelResourceName(p validate.Path, name ResourceName) validate.Errors {
	errs := resourceName(p, name)
	if len(errs) == 0 && !isPodLevelResource(name) {
		return validate.NotSupported(p, string(name), validate.Sorted(append(slices.Clone(podLevelResources), ResourceHugePagesPrefix)...)...)
	}
	return errs
}

func quotaResourceName(p validate.Path, name ResourceName) validate.Errors {
	return append(resourceName(p, name),
		must(!unqualified(name) || isQuotaResource(name), p, name, "must be a standard resource for quota")...)
}

// resourceQuantity is the rule for an amount of a resource.
func resourceQuantity(p validate.Path, name ResourceName, q quantity.Quantity) validate.Errors {
	return append(nonNegativeQuantity(p, q),
		must(!isInteger(name) || isWhole(q), p, q, "must be an integer")...)
}

func nonNegativeQuantity(p validate.Path, q quantity.Quantity) validate.Errors {
	return must(q.Sign() >= 0, p, q.String(), "must be greater than or equal to 0")
}

func positiveQuantity(p validate.Path, q quantity.Quantity) validate.Errors {
	return must(q.Sign() > 0, p, q.String(), "must be greater than zero")
}

// basicQuantity is the rule for amounts that volumes report.
func basicQuantity(p validate.Path, q quantity.Quantity) validate.Errors {
	return must(q.Sign() >= 0, p, q.Value(), "must be a valid resource quantity")
}

func isWhole(q quantity.Quantity) bool { return q.MilliValue()%1000 == 0 }

// hugePagesQuantity asks for whole pages of the size that the name says.
func hugePagesQuantity(p validate.Path, name ResourceName, q quantity.Quantity) validate.Errors {
	size, ok := strings.CutPrefix(string(name), ResourceHugePagesPrefix)
	if !ok {
		return nil
	}
	page, err := quantity.Parse(size)
	divisible := err == nil && page.Value() > 0 && q.Value()%page.Value() == 0
	return must(divisible, p, q.String(), q.String()+" is not positive integer multiple of "+string(name))
}

// must says Invalid unless ok. The value is shown as it is.
func must(ok bool, p validate.Path, value any, detail string) validate.Errors {
	if ok {
		return nil
	}
	return validate.Invalid(p, value, detail)
}

// forbid says Forbidden if the condition holds.
func forbid(condition bool, p validate.Path, detail string) validate.Errors {
	if !condition {
		return nil
	}
	return validate.Forbidden(p, detail)
}

// require says Required unless the condition holds.
func require(ok bool, p validate.Path, detail string) validate.Errors {
	if ok {
		return nil
	}
	return validate.Required(p, detail)
}

package limitranger

import (
	"fmt"
	"maps"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

func checkPod(item *corev1.LimitRangeItem, spec *corev1.PodSpec) []string {
	var faults []string
	switch item.Type {
	case corev1.LimitTypeContainer:
		for _, c := range slices.Concat(spec.Containers, spec.InitContainers) {
			faults = append(faults, checkResources(item, c.Resources.Requests, c.Resources.Limits)...)
		}
	case corev1.LimitTypePod:
		requests, limits := corev1.ContainerRequests(spec), corev1.ContainerLimits(spec)
		if own := spec.Resources; own != nil {
			maps.Copy(requests, own.Requests)
			maps.Copy(limits, own.Limits)
		}
		faults = checkResources(item, requests, limits)
	}
	return faults
}

func checkResources(item *corev1.LimitRangeItem, requests, limits corev1.ResourceList) []string {
	var faults []string
	for _, name := range sorted(item.Min) {
		faults = appendFault(faults, least(item.Type, name, item.Min[name], requests, limits))
	}
	for _, name := range sorted(item.Max) {
		faults = appendFault(faults, most(item.Type, name, item.Max[name], requests, limits))
	}
	for _, name := range sorted(item.MaxLimitRequestRatio) {
		faults = appendFault(faults, ratio(item.Type, name, item.MaxLimitRequestRatio[name], requests, limits))
	}
	return faults
}

// checkClaim checks what a claim asks for: it has no limits.
func checkClaim(item *corev1.LimitRangeItem, claim *corev1.PersistentVolumeClaim) []string {
	if item.Type != corev1.LimitTypePersistentVolumeClaim {
		return nil
	}
	requests := claim.Spec.Resources.Requests
	var faults []string
	for _, name := range sorted(item.Min) {
		faults = appendFault(faults, least(item.Type, name, item.Min[name], requests, nil))
	}
	for _, name := range sorted(item.Max) {
		bound := item.Max[name]
		request, ok := requests[name]
		switch {
		case !ok:
			faults = append(faults, fmt.Sprintf("maximum %s usage per %s is %s.  No request is specified", name, item.Type, bound))
		case bound.Less(request):
			faults = append(faults, fmt.Sprintf("maximum %s usage per %s is %s, but request is %s", name, item.Type, bound, request))
		}
	}
	return faults
}

func sorted(list corev1.ResourceList) []corev1.ResourceName {
	return slices.Sorted(maps.Keys(list))
}

func appendFault(faults []string, fault string) []string {
	if fault == "" {
		return faults
	}
	return append(faults, fault)
}

func least(typ corev1.LimitType, name corev1.ResourceName, bound quantity.Quantity, requests, limits corev1.ResourceList) string {
	request, requested := requests[name]
	limit, limited := limits[name]
	switch {
	case !requested:
		return fmt.Sprintf("minimum %s usage per %s is %s.  No request is specified", name, typ, bound)
	case request.Less(bound):
		return fmt.Sprintf("minimum %s usage per %s is %s, but request is %s", name, typ, bound, request)
	case limited && limit.Less(bound):
		return fmt.Sprintf("minimum %s usage per %s is %s, but limit is %s", name, typ, bound, limit)
	}
	return ""
}

func most(typ corev1.LimitType, name corev1.ResourceName, bound quantity.Quantity, requests, limits corev1.ResourceList) string {
	request, requested := requests[name]
	limit, limited := limits[name]
	switch {
	case !limited:
		return fmt.Sprintf("maximum %s usage per %s is %s.  No limit is specified", name, typ, bound)
	case bound.Less(limit):
		return fmt.Sprintf("maximum %s usage per %s is %s, but limit is %s", name, typ, bound, limit)
	case requested && bound.Less(request):
		return fmt.Sprintf("maximum %s usage per %s is %s, but request is %s", name, typ, bound, request)
	}
	return ""
}

func ratio(typ corev1.LimitType, name corev1.ResourceName, bound quantity.Quantity, requests, limits corev1.ResourceList) string {
	request, requested := requests[name]
	limit, limited := limits[name]
	title := fmt.Sprintf("%s max limit to request ratio per %s is %s", name, typ, bound)
	switch {
	case !requested || request.Sign() == 0:
		return title + ", but no request is specified or request is 0"
	case !limited || limit.Sign() == 0:
		return title + ", but no limit is specified or limit is 0"
	}
	if have := limit.Float64() / request.Float64(); have > bound.Float64() {
		return fmt.Sprintf("%s, but provided ratio is %f", title, have)
	}
	return ""
}

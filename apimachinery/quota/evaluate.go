package quota

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	resourcev1 "github.com/kubenucleus/nucleus/apimachinery/api/resource/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// An Evaluator knows how the objects of one resource use quota. Objects that it
// is given are of the resource's Go type, or, where only their number counts,
// of any.
type Evaluator interface {
	// Matching picks from hard the resources that such objects use.
	Matching(hard corev1.ResourceList) []corev1.ResourceName
	// InScope reports whether the object is what a scope speaks of. The error
	// says that the term makes no sense.
	InScope(term corev1.ScopedResourceSelectorRequirement, obj meta.Object) (bool, error)
	// Said returns an error if the object leaves open how much it uses of one of
	// those resources that every object has to tell.
	Said(names []corev1.ResourceName, obj meta.Object) error
	// Usage is what the object uses at that time, under every name that it goes by.
	Usage(obj meta.Object, now time.Time) corev1.ResourceList
}

// Of returns the evaluator of a resource. Of those about which nothing is known
// the objects count.
func Of(resource meta.GroupResource) Evaluator {
	switch resource {
	case meta.GroupResource{Resource: "pods"}:
		return pods{}
	case meta.GroupResource{Resource: "services"}:
		return services{count{"count/services"}}
	case meta.GroupResource{Resource: "persistentvolumeclaims"}:
		return claims{count{"count/persistentvolumeclaims"}}
	case meta.GroupResource{Group: "resource.k8s.io", Resource: "resourceclaims"}:
		return deviceClaims{count{"count/resourceclaims.resource.k8s.io"}}
	case meta.GroupResource{Resource: "configmaps"}, meta.GroupResource{Resource: "secrets"},
		meta.GroupResource{Resource: "replicationcontrollers"}, meta.GroupResource{Resource: "resourcequotas"}:
		// These could be limited before count/ was invented.
		return count{corev1.ResourceName("count/" + resource.Resource), corev1.ResourceName(resource.Resource)}
	}
	return count{corev1.ResourceName("count/" + resource.String())}
}

var one = quantity.New(1, quantity.DecimalSI)

// count is the evaluator of objects that only count: under each of its names.
type count []corev1.ResourceName

func (c count) Matching(hard corev1.ResourceList) []corev1.ResourceName {
	return slices.DeleteFunc(slices.Clone(c), func(name corev1.ResourceName) bool { _, ok := hard[name]; return !ok })
}

func (count) InScope(corev1.ScopedResourceSelectorRequirement, meta.Object) (bool, error) {
	return false, nil
}

func (count) Said([]corev1.ResourceName, meta.Object) error { return nil }

func (c count) Usage(meta.Object, time.Time) corev1.ResourceList {
	list := corev1.ResourceList{}
	for _, name := range c {
		list[name] = one
	}
	return list
}

// services count, and so do the node ports and load balancers they take.
type services struct{ count }

func (s services) Matching(hard corev1.ResourceList) []corev1.ResourceName {
	return append(s.count.Matching(hard), count{"services", "services.nodeports", "services.loadbalancers"}.Matching(hard)...)
}

func (s services) Usage(obj meta.Object, now time.Time) corev1.ResourceList {
	list := s.count.Usage(obj, now)
	service, ok := obj.(*corev1.Service)
	if !ok {
		return list
	}
	list["services"] = one
	ports := 0
	switch service.Spec.Type {
	case corev1.ServiceTypeNodePort:
		ports = len(service.Spec.Ports)
	case corev1.ServiceTypeLoadBalancer:
		list["services.loadbalancers"] = one
		allocates := service.Spec.AllocateLoadBalancerNodePorts == nil || *service.Spec.AllocateLoadBalancerNodePorts
		for _, p := range service.Spec.Ports {
			if allocates || p.NodePort != 0 {
				ports++
			}
		}
	}
	list["services.nodeports"] = quantity.New(int64(ports), quantity.DecimalSI)
	return list
}

// claims count, and so does the storage they ask for, each also by the
// storage class.
type claims struct{ count }

const classInfix = ".storageclass.storage.k8s.io/"

func (c claims) Matching(hard corev1.ResourceList) []corev1.ResourceName {
	names := append(c.count.Matching(hard), count{"persistentvolumeclaims", "requests.storage"}.Matching(hard)...)
	for name := range hard {
		if strings.Contains(string(name), classInfix) {
			names = append(names, name)
		}
	}
	return names
}

func (c claims) InScope(term corev1.ScopedResourceSelectorRequirement, obj meta.Object) (bool, error) {
	claim, ok := obj.(*corev1.PersistentVolumeClaim)
	if !ok || term.ScopeName != corev1.ResourceQuotaScopeVolumeAttributesClass {
		return false, nil
	}
	class := ""
	if claim.Spec.VolumeAttributesClassName != nil {
		class = *claim.Spec.VolumeAttributesClassName
	}
	return valueInScope(term, class)
}

func (c claims) Usage(obj meta.Object, now time.Time) corev1.ResourceList {
	list := c.count.Usage(obj, now)
	claim, ok := obj.(*corev1.PersistentVolumeClaim)
	if !ok {
		return list
	}
	list["persistentvolumeclaims"] = one
	class := ""
	if claim.Spec.StorageClassName != nil {
		class = *claim.Spec.StorageClassName
	}
	if class != "" {
		list[corev1.ResourceName(class+classInfix+"persistentvolumeclaims")] = one
	}
	if storage, ok := claim.Spec.Resources.Requests[corev1.ResourceStorage]; ok {
		list["requests.storage"] = storage
		if class != "" {
			list[corev1.ResourceName(class+classInfix+"requests.storage")] = storage
		}
	}
	return list
}

// deviceClaims count, and so do the devices they may come to take of each class.
type deviceClaims struct{ count }

const classDevices = ".deviceclass.resource.k8s.io/devices"

func (c deviceClaims) Matching(hard corev1.ResourceList) []corev1.ResourceName {
	names := c.count.Matching(hard)
	for name := range hard {
		if strings.HasSuffix(string(name), classDevices) {
			names = append(names, name)
		}
	}
	return names
}

func (c deviceClaims) Usage(obj meta.Object, now time.Time) corev1.ResourceList {
	list := c.count.Usage(obj, now)
	claim, ok := obj.(*resourcev1.ResourceClaim)
	if !ok {
		return list
	}
	add := func(class corev1.ResourceName, devices int64) {
		have := list[class]
		have.Add(quantity.New(devices, quantity.DecimalSI))
		list[class] = have
	}
	for _, r := range claim.Spec.Devices.Requests {
		if r.Exactly != nil {
			add(corev1.ResourceName(r.Exactly.DeviceClassName+classDevices), mostDevices(r.Exactly.AllocationMode, r.Exactly.Count))
		}
		// One of these will be had, nobody knows which: the worst counts.
		worst := map[corev1.ResourceName]int64{}
		for _, s := range r.FirstAvailable {
			class := corev1.ResourceName(s.DeviceClassName + classDevices)
			worst[class] = max(worst[class], mostDevices(s.AllocationMode, s.Count))
		}
		for class, devices := range worst {
			add(class, devices)
		}
	}
	return list
}

// mostDevices is how many devices a request can get.
func mostDevices(mode resourcev1.DeviceAllocationMode, count int64) int64 {
	switch mode {
	case resourcev1.DeviceAllocationModeExactCount:
		return count
	case resourcev1.DeviceAllocationModeAll:
		return resourcev1.AllocationResultsMaxSize
	}
	return 0
}

// pods use what their containers ask for.
type pods struct{}

// computeNames are the resources of Pods with a name of their own.
var computeNames = []corev1.ResourceName{
	"pods", "count/pods",
	"cpu", "memory", "ephemeral-storage",
	"requests.cpu", "requests.memory", "requests.ephemeral-storage",
	"limits.cpu", "limits.memory", "limits.ephemeral-storage",
}

// mustBeSaid are those of which every container has to say what it uses, or
// the quota would not mean much.
var mustBeSaid = []corev1.ResourceName{"cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"}

func (pods) Matching(hard corev1.ResourceList) []corev1.ResourceName {
	names := count(computeNames).Matching(hard)
	for name := range hard {
		text := string(name)
		requested, isRequest := strings.CutPrefix(text, "requests.")
		if strings.HasPrefix(text, "hugepages-") || isRequest && (strings.HasPrefix(requested, "hugepages-") || extended(requested)) {
			names = append(names, name)
		}
	}
	return names
}

// extended reports whether a resource is one that plug-ins of nodes offer.
func extended(name string) bool {
	domain, _, ok := strings.Cut(name, "/")
	return ok && domain != "kubernetes.io" && !strings.HasSuffix(domain, ".kubernetes.io") && !strings.HasPrefix(name, "requests.")
}

func (pods) InScope(term corev1.ScopedResourceSelectorRequirement, obj meta.Object) (bool, error) {
	pod, ok := obj.(*corev1.Pod)
	if !ok {
		return false, nil
	}
	return podInScope(term, pod)
}

func (pods) Said(names []corev1.ResourceName, obj meta.Object) error {
	pod, ok := obj.(*corev1.Pod)
	if !ok {
		return nil
	}
	missing := map[corev1.ResourceName][]string{}
	for _, c := range slices.Concat(pod.Spec.Containers, pod.Spec.InitContainers) {
		said := computeUsage(c.Resources.Requests, c.Resources.Limits)
		for _, name := range names {
			if _, ok := said[name]; !ok && slices.Contains(mustBeSaid, name) {
				missing[name] = append(missing[name], c.Name)
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		who := missing[name]
		slices.Sort(who)
		texts = append(texts, string(name)+" for: "+strings.Join(slices.Compact(who), ","))
	}
	return errors.New("must specify " + strings.Join(texts, "; "))
}

// running reports whether a Pod has, or is to get, what it asks for.
func running(pod *corev1.Pod, now time.Time) bool {
	if pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
		return false
	}
	overdue, ok := Overdue(pod)
	return !ok || !now.After(overdue)
}

// Overdue returns the time after which a Pod that is being deleted, and still is
// there, counts as stopped: its node may be gone for good. ok is false for a Pod
// that is not being deleted.
func Overdue(pod *corev1.Pod) (at time.Time, ok bool) {
	if pod.DeletionTimestamp == nil || pod.DeletionGracePeriodSeconds == nil {
		return time.Time{}, false
	}
	return pod.DeletionTimestamp.Add(time.Duration(*pod.DeletionGracePeriodSeconds) * time.Second), true
}

func (pods) Usage(obj meta.Object, now time.Time) corev1.ResourceList {
	list := corev1.ResourceList{"count/pods": one}
	pod, ok := obj.(*corev1.Pod)
	if !ok || !running(pod, now) {
		return list // it uses nothing but its place in the store
	}
	requests, limits := corev1.PodRequests(&pod.Spec), corev1.ContainerLimits(&pod.Spec)
	if own := pod.Spec.Resources; own != nil {
		maps.Copy(limits, own.Limits)
	}
	for name, q := range pod.Spec.Overhead {
		if have, ok := limits[name]; ok {
			have.Add(q)
			limits[name] = have
		}
	}
	maps.Copy(list, computeUsage(requests, limits))
	list["pods"] = one
	return list
}

// computeUsage names requests and limits as quotas do.
func computeUsage(requests, limits corev1.ResourceList) corev1.ResourceList {
	list := corev1.ResourceList{}
	for name, q := range requests {
		switch {
		case name == corev1.ResourceCPU || name == corev1.ResourceMemory || name == corev1.ResourceEphemeralStorage || strings.HasPrefix(string(name), "hugepages-"):
			list[name], list["requests."+name] = q, q
		case extended(string(name)):
			list["requests."+name] = q
		}
	}
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
		if q, ok := limits[name]; ok {
			list["limits."+name] = q
		}
	}
	return list
}

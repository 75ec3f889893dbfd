package corev1

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// FieldValue returns what a fieldRef of that path tells a container about its
// Pod. Labels and annotations as a whole are a line KEY="VALUE" each, by key.
// Addresses are those in the Pod's status; several are joined by commas. The
// error names a path that cannot be told.
func FieldValue(pod *Pod, path string) (string, error) {
	if field, key, keyed := splitSubscript(path); keyed {
		switch field {
		case "metadata.annotations":
			return pod.Annotations[key], nil
		case "metadata.labels":
			return pod.Labels[key], nil
		}
		return "", fmt.Errorf("fieldPath %q does not support subscript", path)
	}
	switch path {
	case "metadata.annotations":
		return keyValues(pod.Annotations), nil
	case "metadata.labels":
		return keyValues(pod.Labels), nil
	case "metadata.name":
		return pod.Name, nil
	case "metadata.namespace":
		return pod.Namespace, nil
	case "metadata.uid":
		return string(pod.UID), nil
	case "spec.nodeName", "spec.host":
		return pod.Spec.NodeName, nil
	case "spec.serviceAccountName":
		return pod.Spec.ServiceAccountName, nil
	case "status.hostIP":
		return pod.Status.HostIP, nil
	case "status.hostIPs":
		ips := make([]string, len(pod.Status.HostIPs))
		for i := range pod.Status.HostIPs {
			ips[i] = pod.Status.HostIPs[i].IP
		}
		return strings.Join(ips, ","), nil
	case "status.podIP":
		return pod.Status.PodIP, nil
	case "status.podIPs":
		ips := make([]string, len(pod.Status.PodIPs))
		for i := range pod.Status.PodIPs {
			ips[i] = pod.Status.PodIPs[i].IP
		}
		return strings.Join(ips, ","), nil
	}
	return "", fmt.Errorf("unsupported fieldPath: %v", path)
}

func keyValues(m map[string]string) string {
	lines := make([]string, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		lines = append(lines, key+"="+strconv.Quote(m[key]))
	}
	return strings.Join(lines, "\n")
}

// ResourceFieldValue returns what a resourceFieldRef tells: a request or limit of
// the container it names, or of own (nil: none) where it names none, in units of
// its divisor, rounded up. A limit of cpu, memory or ephemeral storage that is
// not set is what the node can allot.
func ResourceFieldValue(pod *Pod, own *Container, ref *ResourceFieldSelector, allocatable ResourceList) (string, error) {
	c := own
	if ref.ContainerName != "" {
		if c = containerNamed(pod, ref.ContainerName); c == nil {
			return "", fmt.Errorf("container %s not found", ref.ContainerName)
		}
	}
	if c == nil {
		return "", fmt.Errorf("resource %s belongs to no container", ref.Resource)
	}
	kind, name, ok := strings.Cut(ref.Resource, ".")
	known := ok && (slices.Contains(tellableResources, ref.Resource) || strings.HasPrefix(name, ResourceHugePagesPrefix))
	var amount quantity.Quantity
	switch {
	case known && kind == "requests":
		amount = c.Resources.Requests[ResourceName(name)]
	case known && kind == "limits":
		var limited bool
		if amount, limited = c.Resources.Limits[ResourceName(name)]; !limited || amount.Sign() == 0 {
			amount = allocatable[ResourceName(name)]
			if strings.HasPrefix(name, ResourceHugePagesPrefix) {
				amount = quantity.Quantity{}
			}
		}
	default:
		return "", fmt.Errorf("unsupported container resource : %v", ref.Resource)
	}
	divisor := ref.Divisor
	if divisor.Sign() <= 0 {
		divisor = quantity.New(1, quantity.DecimalSI)
	}
	if name == string(ResourceCPU) {
		return strconv.FormatInt(ceil(amount.MilliValue(), divisor.MilliValue()), 10), nil
	}
	return strconv.FormatInt(ceil(amount.Value(), divisor.Value()), 10), nil
}

func ceil(n, d int64) int64 {
	if d <= 0 {
		d = 1
	}
	q := n / d
	if n%d > 0 {
		q++
	}
	return q
}

// containerNamed returns the container or init container of that name.
func containerNamed(pod *Pod, name string) *Container {
	for i := range pod.Spec.Containers {
		if pod.Spec.Containers[i].Name == name {
			return &pod.Spec.Containers[i]
		}
	}
	for i := range pod.Spec.InitContainers {
		if pod.Spec.InitContainers[i].Name == name {
			return &pod.Spec.InitContainers[i]
		}
	}
	return nil
}

package corev1

// ContainerRequests returns what the containers of a Pod ask for together, the
// Pod's own requests and overhead left out. Init containers run one after
// another and before the others, so only the largest counts; those that restart
// always stay and add up.
func ContainerRequests(spec *PodSpec) ResourceList {
	return sumContainers(spec, func(c *Container) ResourceList { return c.Resources.Requests })
}

// ContainerLimits returns what the containers of a Pod may use together,
// reckoned like [ContainerRequests].
func ContainerLimits(spec *PodSpec) ResourceList {
	return sumContainers(spec, func(c *Container) ResourceList { return c.Resources.Limits })
}

// PodRequests returns what a Pod takes up on a node: its own requests where it
// has them, else those of its containers, and its overhead.
func PodRequests(spec *PodSpec) ResourceList {
	total := ContainerRequests(spec)
	if spec.Resources != nil {
		for name, q := range spec.Resources.Requests {
			if isPodLevelResource(name) {
				total[name] = q
			}
		}
	}
	addTo(total, spec.Overhead)
	return total
}

// IsSidecar reports whether an init container keeps running beside the Pod's
// main containers.
func IsSidecar(c *Container) bool {
	return c.RestartPolicy != nil && *c.RestartPolicy == ContainerRestartPolicyAlways
}

func sumContainers(spec *PodSpec, of func(*Container) ResourceList) ResourceList {
	total, sidecars, peak := ResourceList{}, ResourceList{}, ResourceList{}
	for i := range spec.Containers {
		addTo(total, of(&spec.Containers[i]))
	}
	for i := range spec.InitContainers {
		c := &spec.InitContainers[i]
		if IsSidecar(c) {
			addTo(total, of(c))
			addTo(sidecars, of(c))
			raiseTo(peak, sidecars)
			continue
		}
		// While this one runs, so do the sidecars that began before it.
		now := ResourceList{}
		addTo(now, sidecars)
		addTo(now, of(c))
		raiseTo(peak, now)
	}
	raiseTo(total, peak)
	return total
}

func addTo(sum, list ResourceList) {
	for name, q := range list {
		s := sum[name]
		s.Add(q)
		sum[name] = s
	}
}

func raiseTo(list, least ResourceList) {
	for name, q := range least {
		if have, ok := list[name]; !ok || have.Cmp(q) < 0 {
			list[name] = q
		}
	}
}

// QOSClassOf returns how well a Pod's resources are assured, which follows from
// its requests and limits of CPU and memory.
func QOSClassOf(spec *PodSpec) PodQOSClass {
	requests, limits := ResourceList{}, ResourceList{}
	guaranteed := true
	count := func(r *ResourceRequirements) {
		addTo(requests, computeOf(r.Requests))
		limited := computeOf(r.Limits)
		addTo(limits, limited)
		guaranteed = guaranteed && len(limited) == len(podLevelResources)
	}
	if r := spec.Resources; r != nil && len(r.Limits)+len(r.Requests) > 0 {
		count(r)
	} else {
		for i := range spec.InitContainers {
			count(&spec.InitContainers[i].Resources)
		}
		for i := range spec.Containers {
			count(&spec.Containers[i].Resources)
		}
	}
	switch {
	case len(requests) == 0 && len(limits) == 0:
		return PodQOSBestEffort
	case guaranteed && sameAmounts(requests, limits):
		return PodQOSGuaranteed
	}
	return PodQOSBurstable
}

// computeOf returns the amounts of CPU and memory that are more than nothing.
func computeOf(list ResourceList) ResourceList {
	out := ResourceList{}
	for _, name := range podLevelResources {
		if q, ok := list[name]; ok && q.Sign() > 0 {
			out[name] = q
		}
	}
	return out
}

func sameAmounts(a, b ResourceList) bool {
	if len(a) != len(b) {
		return false
	}
	for name, q := range a {
		if other, ok := b[name]; !ok || other.Cmp(q) != 0 {
			return false
		}
	}
	return true
}

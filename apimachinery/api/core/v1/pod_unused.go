package corev1

// An unusedField is a field that the API has but the cluster does not use yet,
// or a group of such fields that come and go together.
type unusedField uint

const (
	stopSignals unusedField = 1 << iota
	httpProtocols
	grpcModes
	bindMountOptions
	fileOwners
	emptyDirModes
	schedulingGroups
	evictionResponders
)

// dropUnusedPodFields clears fields that the API has but the cluster does not
// use yet, unless the stored object, if there is one, has such already.
func dropUnusedPodFields(spec, old *PodSpec) {
	var kept unusedField
	if old != nil {
		eachUnusedField(old, func(f unusedField, _ func()) { kept |= f })
	}
	eachUnusedField(spec, func(f unusedField, clear func()) {
		if kept&f == 0 {
			clear()
		}
	})
}

// eachUnusedField calls do for every unused field that is set, with what clears it.
func eachUnusedField(spec *PodSpec, do func(f unusedField, clear func())) {
	if spec.SchedulingGroup != nil {
		do(schedulingGroups, func() { spec.SchedulingGroup = nil })
	}
	if spec.EvictionResponders != nil {
		do(evictionResponders, func() { spec.EvictionResponders = nil })
	}
	for i := range spec.InitContainers {
		unusedInContainer(&spec.InitContainers[i], do)
	}
	for i := range spec.Containers {
		unusedInContainer(&spec.Containers[i], do)
	}
	for i := range spec.EphemeralContainers {
		unusedInContainer(spec.EphemeralContainers[i].container(), do)
	}
	for i := range spec.Volumes {
		unusedInVolume(&spec.Volumes[i], do)
	}
}

func unusedInContainer(c *Container, do func(f unusedField, clear func())) {
	if l := c.Lifecycle; l != nil {
		for _, h := range []*LifecycleHandler{l.PostStart, l.PreStop} {
			if h != nil {
				unusedInHTTPGet(h.HTTPGet, do)
			}
		}
		if l.StopSignal != nil {
			do(stopSignals, func() {
				l.StopSignal = nil
				if *l == (Lifecycle{}) {
					c.Lifecycle = nil
				}
			})
		}
	}
	for _, p := range []*Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
		if p == nil {
			continue
		}
		unusedInHTTPGet(p.HTTPGet, do)
		if g := p.GRPC; g != nil && g.Mode != nil {
			do(grpcModes, func() { g.Mode = nil })
		}
	}
	for i := range c.VolumeMounts {
		if m := &c.VolumeMounts[i]; m.BindMountOptions != nil {
			do(bindMountOptions, func() { m.BindMountOptions = nil })
		}
	}
}

func unusedInHTTPGet(h *HTTPGetAction, do func(f unusedField, clear func())) {
	if h != nil && h.Protocol != nil {
		do(httpProtocols, func() { h.Protocol = nil })
	}
}

func unusedInVolume(v *Volume, do func(f unusedField, clear func())) {
	owner := func(user **int64) {
		if *user != nil {
			do(fileOwners, func() { *user = nil })
		}
	}
	items := func(list []KeyToPath) {
		for i := range list {
			owner(&list[i].User)
		}
	}
	files := func(list []DownwardAPIVolumeFile) {
		for i := range list {
			owner(&list[i].User)
		}
	}
	switch {
	case v.EmptyDir != nil && v.EmptyDir.Mode != nil:
		do(emptyDirModes, func() { v.EmptyDir.Mode = nil })
	case v.Secret != nil:
		owner(&v.Secret.DefaultUser)
		items(v.Secret.Items)
	case v.ConfigMap != nil:
		owner(&v.ConfigMap.DefaultUser)
		items(v.ConfigMap.Items)
	case v.DownwardAPI != nil:
		owner(&v.DownwardAPI.DefaultUser)
		files(v.DownwardAPI.Items)
	case v.Projected != nil:
		owner(&v.Projected.DefaultUser)
		for i := range v.Projected.Sources {
			s := &v.Projected.Sources[i]
			if s.Secret != nil {
				items(s.Secret.Items)
			}
			if s.ConfigMap != nil {
				items(s.ConfigMap.Items)
			}
			if s.DownwardAPI != nil {
				files(s.DownwardAPI.Items)
			}
			if s.ServiceAccountToken != nil {
				owner(&s.ServiceAccountToken.User)
			}
			if s.ClusterTrustBundle != nil {
				owner(&s.ClusterTrustBundle.User)
			}
			if s.PodCertificate != nil {
				owner(&s.PodCertificate.User)
			}
		}
	}
}

package corev1

import (
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// DefaultPod fills in what the author of a Pod left out. Doing it twice changes
// nothing more.
func DefaultPod(pod *Pod) {
	DefaultPodSpec(&pod.Spec)
	defaultRequests(&pod.Spec)
	setDefault(&pod.Spec.EnableServiceLinks, true)
	if pod.Spec.HostNetwork {
		hostPortsAsContainerPorts(pod.Spec.Containers)
		hostPortsAsContainerPorts(pod.Spec.InitContainers)
	}
	alignPodAddresses(&pod.Status)
	defaultContainerStatuses(pod.Status.InitContainerStatuses)
	defaultContainerStatuses(pod.Status.ContainerStatuses)
	defaultContainerStatuses(pod.Status.EphemeralContainerStatuses)
}

// DefaultPodTemplate fills in what the author of a Pod template left out. It is
// less than [DefaultPod] does: requests, service links and host ports get their
// defaults only when a Pod is made of the template.
func DefaultPodTemplate(t *PodTemplateSpec) { DefaultPodSpec(&t.Spec) }

// DefaultPodSpec fills in what Pods and Pod templates have in common.
func DefaultPodSpec(spec *PodSpec) {
	defaultTo(&spec.DNSPolicy, DNSClusterFirst)
	defaultTo(&spec.RestartPolicy, RestartPolicyAlways)
	defaultTo(&spec.SchedulerName, DefaultSchedulerName)
	setDefault(&spec.TerminationGracePeriodSeconds, DefaultTerminationGracePeriodSeconds)
	if spec.SecurityContext == nil {
		spec.SecurityContext = &PodSecurityContext{}
	}
	// serviceAccount is an older name of serviceAccountName; both always agree.
	defaultTo(&spec.ServiceAccountName, spec.DeprecatedServiceAccount)
	spec.DeprecatedServiceAccount = spec.ServiceAccountName

	for i := range spec.Volumes {
		defaultVolume(&spec.Volumes[i])
	}
	for i := range spec.InitContainers {
		defaultContainer(&spec.InitContainers[i])
	}
	for i := range spec.Containers {
		defaultContainer(&spec.Containers[i])
	}
	for i := range spec.EphemeralContainers {
		defaultContainer(spec.EphemeralContainers[i].container())
	}
	roundResources(spec.Resources)
	roundUpToMilli(spec.Overhead)
}

// container returns the ephemeral container as an ordinary one, which has the
// same fields. Both share their memory.
func (c *EphemeralContainer) container() *Container {
	return (*Container)(&c.EphemeralContainerCommon)
}

func defaultContainer(c *Container) {
	defaultTo(&c.ImagePullPolicy, pullPolicyFor(c.Image))
	defaultTo(&c.TerminationMessagePath, TerminationMessagePathDefault)
	defaultTo(&c.TerminationMessagePolicy, TerminationMessageReadFile)
	for i := range c.Ports {
		defaultTo(&c.Ports[i].Protocol, ProtocolTCP)
	}
	for i := range c.Env {
		defaultEnvSource(c.Env[i].ValueFrom)
	}
	for _, p := range []*Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
		defaultProbe(p)
	}
	if l := c.Lifecycle; l != nil {
		for _, h := range []*LifecycleHandler{l.PostStart, l.PreStop} {
			if h != nil {
				defaultHTTPGet(h.HTTPGet)
			}
		}
	}
	roundResources(&c.Resources)
}

func defaultEnvSource(s *EnvVarSource) {
	if s == nil {
		return
	}
	defaultFieldRef(s.FieldRef)
	if s.FileKeyRef != nil {
		setDefault(&s.FileKeyRef.Optional, false)
	}
}

func defaultFieldRef(f *ObjectFieldSelector) {
	if f != nil {
		defaultTo(&f.APIVersion, "v1")
	}
}

func defaultProbe(p *Probe) {
	if p == nil {
		return
	}
	defaultTo(&p.TimeoutSeconds, 1)
	defaultTo(&p.PeriodSeconds, 10)
	defaultTo(&p.SuccessThreshold, 1)
	defaultTo(&p.FailureThreshold, 3)
	defaultHTTPGet(p.HTTPGet)
	if p.GRPC != nil {
		setDefault(&p.GRPC.Service, "")
	}
}

func defaultHTTPGet(h *HTTPGetAction) {
	if h != nil {
		defaultTo(&h.Path, "/")
		defaultTo(&h.Scheme, URISchemeHTTP)
	}
}

const (
	defaultVolumeFileMode                        = 0o644
	defaultTokenExpirationSeconds          int64 = 3600
	defaultISCSIInterface                        = "default"
	defaultRBDPool, defaultRBDUser               = "rbd", "admin"
	defaultRBDKeyring                            = "/etc/ceph/keyring"
	defaultScaleIOMode, defaultScaleIOType       = "ThinProvisioned", "xfs"
	defaultAzureDiskType                         = "ext4"
)

func defaultVolume(v *Volume) {
	if v.VolumeSource == (VolumeSource{}) {
		v.EmptyDir = &EmptyDirVolumeSource{}
	}
	if v.Secret != nil {
		setDefault(&v.Secret.DefaultMode, defaultVolumeFileMode)
	}
	if v.ConfigMap != nil {
		setDefault(&v.ConfigMap.DefaultMode, defaultVolumeFileMode)
	}
	if v.DownwardAPI != nil {
		setDefault(&v.DownwardAPI.DefaultMode, defaultVolumeFileMode)
		defaultDownwardAPIFiles(v.DownwardAPI.Items)
	}
	if v.Projected != nil {
		setDefault(&v.Projected.DefaultMode, defaultVolumeFileMode)
		for i := range v.Projected.Sources {
			defaultProjection(&v.Projected.Sources[i])
		}
	}
	if v.HostPath != nil {
		setDefault(&v.HostPath.Type, HostPathUnset)
	}
	if v.ISCSI != nil {
		defaultTo(&v.ISCSI.ISCSIInterface, defaultISCSIInterface)
	}
	if v.RBD != nil {
		defaultTo(&v.RBD.RBDPool, defaultRBDPool)
		defaultTo(&v.RBD.RadosUser, defaultRBDUser)
		defaultTo(&v.RBD.Keyring, defaultRBDKeyring)
	}
	defaultAzureDisk(v.AzureDisk)
	if v.ScaleIO != nil {
		defaultTo(&v.ScaleIO.StorageMode, defaultScaleIOMode)
		defaultTo(&v.ScaleIO.FSType, defaultScaleIOType)
	}
	if v.Ephemeral != nil && v.Ephemeral.VolumeClaimTemplate != nil {
		defaultClaimSpec(&v.Ephemeral.VolumeClaimTemplate.Spec)
	}
	if v.Image != nil {
		defaultTo(&v.Image.PullPolicy, pullPolicyFor(v.Image.Reference))
	}
}

func defaultAzureDisk(d *AzureDiskVolumeSource) {
	if d == nil {
		return
	}
	setDefault(&d.CachingMode, AzureDataDiskCachingReadWrite)
	setDefault(&d.Kind, AzureSharedBlobDisk)
	setDefault(&d.FSType, defaultAzureDiskType)
	setDefault(&d.ReadOnly, false)
}

func defaultProjection(p *VolumeProjection) {
	if p.ServiceAccountToken != nil {
		setDefault(&p.ServiceAccountToken.ExpirationSeconds, defaultTokenExpirationSeconds)
	}
	if p.DownwardAPI != nil {
		defaultDownwardAPIFiles(p.DownwardAPI.Items)
	}
}

func defaultDownwardAPIFiles(files []DownwardAPIVolumeFile) {
	for i := range files {
		defaultFieldRef(files[i].FieldRef)
	}
}

// defaultRequests asks for as much as may be used where a container says only
// the latter.
func defaultRequests(spec *PodSpec) {
	for i := range spec.InitContainers {
		requestLimits(&spec.InitContainers[i].Resources)
	}
	for i := range spec.Containers {
		requestLimits(&spec.Containers[i].Resources)
	}
}

func requestLimits(r *ResourceRequirements) {
	for name, limit := range r.Limits {
		if _, ok := r.Requests[name]; ok {
			continue
		}
		if r.Requests == nil {
			r.Requests = ResourceList{}
		}
		r.Requests[name] = limit
	}
}

// DefaultPodLevelResources completes what the Pod asks for as a whole. Limits are those
// of its containers together, where each has one, and no less than the Pod's own
// request; requests are those of its containers, else the Pod's own limits. That is
// done when the Pod is made or resized; any other update has to repeat them.
func DefaultPodLevelResources(spec *PodSpec) {
	r := spec.Resources
	if r == nil || len(r.Limits) == 0 && len(r.Requests) == 0 {
		return
	}
	set := func(list *ResourceList, name ResourceName, q quantity.Quantity) {
		if *list == nil {
			*list = ResourceList{}
		}
		(*list)[name] = q
	}
	for name, limit := range ContainerLimits(spec) {
		if _, ok := r.Limits[name]; ok || !isPodLevelResource(name) || !allLimited(spec, name) {
			continue
		}
		if request, ok := r.Requests[name]; ok && request.Cmp(limit) > 0 {
			limit = request
		}
		set(&r.Limits, name, limit)
	}
	for name, asked := range ContainerRequests(spec) {
		if _, ok := r.Requests[name]; !ok && isPodLevelResource(name) && isOvercommitAllowed(name) {
			set(&r.Requests, name, asked)
		}
	}
	for name, limit := range r.Limits {
		if _, ok := r.Requests[name]; !ok && isPodLevelResource(name) {
			set(&r.Requests, name, limit)
		}
	}
}

// allLimited says whether every container has a limit.
func allLimited(spec *PodSpec, name ResourceName) bool {
	unlimited := func(c Container) bool { _, ok := c.Resources.Limits[name]; return !ok }
	return !slices.ContainsFunc(spec.Containers, unlimited) && !slices.ContainsFunc(spec.InitContainers, unlimited)
}

// hostPortsAsContainerPorts says what being on the host's network means: a port
// of the container is that port of the host.
func hostPortsAsContainerPorts(containers []Container) {
	for i := range containers {
		for j := range containers[i].Ports {
			port := &containers[i].Ports[j]
			defaultTo(&port.HostPort, port.ContainerPort)
		}
	}
}

// alignPodAddresses keeps the address in step with the list of addresses. Older
// kubelets know only the former, so it wins.
func alignPodAddresses(s *PodStatus) {
	switch {
	case s.PodIP == "" && len(s.PodIPs) > 0:
		s.PodIP = s.PodIPs[0].IP
	case s.PodIP != "" && (len(s.PodIPs) == 0 || s.PodIPs[0].IP != s.PodIP):
		s.PodIPs = []PodIP{{IP: s.PodIP}}
	}
}

func defaultContainerStatuses(statuses []ContainerStatus) {
	for i := range statuses {
		roundUpToMilli(statuses[i].AllocatedResources)
		roundResources(statuses[i].Resources)
	}
}

// pullPolicyFor returns Always for an image whose tag moves on, and IfNotPresent
// for one that stays what it is.
func pullPolicyFor(image string) PullPolicy {
	if tag, ok := imageTag(image); ok && tag == "latest" {
		return PullAlways
	}
	return PullIfNotPresent
}

// imageTag returns the tag that an image reference means: latest when there is
// neither tag nor digest. It reports false for what is no reference.
func imageTag(image string) (tag string, ok bool) {
	name, digest, pinned := strings.Cut(image, "@")
	if pinned && !isDigest(digest) {
		return "", false
	}
	// A colon behind the last slash begins the tag; one before it a port.
	repository := name
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		repository, tag = name[:i], name[i+1:]
		if !isImageTag(tag) {
			return "", false
		}
	}
	if !isRepository(repository) {
		return "", false
	}
	if tag == "" && !pinned {
		tag = "latest"
	}
	return tag, true
}

func isDigest(s string) bool {
	algorithm, hex, ok := strings.Cut(s, ":")
	return ok && algorithm != "" && len(hex) >= 32 && strings.Trim(strings.ToLower(hex), "0123456789abcdef") == ""
}

func isImageTag(s string) bool {
	if s == "" || len(s) > 128 || s[0] == '.' || s[0] == '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isWord(c) && c != '.' && c != '-' {
			return false
		}
	}
	return true
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// isRepository says whether s is a path of lower-case parts, behind the name of
// a registry or not.
func isRepository(s string) bool {
	const maxRepository = 255
	host, path, slashed := strings.Cut(s, "/")
	if slashed && strings.Trim(host[:min(1, len(host))], ".:-_") == "" {
		return false
	}
	if !slashed || !strings.ContainsAny(host, ".:") && host != "localhost" && strings.ToLower(host) == host {
		path = s
	}
	if path == "" || len(s) > maxRepository {
		return false
	}
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || strings.Trim(part[:1]+part[len(part)-1:], "abcdefghijklmnopqrstuvwxyz0123456789") != "" ||
			strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "" {
			return false
		}
	}
	return true
}

// roundUpToMilli rounds quantities up to thousandths, the finest that the
// cluster reckons with.
func roundUpToMilli(list ResourceList) {
	for name, q := range list {
		if !q.RoundUp(quantity.Milli) {
			list[name] = q
		}
	}
}

func roundResources(r *ResourceRequirements) {
	if r != nil {
		roundUpToMilli(r.Limits)
		roundUpToMilli(r.Requests)
	}
}

// defaultTo sets a field that is empty.
func defaultTo[T comparable](field *T, value T) {
	var empty T
	if *field == empty {
		*field = value
	}
}

// setDefault sets a field that is not there.
func setDefault[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}

// defaultPort sets a port that is neither a number nor a name.
func defaultPort(field *intstr.IntOrString, n int32) {
	if *field == intstr.FromInt(0) || *field == intstr.FromString("") {
		*field = intstr.FromInt(n)
	}
}

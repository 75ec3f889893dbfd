package kubelet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"path/filepath"
	"runtime"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// Version is what a Node says of its kubelet.
const Version = "v1.37.1-nucleus"

// Options tunes a [Kubelet]. The zero value works for a node without an
// address that can be reached.
type Options struct {
	// Labels, Annotations and Taints are what the Node has when it is made.
	// Labels are also set on a Node that is there already; those for host name,
	// system and processor come by themselves.
	Labels      map[string]string
	Annotations map[string]string
	Taints      []corev1.Taint
	// Addresses are where the node is reached; its name is added as host name.
	Addresses []corev1.NodeAddress
	// PodCIDR is where the node's Pods get their addresses from. A Node that is
	// there already and has a range keeps it. The zero value leaves it to the
	// runtime.
	PodCIDR netip.Prefix
	// RequirePodCIDR has the node wait for a range, which a controller gives it, and
	// be not ready until then. Pods on the node's own network do not wait.
	RequirePodCIDR bool
	// ProviderID is the cloud's name for the machine.
	ProviderID string
	// Machine tells what the node has and how much of it is left. Nil: it has what
	// Capacity says, and enough of it always.
	Machine Machine
	// Capacity is what the node has; what it leaves out is what Machine says, and
	// without one 4 cpu, 8Gi memory and 32Gi ephemeral-storage. Of pods it has 110.
	Capacity corev1.ResourceList
	// Allocatable is what Pods may have of it; what is left out is as in the
	// capacity, less what Eviction keeps back.
	Allocatable corev1.ResourceList
	// Reserved is kept from Pods for everything else on the machine. Besides
	// resources of nodes it may have [ResourceProcesses].
	Reserved corev1.ResourceList
	// DisableAllocatableLimit leaves it to the requests of Pods that what is reserved
	// stays free. Otherwise all Pods together are limited to the rest of what Machine
	// has, if the runtime is a [Bounder].
	DisableAllocatableLimit bool
	// Info is told of machine and system as it is; what is empty Machine says; the
	// versions of kubelet and container runtime, the operating system and the
	// processor come by themselves.
	Info corev1.NodeSystemInfo
	// Port is where the kubelet's own server listens, if somewhere.
	Port int32

	// Volumes makes what Pods mount available. Nil: Pods have no volumes, whatever
	// they ask for.
	Volumes Volumes
	// Devices gives containers devices of the node. Nil: it has none.
	Devices Devices
	// RootDir is where the kubelet keeps files of Pods, such as their hosts file.
	// Volumes may have theirs below it: all of a Pod is in RootDir/pods/UID.
	// "" keeps none: containers get no files from the kubelet, which is right where
	// they are only simulated.
	RootDir string
	// LogDir is where the logs of containers are, as
	// LogDir/NAMESPACE_NAME_UID/CONTAINER/ATTEMPT.log. "" leaves it to the runtime.
	LogDir string
	// ClusterDNS and ClusterDomain are the name servers and the domain of the
	// cluster. Without servers Pods use the node's; "" is cluster.local.
	ClusterDNS    []netip.Addr
	ClusterDomain string
	// ResolvConf is the file that says what the node itself asks. "" is
	// /etc/resolv.conf; "-" is no file.
	ResolvConf string
	// AllowedUnsafeSysctls are parameters of the kernel that Pods may set besides
	// those that harm nobody else; a name may end in *.
	AllowedUnsafeSysctls []string
	// SystemLogDir is a directory of the machine's logs, mostly /var/log, that
	// whoever may read logs of the Node may read by the kubelet's /logs/. "" is none.
	SystemLogDir string
	// StaticPodDir is a directory of manifests, in YAML or JSON, of Pods that run on
	// this node whatever the API says, even without one. "" is none.
	StaticPodDir string
	// Eviction says what to do where the machine runs short of something. It needs
	// Machine.
	Eviction EvictionOptions
	// Images says when images are removed, if the runtime is an [ImageStore].
	Images ImageOptions
	// ContainerLogMaxSize is how large the log of a container gets before another
	// is begun, and ContainerLogMaxFiles how many there are of a run. "" and 0 are
	// 10Mi and 5. It needs LogDir and a runtime that is a [LogRotator].
	ContainerLogMaxSize  string
	ContainerLogMaxFiles int
	// Caches is where the Services are had from of which containers are told, so
	// that the kubelets of a process share them. Whoever gives it runs it. Nil: the
	// kubelet keeps its own.
	Caches *client.Caches

	// Prober carries out the probes of containers. Nil: each succeeds the first
	// time that it is due.
	Prober Prober
	// Hooks carries out what containers want done after their start and before
	// their end. Nil: it counts as done at once. Hooks that sleep need none.
	Hooks Hooks

	// HeartbeatInterval is the time between renewals of the node's Lease, and
	// between looks whether its status has changed. Zero is 10 s.
	HeartbeatInterval time.Duration
	// LeaseDuration is how long others wait for a renewal. Zero is 40 s.
	LeaseDuration time.Duration
	// StatusInterval is the time between writes of a status that has not
	// changed. Zero is 5 minutes.
	StatusInterval time.Duration
	// RestartDelay is the back-off after a container's second end; it doubles
	// each time up to MaxRestartDelay. Zero is 10 s and 300 s. The same is
	// waited between tries to pull an image; RestartDelay between those to make a
	// sandbox.
	RestartDelay, MaxRestartDelay time.Duration

	// Workers is how many Pods are looked at at a time. Zero is 4; what they ask
	// of the runtime runs beside, without a limit.
	Workers int
	// EventBuffer is how many events may wait to be sent; room for them is kept.
	// Zero is 500.
	EventBuffer int
	// DisableEvents records no events.
	DisableEvents bool
	Logger        *slog.Logger // nil: slog.Default()
}

// Prober carries out probes. It must be safe for concurrent use.
type Prober interface {
	// Probe does what probe says, once, and reports whether it succeeded; output
	// says why not, or of what a success warns. An error means that it could not
	// be carried out, which says nothing about the container. ctx ends when the
	// probe's timeout is over.
	Probe(ctx context.Context, target ProbeTarget, probe *corev1.Probe) (ok bool, output string, err error)
}

// ProbeTarget is the container that a probe or hook is about.
type ProbeTarget struct {
	Pod         *corev1.Pod
	Container   *corev1.Container
	ContainerID string
	PodIP       netip.Addr // not valid if there is none
}

// Hooks carries out lifecycle hooks. It must be safe for concurrent use.
type Hooks interface {
	// Run does what handler says and returns when it is done.
	Run(ctx context.Context, target ProbeTarget, handler *corev1.LifecycleHandler) error
}

// complete fills in defaults and reports what cannot work.
func (o Options) complete(node string) (Options, error) {
	var errs []error
	for _, problem := range names.DNSSubdomain(node) {
		errs = append(errs, fmt.Errorf("node name %q: %s", node, problem))
	}
	if o.PodCIDR != (netip.Prefix{}) && !o.PodCIDR.IsValid() {
		errs = append(errs, errors.New("Options.PodCIDR is not valid"))
	}
	if o.Port < 0 || o.Port > 65535 {
		errs = append(errs, fmt.Errorf("Options.Port %d is out of range", o.Port))
	}
	positive := func(d *time.Duration, name string, standard time.Duration) {
		if *d < 0 {
			errs = append(errs, fmt.Errorf("Options.%s %v is negative", name, *d))
		}
		if *d == 0 {
			*d = standard
		}
	}
	positive(&o.HeartbeatInterval, "HeartbeatInterval", 10*time.Second)
	positive(&o.LeaseDuration, "LeaseDuration", 40*time.Second)
	positive(&o.StatusInterval, "StatusInterval", 5*time.Minute)
	positive(&o.RestartDelay, "RestartDelay", 10*time.Second)
	positive(&o.MaxRestartDelay, "MaxRestartDelay", max(300*time.Second, o.RestartDelay))
	if o.MaxRestartDelay < o.RestartDelay {
		errs = append(errs, fmt.Errorf("Options.MaxRestartDelay %v is less than RestartDelay %v", o.MaxRestartDelay, o.RestartDelay))
	}
	for _, dir := range []struct{ name, path string }{{"RootDir", o.RootDir}, {"LogDir", o.LogDir}, {"StaticPodDir", o.StaticPodDir}} {
		if dir.path != "" && !filepath.IsAbs(dir.path) {
			errs = append(errs, fmt.Errorf("Options.%s %q is not absolute", dir.name, dir.path))
		}
	}
	if o.ClusterDomain == "" {
		o.ClusterDomain = "cluster.local"
	}
	for _, problem := range names.DNSSubdomain(o.ClusterDomain) {
		errs = append(errs, fmt.Errorf("Options.ClusterDomain %q: %s", o.ClusterDomain, problem))
	}
	switch o.ResolvConf {
	case "":
		o.ResolvConf = "/etc/resolv.conf"
	case "-":
		o.ResolvConf = ""
	}
	if o.Workers <= 0 {
		o.Workers = 4
	}
	if o.EventBuffer <= 0 {
		o.EventBuffer = 500
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	positive(&o.Eviction.Interval, "Eviction.Interval", 10*time.Second)
	positive(&o.Eviction.PressureTransitionPeriod, "Eviction.PressureTransitionPeriod", 5*time.Minute)
	positive(&o.Images.MinimumAge, "Images.MinimumAge", 2*time.Minute)
	positive(&o.Images.Interval, "Images.Interval", 5*time.Minute)
	o.Images.HighThresholdPercent = cmp.Or(o.Images.HighThresholdPercent, 85)
	o.Images.LowThresholdPercent = cmp.Or(o.Images.LowThresholdPercent, min(80, o.Images.HighThresholdPercent-1))
	if high, low := o.Images.HighThresholdPercent, o.Images.LowThresholdPercent; high > 100 || low < 0 || low >= high {
		errs = append(errs, fmt.Errorf("Options.Images: thresholds of %d and %d percent cannot be", high, low))
	}
	o.ContainerLogMaxSize, o.ContainerLogMaxFiles = cmp.Or(o.ContainerLogMaxSize, logMaxSize), cmp.Or(o.ContainerLogMaxFiles, logMaxFiles)
	if size, err := quantity.Parse(o.ContainerLogMaxSize); err != nil || size.Sign() <= 0 {
		errs = append(errs, fmt.Errorf("Options.ContainerLogMaxSize %q is no size", o.ContainerLogMaxSize))
	}
	if o.ContainerLogMaxFiles < 2 {
		errs = append(errs, fmt.Errorf("Options.ContainerLogMaxFiles %d is less than 2", o.ContainerLogMaxFiles))
	}
	if _, err := o.Eviction.thresholds(); err != nil {
		errs = append(errs, err)
	}
	o.Labels = maps.Clone(o.Labels)
	if o.Labels == nil {
		o.Labels = map[string]string{}
	}
	for key, value := range map[string]string{
		corev1.LabelHostname: node,
		corev1.LabelOSStable: string(corev1.Linux), corev1.LabelArchStable: runtime.GOARCH,
		corev1.LabelOS: string(corev1.Linux), corev1.LabelArch: runtime.GOARCH,
	} {
		if _, ok := o.Labels[key]; !ok {
			o.Labels[key] = value
		}
	}
	fill := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	fill(&o.Info.OperatingSystem, string(corev1.Linux))
	fill(&o.Info.Architecture, runtime.GOARCH)
	fill(&o.Info.KubeletVersion, Version)
	return o, errors.Join(errs...)
}

// withAmounts returns list with what it lacks of other.
func withAmounts(list, other corev1.ResourceList) corev1.ResourceList {
	out := maps.Clone(other)
	maps.Copy(out, list)
	return out
}

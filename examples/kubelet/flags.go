package main

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// flags are named as the kubelet of Kubernetes names them, those of its
// configuration file included.
type flags struct {
	config, configDir               string
	kubeconfig, bootstrapKubeconfig string
	rootDir, certDir, logDir        string
	hostname, nodeIP                string
	address                         string
	port                            int32
	runtimeEndpoint                 string
	clientCAFile                    string
	certFile, keyFile               string
	rotateServing                   bool
	anonymous                       bool
	authorizationMode               string
	clusterDNS                      []string
	clusterDomain, podCIDR          string
	manifests                       string
	labels                          map[string]string
	taints                          []string
	providerID                      string
	maxPods                         int32
	podPids                         int64
	systemReserved, kubeReserved    map[string]string
	enforce                         []string
	resolvConf                      string
	unsafeSysctls                   []string
	seccompDefault                  bool
	cgroupRoot                      string
	cniConfDir, cniBridge           string
	flexVolumeDir                   string
	logMaxSize                      string
	logMaxFiles                     int
	imageGC                         kubelet.ImageOptions
	heartbeat, report               time.Duration
	mostRestartDelay                time.Duration
	shutdown                        kubelet.ShutdownOptions
	healthzAddress                  string
	healthzPort                     int32
	leaseSeconds                    int32
	evictionHard, evictionSoft      []string
	evictionSoftGrace               map[string]string
	eviction                        kubelet.EvictionOptions
	evictionMaxGrace                int32
	verbose                         bool
}

func (f *flags) register(set *pflag.FlagSet) {
	set.StringVar(&f.config, "config", "", "file of kind KubeletConfiguration that says what flags do not")
	set.StringVar(&f.configDir, "config-dir", "", "directory of such files, named *.conf, each of which goes before --config and the ones before it")
	set.StringVar(&f.kubeconfig, "kubeconfig", "", "how to reach the API server; written with --bootstrap-kubeconfig if it is not there (default: kubeconfig in --root-dir)")
	set.StringVar(&f.bootstrapKubeconfig, "bootstrap-kubeconfig", "", "how to reach the API server to ask for a certificate, as long as there is none")
	set.StringVar(&f.rootDir, "root-dir", "/var/lib/kubelet", "where files of Pods are; made if missing")
	set.StringVar(&f.certDir, "cert-dir", "", "where certificates are (default: pki in --root-dir)")
	set.StringVar(&f.logDir, "pod-logs-dir", "", "where logs of containers are (default: logs in --root-dir)")
	set.StringVar(&f.hostname, "hostname-override", "", "name of the node (default: the machine's)")
	set.StringVar(&f.nodeIP, "node-ip", "", "address of the node (default: the one by which the machine reaches others)")
	set.StringVar(&f.address, "address", "0.0.0.0", "IP address to serve on")
	set.Int32Var(&f.port, "port", 10250, "port to serve on")
	set.StringVar(&f.runtimeEndpoint, "container-runtime-endpoint", "unix:///run/containerd/containerd.sock", "socket of the container runtime, or 'hollow' to simulate containers")
	set.StringVar(&f.clientCAFile, "client-ca-file", "", "PEM file of who vouches for clients (default: who vouches for the API server)")
	set.StringVar(&f.certFile, "tls-cert-file", "", "PEM file of the certificate to serve with (default: a self-signed one)")
	set.StringVar(&f.keyFile, "tls-private-key-file", "", "PEM file of its key")
	set.BoolVar(&f.rotateServing, "rotate-server-certificates", false, "ask the API server for the certificate to serve with")
	set.BoolVar(&f.anonymous, "anonymous-auth", false, "take requests without credentials for system:anonymous's")
	set.StringVar(&f.authorizationMode, "authorization-mode", "Webhook", "'Webhook' asks the API server what users may do, 'AlwaysAllow' nobody")
	set.StringSliceVar(&f.clusterDNS, "cluster-dns", nil, "name servers of the cluster")
	set.StringVar(&f.clusterDomain, "cluster-domain", "cluster.local", "domain of the cluster")
	set.StringVar(&f.podCIDR, "pod-cidr", "", "where Pods get their addresses from, unless the Node says")
	set.StringVar(&f.manifests, "pod-manifest-path", "", "directory of Pods that run here whatever the API says")
	set.StringToStringVar(&f.labels, "node-labels", nil, "labels of the Node")
	set.StringSliceVar(&f.taints, "register-with-taints", nil, "taints of a new Node, as key=value:effect")
	set.StringVar(&f.providerID, "provider-id", "", "name that a cloud has for the machine")
	set.Int32Var(&f.maxPods, "max-pods", 110, "how many Pods the node takes")
	set.Int64Var(&f.podPids, "pod-max-pids", -1, "how many processes and threads a Pod may have; -1 is no limit")
	set.StringToStringVar(&f.systemReserved, "system-reserved", nil, "what of the machine is kept from Pods for its system, such as cpu=200m,memory=500Mi")
	set.StringToStringVar(&f.kubeReserved, "kube-reserved", nil, "what of the machine is kept from Pods for kubelet and container runtime, in addition")
	set.StringSliceVar(&f.enforce, "enforce-node-allocatable", []string{enforcePods}, "what is limited to its share of the machine: 'pods', all of them together, to what is not reserved; or 'none'")
	set.StringVar(&f.resolvConf, "resolv-conf", "/etc/resolv.conf", "file that says what name servers the node asks; empty for none")
	set.StringSliceVar(&f.unsafeSysctls, "allowed-unsafe-sysctls", nil, "parameters of the kernel that Pods may set besides those that are safe; names may end in *")
	set.BoolVar(&f.seccompDefault, "seccomp-default", false, "confine containers that name no seccomp profile by the runtime's own")
	set.StringVar(&f.cgroupRoot, "cgroup-root", "", "cgroup below which those of Pods are (default: the root)")
	set.StringVar(&f.cniConfDir, "cni-conf-dir", "", "directory where the container runtime looks for the configuration of its network: a bridge is configured there with the Node's range of addresses (default: that is left to others)")
	set.StringVar(&f.cniBridge, "cni-bridge", "cni0", "name of the bridge for --cni-conf-dir; each node on a machine needs its own")
	set.StringVar(&f.flexVolumeDir, "volume-plugin-dir", "/usr/libexec/kubernetes/kubelet-plugins/volume/exec", "directory of flexVolume drivers")
	set.StringVar(&f.logMaxSize, "container-log-max-size", "10Mi", "how large the log of a container gets before another file is begun")
	set.IntVar(&f.logMaxFiles, "container-log-max-files", 5, "how many such files there are of a container")
	set.IntVar(&f.imageGC.HighThresholdPercent, "image-gc-high-threshold", 85, "with how much percent of the disk in use images are removed that nobody uses; 100 is never")
	set.IntVar(&f.imageGC.LowThresholdPercent, "image-gc-low-threshold", 80, "until how much percent of it are in use")
	set.DurationVar(&f.imageGC.MinimumAge, "minimum-image-ttl-duration", 2*time.Minute, "how long an image is kept in any case")
	set.DurationVar(&f.heartbeat, "node-status-update-frequency", 10*time.Second, "time between heartbeats")
	set.DurationVar(&f.report, "node-status-report-frequency", 5*time.Minute, "time between writes of a status of the Node that has not changed")
	set.DurationVar(&f.mostRestartDelay, "max-container-restart-period", 300*time.Second, "how long a container that ends again and again has to wait at most")
	set.DurationVar(&f.shutdown.Grace, "shutdown-grace-period", 0, "how long Pods may take to end in order when this program is told to end because systemd shuts the machine down; 0: they are left to their fate")
	set.DurationVar(&f.shutdown.CriticalGrace, "shutdown-grace-period-critical-pods", 0, "how much of that is for critical Pods, which end last")
	set.StringVar(&f.healthzAddress, "healthz-bind-address", "127.0.0.1", "IP address to tell without encryption at that the kubelet is well")
	set.Int32Var(&f.healthzPort, "healthz-port", 0, "port for that, mostly 10248; 0 is none")
	set.Int32Var(&f.leaseSeconds, "node-lease-duration-seconds", 40, "how long others wait for a heartbeat")
	// As in a cluster in one process: parts of a disk, as kubelets have them by default,
	// are too much where a large disk is nearly full of other things.
	set.StringSliceVar(&f.evictionHard, "eviction-hard", []string{"memory.available<100Mi", "nodefs.available<200Mi", "imagefs.available<200Mi"}, "with how much less than that left the node takes Pods down")
	set.StringSliceVar(&f.evictionSoft, "eviction-soft", nil, "with how much less than that left, for long, it takes Pods down in order")
	set.StringToStringVar(&f.evictionSoftGrace, "eviction-soft-grace-period", nil, "how long that may last, such as memory.available=1m30s")
	set.Int32Var(&f.evictionMaxGrace, "eviction-max-pod-grace-period", 0, "seconds that Pods have at most to end then")
	set.DurationVar(&f.eviction.PressureTransitionPeriod, "eviction-pressure-transition-period", 5*time.Minute, "how long the node counts as short of something after it was")
	set.BoolVarP(&f.verbose, "verbose", "v", false, "log what happens")
}

const (
	hollowEndpoint = "hollow"
	enforcePods    = "pods"
)

// settings are the flags, read.
type settings struct {
	name     string
	ip       netip.Addr
	dns      []netip.Addr
	podCIDR  netip.Prefix
	taints   []corev1.Taint
	eviction kubelet.EvictionOptions
	reserved corev1.ResourceList
	labels   map[string]string
	allowAll bool
	bound    bool // all Pods together
}

// read makes sense of the flags, fills in defaults and reports everything that is
// wrong.
func (f *flags) read() (*settings, error) {
	s := &settings{labels: maps.Clone(f.labels)}
	var errs []error
	check := func(flag string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("--%s: %w", flag, err))
		}
	}
	var err error
	f.rootDir, err = filepath.Abs(f.rootDir)
	check("root-dir", err)
	for _, d := range []struct {
		flag *string
		name string
	}{{&f.certDir, "pki"}, {&f.logDir, "logs"}, {&f.kubeconfig, "kubeconfig"}} {
		if *d.flag == "" {
			*d.flag = filepath.Join(f.rootDir, d.name)
		}
	}
	s.name, err = nodeName(f.hostname)
	check("hostname-override", err)
	s.ip, err = nodeIP(f.nodeIP)
	check("node-ip", err)
	for _, text := range f.clusterDNS {
		ip, err := netip.ParseAddr(text)
		check("cluster-dns", err)
		s.dns = append(s.dns, ip)
	}
	if f.podCIDR != "" {
		s.podCIDR, err = netip.ParsePrefix(f.podCIDR)
		check("pod-cidr", err)
	}
	for _, text := range f.taints {
		t, err := parseTaint(text)
		check("register-with-taints", err)
		s.taints = append(s.taints, t)
	}
	s.eviction = f.eviction
	s.eviction.MaxPodGracePeriod = time.Duration(f.evictionMaxGrace) * time.Second
	s.eviction.Hard, err = kubelet.ParseThresholds(f.evictionHard)
	check("eviction-hard", err)
	s.eviction.Soft, err = kubelet.ParseThresholds(f.evictionSoft)
	check("eviction-soft", err)
	s.eviction.SoftGracePeriod = map[string]time.Duration{}
	for signal, text := range f.evictionSoftGrace {
		s.eviction.SoftGracePeriod[signal], err = time.ParseDuration(text)
		check("eviction-soft-grace-period", err)
	}
	s.reserved = corev1.ResourceList{}
	check("system-reserved", reserve(s.reserved, f.systemReserved))
	check("kube-reserved", reserve(s.reserved, f.kubeReserved))
	for _, what := range f.enforce {
		switch what {
		case enforcePods:
			s.bound = true
		case "none", "":
			if len(f.enforce) > 1 {
				check("enforce-node-allocatable", errors.New("'none' goes with nothing else"))
			}
		case "system-reserved", "kube-reserved", "system-reserved-compressible", "kube-reserved-compressible":
			check("enforce-node-allocatable", fmt.Errorf("%q is not there: only Pods are limited, everything else shares the rest", what))
		default:
			check("enforce-node-allocatable", fmt.Errorf("%q is not one of pods, none", what))
		}
	}
	if f.maxPods < 1 {
		check("max-pods", fmt.Errorf("%d is less than 1", f.maxPods))
	}
	if f.resolvConf == "" {
		f.resolvConf = "-"
	}
	switch f.authorizationMode {
	case "Webhook":
	case "AlwaysAllow":
		s.allowAll = true
	default:
		check("authorization-mode", fmt.Errorf("%q is not one of Webhook, AlwaysAllow", f.authorizationMode))
	}
	if (f.certFile == "") != (f.keyFile == "") {
		check("tls-cert-file", errors.New("must be given together with --tls-private-key-file"))
	}
	if f.shutdown.CriticalGrace < 0 || f.shutdown.CriticalGrace > f.shutdown.Grace {
		check("shutdown-grace-period-critical-pods", fmt.Errorf("%v is not a part of the %v of --shutdown-grace-period", f.shutdown.CriticalGrace, f.shutdown.Grace))
	}
	if f.healthzPort < 0 || f.healthzPort > 65535 {
		check("healthz-port", fmt.Errorf("%d is no port", f.healthzPort))
	}
	if f.podPids < -1 || f.podPids == 0 {
		check("pod-max-pids", fmt.Errorf("%d is neither -1 nor more than 0", f.podPids))
	}
	if f.port < 1 || f.port > 65535 {
		check("port", fmt.Errorf("%d is no port", f.port))
	}
	return s, errors.Join(errs...)
}

// reserve adds amounts to what is reserved.
func reserve(to corev1.ResourceList, amounts map[string]string) error {
	var errs []error
	for name, text := range amounts {
		amount, err := quantity.Parse(text)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			continue
		case amount.Sign() < 0:
			errs = append(errs, fmt.Errorf("%s: %s is less than nothing", name, text))
			continue
		}
		if before, ok := to[corev1.ResourceName(name)]; ok {
			amount.Add(before)
		}
		to[corev1.ResourceName(name)] = amount
	}
	return errors.Join(errs...)
}

func parseTaint(text string) (corev1.Taint, error) {
	pair, effect, ok := strings.Cut(text, ":")
	key, value, _ := strings.Cut(pair, "=")
	if !ok || key == "" {
		return corev1.Taint{}, fmt.Errorf("%q is not as key=value:effect", text)
	}
	switch e := corev1.TaintEffect(effect); e {
	case corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute:
		return corev1.Taint{Key: key, Value: value, Effect: e}, nil
	}
	return corev1.Taint{}, fmt.Errorf("%q: the effect is not one of NoSchedule, PreferNoSchedule, NoExecute", text)
}

func nodeName(override string) (string, error) {
	if override != "" {
		return strings.ToLower(override), nil
	}
	name, err := os.Hostname()
	return strings.ToLower(strings.TrimSpace(name)), err
}

// nodeIP is the address from which packets to the rest of the world come.
func nodeIP(override string) (netip.Addr, error) {
	if override != "" {
		return netip.ParseAddr(override)
	}
	// No packet is sent: connecting a datagram socket only chooses a route.
	for _, anywhere := range []string{"192.0.2.1:9", "[2001:db8::1]:9"} {
		if conn, err := net.Dial("udp", anywhere); err == nil {
			local := conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr()
			_ = conn.Close()
			return local.Unmap(), nil
		}
	}
	return netip.Addr{}, errors.New("this machine has no address to reach others by; name one")
}

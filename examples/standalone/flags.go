package main

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kubenucleus/nucleus/runtime/controllers"
	"github.com/kubenucleus/nucleus/runtime/controlplane/authflags"
	"github.com/kubenucleus/nucleus/runtime/controlplane/serviceflags"
	"github.com/kubenucleus/nucleus/runtime/controlplane/storageflags"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// flags are named as kube-apiserver and kube-controller-manager name them.
type flags struct {
	dataDir       string
	securePort    int
	bindAddress   string
	kubeconfig    string
	tokenAuthFile string
	clientCAFile  string
	controllers   []string
	scheduler     bool
	node          string
	verbose       bool
	services      serviceflags.Flags
	storage       storageflags.Flags
	auth          authflags.Flags
	kubelets      authflags.Kubelets

	// Of nodes with real containers.
	nodeName        string
	nodeIP          string
	clusterRange    string
	registryDir     string
	registryPort    int
	kubeletPort     int
	runtimeEndpoint string
	evictionHard    []string
	manifests       string
}

func (f *flags) register(set *pflag.FlagSet) {
	set.StringVar(&f.dataDir, "data-dir", "./.nucleus", "where everything is kept; made if missing")
	set.IntVar(&f.securePort, "secure-port", 6443, "port to serve HTTPS on")
	set.StringVar(&f.bindAddress, "bind-address", "127.0.0.1", "IP address to serve HTTPS on")
	set.StringVar(&f.kubeconfig, "kubeconfig", "", "file to write the administrator's kubeconfig to (default: kubeconfig in the data directory)")
	set.StringVar(&f.tokenAuthFile, "token-auth-file", "", "CSV file of bearer tokens that are let in: token,user,uid,\"group1,group2\"")
	set.StringVar(&f.clientCAFile, "client-ca-file", "", "PEM file of further authorities whose client certificates are let in")
	set.StringSliceVar(&f.controllers, "controllers", []string{"*"}, "controllers to run: '*' for all, NAME for one, '-NAME' for all but one, '-*' for none; there are: "+strings.Join(controllers.Names(), ", "))
	set.BoolVar(&f.scheduler, "scheduler", true, "whether to run the scheduler")
	set.StringVar(&f.node, "node", "hollow", "nodes to run: 'containerd' for this machine, with real containers, 'hollow' for one that only simulates Pods, 'hollow:COUNT' for several, 'none'")
	set.StringVar(&f.nodeName, "hostname-override", "", "name of the node with real containers (default: the machine's)")
	set.StringVar(&f.nodeIP, "node-ip", "", "IP address of the node with real containers (default: that of the default route)")
	set.StringVar(&f.clusterRange, "cluster-cidr", "10.244.0.0/16", "where Pods in real containers get their addresses from; the node takes the first /24 of it")
	set.StringVar(&f.registryDir, "registry-dir", "", "where the registry of this process keeps images, see 'nucleus image' (default: registry in the data directory)")
	set.IntVar(&f.kubeletPort, "kubelet-port", 0, "port of the kubelet of the node with real containers (default: 10250, or a free one)")
	set.IntVar(&f.registryPort, "registry-port", 0, "port on the loopback for the registry of this process (default: a free one)")
	// Parts of a disk, as kubelets have them by default, are too much where a large
	// disk is nearly full of other things, as on the machines of developers.
	set.StringSliceVar(&f.evictionHard, "eviction-hard", []string{"memory.available<100Mi", "nodefs.available<200Mi", "imagefs.available<200Mi"}, "with how much less than that left the node takes Pods down")
	set.StringVar(&f.manifests, "pod-manifest-path", "", "directory of files with Pods that the node runs whatever the API says")
	set.StringVar(&f.runtimeEndpoint, "container-runtime-endpoint", "", "socket of a container runtime to use, such as unix:///run/containerd/containerd.sock (default: a containerd is started that is the data directory's own)")
	f.services.Register(set)
	f.storage.Register(set)
	f.auth.Register(set)
	f.kubelets.Register(set)
	set.BoolVarP(&f.verbose, "verbose", "v", false, "log what happens, every request included")
}

// settings are the flags, read.
type settings struct {
	controllers []string // names
	hollowNodes int
	containers  bool // this machine is a node
	clusterCIDR netip.Prefix
	podCIDR     netip.Prefix      // of this machine
	eviction    map[string]string // by signal
}

// read makes sense of the flags and reports everything that is wrong with them.
func (f *flags) read() (settings, error) {
	var s settings
	var errs []error
	var err error
	if s.controllers, err = controllers.Select(f.controllers); err != nil {
		errs = append(errs, fmt.Errorf("--controllers: %w", err))
	}
	if s.hollowNodes, s.containers, err = parseNode(f.node); err != nil {
		errs = append(errs, fmt.Errorf("--node: %w", err))
	}
	if s.clusterCIDR, s.podCIDR, err = podRange(f.clusterRange); err != nil {
		errs = append(errs, fmt.Errorf("--cluster-cidr: %w", err))
	}
	eviction, err := kubelet.ParseThresholds(f.evictionHard)
	if err != nil {
		errs = append(errs, fmt.Errorf("--eviction-hard: %w", err))
	}
	s.eviction = eviction
	if f.kubeletPort < 0 || f.kubeletPort > 65535 {
		errs = append(errs, fmt.Errorf("--kubelet-port: %d is no port", f.kubeletPort))
	}
	if f.registryPort < 0 || f.registryPort > 65535 {
		errs = append(errs, fmt.Errorf("--registry-port: %d is no port", f.registryPort))
	}
	if f.securePort < 1 || f.securePort > 65535 {
		errs = append(errs, fmt.Errorf("--secure-port: %d is no port", f.securePort))
	}
	if f.dataDir == "" {
		errs = append(errs, errors.New("--data-dir: must name a directory"))
	}
	return s, errors.Join(errs...)
}

// maxHollow bounds what one process simulates.
const maxHollow = 10000

func parseNode(s string) (hollow int, containers bool, err error) {
	kind, count, counted := strings.Cut(s, ":")
	switch {
	case s == "none":
		return 0, false, nil
	case s == "containerd":
		return 0, true, nil
	case kind == "hollow" && !counted:
		return 1, false, nil
	case kind == "hollow":
		n, err := strconv.Atoi(count)
		if err != nil || n < 1 || n > maxHollow {
			return 0, false, fmt.Errorf("%q: the count must be a number from 1 to %d", s, maxHollow)
		}
		return n, false, nil
	}
	return 0, false, fmt.Errorf("%q is not one of containerd, hollow, hollow:COUNT, none", s)
}

// podRange is the cluster's range, and the part of it that this machine gets.
func podRange(s string) (all, own netip.Prefix, err error) {
	if all, err = netip.ParsePrefix(s); err != nil {
		return all, own, err
	}
	bits := 24
	if all.Addr().Is6() {
		bits = 64
	}
	if all.Bits() > bits+4 {
		return all, own, fmt.Errorf("%s has no room for the Pods of a node", s)
	}
	all = all.Masked()
	return all, netip.PrefixFrom(all.Addr(), max(bits, all.Bits())), nil
}

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/certificate"
	"github.com/kubenucleus/nucleus/runtime/kubelet/containerd"
	"github.com/kubenucleus/nucleus/runtime/kubelet/device"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
	"github.com/kubenucleus/nucleus/runtime/kubelet/machine"
	"github.com/kubenucleus/nucleus/runtime/kubelet/probe"
	"github.com/kubenucleus/nucleus/runtime/kubelet/registration"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/csi"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/flexvolume"
)

// node is what runs.
type node struct {
	flags    *flags
	settings *settings
	log      *slog.Logger
	joined   *certificate.Joined
	kubelet  *kubelet.Kubelet
	close    func() error // of the container runtime
	group    controller.Group
}

func newNode(f *flags, log *slog.Logger) (*node, error) {
	s, err := f.read()
	if err != nil {
		return nil, err
	}
	kinds, err := scheme.New(api.Groups()...)
	if err != nil {
		return nil, err
	}
	n := &node{flags: f, settings: s, log: log, close: func() error { return nil }}
	n.group.Logger = log
	n.joined, err = certificate.Join(certificate.JoinOptions{
		Node: s.name, Dir: f.certDir, Kubeconfig: f.kubeconfig, BootstrapKubeconfig: f.bootstrapKubeconfig,
		Scheme: kinds, UserAgent: "kubelet/" + kubelet.Version, Logger: log,
	})
	if err != nil {
		return nil, err
	}
	n.group.AddReady("certificate", n.joined.Run, n.joined.WaitReady)
	k, err := n.newKubelet()
	if err != nil {
		return nil, errors.Join(err, n.close())
	}
	server, err := n.newServer(k)
	if err != nil {
		return nil, errors.Join(err, n.close())
	}
	if f.healthzPort > 0 {
		n.group.Add("healthz", n.serveHealth)
	}
	n.kubelet = k
	n.group.Add("memory", keepSmall)
	n.group.Add("server", server.Run)
	n.group.Add("kubelet", k.Run)
	return n, nil
}

// run runs the node until ctx ends. Its containers go on, unless the machine is being
// shut down.
func (n *node) run(ctx context.Context) error {
	running, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	var ending sync.WaitGroup
	ending.Add(1)
	stop := context.AfterFunc(ctx, func() {
		defer ending.Done()
		defer end()
		if n.flags.shutdown.Grace > 0 && machineStops(running) {
			n.kubelet.ShutDown(running, n.flags.shutdown)
		}
	})
	err := n.group.Run(running)
	end()
	if !stop() {
		ending.Wait()
	}
	return errors.Join(err, n.close())
}

// machineStops reports whether systemd shuts the machine down.
func machineStops(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	// Its exit code says only whether all is well.
	state, _ := exec.CommandContext(ctx, "systemctl", "is-system-running").Output()
	return strings.TrimSpace(string(state)) == "stopping"
}

func (n *node) newKubelet() (k *kubelet.Kubelet, err error) {
	f, s, c := n.flags, n.settings, n.joined.Client
	opts := kubelet.Options{
		Labels: s.labels, Taints: s.taints, PodCIDR: s.podCIDR, Port: f.port,
		Addresses:  []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: s.ip.String()}},
		ClusterDNS: s.dns, ClusterDomain: f.clusterDomain, StaticPodDir: f.manifests, SystemLogDir: "/var/log", Logger: n.log,
		Eviction: s.eviction, Reserved: s.reserved, DisableAllocatableLimit: !s.bound, ProviderID: f.providerID, ResolvConf: f.resolvConf, AllowedUnsafeSysctls: f.unsafeSysctls,
		Capacity:            corev1.ResourceList{corev1.ResourcePods: quantity.New(int64(f.maxPods), quantity.DecimalSI)},
		ContainerLogMaxSize: f.logMaxSize, ContainerLogMaxFiles: f.logMaxFiles, Images: f.imageGC,
		HeartbeatInterval: f.heartbeat, StatusInterval: f.report, MaxRestartDelay: f.mostRestartDelay, RestartDelay: min(f.mostRestartDelay, 10*time.Second), LeaseDuration: time.Duration(f.leaseSeconds) * time.Second,
	}
	// The bridge needs a range of its own: some controller has to say which.
	opts.RequirePodCIDR = f.cniConfDir != "" && f.podCIDR == ""
	if f.runtimeEndpoint == hollowEndpoint {
		opts.Machine = machine.New(machine.Options{})
		return kubelet.New(c, s.name, hollow.New(hollow.Options{}), opts)
	}
	containers, err := containerd.Dial(f.runtimeEndpoint, containerd.Options{
		LogDir: f.logDir, SeccompDir: filepath.Join(f.rootDir, "seccomp"), SeccompDefault: f.seccompDefault, CgroupParent: path.Join("/", f.cgroupRoot, "kubepods"), PodPids: max(f.podPids, 0),
		CNI:         containerd.CNI{ConfDir: f.cniConfDir, Bridge: f.cniBridge, Range: s.podCIDR, Ports: true},
		Credentials: containerd.PullSecrets(c), Handler: containerd.RuntimeClasses(c), Logger: n.log,
	})
	if err != nil {
		return nil, err
	}
	n.close = containers.Close
	devices, err := device.New(device.Options{RootDir: f.rootDir, Logger: n.log})
	if err != nil {
		return nil, err
	}
	plugins := map[string]registration.Handler{registration.Device: devices}
	drivers, err := csi.New(c, csi.Options{RootDir: f.rootDir, NodeName: s.name, Handlers: plugins, Logger: n.log})
	if err != nil {
		return nil, err
	}
	volumes, err := volume.New(c, volume.Options{
		RootDir: f.rootDir, NodeName: s.name, Logger: n.log, Plugins: []volume.Plugin{drivers, flexvolume.New(c, flexvolume.Options{Dir: f.flexVolumeDir})},
		RecursiveReadOnly: containers.RecursiveReadOnly, Failed: func(pod *corev1.Pod, err error) { k.VolumeFailed(pod, err) },
	})
	if err != nil {
		return nil, err
	}
	n.group.Add("volumes", volumes.Run)
	n.group.Add("devices", devices.Run)
	prober := probe.New(containers)
	opts.Machine = machine.New(machine.Options{RootDir: f.rootDir, Images: containers})
	opts.Volumes, opts.Devices, opts.RootDir, opts.LogDir = volumes, devices, f.rootDir, f.logDir
	opts.Prober, opts.Hooks = prober, prober
	if k, err = kubelet.New(c, s.name, containers, opts); err != nil {
		return nil, err
	}
	n.group.Add("pod resources", device.NewPodResources(devices, k.Pods).Run)
	return k, nil
}

// newServer makes the kubelet's own port.
func (n *node) newServer(k *kubelet.Kubelet) (*kubelet.Server, error) {
	serving, err := n.servingCertificate()
	if err != nil {
		return nil, err
	}
	opts := kubelet.ServerOptions{
		Address: net.JoinHostPort(n.flags.address, strconv.Itoa(int(n.flags.port))), Certificate: serving,
		Reviews: kubelet.Reviews(n.joined.Client), AllowAll: n.settings.allowAll, Anonymous: n.flags.anonymous, Logger: n.log,
	}
	authorities := n.joined.CA
	if file := n.flags.clientCAFile; file != "" {
		if authorities, err = os.ReadFile(file); err != nil {
			return nil, fmt.Errorf("--client-ca-file: %w", err)
		}
	}
	if len(authorities) > 0 {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(authorities) {
			return nil, errors.New("authorities of clients: no PEM certificate found")
		}
		opts.ClientCAs = func() *x509.CertPool { return pool }
	}
	return kubelet.NewServer(k, opts)
}

// serveHealth tells whoever asks on this machine that the kubelet is well, until ctx
// ends.
func (n *node) serveHealth(ctx context.Context) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	address := net.JoinHostPort(n.flags.healthzAddress, strconv.Itoa(int(n.flags.healthzPort)))
	server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(n.log.Handler(), slog.LevelDebug)}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("--healthz-port: %w", err)
	}
	return nil
}

// servingCertificate is the one of the flags, one that the API server has signed, or
// one that the node has signed itself.
func (n *node) servingCertificate() (func(*tls.ClientHelloInfo) (*tls.Certificate, error), error) {
	f := n.flags
	hosts := []string{n.settings.name, n.settings.ip.String()}
	switch {
	case f.certFile != "":
		// Read for each connection, so that it can be replaced.
		load := func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			c, err := tls.LoadX509KeyPair(f.certFile, f.keyFile)
			return &c, err
		}
		_, err := load(nil)
		return load, err
	case f.rotateServing:
		opts := certificate.ServingOptions(f.certDir, n.settings.name, func() []string { return hosts },
			func() (client.Client, error) { return n.joined.Client, nil })
		opts.Logger = n.log
		m, err := certificate.New(opts)
		if err != nil {
			return nil, err
		}
		n.group.Add("serving certificate", m.Run)
		return m.Serving, nil
	}
	own, err := certificate.SelfSigned(f.certDir, hosts, time.Now())
	return func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return own, nil }, err
}

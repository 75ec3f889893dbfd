package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/containerd"
	"github.com/kubenucleus/nucleus/runtime/kubelet/containerd/daemon"
	"github.com/kubenucleus/nucleus/runtime/kubelet/device"
	"github.com/kubenucleus/nucleus/runtime/kubelet/images"
	"github.com/kubenucleus/nucleus/runtime/kubelet/machine"
	"github.com/kubenucleus/nucleus/runtime/kubelet/probe"
	"github.com/kubenucleus/nucleus/runtime/kubelet/registration"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/csi"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/flexvolume"
)

const (
	// localRegistry is the host in the names of images that the registry of this
	// process has.
	localRegistry = "nucleus.local"
	pauseImage    = "pause:1"
)

// node is this machine as a node, with what its containers need.
type node struct {
	flags   *flags
	log     *slog.Logger
	dir     string
	store   *images.Store
	listen  net.Listener // of the registry
	port    net.Listener // of the kubelet
	server  *kubelet.Server
	daemon  *daemon.Daemon // nil: the containerd is somebody else's
	runtime *containerd.Runtime
	volumes *volume.Manager
	devices *device.Manager
	kubelet *kubelet.Kubelet
}

// newNode makes the node of this machine. It starts nothing.
func newNode(f *flags, s *settings, as func(node string) client.Client, ca []byte, log *slog.Logger) (n *node, err error) {
	dir, err := filepath.Abs(filepath.Join(f.dataDir, "node"))
	if err != nil {
		return nil, err
	}
	name, err := nodeName(f.nodeName)
	if err != nil {
		return nil, err
	}
	address, err := nodeAddress(f.nodeIP)
	if err != nil {
		return nil, err
	}
	c := as(name)
	n = &node{flags: f, log: log, dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("node %s: %w", name, err), n.close())
		}
	}()
	socket, cni := f.runtimeEndpoint, containerd.CNI{}
	if socket == "" {
		if err := daemon.Require(); err != nil {
			return n, err
		}
		if err := n.openRegistry(); err != nil {
			return n, err
		}
		n.daemon, err = daemon.New(daemon.Options{
			Dir: filepath.Join(dir, "containerd"), SandboxImage: localRegistry + "/" + pauseImage, Logger: log, PodRange: s.podCIDR,
			Registries: map[string]string{localRegistry: "http://" + n.listen.Addr().String()},
		})
		if err != nil {
			return n, err
		}
		socket, cni = n.daemon.Socket(), n.daemon.CNI()
	}
	n.runtime, err = containerd.Dial(socket, containerd.Options{
		LogDir: filepath.Join(dir, "logs"), SeccompDir: filepath.Join(dir, "kubelet", "seccomp"), CNI: cni,
		SandboxImage: localRegistry + "/" + pauseImage, Credentials: containerd.PullSecrets(c), Handler: containerd.RuntimeClasses(c), Logger: log,
	})
	if err != nil {
		return n, err
	}
	root := filepath.Join(dir, "kubelet")
	if n.devices, err = device.New(device.Options{RootDir: root, Logger: log}); err != nil {
		return n, err
	}
	plugins := map[string]registration.Handler{registration.Device: n.devices}
	drivers, err := csi.New(c, csi.Options{RootDir: root, NodeName: name, Handlers: plugins, Logger: log})
	if err != nil {
		return n, err
	}
	if n.volumes, err = volume.New(c, volume.Options{
		RootDir: root, NodeName: name, Plugins: []volume.Plugin{drivers, flexvolume.New(c, flexvolume.Options{})}, Logger: log,
		RecursiveReadOnly: n.runtime.RecursiveReadOnly, Failed: func(pod *corev1.Pod, err error) { n.kubelet.VolumeFailed(pod, err) },
	}); err != nil {
		return n, err
	}
	if n.port, err = kubeletPort(f.kubeletPort, address); err != nil {
		return n, err
	}
	prober := probe.New(n.runtime)
	n.kubelet, err = kubelet.New(c, name, n.runtime, kubelet.Options{
		PodCIDR: s.podCIDR, Addresses: []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: address.String()}},
		RootDir: root, LogDir: filepath.Join(dir, "logs"), Volumes: n.volumes, Devices: n.devices, Prober: prober, Hooks: prober, Logger: log,
		Machine:      machine.New(machine.Options{RootDir: root, Images: n.runtime}),
		StaticPodDir: f.manifests, SystemLogDir: "/var/log", Port: int32(n.port.Addr().(*net.TCPAddr).Port),
		Eviction: kubelet.EvictionOptions{Hard: s.eviction},
		// The disk is shared with whatever else there is on the machine, which may be
		// nearly full for good: images stay.
		Images: kubelet.ImageOptions{HighThresholdPercent: 100},
	})
	if err != nil {
		return n, err
	}
	n.server, err = n.newServer(c, ca, name, address)
	return n, err
}

// openRegistry opens the registry of this process, with the image of sandboxes.
func (n *node) openRegistry() (err error) {
	if n.store, err = images.Open(cmp.Or(n.flags.registryDir, filepath.Join(n.flags.dataDir, "registry"))); err != nil {
		return err
	}
	pause, err := images.Pause(runtime.GOARCH)
	if err != nil {
		return err
	}
	if err := n.store.Put(pauseImage, pause); err != nil {
		return err
	}
	n.listen, err = net.Listen("tcp", net.JoinHostPort("127.0.0.1", fmt.Sprint(n.flags.registryPort)))
	return err
}

// serveRegistry serves images until ctx ends.
func (n *node) serveRegistry(ctx context.Context) error {
	server := &http.Server{Handler: n.store, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(n.log.Handler(), slog.LevelDebug)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		<-ctx.Done()
		_ = server.Close()
	}()
	err := server.Serve(n.listen)
	<-done
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// addTo adds what runs for the node. The kubelet comes last, and so stops first.
func (n *node) addTo(group *controller.Group) {
	if n.store != nil {
		group.Add("registry", n.serveRegistry)
	}
	if n.daemon != nil {
		group.AddReady("containerd", n.runContainerd, n.daemon.WaitReady)
	}
	group.Add("volumes", n.volumes.Run)
	group.Add("devices", n.devices.Run)
	group.Add("pod resources", device.NewPodResources(n.devices, n.kubelet.Pods).Run)
	group.Add("kubelet's port", n.server.Run)
	group.Add("kubelet", n.kubelet.Run)
}

// runContainerd runs containerd until ctx ends. When its containers are gone, what
// was mounted for them goes, too; files stay.
func (n *node) runContainerd(ctx context.Context) error {
	return errors.Join(n.daemon.Run(ctx), daemon.UnmountBelow(filepath.Join(n.dir, "kubelet")))
}

// close gives back what newNode has taken.
func (n *node) close() error {
	var errs []error
	for _, l := range []net.Listener{n.listen, n.port} {
		if l != nil {
			_ = l.Close() // serving closes it, too
		}
	}
	if n.runtime != nil {
		errs = append(errs, n.runtime.Close())
	}
	return errors.Join(errs...)
}

// nodeName is the machine's name, as nodes are named.
func nodeName(override string) (string, error) {
	if override != "" {
		return override, nil
	}
	name, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("name of the node: %w", err)
	}
	return strings.ToLower(strings.TrimSpace(name)), nil
}

// nodeAddress is where the node is reached: the address that packets to the rest
// of the world have, or the loopback's on a machine that is alone.
func nodeAddress(override string) (netip.Addr, error) {
	if override != "" {
		return netip.ParseAddr(override)
	}
	// No packet is sent: connecting a datagram socket only chooses a route.
	for _, anywhere := range []string{"192.0.2.1:9", "[2001:db8::1]:9"} {
		conn, err := net.Dial("udp", anywhere)
		if err != nil {
			continue
		}
		local := conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr()
		_ = conn.Close()
		return local.Unmap(), nil
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1}), nil
}

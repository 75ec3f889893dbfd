package device

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"google.golang.org/grpc"
	protocol "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/registration"
)

// Options tunes a [Manager]. RootDir has to be set.
type Options struct {
	// RootDir is the kubelet's directory. Plug-ins expect it to be /var/lib/kubelet.
	RootDir string
	// Timeout bounds each call of a plug-in. Zero is 30 s.
	Timeout time.Duration
	// Patience is how long the Node still names a resource whose plug-in has ended.
	// Zero is 5 minutes.
	Patience time.Duration
	Logger   *slog.Logger // nil: slog.Default()
}

// Manager has the devices of a node. Make one with [New]. It is safe for concurrent
// use.
type Manager struct {
	opts    Options
	dir     string
	log     *slog.Logger
	changed chan struct{} // has a token when capacities may have changed

	mu        sync.Mutex
	running   context.Context //nolint:containedctx // of Run; nil: it does not run
	workers   sync.WaitGroup  // of Run
	plugins   map[corev1.ResourceName]*plugin
	resources map[corev1.ResourceName]*resource
	given     map[meta.UID][]*grant
	saving    sync.Mutex // one writes the file at a time; taken before mu
}

var (
	_ kubelet.Devices      = (*Manager)(nil)
	_ registration.Handler = (*Manager)(nil)
)

// resource is a kind of devices.
type resource struct {
	healthy map[string]bool // by id of the device
	stopped time.Time       // when its plug-in ended; zero: it has one
}

// grant is what a container has of a resource.
type grant struct {
	container string
	resource  corev1.ResourceName
	devices   []string
	// needs is what the plug-in said; nil while it is asked.
	needs *protocol.ContainerAllocateResponse
}

// New returns a manager with what was given before it. It starts nothing.
func New(opts Options) (*Manager, error) {
	if !filepath.IsAbs(opts.RootDir) {
		return nil, fmt.Errorf("device: RootDir %q is not absolute", opts.RootDir)
	}
	if opts.Timeout <= 0 {
		opts.Timeout = protocol.KubeletPreStartContainerRPCTimeoutInSecs * time.Second
	}
	if opts.Patience <= 0 {
		opts.Patience = 5 * time.Minute
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	m := &Manager{
		opts: opts, dir: filepath.Join(opts.RootDir, "device-plugins"), log: opts.Logger, changed: make(chan struct{}, 1),
		plugins: map[corev1.ResourceName]*plugin{}, resources: map[corev1.ResourceName]*resource{}, given: map[meta.UID][]*grant{},
	}
	return m, m.load()
}

// Run serves the socket at which plug-ins register, until ctx ends; it returns nil
// then. Where the path is too long for a socket it says so and goes without. It can
// be called once.
func (m *Manager) Run(ctx context.Context) error {
	if len(m.socket()) > longestSocket {
		m.log.WarnContext(ctx, "there can be no device plug-ins: the path of their socket is too long", "socket", m.socket())
		<-ctx.Done()
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	listener, err := m.listen()
	if err != nil {
		return fmt.Errorf("device plug-ins: %w", err)
	}
	server := grpc.NewServer()
	protocol.RegisterRegistrationServer(server, &registrar{manager: m})
	m.mu.Lock()
	m.running = ctx
	m.mu.Unlock()
	m.workers.Go(func() { m.retire(ctx) }) // of those that do not come back
	m.workers.Go(func() {
		<-ctx.Done()
		server.Stop()
	})
	err = server.Serve(listener)
	ended := ctx.Err() != nil
	cancel()
	m.mu.Lock()
	m.running = nil
	m.mu.Unlock()
	m.workers.Wait()
	_ = os.Remove(m.socket())
	if ended {
		return nil
	}
	return fmt.Errorf("device plug-ins: %w", err)
}

// longestSocket is how long the path of a socket may be.
const longestSocket = 107

func (m *Manager) socket() string { return filepath.Join(m.dir, "kubelet.sock") }

// listen makes the socket. Those of plug-ins go: that is how they notice that they
// have to register anew.
func (m *Manager) listen() (net.Listener, error) {
	if err := os.MkdirAll(m.dir, 0o750); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.Type()&fs.ModeSocket == 0 {
			continue
		}
		if err := os.Remove(filepath.Join(m.dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return net.Listen("unix", m.socket())
}

// Capacity implements [kubelet.Devices].
func (m *Manager) Capacity() (capacity, allocatable corev1.ResourceList) {
	m.mu.Lock()
	defer m.mu.Unlock()
	capacity, allocatable = corev1.ResourceList{}, corev1.ResourceList{}
	for name, r := range m.resources {
		all, healthy := int64(len(r.healthy)), int64(0)
		for _, ok := range r.healthy {
			if ok {
				healthy++
			}
		}
		if !r.stopped.IsZero() && time.Since(r.stopped) >= m.opts.Patience {
			all = 0
		}
		capacity[name], allocatable[name] = quantity.New(all, quantity.DecimalSI), quantity.New(healthy, quantity.DecimalSI)
	}
	return capacity, allocatable
}

// Changed implements [kubelet.Devices].
func (m *Manager) Changed() <-chan struct{} { return m.changed }

func (m *Manager) tell() {
	select {
	case m.changed <- struct{}{}:
	default:
	}
}

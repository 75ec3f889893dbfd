package containerd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// Options tunes a [Runtime]. The zero value works with a runtime whose network is
// configured by somebody else.
type Options struct {
	// LogDir is where containers' logs go, a directory for each Pod. Empty is
	// /var/log/pods.
	LogDir string
	// SeccompDir is where Localhost seccomp profiles lie. Empty is
	// /var/lib/kubelet/seccomp.
	SeccompDir string
	// SeccompDefault confines containers that name no profile by the runtime's own.
	SeccompDefault bool
	// CgroupParent is the cgroup of all Pods. Empty is /kubepods; "-" leaves the
	// choice to the runtime, one cgroup a container.
	CgroupParent string
	// PodPids is how many processes and threads a Pod may have. Zero is no limit.
	PodPids int64
	// MemoryCapacity, in bytes, is what memory requests are compared with to tell
	// who is to be killed first when memory runs out. Zero is the machine's.
	MemoryCapacity uint64
	// CNI configures the network of Pods.
	CNI CNI
	// SandboxImage is the image of sandboxes, which image garbage collection
	// must not remove, in addition to what the runtime itself calls pinned.
	SandboxImage string
	// Credentials returns what to try to pull an image of a Pod with, in order;
	// nil, and an empty list, is to pull without. See [PullSecrets].
	Credentials func(ctx context.Context, pod *corev1.Pod, image string) ([]Credential, error)
	// Handler returns the runtime's handler for the Pod's runtime class, "" for
	// its default. Nil refuses Pods that name a class.
	Handler func(ctx context.Context, class string) (string, error)
	// PollInterval is the time between looks for changes that were not told.
	// Zero is 1 s, or 10 s where the runtime tells of changes.
	PollInterval time.Duration
	Logger       *slog.Logger // nil: slog.Default()
}

// Runtime runs containers through the CRI. Make one with [Dial]. It is safe for
// concurrent use and has no goroutines of its own but those of its connection.
type Runtime struct {
	opts    Options
	log     *slog.Logger
	conn    *grpc.ClientConn
	runtime cri.RuntimeServiceClient
	images  cri.ImageServiceClient
	cgroups cgroups
	states  states
	counts  *instruments

	mu      sync.Mutex
	version *cri.VersionResponse // as first told, nil before that
	configs map[string]*cri.PodSandboxConfig

	usersMu sync.Mutex
	giving  map[uint32]bool // ranges of users of sandboxes that are being made
}

var (
	_ kubelet.Runtime      = (*Runtime)(nil)
	_ kubelet.Instrumented = (*Runtime)(nil)
	_ kubelet.Execer       = (*Runtime)(nil)
	_ kubelet.Streamer     = (*Runtime)(nil)
	_ kubelet.ImageStore   = (*Runtime)(nil)
	_ kubelet.Resizer      = (*Runtime)(nil)
	_ kubelet.LogRotator   = (*Runtime)(nil)
	_ kubelet.Meter        = (*Runtime)(nil)
	_ kubelet.PodCleaner   = (*Runtime)(nil)
	_ kubelet.Sweeper      = (*Runtime)(nil)
	_ kubelet.Bounder      = (*Runtime)(nil)
)

// Dial returns the runtime behind a CRI socket, a path or unix:// address. It does
// not wait for it to answer: calls do, as long as their contexts let them.
func Dial(socket string, opts Options) (*Runtime, error) {
	path := strings.TrimPrefix(socket, "unix://")
	if !filepath.IsAbs(path) {
		return nil, fmt.Errorf("CRI socket %q is not an absolute path", socket)
	}
	opts.LogDir = cmp.Or(opts.LogDir, "/var/log/pods")
	opts.SeccompDir = cmp.Or(opts.SeccompDir, "/var/lib/kubelet/seccomp")
	opts.CgroupParent = cmp.Or(opts.CgroupParent, "/kubepods")
	opts.Logger = cmp.Or(opts.Logger, slog.Default())
	if opts.MemoryCapacity == 0 {
		opts.MemoryCapacity = machineMemory()
	}
	counts := newInstruments()
	conn, err := grpc.NewClient("unix://"+path,
		grpc.WithUnaryInterceptor(counts.intercept),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: reconnect, MinConnectTimeout: 3 * time.Second}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(16<<20)),
		// The address is a path of this machine: nothing is to be asked of a proxy.
		grpc.WithNoProxy(), grpc.WithDisableServiceConfig(),
	)
	if err != nil {
		return nil, fmt.Errorf("CRI socket %s: %w", path, err)
	}
	r := &Runtime{
		opts: opts, log: opts.Logger, conn: conn,
		runtime: cri.NewRuntimeServiceClient(conn), images: cri.NewImageServiceClient(conn),
		counts: counts, configs: map[string]*cri.PodSandboxConfig{}, giving: map[uint32]bool{}, states: newStates(),
	}
	if opts.CgroupParent != "-" {
		r.cgroups.find(opts.CgroupParent)
		r.cgroups.pids = opts.PodPids
	}
	return r, nil
}

// Close ends the connection. Containers go on.
func (r *Runtime) Close() error { return r.conn.Close() }

// Info implements [kubelet.Runtime].
func (r *Runtime) Info(ctx context.Context) (kubelet.Info, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	version, err := r.versionOf(ctx)
	if err != nil {
		return kubelet.Info{}, err
	}
	info := kubelet.Info{Name: version.RuntimeName, Version: strings.TrimPrefix(version.RuntimeVersion, "v")}
	status, err := r.runtime.Status(ctx, &cri.StatusRequest{})
	if err != nil {
		info.NotReady = message(err)
		return info, nil
	}
	for _, h := range status.GetRuntimeHandlers() {
		features := h.GetFeatures()
		readOnly, users := features.GetRecursiveReadOnlyMounts(), features.GetUserNamespaces()
		info.Handlers = append(info.Handlers, corev1.NodeRuntimeHandler{
			Name: h.GetName(), Features: &corev1.NodeRuntimeHandlerFeatures{RecursiveReadOnlyMounts: &readOnly, UserNamespaces: &users},
		})
	}
	if f := status.GetFeatures(); f != nil {
		info.Features = &corev1.NodeFeatures{SupplementalGroupsPolicy: &f.SupplementalGroupsPolicy}
	}
	for _, c := range status.GetStatus().GetConditions() {
		if c.Status {
			continue
		}
		text := cmp.Or(c.Message, c.Reason, "not ready")
		if c.Reason != "" && c.Message != "" {
			text = fmt.Sprintf("%s=false reason:%s message:%s", c.Type, c.Reason, c.Message)
		}
		switch c.Type {
		case cri.RuntimeReady:
			info.NotReady = text
		case cri.NetworkReady:
			info.NetworkNotReady = text
		}
	}
	return info, nil
}

// RecursiveReadOnly reports whether the runtime can make mounts read-only with all
// that is below them.
func (r *Runtime) RecursiveReadOnly(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	status, err := r.runtime.Status(ctx, &cri.StatusRequest{})
	return err == nil && slices.ContainsFunc(status.GetRuntimeHandlers(), func(h *cri.RuntimeHandler) bool {
		return h.GetName() == "" && h.GetFeatures().GetRecursiveReadOnlyMounts()
	})
}

// versionOf asks for the version once; a runtime that is replaced by another keeps
// its name at least.
func (r *Runtime) versionOf(ctx context.Context) (*cri.VersionResponse, error) {
	version, err := r.runtime.Version(ctx, &cri.VersionRequest{})
	if err != nil {
		return nil, r.wrap("version", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.version = version
	return version, nil
}

// atLeast reports whether the runtime is a containerd of that version or newer;
// other runtimes count as new.
func (r *Runtime) atLeast(ctx context.Context, major, minor int) bool {
	r.mu.Lock()
	version := r.version
	r.mu.Unlock()
	if version == nil {
		var err error
		if version, err = r.versionOf(ctx); err != nil {
			return false
		}
	}
	if version.RuntimeName != "containerd" {
		return true
	}
	var x, y int
	if n, _ := fmt.Sscanf(strings.TrimPrefix(version.RuntimeVersion, "v"), "%d.%d", &x, &y); n < 2 {
		return false
	}
	return x > major || x == major && y >= minor
}

// SetPodCIDR implements [kubelet.Runtime]. Without a range the network is left as
// it is configured, except where Options.CNI has a range of its own.
func (r *Runtime) SetPodCIDR(ctx context.Context, cidr netip.Prefix) error {
	if cidr.IsValid() {
		ctx, cancel := context.WithTimeout(ctx, callTimeout)
		defer cancel()
		if _, err := r.runtime.UpdateRuntimeConfig(ctx, &cri.UpdateRuntimeConfigRequest{
			RuntimeConfig: &cri.RuntimeConfig{NetworkConfig: &cri.NetworkConfig{PodCidr: cidr.String()}},
		}); err != nil {
			return r.wrap("range of Pods", err)
		}
	}
	if r.opts.CNI.ConfDir == "" {
		return nil
	}
	if !cidr.IsValid() {
		cidr = r.opts.CNI.Range
	}
	if !cidr.IsValid() {
		return errors.New("the node has no range for Pods, and none was configured")
	}
	if err := r.opts.CNI.configure(ctx, cidr); err != nil {
		return err
	}
	return r.networkReady(ctx)
}

// networkReady waits until the runtime has taken notice of the configuration.
func (r *Runtime) networkReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	for {
		info, err := r.Info(ctx)
		if err != nil {
			return err
		}
		if info.NetworkNotReady == "" {
			return nil
		}
		if !sleep(ctx, 50*time.Millisecond) {
			return fmt.Errorf("the network of Pods is not ready: %s", info.NetworkNotReady)
		}
	}
}

// sleep waits for d and reports whether ctx is still alive then.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

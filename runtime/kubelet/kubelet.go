package kubelet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
)

// Kubelet runs the Pods of one node. Make one with [New] and call Run. Its
// methods are safe for concurrent use.
type Kubelet struct {
	name    string
	client  client.Client
	runtime Runtime
	opts    Options
	log     *slog.Logger
	events  *controller.Recorder // nil records nothing
	loop    *controller.Controller[meta.UID]
	// services are told to containers; ownCaches runs them where nobody else does.
	services  *client.Cache[corev1.Service]
	ownCaches *client.Caches

	pulling    turns // of images
	counts     *instruments
	images     *imageKeeper // nil: nothing is known of images
	thresholds []threshold

	ran        atomic.Bool
	rescan     chan struct{} // has a token when static Pods are to be looked for
	changed    chan struct{} // has a token when the node's status is to be written
	registered chan struct{}
	listed     chan struct{}  // closed when all Pods of the node are known
	operations sync.WaitGroup // what is under way in the runtime
	streams    openStreams
	meter      usageMeter

	handlerOnce sync.Once
	handler     http.Handler

	// mu is taken before the lock of a pod, never while holding one.
	mu            sync.Mutex
	pods          map[meta.UID]*pod
	node          *corev1.Node           // as last written; shared
	before        []corev1.NodeCondition // of the node when it was registered
	rep           reporter               // set when the node is registered
	podRange      string                 // as the runtime was told
	lacksAppArmor bool                   // the machine
	shutting      bool                   // ShutDown was called
	// pressed is of what the node is short; the slice is never changed.
	pressed []corev1.NodeConditionType
	// mirrors are those of the node's own Pods that the API has; staticRead says
	// that the directory was read, and standIn is the node before it is registered.
	mirrors    map[client.Key]*corev1.Pod
	staticRead bool
	standIn    *corev1.Node
}

// New returns the kubelet of the node of that name, which works through c. It
// starts nothing. The error lists everything that is wrong with the arguments.
func New(c client.Client, node string, runtime Runtime, opts Options) (*Kubelet, error) {
	opts, err := opts.complete(node)
	if c == nil || runtime == nil {
		err = errors.Join(err, errors.New("client or runtime is missing"))
	}
	if err != nil {
		return nil, fmt.Errorf("kubelet: %w", err)
	}
	k := &Kubelet{
		name: node, client: c, runtime: runtime, opts: opts, log: opts.Logger.With("node", node),
		registered: make(chan struct{}), listed: make(chan struct{}),
		changed: make(chan struct{}, 1), rescan: make(chan struct{}, 1), mirrors: map[client.Key]*corev1.Pod{}, pods: map[meta.UID]*pod{},
		counts: newInstruments(),
	}
	if k.thresholds, err = opts.Eviction.thresholds(); err != nil {
		return nil, fmt.Errorf("kubelet: %w", err)
	}
	if store, ok := runtime.(ImageStore); ok {
		k.images = &imageKeeper{k: k, store: store, found: map[string]*imageRecord{}}
	}
	caches := opts.Caches
	if caches == nil {
		caches = client.NewCaches(c, k.log)
		k.ownCaches = caches
	}
	k.services = client.CacheOf[corev1.Service](caches)
	if !opts.DisableEvents {
		k.events = controller.NewRecorder(c, "kubelet", controller.RecorderOptions{Host: node, Buffer: opts.EventBuffer, Logger: k.log})
	}
	k.loop = controller.New("kubelet", k.sync, controller.Options{
		Workers: opts.Workers, Logger: k.log,
		// What fails is mostly the server that is away: nobody should wait for a
		// status long after it is back.
		Queue: controller.QueueOptions{MaxDelay: 10 * time.Second},
	})
	return k, nil
}

// Name returns the node's name.
func (k *Kubelet) Name() string { return k.name }

// Run registers the node and runs its Pods until ctx ends; it returns nil then.
// Containers go on running: it is the kubelet that stops, not the node. It tries
// again and again where the server or the runtime cannot be reached. A Kubelet
// can be run once.
func (k *Kubelet) Run(ctx context.Context) error {
	if !k.ran.CompareAndSwap(false, true) {
		return errors.New("kubelet is already run")
	}
	if k.opts.RootDir != "" {
		if err := os.MkdirAll(k.opts.RootDir, 0o750); err != nil {
			return fmt.Errorf("kubelet %s: %w", k.name, err)
		}
	}
	group := controller.Group{Logger: k.log}
	if k.events != nil {
		group.Add("events", k.events.Run)
	}
	if k.ownCaches != nil {
		group.Add("caches", k.ownCaches.Run)
	}
	group.Add("pods", func(ctx context.Context) error {
		err := k.loop.Run(ctx)
		k.operations.Wait()
		return err
	})
	group.Add("runtime", k.watchRuntime)
	if k.opts.StaticPodDir != "" {
		group.Add("static Pods", k.watchStatic)
	}
	group.AddReady("node", k.keepNode, k.WaitReady)
	group.Add("watch", k.watchPods)
	group.Add("housekeeping", k.keepHouse)
	group.Add("streams", k.streams.run)
	if k.images != nil {
		group.Add("images", k.images.run)
	}
	if k.opts.Devices != nil {
		group.Add("devices", k.watchDevices)
	}
	if k.opts.Machine != nil {
		group.Add("room", k.keepRoom)
	}
	if _, ok := k.runtime.(Bounder); ok && k.opts.Machine != nil && !k.opts.DisableAllocatableLimit {
		group.Add("bounds", k.boundPods)
	}
	if _, ok := k.runtime.(LogRotator); ok && k.opts.LogDir != "" {
		group.Add("logs", k.rotateLogs)
	}
	if err := group.Run(ctx); err != nil {
		return fmt.Errorf("kubelet %s: %w", k.name, err)
	}
	return nil
}

// WaitReady waits until the node is registered, and so can be given Pods. Run
// has to be running.
func (k *Kubelet) WaitReady(ctx context.Context) error {
	select {
	case <-k.registered:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// watchRuntime looks at Pods again of which the runtime says that something has
// changed.
func (k *Kubelet) watchRuntime(ctx context.Context) error {
	for {
		err := k.runtime.Watch(ctx, k.loop.Queue().Add)
		if ctx.Err() != nil {
			return nil
		}
		k.log.WarnContext(ctx, "runtime not watched", "error", err)
		wait(ctx, time.Second)
		k.mu.Lock()
		for uid := range k.pods {
			k.loop.Queue().Add(uid)
		}
		k.mu.Unlock()
	}
}

func (k *Kubelet) reporter() *reporter {
	k.mu.Lock()
	defer k.mu.Unlock()
	rep := k.rep
	return &rep
}

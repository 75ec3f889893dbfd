package kubelet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
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

	ran        atomic.Bool
	registered chan struct{}
	listed     chan struct{}  // closed when all Pods of the node are known
	operations sync.WaitGroup // what is under way in the runtime
	streams    openStreams

	handlerOnce sync.Once
	handler     http.Handler

	// mu is taken before the lock of a pod, never while holding one.
	mu   sync.Mutex
	pods map[meta.UID]*pod
	node *corev1.Node // as last written; shared
	rep  reporter     // set when the node is registered
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
		registered: make(chan struct{}), listed: make(chan struct{}), pods: map[meta.UID]*pod{},
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
	group := controller.Group{Logger: k.log}
	if k.events != nil {
		group.Add("events", k.events.Run)
	}
	if k.ownCaches != nil {
		group.Add("caches", k.ownCaches.Run)
	}
	group.AddReady("node", k.keepNode, k.WaitReady)
	group.Add("pods", func(ctx context.Context) error {
		err := k.loop.Run(ctx)
		k.operations.Wait()
		return err
	})
	group.Add("runtime", k.watchRuntime)
	group.Add("watch", k.watchPods)
	group.Add("housekeeping", k.keepHouse)
	group.Add("streams", k.streams.run)
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

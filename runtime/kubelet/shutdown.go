package kubelet

import (
	"context"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

const (
	reasonTerminated   = "Terminated"
	messageTerminated  = "Pod was terminated in response to imminent node shutdown."
	reasonNodeShutdown = "NodeShutdown"
	messageShutdown    = "Pod was rejected as the node is shutting down."
)

const (
	// shutdownLook is the time between looks whether Pods have ended.
	shutdownLook = 100 * time.Millisecond
	// shutdownSlack is what ending by force may take when the grace is over.
	shutdownSlack = time.Second
)

// ShutdownOptions says how long Pods may take to end before the machine goes down.
type ShutdownOptions struct {
	// Grace is what all have together. Nobody gets more than the Pod asks for.
	Grace time.Duration
	// CriticalGrace is the part of it that critical Pods have for themselves, at the
	// end: what others need to end well goes last.
	CriticalGrace time.Duration
}

// ShutDown ends the node's Pods in order because the machine is about to be shut
// down, and returns when they have ended, the time is over, or ctx ends. From then on
// this kubelet's node is not ready and refuses Pods. Run has to be running; what it
// still does after ShutDown is to tell of it.
func (k *Kubelet) ShutDown(ctx context.Context, opts ShutdownOptions) {
	k.mu.Lock()
	k.shutting = true
	registered := k.node != nil
	k.mu.Unlock()
	k.wakeHeartbeat()
	if registered {
		k.nodeEvent(reasonNodeShutdown, "Shutdown manager detected shutdown event")
	}
	critical := min(opts.CriticalGrace, opts.Grace)
	k.endPods(ctx, false, opts.Grace-critical)
	k.endPods(ctx, true, critical)
}

// endPods ends the Pods that are critical, or those that are not, and waits for them.
func (k *Kubelet) endPods(ctx context.Context, critical bool, grace time.Duration) {
	var ends []*pod
	k.mu.Lock()
	for _, p := range k.pods {
		p.mu.Lock()
		if p.critical() == critical && !p.gone && !isTerminal(p.object.Status.Phase) {
			ends = append(ends, p)
			if p.expired == nil {
				p.expired = &ending{
					grace: min(graceOf(p.object), grace), phase: corev1.PodFailed,
					reason: reasonTerminated, message: messageTerminated, disruption: messageTerminated,
				}
			}
		}
		p.mu.Unlock()
	}
	k.mu.Unlock()
	for _, p := range ends {
		k.loop.Queue().Add(p.uid)
	}
	for deadline := time.Now().Add(grace + shutdownSlack); ctx.Err() == nil && time.Now().Before(deadline); wait(ctx, shutdownLook) {
		left := 0
		for _, p := range ends {
			p.mu.Lock()
			if !p.gone && !p.deleted && !isTerminal(p.object.Status.Phase) {
				left++
			}
			p.mu.Unlock()
		}
		if left == 0 {
			return
		}
	}
}

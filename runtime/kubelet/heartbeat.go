package kubelet

import (
	"context"
	"time"

	coordinationv1 "github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// heartbeat renews the node's Lease and keeps its status true until ctx ends.
// The Lease is what tells others that the node lives: it is small, and the
// status need not be written for that.
func (k *Kubelet) heartbeat(ctx context.Context) error {
	var lease *coordinationv1.Lease
	reported := time.Now()
	for {
		pause := jittered(k.opts.HeartbeatInterval)
		next, err := k.renew(ctx, lease)
		if lease = next; err != nil && ctx.Err() == nil {
			k.log.WarnContext(ctx, "lease not renewed", "error", err)
			pause = k.opts.HeartbeatInterval / 10
		}
		written, err := k.refresh(ctx, time.Since(reported) >= k.opts.StatusInterval)
		switch {
		case written:
			reported = time.Now()
		case meta.IsConflict(err):
			pause = k.opts.HeartbeatInterval / 10 // somebody else wrote at the same time
		case err != nil && ctx.Err() == nil:
			k.log.WarnContext(ctx, "node status not written", "error", err)
		}
		if k.lacksRange() {
			pause = min(pause, time.Second)
		}
		k.rest(ctx, pause)
		if ctx.Err() != nil {
			return nil
		}
	}
}

// rest waits for d, the end of ctx, or a change of the node that is to be written
// at once.
func (k *Kubelet) rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-k.changed:
	case <-ctx.Done():
	}
}

// wakeHeartbeat has the node's status looked at now.
func (k *Kubelet) wakeHeartbeat() {
	select {
	case k.changed <- struct{}{}:
	default:
	}
}

// renew renews the Lease that was written last, or the one that there is for
// nil. It returns the Lease as it is then, nil if it has to be read anew.
func (k *Kubelet) renew(ctx context.Context, lease *coordinationv1.Lease) (*coordinationv1.Lease, error) {
	leases := client.Of[coordinationv1.Lease](k.client).In(meta.NamespaceNodeLease)
	if lease == nil {
		found, err := leases.Get(ctx, k.name)
		if meta.IsNotFound(err) {
			lease = &coordinationv1.Lease{ObjectMeta: meta.ObjectMeta{Name: k.name, Namespace: meta.NamespaceNodeLease}}
			k.fillLease(lease)
			if err := leases.Create(ctx, lease); err != nil {
				return nil, err
			}
			return lease, nil
		}
		if err != nil {
			return nil, err
		}
		lease = found
	}
	k.fillLease(lease)
	if err := leases.Update(ctx, lease); err != nil {
		return nil, err
	}
	return lease, nil
}

func (k *Kubelet) fillLease(lease *coordinationv1.Lease) {
	holder, duration, now := k.name, int32(k.opts.LeaseDuration/time.Second), meta.NowMicro()
	lease.Spec.HolderIdentity, lease.Spec.LeaseDurationSeconds, lease.Spec.RenewTime = &holder, &duration, &now
	if len(lease.OwnerReferences) == 0 {
		k.mu.Lock()
		defer k.mu.Unlock()
		// When the Node is deleted, so is the Lease.
		lease.OwnerReferences = []meta.OwnerReference{{APIVersion: "v1", Kind: "Node", Name: k.name, UID: k.node.UID}}
	}
}

package kubelet

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// ResourceProcesses is how [Options].Reserved names processes and threads.
const ResourceProcesses corev1.ResourceName = "pid"

// boundInterval is the time between looks whether the bounds of all Pods are still
// those that were set: a machine may get memory while it runs.
const boundInterval = time.Minute

// boundPods bounds what all Pods of the node together may use until ctx ends, so that
// what is reserved is there for the rest of the machine.
func (k *Kubelet) boundPods(ctx context.Context) error {
	if err := k.WaitReady(ctx); err != nil {
		return nil // its events are about the Node
	}
	bounder := k.runtime.(Bounder)
	var set corev1.ResourceList
	for ctx.Err() == nil {
		bounds, err := k.podBounds(ctx)
		if err == nil && !codec.Equal(&bounds, &set) {
			if err = bounder.BoundPods(ctx, bounds); err == nil {
				set = bounds
				k.nodeEvent("NodeAllocatableEnforced", "Updated Node Allocatable limit across pods")
			}
		}
		if errors.Is(err, errors.ErrUnsupported) {
			k.log.InfoContext(ctx, "Pods are not bounded together", "error", err)
			<-ctx.Done()
			return nil
		}
		if err != nil && ctx.Err() == nil {
			k.log.WarnContext(ctx, "Pods are not bounded together", "error", err)
			k.nodeWarning("FailedNodeAllocatableEnforcement", fmt.Sprintf("Failed to update Node Allocatable Limits: %v", err))
		}
		wait(ctx, boundInterval)
	}
	return nil
}

// podBounds are what all Pods together may use: what the machine has, less what is
// reserved. What evictions keep free is not kept from them: to use it is what
// evictions are for.
func (k *Kubelet) podBounds(ctx context.Context) (corev1.ResourceList, error) {
	d, err := k.describeMachine(ctx)
	if err != nil {
		return nil, err
	}
	bounds := corev1.ResourceList{}
	for name, q := range d.capacity {
		if name != corev1.ResourceCPU && name != corev1.ResourceMemory && !strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix) {
			continue
		}
		if own, ok := k.opts.Allocatable[name]; ok {
			q = own
		} else if back, ok := k.opts.Reserved[name]; ok {
			q.Sub(back)
		}
		bounds[name] = atLeastNone(q)
	}
	if back, ok := k.opts.Reserved[ResourceProcesses]; ok {
		readings, err := k.opts.Machine.Read(ctx)
		if err != nil {
			return nil, fmt.Errorf("machine: %w", err)
		}
		most := quantity.New(int64(min(readings.Processes.Max, 1<<40)), quantity.DecimalSI)
		most.Sub(back)
		bounds[ResourceProcesses] = atLeastNone(most)
	}
	return bounds, nil
}

func atLeastNone(q quantity.Quantity) quantity.Quantity {
	if q.Sign() < 0 {
		return quantity.New(0, q.Format())
	}
	return q
}

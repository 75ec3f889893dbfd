package registry

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/storage"
)

// nodePorts knows which ports on nodes are taken: one bit a port, in one stored
// value that all servers on the same store change in turn. Kubernetes keeps the
// same value at the same key. It is safe for concurrent use.
type nodePorts struct {
	store storage.Store
	key   string
	span  PortRange

	// turn is held while the value is changed. seen and revision are what was last
	// read or written; seen is not changed once it is there.
	turn     chan struct{}
	seen     *big.Int // nil: not read yet
	revision storage.Revision
}

func newNodePorts(store storage.Store, prefix string, span PortRange) *nodePorts {
	return &nodePorts{store: store, key: prefix + "ranges/servicenodeports", span: span, turn: make(chan struct{}, 1)}
}

// String is the range as Kubernetes writes it.
func (s PortRange) String() string { return fmt.Sprintf("%d-%d", s.First, s.Last) }

func (s PortRange) contains(port int32) bool { return port >= s.First && port <= s.Last }

func (s PortRange) size() int64 { return int64(s.Last-s.First) + 1 }

// check says why a port that was asked for cannot be had: it is not in the range,
// or taken. That it is free is a guess until it is taken.
func (p *nodePorts) check(ctx context.Context, port int32) error {
	if err := p.outside(port); err != nil {
		return err
	}
	return p.look(ctx, func(taken *big.Int) error {
		if taken.Bit(int(port-p.span.First)) != 0 {
			return errPortTaken
		}
		return nil
	})
}

var errPortTaken = errors.New("provided port is already allocated")

func (p *nodePorts) outside(port int32) error {
	if p.span.contains(port) {
		return nil
	}
	return fmt.Errorf("provided port is not in the valid range. The range of valid ports is %s", p.span)
}

// next returns a port that seems to be free and is not among others.
func (p *nodePorts) next(ctx context.Context, others func(port int32) bool) (port int32, err error) {
	err = p.look(ctx, func(taken *big.Int) error {
		port, err = p.pick(taken, others)
		return err
	})
	return port, err
}

// pick returns a port that is not taken, nor among others.
func (p *nodePorts) pick(taken *big.Int, others func(port int32) bool) (int32, error) {
	size := p.span.size()
	n, ok := pick(size, reserved(size, 32, 128, 16), func(n int64) bool { return taken.Bit(int(n)) != 0 || others(p.span.First+int32(n)) })
	if !ok {
		return 0, errFull
	}
	return p.span.First + int32(n), nil
}

// look calls f with what was last seen, and, if it fails with that, once more with
// what is stored now.
func (p *nodePorts) look(ctx context.Context, f func(taken *big.Int) error) error {
	if err := p.lock(ctx); err != nil {
		return err
	}
	seen := p.seen
	p.unlock()
	if seen != nil {
		if err := f(seen); err == nil {
			return nil
		}
	}
	if err := p.lock(ctx); err != nil {
		return err
	}
	err := p.read(ctx)
	seen = p.seen
	p.unlock()
	if err != nil {
		return err
	}
	return f(seen)
}

// change stores what f makes of a copy of the ports that are taken. f is called
// again if another server was faster, or with what is stored if it fails with what
// was last seen; its error is returned as it is.
func (p *nodePorts) change(ctx context.Context, f func(taken *big.Int) error) error {
	if err := p.lock(ctx); err != nil {
		return err
	}
	defer p.unlock()
	fresh := false
	for {
		if p.seen == nil {
			if err := p.read(ctx); err != nil {
				return err
			}
			fresh = true
		}
		next := new(big.Int).Set(p.seen)
		if err := f(next); err != nil {
			if fresh {
				return err
			}
			p.seen = nil
			continue
		}
		if next.Cmp(p.seen) == 0 && p.revision != 0 {
			return nil
		}
		err := p.write(ctx, next)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, storage.ErrConflict), errors.Is(err, storage.ErrExists), errors.Is(err, storage.ErrNotFound):
			p.seen = nil
		default:
			p.seen = nil // it may have been written
			return storeError(err)
		}
	}
}

// settle takes or gives back ports without asking.
func (p *nodePorts) settle(ctx context.Context, ports []int32, taken uint) error {
	if len(ports) == 0 {
		return nil
	}
	return p.change(ctx, func(bits *big.Int) error {
		for _, port := range ports {
			if p.span.contains(port) {
				bits.SetBit(bits, int(port-p.span.First), taken)
			}
		}
		return nil
	})
}

func (p *nodePorts) lock(ctx context.Context) error {
	select {
	case p.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return storeError(context.Cause(ctx))
	}
}

func (p *nodePorts) unlock() { <-p.turn }

// read sees what is stored. The turn is held.
func (p *nodePorts) read(ctx context.Context) error {
	kv, _, err := p.store.Get(ctx, p.key)
	if errors.Is(err, storage.ErrNotFound) {
		p.seen, p.revision = new(big.Int), 0
		return nil
	}
	if err != nil {
		return storeError(err)
	}
	var stored corev1.RangeAllocation
	_, raw, _, err := codec.UnmarshalEnvelope(kv.Value)
	if err == nil {
		err = codec.UnmarshalProto(raw, &stored)
	}
	if err != nil {
		return fmt.Errorf("stored node ports at %s: %w", p.key, err)
	}
	p.seen, p.revision = new(big.Int), kv.Modified
	if stored.Range == p.span.String() { // of another range the repair loop makes ours
		p.seen.SetBytes(stored.Data)
	}
	return nil
}

// write stores what is taken in place of what was last seen. The turn is held.
func (p *nodePorts) write(ctx context.Context, taken *big.Int) error {
	value := &corev1.RangeAllocation{Range: p.span.String(), Data: taken.Bytes()}
	value.APIVersion, value.Kind = "v1", "RangeAllocation"
	data, err := codec.MarshalEnvelope(value)
	if err != nil {
		return err
	}
	var revision storage.Revision
	if p.revision == 0 {
		revision, err = p.store.Create(ctx, p.key, data, 0)
	} else {
		revision, err = p.store.Update(ctx, p.key, p.revision, data, 0)
	}
	if err == nil {
		p.seen, p.revision = taken, revision
	}
	return err
}

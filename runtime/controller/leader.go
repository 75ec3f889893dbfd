package controller

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	coordinationv1 "github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// ErrLeaseLost is returned by [Elector.Run] when the lease could not be renewed
// in time, or somebody else has taken it: another may lead from now on.
var ErrLeaseLost = errors.New("leader election: lease lost")

// ElectorOptions tunes an [Elector]. The zero value has the times of
// Kubernetes' own components.
type ElectorOptions struct {
	// LeaseDuration is how long others wait after the last renewal that they
	// saw before they take over. Zero means 15 s.
	LeaseDuration time.Duration
	// RenewDeadline is how long the leader tries to renew before it gives up
	// leading. Zero means 10 s. It must be less than LeaseDuration, by more than
	// clocks drift apart in that time.
	RenewDeadline time.Duration
	// RetryPeriod is how often the lease is tried or renewed. Zero means 2 s.
	RetryPeriod time.Duration
	// KeepLease leaves the lease to run out at the end. Otherwise it is given
	// back, so that another can lead at once.
	KeepLease bool
	// NewLeader is called, by Run's goroutine, with the identity of each new
	// holder that is seen.
	NewLeader func(identity string)
	Logger    *slog.Logger // nil: slog.Default()
}

// Elector makes sure that of all who take part, one at a time leads. They agree
// through a Lease object, in the way of Kubernetes' own components, so that the
// two can take part in one election.
//
// Time is measured on one's own clock, from when a change of the lease was
// seen; the times in the lease are for people.
type Elector struct {
	leases   client.Resource[coordinationv1.Lease]
	name     string
	identity string
	opts     ElectorOptions
	log      *slog.Logger

	mu     sync.Mutex
	seen   *coordinationv1.Lease // last state seen; nil: none
	seenAt time.Time
	told   string // holder that NewLeader was last called with
}

// NewElector returns an elector for the lease of that name, which is made if it
// is not there. Identity must be of this process alone, such as its host name
// and a UUID.
func NewElector(c client.Client, namespace, name, identity string, opts ElectorOptions) (*Elector, error) {
	if opts.LeaseDuration == 0 {
		opts.LeaseDuration = 15 * time.Second
	}
	if opts.RenewDeadline == 0 {
		opts.RenewDeadline = 10 * time.Second
	}
	if opts.RetryPeriod == 0 {
		opts.RetryPeriod = 2 * time.Second
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	var errs []error
	if identity == "" {
		errs = append(errs, errors.New("no identity"))
	}
	if opts.LeaseDuration < time.Second {
		errs = append(errs, errors.New("LeaseDuration is less than a second, which a lease cannot say"))
	}
	if opts.RenewDeadline >= opts.LeaseDuration {
		errs = append(errs, errors.New("RenewDeadline is not less than LeaseDuration"))
	}
	if opts.RetryPeriod <= 0 || opts.RetryPeriod+opts.RetryPeriod/5 >= opts.RenewDeadline {
		errs = append(errs, errors.New("RetryPeriod does not leave time for a second try before RenewDeadline"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("leader election: %w", err)
	}
	return &Elector{
		leases: client.Of[coordinationv1.Lease](c).In(namespace), name: name, identity: identity,
		opts: opts, log: opts.Logger.With(slog.String("lease", namespace+"/"+name)),
	}, nil
}

// Leader returns the identity of who leads, as far as has been seen; "" if
// nobody does.
func (e *Elector) Leader() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return holder(e.seen)
}

// Run waits until it can lead, and then runs lead, whose context ends when it
// must lead no more. It returns once lead has: with lead's error, with
// [ErrLeaseLost], or with nil if ctx has ended.
func (e *Elector) Run(ctx context.Context, lead func(ctx context.Context) error) error {
	for !e.attempt(ctx, e.opts.RenewDeadline) {
		// Variation keeps those who wait from trying at the same moment.
		if !wait(ctx, e.opts.RetryPeriod+rand.N(e.opts.RetryPeriod/5+1)) {
			return nil
		}
	}
	e.log.LogAttrs(ctx, slog.LevelInfo, "leading", slog.String("identity", e.identity))

	leading, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- lead(leading) }()

	// The lease is kept until lead has ended, also when ctx has: until then its
	// work goes on.
	held := context.WithoutCancel(ctx)
	renewed := time.Now()
	for {
		select {
		case err := <-ended:
			if !e.opts.KeepLease {
				e.release(held)
			}
			if ctx.Err() != nil && errors.Is(err, context.Canceled) {
				return nil
			}
			return err
		case <-time.After(e.opts.RetryPeriod):
		}
		// One request that hangs must not use up the time for another.
		left := min(e.opts.RenewDeadline-time.Since(renewed), e.opts.RenewDeadline/2)
		if left > 0 && e.attempt(held, left) {
			renewed = time.Now()
			continue
		}
		// Another holder has it for certain; a server that does not answer may
		// do so before the deadline.
		if by := e.Leader(); by == e.identity && time.Since(renewed) < e.opts.RenewDeadline {
			continue
		}
		stop()
		e.log.LogAttrs(ctx, slog.LevelWarn, "lease lost", slog.String("identity", e.identity), slog.String("leader", e.Leader()))
		err := <-ended
		if err != nil && !errors.Is(err, context.Canceled) {
			return errors.Join(ErrLeaseLost, err)
		}
		return ErrLeaseLost
	}
}

// attempt tries to take or renew the lease, for limit at most, and reports
// whether it is held now.
func (e *Elector) attempt(ctx context.Context, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	held, err := e.tryOnce(ctx)
	if err != nil && ctx.Err() == nil {
		level := slog.LevelWarn
		if meta.IsConflict(err) || meta.IsAlreadyExists(err) {
			level = slog.LevelDebug // somebody was faster
		}
		e.log.LogAttrs(ctx, level, "lease not written", slog.Any("error", err))
	}
	e.announce()
	return held
}

func (e *Elector) tryOnce(ctx context.Context) (bool, error) {
	lease, err := e.leases.Get(ctx, e.name)
	if meta.IsNotFound(err) {
		lease = &coordinationv1.Lease{}
		lease.Name = e.name
		e.claim(lease)
		if err := e.leases.Create(ctx, lease); err != nil {
			return false, err
		}
		e.observe(lease)
		return true, nil
	}
	if err != nil {
		return false, err
	}
	e.observe(lease)
	if by := holder(lease); by != "" && by != e.identity && !e.expired() {
		return false, nil
	}
	mine := codec.DeepCopy(lease)
	e.claim(mine)
	if err := e.leases.Update(ctx, mine); err != nil {
		return false, err
	}
	e.observe(mine)
	return true, nil
}

// claim writes into lease that e holds it from now on.
func (e *Elector) claim(lease *coordinationv1.Lease) {
	now := meta.NowMicro()
	seconds := int32(e.opts.LeaseDuration / time.Second)
	transitions := int32(0)
	if lease.Spec.LeaseTransitions != nil {
		transitions = *lease.Spec.LeaseTransitions
	}
	if holder(lease) != e.identity {
		// A lease that was never held has seen no transition.
		if lease.ResourceVersion != "" {
			transitions++
		}
		lease.Spec.AcquireTime = &now
	}
	identity := e.identity
	lease.Spec.HolderIdentity = &identity
	lease.Spec.LeaseDurationSeconds = &seconds
	lease.Spec.RenewTime = &now
	lease.Spec.LeaseTransitions = &transitions
}

// observe notes a state of the lease. Only a change of what it says counts as
// a sign of life.
func (e *Elector) observe(lease *coordinationv1.Lease) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.seen == nil || !codec.Equal(&e.seen.Spec, &lease.Spec) {
		e.seenAt = time.Now()
	}
	e.seen = codec.DeepCopy(lease)
}

// expired reports whether the holder has not renewed for as long as it said.
func (e *Elector) expired() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	lasts := e.opts.LeaseDuration
	if s := e.seen.Spec.LeaseDurationSeconds; s != nil {
		lasts = time.Duration(*s) * time.Second
	}
	return time.Since(e.seenAt) >= lasts
}

func (e *Elector) announce() {
	e.mu.Lock()
	by := holder(e.seen)
	changed := by != e.told
	e.told = by
	e.mu.Unlock()
	if changed && by != "" && e.opts.NewLeader != nil {
		e.opts.NewLeader(by)
	}
}

// release gives the lease back: without a holder, and with the shortest
// duration for those who only look at times.
func (e *Elector) release(ctx context.Context) {
	if e.Leader() != e.identity {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, e.opts.RetryPeriod)
	defer cancel()
	e.mu.Lock()
	lease := codec.DeepCopy(e.seen)
	e.mu.Unlock()
	now, nobody, second := meta.NowMicro(), "", int32(1)
	lease.Spec.HolderIdentity = &nobody
	lease.Spec.LeaseDurationSeconds = &second
	lease.Spec.RenewTime, lease.Spec.AcquireTime = &now, &now
	if err := e.leases.Update(ctx, lease); err != nil {
		e.log.LogAttrs(ctx, slog.LevelInfo, "lease not given back", slog.Any("error", err))
		return
	}
	e.observe(lease)
}

func holder(lease *coordinationv1.Lease) string {
	if lease == nil || lease.Spec.HolderIdentity == nil {
		return ""
	}
	return *lease.Spec.HolderIdentity
}

// wait sleeps and reports whether ctx is still alive then.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

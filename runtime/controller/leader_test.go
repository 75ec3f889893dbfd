package controller

import (
	"context"
	"fmt"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	coordinationv1 "github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
)

// leaseServer keeps one lease, as much like a server as an election needs, and
// can be made to fail: what happens over hours is tested in no time.
type leaseServer struct {
	client.Client
	s *scheme.Scheme

	mu      sync.Mutex
	lease   *coordinationv1.Lease
	version int
	writes  int
}

// away is a client of a server that may be away from its point of view.
type away struct {
	*leaseServer
	mu  sync.Mutex
	how absence
}

type absence int

const (
	there   absence = iota
	silent          // requests are never answered
	refuses         // requests fail at once
)

func (a *away) set(how absence) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.how = how
}

func (a *away) check(ctx context.Context) error {
	a.mu.Lock()
	how := a.how
	a.mu.Unlock()
	switch how {
	case silent:
		<-ctx.Done()
		return ctx.Err()
	case refuses:
		return syscall.ECONNREFUSED
	}
	return nil
}

func newLeaseServer(t *testing.T) *leaseServer {
	s, err := scheme.New(scheme.Group{Name: "coordination.k8s.io", Versions: []scheme.Version{coordinationv1.Version()}})
	require.NoError(t, err)
	return &leaseServer{s: s}
}

func (l *leaseServer) Scheme() *scheme.Scheme { return l.s }

var leaseResource = meta.GroupResource{Group: "coordination.k8s.io", Resource: "leases"}

func (a *away) Get(ctx context.Context, at client.Target, into meta.Object, _ meta.GetOptions) error {
	if err := a.check(ctx); err != nil {
		return err
	}
	a.leaseServer.mu.Lock()
	defer a.leaseServer.mu.Unlock()
	if a.lease == nil {
		return meta.NotFound(leaseResource, at.Name)
	}
	*into.(*coordinationv1.Lease) = *codec.DeepCopy(a.lease)
	return nil
}

func (a *away) Create(ctx context.Context, at client.Target, obj meta.Object, _ meta.CreateOptions) error {
	return a.write(ctx, obj, true)
}

func (a *away) Update(ctx context.Context, at client.Target, obj meta.Object, _ meta.UpdateOptions) error {
	return a.write(ctx, obj, false)
}

func (a *away) write(ctx context.Context, obj meta.Object, create bool) error {
	if err := a.check(ctx); err != nil {
		return err
	}
	l := a.leaseServer
	l.mu.Lock()
	defer l.mu.Unlock()
	lease := obj.(*coordinationv1.Lease)
	switch {
	case create && l.lease != nil:
		return meta.AlreadyExists(leaseResource, lease.Name)
	case !create && l.lease.ResourceVersion != lease.ResourceVersion:
		return meta.Conflict(leaseResource, lease.Name, meta.ErrModified)
	}
	l.version++
	l.writes++
	lease.ResourceVersion = fmt.Sprint(l.version)
	l.lease = codec.DeepCopy(lease)
	return nil
}

func (l *leaseServer) spec() coordinationv1.LeaseSpec {
	l.mu.Lock()
	defer l.mu.Unlock()
	return codec.DeepCopy(l.lease).Spec
}

// candidate is one who takes part.
type candidate struct {
	*away
	elector *Elector
	stop    context.CancelFunc
	ended   chan error
	leads   bool
	mu      sync.Mutex
}

func (c *candidate) leading() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.leads
}

func join(t *testing.T, server *leaseServer, name string, opts ElectorOptions) *candidate {
	t.Helper()
	opts.Logger = quiet
	c := &candidate{away: &away{leaseServer: server}, ended: make(chan error, 1)}
	var err error
	c.elector, err = NewElector(c.away, "kube-system", "test", name, opts)
	require.NoError(t, err)
	var ctx context.Context
	ctx, c.stop = context.WithCancel(t.Context())
	t.Cleanup(c.stop)
	go func() {
		c.ended <- c.elector.Run(ctx, func(ctx context.Context) error {
			c.mu.Lock()
			c.leads = true
			c.mu.Unlock()
			<-ctx.Done()
			c.mu.Lock()
			c.leads = false
			c.mu.Unlock()
			return ctx.Err()
		})
	}()
	return c
}

func TestElectionOfOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newLeaseServer(t)
		a := join(t, server, "a", ElectorOptions{})
		synctest.Wait()
		require.True(t, a.leading())
		spec := server.spec()
		assert.Equal(t, "a", *spec.HolderIdentity)
		assert.EqualValues(t, 15, *spec.LeaseDurationSeconds)
		assert.EqualValues(t, 0, *spec.LeaseTransitions)
		assert.Equal(t, spec.AcquireTime, spec.RenewTime)

		time.Sleep(time.Hour)
		assert.True(t, a.leading())
		later := server.spec()
		assert.Equal(t, spec.AcquireTime.Time, later.AcquireTime.Time)
		assert.Less(t, time.Since(later.RenewTime.Time), 3*time.Second)
		assert.EqualValues(t, 0, *later.LeaseTransitions)

		a.stop()
		assert.NoError(t, <-a.ended)
		assert.Equal(t, "", *server.spec().HolderIdentity, "the lease is given back")
		assert.EqualValues(t, 1, *server.spec().LeaseDurationSeconds)
	})
}

func TestElectionHandsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newLeaseServer(t)
		var seen []string
		a := join(t, server, "a", ElectorOptions{})
		synctest.Wait()
		b := join(t, server, "b", ElectorOptions{NewLeader: func(id string) { seen = append(seen, id) }})
		time.Sleep(time.Minute)
		assert.True(t, a.leading())
		assert.False(t, b.leading())
		assert.Equal(t, "a", b.elector.Leader())

		a.stop()
		require.NoError(t, <-a.ended)
		time.Sleep(3 * time.Second)
		assert.True(t, b.leading(), "who gives a lease back lets others lead at once")
		assert.EqualValues(t, 1, *server.spec().LeaseTransitions)
		assert.Equal(t, []string{"a", "b"}, seen)
		b.stop()
		<-b.ended
	})
}

func TestElectionAfterADeath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newLeaseServer(t)
		a := join(t, server, "a", ElectorOptions{KeepLease: true})
		synctest.Wait()
		a.stop()
		require.NoError(t, <-a.ended)

		b := join(t, server, "b", ElectorOptions{})
		time.Sleep(14 * time.Second)
		assert.False(t, b.leading(), "the holder may still believe that it leads")
		time.Sleep(4 * time.Second)
		assert.True(t, b.leading())
		b.stop()
		<-b.ended
	})
}

// The one promise of an election: never two at once, whoever loses the server
// for however long.
func TestElectionNeverHasTwoLeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newLeaseServer(t)
		a, b := join(t, server, "a", ElectorOptions{}), join(t, server, "b", ElectorOptions{})
		synctest.Wait()
		first, second := a, b
		if b.leading() {
			first, second = b, a
		}
		require.True(t, first.leading())
		first.set(silent)
		var lostAt time.Time
		began := time.Now()
		for range 400 {
			time.Sleep(100 * time.Millisecond)
			require.False(t, first.leading() && second.leading(), "two lead after %s", time.Since(began))
			if lostAt.IsZero() && !first.leading() {
				lostAt = time.Now()
			}
		}
		assert.ErrorIs(t, <-first.ended, ErrLeaseLost)
		assert.InDelta(t, 10, lostAt.Sub(began).Seconds(), 2.5)
		assert.True(t, second.leading())
		second.stop()
		<-second.ended
	})
}

func TestElectionSurvivesAShortAbsence(t *testing.T) {
	for name, how := range map[string]absence{"silent": silent, "refuses": refuses} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newLeaseServer(t)
				a := join(t, server, "a", ElectorOptions{})
				synctest.Wait()
				a.set(how)
				time.Sleep(5 * time.Second)
				a.set(there)
				time.Sleep(time.Minute)
				assert.True(t, a.leading())
				a.stop()
				assert.NoError(t, <-a.ended)
			})
		})
	}
}

func TestElectionLostToAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newLeaseServer(t)
		a := join(t, server, "a", ElectorOptions{})
		synctest.Wait()
		server.mu.Lock()
		thief := "thief"
		server.lease.Spec.HolderIdentity = &thief
		server.version++
		server.lease.ResourceVersion = fmt.Sprint(server.version)
		server.mu.Unlock()
		began := time.Now()
		assert.ErrorIs(t, <-a.ended, ErrLeaseLost)
		assert.LessOrEqual(t, time.Since(began), 3*time.Second, "there is nothing to wait for")
		assert.False(t, a.leading())
		assert.Equal(t, "thief", *server.spec().HolderIdentity, "another's lease is not given back")
	})
}

func TestElectedWorkThatEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newLeaseServer(t)
		e, err := NewElector(&away{leaseServer: server}, "n", "l", "a", ElectorOptions{Logger: quiet})
		require.NoError(t, err)
		assert.Equal(t, assert.AnError, e.Run(t.Context(), func(context.Context) error { return assert.AnError }))
		assert.Equal(t, "", *server.spec().HolderIdentity)
	})
}

func TestElectorFaults(t *testing.T) {
	for _, test := range []struct {
		identity string
		opts     ElectorOptions
		want     string
	}{
		{"", ElectorOptions{}, "no identity"},
		{"a", ElectorOptions{LeaseDuration: 10 * time.Millisecond}, "less than a second"},
		{"a", ElectorOptions{RenewDeadline: 15 * time.Second}, "RenewDeadline is not less"},
		{"a", ElectorOptions{RetryPeriod: 9 * time.Second}, "does not leave time"},
	} {
		_, err := NewElector(newLeaseServer(t), "n", "l", test.identity, test.opts)
		assert.ErrorContains(t, err, test.want)
	}
}

// Against a real server, whose rules for leases the stand-in above may not know.
func TestElectionOnAServer(t *testing.T) {
	clienttest.Each(t, clienttest.Options{Bootstrap: true}, func(t *testing.T, c client.Client) {
		opts := ElectorOptions{RetryPeriod: 10 * time.Millisecond, Logger: quiet}
		leads := make(chan string)
		run := func(name string) (stop context.CancelFunc, ended chan error) {
			e, err := NewElector(c, "kube-system", "test", name, opts)
			require.NoError(t, err)
			ctx, stop := context.WithCancel(t.Context())
			ended = make(chan error, 1)
			go func() {
				ended <- e.Run(ctx, func(ctx context.Context) error {
					leads <- name
					<-ctx.Done()
					return nil
				})
			}()
			return stop, ended
		}
		stopA, endedA := run("a")
		assert.Equal(t, "a", <-leads)
		stopB, endedB := run("b")
		stopA()
		assert.NoError(t, <-endedA)
		assert.Equal(t, "b", <-leads)
		lease, err := client.Of[coordinationv1.Lease](c).In("kube-system").Get(t.Context(), "test")
		require.NoError(t, err)
		assert.Equal(t, "b", *lease.Spec.HolderIdentity)
		assert.EqualValues(t, 1, *lease.Spec.LeaseTransitions)
		stopB()
		assert.NoError(t, <-endedB)
	})
}

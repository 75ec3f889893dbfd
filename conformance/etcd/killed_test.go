package etcd

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/conformance/robustness"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// startServer starts an API server on etcd in a process of its own until the test
// ends, and returns clients of it.
func startServer(t *testing.T, endpoints []string, address string, command ...string) (*robustness.Process, []client.Client) {
	t.Helper()
	return start(t, endpoints, robustness.ProcessOptions{Command: command, Address: address})
}

// startServerWith starts one with further flags.
func startServerWith(t *testing.T, endpoints, flags []string) (*robustness.Process, []client.Client) {
	t.Helper()
	return start(t, endpoints, robustness.ProcessOptions{Flags: flags})
}

func start(t *testing.T, endpoints []string, o robustness.ProcessOptions) (*robustness.Process, []client.Client) {
	t.Helper()
	binary := os.Getenv("NUCLEUS")
	if binary == "" {
		t.Skip("NUCLEUS is not set: run make etcd")
	}
	o.Dir, o.Command, o.Flags = t.TempDir(), append(o.Command, binary), append(o.Flags, "--etcd-servers="+strings.Join(endpoints, ","))
	s, err := robustness.StartProcess(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() {
		if err := s.End(syscall.SIGTERM); err != nil {
			t.Errorf("server ended with %v:\n%s", err, s.Log())
		}
	})
	var clients []client.Client
	for range 2 {
		c, err := s.Connect()
		require.NoError(t, err)
		t.Cleanup(c.Close)
		clients = append(clients, c)
	}
	return s, clients
}

// judge lets clients work while they are disturbed, and holds the servers to what
// they have answered.
func judge(t *testing.T, clients []client.Client, d time.Duration, disturb func(ctx context.Context) error) {
	t.Helper()
	history, err := robustness.Run(t.Context(), clients, robustness.Options{
		Duration: d, Rest: 400 * time.Millisecond, Seed: uint64(time.Now().UnixNano()), Disturb: disturb,
	})
	require.NoError(t, err)
	t.Logf("%d operations, %d without an answer, %d changes seen, %d disturbances",
		len(history.Operations), history.Unanswered, len(history.Watches[0]), history.Disturbances)
	require.GreaterOrEqual(t, history.Disturbances, 2)
	require.GreaterOrEqual(t, len(history.Watches[0]), 20)
	for _, problem := range history.Check() {
		t.Error(problem)
	}
}

// TestKilledServersKeepTheirWord kills two API servers on one cluster again and
// again, one after the other and both at once, while clients of both work.
func TestKilledServersKeepTheirWord(t *testing.T) {
	c := newCluster(t, t.TempDir(), 1)
	a, clients := startServer(t, c.endpoints(), "")
	b, others := startServer(t, c.endpoints(), "")
	step := 0
	judge(t, append(clients, others...), *duration, func(ctx context.Context) error {
		step++
		switch step % 4 {
		case 1:
			return a.Restart(ctx, syscall.SIGKILL)
		case 2:
			return b.Restart(ctx, syscall.SIGKILL)
		case 3:
			return errors.Join(a.End(syscall.SIGKILL), b.End(syscall.SIGKILL), a.Start(ctx), b.Start(ctx))
		}
		return a.Restart(ctx, syscall.SIGTERM)
	})
}

// TestPartitionedClusterKeepsItsWord has two API servers and three members of
// etcd, each on a host of its own in a network namespace, and cuts the network
// between them in turn: in both directions and in one, with packets lost and
// refused; members are stopped and killed, servers killed.
func TestPartitionedClusterKeepsItsWord(t *testing.T) {
	if os.Getenv("NUCLEUS") == "" {
		t.Skip("NUCLEUS is not set: run make etcd")
	}
	n := newNetwork(t)
	var hosts []*host
	var addresses, endpoints []string
	var commands [][]string
	for range 3 {
		h := n.host()
		hosts, addresses, commands = append(hosts, h), append(addresses, h.address), append(commands, h.command())
		endpoints = append(endpoints, "http://"+h.address+":2379")
	}
	members := startMembers(t, addresses, commands)
	var servers []*robustness.Process
	var serverHosts []*host
	var clients []client.Client
	for range 2 {
		h := n.host()
		s, some := startServer(t, endpoints, h.address, h.command()...)
		servers, serverHosts, clients = append(servers, s), append(serverHosts, h), append(clients, some...)
	}
	leader := func(ctx context.Context) int {
		for i, m := range members {
			if m.leads(ctx) {
				return i
			}
		}
		return 0
	}
	hold := func(ctx context.Context, mend func() error) error {
		// Longer than an election takes, and shorter than what callers wait; in a
		// long run up to when the client of etcd gives a connection up, too.
		length := time.Duration(600+rand.IntN(900)) * time.Millisecond
		if *duration > time.Minute && rand.IntN(4) == 0 {
			length += time.Duration(rand.IntN(45)) * time.Second
		}
		timer := time.NewTimer(length)
		defer timer.Stop()
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		return mend()
	}
	everyone := append(append([]*host{}, hosts...), serverHosts...)
	others := func(of *host) (all []*host) {
		for _, h := range everyone {
			if h != of {
				all = append(all, h)
			}
		}
		return all
	}
	const reset = "reject with tcp reset"
	disturbances := []func(ctx context.Context) error{
		func(ctx context.Context) error { // the leader is alone
			h := hosts[leader(ctx)]
			return errors.Join(h.cut(others(h), "drop", incoming, outgoing), hold(ctx, h.mend))
		},
		func(ctx context.Context) error { // a server does not reach etcd
			return errors.Join(serverHosts[0].cut(hosts, "drop", incoming, outgoing), hold(ctx, serverHosts[0].mend))
		},
		func(ctx context.Context) error { return servers[1].Restart(ctx, syscall.SIGKILL) },
		func(ctx context.Context) error { // answers of the leader do not arrive at a server
			h := hosts[leader(ctx)]
			return errors.Join(serverHosts[1].cut([]*host{h}, "drop", incoming), hold(ctx, serverHosts[1].mend))
		},
		func(ctx context.Context) error { // the leader hangs
			m := members[leader(ctx)]
			m.signal(t, syscall.SIGSTOP)
			return hold(ctx, func() error { m.signal(t, syscall.SIGCONT); return nil })
		},
		func(ctx context.Context) error { // a member's connections are refused
			h := hosts[rand.IntN(len(hosts))]
			return errors.Join(h.cut(others(h), reset, incoming), hold(ctx, h.mend))
		},
		func(ctx context.Context) error { // the leader is killed
			m := members[leader(ctx)]
			m.kill()
			return hold(ctx, func() error { m.start(t); m.await(t); return nil })
		},
		func(ctx context.Context) error { // a cable is out
			h := everyone[rand.IntN(len(everyone))]
			return errors.Join(h.unplug(), hold(ctx, h.plugIn))
		},
		func(ctx context.Context) error { // the leader hears others and is not heard
			h := hosts[leader(ctx)]
			return errors.Join(h.cut(others(h), "drop", outgoing), hold(ctx, h.mend))
		},
	}
	step := 0
	judge(t, clients, max(*duration, 15*time.Second), func(ctx context.Context) error {
		step++
		return disturbances[(step-1)%len(disturbances)](ctx)
	})
}

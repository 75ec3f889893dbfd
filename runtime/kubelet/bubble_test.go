package kubelet_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/storage/embedded"
)

// inBubble runs a test with a clock of its own, in which waiting takes no time,
// on a real registry without a network.
func inBubble(t *testing.T, opts kubelet.Options, test func(t *testing.T, c *cluster)) {
	t.Helper()
	inBubbleOn(t, nil, opts, test)
}

// inBubbleOn is inBubble on a runtime that may fail.
func inBubbleOn(t *testing.T, broken *faulty, opts kubelet.Options, test func(t *testing.T, c *cluster)) {
	t.Helper()
	inBubbleWith(t, broken, nil, opts, test)
}

// inBubbleWith is inBubbleOn on a runtime that can do more than it must.
func inBubbleWith(t *testing.T, broken *faulty, more *able, opts kubelet.Options, test func(t *testing.T, c *cluster)) {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	opts.Logger = quiet
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), 24*time.Hour)
		defer cancel()
		store, err := embedded.Open(ctx, embedded.Options{Logger: quiet})
		require.NoError(t, err)
		s, err := scheme.New(api.Groups()...)
		require.NoError(t, err)
		reg, err := registry.New(s, store, registry.Options{Logger: quiet})
		require.NoError(t, err)
		ended := make(chan error, 1)
		go func() { ended <- reg.Run(ctx) }()
		require.NoError(t, reg.WaitReady(ctx))
		require.NoError(t, reg.Bootstrap(ctx, registry.BootstrapOptions{}))
		c := &cluster{
			t: t, ctx: ctx, able: more, runtime: hollow.New(hollow.Options{StartDelay: -1}),
			client: reg.Client(&auth.User{Name: "admin", Groups: []string{auth.GroupMasters}}),
		}
		if broken != nil {
			broken.Runtime, c.broken = c.runtime, broken
		}
		// What goes on must end inside the bubble, also where the test fails.
		defer func() {
			cancel()
			<-ended
			require.NoError(t, store.Close())
		}()
		defer func() { c.stop() }()
		c.run(opts)
		test(t, c)
	})
}

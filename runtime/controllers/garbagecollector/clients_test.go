package garbagecollector_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/controllers/garbagecollector"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Near the server or far from it, the three ways to delete an owner do the same.
func TestWithEitherClient(t *testing.T) {
	clienttest.Each(t, clienttest.Options{Bootstrap: true}, func(t *testing.T, c client.Client) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		maps := client.Of[corev1.ConfigMap](c).In("default")
		for _, policy := range []meta.DeletionPropagation{"Background", "Foreground", "Orphan"} {
			owner := &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: "owner-" + lower(policy)}}
			require.NoError(t, maps.Create(ctx, owner))
			ref := meta.NewControllerRef(owner, meta.GroupVersionKind{Version: "v1", Kind: "ConfigMap"})
			require.NoError(t, maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: "dependent-" + lower(policy), OwnerReferences: []meta.OwnerReference{ref}}}))
			require.NoError(t, maps.Delete(ctx, owner.Name, meta.DeleteOptions{PropagationPolicy: &policy}))
		}

		gc := garbagecollector.New(client.NewCaches(c, nil), workload.Options{Logger: slog.New(slog.DiscardHandler)})
		running, stop := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- gc.Run(running) }()
		defer func() {
			stop()
			assert.NoError(t, <-done)
		}()

		names := map[string]bool{}
		for change, err := range client.ResumingWatch(ctx, maps, meta.ListOptions{}, nil) {
			require.NoError(t, err)
			m := change.Object
			switch change.Type {
			case client.Deleted:
				delete(names, m.Name)
			case client.Added, client.Modified:
				names[m.Name] = true
				if m.Name == "dependent-orphan" {
					names[m.Name] = len(m.OwnerReferences) == 0
				}
			case client.Bookmark:
				names["listed"] = true
			}
			if len(names) == 2 && names["listed"] && names["dependent-orphan"] {
				return
			}
		}
		t.Fatalf("in the end there were %v: %v", names, ctx.Err())
	})
}

func lower(p meta.DeletionPropagation) string {
	return map[meta.DeletionPropagation]string{"Background": "background", "Foreground": "foreground", "Orphan": "orphan"}[p]
}

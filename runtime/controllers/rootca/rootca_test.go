package rootca_test

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
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/rootca"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

func TestEveryNamespaceHasTheCertificate(t *testing.T) {
	c := clienttest.Start(t, clienttest.Options{Bootstrap: true}).Local
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	log := slog.New(slog.DiscardHandler)
	caches := client.NewCaches(c, log)
	group := controller.Group{Logger: log}
	group.Add("caches", caches.Run)
	group.Add("controller", rootca.New(caches, rootca.Options{Options: workload.Options{Logger: log}, CA: []byte("PEM")}).Run)
	group.Add("without a certificate", rootca.New(caches, rootca.Options{}).Run)
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- group.Run(running) }()
	defer func() {
		stop()
		assert.NoError(t, <-done)
	}()

	maps := client.Of[corev1.ConfigMap](c)
	right := map[string]bool{}
	step := 0
	for change, err := range client.ResumingWatch(ctx, maps, meta.ListOptions{FieldSelector: "metadata.name=" + rootca.Name}, log) {
		require.NoError(t, err)
		m := change.Object
		if change.Type == client.Bookmark {
			continue
		}
		right[m.Namespace] = change.Type != client.Deleted && m.Data[rootca.Key] == "PEM" && len(m.Data) == 1
		switch {
		case step == 0 && right["default"] && right["kube-system"]:
			step++
			_, err := maps.In("default").Modify(ctx, rootca.Name, func(m *corev1.ConfigMap) error {
				m.Data = map[string]string{"ca.crt": "forged", "more": "x"}
				return nil
			})
			require.NoError(t, err)
		case step == 1 && m.Namespace == "default" && !right["default"]:
			step++
		case step == 2 && right["default"]:
			step++
			require.NoError(t, maps.In("kube-system").Delete(ctx, rootca.Name))
		case step == 3 && change.Type == client.Deleted:
			step++
		case step == 4 && right["kube-system"]:
			assert.Contains(t, m.Annotations["kubernetes.io/description"], "Contains a CA bundle that can be used to verify the kube-apiserver")
			return
		}
	}
	t.Fatalf("stuck at step %d: %v", step, right)
}

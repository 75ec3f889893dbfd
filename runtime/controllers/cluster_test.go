package controllers_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/storage/embedded"
)

// patience is how long a test waits for something to happen at most.
const patience = 30 * time.Second

// cluster is a server in memory, controllers, and a kubelet that plays: what a
// Pod does is in the image of its first container (see kubelet).
type cluster struct {
	t      *testing.T
	ctx    context.Context
	c      client.Client
	caches *client.Caches
}

// newCluster starts a cluster with the controllers of those names and nodes,
// and namespace "default". All of it ends with the test.
func newCluster(t *testing.T, nodes int, names ...string) *cluster {
	t.Helper()
	return newClusterAt(t, time.Now, nodes, names...)
}

// newClusterAt is newCluster for controllers with another clock.
func newClusterAt(t *testing.T, now func() time.Time, nodes int, names ...string) *cluster {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if os.Getenv("CONTROLLER_TEST_LOG") != "" {
		log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	store, err := embedded.Open(t.Context(), embedded.Options{Logger: log})
	require.NoError(t, err)
	s, err := scheme.New(api.Groups()...)
	require.NoError(t, err)
	reg, err := registry.New(s, store, registry.Options{Logger: log})
	require.NoError(t, err)

	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	k := &cluster{t: t, ctx: ctx, c: reg.Client(&auth.User{Name: "controllers", Groups: []string{"system:masters"}})}
	k.caches = client.NewCaches(k.c, log)
	group := controller.Group{Logger: log}
	group.AddReady("registry", reg.Run, reg.WaitReady)
	group.AddReady("prepare", func(ctx context.Context) error { <-ctx.Done(); return nil }, func(ctx context.Context) error {
		for _, name := range []string{"default", "other"} {
			if err := client.Of[corev1.Namespace](k.c).Create(ctx, &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: name}}); err != nil && !meta.IsAlreadyExists(err) {
				return err
			}
		}
		for i := range nodes {
			if err := k.addNode(ctx, fmt.Sprintf("node-%d", i)); err != nil {
				return err
			}
		}
		return nil
	})
	group.Add("caches", k.caches.Run)
	group.Add("controllers", func(ctx context.Context) error {
		return controllers.Run(ctx, k.c, names, controllers.Options{Caches: k.caches, Logger: log, Now: now, JobBackoff: 50 * time.Millisecond})
	})
	group.Add("kubelet", k.kubelet().Run)
	go func() { done <- group.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("cluster: %v", err)
		}
		require.NoError(t, store.Close())
	})
	ready, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	require.NoError(t, reg.WaitReady(ready))
	waitFor(k, "default", func(ns *corev1.Namespace) bool { return true })
	return k
}

func (k *cluster) addNode(ctx context.Context, name string) error {
	nodes := client.Of[corev1.Node](k.c)
	if err := nodes.Create(ctx, &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: name, Labels: map[string]string{corev1.LabelHostname: name}}}); err != nil {
		return err
	}
	// Admission taints new nodes as not ready.
	_, err := nodes.Modify(ctx, name, func(node *corev1.Node) error { node.Spec.Taints = nil; return nil })
	return err
}

// until waits until holds is true, asking again whenever an object of type T
// changes.
func until[T any, P client.Pointer[T]](k *cluster, what string, holds func(cache *client.Cache[T]) bool) {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.ctx, patience)
	defer cancel()
	cache := client.CacheOf[T, P](k.caches)
	changed := make(chan struct{}, 1)
	signal := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	defer cache.Handle(client.Handler[T]{
		OnAdd: func(*T, bool) { signal() }, OnUpdate: func(_, _ *T) { signal() }, OnDelete: func(client.Key, *T) { signal() },
	})()
	require.NoError(k.t, cache.WaitSynced(ctx))
	for !holds(cache) {
		select {
		case <-changed:
		case <-ctx.Done():
			var all strings.Builder
			for obj := range cache.All() {
				text, _ := codec.MarshalYAML(obj)
				fmt.Fprintf(&all, "---\n%s", text)
			}
			k.t.Fatalf("waited in vain until %s; there are:\n%s", what, all.String())
		}
	}
}

// waitFor waits for an object of that name, in namespace default or in none,
// and state, and returns a copy.
func waitFor[T any, P client.Pointer[T]](k *cluster, name string, holds func(*T) bool) *T {
	k.t.Helper()
	var found *T
	until[T, P](k, fmt.Sprintf("%T %s is as wanted", found, name), func(cache *client.Cache[T]) bool {
		obj, ok := cache.Get("default", name)
		if !ok {
			obj, ok = cache.Get("", name)
		}
		if !ok || !holds(obj) {
			return false
		}
		found = codec.DeepCopy(obj)
		return true
	})
	return found
}

func create[T any, P client.Pointer[T]](k *cluster, obj *T) *T {
	k.t.Helper()
	if P(obj).Metadata().Namespace == "" {
		P(obj).Metadata().Namespace = "default"
	}
	require.NoError(k.t, client.Of[T, P](k.c).Create(k.ctx, obj))
	return obj
}

func modify[T any, P client.Pointer[T]](k *cluster, name string, change func(*T)) {
	k.t.Helper()
	_, err := client.Of[T, P](k.c).In("default").Modify(k.ctx, name, func(obj *T) error { change(obj); return nil })
	require.NoError(k.t, err)
}

func list[T any, P client.Pointer[T]](k *cluster, selector string) []T {
	k.t.Helper()
	l, err := client.Of[T, P](k.c).In("default").List(k.ctx, meta.ListOptions{LabelSelector: selector})
	require.NoError(k.t, err)
	return l.Items
}

// waitEvent waits for an event about the object of that name and returns its
// message.
func (k *cluster) waitEvent(name, reason, prefix string) string {
	k.t.Helper()
	var message string
	until(k, fmt.Sprintf("there is an event %s %q about %s", reason, prefix, name), func(cache *client.Cache[corev1.Event]) bool {
		for event := range cache.All() {
			if event.InvolvedObject.Name == name && event.Reason == reason && strings.HasPrefix(event.Message, prefix) {
				message = event.Message
				return true
			}
		}
		return false
	})
	return message
}

// kubelet plays scheduler and kubelet. What a Pod does is its image's name:
// "hang" never starts, "succeed" ends well at once, "fail" badly with exit code
// 1, all others run and are ready. A Pod that is deleted goes at once, except
// one with the image "linger", which runs until somebody forces it.
func (k *cluster) kubelet() *controller.Controller[client.Key] {
	pods := client.CacheOf[corev1.Pod](k.caches)
	nodes := client.CacheOf[corev1.Node](k.caches)
	turn := 0
	loop := controller.New("kubelet", func(ctx context.Context, key client.Key) (controller.Result, error) {
		pod, ok := pods.GetKey(key)
		if !ok {
			return controller.Result{}, nil
		}
		image := pod.Spec.Containers[0].Image
		in := client.Of[corev1.Pod](k.c).In(key.Namespace)
		var err error
		switch {
		case pod.DeletionTimestamp != nil:
			if image != "linger" {
				zero := int64(0)
				err = in.Delete(ctx, key.Name, meta.DeleteOptions{GracePeriodSeconds: &zero})
			}
		case pod.Spec.NodeName == "":
			node := ""
			all := slices.Collect(nodes.All())
			for i := range all {
				candidate := all[(turn+i)%len(all)]
				if pod.Spec.RequiredNodes(candidate) {
					node, turn = candidate.Name, turn+i+1
					break
				}
			}
			if node == "" {
				return controller.Result{}, nil
			}
			at := in.Target(key.Name)
			at.Subresource = "binding"
			err = k.c.Create(ctx, at, &corev1.Binding{ObjectMeta: meta.ObjectMeta{Namespace: key.Namespace, Name: key.Name}, Target: corev1.ObjectReference{Kind: "Node", Name: node}}, meta.CreateOptions{})
		case pod.Status.Phase == corev1.PodPending || pod.Status.Phase == "":
			if image == "hang" {
				return controller.Result{}, nil
			}
			next := codec.DeepCopy(pod)
			play(next, image)
			err = in.UpdateStatus(ctx, next)
		}
		if meta.IsNotFound(err) {
			err = nil
		}
		return controller.Result{}, err
	}, controller.Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	controller.Watch(loop, pods, controller.Self[corev1.Pod])
	loop.After(nodes)
	return loop
}

func play(pod *corev1.Pod, image string) {
	started := meta.Now()
	pod.Status.StartTime = &started
	status := corev1.ContainerStatus{Name: pod.Spec.Containers[0].Name, Image: image, Ready: true, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: started}}}
	ready := corev1.ConditionFalse
	switch image {
	case "succeed":
		pod.Status.Phase = corev1.PodSucceeded
		status.State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{FinishedAt: started}}
	case "fail":
		pod.Status.Phase = corev1.PodFailed
		status.State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{FinishedAt: started, ExitCode: 1}}
	default:
		pod.Status.Phase, ready = corev1.PodRunning, corev1.ConditionTrue
	}
	status.Ready = ready == corev1.ConditionTrue
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{status}
	pod.Status.Conditions = append(pod.Status.Conditions, corev1.PodCondition{Type: corev1.PodReady, Status: ready, LastTransitionTime: started})
}

func template(app, image string) corev1.PodTemplateSpec {
	grace := int64(30)
	return corev1.PodTemplateSpec{
		ObjectMeta: meta.ObjectMeta{Labels: map[string]string{"app": app}},
		Spec: corev1.PodSpec{
			Containers:    []corev1.Container{{Name: "c", Image: image, ImagePullPolicy: corev1.PullIfNotPresent, TerminationMessagePolicy: "File"}},
			RestartPolicy: corev1.RestartPolicyAlways, DNSPolicy: corev1.DNSClusterFirst, TerminationGracePeriodSeconds: &grace,
		},
	}
}

func ptr[T any](v T) *T { return &v }

package controller

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
)

var quiet = slog.New(slog.DiscardHandler)

// start runs a part until the test ends.
func start(t *testing.T, run func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- run(ctx) }()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, <-ended)
	})
}

func TestControllerDecidesWhenToComeBack(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer func(n int) (Result, error)
		at     []time.Duration // when the reconciler is called
	}{
		{"done", func(int) (Result, error) { return Result{}, nil }, []time.Duration{0}},
		{"later", func(n int) (Result, error) { return Result{After: time.Minute}, nil }, []time.Duration{0, time.Minute, 2 * time.Minute}},
		{"error", func(n int) (Result, error) {
			if n < 3 {
				return Result{}, assert.AnError
			}
			return Result{}, nil
		}, []time.Duration{0, 5 * time.Millisecond, 15 * time.Millisecond}},
		{"conflict", func(n int) (Result, error) {
			if n < 2 {
				return Result{}, fmt.Errorf("write: %w", meta.Conflict(meta.GroupResource{Resource: "x"}, "a", meta.ErrModified))
			}
			return Result{}, nil
		}, []time.Duration{0, 5 * time.Millisecond}},
		{"error that lasts", func(int) (Result, error) { return Result{}, fmt.Errorf("bad object: %w", Terminal(assert.AnError)) }, []time.Duration{0}},
		{"panic", func(n int) (Result, error) {
			if n == 1 {
				panic("oh")
			}
			return Result{}, nil
		}, []time.Duration{0, 5 * time.Millisecond}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var at []time.Duration
				began := time.Now()
				c := New("test", func(ctx context.Context, key string) (Result, error) {
					at = append(at, time.Since(began))
					return test.answer(len(at))
				}, Options{Logger: quiet})
				c.Queue().Add("a")
				ctx, cancel := context.WithTimeout(t.Context(), 150*time.Second)
				defer cancel()
				require.NoError(t, c.Run(ctx))
				assert.Equal(t, test.at, at)
				assert.Error(t, c.Run(ctx), "it can be run once")
			})
		})
	}
}

func TestControllerStopsCleanly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running atomic.Int32
		c := New("test", func(ctx context.Context, key int) (Result, error) {
			running.Add(1)
			defer running.Add(-1)
			<-ctx.Done()
			time.Sleep(time.Second) // cleaning up takes its time
			return Result{}, ctx.Err()
		}, Options{Workers: 3, Logger: quiet})
		for i := range 10 {
			c.Queue().Add(i)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- c.Run(ctx) }()
		synctest.Wait()
		assert.EqualValues(t, 3, running.Load())
		cancel()
		assert.NoError(t, <-ended)
		assert.Zero(t, running.Load())
		assert.Zero(t, c.Queue().Failures(0), "to be stopped is no failure")
	})
}

type notSynced struct{ err error }

func (n notSynced) WaitSynced(ctx context.Context) error {
	if n.err != nil {
		return n.err
	}
	<-ctx.Done()
	return ctx.Err()
}

func TestControllerWaitsForCaches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New("test", func(context.Context, string) (Result, error) {
			t.Error("reconciled without a cache")
			return Result{}, nil
		}, Options{})
		c.Queue().Add("a")
		c.After(notSynced{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		assert.NoError(t, c.Run(ctx))
	})
	c := New("test", func(context.Context, string) (Result, error) { return Result{}, nil }, Options{})
	c.After(notSynced{errors.New("no such kind")})
	assert.ErrorContains(t, c.Run(t.Context()), "controller test: no such kind")
}

func pod(name string, labels map[string]string, owner *appsv1.ReplicaSet) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "default", Labels: labels},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "i"}}},
	}
	if owner != nil {
		p.OwnerReferences = []meta.OwnerReference{meta.NewControllerRef(owner, meta.GroupVersionKind{Group: "apps", Version: "v1", Kind: "ReplicaSet"})}
	}
	return p
}

func replicaSet(name string, replicas int32) *appsv1.ReplicaSet {
	labels := map[string]string{"app": name}
	return &appsv1.ReplicaSet{
		ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "default"},
		Spec: appsv1.ReplicaSetSpec{
			Replicas: &replicas, Selector: &meta.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{ObjectMeta: meta.ObjectMeta{Labels: labels}, Spec: pod("", nil, nil).Spec},
		},
	}
}

func TestMappings(t *testing.T) {
	rs := replicaSet("r", 1)
	rs.UID = "u"
	p := pod("p", nil, rs)
	p.OwnerReferences = append(p.OwnerReferences, meta.OwnerReference{APIVersion: "apps/v1beta7", Kind: "ReplicaSet", Name: "other"})
	assert.Equal(t, []client.Key{{Namespace: "default", Name: "p"}}, Self(p))
	kind := meta.GroupKind{Group: "apps", Kind: "ReplicaSet"}
	assert.Equal(t, []client.Key{{Namespace: "default", Name: "r"}}, Controlled[corev1.Pod](kind)(p))
	assert.Equal(t, []client.Key{{Namespace: "default", Name: "r"}, {Namespace: "default", Name: "other"}}, Owned[corev1.Pod](kind)(p))
	assert.Empty(t, Controlled[corev1.Pod](meta.GroupKind{Group: "apps", Kind: "DaemonSet"})(p))
	assert.Empty(t, Controlled[corev1.Pod](kind)(pod("p", nil, nil)))

	new := *p
	assert.False(t, NewVersion(p, &new))
	new.Generation++
	assert.True(t, NewVersion(p, &new))
}

// A replica controller of the simplest kind, several workers, and a user who
// changes his mind all the time: never may there be more Pods than were ever
// asked for, and in the end there must be as many as asked for.
func TestControllerOfReplicas(t *testing.T) {
	clienttest.Each(t, clienttest.Options{Bootstrap: true}, func(t *testing.T, c client.Client) {
		ctx := t.Context()
		caches := client.NewCaches(c, quiet)
		sets := client.CacheOf[appsv1.ReplicaSet](caches)
		pods := client.CacheOf[corev1.Pod](caches, client.CacheOptions[corev1.Pod]{
			Indexers: map[string]func(*corev1.Pod) []string{client.ControllerIndex: client.ControllerUID[corev1.Pod]},
		})
		pending := NewPending[client.Key](pods)
		podClient := client.Of[corev1.Pod](c)
		loop := New("replicas", func(ctx context.Context, key client.Key) (Result, error) {
			rs, ok := sets.GetKey(key)
			if !ok {
				pending.Forget(key)
				return Result{}, nil
			}
			if !pending.Settled(key) {
				return Result{}, nil
			}
			var have []*corev1.Pod
			for _, p := range pods.ByIndex(client.ControllerIndex, string(rs.UID)) {
				if p.DeletionTimestamp == nil {
					have = append(have, p)
				}
			}
			for range int(*rs.Spec.Replicas) - len(have) {
				p := pod("", rs.Spec.Template.Labels, rs)
				p.GenerateName = rs.Name + "-"
				if err := podClient.Create(ctx, p); err != nil {
					return Result{}, err
				}
				pending.Created(key, p)
			}
			for i := int(*rs.Spec.Replicas); i < len(have); i++ {
				if err := podClient.In(have[i].Namespace).Delete(ctx, have[i].Name); err != nil && !meta.IsNotFound(err) {
					return Result{}, err
				}
				pending.Deleted(key, have[i])
			}
			return Result{}, nil
		}, Options{Workers: 4, Logger: quiet})
		Watch(loop, sets, Self[appsv1.ReplicaSet])
		Watch(loop, pods, Controlled[corev1.Pod](meta.GroupKind{Group: "apps", Kind: "ReplicaSet"}))

		changed := make(chan struct{}, 1)
		pods.Handle(client.Handler[corev1.Pod]{
			OnAdd: func(p *corev1.Pod, _ bool) {
				// Had the loop counted with a stale cache there would be more.
				if n := live(pods)[p.Labels["app"]]; n > 9 {
					t.Errorf("%d Pods of %s at once; never more than 9 were asked for", n, p.Labels["app"])
				}
				poke(changed)
			},
			OnUpdate: func(_, _ *corev1.Pod) { poke(changed) },
			OnDelete: func(client.Key, *corev1.Pod) { poke(changed) },
		})
		group := &Group{Logger: quiet}
		group.AddReady("caches", caches.Run, caches.WaitSynced)
		group.Add("replicas", loop.Run)
		start(t, group.Run)

		var wg sync.WaitGroup
		want := map[string]int{"a": 7, "b": 0, "c": 3}
		for name, n := range want {
			wg.Go(func() {
				r := client.Of[appsv1.ReplicaSet](c).In("default")
				if !assert.NoError(t, r.Create(ctx, replicaSet(name, 5))) {
					return
				}
				for _, replicas := range []int32{2, 9, 1, int32(n)} {
					_, err := r.Modify(ctx, name, func(rs *appsv1.ReplicaSet) error { rs.Spec.Replicas = &replicas; return nil })
					assert.NoError(t, err)
				}
			})
		}
		wg.Wait()
		deadline := time.After(30 * time.Second)
		for !settled(pods, want) {
			select {
			case <-changed:
			case <-deadline:
				t.Fatalf("%d Pods, want %v", pods.Len(), want)
			}
		}
	})
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// live counts the Pods of each set that are not being deleted.
func live(pods *client.Cache[corev1.Pod]) map[string]int {
	have := map[string]int{}
	for p := range pods.All() {
		if p.DeletionTimestamp == nil {
			have[p.Labels["app"]]++
		}
	}
	return have
}

func settled(pods *client.Cache[corev1.Pod], want map[string]int) bool {
	have := live(pods)
	for name, n := range want {
		if have[name] != n {
			return false
		}
	}
	return true
}

func TestPending(t *testing.T) {
	c := clienttest.Start(t, clienttest.Options{Bootstrap: true}).Local
	ctx := t.Context()
	pods := client.Of[corev1.Pod](c).In("default")
	cache := client.NewCache[corev1.Pod](c, client.CacheOptions[corev1.Pod]{})
	pending := NewPending[string](cache)
	assert.True(t, pending.Settled("rs"))

	made, short := pod("made", nil, nil), pod("short", nil, nil)
	require.NoError(t, pods.Create(ctx, made))
	require.NoError(t, pods.Create(ctx, short))
	pending.Created("rs", made)
	pending.Created("rs", short)
	assert.False(t, pending.Settled("rs"), "the cache has not even begun")
	assert.True(t, pending.Settled("other"))
	require.NoError(t, pods.Delete(ctx, "short"))

	start(t, cache.Run)
	require.NoError(t, cache.WaitSynced(ctx))
	assert.True(t, pending.Settled("rs"), "what has come and gone is settled too")

	pending.Deleted("rs", made)
	assert.False(t, pending.Settled("rs"))
	pending.Forget("rs")
	assert.True(t, pending.Settled("rs"))
	pending.Deleted("rs", made)
	gone := make(chan struct{})
	cache.Handle(client.Handler[corev1.Pod]{OnDelete: func(client.Key, *corev1.Pod) { close(gone) }})
	now := int64(0)
	require.NoError(t, pods.Delete(ctx, "made", meta.DeleteOptions{GracePeriodSeconds: &now}))
	<-gone
	assert.True(t, pending.Settled("rs"))

	// One that is made anew under the same name is another.
	again := pod("made", nil, nil)
	require.NoError(t, pods.Create(ctx, again))
	require.NoError(t, cache.WaitFor(ctx, again.ResourceVersion))
	pending.Deleted("rs", made)
	assert.True(t, pending.Settled("rs"))
}

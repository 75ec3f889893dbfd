package kubelet_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
)

// patience is how long a test waits for what should take milliseconds.
const patience = 20 * time.Second

// cluster is a server with one hollow node.
type cluster struct {
	t       *testing.T
	ctx     context.Context
	client  client.Client
	runtime *hollow.Runtime
	broken  *faulty         // nil: runtime is used as it is
	custom  kubelet.Runtime // the same
	able    *able           // nil: the runtime can do no more than it must
	kubelet *kubelet.Kubelet
	stop    func()            // ends the kubelet and waits for it
	seen    map[string]string // resource versions of Pods that the test has seen
}

const nodeName = "node-1"

func start(t *testing.T, runtime hollow.Options, opts kubelet.Options) *cluster {
	t.Helper()
	return startWith(t, clienttest.Start(t, clienttest.Options{Bootstrap: true}).Local, runtime, opts)
}

// startRemote is start with a client that goes through HTTP.
func startRemote(t *testing.T) *cluster {
	t.Helper()
	return startWith(t, clienttest.Start(t, clienttest.Options{Bootstrap: true}).Remote, hollow.Options{}, kubelet.Options{})
}

func startWith(t *testing.T, with client.Client, runtime hollow.Options, opts kubelet.Options) *cluster {
	t.Helper()
	c := &cluster{t: t, client: with, runtime: hollow.New(runtime)}
	var cancel context.CancelFunc
	c.ctx, cancel = context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	c.run(opts)
	return c
}

// run starts a kubelet on the cluster's runtime.
func (c *cluster) run(opts kubelet.Options) {
	c.t.Helper()
	if opts.Addresses == nil {
		opts.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "10.127.0.9"}}
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	var runtime kubelet.Runtime = c.runtime
	if c.broken != nil {
		runtime = c.broken
	}
	if c.custom != nil {
		runtime = c.custom
	}
	if c.able != nil {
		c.able.Runtime = runtime
		runtime = c.able
	}
	k, err := kubelet.New(c.client, nodeName, runtime, opts)
	require.NoError(c.t, err)
	c.kubelet = k
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- k.Run(ctx) }()
	stopped := false
	c.stop = func() {
		if !stopped {
			stopped = true
			cancel()
			require.NoError(c.t, <-ended)
		}
	}
	c.t.Cleanup(c.stop)
	require.NoError(c.t, k.WaitReady(c.ctx))
}

func (c *cluster) pods() client.Resource[corev1.Pod] {
	return client.Of[corev1.Pod](c.client).In("default")
}

// podOf is a Pod on the node, of containers with those names.
func podOf(name string, containers ...string) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "default"}, Spec: corev1.PodSpec{NodeName: nodeName}}
	for _, name := range containers {
		pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: name, Image: "registry.example.com/" + name + ":1"})
	}
	return pod
}

func (c *cluster) create(pod *corev1.Pod) *corev1.Pod {
	c.t.Helper()
	require.NoError(c.t, c.pods().Create(c.ctx, pod))
	c.saw(pod)
	return pod
}

func (c *cluster) saw(pod *corev1.Pod) {
	if c.seen == nil {
		c.seen = map[string]string{}
	}
	c.seen[pod.Name] = pod.ResourceVersion
}

// until waits for a state of the Pod, and returns it.
func (c *cluster) until(name, what string, is func(pod *corev1.Pod) bool) *corev1.Pod {
	c.t.Helper()
	var last *corev1.Pod
	opts := meta.ListOptions{FieldSelector: "metadata.name=" + name}
	for change, err := range client.ResumingWatch(c.ctx, c.pods(), opts, nil) {
		require.NoError(c.t, err)
		switch change.Type {
		case client.Added, client.Modified:
			last = change.Object
			if is(last) {
				c.saw(last)
				return last
			}
		case client.Deleted:
			require.FailNow(c.t, "Pod is gone", "waiting until %s is %s", name, what)
		}
	}
	text := "nothing"
	if last != nil {
		data, _ := codec.MarshalYAML(last)
		text = string(data)
	}
	require.FailNow(c.t, "waited too long", "until %s is %s; last seen:\n%s", name, what, text)
	return nil
}

// untilGone waits until a Pod is gone that the test has seen, and returns its last
// state.
func (c *cluster) untilGone(name string) *corev1.Pod {
	c.t.Helper()
	opts := meta.ListOptions{FieldSelector: "metadata.name=" + name, ResourceVersion: c.seen[name]}
	for change, err := range c.pods().Watch(c.ctx, opts) {
		require.NoError(c.t, err)
		if change.Type == client.Deleted {
			return change.Object
		}
	}
	require.FailNow(c.t, "waited too long", "for %s to go", name)
	return nil
}

func ready(pod *corev1.Pod) bool {
	return condition(pod, corev1.PodReady).Status == corev1.ConditionTrue
}

func inPhase(phase corev1.PodPhase) func(*corev1.Pod) bool {
	return func(pod *corev1.Pod) bool { return pod.Status.Phase == phase }
}

func condition(pod *corev1.Pod, kind corev1.PodConditionType) corev1.PodCondition {
	for _, c := range pod.Status.Conditions {
		if c.Type == kind {
			return c
		}
	}
	return corev1.PodCondition{}
}

// summary words the conditions of a Pod, in their order.
func summary(pod *corev1.Pod) []string {
	var all []string
	for _, c := range pod.Status.Conditions {
		text := fmt.Sprintf("%s=%s", c.Type, c.Status)
		if c.Reason != "" {
			text += " " + c.Reason
		}
		if c.Message != "" {
			text += ": " + c.Message
		}
		all = append(all, text)
	}
	return all
}

// untilEvents waits until the object has events with those reasons, and returns
// all of its events by reason and field: their messages.
func (c *cluster) untilEvents(name string, reasons ...string) map[string]string {
	c.t.Helper()
	events := client.Of[corev1.Event](c.client).In("default")
	found := map[string]string{}
	missing := map[string]bool{}
	for _, r := range reasons {
		missing[r] = true
	}
	opts := meta.ListOptions{FieldSelector: "involvedObject.name=" + name}
	for change, err := range client.ResumingWatch(c.ctx, events, opts, nil) {
		require.NoError(c.t, err)
		e := change.Object
		if change.Type == client.Bookmark || e.Reason == "" {
			continue
		}
		key := e.Reason
		delete(missing, key)
		if e.InvolvedObject.FieldPath != "" {
			key += " " + e.InvolvedObject.FieldPath
			delete(missing, key)
		}
		found[key] = e.Message
		if len(missing) == 0 {
			return found
		}
	}
	require.FailNow(c.t, "waited too long", "for events %v of %s; there are %v", missing, name, found)
	return nil
}

func serviceAccount(name string) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "default"}}
}

package hollow

import (
	"cmp"
	"container/heap"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// Name is what the runtime calls itself, in ids and versions.
const Name = "hollow"

// version is that of the simulation.
const version = "1.0"

// Options tunes a [Runtime]. The zero value works.
type Options struct {
	// StartDelay is how long a container takes to start. Zero is 10 ms, less is
	// none.
	StartDelay time.Duration
	// PullDelay is how long an image takes that the node does not have yet. Zero
	// is none.
	PullDelay time.Duration
	// RunFor is how long the containers run of Pods that are to end and of which
	// nothing is said. Zero is 1 s.
	RunFor time.Duration
	// PodCIDR is where Pods get addresses from on a node without a range. The
	// zero value is 10.88.0.0/16.
	PodCIDR netip.Prefix
}

// Runtime simulates the containers of one node. It implements
// [kubelet.Runtime]. Make one with [New]. It has no goroutines of its own:
// containers that end by themselves do so by the clock.
type Runtime struct {
	opts Options

	mu         sync.Mutex
	pods       map[meta.UID]*pod
	sandboxes  map[string]*sandbox
	containers map[string]*container
	images     map[string]struct{}
	addresses  *addresses
	ends       endings
	wake       chan struct{} // has a token when ends has a new first
}

var (
	_ kubelet.Runtime = (*Runtime)(nil)
	_ kubelet.Resizer = (*Runtime)(nil)
)

type pod struct {
	uid             meta.UID
	namespace, name string
	sandboxes       []*sandbox
	containers      []*container
}

type sandbox struct {
	kubelet.Sandbox
	pod *pod
}

type container struct {
	kubelet.Container
	pod       *pod
	behaviour behaviour
	config    error         // why it cannot start
	ends      time.Time     // by itself; zero is never
	exited    chan struct{} // closed when it has; made when somebody waits
}

// New returns a runtime that has nothing yet.
func New(opts Options) *Runtime {
	opts.StartDelay = cmp.Or(opts.StartDelay, 10*time.Millisecond)
	opts.RunFor = cmp.Or(opts.RunFor, time.Second)
	if !opts.PodCIDR.IsValid() {
		opts.PodCIDR = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 88, 0, 0}), 16)
	}
	return &Runtime{
		opts: opts, pods: map[meta.UID]*pod{}, sandboxes: map[string]*sandbox{}, containers: map[string]*container{},
		images: map[string]struct{}{}, addresses: newAddresses(opts.PodCIDR), wake: make(chan struct{}, 1),
	}
}

// Info implements [kubelet.Runtime].
func (r *Runtime) Info(context.Context) (kubelet.Info, error) {
	able := true // to pretend, all is the same
	return kubelet.Info{Name: Name, Version: version, Features: &corev1.NodeFeatures{SupplementalGroupsPolicy: &able}}, nil
}

// SetPodCIDR implements [kubelet.Runtime].
func (r *Runtime) SetPodCIDR(_ context.Context, cidr netip.Prefix) error {
	if !cidr.IsValid() {
		cidr = r.opts.PodCIDR
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.addresses.within == cidr.Masked() {
		return nil
	}
	if len(r.addresses.used) > 0 {
		return fmt.Errorf("addresses are already taken from %s", r.addresses.within)
	}
	r.addresses = newAddresses(cidr)
	return nil
}

// Pods implements [kubelet.Runtime].
func (r *Runtime) Pods(context.Context) ([]kubelet.PodState, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]kubelet.PodState, 0, len(r.pods))
	for _, p := range r.pods {
		all = append(all, p.state())
	}
	return all, nil
}

// Pod implements [kubelet.Runtime].
func (r *Runtime) Pod(_ context.Context, uid meta.UID) (kubelet.PodState, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.pods[uid]
	if p == nil {
		return kubelet.PodState{}, nil
	}
	return p.state(), nil
}

func (p *pod) state() kubelet.PodState {
	s := kubelet.PodState{
		UID: p.uid, Namespace: p.namespace, Name: p.name,
		Sandboxes: make([]kubelet.Sandbox, len(p.sandboxes)), Containers: make([]kubelet.Container, len(p.containers)),
	}
	for i, b := range p.sandboxes {
		s.Sandboxes[i] = b.Sandbox
	}
	now := time.Now()
	for i, c := range p.containers {
		c.settle(now)
		s.Containers[i] = c.Container
	}
	return s
}

// settle ends a container whose time is over.
func (c *container) settle(now time.Time) {
	if c.State == kubelet.Running && !c.ends.IsZero() && !now.Before(c.ends) {
		c.exit(c.behaviour.exitCode, c.ends)
	}
}

func (c *container) exit(code int32, at time.Time) {
	c.State, c.ExitCode, c.FinishedAt = kubelet.Exited, code, at
	if c.exited != nil {
		close(c.exited)
	}
}

// Watch implements [kubelet.Runtime].
func (r *Runtime) Watch(ctx context.Context, changed func(pod meta.UID)) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		r.mu.Lock()
		now := time.Now()
		var ended []meta.UID
		for len(r.ends) > 0 && !now.Before(r.ends[0].ends) {
			c := heap.Pop(&r.ends).(*container)
			c.settle(now)
			ended = append(ended, c.pod.uid)
		}
		var due <-chan time.Time
		if len(r.ends) > 0 {
			timer.Reset(r.ends[0].ends.Sub(now))
			due = timer.C
		}
		r.mu.Unlock()
		for _, uid := range ended {
			changed(uid)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-r.wake:
		case <-due:
		}
	}
}

// StartSandbox implements [kubelet.Runtime].
func (r *Runtime) StartSandbox(_ context.Context, config kubelet.SandboxConfig) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := &sandbox{Sandbox: kubelet.Sandbox{ID: newID(), Attempt: config.Attempt, Ready: true}}
	if !config.Pod.Spec.HostNetwork {
		addr, err := r.addresses.take()
		if err != nil {
			return "", err
		}
		b.IPs = []netip.Addr{addr}
	}
	b.pod = r.pods[config.Pod.UID]
	if b.pod == nil {
		b.pod = &pod{uid: config.Pod.UID, namespace: config.Pod.Namespace, name: config.Pod.Name}
		r.pods[config.Pod.UID] = b.pod
	}
	b.pod.sandboxes = append(b.pod.sandboxes, b)
	r.sandboxes[b.ID] = b
	return b.ID, nil
}

// StopSandbox implements [kubelet.Runtime].
func (r *Runtime) StopSandbox(_ context.Context, id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopSandbox(r.sandboxes[id])
	return nil
}

func (r *Runtime) stopSandbox(b *sandbox) {
	if b == nil || !b.Ready {
		return
	}
	now := time.Now()
	for _, c := range b.pod.containers {
		if c.settle(now); c.SandboxID == b.ID && c.State == kubelet.Running {
			c.exit(exitKilled, now)
		}
	}
	b.Ready = false
	for _, addr := range b.IPs {
		r.addresses.free(addr)
	}
}

// RemoveSandbox implements [kubelet.Runtime].
func (r *Runtime) RemoveSandbox(_ context.Context, id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.sandboxes[id]
	if b == nil {
		return nil
	}
	r.stopSandbox(b)
	delete(r.sandboxes, id)
	p := b.pod
	p.sandboxes = slices.DeleteFunc(p.sandboxes, func(o *sandbox) bool { return o == b })
	for _, c := range slices.Clone(p.containers) {
		if c.SandboxID == id {
			r.remove(c)
		}
	}
	if len(p.sandboxes) == 0 {
		delete(r.pods, p.uid)
	}
	return nil
}

func (r *Runtime) remove(c *container) {
	delete(r.containers, c.ID)
	c.pod.containers = slices.DeleteFunc(c.pod.containers, func(o *container) bool { return o == c })
}

// Image implements [kubelet.Runtime].
func (r *Runtime) Image(_ context.Context, name string) (kubelet.Image, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.images[name]; !ok {
		return kubelet.Image{}, kubelet.ErrNoImage
	}
	return imageNamed(name), nil
}

// nobody is whom simulated images run as, so that those that must not be root are
// not.
const nobody = 65534

// imageNamed makes an image up; the same name has the same digest on every node.
func imageNamed(name string) kubelet.Image {
	sum, uid := sha256.Sum256([]byte(name)), int64(nobody)
	return kubelet.Image{Name: name, ID: repository(name) + "@sha256:" + hex.EncodeToString(sum[:]), UID: &uid}
}

// repository is an image's name without tag and digest.
func repository(name string) string {
	for i := len(name) - 1; i >= 0 && name[i] != '/'; i-- {
		if name[i] == ':' || name[i] == '@' {
			return repository(name[:i])
		}
	}
	return name
}

// PullImage implements [kubelet.Runtime].
func (r *Runtime) PullImage(ctx context.Context, name string, pod *corev1.Pod) (kubelet.Image, error) {
	if !sleep(ctx, r.opts.PullDelay) {
		return kubelet.Image{}, context.Cause(ctx)
	}
	if text := pullError(pod, name); text != "" {
		return kubelet.Image{}, errors.New(text)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.images[name] = struct{}{}
	return imageNamed(name), nil
}

// pullError is what the Pod says goes wrong with an image of its containers.
func pullError(pod *corev1.Pod, image string) string {
	if text, ok := pod.Annotations[PullErrorAnnotation]; ok {
		return text
	}
	for _, list := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range list {
			if text, ok := pod.Annotations[PullErrorAnnotation+"."+list[i].Name]; ok && list[i].Image == image {
				return text
			}
		}
	}
	return ""
}

// CreateContainer implements [kubelet.Runtime].
func (r *Runtime) CreateContainer(_ context.Context, config kubelet.ContainerConfig) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.sandboxes[config.SandboxID]
	if b == nil || !b.Ready {
		return "", fmt.Errorf("sandbox %q: %w", config.SandboxID, kubelet.ErrNotFound)
	}
	c := &container{pod: b.pod, Container: kubelet.Container{
		ID: newID(), Name: config.Container.Name, SandboxID: b.ID, Attempt: config.Attempt,
		Image: config.Image.Name, ImageID: config.Image.ID, SpecImage: config.Container.Image,
	}}
	c.behaviour, c.config = behaviourOf(config.Pod, c.Name, r.opts.RunFor)
	b.pod.containers = append(b.pod.containers, c)
	r.containers[c.ID] = c
	return c.ID, nil
}

// StartContainer implements [kubelet.Runtime].
func (r *Runtime) StartContainer(ctx context.Context, id string) error {
	if !sleep(ctx, r.opts.StartDelay) {
		return context.Cause(ctx)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.containers[id]
	switch {
	case c == nil:
		return fmt.Errorf("container %q: %w", id, kubelet.ErrNotFound)
	case c.State != kubelet.Created:
		return fmt.Errorf("container %q was started before", id)
	case c.config != nil:
		return c.config
	}
	if b := r.sandboxes[c.SandboxID]; b == nil || !b.Ready {
		return fmt.Errorf("sandbox %q: %w", c.SandboxID, kubelet.ErrNotFound)
	}
	c.State, c.StartedAt = kubelet.Running, time.Now()
	if c.behaviour.ends {
		c.ends = c.StartedAt.Add(c.behaviour.runFor)
		heap.Push(&r.ends, c)
		if r.ends[0] == c {
			select {
			case r.wake <- struct{}{}:
			default:
			}
		}
	}
	return nil
}

// How processes end that are told to.
const (
	exitTerminated = 128 + 15
	exitKilled     = 128 + 9
)

// StopContainer implements [kubelet.Runtime].
func (r *Runtime) StopContainer(ctx context.Context, id string, grace time.Duration) error {
	r.mu.Lock()
	c := r.containers[id]
	if c == nil || !c.runs(time.Now()) {
		r.mu.Unlock()
		return nil
	}
	code, wait := int32(0), c.behaviour.stopAfter
	if c.behaviour.ends {
		code = exitTerminated // it was not through
	}
	if wait > grace {
		code, wait = exitKilled, grace
	}
	r.mu.Unlock()
	if !sleep(ctx, wait) {
		return context.Cause(ctx)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := time.Now(); c.runs(now) {
		c.exit(code, now)
	}
	return nil
}

// UpdateContainer implements [kubelet.Resizer]: what is not there can have any
// size.
func (r *Runtime) UpdateContainer(_ context.Context, id string, _ *corev1.Pod, _ *corev1.Container) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.containers[id] == nil {
		return fmt.Errorf("container %q: %w", id, kubelet.ErrNotFound)
	}
	return nil
}

func (c *container) runs(now time.Time) bool {
	c.settle(now)
	return c.State == kubelet.Running
}

// RemoveContainer implements [kubelet.Runtime].
func (r *Runtime) RemoveContainer(_ context.Context, id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.containers[id]
	if c == nil {
		return nil
	}
	if c.runs(time.Now()) {
		return fmt.Errorf("container %q is running", id)
	}
	r.remove(c)
	return nil
}

// endings are running containers by when they end, the next first. Those that
// ended before their time stay until then.
type endings []*container

func (e endings) Len() int           { return len(e) }
func (e endings) Less(i, j int) bool { return e[i].ends.Before(e[j].ends) }
func (e endings) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *endings) Push(x any)        { *e = append(*e, x.(*container)) }

func (e *endings) Pop() any {
	old := *e
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*e = old[:len(old)-1]
	return last
}

// newID returns an id of the form that container runtimes use.
func newID() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// sleep waits for d and reports whether ctx is still alive then.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

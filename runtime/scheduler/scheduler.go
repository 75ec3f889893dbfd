package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
)

// Options tunes a [Scheduler]. The zero value works.
type Options struct {
	// Name is the spec.schedulerName of the Pods to schedule; "" is
	// "default-scheduler".
	Name string
	// Plugins are the rules; the zero value is DefaultPlugins.
	Plugins Plugins
	// Bindings is how many decisions may be on their way to the server at a
	// time. Zero is 16.
	Bindings int
	// Caches to share with other parts of the program; nil makes a set.
	Caches *client.Caches
	Logger *slog.Logger // nil: slog.Default()
}

// Scheduler assigns Pods to nodes. Several may run on one server if they have
// different names, or take turns by leader election.
type Scheduler struct {
	opts     Options
	client   client.Client
	caches   *client.Caches
	ownCache bool
	log      *slog.Logger
	events   *controller.Recorder

	mu      sync.Mutex // guards what follows
	cluster *Cluster
	queue   *queue
	// assumed Pods are placed in cluster though the server does not say so yet.
	assumed map[client.Key]meta.UID
	turn    int
	// stirred is closed, and another one made, at every change while some wait for
	// their volumes, which patient counts.
	stirred chan struct{}
	patient int
	wake    chan struct{} // has a token when there may be something to do
}

// New returns a Scheduler that works through c. It starts nothing; call Run.
func New(c client.Client, opts Options) *Scheduler {
	opts.Name = orDefault(opts.Name, corev1.DefaultSchedulerName)
	opts.Bindings = orDefault(opts.Bindings, 16)
	if opts.Plugins.Filters == nil && opts.Plugins.Scores == nil {
		opts.Plugins = DefaultPlugins()
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	s := &Scheduler{
		opts: opts, client: c, caches: opts.Caches, log: opts.Logger,
		cluster: NewCluster(), queue: newQueue(), assumed: map[client.Key]meta.UID{}, stirred: make(chan struct{}), wake: make(chan struct{}, 1),
	}
	if s.caches == nil {
		s.caches, s.ownCache = client.NewCaches(c, opts.Logger), true
	}
	s.events = controller.NewRecorder(c, opts.Name, controller.RecorderOptions{Logger: opts.Logger})
	return s
}

// Run schedules until ctx ends. Bindings under way are finished before it returns.
func (s *Scheduler) Run(ctx context.Context) error {
	var group controller.Group
	group.Add("events", s.events.Run)
	if s.ownCache {
		group.Add("caches", s.caches.Run)
	}
	group.Add("schedule", s.schedule)
	return group.Run(ctx)
}

// schedule is the one goroutine that decides.
func (s *Scheduler) schedule(ctx context.Context) error {
	namespaces := client.CacheOf[corev1.Namespace](s.caches)
	nodes := client.CacheOf[corev1.Node](s.caches)
	pods := client.CacheOf[corev1.Pod](s.caches)
	waits := []func(context.Context) error{namespaces.WaitSynced, nodes.WaitSynced}
	defer namespaces.Handle(s.namespaceHandler())()
	defer nodes.Handle(s.nodeHandler())()
	for _, f := range s.follow() {
		defer f.stop()
		waits = append(waits, f.synced)
	}
	for _, wait := range waits {
		if err := wait(ctx); err != nil {
			return err
		}
	}
	// Pods come last, so that the first decisions know all nodes.
	defer pods.Handle(s.podHandler())()
	if err := pods.WaitSynced(ctx); err != nil {
		return err
	}

	slots := make(chan struct{}, s.opts.Bindings)
	var bindings sync.WaitGroup
	defer bindings.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-timer.C:
		}
		for ctx.Err() == nil {
			attempt, next := s.next()
			if attempt == nil {
				if !next.IsZero() {
					timer.Reset(time.Until(next))
				}
				break
			}
			slots <- struct{}{}
			bindings.Go(func() {
				leave := sync.OnceFunc(func() { <-slots })
				defer leave()
				attempt(ctx, leave)
			})
		}
	}
}

// next decides about the next Pod and returns what has to be told to the
// server, or when to look again. What is told may leave its slot early, when it
// only waits from then on.
func (s *Scheduler) next() (tell func(ctx context.Context, leave func()), again time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	again = s.queue.promote(now)
	w, ok := s.queue.pop()
	if !ok {
		return nil, again
	}
	pod := w.pod
	s.turn++
	decision, err := s.opts.Plugins.Decide(pod, s.cluster, s.turn)
	if err == nil {
		volumes := s.opts.Plugins.Volumes(pod, s.cluster, decision.Node)
		s.cluster.Storage.reserve(&volumes, decision.Node)
		s.cluster.Place(pod, decision.Node)
		s.assumed[pod.Key] = pod.Object.UID
		return func(ctx context.Context, leave func()) { s.bind(ctx, leave, w, decision.Node, volumes) }, again
	}
	var preemption *Preemption
	until := anyChange
	if refused, ok := errors.AsType[*NoNodeError](err); ok {
		until = refused.HelpedBy
	}
	if refused, ok := errors.AsType[*NoNodeError](err); ok && refused.Nodes > 0 {
		if preemption = s.opts.Plugins.Preempt(pod, s.cluster, refused); preemption != nil {
			for _, other := range preemption.Yielding {
				s.cluster.Nominate(other, "")
			}
			s.cluster.Nominate(pod, preemption.Node)
			until |= PodGone
		}
	}
	s.queue.park(w, now, until)
	return func(ctx context.Context, _ func()) { s.refuse(ctx, pod, err, preemption) }, again
}

// bind sees to the Pod's volumes and tells the server where it goes. If that cannot
// be, the decision is taken back.
func (s *Scheduler) bind(ctx context.Context, leave func(), w *waiting, node string, volumes VolumePlan) {
	if !volumes.Empty() {
		err := s.bindVolumes(ctx, leave, w.pod, node, volumes)
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.cluster.Storage.release(&volumes)
		}()
		if err != nil {
			s.takeBack(ctx, w, errors.Is(err, errGone), fmt.Errorf("running PreBind plugin \"VolumeBinding\": binding volumes: %w", err))
			return
		}
	}
	pod := w.pod.Object
	// What is decided is carried out even if the scheduler is told to stop.
	telling, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	binding := &corev1.Binding{
		ObjectMeta: meta.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID},
		Target:     corev1.ObjectReference{Kind: "Node", Name: node},
	}
	at := client.Of[corev1.Pod](s.client).In(pod.Namespace).Target(pod.Name)
	at.Subresource = "binding"
	err := s.client.Create(telling, at, binding, meta.CreateOptions{})
	if err == nil {
		s.log.Debug("Pod scheduled", "pod", w.pod.Key, "node", node)
		s.events.Normal(pod, "Scheduled", "Successfully assigned %s to %s", w.pod.Key, node)
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.queue.entries[w.pod.Key] == w {
			s.queue.remove(w.pod.Key)
		}
		return
	}
	gone := meta.IsNotFound(err)
	if !gone {
		s.log.Warn("Pod not bound", "pod", w.pod.Key, "node", node, "error", err)
	}
	s.takeBack(ctx, w, gone, fmt.Errorf("binding rejected: %w", err))
}

// takeBack ends a decision that could not be carried out; the Pod is tried again
// after a while.
func (s *Scheduler) takeBack(ctx context.Context, w *waiting, gone bool, err error) {
	pod := w.pod.Object
	s.mu.Lock()
	if s.assumed[w.pod.Key] == pod.UID {
		delete(s.assumed, w.pod.Key)
		s.cluster.Remove(w.pod.Key)
	}
	if gone && s.queue.entries[w.pod.Key] == w {
		s.queue.remove(w.pod.Key)
	} else {
		s.queue.park(w, time.Now(), 0)
		s.queue.hope(PodGone) // there is room again
	}
	s.mu.Unlock()
	s.signal()
	if !gone && ctx.Err() == nil {
		s.refuse(ctx, w.pod, err, nil)
	}
}

// refuse tells the Pod's owner why it waits, and evicts those that must make way.
func (s *Scheduler) refuse(ctx context.Context, pod *Pod, why error, preemption *Preemption) {
	object := pod.Object
	nominated := object.Status.NominatedNodeName
	if preemption != nil {
		nominated = preemption.Node
		for _, victim := range preemption.Victims {
			if err := s.evict(ctx, victim.Object, object); err != nil {
				s.log.Warn("Pod not evicted", "pod", victim.Key, "for", pod.Key, "error", err)
			}
		}
		for _, other := range preemption.Yielding {
			s.forgetNomination(ctx, other)
		}
	}
	reason := corev1.PodReasonUnschedulable
	if !isNoNode(why) {
		reason = corev1.PodReasonSchedulerError
	}
	s.events.Warning(object, "FailedScheduling", "%v", why)
	condition := corev1.PodCondition{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: reason, Message: why.Error()}
	if has(object.Status.Conditions, condition) && nominated == object.Status.NominatedNodeName {
		return
	}
	_, err := client.Of[corev1.Pod](s.client).In(object.Namespace).Subresource("status").Modify(ctx, object.Name, func(p *corev1.Pod) error {
		if p.UID != object.UID {
			return errReplaced
		}
		p.Status.NominatedNodeName = nominated
		setCondition(&p.Status.Conditions, condition)
		return nil
	})
	if err != nil && !meta.IsNotFound(err) && !errors.Is(err, errReplaced) && ctx.Err() == nil {
		s.log.Warn("Pod's condition not written", "pod", pod.Key, "error", err)
	}
}

// forgetNomination takes from a Pod the room that a more important one gets.
func (s *Scheduler) forgetNomination(ctx context.Context, pod *Pod) {
	_, err := client.Of[corev1.Pod](s.client).In(pod.Key.Namespace).Subresource("status").Modify(ctx, pod.Key.Name, func(p *corev1.Pod) error {
		if p.UID != pod.Object.UID || p.Status.NominatedNodeName == "" {
			return errReplaced
		}
		p.Status.NominatedNodeName = ""
		return nil
	})
	if err != nil && !meta.IsNotFound(err) && !errors.Is(err, errReplaced) && ctx.Err() == nil {
		s.log.Warn("Pod's nomination not ended", "pod", pod.Key, "error", err)
	}
}

// errReplaced ends a write about a Pod when another has its name now.
var errReplaced = errors.New("another Pod has that name now")

func isNoNode(err error) bool {
	_, ok := errors.AsType[*NoNodeError](err)
	return ok
}

// evict deletes a victim, after noting in it for whom.
func (s *Scheduler) evict(ctx context.Context, victim, preemptor *corev1.Pod) error {
	pods := client.Of[corev1.Pod](s.client).In(victim.Namespace)
	_, err := pods.Subresource("status").Modify(ctx, victim.Name, func(p *corev1.Pod) error {
		if p.UID != victim.UID {
			return errReplaced
		}
		setCondition(&p.Status.Conditions, corev1.PodCondition{
			Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, Reason: corev1.PodReasonPreemptionByScheduler,
			Message: fmt.Sprintf("%s: preempting to accommodate a higher priority pod", s.opts.Name),
		})
		return nil
	})
	if err == nil {
		err = pods.Delete(ctx, victim.Name, meta.DeleteOptions{Preconditions: &meta.Preconditions{UID: &victim.UID}})
	}
	if err != nil && (meta.IsNotFound(err) || errors.Is(err, errReplaced)) {
		return nil
	}
	s.events.Normal(victim, "Preempted", "Preempted by pod %s on node %s", preemptor.UID, victim.Spec.NodeName)
	return err
}

func has(conditions []corev1.PodCondition, want corev1.PodCondition) bool {
	for _, c := range conditions {
		if c.Type == want.Type {
			return c.Status == want.Status && c.Reason == want.Reason && c.Message == want.Message
		}
	}
	return false
}

func setCondition(conditions *[]corev1.PodCondition, want corev1.PodCondition) {
	want.LastTransitionTime = meta.Now()
	for i := range *conditions {
		c := &(*conditions)[i]
		if c.Type == want.Type {
			if c.Status == want.Status {
				want.LastTransitionTime = c.LastTransitionTime
			}
			want.ObservedGeneration = c.ObservedGeneration
			*c = want
			return
		}
	}
	*conditions = append(*conditions, want)
}

package job

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Options tunes a [Controller]. The zero value works.
type Options struct {
	workload.Options
	// Backoff is the wait between the first failure of a Pod and the next try;
	// it doubles with each further one, up to ten minutes. Zero is 10 s.
	Backoff time.Duration
}

// Controller runs the Jobs of a server.
type Controller struct {
	loop    *controller.Controller[client.Key]
	orphans *controller.Controller[client.Key] // of Pods
	c       client.Client
	jobs    *client.Cache[batchv1.Job]
	pods    *workload.Pods
	opts    Options
	// What was written last, until the caches show it.
	wroteJobs *workload.Behind[batchv1.Job, *batchv1.Job]
	wrotePods *workload.Behind[corev1.Pod, *corev1.Pod]

	mu      sync.Mutex
	streaks map[meta.UID]Streak // by Job; lost at a restart, which forgives
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts Options) *Controller {
	const name = "job-controller"
	opts.Options = opts.WithDefaults()
	opts.Events = opts.Events.For(name)
	if opts.Backoff <= 0 {
		opts.Backoff = 10 * time.Second
	}
	c := &Controller{
		c: caches.Client(), opts: opts, streaks: map[meta.UID]Streak{},
		jobs: client.CacheOf[batchv1.Job](caches),
		pods: workload.NewPods(caches, jobKind, opts.Events),
	}
	c.wroteJobs = workload.NewBehind(c.jobs)
	c.wrotePods = workload.NewBehind(c.pods.Cache)
	c.loop = controller.New(name, c.reconcile, opts.Loop())
	controller.Watch(c.loop, c.jobs, controller.Self[batchv1.Job])
	controller.Watch(c.loop, c.pods.Cache, workload.Claimants[batchv1.Job, corev1.Pod](c.jobs, jobKind.GroupKind(), selector))
	c.orphans = controller.New(name+" orphans", c.releaseOrphan, opts.Loop())
	controller.Watch(c.orphans, c.pods.Cache, c.orphaned)
	controller.WatchChanges(c.orphans, c.jobs, c.leftBy, func(_, j *batchv1.Job) bool { return Finished(j) != nil })
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error {
	group := controller.Group{Logger: c.opts.Logger}
	group.Add(c.loop.Name(), c.loop.Run)
	group.Add(c.orphans.Name(), c.orphans.Run)
	return group.Run(ctx)
}

func selector(j *batchv1.Job) labels.Selector { return workload.SelectorOf(j.Spec.Selector) }

// managed reports whether a Job is left to this controller.
func managed(j *batchv1.Job) bool {
	return j.Spec.ManagedBy == nil || *j.Spec.ManagedBy == batchv1.JobControllerName
}

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	// On a state from before one's own last write Pods would be made or counted
	// twice.
	if !c.pods.Settled(key) || !c.wrotePods.Settled(key) || !c.wroteJobs.Settled(key) {
		return controller.Result{After: workload.Unsettled}, nil
	}
	j, ok := c.jobs.GetKey(key)
	if !ok {
		c.pods.Forget(key)
		c.wrotePods.Forget(key)
		c.wroteJobs.Forget(key)
		return controller.Result{}, nil
	}
	if !managed(j) || Finished(j) != nil {
		c.setStreak(j.UID, Streak{})
		return controller.Result{}, nil
	}
	pods, err := c.pods.Claim(ctx, workload.Owner{Object: j, Kind: jobKind, Selector: selector(j), Finalizer: batchv1.JobTrackingFinalizer})
	if err != nil {
		return controller.Result{}, err
	}
	s := Look(View{Job: j, Pods: pods, Streak: c.streak(j.UID), Now: c.opts.Now(), Backoff: c.opts.Backoff})
	failed := c.carryOut(ctx, j, s)
	return controller.Result{After: s.After}, errors.Join(failed, c.account(ctx, j, s))
}

func (c *Controller) streak(job meta.UID) Streak {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.streaks[job]
}

func (c *Controller) setStreak(job meta.UID, s Streak) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s == (Streak{}) {
		delete(c.streaks, job)
		return
	}
	c.streaks[job] = s
}

// carryOut makes and deletes Pods.
func (c *Controller) carryOut(ctx context.Context, j *batchv1.Job, s *Sync) error {
	created, err1 := workload.SlowStart(len(s.Create), func(i int) error { return c.pods.Create(ctx, j, s.Create[i]) })
	deleted, err2 := workload.All(len(s.Delete), func(i int) error {
		// Without the finalizer it is not counted: the Job does not want it any
		// more, so it has not failed.
		if tracked(s.Delete[i]) {
			if err := c.untrack(ctx, client.KeyOf(j), s.Delete[i]); err != nil {
				return err
			}
		}
		return c.pods.Delete(ctx, j, s.Delete[i])
	})
	stopped, err3 := workload.All(len(s.Stop), func(i int) error { return c.pods.Delete(ctx, j, s.Stop[i]) })
	s.Did(created, deleted, stopped)
	return errors.Join(workload.IgnoreTerminating(err1), err2, err3)
}

// account writes the status, takes finalizers off and writes it again.
func (c *Controller) account(ctx context.Context, j *batchv1.Job, s *Sync) error {
	j, err := c.writeStatus(ctx, j, s.Status)
	if err != nil {
		return err
	}
	c.setStreak(j.UID, s.Next)
	switch {
	case s.Suspended:
		c.opts.Events.Normal(j, "Suspended", "Job suspended")
	case s.Resumed:
		c.opts.Events.Normal(j, "Resumed", "Job resumed")
	}
	var mu sync.Mutex
	var released []*corev1.Pod
	_, failed := workload.All(len(s.Counted), func(i int) error {
		if err := c.untrack(ctx, client.KeyOf(j), s.Counted[i]); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		released = append(released, s.Counted[i])
		return nil
	})
	if s.Released(released) {
		if j, err = c.writeStatus(ctx, j, s.Status); err != nil {
			return errors.Join(failed, err)
		}
	}
	if s.Ended != nil {
		c.tellEnd(j, s.Ended)
	}
	return failed
}

func (c *Controller) tellEnd(j *batchv1.Job, end *batchv1.JobCondition) {
	if end.Type == batchv1.JobFailed {
		c.opts.Events.Warning(j, end.Reason, "%s", end.Message)
		return
	}
	if j.Spec.Completions != nil && j.Status.Succeeded > *j.Spec.Completions {
		c.opts.Events.Warning(j, "TooManySucceededPods", "Too many succeeded pods running after completion count reached")
	}
	c.opts.Events.Normal(j, "Completed", "Job completed")
}

// writeStatus writes a status, unless it is there, and returns the Job that has
// it. A Job that is gone has every status.
func (c *Controller) writeStatus(ctx context.Context, j *batchv1.Job, status batchv1.JobStatus) (*batchv1.Job, error) {
	if codec.Equal(&status, &j.Status) {
		return j, nil
	}
	next := codec.DeepCopy(j)
	next.Status = *codec.DeepCopy(&status)
	err := client.Of[batchv1.Job](c.c).In(j.Namespace).UpdateStatus(ctx, next)
	if meta.IsNotFound(err) {
		return j, nil
	}
	if err != nil {
		return nil, fmt.Errorf("status: %w", err)
	}
	c.wroteJobs.Wrote(client.KeyOf(j), next)
	return next, nil
}

// untrack takes the finalizer off a Pod.
func (c *Controller) untrack(ctx context.Context, job client.Key, pod *corev1.Pod) error {
	data, err := codec.MarshalJSON(map[string]any{"metadata": map[string]any{
		"uid": string(pod.UID), "$deleteFromPrimitiveList/finalizers": []any{batchv1.JobTrackingFinalizer},
	}})
	if err != nil {
		return err
	}
	patched, err := client.Of[corev1.Pod](c.c).In(pod.Namespace).Patch(ctx, pod.Name, client.Patch{Type: client.StrategicPatch, Data: data})
	switch {
	case meta.IsNotFound(err), meta.IsInvalid(err):
		// Gone, or another Pod has the name now.
		return nil
	case err != nil:
		return fmt.Errorf("take the finalizer off pod %s: %w", pod.Name, err)
	}
	if job != (client.Key{}) {
		c.wrotePods.Wrote(job, patched)
	}
	return nil
}

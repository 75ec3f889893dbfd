package cronjob

import (
	"context"
	"errors"
	"fmt"
	"slices"
	_ "time/tzdata" // names of zones mean the same on machines that have no such files

	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Controller starts the Jobs of the CronJobs of a server.
type Controller struct {
	loop  *controller.Controller[client.Key]
	c     client.Client
	crons *client.Cache[batchv1.CronJob]
	jobs  *client.Cache[batchv1.Job]
	// What was written last, until the caches show it.
	wroteCrons *workload.Behind[batchv1.CronJob, *batchv1.CronJob]
	wroteJobs  *workload.Behind[batchv1.Job, *batchv1.Job]
	opts       workload.Options
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts workload.Options) *Controller {
	const name = "cronjob-controller"
	opts = opts.WithDefaults()
	opts.Events = opts.Events.For(name)
	c := &Controller{
		c: caches.Client(), opts: opts,
		crons: client.CacheOf[batchv1.CronJob](caches),
		jobs:  client.CacheOf(caches, client.CacheOptions[batchv1.Job]{Indexers: map[string]func(*batchv1.Job) []string{client.ControllerIndex: client.ControllerUID[batchv1.Job]}}),
	}
	c.wroteCrons = workload.NewBehind(c.crons)
	c.wroteJobs = workload.NewBehind(c.jobs)
	c.loop = controller.New(name, c.reconcile, opts.Loop())
	controller.Watch(c.loop, c.crons, controller.Self[batchv1.CronJob])
	controller.Watch(c.loop, c.jobs, controller.Controlled[batchv1.Job](cronJobKind.GroupKind()))
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error { return c.loop.Run(ctx) }

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	if !c.wroteCrons.Settled(key) || !c.wroteJobs.Settled(key) {
		return controller.Result{After: workload.Unsettled}, nil
	}
	cj, ok := c.crons.GetKey(key)
	if !ok {
		c.wroteCrons.Forget(key)
		c.wroteJobs.Forget(key)
		return controller.Result{}, nil
	}
	plan := Decide(View{CronJob: cj, Jobs: c.jobs.ByIndex(client.ControllerIndex, string(cj.UID)), Now: c.opts.Now()})
	for _, n := range plan.Notes {
		c.opts.Events.Record(controller.Note{About: cj, Type: n.Type, Reason: n.Reason, Message: n.Message})
	}
	var errs []error
	for _, j := range plan.Delete {
		errs = append(errs, c.remove(ctx, cj, j))
	}
	if err := errors.Join(errs...); err != nil {
		// One that is to be replaced must be gone before the next is made.
		return controller.Result{}, err
	}
	if plan.Start != nil {
		if err := c.start(ctx, cj, plan.Start, &plan.Status); err != nil {
			return controller.Result{}, err
		}
	}
	return controller.Result{After: plan.After}, c.writeStatus(ctx, cj, plan.Status)
}

// start makes a Job and lists it in the status.
func (c *Controller) start(ctx context.Context, cj *batchv1.CronJob, j *batchv1.Job, status *batchv1.CronJobStatus) error {
	jobs := client.Of[batchv1.Job](c.c).In(cj.Namespace)
	name := j.Name
	err := jobs.Create(ctx, j)
	switch {
	case err == nil:
		c.opts.Events.Normal(cj, "SuccessfulCreate", "Created job %s", name)
	case meta.IsAlreadyExists(err):
		// Made by a look that could not write the status; or somebody else's.
		if j, err = jobs.Get(ctx, name); err != nil {
			return err
		}
		if ref := meta.ControllerOf(j); ref == nil || ref.UID != cj.UID {
			return fmt.Errorf("job %s exists already and is not of this CronJob", name)
		}
	case meta.HasCause(err, corev1.NamespaceTerminatingCause):
		return controller.Terminal(err)
	default:
		if ctx.Err() == nil {
			c.opts.Events.Warning(cj, "FailedCreate", "Error creating job: %v", err)
		}
		return fmt.Errorf("job %s: %w", name, err)
	}
	c.wroteJobs.Wrote(client.KeyOf(cj), j)
	if !slices.ContainsFunc(status.Active, func(ref corev1.ObjectReference) bool { return ref.UID == j.UID }) {
		status.Active = append(status.Active, reference(j))
	}
	return nil
}

func (c *Controller) remove(ctx context.Context, cj *batchv1.CronJob, j *batchv1.Job) error {
	background := meta.DeletePropagationBackground
	err := client.Of[batchv1.Job](c.c).In(j.Namespace).Delete(ctx, j.Name, meta.DeleteOptions{
		PropagationPolicy: &background, Preconditions: &meta.Preconditions{UID: &j.UID},
	})
	switch {
	case err == nil:
		c.opts.Events.Normal(cj, "SuccessfulDelete", "Deleted job %s", j.Name)
	case meta.IsNotFound(err), meta.IsConflict(err):
		return nil
	case ctx.Err() == nil:
		c.opts.Events.Warning(cj, "FailedDelete", "Deleted job: %v", err)
	}
	return err
}

// writeStatus writes a status, unless it is there.
func (c *Controller) writeStatus(ctx context.Context, cj *batchv1.CronJob, status batchv1.CronJobStatus) error {
	if codec.Equal(&status, &cj.Status) {
		return nil
	}
	next := codec.DeepCopy(cj)
	next.Status = status
	return c.wroteCrons.UpdateStatus(ctx, c.c, next)
}

package ttlafterfinished

import (
	"context"
	"time"

	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/job"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Controller deletes finished Jobs when their time is over.
type Controller struct {
	loop *controller.Controller[client.Key]
	jobs *client.Cache[batchv1.Job]
	c    client.Client
	now  func() time.Time
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts workload.Options) *Controller {
	opts = opts.WithDefaults()
	c := &Controller{c: caches.Client(), jobs: client.CacheOf[batchv1.Job](caches), now: opts.Now}
	c.loop = controller.New("ttl-after-finished-controller", c.reconcile, opts.Loop())
	controller.Watch(c.loop, c.jobs, mortal)
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error { return c.loop.Run(ctx) }

// mortal maps a Job to itself if it is to be deleted some time.
func mortal(j *batchv1.Job) []client.Key {
	if j.Spec.TTLSecondsAfterFinished == nil || job.Finished(j) == nil || j.DeletionTimestamp != nil {
		return nil
	}
	return []client.Key{client.KeyOf(j)}
}

// Left returns how long a Job still has. Ok is false for one that is not to be
// deleted.
func Left(j *batchv1.Job, now time.Time) (left time.Duration, ok bool) {
	if len(mortal(j)) == 0 {
		return 0, false
	}
	ttl := time.Duration(*j.Spec.TTLSecondsAfterFinished) * time.Second
	return max(job.Finished(j).LastTransitionTime.Add(ttl).Sub(now), 0), true
}

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	j, ok := c.jobs.GetKey(key)
	if !ok {
		return controller.Result{}, nil
	}
	left, ok := Left(j, c.now())
	if !ok || left > 0 {
		return controller.Result{After: left}, nil
	}
	// Somebody may have given it more time, which the cache does not show yet.
	jobs := client.Of[batchv1.Job](c.c).In(key.Namespace)
	j, err := jobs.Get(ctx, key.Name)
	if err != nil {
		return controller.Result{}, client.IgnoreNotFound(err)
	}
	left, ok = Left(j, c.now())
	if !ok || left > 0 {
		return controller.Result{After: left}, nil
	}
	foreground := meta.DeletePropagationForeground
	return controller.Result{}, client.IgnoreNotFound(jobs.Delete(ctx, key.Name, meta.DeleteOptions{
		PropagationPolicy: &foreground,
		Preconditions:     &meta.Preconditions{UID: &j.UID, ResourceVersion: &j.ResourceVersion},
	}))
}

package certificates

import (
	"context"
	"time"

	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// keepPodRequest is how long a request for a Pod is kept: its kubelet fetches the
// certificate within moments, and asks again where nobody has answered.
const keepPodRequest = 15 * time.Minute

// PodCleaner deletes requests for certificates of Pods that nobody needs any more.
type PodCleaner struct {
	loop     *controller.Controller[client.Key]
	c        client.Client
	requests *client.Cache[certificatesv1.PodCertificateRequest]
	now      func() time.Time
}

// NewPodCleaner returns the controller. It starts nothing; call Run, and run the
// caches.
func NewPodCleaner(caches *client.Caches, opts workload.Options) *PodCleaner {
	opts = opts.WithDefaults()
	c := &PodCleaner{c: caches.Client(), requests: client.CacheOf[certificatesv1.PodCertificateRequest](caches), now: opts.Now}
	c.loop = controller.New("podcertificaterequest-cleaner-controller", c.reconcile, opts.Loop())
	controller.Watch(c.loop, c.requests, controller.Self[certificatesv1.PodCertificateRequest])
	return c
}

// Run works until ctx ends.
func (c *PodCleaner) Run(ctx context.Context) error { return c.loop.Run(ctx) }

func (c *PodCleaner) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	request, ok := c.requests.GetKey(key)
	if !ok || request.DeletionTimestamp != nil {
		return controller.Result{}, nil
	}
	if left := podRequestLeft(request, c.now()); left > 0 {
		return controller.Result{After: left}, nil
	}
	err := client.Of[certificatesv1.PodCertificateRequest](c.c).In(request.Namespace).Delete(ctx, request.Name, meta.DeleteOptions{
		Preconditions: &meta.Preconditions{UID: &request.UID},
	})
	if meta.IsNotFound(err) || meta.IsConflict(err) {
		return controller.Result{}, nil
	}
	return controller.Result{}, err
}

// podRequestLeft returns how long the request is still kept.
func podRequestLeft(request *certificatesv1.PodCertificateRequest, now time.Time) time.Duration {
	return request.CreationTimestamp.Add(keepPodRequest).Sub(now)
}

package certificates

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"time"

	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// How long requests are kept: decided ones so that who asked can fetch the
// certificate, others so that people can decide.
const (
	keepDecided = time.Hour
	keepPending = 24 * time.Hour
)

// Cleaner deletes requests that nobody needs any more.
type Cleaner struct {
	loop     *controller.Controller[client.Key]
	c        client.Client
	requests *client.Cache[certificatesv1.CertificateSigningRequest]
	now      func() time.Time
}

// NewCleaner returns the controller. It starts nothing; call Run, and run the
// caches.
func NewCleaner(caches *client.Caches, opts workload.Options) *Cleaner {
	opts = opts.WithDefaults()
	c := &Cleaner{c: caches.Client(), requests: client.CacheOf[certificatesv1.CertificateSigningRequest](caches), now: opts.Now}
	c.loop = controller.New("certificatesigningrequest-cleaner-controller", c.reconcile, opts.Loop())
	controller.Watch(c.loop, c.requests, controller.Self[certificatesv1.CertificateSigningRequest])
	return c
}

// Run works until ctx ends.
func (c *Cleaner) Run(ctx context.Context) error { return c.loop.Run(ctx) }

func (c *Cleaner) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	request, ok := c.requests.GetKey(key)
	if !ok || request.DeletionTimestamp != nil {
		return controller.Result{}, nil
	}
	if left := Left(request, c.now()); left > 0 {
		return controller.Result{After: left}, nil
	}
	err := client.Of[certificatesv1.CertificateSigningRequest](c.c).Delete(ctx, request.Name, meta.DeleteOptions{
		Preconditions: &meta.Preconditions{UID: &request.UID},
	})
	if meta.IsNotFound(err) || meta.IsConflict(err) {
		return controller.Result{}, nil
	}
	return controller.Result{}, err
}

// Left returns how long the request is still kept.
func Left(request *certificatesv1.CertificateSigningRequest, now time.Time) time.Duration {
	end := request.CreationTimestamp.Add(keepPending)
	for i := range request.Status.Conditions {
		c := &request.Status.Conditions[i]
		switch c.Type {
		case certificatesv1.CertificateApproved, certificatesv1.CertificateDenied, certificatesv1.CertificateFailed:
			if at := c.LastUpdateTime.Add(keepDecided); at.Before(end) {
				end = at
			}
		}
	}
	// A certificate that has ended is of no use, however young the request is.
	if block, _ := pem.Decode(request.Status.Certificate); block != nil {
		if issued, err := x509.ParseCertificate(block.Bytes); err == nil && issued.NotAfter.Before(end) {
			end = issued.NotAfter
		}
	}
	return end.Sub(now)
}

package certificates

import (
	"time"

	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// keepPodRequest is how long a request for a Pod is kept: its kubelet fetches the
// certificate within moments, and asks again where nobody has answered.
const keepPodRequest = 15 * time.Minute

// NewPodCleaner returns the controller that deletes requests for certificates of
// Pods that nobody needs any more. It starts nothing; call Run, and run the caches.
func NewPodCleaner(caches *client.Caches, opts workload.Options) *workload.Cleaner[certificatesv1.PodCertificateRequest, *certificatesv1.PodCertificateRequest] {
	return workload.NewCleaner("podcertificaterequest-cleaner-controller", caches.Client(), client.CacheOf[certificatesv1.PodCertificateRequest](caches), opts,
		func(r *certificatesv1.PodCertificateRequest, now time.Time) (time.Duration, bool) {
			return podRequestLeft(r, now), true
		})
}

// podRequestLeft returns how long the request is still kept.
func podRequestLeft(request *certificatesv1.PodCertificateRequest, now time.Time) time.Duration {
	return request.CreationTimestamp.Add(keepPodRequest).Sub(now)
}

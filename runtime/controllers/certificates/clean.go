package certificates

import (
	"crypto/x509"
	"encoding/pem"
	"time"

	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// How long requests are kept: decided ones so that who asked can fetch the
// certificate, others so that people can decide.
const (
	keepDecided = time.Hour
	keepPending = 24 * time.Hour
)

// NewCleaner returns the controller that deletes requests that nobody needs any
// more. It starts nothing; call Run, and run the caches.
func NewCleaner(caches *client.Caches, opts workload.Options) *workload.Cleaner[certificatesv1.CertificateSigningRequest, *certificatesv1.CertificateSigningRequest] {
	return workload.NewCleaner("certificatesigningrequest-cleaner-controller", caches.Client(), client.CacheOf[certificatesv1.CertificateSigningRequest](caches), opts,
		func(r *certificatesv1.CertificateSigningRequest, now time.Time) (time.Duration, bool) {
			return Left(r, now), true
		})
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

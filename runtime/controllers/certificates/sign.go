package certificates

import (
	"context"
	"crypto/x509"
	"time"

	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth/pki"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// SignerOptions tunes a [Signer].
type SignerOptions struct {
	workload.Options
	// Authority signs. Without one nothing is signed.
	Authority *pki.Authority
	// Life is how long certificates live whose request does not say, and at most.
	// Zero is a year.
	Life time.Duration
}

// Signer signs approved requests.
type Signer struct {
	loop     *controller.Controller[client.Key]
	c        client.Client
	requests *client.Cache[certificatesv1.CertificateSigningRequest]
	opts     SignerOptions
}

// NewSigner returns the controller. It starts nothing; call Run, and run the
// caches.
func NewSigner(caches *client.Caches, opts SignerOptions) *Signer {
	opts.Options = opts.Options.WithDefaults()
	if opts.Life <= 0 {
		opts.Life = 365 * 24 * time.Hour
	}
	s := &Signer{c: caches.Client(), opts: opts}
	if opts.Authority == nil {
		return s
	}
	s.requests = client.CacheOf[certificatesv1.CertificateSigningRequest](caches)
	s.loop = controller.New("certificatesigningrequest-signing-controller", s.reconcile, opts.Loop())
	controller.Watch(s.loop, s.requests, controller.Self[certificatesv1.CertificateSigningRequest])
	return s
}

// Run works until ctx ends.
func (s *Signer) Run(ctx context.Context) error {
	if s.loop == nil {
		<-ctx.Done()
		return nil
	}
	return s.loop.Run(ctx)
}

func (s *Signer) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	request, ok := s.requests.GetKey(key)
	if !ok || len(request.Status.Certificate) > 0 || !has(request, certificatesv1.CertificateApproved) ||
		has(request, certificatesv1.CertificateDenied) || has(request, certificatesv1.CertificateFailed) {
		return controller.Result{}, nil
	}
	check, ok := checks[request.Spec.SignerName]
	if !ok {
		return controller.Result{}, nil // somebody else's
	}
	next := codec.DeepCopy(request)
	asked, err := certificatesv1.ParseRequest(request.Spec.Request)
	if err == nil {
		err = check(asked, request.Spec.Usages)
	}
	if err == nil {
		err = asked.CheckSignature()
	}
	if err != nil {
		next.Status.Conditions = append(next.Status.Conditions, certificatesv1.CertificateSigningRequestCondition{
			Type: certificatesv1.CertificateFailed, Status: corev1.ConditionTrue, Reason: "SignerValidationFailure", Message: err.Error(),
		})
	} else if next.Status.Certificate, err = s.sign(asked, &request.Spec); err != nil {
		return controller.Result{}, err
	}
	err = client.Of[certificatesv1.CertificateSigningRequest](s.c).UpdateStatus(ctx, next)
	if meta.IsNotFound(err) {
		return controller.Result{}, nil
	}
	return controller.Result{}, err
}

func (s *Signer) sign(asked *x509.CertificateRequest, spec *certificatesv1.CertificateSigningRequestSpec) ([]byte, error) {
	template := x509.Certificate{
		Subject: asked.Subject, DNSNames: asked.DNSNames, IPAddresses: asked.IPAddresses, EmailAddresses: asked.EmailAddresses, URIs: asked.URIs,
	}
	for _, u := range spec.Usages {
		template.KeyUsage |= keyUsages[u]
		if extended, ok := extendedUsages[u]; ok {
			template.ExtKeyUsage = append(template.ExtKeyUsage, extended)
		}
	}
	life := s.opts.Life
	if spec.ExpirationSeconds != nil {
		// Shorter than ten minutes is of no use to anybody: clocks differ.
		life = min(life, max(time.Duration(*spec.ExpirationSeconds)*time.Second, 10*time.Minute))
	}
	return s.opts.Authority.Sign(template, asked.PublicKey, life, s.opts.Now())
}

var keyUsages = map[certificatesv1.KeyUsage]x509.KeyUsage{
	certificatesv1.UsageSigning:           x509.KeyUsageDigitalSignature,
	certificatesv1.UsageDigitalSignature:  x509.KeyUsageDigitalSignature,
	certificatesv1.UsageContentCommitment: x509.KeyUsageContentCommitment,
	certificatesv1.UsageKeyEncipherment:   x509.KeyUsageKeyEncipherment,
	certificatesv1.UsageKeyAgreement:      x509.KeyUsageKeyAgreement,
	certificatesv1.UsageDataEncipherment:  x509.KeyUsageDataEncipherment,
	certificatesv1.UsageCertSign:          x509.KeyUsageCertSign,
	certificatesv1.UsageCRLSign:           x509.KeyUsageCRLSign,
	certificatesv1.UsageEncipherOnly:      x509.KeyUsageEncipherOnly,
	certificatesv1.UsageDecipherOnly:      x509.KeyUsageDecipherOnly,
}

var extendedUsages = map[certificatesv1.KeyUsage]x509.ExtKeyUsage{
	certificatesv1.UsageAny:             x509.ExtKeyUsageAny,
	certificatesv1.UsageServerAuth:      x509.ExtKeyUsageServerAuth,
	certificatesv1.UsageClientAuth:      x509.ExtKeyUsageClientAuth,
	certificatesv1.UsageCodeSigning:     x509.ExtKeyUsageCodeSigning,
	certificatesv1.UsageEmailProtection: x509.ExtKeyUsageEmailProtection,
	certificatesv1.UsageSMIME:           x509.ExtKeyUsageEmailProtection,
	certificatesv1.UsageIPsecEndSystem:  x509.ExtKeyUsageIPSECEndSystem,
	certificatesv1.UsageIPsecTunnel:     x509.ExtKeyUsageIPSECTunnel,
	certificatesv1.UsageIPsecUser:       x509.ExtKeyUsageIPSECUser,
	certificatesv1.UsageTimestamping:    x509.ExtKeyUsageTimeStamping,
	certificatesv1.UsageOCSPSigning:     x509.ExtKeyUsageOCSPSigning,
	certificatesv1.UsageMicrosoftSGC:    x509.ExtKeyUsageMicrosoftServerGatedCrypto,
	certificatesv1.UsageNetscapeSGC:     x509.ExtKeyUsageNetscapeServerGatedCrypto,
}

package volume

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// podCertificates are the certificates of Pods. Their keys are nowhere else but in
// the volumes: a kubelet that comes back asks for new ones. Safe for concurrent use.
type podCertificates struct {
	mu    sync.Mutex
	known map[certificateKey]*podCertificate
}

// certificateKey names a source of a projected volume.
type certificateKey struct {
	pod    meta.UID
	volume string
	source int
}

// podCertificate is one of them. Whoever mounts its volume has it alone.
type podCertificate struct {
	key, chain       string // PEM; "": there is none yet
	refresh, expires time.Time
	asked            string // name of the request that is under way; "": none
	askedKey         string // PEM
	refused          error  // for good
}

func newPodCertificates() *podCertificates {
	return &podCertificates{known: map[certificateKey]*podCertificate{}}
}

func (c *podCertificates) of(key certificateKey) *podCertificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known[key] == nil {
		c.known[key] = &podCertificate{}
	}
	return c.known[key]
}

func (c *podCertificates) forget(pod meta.UID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.known, func(key certificateKey, _ *podCertificate) bool { return key.pod == pod })
}

const (
	// signerPatience is how long one try waits for the signer; the next one goes on
	// to wait for the same request.
	signerPatience = 20 * time.Second
	// certificateLife is asked for where a volume does not say.
	certificateLife = int32(24 * 60 * 60)
)

// addCertificate adds a key and the certificate that a signer has made for it.
func addCertificate(ctx context.Context, r *Request, to *files, index int, source *corev1.PodCertificateProjection) error {
	c := r.manager.certificates.of(certificateKey{r.Pod.UID, r.Volume.Name, index})
	if now := time.Now(); c.chain == "" || !now.Before(c.refresh) {
		if err := c.renew(ctx, r, source); err != nil {
			if c.chain == "" || now.After(c.expires) {
				return err
			}
			r.Log.WarnContext(ctx, "certificate of a Pod not renewed", "namespace", r.Pod.Namespace, "pod", r.Pod.Name, "signer", source.SignerName, "error", err)
			to.sooner(now.Add(renewalRetry))
		}
	}
	if time.Now().Before(c.refresh) {
		to.sooner(c.refresh)
	}
	mode, user := privateTo(r, to, source.User)
	for _, file := range []struct{ path, content string }{
		{source.CredentialBundlePath, c.key + c.chain}, {source.KeyPath, c.key}, {source.CertificateChainPath, c.chain},
	} {
		if file.path != "" {
			to.add(file.path, []byte(file.content), &mode, user)
		}
	}
	return nil
}

// renew asks for a certificate, or goes on to wait for the one that was asked for.
func (c *podCertificate) renew(ctx context.Context, r *Request, source *corev1.PodCertificateProjection) error {
	if c.refused != nil {
		return c.refused
	}
	requests := client.Of[certificatesv1.PodCertificateRequest](r.Client).In(r.Pod.Namespace)
	if c.asked == "" {
		request, key, err := certificateRequest(ctx, r, source)
		if err != nil {
			return err
		}
		if err := requests.Create(ctx, request); err != nil {
			return fmt.Errorf("failed to create PodCertificateRequest: %w", err)
		}
		c.asked, c.askedKey = request.Name, key
	}
	deadline := time.Now().Add(signerPatience)
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		request, err := requests.Get(ctx, c.asked)
		if meta.IsNotFound(err) {
			name := c.asked
			c.asked = ""
			return fmt.Errorf("PodCertificateRequest %s/%s was deleted before it was answered", r.Pod.Namespace, name)
		}
		if err != nil {
			return err
		}
		if done, err := c.take(request); done || err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("PodCertificateRequest %s/%s is not yet answered by signer %s", r.Pod.Namespace, c.asked, source.SignerName)
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
}

// take makes what a signer has answered the certificate, and reports whether it has
// answered.
func (c *podCertificate) take(request *certificatesv1.PodCertificateRequest) (done bool, err error) {
	for i := range request.Status.Conditions {
		condition := &request.Status.Conditions[i]
		switch condition.Type {
		case certificatesv1.PodCertificateIssued:
			s := &request.Status
			if s.BeginRefreshAt == nil || s.NotAfter == nil || s.CertificateChain == "" {
				continue
			}
			*c = podCertificate{key: c.askedKey, chain: s.CertificateChain, refresh: s.BeginRefreshAt.Time, expires: s.NotAfter.Time}
			return true, nil
		case certificatesv1.PodCertificateDenied, certificatesv1.PodCertificateFailed:
			err := fmt.Errorf("PodCertificateRequest %s/%s: %s, reason=%q message=%q", request.Namespace, request.Name, condition.Type, condition.Reason, condition.Message)
			if c.chain == "" {
				c.refused = err // the Pod has to be made anew: asking again and again is of no use
			}
			c.asked, c.askedKey = "", ""
			return true, err
		}
	}
	return false, nil
}

// certificateRequest makes a key, and asks for a certificate for it in the Pod's name.
func certificateRequest(ctx context.Context, r *Request, source *corev1.PodCertificateProjection) (request *certificatesv1.PodCertificateRequest, key string, err error) {
	private, err := newKey(source.KeyType)
	if err != nil {
		return nil, "", err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, "", err
	}
	stub, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, private)
	if err != nil {
		return nil, "", err
	}
	account, err := client.Of[corev1.ServiceAccount](r.Client).In(r.Pod.Namespace).Get(ctx, accountOf(r.Pod))
	if err != nil {
		return nil, "", fmt.Errorf("service account of the Pod: %w", err)
	}
	node, err := r.Node(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("node of the Pod: %w", err)
	}
	life := certificateLife
	if source.MaxExpirationSeconds != nil {
		life = *source.MaxExpirationSeconds
	}
	request = &certificatesv1.PodCertificateRequest{
		ObjectMeta: meta.ObjectMeta{
			Namespace: r.Pod.Namespace, GenerateName: "req-",
			OwnerReferences: []meta.OwnerReference{{APIVersion: "v1", Kind: "Pod", Name: r.Pod.Name, UID: r.Pod.UID}},
		},
		Spec: certificatesv1.PodCertificateRequestSpec{
			SignerName: source.SignerName, PodName: r.Pod.Name, PodUID: r.Pod.UID, ServiceAccountName: account.Name, ServiceAccountUID: account.UID,
			NodeName: meta.NodeName(r.NodeName), NodeUID: node.UID, MaxExpirationSeconds: &life, StubPKCS10Request: stub,
			UnverifiedUserAnnotations: maps.Clone(source.UserAnnotations),
		},
	}
	return request, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), nil
}

// newKey makes a private key of a kind that volumes may name.
func newKey(kind string) (crypto.Signer, error) {
	bits := map[string]int{"RSA3072": 3072, "RSA4096": 4096}
	curves := map[string]elliptic.Curve{"ECDSAP256": elliptic.P256(), "ECDSAP384": elliptic.P384(), "ECDSAP521": elliptic.P521()}
	switch {
	case kind == "ED25519":
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	case bits[kind] > 0:
		return rsa.GenerateKey(rand.Reader, bits[kind])
	case curves[kind] != nil:
		return ecdsa.GenerateKey(curves[kind], rand.Reader)
	}
	return nil, errors.New("unknown kind of key: " + kind + ", there are " + fmt.Sprint(append(slices.Sorted(maps.Keys(bits)), append(slices.Sorted(maps.Keys(curves)), "ED25519")...)))
}

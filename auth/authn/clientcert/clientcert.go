package clientcert

import (
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/kubenucleus/nucleus/auth"
)

// Options tunes an Authenticator. The zero value works.
type Options struct {
	Now func() time.Time // nil: time.Now
}

// Authenticator checks the certificate of the TLS connection that a request
// came on. The server must ask for one (tls.RequestClientCert); the check of
// the chain is done here, so that a bad certificate is answered with 401
// rather than a broken handshake.
type Authenticator struct {
	roots *x509.CertPool
	now   func() time.Time

	mu    sync.Mutex
	known map[[sha256.Size]byte]verified
}

// verified remembers a check: signatures cost more than most requests.
type verified struct {
	user  *auth.User
	until time.Time
}

// maxKnown bounds the memory of checks; clients that make a certificate for
// each connection must not fill it.
const maxKnown = 4096

// New returns an Authenticator of certificates signed by one of roots.
func New(roots *x509.CertPool, opts Options) *Authenticator {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Authenticator{roots: roots, now: opts.Now, known: map[[sha256.Size]byte]verified{}}
}

// Authenticate implements authn.Authenticator.
func (a *Authenticator) Authenticate(r *http.Request) (*auth.User, bool, error) {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil, false, nil
	}
	leaf, now := r.TLS.PeerCertificates[0], a.now()
	id := sha256.Sum256(leaf.Raw)
	a.mu.Lock()
	hit, ok := a.known[id]
	a.mu.Unlock()
	if ok && now.Before(hit.until) && !now.Before(leaf.NotBefore) {
		return hit.user, true, nil
	}

	intermediates := x509.NewCertPool()
	for _, c := range r.TLS.PeerCertificates[1:] {
		intermediates.AddCert(c)
	}
	chains, err := leaf.Verify(x509.VerifyOptions{
		Roots: a.roots, Intermediates: intermediates, CurrentTime: now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err != nil {
		return nil, false, fmt.Errorf("verifying certificate SN=%v, CN=%q: %w", leaf.SerialNumber, leaf.Subject.CommonName, err)
	}
	if leaf.Subject.CommonName == "" {
		return nil, false, nil
	}
	user := &auth.User{
		Name: leaf.Subject.CommonName, UID: uidOf(leaf.Subject), Groups: leaf.Subject.Organization,
		Extra: map[string][]string{"authentication.kubernetes.io/credential-id": {"X509SHA256=" + hex.EncodeToString(id[:])}},
	}
	until := leaf.NotAfter
	for _, c := range chains[0] {
		if c.NotAfter.Before(until) {
			until = c.NotAfter
		}
	}
	a.mu.Lock()
	if len(a.known) >= maxKnown {
		clear(a.known)
	}
	a.known[id] = verified{user, until}
	a.mu.Unlock()
	return user, true, nil
}

// uidAttribute is the subject attribute in which a certificate may carry the
// user's UID (KEP-1513).
var uidAttribute = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57683, 2}

func uidOf(subject pkix.Name) string {
	for _, n := range subject.Names {
		if n.Type.Equal(uidAttribute) {
			uid, _ := n.Value.(string)
			return uid
		}
	}
	return ""
}

package requestheader

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kubenucleus/nucleus/auth"
)

// Options say who the proxy is and where it puts the user. Names of headers are
// matched without regard to case.
type Options struct {
	// Roots sign the certificates of proxies.
	Roots *x509.CertPool
	// AllowedNames are the common names of proxies; none allows all that Roots sign.
	AllowedNames []string
	// UsernameHeaders are looked at in order; the first that is there counts. One at
	// least is needed.
	UsernameHeaders []string
	UIDHeaders      []string
	// GroupHeaders all count, with all their values.
	GroupHeaders []string
	// ExtraPrefixes begin headers whose rest names what more is known of the user.
	ExtraPrefixes []string
	Now           func() time.Time // nil: time.Now
}

// Authenticator is an authn.Authenticator. It is safe for concurrent use.
type Authenticator struct{ opts Options }

// New returns an Authenticator.
func New(opts Options) (*Authenticator, error) {
	switch {
	case opts.Roots == nil:
		return nil, errors.New("request header authenticator: there is nobody who vouches for proxies")
	case len(opts.UsernameHeaders) == 0:
		return nil, errors.New("request header authenticator: no header for the user name is given")
	}
	for _, h := range slices.Concat(opts.UsernameHeaders, opts.UIDHeaders, opts.GroupHeaders, opts.ExtraPrefixes) {
		if strings.TrimSpace(h) == "" {
			return nil, errors.New("request header authenticator: the name of a header is empty")
		}
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Authenticator{opts: opts}, nil
}

// Authenticate implements authn.Authenticator. A request that does not come from a
// proxy keeps its headers: they mean nothing then.
func (a *Authenticator) Authenticate(r *http.Request) (*auth.User, bool, error) {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil, false, nil
	}
	name := first(r.Header, a.opts.UsernameHeaders)
	if name == "" {
		return nil, false, nil
	}
	if err := a.checkProxy(r); err != nil {
		return nil, false, err
	}
	user := &auth.User{Name: name, UID: first(r.Header, a.opts.UIDHeaders)}
	for _, h := range a.opts.GroupHeaders {
		user.Groups = append(user.Groups, r.Header.Values(h)...)
	}
	for key, values := range r.Header {
		for _, prefix := range a.opts.ExtraPrefixes {
			if len(key) <= len(prefix) || !strings.EqualFold(key[:len(prefix)], prefix) {
				continue
			}
			rest := strings.ToLower(key[len(prefix):])
			if decoded, err := url.PathUnescape(rest); err == nil {
				rest = decoded
			}
			if user.Extra == nil {
				user.Extra = map[string][]string{}
			}
			user.Extra[rest] = append(user.Extra[rest], values...)
		}
	}
	return user, true, nil
}

// checkProxy verifies who sent the request. The certificate is the proxy's, not
// the user's, so it is not for other authenticators.
func (a *Authenticator) checkProxy(r *http.Request) error {
	leaf := r.TLS.PeerCertificates[0]
	intermediates := x509.NewCertPool()
	for _, c := range r.TLS.PeerCertificates[1:] {
		intermediates.AddCert(c)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{
		Roots: a.opts.Roots, Intermediates: intermediates, CurrentTime: a.opts.Now(),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}); err != nil {
		return fmt.Errorf("verifying certificate of proxy SN=%v, CN=%q: %w", leaf.SerialNumber, leaf.Subject.CommonName, err)
	}
	if len(a.opts.AllowedNames) > 0 && !slices.Contains(a.opts.AllowedNames, leaf.Subject.CommonName) {
		return fmt.Errorf("x509: subject with cn=%s is not in the allowed list", leaf.Subject.CommonName)
	}
	return nil
}

func first(h http.Header, names []string) string {
	for _, name := range names {
		if v := h.Get(name); v != "" {
			return v
		}
	}
	return ""
}

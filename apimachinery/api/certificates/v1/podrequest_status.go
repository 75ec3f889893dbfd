package certificatesv1

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// What a signer makes of a Pod's request: exactly one of these ends it.
const (
	PodCertificateIssued = "Issued"
	PodCertificateDenied = "Denied"
	PodCertificateFailed = "Failed"
)

func podRequestEnd(conditions []meta.Condition) string {
	for _, c := range conditions {
		switch c.Type {
		case PodCertificateIssued, PodCertificateDenied, PodCertificateFailed:
			return c.Type
		}
	}
	return ""
}

// podRequestStatus checks what a signer writes, once: a certificate that is what
// the rest of the status says of it, or why there is none.
func podRequestStatus(r, old *PodCertificateRequest) validate.Errors {
	p := rules.Status.Child("conditions")
	declared := validate.Declared(rules.Conditions(p, r.Status.Conditions))
	if errs := podRequestConditions(p, r.Status.Conditions); len(errs) > 0 {
		return append(errs, declared...)
	}
	if validate.Equal(r.Status, old.Status) {
		return declared
	}
	end, before := podRequestEnd(r.Status.Conditions), podRequestEnd(old.Status.Conditions)
	if end == "" || before != "" {
		return append(validate.Invalid(rules.Status, validate.Omitted, `status is immutable unless transitioning to "Issued", "Denied", or "Failed"`), declared...)
	}
	if end == PodCertificateIssued {
		return append(issued(&r.Spec, &r.Status), declared...)
	}
	return append(notIssued(&r.Status), declared...)
}

func podRequestConditions(p validate.Path, conditions []meta.Condition) validate.Errors {
	ended := false
	var errs validate.Errors
	for i, c := range conditions {
		at := p.Child(fmt.Sprintf("[%d]", i))
		switch c.Type {
		case PodCertificateIssued, PodCertificateDenied, PodCertificateFailed:
			errs = append(errs, rules.Must(!ended, at.Child("type"), c.Type, `There may be at most one condition with type "Issued", "Denied", or "Failed"`)...)
			ended = true
			errs = append(errs, validate.In(at.Child("status"), c.Status, meta.ConditionTrue)...)
		default:
			errs = append(errs, validate.NotSupported(at.Child("type"), c.Type, PodCertificateIssued, PodCertificateDenied, PodCertificateFailed)...)
		}
	}
	return errs
}

func notIssued(s *PodCertificateRequestStatus) validate.Errors {
	const none = "must be unset if not issued"
	unset := func(name string, t *meta.Time) validate.Errors {
		return rules.Must(t == nil, rules.Status.Child(name), t, none)
	}
	return validate.All(
		rules.Must(s.CertificateChain == "", rules.Status.Child("certificateChain"), s.CertificateChain, none),
		unset("notBefore", s.NotBefore),
		unset("beginRefreshAt", s.BeginRefreshAt),
		unset("notAfter", s.NotAfter),
	)
}

func issued(spec *PodCertificateRequestSpec, s *PodCertificateRequestStatus) validate.Errors {
	chain := rules.Status.Child("certificateChain")
	block, _ := pem.Decode([]byte(s.CertificateChain))
	if block == nil {
		return validate.Invalid(chain, s.CertificateChain, "issued certificate chain must contain at least one certificate")
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return validate.Invalid(chain, s.CertificateChain, "leaf certificate does not parse as valid X.509")
	}
	return podCertificateTimes(spec, s, leaf)
}

const refreshMargin = 10 * time.Minute

func podCertificateTimes(_ *PodCertificateRequestSpec, s *PodCertificateRequestStatus, leaf *x509.Certificate) validate.Errors {
	times := []struct {
		name, full string
		got        *meta.Time
		want       time.Time
	}{
		{"notBefore", "NotBefore", s.NotBefore, leaf.NotBefore},
		{"notAfter", "NotAfter", s.NotAfter, leaf.NotAfter},
	}
	for _, t := range times {
		p := rules.Status.Child(t.name)
		switch {
		case t.got == nil:
			return validate.Required(p, "must be present and consistent with the issued certificate")
		case !t.got.Time.Equal(t.want):
			return validate.Invalidf(p, t.got, "must be set to the %s time encoded in the leaf certificate", t.full)
		}
	}
	refresh, at := rules.Status.Child("beginRefreshAt"), s.BeginRefreshAt
	const within = "in the range [notbefore+10min, notafter-10min]"
	switch {
	case at == nil:
		return validate.Required(refresh, "must be present and "+within)
	case at.Time.Before(leaf.NotBefore.Add(refreshMargin)) || at.Time.After(leaf.NotAfter.Add(-refreshMargin)):
		return validate.Invalid(refresh, at, "must be present and "+within)
	}
	return nil
}

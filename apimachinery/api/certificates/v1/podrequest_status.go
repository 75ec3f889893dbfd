package certificatesv1

import (
	"crypto"
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
	if errs := append(podRequestConditions(p, r.Status.Conditions), validate.Declared(rules.Conditions(p, r.Status.Conditions))...); len(errs) > 0 {
		return errs
	}
	if validate.Equal(r.Status, old.Status) {
		return nil
	}
	switch end := podRequestEnd(r.Status.Conditions); {
	case podRequestEnd(old.Status.Conditions) != "":
		return validate.Invalid(rules.Status, validate.Omitted, "immutable after PodCertificateRequest is issued, denied, or failed")
	case end == "":
		return validate.Invalid(rules.Status, validate.Omitted, `status is immutable unless transitioning to "Issued", "Denied", or "Failed"`)
	case end == PodCertificateIssued:
		return issued(&r.Spec, &r.Status)
	}
	s := &r.Status
	return rules.Must(s.CertificateChain == "" && s.NotBefore == nil && s.BeginRefreshAt == nil && s.NotAfter == nil, rules.Status, validate.Omitted,
		"non-condition status fields must be empty when denying or failing the PodCertificateRequest")
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

func issued(spec *PodCertificateRequestSpec, s *PodCertificateRequestStatus) validate.Errors {
	p := rules.Status.Child("certificateChain")
	bad := func(detail string) validate.Errors { return validate.Invalid(p, s.CertificateChain, detail) }
	var leaf *x509.Certificate
	for block, rest := pem.Decode([]byte(s.CertificateChain)); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			return bad("issued certificate chain must consist entirely of CERTIFICATE PEM blocks")
		}
		switch cert, err := x509.ParseCertificate(block.Bytes); {
		case err != nil && leaf == nil:
			return bad("leaf certificate does not parse as valid X.509")
		case err != nil:
			return bad("intermediate certificate does not parse as valid X.509")
		case leaf == nil:
			leaf = cert
		}
	}
	if leaf == nil {
		return bad("issued certificate chain must contain at least one certificate")
	}
	if !isForKeyOf(leaf, spec.StubPKCS10Request) {
		return bad("leaf certificate was not issued to the requested public key")
	}
	return podCertificateTimes(s, leaf)
}

// isForKeyOf says whether a certificate is about the key of a request.
func isForKeyOf(cert *x509.Certificate, stub []byte) bool {
	request, err := x509.ParseCertificateRequest(stub)
	if err != nil {
		return false
	}
	key, ok := cert.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	return ok && key.Equal(request.PublicKey)
}

const refreshMargin = 10 * time.Minute

func podCertificateTimes(s *PodCertificateRequestStatus, leaf *x509.Certificate) validate.Errors {
	notBefore, notAfter, refresh := rules.Status.Child("notBefore"), rules.Status.Child("notAfter"), rules.Status.Child("beginRefreshAt")
	const consistent = "must be present and consistent with the issued certificate"
	missing := validate.All(
		rules.Require(s.NotBefore != nil, notBefore, consistent),
		rules.Require(s.NotAfter != nil, notAfter, consistent),
		rules.Require(s.BeginRefreshAt != nil, refresh, "must be present and in the range [notbefore+10min, notafter-10min]"),
	)
	switch {
	case len(missing) > 0:
		return missing
	case !s.NotBefore.Time.Equal(leaf.NotBefore):
		return validate.Invalid(notBefore, s.NotBefore, "must be set to the NotBefore time encoded in the leaf certificate")
	case !s.NotAfter.Time.Equal(leaf.NotAfter):
		return validate.Invalid(notAfter, s.NotAfter, "must be set to the NotAfter time encoded in the leaf certificate")
	case s.BeginRefreshAt.Time.Before(leaf.NotBefore.Add(refreshMargin)):
		return validate.Invalid(refresh, s.BeginRefreshAt, "must be at least 10 minutes after status.notBefore")
	case s.BeginRefreshAt.Time.After(leaf.NotAfter.Add(-refreshMargin)):
		return validate.Invalid(refresh, s.BeginRefreshAt, "must be at least 10 minutes before status.notAfter")
	}
	return nil
}

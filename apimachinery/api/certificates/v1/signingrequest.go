package certificatesv1

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func certificatesigningrequests() *scheme.Resource {
	return scheme.Define[CertificateSigningRequest, CertificateSigningRequestList](scheme.Spec[CertificateSigningRequest]{
		Name:           "certificatesigningrequests",
		ShortNames:     []string{"csr"},
		NameRule:       names.PathSegment,
		Validate:       ValidateCertificateSigningRequest,
		ValidateUpdate: ValidateCertificateSigningRequestUpdate,
		Fields: []scheme.SelectableField[CertificateSigningRequest]{
			{Path: "spec.signerName", Value: func(r *CertificateSigningRequest) string { return r.Spec.SignerName }},
		},
		Columns: signingRequestColumns(),
		Options: scheme.Options{Resets: []string{"spec"}},
		Status: &scheme.Status[CertificateSigningRequest]{
			Prepare:  prepareStatus,
			Resets:   []string{"status.conditions"},
			Validate: ValidateCertificateSigningRequestStatusUpdate,
		},
		Subresources: []scheme.Subresource{
			{
				Name: "approval", Kind: meta.GroupVersionKind{Kind: "CertificateSigningRequest"}, Verbs: []string{"get", "patch", "update"},
				Resets: []string{"spec", "status.certificate"},
			},
		},
	})
}

// prepareStatus keeps decisions as they are: a signer may neither make them nor
// reword them. Validation refuses it if there are more or fewer than there were.
func prepareStatus(r, old *CertificateSigningRequest) {
	of := func(conditions []CertificateSigningRequestCondition, t RequestConditionType) []int {
		var at []int
		for i := range conditions {
			if conditions[i].Type == t {
				at = append(at, i)
			}
		}
		return at
	}
	for _, t := range []RequestConditionType{CertificateApproved, CertificateDenied} {
		is, was := of(r.Status.Conditions, t), of(old.Status.Conditions, t)
		if len(is) != len(was) {
			continue
		}
		for i := range is {
			r.Status.Conditions[is[i]] = old.Status.Conditions[was[i]]
		}
	}
	stamp(r.Status.Conditions, old.Status.Conditions)
}

// stamp fills in when conditions were written and when they changed.
func stamp(conditions, old []CertificateSigningRequestCondition) {
	now := meta.At(time.Now())
	for i := range conditions {
		c := &conditions[i]
		if c.LastUpdateTime.IsZero() {
			c.LastUpdateTime = now
		}
		if !c.LastTransitionTime.IsZero() {
			continue
		}
		c.LastTransitionTime = now
		if k := slices.IndexFunc(old, func(o CertificateSigningRequestCondition) bool { return o.Type == c.Type && o.Status == c.Status }); k >= 0 {
			c.LastTransitionTime = old[k].LastTransitionTime
		}
	}
}

// ValidateCertificateSigningRequest finds every fault of a request that is about to be made.
func ValidateCertificateSigningRequest(r *CertificateSigningRequest) validate.Errors {
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &r.ObjectMeta, false, names.PathSegment),
		signingRequestSpec(rules.Spec, &r.Spec),
		rules.Must(r.Spec.SignerName != legacySigner, rules.Spec.Child("signerName"), r.Spec.SignerName, "the legacy signerName is not allowed via this API version"),
	)
}

// ValidateCertificateSigningRequestUpdate finds every fault of a request that
// is about to replace old.
func ValidateCertificateSigningRequestUpdate(r, old *CertificateSigningRequest) validate.Errors {
	return append(validate.ObjectMetaUpdate(rules.Metadata, &r.ObjectMeta, &old.ObjectMeta), signingRequestSpec(rules.Spec, &r.Spec)...)
}

// ValidateCertificateSigningRequestStatusUpdate finds every fault of what a
// signer writes: a certificate, once, and no say on whether there should be one.
func ValidateCertificateSigningRequestStatusUpdate(r, old *CertificateSigningRequest) validate.Errors {
	p := rules.Status.Child("certificate")
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &r.ObjectMeta, &old.ObjectMeta),
		rules.Forbid(len(old.Status.Certificate) > 0 && string(r.Status.Certificate) != string(old.Status.Certificate), p, "updates may not modify existing certificate content"),
		requestConditions(r.Status.Conditions),
		validate.When(len(r.Status.Certificate) > 0 && len(old.Status.Certificate) == 0, func() validate.Errors {
			if err := certificates(r.Status.Certificate); err != nil {
				return validate.Invalid(p, "<certificate data>", err.Error())
			}
			return nil
		}),
		decided(r, old, true),
	)
}

// ValidateCertificateSigningRequestApprovalUpdate finds every fault of a
// decision, which is written to the subresource "approval".
func ValidateCertificateSigningRequestApprovalUpdate(r, old *CertificateSigningRequest) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &r.ObjectMeta, &old.ObjectMeta),
		requestConditions(r.Status.Conditions),
		decided(r, old, false),
	)
}

// decided keeps decisions: none is taken back, and new ones only by who may decide.
func decided(r, old *CertificateSigningRequest, signing bool) validate.Errors {
	p := rules.Status.Child("conditions")
	has := func(r *CertificateSigningRequest, t RequestConditionType) bool {
		return slices.ContainsFunc(r.Status.Conditions, func(c CertificateSigningRequestCondition) bool { return c.Type == t })
	}
	var errs validate.Errors
	for _, t := range []RequestConditionType{CertificateApproved, CertificateDenied, CertificateFailed} {
		is, was := has(r, t), has(old, t)
		errs = append(errs, rules.Forbid(was && !is, p, fmt.Sprintf("updates may not remove a condition of type %q", t))...)
		errs = append(errs, rules.Forbid(is && !was && signing && t != CertificateFailed, p, fmt.Sprintf("updates may not add a condition of type %q", t))...)
	}
	return errs
}

func requestConditions(conditions []CertificateSigningRequestCondition) validate.Errors {
	p := rules.Status.Child("conditions")
	var decisions []string
	errs := validate.Each(p, conditions, func(p validate.Path, c *CertificateSigningRequestCondition) validate.Errors {
		known := []corev1.ConditionStatus{corev1.ConditionFalse, corev1.ConditionTrue, corev1.ConditionUnknown}
		switch c.Type {
		case CertificateApproved, CertificateDenied:
			decisions = append(decisions, fmt.Sprintf(`conditions[{"type": "%s"}]`, c.Type))
			known = []corev1.ConditionStatus{corev1.ConditionTrue}
		case CertificateFailed:
			known = []corev1.ConditionStatus{corev1.ConditionTrue}
		}
		return append(validate.NonEmpty(p.Child("type"), c.Type), validate.OneOf(p.Child("status"), c.Status, known...)...)
	})
	errs = append(errs, validate.UniqueBy(p, conditions, func(c *CertificateSigningRequestCondition) RequestConditionType { return c.Type }, "type")...)
	slices.Sort(decisions)
	if decisions = slices.Compact(decisions); len(decisions) > 1 {
		errs = append(errs, validate.Declared(validate.Invalid(p, "{"+strings.Join(decisions, ", ")+"}", "must specify at most one of: `"+strings.Join(decisions, "`, `")+"`"))...)
	}
	return errs
}

// certificates says what is wrong with the certificates that were signed.
func certificates(data []byte) error {
	found := false
	for {
		block, rest := pem.Decode(data)
		if block == nil {
			break
		}
		found, data = true, rest
		if block.Type != "CERTIFICATE" {
			return fmt.Errorf("only CERTIFICATE PEM blocks are allowed, found %q", block.Type)
		}
		if len(block.Headers) > 0 {
			return errors.New("no PEM block headers are permitted")
		}
		parsed, err := x509.ParseCertificates(block.Bytes)
		switch {
		case err != nil:
			return err
		case len(parsed) == 0:
			return errors.New("found CERTIFICATE PEM block containing 0 certificates")
		}
	}
	if !found {
		return errors.New("must contain at least one CERTIFICATE PEM block")
	}
	return nil
}

// legacySigner is what requests of an earlier version were for that named no signer.
const legacySigner = "kubernetes.io/legacy-unknown"

const leastExpirationSeconds = 600

func signingRequestSpec(p validate.Path, s *CertificateSigningRequestSpec) validate.Errors {
	usages := p.Child("usages")
	var fault validate.Errors
	if _, err := ParseRequest(s.Request); err != nil {
		fault = validate.Invalid(p.Child("request"), s.Request, err.Error())
	}
	return validate.All(
		fault,
		rules.Require(len(s.Usages) > 0, usages, ""),
		validate.Each(usages, s.Usages, func(p validate.Path, u *KeyUsage) validate.Errors { return validate.In(p, *u, knownUsages()...) }),
		validate.Unique(usages, s.Usages),
		corev1.SignerName(p.Child("signerName"), s.SignerName),
		validate.IfSet(p.Child("expirationSeconds"), s.ExpirationSeconds, func(p validate.Path, n int32) validate.Errors {
			return rules.Must(n >= leastExpirationSeconds, p, n, "may not specify a duration less than 600 seconds (10 minutes)")
		}),
	)
}

func knownUsages() []KeyUsage {
	return validate.Sorted(UsageSigning, UsageDigitalSignature, UsageContentCommitment, UsageKeyEncipherment, UsageKeyAgreement, UsageDataEncipherment,
		UsageCertSign, UsageCRLSign, UsageEncipherOnly, UsageDecipherOnly, UsageAny, UsageServerAuth, UsageClientAuth, UsageCodeSigning, UsageEmailProtection,
		UsageSMIME, UsageIPsecEndSystem, UsageIPsecTunnel, UsageIPsecUser, UsageTimestamping, UsageOCSPSigning, UsageMicrosoftSGC, UsageNetscapeSGC)
}

func signingRequestColumns() []scheme.Column[CertificateSigningRequest] {
	return []scheme.Column[CertificateSigningRequest]{
		scheme.NameColumn[CertificateSigningRequest](),
		scheme.AgeColumn[CertificateSigningRequest](),
		{Name: "SignerName", Help: cells.Help("certificatesigningrequests", "SignerName"), Cell: func(r *CertificateSigningRequest) any { return cells.Or(r.Spec.SignerName, cells.None) }},
		{Name: "Requestor", Help: "Base64-encoded PKCS#10 CSR data", Cell: func(r *CertificateSigningRequest) any { return r.Spec.Username }},
		{Name: "RequestedDuration", Help: cells.Help("certificatesigningrequests", "RequestedDuration"), Cell: func(r *CertificateSigningRequest) any {
			if r.Spec.ExpirationSeconds == nil {
				return cells.None
			}
			return cells.Duration(time.Duration(*r.Spec.ExpirationSeconds) * time.Second)
		}},
		{Name: "Condition", Help: "Conditions applied to the request, such as approval or denial.", Cell: func(r *CertificateSigningRequest) any { return requestState(r) }},
	}
}

func requestState(r *CertificateSigningRequest) string {
	state, failed := "Pending", ""
	for _, c := range r.Status.Conditions {
		switch {
		case c.Type == CertificateDenied:
			state = "Denied"
		case c.Type == CertificateApproved && state != "Denied":
			state = "Approved"
		case c.Type == CertificateFailed:
			failed = ",Failed"
		}
	}
	if len(r.Status.Certificate) > 0 {
		return state + failed + ",Issued"
	}
	return state + failed
}

// ParseRequest reads the request that spec.request holds.
func ParseRequest(data []byte) (*x509.CertificateRequest, error) {
	block, _ := pem.Decode(data)
	if block == nil || block.Type != "CERTIFICATE REQUEST" {
		return nil, errors.New("PEM block type must be CERTIFICATE REQUEST")
	}
	return x509.ParseCertificateRequest(block.Bytes)
}

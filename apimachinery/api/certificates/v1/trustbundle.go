package certificatesv1

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

const maxTrustBundle = 1 << 20

func clustertrustbundles() *scheme.Resource {
	return scheme.Define[ClusterTrustBundle, ClusterTrustBundleList](scheme.Spec[ClusterTrustBundle]{
		Name:           "clustertrustbundles",
		StorageVersion: "v1beta1",
		NameRule:       names.PathSegment, // signer and name, with colons
		Validate:       ValidateClusterTrustBundle,
		ValidateUpdate: ValidateClusterTrustBundleUpdate,
		Fields: []scheme.SelectableField[ClusterTrustBundle]{
			{Path: "spec.signerName", Value: func(b *ClusterTrustBundle) string { return b.Spec.SignerName }},
		},
		Columns: []scheme.Column[ClusterTrustBundle]{
			scheme.NameColumn[ClusterTrustBundle](),
			{Name: "SignerName", Help: cells.Help("clustertrustbundles", "SignerName"), Cell: func(b *ClusterTrustBundle) any { return cells.Or(b.Spec.SignerName, cells.None) }},
		},
	})
}

// ValidateClusterTrustBundle finds every fault of a bundle that is about to be
// made. The name of one that belongs to a signer begins with the signer's.
func ValidateClusterTrustBundle(b *ClusterTrustBundle) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &b.ObjectMeta, false, bundleName(b)), trustBundle(b)...)
}

// bundleName returns the rule for the name, which depends on whose the bundle is.
func bundleName(b *ClusterTrustBundle) func(string) []string {
	rule := func(name string) []string {
		if strings.Contains(name, ":") {
			return []string{`ClusterTrustBundle without signer name must not have ":" in its name`}
		}
		return names.DNSSubdomain(name)
	}
	if prefix := strings.ReplaceAll(b.Spec.SignerName, "/", ":") + ":"; b.Spec.SignerName != "" {
		rule = func(name string) []string {
			rest, ok := strings.CutPrefix(name, prefix)
			if !ok {
				return []string{fmt.Sprintf("ClusterTrustBundle for signerName %s must be named with prefix %s", b.Spec.SignerName, prefix)}
			}
			return names.DNSSubdomain(rest)
		}
	}
	return rule
}

// ValidateClusterTrustBundleUpdate finds every fault of a bundle that is about to replace old.
func ValidateClusterTrustBundleUpdate(b, old *ClusterTrustBundle) validate.Errors {
	return validate.All(
		validate.String(rules.Metadata.Child("name"), b.Name, bundleName(b)),
		validate.ObjectMetaUpdate(rules.Metadata, &b.ObjectMeta, &old.ObjectMeta),
		validate.When(b.Spec.TrustBundle == old.Spec.TrustBundle && b.Spec.SignerName != "", func() validate.Errors {
			return corev1.SignerName(rules.Spec.Child("signerName"), b.Spec.SignerName)
		}),
		validate.When(b.Spec.TrustBundle != old.Spec.TrustBundle, func() validate.Errors { return trustBundle(b) }),
		validate.Immutable(rules.Spec.Child("signerName"), b.Spec.SignerName, old.Spec.SignerName),
	)
}

func trustBundle(b *ClusterTrustBundle) validate.Errors {
	p := rules.Spec.Child("trustBundle")
	errs := validate.When(b.Spec.SignerName != "", func() validate.Errors { return corev1.SignerName(rules.Spec.Child("signerName"), b.Spec.SignerName) })
	if len(b.Spec.TrustBundle) > maxTrustBundle {
		return append(errs, validate.TooLong(p, maxTrustBundle)...)
	}
	seen := map[string]int{}
	data, i := []byte(b.Spec.TrustBundle), 0
	bad := func(format string, args ...any) {
		errs = append(errs, validate.Invalidf(p, "<value omitted>", format, args...)...)
	}
	for ; ; i++ {
		block, rest := pem.Decode(data)
		if block == nil {
			break
		}
		data = rest
		if block.Type != "CERTIFICATE" {
			bad("entry %d has bad block type: %v", i, block.Type)
			continue
		}
		if len(block.Headers) > 0 {
			bad("entry %d has PEM block headers", i)
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		switch {
		case err != nil:
			bad("entry %d does not parse as X.509", i)
			continue
		case !cert.IsCA:
			bad("entry %d does not have the CA bit set", i)
		case !cert.BasicConstraintsValid:
			bad("entry %d has invalid basic constraints", i)
		}
		if first, again := seen[string(block.Bytes)]; again {
			bad("duplicate trust anchor (indices [%d %d])", first, i)
		}
		seen[string(block.Bytes)] = i
	}
	if i == 0 {
		bad("at least one trust anchor must be provided")
	}
	return errs
}

func podcertificaterequests() *scheme.Resource {
	return scheme.Define[PodCertificateRequest, PodCertificateRequestList](scheme.Spec[PodCertificateRequest]{
		Name:           "podcertificaterequests",
		StorageVersion: "v1beta1",
		Namespaced:     true,
		Default:        func(r *PodCertificateRequest) { rules.Default(&r.Spec.MaxExpirationSeconds, 86400) },
		Validate:       ValidatePodCertificateRequest,
		ValidateUpdate: ValidatePodCertificateRequestUpdate,
		Fields: []scheme.SelectableField[PodCertificateRequest]{
			{Path: "spec.signerName", Value: func(r *PodCertificateRequest) string { return r.Spec.SignerName }},
			{Path: "spec.podName", Value: func(r *PodCertificateRequest) string { return r.Spec.PodName }},
			{Path: "spec.nodeName", Value: func(r *PodCertificateRequest) string { return string(r.Spec.NodeName) }},
		},
		Status: &scheme.Status[PodCertificateRequest]{
			Prepare: func(r, old *PodCertificateRequest) { rules.KeepMetadata(&r.ObjectMeta, &old.ObjectMeta) },
			Resets:  []string{"metadata"},
			Validate: func(r, old *PodCertificateRequest) validate.Errors {
				return append(validate.ObjectMetaUpdate(rules.Metadata, &r.ObjectMeta, &old.ObjectMeta), podRequestStatus(r, old)...)
			},
		},
		Columns: []scheme.Column[PodCertificateRequest]{
			scheme.NameColumn[PodCertificateRequest](),
			{Name: "PodName", Help: "podName is the name of the pod into which the certificate will be mounted.", Cell: func(r *PodCertificateRequest) any { return r.Spec.PodName }},
			{Name: "ServiceAccountName", Help: "serviceAccountName is the name of the service account the pod is running as.", Cell: func(r *PodCertificateRequest) any { return r.Spec.ServiceAccountName }},
			{Name: "NodeName", Help: "nodeName is the name of the node the pod is assigned to.", Cell: func(r *PodCertificateRequest) any { return string(r.Spec.NodeName) }},
			{Name: "SignerName", Help: cells.Help("podcertificaterequests", "SignerName"), Cell: func(r *PodCertificateRequest) any { return r.Spec.SignerName }},
			{Name: "State", Help: cells.Help("podcertificaterequests", "State"), Cell: func(r *PodCertificateRequest) any {
				for _, c := range r.Status.Conditions {
					switch c.Type {
					case "Issued", "Denied", "Failed":
						return c.Type
					}
				}
				return "Pending"
			}},
			{Name: "UnverifiedUserAnnotations", Help: cells.Help("podcertificaterequests", "UnverifiedUserAnnotations"), Cell: func(r *PodCertificateRequest) any {
				return corev1.FormatLabels(r.Spec.UnverifiedUserAnnotations)
			}},
		},
	})
}

const (
	leastPodExpiration = 3600
	mostPodExpiration  = 91 * 86400
	mostOwnExpiration  = 86400 // of what Kubernetes itself signs
	maxStubRequest     = 10 << 10
	maxUID             = 128
)

// ValidatePodCertificateRequest finds every fault of a request that is about to be made.
func ValidatePodCertificateRequest(r *PodCertificateRequest) validate.Errors {
	p, s := rules.Spec, &r.Spec
	uid := func(name string, id meta.UID) validate.Errors {
		if len(id) > maxUID {
			return validate.TooLong(p.Child(name), maxUID)
		}
		return rules.Must(id != "", p.Child(name), "", "must not be empty")
	}
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &r.ObjectMeta, true, names.DNSSubdomain),
		corev1.SignerName(p.Child("signerName"), s.SignerName),
		validate.String(p.Child("podName"), s.PodName, names.DNSSubdomain),
		uid("podUID", s.PodUID),
		validate.String(p.Child("serviceAccountName"), s.ServiceAccountName, names.DNSSubdomain),
		uid("serviceAccountUID", s.ServiceAccountUID),
		validate.String(p.Child("nodeName"), s.NodeName, names.DNSSubdomain),
		uid("nodeUID", s.NodeUID),
		validate.Set(p.Child("maxExpirationSeconds"), s.MaxExpirationSeconds, func(p validate.Path, n int32) validate.Errors {
			most := int32(mostPodExpiration)
			if strings.HasPrefix(s.SignerName, "kubernetes.io/") {
				most = mostOwnExpiration
			}
			return rules.Must(n >= leastPodExpiration && n <= most, p, n, fmt.Sprintf("must be in the range [%d, %d]", leastPodExpiration, most))
		}),
		podRequestKey(p, s),
		userAnnotations(p.Child("unverifiedUserAnnotations"), s.UnverifiedUserAnnotations),
	)
}

func podRequestKey(p validate.Path, s *PodCertificateRequestSpec) validate.Errors {
	stub := p.Child("stubPKCS10Request")
	switch {
	case len(s.StubPKCS10Request) == 0:
		return validate.Invalid(p, validate.Omitted, "exactly one of (stubPKCS10Request) or (pkixPublicKey, proofOfPossession) must be set")
	case len(s.StubPKCS10Request) > maxStubRequest:
		return validate.TooLong(stub, maxStubRequest)
	}
	request, err := x509.ParseCertificateRequest(s.StubPKCS10Request)
	if err != nil {
		return validate.Invalid(stub, validate.Omitted, "must be a valid PKCS#10 CSR")
	}
	return rules.Must(request.CheckSignature() == nil, stub, validate.Omitted, "must have a valid signature")
}

// userAnnotations checks what a Pod tells its signer, under names with a domain.
func userAnnotations(p validate.Path, annotations map[string]string) validate.Errors {
	total := 0
	errs := validate.EachKey(p, annotations, func(_ validate.Path, key, value string) validate.Errors {
		total += len(key) + len(value)
		key = strings.ToLower(key)
		if errs := validate.Named(p, key, names.QualifiedName); len(errs) > 0 {
			return errs
		}
		return rules.Must(strings.Contains(key, "/"), p, key, `must be a domain-prefixed key (such as "acme.io/foo")`)
	})
	return append(errs, validate.When(total > validate.MaxAnnotations, func() validate.Errors { return validate.TooLong(p, validate.MaxAnnotations) })...)
}

// ValidatePodCertificateRequestUpdate finds every fault of a request that is
// about to replace old: nothing of it changes.
func ValidatePodCertificateRequestUpdate(r, old *PodCertificateRequest) validate.Errors {
	return append(validate.ObjectMetaUpdate(rules.Metadata, &r.ObjectMeta, &old.ObjectMeta), specUnchanged(&r.Spec, &old.Spec)...)
}

// specUnchanged says that a request changed. Messages show it with two fields that
// only its first version had.
func specUnchanged(s, old *PodCertificateRequestSpec) validate.Errors {
	if validate.Equal(*s, *old) {
		return nil
	}
	return validate.Invalid(rules.Spec, struct {
		SignerName, PodName              string
		PodUID                           meta.UID
		ServiceAccountName               string
		ServiceAccountUID                meta.UID
		NodeName                         meta.NodeName
		NodeUID                          meta.UID
		MaxExpirationSeconds             *int32
		PKIXPublicKey, ProofOfPossession []byte
		StubPKCS10Request                []byte
		UnverifiedUserAnnotations        map[string]string
	}{
		s.SignerName, s.PodName, s.PodUID, s.ServiceAccountName, s.ServiceAccountUID, s.NodeName, s.NodeUID,
		s.MaxExpirationSeconds, nil, nil, s.StubPKCS10Request, s.UnverifiedUserAnnotations,
	}, validate.IsImmutable)
}

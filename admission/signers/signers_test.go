package signers_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/signers"
	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
)

// rights allows the verbs and signers that it has.
type rights map[[2]string]bool

func (r rights) Authorize(_ context.Context, q *authz.Request) (authz.Decision, string, error) {
	if q.Resource == "signers" && q.Group == "certificates.k8s.io" && r[[2]string{q.Verb, q.Name}] {
		return authz.Allow, "", nil
	}
	return authz.NoOpinion, "", nil
}

func csr(t *testing.T, signer string, organizations ...string) *certificatesv1.CertificateSigningRequest {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "a", Organization: organizations}}, key)
	require.NoError(t, err)
	r := &certificatesv1.CertificateSigningRequest{ObjectMeta: meta.ObjectMeta{Name: "r"}}
	r.Spec.SignerName, r.Spec.Request = signer, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
	return r
}

func request(op admission.Operation, subresource string, obj, old meta.Object) *admission.Request {
	return &admission.Request{Operation: op, Subresource: subresource, Object: obj, OldObject: old, Name: "r", User: &auth.User{Name: "bob"},
		Resource: meta.GroupVersionResource{Group: "certificates.k8s.io", Version: "v1", Resource: "certificatesigningrequests"}}
}

func TestRights(t *testing.T) {
	old, signed := csr(t, "example.com/s"), csr(t, "example.com/s")
	signed.Status.Certificate = []byte("x")
	for name, test := range map[string]struct {
		have rights
		r    *admission.Request
		says string
	}{
		"approve":               {rights{{"approve", "example.com/s"}: true}, request(admission.Update, "approval", old, old), ""},
		"approve a domain":      {rights{{"approve", "example.com/*"}: true}, request(admission.Update, "approval", old, old), ""},
		"approve without":       {rights{{"sign", "example.com/s"}: true}, request(admission.Update, "approval", old, old), `user not permitted to approve requests with signerName "example.com/s"`},
		"sign":                  {rights{{"sign", "example.com/s"}: true}, request(admission.Update, "status", signed, old), ""},
		"sign without":          {rights{{"approve", "example.com/*"}: true}, request(admission.Update, "status", signed, old), `user not permitted to sign requests with signerName "example.com/s"`},
		"labels through status": {nil, request(admission.Update, "status", old, old), ""},
		"ask":                   {nil, request(admission.Create, "", csr(t, "kubernetes.io/kube-apiserver-client", "devs"), nil), ""},
		"ask to be a master": {nil, request(admission.Create, "", csr(t, "kubernetes.io/kube-apiserver-client", "system:masters"), nil),
			"use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed"},
		"another signer's business": {nil, request(admission.Create, "", csr(t, "example.com/s", "system:masters"), nil), ""},
	} {
		err := signers.New(test.have).Validate(t.Context(), test.r)
		if test.says == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, test.says, name)
	}
}

func TestTrustBundles(t *testing.T) {
	bundle := &certificatesv1.ClusterTrustBundle{ObjectMeta: meta.ObjectMeta{Name: "b"}}
	bundle.Spec.SignerName = "example.com/s"
	r := request(admission.Create, "", bundle, nil)
	r.Resource.Resource = "clustertrustbundles"
	require.ErrorContains(t, signers.New(rights{}).Validate(t.Context(), r), `user not permitted to attest for signerName "example.com/s"`)
	require.NoError(t, signers.New(rights{{"attest", "example.com/*"}: true}).Validate(t.Context(), r))
	bundle.Spec.SignerName = ""
	require.NoError(t, signers.New(rights{}).Validate(t.Context(), r))
}

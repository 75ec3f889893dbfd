package certificatesv1

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func TestPodCertificateRequestsDoNotChange(t *testing.T) {
	old := &PodCertificateRequestSpec{SignerName: "a.example.com/x", PodName: "p"}
	changed := *old
	require.Empty(t, specUnchanged(&changed, old))
	changed.PodName = "q"
	require.Equal(t, `spec: Invalid value: {"SignerName":"a.example.com/x","PodName":"q","PodUID":"","ServiceAccountName":"","ServiceAccountUID":"","NodeName":"","NodeUID":"",`+
		`"MaxExpirationSeconds":null,"PKIXPublicKey":null,"ProofOfPossession":null,"StubPKCS10Request":null,"UnverifiedUserAnnotations":null}: field is immutable`,
		specUnchanged(&changed, old).String())
}

// What a signer writes is looked at as a whole only when its conditions are right,
// and only once.
func TestPodCertificatesAreIssuedOnce(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	stub, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	require.NoError(t, err)
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: begin, NotAfter: begin.Add(24 * time.Hour)}
	issue := func(key *ecdsa.PrivateKey) string {
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		require.NoError(t, err)
		return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	chain, foreign := issue(key), issue(other)
	request := &PodCertificateRequest{Spec: PodCertificateRequestSpec{StubPKCS10Request: stub}}
	after := func(hours int) *meta.Time {
		at := meta.At(begin.Add(time.Duration(hours) * time.Hour))
		return &at
	}
	status := func(change func(*PodCertificateRequestStatus)) *PodCertificateRequest {
		r := *request
		r.Status = PodCertificateRequestStatus{CertificateChain: chain, NotBefore: after(0), NotAfter: after(24), BeginRefreshAt: after(12)}
		r.Status.Conditions = []meta.Condition{{Type: PodCertificateIssued, Status: meta.ConditionTrue, Reason: "R", LastTransitionTime: *after(0)}}
		change(&r.Status)
		return &r
	}
	good := status(func(*PodCertificateRequestStatus) {})
	require.Empty(t, podRequestStatus(good, request))
	require.Empty(t, podRequestStatus(good, good))
	require.Equal(t, "status: Invalid value: immutable after PodCertificateRequest is issued, denied, or failed", podRequestStatus(request, good).String())
	for want, change := range map[string]func(*PodCertificateRequestStatus){
		"status.conditions[0].reason: Required value":                                                                                         func(s *PodCertificateRequestStatus) { s.Conditions[0].Reason, s.NotBefore = "", nil },
		`status: Invalid value: status is immutable unless transitioning to "Issued", "Denied", or "Failed"`:                                  func(s *PodCertificateRequestStatus) { s.Conditions = nil },
		"status: Invalid value: non-condition status fields must be empty when denying or failing the PodCertificateRequest":                  func(s *PodCertificateRequestStatus) { s.Conditions[0].Type = PodCertificateDenied },
		"status.beginRefreshAt: Required value: must be present and in the range [notbefore+10min, notafter-10min]":                           func(s *PodCertificateRequestStatus) { s.BeginRefreshAt, s.NotBefore = nil, after(1) },
		`status.beginRefreshAt: Invalid value: "2026-01-01T00:00:00Z": must be at least 10 minutes after status.notBefore`:                    func(s *PodCertificateRequestStatus) { s.BeginRefreshAt = after(0) },
		`status.beginRefreshAt: Invalid value: "2026-01-02T00:00:00Z": must be at least 10 minutes before status.notAfter`:                    func(s *PodCertificateRequestStatus) { s.BeginRefreshAt = after(24) },
		`status.notAfter: Invalid value: "2026-01-02T01:00:00Z": must be set to the NotAfter time encoded in the leaf certificate`:            func(s *PodCertificateRequestStatus) { s.NotAfter = after(25) },
		`status.certificateChain: Invalid value: "": issued certificate chain must contain at least one certificate`:                          func(s *PodCertificateRequestStatus) { s.CertificateChain = "" },
		"status.certificateChain: Invalid value: " + strconv.Quote(foreign) + ": leaf certificate was not issued to the requested public key": func(s *PodCertificateRequestStatus) { s.CertificateChain = foreign },
	} {
		require.Equal(t, want, podRequestStatus(status(change), request).String())
	}
}

func TestUserAnnotationsHaveADomain(t *testing.T) {
	p := validate.NewPath("a")
	require.Empty(t, userAnnotations(p, map[string]string{"Example.com/a": "b"}))
	require.Equal(t, "a: Required value", userAnnotations(p, map[string]string{"": "v"}).String())
	require.Equal(t, `a: Invalid value: "up": must be a domain-prefixed key (such as "acme.io/foo")`, userAnnotations(p, map[string]string{"UP": "v"}).String())
}

package controllers_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

func TestOldRequestsOfPodsAreDeleted(t *testing.T) {
	k := newClusterAt(t, func() time.Time { return time.Now().Add(16 * time.Minute) }, 0, "podcertificaterequest-cleaner-controller")
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	stub, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(k.ctx, patience)
	defer cancel()
	requests := client.Of[certificatesv1.PodCertificateRequest](k.c).In("default")
	life := int32(3600)
	require.NoError(t, requests.Create(ctx, &certificatesv1.PodCertificateRequest{
		ObjectMeta: meta.ObjectMeta{Name: "old"},
		Spec: certificatesv1.PodCertificateRequestSpec{
			SignerName: "example.com/s", PodName: "p", PodUID: "11111111-1111-1111-1111-111111111111", ServiceAccountName: "default", ServiceAccountUID: "11111111-1111-1111-1111-111111111111",
			NodeName: "n", NodeUID: "11111111-1111-1111-1111-111111111111", MaxExpirationSeconds: &life, StubPKCS10Request: stub,
		},
	}))
	for change, err := range client.ResumingWatch(ctx, requests, meta.ListOptions{}, nil) {
		require.NoError(t, err)
		list, err := requests.List(ctx)
		require.NoError(t, err)
		if change.Type == client.Deleted || len(list.Items) == 0 {
			return
		}
	}
	t.Fatal("it is still there")
}

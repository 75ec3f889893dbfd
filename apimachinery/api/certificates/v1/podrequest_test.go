package certificatesv1

import (
	"testing"

	"github.com/stretchr/testify/require"
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

package bootstraptoken

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// TestSign holds that a joiner, who knows content and token, can check.
func TestSign(t *testing.T) {
	signature, err := sign("kubeconfig", "abcdef", []byte("0123456789abcdef"))
	require.NoError(t, err)
	parts := strings.Split(signature, ".")
	require.Len(t, parts, 3)
	require.Empty(t, parts[1], "the content stands beside")
	header, err := base64.RawURLEncoding.DecodeString(parts[0])
	require.NoError(t, err)
	require.JSONEq(t, `{"alg":"HS256","kid":"abcdef"}`, string(header))
	mac := hmac.New(sha256.New, []byte("0123456789abcdef"))
	mac.Write([]byte(parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte("kubeconfig"))))
	require.Equal(t, base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), parts[2])
	other, err := sign("another", "abcdef", []byte("0123456789abcdef"))
	require.NoError(t, err)
	require.NotEqual(t, signature, other)
}

func TestEndOf(t *testing.T) {
	_, ends := endOf(&corev1.Secret{})
	require.False(t, ends)
	end, ends := endOf(&corev1.Secret{Data: map[string][]byte{"expiration": []byte("2030-01-01T00:00:00Z")}})
	require.True(t, ends)
	require.Equal(t, time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), end.UTC())
	end, ends = endOf(&corev1.Secret{Data: map[string][]byte{"expiration": []byte("soon")}})
	require.True(t, ends)
	require.True(t, end.IsZero())
}

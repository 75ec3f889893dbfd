package bootstraptoken

import (
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// tokens is the cache of token Secrets.
func tokens(caches *client.Caches) *client.Cache[corev1.Secret] {
	return client.CacheOf(caches, client.CacheOptions[corev1.Secret]{
		Namespace: meta.NamespaceSystem, FieldSelector: "type=" + string(corev1.SecretTypeBootstrapToken),
	})
}

// NewCleaner returns the controller that deletes tokens whose time is over. It
// starts nothing; call Run, and run the caches.
func NewCleaner(caches *client.Caches, opts workload.Options) *workload.Cleaner[corev1.Secret, *corev1.Secret] {
	return workload.NewCleaner("token-cleaner-controller", caches.Client(), tokens(caches), opts,
		func(s *corev1.Secret, now time.Time) (time.Duration, bool) {
			end, ends := endOf(s)
			return end.Sub(now), ends
		})
}

// endOf returns when a token's time is over, if ever. A time that cannot be read
// is over: nobody can use such a token.
func endOf(secret *corev1.Secret) (time.Time, bool) {
	text := string(secret.Data["expiration"])
	if text == "" {
		return time.Time{}, false
	}
	end, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, true
	}
	return end, true
}

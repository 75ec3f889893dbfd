package volume

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// tokens are those of the Pods' service accounts. Safe for concurrent use.
type tokens struct {
	mu    sync.Mutex
	known map[tokenKey]Token
}

type tokenKey struct {
	namespace, account, audience string
	pod                          meta.UID
	life                         int64
}

// Token is a token of a Pod's service account.
type Token struct {
	Value   string
	Renewal time.Time // when to ask again
	Expires time.Time
}

// Token returns a token of the Pod's service account, which is bound to the Pod;
// the audience "" is the API server, a life of nil an hour. Ask for it again and
// again: it is renewed when it is time, which a plug-in brings about by
// Result.Again, and else the one that was had before.
func (r *Request) Token(ctx context.Context, audience string, life *int64) (Token, error) {
	return r.manager.tokens.token(ctx, r, audience, life)
}

func newTokens() *tokens { return &tokens{known: map[tokenKey]Token{}} }

// Tokens are renewed when 80% of their life is over, and each day.
const (
	tokenLife   = int64(3600)
	tokenMaxAge = 24 * time.Hour
	// renewalJitter spreads renewals of Pods that began together.
	renewalJitter = 10 * time.Second
	// renewalRetry is the time between tries to renew a token that is still good.
	renewalRetry = 30 * time.Second
)

// token returns a token for a Pod, renewed if that is due. One that cannot be
// renewed is used as long as it is good.
func (t *tokens) token(ctx context.Context, r *Request, audience string, life *int64) (Token, error) {
	key := tokenKey{r.Pod.Namespace, accountOf(r.Pod), audience, r.Pod.UID, tokenLife}
	if life != nil {
		key.life = *life
	}
	now := time.Now()
	t.mu.Lock()
	for k, v := range t.known {
		if v.Expires.Before(now) {
			delete(t.known, k)
		}
	}
	have, ok := t.known[key]
	t.mu.Unlock()
	if ok && now.Before(have.Renewal) {
		return have, nil
	}
	fresh, err := requestToken(ctx, r, key, now)
	if err != nil {
		if !ok {
			return Token{}, err
		}
		r.Log.WarnContext(ctx, "service account token not renewed", "namespace", key.namespace, "account", key.account, "pod", r.Pod.Name, "error", err)
		have.Renewal = now.Add(renewalRetry)
		return have, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known[key] = fresh
	return fresh, nil
}

func accountOf(pod *corev1.Pod) string {
	if name := pod.Spec.ServiceAccountName; name != "" {
		return name
	}
	return "default"
}

func requestToken(ctx context.Context, r *Request, key tokenKey, now time.Time) (Token, error) {
	// It is of no resource by which a client across the network would know its kind.
	request := &authenticationv1.TokenRequest{TypeMeta: meta.TypeMeta{APIVersion: "authentication.k8s.io/v1", Kind: "TokenRequest"}, Spec: authenticationv1.TokenRequestSpec{
		ExpirationSeconds: &key.life,
		BoundObjectRef:    &authenticationv1.BoundObjectReference{APIVersion: "v1", Kind: "Pod", Name: r.Pod.Name, UID: key.pod},
	}}
	if key.audience != "" {
		request.Spec.Audiences = []string{key.audience}
	}
	at := client.Of[corev1.ServiceAccount](r.Client).In(key.namespace).Target(key.account)
	at.Subresource = "token"
	if err := r.Client.Create(ctx, at, request, meta.CreateOptions{}); err != nil {
		return Token{}, err
	}
	status := &request.Status
	if status.Token == "" {
		return Token{}, fmt.Errorf("the server gave service account %s/%s no token", key.namespace, key.account)
	}
	// The server may give another life than was asked for.
	life := status.ExpirationTimestamp.Sub(now)
	age := min(life*8/10, tokenMaxAge)
	return Token{status.Token, now.Add(max(age-rand.N(renewalJitter), time.Second)), status.ExpirationTimestamp.Time}, nil
}

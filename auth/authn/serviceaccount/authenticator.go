package serviceaccount

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authn"
)

// Options tunes an [Authenticator].
type Options struct {
	// Issuers are whose tokens are known; none are [DefaultIssuer]'s.
	Issuers []string
	// Keys are what tokens may be signed with. At least one is needed.
	Keys []PublicKey
	// Audiences are those of the API server, for checks that name none. nil: the
	// issuers.
	Audiences []string
	Now       func() time.Time // nil: time.Now
}

// Authenticator knows the tokens of service accounts. It is safe for concurrent
// use.
type Authenticator struct {
	objects auth.Reader
	opts    Options

	mu    sync.Mutex
	known map[[sha256.Size]byte]*claims // tokens whose signature was checked
}

// maxKnown bounds the memory of checked signatures, to some megabytes.
const maxKnown = 8192

// maxToken bounds what is looked at at all. Tokens have some hundred bytes, with
// many audiences some thousand.
const maxToken = 64 << 10

// New returns an authenticator that looks up accounts and bound objects in
// objects.
func New(objects auth.Reader, opts Options) (*Authenticator, error) {
	if objects == nil || len(opts.Keys) == 0 {
		return nil, errors.New("service account authenticator: needs a reader of objects and a key")
	}
	if len(opts.Issuers) == 0 {
		opts.Issuers = []string{DefaultIssuer}
	}
	if len(opts.Audiences) == 0 {
		opts.Audiences = opts.Issuers
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Authenticator{objects: objects, opts: opts, known: map[[sha256.Size]byte]*claims{}}, nil
}

// AuthenticateToken implements authn.Tokens.
func (a *Authenticator) AuthenticateToken(ctx context.Context, token string, audiences []string) (*authn.Identity, bool, error) {
	c, err := a.verify(token)
	if c == nil || err != nil {
		return nil, false, err
	}
	if len(audiences) == 0 {
		audiences = a.opts.Audiences
	}
	had := []string(c.Audience)
	if len(had) == 0 {
		had = a.opts.Audiences // a token of a Secret
	}
	common := authn.Intersect(audiences, had)
	if len(common) == 0 {
		return nil, false, fmt.Errorf("token audiences %q is invalid for the target audiences %q", had, audiences)
	}
	var user *auth.User
	if c.Issuer == legacyIssuer {
		user, err = a.legacyUser(ctx, token, c)
	} else {
		user, err = a.boundUser(ctx, c)
	}
	if err != nil {
		return nil, false, err
	}
	return &authn.Identity{User: user, Audiences: common}, true, nil
}

// verify returns the claims of a token, or nil if it is not from one of the
// issuers. Nothing in it is believed before the signature was checked.
func (a *Authenticator) verify(token string) (*claims, error) {
	if len(token) > maxToken || strings.Count(token, ".") != 2 {
		return nil, nil
	}
	id := sha256.Sum256([]byte(token))
	a.mu.Lock()
	c := a.known[id]
	a.mu.Unlock()
	if c != nil {
		return c, nil
	}
	signed, err := jose.ParseSigned(token, algorithms)
	if err != nil || len(signed.Signatures) != 1 {
		return nil, nil
	}
	c, err = parseClaims(signed.UnsafePayloadWithoutVerification())
	if err != nil || c.Issuer != legacyIssuer && !slices.Contains(a.opts.Issuers, c.Issuer) {
		return nil, nil
	}
	var errs auth.Errors
	header := signed.Signatures[0].Header
	for _, key := range a.opts.Keys {
		// Tokens of before keys had names name none.
		if header.KeyID != "" && header.KeyID != key.ID || string(key.Algorithm) != header.Algorithm {
			continue
		}
		if _, err := signed.Verify(key.Key); err != nil {
			errs = append(errs, err)
			continue
		}
		a.mu.Lock()
		if len(a.known) >= maxKnown {
			clear(a.known)
		}
		a.known[id] = c
		a.mu.Unlock()
		return c, nil
	}
	if len(errs) == 0 {
		return nil, jose.ErrCryptoFailure // of a key that we do not have
	}
	return nil, errs
}

var (
	errExpired     = errors.New("service account token has expired")
	errNotYet      = errors.New("service account token is not valid yet")
	errInvalidated = errors.New("service account token has been invalidated")
)

// leeway is how much the clocks of servers may differ.
const leeway = time.Minute

// boundUser checks a token with an end.
func (a *Authenticator) boundUser(ctx context.Context, c *claims) (*auth.User, error) {
	now := a.opts.Now()
	switch {
	case now.Add(-leeway).Unix() > c.Expires:
		return nil, errExpired
	case now.Add(leeway).Unix() < c.NotBefore:
		return nil, errNotYet
	case c.Bound == nil || c.Subject != auth.ServiceAccountUser(c.Bound.Namespace, c.Bound.Account.Name):
		return nil, errors.New("service account token claims could not be validated due to unexpected validation error")
	}
	b := c.Bound
	// An object that is on its way out still counts until its time is over, and a
	// little longer: what it does last must not fail.
	if err := a.checkAccount(ctx, b.Namespace, b.Account, now); err != nil {
		return nil, err
	}
	if b.Secret != nil {
		live, err := a.live(ctx, secrets, b.Namespace, b.Secret.Name, now)
		switch {
		case err != nil:
			return nil, err
		case live.UID != b.Secret.UID:
			return nil, fmt.Errorf("secret UID (%s) does not match service account secret ref claim (%s)", live.UID, b.Secret.UID)
		}
	}
	if b.Pod != nil {
		live, err := a.live(ctx, pods, b.Namespace, b.Pod.Name, now)
		switch {
		case err != nil:
			return nil, err
		case live.UID != b.Pod.UID:
			return nil, fmt.Errorf("pod UID (%s) does not match service account pod ref claim (%s)", live.UID, b.Pod.UID)
		}
	}
	if b.Node != nil && b.Pod == nil { // else the Pod counts, the node is only told
		live, err := a.live(ctx, nodes, "", b.Node.Name, now)
		switch {
		case err != nil:
			return nil, err
		case live.UID != b.Node.UID:
			return nil, fmt.Errorf("node UID (%s) does not match service account node ref claim (%s)", live.UID, b.Node.UID)
		}
	}
	user := userOf(b.Namespace, b.Account)
	user.Extra = map[string][]string{"authentication.kubernetes.io/credential-id": {"JTI=" + c.ID}}
	tell := func(kind string, r *ref) {
		if r == nil {
			return
		}
		user.Extra["authentication.kubernetes.io/"+kind+"-name"] = []string{r.Name}
		if r.UID != "" {
			user.Extra["authentication.kubernetes.io/"+kind+"-uid"] = []string{string(r.UID)}
		}
	}
	tell("pod", b.Pod)
	tell("node", b.Node)
	return user, nil
}

func userOf(namespace string, account ref) *auth.User {
	return &auth.User{Name: auth.ServiceAccountUser(namespace, account.Name), UID: string(account.UID), Groups: auth.ServiceAccountGroups(namespace)}
}

// legacyUser checks a token that lies in a Secret.
func (a *Authenticator) legacyUser(ctx context.Context, token string, c *claims) (*auth.User, error) {
	l := &c.legacy
	switch {
	case c.Subject != auth.ServiceAccountUser(l.Namespace, l.Account) || l.Namespace == "" || l.Account == "":
		return nil, errors.New("sub claim is missing or does not name the service account")
	case l.AccountUID == "":
		return nil, errors.New("serviceAccountUID claim is missing")
	case l.Secret == "":
		return nil, errors.New("secretName claim is missing")
	}
	obj, err := a.objects.Get(ctx, secrets, l.Namespace, l.Secret)
	if err != nil {
		return nil, errors.New("service account token has been invalidated")
	}
	secret, ok := obj.(*corev1.Secret)
	switch {
	case !ok || secret.DeletionTimestamp != nil || string(secret.Data[corev1.ServiceAccountTokenKey]) != token:
		return nil, errInvalidated
	case secret.Labels[invalidSince] != "":
		return nil, fmt.Errorf("the token in secret %s/%s for service account %s/%s has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the '%s' label from the secret to temporarily allow use of this token",
			l.Namespace, l.Secret, l.Namespace, l.Account, invalidSince)
	}
	account := ref{l.Account, l.AccountUID}
	if err := a.checkAccount(ctx, l.Namespace, account, a.opts.Now()); err != nil {
		return nil, err
	}
	return userOf(l.Namespace, account), nil
}

// invalidSince marks Secrets whose token nobody has used for long.
const invalidSince = "kubernetes.io/legacy-token-invalid-since"

func (a *Authenticator) checkAccount(ctx context.Context, namespace string, account ref, now time.Time) error {
	obj, err := a.objects.Get(ctx, accounts, namespace, account.Name)
	if err != nil {
		return err
	}
	m := obj.Metadata()
	switch {
	case over(m, now):
		return errInvalidated
	case m.UID != account.UID:
		return fmt.Errorf("service account UID (%s) does not match claim (%s)", m.UID, account.UID)
	}
	return nil
}

// live returns the metadata of a bound object that is still there.
func (a *Authenticator) live(ctx context.Context, resource meta.GroupVersionResource, namespace, name string, now time.Time) (*meta.ObjectMeta, error) {
	obj, err := a.objects.Get(ctx, resource, namespace, name)
	if err != nil || over(obj.Metadata(), now) {
		return nil, errInvalidated
	}
	return obj.Metadata(), nil
}

// over says that the object should be gone for a minute.
func over(m *meta.ObjectMeta, now time.Time) bool {
	return m.DeletionTimestamp != nil && m.DeletionTimestamp.Time.Before(now.Add(-leeway))
}

var (
	accounts = meta.GroupVersionResource{Version: "v1", Resource: "serviceaccounts"}
	secrets  = meta.GroupVersionResource{Version: "v1", Resource: "secrets"}
	pods     = meta.GroupVersionResource{Version: "v1", Resource: "pods"}
	nodes    = meta.GroupVersionResource{Version: "v1", Resource: "nodes"}
)

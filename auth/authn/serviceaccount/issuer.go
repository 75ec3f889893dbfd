package serviceaccount

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"

	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
)

// DefaultIssuer is who signs where nobody says otherwise. It is also the
// audience of the API server then.
const DefaultIssuer = "https://kubernetes.default.svc"

const (
	// softSeconds is the life that the volumes of Pods ask for. It marks tokens
	// whose clients may not know that tokens end: they are honoured for
	// extendedLife, and clients that use them after softSeconds can be found.
	softSeconds  = 3607
	extendedLife = 365 * 24 * time.Hour
)

// IssuerOptions tunes an [Issuer]. The zero value works.
type IssuerOptions struct {
	// URL is who signs: the iss of tokens. "" is [DefaultIssuer].
	URL string
	// Audiences are those of the API server, and of tokens that name none. nil is
	// the URL alone.
	Audiences []string
	// MaxLife bounds the life of tokens; 0 does not.
	MaxLife time.Duration
	// DisableExtension ends tokens of Pods' volumes when they say, see softSeconds.
	DisableExtension bool
	Now              func() time.Time // nil: time.Now
}

// Issuer signs tokens. It is safe for concurrent use.
type Issuer struct {
	key    *PrivateKey
	opts   IssuerOptions
	signer jose.Signer
}

// NewIssuer returns an issuer that signs with key.
func NewIssuer(key *PrivateKey, opts IssuerOptions) (*Issuer, error) {
	if key == nil {
		return nil, errors.New("service account issuer: there is no key to sign with")
	}
	if opts.URL == "" {
		opts.URL = DefaultIssuer
	}
	if strings.Contains(opts.URL, ":") {
		if _, err := url.Parse(opts.URL); err != nil {
			return nil, fmt.Errorf("service account issuer %q contained a ':' but was not a valid URL: %w", opts.URL, err)
		}
	}
	if len(opts.Audiences) == 0 {
		opts.Audiences = []string{opts.URL}
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	signer, err := jose.NewSigner(jose.SigningKey{
		Algorithm: key.Algorithm,
		Key:       jose.JSONWebKey{Key: key.Signer, KeyID: key.ID, Algorithm: string(key.Algorithm), Use: "sig"},
	}, nil)
	if err != nil {
		return nil, fmt.Errorf("service account issuer: %w", err)
	}
	return &Issuer{key: key, opts: opts, signer: signer}, nil
}

// URL returns the iss of the tokens.
func (i *Issuer) URL() string { return i.opts.URL }

// Audiences returns those of the API server.
func (i *Issuer) Audiences() []string { return i.opts.Audiences }

// Key returns the key by which the tokens are known.
func (i *Issuer) Key() PublicKey { return i.key.PublicKey }

// IssueToken fills request.Status, and audiences that are left out, for account.
// bound is the live object that the token is bound to, nil for none; node is the
// node of a bound Pod, as far as it is known.
func (i *Issuer) IssueToken(_ context.Context, account *corev1.ServiceAccount, bound meta.Object, node *corev1.Node, request *authenticationv1.TokenRequest) error {
	spec := &request.Spec
	if len(spec.Audiences) == 0 {
		spec.Audiences = slices.Clone(i.opts.Audiences)
	}
	seconds := int64(softSeconds)
	if spec.ExpirationSeconds != nil {
		seconds = *spec.ExpirationSeconds
	}
	if limit := int64(i.opts.MaxLife / time.Second); limit > 0 && seconds > limit {
		seconds = limit
		spec.ExpirationSeconds = &seconds
	}
	now := i.opts.Now()
	c := claims{
		Audience: spec.Audiences, Issuer: i.opts.URL, ID: uuid.NewString(),
		IssuedAt: now.Unix(), NotBefore: now.Unix(), Expires: now.Unix() + seconds,
		Subject: auth.ServiceAccountUser(account.Namespace, account.Name),
		Bound:   &boundTo{Namespace: account.Namespace, Account: ref{account.Name, account.UID}},
	}
	if seconds == softSeconds && !i.opts.DisableExtension && i.forServer(spec.Audiences) {
		c.Bound.WarnAfter = c.Expires
		c.Expires = now.Add(extendedLife).Unix()
	}
	switch o := bound.(type) {
	case nil:
	case *corev1.Pod:
		c.Bound.Pod = &ref{o.Name, o.UID}
		switch {
		case node != nil:
			c.Bound.Node = &ref{node.Name, node.UID}
		case o.Spec.NodeName != "":
			c.Bound.Node = &ref{Name: o.Spec.NodeName}
		}
	case *corev1.Secret:
		c.Bound.Secret = &ref{o.Name, o.UID}
	case *corev1.Node:
		c.Bound.Node = &ref{o.Name, o.UID}
	default:
		return fmt.Errorf("cannot bind a token to a %T", bound)
	}
	token, err := i.sign(&c)
	if err != nil {
		return err
	}
	request.Status.Token = token
	request.Status.ExpirationTimestamp = meta.At(now.Add(time.Duration(seconds) * time.Second).Truncate(time.Second))
	return nil
}

// forServer says that the audiences are all the API server's own.
func (i *Issuer) forServer(audiences []string) bool {
	for _, a := range audiences {
		if !slices.Contains(i.opts.Audiences, a) {
			return false
		}
	}
	return true
}

// SecretToken returns a token without an end, for a Secret of the type
// kubernetes.io/service-account-token. It is good as long as the Secret holds it.
func (i *Issuer) SecretToken(account *corev1.ServiceAccount, secret string) (string, error) {
	return i.sign(&legacyClaims{
		Issuer: legacyIssuer, Subject: auth.ServiceAccountUser(account.Namespace, account.Name),
		legacyParts: legacyParts{Account: account.Name, AccountUID: account.UID, Secret: secret, Namespace: account.Namespace},
	})
}

type legacyClaims struct {
	Issuer  string `json:"iss"`
	Subject string `json:"sub"`
	legacyParts
}

func (i *Issuer) sign(c any) (string, error) {
	payload, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	signed, err := i.signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign service account token: %w", err)
	}
	return signed.CompactSerialize()
}

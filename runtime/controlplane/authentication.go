package controlplane

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authn"
	"github.com/kubenucleus/nucleus/auth/authn/bootstraptoken"
	"github.com/kubenucleus/nucleus/auth/authn/clientcert"
	"github.com/kubenucleus/nucleus/auth/authn/requestheader"
	"github.com/kubenucleus/nucleus/auth/authn/serviceaccount"
	"github.com/kubenucleus/nucleus/auth/authn/tokenfile"
	"github.com/kubenucleus/nucleus/auth/pki"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// AuthenticationOptions say how users prove who they are, besides by client
// certificates and the token file. The zero value issues and accepts tokens of
// service accounts.
type AuthenticationOptions struct {
	// ServiceAccountIssuers are whose tokens of service accounts are accepted; new
	// ones are issued by the first. nil: serviceaccount.DefaultIssuer.
	ServiceAccountIssuers []string
	// ServiceAccountKeyFiles are PEM files of the keys by which such tokens are
	// known, besides the one that signs.
	ServiceAccountKeyFiles []string
	// ServiceAccountSigningKeyFile is the PEM file of the key that signs; "" is
	// pki/sa.key in the data directory, which is made if missing.
	ServiceAccountSigningKeyFile string
	// ServiceAccountMaxLife bounds the life of new tokens; 0 does not.
	ServiceAccountMaxLife time.Duration
	// ServiceAccountKeysURL is where others are told to find the keys; "" is this
	// server.
	ServiceAccountKeysURL string
	// APIAudiences are whom tokens for this server are meant for; nil: the issuers.
	APIAudiences []string
	// BootstrapTokens lets machines in that come with a token of a Secret of type
	// bootstrap.kubernetes.io/token.
	BootstrapTokens bool
	// Proxies may say in headers who a user is; the zero value is none.
	Proxies ProxyOptions
	// DisableAnonymous refuses requests without credentials, which are otherwise
	// from system:anonymous.
	DisableAnonymous bool
}

// ProxyOptions say who may speak for users, and in which headers.
type ProxyOptions struct {
	CAFile          string // PEM file of who signs the certificates of proxies; "": there are none
	AllowedNames    []string
	UsernameHeaders []string
	UIDHeaders      []string
	GroupHeaders    []string
	ExtraPrefixes   []string
}

// identity is how the server knows users.
type identity struct {
	opts      *Options
	roots     *pki.PKI
	issuer    *serviceaccount.Issuer
	keys      []serviceaccount.PublicKey
	issuers   []string
	audiences []string
	tokens    authn.TokenUnion
	paths     map[string]http.Handler
}

// openCertificates reads or makes the server's certificates.
func (c *ControlPlane) openCertificates() (err error) {
	if c.pki, err = pki.Open(pki.Options{Dir: c.dir("pki"), Hosts: c.opts.hosts()}); err != nil {
		return err
	}
	c.admin, err = c.pki.Client("admin", "kubernetes-admin", auth.GroupMasters)
	return err
}

// newIdentity reads the keys of service accounts.
func (c *ControlPlane) newIdentity() (*identity, error) {
	o := &c.opts.Authentication
	id := &identity{opts: &c.opts, roots: c.pki, issuers: o.ServiceAccountIssuers, audiences: o.APIAudiences}
	if len(id.issuers) == 0 {
		id.issuers = []string{serviceaccount.DefaultIssuer}
	}
	if len(id.audiences) == 0 {
		id.audiences = id.issuers
	}
	key, err := c.signingKey()
	if err != nil {
		return nil, fmt.Errorf("service account signing key: %w", err)
	}
	id.keys = []serviceaccount.PublicKey{key.PublicKey}
	for _, file := range o.ServiceAccountKeyFiles {
		more, err := serviceaccount.LoadPublicKeys(file)
		if err != nil {
			return nil, fmt.Errorf("service account key file: %w", err)
		}
		for _, k := range more {
			if !slices.ContainsFunc(id.keys, func(have serviceaccount.PublicKey) bool { return have.ID == k.ID }) {
				id.keys = append(id.keys, k)
			}
		}
	}
	if id.issuer, err = serviceaccount.NewIssuer(key, serviceaccount.IssuerOptions{
		URL: id.issuers[0], Audiences: id.audiences, MaxLife: o.ServiceAccountMaxLife,
	}); err != nil {
		return nil, err
	}
	id.paths, err = serviceaccount.Discovery(id.issuers[0], o.ServiceAccountKeysURL, "https://"+c.opts.address(), id.keys)
	return id, err
}

func (c *ControlPlane) signingKey() (*serviceaccount.PrivateKey, error) {
	if file := c.opts.Authentication.ServiceAccountSigningKeyFile; file != "" {
		return serviceaccount.LoadPrivateKey(file)
	}
	if c.opts.DataDir == "" {
		return serviceaccount.LoadOrMakeKey("")
	}
	return serviceaccount.LoadOrMakeKey(filepath.Join(c.dir("pki"), "sa.key"))
}

// authenticator says who is let in. It looks up accounts in r.
func (id *identity) authenticator(r *registry.Registry) (authn.Authenticator, error) {
	roots := id.roots.Pool()
	if file := id.opts.ClientCAFile; file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("client CA file: %w", err)
		}
		if !roots.AppendCertsFromPEM(data) {
			return nil, fmt.Errorf("client CA file: %s holds no certificate in PEM form", file)
		}
	}
	if file := id.opts.TokenAuthFile; file != "" {
		tokens, err := tokenfile.Load(file)
		if err != nil {
			return nil, err
		}
		id.tokens = append(id.tokens, tokens.For(id.audiences))
	}
	accounts, err := serviceaccount.New(r.LocalReader(), serviceaccount.Options{Issuers: id.issuers, Keys: id.keys, Audiences: id.audiences})
	if err != nil {
		return nil, err
	}
	id.tokens = append(id.tokens, accounts)
	if id.opts.Authentication.BootstrapTokens {
		id.tokens = append(id.tokens, bootstraptoken.New(r.LocalReader(), bootstraptoken.Options{Audiences: id.audiences}))
	}

	var members authn.Union
	if proxies := id.opts.Authentication.Proxies; proxies.CAFile != "" {
		// First: the certificate of such a request is the proxy's.
		member, err := proxies.authenticator()
		if err != nil {
			return nil, err
		}
		members = append(members, member)
	}
	members = append(members, clientcert.New(roots, clientcert.Options{}), authn.Bearer(id.tokens, id.audiences))
	known := authn.Authenticated(members)
	if id.opts.Authentication.DisableAnonymous {
		return known, nil
	}
	return authn.OrAnonymous(known), nil
}

func (o *ProxyOptions) authenticator() (authn.Authenticator, error) {
	data, err := os.ReadFile(o.CAFile)
	if err != nil {
		return nil, fmt.Errorf("authority of proxies: %w", err)
	}
	roots, err := pki.PoolFromPEM(data)
	if err != nil {
		return nil, fmt.Errorf("authority of proxies: %s: %w", o.CAFile, err)
	}
	return requestheader.New(requestheader.Options{
		Roots: roots, AllowedNames: o.AllowedNames, UsernameHeaders: o.UsernameHeaders, UIDHeaders: o.UIDHeaders,
		GroupHeaders: o.GroupHeaders, ExtraPrefixes: o.ExtraPrefixes,
	})
}

// publish tells API servers that delegate to this one (the ConfigMap
// extension-apiserver-authentication) by whom they know clients.
func (id *identity) publish(ctx context.Context, c client.Client) error {
	const name = "extension-apiserver-authentication"
	if _, ok := c.Scheme().Kind(&corev1.ConfigMap{}); !ok {
		return nil
	}
	data := map[string]string{"client-ca-file": string(id.roots.CAPEM())}
	if file := id.opts.ClientCAFile; file != "" {
		more, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		data["client-ca-file"] += string(more)
	}
	if proxies := &id.opts.Authentication.Proxies; proxies.CAFile != "" {
		authority, err := os.ReadFile(proxies.CAFile)
		if err != nil {
			return err
		}
		data["requestheader-client-ca-file"] = string(authority)
		for key, list := range map[string][]string{
			"allowed-names": proxies.AllowedNames, "username-headers": proxies.UsernameHeaders, "uid-headers": proxies.UIDHeaders,
			"group-headers": proxies.GroupHeaders, "extra-headers-prefix": proxies.ExtraPrefixes,
		} {
			text, err := json.Marshal(list)
			if err != nil {
				return err
			}
			data["requestheader-"+key] = string(text)
		}
	}
	maps := client.Of[corev1.ConfigMap](c).In(meta.NamespaceSystem)
	have, err := maps.Get(ctx, name)
	if meta.IsNotFound(err) {
		return maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: name, Namespace: meta.NamespaceSystem}, Data: data})
	}
	if err != nil {
		return err
	}
	have.Data = data
	return maps.Update(ctx, have) // writes nothing if it is the same
}

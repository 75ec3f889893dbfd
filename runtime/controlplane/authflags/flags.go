// Package authflags has the flags of kube-apiserver that say who users are and what
// they may do, for programs that are made of a controlplane.
package authflags

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/kubenucleus/nucleus/runtime/controlplane"
)

// Flags are what was said on the command line.
type Flags struct {
	modes              []string
	issuers            []string
	keyFiles           []string
	signingKeyFile     string
	audiences          []string
	keysURL            string
	maxLife            time.Duration
	anonymous          bool
	bootstrapTokens    bool
	proxyCAFile        string
	proxyNames         []string
	proxyUserHeaders   []string
	proxyUIDHeaders    []string
	proxyGroupHeaders  []string
	proxyExtraPrefixes []string
}

// Register adds the flags to set.
func (f *Flags) Register(set *pflag.FlagSet) {
	set.StringSliceVar(&f.modes, "authorization-mode", []string{controlplane.ModeNode, controlplane.ModeRBAC}, "who decides what users may do, in order: Node, RBAC, AlwaysAllow, AlwaysDeny")
	set.StringArrayVar(&f.issuers, "service-account-issuer", nil, "who issues tokens of service accounts; the first issues, all are accepted (default https://kubernetes.default.svc)")
	set.StringArrayVar(&f.keyFiles, "service-account-key-file", nil, "PEM file of keys by which tokens of service accounts are known, besides the one that signs")
	set.StringVar(&f.signingKeyFile, "service-account-signing-key-file", "", "PEM file of the key that signs tokens of service accounts (default: pki/sa.key in the data directory)")
	set.StringSliceVar(&f.audiences, "api-audiences", nil, "whom tokens for this server are meant for (default: the issuers)")
	set.StringVar(&f.keysURL, "service-account-jwks-uri", "", "where others are told to find the keys of service accounts (default: this server)")
	set.DurationVar(&f.maxLife, "service-account-max-token-expiration", 0, "longest life of new tokens of service accounts; 0 does not bound it")
	set.BoolVar(&f.anonymous, "anonymous-auth", true, "whether requests without credentials are from system:anonymous, rather than refused")
	set.BoolVar(&f.bootstrapTokens, "enable-bootstrap-token-auth", true, "whether Secrets of type bootstrap.kubernetes.io/token in kube-system let machines join")
	set.StringVar(&f.proxyCAFile, "requestheader-client-ca-file", "", "PEM file of the authorities of proxies that say in headers who a user is")
	set.StringSliceVar(&f.proxyNames, "requestheader-allowed-names", nil, "common names of those proxies (default: any)")
	set.StringSliceVar(&f.proxyUserHeaders, "requestheader-username-headers", []string{"X-Remote-User"}, "headers that name the user")
	set.StringSliceVar(&f.proxyUIDHeaders, "requestheader-uid-headers", []string{"X-Remote-Uid"}, "headers that have the user's uid")
	set.StringSliceVar(&f.proxyGroupHeaders, "requestheader-group-headers", []string{"X-Remote-Group"}, "headers that name the user's groups")
	set.StringSliceVar(&f.proxyExtraPrefixes, "requestheader-extra-headers-prefix", []string{"X-Remote-Extra-"}, "beginnings of headers with what more is known of the user")
}

// Apply puts what was said into opts, and reports everything that is wrong.
func (f *Flags) Apply(opts *controlplane.Options) error {
	var errs []error
	known := []string{controlplane.ModeNode, controlplane.ModeRBAC, controlplane.ModeAlwaysAllow, controlplane.ModeAlwaysDeny}
	for i, mode := range f.modes {
		if !slices.Contains(known, mode) {
			errs = append(errs, fmt.Errorf("--authorization-mode: %q is not one of %s", mode, strings.Join(known, ", ")))
		}
		if slices.Contains(f.modes[:i], mode) {
			errs = append(errs, fmt.Errorf("--authorization-mode: %q is given twice", mode))
		}
	}
	for _, issuer := range f.issuers {
		if issuer == "" {
			errs = append(errs, errors.New("--service-account-issuer: must not be empty"))
		}
	}
	if f.maxLife != 0 && (f.maxLife < time.Hour || f.maxLife > 1<<32*time.Second) {
		errs = append(errs, errors.New("--service-account-max-token-expiration: must be between 1 hour and 2^32 seconds"))
	}
	opts.AuthorizationModes = f.modes
	opts.Authentication = controlplane.AuthenticationOptions{
		ServiceAccountIssuers: f.issuers, ServiceAccountKeyFiles: f.keyFiles, ServiceAccountSigningKeyFile: f.signingKeyFile,
		ServiceAccountMaxLife: f.maxLife, ServiceAccountKeysURL: f.keysURL, APIAudiences: f.audiences,
		DisableAnonymous: !f.anonymous, BootstrapTokens: f.bootstrapTokens,
	}
	if f.proxyCAFile != "" {
		opts.Authentication.Proxies = controlplane.ProxyOptions{
			CAFile: f.proxyCAFile, AllowedNames: f.proxyNames, UsernameHeaders: f.proxyUserHeaders, UIDHeaders: f.proxyUIDHeaders,
			GroupHeaders: f.proxyGroupHeaders, ExtraPrefixes: f.proxyExtraPrefixes,
		}
	}
	return errors.Join(errs...)
}

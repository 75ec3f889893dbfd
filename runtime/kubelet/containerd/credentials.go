package containerd

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// Credential is what one says to a registry to be let in.
type Credential struct {
	Username, Password string
	IdentityToken      string // instead of a password
	RegistryToken      string // a bearer token, to be sent as it is
	Server             string // the registry that it is for, as configured
}

// config is what the runtime is told. That it is for the image's registry is known
// already; what configurations call the registry is often no URL, for which a
// containerd would not use it.
func (c Credential) config() *cri.AuthConfig {
	return &cri.AuthConfig{Username: c.Username, Password: c.Password, IdentityToken: c.IdentityToken, RegistryToken: c.RegistryToken}
}

// PullSecrets returns a function for Options.Credentials that reads the Secrets
// which a Pod names as imagePullSecrets. Those that are not there are passed over:
// the error says which, beside what could be read.
func PullSecrets(c client.Client) func(ctx context.Context, pod *corev1.Pod, image string) ([]Credential, error) {
	return func(ctx context.Context, pod *corev1.Pod, image string) ([]Credential, error) {
		if pod == nil {
			return nil, nil
		}
		var all []Credential
		var errs []error
		for _, ref := range pod.Spec.ImagePullSecrets {
			secret, err := client.Of[corev1.Secret](c).In(pod.Namespace).Get(ctx, ref.Name)
			if err != nil {
				errs = append(errs, fmt.Errorf("secret %q: %w", ref.Name, err))
				continue
			}
			logins, err := secretLogins(secret)
			if err != nil {
				errs = append(errs, fmt.Errorf("secret %q: %w", ref.Name, err))
				continue
			}
			all = append(all, logins...)
		}
		return matching(all, image), errors.Join(errs...)
	}
}

// secretLogins reads a Secret of one of the two types that hold credentials.
func secretLogins(s *corev1.Secret) ([]Credential, error) {
	switch s.Type {
	case corev1.SecretTypeDockerConfigJson:
		var file struct {
			Auths map[string]login `json:"auths"`
		}
		if err := json.Unmarshal(s.Data[corev1.DockerConfigJsonKey], &file); err != nil {
			return nil, fmt.Errorf("%s: %w", corev1.DockerConfigJsonKey, err)
		}
		return credentials(file.Auths)
	case corev1.SecretTypeDockercfg:
		var auths map[string]login
		if err := json.Unmarshal(s.Data[corev1.DockerConfigKey], &auths); err != nil {
			return nil, fmt.Errorf("%s: %w", corev1.DockerConfigKey, err)
		}
		return credentials(auths)
	}
	return nil, fmt.Errorf("type %q holds no credentials for registries", s.Type)
}

// login is an entry of a docker config file.
type login struct {
	Username      string `json:"username"`
	Password      string `json:"password"`
	Auth          string `json:"auth"` // base64 of username:password
	IdentityToken string `json:"identitytoken"`
	RegistryToken string `json:"registrytoken"`
}

func credentials(auths map[string]login) ([]Credential, error) {
	var all []Credential
	for server, l := range auths {
		c := Credential{Username: l.Username, Password: l.Password, IdentityToken: l.IdentityToken, RegistryToken: l.RegistryToken, Server: server}
		if l.Auth != "" {
			data, err := base64.StdEncoding.DecodeString(strings.TrimRight(l.Auth, "\x00"))
			if err != nil {
				if data, err = base64.RawStdEncoding.DecodeString(l.Auth); err != nil {
					return nil, fmt.Errorf("auth of %s: %w", server, err)
				}
			}
			user, password, ok := strings.Cut(string(data), ":")
			if !ok {
				return nil, fmt.Errorf("auth of %s is not of the form user:password", server)
			}
			c.Username, c.Password = user, strings.TrimRight(password, "\x00")
		}
		all = append(all, c)
	}
	return all, nil
}

// matching returns the credentials for an image, those for the longest part of its
// name first.
func matching(all []Credential, image string) []Credential {
	host, name := splitImage(image)
	type match struct {
		Credential
		depth int
	}
	var matches []match
	for _, c := range all {
		if pattern, prefix := splitServer(c.Server); matchHost(pattern, host) && (prefix == "" || name == prefix || strings.HasPrefix(name, prefix+"/")) {
			matches = append(matches, match{c, len(prefix)})
		}
	}
	slices.SortStableFunc(matches, func(a, b match) int {
		if a.depth != b.depth {
			return b.depth - a.depth
		}
		return strings.Compare(a.Server, b.Server) // the order of a map is none
	})
	out := make([]Credential, len(matches))
	for i := range matches {
		out[i] = matches[i].Credential
	}
	return out
}

// The registry that is meant where none is named.
const defaultRegistry = "docker.io"

// splitImage returns an image's registry and its name there, without tag.
func splitImage(image string) (host, name string) {
	image, _, _ = strings.Cut(image, "@")
	if colon := strings.LastIndexByte(image, ':'); colon > strings.LastIndexByte(image, '/') {
		image = image[:colon]
	}
	host, name, ok := strings.Cut(image, "/")
	if !ok {
		return defaultRegistry, "library/" + image
	}
	if !strings.ContainsAny(host, ".:") && host != "localhost" {
		return defaultRegistry, image
	}
	if host == "index.docker.io" {
		host = defaultRegistry
	}
	return host, name
}

// splitServer takes the name of a registry apart, which may be a URL.
func splitServer(server string) (host, prefix string) {
	if !strings.Contains(server, "://") {
		server = "https://" + server
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", ""
	}
	host, prefix = u.Host, strings.Trim(u.Path, "/")
	// Old configurations name an API version or two.
	if prefix == "v1" || prefix == "v2" {
		prefix = ""
	}
	if host == "index.docker.io" || host == "registry-1.docker.io" {
		host = defaultRegistry
	}
	return host, prefix
}

// matchHost matches part by part; a * stands for one part or a piece of it.
func matchHost(pattern, host string) bool {
	if pattern == "" {
		return false
	}
	want, have := strings.Split(pattern, "."), strings.Split(host, ".")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if ok, err := path.Match(want[i], have[i]); err != nil || !ok {
			return false
		}
	}
	return true
}

package client

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"sigs.k8s.io/yaml"

	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Kubeconfig is the content of a kubeconfig file: clusters, users, and contexts
// that pair them. What a file has besides is lost when it is written back.
type Kubeconfig struct {
	Clusters       map[string]KubeCluster
	Users          map[string]KubeUser
	Contexts       map[string]KubeContext
	CurrentContext string
}

// KubeCluster is a server. File names are absolute once loaded.
type KubeCluster struct {
	Server                   string `json:"server,omitempty"`
	TLSServerName            string `json:"tls-server-name,omitempty"`
	InsecureSkipTLSVerify    bool   `json:"insecure-skip-tls-verify,omitempty"`
	CertificateAuthority     string `json:"certificate-authority,omitempty"`
	CertificateAuthorityData []byte `json:"certificate-authority-data,omitempty"`
	ProxyURL                 string `json:"proxy-url,omitempty"`
	DisableCompression       bool   `json:"disable-compression,omitempty"`
}

// KubeUser is what proves who one is. File names are absolute once loaded.
type KubeUser struct {
	ClientCertificate     string              `json:"client-certificate,omitempty"`
	ClientCertificateData []byte              `json:"client-certificate-data,omitempty"`
	ClientKey             string              `json:"client-key,omitempty"`
	ClientKeyData         []byte              `json:"client-key-data,omitempty"`
	Token                 string              `json:"token,omitempty"`
	TokenFile             string              `json:"tokenFile,omitempty"`
	As                    string              `json:"as,omitempty"`
	AsUID                 string              `json:"as-uid,omitempty"`
	AsGroups              []string            `json:"as-groups,omitempty"`
	AsUserExtra           map[string][]string `json:"as-user-extra,omitempty"`
	Username              string              `json:"username,omitempty"`
	Password              string              `json:"password,omitempty"`
	// Credentials from other programs are kept, but cannot be used.
	AuthProvider map[string]any `json:"auth-provider,omitempty"`
	Exec         map[string]any `json:"exec,omitempty"`
}

// KubeContext is a cluster, a user and the namespace to work in.
type KubeContext struct {
	Cluster   string `json:"cluster"`
	User      string `json:"user"`
	Namespace string `json:"namespace,omitempty"`
}

// kubeconfigFile is the form of the file, which has lists in place of maps.
type kubeconfigFile struct {
	APIVersion     string         `json:"apiVersion,omitempty"`
	Kind           string         `json:"kind,omitempty"`
	Preferences    struct{}       `json:"preferences"`
	Clusters       []namedCluster `json:"clusters"`
	Users          []namedUser    `json:"users"`
	Contexts       []namedContext `json:"contexts"`
	CurrentContext string         `json:"current-context"`
}

type (
	namedCluster struct {
		Name    string      `json:"name"`
		Cluster KubeCluster `json:"cluster"`
	}
	namedUser struct {
		Name string   `json:"name"`
		User KubeUser `json:"user"`
	}
	namedContext struct {
		Name    string      `json:"name"`
		Context KubeContext `json:"context"`
	}
)

// LoadKubeconfig reads the file at path. An empty path reads what kubectl
// would: the files that $KUBECONFIG lists, of which the first to name something
// decides on it, else ~/.kube/config.
func LoadKubeconfig(path string) (*Kubeconfig, error) {
	if path != "" {
		return loadKubeconfigs([]string{path}, false)
	}
	if list := filepath.SplitList(os.Getenv("KUBECONFIG")); len(list) > 0 {
		return loadKubeconfigs(list, true)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	return loadKubeconfigs([]string{filepath.Join(home, ".kube", "config")}, false)
}

func loadKubeconfigs(paths []string, skipMissing bool) (*Kubeconfig, error) {
	all := &Kubeconfig{Clusters: map[string]KubeCluster{}, Users: map[string]KubeUser{}, Contexts: map[string]KubeContext{}}
	found := false
	for _, path := range paths {
		if path == "" {
			continue
		}
		data, err := os.ReadFile(path)
		if skipMissing && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("kubeconfig: %w", err)
		}
		one, err := ParseKubeconfig(data)
		if err != nil {
			return nil, fmt.Errorf("kubeconfig %s: %w", path, err)
		}
		dir, err := filepath.Abs(filepath.Dir(path))
		if err != nil {
			return nil, fmt.Errorf("kubeconfig %s: %w", path, err)
		}
		one.resolve(dir)
		keepFirst(all.Clusters, one.Clusters)
		keepFirst(all.Users, one.Users)
		keepFirst(all.Contexts, one.Contexts)
		if all.CurrentContext == "" {
			all.CurrentContext = one.CurrentContext
		}
		found = true
	}
	if !found {
		return nil, fmt.Errorf("kubeconfig: none of %q exists: %w", paths, fs.ErrNotExist)
	}
	return all, nil
}

func keepFirst[V any](into, from map[string]V) {
	for name, v := range from {
		if _, ok := into[name]; !ok {
			into[name] = v
		}
	}
}

// ParseKubeconfig reads the content of a kubeconfig file. Relative file names
// stay as they are.
func ParseKubeconfig(data []byte) (*Kubeconfig, error) {
	var file kubeconfigFile
	if err := yaml.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	if file.Kind != "" && file.Kind != "Config" || file.APIVersion != "" && file.APIVersion != "v1" {
		return nil, fmt.Errorf("is a %s of %s, not a Config of v1", file.Kind, file.APIVersion)
	}
	k := &Kubeconfig{
		Clusters: map[string]KubeCluster{}, Users: map[string]KubeUser{}, Contexts: map[string]KubeContext{},
		CurrentContext: file.CurrentContext,
	}
	for _, c := range file.Clusters {
		keepFirst(k.Clusters, map[string]KubeCluster{c.Name: c.Cluster})
	}
	for _, u := range file.Users {
		keepFirst(k.Users, map[string]KubeUser{u.Name: u.User})
	}
	for _, c := range file.Contexts {
		keepFirst(k.Contexts, map[string]KubeContext{c.Name: c.Context})
	}
	return k, nil
}

// resolve makes file names absolute; in the file they are relative to it.
func (k *Kubeconfig) resolve(dir string) {
	abs := func(names ...*string) {
		for _, name := range names {
			if *name != "" && !filepath.IsAbs(*name) {
				*name = filepath.Join(dir, *name)
			}
		}
	}
	for name, c := range k.Clusters {
		abs(&c.CertificateAuthority)
		k.Clusters[name] = c
	}
	for name, u := range k.Users {
		abs(&u.ClientCertificate, &u.ClientKey, &u.TokenFile)
		k.Users[name] = u
	}
}

// Config returns how to reach the cluster of a context, as its user; "" is the
// current context. Add a Scheme to it.
func (k *Kubeconfig) Config(context string) (Config, error) {
	if context == "" {
		context = k.CurrentContext
	}
	if context == "" {
		return Config{}, errors.New("kubeconfig: no current context is set")
	}
	ctx, ok := k.Contexts[context]
	if !ok {
		return Config{}, fmt.Errorf("kubeconfig: there is no context %q", context)
	}
	cluster, ok := k.Clusters[ctx.Cluster]
	if !ok {
		return Config{}, fmt.Errorf("kubeconfig: context %q is of cluster %q, which is not there", context, ctx.Cluster)
	}
	user, ok := k.Users[ctx.User]
	if !ok && ctx.User != "" {
		return Config{}, fmt.Errorf("kubeconfig: context %q is of user %q, who is not there", context, ctx.User)
	}
	if user.Exec != nil || user.AuthProvider != nil {
		return Config{}, fmt.Errorf("kubeconfig: user %q gets credentials from another program, which is not supported", ctx.User)
	}
	if cluster.InsecureSkipTLSVerify {
		cluster.CertificateAuthority, cluster.CertificateAuthorityData = "", nil // as kubectl does
	}
	return Config{
		Host: cluster.Server,
		TLS: TLS{
			CAData: cluster.CertificateAuthorityData, CAFile: cluster.CertificateAuthority,
			CertData: user.ClientCertificateData, CertFile: user.ClientCertificate,
			KeyData: user.ClientKeyData, KeyFile: user.ClientKey,
			ServerName: cluster.TLSServerName, Insecure: cluster.InsecureSkipTLSVerify,
		},
		BearerToken: user.Token, BearerTokenFile: user.TokenFile,
		Username: user.Username, Password: user.Password,
		Impersonate:        Impersonation{User: user.As, UID: user.AsUID, Groups: user.AsGroups, Extra: user.AsUserExtra},
		ProxyURL:           cluster.ProxyURL,
		DisableCompression: cluster.DisableCompression,
	}, nil
}

// Namespace returns the namespace to work in, in a context ("": the current
// one); "default" if it names none.
func (k *Kubeconfig) Namespace(context string) string {
	if context == "" {
		context = k.CurrentContext
	}
	if ns := k.Contexts[context].Namespace; ns != "" {
		return ns
	}
	return "default"
}

// NewKubeconfig returns a kubeconfig with one context, called name, that is as
// config says. Contents are written into it where config has them.
func NewKubeconfig(name string, config Config) *Kubeconfig {
	return &Kubeconfig{
		Clusters: map[string]KubeCluster{name: {
			Server: config.Host, TLSServerName: config.TLS.ServerName, InsecureSkipTLSVerify: config.TLS.Insecure,
			CertificateAuthority: config.TLS.CAFile, CertificateAuthorityData: config.TLS.CAData,
			ProxyURL: config.ProxyURL, DisableCompression: config.DisableCompression,
		}},
		Users: map[string]KubeUser{name: {
			ClientCertificate: config.TLS.CertFile, ClientCertificateData: config.TLS.CertData,
			ClientKey: config.TLS.KeyFile, ClientKeyData: config.TLS.KeyData,
			Token: config.BearerToken, TokenFile: config.BearerTokenFile,
			Username: config.Username, Password: config.Password,
			As: config.Impersonate.User, AsUID: config.Impersonate.UID, AsGroups: config.Impersonate.Groups, AsUserExtra: config.Impersonate.Extra,
		}},
		Contexts:       map[string]KubeContext{name: {Cluster: name, User: name}},
		CurrentContext: name,
	}
}

// Encode returns the content of a kubeconfig file.
func (k *Kubeconfig) Encode() ([]byte, error) {
	file := kubeconfigFile{
		APIVersion: "v1", Kind: "Config", CurrentContext: k.CurrentContext,
		Clusters: []namedCluster{}, Users: []namedUser{}, Contexts: []namedContext{},
	}
	for _, name := range sortedKeys(k.Clusters) {
		file.Clusters = append(file.Clusters, namedCluster{name, k.Clusters[name]})
	}
	for _, name := range sortedKeys(k.Users) {
		file.Users = append(file.Users, namedUser{name, k.Users[name]})
	}
	for _, name := range sortedKeys(k.Contexts) {
		file.Contexts = append(file.Contexts, namedContext{name, k.Contexts[name]})
	}
	return yaml.Marshal(file)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Write writes the file, readable by its owner alone, and makes its directory.
// A reader sees the old file or the new one, never half of one.
func (k *Kubeconfig) Write(path string) error {
	data, err := k.Encode()
	if err != nil {
		return fmt.Errorf("kubeconfig: %w", err)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("kubeconfig: %w", err)
	}
	// CreateTemp makes it readable by the owner alone.
	temp, err := os.CreateTemp(dir, ".kubeconfig-*")
	if err != nil {
		return fmt.Errorf("kubeconfig: %w", err)
	}
	_, err = temp.Write(data)
	err = errors.Join(err, temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		os.Remove(temp.Name())
		return fmt.Errorf("kubeconfig %s: %w", path, err)
	}
	return nil
}

// Connect returns a client for the current context of a kubeconfig file that
// knows the kinds of s; "" means what [LoadKubeconfig] takes it to mean. It is
// the way in for programs that have nothing to tune.
func Connect(kubeconfig string, s *scheme.Scheme) (*Remote, error) {
	file, err := LoadKubeconfig(kubeconfig)
	if err != nil {
		return nil, err
	}
	config, err := file.Config("")
	if err != nil {
		return nil, err
	}
	config.Scheme = s
	return New(config)
}

package encrypt

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// Configuration is a file of kind EncryptionConfiguration.
type Configuration struct {
	Kind       string                  `json:"kind"`
	APIVersion string                  `json:"apiVersion"`
	Resources  []ResourceConfiguration `json:"resources"`
}

// ResourceConfiguration says what some resources are encrypted with. Earlier
// ones take precedence.
type ResourceConfiguration struct {
	// Resources are names such as "secrets" or "pandas.example.com"; "*.GROUP" is
	// all of a group, "*." those of the core group, "*.*" all.
	Resources []string `json:"resources"`
	// Providers encrypt: the first what is written, all what is read.
	Providers []Provider `json:"providers"`
}

// Provider is one of its fields.
type Provider struct {
	AESGCM    *Keys     `json:"aesgcm,omitempty"`
	AESCBC    *Keys     `json:"aescbc,omitempty"`
	Secretbox *Keys     `json:"secretbox,omitempty"`
	Identity  *struct{} `json:"identity,omitempty"`
	KMS       *KMS      `json:"kms,omitempty"`
}

// Keys are those of a provider. The first encrypts.
type Keys struct {
	Keys []Key `json:"keys"`
}

// Key is a name, which is stored with what it encrypts, and a secret in base64.
type Key struct {
	Name   string `json:"name"`
	Secret string `json:"secret"`
}

// KMS is a plug-in.
type KMS struct {
	APIVersion string `json:"apiVersion"`
	Name       string `json:"name"`
	// CacheSize was for version 1; it does nothing.
	CacheSize *int32 `json:"cachesize,omitempty"`
	// Endpoint is a unix socket: unix:///path or, in the abstract name space,
	// unix:///@name.
	Endpoint string `json:"endpoint"`
	// Timeout bounds each call; empty is three seconds.
	Timeout string `json:"timeout,omitempty"`
}

// Resource is what a store is for.
type Resource struct{ Group, Name string }

// String is the form that configurations have it in.
func (r Resource) String() string {
	if r.Group == "" {
		return r.Name
	}
	return r.Name + "." + r.Group
}

// Parse reads a configuration and reports all that is wrong with it.
func Parse(data []byte) (*Configuration, error) {
	var c Configuration
	if err := yaml.UnmarshalStrict(data, &c); err != nil {
		return nil, err
	}
	if c.Kind != "EncryptionConfiguration" && c.Kind != "EncryptionConfig" || c.APIVersion != "apiserver.config.k8s.io/v1" && c.APIVersion != "v1" {
		return nil, fmt.Errorf("%s of %s is not an EncryptionConfiguration of apiserver.config.k8s.io/v1", c.Kind, c.APIVersion)
	}
	return &c, c.check()
}

func (c *Configuration) check() error {
	var errs []error
	complain := func(path, format string, args ...any) {
		errs = append(errs, fmt.Errorf(path+": "+format, args...))
	}
	if len(c.Resources) == 0 {
		complain("resources", "at least one resources is required")
	}
	plugins := map[string]bool{}
	for i, rc := range c.Resources {
		at := fmt.Sprintf("resources[%d]", i)
		if len(rc.Resources) == 0 {
			complain(at+".resources", "at least one is required")
		}
		if len(rc.Providers) == 0 {
			complain(at+".providers", "at least one is required")
		}
		checkNames(rc.Resources, at+".resources", complain)
		for j, p := range rc.Providers {
			p.check(j == 0, fmt.Sprintf("%s.providers[%d]", at, j), plugins, complain)
		}
	}
	return errors.Join(errs...)
}

type complaint func(path, format string, args ...any)

func checkNames(names []string, at string, complain complaint) {
	for i, name := range names {
		path := fmt.Sprintf("%s[%d]", at, i)
		resource, group, grouped := strings.Cut(name, ".")
		switch {
		case name != strings.ToLower(name):
			complain(path, "%q: resource name should not contain capital letters", name)
		case name == "*":
			complain(path, "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources")
		case name == "apiserveripinfo", name == "serviceipallocations", name == "servicenodeportallocations":
			complain(path, "%q: resources which do not have REST API/s cannot be encrypted", name)
		case group == "events.k8s.io":
			complain(path, "%q: '*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in the config file", name)
		case group == "extensions":
			complain(path, "%q: 'extensions' group has been removed and cannot be used for encryption", name)
		case group == "*" && resource != "*":
			complain(path, "%q: encrypting the same resource across groups is not supported", name)
		}
		for _, other := range names[:i] {
			otherResource, otherGroup, otherGrouped := strings.Cut(other, ".")
			switch {
			case name == other:
				complain(path, "%q: the same resource cannot be specified multiple times", name)
			case name == "*.*" || other == "*.*",
				group == otherGroup && (resource == "*" && grouped || otherResource == "*" && otherGrouped):
				complain(path, "%q and %q: using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as they will be masked", other, name)
			}
		}
	}
}

func (p *Provider) check(writes bool, at string, plugins map[string]bool, complain complaint) {
	found := 0
	for _, there := range []bool{p.AESGCM != nil, p.AESCBC != nil, p.Secretbox != nil, p.Identity != nil, p.KMS != nil} {
		if there {
			found++
		}
	}
	switch {
	case found == 0:
		complain(at, "provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity")
		return
	case found > 1:
		complain(at, "more than one provider specified in a single element, should split into different list elements")
		return
	case p.AESGCM != nil:
		p.AESGCM.check(at+".aesgcm.keys", []int{16, 24, 32}, complain)
	case p.AESCBC != nil:
		p.AESCBC.check(at+".aescbc.keys", []int{16, 24, 32}, complain)
		if writes {
			complain(at, "aescbc is for reading old data only: put another provider before it")
		}
	case p.Secretbox != nil:
		p.Secretbox.check(at+".secretbox.keys", []int{32}, complain)
	case p.KMS != nil:
		p.KMS.check(at+".kms", plugins, complain)
	}
}

func (k *Keys) check(at string, sizes []int, complain complaint) {
	if len(k.Keys) == 0 {
		complain(at, "at least one is required")
	}
	for i := range k.Keys {
		path := fmt.Sprintf("%s[%d]", at, i)
		if k.Keys[i].Name == "" {
			complain(path+".name", "name is a mandatory field for a key")
		}
		if k.Keys[i].Secret == "" {
			complain(path+".secret", "secret is a mandatory field for a key")
			continue
		}
		secret, err := base64.StdEncoding.DecodeString(k.Keys[i].Secret)
		switch {
		case err != nil:
			complain(path+".secret", "secrets must be base64 encoded") // and never be shown
		case !slices.Contains(sizes, len(secret)):
			complain(path+".secret", "secret is not of the expected length, got %d, expected one of %v", len(secret), sizes)
		}
	}
}

func (k *KMS) check(at string, plugins map[string]bool, complain complaint) {
	switch {
	case k.Name == "":
		complain(at+".name", "name is a mandatory field for a KMS provider")
	case strings.Contains(k.Name, ":"):
		complain(at+".name", "invalid KMS provider name %s, must not contain ':'", k.Name)
	case plugins[k.Name]:
		complain(at+".name", "duplicate KMS provider name %s, names must be unique", k.Name)
	}
	plugins[k.Name] = true
	switch k.APIVersion {
	case "v2":
	case "", "v1":
		complain(at+".apiVersion", "version 1 of the KMS interface is not supported, only v2 is")
	default:
		complain(at+".apiVersion", "unsupported apiVersion %s for KMS provider, only v2 is supported", k.APIVersion)
	}
	if u, err := url.Parse(k.Endpoint); err != nil {
		complain(at+".endpoint", "invalid endpoint for kms provider, error: %v", err)
	} else if u.Scheme != "unix" || u.Path == "" {
		complain(at+".endpoint", "%q: only unix:///path is supported", k.Endpoint)
	}
	if _, err := k.timeout(); err != nil {
		complain(at+".timeout", "%v", err)
	}
}

func (k *KMS) timeout() (time.Duration, error) {
	if k.Timeout == "" {
		return 3 * time.Second, nil
	}
	d, err := time.ParseDuration(k.Timeout)
	if err == nil && d <= 0 {
		err = fmt.Errorf("%s should be a positive value", k.Timeout)
	}
	return d, err
}

// providersOf returns which of Resources is for a resource; -1 is none.
func (c *Configuration) providersOf(r Resource) int {
	for i, rc := range c.Resources {
		for _, name := range rc.Resources {
			resource, group, grouped := strings.Cut(name, ".")
			if name == "*.*" || name == r.String() || resource == "*" && grouped && group == r.Group {
				return i
			}
		}
	}
	return -1
}

package storageflags

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/controlplane"
	"github.com/kubenucleus/nucleus/runtime/server"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/encrypt"
	"github.com/kubenucleus/nucleus/storage/etcd"
)

// Flags are what was given on the command line.
type Flags struct {
	Servers           []string
	ServersOverrides  []string
	CAFile            string
	CertFile, KeyFile string
	Prefix            string
	CompactEvery      time.Duration
	LeaseReuseSeconds int64
	EncryptionConfig  string
	EncryptionReload  bool
}

// Register adds the flags to set.
func (f *Flags) Register(set *pflag.FlagSet) {
	set.StringSliceVar(&f.Servers, "etcd-servers", nil, "etcd servers to keep everything in (scheme://host:port), separated by commas; none: in the data directory")
	set.StringSliceVar(&f.ServersOverrides, "etcd-servers-overrides", nil,
		"etcd servers for single resources, separated by commas: group/resource#servers, where servers are URLs separated by semicolons")
	set.StringVar(&f.CAFile, "etcd-cafile", "", "PEM file of the authorities for the etcd servers' certificates")
	set.StringVar(&f.CertFile, "etcd-certfile", "", "PEM file of the client certificate for etcd")
	set.StringVar(&f.KeyFile, "etcd-keyfile", "", "PEM file of that certificate's key")
	set.StringVar(&f.Prefix, "etcd-prefix", "/registry", "what all keys begin with")
	set.DurationVar(&f.CompactEvery, "etcd-compaction-interval", 5*time.Minute, "how often etcd is compacted, by one of all servers on it; 0: never")
	set.Int64Var(&f.LeaseReuseSeconds, "lease-reuse-duration-seconds", 60, "how long objects with the same time to live share a lease of etcd")
	set.StringVar(&f.EncryptionConfig, "encryption-provider-config", "", "file of kind EncryptionConfiguration that says which resources are encrypted in the store, and how")
	set.BoolVar(&f.EncryptionReload, "encryption-provider-config-automatic-reload", false, "follow changes of that file")
}

// Storage is what Open has opened.
type Storage struct {
	stores     []storage.Store
	encryption *encrypt.Encryption // nil: none
}

// Open opens what the flags say and puts it into the options of a control plane
// that is to be made. The caller closes it once the control plane has ended.
func (f *Flags) Open(ctx context.Context, o *controlplane.Options) (_ *Storage, err error) {
	overrides, err := f.overrides()
	if err != nil {
		return nil, err
	}
	s := new(Storage)
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	o.Storage.Prefix = f.Prefix
	open := func(servers []string) (storage.Store, error) {
		opts := etcd.Options{
			Endpoints: servers, CAFile: f.CAFile, CertFile: f.CertFile, KeyFile: f.KeyFile,
			CompactEvery: f.CompactEvery, LeaseReuse: time.Duration(f.LeaseReuseSeconds) * time.Second, Logger: o.Logger,
		}
		if f.CompactEvery == 0 {
			opts.CompactEvery = -1
		}
		store, err := etcd.Open(ctx, opts)
		if err != nil {
			return nil, err
		}
		s.stores = append(s.stores, store)
		return store, nil
	}
	if len(f.Servers) > 0 {
		if o.Store, err = open(f.Servers); err != nil {
			return s, fmt.Errorf("--etcd-servers: %w", err)
		}
	}
	special := map[meta.GroupResource]storage.Store{}
	for resource, servers := range overrides {
		if special[resource], err = open(servers); err != nil {
			return s, fmt.Errorf("--etcd-servers-overrides: %s: %w", resource, err)
		}
	}
	if f.EncryptionConfig != "" {
		s.encryption, err = encrypt.Open(ctx, encrypt.Options{File: f.EncryptionConfig, Reload: f.EncryptionReload, Logger: o.Logger})
		if err != nil {
			return s, fmt.Errorf("--encryption-provider-config: %w", err)
		}
		o.Storage.Checks = append(o.Storage.Checks, server.Check{Name: "kms-providers", Run: s.encryption.Healthy})
	}
	o.Storage.Of = func(resource meta.GroupResource, given storage.Store) storage.Store {
		if other, ok := special[resource]; ok {
			given = other
		}
		if s.encryption != nil {
			given = s.encryption.Store(encrypt.Resource{Group: resource.Group, Name: resource.Resource}, given)
		}
		return given
	}
	return s, nil
}

// Run follows what may change while the control plane runs, until ctx ends.
func (s *Storage) Run(ctx context.Context) error {
	if s.encryption != nil {
		return s.encryption.Run(ctx)
	}
	<-ctx.Done()
	return nil
}

// overrides reads the flag.
func (f *Flags) overrides() (map[meta.GroupResource][]string, error) {
	all := map[meta.GroupResource][]string{}
	for _, text := range f.ServersOverrides {
		name, servers, ok := strings.Cut(text, "#")
		group, resource, ok2 := strings.Cut(name, "/")
		if !ok || !ok2 || resource == "" || servers == "" {
			return nil, fmt.Errorf("--etcd-servers-overrides: %q is not of the form group/resource#servers", text)
		}
		all[meta.GroupResource{Group: group, Resource: resource}] = strings.Split(servers, ";")
	}
	return all, nil
}

// Close closes what Open has opened.
func (s *Storage) Close() error {
	var errs []error
	if s.encryption != nil {
		errs = append(errs, s.encryption.Close())
	}
	for _, store := range s.stores {
		errs = append(errs, store.Close())
	}
	return errors.Join(errs...)
}

package storageflags

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/controlplane"
	"github.com/kubenucleus/nucleus/runtime/server"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/encrypt"
	"github.com/kubenucleus/nucleus/storage/etcd"
	"github.com/kubenucleus/nucleus/storage/measure"
)

// Flags are what was given on the command line.
type Flags struct {
	Servers           []string
	ServersOverrides  []string
	CAFile            string
	CertFile, KeyFile string
	Prefix            string
	CompactEvery      time.Duration
	CountEvery        time.Duration
	SizeEvery         time.Duration
	HealthTimeout     time.Duration
	ReadyTimeout      time.Duration
	LeaseReuseSeconds int64
	MediaType         string
	Backend           string
	WatchCache        bool
	WatchCacheSizes   []string
	EncryptionConfig  string
	EncryptionReload  bool
	StartTimeout      time.Duration
	DeleteWorkers     int
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
	set.DurationVar(&f.CountEvery, "etcd-count-metric-poll-period", time.Minute, "how old the numbers of objects may be that /metrics tells; 0: they are not told")
	set.DurationVar(&f.SizeEvery, "etcd-db-metric-poll-interval", 30*time.Second, "how often the store is asked for its size, for /metrics; 0: never")
	set.DurationVar(&f.HealthTimeout, "etcd-healthcheck-timeout", 2*time.Second, "how long the health check of the store may take")
	set.DurationVar(&f.ReadyTimeout, "etcd-readycheck-timeout", 2*time.Second, "how long the readiness check of the store may take")
	set.Int64Var(&f.LeaseReuseSeconds, "lease-reuse-duration-seconds", 60, "how long objects with the same time to live share a lease of etcd")
	set.StringVar(&f.MediaType, "storage-media-type", mediaProtobuf, "how objects are stored that have a choice: "+mediaProtobuf+" or "+mediaJSON)
	set.StringVar(&f.Backend, "storage-backend", "", "etcd3, which is said by --etcd-servers already")
	set.BoolVar(&f.WatchCache, "watch-cache", true, "must be true: reads and watches are served from memory")
	set.StringSliceVar(&f.WatchCacheSizes, "watch-cache-sizes", nil, "resource[.group]#size, separated by commas; sizes adapt themselves, so any but 0 is the same")
	set.DurationVar(&f.StartTimeout, "storage-initialization-timeout", time.Minute, "how long the start waits for what is stored to be read; then the server listens, and reads of what is missing wait; 0: for ever")
	set.IntVar(&f.DeleteWorkers, "delete-collection-workers", 32, "how many objects of a collection are deleted at once")
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
	if err := errors.Join(err, f.check()); err != nil {
		return nil, err
	}
	s := new(Storage)
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	metrics := measure.New()
	o.Storage.Prefix, o.Storage.JSON, o.Storage.Metrics = f.Prefix, f.MediaType == mediaJSON, metrics
	o.Storage.StartTimeout, o.Storage.DeleteWorkers = f.StartTimeout, max(f.DeleteWorkers, 1)
	o.Storage.HealthTimeout, o.Storage.ReadyTimeout = f.HealthTimeout, f.ReadyTimeout
	o.Storage.CountEvery, o.Storage.SizeEvery = orNever(f.CountEvery), orNever(f.SizeEvery)
	open := func(servers []string) (*etcd.Store, error) {
		opts := etcd.Options{
			Endpoints: servers, CAFile: f.CAFile, CertFile: f.CertFile, KeyFile: f.KeyFile,
			CompactEvery: orNever(f.CompactEvery), LeaseObjects: metrics.LeaseObjects, Logger: o.Logger,
			LeaseReuse: max(time.Duration(f.LeaseReuseSeconds)*time.Second, 1), // 0 would be the store's own choice
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
	opened := map[string]*etcd.Store{} // by servers: resources may share some
	for _, resource := range slices.SortedFunc(maps.Keys(overrides), byName) {
		servers := strings.Join(overrides[resource], ";")
		if opened[servers] == nil {
			other, err := open(overrides[resource])
			if err != nil {
				return s, fmt.Errorf("--etcd-servers-overrides: %s: %w", resource, err)
			}
			opened[servers] = other
			o.Storage.Sized = append(o.Storage.Sized, other)
		}
		special[resource] = metrics.Store(resource, opened[servers])
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
			return nil, fmt.Errorf("--etcd-servers-overrides invalid, must be of format: group/resource#servers, where servers are URLs, semicolon separated: %q", text)
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

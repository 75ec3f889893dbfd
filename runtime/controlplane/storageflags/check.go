package storageflags

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

const (
	mediaProtobuf = "application/vnd.kubernetes.protobuf"
	mediaJSON     = "application/json"
)

// check reports everything that is wrong with the flags, in Kubernetes' words
// where it refuses the same.
func (f *Flags) check() error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	switch f.MediaType {
	case "", mediaProtobuf, mediaJSON:
	case "application/yaml":
		fail("--storage-media-type %q is not supported: %s and %s are", f.MediaType, mediaProtobuf, mediaJSON)
	default:
		fail("--storage-media-type %q invalid, allowed values: %s, %s", f.MediaType, mediaJSON, mediaProtobuf)
	}
	switch {
	case f.Backend != "" && f.Backend != "etcd3":
		fail("--storage-backend invalid, allowed values: etcd3. If not specified, it will default to 'etcd3'")
	case f.Backend != "" && len(f.Servers) == 0:
		fail("--storage-backend=etcd3: --etcd-servers says where it is")
	}
	if !f.WatchCache {
		fail("--watch-cache=false: reads and watches are served from memory; there is no other way")
	}
	for _, text := range f.WatchCacheSizes {
		name, number, ok := strings.Cut(text, "#")
		if !ok || name == "" {
			fail("invalid value of watch cache size: %s", text)
			continue
		}
		switch size, err := strconv.Atoi(number); {
		case err != nil:
			fail("invalid size of watch cache size: %s", text)
		case size < 0:
			fail("watch cache size cannot be negative: %s", text)
		case size == 0:
			fail("--watch-cache-sizes=%s: reads and watches are served from memory; there is no other way", text)
		}
	}
	for name, d := range map[string]time.Duration{
		"etcd-compaction-interval": f.CompactEvery, "etcd-count-metric-poll-period": f.CountEvery, "etcd-db-metric-poll-interval": f.SizeEvery,
		"etcd-healthcheck-timeout": f.HealthTimeout, "etcd-readycheck-timeout": f.ReadyTimeout,
	} {
		if d < 0 {
			fail("--%s=%v cannot be negative", name, d)
		}
	}
	if f.StartTimeout < 0 {
		fail("--storage-initialization-timeout can not be negative value")
	}
	if f.LeaseReuseSeconds < 0 {
		fail("--lease-reuse-duration-seconds=%d cannot be negative", f.LeaseReuseSeconds)
	}
	if f.EncryptionReload && f.EncryptionConfig == "" {
		fail("--encryption-provider-config-automatic-reload must be set with --encryption-provider-config")
	}
	return errors.Join(errs...)
}

// orNever turns the flags' word for never into that of options, for which zero is
// a default.
func orNever(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

func byName(a, b meta.GroupResource) int {
	return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Resource, b.Resource))
}

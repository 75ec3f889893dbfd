package storageflags

import (
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/runtime/controlplane"
)

// TestRefused: what cannot be honoured is an error before anything is opened.
func TestRefused(t *testing.T) {
	for flag, want := range map[string]string{
		"--storage-backend=etcd2":                              "--storage-backend invalid, allowed values: etcd3. If not specified, it will default to 'etcd3'",
		"--storage-backend=etcd3":                              "--etcd-servers says where it is",
		"--storage-media-type=application/foo":                 `--storage-media-type "application/foo" invalid, allowed values: application/json,`,
		"--storage-media-type=application/yaml":                "not supported",
		"--watch-cache=false":                                  "served from memory",
		"--watch-cache-sizes=pods":                             "invalid value of watch cache size: pods",
		"--watch-cache-sizes=pods#x":                           "invalid size of watch cache size: pods#x",
		"--watch-cache-sizes=pods#-1":                          "watch cache size cannot be negative: pods#-1",
		"--watch-cache-sizes=nodes#1,pods#0":                   "--watch-cache-sizes=pods#0: reads",
		"--etcd-servers-overrides=pods#http":                   "--etcd-servers-overrides invalid, must be of format: group/resource#servers, where servers are URLs, semicolon separated",
		"--etcd-servers-overrides=/pods":                       "--etcd-servers-overrides invalid",
		"--storage-initialization-timeout=-1s":                 "--storage-initialization-timeout can not be negative value",
		"--etcd-compaction-interval=-1s":                       "--etcd-compaction-interval=-1s cannot be negative",
		"--lease-reuse-duration-seconds=-1":                    "cannot be negative",
		"--encryption-provider-config-automatic-reload":        "--encryption-provider-config-automatic-reload must be set with --encryption-provider-config",
		"--encryption-provider-config=/nowhere":                "--encryption-provider-config: encryption configuration: open /nowhere",
		"--etcd-servers=ftp://a":                               "--etcd-servers: etcd: endpoint",
		"--etcd-servers-overrides=/pods#ftp://a;http://b:2379": "--etcd-servers-overrides: pods: etcd: endpoint",
	} {
		t.Run(flag, func(t *testing.T) {
			var f Flags
			set := pflag.NewFlagSet("", pflag.ContinueOnError)
			f.Register(set)
			require.NoError(t, set.Parse([]string{flag}))
			_, err := f.Open(t.Context(), new(controlplane.Options))
			require.ErrorContains(t, err, want)
		})
	}
}

// TestWithoutFlags leaves the store to the control plane.
func TestWithoutFlags(t *testing.T) {
	var f Flags
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	f.Register(set)
	require.NoError(t, set.Parse([]string{"--watch-cache-sizes=pods#100,deployments.apps#5"}))
	var o controlplane.Options
	kept, err := f.Open(t.Context(), &o)
	require.NoError(t, err)
	require.Nil(t, o.Store)
	require.NoError(t, kept.Close())
	require.Error(t, set.Parse([]string{"--etcd-quorum-read"}), "flags that nobody knows are errors")
}

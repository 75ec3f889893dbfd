package serviceflags

import (
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/runtime/controlplane"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

func TestFlags(t *testing.T) {
	read := func(args ...string) (o controlplane.Options, err error) {
		var f Flags
		set := pflag.NewFlagSet("", pflag.ContinueOnError)
		f.Register(set)
		require.NoError(t, set.Parse(args))
		return o, f.Apply(&o)
	}
	o, err := read()
	require.NoError(t, err)
	require.Equal(t, "10.0.0.0/24", o.ServiceCIDR.String())
	require.False(t, o.SecondaryServiceCIDR.IsValid() || o.AdvertiseAddress.IsValid())
	require.Equal(t, registry.PortRange{First: 30000, Last: 32767}, o.NodePorts)
	o, err = read("--service-cluster-ip-range=fd00::/112,10.1.0.0/16", "--service-node-port-range=100+20", "--advertise-address=192.0.2.7")
	require.NoError(t, err)
	require.Equal(t, "fd00::/112 10.1.0.0/16 192.0.2.7", o.ServiceCIDR.String()+" "+o.SecondaryServiceCIDR.String()+" "+o.AdvertiseAddress.String())
	require.Equal(t, registry.PortRange{First: 100, Last: 120}, o.NodePorts)
	for _, bad := range []string{
		"--service-cluster-ip-range=x", "--service-cluster-ip-range=10.0.0.0/24,10.1.0.0/24", "--service-cluster-ip-range=10.0.0.0/24,fd00::/64,fd01::/64",
		"--service-node-port-range=5-4", "--service-node-port-range=0-4", "--service-node-port-range=60000+60000", "--service-node-port-range=a",
		"--advertise-address=x", "--advertise-address=0.0.0.0",
	} {
		_, err := read(bad)
		require.Error(t, err, bad)
	}
}

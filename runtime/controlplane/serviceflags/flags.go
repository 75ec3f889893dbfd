// Package serviceflags has the command-line flags about what an API server gives
// Services and where others reach it, named as kube-apiserver names them.
// Programs that embed a control plane share it:
//
//	var f serviceflags.Flags
//	f.Register(set)
//	...
//	err := f.Apply(&options) // of controlplane.New
package serviceflags

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kubenucleus/nucleus/runtime/controlplane"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// Flags are what was given on the command line.
type Flags struct {
	ClusterIPRange   []string
	NodePortRange    string
	AdvertiseAddress string
}

// Register adds the flags to set.
func (f *Flags) Register(set *pflag.FlagSet) {
	set.StringSliceVar(&f.ClusterIPRange, "service-cluster-ip-range", []string{"10.0.0.0/24"}, "where Services get their addresses from; a second range, of the other family and after a comma, lets them have two")
	set.StringVar(&f.NodePortRange, "service-node-port-range", "30000-32767", "ports that Services get on nodes, both ends included")
	set.StringVar(&f.AdvertiseAddress, "advertise-address", "", "IP address at which the rest of the cluster reaches this server (default: that of --bind-address)")
}

// Apply puts the flags into the options of a control plane and reports everything
// that is wrong with them.
func (f *Flags) Apply(o *controlplane.Options) error {
	var errs []error
	ranges := make([]netip.Prefix, 2)
	switch n := len(f.ClusterIPRange); {
	case n == 0 || n > 2:
		errs = append(errs, fmt.Errorf("--service-cluster-ip-range: takes one range or two, not %d", n))
	default:
		for i, text := range f.ClusterIPRange {
			p, err := netip.ParsePrefix(text)
			if err != nil {
				errs = append(errs, fmt.Errorf("--service-cluster-ip-range: %w", err))
			}
			ranges[i] = p
		}
		if n == 2 && ranges[0].IsValid() && ranges[1].IsValid() && ranges[0].Addr().Is4() == ranges[1].Addr().Is4() {
			errs = append(errs, fmt.Errorf("--service-cluster-ip-range: %s and %s are of the same family", ranges[0], ranges[1]))
		}
	}
	ports, err := parsePorts(f.NodePortRange)
	if err != nil {
		errs = append(errs, fmt.Errorf("--service-node-port-range: %w", err))
	}
	var address netip.Addr
	if f.AdvertiseAddress != "" {
		if address, err = netip.ParseAddr(f.AdvertiseAddress); err != nil {
			errs = append(errs, fmt.Errorf("--advertise-address: %w", err))
		} else if address.IsUnspecified() {
			errs = append(errs, fmt.Errorf("--advertise-address: %s is no address that anybody can reach", address))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	o.ServiceCIDR, o.SecondaryServiceCIDR, o.NodePorts, o.AdvertiseAddress = ranges[0], ranges[1], ports, address
	return nil
}

// parsePorts reads "first-last" or "first+more".
func parsePorts(text string) (registry.PortRange, error) {
	number := func(text string) (int32, error) {
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil || n == 0 {
			return 0, fmt.Errorf("%q is no port", text)
		}
		return int32(n), nil
	}
	from, to, ok := strings.Cut(text, "-")
	plus := false
	if !ok {
		if from, to, plus = strings.Cut(text, "+"); !plus {
			to = from
		}
	}
	first, err := number(from)
	if err != nil {
		return registry.PortRange{}, err
	}
	last, err := number(to)
	if err != nil {
		return registry.PortRange{}, err
	}
	if plus {
		last += first
	}
	if last < first || last > 65535 {
		return registry.PortRange{}, fmt.Errorf("%q is no range of ports", text)
	}
	return registry.PortRange{First: first, Last: last}, nil
}

package registry

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	discoveryv1 "github.com/kubenucleus/nucleus/apimachinery/api/discovery/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/storage"
)

// The Service "kubernetes" leads to the API servers. Those on a shared store say
// that they are there with a key each, which the store deletes if they do not say
// so again: kube-apiserver keeps the same keys, so that the two kinds find each other.

const (
	serverLease = 15 * time.Second
	renewEvery  = 10 * time.Second
)

// serverLeases are the keys of the API servers on a store.
type serverLeases struct {
	store  storage.Store
	prefix string
}

func (l serverLeases) key(ip netip.Addr) string { return l.prefix + ip.String() }

// renew says that a server is there.
func (l serverLeases) renew(ctx context.Context, ip netip.Addr) error {
	value := &corev1.Endpoints{}
	value.APIVersion, value.Kind = "v1", "Endpoints"
	value.Subsets = []corev1.EndpointSubset{{Addresses: []corev1.EndpointAddress{{IP: ip.String()}}}}
	data, err := codec.MarshalEnvelope(value)
	if err != nil {
		return err
	}
	for {
		_, err = l.store.Update(ctx, l.key(ip), 0, data, serverLease)
		if !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if _, err = l.store.Create(ctx, l.key(ip), data, serverLease); !errors.Is(err, storage.ErrExists) {
			return err
		}
	}
}

// withdraw says that a server is gone.
func (l serverLeases) withdraw(ctx context.Context, ip netip.Addr) error {
	_, err := l.store.Delete(ctx, l.key(ip), 0)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	return err
}

// servers returns the addresses of those who are there, sorted.
func (l serverLeases) servers(ctx context.Context) ([]netip.Addr, error) {
	page, err := l.store.List(ctx, l.prefix, storage.ListOptions{KeysOnly: true})
	if err != nil {
		return nil, err
	}
	var ips []netip.Addr
	for i := range page.Items {
		if ip, err := netip.ParseAddr(page.Items[i].Key[len(l.prefix):]); err == nil {
			ips = append(ips, ip)
		}
	}
	slices.SortFunc(ips, netip.Addr.Compare)
	return ips, nil
}

func (r *Registry) serverLeases() serverLeases {
	return serverLeases{store: r.store, prefix: r.storePrefix + "masterleases/"}
}

// KeepEndpoints has the endpoints of the Service "kubernetes" be the servers that
// share the store, of which this is one, until ctx ends; then it takes this one
// away. It is for Bootstrap with Shared; Run has to be running until it returns.
func (r *Registry) KeepEndpoints(ctx context.Context, o BootstrapOptions) error {
	if !o.shares() {
		<-ctx.Done()
		return nil
	}
	ticker := time.NewTicker(renewEvery)
	defer ticker.Stop()
	// A round that has begun is brought to its end: half of one may leave endpoints
	// that nobody looks at again.
	round := func(present bool) {
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), allocationTimeout)
		defer stop()
		if err := r.publishEndpoints(ctx, o, present); err != nil {
			r.logger.Warn("endpoints of the API server", "present", present, "err", err)
		}
	}
	for {
		round(true)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			round(false)
			return nil
		}
	}
}

// publishEndpoints is one round; present says whether this server is there.
func (r *Registry) publishEndpoints(ctx context.Context, o BootstrapOptions, present bool) error {
	leases := r.serverLeases()
	var err error
	if present {
		err = leases.renew(ctx, o.Address)
	} else {
		err = leases.withdraw(ctx, o.Address)
	}
	if err != nil {
		return fmt.Errorf("lease of %s: %w", o.Address, err)
	}
	user := systemUser
	for written := []netip.Addr(nil); ; {
		ips, err := leases.servers(ctx)
		if err != nil {
			return fmt.Errorf("leases of API servers: %w", err)
		}
		// With nobody left things stay as they are, for whoever comes back. Else what
		// was written counts if it still holds after it: another server may have come or
		// gone, and may have been faster with what is true now.
		if len(ips) == 0 || slices.Equal(ips, written) {
			return nil
		}
		if err := r.setEndpoints(ctx, r.Client(&user), ips, o.Port); err != nil {
			return err
		}
		written = ips
	}
}

// setEndpoints makes these addresses, sorted, what the Service "kubernetes" leads to.
func (r *Registry) setEndpoints(ctx context.Context, c client.Client, ips []netip.Addr, port int32) error {
	about := meta.ObjectMeta{Name: apiServiceName, Namespace: meta.NamespaceDefault}
	endpoints := &corev1.Endpoints{ObjectMeta: about}
	endpoints.Labels = map[string]string{"endpointslice.kubernetes.io/skip-mirror": "true"}
	subset := corev1.EndpointSubset{Ports: []corev1.EndpointPort{{Name: "https", Port: port, Protocol: corev1.ProtocolTCP}}}
	ready, protocol, portName := true, corev1.ProtocolTCP, "https"
	slice := &discoveryv1.EndpointSlice{ObjectMeta: about, AddressType: discoveryv1.AddressType(familyOf(ips[0]))}
	slice.Labels = map[string]string{"kubernetes.io/service-name": apiServiceName}
	slice.Ports = []discoveryv1.EndpointPort{{Name: &portName, Port: &port, Protocol: &protocol}}
	for _, ip := range ips {
		subset.Addresses = append(subset.Addresses, corev1.EndpointAddress{IP: ip.String()})
		if familyOf(ip) == familyOf(ips[0]) { // a slice has one family
			slice.Endpoints = append(slice.Endpoints, discoveryv1.Endpoint{
				Addresses: []string{ip.String()}, Conditions: discoveryv1.EndpointConditions{Ready: &ready},
			})
		}
	}
	endpoints.Subsets = []corev1.EndpointSubset{subset}
	if err := r.replace(ctx, c, "endpoints", endpoints); err != nil {
		return err
	}
	return r.replace(ctx, c, "endpointslices", slice)
}

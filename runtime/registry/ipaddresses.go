package registry

import (
	"context"
	"net/netip"
	"slices"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	networkingv1 "github.com/kubenucleus/nucleus/apimachinery/api/networking/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// Each cluster IP that a Service has is shown as an IPAddress. The Services
// decide: addresses are written once a Service is stored, and those that do
// not agree with the Services, after a crash in between, are mended at start.
// People may keep an address for something else with an IPAddress of their own.

const (
	labelIPFamily  = "ipaddress.kubernetes.io/ip-family"
	labelManagedBy = "ipaddress.kubernetes.io/managed-by"
	// allocatorName marks the addresses that stand for those of Services.
	allocatorName = "ipallocator.k8s.io"
	// addressTimeout bounds a write that no request waits for any more.
	addressTimeout = 10 * time.Second
)

var (
	addressResource = meta.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "ipaddresses"}
	serviceResource = meta.GroupResource{Resource: "services"}
)

// addresses returns the collection of IPAddresses, or nil if they are not
// served.
func (r *Registry) addresses() *collection {
	if _, ok := r.scheme.Resource(addressResource); !ok {
		return nil
	}
	return r.collectionNamed(addressResource.Group, addressResource.Resource)
}

func addressOf(ip netip.Addr, s *corev1.Service) *networkingv1.IPAddress {
	return &networkingv1.IPAddress{
		ObjectMeta: meta.ObjectMeta{Name: ip.String(), Labels: map[string]string{labelIPFamily: string(familyOf(ip)), labelManagedBy: allocatorName}},
		Spec: networkingv1.IPAddressSpec{ParentRef: &networkingv1.ParentReference{
			Group: serviceResource.Group, Resource: serviceResource.Resource, Namespace: s.Namespace, Name: s.Name,
		}},
	}
}

// followAddresses makes IPAddresses agree with a Service: gained are addresses
// that it has from now on, lost those that it has no more. The Service is
// stored by now, so a failure is not its writer's.
func (r *Registry) followAddresses(ctx context.Context, s *corev1.Service, gained, lost []netip.Addr) {
	if r.addresses() == nil || len(gained)+len(lost) == 0 {
		return
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), addressTimeout)
	defer stop()
	user := systemUser
	c := r.Client(&user)
	for _, ip := range lost {
		err := c.Delete(ctx, client.Target{Resource: addressResource, Name: ip.String()}, meta.DeleteOptions{})
		if err != nil && !meta.IsNotFound(err) {
			r.logger.Warn("an IPAddress stays that no Service has", "ip", ip, "err", err)
		}
	}
	for _, ip := range gained {
		at := client.Target{Resource: addressResource, Name: ip.String()}
		if err := c.Create(ctx, at, addressOf(ip, s), meta.CreateOptions{FieldManager: bootstrapManager}); err != nil {
			r.logger.Warn("cluster IP without an IPAddress", "namespace", s.Namespace, "name", s.Name, "ip", ip, "err", err)
		}
	}
}

// addressHooks keep an address that somebody made an IPAddress for from being
// given to a Service.
func (r *Registry) addressHooks() hooks {
	return hooks{
		created: func(ctx context.Context, _ *Request, obj meta.Object) (effect, error) {
			ip, ok := reservedBy(obj)
			if !ok {
				return effect{}, nil
			}
			if err := r.WaitReady(ctx); err != nil {
				return effect{}, storeError(err)
			}
			return effect{commit: func() { _ = r.services.takeIP(ip) }}, nil // outside of the range is fine
		},
		removed: func(obj meta.Object) {
			if ip, ok := reservedBy(obj); ok && !r.servedBy(obj, ip) {
				r.services.freeIP(ip)
			}
		},
	}
}

// reservedBy returns the address that an IPAddress keeps from Services. Those
// of the allocator itself keep none: the Service does.
func reservedBy(obj meta.Object) (netip.Addr, bool) {
	m := obj.Metadata()
	if m.Labels[labelManagedBy] == allocatorName {
		return netip.Addr{}, false
	}
	ip, err := netip.ParseAddr(m.Name)
	return ip, err == nil
}

// servedBy says whether the Service that an IPAddress names has the address.
func (r *Registry) servedBy(obj meta.Object, ip netip.Addr) bool {
	a, ok := obj.(*networkingv1.IPAddress)
	if !ok || a.Spec.ParentRef == nil {
		return false
	}
	services := r.collectionNamed(serviceResource.Group, serviceResource.Resource)
	if services == nil {
		return false
	}
	ctx, stop := context.WithTimeout(context.Background(), addressTimeout)
	defer stop()
	o, _, err := services.cache.Get(ctx, cache.Latest(), services.key(a.Spec.ParentRef.Namespace, a.Spec.ParentRef.Name))
	if err != nil || o == nil {
		return false
	}
	s, err := o.Typed()
	if err != nil {
		return false
	}
	typed, ok := s.(*corev1.Service)
	return ok && slices.Contains(holdingsOf(typed).ips, ip)
}

// mendAddresses makes IPAddresses agree with the stored Services, and learns
// which addresses are kept for something else.
func (r *Registry) mendAddresses(ctx context.Context, services []meta.Object) error {
	c := r.addresses()
	if c == nil {
		return nil
	}
	stored, err := c.all(ctx)
	if err != nil {
		return err
	}
	owners := map[netip.Addr]*corev1.Service{}
	for _, obj := range services {
		if s, ok := obj.(*corev1.Service); ok {
			for _, ip := range holdingsOf(s).ips {
				owners[ip] = s
			}
		}
	}
	var stale []netip.Addr
	for _, obj := range stored {
		if ip, ok := reservedBy(obj); ok {
			_ = r.services.takeIP(ip)
		}
		a, ok := obj.(*networkingv1.IPAddress)
		ip, err := netip.ParseAddr(obj.Metadata().Name)
		if !ok || err != nil {
			continue
		}
		switch owner := owners[ip]; {
		case owner != nil && sameParent(a.Spec.ParentRef, addressOf(ip, owner).Spec.ParentRef):
			delete(owners, ip)
		case a.Labels[labelManagedBy] == allocatorName:
			stale = append(stale, ip)
		}
	}
	r.followAddresses(ctx, nil, nil, stale)
	for _, ip := range sortedAddresses(owners) {
		r.followAddresses(ctx, owners[ip], []netip.Addr{ip}, nil)
	}
	return nil
}

func sameParent(a, b *networkingv1.ParentReference) bool { return a != nil && b != nil && *a == *b }

func sortedAddresses(owners map[netip.Addr]*corev1.Service) []netip.Addr {
	ips := make([]netip.Addr, 0, len(owners))
	for ip := range owners {
		ips = append(ips, ip)
	}
	slices.SortFunc(ips, netip.Addr.Compare)
	return ips
}

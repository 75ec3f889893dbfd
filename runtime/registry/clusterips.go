package registry

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	networkingv1 "github.com/kubenucleus/nucleus/apimachinery/api/networking/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// A cluster IP is taken while there is an IPAddress of its name: the store
// creates each once, whichever server asks, so two Services never have the same.
// It is made before the Service is stored and goes after that is removed; what a
// crash in between leaves, the repair loop mends. People may keep an address for
// something else with an IPAddress of their own.

const (
	labelIPFamily  = "ipaddress.kubernetes.io/ip-family"
	labelManagedBy = "ipaddress.kubernetes.io/managed-by"
	// allocatorName marks the addresses that stand for those of Services.
	allocatorName = "ipallocator.k8s.io"
	// allocationTimeout bounds writes that no request waits for any more.
	allocationTimeout = 10 * time.Second
	// maxAddresses bounds the part of a large range that addresses are picked from:
	// plenty for Services, and the search for a free one stays short.
	maxAddresses = 1 << 20
	// defaultCIDR is the ServiceCIDR that the server itself sees to.
	defaultCIDR = "kubernetes"
)

var (
	addressResource = meta.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "ipaddresses"}
	cidrResource    = meta.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "servicecidrs"}
	serviceResource = meta.GroupResource{Resource: "services"}

	errTaken = errors.New("already allocated")
	errFull  = errors.New("range is full")
)

// clusterIPs knows which cluster IPs are taken. It is safe for concurrent use.
type clusterIPs struct {
	r *Registry
	// ranges are those that the server was started with, one of each family at
	// most; the first one's family is the default. As ServiceCIDRs people may add
	// more, and what is stored for the name "kubernetes" counts.
	ranges []netip.Prefix

	// own stands in for IPAddresses where the scheme has none.
	mu  sync.Mutex
	own map[netip.Addr]struct{}
}

// addresses returns the collection of IPAddresses, or nil if they are not
// served.
func (r *Registry) addresses() *collection {
	if _, ok := r.scheme.Resource(addressResource); !ok {
		return nil
	}
	return r.collectionNamed(addressResource.Group, addressResource.Resource)
}

// family returns the family of Services that ask for none.
func (a *clusterIPs) family() corev1.IPFamily { return familyOf(a.ranges[0].Addr()) }

// has says whether the server was started with a range of the family.
func (a *clusterIPs) has(family corev1.IPFamily) bool { return a.configured(family).IsValid() }

// configured returns the range of a family, which is invalid if there is none.
func (a *clusterIPs) configured(family corev1.IPFamily) netip.Prefix {
	for _, cidr := range a.ranges {
		if familyOf(cidr.Addr()) == family {
			return cidr
		}
	}
	return netip.Prefix{}
}

// usable returns the ranges that addresses of a family are given out of now.
func (a *clusterIPs) usable(ctx context.Context, family corev1.IPFamily) ([]netip.Prefix, error) {
	var usable []netip.Prefix
	stored := false
	if c := a.r.collectionNamed(cidrResource.Group, cidrResource.Resource); c != nil && c.cache.Ready() {
		snapshot, err := c.cache.Snapshot(ctx, cache.Any())
		if err != nil {
			return nil, readError(err)
		}
		for o := range snapshot.Ascend(c.prefix, "") {
			obj, err := o.Typed()
			if err != nil {
				return nil, readError(err)
			}
			cidr, ok := obj.(*networkingv1.ServiceCIDR)
			if !ok {
				continue
			}
			stored = stored || cidr.Name == defaultCIDR
			if cidr.DeletionTimestamp != nil || isUnready(cidr) {
				continue
			}
			for _, text := range cidr.Spec.CIDRs {
				if p, err := netip.ParsePrefix(text); err == nil && familyOf(p.Addr()) == family {
					usable = append(usable, p.Masked())
				}
			}
		}
	}
	if p := a.configured(family); !stored && p.IsValid() {
		usable = append(usable, p)
	}
	return usable, nil
}

func isUnready(cidr *networkingv1.ServiceCIDR) bool {
	return slices.ContainsFunc(cidr.Status.Conditions, func(c meta.Condition) bool {
		return c.Type == networkingv1.ServiceCIDRConditionReady && c.Status == meta.ConditionFalse
	})
}

// check says why an address that was asked for cannot be had: it is in no range,
// or it is taken. That it is free is a guess until it is taken.
func (a *clusterIPs) check(ctx context.Context, ip netip.Addr) error {
	usable, err := a.usable(ctx, familyOf(ip))
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(usable, func(cidr netip.Prefix) bool { return gives(cidr, ip) }) {
		return errors.New("the provided network does not match the current range")
	}
	if !a.taken(ctx, ip) {
		return nil
	}
	// The cache may not know yet that it is free again.
	if c := a.r.addresses(); c != nil {
		switch _, _, err := c.store.Get(ctx, c.key("", ip.String())); {
		case errors.Is(err, storage.ErrNotFound):
			return nil
		case err != nil:
			return storeError(err)
		}
	}
	return errors.New("provided IP is already allocated")
}

// next returns an address of a family that seems to be free.
func (a *clusterIPs) next(ctx context.Context, family corev1.IPFamily) (netip.Addr, error) {
	for range 2 {
		usable, err := a.usable(ctx, family)
		if err != nil {
			return netip.Addr{}, err
		}
		for _, cidr := range usable {
			size := sizeOf(cidr)
			n, ok := pick(size, reserved(size, 16, 256, 16), func(n int64) bool { return a.taken(ctx, offset(cidr.Addr(), n+1)) })
			if ok {
				return offset(cidr.Addr(), n+1), nil
			}
		}
		// Perhaps the cache has not heard yet of what has been given back.
		if c := a.r.addresses(); c != nil {
			if _, err := c.cache.Snapshot(ctx, cache.Latest()); err != nil {
				return netip.Addr{}, readError(err)
			}
		}
	}
	return netip.Addr{}, errFull
}

// taken says whether an address is taken as far as this server has heard.
func (a *clusterIPs) taken(ctx context.Context, ip netip.Addr) bool {
	c := a.r.addresses()
	if c == nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		_, ok := a.own[ip]
		return ok
	}
	o, _, err := c.cache.Get(ctx, cache.Any(), c.key("", ip.String()))
	return err == nil && o != nil // otherwise the store will say
}

// take makes an address a Service's: errTaken if it is somebody else's.
func (a *clusterIPs) take(ctx context.Context, ip netip.Addr, s *corev1.Service) error {
	c := a.r.addresses()
	if c == nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		if _, ok := a.own[ip]; ok {
			return errTaken
		}
		a.own[ip] = struct{}{}
		return nil
	}
	res, _ := a.r.scheme.Resource(addressResource)
	obj := addressOf(ip, s)
	err := a.r.plant(ctx, c, &Request{Resource: res, Name: obj.Name}, seed{obj: obj, manager: bootstrapManager}, c.key("", obj.Name))
	if errors.Is(err, storage.ErrExists) {
		return errTaken
	}
	return err
}

// release gives back what a Service has. Nobody waits for it: what fails is left
// to the repair loop.
func (a *clusterIPs) release(ctx context.Context, ip netip.Addr, s *corev1.Service) {
	c := a.r.addresses()
	if c == nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.own, ip)
		return
	}
	obj, _, err := c.live(ctx, c.key("", ip.String()))
	if address, ok := obj.(*networkingv1.IPAddress); err == nil && ok && stands(address, s) {
		err = a.remove(ctx, address)
	}
	if err != nil {
		a.r.logger.Warn("an IPAddress stays that no Service has", "ip", ip, "err", err)
	}
}

// remove deletes an IPAddress if it has not changed.
func (a *clusterIPs) remove(ctx context.Context, address *networkingv1.IPAddress) error {
	user := systemUser
	err := a.r.Client(&user).Delete(ctx, client.Target{Resource: addressResource, Name: address.Name}, meta.DeleteOptions{
		Preconditions: &meta.Preconditions{UID: &address.UID, ResourceVersion: &address.ResourceVersion},
	})
	if meta.IsNotFound(err) || meta.IsConflict(err) {
		return nil
	}
	return err
}

func addressOf(ip netip.Addr, s *corev1.Service) *networkingv1.IPAddress {
	return &networkingv1.IPAddress{
		ObjectMeta: meta.ObjectMeta{Name: ip.String(), Labels: map[string]string{labelIPFamily: string(familyOf(ip)), labelManagedBy: allocatorName}},
		Spec: networkingv1.IPAddressSpec{ParentRef: &networkingv1.ParentReference{
			Group: serviceResource.Group, Resource: serviceResource.Resource, Namespace: s.Namespace, Name: s.Name,
		}},
	}
}

// stands says whether an IPAddress is there for a Service.
func stands(address *networkingv1.IPAddress, s *corev1.Service) bool {
	p := address.Spec.ParentRef
	return p != nil && p.Group == serviceResource.Group && p.Resource == serviceResource.Resource && p.Namespace == s.Namespace && p.Name == s.Name
}

// gives says whether addresses are given out of a range's: not the network's own,
// nor the one for broadcasts.
func gives(cidr netip.Prefix, ip netip.Addr) bool {
	if !cidr.Contains(ip) || ip == cidr.Addr() {
		return false
	}
	return !cidr.Addr().Is4() || cidr.Contains(ip.Next())
}

// sizeOf returns how many addresses of a range are given out without being asked
// for: from the one above the network's own.
func sizeOf(cidr netip.Prefix) int64 {
	hostBits := cidr.Addr().BitLen() - cidr.Bits()
	if hostBits > 20 {
		return maxAddresses
	}
	size := int64(1)<<hostBits - 1
	if cidr.Addr().Is4() {
		size--
	}
	return max(size, 0)
}

// reserved returns how many numbers at the start of a range are kept for those
// who ask for a certain one: a part of it within bounds, nothing of a small
// range. These are the bounds that Kubernetes documents.
func reserved(size, part, most, least int64) int64 {
	if size < least {
		return 0
	}
	return min(max(min(size/part, most), least), size)
}

// pick returns one of the numbers 0 to size-1 that is not taken; of those before
// kept only if there is no other. Where it begins to look is random, so that what
// was just given back is not soon somebody else's, and servers seldom collide.
func pick(size, kept int64, taken func(n int64) bool) (int64, bool) {
	for _, band := range [][2]int64{{kept, size}, {0, kept}} {
		width := band[1] - band[0]
		if width <= 0 {
			continue
		}
		start := rand.Int64N(width)
		for i := range width {
			if n := band[0] + (start+i)%width; !taken(n) {
				return n, true
			}
		}
	}
	return 0, false
}

// offset returns the address n above base.
func offset(base netip.Addr, n int64) netip.Addr {
	b := base.As16()
	binary.BigEndian.PutUint64(b[8:], binary.BigEndian.Uint64(b[8:])+uint64(n))
	ip := netip.AddrFrom16(b)
	if base.Is4() {
		return ip.Unmap()
	}
	return ip
}

func familyOf(ip netip.Addr) corev1.IPFamily {
	if ip.Is4() || ip.Is4In6() {
		return corev1.IPv4Protocol
	}
	return corev1.IPv6Protocol
}

func otherFamily(f corev1.IPFamily) corev1.IPFamily {
	if f == corev1.IPv4Protocol {
		return corev1.IPv6Protocol
	}
	return corev1.IPv4Protocol
}

// addressHooks have the repair loop look when somebody takes away the IPAddress of
// an address that a Service has.
func (r *Registry) addressHooks() hooks {
	return hooks{removed: func(obj meta.Object) {
		if address, ok := obj.(*networkingv1.IPAddress); ok {
			r.services.suspect(address)
		}
	}}
}

// outside is the error for an address that a dry run asks for.
func (a *clusterIPs) outside(ip netip.Addr) error {
	cidr := a.configured(familyOf(ip))
	if !cidr.IsValid() || cidr.Contains(ip) {
		return nil
	}
	return fmt.Errorf("the provided IP (%s) is not in the valid range. The range of valid IPs is %s", ip, cidr)
}

package registry

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net/netip"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// serviceAllocator knows which cluster IPs and node ports Services have. It is
// rebuilt from the stored Services at start, and safe for concurrent use.
type serviceAllocator struct {
	cidr  netip.Prefix
	ips   *pool // number n is the address n+1 above the network's own
	span  PortRange
	ports *pool // number n is the port n above the first
}

// maxAddresses bounds the part of a large range that is used: plenty for
// Services, and the search for a free one stays short.
const maxAddresses = 1 << 20

func newServiceAllocator(cidr netip.Prefix, ports PortRange) *serviceAllocator {
	hostBits := cidr.Addr().BitLen() - cidr.Bits()
	size := int64(maxAddresses)
	if hostBits < 21 {
		size = int64(1)<<hostBits - 1 // not the network's own address
		if cidr.Addr().Is4() {
			size-- // nor the one for broadcasts
		}
	}
	count := int64(ports.Last-ports.First) + 1
	return &serviceAllocator{
		cidr: cidr, ips: newPool(size, static(size, 16, 256, 16)),
		span: ports, ports: newPool(count, static(count, 32, 128, 16)),
	}
}

// static returns how many numbers at the start of a range are kept for those
// who ask for a certain one: a part of it within bounds, nothing of a small
// range. These are the bounds that Kubernetes documents.
func static(size, part, most, least int64) int64 {
	n := min(size/part, most)
	if n < least {
		n = least
	}
	if size < least {
		return 0
	}
	return min(n, size)
}

// family returns the IP family of the range.
func (a *serviceAllocator) family() corev1.IPFamily {
	if a.cidr.Addr().Is4() {
		return corev1.IPv4Protocol
	}
	return corev1.IPv6Protocol
}

// first returns the address of the Service "kubernetes".
func (a *serviceAllocator) first() netip.Addr { return a.cidr.Addr().Next() }

// number returns the pool's number of an address.
func (a *serviceAllocator) number(ip netip.Addr) (int64, error) {
	outside := fmt.Errorf("the provided IP (%s) is not in the valid range. The range of valid IPs is %s", ip, a.cidr)
	if !a.cidr.Contains(ip) {
		return 0, outside
	}
	n, ok := distance(a.cidr.Addr(), ip)
	if !ok || n == 0 || n > a.ips.size {
		return 0, outside
	}
	return n - 1, nil
}

func (a *serviceAllocator) takeIP(ip netip.Addr) error {
	n, err := a.number(ip)
	if err != nil {
		return err
	}
	if a.ips.take(n) != nil {
		return errors.New("provided IP is already allocated")
	}
	return nil
}

func (a *serviceAllocator) nextIP() (netip.Addr, error) {
	n, err := a.ips.next()
	if err != nil {
		return netip.Addr{}, err
	}
	return offset(a.cidr.Addr(), n+1), nil
}

func (a *serviceAllocator) freeIP(ip netip.Addr) {
	if n, err := a.number(ip); err == nil {
		a.ips.free(n)
	}
}

func (a *serviceAllocator) takePort(port int32) error {
	if port < a.span.First || port > a.span.Last {
		return fmt.Errorf("provided port is not in the valid range. The range of valid ports is %d-%d", a.span.First, a.span.Last)
	}
	if a.ports.take(int64(port-a.span.First)) != nil {
		return errors.New("provided port is already allocated")
	}
	return nil
}

func (a *serviceAllocator) nextPort() (int32, error) {
	n, err := a.ports.next()
	return a.span.First + int32(n), err
}

func (a *serviceAllocator) freePort(port int32) {
	if port >= a.span.First && port <= a.span.Last {
		a.ports.free(int64(port - a.span.First))
	}
}

// distance returns how far ip is above base; ok is false if that is negative or
// more than the pool could hold.
func distance(base, ip netip.Addr) (n int64, ok bool) {
	b, i := base.As16(), ip.As16()
	if binary.BigEndian.Uint64(b[:8]) != binary.BigEndian.Uint64(i[:8]) {
		return 0, false
	}
	low, high := binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint64(i[8:])
	if high < low || high-low > math.MaxInt32 {
		return 0, false
	}
	return int64(high - low), true
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

package hollow

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// addresses hands out the addresses of a range. One that is given back is not
// handed out again before all others were. It is not safe for concurrent use.
type addresses struct {
	within netip.Prefix
	used   map[netip.Addr]struct{}
	next   netip.Addr
}

func newAddresses(within netip.Prefix) *addresses {
	return &addresses{within: within.Masked(), used: map[netip.Addr]struct{}{}}
}

// first is the first address for Pods: on a real node the one before is the
// bridge's.
func (a *addresses) first() netip.Addr { return a.within.Addr().Next().Next() }

func (a *addresses) take() (netip.Addr, error) {
	if !a.next.IsValid() {
		a.next = a.first()
	}
	// Among one more than are used there is a free one, or none at all.
	for range len(a.used) + 2 {
		addr := a.next
		if !a.usable(addr) {
			a.next = a.first()
			if addr = a.next; !a.usable(addr) {
				break
			}
		}
		a.next = addr.Next()
		if _, taken := a.used[addr]; !taken {
			a.used[addr] = struct{}{}
			return addr, nil
		}
	}
	return netip.Addr{}, fmt.Errorf("all addresses of %s are in use", a.within)
}

// usable reports whether a Pod may have the address: of IPv4 ranges the last one
// is for broadcasts.
func (a *addresses) usable(addr netip.Addr) bool {
	return addr.IsValid() && a.within.Contains(addr) && (!addr.Is4() || a.within.Contains(addr.Next()))
}

func (a *addresses) free(addr netip.Addr) { delete(a.used, addr) }

// part returns the n-th range of the given size within whole.
func part(whole netip.Prefix, bits, n int) (netip.Prefix, error) {
	whole = whole.Masked()
	if !whole.Addr().Is4() {
		return netip.Prefix{}, fmt.Errorf("%s is no IPv4 range", whole)
	}
	if bits < whole.Bits() || bits > 32 || n < 0 || n>>(bits-whole.Bits()) != 0 {
		return netip.Prefix{}, fmt.Errorf("%s has no room for %d ranges of size /%d", whole, n+1, bits)
	}
	base := whole.Addr().As4()
	at := binary.BigEndian.Uint32(base[:]) + uint32(n)<<(32-bits)
	binary.BigEndian.PutUint32(base[:], at)
	return netip.PrefixFrom(netip.AddrFrom4(base), bits), nil
}

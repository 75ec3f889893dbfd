package nodeipam

import (
	"fmt"
	"math/big"
	"net/netip"
)

// pool is a range of addresses that is given out in parts of one size. It is not
// safe for concurrent use.
type pool struct {
	whole netip.Prefix
	bits  int // length of the prefix of a part
	next  uint64
}

// mostParts bounds how many parts a pool can have: as many as Kubernetes allows.
const mostParts = 1 << 16

func newPool(whole netip.Prefix, bits int) (*pool, error) {
	whole = whole.Masked()
	if bits == 0 {
		if bits = 24; whole.Addr().Is6() {
			bits = 64
		}
	}
	switch {
	case !whole.IsValid():
		return nil, fmt.Errorf("cluster CIDR %v is not valid", whole)
	case bits < whole.Bits() || bits > whole.Addr().BitLen():
		return nil, fmt.Errorf("cluster CIDR %v cannot be cut into ranges of size /%d", whole, bits)
	case bits-whole.Bits() > 16:
		return nil, fmt.Errorf("cluster CIDR %v has more than %d ranges of size /%d", whole, mostParts, bits)
	}
	return &pool{whole: whole, bits: bits}, nil
}

func (p *pool) size() uint64 { return 1 << (p.bits - p.whole.Bits()) }

// part returns the part of that number.
func (p *pool) part(n uint64) netip.Prefix {
	start := p.whole.Addr().AsSlice()
	offset := new(big.Int).Lsh(new(big.Int).SetUint64(n), uint(len(start)*8-p.bits))
	sum := new(big.Int).Add(new(big.Int).SetBytes(start), offset)
	addr, _ := netip.AddrFromSlice(sum.FillBytes(make([]byte, len(start))))
	return netip.PrefixFrom(addr, p.bits)
}

// take returns a part that no taken range overlaps, and goes on behind it the
// next time. Ok is false if there is none.
func (p *pool) take(taken []netip.Prefix) (part netip.Prefix, ok bool) {
	used := make([]bool, p.size())
	for _, t := range taken {
		p.mark(used, t)
	}
	for range used {
		n := p.next
		p.next = (p.next + 1) % p.size()
		if !used[n] {
			return p.part(n), true
		}
	}
	return netip.Prefix{}, false
}

// mark notes which parts a range overlaps.
func (p *pool) mark(used []bool, t netip.Prefix) {
	t = t.Masked()
	if !t.IsValid() || !p.whole.Overlaps(t) {
		return
	}
	if t.Bits() <= p.whole.Bits() {
		for i := range used {
			used[i] = true
		}
		return
	}
	start := new(big.Int).SetBytes(p.whole.Addr().AsSlice())
	distance := new(big.Int).Sub(new(big.Int).SetBytes(t.Addr().AsSlice()), start)
	first := new(big.Int).Rsh(distance, uint(p.whole.Addr().BitLen()-p.bits)).Uint64()
	count := uint64(1)
	if t.Bits() < p.bits {
		count = 1 << (p.bits - t.Bits())
	}
	for n := first; n < first+count && n < uint64(len(used)); n++ {
		used[n] = true
	}
}

package registry

import (
	"net/netip"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPoolKeepsTheStartForWhoAsks(t *testing.T) {
	p := newPool(20, 4)
	for range 16 {
		n, err := p.next()
		require.NoError(t, err)
		require.GreaterOrEqual(t, n, int64(4))
	}
	for range 4 {
		n, err := p.next()
		require.NoError(t, err)
		require.Less(t, n, int64(4))
	}
	_, err := p.next()
	require.ErrorIs(t, err, errFull)
	p.free(7)
	n, err := p.next()
	require.NoError(t, err)
	require.Equal(t, int64(7), n)
	require.ErrorIs(t, p.take(7), errTaken)
}

func TestPoolGivesEachNumberOnce(t *testing.T) {
	p := newPool(400, 16)
	var mu sync.Mutex
	seen := map[int64]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				n, err := p.next()
				mu.Lock()
				if err != nil || seen[n] {
					t.Errorf("number %d twice or error %v", n, err)
				}
				seen[n] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	require.Len(t, seen, 400)
}

func TestRanges(t *testing.T) {
	for _, c := range []struct {
		cidr, first, last string
		size              int64
	}{
		{"10.0.0.0/24", "10.0.0.1", "10.0.0.254", 254},
		{"10.9.0.0/29", "10.9.0.1", "10.9.0.6", 6},
		{"10.0.0.0/8", "10.0.0.1", "10.16.0.0", 1 << 20},
		{"fd00::/120", "fd00::1", "fd00::ff", 255},
		{"fd00::/108", "fd00::1", "fd00::f:ffff", 1<<20 - 1},
	} {
		a := newServiceAllocator(netip.MustParsePrefix(c.cidr), PortRange{30000, 32767})
		require.Equal(t, c.size, a.ips.size, c.cidr)
		require.Equal(t, c.first, offset(a.cidr.Addr(), 1).String())
		require.Equal(t, c.last, offset(a.cidr.Addr(), c.size).String())
		require.NoError(t, a.takeIP(netip.MustParseAddr(c.first)))
		require.NoError(t, a.takeIP(netip.MustParseAddr(c.last)))
		require.Error(t, a.takeIP(netip.MustParseAddr(c.last)))
		require.Error(t, a.takeIP(a.cidr.Addr()), "the network's own address")
		ip, err := a.nextIP()
		require.NoError(t, err)
		require.True(t, a.cidr.Contains(ip))
	}
	_, err := Options{ServiceCIDR: netip.MustParsePrefix("10.0.0.0/30")}.complete()
	require.Error(t, err)
	_, err = Options{NodePorts: PortRange{5, 4}}.complete()
	require.Error(t, err)
}

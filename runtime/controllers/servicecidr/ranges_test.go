package servicecidr

import (
	"iter"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	networkingv1 "github.com/kubenucleus/nucleus/apimachinery/api/networking/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type list[T any] []*T

func (l list[T]) All() iter.Seq[*T] { return slices.Values(l) }

func TestNeeded(t *testing.T) {
	going := meta.Now()
	cidr := func(name string, gone bool, ranges ...string) *networkingv1.ServiceCIDR {
		c := &networkingv1.ServiceCIDR{ObjectMeta: meta.ObjectMeta{Name: name}, Spec: networkingv1.ServiceCIDRSpec{CIDRs: ranges}}
		if gone {
			c.DeletionTimestamp = &going
		}
		return c
	}
	mine := cidr("mine", true, "10.1.0.0/24", "2001:db8::/112")
	for name, test := range map[string]struct {
		others    []*networkingv1.ServiceCIDR
		addresses []string
		want      bool
	}{
		"nothing taken":                  {nil, nil, false},
		"taken elsewhere":                {nil, []string{"10.2.0.1", "2001:db9::1"}, false},
		"taken":                          {nil, []string{"10.1.0.9"}, true},
		"taken of the other family":      {nil, []string{"2001:db8::9"}, true},
		"another range has it":           {[]*networkingv1.ServiceCIDR{cidr("b", false, "10.1.0.0/28")}, []string{"10.1.0.9"}, false},
		"another range has one of two":   {[]*networkingv1.ServiceCIDR{cidr("b", false, "10.1.0.0/28")}, []string{"10.1.0.9", "10.1.0.99"}, true},
		"the other range goes, too":      {[]*networkingv1.ServiceCIDR{cidr("b", true, "10.1.0.0/16")}, []string{"10.1.0.9"}, true},
		"a wider range has one family":   {[]*networkingv1.ServiceCIDR{cidr("b", false, "10.1.0.0/16")}, []string{"10.1.0.9"}, false},
		"a wider range and the other IP": {[]*networkingv1.ServiceCIDR{cidr("b", false, "10.1.0.0/16")}, []string{"2001:db8::1"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			var addresses list[networkingv1.IPAddress]
			for _, a := range test.addresses {
				addresses = append(addresses, &networkingv1.IPAddress{ObjectMeta: meta.ObjectMeta{Name: a}})
			}
			require.Equal(t, test.want, needed(mine, append(list[networkingv1.ServiceCIDR]{mine}, test.others...), addresses))
		})
	}
}

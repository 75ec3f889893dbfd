package networkingv1

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// What is taken out of a block is looked at only if the block can be read.
func TestIPBlockIsRefused(t *testing.T) {
	const (
		cidr  = `Invalid value: "bad": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)`
		inner = "must be a strict subset of `cidr`"
		bits  = "must not have bits set beyond the prefix length"
	)
	for _, c := range []struct {
		block IPBlock
		want  []string
	}{
		{IPBlock{CIDR: "10.0.0.0/8", Except: []string{"10.1.0.0/16"}}, nil},
		{IPBlock{CIDR: "10.0.0.0/8", Except: []string{"bad", "11.0.0.0/16", "10.0.0.0/8"}}, []string{
			"b.except[0]: " + cidr, `b.except[1]: Invalid value: "11.0.0.0/16": ` + inner, `b.except[2]: Invalid value: "10.0.0.0/8": ` + inner,
		}},
		{IPBlock{CIDR: "bad", Except: []string{"bad"}}, []string{"b.cidr: " + cidr}},
		{IPBlock{CIDR: "10.0.0.1/8", Except: []string{"10.0.0.1/16"}}, []string{
			`b.cidr: Invalid value: "10.0.0.1/8": ` + bits, `b.except[0]: Invalid value: "10.0.0.1/16": ` + bits,
		}},
	} {
		var got []string
		for _, e := range ipBlock(validate.NewPath("b"), c.block) {
			got = append(got, e.Error())
		}
		require.Equal(t, c.want, got)
	}
}

package controllers_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	networkingv1 "github.com/kubenucleus/nucleus/apimachinery/api/networking/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controllers/servicecidr"
)

// A range goes once nobody has an address of it that no other range has.
func TestServiceCIDRsWaitForTheirAddresses(t *testing.T) {
	// The grace period is over before it begins.
	k := newClusterAt(t, func() time.Time { return time.Now().Add(time.Hour) }, 0, "service-cidr-controller")
	cidrs, addresses := client.Of[networkingv1.ServiceCIDR](k.c), client.Of[networkingv1.IPAddress](k.c)
	cidr := func(name, prefix string) *networkingv1.ServiceCIDR {
		return &networkingv1.ServiceCIDR{ObjectMeta: meta.ObjectMeta{Name: name}, Spec: networkingv1.ServiceCIDRSpec{CIDRs: []string{prefix}}}
	}
	is := func(status meta.ConditionStatus, reason string) func(*networkingv1.ServiceCIDR) bool {
		return func(c *networkingv1.ServiceCIDR) bool {
			ready := meta.FindCondition(c.Status.Conditions, networkingv1.ServiceCIDRConditionReady)
			return ready != nil && ready.Status == status && ready.Reason == reason && slices.Contains(c.Finalizers, servicecidr.Finalizer)
		}
	}
	gone := func(name string) func() bool {
		return func() bool { _, err := cidrs.Get(k.ctx, name); return meta.IsNotFound(err) }
	}
	require.NoError(t, cidrs.Create(k.ctx, cidr("more", "10.9.0.0/24")))
	waitFor(k, "more", is(meta.ConditionTrue, ""))
	require.NoError(t, addresses.Create(k.ctx, &networkingv1.IPAddress{
		ObjectMeta: meta.ObjectMeta{Name: "10.9.0.7"},
		Spec:       networkingv1.IPAddressSpec{ParentRef: &networkingv1.ParentReference{Resource: "gateways", Group: "example.com", Namespace: "default", Name: "g"}},
	}))
	require.NoError(t, cidrs.Delete(k.ctx, "more"))
	waitFor(k, "more", is(meta.ConditionFalse, networkingv1.ServiceCIDRReasonTerminating))
	require.NoError(t, cidrs.Create(k.ctx, cidr("wider", "10.9.0.0/16")))
	require.Eventually(t, gone("more"), patience, 10*time.Millisecond, "another range has its address")

	waitFor(k, "wider", is(meta.ConditionTrue, ""))
	require.NoError(t, cidrs.Delete(k.ctx, "wider"))
	waitFor(k, "wider", is(meta.ConditionFalse, networkingv1.ServiceCIDRReasonTerminating))
	require.NoError(t, addresses.Delete(k.ctx, "10.9.0.7"))
	require.Eventually(t, gone("wider"), patience, 10*time.Millisecond, "its last address is gone")
}

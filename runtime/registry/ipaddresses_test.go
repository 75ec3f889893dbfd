package registry_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	networkingv1 "github.com/kubenucleus/nucleus/apimachinery/api/networking/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

func (f *fixture) address(name string) *registry.Request {
	return f.at(meta.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "ipaddresses"}, "", "", name)
}

// addresses returns the IPAddresses there are, each with the name of its parent.
func (f *fixture) addresses() map[string]string {
	f.t.Helper()
	list, err := f.reg.List(f.ctx, f.address(""), meta.ListOptions{})
	f.must(err)
	found := map[string]string{}
	for item, err := range list.Items() {
		f.must(err)
		obj, err := item.Object()
		f.must(err)
		found[item.Name()] = obj.(*networkingv1.IPAddress).Spec.ParentRef.Name
	}
	return found
}

func clusterIP(ip string) func(*corev1.ServiceSpec) {
	return func(s *corev1.ServiceSpec) { s.ClusterIP = ip }
}

func TestEveryClusterIPIsAnIPAddress(t *testing.T) {
	f := startAPI(t, smallRange)
	require.Empty(t, f.addresses())
	_, err := f.createService(service("dry", clusterIP("10.9.0.2")), meta.DryRunAll)
	f.must(err)
	_, err = f.createService(service("BAD", clusterIP("10.9.0.2")))
	require.Error(t, err)
	f.mustService(service("headless", clusterIP(corev1.ClusterIPNone)))
	require.Empty(t, f.addresses(), "nothing has an address yet")

	f.mustService(service("a", clusterIP("10.9.0.2")))
	require.Equal(t, map[string]string{"10.9.0.2": "a"}, f.addresses())
	item, err := f.reg.Get(f.ctx, f.address("10.9.0.2"), meta.GetOptions{})
	f.must(err)
	obj, err := item.Object()
	f.must(err)
	got := obj.(*networkingv1.IPAddress)
	require.Equal(t, map[string]string{
		"ipaddress.kubernetes.io/ip-family": "IPv4", "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
	}, got.Labels)
	require.Equal(t, &networkingv1.ParentReference{Resource: "services", Namespace: "default", Name: "a"}, got.Spec.ParentRef)

	_, err = f.patch(f.service("a"), client.MergePatch, `{"spec":{"type":"ExternalName","externalName":"example.com","clusterIP":null,"clusterIPs":null}}`)
	f.must(err)
	require.Empty(t, f.addresses(), "a name outside needs no address")
	_, err = f.patch(f.service("a"), client.MergePatch, `{"spec":{"type":"ClusterIP","externalName":null}}`)
	f.must(err)
	require.Len(t, f.addresses(), 1)
	_, err = f.reg.Delete(f.ctx, f.service("a"), meta.DeleteOptions{})
	f.must(err)
	require.Empty(t, f.addresses())
}

func TestAddressesKeptForSomethingElse(t *testing.T) {
	f := startAPI(t, smallRange)
	own := &networkingv1.IPAddress{ObjectMeta: meta.ObjectMeta{Name: "10.9.0.3"}}
	own.Spec.ParentRef = &networkingv1.ParentReference{Group: "example.com", Resource: "gateways", Name: "gate"}
	_, err := f.reg.Create(f.ctx, f.address(""), own, meta.CreateOptions{})
	f.must(err)
	_, err = f.createService(service("a", clusterIP("10.9.0.3")))
	refused(t, err, 422, `Service "a" is invalid: spec.clusterIPs: Invalid value: ["10.9.0.3"]: failed to allocate IP 10.9.0.3: provided IP is already allocated`)

	_, err = f.reg.Delete(f.ctx, f.address("10.9.0.3"), meta.DeleteOptions{})
	f.must(err)
	f.mustService(service("a", clusterIP("10.9.0.3")))
	require.Equal(t, map[string]string{"10.9.0.3": "a"}, f.addresses())

	// Whoever takes the IPAddress of a Service away frees the address for a moment.
	_, err = f.reg.Delete(f.ctx, f.address("10.9.0.3"), meta.DeleteOptions{})
	f.must(err)
	require.Eventually(t, func() bool { return f.addresses()["10.9.0.3"] == "a" }, 30*time.Second, 10*time.Millisecond)
}

func TestAddressesAreMendedAtStart(t *testing.T) {
	store := newStore(t)
	f := startOn(t, store, api.Groups(), smallRange)
	f.must(f.reg.Bootstrap(f.ctx, registry.BootstrapOptions{}))
	f.mustService(service("a", clusterIP("10.9.0.2")))
	f.mustService(service("b", clusterIP("10.9.0.3")))
	// A crash leaves one without its IPAddress, and one of a Service that is gone.
	_, err := f.reg.Delete(f.ctx, f.address("10.9.0.2"), meta.DeleteOptions{})
	f.must(err)
	stray := &networkingv1.IPAddress{ObjectMeta: meta.ObjectMeta{Name: "10.9.0.4", Labels: map[string]string{"ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io"}}}
	stray.Spec.ParentRef = &networkingv1.ParentReference{Resource: "services", Namespace: "default", Name: "gone"}
	own := &networkingv1.IPAddress{ObjectMeta: meta.ObjectMeta{Name: "10.9.0.5"}}
	own.Spec.ParentRef = &networkingv1.ParentReference{Group: "example.com", Resource: "gateways", Name: "gate"}
	for _, a := range []*networkingv1.IPAddress{stray, own} {
		_, err = f.reg.Create(f.ctx, f.address(""), a, meta.CreateOptions{})
		f.must(err)
	}
	f.stop()

	later := smallRange
	later.Now = func() time.Time { return time.Now().Add(2 * time.Minute) } // it may be a Service's that is just being made
	f = startOn(t, store, api.Groups(), later)
	require.Equal(t, map[string]string{"10.9.0.2": "a", "10.9.0.3": "b", "10.9.0.5": "gate"}, f.addresses())
	_, err = f.createService(service("c", clusterIP("10.9.0.5")))
	require.True(t, meta.IsInvalid(err), "%v", err)
	f.mustService(service("c", clusterIP("10.9.0.4")))
}

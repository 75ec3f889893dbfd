package registry_test

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

func service(name string, change ...func(*corev1.ServiceSpec)) *corev1.Service {
	s := &corev1.Service{ObjectMeta: meta.ObjectMeta{Name: name}}
	s.Spec.Type = corev1.ServiceTypeClusterIP
	s.Spec.SessionAffinity = corev1.ServiceAffinityNone
	s.Spec.Selector = map[string]string{"app": name}
	s.Spec.Ports = []corev1.ServicePort{{Port: 80, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromInt(80)}}
	for _, c := range change {
		c(&s.Spec)
	}
	return s
}

func (f *fixture) service(name string) *registry.Request {
	return f.at(core("services"), "", "default", name)
}

func (f *fixture) createService(s *corev1.Service, dry ...string) (*corev1.Service, error) {
	obj, err := f.reg.Create(f.ctx, f.service(""), s, meta.CreateOptions{DryRun: dry})
	if err != nil {
		return nil, err
	}
	return obj.(*corev1.Service), nil
}

func (f *fixture) mustService(s *corev1.Service) *corev1.Service {
	f.t.Helper()
	got, err := f.createService(s)
	f.must(err)
	return got
}

// smallRange has six addresses and three ports, so that they run out.
var smallRange = registry.Options{
	ServiceCIDR: netip.MustParsePrefix("10.9.0.0/29"),
	NodePorts:   registry.PortRange{First: 31000, Last: 31002},
}

func TestClusterIPsAreGivenOnceAndGivenBack(t *testing.T) {
	f := startAPI(t, smallRange)
	ips := map[string]bool{}
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		s := f.mustService(service(name))
		require.Equal(t, []string{s.Spec.ClusterIP}, s.Spec.ClusterIPs)
		require.Equal(t, []corev1.IPFamily{corev1.IPv4Protocol}, s.Spec.IPFamilies)
		require.Equal(t, corev1.IPFamilyPolicySingleStack, *s.Spec.IPFamilyPolicy)
		require.True(t, smallRange.ServiceCIDR.Contains(netip.MustParseAddr(s.Spec.ClusterIP)))
		ips[s.Spec.ClusterIP] = true
	}
	require.Len(t, ips, 6)
	require.False(t, ips["10.9.0.0"] || ips["10.9.0.7"])
	_, err := f.createService(service("g"))
	refused(t, err, 500, "Internal error occurred: failed to allocate a serviceIP: range is full")
	_, err = f.reg.Delete(f.ctx, f.service("a"), meta.DeleteOptions{})
	require.NoError(t, err)
	f.mustService(service("g"))
}

func TestClusterIPsThatAreAskedFor(t *testing.T) {
	f := startAPI(t, smallRange)
	ask := func(ip string) func(*corev1.ServiceSpec) {
		return func(s *corev1.ServiceSpec) { s.ClusterIP = ip }
	}
	require.Equal(t, "10.9.0.5", f.mustService(service("a", ask("10.9.0.5"))).Spec.ClusterIP)
	_, err := f.createService(service("b", ask("10.9.0.5")))
	refused(t, err, 422, `Service "b" is invalid: spec.clusterIPs: Invalid value: ["10.9.0.5"]: failed to allocate IP 10.9.0.5: provided IP is already allocated`)
	_, err = f.createService(service("b", ask("10.10.0.1")))
	refused(t, err, 422, `Service "b" is invalid: spec.clusterIPs: Invalid value: ["10.10.0.1"]: failed to allocate IP 10.10.0.1: the provided network does not match the current range`)
	_, err = f.createService(service("b", func(s *corev1.ServiceSpec) { s.IPFamilies = []corev1.IPFamily{corev1.IPv6Protocol} }))
	refused(t, err, 422, `Service "b" is invalid: spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster`)
	dual := corev1.IPFamilyPolicyRequireDualStack
	_, err = f.createService(service("b", func(s *corev1.ServiceSpec) { s.IPFamilyPolicy = &dual }))
	refused(t, err, 422, `Service "b" is invalid: spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services`)
}

// A refused or dry write must leave no address behind.
func TestFailedWritesGiveBack(t *testing.T) {
	f := startAPI(t, smallRange)
	for range 20 {
		_, err := f.createService(service("dry"), meta.DryRunAll)
		require.NoError(t, err)
		_, err = f.createService(service("Bad_Name"))
		require.True(t, meta.IsInvalid(err))
	}
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		f.mustService(service(name))
	}
	_, err := f.createService(service("a"))
	require.Error(t, err, "the range is full")
}

func TestHeadlessAndExternalServices(t *testing.T) {
	f := startAPI(t, registry.Options{})
	headless := f.mustService(service("h", func(s *corev1.ServiceSpec) { s.ClusterIP = "None" }))
	require.Equal(t, []string{"None"}, headless.Spec.ClusterIPs)
	require.Equal(t, []corev1.IPFamily{corev1.IPv4Protocol}, headless.Spec.IPFamilies)
	bare := f.mustService(service("s", func(s *corev1.ServiceSpec) { s.ClusterIP, s.Selector, s.Ports = "None", nil, nil }))
	require.Equal(t, []corev1.IPFamily{corev1.IPv4Protocol, corev1.IPv6Protocol}, bare.Spec.IPFamilies)
	require.Equal(t, corev1.IPFamilyPolicyRequireDualStack, *bare.Spec.IPFamilyPolicy)
	external := f.mustService(service("x", func(s *corev1.ServiceSpec) { s.Type, s.ExternalName = corev1.ServiceTypeExternalName, "db.example.com" }))
	require.Empty(t, external.Spec.ClusterIPs)
	policy := corev1.ServiceInternalTrafficPolicyLocal
	external = f.mustService(service("y", func(s *corev1.ServiceSpec) {
		s.Type, s.ExternalName, s.InternalTrafficPolicy = corev1.ServiceTypeExternalName, "db.example.com", &policy
	}))
	require.Nil(t, external.Spec.InternalTrafficPolicy, "accepted, and of no meaning")
	require.Nil(t, external.Spec.IPFamilyPolicy)
}

func TestServiceTypeChanges(t *testing.T) {
	f := startAPI(t, smallRange)
	change := func(patch string) corev1.ServiceSpec {
		t.Helper()
		obj, err := f.patch(f.service("a"), client.MergePatch, patch)
		require.NoError(t, err)
		return obj.(*corev1.Service).Spec
	}
	ip := f.mustService(service("a")).Spec.ClusterIP
	spec := change(`{"spec":{"type":"NodePort"}}`)
	require.Equal(t, ip, spec.ClusterIP)
	port := spec.Ports[0].NodePort
	require.True(t, port >= 31000 && port <= 31002)
	spec = change(`{"spec":{"type":"LoadBalancer","externalTrafficPolicy":"Local"}}`)
	require.Equal(t, port, spec.Ports[0].NodePort)
	require.NotZero(t, spec.HealthCheckNodePort)
	require.NotEqual(t, port, spec.HealthCheckNodePort)
	spec = change(`{"spec":{"type":"ClusterIP"}}`)
	require.Equal(t, ip, spec.ClusterIP)
	require.Zero(t, spec.Ports[0].NodePort)
	require.Zero(t, spec.HealthCheckNodePort)
	require.Empty(t, spec.ExternalTrafficPolicy)
	require.Nil(t, spec.AllocateLoadBalancerNodePorts)
	spec = change(`{"spec":{"type":"ExternalName","externalName":"db.example.com"}}`)
	require.Empty(t, spec.ClusterIP)
	require.Empty(t, spec.ClusterIPs)
	require.Nil(t, spec.IPFamilyPolicy)
	spec = change(`{"spec":{"type":"ClusterIP","externalName":null}}`)
	require.NotEmpty(t, spec.ClusterIP)

	// Node ports go with the type also where ports come and go with it.
	spec = change(`{"spec":{"type":"NodePort","ports":[{"name":"a","port":80},{"name":"b","port":81}]}}`)
	kept := spec.Ports[0].NodePort
	spec = change(fmt.Sprintf(`{"spec":{"type":"ClusterIP","ports":[{"name":"c","port":83},{"name":"a","port":80,"nodePort":%d}]}}`, kept))
	require.Zero(t, spec.Ports[0].NodePort)
	require.Zero(t, spec.Ports[1].NodePort)

	// All ports are free again, and of the addresses only one is taken.
	three := func(s *corev1.ServiceSpec) {
		s.Type = corev1.ServiceTypeNodePort
		s.Ports = append(s.Ports, corev1.ServicePort{Name: "b", Port: 81, Protocol: "TCP", TargetPort: intstr.FromInt(81)},
			corev1.ServicePort{Name: "c", Port: 82, Protocol: "TCP", TargetPort: intstr.FromInt(82)})
		s.Ports[0].Name = "a"
	}
	f.mustService(service("b", three))
	for _, name := range []string{"c", "d", "e", "f"} {
		f.mustService(service(name))
	}
	_, err := f.createService(service("g"))
	require.Error(t, err)
}

func TestUpdateKeepsClusterIP(t *testing.T) {
	f := startAPI(t, registry.Options{})
	was := f.mustService(service("a", func(s *corev1.ServiceSpec) { s.Type = corev1.ServiceTypeNodePort }))
	changed := service("a", func(s *corev1.ServiceSpec) {
		s.Type, s.Selector = corev1.ServiceTypeNodePort, map[string]string{"new": "one"}
	})
	obj, _, err := f.reg.Update(f.ctx, f.service("a"), changed, meta.UpdateOptions{})
	require.NoError(t, err)
	got := obj.(*corev1.Service)
	require.Equal(t, was.Spec.ClusterIPs, got.Spec.ClusterIPs)
	require.Equal(t, was.Spec.Ports, got.Spec.Ports)
}

func TestNodePortsAreShared(t *testing.T) {
	f := startAPI(t, smallRange)
	dns := func(s *corev1.ServiceSpec) {
		s.Type = corev1.ServiceTypeNodePort
		s.Ports = []corev1.ServicePort{
			{Name: "udp", Port: 53, Protocol: corev1.ProtocolUDP, TargetPort: intstr.FromInt(53)},
			{Name: "tcp", Port: 53, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromInt(53)},
		}
	}
	s := f.mustService(service("a", dns))
	require.Equal(t, s.Spec.Ports[0].NodePort, s.Spec.Ports[1].NodePort)
	taken := func(p *corev1.ServiceSpec) {
		p.Type = corev1.ServiceTypeNodePort
		p.Ports[0].NodePort = s.Spec.Ports[0].NodePort
	}
	_, err := f.createService(service("b", taken))
	require.Contains(t, status(t, err).Message, "provided port is already allocated")
	outside := func(p *corev1.ServiceSpec) { p.Type, p.Ports[0].NodePort = corev1.ServiceTypeNodePort, 80 }
	_, err = f.createService(service("b", outside))
	require.Contains(t, status(t, err).Message, "provided port is not in the valid range. The range of valid ports is 31000-31002")
	_, err = f.reg.Delete(f.ctx, f.service("a"), meta.DeleteOptions{})
	require.NoError(t, err)
	f.mustService(service("b", taken))
}

func TestServicesAreRestored(t *testing.T) {
	f := startAPI(t, smallRange)
	var specs []corev1.ServiceSpec
	for _, name := range []string{"a", "b", "c"} {
		specs = append(specs, f.mustService(service(name, func(s *corev1.ServiceSpec) { s.Type = corev1.ServiceTypeNodePort })).Spec)
	}
	f.stop()
	again := startOn(t, f.store, f.reg.Scheme().Groups(), smallRange)
	for _, was := range specs {
		_, err := again.createService(service("n", func(s *corev1.ServiceSpec) { s.ClusterIP = was.ClusterIP }))
		require.Contains(t, status(t, err).Message, "provided IP is already allocated")
	}
	_, err := again.createService(service("n", func(s *corev1.ServiceSpec) { s.Type = corev1.ServiceTypeNodePort }))
	require.Contains(t, status(t, err).Message, "range is full")
}

func TestConcurrentServicesGetDifferentAddresses(t *testing.T) {
	f := startAPI(t, registry.Options{})
	var mu sync.Mutex
	seen := map[string]int{}
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 10 {
				s, err := f.createService(service(strings.Repeat("x", w+1) + string(rune('a'+i))))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				seen[s.Spec.ClusterIP]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	require.Len(t, seen, 80)
}

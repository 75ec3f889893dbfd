package registry_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	networkingv1 "github.com/kubenucleus/nucleus/apimachinery/api/networking/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/storage"
)

var dualRange = registry.Options{
	ServiceCIDR: netip.MustParsePrefix("10.0.0.0/24"), SecondaryServiceCIDR: netip.MustParsePrefix("fd00:1::/108"),
}

// specService makes a Service of a spec in JSON, as a client would send it.
func specService(t *testing.T, name, spec string) *corev1.Service {
	s := &corev1.Service{ObjectMeta: meta.ObjectMeta{Name: name}}
	require.NoError(t, json.Unmarshal([]byte(spec), &s.Spec))
	if s.Spec.Type == "" {
		s.Spec.Type = corev1.ServiceTypeClusterIP
	}
	s.Spec.SessionAffinity = corev1.ServiceAffinityNone
	if s.Spec.Ports == nil {
		s.Spec.Ports = []corev1.ServicePort{{Port: 80}}
	}
	for i := range s.Spec.Ports {
		p := &s.Spec.Ports[i]
		if p.Protocol == "" {
			p.Protocol = corev1.ProtocolTCP
		}
		p.TargetPort.IntVal = p.Port
		if len(s.Spec.Ports) > 1 {
			p.Name = fmt.Sprint("p", i)
		}
	}
	return s
}

// familiesOf shows what a Service has been given: the families of its addresses,
// ipFamilies and the policy.
func familiesOf(s *corev1.Service) string {
	var of []string
	for _, ip := range s.Spec.ClusterIPs {
		switch {
		case ip == corev1.ClusterIPNone:
			of = append(of, "None")
		case strings.Contains(ip, ":"):
			of = append(of, "6")
		default:
			of = append(of, "4")
		}
	}
	return fmt.Sprint(of, s.Spec.IPFamilies, " ", *s.Spec.IPFamilyPolicy)
}

// The expectations are what kube-apiserver v1.37.1 answers.
func TestServiceFamilies(t *testing.T) {
	const (
		multipleFamilies = "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified"
		multipleIPs      = "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified"
		notDual          = "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services"
		notSix           = "spec.ipFamilies[0]: Invalid value: \"IPv6\": not configured on this cluster"
	)
	cases := []struct{ spec, dual, single string }{
		{`{}`, "[4] [IPv4] SingleStack", "[4] [IPv4] SingleStack"},
		{`{"ipFamilyPolicy":"PreferDualStack"}`, "[4 6] [IPv4 IPv6] PreferDualStack", "[4] [IPv4] PreferDualStack"},
		{`{"ipFamilyPolicy":"RequireDualStack"}`, "[4 6] [IPv4 IPv6] RequireDualStack", notDual},
		{`{"ipFamilies":["IPv6"]}`, "[6] [IPv6] SingleStack", notSix},
		{`{"ipFamilies":["IPv6","IPv4"]}`, multipleFamilies, multipleFamilies},
		{`{"ipFamilies":["IPv6"],"ipFamilyPolicy":"PreferDualStack"}`, "[6 4] [IPv6 IPv4] PreferDualStack", notSix},
		{`{"clusterIP":"fd00:1::10"}`, "[6] [IPv6] SingleStack", `spec.clusterIPs[0]: Invalid value: ["fd00:1::10"]: IPv6 is not configured on this cluster`},
		{`{"clusterIP":"fd00:1::11","ipFamilyPolicy":"PreferDualStack"}`, "[6 4] [IPv6 IPv4] PreferDualStack", `spec.clusterIPs[0]: Invalid value: ["fd00:1::11"]: IPv6 is not configured on this cluster`},
		{`{"clusterIP":"fd00:1::12","clusterIPs":["fd00:1::12","10.0.0.12"]}`, multipleIPs, "[" + multipleIPs + `, spec.clusterIPs[0]: Invalid value: ["fd00:1::12","10.0.0.12"]: IPv6 is not configured on this cluster]`},
		{`{"clusterIP":"fd00:1::15","ipFamilies":["IPv4"]}`, "spec.clusterIPs[0]: Invalid value: \"fd00:1::15\": expected an IPv4 value as indicated by `ipFamilies[0]`", "spec.clusterIPs[0]: Invalid value: \"fd00:1::15\": expected an IPv4 value as indicated by `ipFamilies[0]`"},
		{`{"clusterIP":"None"}`, "[None] [IPv4 IPv6] RequireDualStack", "[None] [IPv4 IPv6] RequireDualStack"},
		{`{"clusterIP":"None","selector":{"a":"b"}}`, "[None] [IPv4] SingleStack", "[None] [IPv4] SingleStack"},
		{`{"clusterIP":"None","selector":{"a":"b"},"ipFamilies":["IPv6"]}`, "[None] [IPv6] SingleStack", notSix},
		{`{"clusterIP":"None","selector":{"a":"b"},"ipFamilyPolicy":"PreferDualStack"}`, "[None] [IPv4 IPv6] PreferDualStack", "[None] [IPv4] PreferDualStack"},
		{`{"clusterIP":"None","ipFamilyPolicy":"SingleStack"}`, "[None] [IPv4] SingleStack", "[None] [IPv4] SingleStack"},
		{`{"clusterIP":"None","ipFamilies":["IPv6"]}`, "[None] [IPv6 IPv4] RequireDualStack", "[None] [IPv6 IPv4] RequireDualStack"},
		{`{"ipFamilies":["IPv5"],"ports":[{"port":0}]}`, `spec.ipFamilies[0]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"`, `spec.ipFamilies[0]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"`},
		{`{"clusterIP":"10.0.0.16","ipFamilyPolicy":"RequireDualStack","ipFamilies":["IPv4","IPv6"]}`, "[4 6] [IPv4 IPv6] RequireDualStack", "[" + notDual + `, spec.ipFamilies[1]: Invalid value: "IPv6": not configured on this cluster]`},
		{`{"type":"LoadBalancer","externalTrafficPolicy":"Cluster","ipFamilyPolicy":"RequireDualStack","ipFamilies":["IPv6"]}`, "[6 4] [IPv6 IPv4] RequireDualStack", "[" + notDual + ", " + notSix + "]"},
		{`{"clusterIP":"300.1.0.200","ports":[{"port":0}]}`, `spec.clusterIPs[0]: Invalid value: "300.1.0.200": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)`, `spec.clusterIPs[0]: Invalid value: "300.1.0.200": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)`},
	}
	for name, o := range map[string]registry.Options{"dual": dualRange, "single": {}} {
		t.Run(name, func(t *testing.T) {
			f := startAPI(t, o)
			for i, c := range cases {
				want := c.single
				if name == "dual" {
					want = c.dual
				}
				s, err := f.createService(specService(t, fmt.Sprint("s", i), c.spec))
				if err != nil {
					require.Equal(t, fmt.Sprintf("Service \"s%d\" is invalid: %s", i, want), err.Error(), c.spec)
					continue
				}
				require.Equal(t, want, familiesOf(s), c.spec)
			}
		})
	}
}

func TestServiceFamiliesChange(t *testing.T) {
	f := startAPI(t, dualRange)
	first := f.mustService(service("a")).Spec.ClusterIP
	change := func(patch, want string) *corev1.Service {
		t.Helper()
		obj, err := f.patch(f.service("a"), client.MergePatch, `{"spec":`+patch+`}`)
		if err != nil {
			require.Contains(t, err.Error(), want)
			return nil
		}
		s := obj.(*corev1.Service)
		require.Equal(t, want, familiesOf(s))
		require.Equal(t, first, s.Spec.ClusterIP)
		require.Len(t, f.addresses(), len(s.Spec.ClusterIPs))
		return s
	}
	change(`{"ipFamilyPolicy":"PreferDualStack"}`, "[4 6] [IPv4 IPv6] PreferDualStack")
	change(`{"ipFamilyPolicy":"SingleStack"}`, "[4] [IPv4] SingleStack")
	change(`{"ipFamilyPolicy":"RequireDualStack","ipFamilies":["IPv4","IPv6"]}`, "[4 6] [IPv4 IPv6] RequireDualStack")
	change(`{"ipFamilies":["IPv6","IPv4"]}`, "expected an IPv6 value as indicated by `ipFamilies[0]`")
	change(`{"ipFamilyPolicy":"SingleStack","ipFamilies":["IPv4"],"clusterIPs":null}`, "[4] [IPv4] SingleStack")
	change(`{"ipFamilies":["IPv6"]}`, "expected an IPv6 value as indicated by `ipFamilies[0]`")
	change(`{"ipFamilies":["IPv4","IPv6"]}`, "when multiple IP families are specified")
	change(`{"clusterIPs":["10.0.0.77"]}`, "first value must match `clusterIP`")
}

// The expectations are what kube-apiserver v1.37.1 answers.
func TestNodePortsOfOneService(t *testing.T) {
	f := startAPI(t, registry.Options{})
	ports := func(s *corev1.Service) (ports []int32) {
		for _, p := range s.Spec.Ports {
			ports = append(ports, p.NodePort)
		}
		return ports
	}
	for i, c := range []struct {
		ports string
		want  any
	}{
		{`[{"port":80,"nodePort":31500},{"port":80,"protocol":"UDP","nodePort":31501}]`, []int32{31500, 31501}},
		{`[{"port":80},{"port":80,"protocol":"UDP","nodePort":31502}]`, []int32{31502, 31502}},
		{`[{"port":80,"nodePort":31503},{"port":80,"protocol":"UDP","nodePort":31503},{"port":80,"protocol":"SCTP"}]`, []int32{31503, 31503, 31503}},
		{`[{"port":80,"nodePort":31504},{"port":81,"nodePort":31504}]`, "spec.ports[1].nodePort: Invalid value: 31504: provided port is already allocated"},
		{`[{"port":80,"nodePort":31505},{"port":81,"protocol":"UDP","nodePort":31505}]`, "spec.ports[1].nodePort: Invalid value: 31505: provided port is already allocated"},
		{`[{"port":80,"nodePort":31500}]`, "spec.ports[0].nodePort: Invalid value: 31500: provided port is already allocated"},
		{`[{"port":80,"nodePort":-1}]`, "spec.ports[0].nodePort: Invalid value: -1: provided port is not in the valid range. The range of valid ports is 30000-32767"},
		{`[{"port":80,"nodePort":31504}]`, []int32{31504}},
	} {
		s, err := f.createService(specService(t, fmt.Sprint("s", i), `{"type":"NodePort","externalTrafficPolicy":"Cluster","ports":`+c.ports+`}`))
		if err != nil {
			require.Equal(t, fmt.Sprintf("Service \"s%d\" is invalid: %s", i, c.want), err.Error(), c.ports)
			continue
		}
		require.Equal(t, c.want, ports(s), c.ports)
	}
	_, err := f.createService(specService(t, "lb", `{"type":"LoadBalancer","externalTrafficPolicy":"Local","healthCheckNodePort":31500}`))
	refused(t, err, 500, "Internal error occurred: failed to allocate requested HealthCheck NodePort 31500: provided port is already allocated")

	// An update may have one port for two.
	f.mustService(service("u"))
	obj, err := f.patch(f.service("u"), client.MergePatch, `{"spec":{"type":"NodePort","ports":[{"name":"a","port":80,"nodePort":31520},{"name":"b","port":81,"nodePort":31520,"protocol":"UDP"}]}}`)
	require.NoError(t, err)
	require.Equal(t, []int32{31520, 31520}, ports(obj.(*corev1.Service)))
	obj, err = f.patch(f.service("u"), client.MergePatch, `{"spec":{"ports":[{"name":"a","port":80},{"name":"b","port":80,"protocol":"UDP"}]}}`)
	require.NoError(t, err)
	require.Equal(t, []int32{31520, 31520}, ports(obj.(*corev1.Service)))
}

// A dry run takes nothing, asks nobody whether the address that it wants is free, and is told
// addresses that no Service ever has: as kube-apiserver has it.
func TestDryRunsTakeNothing(t *testing.T) {
	f := startAPI(t, dualRange)
	f.mustService(service("a", clusterIP("10.0.0.10")))
	before := f.rangeRevision()
	s, err := f.createService(specService(t, "dry", `{"clusterIP":"10.0.0.10"}`), meta.DryRunAll)
	require.NoError(t, err)
	require.Equal(t, "10.0.0.10", s.Spec.ClusterIP)
	s, err = f.createService(specService(t, "dry", `{"type":"LoadBalancer","externalTrafficPolicy":"Local","ipFamilyPolicy":"PreferDualStack","ports":[{"port":80},{"port":81}]}`), meta.DryRunAll)
	require.NoError(t, err)
	require.Equal(t, []string{"10.0.0.0", "fd00:1::"}, s.Spec.ClusterIPs)
	require.Equal(t, []int32{32769, 32770, 32771}, []int32{s.Spec.Ports[0].NodePort, s.Spec.Ports[1].NodePort, s.Spec.HealthCheckNodePort})
	_, err = f.createService(specService(t, "dry", `{"clusterIP":"10.77.1.1"}`), meta.DryRunAll)
	refused(t, err, 422, `Service "dry" is invalid: spec.clusterIPs: Invalid value: ["10.77.1.1"]: failed to allocate IP 10.77.1.1: `+
		`the provided IP (10.77.1.1) is not in the valid range. The range of valid IPs is 10.0.0.0/24`)
	s, err = f.createService(specService(t, "dry", `{"type":"NodePort","ports":[{"port":80,"nodePort":5}]}`), meta.DryRunAll)
	require.NoError(t, err, "nobody asks for the range either")
	require.EqualValues(t, 5, s.Spec.Ports[0].NodePort)
	require.Len(t, f.addresses(), 1)
	require.Equal(t, before, f.rangeRevision())
	f.mustService(specService(t, "b", `{"type":"NodePort","ports":[{"port":80,"nodePort":30005}]}`))
	_, err = f.createService(specService(t, "dry", `{"type":"NodePort","ports":[{"port":80,"nodePort":30005}]}`), meta.DryRunAll)
	refused(t, err, 422, `Service "dry" is invalid: spec.ports[0].nodePort: Invalid value: 30005: provided port is already allocated`)
}

const rangeKey = "/registry/ranges/servicenodeports"

// forget deletes a key as if it had never been written.
func (f *fixture) forget(key string) {
	_, err := f.store.Delete(f.ctx, key, 0)
	f.must(err)
}

func (f *fixture) rangeRevision() storage.Revision {
	kv, _, err := f.store.Get(f.ctx, rangeKey)
	f.must(err)
	return kv.Modified
}

// Kubernetes reads what is stored of node ports: these are its own bytes for port
// 30010 of the usual range.
func TestNodePortsAreStoredAsKubernetesDoes(t *testing.T) {
	var kept []string
	f := startAPI(t, registry.Options{StoreOf: func(r meta.GroupResource, given storage.Store) storage.Store {
		kept = append(kept, r.String()) // whatever encrypts must not be asked to
		return given
	}})
	f.mustService(specService(t, "a", `{"type":"NodePort","externalTrafficPolicy":"Cluster","ports":[{"port":80,"nodePort":30010}]}`))
	require.Contains(t, kept, "services")
	require.NotContains(t, kept, "servicenodeportallocations", "what is no resource cannot be encrypted")
	kv, _, err := f.store.Get(f.ctx, rangeKey)
	require.NoError(t, err)
	require.Equal(t, "k8s\x00\n\x15\n\x02v1\x12\x0fRangeAllocation\x12#\n\x10\n\x00\x12\x00\x1a\x00\"\x00*\x002\x008\x00B\x00\x12\v30000-32767\x1a\x02\x04\x00\x1a\x00\"\x00", string(kv.Value))
}

// Servers on one store, at the same time, never give the same address or port
// twice, and give out what another has got back.
func TestServersShareTheRanges(t *testing.T) {
	store := newStore(t)
	o := registry.Options{ServiceCIDR: netip.MustParsePrefix("10.9.0.0/25"), NodePorts: registry.PortRange{First: 31000, Last: 31089}}
	first := startOn(t, store, api.Groups(), o)
	first.must(first.reg.Bootstrap(first.ctx, registry.BootstrapOptions{}))
	second := startOn(t, store, api.Groups(), o)
	var mu sync.Mutex
	ips, ports := map[string]string{}, map[int32]string{}
	fill := func(round string, n int) {
		var wg sync.WaitGroup
		for i, f := range []*fixture{first, second} {
			for w := range 3 {
				wg.Go(func() {
					for k := range n {
						name := fmt.Sprintf("%s-%d-%d-%d", round, i, w, k)
						s, err := f.createService(specService(t, name, `{"type":"NodePort","externalTrafficPolicy":"Cluster"}`))
						if err != nil {
							t.Error(err)
							return
						}
						mu.Lock()
						if ips[s.Spec.ClusterIP] != "" || ports[s.Spec.Ports[0].NodePort] != "" {
							t.Errorf("%s has what %s or %s has", name, ips[s.Spec.ClusterIP], ports[s.Spec.Ports[0].NodePort])
						}
						ips[s.Spec.ClusterIP], ports[s.Spec.Ports[0].NodePort] = name, name
						mu.Unlock()
					}
				})
			}
		}
		wg.Wait()
	}
	fill("one", 15)
	require.Len(t, ports, 90, "all that there are")
	_, err := second.createService(specService(t, "more", `{"type":"NodePort","externalTrafficPolicy":"Cluster"}`))
	refused(t, err, 500, "Internal error occurred: failed to allocate a nodePort: range is full")
	for ip, name := range ips {
		_, err := second.createService(service("thief", clusterIP(ip)))
		require.Contains(t, status(t, err).Message, "provided IP is already allocated")
		if strings.HasPrefix(name, "one-0") {
			_, err = second.reg.Delete(second.ctx, second.service(name), meta.DeleteOptions{})
			require.NoError(t, err)
			delete(ips, ip)
		}
	}
	for port, name := range ports {
		if strings.HasPrefix(name, "one-0") {
			delete(ports, port)
		}
	}
	require.Len(t, ports, 45)
	fill("two", 7)
	require.Len(t, ports, 87)
}

// A write whose answer is lost may have been done: its address stays its own. If
// it was not done, the address comes back after a while.
func TestUnknownOutcomesKeepTheirAddresses(t *testing.T) {
	store := &silentStore{Store: newStore(t)}
	o := smallRange
	var passed atomic.Int64 // since the start
	o.Now = func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }
	f := startOn(t, store, api.Groups(), o)
	f.must(f.reg.Bootstrap(f.ctx, registry.BootstrapOptions{}))
	nodePort := specService(t, "a", `{"clusterIP":"10.9.0.3","type":"NodePort","externalTrafficPolicy":"Cluster","ports":[{"port":80,"nodePort":31001}]}`)
	for _, lost := range []bool{false, true} {
		store.loseCreates, store.dropCreates = "/registry/services/specs/", lost
		_, err := f.createService(specServiceCopy(nodePort))
		require.ErrorIs(t, err, errSilent)
		store.loseCreates = ""
		_, err = f.createService(service("b", clusterIP("10.9.0.3")))
		require.Contains(t, status(t, err).Message, "provided IP is already allocated")
		_, err = f.createService(specService(t, "b", `{"type":"NodePort","externalTrafficPolicy":"Cluster","ports":[{"port":80,"nodePort":31001}]}`))
		require.Contains(t, status(t, err).Message, "provided port is already allocated")
		_, err = f.reg.Delete(f.ctx, f.service("a"), meta.DeleteOptions{})
		require.Equal(t, lost, meta.IsNotFound(err), "%v", err)
	}
	// The last one was not stored.
	f.must(f.reg.RepairServices(f.ctx))
	require.Len(t, f.addresses(), 1, "it may be about to be stored")
	passed.Add(int64(2 * time.Minute))
	f.must(f.reg.RepairServices(f.ctx))
	require.Empty(t, f.addresses())
	f.must(f.reg.RepairServices(f.ctx))
	f.mustService(specServiceCopy(nodePort))
	require.Equal(t, []string{"IPAddressNotAllocated IPAddress: 10.9.0.3 for Service default/a appears to have leaked: cleaning up"}, f.repairs())
}

func specServiceCopy(s *corev1.Service) *corev1.Service {
	c := *s
	c.Spec.Ports = slices.Clone(s.Spec.Ports)
	return &c
}

// repairs returns the Events of the repair loop.
func (f *fixture) repairs() (told []string) {
	list, err := f.reg.List(f.ctx, f.at(core("events"), "", "", ""), meta.ListOptions{})
	f.must(err)
	for item, err := range list.Items() {
		f.must(err)
		obj, err := item.Object()
		f.must(err)
		e := obj.(*corev1.Event)
		told = append(told, e.Reason+" "+e.Message)
	}
	slices.Sort(told)
	return told
}

func TestRepair(t *testing.T) {
	o := smallRange
	var passed atomic.Int64 // since the start
	o.Now = func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }
	f := startAPI(t, o)
	f.mustService(specService(t, "a", `{"clusterIP":"10.9.0.2","type":"NodePort","externalTrafficPolicy":"Cluster","ports":[{"port":80,"nodePort":31001}]}`))
	// The addresses as if nobody had kept them: none for a, one that names it wrongly.
	c := f.reg.Client(&auth.User{Name: "tester"})
	at := client.Target{Resource: meta.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "ipaddresses"}}
	for _, name := range []string{"10.9.0.4", "10.9.0.5"} {
		stray := &networkingv1.IPAddress{ObjectMeta: meta.ObjectMeta{Name: name, Labels: map[string]string{"ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io"}}}
		stray.Spec.ParentRef = &networkingv1.ParentReference{Resource: "services", Namespace: "default", Name: map[string]string{"10.9.0.4": "a", "10.9.0.5": "gone"}[name]}
		at.Name = name
		require.NoError(t, c.Create(f.ctx, at, stray, meta.CreateOptions{}))
	}
	f.forget("/registry/ipaddresses/10.9.0.2")
	f.forget(rangeKey)
	f.mustService(specService(t, "b", `{"clusterIP":"10.9.0.3","type":"NodePort","externalTrafficPolicy":"Cluster","ports":[{"port":80,"nodePort":31002}]}`))
	passed.Add(int64(2 * time.Minute))
	f.must(f.reg.RepairServices(f.ctx))
	require.Equal(t, "a", f.addresses()["10.9.0.2"])
	require.NotContains(t, f.addresses(), "10.9.0.4")
	require.NotContains(t, f.addresses(), "10.9.0.5")
	require.Equal(t, []string{
		"ClusterIPNotAllocated Cluster IP [IPv4]: 10.9.0.2 is not allocated; repairing",
		"IPAddressNotAllocated IPAddress: 10.9.0.5 for Service default/gone appears to have leaked: cleaning up",
		"IPAddressWrongReference IPAddress: 10.9.0.4 for Service default/a has a wrong reference; cleaning up",
		"PortNotAllocated Port 31001 is not allocated; repairing",
	}, f.repairs())
	_, err := f.createService(specService(t, "c", `{"type":"NodePort","externalTrafficPolicy":"Cluster","ports":[{"port":80,"nodePort":31001}]}`))
	require.Contains(t, status(t, err).Message, "provided port is already allocated")
}

// Ports that no Service has are given back in the third round, not before.
func TestLeakedPortsComeBack(t *testing.T) {
	f := startAPI(t, smallRange)
	taken := specService(t, "a", `{"type":"NodePort","externalTrafficPolicy":"Cluster","ports":[{"port":80,"nodePort":31001}]}`)
	f.mustService(specServiceCopy(taken))
	f.forget("/registry/services/specs/default/a")
	again := specService(t, "b", `{"type":"NodePort","externalTrafficPolicy":"Cluster","ports":[{"port":80,"nodePort":31001}]}`)
	for range 2 {
		f.must(f.reg.RepairServices(f.ctx))
		_, err := f.createService(specServiceCopy(again))
		require.Contains(t, status(t, err).Message, "provided port is already allocated")
	}
	f.must(f.reg.RepairServices(f.ctx))
	f.mustService(again)
}

// More ranges may be added, and taken away, while the server runs.
func TestServiceCIDRsAddAddresses(t *testing.T) {
	f := startAPI(t, smallRange)
	at := func(name string) *registry.Request {
		return f.at(meta.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "servicecidrs"}, "", "", name)
	}
	_, err := f.createService(service("m", clusterIP("10.60.0.3")))
	require.Contains(t, status(t, err).Message, "the provided network does not match the current range")
	more := &networkingv1.ServiceCIDR{ObjectMeta: meta.ObjectMeta{Name: "more"}}
	more.Spec.CIDRs = []string{"10.60.0.0/29"}
	_, err = f.reg.Create(f.ctx, at(""), more, meta.CreateOptions{})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		_, err := f.createService(service("m", clusterIP("10.60.0.3")))
		return err == nil
	}, 10*time.Second, time.Millisecond)
	for i := range 11 { // six and six, of which one is m's
		f.mustService(service(fmt.Sprint("s", i)))
	}
	_, err = f.createService(service("over"))
	refused(t, err, 500, "Internal error occurred: failed to allocate a serviceIP: range is full")
	_, err = f.reg.Delete(f.ctx, at("more"), meta.DeleteOptions{})
	require.NoError(t, err)
	_, err = f.reg.Delete(f.ctx, f.service("m"), meta.DeleteOptions{})
	require.NoError(t, err)
	_, err = f.createService(service("over"))
	refused(t, err, 500, "Internal error occurred: failed to allocate a serviceIP: range is full")
}

// Without IPAddresses in the scheme the server counts for itself.
func TestServicesWithoutIPAddresses(t *testing.T) {
	groups := slices.DeleteFunc(api.Groups(), func(g scheme.Group) bool { return g.Name == "networking.k8s.io" })
	store := newStore(t)
	f := startOn(t, store, groups, smallRange)
	f.must(f.reg.Bootstrap(f.ctx, registry.BootstrapOptions{}))
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		f.mustService(service(name))
	}
	_, err := f.createService(service("g"))
	require.Error(t, err)
	f.stop()
	f = startOn(t, store, groups, smallRange)
	_, err = f.createService(service("g"))
	require.Error(t, err)
	_, err = f.reg.Delete(f.ctx, f.service("a"), meta.DeleteOptions{})
	require.NoError(t, err)
	f.mustService(service("g"))
}

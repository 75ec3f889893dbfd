package endpointslice

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	discoveryv1 "github.com/kubenucleus/nucleus/apimachinery/api/discovery/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func ptr[T any](v T) *T { return &v }

func web(change ...func(*corev1.Service)) *corev1.Service {
	s := &corev1.Service{
		ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: "web", UID: "service", Labels: map[string]string{"team": "a", discoveryv1.LabelManagedBy: "me"}},
		Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": "web"}, IPFamilies: []corev1.IPFamily{corev1.IPv4Protocol},
			Ports: []corev1.ServicePort{{Name: "http", Port: 80, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromString("http")}},
		},
	}
	for _, f := range change {
		f(s)
	}
	return s
}

func pod(i int, change ...func(*corev1.Pod)) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: fmt.Sprintf("web-%d", i), UID: meta.UID(fmt.Sprint("pod-", i)), Labels: map[string]string{"app": "web"}},
		Spec: corev1.PodSpec{NodeName: "node", Containers: []corev1.Container{{
			Name: "c", Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}, {Name: "http", ContainerPort: 9090, Protocol: corev1.ProtocolUDP}},
		}}},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, PodIPs: []corev1.PodIP{{IP: fmt.Sprintf("10.0.%d.%d", i/250, i%250+1)}, {IP: fmt.Sprintf("fd00::%x", i+1)}},
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
		},
	}
	for _, f := range change {
		f(p)
	}
	return p
}

func node(name string) *corev1.Node {
	if name != "node" {
		return nil
	}
	return &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: name, Labels: map[string]string{corev1.LabelTopologyZone: "z1"}}}
}

func unready(p *corev1.Pod)     { p.Status.Conditions[0].Status = corev1.ConditionFalse }
func terminating(p *corev1.Pod) { now := meta.Unix(1); p.DeletionTimestamp = &now }

func TestEndpointOfAPod(t *testing.T) {
	for _, test := range []struct {
		name    string
		service *corev1.Service
		pod     *corev1.Pod
		want    string // of conditions: ready, serving, terminating; "" for no endpoint
	}{
		{"ready", web(), pod(0), "true true false"},
		{"not ready", web(), pod(0, unready), "false false false"},
		{"ending", web(), pod(0, terminating), "false true true"},
		{"ending, not ready", web(), pod(0, unready, terminating), "false false true"},
		{"published all the same", web(func(s *corev1.Service) { s.Spec.PublishNotReadyAddresses = true }), pod(0, unready, terminating), "true false true"},
		{"finished", web(), pod(0, func(p *corev1.Pod) { p.Status.Phase = corev1.PodSucceeded }), ""},
		{"no address", web(), pod(0, func(p *corev1.Pod) { p.Status.PodIPs = nil }), ""},
		{"address in the old field alone", web(), pod(0, func(p *corev1.Pod) { p.Status.PodIPs, p.Status.PodIP = nil, "10.0.0.1" }), "true true false"},
		{"of the other family only", web(), pod(0, func(p *corev1.Pod) { p.Status.PodIPs = p.Status.PodIPs[1:] }), ""},
		{"no such node", web(), pod(0, func(p *corev1.Pod) { p.Spec.NodeName = "gone" }), ""},
		{"no such node, published all the same", web(func(s *corev1.Service) { s.Spec.PublishNotReadyAddresses = true }), pod(0, func(p *corev1.Pod) { p.Spec.NodeName = "gone" }), "true true false"},
	} {
		t.Run(test.name, func(t *testing.T) {
			groups, missing := Endpoints(test.service, []*corev1.Pod{test.pod}, discoveryv1.AddressTypeIPv4, node)
			assert.Equal(t, test.name == "no such node", len(missing) == 1)
			if test.want == "" {
				assert.Empty(t, groups)
				return
			}
			e := groups[0].Endpoints[0]
			assert.Equal(t, test.want, fmt.Sprint(*e.Conditions.Ready, *e.Conditions.Serving, *e.Conditions.Terminating))
			assert.Equal(t, []string{"10.0.0.1"}, e.Addresses)
			assert.Equal(t, &corev1.ObjectReference{Kind: "Pod", Namespace: "default", Name: "web-0", UID: "pod-0"}, e.TargetRef)
		})
	}
}

func TestEndpointDetails(t *testing.T) {
	service := web(func(s *corev1.Service) {
		s.Spec.TrafficDistribution = ptr(corev1.ServiceTrafficDistributionPreferSameNode)
	})
	groups, _ := Endpoints(service, []*corev1.Pod{
		pod(0, func(p *corev1.Pod) { p.Spec.Hostname, p.Spec.Subdomain = "first", "web" }),
		pod(1, func(p *corev1.Pod) { p.Spec.Hostname, p.Spec.Subdomain = "second", "else" }, unready),
		pod(2, func(p *corev1.Pod) { p.Spec.Containers[0].Ports[0].ContainerPort = 8081 }),
		pod(3, func(p *corev1.Pod) { p.Spec.Containers[0].Ports = nil }),
	}, discoveryv1.AddressTypeIPv6, node)
	require.Len(t, groups, 3, "one for each set of port numbers")
	first, second := groups[0].Endpoints[0], groups[0].Endpoints[1]
	assert.Equal(t, "first", *first.Hostname)
	assert.Nil(t, second.Hostname)
	assert.Equal(t, "z1", *first.Zone)
	assert.Equal(t, "node", *first.NodeName)
	assert.Equal(t, []string{"fd00::1"}, first.Addresses)
	assert.Equal(t, &discoveryv1.EndpointHints{ForNodes: []discoveryv1.ForNode{{Name: "node"}}, ForZones: []discoveryv1.ForZone{{Name: "z1"}}}, first.Hints)
	assert.Nil(t, second.Hints)
	assert.EqualValues(t, 8080, *groups[0].Ports[0].Port, "the TCP port of that name, not the UDP one")
	assert.EqualValues(t, 8081, *groups[1].Ports[0].Port)
	assert.Empty(t, groups[2].Ports)
}

func TestPlanOfNothing(t *testing.T) {
	w := Plan(web(), discoveryv1.AddressTypeIPv4, nil, nil, 100)
	require.Len(t, w.Create, 1, "one that says that there is nothing")
	s := w.Create[0]
	assert.Equal(t, map[string]string{"team": "a", discoveryv1.LabelServiceName: "web", discoveryv1.LabelManagedBy: ManagedBy}, s.Labels)
	assert.Equal(t, "web-", s.GenerateName)
	assert.Equal(t, meta.UID("service"), meta.ControllerOf(s).UID)
	assert.NotNil(t, s.Endpoints)
	w = Plan(web(), discoveryv1.AddressTypeIPv4, []*discoveryv1.EndpointSlice{s}, nil, 100)
	assert.Equal(t, Writes{}, w)

	headless := Plan(web(func(s *corev1.Service) { s.Spec.ClusterIP = corev1.ClusterIPNone }), discoveryv1.AddressTypeIPv4, []*discoveryv1.EndpointSlice{s}, nil, 100)
	require.Len(t, headless.Update, 1)
	assert.Contains(t, headless.Update[0].Labels, corev1.IsHeadlessService)
}

// apply plays the server.
func apply(have []*discoveryv1.EndpointSlice, w Writes, next *int) []*discoveryv1.EndpointSlice {
	var out []*discoveryv1.EndpointSlice
	for _, s := range have {
		for _, u := range w.Update {
			if u.Name == s.Name {
				s = u
			}
		}
		gone := false
		for _, d := range w.Delete {
			gone = gone || d.Name == s.Name
		}
		if !gone {
			out = append(out, s)
		}
	}
	for _, s := range w.Create {
		*next++
		s.Name = fmt.Sprint(s.GenerateName, *next)
		out = append(out, s)
	}
	return out
}

// Whatever happens to the Pods, after the writes the slices hold exactly their
// endpoints, none is too full, and there is nothing left to write.
func TestPlanReachesWhatIsWanted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const most = 7
	var have []*discoveryv1.EndpointSlice
	next := 0
	for round := range 300 {
		var pods []*corev1.Pod
		share := r.Float64()
		for i := range 40 {
			if r.Float64() > share {
				continue
			}
			p := pod(i)
			if r.IntN(4) == 0 {
				unready(p)
			}
			if i%10 == 0 {
				p.Spec.Containers[0].Ports[0].ContainerPort = 81
			}
			pods = append(pods, p)
		}
		groups, _ := Endpoints(web(), pods, discoveryv1.AddressTypeIPv4, node)
		have = apply(have, Plan(web(), discoveryv1.AddressTypeIPv4, have, groups, most), &next)

		got := map[meta.UID]discoveryv1.Endpoint{}
		for _, s := range have {
			require.LessOrEqual(t, len(s.Endpoints), most)
			for _, e := range s.Endpoints {
				require.NotContains(t, got, e.TargetRef.UID, "it is there twice")
				got[e.TargetRef.UID] = e
			}
		}
		wanted := 0
		for _, g := range groups {
			for _, e := range g.Endpoints {
				wanted++
				have := got[e.TargetRef.UID]
				require.True(t, codec.Equal(&e, &have), "round %d: %s", round, e.TargetRef.Name)
			}
		}
		require.Len(t, got, wanted)
		require.NotEmpty(t, have)
		require.Equal(t, Writes{}, Plan(web(), discoveryv1.AddressTypeIPv4, have, groups, most), "round %d: it does not settle", round)
	}
}

func TestOneChangeIsOneWrite(t *testing.T) {
	var pods []*corev1.Pod
	for i := range 250 {
		pods = append(pods, pod(i))
	}
	next := 0
	groups, _ := Endpoints(web(), pods, discoveryv1.AddressTypeIPv4, node)
	w := Plan(web(), discoveryv1.AddressTypeIPv4, nil, groups, 100)
	require.Len(t, w.Create, 3)
	have := apply(nil, w, &next)

	unready(pods[120])
	groups, _ = Endpoints(web(), pods, discoveryv1.AddressTypeIPv4, node)
	w = Plan(web(), discoveryv1.AddressTypeIPv4, have, groups, 100)
	assert.Equal(t, []int{0, 1, 0}, []int{len(w.Create), len(w.Update), len(w.Delete)})
	have = apply(have, w, &next)

	groups, _ = Endpoints(web(), append(pods, pod(250)), discoveryv1.AddressTypeIPv4, node)
	w = Plan(web(), discoveryv1.AddressTypeIPv4, have, groups, 100)
	assert.Equal(t, []int{0, 1, 0}, []int{len(w.Create), len(w.Update), len(w.Delete)})
	assert.Len(t, w.Update[0].Endpoints, 51, "it goes where there is room")
}

func TestAddressTypes(t *testing.T) {
	both := []discoveryv1.AddressType{discoveryv1.AddressTypeIPv4, discoveryv1.AddressTypeIPv6}
	assert.Equal(t, both[:1], AddressTypes(web()))
	assert.Equal(t, both[1:], AddressTypes(web(func(s *corev1.Service) { s.Spec.IPFamilies, s.Spec.ClusterIP = nil, "fd00::5" })))
	assert.Equal(t, both, AddressTypes(web(func(s *corev1.Service) { s.Spec.IPFamilies, s.Spec.ClusterIP = nil, "None" })))
	assert.False(t, Serves(web(func(s *corev1.Service) { s.Spec.Type = corev1.ServiceTypeExternalName })))
	assert.False(t, Serves(web(func(s *corev1.Service) { s.Spec.Selector = nil })))
}

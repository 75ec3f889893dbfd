package discoveryv1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/api/discovery/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func slice(t *testing.T, body string) *discoveryv1.EndpointSlice {
	t.Helper()
	s := &discoveryv1.EndpointSlice{}
	if _, err := codec.UnmarshalJSON([]byte(body), s, codec.DecodeOptions{}); err != nil {
		t.Fatal(err)
	}
	s.Name, s.Namespace, s.ResourceVersion = "s", "ns", "1"
	discoveryv1.DefaultEndpointSlice(s)
	return s
}

func check(t *testing.T, errs validate.Errors, want ...string) {
	t.Helper()
	var got []string
	for _, e := range errs {
		got = append(got, e.Error())
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func TestDefaults(t *testing.T) {
	s := slice(t, `{"addressType":"IPv4","endpoints":[],"ports":[{"port":80}]}`)
	if *s.Ports[0].Name != "" || *s.Ports[0].Protocol != "TCP" {
		t.Errorf("%+v", s.Ports[0])
	}
}

func TestSliceIsRefused(t *testing.T) {
	check(t, discoveryv1.ValidateEndpointSlice(slice(t, `{"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"]}],"ports":[{"port":80}]}`)))
	check(t, discoveryv1.ValidateEndpointSlice(slice(t, `{"endpoints":null,"ports":null}`)), `addressType: Required value`)
	check(t, discoveryv1.ValidateEndpointSlice(slice(t, `{"addressType":"IPv4","endpoints":[{"addresses":[]},{"addresses":["fd00::1","127.0.0.1"],"hostname":"A","deprecatedTopology":{"kubernetes.io/hostname":"n"},
		"hints":{"forZones":[{"name":"z"},{"name":"z"}]}}],"ports":[{"port":1},{"port":70000},{"name":"a","protocol":"x"}]}`)),
		`endpoints[0].addresses: Required value`,
		`endpoints[1].addresses: Invalid value: "fd00::1": must be an IPv4 address`,
		`endpoints[1].addresses[1]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)`,
		`endpoints[1].deprecatedTopology[kubernetes.io/hostname]: Invalid value: "": may not be set to topology, use the nodeName field instead`,
		`endpoints[1].hostname: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
		`endpoints[1].hints.forZones[1].name: Duplicate value: "z"`,
		`ports[2].protocol: Unsupported value: "x": supported values: "SCTP", "TCP", "UDP"`,
		`ports[1].name: Duplicate value: ""`)
	many := slice(t, `{"addressType":"IPv4","endpoints":null,"ports":null}`)
	many.Endpoints = make([]discoveryv1.Endpoint, 1001)
	for i := range many.Endpoints {
		many.Endpoints[i].Addresses = []string{"10.0.0.1"}
	}
	check(t, discoveryv1.ValidateEndpointSlice(many), `endpoints: Too many: 1001: must have at most 1000 items`)
}

func TestAddressTypeStays(t *testing.T) {
	check(t, discoveryv1.ValidateEndpointSliceUpdate(slice(t, `{"addressType":"IPv6"}`), slice(t, `{"addressType":"IPv4"}`)), `addressType: Invalid value: null: field is immutable`)
}

func TestWhatCountsAsAChange(t *testing.T) {
	var r *scheme.Resource
	for _, r = range discoveryv1.Version().Resources {
	}
	old := slice(t, `{"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"]}]}`)
	for name, change := range map[string]func(s *discoveryv1.EndpointSlice) bool{
		"nothing":   func(*discoveryv1.EndpointSlice) bool { return false },
		"version":   func(s *discoveryv1.EndpointSlice) bool { s.ResourceVersion = "2"; return false },
		"labels":    func(s *discoveryv1.EndpointSlice) bool { s.Labels = map[string]string{"a": "b"}; return true },
		"endpoints": func(s *discoveryv1.EndpointSlice) bool { s.Endpoints[0].Addresses[0] = "10.0.0.2"; return true },
	} {
		s := codec.DeepCopy(old)
		if want := change(s); r.SpecChanged(s, old) != want {
			t.Errorf("%s: want %v", name, want)
		}
	}
	cells := r.Cells(meta.Object(slice(t, `{"addressType":"IPv4","endpoints":[{"addresses":["1","2"]},{"addresses":["3","4"]}],"ports":[{"port":80},{"name":"x"},{}]}`)))
	if got := fmt.Sprint(cells[1:4]); got != "[IPv4 80,x,* 1,2,3 + 1 more...]" {
		t.Error(got)
	}
}

// What is dropped counts all the same.
func TestDroppedTopologyCounts(t *testing.T) {
	r := discoveryv1.Version().Resources[0]
	old := slice(t, `{"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"]}]}`)
	next := slice(t, `{"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"],"deprecatedTopology":{"a":"b"}}]}`)
	old.Generation, next.Generation = 3, 3
	r.PrepareUpdate(next, old)
	if next.Generation != 4 || next.Endpoints[0].DeprecatedTopology != nil {
		t.Errorf("%+v", next)
	}
}

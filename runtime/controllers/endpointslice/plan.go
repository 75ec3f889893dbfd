package endpointslice

import (
	"cmp"
	"maps"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	discoveryv1 "github.com/kubenucleus/nucleus/apimachinery/api/discovery/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Writes is what has to be done so that slices say what they should.
type Writes struct {
	Create, Update []*discoveryv1.EndpointSlice // private copies
	Delete         []*discoveryv1.EndpointSlice // as they were given
}

// Plan returns the writes that make the slices of a Service hold exactly the
// endpoints of groups. All slices are of one family of addresses. At most most
// endpoints go into a slice.
//
// An endpoint stays in its slice, and slices are not evened out: to move an
// endpoint costs two writes, which every node gets to read, and a half-empty
// slice costs nothing.
func Plan(service *corev1.Service, family discoveryv1.AddressType, have []*discoveryv1.EndpointSlice, groups []Group, most int) Writes {
	var w Writes
	byPorts := map[string][]*discoveryv1.EndpointSlice{}
	for _, s := range have {
		key := portsKey(s.Ports)
		byPorts[key] = append(byPorts[key], s)
	}
	if len(groups) == 0 {
		// A slice without endpoints says that there are none, as opposed to that
		// nobody has looked yet.
		groups = []Group{{}}
	}
	labels := labelsFor(service)
	for _, g := range groups {
		key := portsKey(g.Ports)
		mine := byPorts[key]
		delete(byPorts, key)
		if len(g.Endpoints) == 0 && len(mine) == 0 {
			// Any slice will do to say that there is nothing.
			for _, key := range slices.Sorted(maps.Keys(byPorts)) {
				first := codec.DeepCopy(byPorts[key][0])
				first.Endpoints, first.Ports, first.Labels = []discoveryv1.Endpoint{}, []discoveryv1.EndpointPort{}, labels
				w.Update = append(w.Update, first)
				byPorts[key] = byPorts[key][1:]
				break
			}
			if len(w.Update) > 0 {
				continue
			}
		}
		w.fill(service, family, labels, mine, g, most)
	}
	for _, key := range slices.Sorted(maps.Keys(byPorts)) {
		w.Delete = append(w.Delete, byPorts[key]...)
	}
	return w
}

// fill plans the slices of one group.
func (w *Writes) fill(service *corev1.Service, family discoveryv1.AddressType, labels map[string]string, have []*discoveryv1.EndpointSlice, g Group, most int) {
	left := make(map[meta.UID]*discoveryv1.Endpoint, len(g.Endpoints))
	for i := range g.Endpoints {
		left[g.Endpoints[i].TargetRef.UID] = &g.Endpoints[i]
	}
	var slicesNow []*slot
	for _, s := range have {
		now := &slot{slice: s}
		for i := range s.Endpoints {
			e := &s.Endpoints[i]
			var want *discoveryv1.Endpoint
			if e.TargetRef != nil {
				want = left[e.TargetRef.UID]
			}
			if want == nil || len(now.endpoints) == most {
				now.changed = true
				continue
			}
			delete(left, e.TargetRef.UID)
			now.endpoints = append(now.endpoints, *want)
			now.changed = now.changed || !codec.Equal(e, want)
		}
		now.relabeled = !maps.Equal(s.Labels, labels) || !ownedBy(s, service)
		slicesNow = append(slicesNow, now)
	}
	var rest []discoveryv1.Endpoint
	for i := range g.Endpoints { // in the order given, so that equal input gives equal output
		if e := &g.Endpoints[i]; left[e.TargetRef.UID] == e {
			rest = append(rest, *e)
		}
	}
	rest = topUp(slicesNow, rest, most)

	empty := len(g.Endpoints) == 0
	for _, s := range slicesNow {
		switch {
		case len(s.endpoints) == 0 && !empty:
			w.Delete = append(w.Delete, s.slice)
		case len(s.endpoints) == 0 && s != slicesNow[0]:
			w.Delete = append(w.Delete, s.slice)
		case s.changed || s.relabeled:
			next := codec.DeepCopy(s.slice)
			next.Endpoints, next.Labels = s.endpoints, maps.Clone(labels)
			if next.Endpoints == nil {
				next.Endpoints = []discoveryv1.Endpoint{}
			}
			if !ownedBy(next, service) {
				next.OwnerReferences = append(next.OwnerReferences, meta.NewControllerRef(service, serviceKind))
			}
			w.Update = append(w.Update, next)
		}
	}
	for len(rest) > 0 || empty && len(have) == 0 {
		n := min(len(rest), most)
		s := newSlice(service, family, labels, g.Ports)
		s.Endpoints = append(s.Endpoints, rest[:n]...)
		w.Create = append(w.Create, s)
		rest = rest[n:]
		if empty {
			return
		}
	}
}

// slot is an existing slice and what it is to hold.
type slot struct {
	slice              *discoveryv1.EndpointSlice
	endpoints          []discoveryv1.Endpoint
	changed, relabeled bool
}

// topUp puts endpoints into slices that are written anyhow, the fullest first,
// and then, if what is left does not fill a slice of its own, into the one that
// it fits best. It returns what did not go in.
func topUp(slots []*slot, rest []discoveryv1.Endpoint, most int) []discoveryv1.Endpoint {
	byFill := slices.Clone(slots)
	slices.SortStableFunc(byFill, func(a, b *slot) int { return cmp.Compare(len(b.endpoints), len(a.endpoints)) })
	for _, s := range byFill {
		if !s.changed && !s.relabeled || len(s.endpoints) == 0 {
			continue
		}
		n := min(most-len(s.endpoints), len(rest))
		s.endpoints = append(s.endpoints, rest[:n]...)
		s.changed = s.changed || n > 0
		rest = rest[n:]
	}
	tail := len(rest) % most
	if tail == 0 {
		return rest
	}
	for _, s := range byFill { // the fullest that has room
		if len(s.endpoints)+tail <= most {
			s.endpoints = append(s.endpoints, rest[len(rest)-tail:]...)
			s.changed = true
			return rest[:len(rest)-tail]
		}
	}
	return rest
}

func newSlice(service *corev1.Service, family discoveryv1.AddressType, labels map[string]string, ports []discoveryv1.EndpointPort) *discoveryv1.EndpointSlice {
	if ports == nil {
		ports = []discoveryv1.EndpointPort{}
	}
	return &discoveryv1.EndpointSlice{
		ObjectMeta: meta.ObjectMeta{
			GenerateName: service.Name + "-", Namespace: service.Namespace, Labels: maps.Clone(labels),
			OwnerReferences: []meta.OwnerReference{meta.NewControllerRef(service, serviceKind)},
		},
		AddressType: family, Ports: ports, Endpoints: []discoveryv1.Endpoint{},
	}
}

func ownedBy(s *discoveryv1.EndpointSlice, service *corev1.Service) bool {
	return slices.ContainsFunc(s.OwnerReferences, func(ref meta.OwnerReference) bool { return ref.UID == service.UID })
}

package nodelifecycle

import (
	"time"

	"golang.org/x/time/rate"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// The rates are those of Kubernetes, in Nodes a second.
const (
	normalRate = 0.1
	slowRate   = 0.01 // of a large zone of which much is silent; of a small one it is 0
	largeZone  = 50
	// unhealthyShare of a zone's Nodes, and more than two, make it disrupted.
	unhealthyShare = 0.55
)

// Zones decides from which Nodes, and how fast, Pods are evicted. One goroutine
// uses it.
type Zones struct {
	limits map[string]*rate.Limiter
	// allSilent says that in the last round no Node was ready.
	allSilent bool
}

// zoneOf returns the Node's region and zone.
func zoneOf(node *corev1.Node) string {
	return node.Labels[corev1.LabelTopologyRegion] + "/" + node.Labels[corev1.LabelTopologyZone]
}

// Judge looks at all Nodes and says for each one what to do about evictions.
// Recovered is true if this is the first round in which some Node is ready again.
func (z *Zones) Judge(nodes []*corev1.Node, now time.Time) (evictions map[string]Eviction, recovered bool) {
	type count struct{ ready, silent int }
	zones := map[string]*count{}
	anyReady := false
	for _, node := range nodes {
		c := zones[zoneOf(node)]
		if c == nil {
			c = &count{}
			zones[zoneOf(node)] = c
		}
		if isReady(node) {
			c.ready++
			anyReady = true
		} else {
			c.silent++
		}
	}
	evictions = make(map[string]Eviction, len(nodes))
	was := z.allSilent
	z.allSilent = !anyReady && len(nodes) > 0
	if z.allSilent {
		for _, node := range nodes {
			evictions[node.Name] = Cease
		}
		return evictions, false
	}
	if z.limits == nil {
		z.limits = map[string]*rate.Limiter{}
	}
	for zone := range z.limits {
		if zones[zone] == nil {
			delete(z.limits, zone)
		}
	}
	for zone, c := range zones {
		limit := limitOf(c.ready, c.silent)
		l := z.limits[zone]
		if l == nil {
			l = rate.NewLimiter(limit, 1)
			z.limits[zone] = l
		}
		if l.Limit() != limit {
			l.SetLimitAt(now, limit)
		}
	}
	for _, node := range nodes {
		l := z.limits[zoneOf(node)]
		if isReady(node) || condition(node, corev1.NodeReady) == nil || evicting(node) {
			continue // nothing to begin
		}
		if l.Limit() > 0 && l.AllowN(now, 1) {
			evictions[node.Name] = Begin
		}
	}
	return evictions, was
}

func limitOf(ready, silent int) rate.Limit {
	switch total := ready + silent; {
	case ready == 0:
		return normalRate // the whole zone: its Pods go to others
	case silent > 2 && float64(silent)/float64(total) >= unhealthyShare:
		if total > largeZone {
			return slowRate
		}
		return 0
	}
	return normalRate
}

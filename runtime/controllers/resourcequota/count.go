package resourcequota

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/quota"
)

// Tally is what the objects of one resource use of a quota.
type Tally struct {
	// Used has an amount, be it zero, for everything that such objects can use
	// and that the quota limits.
	Used corev1.ResourceList
	// Recount is when the amounts change even if no object does; zero is never.
	Recount time.Time
}

// Count adds up what objects of a resource use of q at that time. An error says
// that the quota's scopes make no sense.
func Count[P meta.Object](q *corev1.ResourceQuota, resource meta.GroupResource, objects iter.Seq[P], now time.Time) (Tally, error) {
	e := quota.Of(resource)
	t := Tally{Used: corev1.ResourceList{}}
	for _, name := range e.Matching(q.Spec.Hard) {
		t.Used[name] = quantity.Quantity{}
	}
	for obj := range objects {
		in, err := quota.InScope(q, e, obj)
		if err != nil {
			return Tally{}, err
		}
		if !in {
			continue
		}
		for name, amount := range e.Usage(obj, now) {
			if have, ok := t.Used[name]; ok {
				have.Add(amount)
				t.Used[name] = have
			}
		}
		if pod, ok := any(obj).(*corev1.Pod); ok {
			if at, ok := quota.Overdue(pod); ok && !at.Before(now) && (t.Recount.IsZero() || at.Before(t.Recount)) {
				t.Recount = at
			}
		}
	}
	return t, nil
}

// Status returns the status of a quota of which that is used. What could not be
// counted this time stays as it was counted last.
func Status(q *corev1.ResourceQuota, counted corev1.ResourceList) corev1.ResourceQuotaStatus {
	used := maps.Clone(q.Status.Used)
	if used == nil {
		used = corev1.ResourceList{}
	}
	maps.Copy(used, counted)
	maps.DeleteFunc(used, func(name corev1.ResourceName, _ quantity.Quantity) bool { _, ok := q.Spec.Hard[name]; return !ok })
	return corev1.ResourceQuotaStatus{Hard: maps.Clone(q.Spec.Hard), Used: used}
}

// typed are the resources whose objects say how much they use.
var typed = [...]meta.GroupResource{{Resource: "pods"}, {Resource: "services"}, {Resource: "persistentvolumeclaims"}}

// plain returns the resources, other than those, whose objects a quota counts.
func plain(q *corev1.ResourceQuota) []meta.GroupResource {
	var all []meta.GroupResource
	for name := range q.Spec.Hard {
		var r meta.GroupResource
		if text, ok := strings.CutPrefix(string(name), "count/"); ok {
			r.Resource, r.Group, _ = strings.Cut(text, ".")
		} else {
			r.Resource = string(name)
		}
		// The evaluator knows whether such a name is one of the resource's.
		if r.Resource != "" && !slices.Contains(typed[:], r) && !isEvent(r) && matches(r, name) && !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	return all
}

// isEvent: events come and go by themselves, and are never counted.
func isEvent(r meta.GroupResource) bool {
	return r.Resource == "events" && (r.Group == "" || r.Group == "events.k8s.io")
}

func matches(r meta.GroupResource, name corev1.ResourceName) bool {
	return len(quota.Of(r).Matching(corev1.ResourceList{name: {}})) > 0
}

package scheduler

import (
	"maps"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// signal makes the deciding goroutine look again.
func (s *Scheduler) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// change runs f, which tells what happened that may help Pods that did not fit.
func (s *Scheduler) change(f func() Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if what := f(); what != 0 {
		s.queue.hope(what)
	}
	if s.patient > 0 {
		close(s.stirred)
		s.stirred = make(chan struct{})
	}
	s.signal()
}

func (s *Scheduler) namespaceHandler() client.Handler[corev1.Namespace] {
	set := func(ns *corev1.Namespace) {
		s.change(func() Change {
			labels := ns.Labels
			if labels == nil {
				labels = map[string]string{}
			}
			s.cluster.SetNamespace(ns.Name, labels)
			return NamespaceChanged
		})
	}
	return client.Handler[corev1.Namespace]{
		OnAdd:    func(ns *corev1.Namespace, _ bool) { set(ns) },
		OnUpdate: func(_, ns *corev1.Namespace) { set(ns) },
		OnDelete: func(key client.Key, _ *corev1.Namespace) {
			s.change(func() Change { s.cluster.SetNamespace(key.Name, nil); return NamespaceChanged })
		},
	}
}

func (s *Scheduler) nodeHandler() client.Handler[corev1.Node] {
	return client.Handler[corev1.Node]{
		OnAdd: func(n *corev1.Node, _ bool) {
			s.change(func() Change { s.cluster.SetNode(n); return NodeChanged })
		},
		OnUpdate: func(old, n *corev1.Node) {
			s.change(func() Change {
				s.cluster.SetNode(n)
				if sameOffer(old, n) {
					return 0
				}
				return NodeChanged
			})
		},
		OnDelete: func(key client.Key, _ *corev1.Node) {
			// Fewer nodes help nobody, except Pods that must not be near those of it.
			s.change(func() Change { s.cluster.RemoveNode(key.Name); return NodeChanged })
		},
	}
}

func (s *Scheduler) podHandler() client.Handler[corev1.Pod] {
	return client.Handler[corev1.Pod]{
		OnAdd:    func(p *corev1.Pod, _ bool) { s.setPod(p) },
		OnUpdate: func(_, p *corev1.Pod) { s.setPod(p) },
		OnDelete: func(key client.Key, _ *corev1.Pod) {
			s.change(func() Change {
				delete(s.assumed, key)
				return s.forget(key)
			})
		},
	}
}

// forget takes a Pod out of everything.
func (s *Scheduler) forget(key client.Key) Change {
	s.queue.remove(key)
	_, _, placed := s.cluster.Placed(key)
	_, nominated := s.cluster.nominated[key]
	s.cluster.Remove(key)
	if placed || nominated {
		return PodGone
	}
	return 0
}

func (s *Scheduler) setPod(object *corev1.Pod) {
	key := client.KeyOf(object)
	s.change(func() Change {
		if uid, ok := s.assumed[key]; ok && (uid != object.UID || object.Spec.NodeName != "") {
			delete(s.assumed, key) // the server says it too, or the Pod is another one
			s.cluster.Remove(key)
		}
		if w := s.queue.entries[key]; w != nil && w.pod.Object.UID != object.UID {
			s.queue.remove(key)
		}
		finished := object.Status.Phase == corev1.PodSucceeded || object.Status.Phase == corev1.PodFailed
		switch {
		case finished:
			return s.forget(key)
		case object.Spec.NodeName != "":
			s.queue.remove(key)
			before, _, placed := s.cluster.Placed(key)
			s.cluster.Place(NewPod(object), object.Spec.NodeName)
			// Pods may want to be near this one, or may have waited for it to ask for less.
			switch {
			case !placed:
				return PodPlaced
			case !sameAsk(before.Object, object) || object.DeletionTimestamp != nil:
				return PodPlaced | PodGone
			}
			return 0
		case s.assumed[key] == object.UID && object.UID != "":
			return 0
		case object.Spec.SchedulerName != s.opts.Name, object.DeletionTimestamp != nil, len(object.Spec.SchedulingGates) > 0:
			return s.forget(key)
		}
		w := s.queue.entries[key]
		if w != nil && sameAsk(w.pod.Object, object) {
			// Only its status changed, most often by our own hand: no reason to try again.
			hopeful := w.hopeful
			s.queue.set(NewPod(object))
			w.hopeful = hopeful
			return 0
		}
		pod := NewPod(object)
		if node := object.Status.NominatedNodeName; node != "" {
			s.cluster.Nominate(pod, node)
		}
		s.queue.set(pod)
		return 0
	})
}

// sameAsk reports whether nothing changed that decisions look at.
func sameAsk(a, b *corev1.Pod) bool {
	return a.Generation == b.Generation && maps.Equal(a.Labels, b.Labels)
}

// sameOffer reports whether a node changed in nothing that decisions look at,
// as with every heartbeat.
func sameOffer(a, b *corev1.Node) bool {
	return maps.Equal(a.Labels, b.Labels) && codec.Equal(&a.Spec, &b.Spec) &&
		maps.EqualFunc(a.Status.Allocatable, b.Status.Allocatable, quantity.Quantity.Equal) && len(a.Status.Images) == len(b.Status.Images)
}

package controller

import (
	"container/list"
	"time"

	"golang.org/x/time/rate"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// The limits of event correlation are those of Kubernetes' own components.
const (
	// An object may have that many events from one source at once, and from then
	// on one in that time.
	eventBurst = 25
	eventEvery = 5 * time.Minute
	// That many events which differ only in their message are recorded one by
	// one; further ones within that time are counted on one Event.
	eventSimilar       = 10
	eventSimilarWindow = 10 * time.Minute
	// So many objects and events are remembered, the latest ones.
	eventMemory = 4096
)

// combined begins the message of an Event that stands for many.
const combined = "(combined from similar events): "

// eventKind is what events have in common that differ only in their message.
type eventKind struct {
	object                           meta.UID
	namespace, kind, name, fieldOf   string
	apiVersion                       string
	eventType, reason, component, at string
}

type eventID struct {
	eventKind
	message string
}

// correlator decides what becomes of an event: a new Event object, one more on
// an Event that is there, or nothing. It does no I/O and has no clock. One
// goroutine uses it.
type correlator struct {
	budgets *recent[eventKind, *rate.Limiter]
	similar *recent[eventKind, *similarEvents]
	sent    *recent[eventID, sentEvent]
}

type similarEvents struct {
	messages map[string]struct{}
	last     time.Time
}

// sentEvent is what is known of an Event object.
type sentEvent struct {
	name  string
	first meta.Time
	count int32
}

func newCorrelator() *correlator {
	return &correlator{
		budgets: newRecent[eventKind, *rate.Limiter](eventMemory),
		similar: newRecent[eventKind, *similarEvents](eventMemory),
		sent:    newRecent[eventID, sentEvent](eventMemory),
	}
}

// correlate fills in event, which happened at now, and reports whether it goes
// on an Event that is there (by its name) and whether it is to be sent at all.
// The caller tells with remember what became of it.
func (c *correlator) correlate(event *corev1.Event, now time.Time) (id eventID, repeated, send bool) {
	o := &event.InvolvedObject
	kind := eventKind{
		object: o.UID, namespace: o.Namespace, kind: o.Kind, name: o.Name, fieldOf: o.FieldPath, apiVersion: o.APIVersion,
		eventType: event.Type, reason: event.Reason, component: event.Source.Component, at: event.Source.Host,
	}
	// The budget is the object's, whatever is said about it.
	whose := kind
	whose.eventType, whose.reason, whose.fieldOf = "", "", ""
	budget, ok := c.budgets.get(whose)
	if !ok {
		budget = rate.NewLimiter(rate.Every(eventEvery), eventBurst)
	}
	c.budgets.put(whose, budget)
	if !budget.AllowN(now, 1) {
		return eventID{}, false, false
	}

	group, ok := c.similar.get(kind)
	if !ok || now.Sub(group.last) > eventSimilarWindow {
		group = &similarEvents{messages: map[string]struct{}{}}
	}
	group.last = now
	id = eventID{eventKind: kind, message: event.Message}
	if _, known := group.messages[event.Message]; known || len(group.messages) < eventSimilar {
		group.messages[event.Message] = struct{}{}
	} else {
		event.Message = combined + event.Message
		id.message = combined
	}
	c.similar.put(kind, group)

	at := meta.At(now)
	event.FirstTimestamp, event.LastTimestamp, event.Count = at, at, 1
	if before, ok := c.sent.get(id); ok {
		event.Name, event.FirstTimestamp, event.Count = before.name, before.first, before.count+1
		return id, true, true
	}
	return id, false, true
}

// remember notes that event was recorded.
func (c *correlator) remember(id eventID, event *corev1.Event) {
	c.sent.put(id, sentEvent{name: event.Name, first: event.FirstTimestamp, count: event.Count})
}

// recent is a map that forgets what was not used for longest.
type recent[K comparable, V any] struct {
	limit int
	order *list.List // of recentItem, latest first
	items map[K]*list.Element
}

type recentItem[K comparable, V any] struct {
	key   K
	value V
}

func newRecent[K comparable, V any](limit int) *recent[K, V] {
	return &recent[K, V]{limit: limit, order: list.New(), items: map[K]*list.Element{}}
}

func (r *recent[K, V]) get(key K) (V, bool) {
	e, ok := r.items[key]
	if !ok {
		var zero V
		return zero, false
	}
	r.order.MoveToFront(e)
	return e.Value.(*recentItem[K, V]).value, true
}

func (r *recent[K, V]) put(key K, value V) {
	if e, ok := r.items[key]; ok {
		e.Value.(*recentItem[K, V]).value = value
		r.order.MoveToFront(e)
		return
	}
	r.items[key] = r.order.PushFront(&recentItem[K, V]{key, value})
	if r.order.Len() > r.limit {
		oldest := r.order.Back()
		r.order.Remove(oldest)
		delete(r.items, oldest.Value.(*recentItem[K, V]).key)
	}
}

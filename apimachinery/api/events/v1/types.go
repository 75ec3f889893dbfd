package eventsv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Event tells that something happened to an object. Best effort, and kept for a while only.
type Event struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata" protobuf:"bytes,1"`
	// When it first happened.
	EventTime meta.MicroTime `json:"eventTime" protobuf:"bytes,2" required:"true"`
	// How often it happened, for events that repeat; nil for a single one.
	Series *EventSeries `json:"series,omitempty" protobuf:"bytes,3"`
	// Name of the controller that says so, such as kubernetes.io/kubelet; cannot change.
	ReportingController string `json:"reportingController,omitempty" protobuf:"bytes,4"`
	// Which instance of it, such as its Pod's or node's name; at most 128 characters.
	ReportingInstance string `json:"reportingInstance,omitempty" protobuf:"bytes,5"`
	// What was done or failed, in one word, at most 128 characters.
	Action string `json:"action,omitempty" protobuf:"bytes,6"`
	// Why, in one word, at most 128 characters.
	Reason string `json:"reason,omitempty" protobuf:"bytes,7"`
	// What it happened to.
	Regarding corev1.ObjectReference `json:"regarding,omitempty" protobuf:"bytes,8"`
	// A second object that takes part.
	Related *corev1.ObjectReference `json:"related,omitempty" protobuf:"bytes,9"`
	// What happened, for people, at most 1 kB.
	Note string `json:"note,omitempty" protobuf:"bytes,10"`
	// Normal or Warning.
	Type string `json:"type,omitempty" protobuf:"bytes,11"`
	// The core Event's source.
	DeprecatedSource corev1.EventSource `json:"deprecatedSource,omitempty" protobuf:"bytes,12"`
	// The core Event's firstTimestamp.
	DeprecatedFirstTimestamp meta.Time `json:"deprecatedFirstTimestamp,omitempty" protobuf:"bytes,13"`
	// The core Event's lastTimestamp.
	DeprecatedLastTimestamp meta.Time `json:"deprecatedLastTimestamp,omitempty" protobuf:"bytes,14"`
	// The core Event's count.
	DeprecatedCount int32 `json:"deprecatedCount,omitempty" protobuf:"varint,15"`
}

// EventList is a list of Events.
type EventList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Event `json:"items" protobuf:"bytes,2" required:"true"`
}

// EventSeries counts an Event that repeats.
type EventSeries struct {
	// How often it happened so far.
	Count int32 `json:"count" protobuf:"varint,1" required:"true"`
	// When it last happened.
	LastObservedTime meta.MicroTime `json:"lastObservedTime" protobuf:"bytes,2" required:"true"`
}

package eventsv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type Event struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta          `json:"metadata" protobuf:"bytes,1"`
	EventTime                meta.MicroTime          `json:"eventTime" protobuf:"bytes,2" required:"true"`
	Series                   *EventSeries            `json:"series,omitempty" protobuf:"bytes,3"`
	ReportingController      string                  `json:"reportingController,omitempty" protobuf:"bytes,4"`
	ReportingInstance        string                  `json:"reportingInstance,omitempty" protobuf:"bytes,5"`
	Action                   string                  `json:"action,omitempty" protobuf:"bytes,6"`
	Reason                   string                  `json:"reason,omitempty" protobuf:"bytes,7"`
	Regarding                corev1.ObjectReference  `json:"regarding,omitempty" protobuf:"bytes,8"`
	Related                  *corev1.ObjectReference `json:"related,omitempty" protobuf:"bytes,9"`
	Note                     string                  `json:"note,omitempty" protobuf:"bytes,10"`
	Type                     string                  `json:"type,omitempty" protobuf:"bytes,11"`
	DeprecatedSource         corev1.EventSource      `json:"deprecatedSource,omitempty" protobuf:"bytes,12"`
	DeprecatedFirstTimestamp meta.Time               `json:"deprecatedFirstTimestamp,omitempty" protobuf:"bytes,13"`
	DeprecatedLastTimestamp  meta.Time               `json:"deprecatedLastTimestamp,omitempty" protobuf:"bytes,14"`
	DeprecatedCount          int32                   `json:"deprecatedCount,omitempty" protobuf:"varint,15"`
}

// EventList is a list of Events.
type EventList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Event `json:"items" protobuf:"bytes,2" required:"true"`
}

type EventSeries struct {
	Count            int32          `json:"count" protobuf:"varint,1" required:"true"`
	LastObservedTime meta.MicroTime `json:"lastObservedTime" protobuf:"bytes,2" required:"true"`
}

package eventsv1_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/events/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func event() *eventsv1.Event {
	return &eventsv1.Event{
		ObjectMeta:          meta.ObjectMeta{Name: "a", Namespace: "ns", ResourceVersion: "1"},
		EventTime:           meta.MicroTime{Time: time.Unix(1704067200, 1000).UTC()},
		ReportingController: "example.com/c", ReportingInstance: "i1", Action: "Act", Reason: "Why", Type: "Normal", Note: "hello",
		Regarding: corev1.ObjectReference{APIVersion: "v1", Kind: "Pod", Namespace: "ns", Name: "p"},
	}
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

func TestEventIsRefused(t *testing.T) {
	check(t, eventsv1.ValidateEvent(event()))

	e := event()
	e.Regarding.Namespace = "other" // newer reporters may report from elsewhere
	check(t, eventsv1.ValidateEvent(e))

	check(t, eventsv1.ValidateEvent(&eventsv1.Event{ObjectMeta: event().ObjectMeta, Regarding: corev1.ObjectReference{Namespace: "ns"}}),
		`eventTime: Required value`, `type: Invalid value: "": has invalid value: `)

	e = event()
	e.ReportingInstance, e.Action, e.Reason, e.Type, e.Note = strings.Repeat("x", 129), "", "", "Odd", strings.Repeat("x", 1025)
	check(t, eventsv1.ValidateEvent(e),
		`reportingInstance: Invalid value: "": can have at most 128 characters`, `action: Required value`, `reason: Required value`,
		`message: Invalid value: "": can have at most 1024 characters`, `type: Invalid value: "": has invalid value: Odd`)

	e = event()
	e.Series = &eventsv1.EventSeries{Count: 1}
	check(t, eventsv1.ValidateEvent(e), `series.count: Invalid value: "": should be at least 2`, `series.lastObservedTime: Required value`)

	e = event()
	e.DeprecatedCount, e.DeprecatedSource.Component = 2, "c"
	e.DeprecatedFirstTimestamp, e.DeprecatedLastTimestamp = meta.Unix(1), meta.Unix(2)
	check(t, eventsv1.ValidateEvent(e), `firstTimestamp: Invalid value: "": needs to be unset`, `lastTimestamp: Invalid value: "": needs to be unset`,
		`count: Invalid value: "": needs to be unset`, `source: Invalid value: "": needs to be unset`)
}

func TestOnlyTheSeriesGoesOn(t *testing.T) {
	e := event()
	e.Series = &eventsv1.EventSeries{Count: 3, LastObservedTime: e.EventTime}
	check(t, eventsv1.ValidateEventUpdate(e, event()))

	e = event()
	e.Note, e.Reason, e.Type, e.Action, e.Regarding.Name = "changed", "Other", "Warning", "X", "q"
	check(t, eventsv1.ValidateEventUpdate(e, event()),
		`involvedObject: Invalid value: {"Kind":"Pod","Namespace":"ns","Name":"q","UID":"","APIVersion":"v1","ResourceVersion":"","FieldPath":""}: field is immutable`,
		`reason: Invalid value: "Other": field is immutable`,
		`message: Invalid value: "changed": field is immutable`,
		`type: Invalid value: "Warning": field is immutable`,
		`action: Invalid value: "X": field is immutable`)
}

func groups(t *testing.T) *scheme.Scheme {
	t.Helper()
	s, err := scheme.New(
		scheme.Group{Versions: []scheme.Version{corev1.Version()}},
		scheme.Group{Name: "events.k8s.io", Versions: []scheme.Version{eventsv1.Version()}},
	)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEventsReadTheSameInBothGroups(t *testing.T) {
	s := groups(t)
	e := event()
	e.Series = &eventsv1.EventSeries{Count: 3, LastObservedTime: e.EventTime}
	e.Related = &corev1.ObjectReference{Name: "r"}
	e.DeprecatedCount, e.DeprecatedSource.Host = 7, "h"
	e.DeprecatedFirstTimestamp, e.DeprecatedLastTimestamp = meta.Unix(1), meta.Unix(2)

	core, err := s.Convert(e, meta.GroupVersion{Version: "v1"})
	if err != nil {
		t.Fatal(err)
	}
	c := core.(*corev1.Event)
	if c.Message != "hello" || c.InvolvedObject.Name != "p" || c.ReportingController != "example.com/c" || c.Count != 7 || c.Series.Count != 3 || c.Related.Name != "r" {
		t.Errorf("as core/v1: %+v", c)
	}
	back, err := s.Convert(core, meta.GroupVersion{Group: "events.k8s.io", Version: "v1"})
	if err != nil {
		t.Fatal(err)
	}
	b := back.(*eventsv1.Event)
	b.TypeMeta = e.TypeMeta
	if !codec.Equal(b, e) {
		t.Errorf("there and back: %+v, was %+v", b, e)
	}
}

func TestEventsAreStoredOnce(t *testing.T) {
	s := groups(t)
	r, ok := s.Resource(meta.GroupVersionResource{Group: "events.k8s.io", Version: "v1", Resource: "events"})
	if !ok {
		t.Fatal("no events.k8s.io/v1 events")
	}
	if hub := s.Hub(r); hub.Group != "" || hub.Kind != "Event" {
		t.Errorf("the hub is %s", hub.GroupVersionKind())
	}
}

// Selectors name the fields as this version does, not as the stored one.
func TestSelectableFields(t *testing.T) {
	r := eventsv1.Version().Resources[0]
	e := event()
	for path, want := range map[string]string{
		"regarding.kind": "Pod", "regarding.name": "p", "regarding.namespace": "ns", "reason": "Why", "type": "Normal", "reportingController": "example.com/c",
	} {
		if got, ok := r.FieldValue(e, path); !ok || got != want {
			t.Errorf("%s is %q, %v, want %q", path, got, ok, want)
		}
	}
	for _, path := range []string{"involvedObject.name", "reportingComponent", "source", "note"} {
		if r.SelectableField(path) {
			t.Errorf("%s can be selected by", path)
		}
	}
}

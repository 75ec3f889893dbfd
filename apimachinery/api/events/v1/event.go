package eventsv1

import (
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// events are those of core/v1 seen another way: both are kept in one place.
func events() *scheme.Resource {
	return scheme.Define[Event, EventList](scheme.Spec[Event]{
		Name:           "events",
		ShortNames:     []string{"ev"},
		Namespaced:     true,
		StoredAs:       meta.GroupResource{Resource: "events"},
		Columns:        corev1.EventColumns(asCore),
		Fields:         selectable(),
		Validate:       ValidateEvent,
		ValidateUpdate: ValidateEventUpdate,
		Options:        scheme.Options{UpdateCreates: true, Uncollected: true, TTLSeconds: corev1.EventTTLSeconds},
	})
}

// selectable are the fields of core events that selectors may use, by the names
// that they have in this version. What only older reporters set is not among them.
func selectable() []scheme.SelectableField[Event] {
	var own []scheme.SelectableField[Event]
	for _, f := range corev1.EventFields(asCore) {
		switch about, ok := strings.CutPrefix(f.Path, "involvedObject."); {
		case ok:
			f.Path = "regarding." + about
		case f.Path == "reportingComponent":
			f.Path = "reportingController"
		case f.Path == "source":
			continue
		}
		own = append(own, f)
	}
	return own
}

var metadataPath = validate.NewPath("metadata")

// ValidateEvent finds every fault of an event that is about to be made. It is
// stricter than core/v1: whoever reports here must be of the newer sort.
func ValidateEvent(e *Event) validate.Errors {
	at := func(field string) validate.Path { return validate.NewPath(field) }
	unset := func(isUnset bool, field string) validate.Errors {
		return validate.When(!isUnset, func() validate.Errors { return validate.Invalid(at(field), "", "needs to be unset") })
	}
	return validate.All(
		validate.ObjectMeta(metadataPath, &e.ObjectMeta, true, names.DNSSubdomain),
		corev1.EventContent(asCore(e), "reportingController"),
		series(e.Series),
		validate.When(e.EventTime.IsZero(), func() validate.Errors { return validate.Required(at("eventTime"), "") }),
		validate.When(e.Type != corev1.EventTypeNormal && e.Type != corev1.EventTypeWarning, func() validate.Errors {
			return validate.Invalidf(at("type"), "", "has invalid value: %v", e.Type)
		}),
		unset(e.DeprecatedFirstTimestamp.IsZero(), "firstTimestamp"),
		unset(e.DeprecatedLastTimestamp.IsZero(), "lastTimestamp"),
		unset(e.DeprecatedCount == 0, "count"),
		unset(e.DeprecatedSource == corev1.EventSource{}, "source"),
	)
}

// series is of events that happened more than once.
func series(s *EventSeries) validate.Errors {
	if s == nil {
		return nil
	}
	p := validate.NewPath("series")
	return append(
		validate.When(s.Count < 2, func() validate.Errors { return validate.Invalid(p.Child("count"), "", "should be at least 2") }),
		validate.When(s.LastObservedTime.IsZero(), func() validate.Errors { return validate.Required(p.Child("lastObservedTime"), "") })...)
}

// ValidateEventUpdate finds every fault of an event that is about to replace
// old: only the series goes on. Fields go by the names that core/v1 has for them.
func ValidateEventUpdate(e, old *Event) validate.Errors {
	now, was := asCore(e), asCore(old)
	at := func(field string) validate.Path { return validate.NewPath(field) }
	return validate.All(
		validate.ObjectMetaUpdate(metadataPath, &e.ObjectMeta, &old.ObjectMeta),
		corev1.EventContent(now, "reportingController"),
		validate.Immutable(at("involvedObject"), now.InvolvedObject, was.InvolvedObject),
		validate.Immutable(at("reason"), now.Reason, was.Reason),
		validate.Immutable(at("message"), now.Message, was.Message),
		validate.Immutable(at("source"), now.Source, was.Source),
		validate.Immutable(at("firstTimestamp"), now.FirstTimestamp, was.FirstTimestamp),
		validate.Immutable(at("lastTimestamp"), now.LastTimestamp, was.LastTimestamp),
		validate.Immutable(at("count"), now.Count, was.Count),
		validate.Immutable(at("reportingController"), now.ReportingController, was.ReportingController),
		validate.Immutable(at("reportingInstance"), now.ReportingInstance, was.ReportingInstance),
		validate.Immutable(at("type"), now.Type, was.Type),
		validate.Immutable(at("eventTime"), now.EventTime, was.EventTime),
		validate.Immutable(at("action"), now.Action, was.Action),
		validate.Immutable(at("related"), now.Related, was.Related),
		series(e.Series),
	)
}

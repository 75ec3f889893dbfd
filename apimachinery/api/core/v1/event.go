package corev1

import (
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// EventTTLSeconds is how long events are kept.
const EventTTLSeconds = 3600

func events() *scheme.Resource {
	return scheme.Define[Event, EventList](scheme.Spec[Event]{
		Name:           "events",
		ShortNames:     []string{"ev"},
		Namespaced:     true,
		Columns:        EventColumns(func(e *Event) *Event { return e }),
		Fields:         EventFields(func(e *Event) *Event { return e }),
		AnyFinalizer:   true,
		NameRule:       names.PathSegment, // made of the names of others
		Validate:       ValidateEvent,
		ValidateUpdate: func(e, _ *Event) validate.Errors { return ValidateEvent(e) },
		Options:        scheme.Options{UpdateCreates: true, Uncollected: true, TTLSeconds: EventTTLSeconds},
	})
}

// ValidateEvent finds every fault of an event. Reporters of old set little and
// are held to little; those that set eventTime are of the newer sort.
func ValidateEvent(e *Event) validate.Errors {
	return EventContent(e, "reportingComponent")
}

// EventContent is what holds for events in every version of the API, each of
// which has its own name for the field that says who reports.
func EventContent(e *Event, reporter string) validate.Errors {
	namespace := validate.NewPath("involvedObject", "namespace")
	const elsewhere = "does not match event.namespace"
	in := e.InvolvedObject.Namespace
	var errs validate.Errors
	switch {
	case e.EventTime.IsZero() && in == "":
		errs = must(e.Namespace == "" || e.Namespace == meta.NamespaceDefault, namespace, in, elsewhere)
	case e.EventTime.IsZero():
		errs = must(e.Namespace == in, namespace, in, elsewhere)
	default:
		errs = validate.All(
			must(in != "" || e.Namespace == meta.NamespaceDefault || e.Namespace == meta.NamespaceSystem, namespace, in, elsewhere),
			require(e.ReportingController != "", validate.NewPath(reporter), ""),
			validate.LabelKey(validate.NewPath(reporter), e.ReportingController),
			shortText("reportingInstance", e.ReportingInstance),
			shortText("action", e.Action),
			shortText("reason", e.Reason),
			must(len(e.Message) <= maxEventMessage, validate.NewPath("message"), "", "can have at most 1024 characters"),
		)
	}
	return append(errs, validate.String(validate.NewPath("namespace"), e.Namespace, names.DNSSubdomain)...)
}

const (
	maxEventText    = 128
	maxEventMessage = 1024
)

func shortText(field, text string) validate.Errors {
	p := validate.NewPath(field)
	return append(require(text != "", p, ""), must(len(text) <= maxEventText, p, "", "can have at most 128 characters")...)
}

// EventFields are the fields of events that selectors may use, for any type
// that can be seen as an event.
func EventFields[T any](event func(*T) *Event) []scheme.SelectableField[T] {
	field := func(path string, value func(*Event) string) scheme.SelectableField[T] {
		return scheme.SelectableField[T]{Path: path, Value: func(obj *T) string { return value(event(obj)) }}
	}
	return []scheme.SelectableField[T]{
		field("involvedObject.kind", func(e *Event) string { return e.InvolvedObject.Kind }),
		field("involvedObject.namespace", func(e *Event) string { return e.InvolvedObject.Namespace }),
		field("involvedObject.name", func(e *Event) string { return e.InvolvedObject.Name }),
		field("involvedObject.uid", func(e *Event) string { return string(e.InvolvedObject.UID) }),
		field("involvedObject.apiVersion", func(e *Event) string { return e.InvolvedObject.APIVersion }),
		field("involvedObject.resourceVersion", func(e *Event) string { return e.InvolvedObject.ResourceVersion }),
		field("involvedObject.fieldPath", func(e *Event) string { return e.InvolvedObject.FieldPath }),
		field("reason", func(e *Event) string { return e.Reason }),
		field("reportingComponent", func(e *Event) string { return e.ReportingController }),
		field("source", func(e *Event) string { return cells.Or(e.Source.Component, e.ReportingController) }),
		field("type", func(e *Event) string { return e.Type }),
	}
}

// EventColumns are the printed columns of events, for any type that can be seen
// as an event.
func EventColumns[T any](event func(*T) *Event) []scheme.Column[T] {
	column := func(name string, wide bool, help string, cell func(*Event) any) scheme.Column[T] {
		return scheme.Column[T]{Name: name, Wide: wide, Help: help, Cell: func(obj *T) any { return cell(event(obj)) }}
	}
	const subobject = "If referring to a piece of an object instead of an entire object, this string should contain a valid JSON/Go field access statement, " +
		"such as desiredState.manifest.containers[2]. For example, if the object reference is to a container within a pod, this would take on a value like: " +
		"\"spec.containers{name}\" (where \"name\" refers to the name of the container that triggered the event) or if no container name is specified " +
		"\"spec.containers[2]\" (container with index 2 in this pod). This syntax is chosen only to have some well-defined way of referencing a part of an object."
	columns := []scheme.Column[T]{
		column("Last Seen", false, "The time at which the most recent occurrence of this event was recorded.", func(e *Event) any { return scheme.Age(lastSeen(e)) }),
		column("Type", false, "Type of this event (Normal, Warning), new types could be added in the future", func(e *Event) any { return e.Type }),
		column("Reason", false, "This should be a short, machine understandable string that gives the reason for the transition into the object's current status.",
			func(e *Event) any { return e.Reason }),
		column("Object", false, "The object that this event is about.", func(e *Event) any { return target(e) }),
		column("Subobject", true, subobject, func(e *Event) any { return e.InvolvedObject.FieldPath }),
		column("Source", true, "The component reporting this event. Should be a short machine understandable string.", func(e *Event) any { return source(e) }),
		column("Message", false, "A human-readable description of the status of this operation.", func(e *Event) any { return strings.TrimSpace(e.Message) }),
		column("First Seen", true, "The time at which the event was first recorded. (Time of server receipt is in TypeMeta.)", func(e *Event) any { return scheme.Age(firstSeen(e)) }),
		column("Count", true, "The number of times this event has occurred.", func(e *Event) any { return int64(occurrences(e)) }),
		column("Name", true, scheme.NameColumn[Event]().Help, func(e *Event) any { return e.Name }),
	}
	columns[len(columns)-1].Format = "name"
	return columns
}

func firstSeen(e *Event) meta.Time {
	if e.FirstTimestamp.IsZero() {
		return meta.Time{Time: e.EventTime.Time}
	}
	return e.FirstTimestamp
}

func lastSeen(e *Event) meta.Time {
	switch {
	case e.Series != nil:
		return meta.Time{Time: e.Series.LastObservedTime.Time}
	case e.LastTimestamp.IsZero():
		return firstSeen(e)
	}
	return e.LastTimestamp
}

// occurrences counts an event that happened once as one, which newer reporters
// do not say.
func occurrences(e *Event) int32 {
	switch {
	case e.Series != nil:
		return e.Series.Count
	case e.Count == 0:
		return 1
	}
	return e.Count
}

func target(e *Event) string {
	kind := strings.ToLower(e.InvolvedObject.Kind)
	if e.InvolvedObject.Name == "" {
		return kind
	}
	return kind + "/" + e.InvolvedObject.Name
}

func source(e *Event) string {
	component, host := cells.Or(e.Source.Component, e.ReportingController), cells.Or(e.Source.Host, e.ReportingInstance)
	if host == "" {
		return component
	}
	return component + ", " + host
}

package eventsv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// conversions give the fields that core/v1 has under other names; the rest
// agrees.
func conversions() []scheme.Conversion {
	return []scheme.Conversion{
		scheme.Convert(func(from *Event, to *corev1.Event) error {
			to.ReportingController = from.ReportingController
			to.InvolvedObject = from.Regarding
			to.Message = from.Note
			to.Source = from.DeprecatedSource
			to.FirstTimestamp = from.DeprecatedFirstTimestamp
			to.LastTimestamp = from.DeprecatedLastTimestamp
			to.Count = from.DeprecatedCount
			return nil
		}),
		scheme.Convert(func(from *corev1.Event, to *Event) error {
			to.ReportingController = from.ReportingController
			to.Regarding = from.InvolvedObject
			to.Note = from.Message
			to.DeprecatedSource = from.Source
			to.DeprecatedFirstTimestamp = from.FirstTimestamp
			to.DeprecatedLastTimestamp = from.LastTimestamp
			to.DeprecatedCount = from.Count
			return nil
		}),
	}
}

// asCore returns the event as core/v1 has it. It shares its parts with e.
func asCore(e *Event) *corev1.Event {
	c := &corev1.Event{
		ObjectMeta: e.ObjectMeta, InvolvedObject: e.Regarding, Related: e.Related,
		Reason: e.Reason, Message: e.Note, Type: e.Type, Action: e.Action, EventTime: e.EventTime,
		ReportingController: e.ReportingController, ReportingInstance: e.ReportingInstance,
		Source: e.DeprecatedSource, FirstTimestamp: e.DeprecatedFirstTimestamp, LastTimestamp: e.DeprecatedLastTimestamp, Count: e.DeprecatedCount,
	}
	if e.Series != nil {
		c.Series = &corev1.EventSeries{Count: e.Series.Count, LastObservedTime: e.Series.LastObservedTime}
	}
	return c
}

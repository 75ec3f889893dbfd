package controller

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// Recorder tells people what happens to objects, as Event objects, which
// kubectl describe shows. Events that repeat are counted on one Event; who says
// too much about an object is cut short.
//
// To record costs the caller nothing: events wait in a buffer for Run to send
// them, and are dropped when it is full. A nil *Recorder records nothing. All
// methods are safe for concurrent use.
type Recorder struct {
	source corev1.EventSource
	out    *eventSender
}

// RecorderOptions tunes a [Recorder]. The zero value works.
type RecorderOptions struct {
	Host   string       // node that the component is part of, for those that are
	Buffer int          // events that may wait; 0 is 1000
	Logger *slog.Logger // nil: slog.Default()
}

// NewRecorder returns a recorder that speaks in the name of component, such as
// "deployment-controller". Call its Run.
func NewRecorder(c client.Client, component string, opts RecorderOptions) *Recorder {
	if opts.Buffer <= 0 {
		opts.Buffer = 1000
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	return &Recorder{
		source: corev1.EventSource{Component: component, Host: opts.Host},
		out: &eventSender{
			c: c, events: client.Of[corev1.Event](c), log: opts.Logger,
			buffer: make(chan recorded, opts.Buffer), known: newCorrelator(),
		},
	}
}

// For returns a recorder that speaks in the name of another component of the
// program. What it records is sent by the same Run.
func (r *Recorder) For(component string) *Recorder {
	if r == nil {
		return nil
	}
	return &Recorder{source: corev1.EventSource{Component: component, Host: r.source.Host}, out: r.out}
}

// Note is something that happened.
type Note struct {
	About   meta.Object // which object it happened to; only read during the call
	Related meta.Object // another one that takes part, or nil
	// Field is the part of About that it happened to, such as
	// "spec.containers{web}".
	Field   string
	Type    string // corev1.EventTypeNormal or corev1.EventTypeWarning
	Reason  string // one word in CamelCase, for programs
	Action  string // what was done, one word, or ""
	Message string // for people
}

// Normal records something that is as it should be. Reason is one word in
// CamelCase, for programs; the message is for people.
func (r *Recorder) Normal(about meta.Object, reason, format string, args ...any) {
	r.Record(Note{About: about, Type: corev1.EventTypeNormal, Reason: reason, Message: fmt.Sprintf(format, args...)})
}

// Warning records something that somebody may have to look into.
func (r *Recorder) Warning(about meta.Object, reason, format string, args ...any) {
	r.Record(Note{About: about, Type: corev1.EventTypeWarning, Reason: reason, Message: fmt.Sprintf(format, args...)})
}

// Record records a note. An object whose kind is not known is logged in place
// of being recorded.
func (r *Recorder) Record(n Note) {
	if r == nil {
		return
	}
	about, err := r.out.reference(n.About)
	if err != nil {
		r.out.log.LogAttrs(context.Background(), slog.LevelError, "event not recorded", slog.String("reason", n.Reason), slog.Any("error", err))
		return
	}
	about.FieldPath = n.Field
	event := corev1.Event{
		InvolvedObject: *about, Type: n.Type, Reason: n.Reason, Action: n.Action, Message: shorten(n.Message, eventMessageLimit),
		Source: r.source, ReportingController: r.source.Component, ReportingInstance: r.source.Host,
	}
	if n.Related != nil {
		if event.Related, err = r.out.reference(n.Related); err != nil {
			event.Related = nil // the rest is worth telling
		}
	}
	event.Namespace = about.Namespace
	if event.Namespace == "" {
		event.Namespace = meta.NamespaceDefault
	}
	select {
	case r.out.buffer <- recorded{event, time.Now()}:
	default:
		r.out.dropped.Add(1)
	}
}

// Run sends what is recorded until ctx ends, and then what is left, for a few
// seconds at most. It returns nil.
func (r *Recorder) Run(ctx context.Context) error { return r.out.run(ctx) }

const (
	// eventMessageLimit is the longest message that the events API takes.
	eventMessageLimit = 1024
	// eventNameLimit leaves room for the time that is added to a name, within
	// the 253 bytes of an object's name.
	eventNameLimit = 253 - len(".ffffffffffffffff")
	// eventTries is how often an event is sent to a server that does not answer.
	eventTries = 12
	// eventRetry is the time between tries.
	eventRetry = 10 * time.Second
	// eventFlush is how long is spent on what is left at the end.
	eventFlush = 3 * time.Second
)

// eventSender sends what recorders put into its buffer.
type eventSender struct {
	c       client.Client
	events  client.Resource[corev1.Event]
	log     *slog.Logger
	buffer  chan recorded
	dropped atomic.Int64
	known   *correlator // of the goroutine that runs it
}

type recorded struct {
	event corev1.Event
	at    time.Time
}

func (s *eventSender) reference(obj meta.Object) (*corev1.ObjectReference, error) {
	if obj == nil {
		return nil, errors.New("no object given")
	}
	tm := *obj.TypeMetadata()
	if tm.Kind == "" || tm.APIVersion == "" {
		gvk, ok := s.c.Scheme().Kind(obj)
		if !ok {
			return nil, fmt.Errorf("objects of type %T are of no known kind", obj)
		}
		tm.SetGroupVersionKind(gvk)
	}
	m := obj.Metadata()
	return &corev1.ObjectReference{
		Kind: tm.Kind, APIVersion: tm.APIVersion, Namespace: m.Namespace, Name: m.Name, UID: m.UID, ResourceVersion: m.ResourceVersion,
	}, nil
}

func (s *eventSender) run(ctx context.Context) error {
	// What is being sent when ctx ends, and what the last moments have left, is
	// often why a program stops: it gets some time of its own.
	sending, stop := context.WithCancel(context.WithoutCancel(ctx))
	var limit sync.WaitGroup
	limit.Go(func() {
		defer stop()
		select {
		case <-ctx.Done():
			wait(sending, eventFlush)
		case <-sending.Done():
		}
	})
	defer limit.Wait()
	defer stop()
	for {
		select {
		case next := <-s.buffer:
			s.handle(sending, next)
			continue
		case <-ctx.Done():
		}
		for {
			select {
			case next := <-s.buffer:
				s.handle(sending, next)
				continue
			default:
			}
			return nil
		}
	}
}

func (s *eventSender) handle(ctx context.Context, r recorded) {
	if n := s.dropped.Swap(0); n > 0 {
		s.log.LogAttrs(ctx, slog.LevelWarn, "events dropped: too many at once", slog.Int64("events", n))
	}
	event := &r.event
	id, repeated, send := s.known.correlate(event, r.at)
	if !send {
		return
	}
	for try := 1; ; try++ {
		err := s.send(ctx, event, repeated, r.at)
		if err == nil {
			s.known.remember(id, event)
			return
		}
		if meta.IsNotFound(err) && repeated {
			repeated = false // it has expired; begin a new one
			event.FirstTimestamp, event.Count = event.LastTimestamp, 1
			continue
		}
		// What the server has decided it will decide again: no rights, a
		// namespace that is going away.
		var decided *meta.StatusError
		if errors.As(err, &decided) || try == eventTries || !wait(ctx, eventRetry) {
			s.log.LogAttrs(ctx, slog.LevelWarn, "event not recorded", slog.String("object", client.Key{Namespace: event.Namespace, Name: event.InvolvedObject.Name}.String()),
				slog.String("reason", event.Reason), slog.String("message", event.Message), slog.Any("error", err))
			return
		}
	}
}

// send creates the event, or counts it on the one that is there.
func (s *eventSender) send(ctx context.Context, event *corev1.Event, repeated bool, at time.Time) error {
	events := s.events.In(event.Namespace)
	if !repeated {
		event.Name = shorten(event.InvolvedObject.Name, eventNameLimit) + "." + strconv.FormatInt(at.UnixNano(), 16)
		return events.Create(ctx, event)
	}
	patch, err := codec.MarshalJSON(map[string]any{
		"count": int64(event.Count), "lastTimestamp": event.LastTimestamp.UTC().Format(time.RFC3339), "message": event.Message,
	})
	if err != nil {
		return err
	}
	_, err = events.Patch(ctx, event.Name, client.Patch{Type: client.MergePatch, Data: patch})
	return err
}

// shorten cuts s to at most n bytes, between characters.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Watch implements [Client].
func (r *Remote) Watch(ctx context.Context, at Target, opts meta.ListOptions) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		// Ends the request also when the loop is left.
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		events, err := r.openWatch(ctx, at, opts)
		if ctx.Err() != nil && err != nil {
			return // told to stop before it had begun
		}
		if err != nil {
			yield(Event{}, err)
			return
		}
		defer events.body.Close()
		for {
			event, err := events.next()
			switch {
			case ctx.Err() != nil, errors.Is(err, io.EOF):
				return
			case err != nil:
				yield(Event{}, fmt.Errorf("watch %s: %w", at.Resource.GroupResource(), err))
				return
			}
			if !yield(event, nil) {
				return
			}
		}
	}
}

// eventReader reads the events of one watch.
type eventReader struct {
	body   io.Closer
	frames codec.FrameReader
	media  string
	// object returns what an event's object is read into.
	object func() meta.Object
}

func (r *Remote) openWatch(ctx context.Context, at Target, opts meta.ListOptions) (*eventReader, error) {
	// The name of one object is a field selector, so that the same path serves.
	if at.Name != "" {
		one := meta.ObjectNameField + "=" + at.Name
		if opts.FieldSelector != "" {
			one = opts.FieldSelector + "," + one
		}
		opts.FieldSelector, at.Name = one, ""
	}
	opts.Watch = true
	u, err := r.url(http.MethodGet, at, listQuery(opts))
	if err != nil {
		return nil, err
	}
	object := r.objectsOf(at)
	response, err := r.send(ctx, request{
		method: http.MethodGet, url: u, accept: r.accept(object()), what: "watch " + at.Resource.GroupResource().String(),
	})
	if err != nil {
		return nil, err
	}
	events := &eventReader{body: response.Body, object: object}
	events.media, _ = codec.ParseMediaType(response.Header.Get("Content-Type"))
	if events.media != mediaJSON && events.media != mediaProtobuf {
		err = fmt.Errorf("content type %q is not one that was asked for", events.media)
	} else {
		events.frames, err = codec.NewFrameReader(events.media, response.Body, frameLimit)
	}
	if err != nil {
		response.Body.Close()
		return nil, fmt.Errorf("watch %s: %w", at.Resource.GroupResource(), err)
	}
	return events, nil
}

// objectsOf returns what makes the objects that at's events are read into.
func (r *Remote) objectsOf(at Target) func() meta.Object {
	if at.MetadataOnly {
		return func() meta.Object { return new(meta.PartialObjectMetadata) }
	}
	if decl, ok := r.scheme.Resource(at.Resource); ok {
		return decl.New
	}
	return func() meta.Object { return new(meta.Unstructured) }
}

// next returns the next event. io.EOF says that the server has ended the watch
// between two events; what an event of type ERROR says becomes the error.
func (e *eventReader) next() (Event, error) {
	frame, err := e.frames.ReadFrame()
	if errors.Is(err, codec.ErrFrameTooLarge) {
		return Event{}, fmt.Errorf("%w: %w", errUndecodable, err)
	}
	if err != nil {
		return Event{}, err
	}
	var event meta.WatchEvent
	if e.media == mediaProtobuf {
		err = codec.UnmarshalProto(frame, &event)
	} else {
		_, err = codec.UnmarshalJSON(frame, &event, codec.DecodeOptions{})
	}
	if err != nil {
		return Event{}, fmt.Errorf("%w: %w", errUndecodable, err)
	}
	if event.Type == meta.WatchError {
		var status meta.Status
		if err := decodeBody(e.media, event.Object.Raw, &status); err != nil {
			return Event{}, fmt.Errorf("%w: %w", errUndecodable, err)
		}
		return Event{}, &meta.StatusError{Status: status}
	}
	obj := e.object()
	if err := decodeBody(e.media, event.Object.Raw, obj); err != nil {
		return Event{}, fmt.Errorf("%w: %w", errUndecodable, err)
	}
	return Event{Type: EventType(event.Type), Object: obj}, nil
}

// frameLimit is the largest event that is believed in: an object of the
// largest size, its managed fields and some room.
const frameLimit = 64 << 20

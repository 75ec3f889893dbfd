package client

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
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
	frames frameReader
	proto  bool
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
	switch media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); media {
	case mediaProtobuf:
		events.proto, events.frames = true, &sizedFrames{in: bufio.NewReader(response.Body)}
	case mediaJSON:
		events.frames = &jsonFrames{in: json.NewDecoder(response.Body)}
	default:
		response.Body.Close()
		return nil, fmt.Errorf("watch %s: content type %q is not one that was asked for", at.Resource.GroupResource(), media)
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
	frame, err := e.frames.next()
	if err != nil {
		return Event{}, err
	}
	var event meta.WatchEvent
	contentType := mediaJSON
	if e.proto {
		contentType = mediaProtobuf
		err = codec.UnmarshalProto(frame, &event)
	} else {
		_, err = codec.UnmarshalJSON(frame, &event, codec.DecodeOptions{})
	}
	if err != nil {
		return Event{}, fmt.Errorf("%w: %w", errUndecodable, err)
	}
	if event.Type == meta.WatchError {
		var status meta.Status
		if err := decodeBody(contentType, event.Object.Raw, &status); err != nil {
			return Event{}, fmt.Errorf("%w: %w", errUndecodable, err)
		}
		return Event{}, &meta.StatusError{Status: status}
	}
	obj := e.object()
	if err := decodeBody(contentType, event.Object.Raw, obj); err != nil {
		return Event{}, fmt.Errorf("%w: %w", errUndecodable, err)
	}
	return Event{Type: EventType(event.Type), Object: obj}, nil
}

// frameReader cuts a stream into events. A frame is valid until the next call.
type frameReader interface {
	next() ([]byte, error)
}

// jsonFrames are JSON values one after another.
type jsonFrames struct {
	in  *json.Decoder
	raw json.RawMessage
}

func (f *jsonFrames) next() ([]byte, error) {
	f.raw = f.raw[:0]
	err := f.in.Decode(&f.raw)
	return f.raw, err
}

// frameLimit is the largest event that is believed in: an object of the
// largest size, its managed fields and some room.
const frameLimit = 64 << 20

// sizedFrames are preceded by their length, four bytes big-endian.
type sizedFrames struct {
	in  *bufio.Reader
	buf []byte
}

func (f *sizedFrames) next() ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(f.in, size[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > frameLimit {
		return nil, fmt.Errorf("%w: it claims to have %d bytes", errUndecodable, n)
	}
	if uint32(cap(f.buf)) < n {
		f.buf = make([]byte, n)
	}
	f.buf = f.buf[:n]
	if _, err := io.ReadFull(f.in, f.buf); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return f.buf, nil
}

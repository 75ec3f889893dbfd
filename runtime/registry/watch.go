package registry

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// Watch returns the changes of the objects that the request and opts select,
// until ctx ends or the loop is left. An error of Watch itself refuses the
// request. An error in the sequence is the last thing in it, and tells a client
// that is already watching: 410 when it is too far behind. When ctx ends or Run
// does, the sequence just ends.
func (r *Registry) Watch(ctx context.Context, q *Request, opts meta.ListOptions) (iter.Seq2[Event, error], error) {
	if q.Resource.Virtual {
		return nil, meta.NoSuchMethod()
	}
	c, err := r.collectionOf(q.Resource)
	if err != nil {
		return nil, err
	}
	if errs := checkWatchOptions(&opts); len(errs) > 0 {
		return nil, errs.Status(listOptionsKind, "")
	}
	s, err := c.selectionOf(q, &opts)
	if err != nil {
		return nil, err
	}
	after, err := parseVersion(opts.ResourceVersion)
	if err != nil {
		return nil, meta.Plain(badVersion(opts.ResourceVersion, err))
	}
	o := cache.WatchOptions{Filter: s.filter(), Bookmarks: opts.AllowWatchBookmarks, Gather: q.Gather}
	switch index, value, ok := s.index(); {
	case s.key() != "":
		o.Key = s.key()
	case ok:
		o.Index, o.Value, o.Prefix = index, value, s.keyPrefix()
	default:
		o.Prefix = s.keyPrefix()
	}
	initial := opts.SendInitialEvents != nil && *opts.SendInitialEvents
	// A watch from nowhere begins with what there is, from "0" with any state
	// of that.
	if initial || opts.SendInitialEvents == nil && after == 0 {
		at := cache.Latest()
		if opts.ResourceVersion != "" {
			at = notOlderThan(after)
		}
		o.Initial = &at
	} else if after == 0 {
		after = c.cache.Revision()
	}
	w := watch{q: q, c: c, list: &List{Resource: q.Resource, c: c}, marked: initial && opts.AllowWatchBookmarks}
	return func(yield func(Event, error) bool) {
		for ev, err := range c.cache.Watch(ctx, after, o) {
			if err != nil {
				if ctx.Err() == nil && !r.ended() {
					yield(Event{}, watchError(err))
				}
				return
			}
			if out, ok := w.event(&ev); ok && !yield(out, nil) {
				return
			}
		}
	}, nil
}

// checkWatchOptions finds options that do not go together, for a watch.
func checkWatchOptions(o *meta.ListOptions) validate.Errors {
	var errs validate.Errors
	p := validate.NewPath("resourceVersionMatch")
	if o.SendInitialEvents != nil && o.ResourceVersionMatch != meta.ResourceVersionMatchNotOlderThan {
		errs = append(errs, validate.Forbidden(p, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")...)
	}
	if o.ResourceVersionMatch != "" {
		if o.SendInitialEvents == nil {
			errs = append(errs, validate.Forbidden(p, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")...)
		}
		if o.ResourceVersionMatch != meta.ResourceVersionMatchNotOlderThan {
			errs = append(errs, validate.NotSupported(p, o.ResourceVersionMatch, meta.ResourceVersionMatchNotOlderThan)...)
		}
		if o.Continue != "" {
			errs = append(errs, validate.Forbidden(p, "resourceVersionMatch is forbidden when continue is provided")...)
		}
	}
	return errs
}

// watchError words what ends a watch.
func watchError(err error) error {
	if errors.Is(err, storage.ErrCompacted) {
		if past, ok := errors.AsType[*storage.RevisionError](err); ok && past.Oldest > 0 {
			return meta.ResourceExpired(fmt.Sprintf("too old resource version: %d (%d)", past.Asked, past.Oldest))
		}
		return meta.ResourceExpired("The resourceVersion for the provided watch is too old.")
	}
	return readError(err)
}

// watch turns the events of the cache into those of one request.
type watch struct {
	q    *Request
	c    *collection
	list *List // without items
	// marked says that the client wants to know when the initial events end.
	marked bool
}

func (w *watch) event(ev *cache.Event) (Event, bool) {
	out := Event{Item: Item{resource: w.q.Resource, c: w.c, cached: ev.Object}, More: ev.More}
	switch ev.Type {
	case cache.Added:
		out.Type = client.Added
		if ev.Place != nil {
			out.list, out.at = w.list, ev.Place
		}
	case cache.Modified:
		out.Type = client.Modified
	case cache.Deleted:
		out.Type = client.Deleted
	case cache.Bookmark:
		return bookmark(w.q.Resource, ev.Revision, false), true
	case cache.InitialEventsEnd:
		return bookmark(w.q.Resource, ev.Revision, true), w.marked
	default:
		return Event{}, false
	}
	return out, true
}

// bookmark is the event that only moves the client's resource version on.
func bookmark(r *scheme.Resource, revision storage.Revision, initialEnd bool) Event {
	obj := r.New()
	obj.TypeMetadata().SetGroupVersionKind(r.GroupVersionKind())
	m := obj.Metadata()
	m.ResourceVersion = formatVersion(revision)
	if initialEnd {
		m.Annotations = map[string]string{meta.InitialEventsAnnotation: "true"}
	}
	return Event{Type: client.Bookmark, Item: ItemOf(r, obj)}
}

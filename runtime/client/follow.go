package client

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// follower keeps a sink in step with what a resource and selectors select, by
// listing and then watching from there, for as long as it takes. It is the one
// place that knows when to go on, when to start again and when to wait.
type follower[T any] struct {
	resource Resource[T]
	opts     meta.ListOptions // selectors
	log      *slog.Logger
}

// sink is told the state and then every change of it. A call that returns false
// ends the following.
type sink[T any] interface {
	// replace says what the whole state is as of a resource version.
	replace(objects []*T, resourceVersion string) bool
	// apply says what one change is. For bookmarks Object has only its version.
	apply(change Change[T]) bool
}

// A watch that lasted this long was not refused, so the next need not wait.
const healthyWatch = 5 * time.Second

// run follows until ctx ends or the sink has enough. It returns an error only
// if no attempt can succeed.
func (f *follower[T]) run(ctx context.Context, to sink[T]) error {
	if f.resource.err != nil {
		return f.resource.err
	}
	retry := backoff{first: 200 * time.Millisecond, max: 30 * time.Second}
	for ctx.Err() == nil {
		objects, version, err := f.list(ctx)
		if err == nil {
			if !to.replace(objects, version) {
				return nil
			}
			objects = nil // else they would stay alive as long as the watch
			retry.reset()
			var more bool
			if more, err = f.watch(ctx, version, to); !more {
				return nil
			}
		}
		if ctx.Err() != nil {
			break
		}
		f.log.LogAttrs(ctx, slog.LevelWarn, "listing again", slog.Any("resource", f.resource.at.Resource), slog.Any("because", err))
		if !retry.wait(ctx) {
			break
		}
	}
	return nil
}

// list returns everything as of one resource version.
func (f *follower[T]) list(ctx context.Context) ([]*T, string, error) {
	r := f.resource
	if source, ok := r.c.(Source); ok {
		version, objects, err := source.ListShared(ctx, r.at, f.opts)
		if err != nil {
			return nil, "", err
		}
		var all []*T
		for obj, err := range objects {
			if err != nil {
				return nil, "", err
			}
			t, err := as[T](obj)
			if err != nil {
				return nil, "", err
			}
			all = append(all, t)
		}
		return all, version, nil
	}

	opts := f.opts
	opts.Limit = pageSize
	var all []*T
	var version string
	for {
		page, err := r.List(ctx, opts)
		if err != nil {
			// The list was too long to read in pages before the server forgot that
			// state; one answer cannot be overtaken.
			if meta.IsResourceExpired(err) && opts.Continue != "" {
				opts.Continue, opts.Limit, all, version = "", 0, nil, ""
				continue
			}
			return nil, "", err
		}
		if version == "" {
			version = page.ResourceVersion
		}
		for _, item := range page.Items {
			// One by one: a pointer into the page would keep the whole page alive.
			obj := new(T)
			*obj = item
			all = append(all, obj)
		}
		if page.Continue == "" {
			return all, version, nil
		}
		opts.Continue = page.Continue
	}
}

// watch applies changes from version on, over as many watches as it takes. It
// returns when the state must be listed again, with the reason, and whether to
// go on at all.
func (f *follower[T]) watch(ctx context.Context, version string, to sink[T]) (more bool, err error) {
	retry := backoff{first: 200 * time.Millisecond, max: 30 * time.Second}
	_, local := f.resource.c.(Source)
	for ctx.Err() == nil {
		opts := f.opts
		opts.ResourceVersion, opts.AllowWatchBookmarks = version, true
		if !local {
			// An end to every watch, at different times, spreads clients anew
			// over servers that come and go.
			seconds := 300 + rand.Int64N(300)
			opts.TimeoutSeconds = &seconds
		}
		began, err := time.Now(), error(nil)
		for change, e := range f.resource.Watch(ctx, opts) {
			if e != nil {
				err = e
				break
			}
			if !to.apply(change) {
				return false, nil
			}
			version = object(change.Object).Metadata().ResourceVersion
			retry.reset()
		}
		switch {
		case ctx.Err() != nil:
			return false, nil
		case meta.IsResourceExpired(err), meta.IsGone(err), meta.IsNotFound(err), errors.Is(err, errUndecodable):
			return true, err
		case err != nil:
			f.log.LogAttrs(ctx, slog.LevelInfo, "watching again", slog.Any("resource", f.resource.at.Resource), slog.Any("because", err))
		case time.Since(began) >= healthyWatch:
			retry.reset()
			continue
		}
		if !retry.wait(ctx) {
			return false, nil
		}
	}
	return false, nil
}

// errUndecodable marks a watch event that could not be read: what it would have
// said is lost, so the state has to be listed again.
var errUndecodable = errors.New("watch event cannot be decoded")

// ResumingWatch yields first everything that r and the options' selectors
// select, each as Added, then a Bookmark with meta.InitialEventsAnnotation,
// then every change, until ctx ends or the loop is left. Watches that end are
// resumed from where they ended. Where the server has forgotten that state, the
// list is read again and yielded as the changes that lead to it, so that the
// loop's picture is always whole; a Deleted object is then its last state seen.
//
// It keeps a pointer to each object's last state. To look objects up as well,
// use a [Cache], which does not keep them twice. An error is yielded only when
// no attempt can succeed, and last. A nil logger is slog.Default().
func ResumingWatch[T any](ctx context.Context, r Resource[T], opts meta.ListOptions, log *slog.Logger) iter.Seq2[Change[T], error] {
	return func(yield func(Change[T], error) bool) {
		if log == nil {
			log = slog.Default()
		}
		opts.ResourceVersion, opts.ResourceVersionMatch, opts.Continue, opts.Limit = "", "", "", 0
		f := follower[T]{resource: r, opts: opts, log: log}
		to := &yieldSink[T]{known: map[Key]*T{}, yield: func(c Change[T]) bool { return yield(c, nil) }}
		if err := f.run(ctx, to); err != nil {
			yield(Change[T]{}, err)
		}
	}
}

// yieldSink turns states into changes.
type yieldSink[T any] struct {
	known map[Key]*T
	yield func(Change[T]) bool
}

func (s *yieldSink[T]) replace(objects []*T, version string) bool {
	next := make(map[Key]*T, len(objects))
	for _, obj := range objects {
		next[KeyOf(object(obj))] = obj
	}
	for _, c := range difference(s.known, objects, next) {
		if !s.yield(c) {
			return false
		}
	}
	s.known = next
	end := new(T)
	m := object(end).Metadata()
	m.ResourceVersion, m.Annotations = version, map[string]string{meta.InitialEventsAnnotation: "true"}
	return s.yield(Change[T]{Type: Bookmark, Object: end})
}

func (s *yieldSink[T]) apply(c Change[T]) bool {
	switch c.Type {
	case Deleted:
		delete(s.known, KeyOf(object(c.Object)))
	case Added, Modified:
		s.known[KeyOf(object(c.Object))] = c.Object
	}
	return s.yield(c)
}

// difference returns the changes that lead from known to objects, of which next
// is the index: what is gone first, then the rest in the order of objects. An
// object that was made anew under the same name counts as gone and added.
func difference[T any](known map[Key]*T, objects []*T, next map[Key]*T) []Change[T] {
	var changes []Change[T]
	for key, old := range known {
		if now, ok := next[key]; !ok || object(now).Metadata().UID != object(old).Metadata().UID {
			changes = append(changes, Change[T]{Type: Deleted, Object: old})
		}
	}
	for _, obj := range objects {
		m := object(obj).Metadata()
		switch old, ok := known[KeyOf(object(obj))]; {
		case !ok || object(old).Metadata().UID != m.UID:
			changes = append(changes, Change[T]{Type: Added, Object: obj})
		case object(old).Metadata().ResourceVersion != m.ResourceVersion:
			changes = append(changes, Change[T]{Type: Modified, Object: obj})
		}
	}
	return changes
}

package registry

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// List returns the objects that the request and opts select, as of one
// resource version.
func (r *Registry) List(ctx context.Context, q *Request, opts meta.ListOptions) (*List, error) {
	if q.Resource.Virtual {
		if read := r.reads[q.groupResource()]; read != nil && q.Resource.Can(meta.VerbList) {
			return readVirtual(ctx, q, read, &opts)
		}
		if r.virtual[q.groupResource()] == nil && q.Resource.Can(meta.VerbList) {
			return &List{Resource: q.Resource}, nil // nothing of the kind exists here
		}
		return nil, meta.NoSuchMethod()
	}
	c, err := r.collectionOf(q.Resource)
	if err != nil {
		return nil, err
	}
	if errs := checkListOptions(&opts); len(errs) > 0 {
		return nil, errs.Status(listOptionsKind, "")
	}
	s, err := c.selectionOf(q, &opts)
	if err != nil {
		return nil, err
	}
	p, err := c.page(&opts)
	if err != nil {
		return nil, err
	}
	snapshot, err := c.cache.Snapshot(ctx, p.at)
	if err != nil {
		return nil, c.listError(err, &opts, p)
	}
	l := &List{Resource: q.Resource, ResourceVersion: formatVersion(snapshot.Revision()), c: c}
	if p.limit <= 0 {
		l.items = s.items(q, snapshot, p.after)
		if s.inRuns() {
			l.stretches, l.dense = s.stretches(snapshot, p.after), s.filter() == nil
		}
		return l, nil
	}
	return l, c.fill(l, q, &s, snapshot, p)
}

var listOptionsKind = meta.GroupKind{Group: "meta.k8s.io", Kind: "ListOptions"}

// checkListOptions finds options that do not go together, for a list.
func checkListOptions(o *meta.ListOptions) validate.Errors {
	var errs validate.Errors
	if o.ResourceVersionMatch != "" {
		p := validate.NewPath("resourceVersionMatch")
		if o.ResourceVersion == "" {
			errs = append(errs, validate.Forbidden(p, "resourceVersionMatch is forbidden unless resourceVersion is provided")...)
		}
		if o.Continue != "" {
			errs = append(errs, validate.Forbidden(p, "resourceVersionMatch is forbidden when continue is provided")...)
		}
		switch o.ResourceVersionMatch {
		case meta.ResourceVersionMatchExact, meta.ResourceVersionMatchNotOlderThan:
		default:
			errs = append(errs, validate.NotSupported(p, o.ResourceVersionMatch,
				meta.ResourceVersionMatchExact, meta.ResourceVersionMatchNotOlderThan, "")...)
		}
		if o.ResourceVersionMatch == meta.ResourceVersionMatchExact && o.ResourceVersion == "0" {
			errs = append(errs, validate.Forbidden(p, `resourceVersionMatch "exact" is forbidden for resourceVersion "0"`)...)
		}
	}
	if o.SendInitialEvents != nil {
		errs = append(errs, validate.Forbidden(validate.NewPath("sendInitialEvents"), "sendInitialEvents is forbidden for list")...)
	}
	return errs
}

// page is which part of which state a list is about.
type page struct {
	at    cache.At
	after string // key
	limit int64  // 0 is none
	exact storage.Revision
}

// page reads the options that say how old the answer may be and where it begins.
func (c *collection) page(o *meta.ListOptions) (page, error) {
	p := page{limit: o.Limit}
	if o.Continue != "" {
		token, err := readToken(o.Continue)
		if err != nil {
			return p, meta.BadRequest("invalid continue token: " + err.Error())
		}
		if o.ResourceVersion != "" && o.ResourceVersion != "0" {
			// Whatever it says: it need not even be a number.
			return p, meta.BadRequest("specifying resource version is not allowed when using continue")
		}
		p.after = token.after(c.prefix)
		if token.Revision > 0 {
			p.exact = storage.Revision(token.Revision)
			p.at = cache.Exactly(p.exact)
		}
		return p, nil
	}
	revision, err := parseVersion(o.ResourceVersion)
	if err != nil {
		return p, meta.BadRequest("invalid resource version: " + badVersion(o.ResourceVersion, err).Error())
	}
	switch {
	case o.ResourceVersion == "":
	case o.ResourceVersionMatch == meta.ResourceVersionMatchExact,
		// What limit alone has always meant.
		o.ResourceVersionMatch == "" && o.Limit > 0 && revision > 0:
		p.exact = revision
		p.at = cache.Exactly(revision)
	default:
		p.at = notOlderThan(revision)
		if revision == 0 {
			p.limit = 0 // any state does, and the whole of it is at hand
		}
	}
	return p, nil
}

func (c *collection) listError(err error, o *meta.ListOptions, p page) error {
	if !errors.Is(err, storage.ErrCompacted) {
		return readError(err)
	}
	if o.Continue != "" {
		return expiredToken(c.prefix, p.after)
	}
	return meta.ResourceExpired("The resourceVersion for the provided list is too old.")
}

// objects yields what the selection finds in a snapshot, in key order.
func (s *selection) objects(snapshot *cache.Snapshot, after string) iter.Seq[*cache.Object] {
	filter := s.filter()
	if key := s.key(); key != "" {
		return func(yield func(*cache.Object) bool) {
			if o, ok := snapshot.Get(key); ok && key > after && (filter == nil || filter(o)) {
				yield(o)
			}
		}
	}
	found := snapshot.Ascend(s.keyPrefix(), after)
	if name, ok := s.oneName(); ok {
		found = s.inEveryNamespace(name, snapshot, after)
	}
	if index, value, ok := s.index(); ok {
		if narrow, ok := snapshot.AscendIndex(index, value, s.keyPrefix(), after); ok {
			found = narrow
		}
	}
	if filter == nil {
		return found
	}
	return func(yield func(*cache.Object) bool) {
		for o := range found {
			if filter(o) && !yield(o) {
				return
			}
		}
	}
}

// inEveryNamespace yields the objects of one name. It looks into each namespace once,
// which mostly are far fewer than objects.
func (s *selection) inEveryNamespace(name string, snapshot *cache.Snapshot, after string) iter.Seq[*cache.Object] {
	return func(yield func(*cache.Object) bool) {
		prefix := s.c.prefix
		for from := prefix; from != ""; {
			next := ""
			for o := range snapshot.From(from) {
				if namespace, _, ok := strings.Cut(strings.TrimPrefix(o.Key, prefix), "/"); ok && strings.HasPrefix(o.Key, prefix) {
					next = prefix + namespace
				}
				break
			}
			if from = ""; next != "" {
				if o, ok := snapshot.Get(next + "/" + name); ok && o.Key > after && !yield(o) {
					return
				}
				from = next + string(rune('/'+1)) // behind all of it
			}
		}
	}
}

func (s *selection) items(q *Request, snapshot *cache.Snapshot, after string) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for o := range s.objects(snapshot, after) {
			if !yield(Item{resource: q.Resource, c: s.c, cached: o}, nil) {
				return
			}
		}
	}
}

// fill puts one page into a list, and says what comes after it.
func (c *collection) fill(l *List, q *Request, s *selection, snapshot *cache.Snapshot, p page) error {
	var found []*cache.Object
	more := false
	if s.inRuns() && p.limit > FewItems {
		found, more = l.fillStretches(s, snapshot, p)
	} else {
		for o := range s.objects(snapshot, p.after) {
			if more = int64(len(found)) == p.limit; more {
				break
			}
			found = append(found, o)
		}
	}
	l.items = func(yield func(Item, error) bool) {
		for _, o := range found {
			if !yield(l.item(o), nil) {
				return
			}
		}
	}
	if !more {
		return nil
	}
	last := found[len(found)-1].Key
	l.Continue = nextPage(snapshot.Revision(), c.prefix, last)
	if s.plain {
		remaining := int64(snapshot.Count(s.keyPrefix(), last))
		l.RemainingItemCount = &remaining
	}
	c.cache.Keep(snapshot) // the next page has to agree with this one
	return nil
}

// fillStretches finds the stretches of one page, and says if more comes after them.
func (l *List) fillStretches(s *selection, snapshot *cache.Snapshot, p page) (found []*cache.Object, more bool) {
	var kept []stretch
	for next := range s.stretches(snapshot, p.after) {
		if more = int64(len(found)) == p.limit; more {
			break
		}
		here := stretch{run: cache.Run{Objects: slices.Clone(next.run.Objects)}}
		for k, o := range here.run.Objects {
			if next.wanted&(1<<k) == 0 {
				continue
			}
			if more = int64(len(found)) == p.limit; more {
				break
			}
			here.wanted |= 1 << k
			found = append(found, o)
		}
		if kept = append(kept, here); more {
			break
		}
	}
	l.stretches, l.dense = slices.Values(kept), s.filter() == nil
	return found, more
}

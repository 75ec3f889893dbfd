package registry

import (
	"fmt"

	"github.com/kubenucleus/nucleus/apimachinery/fields"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// selection is which objects of a collection a list or watch is about.
type selection struct {
	c         *collection
	namespace string // "" is all
	name      string // "" is all; needs a namespace if the resource is namespaced
	nothing   bool   // no object can match
	labels    labels.Selector
	fields    fields.Selector // without what namespace and name say
	// ownFields are the fields as the requested version names them, where it
	// differs from the hub; nil otherwise.
	ownFields func(hub meta.Object, path string) string
	plain     bool // neither kind of selector was given
}

// selectionOf reads the selectors of a request.
func (c *collection) selectionOf(q *Request, opts *meta.ListOptions) (selection, error) {
	s := selection{c: c, namespace: q.Namespace, name: q.Name, plain: opts.LabelSelector == "" && opts.FieldSelector == ""}
	var err error
	if s.labels, err = labels.Parse(opts.LabelSelector); err != nil {
		return s, meta.BadRequest(err.Error())
	}
	chosen, err := fields.Parse(opts.FieldSelector)
	if err != nil {
		return s, meta.BadRequest(err.Error())
	}
	s.nothing = s.labels.MatchesNothing() || chosen.MatchesNothing()
	var rest []fields.Term
	for _, t := range chosen.Terms() {
		switch {
		case !q.Resource.SelectableField(t.Field):
			return s, meta.BadRequest(unknownField(q, t.Field))
		case t.Field == "metadata.name" && !t.Not && (s.name == "" || s.name == t.Value):
			s.name = t.Value
			s.nothing = s.nothing || t.Value == ""
		case t.Field == "metadata.namespace" && !t.Not && (s.namespace == "" || s.namespace == t.Value):
			s.namespace = t.Value
			s.nothing = s.nothing || t.Value == ""
		case !t.Not && (t.Field == "metadata.name" || t.Field == "metadata.namespace"):
			s.nothing = true // two different ones
		default:
			rest = append(rest, t)
		}
	}
	if c.hub.Namespaced && s.name != "" && s.namespace == "" {
		rest = append(rest, fields.Term{Field: "metadata.name", Value: s.name})
		s.name = ""
	}
	s.fields = fields.New(rest...)
	if q.Resource != c.hub && len(rest) > 0 {
		s.ownFields = func(hub meta.Object, path string) string {
			obj, err := c.fromHub(q.Resource, hub)
			if err != nil {
				return ""
			}
			value, _ := q.Resource.FieldValue(obj, path)
			return value
		}
	}
	return s, nil
}

// unknownField words the refusal of a field selector. Kinds that have fields of
// their own say it shorter.
func unknownField(q *Request, path string) string {
	_, dynamic := q.Resource.New().(*meta.Unstructured)
	if q.Resource.Kind == "Job" && q.Resource.Group == "batch" {
		return fmt.Sprintf("field label %q not supported for Job", path)
	}
	if len(q.Resource.Fields) > 0 || dynamic {
		return "field label not supported: " + path
	}
	return fmt.Sprintf("%q is not a known field selector: only %q, %q", path, "metadata.name", "metadata.namespace")
}

// key is the only key that can match, or "".
func (s *selection) key() string {
	if s.name == "" {
		return ""
	}
	return s.c.key(s.namespace, s.name)
}

func (s *selection) keyPrefix() string { return s.c.keyPrefix(s.namespace) }

// oneName is the name that all objects must have, in whatever namespace.
func (s *selection) oneName() (string, bool) {
	if !s.c.hub.Namespaced || s.namespace != "" || s.ownFields != nil {
		return "", false
	}
	return s.fields.ExactValue("metadata.name")
}

// filter tells of an object under keyPrefix whether it matches; nil is always.
func (s *selection) filter() func(*cache.Object) bool {
	switch {
	case s.nothing:
		return func(*cache.Object) bool { return false }
	case s.labels.Empty() && s.fields.Empty():
		return nil
	}
	return s.matches
}

func (s *selection) matches(o *cache.Object) bool {
	if !s.labels.Empty() && !s.labels.MatchesFunc(o.Label) {
		return false
	}
	if s.fields.Empty() {
		return true
	}
	if s.ownFields == nil {
		for _, t := range s.fields.Terms() {
			if (o.Field(t.Field) == t.Value) == t.Not {
				return false
			}
		}
		return true
	}
	obj, err := o.Typed()
	if err != nil {
		return true // who reads it is told
	}
	for _, t := range s.fields.Terms() {
		if (s.ownFields(obj, t.Field) == t.Value) == t.Not {
			return false
		}
	}
	return true
}

// index finds an index of the cache that narrows the selection.
func (s *selection) index() (index cache.Index, value string, ok bool) {
	if s.ownFields != nil {
		return cache.Index{}, "", false
	}
	for _, index := range s.c.indexes() {
		if value, ok := s.fields.ExactValue(index.Field); ok {
			return index, value, true
		}
	}
	return cache.Index{}, "", false
}

// indexedFields are those that many watchers watch one value each of.
var indexedFields = map[meta.GroupResource]string{
	{Resource: "pods"}: "spec.nodeName",
}

func (c *collection) indexes() []cache.Index {
	path, ok := indexedFields[c.hub.GroupResource()]
	if !ok || !c.hub.SelectableField(path) {
		return nil
	}
	return []cache.Index{{Field: path}}
}

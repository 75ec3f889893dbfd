package scheme

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Group is an API group: the versions that it is served in.
type Group struct {
	Name     string // "" is the core group
	Versions []Version
}

// Version is one version of a group.
type Version struct {
	Name      string
	Resources []*Resource
	// Source is the Go file that declares the version's types, embedded by its
	// package; its comments describe them in OpenAPI. "" leaves them undescribed.
	Source string
	// MoreSources are Go files of further packages whose types the version's
	// own refer to, if no other version has them as its Source.
	MoreSources []string
	// Kinds are further types of the version that are no resource of their own,
	// such as the bodies of subresources.
	Kinds []Kind
	// Conversions are the functions between this version's types and the hub's.
	Conversions []Conversion
}

// Kind is a type with a name but no resource.
type Kind struct {
	Name string
	Type reflect.Type // a struct; pointers to it implement [meta.Object] or [meta.ListObject], or only TypeMetadata
}

// KindOf declares T as a kind under its own name.
func KindOf[T any]() Kind {
	t := reflect.TypeFor[T]()
	return Kind{Name: t.Name(), Type: t}
}

// Typed is what every kind's object is at least.
type Typed interface {
	TypeMetadata() *meta.TypeMeta
}

// Scheme knows the kinds of some groups. It never changes and is safe for
// concurrent use. The zero value is empty.
type Scheme struct {
	groups      []Group
	resources   map[meta.GroupVersionResource]*Resource
	byKind      map[meta.GroupVersionKind]*Resource
	kinds       map[meta.GroupVersionKind]reflect.Type
	typeKinds   map[reflect.Type]meta.GroupVersionKind
	hubs        map[meta.GroupResource]*Resource
	conversions map[[2]reflect.Type]func(from, to any) error
}

// commonKinds are known in every version of every group.
var commonKinds = []Kind{
	KindOf[meta.CreateOptions](), KindOf[meta.DeleteOptions](), KindOf[meta.GetOptions](), KindOf[meta.ListOptions](),
	KindOf[meta.PatchOptions](), KindOf[meta.UpdateOptions](), KindOf[meta.WatchEvent](),
}

// metaKinds are known in v1 and in meta.k8s.io/v1.
var metaKinds = []Kind{
	KindOf[meta.Status](), KindOf[meta.APIVersions](), KindOf[meta.APIGroup](), KindOf[meta.APIGroupList](), KindOf[meta.APIResourceList](),
	KindOf[meta.Table](), KindOf[meta.PartialObjectMetadata](), KindOf[meta.PartialObjectMetadataList](),
}

// New makes a Scheme of groups. It reports every faulty or doubled declaration
// and returns no Scheme then. The groups must not be changed afterwards.
func New(groups ...Group) (*Scheme, error) {
	s := &Scheme{
		groups:      groups,
		resources:   map[meta.GroupVersionResource]*Resource{},
		byKind:      map[meta.GroupVersionKind]*Resource{},
		kinds:       map[meta.GroupVersionKind]reflect.Type{},
		typeKinds:   map[reflect.Type]meta.GroupVersionKind{},
		hubs:        map[meta.GroupResource]*Resource{},
		conversions: map[[2]reflect.Type]func(from, to any) error{},
	}
	var errs []error
	for _, g := range groups {
		for _, v := range g.Versions {
			gv := meta.GroupVersion{Group: g.Name, Version: v.Name}
			for _, r := range v.Resources {
				r.GroupVersion = gv
				errs = append(errs, s.addResource(r))
			}
			for _, k := range v.Kinds {
				errs = append(errs, s.addKind(gv.WithKind(k.Name), k.Type))
			}
			for _, k := range commonKinds {
				s.kinds[gv.WithKind(k.Name)] = k.Type
			}
			for _, c := range v.Conversions {
				s.conversions[[2]reflect.Type{c.from, c.to}] = c.convert
			}
		}
	}
	for _, k := range metaKinds {
		for _, gv := range []meta.GroupVersion{{Version: "v1"}, {Group: "meta.k8s.io", Version: "v1"}} {
			s.kinds[gv.WithKind(k.Name)] = k.Type
			s.typeKinds[k.Type] = gv.WithKind(k.Name)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("scheme: %w", err)
	}
	return s, nil
}

func (s *Scheme) addResource(r *Resource) error {
	if err := r.check(); err != nil {
		return fmt.Errorf("%s: %w", r.GroupVersion, err)
	}
	gvr := r.GroupVersionResource()
	if s.resources[gvr] != nil {
		return fmt.Errorf("%s: resource %q is declared twice", r.GroupVersion, r.Name)
	}
	s.resources[gvr] = r
	if s.hubs[r.GroupResource()] == nil {
		s.hubs[r.GroupResource()] = r
	}
	// A kind may have several resources; the first to declare it stands for it.
	if s.byKind[r.GroupVersionKind()] == nil {
		s.byKind[r.GroupVersionKind()] = r
	}
	if err := s.addKind(r.GroupVersionKind(), reflect.TypeOf(r.New()).Elem()); err != nil {
		return err
	}
	return s.addKind(r.WithKind(r.ListKind), reflect.TypeOf(r.NewList()).Elem())
}

func (s *Scheme) addKind(gvk meta.GroupVersionKind, t reflect.Type) error {
	if have, ok := s.kinds[gvk]; ok && have != t {
		return fmt.Errorf("%s: kind is declared as %v and as %v", gvk, have, t)
	}
	if _, ok := reflect.New(t).Interface().(Typed); !ok {
		return fmt.Errorf("%s: type %v does not embed meta.TypeMeta", gvk, t)
	}
	s.kinds[gvk] = t
	if _, ok := s.typeKinds[t]; !ok {
		s.typeKinds[t] = gvk
	}
	return nil
}

// Groups returns the groups in the order they were given. Read-only.
func (s *Scheme) Groups() []Group { return s.groups }

// Resource returns the declaration of a resource.
func (s *Scheme) Resource(gvr meta.GroupVersionResource) (*Resource, bool) {
	r, ok := s.resources[gvr]
	return r, ok
}

// ResourceOf returns the declaration of the resource whose objects are of a kind.
func (s *Scheme) ResourceOf(gvk meta.GroupVersionKind) (*Resource, bool) {
	r, ok := s.byKind[gvk]
	return r, ok
}

// Hub returns the declaration that r's rules are taken from and whose version
// its objects are stored in: that of the first version that has the resource,
// or of the resource whose storage it shares.
func (s *Scheme) Hub(r *Resource) *Resource {
	if hub := s.hubs[r.Storage()]; hub != nil {
		return hub
	}
	return r
}

// Versions returns the declarations of a resource in all versions, the hub first.
func (s *Scheme) Versions(gr meta.GroupResource) []*Resource {
	var all []*Resource
	for _, g := range s.groups {
		if g.Name != gr.Group {
			continue
		}
		for _, v := range g.Versions {
			if i := slices.IndexFunc(v.Resources, func(r *Resource) bool { return r.Name == gr.Resource }); i >= 0 {
				all = append(all, v.Resources[i])
			}
		}
	}
	return all
}

// Kind returns the kind that a Go value (a struct or a pointer to one) is of.
func (s *Scheme) Kind(v any) (meta.GroupVersionKind, bool) {
	t := reflect.TypeOf(v)
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	gvk, ok := s.typeKinds[t]
	return gvk, ok
}

// Has reports whether the kind is known.
func (s *Scheme) Has(gvk meta.GroupVersionKind) bool { _, ok := s.kinds[gvk]; return ok }

// New returns an empty object of a kind, with its TypeMeta set.
func (s *Scheme) New(gvk meta.GroupVersionKind) (Typed, bool) {
	t, ok := s.kinds[gvk]
	if !ok {
		return nil, false
	}
	v := reflect.New(t).Interface().(Typed)
	v.TypeMetadata().SetGroupVersionKind(gvk)
	return v, true
}

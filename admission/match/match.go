package match

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/admission"
	admissionregistrationv1 "github.com/kubenucleus/nucleus/apimachinery/api/admissionregistration/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Criteria are what a webhook or a policy says about the requests that it is for.
type Criteria struct {
	// Rules match any of them; Exclude none. Without rules nothing matches, unless
	// AllWithoutRules is set.
	Rules, Exclude  []admissionregistrationv1.NamedRuleWithOperations
	AllWithoutRules bool
	// Exact does without requests for the same objects in other versions.
	Exact bool
	// Selectors; nil matches everything.
	NamespaceSelector, ObjectSelector *meta.LabelSelector
}

// OfResources returns the criteria of a policy or a binding; nil is everything.
func OfResources(m *admissionregistrationv1.MatchResources) Criteria {
	if m == nil {
		return Criteria{AllWithoutRules: true}
	}
	return Criteria{
		Rules: m.ResourceRules, Exclude: m.ExcludeResourceRules, AllWithoutRules: true,
		Exact:             m.MatchPolicy != nil && *m.MatchPolicy == admissionregistrationv1.Exact,
		NamespaceSelector: m.NamespaceSelector, ObjectSelector: m.ObjectSelector,
	}
}

// A Hit is how a request matched: as which resource, and of which kind its object
// then is.
type Hit struct {
	Resource meta.GroupVersionResource
	Kind     meta.GroupVersionKind
}

// Matcher matches requests. See [New].
type Matcher struct {
	scheme *scheme.Scheme
	reader admission.Reader
}

// New returns a Matcher for the resources of s, that reads namespaces from reader.
func New(s *scheme.Scheme, reader admission.Reader) *Matcher { return &Matcher{s, reader} }

var namespaces = meta.GroupVersionResource{Version: "v1", Resource: "namespaces"}

// Find returns how the request matches, or nil if it does not. An error says
// that a namespace or a selector could not be read.
func (m *Matcher) Find(ctx context.Context, r *admission.Request, c Criteria) (*Hit, error) {
	hit := m.byRules(r, c)
	if hit == nil || m.any(r, c.Exclude, c.Exact) != nil {
		return nil, nil
	}
	if ok, err := m.inNamespace(ctx, r, c.NamespaceSelector); !ok || err != nil {
		return nil, err
	}
	ok, err := selectsObject(r, c.ObjectSelector)
	if !ok || err != nil {
		return nil, err
	}
	return hit, nil
}

func (m *Matcher) byRules(r *admission.Request, c Criteria) *Hit {
	if len(c.Rules) == 0 && c.AllWithoutRules {
		return m.hit(r, r.Resource)
	}
	return m.any(r, c.Rules, c.Exact)
}

// any returns how the first of the rules matches. What matches as it is goes
// before what does in another version.
func (m *Matcher) any(r *admission.Request, rules []admissionregistrationv1.NamedRuleWithOperations, exact bool) *Hit {
	for i := range rules {
		if matches(&rules[i], r, r.Resource, m.namespaced(r)) {
			return m.hit(r, r.Resource)
		}
	}
	if exact || len(rules) == 0 {
		return nil
	}
	for i := range rules {
		for _, other := range m.scheme.Versions(r.Resource.GroupResource()) {
			if gvr := other.GroupVersionResource(); gvr != r.Resource && matches(&rules[i], r, gvr, other.Namespaced) {
				return m.hit(r, gvr)
			}
		}
	}
	return nil
}

func (m *Matcher) namespaced(r *admission.Request) bool {
	if res, ok := m.scheme.Resource(r.Resource); ok {
		return res.Namespaced
	}
	return r.Namespace != ""
}

func (m *Matcher) hit(r *admission.Request, gvr meta.GroupVersionResource) *Hit {
	kind := r.Kind
	if res, ok := m.scheme.Resource(gvr); ok && res.Kind == kind.Kind && res.Group == kind.Group {
		kind.Version = res.Version
	}
	return &Hit{Resource: gvr, Kind: kind}
}

// matches puts one rule to a request, were it for that resource.
func matches(rule *admissionregistrationv1.NamedRuleWithOperations, r *admission.Request, gvr meta.GroupVersionResource, namespaced bool) bool {
	named := len(rule.ResourceNames) == 0 || slices.Contains(rule.ResourceNames, r.Name)
	return named && has(rule.APIGroups, gvr.Group) && has(rule.APIVersions, gvr.Version) &&
		operates(rule.Operations, r.Operation) && inScope(rule.Scope, namespaced) &&
		slices.ContainsFunc(rule.Resources, func(s string) bool { return names(s, gvr.Resource, r.Subresource) })
}

func has(list []string, s string) bool { return slices.Contains(list, "*") || slices.Contains(list, s) }

func operates(list []admissionregistrationv1.OperationType, op admission.Operation) bool {
	return slices.Contains(list, admissionregistrationv1.OperationAll) || slices.Contains(list, admissionregistrationv1.OperationType(op))
}

func inScope(scope *admissionregistrationv1.ScopeType, namespaced bool) bool {
	switch {
	case scope == nil:
		return true
	case *scope == admissionregistrationv1.NamespacedScope:
		return namespaced
	case *scope == admissionregistrationv1.ClusterScope:
		return !namespaced
	}
	return true
}

// names reads what a rule calls resources: pods, pods/log, pods/*, */log, * for
// all resources, */* for all that belongs to them as well.
func names(pattern, resource, subresource string) bool {
	main, sub, nested := strings.Cut(pattern, "/")
	if main != "*" && main != resource {
		return false
	}
	if !nested {
		return subresource == ""
	}
	return sub == "*" || sub == subresource
}

// inNamespace puts the selector to the namespace of the request. What is in
// none matches.
func (m *Matcher) inNamespace(ctx context.Context, r *admission.Request, s *meta.LabelSelector) (bool, error) {
	if isEmpty(s) || r.Namespace == "" && r.Resource.GroupResource() != namespaces.GroupResource() {
		return true, nil
	}
	selector, err := labels.FromLabelSelector(s)
	if err != nil {
		return false, err
	}
	found, err := m.NamespaceLabels(ctx, r)
	if err != nil {
		return false, err
	}
	return selector.Matches(found), nil
}

// NamespaceLabels returns the labels of the namespace of a request; of one about
// a Namespace, those that it has or is about to have.
func (m *Matcher) NamespaceLabels(ctx context.Context, r *admission.Request) (labels.Set, error) {
	if r.Resource.GroupResource() == namespaces.GroupResource() && r.Subresource == "" {
		for _, obj := range []meta.Object{r.Object, r.OldObject} {
			if obj != nil {
				return obj.Metadata().Labels, nil
			}
		}
	}
	obj, err := m.reader.Get(ctx, namespaces, "", r.Namespace)
	if err != nil {
		return nil, err
	}
	return obj.Metadata().Labels, nil
}

func selectsObject(r *admission.Request, s *meta.LabelSelector) (bool, error) {
	if isEmpty(s) {
		return true, nil
	}
	selector, err := labels.FromLabelSelector(s)
	if err != nil {
		return false, err
	}
	for _, obj := range []meta.Object{r.Object, r.OldObject} {
		if obj != nil && selector.Matches(obj.Metadata().Labels) {
			return true, nil
		}
	}
	return false, nil
}

func isEmpty(s *meta.LabelSelector) bool {
	return s == nil || len(s.MatchLabels) == 0 && len(s.MatchExpressions) == 0
}

// Show returns an object of the request in the version of the hit. It may be the
// object itself, which must not be changed.
func (m *Matcher) Show(obj meta.Object, hit *Hit) (meta.Object, error) {
	if obj == nil {
		return nil, nil
	}
	own, ok := m.scheme.Kind(obj)
	if !ok || own == hit.Kind || own.GroupKind() != hit.Kind.GroupKind() {
		return obj, nil
	}
	converted, err := m.scheme.Convert(obj, hit.Kind.GroupVersion())
	if err != nil {
		return nil, fmt.Errorf("show %s as %s: %w", own, hit.Kind, err)
	}
	return converted, nil
}

// Take makes obj, in a version that is served, the object of the request: in the
// version that the request has it in, and with defaults.
func (m *Matcher) Take(r *admission.Request, obj meta.Object) error {
	own, known := m.scheme.Kind(r.Object)
	if !known {
		return fmt.Errorf("the object of the request, a %T, is of no known kind", r.Object)
	}
	converted, err := m.scheme.Convert(obj, own.GroupVersion())
	if err != nil {
		return err
	}
	if err := codec.ApplyDefaults(converted); err != nil {
		return err
	}
	if resource, ok := m.scheme.ResourceOf(own); ok && resource.Default != nil {
		resource.Default(converted)
	}
	*converted.TypeMetadata() = *r.Object.TypeMetadata()
	r.Object = converted
	return nil
}

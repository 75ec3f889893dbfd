package deployment

import (
	"maps"
	"slices"
	"strings"
	"time"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// View is what there is to decide on. Nothing of it is changed.
type View struct {
	Deployment *appsv1.Deployment
	Sets       []*appsv1.ReplicaSet // those that the Deployment owns
	// Running gives the number of Pods of a ReplicaSet that have not finished,
	// terminating ones included. Only the Recreate strategy asks.
	Running func(*appsv1.ReplicaSet) int
	Now     time.Time
}

// Plan is what to do about a Deployment, in this order.
type Plan struct {
	Create *appsv1.ReplicaSet   // the ReplicaSet of a new template, or nil
	Update []Change             // ReplicaSets to change
	Delete []*appsv1.ReplicaSet // old ones beyond the history limit
	// Status and Revision are what the Deployment should have then. An empty
	// Revision leaves the annotation alone.
	Status   appsv1.DeploymentStatus
	Revision string
	// After is when to look again although nothing has changed; 0 is never.
	After time.Duration
}

// Change is a ReplicaSet to write, and the replicas that it had before.
type Change struct {
	Set  *appsv1.ReplicaSet
	From int32
}

// set is a ReplicaSet together with what it is to become.
type set struct {
	was         *appsv1.ReplicaSet
	size        int32
	annotations map[string]string
	minReady    int32
}

func newSet(rs *appsv1.ReplicaSet) *set {
	return &set{was: rs, size: replicas(rs.Spec.Replicas), annotations: rs.Annotations, minReady: rs.Spec.MinReadySeconds}
}

// annotate sets annotations; the map of the cache stays as it is.
func (s *set) annotate(values map[string]string) {
	for key, value := range values {
		if have, ok := s.annotations[key]; ok && have == value {
			continue
		}
		next := make(map[string]string, len(s.annotations)+len(values))
		maps.Copy(next, s.annotations)
		maps.Copy(next, values)
		s.annotations = next
		return
	}
}

// change returns what to write, if anything.
func (s *set) change() (Change, bool) {
	from := replicas(s.was.Spec.Replicas)
	if s.size == from && s.minReady == s.was.Spec.MinReadySeconds && maps.Equal(s.annotations, s.was.Annotations) {
		return Change{}, false
	}
	next := codec.DeepCopy(s.was)
	next.Spec.Replicas = &s.size
	next.Spec.MinReadySeconds = s.minReady
	next.Annotations = s.annotations
	return Change{Set: next, From: from}, true
}

func replicas(n *int32) int32 {
	if n == nil {
		return 1 // as the server fills in
	}
	return *n
}

// planner works out one Plan.
type planner struct {
	View
	d      *appsv1.Deployment
	want   int32
	new    *set   // of the present template; nil: none yet
	old    []*set // oldest first
	create bool   // new is to be made
	status appsv1.DeploymentStatus
	plan   Plan
}

// Decide returns what to do next about a Deployment. The error says that its
// template cannot be encoded, which does not happen to what a server stores.
func Decide(v View) (Plan, error) {
	p := &planner{View: v, d: v.Deployment, want: replicas(v.Deployment.Spec.Replicas), status: v.Deployment.Status}
	p.status.Conditions = slices.Clone(p.status.Conditions)
	p.sortOut()
	if err := p.decide(); err != nil {
		return Plan{}, err
	}
	p.plan.Status = p.status
	if p.create {
		p.plan.Create = p.built()
	}
	for _, s := range p.all() {
		if s == p.new && p.create {
			continue
		}
		if change, ok := s.change(); ok {
			p.plan.Update = append(p.plan.Update, change)
		}
	}
	return p.plan, nil
}

func (p *planner) decide() error {
	if p.d.DeletionTimestamp != nil {
		p.observe()
		return nil
	}
	p.notePause()
	switch {
	case p.d.Spec.Paused:
		p.adoptRevision()
		p.resize()
		p.cleanUp()
		p.observe()
		return nil
	case p.resized():
		p.adoptRevision()
		p.resize()
		p.observe()
		return nil
	case p.d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType:
		return p.recreate()
	}
	return p.roll()
}

// sortOut tells the ReplicaSet of the present template from the old ones.
func (p *planner) sortOut() {
	sorted := slices.Clone(p.Sets)
	slices.SortFunc(sorted, byAge)
	for _, rs := range sorted {
		// Several with the same template should not be; the oldest counts, so
		// that everybody who looks picks the same.
		if p.new == nil && SameTemplate(&rs.Spec.Template, &p.d.Spec.Template) {
			p.new = newSet(rs)
			continue
		}
		p.old = append(p.old, newSet(rs))
	}
}

func byAge(a, b *appsv1.ReplicaSet) int {
	if c := a.CreationTimestamp.Compare(b.CreationTimestamp.Time); c != 0 {
		return c
	}
	return strings.Compare(a.Name, b.Name)
}

// all returns the old sets and, if there is one, the new.
func (p *planner) all() []*set {
	if p.new == nil {
		return p.old
	}
	return append(slices.Clip(p.old), p.new)
}

func total(sets []*set) int32 {
	sum := int32(0)
	for _, s := range sets {
		sum += s.size
	}
	return sum
}

func available(sets []*set) int32 {
	sum := int32(0)
	for _, s := range sets {
		sum += s.was.Status.AvailableReplicas
	}
	return sum
}

// built returns the ReplicaSet to create.
func (p *planner) built() *appsv1.ReplicaSet {
	rs := codec.DeepCopy(p.new.was)
	rs.Spec.Replicas = &p.new.size
	rs.Annotations = p.new.annotations
	return rs
}

var deploymentKind = meta.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"}

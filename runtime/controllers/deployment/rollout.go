package deployment

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
)

// roll moves Pods from the old sets to the new one, as many at a time as
// maxSurge and maxUnavailable allow.
func (p *planner) roll() error {
	if err := p.makeRevision(); err != nil {
		return err
	}
	if !p.growNew() && !p.shrinkOld() && p.complete(p.d.Status) {
		p.cleanUp()
	}
	p.report()
	return nil
}

// recreate lets all old Pods go before the first new one comes.
func (p *planner) recreate() error {
	p.adoptRevision()
	shrunk := false
	for _, s := range p.old {
		shrunk = p.scale(s, 0) || shrunk
	}
	if shrunk || p.oldRunning() {
		p.report()
		return nil
	}
	if err := p.makeRevision(); err != nil {
		return err
	}
	if !p.create {
		p.scale(p.new, p.want)
	}
	if p.complete(p.d.Status) {
		p.cleanUp()
	}
	p.report()
	return nil
}

func (p *planner) oldRunning() bool {
	for _, s := range p.old {
		if s.was.Status.Replicas > 0 || p.Running != nil && p.Running(s.was) > 0 {
			return true
		}
	}
	return false
}

// scale gives a set a size, and reports whether that is another one.
func (p *planner) scale(s *set, size int32) bool {
	changed := s.size != size
	s.size = size
	if changed {
		p.annotateSize(s)
	}
	return changed
}

// growNew brings the new set towards its full size.
func (p *planner) growNew() bool {
	if p.create || p.new.size == p.want {
		return false // it was made as large as it may be
	}
	if p.new.size > p.want {
		return p.scale(p.new, p.want)
	}
	return p.scale(p.new, p.newSize())
}

// newSize returns how large the new set may be now.
func (p *planner) newSize() int32 {
	if p.d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType {
		return p.want
	}
	most := p.want + p.surge()
	now := total(p.all())
	if now >= most {
		return p.new.size
	}
	return p.new.size + min(most-now, p.want-p.new.size)
}

// shrinkOld takes Pods from the old sets, the unhealthy ones first, and reports
// whether it took any.
func (p *planner) shrinkOld() bool {
	if total(p.old) == 0 {
		return false
	}
	least := p.want - p.unavailable()
	missing := p.new.size - p.new.was.Status.AvailableReplicas
	budget := total(p.all()) - least - missing
	if budget <= 0 {
		return false
	}
	shrunk := false
	// Pods that do not work are no loss, and waiting for them would block a
	// rollout that is there to repair them.
	for _, s := range p.old {
		broken := s.size - s.was.Status.AvailableReplicas
		if n := min(budget, broken); s.size > 0 && n > 0 {
			p.scale(s, s.size-n)
			budget -= n
			shrunk = true
		}
	}
	spare := available(p.all()) - least
	for _, s := range p.old {
		if n := min(spare, s.size); n > 0 {
			p.scale(s, s.size-n)
			spare -= n
			shrunk = true
		}
	}
	return shrunk
}

// surge is how many Pods there may be above the size that is asked for.
func (p *planner) surge() int32 {
	if p.d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType {
		return 0
	}
	surge, _ := fenceposts(p.d)
	return surge
}

// unavailable is how many Pods may be missing from the size that is asked for.
func (p *planner) unavailable() int32 {
	if p.d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType || p.want == 0 {
		return 0
	}
	_, unavailable := fenceposts(p.d)
	return min(unavailable, p.want)
}

// fenceposts resolves the percentages of a rolling update: the surge is rounded
// up, what may be unavailable down. Both being 0 would let nothing move; then
// one may be unavailable.
func fenceposts(d *appsv1.Deployment) (surge, unavailable int32) {
	want := int(replicas(d.Spec.Replicas))
	if rolling := d.Spec.Strategy.RollingUpdate; rolling != nil {
		if rolling.MaxSurge != nil {
			n, _ := rolling.MaxSurge.Scaled(want, true)
			surge = int32(n)
		}
		if rolling.MaxUnavailable != nil {
			n, _ := rolling.MaxUnavailable.Scaled(want, false)
			unavailable = int32(n)
		}
	}
	if surge == 0 && unavailable == 0 {
		return 0, 1
	}
	return surge, unavailable
}

// resized reports whether somebody has changed the size of the Deployment since
// its sets got theirs.
func (p *planner) resized() bool {
	for _, s := range p.all() {
		if s.size == 0 {
			continue
		}
		if n, ok := number(s, appsv1.DeploymentDesiredReplicasAnnotation); ok && n != p.want {
			return true
		}
	}
	return false
}

// resize shares a new size of the Deployment out among its sets. In the middle
// of a rollout each gets a share that is proportional to what it has, so that
// a bad new template does not get all of the growth.
func (p *planner) resize() {
	if s := p.only(); s != nil {
		p.scale(s, p.want)
		p.annotateSize(s) // even if it has that size: else it would seem resized for ever
		return
	}
	if p.saturated() {
		for _, s := range p.old {
			p.scale(s, 0)
		}
		return
	}
	var active []*set
	for _, s := range p.all() {
		if s.size > 0 {
			active = append(active, s)
		}
	}
	if p.d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType {
		// The strategy was changed in the middle of a rollout. The old sets go
		// as soon as this does not look like a change of size any more.
		for _, s := range active {
			p.annotateSize(s)
		}
		return
	}
	allowed := int32(0)
	if p.want > 0 {
		allowed = p.want + p.surge()
	}
	toAdd := allowed - total(active)
	// The larger come first; of the same size the newer if there is something
	// to get, the older if there is something to lose.
	slices.SortStableFunc(active, func(a, b *set) int {
		if c := cmp.Compare(b.size, a.size); c != 0 {
			return c
		}
		if toAdd > 0 {
			return byAge(b.was, a.was)
		}
		return byAge(a.was, b.was)
	})
	added := int32(0)
	sizes := make([]int32, len(active))
	for i, s := range active {
		share := p.share(s, toAdd, added)
		sizes[i] = s.size + share
		added += share
	}
	for i, s := range active {
		if i == 0 {
			sizes[i] = max(sizes[i]+toAdd-added, 0) // what rounding has left over
		}
		s.size = sizes[i]
		p.annotateSize(s)
	}
}

// only returns the one set that all of a new size goes to: the one that has
// Pods or, if none has, the latest. It is nil in the middle of a rollout.
func (p *planner) only() *set {
	var active []*set
	for _, s := range p.all() {
		if s.size > 0 {
			active = append(active, s)
		}
	}
	switch {
	case len(active) == 1:
		return active[0]
	case len(active) > 1:
		return nil
	case p.new != nil:
		return p.new
	case len(p.old) > 0:
		return p.old[len(p.old)-1]
	}
	return nil
}

// saturated reports whether the new set has everything that is asked for.
func (p *planner) saturated() bool {
	if p.new == nil {
		return false
	}
	desired, ok := number(p.new, appsv1.DeploymentDesiredReplicasAnnotation)
	return ok && p.new.size == p.want && desired == p.want && p.new.was.Status.AvailableReplicas == p.want
}

// share returns what a set gets of toAdd, which may be negative, of which added
// is given out already.
func (p *planner) share(s *set, toAdd, added int32) int32 {
	if s.size == 0 || toAdd == 0 || toAdd == added {
		return 0
	}
	left := toAdd - added
	fraction := p.fraction(s)
	if toAdd > 0 {
		return min(fraction, left)
	}
	return max(fraction, left)
}

// fraction returns by how much a set would grow or shrink if it kept its share
// of the Deployment.
func (p *planner) fraction(s *set) int32 {
	if p.want == 0 {
		return -s.size
	}
	before, ok := number(s, appsv1.DeploymentMaxReplicasAnnotation)
	if !ok || before == 0 {
		// It was not made by this controller: what the status says must do.
		if before = p.d.Status.Replicas; before == 0 {
			return 0
		}
	}
	size := float64(s.size) * float64(p.want+p.surge()) / float64(before)
	return int32(math.Round(size)) - s.size
}

func number(s *set, annotation string) (int32, bool) {
	n, err := strconv.ParseInt(s.annotations[annotation], 10, 32)
	return int32(n), err == nil
}

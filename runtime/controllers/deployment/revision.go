package deployment

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// SameTemplate reports whether two templates ask for the same Pods, whatever
// hash label they carry.
func SameTemplate(a, b *corev1.PodTemplateSpec) bool {
	return codec.Equal(withoutHash(a), withoutHash(b))
}

func withoutHash(t *corev1.PodTemplateSpec) *corev1.PodTemplateSpec {
	if _, has := t.Labels[appsv1.DefaultDeploymentUniqueLabelKey]; !has {
		return t
	}
	without := *t
	without.Labels = maps.Clone(t.Labels)
	delete(without.Labels, appsv1.DefaultDeploymentUniqueLabelKey)
	return &without
}

// adoptRevision makes the ReplicaSet of the present template, if there is one,
// the latest revision, and gives it what the Deployment says of all.
func (p *planner) adoptRevision() {
	if p.new == nil {
		return
	}
	p.number(p.latest() + 1)
	p.new.minReady = p.d.Spec.MinReadySeconds
	p.plan.Revision = p.new.annotations[appsv1.DeploymentRevisionAnnotation]
	if p.hasDeadline() && condition(p.status.Conditions, appsv1.DeploymentProgressing) == nil {
		p.progress(corev1.ConditionTrue, "FoundNewReplicaSet", "Found new replica set %q", p.new.was.Name)
	}
}

// makeRevision is adoptRevision, and makes the ReplicaSet if there is none.
func (p *planner) makeRevision() error {
	if p.new != nil {
		p.adoptRevision()
		return nil
	}
	hash, err := workload.Hash(&p.d.Spec.Template, p.d.Status.CollisionCount)
	if err != nil {
		return err
	}
	template := *codec.DeepCopy(&p.d.Spec.Template)
	template.Labels = workload.WithLabel(template.Labels, appsv1.DefaultDeploymentUniqueLabelKey, hash)
	p.new = newSet(&appsv1.ReplicaSet{
		ObjectMeta: meta.ObjectMeta{
			Namespace: p.d.Namespace, Name: p.d.Name + "-" + hash, Labels: template.Labels,
			OwnerReferences: []meta.OwnerReference{meta.NewControllerRef(p.d, deploymentKind)},
		},
		Spec: appsv1.ReplicaSetSpec{
			Replicas: new(int32), MinReadySeconds: p.d.Spec.MinReadySeconds,
			Selector: workload.SelectorWithLabel(p.d.Spec.Selector, appsv1.DefaultDeploymentUniqueLabelKey, hash),
			Template: template,
		},
	})
	p.create = true
	p.new.size = p.newSize()
	p.number(p.latest() + 1)
	p.annotateSize(p.new)
	p.plan.Revision = p.new.annotations[appsv1.DeploymentRevisionAnnotation]
	if p.hasDeadline() {
		p.progress(corev1.ConditionTrue, "NewReplicaSetCreated", "Created new replica set %q", p.new.was.Name)
	}
	return nil
}

// latest returns the highest revision among the old sets.
func (p *planner) latest() int64 {
	latest := int64(0)
	for _, s := range p.old {
		latest = max(latest, revision(s.was))
	}
	return latest
}

func revision(rs *appsv1.ReplicaSet) int64 {
	n, err := strconv.ParseInt(rs.Annotations[appsv1.DeploymentRevisionAnnotation], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// historyLimit is how long the list of a set's former revisions may become.
const historyLimit = 2000

// notInherited are the annotations of a Deployment that say something about
// itself, and not about its ReplicaSets.
var notInherited = []string{
	corev1.LastAppliedConfigAnnotation, appsv1.DeploymentRevisionAnnotation, appsv1.DeploymentRevisionHistoryAnnotation,
	appsv1.DeploymentDesiredReplicasAnnotation, appsv1.DeploymentMaxReplicasAnnotation, "deprecated.deployment.rollback.to",
}

// number gives the new set the annotations of the Deployment and, if its own
// revision is lower, the number given. The revision that it had goes into its
// history.
func (p *planner) number(next int64) {
	values := map[string]string{}
	for key, value := range p.d.Annotations {
		if !slices.Contains(notInherited, key) {
			values[key] = value
		}
	}
	had, numbered := p.new.was.Annotations[appsv1.DeploymentRevisionAnnotation]
	if revision(p.new.was) < next {
		values[appsv1.DeploymentRevisionAnnotation] = strconv.FormatInt(next, 10)
		if numbered {
			values[appsv1.DeploymentRevisionHistoryAnnotation] = history(p.new.was.Annotations[appsv1.DeploymentRevisionHistoryAnnotation], had)
		}
	}
	p.new.annotate(values)
}

// history appends a revision to a list of them, and drops the oldest where the
// list becomes too long.
func history(before, revision string) string {
	if before == "" {
		return revision
	}
	all := before + "," + revision
	for len(all) > historyLimit {
		_, rest, ok := strings.Cut(all, ",")
		if !ok {
			return ""
		}
		all = rest
	}
	return all
}

// annotateSize notes in a set for how large a Deployment it has its size, which
// is what a later change of that is measured against.
func (p *planner) annotateSize(s *set) {
	s.annotate(map[string]string{
		appsv1.DeploymentDesiredReplicasAnnotation: strconv.Itoa(int(p.want)),
		appsv1.DeploymentMaxReplicasAnnotation:     strconv.Itoa(int(p.want + p.surge())),
	})
}

// cleanUp deletes what the history limit leaves no room for. A set that still
// has Pods, or may have, stays.
func (p *planner) cleanUp() {
	limit := p.d.Spec.RevisionHistoryLimit
	if limit == nil {
		return
	}
	var kept []*set
	for _, s := range p.old {
		if s.was.DeletionTimestamp == nil {
			kept = append(kept, s)
		}
	}
	excess := len(kept) - int(*limit)
	if excess <= 0 {
		return
	}
	slices.SortStableFunc(kept, func(a, b *set) int {
		switch x, y := revision(a.was), revision(b.was); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return byAge(a.was, b.was)
	})
	for _, s := range kept[:excess] {
		if s.was.Status.Replicas == 0 && s.size == 0 && replicas(s.was.Spec.Replicas) == 0 && s.was.Generation <= s.was.Status.ObservedGeneration {
			p.plan.Delete = append(p.plan.Delete, s.was)
		}
	}
}

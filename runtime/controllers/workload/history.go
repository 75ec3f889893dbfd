package workload

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// History keeps the Pod templates that owners of one kind have had, as
// ControllerRevisions that kubectl rollout history and undo can read. The newest
// revision is the present template.
type History struct {
	Cache *client.Cache[appsv1.ControllerRevision]
	c     client.Client
	kind  meta.GroupVersionKind
	wrote *Behind[appsv1.ControllerRevision, *appsv1.ControllerRevision]
}

// NewHistory returns the history of a set of caches, for owners of that kind.
func NewHistory(caches *client.Caches, kind meta.GroupVersionKind) *History {
	cache := client.CacheOf(caches, client.CacheOptions[appsv1.ControllerRevision]{Indexers: Indexers[appsv1.ControllerRevision]()})
	return &History{Cache: cache, c: caches.Client(), kind: kind, wrote: NewBehind(cache)}
}

// Settled reports whether the cache shows all that was written for the owner.
func (h *History) Settled(owner client.Key) bool { return h.wrote.Settled(owner) }

// Forget drops what is remembered of an owner that is gone.
func (h *History) Forget(owner client.Key) { h.wrote.Forget(owner) }

// Claim returns the revisions of an owner, the oldest first.
func (h *History) Claim(ctx context.Context, owner Owner) ([]*appsv1.ControllerRevision, error) {
	revisions, err := Claim(ctx, h.c, h.Cache, owner)
	SortRevisions(revisions)
	return revisions, err
}

// SortRevisions puts the oldest first.
func SortRevisions(revisions []*appsv1.ControllerRevision) {
	slices.SortFunc(revisions, func(a, b *appsv1.ControllerRevision) int {
		if c := cmp.Compare(a.Revision, b.Revision); c != 0 {
			return c
		}
		if c := a.CreationTimestamp.Compare(b.CreationTimestamp.Time); c != 0 {
			return c
		}
		return cmp.Compare(a.Name, b.Name)
	})
}

// Present is what there is to know of a template that is to be the newest
// revision.
type Present struct {
	Template   *corev1.PodTemplateSpec
	Collisions *int32 // of the owner's status
	HashLabel  string // where the revision's hash goes
}

// A CollisionError says that the name of a new revision is taken by something
// else. Raise the owner's status.collisionCount and try again.
type CollisionError struct{ Name string }

// Error implements error.
func (e *CollisionError) Error() string {
	return fmt.Sprintf("controller revision %s exists already and is of another template", e.Name)
}

// Ensure returns all revisions after making the present template the newest
// one: an old revision with the same template gets the next number, else there
// is a new one. Revisions are what Claim has returned.
func (h *History) Ensure(ctx context.Context, owner meta.Object, revisions []*appsv1.ControllerRevision, now Present) ([]*appsv1.ControllerRevision, error) {
	next := int64(1)
	if n := len(revisions); n > 0 {
		next = revisions[n-1].Revision + 1
	}
	key := client.KeyOf(owner)
	in := client.Of[appsv1.ControllerRevision](h.c).In(key.Namespace)
	for i := len(revisions) - 1; i >= 0; i-- {
		if !IsOfTemplate(revisions[i], now.Template) {
			continue
		}
		if i == len(revisions)-1 {
			return revisions, nil
		}
		again := codec.DeepCopy(revisions[i])
		again.Revision = next
		if err := in.Update(ctx, again); err != nil {
			return nil, fmt.Errorf("controller revision %s: %w", again.Name, err)
		}
		h.wrote.Wrote(key, again)
		return append(slices.Delete(slices.Clone(revisions), i, i+1), again), nil
	}
	fresh, err := newRevision(owner, h.kind, next, now)
	if err != nil {
		return nil, err
	}
	name := fresh.Name
	err = in.Create(ctx, fresh)
	if meta.IsAlreadyExists(err) {
		if fresh, err = in.Get(ctx, name); err != nil {
			return nil, err
		}
		if ref := meta.ControllerOf(fresh); ref == nil || ref.UID != owner.Metadata().UID || !IsOfTemplate(fresh, now.Template) {
			return nil, &CollisionError{Name: name}
		}
	} else if err != nil {
		return nil, fmt.Errorf("controller revision %s: %w", name, err)
	}
	h.wrote.Wrote(key, fresh)
	return append(slices.Clone(revisions), fresh), nil
}

// Trim deletes the oldest revisions that nothing is of, as far as there are
// more than limit of those.
func (h *History) Trim(ctx context.Context, owner meta.Object, revisions []*appsv1.ControllerRevision, limit *int32, used func(*appsv1.ControllerRevision) bool) error {
	in := client.Of[appsv1.ControllerRevision](h.c).In(owner.Metadata().Namespace)
	for _, r := range Unneeded(revisions, limit, used) {
		if err := in.Delete(ctx, r.Name, meta.DeleteOptions{Preconditions: &meta.Preconditions{UID: &r.UID}}); err != nil && !meta.IsNotFound(err) {
			return fmt.Errorf("delete controller revision %s: %w", r.Name, err)
		}
	}
	return nil
}

// defaultHistoryLimit is how many old revisions stay where nothing is said.
const defaultHistoryLimit = 10

// Unneeded returns what Trim deletes. The newest revision is always needed.
func Unneeded(revisions []*appsv1.ControllerRevision, limit *int32, used func(*appsv1.ControllerRevision) bool) []*appsv1.ControllerRevision {
	keep := defaultHistoryLimit
	if limit != nil {
		keep = int(*limit)
	}
	var old []*appsv1.ControllerRevision
	for i, r := range revisions {
		if i < len(revisions)-1 && !used(r) && r.DeletionTimestamp == nil {
			old = append(old, r)
		}
	}
	return old[:max(len(old)-keep, 0)]
}

func newRevision(owner meta.Object, kind meta.GroupVersionKind, number int64, now Present) (*appsv1.ControllerRevision, error) {
	hash, err := Hash(now.Template, now.Collisions)
	if err != nil {
		return nil, err
	}
	data, err := templatePatch(now.Template)
	if err != nil {
		return nil, err
	}
	m := owner.Metadata()
	prefix := m.Name
	if len(prefix) > maxRevisionPrefix {
		prefix = prefix[:maxRevisionPrefix]
	}
	return &appsv1.ControllerRevision{
		ObjectMeta: meta.ObjectMeta{
			Namespace: m.Namespace, Name: prefix + "-" + hash,
			Labels: WithLabel(now.Template.Labels, now.HashLabel, hash), Annotations: maps.Clone(m.Annotations),
			OwnerReferences: []meta.OwnerReference{meta.NewControllerRef(owner, kind)},
		},
		Data: meta.RawExtension{Raw: data}, Revision: number,
	}, nil
}

// maxRevisionPrefix leaves room for the hash in the 253 bytes of a name.
const maxRevisionPrefix = 253 - 1 - hashLength

// revisionData is what a revision holds: a strategic merge patch that brings
// the template of its owner back.
type revisionData struct {
	Spec struct {
		Template corev1.PodTemplateSpec `json:"template"`
	} `json:"spec"`
}

func templatePatch(t *corev1.PodTemplateSpec) ([]byte, error) {
	template, err := codec.ToMap(t)
	if err != nil {
		return nil, err
	}
	template["$patch"] = "replace"
	return codec.MarshalJSON(map[string]any{"spec": map[string]any{"template": template}})
}

// TemplateOf returns the Pod template that a revision holds.
func TemplateOf(r *appsv1.ControllerRevision) (*corev1.PodTemplateSpec, error) {
	var data revisionData
	if _, err := codec.UnmarshalJSON(r.Data.Raw, &data, codec.DecodeOptions{}); err != nil {
		return nil, fmt.Errorf("controller revision %s: %w", r.Name, err)
	}
	return &data.Spec.Template, nil
}

// IsOfTemplate reports whether a revision holds that template, whatever the
// order in which it was written down.
func IsOfTemplate(r *appsv1.ControllerRevision, t *corev1.PodTemplateSpec) bool {
	have, err := TemplateOf(r)
	return err == nil && codec.Equal(have, t)
}

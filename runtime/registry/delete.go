package registry

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage"
)

// Delete removes an object, or starts to: finalizers and a grace period hold
// it for a while.
func (r *Registry) Delete(ctx context.Context, q *Request, opts meta.DeleteOptions) (Deleted, error) {
	if q.Resource.Virtual || q.Subresource != "" {
		return Deleted{}, meta.NoSuchMethod()
	}
	c, err := r.collectionOf(q.Resource)
	if err != nil {
		return Deleted{}, err
	}
	c.warnOfOrphans(q, opts)
	return r.remove(ctx, q, c, opts)
}

// warnOfOrphans tells clients of kinds whose dependents stay by default.
func (c *collection) warnOfOrphans(q *Request, opts meta.DeleteOptions) {
	unsafe := opts.IgnoreStoreReadErrorWithClusterBreakingPotential
	if c.hub.OrphanNotice != "" && opts.PropagationPolicy == nil && opts.OrphanDependents == nil && (unsafe == nil || !*unsafe) {
		q.warn(c.hub.OrphanNotice)
	}
}

// remove deletes one object, again and again while others change it.
func (r *Registry) remove(ctx context.Context, q *Request, c *collection, opts meta.DeleteOptions) (Deleted, error) {
	key := c.key(q.Namespace, q.Name)
	if deleted, done, err := r.removeCached(ctx, q, c, opts, key); done {
		return deleted, err
	}
	for {
		if err := ctx.Err(); err != nil {
			return Deleted{}, storeError(context.Cause(ctx))
		}
		live, kv, err := c.live(ctx, key)
		if err != nil {
			return Deleted{}, err
		}
		if live == nil {
			return Deleted{}, meta.NotFound(c.resource(q), q.Name)
		}
		deleted, _, err := r.removeOnce(ctx, q, c, opts, key, live, kv)
		if errors.Is(err, storage.ErrConflict) || errors.Is(err, storage.ErrNotFound) {
			continue
		}
		return deleted, storeError(err)
	}
}

// removeCached makes the first attempt on what the cache has, as changeCached does.
func (r *Registry) removeCached(ctx context.Context, q *Request, c *collection, opts meta.DeleteOptions, key string) (_ Deleted, done bool, _ error) {
	cached := c.cached(ctx, key)
	if cached == nil {
		return Deleted{}, false, nil
	}
	live, err := cached.Typed()
	if err != nil {
		return Deleted{}, false, nil
	}
	kv := storage.KV{Key: key, Value: cached.Stored, Modified: cached.Revision, Created: cached.Created}
	deleted, wrote, err := r.removeOnce(ctx, q, c, opts, key, live, kv)
	if errors.Is(err, storage.ErrConflict) || errors.Is(err, storage.ErrNotFound) {
		return Deleted{}, false, nil
	}
	if wrote {
		return deleted, true, storeError(err)
	}
	now, _, readErr := c.store.Get(ctx, key)
	if readErr != nil || now.Modified != cached.Revision {
		return Deleted{}, false, nil
	}
	return deleted, true, storeError(err)
}

// removeOnce is one attempt; errors and wrote are as in changeOnce.
func (r *Registry) removeOnce(ctx context.Context, q *Request, c *collection, opts meta.DeleteOptions, key string, live meta.Object, kv storage.KV) (_ Deleted, wrote bool, _ error) {
	if unsafe := opts.IgnoreStoreReadErrorWithClusterBreakingPotential; unsafe != nil && *unsafe {
		return Deleted{}, false, meta.Conflict(c.resource(q), q.Name, fmt.Errorf("StorageError: invalid object, Code: 4, Key: %s, ResourceVersion: 0, "+
			"AdditionalErrorMsg: unsafe deletion is not allowed because the object is decodable from storage", key))
	}
	if err := c.checkPreconditions(opts.Preconditions, live); err != nil {
		return Deleted{}, false, err
	}
	dryRun := isDryRun(opts.DryRun)
	adm := r.admissionRequest(q, c, admission.Delete, &opts, dryRun)
	adm.Name, adm.OldObject = q.Name, live
	if err := r.admit(ctx, adm); err != nil {
		return Deleted{}, false, err
	}
	if err := r.admitFinally(ctx, adm); err != nil {
		return Deleted{}, false, err
	}
	var doomed meta.Object
	if c.hooks.delete != nil {
		doomed = codec.Copy(live).(meta.Object)
	} else {
		doomed = shallow(live) // marking replaces parts of the metadata, and nothing below
	}
	stays := c.mark(doomed, &opts, r.now())
	data, err := c.encode(doomed)
	if err != nil {
		return Deleted{}, false, err
	}
	if stays {
		var obj meta.Object
		if dryRun || bytes.Equal(data, kv.Value) {
			obj, err = c.decode(data, kv.Modified)
		} else {
			wrote = true
			obj, err = c.put(key, doomed, data, func() (storage.Revision, error) { return c.store.Update(ctx, key, kv.Modified, data, c.ttl) })
		}
		if err != nil {
			return Deleted{}, wrote, err
		}
		obj, err = c.fromHub(q.Resource, obj)
		return Deleted{Object: obj}, wrote, err
	}
	if !dryRun {
		if err := c.erase(ctx, key, kv, doomed, data); err != nil {
			return Deleted{}, true, err
		}
		c.removed(doomed)
	}
	deleted, err := c.gone(q, doomed)
	return deleted, !dryRun, err
}

// erase removes the key. If marking the object has changed it, that is stored
// first, so that watchers see the object's last state as it was answered.
func (c *collection) erase(ctx context.Context, key string, kv storage.KV, doomed meta.Object, data []byte) error {
	revision := kv.Modified
	if !bytes.Equal(data, kv.Value) && c.hub.GracePeriod != nil {
		_, err := c.put(key, shallow(doomed), data, func() (_ storage.Revision, err error) {
			revision, err = c.store.Update(ctx, key, kv.Modified, data, c.ttl)
			return revision, err
		})
		if err != nil {
			return err
		}
	}
	gone, err := c.store.Delete(ctx, key, revision)
	switch {
	case err == nil:
		c.recent.wrote(key, gone)
	case errors.Is(err, storage.ErrNotFound) && revision != kv.Modified:
		return nil // the kubelet was faster: gone is gone
	}
	return err
}

// gone is the answer to a deletion that is complete.
func (c *collection) gone(q *Request, obj meta.Object) (Deleted, error) {
	if cmp.Or(q.Resource, c.hub).DeleteAnswersObject {
		seen, err := c.fromHub(q.Resource, obj)
		return Deleted{Object: seen, Gone: true}, err
	}
	resource := c.resource(q)
	return Deleted{Gone: true, Status: &meta.Status{
		TypeMeta: meta.TypeMeta{Kind: "Status", APIVersion: "v1"},
		Status:   meta.StatusSuccess,
		Details: &meta.StatusDetails{
			Name: obj.Metadata().Name, Group: resource.Group, Kind: resource.Resource, UID: obj.Metadata().UID,
		},
	}}, nil
}

// checkPreconditions holds what the client insists on against the live object.
func (c *collection) checkPreconditions(want *meta.Preconditions, live meta.Object) error {
	if want == nil {
		return nil
	}
	m := live.Metadata()
	// Kubernetes names the kind here, where it names the resource elsewhere.
	kind := meta.GroupResource{Group: c.gvk.Group, Resource: c.gvk.Kind}
	if want.UID != nil && *want.UID != m.UID {
		return meta.Conflict(kind, m.Name, fmt.Errorf("the UID in the precondition (%s) does not match the UID in record (%s). "+
			"The object might have been deleted and then recreated", *want.UID, m.UID))
	}
	if want.ResourceVersion != nil && *want.ResourceVersion != m.ResourceVersion {
		return meta.Conflict(kind, m.Name, fmt.Errorf("the ResourceVersion in the precondition (%s) does not match the ResourceVersion in record (%s). "+
			"The object might have been modified", *want.ResourceVersion, m.ResourceVersion))
	}
	return nil
}

// mark makes obj, a private copy of the stored object, look like one whose
// deletion was asked for, and says whether it stays for now.
func (c *collection) mark(obj meta.Object, opts *meta.DeleteOptions, now meta.Time) (stays bool) {
	m := obj.Metadata()
	if !c.hub.Uncollected {
		m.Finalizers = collectorFinalizers(m.Finalizers, opts, c.hub.DefaultPropagation)
	}
	if c.hooks.delete != nil && !c.hooks.delete(obj, now) {
		return true
	}
	if c.hub.GracePeriod != nil {
		switch begun := m.DeletionTimestamp != nil; {
		case begun && (m.DeletionGracePeriodSeconds == nil || *m.DeletionGracePeriodSeconds == 0):
			// An earlier deletion got as far as this: finish it.
		case begun:
			if opts.GracePeriodSeconds == nil {
				return true
			}
			shorter := *opts.GracePeriodSeconds
			if shorter < 0 {
				shorter = 1 // less than none is the least there is
			}
			if shorter >= *m.DeletionGracePeriodSeconds {
				return true // grace is never prolonged
			}
			at := meta.At(m.DeletionTimestamp.Add(seconds(shorter - *m.DeletionGracePeriodSeconds)))
			m.DeletionTimestamp, m.DeletionGracePeriodSeconds = &at, &shorter
			return shorter > 0 || len(m.Finalizers) > 0
		default:
			if grace, graceful := c.hub.GracePeriod(obj, opts); graceful {
				at := meta.At(now.Add(seconds(grace)))
				m.DeletionTimestamp, m.DeletionGracePeriodSeconds = &at, &grace
				if m.Generation > 0 {
					m.Generation++ // controllers are to see that its state is another now
				}
				return grace > 0 || len(m.Finalizers) > 0
			}
		}
	}
	if len(m.Finalizers) == 0 {
		return false
	}
	if m.DeletionGracePeriodSeconds == nil && m.Generation > 0 {
		m.Generation++
	}
	if m.DeletionTimestamp == nil || m.DeletionTimestamp.After(now.Time) {
		m.DeletionTimestamp = &now
	}
	none := int64(0)
	m.DeletionGracePeriodSeconds = &none
	return true
}

// collectorFinalizers returns finalizers with those of the garbage collector
// put on or taken off as opts asks. What opts leaves open is decided by the
// finalizers that are there, then by the kind.
func collectorFinalizers(finalizers []string, opts *meta.DeleteOptions, byKind meta.DeletionPropagation) []string {
	policy := byKind
	switch {
	case opts.OrphanDependents != nil && *opts.OrphanDependents:
		policy = meta.DeletePropagationOrphan
	case opts.OrphanDependents != nil:
		policy = meta.DeletePropagationBackground
	case opts.PropagationPolicy != nil:
		policy = *opts.PropagationPolicy
	case slices.Contains(finalizers, meta.FinalizerOrphanDependents):
		policy = meta.DeletePropagationOrphan
	case slices.Contains(finalizers, meta.FinalizerDeleteDependents):
		policy = meta.DeletePropagationForeground
	}
	var want string
	switch policy {
	case meta.DeletePropagationOrphan:
		want = meta.FinalizerOrphanDependents
	case meta.DeletePropagationForeground:
		want = meta.FinalizerDeleteDependents
	}
	kept := make([]string, 0, len(finalizers)+1)
	for _, f := range finalizers {
		if f == want || f != meta.FinalizerOrphanDependents && f != meta.FinalizerDeleteDependents {
			kept = append(kept, f)
		}
	}
	if want != "" && !slices.Contains(kept, want) {
		kept = append(kept, want)
	}
	if len(kept) == 0 {
		return nil
	}
	return kept
}

// DeleteCollection deletes the objects that a List of the same options finds,
// and returns them as they were. It stops at the first error; what was deleted
// by then stays deleted.
func (r *Registry) DeleteCollection(ctx context.Context, q *Request, opts meta.DeleteOptions, list meta.ListOptions) (*List, error) {
	if q.Resource.Virtual || q.Subresource != "" {
		return nil, meta.NoSuchMethod()
	}
	c, err := r.collectionOf(q.Resource)
	if err != nil {
		return nil, err
	}
	found, err := r.List(ctx, q, list)
	if err != nil {
		return nil, err
	}
	c.warnOfOrphans(q, opts)
	var items []Item
	for item, err := range found.Items() {
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	var warning sync.Mutex
	workers, inner := errgroup.WithContext(ctx)
	workers.SetLimit(r.deleteWorkers)
	for _, item := range items {
		workers.Go(func() error {
			one := *q
			one.Namespace, one.Name = item.Namespace(), item.Name()
			one.Warn = func(text string) {
				warning.Lock()
				defer warning.Unlock()
				q.warn(text)
			}
			_, err := r.remove(inner, &one, c, opts)
			if meta.IsNotFound(err) {
				return nil
			}
			return err
		})
	}
	if err := workers.Wait(); err != nil {
		return nil, err
	}
	answer := *found
	answer.items = func(yield func(Item, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
	return &answer, nil
}

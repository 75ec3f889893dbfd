package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
	"github.com/kubenucleus/nucleus/storage"
)

// Update replaces an object, or the part of it that the subresource stands
// for, with obj, and returns it as stored. An object without a resource version
// replaces whatever is there; with one it has to be the current one. created
// says that there was no such object, for kinds that a PUT creates.
func (r *Registry) Update(ctx context.Context, q *Request, obj meta.Object, opts meta.UpdateOptions) (_ meta.Object, created bool, _ error) {
	c, f, err := r.writeTarget(q)
	if err != nil {
		return nil, false, err
	}
	m := obj.Metadata()
	if err := checkName(q, m); err != nil {
		return nil, false, err
	}
	dedupeOwners(q, m, asSent)
	conditional := m.ResourceVersion != ""
	return r.change(ctx, q, c, mutation{
		face: f, uid: m.UID, version: m.ResourceVersion, manager: opts.FieldManager, options: &opts, dryRun: isDryRun(opts.DryRun),
		next: func(func() (meta.Object, error)) (meta.Object, error) {
			if conditional {
				return obj, nil // there is no second attempt
			}
			return codec.Copy(obj).(meta.Object), nil
		},
	})
}

// writeTarget finds what an update or patch goes to.
func (r *Registry) writeTarget(q *Request) (*collection, face, error) {
	if q.Resource.Virtual {
		return nil, face{}, meta.NoSuchMethod()
	}
	c, err := r.collectionOf(q.Resource)
	if err != nil {
		return nil, face{}, err
	}
	f, err := c.faceOf(q)
	return c, f, err
}

// checkName holds the name and namespace in a body against those in the path.
func checkName(q *Request, m *meta.ObjectMeta) error {
	switch {
	case m.Name == "":
		return meta.BadRequest(fmt.Sprintf("the name of the object (%s based on URL) was undeterminable: name must be provided", q.Name))
	case m.Name != q.Name:
		return meta.BadRequest(fmt.Sprintf("the name of the object (%s) does not match the name on the URL (%s)", m.Name, q.Name))
	case q.Namespace != "" && m.Namespace != "" && m.Namespace != q.Namespace:
		return elsewhere()
	}
	return nil
}

// mutation is one change of one object, as the client asked for it.
type mutation struct {
	face face
	// next returns what the client wants in place of what it sees now: a private
	// copy, made on demand; see is nil if there is no such object. It runs once an
	// attempt, and gives its result away.
	next func(see func() (meta.Object, error)) (meta.Object, error)
	// uid is what the stored object has to have; empty is any.
	uid meta.UID
	// version is the resource version that the client insists on, if any.
	version string
	// tracked says that next sets managedFields itself, as apply does.
	tracked bool
	manager string
	options any
	dryRun  bool
	// unadmitted says that admission has judged the request already, as a whole
	// that this write is a part of.
	unadmitted bool
}

// change applies a mutation to the live object, again and again while others
// get in between, unless the client insists on a resource version.
func (r *Registry) change(ctx context.Context, q *Request, c *collection, m mutation) (_ meta.Object, created bool, _ error) {
	key := c.key(q.Namespace, q.Name)
	if obj, done, err := r.changeCached(ctx, q, c, m, key); done {
		return obj, false, err
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, false, storeError(context.Cause(ctx))
		}
		live, kv, err := c.live(ctx, key)
		if err != nil {
			return nil, false, err
		}
		if live != nil || m.face.creates {
			if err := c.checkUID(q, key, m, live); err != nil {
				return nil, false, err
			}
		}
		if live == nil {
			obj, err := r.createByChange(ctx, q, c, m)
			if meta.IsAlreadyExists(err) && !m.dryRun {
				continue // somebody else created it just now
			}
			return obj, err == nil, err
		}
		obj, _, err := r.changeOnce(ctx, q, c, m, key, live, kv)
		if errors.Is(err, storage.ErrConflict) || errors.Is(err, storage.ErrNotFound) {
			continue
		}
		return obj, false, storeError(err)
	}
}

// changeCached makes the first attempt on what the cache has, which is mostly
// the newest state and need not be read and decoded. The store refuses the
// write if it is not. Anything else that comes out, a refusal, a dry run or that
// nothing changes, counts only if the store has that same state; done is false
// if it has another, and then the attempt has left nothing behind.
func (r *Registry) changeCached(ctx context.Context, q *Request, c *collection, m mutation, key string) (obj meta.Object, done bool, err error) {
	// Only the store knows whether what it has should be written again.
	if t, ok := c.store.(interface{ Transforms() bool }); ok && t.Transforms() {
		return nil, false, nil
	}
	cached := c.cached(ctx, key)
	if cached == nil {
		return nil, false, nil
	}
	// Of a conditional update there is one attempt only: it is given away.
	if m.version != "" && m.version != formatVersion(cached.Revision) {
		return nil, false, nil
	}
	live, err := cached.Typed()
	if err != nil || c.checkUID(q, key, m, live) != nil {
		return nil, false, nil
	}
	kv := storage.KV{Key: key, Value: cached.Stored, Modified: cached.Revision, Created: cached.Created}
	obj, wrote, err := r.changeOnce(ctx, q, c, m, key, live, kv)
	if errors.Is(err, storage.ErrConflict) || errors.Is(err, storage.ErrNotFound) {
		return nil, false, nil
	}
	if wrote {
		return obj, true, storeError(err)
	}
	now, _, readErr := c.store.Get(ctx, key)
	if readErr != nil || now.Modified != cached.Revision {
		return nil, false, nil
	}
	return obj, true, storeError(err)
}

// checkUID refuses a write that is meant for an earlier or later object of
// the same name.
func (c *collection) checkUID(q *Request, key string, m mutation, live meta.Object) error {
	want := m.uid
	if want == "" {
		return nil
	}
	var have meta.UID
	if live != nil {
		have = live.Metadata().UID
	}
	if have == want {
		return nil
	}
	if m.dryRun {
		key = strings.TrimPrefix(key, "/registry") // as it is called before it comes to a store
	}
	return meta.Conflict(c.resource(q), q.Name, fmt.Errorf("StorageError: invalid object, Code: 4, Key: %s, ResourceVersion: 0, "+
		"AdditionalErrorMsg: Precondition failed: UID in precondition: %s, UID in object meta: %s", key, want, have))
}

// createByChange is a PUT or an apply to a name that is not there.
func (r *Registry) createByChange(ctx context.Context, q *Request, c *collection, m mutation) (meta.Object, error) {
	if !m.face.creates {
		return nil, meta.NotFound(c.resource(q), q.Name)
	}
	seen, err := m.next(nil)
	if err != nil {
		return nil, err
	}
	wipeSystemFields(seen.Metadata())
	seen.Metadata().ResourceVersion = "" // a stale one is no obstacle
	if err := placeInNamespace(q.Namespace, seen.Metadata()); err != nil {
		return nil, err
	}
	hub, err := c.toHub(seen)
	if err != nil {
		return nil, err
	}
	if !m.tracked {
		if hub, err = r.trackUpdate(q, c, nil, hub, "", m.manager); err != nil {
			return nil, err
		}
	}
	created, err := r.create(ctx, q, c, hub, m.options, m.dryRun)
	if err != nil {
		return nil, err
	}
	return m.face.show(created)
}

// changeOnce is one attempt. An error that is storage.ErrConflict or
// storage.ErrNotFound means that live is outdated. wrote says that the store
// was asked to write, and with another error it may have; without that, nobody
// has checked that live is the newest state.
func (r *Registry) changeOnce(ctx context.Context, q *Request, c *collection, m mutation, key string, live meta.Object, kv storage.KV) (_ meta.Object, wrote bool, err error) {
	hub, adm, err := r.wanted(ctx, q, c, m, live)
	if err != nil {
		return nil, false, err
	}
	if err := c.checkVersion(q, hub, live); err != nil {
		return nil, false, err
	}
	// Rules must not see changes that they make to the stored object, so live
	// stays apart from here on.
	if err := placeInNamespace(q.Namespace, hub.Metadata()); err != nil {
		return nil, false, err
	}
	c.prepareUpdate(m.face, hub, live)
	if !m.dryRun {
		hub.Metadata().SelfLink = "" // it is on the way to the store that Kubernetes drops it
	}
	var doing effects
	became := notStored
	if m.face.main {
		if doing, err = c.runHooks(ctx, q, hub, live, m.dryRun); err != nil {
			return nil, false, err
		}
		defer func() { doing.done(became) }()
	}
	if c.hasOwnRules(q) {
		if err := c.checkOwn(q, hub, live); err != nil {
			return nil, false, err
		}
	} else if m.face.validate != nil {
		if errs := m.face.validate(hub, live); len(errs) > 0 {
			return nil, false, errs.MoveDeclared(q.Resource.DeclaredField).Status(c.hub.GroupKind(), hub.Metadata().Name)
		}
	}
	if m.face.warnings != nil {
		for _, text := range m.face.warnings(hub, live) {
			q.warn(text)
		}
	}
	removing := c.removable(hub, live)
	if !m.dryRun && !removing {
		if err := doing.reserve(ctx); err != nil {
			return nil, false, err
		}
	}
	if !m.face.throughOwn {
		adm.Object = hub
	}
	if !m.unadmitted {
		if err := r.admitFinally(ctx, adm); err != nil {
			return nil, false, err
		}
	}
	if removing {
		if !m.dryRun {
			revision, err := c.store.Delete(ctx, key, kv.Modified)
			if err != nil {
				return nil, true, err
			}
			c.recent.wrote(key, revision)
			became = removed
			c.removed(live)
		}
		obj, err := m.face.show(hub)
		return obj, became == removed, err
	}
	data, err := c.encodeChange(hub, live, kv)
	if err != nil {
		return nil, false, err
	}
	if m.dryRun || bytes.Equal(data, kv.Value) && !kv.Stale {
		obj, err := c.decode(data, kv.Modified)
		if err != nil {
			return nil, false, err
		}
		obj, err = m.face.show(obj)
		return obj, false, err
	}
	obj, err := c.put(key, hub, data, func() (storage.Revision, error) {
		revision, err := c.store.Update(ctx, key, kv.Modified, data, c.ttl)
		became = outcomeOf(err)
		return revision, err
	})
	if err != nil {
		return nil, true, err
	}
	obj, err = m.face.show(obj)
	return obj, true, err
}

// wanted returns the hub object that the client wants, after mutating
// admission, and the admission request.
func (r *Registry) wanted(ctx context.Context, q *Request, c *collection, m mutation, live meta.Object) (meta.Object, *admission.Request, error) {
	seen, err := m.next(func() (meta.Object, error) {
		// The view may share with what it is made from, and a patch with the view.
		private := codec.Copy(live).(meta.Object)
		view, err := m.face.show(private)
		if err == nil && m.tracked {
			view.Metadata().ManagedFields = private.Metadata().ManagedFields
		}
		return view, err
	})
	if err != nil {
		return nil, nil, err
	}
	adm := r.admissionRequest(q, c, admission.Update, m.options, m.dryRun)
	adm.Name = q.Name
	if m.face.throughOwn {
		adm.Kind, adm.Object = m.face.kind, seen
		if adm.OldObject, err = m.face.show(live); err != nil {
			return nil, nil, err
		}
		if err := r.admit(ctx, adm); err != nil {
			return nil, nil, err
		}
		seen = adm.Object
	}
	managed := seen.Metadata().ManagedFields
	hub, err := m.face.take(seen, live)
	if err != nil {
		return nil, nil, err
	}
	if m.tracked {
		hub.Metadata().ManagedFields = managed
	} else if hub, err = r.trackUpdate(q, c, live, hub, q.Subresource, m.manager); err != nil {
		return nil, nil, err
	}
	if !m.face.throughOwn {
		adm.Object, adm.OldObject = hub, live
		if m.unadmitted {
			return hub, adm, nil
		}
		if err := r.admit(ctx, adm); err != nil {
			return nil, nil, err
		}
		hub = adm.Object
		dedupeOwners(q, hub.Metadata(), afterAdmission)
	}
	return hub, adm, nil
}

// checkVersion holds the resource version that the client sent against the
// live one, and gives the object the live one if it sent none.
func (c *collection) checkVersion(q *Request, obj, live meta.Object) error {
	m, current := obj.Metadata(), live.Metadata().ResourceVersion
	sent, err := parseVersion(m.ResourceVersion)
	if err != nil {
		return meta.Plain(err)
	}
	if sent == 0 {
		if c.hub.UpdateNeedsVersion {
			// Kubernetes names the resource here, not the kind, and shows the number 0.
			kind := meta.GroupKind{Group: c.resource(q).Group, Kind: c.resource(q).Resource}
			return validate.Invalid(metadataPath.Child("resourceVersion"), 0, "must be specified for an update").Status(kind, q.Name)
		}
		m.ResourceVersion = current
		return nil
	}
	if m.ResourceVersion != current {
		return meta.Conflict(c.resource(q), q.Name, meta.ErrModified)
	}
	return nil
}

// prepareUpdate puts back what an update may not change, and counts it.
func (c *collection) prepareUpdate(f face, obj, old meta.Object) {
	m, was := obj.Metadata(), old.Metadata()
	m.Generation = was.Generation
	if f.prepare != nil {
		f.prepare(obj, old)
	}
	if m.UID == "" {
		m.UID = was.UID
	}
	m.CreationTimestamp = was.CreationTimestamp
	if was.DeletionTimestamp != nil {
		m.DeletionTimestamp = was.DeletionTimestamp
	}
	if was.DeletionGracePeriodSeconds != nil && m.DeletionGracePeriodSeconds == nil {
		m.DeletionGracePeriodSeconds = was.DeletionGracePeriodSeconds
	}
	if f.generation != nil && f.generation(obj, old) {
		m.Generation = was.Generation + 1
	}
}

// removable says whether an update takes away the last thing that kept an
// object whose deletion had begun.
func (c *collection) removable(obj, old meta.Object) bool {
	m := obj.Metadata()
	if m.DeletionTimestamp == nil || len(m.Finalizers) > 0 {
		return false
	}
	if grace := old.Metadata().DeletionGracePeriodSeconds; grace != nil && *grace != 0 {
		return false
	}
	return c.hooks.held == nil || !c.hooks.held(obj)
}

// removed tells the hooks that an object is no more.
func (c *collection) removed(obj meta.Object) {
	if c.hooks.removed != nil {
		c.hooks.removed(obj)
	}
}

// encodeChange encodes a changed object. A change of nothing but the times in
// managedFields is none: then the old bytes come out.
func (c *collection) encodeChange(obj, old meta.Object, kv storage.KV) ([]byte, error) {
	if err := c.applyDefaults(obj); err != nil {
		return nil, err
	}
	m, was := obj.Metadata(), old.Metadata()
	if len(m.ManagedFields) > 0 && sameManagers(m.ManagedFields, was.ManagedFields) {
		managed := m.ManagedFields
		m.ManagedFields = was.ManagedFields
		data, err := c.encode(obj)
		if err != nil || bytes.Equal(data, kv.Value) {
			return data, err
		}
		m.ManagedFields = managed
	}
	return c.encode(obj)
}

// sameManagers compares all but the times.
func sameManagers(a, b []meta.ManagedFieldsEntry) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := &a[i], &b[i]
		if x.Manager != y.Manager || x.Operation != y.Operation || x.APIVersion != y.APIVersion || x.Subresource != y.Subresource ||
			x.FieldsType != y.FieldsType || (x.FieldsV1 == nil) != (y.FieldsV1 == nil) {
			return false
		}
		if x.FieldsV1 != nil && !bytes.Equal(x.FieldsV1.Raw, y.FieldsV1.Raw) {
			return false
		}
	}
	return true
}

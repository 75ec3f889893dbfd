package registry

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
	"github.com/kubenucleus/nucleus/storage"
)

// maxNameAttempts is how many generated names are tried before the client is
// told that all of them are taken. With eight random characters' worth of
// suffixes it takes millions of objects with one base to come this far.
const maxNameAttempts = 8

// Create stores a new object of the requested version and returns it as
// stored. For a Request with a subresource it does what posting to that does; then, and
// for virtual resources, the answer may be a *meta.Status.
func (r *Registry) Create(ctx context.Context, q *Request, obj meta.Object, opts meta.CreateOptions) (scheme.Typed, error) {
	if q.Subresource != "" {
		return r.createSubresource(ctx, q, obj, opts)
	}
	if q.Resource.Virtual {
		return r.createVirtual(ctx, q, obj, opts)
	}
	c, err := r.collectionOf(q.Resource)
	if err != nil {
		return nil, err
	}
	hub, err := r.newObject(q, c, obj, opts.FieldManager)
	if err != nil {
		return nil, err
	}
	created, err := r.create(ctx, q, c, hub, &opts, isDryRun(opts.DryRun))
	if err != nil {
		return nil, err
	}
	return c.fromHub(q.Resource, created)
}

// newObject makes a hub object fit for create from what the client sent.
func (r *Registry) newObject(q *Request, c *collection, obj meta.Object, manager string) (meta.Object, error) {
	m := obj.Metadata()
	wipeSystemFields(m)
	if err := placeInNamespace(q.Namespace, m); err != nil {
		return nil, err
	}
	dedupeOwners(q, m, asSent)
	hub, err := c.toHub(obj)
	if err != nil {
		return nil, err
	}
	return r.trackUpdate(q, c, nil, hub, "", manager)
}

// create runs the rules of creation on a private hub object and stores it.
// opts is what admission is told.
func (r *Registry) create(ctx context.Context, q *Request, c *collection, hub meta.Object, opts any, dryRun bool) (meta.Object, error) {
	adm := r.admissionRequest(q, c, admission.Create, opts, dryRun)
	adm.Name, adm.Object = hub.Metadata().Name, hub
	if c.isNamespaces() {
		adm.Namespace = adm.Name
	}
	if err := r.admit(ctx, adm); err != nil {
		return nil, err
	}
	hub = adm.Object
	m := hub.Metadata()
	dedupeOwners(q, m, afterAdmission)
	if err := placeInNamespace(q.Namespace, m); err != nil {
		return nil, err
	}
	sent := m.ResourceVersion
	m.DeletionTimestamp, m.DeletionGracePeriodSeconds = nil, nil
	if c.hub.SpecChanged != nil {
		m.Generation = 1
	}
	if c.hub.PrepareCreate != nil {
		c.hub.PrepareCreate(hub)
	}
	if c.hub.Notices != nil {
		for _, text := range c.hub.Notices(hub) {
			q.warn(text)
		}
	}
	m.SelfLink, m.ResourceVersion = "", ""
	m.UID, m.CreationTimestamp = meta.UID(uuid.NewString()), r.now()

	generated := m.Name == "" && m.GenerateName != ""
	for attempt := 1; ; attempt++ {
		if generated {
			m.Name = r.names.Generate(m.GenerateName)
		}
		created, err := r.createNamed(ctx, q, c, adm, sent, dryRun)
		if generated && attempt < maxNameAttempts && meta.IsAlreadyExists(err) {
			continue
		}
		return created, err
	}
}

// createNamed validates and stores an object that has its name.
func (r *Registry) createNamed(ctx context.Context, q *Request, c *collection, adm *admission.Request, sentVersion string, dryRun bool) (_ meta.Object, err error) {
	hub := adm.Object
	m := hub.Metadata()
	doing, err := c.runHooks(ctx, q, hub, nil, dryRun)
	if err != nil {
		return nil, err
	}
	became := notStored
	defer func() { doing.done(became) }()
	if err := c.checkNew(q, hub); err != nil {
		return nil, err
	}
	if c.hub.Warnings != nil {
		for _, text := range c.hub.Warnings(hub, nil) {
			q.warn(text)
		}
	}
	if q.MayCreate != nil {
		if err := q.MayCreate(ctx); err != nil {
			return nil, err
		}
	}
	if !dryRun {
		if err := doing.reserve(ctx); err != nil {
			return nil, err
		}
	}
	adm.Name = m.Name
	if err := r.admitFinally(ctx, adm); err != nil {
		return nil, err
	}
	if v, err := parseVersion(sentVersion); err == nil && v != 0 && !dryRun { // it is the store that refuses it
		return nil, meta.Plain(errors.New("resourceVersion should not be set on objects to be created"))
	}
	data, err := c.encodeNew(hub)
	if err != nil {
		return nil, err
	}
	key := c.key(m.Namespace, m.Name)
	if dryRun {
		existing, _, err := c.live(ctx, key)
		if err != nil {
			return nil, err
		}
		if existing != nil {
			return nil, c.alreadyExists(q, hub, existing)
		}
		obj, err := c.decode(data, 0)
		if err != nil {
			return nil, err
		}
		obj.Metadata().ResourceVersion = sentVersion
		return obj, nil
	}
	created, err := c.put(key, hub, data, func() (storage.Revision, error) {
		revision, err := c.store.Create(ctx, key, data, c.ttl)
		became = outcomeOf(err)
		return revision, err
	})
	if errors.Is(err, storage.ErrExists) {
		return nil, c.alreadyExists(q, hub, c.existing(ctx, key, err))
	}
	if err != nil {
		return nil, storeError(err)
	}
	return created, nil
}

// checkNew validates an object that is about to be created.
func (c *collection) checkNew(q *Request, hub meta.Object) error {
	if c.hasOwnRules(q) {
		return c.checkOwn(q, hub, nil)
	}
	if errs := c.validateCreate(hub); len(errs) > 0 {
		return errs.MoveDeclared(q.Resource.DeclaredField).Status(c.hub.GroupKind(), hub.Metadata().Name)
	}
	return nil
}

// hasOwnRules says that the request came through a resource that shares
// another's storage but not its rules, as the newer face of events does.
func (c *collection) hasOwnRules(q *Request) bool {
	r := q.Resource
	return r != c.hub && r.StoredAs != (meta.GroupResource{}) && r.Validate != nil && q.Subresource == ""
}

// checkOwn validates an object by the rules of the request's own resource, as
// its clients see it.
func (c *collection) checkOwn(q *Request, hub, old meta.Object) error {
	r := q.Resource
	seen, err := c.fromHub(r, hub)
	if err != nil {
		return err
	}
	check := func() validate.Errors { return r.Validate(seen) }
	if old != nil && r.ValidateUpdate != nil {
		seenOld, err := c.fromHub(r, old)
		if err != nil {
			return err
		}
		check = func() validate.Errors { return r.ValidateUpdate(seen, seenOld) }
	}
	if errs := check(); len(errs) > 0 {
		// The kind is the one that the object is stored as, as Kubernetes has it.
		return errs.Status(c.hub.GroupKind(), hub.Metadata().Name)
	}
	return nil
}

// existing returns the object in the way of a create, or nil if it is gone by
// now.
func (c *collection) existing(ctx context.Context, key string, err error) meta.Object {
	if own, ok := errors.AsType[*storage.KeyError](err); ok && own.Current != nil {
		if obj, err := c.decodeKept(key, own.Current.Value, own.Current.Modified); err == nil {
			return obj
		}
	}
	obj, _, err := c.live(ctx, key)
	if err != nil {
		return nil // the refusal stands all the same
	}
	return obj
}

func (c *collection) alreadyExists(q *Request, hub, existing meta.Object) error {
	m := hub.Metadata()
	resource := c.resource(q)
	if m.GenerateName != "" {
		return meta.GenerateNameConflict(resource, m.Name, 1)
	}
	err := meta.AlreadyExists(resource, m.Name)
	if existing != nil && existing.Metadata().DeletionTimestamp != nil {
		status := err.Status
		status.Message = "object is being deleted: " + status.Message
		return &meta.StatusError{Status: status}
	}
	return err
}

// wipeSystemFields drops what only the server may set.
func wipeSystemFields(m *meta.ObjectMeta) {
	m.CreationTimestamp = meta.Time{}
	m.DeletionTimestamp = nil
	m.DeletionGracePeriodSeconds = nil
	m.UID = ""
	m.SelfLink = ""
}

// placeInNamespace gives an object the namespace of the request if it has
// none, and refuses another one.
func placeInNamespace(namespace string, m *meta.ObjectMeta) error {
	switch {
	case m.Namespace == namespace, m.Namespace == "", namespace == "":
		m.Namespace = namespace
		return nil
	}
	return elsewhere()
}

// elsewhere is the refusal of an object that is in another namespace than the
// request.
func elsewhere() error {
	return meta.BadRequest("the namespace of the provided object does not match the namespace sent on the request")
}

// When owner references are looked at. A patch is so only in the end.
const (
	asSent         = ""
	afterAdmission = " after mutating admission happens"
)

// dedupeOwners drops owner references that say the same twice.
func dedupeOwners(q *Request, m *meta.ObjectMeta, when string) {
	if len(m.OwnerReferences) < 2 {
		return
	}
	var kept []meta.OwnerReference
	var doubled []string
	for _, ref := range m.OwnerReferences {
		double := false
		for i := range kept {
			if sameOwner(&kept[i], &ref) {
				double = true
			}
		}
		if double {
			doubled = append(doubled, string(ref.UID))
			continue
		}
		kept = append(kept, ref)
	}
	if len(doubled) == 0 {
		return
	}
	m.OwnerReferences = kept
	q.warn(fmt.Sprintf(".metadata.ownerReferences contains duplicate entries%s; API server dedups owner references in 1.20+, "+
		"and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: %s", when, strings.Join(doubled, ", ")))
}

func sameOwner(a, b *meta.OwnerReference) bool {
	same := func(x, y *bool) bool { return (x == nil) == (y == nil) && (x == nil || *x == *y) }
	return a.APIVersion == b.APIVersion && a.Kind == b.Kind && a.Name == b.Name && a.UID == b.UID &&
		same(a.Controller, b.Controller) && same(a.BlockOwnerDeletion, b.BlockOwnerDeletion)
}

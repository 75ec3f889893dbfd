package garbagecollector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Controller collects the garbage of a server.
type Controller struct {
	check    *controller.Controller[meta.UID]
	orphan   *controller.Controller[meta.UID]
	monitors *monitors
	graph    *Graph
	c        client.Client
	mapper   *client.Mapper
	opts     workload.Options
	absent   absentees
}

// workers is how many objects are looked at together where the options do not
// say: deleting a thousand Pods should not take minutes.
const workers = 20

// New returns the controller. It starts nothing; call Run. Of the caches it uses
// the client alone: it watches metadata of everything, which nobody else does.
func New(caches *client.Caches, opts workload.Options) *Controller {
	const name = "garbage-collector-controller"
	if opts.Workers <= 0 {
		opts.Workers = workers
	}
	opts = opts.WithDefaults()
	opts.Events = opts.Events.For(name)
	c := &Controller{c: caches.Client(), mapper: client.NewMapper(caches.Client()), graph: NewGraph(), opts: opts}
	c.check = controller.New(name, c.collect, opts.Loop())
	c.orphan = controller.New(name+" orphans", c.letGo, opts.Loop())
	c.monitors = newMonitors(c.c, c.graph, opts.Logger, c.enqueue)
	c.check.After(c.monitors)
	c.orphan.After(c.monitors)
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error {
	group := controller.Group{Logger: c.opts.Logger}
	group.Add("monitors", c.monitors.run)
	group.Add(c.check.Name(), c.check.Run)
	group.Add(c.orphan.Name(), c.orphan.Run)
	return group.Run(ctx)
}

func (c *Controller) enqueue(w Work) {
	for _, uid := range w.Check {
		c.check.Queue().Add(uid)
	}
	for _, uid := range w.Orphan {
		c.orphan.Queue().Add(uid)
	}
}

// unresolved is when to look again at what cannot be decided now.
const unresolved = 30 * time.Second

// collect looks whether an object is garbage, and deletes it if so.
func (c *Controller) collect(ctx context.Context, uid meta.UID) (controller.Result, error) {
	v, ok := c.graph.Look(uid)
	if !ok || v.Deleting && !v.Foreground || !v.Virtual && !v.Owned && !v.Foreground {
		return controller.Result{}, nil
	}
	r, err := c.resource(ctx, &v.ID)
	if errors.Is(err, errImpossible) {
		return controller.Result{}, nil
	}
	if unknown(err) {
		return controller.Result{After: unresolved}, nil
	}
	if err != nil {
		return controller.Result{}, err
	}
	live, err := r.Get(ctx, v.ID.Name)
	if meta.IsNotFound(err) || err == nil && live.UID != uid {
		c.absent.add(v.ID)
		c.enqueue(c.graph.Absent(v.ID))
		return controller.Result{}, nil
	}
	if err != nil {
		return controller.Result{}, fmt.Errorf("get %s: %w", describe(&v.ID), err)
	}
	if v.Foreground {
		return controller.Result{}, c.finishForeground(ctx, r, &v, live)
	}
	if live.DeletionTimestamp != nil {
		return controller.Result{}, nil
	}
	var result controller.Result
	if v.Virtual {
		result.After = unresolved // its own watch should have shown it by then
	}
	states, err := c.owners(ctx, &v.ID, &live.ObjectMeta)
	switch {
	case errors.Is(err, errImpossible):
		c.opts.Events.Warning(about(&v.ID, live), "OwnerRefInvalidNamespace", "%v", err)
		return result, nil
	case unknown(err):
		return controller.Result{After: unresolved}, nil
	case err != nil:
		return controller.Result{}, err
	}
	return result, c.carryOut(ctx, r, &v, live, Decide(&live.ObjectMeta, states, v.Dependents))
}

func (c *Controller) carryOut(ctx context.Context, r client.Resource[meta.PartialObjectMetadata], v *View, live *meta.PartialObjectMetadata, d Decision) error {
	switch d.Action {
	case Keep:
		return nil
	case Disown:
		return disown(ctx, r, v.ID, d.Drop)
	case Unblock:
		if err := unblock(ctx, r, v.ID, &live.ObjectMeta); err != nil {
			return fmt.Errorf("unblock %s: %w", describe(&v.ID), err)
		}
	}
	// By its version, unless it was just patched: somebody may give it a new
	// owner at this moment.
	only := &meta.Preconditions{UID: &live.UID, ResourceVersion: &live.ResourceVersion}
	if d.Action == Unblock {
		only.ResourceVersion = nil
	}
	err := r.Delete(ctx, live.Name, meta.DeleteOptions{PropagationPolicy: &d.Policy, Preconditions: only})
	if err != nil && !meta.IsNotFound(err) {
		return fmt.Errorf("delete %s: %w", describe(&v.ID), err)
	}
	return nil
}

// finishForeground lets an object go that waits for its dependents, if none
// blocks it any more, or sees to it that those that do are deleted.
func (c *Controller) finishForeground(ctx context.Context, r client.Resource[meta.PartialObjectMetadata], v *View, live *meta.PartialObjectMetadata) error {
	waits := false
	for _, d := range v.Dependents {
		if !d.Blocks {
			continue
		}
		waits = true
		if !d.Foreground {
			c.check.Queue().Add(d.ID.UID)
		}
	}
	if waits {
		return nil
	}
	if err := dropFinalizer(ctx, r, live, meta.FinalizerDeleteDependents); err != nil {
		return fmt.Errorf("let %s go: %w", describe(&v.ID), err)
	}
	return nil
}

// owners returns what became of each owner, as the server itself says.
func (c *Controller) owners(ctx context.Context, id *ID, m *meta.ObjectMeta) ([]OwnerState, error) {
	states := make([]OwnerState, len(m.OwnerReferences))
	for i := range m.OwnerReferences {
		owner := idOf(&m.OwnerReferences[i], m.Namespace)
		if c.absent.has(owner) {
			states[i] = Absent
			continue
		}
		r, err := c.resource(ctx, &owner)
		if err != nil {
			return nil, err
		}
		live, err := r.Get(ctx, owner.Name)
		switch {
		case meta.IsNotFound(err), err == nil && live.UID != owner.UID:
			c.absent.add(owner)
			states[i] = Absent
		case err != nil:
			return nil, fmt.Errorf("owner of %s: %w", describe(id), err)
		default:
			states[i] = stateOf(&live.ObjectMeta)
		}
	}
	return states, nil
}

// errImpossible says that a cluster-scoped object names a namespaced owner.
var errImpossible = errors.New("cluster-scoped objects cannot have a namespaced owner")

// unknown reports whether an error says that the server has no such kind.
func unknown(err error) bool {
	var no *client.NoMatchError
	return errors.As(err, &no)
}

// resource returns where the object of an ID is found.
func (c *Controller) resource(ctx context.Context, id *ID) (client.Resource[meta.PartialObjectMetadata], error) {
	if id.Resource.Resource != "" {
		return client.Metadata(c.c, id.Resource).In(id.Namespace), nil
	}
	info, err := c.mapper.ForKind(ctx, id.Kind)
	var none client.Resource[meta.PartialObjectMetadata]
	switch {
	case err != nil:
		return none, err
	case !info.Namespaced:
		return client.Metadata(c.c, info.Resource), nil
	case id.Namespace == "":
		return none, fmt.Errorf("ownerRef [%s] %w", describe(id), errImpossible)
	}
	return client.Metadata(c.c, info.Resource).In(id.Namespace), nil
}

// letGo strikes an object off its dependents' lists, then lets it go itself.
func (c *Controller) letGo(ctx context.Context, uid meta.UID) (controller.Result, error) {
	v, ok := c.graph.Look(uid)
	if !ok || !v.Orphaning {
		return controller.Result{}, nil
	}
	_, err := workload.All(len(v.Dependents), func(i int) error {
		d := &v.Dependents[i].ID
		r, err := c.resource(ctx, d)
		if err != nil {
			return err
		}
		if err := disown(ctx, r, *d, []meta.UID{uid}); err != nil {
			return fmt.Errorf("orphan %s: %w", describe(d), err)
		}
		return nil
	})
	if err != nil {
		return controller.Result{}, err
	}
	r, err := c.resource(ctx, &v.ID)
	if err != nil {
		return controller.Result{}, err
	}
	live, err := r.Get(ctx, v.ID.Name)
	switch {
	case meta.IsNotFound(err), err == nil && live.UID != uid:
		return controller.Result{}, nil
	case err != nil:
		return controller.Result{}, err
	}
	return controller.Result{}, dropFinalizer(ctx, r, live, meta.FinalizerOrphanDependents)
}

func describe(id *ID) string {
	return fmt.Sprintf("%s, namespace: %s, name: %s, uid: %s", id.Kind, id.Namespace, id.Name, id.UID)
}

// about returns what an event about the object can name: its metadata came
// without its kind.
func about(id *ID, live *meta.PartialObjectMetadata) meta.Object {
	obj := *live
	obj.SetGroupVersionKind(id.Kind)
	return &obj
}

// absentees are owners that are known not to be there. What was once gone does
// not come back with the same uid, so they need not be asked for again.
type absentees struct {
	mu    sync.Mutex
	order []ID // the latest last
}

// maxAbsent bounds the memory. Forgetting costs a request.
const maxAbsent = 500

func (a *absentees) add(id ID) {
	id.Resource = meta.GroupVersionResource{}
	a.mu.Lock()
	defer a.mu.Unlock()
	if slices.Contains(a.order, id) {
		return
	}
	if len(a.order) == maxAbsent {
		a.order = slices.Delete(a.order, 0, maxAbsent/2)
	}
	a.order = append(a.order, id)
}

func (a *absentees) has(id ID) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Contains(a.order, id)
}

package garbagecollector

import (
	"slices"
	"sync"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// ID says which object a node of the graph stands for. Of an object that was
// seen, Resource is known as well.
type ID struct {
	Kind      meta.GroupVersionKind
	Resource  meta.GroupVersionResource
	Namespace string
	Name      string
	UID       meta.UID
}

// at reports whether a reference, held by an object in namespace, means the
// object of that ID by its kind and name, and not only by its uid.
func (id *ID) at(ref *meta.OwnerReference, namespace string) bool {
	gv, err := meta.ParseGroupVersion(ref.APIVersion)
	return err == nil && gv.Group == id.Kind.Group && ref.Kind == id.Kind.Kind && ref.Name == id.Name &&
		(id.Namespace == "" || id.Namespace == namespace)
}

// Work is what a change of the graph gives reason to look at.
type Work struct {
	Check  []meta.UID // objects that may have to be deleted, or may be free to go
	Orphan []meta.UID // objects whose dependents have to be let go
}

func (w *Work) check(nodes ...*node) {
	for _, n := range nodes {
		w.Check = append(w.Check, n.id.UID)
	}
}

// node is an object, or one that others refer to.
type node struct {
	id         ID
	owners     []meta.OwnerReference
	dependents map[meta.UID]*node
	virtual    bool // referred to, but not seen
	deleting   bool
	foreground bool // deleting, and waits for its dependents
	orphaning  bool // deleting, and lets its dependents go first
}

// Graph is who depends on whom. It does no I/O; what it is told it answers with
// the work that follows from it.
//
// All methods are safe for concurrent use. Make one with [NewGraph].
type Graph struct {
	mu    sync.Mutex
	nodes map[meta.UID]*node
}

// NewGraph returns an empty graph.
func NewGraph() *Graph { return &Graph{nodes: map[meta.UID]*node{}} }

// Len returns the number of nodes.
func (g *Graph) Len() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.nodes)
}

// Observe notes that an object is there, in the state that m shows. m is kept
// in part and must not change.
func (g *Graph) Observe(resource meta.GroupVersionResource, kind meta.GroupVersionKind, m *meta.ObjectMeta) (w Work) {
	g.mu.Lock()
	defer g.mu.Unlock()
	id := ID{Kind: kind, Resource: resource, Namespace: m.Namespace, Name: m.Name, UID: m.UID}
	n := g.nodes[m.UID]
	if n == nil {
		n = &node{}
		g.nodes[m.UID] = n
	}
	if n.virtual {
		for _, d := range n.dependents {
			if ref := d.refTo(m.UID); ref != nil && !id.at(ref, d.id.Namespace) {
				w.check(d) // it means another object, which cannot be there
			}
		}
	}
	n.id, n.virtual = id, false
	g.setOwners(n, m.OwnerReferences, &w)

	deleting := m.DeletionTimestamp != nil
	foreground := deleting && slices.Contains(m.Finalizers, meta.FinalizerDeleteDependents)
	orphaning := deleting && slices.Contains(m.Finalizers, meta.FinalizerOrphanDependents)
	if orphaning && !n.orphaning {
		w.Orphan = append(w.Orphan, m.UID)
	}
	if foreground && !n.foreground {
		for _, d := range n.dependents {
			w.check(d)
		}
		w.check(n)
	}
	n.deleting, n.foreground, n.orphaning = deleting, foreground, orphaning
	return w
}

// setOwners changes the owners of n. The caller holds mu.
func (g *Graph) setOwners(n *node, owners []meta.OwnerReference, w *Work) {
	before := n.owners
	n.owners = owners
	for i := range before {
		old := &before[i]
		now := n.refTo(old.UID)
		if now == nil {
			g.unlink(n, old.UID, w)
			// What keeps it now may be nothing.
			if len(owners) > 0 {
				w.check(n)
			}
			continue
		}
		if o := g.nodes[old.UID]; o != nil && o.foreground && blocks(old) && !blocks(now) {
			w.check(o)
		}
	}
	for i := range owners {
		ref := &owners[i]
		o := g.nodes[ref.UID]
		if o != nil && o.dependents[n.id.UID] == n {
			continue
		}
		switch {
		case o == nil:
			o = &node{virtual: true, id: idOf(ref, n.id.Namespace)}
			g.nodes[ref.UID] = o
			w.check(o)
		case !o.id.at(ref, n.id.Namespace), o.foreground:
			w.check(n)
		}
		if o.dependents == nil {
			o.dependents = map[meta.UID]*node{}
		}
		o.dependents[n.id.UID] = n
	}
}

// unlink removes n from the dependents of an owner. The caller holds mu.
func (g *Graph) unlink(n *node, owner meta.UID, w *Work) {
	o := g.nodes[owner]
	if o == nil {
		return
	}
	delete(o.dependents, n.id.UID)
	switch {
	case o.virtual && len(o.dependents) == 0:
		delete(g.nodes, owner)
	case o.foreground:
		w.check(o)
	}
}

// Gone notes that an object is no more.
func (g *Graph) Gone(uid meta.UID) (w Work) {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := g.nodes[uid]
	if n == nil {
		return w
	}
	delete(g.nodes, uid)
	for i := range n.owners {
		g.unlink(n, n.owners[i].UID, &w)
	}
	for _, d := range n.dependents {
		w.check(d)
	}
	return w
}

// Absent notes that there is no object of that ID, although others refer to
// one. Those that refer to its uid under another name or kind may still be
// right; if there are such, the node becomes what they say.
func (g *Graph) Absent(id ID) (w Work) {
	g.mu.Lock()
	n := g.nodes[id.UID]
	if n == nil || !n.virtual {
		g.mu.Unlock()
		return g.Gone(id.UID)
	}
	defer g.mu.Unlock()
	var other *node
	for uid, d := range n.dependents {
		ref := d.refTo(id.UID)
		if ref != nil && !id.at(ref, d.id.Namespace) {
			other = d
			continue
		}
		delete(n.dependents, uid)
		w.check(d)
	}
	if other == nil {
		delete(g.nodes, id.UID)
		return w
	}
	n.id = idOf(other.refTo(id.UID), other.id.Namespace)
	w.check(n)
	return w
}

// Forget drops the objects of a resource that the server no longer has. Nothing
// follows from that: those they own are looked at when they change.
func (g *Graph) Forget(resource meta.GroupVersionResource) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var none Work
	for uid, n := range g.nodes {
		if n.virtual || n.id.Resource != resource {
			continue
		}
		for i := range n.owners {
			g.unlink(n, n.owners[i].UID, &none)
		}
		if len(n.dependents) == 0 {
			delete(g.nodes, uid)
			continue
		}
		*n = node{id: n.id, dependents: n.dependents, virtual: true}
	}
}

// View is what the graph knows of an object at one moment.
type View struct {
	ID         ID
	Virtual    bool
	Deleting   bool
	Foreground bool
	Orphaning  bool
	Owned      bool // it has owners
	Dependents []Dependent
}

// Dependent is an object that names another as its owner.
type Dependent struct {
	ID         ID
	Blocks     bool // its owner's deletion in the foreground
	Foreground bool // it is being deleted so itself
}

// Look returns what the graph knows of an object.
func (g *Graph) Look(uid meta.UID) (View, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := g.nodes[uid]
	if n == nil {
		return View{}, false
	}
	v := View{ID: n.id, Virtual: n.virtual, Deleting: n.deleting, Foreground: n.foreground, Orphaning: n.orphaning, Owned: len(n.owners) > 0}
	for _, d := range n.dependents {
		ref := d.refTo(uid)
		v.Dependents = append(v.Dependents, Dependent{ID: d.id, Blocks: ref != nil && blocks(ref), Foreground: d.foreground})
	}
	return v, true
}

func (n *node) refTo(owner meta.UID) *meta.OwnerReference {
	for i := range n.owners {
		if n.owners[i].UID == owner {
			return &n.owners[i]
		}
	}
	return nil
}

func blocks(ref *meta.OwnerReference) bool {
	return ref.BlockOwnerDeletion != nil && *ref.BlockOwnerDeletion
}

// idOf returns the object that a reference means, as far as it says.
func idOf(ref *meta.OwnerReference, namespace string) ID {
	gv, err := meta.ParseGroupVersion(ref.APIVersion)
	if err != nil {
		gv = meta.GroupVersion{Version: ref.APIVersion}
	}
	return ID{Kind: gv.WithKind(ref.Kind), Namespace: namespace, Name: ref.Name, UID: ref.UID}
}

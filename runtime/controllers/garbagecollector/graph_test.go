package garbagecollector

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

var (
	things    = meta.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "things"}
	thingKind = meta.GroupVersionKind{Group: "example.com", Version: "v1", Kind: "Thing"}
)

func thing(name string, owners ...string) *meta.ObjectMeta {
	m := &meta.ObjectMeta{Namespace: "ns", Name: name, UID: meta.UID("uid-" + name)}
	for _, o := range owners {
		m.OwnerReferences = append(m.OwnerReferences, meta.OwnerReference{APIVersion: "example.com/v1", Kind: "Thing", Name: o, UID: meta.UID("uid-" + o)})
	}
	return m
}

func deleted(m *meta.ObjectMeta, finalizer string) *meta.ObjectMeta {
	now := meta.Unix(1)
	m.DeletionTimestamp = &now
	m.Finalizers = append(m.Finalizers, finalizer)
	return m
}

func (g *Graph) see(m *meta.ObjectMeta) Work { return g.Observe(things, thingKind, m) }

func checks(w Work) []string {
	var names []string
	for _, uid := range w.Check {
		names = append(names, string(uid)[len("uid-"):])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestGraphFollowsObjects(t *testing.T) {
	g := NewGraph()
	assert.Empty(t, checks(g.see(thing("a"))))
	assert.Empty(t, checks(g.see(thing("b", "a"))), "its owner is known")
	assert.Equal(t, []string{"x"}, checks(g.see(thing("c", "a", "x"))), "an owner that was not seen is looked for")
	v, _ := g.Look("uid-x")
	assert.True(t, v.Virtual)
	assert.Equal(t, ID{Kind: thingKind, Namespace: "ns", Name: "x", UID: "uid-x"}, v.ID)
	assert.Empty(t, checks(g.see(thing("x"))), "and then seen")
	assert.Equal(t, []string{"b", "c"}, checks(g.Gone("uid-a")))
	assert.Equal(t, []string{"c"}, checks(g.see(thing("c", "x"))), "what keeps it is looked at")
	g.Gone("uid-c")
	v, _ = g.Look("uid-x")
	assert.Empty(t, v.Dependents)
	g.Gone("uid-b")
	g.Gone("uid-x")
	g.Gone("uid-x")
	assert.Zero(t, g.Len())
}

func TestGraphForgetsVirtualOwners(t *testing.T) {
	g := NewGraph()
	g.see(thing("b", "a"))
	assert.Equal(t, 2, g.Len())
	g.see(thing("b"))
	assert.Equal(t, 1, g.Len())
	g.see(thing("b", "a"))
	g.Gone("uid-b")
	assert.Zero(t, g.Len())
}

func TestGraphTransitions(t *testing.T) {
	g := NewGraph()
	g.see(thing("a"))
	blocked := thing("b", "a")
	yes, no := true, false
	blocked.OwnerReferences[0].BlockOwnerDeletion = &yes
	g.see(blocked)
	w := g.see(deleted(thing("a"), meta.FinalizerDeleteDependents))
	assert.Equal(t, []string{"a", "b"}, checks(w))
	assert.Empty(t, checks(g.see(deleted(thing("a"), meta.FinalizerDeleteDependents))), "once")
	assert.Equal(t, []string{"c"}, checks(g.see(thing("c", "a"))), "one that comes too late")
	free := thing("b", "a")
	free.OwnerReferences[0].BlockOwnerDeletion = &no
	assert.Equal(t, []string{"a"}, checks(g.see(free)), "no longer blocked")
	assert.Equal(t, []string{"a"}, checks(g.Gone("uid-b")))

	w = g.see(deleted(thing("o"), meta.FinalizerOrphanDependents))
	assert.Equal(t, []meta.UID{"uid-o"}, w.Orphan)
	assert.Empty(t, g.see(deleted(thing("o"), meta.FinalizerOrphanDependents)).Orphan)
}

func TestAbsentUnderOneNameOnly(t *testing.T) {
	g := NewGraph()
	wrong := thing("wrong", "a")
	wrong.OwnerReferences[0].Name = "b"
	g.see(wrong)
	assert.Equal(t, []string{"right"}, checks(g.see(thing("right", "a"))), "the two cannot both be right")
	v, _ := g.Look("uid-a")
	assert.Equal(t, "b", v.ID.Name)
	w := g.Absent(v.ID)
	assert.Equal(t, []string{"a", "wrong"}, checks(w))
	v, ok := g.Look("uid-a")
	require.True(t, ok, "it is looked for under the other name")
	assert.Equal(t, "a", v.ID.Name)
	assert.Len(t, v.Dependents, 1)
	assert.Empty(t, checks(g.see(thing("a"))))
	assert.Equal(t, []string{"right"}, checks(g.Gone("uid-a")))
}

func TestForgetAResource(t *testing.T) {
	g := NewGraph()
	g.see(thing("a"))
	g.Observe(meta.GroupVersionResource{Version: "v1", Resource: "others"}, meta.GroupVersionKind{Version: "v1", Kind: "Other"}, thing("b", "a"))
	g.see(thing("c"))
	g.Forget(things)
	assert.Equal(t, 2, g.Len())
	v, _ := g.Look("uid-a")
	assert.True(t, v.Virtual)
	assert.Len(t, v.Dependents, 1)
}

func TestDecide(t *testing.T) {
	for _, test := range []struct {
		name       string
		owners     []OwnerState
		dependents []Dependent
		finalizer  string
		want       Decision
	}{
		{"no owners", nil, nil, "", Decision{}},
		{"all there", []OwnerState{Solid, Solid}, nil, "", Decision{}},
		{"one gone", []OwnerState{Solid, Absent}, nil, "", Decision{Action: Disown, Drop: []meta.UID{"uid-1"}}},
		{"one waits", []OwnerState{Waiting, Solid}, nil, "", Decision{Action: Disown, Drop: []meta.UID{"uid-0"}}},
		{"all gone", []OwnerState{Absent, Absent}, []Dependent{{}}, "", Decision{Action: Delete, Policy: meta.DeletePropagationBackground}},
		{"all gone, its dependents to stay", []OwnerState{Absent}, nil, meta.FinalizerOrphanDependents, Decision{Action: Delete, Policy: meta.DeletePropagationOrphan}},
		{"all gone, its dependents first", []OwnerState{Absent}, nil, meta.FinalizerDeleteDependents, Decision{Action: Delete, Policy: meta.DeletePropagationForeground}},
		{"owner waits", []OwnerState{Waiting}, nil, "", Decision{Action: Delete, Policy: meta.DeletePropagationBackground}},
		{"owner waits, dependents", []OwnerState{Waiting, Absent}, []Dependent{{}}, "", Decision{Action: Delete, Policy: meta.DeletePropagationForeground}},
		{"all wait in a circle", []OwnerState{Waiting}, []Dependent{{Foreground: true}}, "", Decision{Action: Unblock, Policy: meta.DeletePropagationForeground}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := thing("m", []string{"0", "1"}[:len(test.owners)]...)
			if test.finalizer != "" {
				m.Finalizers = []string{test.finalizer}
			}
			assert.Equal(t, test.want, Decide(m, test.owners, test.dependents))
		})
	}
}

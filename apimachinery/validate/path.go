package validate

import (
	"strconv"
	"strings"
	"sync/atomic"
)

// Path is where a field is within an object, such as
// spec.containers[0].env[1].name or data[key]. It is immutable and cheap to
// copy; the zero Path is the object itself and prints as <nil>.
type Path struct{ last *step }

// step is one part of a path; key tells data[k] from spec.k.
type step struct {
	parent *step
	name   string
	index  int
	kind   stepKind

	// kept says that the step is found again through its parent; next is another
	// that is, and below the steps that are found through this one.
	kept  bool
	next  *step
	below atomic.Pointer[steps]
}

type stepKind uint8

const (
	stepChild stepKind = iota
	stepKey
	stepIndex
)

// steps are the kept steps below another, by a hash of their name or index.
type steps [8]atomic.Pointer[step]

// Rules name the path of whatever they look at, wrong or not, and what they look
// at has the same few hundred paths again and again: each is made once and kept.
// Keys are not, nor high indexes, since there is no end of those; maxKept bounds
// what may be kept if names should come from somewhere else than code.
var (
	root = step{kept: true}
	kept atomic.Int32
)

const (
	maxKept      = 1 << 14
	maxKeptIndex = 16
	maxChain     = 16 // more than a type with very many fields needs
)

// child returns the step below s that is so.
func (s *step) child(kind stepKind, name string, index int) *step {
	if !s.kept || kind == stepKey || index >= maxKeptIndex {
		return &step{parent: s, name: name, index: index, kind: kind}
	}
	below := s.below.Load()
	if below == nil {
		s.below.CompareAndSwap(nil, new(steps))
		below = s.below.Load()
	}
	h := index
	if n := len(name); n > 0 {
		h = n + int(name[0])<<1 ^ int(name[n-1])
	}
	slot := &below[uint(h)%uint(len(below))]
	first := slot.Load()
	chain := 0
	for c := first; c != nil; c = c.next {
		if c.kind == kind && c.index == index && c.name == name {
			return c
		}
		chain++
	}
	n := &step{parent: s, name: name, index: index, kind: kind}
	if chain < maxChain && kept.Load() < maxKept {
		n.next, n.kept = first, true
		if slot.CompareAndSwap(first, n) {
			kept.Add(1)
		} else {
			n.kept = false // another was faster; what is below this one is found by nobody
		}
	}
	return n
}

func (p Path) step() *step {
	if p.last == nil {
		return &root
	}
	return p.last
}

// NewPath returns the path of a field of the object, or deeper when given more
// names.
func NewPath(name string, more ...string) Path { return Path{}.Child(name, more...) }

// Child returns the path of a field of what p leads to, or deeper when given
// more names.
func (p Path) Child(name string, more ...string) Path {
	last := p.step().child(stepChild, name, 0)
	for _, m := range more {
		last = last.child(stepChild, m, 0)
	}
	return Path{last}
}

// Index returns the path of an item of the list that p leads to.
func (p Path) Index(i int) Path { return Path{p.step().child(stepIndex, "", i)} }

// Key returns the path of a value of the map that p leads to, or of a list's
// item that is known by a key.
func (p Path) Key(key string) Path { return Path{p.step().child(stepKey, key, 0)} }

// IsRoot reports whether p is the object itself.
func (p Path) IsRoot() bool { return p.last == nil }

// String returns the path as messages show it.
func (p Path) String() string {
	if p.last == nil {
		return "<nil>"
	}
	var steps []*step
	for s := p.last; s != &root; s = s.parent {
		steps = append(steps, s)
	}
	var b strings.Builder
	for i := len(steps) - 1; i >= 0; i-- {
		s := steps[i]
		switch s.kind {
		case stepIndex:
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		case stepKey:
			b.WriteString("[" + s.name + "]")
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.name)
		}
	}
	return b.String()
}

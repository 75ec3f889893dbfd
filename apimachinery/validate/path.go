package validate

import (
	"strconv"
	"strings"
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
}

type stepKind uint8

const (
	stepChild stepKind = iota
	stepKey
	stepIndex
)

// NewPath returns the path of a field of the object, or deeper when given more
// names.
func NewPath(name string, more ...string) Path { return Path{}.Child(name, more...) }

// Child returns the path of a field of what p leads to, or deeper when given
// more names.
func (p Path) Child(name string, more ...string) Path {
	last := &step{parent: p.last, name: name}
	for _, m := range more {
		last = &step{parent: last, name: m}
	}
	return Path{last}
}

// Index returns the path of an item of the list that p leads to.
func (p Path) Index(i int) Path {
	return Path{&step{parent: p.last, index: i, kind: stepIndex}}
}

// Key returns the path of a value of the map that p leads to, or of a list's
// item that is known by a key.
func (p Path) Key(key string) Path {
	return Path{&step{parent: p.last, name: key, kind: stepKey}}
}

// IsRoot reports whether p is the object itself.
func (p Path) IsRoot() bool { return p.last == nil }

// String returns the path as messages show it.
func (p Path) String() string {
	if p.last == nil {
		return "<nil>"
	}
	var steps []*step
	for s := p.last; s != nil; s = s.parent {
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

package codec

import (
	"strconv"
	"strings"
)

// ProblemKind says what strict decoding found.
type ProblemKind uint8

// What strict decoding finds.
const (
	UnknownField   ProblemKind = iota // a field that the type does not have
	DuplicateField                    // a field that stands twice in one object
	DuplicateKey                      // the same in YAML; Path is YAML's own text
)

// A Problem is something that strict decoding refuses and other decoding
// passes over.
type Problem struct {
	Kind ProblemKind
	// Path leads to the field: spec.containers[0].foo.
	Path string
}

// String words the problem as Kubernetes does: unknown field "spec.foo".
func (p Problem) String() string {
	switch p.Kind {
	case DuplicateKey:
		return p.Path
	case DuplicateField:
		return "duplicate field " + strconv.Quote(p.Path)
	}
	return "unknown field " + strconv.Quote(p.Path)
}

// Warnings words the problem for those who are only warned: what YAML found comes
// in one text, of which each line is about another key.
func (p Problem) Warnings() []string {
	if p.Kind != DuplicateKey {
		return []string{p.String()}
	}
	var texts []string
	for line := range strings.Lines(strings.TrimPrefix(p.Path, "yaml: unmarshal errors:")) {
		if line = strings.TrimSpace(line); line != "" {
			texts = append(texts, line)
		}
	}
	return texts
}

// maxProblems bounds what is reported of one text.
const maxProblems = 100

// report notes a problem with the field called name at the current place, once.
func (d *decoder) report(kind ProblemKind, name string) {
	if len(d.problems) >= maxProblems {
		return
	}
	var b strings.Builder
	for _, s := range d.path {
		switch {
		case s.item:
			b.WriteByte('[')
			b.WriteString(strconv.Itoa(s.index))
			b.WriteByte(']')
		case s.field != nil:
			b.WriteByte('.')
			b.WriteString(s.field.Name)
		default:
			b.WriteByte('.')
			b.WriteString(s.key)
		}
	}
	b.WriteByte('.')
	b.WriteString(name)
	found := Problem{Kind: kind, Path: strings.TrimPrefix(b.String(), ".")}
	for _, p := range d.problems {
		if p == found {
			return
		}
	}
	d.problems = append(d.problems, found)
}

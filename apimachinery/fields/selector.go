package fields

import (
	"fmt"
	"slices"
	"strings"
)

// Set is the selectable fields of an object by name. Any map[string]string can
// be used as one.
type Set map[string]string

// Term is one condition on one field.
type Term struct {
	Field string
	Value string
	Not   bool // the field must not have the value
}

// Matches reports whether the fields meet the term.
func (t *Term) Matches(fields Set) bool { return (fields[t.Field] == t.Value) != t.Not }

// String returns the term in the text form.
func (t Term) String() string {
	if t.Not {
		return t.Field + "!=" + Escape(t.Value)
	}
	return t.Field + "=" + Escape(t.Value)
}

// Selector is a list of terms that must all hold. The zero Selector matches
// everything.
type Selector struct {
	terms   []Term
	nothing bool
}

// Everything returns the selector that matches everything.
func Everything() Selector { return Selector{} }

// Nothing returns the selector that matches nothing.
func Nothing() Selector { return Selector{nothing: true} }

// New returns the selector of those terms.
func New(terms ...Term) Selector { return Selector{terms: slices.Clone(terms)} }

// Equal returns the selector of everything whose field has that value.
func Equal(field, value string) Selector {
	return Selector{terms: []Term{{Field: field, Value: value}}}
}

// FromSet returns the selector of everything whose fields have those values.
func FromSet(set Set) Selector {
	terms := make([]Term, 0, len(set))
	for f, v := range set {
		terms = append(terms, Term{Field: f, Value: v})
	}
	slices.SortFunc(terms, func(a, b Term) int { return strings.Compare(a.Field, b.Field) })
	return Selector{terms: terms}
}

// With returns the selector that also asks for those terms.
func (s Selector) With(terms ...Term) Selector {
	if s.nothing {
		return s
	}
	return Selector{terms: append(slices.Clone(s.terms), terms...)}
}

// Matches reports whether the fields meet every term.
func (s Selector) Matches(fields Set) bool {
	if s.nothing {
		return false
	}
	for i := range s.terms {
		if !s.terms[i].Matches(fields) {
			return false
		}
	}
	return true
}

// Empty reports whether the selector matches everything.
func (s Selector) Empty() bool { return !s.nothing && len(s.terms) == 0 }

// MatchesNothing reports whether the selector is that of [Nothing].
func (s Selector) MatchesNothing() bool { return s.nothing }

// Terms returns the terms. Read-only.
func (s Selector) Terms() []Term { return s.terms }

// ExactValue returns the only value of field that can match, if the selector
// asks for one.
func (s Selector) ExactValue(field string) (value string, ok bool) {
	for i := range s.terms {
		if s.terms[i].Field == field && !s.terms[i].Not {
			return s.terms[i].Value, true
		}
	}
	return "", false
}

// Map returns the selector with every term replaced by what f makes of it, such
// as the same field under the name of another version. It stops at the first
// error. A term whose field becomes empty is left out.
func (s Selector) Map(f func(Term) (Term, error)) (Selector, error) {
	out := Selector{nothing: s.nothing}
	for _, t := range s.terms {
		mapped, err := f(t)
		if err != nil {
			return Selector{}, err
		}
		if mapped.Field != "" {
			out.terms = append(out.terms, mapped)
		}
	}
	return out, nil
}

// String returns the selector in the text form.
func (s Selector) String() string {
	texts := make([]string, len(s.terms))
	for i, t := range s.terms {
		texts[i] = t.String()
	}
	return strings.Join(texts, ",")
}

// Parse reads a selector in the text form. The empty text matches everything.
// Errors are worded as Kubernetes words them.
func Parse(text string) (Selector, error) {
	parts := split(text)
	slices.Sort(parts) // so that selectors that mean the same print the same
	var s Selector
	for _, part := range parts {
		if part == "" {
			continue
		}
		field, value, not, ok := cut(part)
		if !ok {
			return Selector{}, fmt.Errorf("invalid selector: '%s'; can't understand '%s'", text, part)
		}
		if field == "" && value == "" {
			continue // names nothing, asks for nothing
		}
		value, err := Unescape(value)
		if err != nil {
			return Selector{}, err
		}
		s.terms = append(s.terms, Term{Field: field, Value: value, Not: not})
	}
	return s, nil
}

// split cuts text at the commas that no backslash stands before.
func split(text string) []string {
	var parts []string
	start := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case ',':
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}

// cut splits a term at its first operator.
func cut(term string) (field, value string, not, ok bool) {
	for i := 0; i < len(term); i++ {
		rest := term[i:]
		switch {
		case strings.HasPrefix(rest, "!="):
			return term[:i], rest[2:], true, true
		case strings.HasPrefix(rest, "=="):
			return term[:i], rest[2:], false, true
		case rest[0] == '=':
			return term[:i], rest[1:], false, true
		}
	}
	return "", "", false, false
}

var escaper = strings.NewReplacer(`\`, `\\`, `,`, `\,`, `=`, `\=`)

// Escape returns value as a selector must have it.
func Escape(value string) string { return escaper.Replace(value) }

// Unescape undoes [Escape]. The error says what should have had a backslash, or
// should not.
func Unescape(value string) (string, error) {
	if !strings.ContainsAny(value, `\,=`) {
		return value, nil
	}
	var b strings.Builder
	escaped := false
	for _, c := range value {
		special := c == '\\' || c == ',' || c == '='
		switch {
		case escaped && !special:
			return "", fmt.Errorf(`invalid field selector: invalid escape sequence: \%c`, c)
		case escaped:
			escaped = false
			b.WriteRune(c)
		case c == '\\':
			escaped = true
		case special:
			return "", fmt.Errorf("invalid field selector: unescaped character in value: %v", c)
		default:
			b.WriteRune(c)
		}
	}
	if escaped {
		return "", fmt.Errorf(`invalid field selector: invalid escape sequence: \`)
	}
	return b.String(), nil
}

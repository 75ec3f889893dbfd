package labels

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
)

// Set is a set of labels. Any map[string]string can be used as one.
type Set map[string]string

// String returns the labels as "a=1,b=2", by ascending key: a selector of them.
func (s Set) String() string { return FromSet(s).String() }

// Operator is how a requirement compares.
type Operator string

const (
	Equals       Operator = "="
	DoubleEquals Operator = "==" // the same as Equals
	NotEquals    Operator = "!="
	In           Operator = "in"
	NotIn        Operator = "notin"
	Exists       Operator = "exists"
	DoesNotExist Operator = "!"
	GreaterThan  Operator = "gt"
	LessThan     Operator = "lt"
)

// Requirement is one condition on one label. Make it with [NewRequirement].
type Requirement struct {
	key    string
	op     Operator
	values []string // ascending, each once
	number int64    // the value, for GreaterThan and LessThan
}

// NewRequirement returns the condition, or an error that says what is wrong
// with key, operator or values. It keeps a copy of values.
func NewRequirement(key string, op Operator, values []string) (Requirement, error) {
	r := Requirement{key: key, op: op, values: slices.Compact(slices.Sorted(slices.Values(values)))}
	problems := checkKey(key)
	add := func(path string, value any, detail string) {
		problems = append(problems, invalid(path, value, detail))
	}
	switch op {
	case In, NotIn:
		if len(r.values) == 0 {
			add("values", r.values, "for 'in', 'notin' operators, values set can't be empty")
		}
	case Equals, DoubleEquals, NotEquals:
		if len(r.values) != 1 {
			add("values", r.values, "exact-match compatibility requires one single value")
		}
	case Exists, DoesNotExist:
		if len(r.values) != 0 {
			add("values", r.values, "values set must be empty for exists and does not exist")
		}
	case GreaterThan, LessThan:
		if len(r.values) != 1 {
			add("values", r.values, "for 'Gt', 'Lt' operators, exactly one value is required")
		}
		for i, v := range r.values {
			n, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				add(fmt.Sprintf("values[%d]", i), v, "for 'Gt', 'Lt' operators, the value must be an integer")
			}
			r.number = n
		}
	default:
		problems = append(problems, fmt.Sprintf("operator: Unsupported value: %q: supported values: %s", op,
			`"in", "notin", "=", "==", "!=", "gt", "lt", "exists", "!"`))
	}
	for i, v := range r.values {
		for _, problem := range names.LabelValue(v) {
			add(fmt.Sprintf("values[%d][%s]", i, key), v, problem)
		}
	}
	return r, joined(problems)
}

func checkKey(key string) []string {
	var problems []string
	for _, problem := range names.QualifiedName(key) {
		problems = append(problems, invalid("<nil>", key, problem))
	}
	return problems
}

// invalid words a problem as package validate does, which is above this one.
func invalid(path string, value any, detail string) string {
	switch v := value.(type) {
	case string:
		return fmt.Sprintf("%s: Invalid value: %q: %s", path, v, detail)
	case []string:
		quoted := make([]string, len(v))
		for i := range v {
			quoted[i] = strconv.Quote(v[i])
		}
		return fmt.Sprintf("%s: Invalid value: [%s]: %s", path, strings.Join(quoted, ","), detail)
	}
	return fmt.Sprintf("%s: Invalid value: %v: %s", path, value, detail)
}

func joined(problems []string) error {
	switch len(problems) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%s", problems[0])
	}
	return fmt.Errorf("[%s]", strings.Join(problems, ", "))
}

// Key returns the key of the label that the requirement is about.
func (r Requirement) Key() string { return r.key }

// Operator returns how the requirement compares.
func (r Requirement) Operator() Operator { return r.op }

// Values returns what the requirement compares with, ascending. Read-only.
func (r Requirement) Values() []string { return r.values }

// Matches reports whether the labels meet the requirement.
func (r *Requirement) Matches(labels Set) bool {
	value, has := labels[r.key]
	return r.meets(value, has)
}

func (r *Requirement) meets(value string, has bool) bool {
	switch r.op {
	case Equals, DoubleEquals, In:
		return has && r.holds(value)
	case NotEquals, NotIn:
		return !has || !r.holds(value)
	case Exists:
		return has
	case DoesNotExist:
		return !has
	case GreaterThan, LessThan:
		n, err := strconv.ParseInt(value, 10, 64)
		if !has || err != nil {
			return false
		}
		if r.op == GreaterThan {
			return n > r.number
		}
		return n < r.number
	}
	return false
}

func (r *Requirement) holds(value string) bool {
	if len(r.values) == 1 {
		return r.values[0] == value
	}
	_, found := slices.BinarySearch(r.values, value)
	return found
}

// String returns the requirement in the text form.
func (r Requirement) String() string {
	switch r.op {
	case Exists:
		return r.key
	case DoesNotExist:
		return "!" + r.key
	case In, NotIn:
		return r.key + " " + string(r.op) + " (" + strings.Join(r.values, ",") + ")"
	case GreaterThan:
		return r.key + ">" + strings.Join(r.values, ",")
	case LessThan:
		return r.key + "<" + strings.Join(r.values, ",")
	}
	return r.key + string(r.op) + strings.Join(r.values, ",")
}

// Selector is a list of requirements that must all hold. The zero Selector
// matches everything.
type Selector struct {
	requirements []Requirement // by ascending key
	nothing      bool
}

// Everything returns the selector that matches everything.
func Everything() Selector { return Selector{} }

// Nothing returns the selector that matches nothing.
func Nothing() Selector { return Selector{nothing: true} }

// New returns the selector of those requirements.
func New(requirements ...Requirement) Selector {
	own := slices.Clone(requirements)
	slices.SortStableFunc(own, func(a, b Requirement) int { return strings.Compare(a.key, b.key) })
	return Selector{requirements: own}
}

// FromSet returns the selector of everything that has all of those labels,
// with those values. They are not checked.
func FromSet(set Set) Selector {
	if len(set) == 0 {
		return Selector{}
	}
	requirements := make([]Requirement, 0, len(set))
	for k, v := range set {
		requirements = append(requirements, Requirement{key: k, op: Equals, values: []string{v}})
	}
	return New(requirements...)
}

// FromLabelSelector returns the selector that an object holds. Nil matches
// nothing, an empty one everything. The error says which part is invalid.
func FromLabelSelector(s *meta.LabelSelector) (Selector, error) {
	if s == nil {
		return Nothing(), nil
	}
	if len(s.MatchLabels)+len(s.MatchExpressions) == 0 {
		return Selector{}, nil
	}
	requirements := make([]Requirement, 0, len(s.MatchLabels)+len(s.MatchExpressions))
	for k, v := range s.MatchLabels {
		r, err := NewRequirement(k, Equals, []string{v})
		if err != nil {
			return Nothing(), err
		}
		requirements = append(requirements, r)
	}
	for _, e := range s.MatchExpressions {
		var op Operator
		switch e.Operator {
		case meta.LabelSelectorOpIn:
			op = In
		case meta.LabelSelectorOpNotIn:
			op = NotIn
		case meta.LabelSelectorOpExists:
			op = Exists
		case meta.LabelSelectorOpDoesNotExist:
			op = DoesNotExist
		default:
			return Nothing(), fmt.Errorf("%q is not a valid label selector operator", e.Operator)
		}
		r, err := NewRequirement(e.Key, op, e.Values)
		if err != nil {
			return Nothing(), err
		}
		requirements = append(requirements, r)
	}
	return New(requirements...), nil
}

// With returns the selector that also asks for those requirements.
func (s Selector) With(requirements ...Requirement) Selector {
	if s.nothing {
		return s
	}
	return New(append(slices.Clone(s.requirements), requirements...)...)
}

// Matches reports whether the labels meet every requirement.
func (s Selector) Matches(labels Set) bool {
	if s.nothing {
		return false
	}
	for i := range s.requirements {
		if !s.requirements[i].Matches(labels) {
			return false
		}
	}
	return true
}

// MatchesFunc is Matches for labels that are not in a map: value returns that of
// one label, and whether there is one.
func (s Selector) MatchesFunc(value func(key string) (string, bool)) bool {
	if s.nothing {
		return false
	}
	for i := range s.requirements {
		if !s.requirements[i].meets(value(s.requirements[i].key)) {
			return false
		}
	}
	return true
}

// Empty reports whether the selector matches everything.
func (s Selector) Empty() bool { return !s.nothing && len(s.requirements) == 0 }

// MatchesNothing reports whether the selector is that of [Nothing].
func (s Selector) MatchesNothing() bool { return s.nothing }

// Requirements returns the requirements by ascending key. Read-only.
func (s Selector) Requirements() []Requirement { return s.requirements }

// ExactValue returns the only value of key that can match, if the selector asks
// for one.
func (s Selector) ExactValue(key string) (value string, ok bool) {
	for _, r := range s.requirements {
		if r.key == key && len(r.values) == 1 && (r.op == Equals || r.op == DoubleEquals || r.op == In) {
			return r.values[0], true
		}
	}
	return "", false
}

// String returns the selector in the text form; [Nothing] and everything are
// both empty there.
func (s Selector) String() string {
	texts := make([]string, len(s.requirements))
	for i, r := range s.requirements {
		texts[i] = r.String()
	}
	return strings.Join(texts, ",")
}

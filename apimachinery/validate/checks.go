package validate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/names"
)

// A Check looks at one value of type T at a path.
type Check[T any] func(p Path, value T) Errors

// All returns the errors of several checks, in that order.
func All(groups ...Errors) Errors {
	n := 0
	last := -1
	for i, g := range groups {
		if len(g) > 0 {
			n += len(g)
			last = i
		}
	}
	if n == 0 {
		return nil
	}
	if len(groups[last]) == n {
		return groups[last]
	}
	all := make(Errors, 0, n)
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}

// When returns what check finds if the condition holds.
func When(condition bool, check func() Errors) Errors {
	if condition {
		return check()
	}
	return nil
}

// Must returns the error unless ok. It is for rules that are one condition:
//
//	validate.Must(a < b, validate.Invalid, p, a, "must be less than b")
func Must(ok bool, otherwise func(p Path, value any, detail string) Errors, p Path, value any, detail string) Errors {
	if ok {
		return nil
	}
	return otherwise(p, value, detail)
}

// IfSet puts the checks to what value points to, if it points to anything.
func IfSet[T any](p Path, value *T, checks ...Check[T]) Errors {
	if value == nil {
		return nil
	}
	var errs Errors
	for _, check := range checks {
		errs = append(errs, check(p, *value)...)
	}
	return errs
}

// Set says Required if value is nil, else puts the checks to what it points to.
func Set[T any](p Path, value *T, checks ...Check[T]) Errors {
	if value == nil {
		return Required(p, "")
	}
	return IfSet(p, value, checks...)
}

// Each puts the check to every item of a list.
func Each[T any](p Path, items []T, check func(p Path, item *T) Errors) Errors {
	var errs Errors
	for i := range items {
		errs = append(errs, check(p.Index(i), &items[i])...)
	}
	return errs
}

// EachKey puts the check to every entry of a map, by ascending key.
func EachKey[K ~string, V any](p Path, m map[K]V, check func(p Path, key K, value V) Errors) Errors {
	var errs Errors
	for _, k := range sortedKeys(m) {
		errs = append(errs, check(p.Key(string(k)), k, m[k])...)
	}
	return errs
}

func sortedKeys[K ~string, V any](m map[K]V) []K {
	if len(m) == 0 {
		return nil
	}
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Unique says Duplicate for every item that was in the list before.
func Unique[T comparable](p Path, items []T) Errors {
	return UniqueBy(p, items, func(item *T) T { return *item })
}

// UniqueBy says Duplicate for every item whose key an item before had; the
// message shows the key. Use [Path.Child] in at to lead to the field that
// holds the key.
func UniqueBy[T any, K comparable](p Path, items []T, key func(item *T) K, at ...string) Errors {
	if len(items) < 2 {
		return nil
	}
	var errs Errors
	seen := make(map[K]struct{}, len(items))
	for i := range items {
		k := key(&items[i])
		if _, again := seen[k]; !again {
			seen[k] = struct{}{}
			continue
		}
		where := p.Index(i)
		if len(at) > 0 {
			where = where.Child(at[0], at[1:]...)
		}
		errs = append(errs, Duplicate(where, k)...)
	}
	return errs
}

// String puts rules of package names to a string.
func String[T ~string](p Path, value T, rules ...func(string) []string) Errors {
	var errs Errors
	for _, rule := range rules {
		for _, problem := range rule(string(value)) {
			errs = append(errs, Invalid(p, string(value), problem)...)
		}
	}
	return errs
}

// Matches makes a [Check] of rules of package names.
func Matches[T ~string](rules ...func(string) []string) Check[T] {
	return func(p Path, value T) Errors { return String(p, value, rules...) }
}

// NonEmpty says Required if the string is empty.
func NonEmpty[T ~string](p Path, value T) Errors {
	if value == "" {
		return Required(p, "")
	}
	return nil
}

// Named says Required if the string is empty, else puts the rules to it.
func Named[T ~string](p Path, value T, rules ...func(string) []string) Errors {
	if value == "" {
		return Required(p, "")
	}
	return String(p, value, rules...)
}

// OneOf says Required if value is empty, and NotSupported if it is none of
// those allowed, which the message lists as given.
func OneOf[T ~string](p Path, value T, allowed ...T) Errors {
	if value == "" {
		return Required(p, "")
	}
	return In(p, value, allowed...)
}

// In says NotSupported if value, be it empty, is none of those allowed, which
// the message lists as given.
func In[T ~string](p Path, value T, allowed ...T) Errors {
	if slices.Contains(allowed, value) {
		return nil
	}
	return NotSupported(p, string(value), allowed...)
}

// Sorted returns the values in ascending order, for messages that list them so.
func Sorted[T cmp.Ordered](values ...T) []T {
	slices.Sort(values)
	return values
}

// Integer is any signed whole number of the API.
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64
}

// NonNegative says that a number must be greater than or equal to 0.
func NonNegative[N Integer](p Path, n N) Errors {
	if n < 0 {
		return Invalid(p, n, "must be greater than or equal to 0")
	}
	return nil
}

// Positive says that a number must be greater than zero.
func Positive[N Integer](p Path, n N) Errors {
	if n <= 0 {
		return Invalid(p, n, "must be greater than zero")
	}
	return nil
}

// InRange returns the check that a number lies between two others, or is one of them.
func InRange[N Integer](low, high N) Check[N] {
	return func(p Path, n N) Errors {
		var errs Errors
		for _, problem := range names.Range(int64(n), int64(low), int64(high)) {
			errs = append(errs, Invalid(p, n, problem)...)
		}
		return errs
	}
}

// AtLeast returns the check that a number is at least limit.
func AtLeast[N Integer](limit N) Check[N] {
	return func(p Path, n N) Errors {
		if n < limit {
			return Invalid(p, n, fmt.Sprintf("must be greater than or equal to %d", limit))
		}
		return nil
	}
}

// GreaterThan returns the check that a number is more than limit.
func GreaterThan[N Integer](limit N) Check[N] {
	return func(p Path, n N) Errors {
		if n <= limit {
			return Invalid(p, n, fmt.Sprintf("must be greater than %d", limit))
		}
		return nil
	}
}

// AtMost returns the check that a number is at most limit.
func AtMost[N Integer](limit N) Check[N] {
	return func(p Path, n N) Errors {
		if n > limit {
			return Invalid(p, n, fmt.Sprintf("must be less than or equal to %d", limit))
		}
		return nil
	}
}

// Port is the check of the number of a port.
func Port[N Integer](p Path, n N) Errors {
	var errs Errors
	for _, problem := range names.Port(int64(n)) {
		errs = append(errs, Invalid(p, n, problem)...)
	}
	return errs
}

// MaxBytes says TooLong of a string of more than that many bytes.
func MaxBytes[T ~string](p Path, value T, limit int) Errors {
	if len(value) > limit {
		return TooLong(p, limit)
	}
	return nil
}

// MaxItems says TooMany of a list of more than that many items.
func MaxItems[T any](p Path, items []T, limit int) Errors {
	if len(items) > limit {
		return TooMany(p, len(items), limit)
	}
	return nil
}

// Items says TooMany of a list of more than that many items, or else puts the
// check to each of them.
func Items[T any](p Path, items []T, limit int, check func(p Path, item *T) Errors) Errors {
	if len(items) > limit {
		return TooMany(p, len(items), limit)
	}
	return Each(p, items, check)
}

// ItemsBy is [Items] for a list whose items have keys: it says Duplicate,
// showing all of the item, of each whose key an item before had. A nil check
// finds nothing.
func ItemsBy[T any, K comparable](p Path, items []T, limit int, key func(item *T) K, check func(p Path, item *T) Errors) Errors {
	if len(items) > limit {
		return TooMany(p, len(items), limit)
	}
	var errs Errors
	seen := make(map[K]struct{}, len(items))
	for i := range items {
		k := key(&items[i])
		if _, again := seen[k]; again {
			errs = append(errs, Duplicate(p.Index(i), Versioned(items[i]))...)
		}
		seen[k] = struct{}{}
	}
	if check == nil {
		return errs
	}
	return append(errs, Each(p, items, check)...)
}

// A Member is one of several fields of which few may be set.
type Member struct {
	Name string // of the field, in JSON
	Set  bool
}

// ExactlyOne says that one and only one of the members must be set, as
// Kubernetes words it for unions.
func ExactlyOne(p Path, members ...Member) Errors {
	set, all := split(members)
	switch len(set) {
	case 1:
		return nil
	case 0:
		return Invalid(p, "", "must specify one of: "+strings.Join(all, ", "))
	}
	return Invalid(p, "{"+strings.Join(bare(members), ", ")+"}", "must specify exactly one of: "+strings.Join(all, ", "))
}

// AtMostOne says that no two of the members may be set.
func AtMostOne(p Path, members ...Member) Errors {
	set, all := split(members)
	if len(set) <= 1 {
		return nil
	}
	return Invalid(p, "{"+strings.Join(bare(members), ", ")+"}", "must specify at most one of: "+strings.Join(all, ", "))
}

func split(members []Member) (set, all []string) {
	for _, m := range members {
		quoted := "`" + m.Name + "`"
		all = append(all, quoted)
		if m.Set {
			set = append(set, quoted)
		}
	}
	return set, all
}

func bare(members []Member) []string {
	var set []string
	for _, m := range members {
		if m.Set {
			set = append(set, m.Name)
		}
	}
	return set
}

// IsImmutable is what messages say of a field that may not change.
const IsImmutable = "field is immutable"

// Immutable says that a field changed that may not. Values are compared as
// [Equal] does; the message shows the new one.
func Immutable[T any](p Path, value, old T) Errors {
	if Equal(value, old) {
		return nil
	}
	return Invalid(p, value, IsImmutable)
}

// Unchanged is [Immutable] for fields whose type declares that they may not
// change; such messages show no value.
func Unchanged[T any](p Path, value, old T) Errors {
	if Equal(value, old) {
		return nil
	}
	return Invalid(p, nil, IsImmutable)
}

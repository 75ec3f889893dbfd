package cel

import (
	"errors"
	"math"
	"sync/atomic"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"
)

// ErrBudget says that the expressions that share a budget have used it up.
var ErrBudget = errors.New("running out of cost budget")

// A Budget is what several expressions together may still cost. It is safe
// for concurrent use.
type Budget struct{ left atomic.Int64 }

// NewBudget returns a budget of that size, such as [PolicyBudget].
func NewBudget(size int64) *Budget {
	b := new(Budget)
	b.left.Store(size)
	return b
}

// Left is what is still there; below zero if too much was taken.
func (b *Budget) Left() int64 { return b.left.Load() }

// spend takes cost away and says ErrBudget if there was not as much.
func (b *Budget) spend(n uint64) error {
	if b == nil {
		return nil
	}
	if n > math.MaxInt64/2 || b.left.Add(-int64(n)) < 0 {
		return ErrBudget
	}
	return nil
}

// A library is a set of functions with their costs.
type library struct {
	name    string
	options []cel.EnvOption
	costs   []costRule
}

func (l library) LibraryName() string { return l.name }

func (l library) CompileOptions() []cel.EnvOption {
	estimates := make([]checker.CostOption, len(l.costs))
	for i, c := range l.costs {
		estimates[i] = checker.OverloadCostEstimate(c.id, c.estimate)
	}
	return append([]cel.EnvOption{cel.CostEstimatorOptions(estimates...)}, l.options...)
}

func (l library) ProgramOptions() []cel.ProgramOption {
	trackers := make([]interpreter.CostTrackerOption, len(l.costs))
	for i, c := range l.costs {
		trackers[i] = interpreter.OverloadCostTracker(c.id, c.track)
	}
	return []cel.ProgramOption{cel.CostTrackerOptions(trackers...)}
}

// A costRule is what one form of a function costs. Sizes are those of the receiver
// and the arguments, in that order.
type costRule struct {
	id   string
	cost func(sizes []uint64) uint64
	size func(sizes []uint64) uint64 // of the result; nil if it has none
}

func (r costRule) estimate(e checker.CostEstimator, target *checker.AstNode, args []checker.AstNode) *checker.CallEstimate {
	nodes := args
	if target != nil {
		nodes = append([]checker.AstNode{*target}, args...)
	}
	low, high := make([]uint64, len(nodes)), make([]uint64, len(nodes))
	for i, n := range nodes {
		size := n.ComputedSize()
		if size == nil {
			size = e.EstimateSize(n)
		}
		if size == nil {
			unknown := checker.UnknownSizeEstimate()
			size = &unknown
		}
		low[i], high[i] = size.Min, size.Max
	}
	call := &checker.CallEstimate{CostEstimate: checker.CostEstimate{Min: r.cost(low), Max: r.cost(high)}}
	if r.size != nil {
		call.ResultSize = &checker.SizeEstimate{Max: r.size(high)}
	}
	return call
}

func (r costRule) track(args []ref.Val, _ ref.Val) *uint64 {
	sizes := make([]uint64, len(args))
	for i, a := range args {
		sizes[i] = 1
		if s, ok := a.(traits.Sizer); ok {
			if n, ok := s.Size().(types.Int); ok && n >= 0 {
				sizes[i] = uint64(n)
			}
		}
	}
	n := r.cost(sizes)
	return &n
}

// Looking at text costs a tenth of looking at as many things, and each
// character of a pattern a quarter.
const (
	textFactor    = 0.1
	patternFactor = 0.25
)

func part(n uint64, factor float64) uint64 {
	f := math.Ceil(float64(n) * factor)
	if f >= math.MaxUint64 {
		return math.MaxUint64
	}
	return uint64(f)
}

func times(a, b uint64) uint64 {
	if a != 0 && b > math.MaxUint64/a {
		return math.MaxUint64
	}
	return a * b
}

func oneMore(n uint64) uint64 {
	if n == math.MaxUint64 {
		return n
	}
	return n + 1
}

// scan is the cost of a function that looks once at all of the text that is
// its argument i, counting the receiver.
func scan(id string, i int) costRule {
	return costRule{id: id, cost: func(sizes []uint64) uint64 { return part(sizes[i], textFactor) }}
}

// plain is the cost of functions that do little whatever they are given.
func plain(ids ...string) []costRule {
	all := make([]costRule, len(ids))
	for i, id := range ids {
		all[i] = fixed(id, 1)
	}
	return all
}

func fixed(id string, n uint64) costRule {
	return costRule{id: id, cost: func([]uint64) uint64 { return n }}
}

// matching is the cost of putting a regular expression to text.
func matching(id string) costRule {
	return costRule{id: id, cost: func(sizes []uint64) uint64 {
		return times(part(oneMore(sizes[0]), textFactor), part(sizes[1], patternFactor))
	}, size: first}
}

// sweep is the cost of looking at every item of a list.
func sweep(id string) costRule {
	return costRule{id: id, cost: func(sizes []uint64) uint64 { return oneMore(sizes[0]) }}
}

func first(sizes []uint64) uint64 { return sizes[0] }

func sum2(a, b uint64) uint64 {
	if a > math.MaxUint64-b {
		return math.MaxUint64
	}
	return a + b
}

// stringCosts is what the functions of strings cost, which this edition of
// the language's library does not say itself.
func stringCosts() library {
	searching := func(id string) costRule {
		return costRule{id: id, cost: func(s []uint64) uint64 { return part(times(s[0], max(s[1], 1)), textFactor) }}
	}
	// Each occurrence, at worst one a character, becomes the replacement.
	replaced := func(s []uint64) uint64 {
		return sum2(s[0], times(oneMore(s[0]/max(s[1], 1)), s[2]))
	}
	replacing := func(id string) costRule {
		return costRule{id: id, size: replaced, cost: func(s []uint64) uint64 {
			return sum2(part(s[0], textFactor), part(replaced(s), textFactor))
		}}
	}
	joining := func(id string) costRule {
		return costRule{id: id, cost: func(s []uint64) uint64 { return oneMore(s[0]) }}
	}
	splitting := func(id string) costRule {
		return costRule{id: id, size: func(s []uint64) uint64 { return oneMore(s[0]) }, cost: func(s []uint64) uint64 { return part(s[0], textFactor) }}
	}
	costs := []costRule{
		fixed("string_char_at_int", 1),
		searching("string_index_of_string"), searching("string_index_of_string_int"),
		searching("string_last_index_of_string"), searching("string_last_index_of_string_int"),
		replacing("string_replace_string_string"), replacing("string_replace_string_string_int"),
		splitting("string_split_string"), splitting("string_split_string_int"),
		joining("list_join"), joining("list_join_string"),
	}
	for _, id := range []string{"string_lower_ascii", "string_upper_ascii", "string_substring_int", "string_substring_int_int", "string_trim"} {
		same := scan(id, 0)
		same.size = first
		costs = append(costs, same)
	}
	return library{name: "kubernetes.strings", costs: costs}
}

package cel

import (
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// listLibrary has isSorted, sum, min, max, indexOf and lastIndexOf of lists.

func listLibrary() library {
	var sorted, sums, least, most []cel.FunctionOpt
	var costs []costRule
	add := func(to *[]cel.FunctionOpt, id string, list, result *cel.Type, f func(traits.Lister) ref.Val) {
		*to = append(*to, on(id, takes(list), result, unary(f)))
		costs = append(costs, sweep(id))
	}
	for _, t := range []struct {
		name string
		of   *cel.Type
		zero ref.Val
	}{
		{"int", cel.IntType, types.IntZero}, {"uint", cel.UintType, types.Uint(0)}, {"double", cel.DoubleType, types.Double(0)},
		{"bool", cel.BoolType, nil}, {"duration", cel.DurationType, types.Duration{}}, {"timestamp", cel.TimestampType, nil},
		{"string", cel.StringType, nil}, {"bytes", cel.BytesType, nil},
	} {
		list := cel.ListType(t.of)
		add(&sorted, "list_"+t.name+"_is_sorted_bool", list, cel.BoolType, isSorted)
		add(&least, "list_"+t.name+"_min_"+t.name, list, t.of, func(l traits.Lister) ref.Val { return extreme(l, "min", types.IntOne) })
		add(&most, "list_"+t.name+"_max_"+t.name, list, t.of, func(l traits.Lister) ref.Val { return extreme(l, "max", types.IntNegOne) })
		if t.zero != nil {
			add(&sums, "list_"+t.name+"_sum_"+t.name, list, t.of, func(l traits.Lister) ref.Val { return sum(l, t.zero) })
		}
	}
	item := cel.TypeParamType("T")
	list := cel.ListType(item)
	costs = append(costs, sweep("list_a_index_of_int"), sweep("list_a_last_index_of_int"))
	return library{name: "kubernetes.lists", costs: costs, options: []cel.EnvOption{
		cel.Function("isSorted", sorted...),
		cel.Function("sum", sums...),
		cel.Function("min", least...),
		cel.Function("max", most...),
		cel.Function("indexOf", on("list_a_index_of_int", takes(list, item), cel.IntType, cel.BinaryBinding(indexOf))),
		cel.Function("lastIndexOf", on("list_a_last_index_of_int", takes(list, item), cel.IntType, cel.BinaryBinding(lastIndexOf))),
	}}
}

func isSorted(l traits.Lister) ref.Val {
	var prev traits.Comparer
	for it := l.Iterator(); it.HasNext() == types.True; {
		next, ok := it.Next().(traits.Comparer)
		if !ok {
			return types.MaybeNoSuchOverloadErr(l)
		}
		if prev != nil {
			switch order := prev.Compare(next.(ref.Val)).(type) {
			case types.Int:
				if order > 0 {
					return types.False
				}
			default:
				return order
			}
		}
		prev = next
	}
	return types.True
}

func sum(l traits.Lister, zero ref.Val) ref.Val {
	total := zero
	for it := l.Iterator(); it.HasNext() == types.True; {
		next := it.Next()
		adder, ok := total.(traits.Adder)
		if !ok {
			return types.MaybeNoSuchOverloadErr(next)
		}
		if total == zero {
			// Of a list of any type the first item tells which sum it is.
			total = next
			continue
		}
		if total = adder.Add(next); types.IsError(total) {
			return total
		}
	}
	return total
}

// extreme returns the item before which none comes; beyond is how the one kept
// compares to one that replaces it.
func extreme(l traits.Lister, what string, beyond types.Int) ref.Val {
	if l.Size() == types.IntZero {
		return types.NewErr("%s called on empty list", what)
	}
	it := l.Iterator()
	best := it.Next()
	for it.HasNext() == types.True {
		next := it.Next()
		c, ok := best.(traits.Comparer)
		if !ok {
			return types.MaybeNoSuchOverloadErr(best)
		}
		switch order := c.Compare(next); {
		case types.IsError(order):
			return order
		case order == beyond:
			best = next
		}
	}
	return best
}

func indexOf(list, item ref.Val) ref.Val {
	l, ok := list.(traits.Lister)
	if !ok {
		return types.MaybeNoSuchOverloadErr(list)
	}
	size, _ := l.Size().(types.Int)
	for i := types.Int(0); i < size; i++ {
		if types.Equal(l.Get(i), item) == types.True {
			return i
		}
	}
	return types.Int(-1)
}

func lastIndexOf(list, item ref.Val) ref.Val {
	l, ok := list.(traits.Lister)
	if !ok {
		return types.MaybeNoSuchOverloadErr(list)
	}
	size, _ := l.Size().(types.Int)
	for i := size - 1; i >= 0; i-- {
		if types.Equal(l.Get(i), item) == types.True {
			return i
		}
	}
	return types.Int(-1)
}

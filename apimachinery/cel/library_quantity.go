package cel

import (
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

var quantityType = cel.ObjectType("kubernetes.Quantity")

// quantityLibrary has amounts such as 500m and 1Gi.

func amount(q quantity.Quantity) ref.Val {
	return &opaque[quantity.Quantity]{quantityType, q, quantity.Quantity.Equal}
}

func quantityLibrary() library {
	type q = quantity.Quantity
	two := takes(quantityType, quantityType)
	plusInt := takes(quantityType, cel.IntType)
	plus := func(a, b q) ref.Val { a.Add(b); return amount(a) }
	minus := func(a, b q) ref.Val { a.Sub(b); return amount(a) }
	whole := func(n int64) q { return quantity.New(n, quantity.DecimalSI) }
	return library{name: "kubernetes.quantity", costs: append(plain("quantity_sign", "quantity_is_integer", "quantity_get_int", "quantity_get_float", "quantity_is_greater_than", "quantity_is_less_than",
		"quantity_compare_to", "quantity_add", "quantity_add_int", "quantity_sub", "quantity_sub_int"),
		scan("string_to_quantity", 0), scan("is_quantity_string", 0)), options: []cel.EnvOption{
		cel.Function("quantity", over("string_to_quantity", takes(cel.StringType), quantityType, unary(func(text string) ref.Val {
			v, err := quantity.Parse(text)
			if err != nil {
				return types.WrapErr(err)
			}
			return amount(v)
		}))),
		cel.Function("isQuantity", over("is_quantity_string", takes(cel.StringType), cel.BoolType, yes(func(text string) bool {
			_, err := quantity.Parse(text)
			return err == nil
		}))),
		// Of all of these only sign is a function, not a method: so it is in Kubernetes.
		cel.Function("sign", over("quantity_sign", takes(quantityType), cel.IntType, unary(func(v q) ref.Val { return types.Int(v.Sign()) }))),
		cel.Function("isInteger", on("quantity_is_integer", takes(quantityType), cel.BoolType, yes(func(v q) bool { _, ok := v.Int64(); return ok }))),
		cel.Function("asInteger", on("quantity_get_int", takes(quantityType), cel.IntType, unary(func(v q) ref.Val {
			n, ok := v.Int64()
			if !ok {
				return types.NewErr("cannot convert value to integer")
			}
			return types.Int(n)
		}))),
		cel.Function("asApproximateFloat", on("quantity_get_float", takes(quantityType), cel.DoubleType, unary(func(v q) ref.Val { return types.Double(v.Float64()) }))),
		cel.Function("isGreaterThan", on("quantity_is_greater_than", two, cel.BoolType, binary(func(a, b q) ref.Val { return types.Bool(a.Cmp(b) > 0) }))),
		cel.Function("isLessThan", on("quantity_is_less_than", two, cel.BoolType, binary(func(a, b q) ref.Val { return types.Bool(a.Cmp(b) < 0) }))),
		cel.Function("compareTo", on("quantity_compare_to", two, cel.IntType, binary(func(a, b q) ref.Val { return types.Int(a.Cmp(b)) }))),
		cel.Function("add", on("quantity_add", two, quantityType, binary(plus)),
			on("quantity_add_int", plusInt, quantityType, binary(func(a q, n int64) ref.Val { return plus(a, whole(n)) }))),
		cel.Function("sub", on("quantity_sub", two, quantityType, binary(minus)),
			on("quantity_sub_int", plusInt, quantityType, binary(func(a q, n int64) ref.Val { return minus(a, whole(n)) }))),
	}}
}

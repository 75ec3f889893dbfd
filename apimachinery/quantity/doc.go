// Package quantity is the exact decimal number with a suffix that the API
// counts resources in: "500m", "1.5Gi", "1e3".
//
//	cpu := quantity.MustParse("250m")
//	cpu.Add(quantity.MustParse("1"))
//	fmt.Println(cpu)         // 1250m
//	fmt.Println(cpu.Value()) // 2: whole units, rounded up
//
// A [Quantity] remembers which kind of suffix it was written with and prints in
// that kind's canonical form: no fraction, the largest suffix that keeps it
// whole ("1.5Mi" prints as "1536Ki", "0.5" as "500m"). As in Kubernetes, some
// texts that were parsed print as they came ("+1", "1.001", "1e3") until the
// value is changed.
//
// Values have at most nine decimals; finer ones are rounded away from zero.
// There is no upper limit but for the binary suffixes, which stop at 2^63-1.
//
// The zero Quantity is 0. Quantities are values: copying one is cheap and
// safe, and methods that change one (Add, Sub, ...) have a pointer receiver.
// Compare with [Quantity.Cmp] or [Quantity.Equal], not with ==: "1" and
// "1000m" are equal but not the same.
package quantity

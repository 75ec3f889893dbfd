package quantity_test

import (
	"fmt"

	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

func Example() {
	cpu := quantity.MustParse("250m")
	cpu.Add(quantity.MustParse("1"))
	fmt.Println(cpu, cpu.Value(), cpu.MilliValue())

	memory, err := quantity.Parse("1.5Gi")
	fmt.Println(memory, memory.Cmp(quantity.MustParse("1536Mi")), err)

	_, err = quantity.Parse("1 Gi")
	fmt.Println(err)
	// Output:
	// 1250m 2 1250
	// 1536Mi 0 <nil>
	// quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
}

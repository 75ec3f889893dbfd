package intstr_test

import (
	"fmt"

	"github.com/kubenucleus/nucleus/apimachinery/intstr"
)

func ExampleIntOrString_Scaled() {
	for _, text := range []string{"3", "25%"} {
		n, err := intstr.Parse(text).Scaled(10, true)
		fmt.Println(n, err)
	}
	// Output:
	// 3 <nil>
	// 3 <nil>
}

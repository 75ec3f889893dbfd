package controllers_test

import (
	"fmt"

	"github.com/kubenucleus/nucleus/runtime/controllers"
)

func ExampleSelect() {
	names, err := controllers.Select([]string{"deployment", "replicaset-controller"})
	fmt.Println(names, err)
	_, err = controllers.Select([]string{"*", "-deploy"})
	fmt.Println(err)
	// Output:
	// [deployment-controller replicaset-controller] <nil>
	// "deploy" is not in the list of known controllers
}

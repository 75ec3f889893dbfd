package embedded_test

import (
	"context"
	"fmt"
	"os"

	"github.com/kubenucleus/nucleus/storage/embedded"
)

// What was acknowledged is there when the directory is opened again.
func ExampleOpen() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	store, err := embedded.Open(ctx, embedded.Options{Dir: dir})
	if err != nil {
		fmt.Println(err)
		return
	}
	rev, err := store.Create(ctx, "/registry/widgets/a", []byte("1"), 0)
	fmt.Println("created at", rev, err)
	fmt.Println("closed", store.Close())

	store, err = embedded.Open(ctx, embedded.Options{Dir: dir})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	kv, _, err := store.Get(ctx, "/registry/widgets/a")
	fmt.Printf("found %s of revision %d %v\n", kv.Value, kv.Modified, err)
	fmt.Println("check", store.Check(ctx))
	// Output:
	// created at 2 <nil>
	// closed <nil>
	// found 1 of revision 2 <nil>
	// check <nil>
}

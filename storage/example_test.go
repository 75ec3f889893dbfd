package storage_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/embedded"
)

// Two writers have read the same revision; the second learns what the first
// did, and tries again.
func ExampleStore_update() {
	ctx := context.Background()
	store, err := embedded.Open(ctx, embedded.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()

	read, _ := store.Create(ctx, "/registry/widgets/a", []byte("red"), 0)
	_, err = store.Update(ctx, "/registry/widgets/a", read, []byte("green"), 0)
	fmt.Println("first:", err)

	_, err = store.Update(ctx, "/registry/widgets/a", read, []byte("blue"), 0)
	fmt.Println("second:", err)
	if ke, ok := errors.AsType[*storage.KeyError](err); ok && errors.Is(err, storage.ErrConflict) {
		fmt.Printf("it is %s now\n", ke.Current.Value)
		_, err = store.Update(ctx, "/registry/widgets/a", ke.Current.Modified, []byte("blue"), 0)
		fmt.Println("second again:", err)
	}
	// Output:
	// first: <nil>
	// second: update /registry/widgets/a: revision conflict
	// it is green now
	// second again: <nil>
}

// A watch yields what has happened since a revision, then what happens.
func ExampleStore_watch() {
	ctx := context.Background()
	store, err := embedded.Open(ctx, embedded.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	start, _ := store.Revision(ctx)
	a, _ := store.Create(ctx, "/registry/widgets/a", []byte("1"), 0)
	_, _ = store.Create(ctx, "/registry/gadgets/a", []byte("1"), 0)
	_, _ = store.Delete(ctx, "/registry/widgets/a", a)

	for event, err := range store.Watch(ctx, "/registry/widgets/", start) {
		switch {
		case err != nil:
			fmt.Println(err)
		case event.Type == storage.Put:
			fmt.Printf("%d: %s is %q\n", event.Revision, event.KV.Key, event.KV.Value)
		case event.Type == storage.Delete:
			fmt.Printf("%d: %s is gone, it was %q\n", event.Revision, event.KV.Key, event.Prev)
		case event.Type == storage.Progress:
			fmt.Println("up to date with", event.Revision)
			return
		}
	}
	// Output:
	// 2: /registry/widgets/a is "1"
	// 4: /registry/widgets/a is gone, it was "1"
	// up to date with 4
}

// A long list is read in pages of one revision, so that they fit together.
func ExampleStore_list() {
	ctx := context.Background()
	store, err := embedded.Open(ctx, embedded.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	for _, name := range []string{"a", "b", "c"} {
		_, _ = store.Create(ctx, "/registry/widgets/"+name, nil, 0)
	}
	opts := storage.ListOptions{Limit: 2}
	for more := true; more; {
		page, err := store.List(ctx, "/registry/widgets/", opts)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, kv := range page.Items {
			fmt.Println(kv.Key)
			opts.After = kv.Key
		}
		more, opts.Revision = page.More, page.Revision
		_, _ = store.Create(ctx, "/registry/widgets/d", nil, 0) // is not in this list
	}
	// Output:
	// /registry/widgets/a
	// /registry/widgets/b
	// /registry/widgets/c
}

package cache_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/cache"
	"github.com/kubenucleus/nucleus/storage/embedded"
)

// The smallest codec: objects are stored as their color alone.
var codec = cache.Codec{
	Decode: func(key string, stored []byte, rev storage.Revision) (meta.Object, error) {
		o := &meta.Unstructured{Fields: map[string]any{"color": string(stored)}}
		o.Name, o.ResourceVersion = key[strings.LastIndexByte(key, '/')+1:], strconv.FormatInt(int64(rev), 10)
		return o, nil
	},
	Encode: func(o *cache.Object, _ cache.Form) ([]byte, error) {
		obj, err := o.Typed()
		if err != nil {
			return nil, err
		}
		m := obj.Metadata()
		return fmt.Appendf(nil, `{"name":%q,"resourceVersion":%q,"color":%q}`, m.Name, m.ResourceVersion, o.Stored), nil
	},
}

func Example() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	store, err := embedded.Open(ctx, embedded.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	c := cache.New(store, cache.Options{Prefix: "/registry/widgets/", Codec: codec})
	done := make(chan error)
	go func() { done <- c.Run(ctx) }()
	defer func() { cancel(); <-done; _ = store.Close() }()

	_, _ = store.Create(ctx, "/registry/widgets/default/a", []byte("red"), 0)
	_, _ = store.Create(ctx, "/registry/widgets/default/b", []byte("green"), 0)

	// A list sees every write that was acknowledged before.
	snap, err := c.Snapshot(ctx, cache.Latest())
	if err != nil {
		fmt.Println(err)
		return
	}
	form := cache.Form{GroupVersion: "example.com/v1", Media: cache.JSON}
	for o := range snap.Ascend("/registry/widgets/default/", "") {
		b, err := o.Form(form)
		fmt.Println(string(b), err)
	}

	// A watch goes on from there.
	_, _ = store.Update(ctx, "/registry/widgets/default/a", 0, []byte("blue"), 0)
	for ev, err := range c.Watch(ctx, snap.Revision(), cache.WatchOptions{Key: "/registry/widgets/default/a"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		b, err := ev.Object.Form(form)
		fmt.Println(ev.Type == cache.Modified, string(b), err)
		break
	}
	// Output:
	// {"name":"a","resourceVersion":"2","color":"red"} <nil>
	// {"name":"b","resourceVersion":"3","color":"green"} <nil>
	// true {"name":"a","resourceVersion":"4","color":"blue"} <nil>
}

package registry_test

import (
	"context"
	"errors"
	"fmt"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/storage/embedded"
)

// A control plane's heart in one process: declared resources over a store, and
// a typed client on them.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	store, err := embedded.Open(ctx, embedded.Options{}) // in memory
	if err != nil {
		fmt.Println(err)
		return
	}
	resources, err := scheme.New(scheme.Group{Versions: []scheme.Version{corev1.Version()}})
	if err != nil {
		fmt.Println(err)
		return
	}
	reg, err := registry.New(resources, store, registry.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	done := make(chan error)
	go func() { done <- reg.Run(ctx) }()

	configMaps := client.Of[corev1.ConfigMap](reg.Client(&auth.User{Name: "me"})).In("default")
	settings := &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: "settings"}, Data: map[string]string{"color": "blue"}}
	if err := configMaps.Create(ctx, settings); err != nil {
		fmt.Println(err)
	}
	settings.Data["color"] = "green"
	if err := configMaps.Update(ctx, settings); err != nil {
		fmt.Println(err)
	}
	found, err := configMaps.Get(ctx, "settings")
	fmt.Println(found.Data["color"], err)
	_, err = configMaps.Get(ctx, "other")
	fmt.Println(err)

	stop()
	fmt.Println(errors.Is(<-done, context.Canceled), store.Close())
	// Output:
	// green <nil>
	// configmaps "other" not found
	// true <nil>
}

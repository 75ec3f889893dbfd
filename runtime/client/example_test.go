package client_test

import (
	"context"
	"fmt"
	"log"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
)

// The server of the examples is in memory; yours is what a kubeconfig names.
func exampleServer() (c client.Client, stop func() error) {
	server, stop, err := clienttest.Run(clienttest.Options{Bootstrap: true})
	if err != nil {
		log.Fatal(err)
	}
	return server.Remote, stop
}

func Example() {
	c, stop := exampleServer()
	defer stop()
	ctx := context.Background()

	maps := client.Of[corev1.ConfigMap](c).In("default")
	err := maps.Create(ctx, &corev1.ConfigMap{
		ObjectMeta: meta.ObjectMeta{Name: "settings"},
		Data:       map[string]string{"colour": "blue"},
	})
	if err != nil {
		log.Fatal(err)
	}
	settings, err := maps.Modify(ctx, "settings", func(m *corev1.ConfigMap) error {
		m.Data["colour"] = "green"
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(settings.Name, settings.Data["colour"])

	_, err = maps.Get(ctx, "nothing")
	fmt.Println(meta.IsNotFound(err), err)
	// Output:
	// settings green
	// true configmaps "nothing" not found
}

// A program that runs outside of the cluster.
func ExampleNew() {
	kubeconfig, err := client.LoadKubeconfig("")
	if err != nil {
		log.Fatal(err)
	}
	config, err := kubeconfig.Config("") // the current context
	if err != nil {
		log.Fatal(err)
	}
	config.Scheme, err = scheme.New(api.Groups()...)
	if err != nil {
		log.Fatal(err)
	}
	c, err := client.New(config)
	if err != nil {
		log.Fatal(err)
	}
	for d, err := range client.Of[appsv1.Deployment](c).All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(d.Namespace, d.Name)
	}
}

func ExampleDynamic() {
	c, stop := exampleServer()
	defer stop()
	ctx := context.Background()

	resource, err := client.NewMapper(c).ForName(ctx, "ns") // as a user would say it
	if err != nil {
		log.Fatal(err)
	}
	namespace, err := client.Dynamic(c, resource.Resource).Get(ctx, "default")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(namespace.Kind, namespace.Name, namespace.Fields["status"])
	// Output: Namespace default map[phase:Active]
}

func ExampleCache() {
	c, stop := exampleServer()
	defer stop()
	ctx, cancel := context.WithCancel(context.Background())

	cache := client.NewCache[corev1.Namespace](c, client.CacheOptions[corev1.Namespace]{})
	added := make(chan string)
	cache.Handle(client.Handler[corev1.Namespace]{
		OnAdd: func(ns *corev1.Namespace, initial bool) {
			if !initial {
				added <- ns.Name
			}
		},
	})
	ended := make(chan error)
	go func() { ended <- cache.Run(ctx) }()
	if err := cache.WaitSynced(ctx); err != nil {
		log.Fatal(err)
	}
	for ns := range cache.All() {
		fmt.Println(ns.Name)
	}

	team := &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "team-a"}}
	if err := client.Of[corev1.Namespace](c).Create(ctx, team); err != nil {
		log.Fatal(err)
	}
	fmt.Println("new:", <-added)
	cancel()
	<-ended
	// Output:
	// default
	// kube-node-lease
	// kube-public
	// kube-system
	// new: team-a
}

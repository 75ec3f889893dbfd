package controller_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/controller"
)

// Labeller returns the parts of a controller that labels each namespace with
// its own name: everything it takes to write one. It runs in the server's
// process or across the network, depending on c.
func Labeller(c client.Client, log *slog.Logger) *controller.Group {
	caches := client.NewCaches(c, log)
	cache := client.CacheOf[corev1.Namespace](caches)
	namespaces := client.Of[corev1.Namespace](c)

	loop := controller.New("labeller", func(ctx context.Context, key client.Key) (controller.Result, error) {
		ns, ok := cache.GetKey(key)
		if !ok || ns.Labels["team"] == key.Name {
			return controller.Result{}, nil // gone, or as it should be
		}
		ns = codec.DeepCopy(ns) // what is in a cache is shared
		if ns.Labels == nil {
			ns.Labels = map[string]string{}
		}
		ns.Labels["team"] = key.Name
		return controller.Result{}, namespaces.Update(ctx, ns)
	}, controller.Options{Workers: 2, Logger: log})
	controller.Watch(loop, cache, controller.Self[corev1.Namespace])

	group := &controller.Group{Logger: log}
	group.AddReady("caches", caches.Run, caches.WaitSynced)
	group.Add("labeller", loop.Run)
	return group
}

func Example() {
	server, stop, err := clienttest.Run(clienttest.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer stop()
	c := server.Local
	ctx, cancel := context.WithCancel(context.Background())

	ended := make(chan error)
	go func() { ended <- Labeller(c, slog.New(slog.DiscardHandler)).Run(ctx) }()

	namespaces := client.Of[corev1.Namespace](c)
	ns := &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: "blue"}}
	if err := namespaces.Create(ctx, ns); err != nil {
		log.Fatal(err)
	}
	for change, err := range namespaces.Watch(ctx, meta.ListOptions{ResourceVersion: ns.ResourceVersion}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(change.Object.Name, "is of team", change.Object.Labels["team"])
		break
	}
	cancel()
	fmt.Println("stopped:", <-ended)
	// Output:
	// blue is of team blue
	// stopped: <nil>
}

func ExampleElector() {
	server, stop, err := clienttest.Run(clienttest.Options{Bootstrap: true})
	if err != nil {
		log.Fatal(err)
	}
	defer stop()
	c := server.Local
	ctx, cancel := context.WithCancel(context.Background())

	elector, err := controller.NewElector(c, "kube-system", "example", "host-1", controller.ElectorOptions{})
	if err != nil {
		log.Fatal(err)
	}
	err = elector.Run(ctx, func(ctx context.Context) error {
		fmt.Println(elector.Leader(), "leads")
		cancel() // the program is told to stop
		<-ctx.Done()
		return nil
	})
	fmt.Println("then:", err)
	// Output:
	// host-1 leads
	// then: <nil>
}

func ExampleRecorder() {
	server, stop, err := clienttest.Run(clienttest.Options{Bootstrap: true})
	if err != nil {
		log.Fatal(err)
	}
	defer stop()
	c := server.Local
	ctx, cancel := context.WithCancel(context.Background())

	recorder := controller.NewRecorder(c, "example", controller.RecorderOptions{})
	node := &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: "node-1", UID: "1"}}
	for range 3 {
		recorder.Warning(node, "DiskPressure", "less than %d%% of the disk is free", 10)
	}
	cancel()
	recorder.Run(ctx) // sends what is left

	for e, err := range client.Of[corev1.Event](c).All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.Type, e.Reason, e.InvolvedObject.Name, e.Count, e.Message)
	}
	// Output: Warning DiskPressure node-1 3 less than 10% of the disk is free
}

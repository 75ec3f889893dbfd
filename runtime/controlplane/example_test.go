package controlplane_test

import (
	"context"
	"fmt"
	"log"
	"net"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controlplane"
)

// A Widget is a resource of one's own: a struct with tags.
type Widget struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty"`
	Size            string `json:"size" enum:"small|large" default:"small"`
}

// Serve a resource of one's own, and use it from the same process.
func Example() {
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	widgets := scheme.Define[Widget, meta.List[Widget]](scheme.Spec[Widget]{Name: "widgets", Namespaced: true})
	cp, err := controlplane.New(ctx, controlplane.Options{
		Groups: append(api.Basic(), scheme.Group{Name: "example.com", Versions: []scheme.Version{
			{Name: "v1", Resources: []*scheme.Resource{widgets}},
		}}),
		Listener: listener,
	})
	if err != nil {
		log.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cp.Run(ctx) }()
	if err := cp.WaitReady(ctx); err != nil {
		log.Fatal(err)
	}
	c := client.Of[Widget](cp.Client(&auth.User{Name: "me", Groups: []string{auth.GroupMasters}})).In("default")
	w := &Widget{ObjectMeta: meta.ObjectMeta{Name: "first"}}
	fmt.Println(c.Create(ctx, w), w.Size)
	stop()
	fmt.Println(<-ended)
	// Output:
	// <nil> small
	// <nil>
}

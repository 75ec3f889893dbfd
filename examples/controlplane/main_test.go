package main

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controlplane"
)

// TestGreetings uses the control plane over the network, as a client would.
func TestGreetings(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	cp, err := controlplane.New(ctx, controlplane.Options{Groups: append(api.Basic(), greetings()), Listener: listener})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cp.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	if err := cp.WaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	kubeconfig, err := cp.Kubeconfig(ctx)
	if err != nil {
		t.Fatal(err)
	}
	config, err := kubeconfig.Config("")
	if err != nil {
		t.Fatal(err)
	}
	config.Scheme = cp.Registry().Scheme()
	c, err := client.New(config)
	if err != nil {
		t.Fatal(err)
	}

	hi := client.Of[Greeting](c).In("default")
	if err := hi.Create(ctx, &Greeting{ObjectMeta: meta.ObjectMeta{Name: "a"}, To: []string{"you", "me"}}); err != nil {
		t.Fatal(err)
	}
	old, err := client.Of[GreetingAlpha](c).In("default").Get(ctx, "a")
	if err != nil || old.To != "you,me" || old.Text != "Hello" {
		t.Errorf("as v1alpha1 it is %+v, %v", old, err)
	}
	err = hi.Create(ctx, &Greeting{ObjectMeta: meta.ObjectMeta{Name: "b"}, To: []string{"1", "2", "3", "4"}})
	if !meta.IsInvalid(err) {
		t.Errorf("too many to greet: got %v, want Invalid", err)
	}
	// The kind's own rules do not speak of names; they count all the same.
	err = hi.Create(ctx, &Greeting{ObjectMeta: meta.ObjectMeta{Name: "Not A Name"}, To: []string{"you"}})
	if !meta.IsInvalid(err) {
		t.Errorf("a bad name: got %v, want Invalid", err)
	}
}

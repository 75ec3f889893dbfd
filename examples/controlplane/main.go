// Command controlplane is a control plane of its own: no Pods, one resource,
// two versions. Run it, then: kubectl --kubeconfig data/kubeconfig get greetings
package main

import (
	"cmp"
	"context"
	"log"
	"os/signal"
	"strings"
	"syscall"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
	"github.com/kubenucleus/nucleus/runtime/controlplane"
)

// Greeting is version v1.
type Greeting struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty"`
	To              []string `json:"to"`   // whom to greet
	Text            string   `json:"text"` // what to say
}

// GreetingAlpha is version v1alpha1, which could greet one only.
type GreetingAlpha struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty"`
	To              string `json:"to"`
	Text            string `json:"text"`
}

func group() scheme.Group {
	v1 := scheme.Version{Name: "v1", Resources: []*scheme.Resource{scheme.Define[Greeting, meta.List[Greeting]](scheme.Spec[Greeting]{
		Name: "greetings", Namespaced: true, ShortNames: []string{"hi"},
		Default:  func(g *Greeting) { g.Text = cmp.Or(g.Text, "Hello") },
		Validate: func(g *Greeting) validate.Errors { return validate.MaxItems(validate.NewPath("to"), g.To, 3) },
	})}}
	alpha := scheme.Version{Name: "v1alpha1", Resources: []*scheme.Resource{scheme.Define[GreetingAlpha, meta.List[GreetingAlpha]](scheme.Spec[GreetingAlpha]{
		Name: "greetings", Kind: "Greeting", Namespaced: true,
	})}, Conversions: []scheme.Conversion{
		scheme.Convert(func(from *Greeting, to *GreetingAlpha) error { to.To = strings.Join(from.To, ","); return nil }),
		scheme.Convert(func(from *GreetingAlpha, to *Greeting) error { to.To = strings.Split(from.To, ","); return nil }),
	}}
	return scheme.Group{Name: "example.com", Versions: []scheme.Version{v1, alpha}}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	cp, err := controlplane.New(ctx, controlplane.Options{Groups: append(api.Basic(), group()), DataDir: "data"})
	if err == nil {
		err = cp.Run(ctx)
	}
	if err != nil {
		log.Fatal(err)
	}
}

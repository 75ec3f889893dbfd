// Command controlplane is a control plane of its own: no Pods, one resource,
// two versions. Run it, then: kubectl --kubeconfig data/kubeconfig get greetings
package main

import (
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

type Greeting struct { // v1
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty"`
	To              []string `json:"to"`
	Text            string   `json:"text" default:"Hello"`
}

type GreetingAlpha struct { // v1alpha1, when one could greet one only
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty"`
	To              string `json:"to"`
	Text            string `json:"text" default:"Hello"`
}

func greetings() scheme.Group {
	v1 := scheme.Define[Greeting, meta.List[Greeting]](scheme.Spec[Greeting]{
		Name: "greetings", Namespaced: true, ShortNames: []string{"hi"},
		Validate: func(g *Greeting) validate.Errors {
			return validate.MaxItems(validate.NewPath("to"), g.To, 3)
		},
	})
	alpha := scheme.Define[GreetingAlpha, meta.List[GreetingAlpha]](scheme.Spec[GreetingAlpha]{Name: "greetings", Kind: "Greeting", Namespaced: true})
	return scheme.Group{Name: "example.com", Versions: []scheme.Version{
		{Name: "v1", Resources: []*scheme.Resource{v1}},
		{Name: "v1alpha1", Resources: []*scheme.Resource{alpha}, Conversions: []scheme.Conversion{
			scheme.Convert(func(from *Greeting, to *GreetingAlpha) error { to.To = strings.Join(from.To, ","); return nil }),
			scheme.Convert(func(from *GreetingAlpha, to *Greeting) error { to.To = strings.Split(from.To, ","); return nil }),
		}}}}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	cp, err := controlplane.New(ctx, controlplane.Options{Groups: append(api.Basic(), greetings()), DataDir: "data"})
	if err != nil {
		log.Fatal(err)
	}
	log.Println(cp.Run(ctx))
}

// Command scheduler runs the reference scheduler against an API server
// across the network, several of them taking turns by leader election.
//
//	scheduler --kubeconfig ./data/kubeconfig
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/google/uuid"
	"github.com/spf13/pflag"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/scheduler"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "scheduler:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	set := pflag.NewFlagSet("scheduler", pflag.ContinueOnError)
	kubeconfig := set.String("kubeconfig", "", "how to reach the API server (default: $KUBECONFIG, or ~/.kube/config)")
	name := set.String("scheduler-name", "default-scheduler", "spec.schedulerName of the Pods to schedule")
	elect := set.Bool("leader-elect", true, "run only while no other instance does")
	if err := set.Parse(args); err != nil {
		return err
	}
	kinds, err := scheme.New(api.Groups()...)
	if err != nil {
		return err
	}
	c, err := client.Connect(*kubeconfig, kinds)
	if err != nil {
		return err
	}
	work := scheduler.New(c, scheduler.Options{Name: *name}).Run
	if !*elect {
		return work(ctx)
	}
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	elector, err := controller.NewElector(c, "kube-system", "kube-scheduler", host+"_"+uuid.NewString(), controller.ElectorOptions{})
	if err != nil {
		return err
	}
	return elector.Run(ctx, work)
}

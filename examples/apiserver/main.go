// Command apiserver is a bare Kubernetes API server: every resource, no
// controllers, no scheduler, no nodes. It keeps its data in one directory, or in
// an etcd cluster that it may share with other such servers.
//
//	apiserver --data-dir ./data
//	kubectl --kubeconfig ./data/kubeconfig get namespaces
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"

	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controlplane"
	"github.com/kubenucleus/nucleus/runtime/controlplane/authflags"
	"github.com/kubenucleus/nucleus/runtime/controlplane/serviceflags"
	"github.com/kubenucleus/nucleus/runtime/controlplane/storageflags"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "apiserver:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends. Flags are named as kube-apiserver names them.
func run(ctx context.Context, args []string) error {
	var o controlplane.Options
	var storage storageflags.Flags
	var users authflags.Flags
	var kubelets authflags.Kubelets
	var services serviceflags.Flags
	set := pflag.NewFlagSet("apiserver", pflag.ContinueOnError)
	set.StringVar(&o.DataDir, "data-dir", "./.nucleus", "where everything is kept; made if missing")
	set.StringVar(&o.KubeconfigPath, "kubeconfig", "", "file to write the administrator's kubeconfig to (default: kubeconfig in the data directory)")
	set.StringVar(&o.BindAddress, "bind-address", "127.0.0.1", "IP address to serve HTTPS on")
	set.IntVar(&o.Port, "secure-port", 6443, "port to serve HTTPS on")
	set.StringVar(&o.TokenAuthFile, "token-auth-file", "", "CSV file of bearer tokens that are let in: token,user,uid,\"group1,group2\"")
	set.StringVar(&o.ClientCAFile, "client-ca-file", "", "PEM file of further authorities whose client certificates are let in")
	storage.Register(set)
	users.Register(set)
	kubelets.Register(set)
	services.Register(set)
	verbose := set.BoolP("verbose", "v", false, "log every request")
	if err := set.Parse(args); err != nil {
		return err
	}
	if set.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", set.Arg(0))
	}
	err := users.Apply(&o)
	if err != nil {
		return err
	}
	if err = kubelets.Apply(&o); err != nil {
		return err
	}
	if err = services.Apply(&o); err != nil {
		return err
	}
	level := slog.LevelInfo
	if *verbose {
		level = slog.LevelDebug
	}
	o.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	kept, err := storage.Open(ctx, &o)
	if err != nil {
		return err
	}
	cp, err := controlplane.New(ctx, o)
	if err != nil {
		return errors.Join(err, kept.Close())
	}
	group := controller.Group{Logger: o.Logger}
	group.Add("storage", kept.Run)
	group.Add("control plane", cp.Run)
	return errors.Join(group.Run(ctx), kept.Close())
}

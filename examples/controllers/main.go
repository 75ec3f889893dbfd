// Command controllers runs the reference controllers against an API server
// across the network, several of them taking turns by leader election.
//
//	controllers --kubeconfig ./data/kubeconfig --controllers='*,-cronjob-controller'
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/google/uuid"
	"github.com/spf13/pflag"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth/authn/serviceaccount"
	"github.com/kubenucleus/nucleus/auth/pki"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "controllers:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	set := pflag.NewFlagSet("controllers", pflag.ContinueOnError)
	kubeconfig := set.String("kubeconfig", "", "how to reach the API server (default: $KUBECONFIG, or ~/.kube/config)")
	which := set.StringSlice("controllers", []string{"*"}, "controllers to run: '*' for all, NAME for one, '-NAME' for all but one; there are: "+strings.Join(controllers.Names(), ", "))
	rootCA := set.String("root-ca-file", "", "PEM file of the certificates by which Pods are to know the API server; without it none are published to them")
	signingCert := set.String("cluster-signing-cert-file", "", "PEM file of the authority that signs what is asked for by CertificateSigningRequests; without it nothing is signed")
	signingKey := set.String("cluster-signing-key-file", "", "PEM file of its key")
	tokenKey := set.String("service-account-private-key-file", "", "PEM file of the key that signs tokens that are kept in Secrets; without it none are made")
	elect := set.Bool("leader-elect", true, "run only while no other instance does")
	if err := set.Parse(args); err != nil {
		return err
	}
	names, err := controllers.Select(*which)
	if err != nil {
		return fmt.Errorf("--controllers: %w", err)
	}
	var opts controllers.Options
	if *rootCA != "" {
		if opts.RootCA, err = os.ReadFile(*rootCA); err != nil {
			return fmt.Errorf("--root-ca-file: %w", err)
		}
	}
	if (*signingCert == "") != (*signingKey == "") {
		return errors.New("--cluster-signing-cert-file and --cluster-signing-key-file must be given together")
	}
	if *signingCert != "" {
		if opts.Authority, err = pki.LoadAuthority(*signingCert, *signingKey); err != nil {
			return fmt.Errorf("--cluster-signing-cert-file: %w", err)
		}
	}
	if *tokenKey != "" {
		key, err := serviceaccount.LoadPrivateKey(*tokenKey)
		if err != nil {
			return fmt.Errorf("--service-account-private-key-file: %w", err)
		}
		issuer, err := serviceaccount.NewIssuer(key, serviceaccount.IssuerOptions{})
		if err != nil {
			return err
		}
		opts.IssueToken = issuer.SecretToken
	}
	kinds, err := scheme.New(api.Groups()...)
	if err != nil {
		return err
	}
	c, err := client.Connect(*kubeconfig, kinds)
	if err != nil {
		return err
	}
	work := func(ctx context.Context) error {
		slog.Info("running", "controllers", len(names))
		return controllers.Run(ctx, c, names, opts)
	}
	if !*elect {
		return work(ctx)
	}
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	elector, err := controller.NewElector(c, "kube-system", "kube-controller-manager", host+"_"+uuid.NewString(), controller.ElectorOptions{})
	if err != nil {
		return err
	}
	return elector.Run(ctx, work)
}

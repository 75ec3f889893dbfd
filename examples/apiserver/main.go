// Command apiserver is a bare Kubernetes API server: every resource, no
// controllers, no scheduler, no nodes. It keeps its data in one directory.
//
//	apiserver --data-dir ./data
//	kubectl --kubeconfig ./data/admin.kubeconfig get namespaces
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := start(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "apiserver:", err)
		stop()
		os.Exit(1)
	}
}

// flags are named as kube-apiserver names them.
type flags struct {
	dataDir, kubeconfig         string
	bindAddress                 string
	securePort                  uint16
	tokenAuthFile, clientCAFile string
	serviceRange                string
	verbose                     bool
}

func parseFlags(args []string) (flags, error) {
	var f flags
	set := pflag.NewFlagSet("apiserver", pflag.ContinueOnError)
	set.StringVar(&f.dataDir, "data-dir", "./.nucleus", "where everything is kept; made if missing")
	set.StringVar(&f.kubeconfig, "kubeconfig", "", "file to write that lets kubectl in as an administrator (default: admin.kubeconfig in the data directory)")
	set.StringVar(&f.bindAddress, "bind-address", "127.0.0.1", "address to serve on")
	set.Uint16Var(&f.securePort, "secure-port", 6443, "port to serve HTTPS on; 0 takes a free one")
	set.StringVar(&f.tokenAuthFile, "token-auth-file", "", "CSV file of bearer tokens: token,user,uid,\"group1,group2\"")
	set.StringVar(&f.clientCAFile, "client-ca-file", "", "further certificate authorities whose client certificates are believed")
	set.StringVar(&f.serviceRange, "service-cluster-ip-range", "10.0.0.0/24", "where Services get their addresses from")
	set.BoolVarP(&f.verbose, "verbose", "v", false, "log every request")
	if err := set.Parse(args); err != nil {
		return f, err
	}
	if set.NArg() > 0 {
		return f, fmt.Errorf("unexpected argument %q", set.Arg(0))
	}
	return f, nil
}

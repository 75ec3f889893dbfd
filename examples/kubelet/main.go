// Command kubelet runs a node that joins a cluster across the network.
//
// With a bootstrap token it gets itself a certificate the first time, and a
// kubeconfig to come in with from then on:
//
//	kubelet --bootstrap-kubeconfig bootstrap.conf --kubeconfig kubelet.conf \
//	    --root-dir /var/lib/nucleus-node --container-runtime-endpoint unix:///run/containerd/containerd.sock
//
// With --container-runtime-endpoint=hollow its Pods are simulated.
//
// What flags say a file may say, too, of Kubernetes' kind KubeletConfiguration;
// flags go first:
//
//	kubelet --config kubelet.yaml --config-dir /etc/nucleus/kubelet.conf.d ...
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "kubelet:", err)
		os.Exit(1)
	}
}

func command() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:          "kubelet",
		Short:        "A node of a Kubernetes-compatible cluster",
		Args:         cobra.NoArgs,
		SilenceUsage: true, SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			level := slog.LevelWarn
			if f.verbose {
				level = slog.LevelDebug
			}
			log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: level}))
			if err := readConfig(cmd.Flags(), f.config, f.configDir); err != nil {
				return err
			}
			n, err := newNode(&f, log)
			if err != nil {
				return err
			}
			return n.run(cmd.Context())
		},
	}
	f.register(cmd.Flags())
	return cmd
}

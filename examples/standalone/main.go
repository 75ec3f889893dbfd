// Command nucleus is a whole cluster in one process: store, API server,
// controllers, scheduler and nodes.
//
//	nucleus --data-dir ./.nucleus
//	kubectl --kubeconfig ./.nucleus/kubeconfig get nodes
//
// Parts can be left out; with none but the API server,
//
//	nucleus --controllers=-* --scheduler=false --node=none
//
// it is a bare API server to run other parts against.
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
		fmt.Fprintln(os.Stderr, "nucleus:", err)
		os.Exit(1)
	}
}

func command() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "nucleus",
		Short: "A Kubernetes-compatible cluster in one process",
		Long: "nucleus runs a Kubernetes-compatible cluster in one process: store, API server,\n" +
			"controllers, scheduler and nodes. It writes a kubeconfig to come in with.",
		Args:         cobra.NoArgs,
		SilenceUsage: true, SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			level := slog.LevelWarn
			if f.verbose {
				level = slog.LevelDebug
			}
			log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: level}))
			c, err := newCluster(cmd.Context(), f, log, cmd.OutOrStdout())
			if err != nil {
				return err
			}
			return c.run(cmd.Context())
		},
	}
	f.register(cmd.Flags())
	cmd.AddCommand(snapshotCommand(), imageCommand(), requireCommand())
	return cmd
}

package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubenucleus/nucleus/runtime/kubelet/containerd/daemon"
)

// requireCommand tells what this machine lacks to run real containers, for scripts
// that see to it.
func requireCommand() *cobra.Command {
	var packages bool
	cmd := &cobra.Command{
		Use:   "require",
		Short: "Tell what this machine lacks to be a node with real containers",
		Long: "require ends with an error that says what this machine lacks for --node=containerd.\n" +
			"With --packages it prints the names of Debian's packages that are missing instead.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := daemon.Require()
			if !packages {
				return err
			}
			var missing *daemon.MissingError
			if errors.As(err, &missing) {
				_, err = fmt.Fprintln(cmd.OutOrStdout(), strings.Join(missing.Packages, " "))
				return err
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&packages, "packages", false, "print the names of missing packages only")
	return cmd
}

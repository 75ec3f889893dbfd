package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/server"
	"github.com/kubenucleus/nucleus/storage/embedded"
)

// snapshotCommand saves and restores the embedded store. Who keeps everything in
// etcd uses etcd's own.
func snapshotCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "snapshot",
		Short: "Save, restore and look at copies of the store",
		Args:  cobra.NoArgs,
	}
	cmd.AddCommand(snapshotSave(), snapshotRestore(), snapshotStatus())
	return cmd
}

func snapshotSave() *cobra.Command {
	var dataDir, kubeconfig string
	cmd := &cobra.Command{
		Use:   "save FILE",
		Short: "Save the store, of a running server or of one that is stopped",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if kubeconfig == "" {
				kubeconfig = filepath.Join(dataDir, "kubeconfig")
			}
			return saveSnapshot(cmd.Context(), cmd.OutOrStdout(), dataDir, kubeconfig, args[0])
		},
	}
	cmd.Flags().StringVar(&dataDir, "data-dir", "./.nucleus", "the data directory of the server")
	cmd.Flags().StringVar(&kubeconfig, "kubeconfig", "", "how to reach the server while it runs (default: kubeconfig in the data directory)")
	return cmd
}

func snapshotRestore() *cobra.Command {
	var dataDir string
	var bump int64
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Make a new data directory's store from a snapshot",
		Long: "restore makes the store of a data directory that has none yet. Certificates and keys\n" +
			"are not part of a snapshot: copy the folder pki of the old data directory, too.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return restoreSnapshot(cmd.Context(), cmd.OutOrStdout(), dataDir, args[0], bump)
		},
	}
	cmd.Flags().StringVar(&dataDir, "data-dir", "./.nucleus", "the data directory to make the store in")
	cmd.Flags().Int64Var(&bump, "bump-revision", embedded.DefaultBump, "raise the revision by this much, so that clients who saw later changes begin anew")
	return cmd
}

func snapshotStatus() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "status FILE",
		Short: "Check a snapshot and say what is in it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			info, err := readSnapshotFile(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if output == "json" {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(info)
			}
			return printSnapshot(cmd.OutOrStdout(), info)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "'json', or nothing for text")
	return cmd
}

func printSnapshot(out io.Writer, info embedded.SnapshotInfo) error {
	_, err := fmt.Fprintf(out, "revision  %d\nkeys      %d\nsize      %d\nchecksum  sha256:%s\n", info.Revision, info.Keys, info.Bytes, info.Checksum)
	return err
}

func readSnapshotFile(ctx context.Context, name string) (embedded.SnapshotInfo, error) {
	f, err := os.Open(name)
	if err != nil {
		return embedded.SnapshotInfo{}, err
	}
	defer f.Close()
	info, err := embedded.ReadSnapshot(ctx, f, nil)
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return info, err
}

// saveSnapshot writes to a new file beside the wanted one, and gives it that
// name once it is known to be whole.
func saveSnapshot(ctx context.Context, out io.Writer, dataDir, kubeconfig, name string) (err error) {
	if _, err := os.Stat(name); err == nil {
		return fmt.Errorf("%s is there already", name)
	}
	dir := filepath.Join(dataDir, "store")
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("there is no store in the data directory: %w", err)
	}
	f, err := os.OpenFile(name+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) // secrets are in it
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	err = saveOffline(ctx, dir, f)
	if errors.Is(err, embedded.ErrInUse) {
		err = saveOnline(ctx, kubeconfig, f)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	info, err := readSnapshotFile(ctx, f.Name())
	if err != nil {
		return err
	}
	if err = os.Rename(f.Name(), name); err != nil {
		return err
	}
	return printSnapshot(out, info)
}

func saveOffline(ctx context.Context, dir string, to io.Writer) error {
	s, err := embedded.Open(ctx, embedded.Options{Dir: dir, CompactAfter: -1})
	if err != nil {
		return err
	}
	_, err = s.Save(ctx, to)
	return errors.Join(err, s.Close())
}

// saveOnline asks the server that has the store open.
func saveOnline(ctx context.Context, kubeconfig string, to io.Writer) error {
	k, err := client.LoadKubeconfig(kubeconfig)
	if err != nil {
		return err
	}
	config, err := k.Config("")
	if err != nil {
		return err
	}
	remote, err := client.New(config)
	if err != nil {
		return err
	}
	defer remote.Close()
	body, err := remote.RawStream(ctx, server.SnapshotPath, nil)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, body)
	return errors.Join(err, body.Close())
}

func restoreSnapshot(ctx context.Context, out io.Writer, dataDir, name string, bump int64) error {
	if bump < 1 {
		return fmt.Errorf("--bump-revision: %d is not above 0", bump)
	}
	if _, err := readSnapshotFile(ctx, name); err != nil { // before anything is made
		return err
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := embedded.Restore(ctx, embedded.Options{Dir: filepath.Join(dataDir, "store")}, f, bump)
	if err != nil {
		return err
	}
	return printSnapshot(out, info)
}

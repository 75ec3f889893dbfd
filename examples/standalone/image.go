package main

import (
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/kubenucleus/nucleus/runtime/kubelet/images"
)

// imageCommand makes images of programs, for the registry of this process.
func imageCommand() *cobra.Command {
	var dir, user string
	var env, ports, extra, links []string
	add := &cobra.Command{
		Use:   "add NAME:TAG PROGRAM",
		Short: "Make an image of a statically linked program",
		Long: "add makes an image of a statically linked program and puts it into the directory\n" +
			"of the registry, also while nucleus runs. Containers name it " + localRegistry + "/NAME:TAG.",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			program, err := images.FromDisk(args[1], "/"+filepath.Base(args[1]))
			if err != nil {
				return err
			}
			program.Mode |= 0o555
			spec := images.Spec{Files: []images.File{program}, Entrypoint: []string{program.Path}, User: user, Ports: ports}
			if len(env) > 0 {
				spec.Env = append([]string{"PATH=/usr/local/bin:/usr/bin:/bin:/"}, env...)
			}
			spec.Files = append(spec.Files, images.File{Path: "/tmp", Mode: fs.ModeDir | fs.ModeSticky | 0o777})
			for _, path := range links {
				spec.Files = append(spec.Files, images.File{Path: path, Mode: fs.ModeSymlink, Data: []byte(program.Path)})
			}
			for _, path := range extra {
				file, err := images.FromDisk(path, path)
				if err != nil {
					return err
				}
				spec.Files = append(spec.Files, file)
			}
			image, err := images.Build(spec)
			if err != nil {
				return err
			}
			store, err := images.Open(dir)
			if err != nil {
				return err
			}
			if err := store.Put(args[0], image); err != nil {
				return err
			}
			digest, err := image.Digest()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s/%s@%s\n", localRegistry, args[0], digest)
			return err
		},
	}
	add.Flags().StringVar(&dir, "registry-dir", "./.nucleus/registry", "where the registry keeps images")
	add.Flags().StringVar(&user, "user", "", "whom the program is to run as, such as 1000:1000")
	add.Flags().StringArrayVar(&env, "env", nil, "NAME=value of its environment; can be given several times")
	add.Flags().StringSliceVar(&ports, "port", nil, "ports that it listens on, such as 8080/tcp")
	add.Flags().StringArrayVar(&extra, "file", nil, "another file of this machine that it needs, at the same path; can be given several times")
	add.Flags().StringArrayVar(&links, "link", nil, "another path of the program in the image, such as /bin/tar; can be given several times")
	cmd := &cobra.Command{Use: "image", Short: "Make container images"}
	cmd.AddCommand(add)
	return cmd
}

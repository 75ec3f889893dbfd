package images

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Spec says what is in an image. The zero value is an image with nothing in it.
type Spec struct {
	Files []File
	// Architecture is that of its programs, as Go names it. Empty is this one's.
	Architecture string

	Entrypoint []string
	Cmd        []string
	Env        []string // NAME=value
	WorkingDir string
	User       string // name or number, with :group
	Ports      []string
	Labels     map[string]string
	StopSignal string
}

// File is a file of an image. Its directories come by themselves.
type File struct {
	Path string      // absolute, with slashes
	Mode fs.FileMode // permissions; fs.ModeDir and fs.ModeSymlink are meant too
	Data []byte      // of a link: where it leads
	UID  int
	GID  int
}

// FromDisk reads a file of this machine for an image.
func FromDisk(source, target string) (File, error) {
	info, err := os.Stat(source)
	if err != nil {
		return File{}, err
	}
	if !info.Mode().IsRegular() {
		return File{}, fmt.Errorf("%s is not a regular file", source)
	}
	data, err := os.ReadFile(source)
	return File{Path: target, Mode: info.Mode().Perm(), Data: data}, err
}

// made is when images were made: the same content is the same image at any time.
var made = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Build makes an image of one layer. The same Spec gives the same digest.
func Build(spec Spec) (v1.Image, error) {
	layer, err := layerOf(spec.Files)
	if err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	content, err := tarball.LayerFromOpener(
		func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(layer)), nil }, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	image := mutate.MediaType(mutate.ConfigMediaType(empty.Image, types.OCIConfigJSON), types.OCIManifestSchema1)
	if image, err = mutate.Append(image, mutate.Addendum{Layer: content, MediaType: types.OCILayer, History: v1.History{Created: v1.Time{Time: made}}}); err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	file = file.DeepCopy()
	file.Created, file.OS, file.Architecture = v1.Time{Time: made}, "linux", spec.Architecture
	if file.Architecture == "" {
		file.Architecture = runtime.GOARCH
	}
	file.Config = v1.Config{
		Entrypoint: spec.Entrypoint, Cmd: spec.Cmd, Env: spec.Env, WorkingDir: spec.WorkingDir, User: spec.User, Labels: spec.Labels, StopSignal: spec.StopSignal,
	}
	if len(spec.Env) == 0 {
		file.Config.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
	}
	for _, p := range spec.Ports {
		if file.Config.ExposedPorts == nil {
			file.Config.ExposedPorts = map[string]struct{}{}
		}
		file.Config.ExposedPorts[p] = struct{}{}
	}
	if image, err = mutate.ConfigFile(image, file); err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	return image, nil
}

// layerOf writes the files as an archive, each after its directories.
func layerOf(files []File) ([]byte, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	done := map[string]bool{"/": true}
	write := func(f File) error {
		name := strings.TrimPrefix(path.Clean("/"+f.Path), "/")
		h := &tar.Header{Name: name, Mode: int64(f.Mode.Perm()), Uid: f.UID, Gid: f.GID, ModTime: made, Typeflag: tar.TypeReg, Size: int64(len(f.Data))}
		switch {
		case f.Mode.IsDir():
			h.Typeflag, h.Name, h.Size = tar.TypeDir, name+"/", 0
			if f.Mode&fs.ModeSticky != 0 {
				h.Mode |= 0o1000
			}
		case f.Mode&fs.ModeSymlink != 0:
			h.Typeflag, h.Linkname, h.Size, h.Mode = tar.TypeSymlink, string(f.Data), 0, 0o777
		}
		if err := w.WriteHeader(h); err != nil {
			return err
		}
		if h.Size > 0 {
			if _, err := w.Write(f.Data); err != nil {
				return err
			}
		}
		return nil
	}
	var makeDirs func(dir string) error
	makeDirs = func(dir string) error {
		if done[dir] {
			return nil
		}
		if err := makeDirs(path.Dir(dir)); err != nil {
			return err
		}
		done[dir] = true
		return write(File{Path: dir, Mode: fs.ModeDir | 0o755})
	}
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	for _, f := range files {
		clean := path.Clean("/" + f.Path)
		if clean == "/" || f.Path == "" {
			return nil, fmt.Errorf("%q is not the path of a file", f.Path)
		}
		if err := makeDirs(path.Dir(clean)); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		if f.Mode.IsDir() && done[clean] {
			continue
		}
		done[clean] = true
		if err := write(f); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

package kubelet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/names"
)

// largestEnvFile bounds what is read of a file with variables.
const largestEnvFile = 64 << 10

// fileKey reads a variable from a file that an earlier container of the Pod has
// written into a volume.
func (e *environment) fileKey(ctx context.Context, ref *corev1.FileKeySelector) (value string, set bool, err error) {
	at := ref.VolumeName + "/" + ref.Path
	values, ok := e.files[at]
	if !ok {
		values, err = e.file(ctx, ref)
		if errors.Is(err, fs.ErrNotExist) && isTrue(ref.Optional) {
			values, err = map[string]string{}, nil
		}
		if err != nil {
			return "", false, fmt.Errorf("couldn't parse env file %q in volume %q: %w", ref.Path, ref.VolumeName, err)
		}
		e.files[at] = values
	}
	value, set = values[ref.Key]
	if !set && !isTrue(ref.Optional) {
		return "", false, fmt.Errorf("environment variable key %q not found in file %q", ref.Key, ref.Path)
	}
	return value, set, nil
}

func (e *environment) file(ctx context.Context, ref *corev1.FileKeySelector) (map[string]string, error) {
	if e.k.opts.Volumes == nil {
		return nil, errors.New("this node has no volumes")
	}
	// Where a volume is on the node is told by mounting it into a container; this
	// one will never be.
	reader := &corev1.Container{Name: e.c.Name, VolumeMounts: []corev1.VolumeMount{{Name: ref.VolumeName, MountPath: "/" + ref.VolumeName, ReadOnly: true}}}
	found, err := e.k.opts.Volumes.Container(ctx, e.pod, reader, 0, nil)
	if err != nil {
		return nil, err
	}
	if len(found.Mounts) != 1 || found.Mounts[0].HostPath == "" {
		return nil, fmt.Errorf("volume %q has no directory", ref.VolumeName)
	}
	// The container that wrote it may have left links that lead out.
	root, err := os.OpenRoot(found.Mounts[0].HostPath)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	path := filepath.Clean(ref.Path)
	info, err := root.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", ref.Path)
	}
	if info.Size() > largestEnvFile {
		return nil, fmt.Errorf("%s is larger than %d bytes", ref.Path, largestEnvFile)
	}
	file, err := root.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, largestEnvFile))
	if err != nil {
		return nil, err
	}
	return parseEnvFile(string(data))
}

// parseEnvFile reads lines KEY=VALUE; empty ones and those that begin with # say
// nothing. A value may stand in single or double quotes, and goes on over lines
// until the quote is closed.
func parseEnvFile(text string) (map[string]string, error) {
	values := map[string]string{}
	for number := 1; text != ""; number++ {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, ok := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		if key = strings.TrimSpace(key); !ok || len(names.EnvVarName(key)) > 0 {
			return nil, fmt.Errorf("line %d is not KEY=VALUE", number)
		}
		value = strings.TrimLeft(value, " \t")
		if value == "" || value[0] != '\'' && value[0] != '"' {
			values[key] = value
			continue
		}
		quote, began := value[:1], number
		value = value[1:]
		for {
			inside, after, closed := strings.Cut(value, quote)
			if closed {
				if after = strings.TrimSpace(after); after != "" && after[0] != '#' {
					return nil, fmt.Errorf("line %d goes on behind the quote", number)
				}
				values[key] = inside
				break
			}
			if text == "" {
				return nil, fmt.Errorf("the quote of line %d is not closed", began)
			}
			line, text, _ = strings.Cut(text, "\n")
			value += "\n" + line
			number++
		}
	}
	return values, nil
}

package volume

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/atomicdir"
)

// content is a plug-in whose volumes are files that are made from the API.
type content struct {
	name     string
	memory   bool // files must not get onto a disk
	supports func(v *corev1.Volume) bool
	collect  func(ctx context.Context, r *Request, to *files) error
}

// files is what a volume is to hold.
type files struct {
	all   map[string]atomicdir.File
	mode  int32  // of files that name none
	user  *int64 // owner of those that name none
	again time.Time
}

func (c *content) Name() string { return c.name }

func (c *content) Supports(spec *Spec) bool {
	return spec.PersistentVolume == nil && c.supports(spec.Volume)
}

func (c *content) Mount(ctx context.Context, r *Request) (Result, error) {
	to := &files{all: map[string]atomicdir.File{}, mode: defaultFileMode}
	if err := c.collect(ctx, r, to); err != nil {
		return Result{}, err
	}
	if c.memory {
		size, err := memorySize(ctx, r, nil)
		if err != nil {
			return Result{}, err
		}
		if err := mountMemory(r.Dir(), size, defaultEmptyDirMode|os.ModeSticky, r.FSGroup()); err != nil {
			return Result{}, err
		}
	} else if err := makeDir(r.Dir(), defaultEmptyDirMode, r.FSGroup()); err != nil {
		return Result{}, err
	}
	// Files belong to the fsGroup before anybody can see them.
	prepare := func(string) error {
		if group := r.FSGroup(); group != nil {
			return SetOwnership(r.Dir(), *group, true)
		}
		return nil
	}
	if _, err := atomicdir.Write(r.Dir(), to.all, prepare); err != nil {
		return Result{}, err
	}
	return Result{Path: r.Dir(), ReadOnly: true, Again: to.again}, nil
}

func (c *content) Unmount(_ context.Context, at Location) error { return TakeDown(at) }

const defaultFileMode = 0o644

// defaults sets the mode and the owner of files that have none of their own.
func (f *files) defaults(mode *int32, user *int64) {
	if mode != nil {
		f.mode = *mode
	}
	f.user = user
}

// add adds a file. Two that are the same path is for the later one.
func (f *files) add(path string, data []byte, mode *int32, user *int64) {
	file := atomicdir.File{Data: data, Mode: fileMode(f.mode)}
	if mode != nil {
		file.Mode = fileMode(*mode)
	}
	if user == nil {
		user = f.user
	}
	if user != nil {
		n := int(*user)
		file.User = &n
	}
	f.all[filepath.Clean(path)] = file
}

// addKeys adds the values that items pick, or all of them under their keys.
// missing words that there is no such key.
func (f *files) addKeys(values map[string][]byte, items []corev1.KeyToPath, optional bool, missing string) error {
	if len(items) == 0 {
		for key, value := range values {
			f.add(key, value, nil, nil)
		}
		return nil
	}
	for i := range items {
		item := &items[i]
		value, ok := values[item.Key]
		if !ok {
			if optional {
				continue
			}
			return fmt.Errorf("%s: %s", missing, item.Key)
		}
		f.add(item.Path, value, item.Mode, item.User)
	}
	return nil
}

// sooner makes Mount be called again at t at the latest.
func (f *files) sooner(t time.Time) {
	if f.again.IsZero() || t.Before(f.again) {
		f.again = t
	}
}

func isTrue(b *bool) bool { return b != nil && *b }

// aggregate words several errors as one line; one stays as it is.
func aggregate(errs []error) error {
	if len(errs) < 2 {
		return errors.Join(errs...)
	}
	var texts []string
	for _, err := range errs {
		if text := err.Error(); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	if len(texts) == 1 {
		return errs[0]
	}
	return &aggregated{errs, "[" + strings.Join(texts, ", ") + "]"}
}

type aggregated struct {
	errs []error
	text string
}

func (a *aggregated) Error() string   { return a.text }
func (a *aggregated) Unwrap() []error { return a.errs }

// checkPath refuses paths of the node that lead upwards.
func checkPath(path string) error {
	if slices.Contains(strings.Split(path, "/"), "..") {
		return fmt.Errorf("path %q must not contain '..'", path)
	}
	return nil
}

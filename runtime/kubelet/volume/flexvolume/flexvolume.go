package flexvolume

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume"
	"github.com/kubenucleus/nucleus/runtime/kubelet/volume/mount"
)

// Options tunes a [Plugin]. The zero value works.
type Options struct {
	// Dir has a directory for each driver. "" is where Kubernetes has them.
	Dir string
	// Timeout bounds each call of a driver. Zero is two minutes.
	Timeout time.Duration
}

// Plugin is a volume.Plugin for all drivers. Safe for concurrent use.
type Plugin struct {
	client client.Client
	opts   Options

	mu    sync.Mutex
	known map[string]capabilities // by path of the executable
}

var _ volume.Plugin = (*Plugin)(nil)

// capabilities are what a driver answers to init. What it does not mention is
// true, but for the last.
type capabilities struct {
	Attach  *bool `json:"attach"`
	FSGroup *bool `json:"fsGroup"`
}

// answer is what a driver prints.
type answer struct {
	Status       string       `json:"status"`
	Message      string       `json:"message"`
	Capabilities capabilities `json:"capabilities"`
}

const (
	success      = "Success"
	notSupported = "Not supported"
)

// errNotSupported is what a driver does not do and leaves to the kubelet.
var errNotSupported = errors.New("not supported by the driver")

// New returns the plug-in for drivers of the node. It calls none yet.
func New(c client.Client, opts Options) *Plugin {
	if opts.Dir == "" {
		opts.Dir = "/usr/libexec/kubernetes/kubelet-plugins/volume/exec"
	}
	if opts.Timeout <= 0 {
		opts.Timeout = 2 * time.Minute
	}
	return &Plugin{client: c, opts: opts, known: map[string]capabilities{}}
}

// Name implements volume.Plugin.
func (p *Plugin) Name() string { return "kubernetes.io/flexvolume" }

// Supports implements volume.Plugin.
func (p *Plugin) Supports(s *volume.Spec) bool {
	if s.PersistentVolume != nil {
		return s.PersistentVolume.Spec.FlexVolume != nil
	}
	return s.Volume.FlexVolume != nil
}

// source is what a volume says, be it the Pod's own or one behind a claim.
type source struct {
	driver, fsType string
	readOnly       bool
	secret         *corev1.SecretReference
	options        map[string]string
}

func sourceOf(r *volume.Request) source {
	if r.PersistentVolume != nil {
		s := r.PersistentVolume.Spec.FlexVolume
		return source{s.Driver, s.FSType, s.ReadOnly || r.ReadOnly, s.SecretRef, s.Options}
	}
	s := r.Volume.FlexVolume
	own := source{s.Driver, s.FSType, s.ReadOnly, nil, s.Options}
	if s.SecretRef != nil {
		own.secret = &corev1.SecretReference{Namespace: r.Pod.Namespace, Name: s.SecretRef.Name}
	}
	return own
}

// driverFile keeps the driver's name for unmounting.
const driverFile = "driver"

// Mount implements volume.Plugin.
func (p *Plugin) Mount(ctx context.Context, r *volume.Request) (volume.Result, error) {
	s := sourceOf(r)
	path, err := p.executable(s.driver)
	if err != nil {
		return volume.Result{}, err
	}
	can, err := p.init(ctx, path)
	if err != nil {
		return volume.Result{}, err
	}
	if can.Attach == nil || *can.Attach {
		return volume.Result{}, fmt.Errorf("flexvolume driver %s attaches volumes, which is not supported by this node: it has to answer init with \"attach\": false", s.driver)
	}
	result := volume.Result{Path: r.Dir(), ReadOnly: s.readOnly}
	mounted, err := mount.Is(r.Dir())
	if err != nil || mounted {
		return result, err
	}
	if !s.readOnly && (can.FSGroup == nil || *can.FSGroup) {
		result.Ownership = volume.OwnershipByRequest
	}
	options, err := p.options(ctx, r, s)
	if err != nil {
		return volume.Result{}, err
	}
	if err := os.MkdirAll(r.StateDir(), 0o700); err != nil {
		return volume.Result{}, err
	}
	if err := os.WriteFile(filepath.Join(r.StateDir(), driverFile), []byte(s.driver), 0o600); err != nil {
		return volume.Result{}, err
	}
	if err := os.MkdirAll(r.Dir(), 0o750); err != nil {
		return volume.Result{}, err
	}
	if _, err := p.call(ctx, path, "mount", r.Dir(), options); err != nil {
		return volume.Result{}, errors.Join(err, volume.TakeDown(r.Location))
	}
	return result, nil
}

// Unmount implements volume.Plugin.
func (p *Plugin) Unmount(ctx context.Context, at volume.Location) error {
	driver, err := os.ReadFile(filepath.Join(at.StateDir(), driverFile))
	if errors.Is(err, fs.ErrNotExist) {
		return volume.TakeDown(at) // the driver was not called yet
	}
	if err != nil {
		return err
	}
	if _, err := os.Lstat(at.Dir()); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	path, err := p.executable(string(driver))
	if err != nil {
		return err
	}
	if _, err := p.call(ctx, path, "unmount", at.Dir()); err != nil && !errors.Is(err, errNotSupported) {
		return err
	}
	return volume.TakeDown(at)
}

// executable returns the path of a driver.
func (p *Plugin) executable(driver string) (string, error) {
	vendor, name, ok := strings.Cut(driver, "/")
	dir := vendor + "~" + name
	if !ok {
		name, dir = driver, driver
	}
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/~\x00") || strings.ContainsAny(vendor, "~\x00") || vendor == "" {
		return "", fmt.Errorf("flexvolume driver name %q is not of the form VENDOR/NAME", driver)
	}
	path := filepath.Join(p.opts.Dir, dir, name)
	if info, err := os.Stat(path); err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
		return "", fmt.Errorf("no volume plugin matched: flexvolume driver %s has no executable %s", driver, path)
	}
	return path, nil
}

// init asks a driver what it can, once.
func (p *Plugin) init(ctx context.Context, path string) (capabilities, error) {
	p.mu.Lock()
	can, ok := p.known[path]
	p.mu.Unlock()
	if ok {
		return can, nil
	}
	a, err := p.call(ctx, path, "init")
	if err != nil {
		return can, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known[path] = a.Capabilities
	return a.Capabilities, nil
}

// call runs a driver.
func (p *Plugin) call(ctx context.Context, path string, args ...string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, p.opts.Timeout)
	defer cancel()
	command := exec.CommandContext(ctx, path, args...)
	command.WaitDelay = time.Second // for what it leaves running with its output
	out, runErr := command.Output()
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		if runErr != nil {
			return a, fmt.Errorf("%s command of flexvolume driver %s failed: %w", args[0], path, runErr)
		}
		return a, fmt.Errorf("%s command of flexvolume driver %s printed no valid answer: %w", args[0], path, err)
	}
	switch {
	case a.Status == notSupported:
		return a, fmt.Errorf("%s command of flexvolume driver %s: %w", args[0], path, errNotSupported)
	case a.Status != success:
		return a, fmt.Errorf("%s command failed, status: %s, reason: %s", args[0], a.Status, a.Message)
	case runErr != nil:
		return a, fmt.Errorf("%s command of flexvolume driver %s failed: %w", args[0], path, runErr)
	}
	return a, nil
}

// options are what a driver is told, as JSON.
func (p *Plugin) options(ctx context.Context, r *volume.Request, s source) (string, error) {
	all := map[string]string{}
	for key, value := range s.options {
		all[key] = value
	}
	all["kubernetes.io/fsType"] = s.fsType
	all["kubernetes.io/readwrite"] = "rw"
	if s.readOnly {
		all["kubernetes.io/readwrite"] = "ro"
	}
	if group := r.FSGroup(); group != nil {
		all["kubernetes.io/fsGroup"] = strconv.FormatInt(*group, 10)
	}
	all["kubernetes.io/pvOrVolumeName"] = r.Spec.Name()
	all["kubernetes.io/pod.name"] = r.Pod.Name
	all["kubernetes.io/pod.namespace"] = r.Pod.Namespace
	all["kubernetes.io/pod.uid"] = string(r.Pod.UID)
	all["kubernetes.io/serviceAccount.name"] = r.Pod.Spec.ServiceAccountName
	if s.secret != nil {
		secret, err := client.Of[corev1.Secret](p.client).In(s.secret.Namespace).Get(ctx, s.secret.Name)
		if err != nil {
			return "", fmt.Errorf("couldn't get secret %s/%s: %w", s.secret.Namespace, s.secret.Name, err)
		}
		for key, value := range secret.Data {
			all["kubernetes.io/secret/"+key] = base64.StdEncoding.EncodeToString(value)
		}
	}
	text, err := json.Marshal(all)
	return string(text), err
}

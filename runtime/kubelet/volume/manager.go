package volume

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// Options tunes a [Manager]. RootDir and NodeName have to be set.
type Options struct {
	// RootDir is the kubelet's directory. It is made if it is not there.
	RootDir string
	// NodeName is the node's.
	NodeName string
	// Plugins are asked in their order before the standard ones.
	Plugins []Plugin
	// Allocatable returns what the node has for Pods. Nil reads it from the Node.
	Allocatable func() corev1.ResourceList
	// RecursiveReadOnly reports whether the container runtime can make mounts
	// read-only with all that is below them. Nil: it cannot.
	RecursiveReadOnly func(ctx context.Context) bool
	// Failed, if not nil, is told when a volume that is mounted cannot be kept up
	// to date. It is tried again by itself.
	Failed func(pod *corev1.Pod, err error)
	Logger *slog.Logger // nil: slog.Default()
}

// Manager is the volumes of a node. Make one with [New] and call Run. It
// implements kubelet.Volumes; its methods are safe for concurrent use.
type Manager struct {
	client  client.Client
	opts    Options
	root    string // RootDir without symbolic links, as the kernel lists mounts
	log     *slog.Logger
	plugins []Plugin
	objects *objects
	tokens  *tokens

	certificates *podCertificates
	loop         *controller.Controller[volumeKey]
	ran          atomic.Bool

	mu   sync.Mutex // taken before no other lock
	pods map[meta.UID]*podVolumes
	// attached are the volumes of Pods that are attached to the node.
	attached map[meta.UID]map[corev1.UniqueVolumeName]bool
	ofNode   *corev1.Node
	nodeAt   time.Time
}

var (
	_ kubelet.Volumes         = (*Manager)(nil)
	_ kubelet.AttachedVolumes = (*Manager)(nil)
)

// volumeKey names a volume of a Pod.
type volumeKey struct {
	pod  meta.UID
	name string // in the Pod
}

// podVolumes is what is known of a Pod. Its lock is held while anything is done
// to one of its volumes.
type podVolumes struct {
	mu      sync.Mutex
	pod     *corev1.Pod // the newest state
	mounted map[string]*mounted
	users   int // of this value; the Manager's lock guards it
}

// mounted is a volume that is ready.
type mounted struct {
	spec   Spec
	plugin Plugin
	result Result
	used   map[objectKey]dependency
}

// New returns the volumes of a node. It makes RootDir and starts nothing. Run
// keeps contents up to date; all else works without it.
func New(c client.Client, opts Options) (*Manager, error) {
	if c == nil || opts.NodeName == "" || !filepath.IsAbs(opts.RootDir) {
		return nil, fmt.Errorf("volume: client, NodeName %q or an absolute RootDir %q is missing", opts.NodeName, opts.RootDir)
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	// A runtime may have its directories beside this one. A Pod with users of its own
	// is to find its root there, so what is above has to let it through.
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(opts.RootDir)), 0o711); err != nil {
		return nil, fmt.Errorf("volume: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(opts.RootDir, podsDir), 0o750); err != nil {
		return nil, fmt.Errorf("volume: %w", err)
	}
	root, err := filepath.EvalSymlinks(opts.RootDir)
	if err != nil {
		return nil, fmt.Errorf("volume: %w", err)
	}
	m := &Manager{
		client: c, opts: opts, root: root, log: opts.Logger, pods: map[meta.UID]*podVolumes{}, attached: map[meta.UID]map[corev1.UniqueVolumeName]bool{}, tokens: newTokens(), certificates: newPodCertificates(),
		plugins: append(slices.Clone(opts.Plugins), Standard()...),
	}
	names := map[string]bool{}
	for _, p := range m.plugins {
		if name := p.Name(); names[name] || strings.Count(name, "/") != 1 || strings.Contains(name, "~") {
			return nil, fmt.Errorf("volume: plug-in name %q is not unique or not of the form DOMAIN/KIND", name)
		}
		names[p.Name()] = true
	}
	m.loop = controller.New("volumes", m.refresh, controller.Options{
		Workers: 4, Logger: opts.Logger, Queue: controller.QueueOptions{MaxDelay: time.Minute},
	})
	m.objects = &objects{log: opts.Logger, changed: m.loop.Queue().Add, followed: map[objectKey]*followed{}}
	return m, m.recall()
}

// recall finds out what is in use from before a restart. Until its Pods are known
// again, nobody else would say that it must not be detached.
func (m *Manager) recall() error {
	uids, err := m.Mounted(context.Background())
	if err != nil {
		return err
	}
	for _, uid := range uids {
		locations, err := m.locations(uid)
		if err != nil {
			return fmt.Errorf("volumes of Pod %s: %w", uid, err)
		}
		for _, at := range locations {
			for _, p := range m.plugins {
				a, ok := p.(Attacher)
				if !ok || p.Name() != at.Plugin {
					continue
				}
				name, err := a.Attached(at)
				if err != nil {
					// Its Pod may go on; taking it down will tell, too.
					m.log.Warn("volume not known again", "pod", uid, "volume", at.Name, "error", err)
				}
				m.use(uid, name)
			}
		}
	}
	return nil
}

// use notes that a Pod uses a volume that was attached; "" is none.
func (m *Manager) use(uid meta.UID, attached corev1.UniqueVolumeName) {
	if attached == "" {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.attached[uid] == nil {
		m.attached[uid] = map[corev1.UniqueVolumeName]bool{}
	}
	m.attached[uid][attached] = true
}

// Run keeps the content of mounted volumes up to date and runs the plug-ins,
// until ctx ends; it returns nil then. What is mounted stays. A Manager can be
// run once.
func (m *Manager) Run(ctx context.Context) error {
	if !m.ran.CompareAndSwap(false, true) {
		return errors.New("volume: Manager is already run")
	}
	group := controller.Group{Logger: m.log}
	group.Add("volume objects", m.objects.run)
	for _, p := range m.plugins {
		if r, ok := p.(Runner); ok {
			group.Add("volume plug-in "+p.Name(), r.Run)
		}
	}
	group.Add("volumes", m.loop.Run)
	return group.Run(ctx)
}

// hold returns what is known of a Pod, locked. Call the function when done; forget
// says that there is nothing left to know.
func (m *Manager) hold(uid meta.UID) (*podVolumes, func(forget bool)) {
	m.mu.Lock()
	p := m.pods[uid]
	if p == nil {
		p = &podVolumes{mounted: map[string]*mounted{}}
		m.pods[uid] = p
	}
	p.users++
	m.mu.Unlock()
	p.mu.Lock()
	return p, func(forget bool) {
		p.mu.Unlock()
		m.mu.Lock()
		defer m.mu.Unlock()
		p.users--
		if forget && p.users == 0 && len(p.mounted) == 0 {
			delete(m.pods, uid)
		}
	}
}

// An Error says which volume cannot be had, worded like the message of a
// FailedMount event.
type Error struct {
	Operation string // "MountVolume.SetUp"
	Volume    string // as of Spec.Name
	Err       error
}

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("%s failed for volume %q : %v", e.Operation, e.Volume, e.Err)
}

// Unwrap returns why.
func (e *Error) Unwrap() error { return e.Err }

// Mount implements kubelet.Volumes. Volumes that no container refers to are left
// out. The error joins one for each volume that cannot be had, in the Pod's
// order; the others are mounted.
func (m *Manager) Mount(ctx context.Context, pod *corev1.Pod) error {
	if err := checkUID(pod.UID); err != nil {
		return err
	}
	p, done := m.hold(pod.UID)
	defer func() { done(p.pod == nil) }()
	return m.mountAll(ctx, p, pod)
}

func (m *Manager) mountAll(ctx context.Context, p *podVolumes, pod *corev1.Pod) error {
	changed := p.pod != nil && p.pod.ResourceVersion != pod.ResourceVersion
	p.pod = pod
	names := used(pod)
	errs := make([]error, len(pod.Spec.Volumes))
	results := make([]*mounted, len(pod.Spec.Volumes))
	var wg sync.WaitGroup
	for i := range pod.Spec.Volumes {
		v := &pod.Spec.Volumes[i]
		if !names[v.Name] {
			continue
		}
		if before := p.mounted[v.Name]; before != nil {
			if changed && before.dependsOnPod(pod) {
				m.loop.Queue().Add(volumeKey{pod.UID, v.Name})
			}
			continue
		}
		wg.Go(func() { results[i], errs[i] = m.mount(ctx, pod, v, nil) })
	}
	wg.Wait()
	for i, r := range results {
		if r != nil {
			m.keep(p, pod.Spec.Volumes[i].Name, r)
		}
	}
	return errors.Join(errs...)
}

// keep notes what was mounted, and follows what its content depends on.
func (m *Manager) keep(p *podVolumes, name string, now *mounted) {
	key := volumeKey{p.pod.UID, name}
	var before map[objectKey]dependency
	if old := p.mounted[name]; old != nil {
		before = old.used
	}
	p.mounted[name] = now
	m.use(key.pod, now.result.Attached)
	m.objects.depend(key, before, now.used)
	if !now.result.Again.IsZero() {
		m.loop.Queue().AddAfter(key, time.Until(now.result.Again))
	}
}

// dependsOnPod reports whether the content is made from the Pod itself.
func (v *mounted) dependsOnPod(pod *corev1.Pod) bool {
	for key := range v.used {
		if key.typ == podType && key.namespace == pod.Namespace && key.name == pod.Name {
			return true
		}
	}
	return false
}

// mount mounts one volume; before is what it was if this is for its content.
func (m *Manager) mount(ctx context.Context, pod *corev1.Pod, v *corev1.Volume, before *mounted) (*mounted, error) {
	now := &mounted{}
	if before != nil {
		now.spec, now.plugin = before.spec, before.plugin
	} else {
		var err error
		if now.spec, err = m.resolve(ctx, pod, v); err != nil {
			return nil, err
		}
		i := slices.IndexFunc(m.plugins, func(p Plugin) bool { return p.Supports(&now.spec) })
		if i < 0 {
			return nil, &Error{"MountVolume.SetUp", now.spec.Name(), fmt.Errorf("no volume plugin matched: %s", sourceOf(&now.spec))}
		}
		now.plugin = m.plugins[i]
	}
	r := &Request{
		Pod: pod, Spec: now.spec, Client: m.client, NodeName: m.opts.NodeName, Log: m.log, manager: m, again: before != nil,
		Location: Location{RootDir: m.root, PodUID: pod.UID, Plugin: now.plugin.Name(), Name: now.spec.Name()},
	}
	var err error
	if now.result, err = now.plugin.Mount(ctx, r); err == nil {
		if err = m.own(r, &now.result); err != nil {
			// The next try would take it for done.
			err = errors.Join(err, now.plugin.Unmount(ctx, r.Location))
		}
	}
	if err != nil {
		var said *Error
		if errors.As(err, &said) {
			return nil, err // the plug-in knows better what went wrong
		}
		operation := "MountVolume.SetUp"
		if now.spec.Block() {
			operation = "MapVolume.SetUpDevice"
		}
		return nil, &Error{operation, now.spec.Name(), err}
	}
	now.used = r.used
	return now, nil
}

// refresh makes the content of one volume anew.
func (m *Manager) refresh(ctx context.Context, key volumeKey) (controller.Result, error) {
	m.mu.Lock()
	_, known := m.pods[key.pod]
	m.mu.Unlock()
	if !known {
		return controller.Result{}, nil
	}
	p, done := m.hold(key.pod)
	defer func() { done(p.pod == nil) }()
	before := p.mounted[key.name]
	if before == nil {
		return controller.Result{}, nil
	}
	m.newest(p)
	now, err := m.mount(ctx, p.pod, before.spec.Volume, before)
	if err != nil {
		if m.opts.Failed != nil && ctx.Err() == nil {
			m.opts.Failed(p.pod, err)
		}
		return controller.Result{}, err
	}
	m.keep(p, key.name, now)
	return controller.Result{}, nil
}

// newest takes the state of a Pod that a watch has brought, if that is newer.
func (m *Manager) newest(p *podVolumes) {
	seen, known := m.objects.latest(objectKey{podType, p.pod.Namespace, p.pod.Name})
	pod, ok := seen.(*corev1.Pod)
	if !known || !ok || pod.UID != p.pod.UID {
		return
	}
	if order, err := client.CompareVersions(pod.ResourceVersion, p.pod.ResourceVersion); err == nil && order > 0 {
		p.pod = pod
	}
}

// Unmount implements kubelet.Volumes. Where something is still in use it does
// what it can and returns an error.
func (m *Manager) Unmount(ctx context.Context, uid meta.UID) error {
	if err := checkUID(uid); err != nil {
		return err
	}
	p, done := m.hold(uid)
	defer done(true)
	for name, v := range p.mounted {
		m.objects.depend(volumeKey{uid, name}, v.used, nil)
		delete(p.mounted, name)
	}
	p.pod = nil
	m.certificates.forget(uid)
	if err := m.takeDown(ctx, uid); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.attached, uid)
	return nil
}

// InUse implements kubelet.AttachedVolumes.
func (m *Manager) InUse() []corev1.UniqueVolumeName {
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []corev1.UniqueVolumeName
	for _, of := range m.attached {
		names = slices.AppendSeq(names, maps.Keys(of))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Mounted implements kubelet.Volumes.
func (m *Manager) Mounted(context.Context) ([]meta.UID, error) {
	entries, err := os.ReadDir(filepath.Join(m.root, podsDir))
	if err != nil {
		return nil, fmt.Errorf("volume: %w", err)
	}
	var uids []meta.UID
	for _, e := range entries {
		uid := meta.UID(e.Name())
		for _, dir := range []string{volumesDir, subpathsDir, pluginsDir} {
			_, err := os.Lstat(filepath.Join(podDir(m.root, uid), dir))
			if err == nil {
				uids = append(uids, uid)
				break
			}
			if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errNotDirectory) {
				return nil, fmt.Errorf("volume: %w", err)
			}
		}
	}
	return uids, nil
}

// checkUID keeps a UID from leading elsewhere as a part of a path.
func checkUID(uid meta.UID) error {
	if s := string(uid); s == "" || s == "." || s == ".." || strings.ContainsAny(s, "/\x00") {
		return fmt.Errorf("volume: Pod UID %q is not valid", uid)
	}
	return nil
}

// node reads the node, seldom.
func (m *Manager) node(ctx context.Context) (*corev1.Node, error) {
	m.mu.Lock()
	node, at := m.ofNode, m.nodeAt
	m.mu.Unlock()
	if node != nil && time.Since(at) < nodeAge {
		return node, nil
	}
	node, err := client.Of[corev1.Node](m.client).Get(ctx, m.opts.NodeName)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ofNode, m.nodeAt = node, time.Now()
	return node, nil
}

// containersOf yields all containers of a Pod, ephemeral ones included.
func containersOf(pod *corev1.Pod) iter.Seq[*corev1.Container] {
	return func(yield func(*corev1.Container) bool) {
		for _, list := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
			for i := range list {
				if !yield(&list[i]) {
					return
				}
			}
		}
		for i := range pod.Spec.EphemeralContainers {
			c := corev1.Container(pod.Spec.EphemeralContainers[i].EphemeralContainerCommon)
			if !yield(&c) {
				return
			}
		}
	}
}

// used returns the names of the volumes that containers refer to.
func used(pod *corev1.Pod) map[string]bool {
	names := map[string]bool{}
	for c := range containersOf(pod) {
		for i := range c.VolumeMounts {
			names[c.VolumeMounts[i].Name] = true
		}
		for i := range c.VolumeDevices {
			names[c.VolumeDevices[i].Name] = true
		}
	}
	return names
}

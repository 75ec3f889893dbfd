package csi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	spec "github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/kubelet/registration"
)

// Options tunes [Drivers]. RootDir and NodeName have to be set.
type Options struct {
	// RootDir is the kubelet's directory, the same as the volumes have.
	RootDir string
	// NodeName is the node's.
	NodeName string
	// Handlers are for other types of plug-ins that register in the same
	// directory, such as device plug-ins.
	Handlers map[string]registration.Handler
	// Timeout bounds each call of a driver. Zero is two minutes.
	Timeout time.Duration
	// AttachTimeout is how long one try to mount waits for a volume to be attached.
	// Zero is fifteen seconds.
	AttachTimeout time.Duration
	Logger        *slog.Logger // nil: slog.Default()
}

// Drivers are the CSI drivers of a node. They are a volume.Plugin, whose Run has
// to run. Safe for concurrent use.
type Drivers struct {
	client  client.Client
	opts    Options
	log     *slog.Logger
	watcher *registration.Watcher

	mu      sync.Mutex
	known   map[string]*driver
	volumes map[string]*sync.Mutex // by driver and handle; none is ever held long without a call of the driver
}

// driver is one that is registered.
type driver struct {
	name string
	conn *grpc.ClientConn
	node spec.NodeClient
	can  map[spec.NodeServiceCapability_RPC_Type]bool
}

// New returns the drivers of a node. It starts nothing.
func New(c client.Client, opts Options) (*Drivers, error) {
	if c == nil || opts.NodeName == "" || !filepath.IsAbs(opts.RootDir) {
		return nil, fmt.Errorf("csi: client, NodeName %q or an absolute RootDir %q is missing", opts.NodeName, opts.RootDir)
	}
	if opts.Timeout <= 0 {
		opts.Timeout = 2 * time.Minute
	}
	if opts.AttachTimeout <= 0 {
		opts.AttachTimeout = 15 * time.Second
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	d := &Drivers{client: c, opts: opts, log: opts.Logger, known: map[string]*driver{}, volumes: map[string]*sync.Mutex{}}
	handlers := maps.Clone(opts.Handlers)
	if handlers == nil {
		handlers = map[string]registration.Handler{}
	}
	handlers[registration.CSI] = d
	d.watcher = registration.New(filepath.Join(opts.RootDir, "plugins_registry"), handlers, registration.Options{Logger: opts.Logger})
	return d, nil
}

// Run makes the node's CSINode and registers drivers until ctx ends; it returns
// nil then. It implements volume.Runner and can be called once.
func (d *Drivers) Run(ctx context.Context) error {
	var running sync.WaitGroup
	running.Go(func() { d.announce(ctx) })
	err := d.watcher.Run(ctx)
	running.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	for name, known := range d.known {
		err = errors.Join(err, known.conn.Close())
		delete(d.known, name)
	}
	return err
}

// announce makes the CSINode, which says that this node can have drivers, as soon
// as there is a Node.
func (d *Drivers) announce(ctx context.Context) {
	for wait := 200 * time.Millisecond; ctx.Err() == nil; wait = min(2*wait, 10*time.Second) {
		err := d.changeNode(ctx, func(*storagev1.CSINode) bool { return false })
		if err == nil {
			return
		}
		if !meta.IsNotFound(err) && ctx.Err() == nil {
			d.log.WarnContext(ctx, "CSINode not made", "node", d.opts.NodeName, "error", err)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
		case <-timer.C:
		}
	}
}

// Register implements registration.Handler.
func (d *Drivers) Register(ctx context.Context, p registration.Plugin) error {
	if !slices.ContainsFunc(p.Versions, func(v string) bool { return strings.HasPrefix(strings.TrimPrefix(v, "v"), "1.") }) {
		return fmt.Errorf("CSI driver %s: none of its versions %v is supported: it has to be 1.x", p.Name, p.Versions)
	}
	conn, err := registration.Dial(p.Endpoint)
	if err != nil {
		return err
	}
	fresh := &driver{name: p.Name, conn: conn, node: spec.NewNodeClient(conn), can: map[spec.NodeServiceCapability_RPC_Type]bool{}}
	if err := d.introduce(ctx, fresh); err != nil {
		return errors.Join(fmt.Errorf("CSI driver %s: %w", p.Name, err), conn.Close())
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if before := d.known[p.Name]; before != nil {
		// Calls that are under way end with an error and are made again.
		_ = before.conn.Close()
	}
	d.known[p.Name] = fresh
	return nil
}

// introduce asks a driver what it can and what the node is called, and tells the
// API.
func (d *Drivers) introduce(ctx context.Context, fresh *driver) error {
	ctx, cancel := context.WithTimeout(ctx, d.opts.Timeout)
	defer cancel()
	capabilities, err := fresh.node.NodeGetCapabilities(ctx, &spec.NodeGetCapabilitiesRequest{})
	if err != nil {
		return fmt.Errorf("NodeGetCapabilities: %w", err)
	}
	for _, c := range capabilities.GetCapabilities() {
		fresh.can[c.GetRpc().GetType()] = true
	}
	info, err := fresh.node.NodeGetInfo(ctx, &spec.NodeGetInfoRequest{})
	if err != nil {
		return fmt.Errorf("NodeGetInfo: %w", err)
	}
	if info.GetNodeId() == "" {
		return errors.New("NodeGetInfo: the driver gives the node no name")
	}
	entry := storagev1.CSINodeDriver{Name: fresh.name, NodeID: info.GetNodeId(), TopologyKeys: slices.Sorted(maps.Keys(info.GetAccessibleTopology().GetSegments()))}
	if most := info.GetMaxVolumesPerNode(); most > 0 {
		count := int32(min(most, 1<<31-1))
		entry.Allocatable = &storagev1.VolumeNodeResources{Count: &count}
	}
	if err := d.labelNode(ctx, fresh.name, info); err != nil {
		return err
	}
	return d.changeNode(ctx, func(node *storagev1.CSINode) bool {
		i := slices.IndexFunc(node.Spec.Drivers, func(e storagev1.CSINodeDriver) bool { return e.Name == entry.Name })
		if i < 0 {
			node.Spec.Drivers = append(node.Spec.Drivers, entry)
			return true
		}
		before := &node.Spec.Drivers[i]
		if before.NodeID == entry.NodeID && slices.Equal(before.TopologyKeys, entry.TopologyKeys) && sameCount(before.Allocatable, entry.Allocatable) {
			return false
		}
		node.Spec.Drivers[i] = entry
		return true
	})
}

func sameCount(a, b *storagev1.VolumeNodeResources) bool {
	if a == nil || b == nil || a.Count == nil || b.Count == nil {
		return (a == nil || a.Count == nil) == (b == nil || b.Count == nil)
	}
	return *a.Count == *b.Count
}

// Deregister implements registration.Handler.
func (d *Drivers) Deregister(ctx context.Context, name string) {
	d.mu.Lock()
	if before := d.known[name]; before != nil {
		_ = before.conn.Close()
		delete(d.known, name)
	}
	d.mu.Unlock()
	err := d.changeNode(ctx, func(node *storagev1.CSINode) bool {
		n := len(node.Spec.Drivers)
		node.Spec.Drivers = slices.DeleteFunc(node.Spec.Drivers, func(e storagev1.CSINodeDriver) bool { return e.Name == name })
		return len(node.Spec.Drivers) != n
	})
	if err == nil {
		err = d.annotateNode(ctx, name, "", nil)
	}
	if err != nil && ctx.Err() == nil {
		d.log.WarnContext(ctx, "CSI driver not taken off the node", "driver", name, "error", err)
	}
}

// driver returns a driver by its name.
func (d *Drivers) driver(name string) (*driver, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if known := d.known[name]; known != nil {
		return known, nil
	}
	return nil, fmt.Errorf("driver name %s not found in the list of registered CSI drivers", name)
}

// changeNode changes the CSINode, and makes it if it is not there. change reports
// whether it did something.
func (d *Drivers) changeNode(ctx context.Context, change func(*storagev1.CSINode) bool) error {
	nodes := client.Of[storagev1.CSINode](d.client)
	for {
		_, err := nodes.Modify(ctx, d.opts.NodeName, func(n *storagev1.CSINode) error {
			if !change(n) {
				return errUnchanged
			}
			return nil
		})
		if errors.Is(err, errUnchanged) {
			return nil
		}
		if !meta.IsNotFound(err) {
			return err
		}
		node, err := client.Of[corev1.Node](d.client).Get(ctx, d.opts.NodeName)
		if err != nil {
			return err
		}
		fresh := &storagev1.CSINode{ObjectMeta: meta.ObjectMeta{
			Name:            node.Name,
			OwnerReferences: []meta.OwnerReference{{APIVersion: "v1", Kind: "Node", Name: node.Name, UID: node.UID}},
		}, Spec: storagev1.CSINodeSpec{Drivers: []storagev1.CSINodeDriver{}}}
		change(fresh)
		if err := nodes.Create(ctx, fresh); !meta.IsAlreadyExists(err) {
			return err
		}
	}
}

var errUnchanged = errors.New("unchanged")

// nodeIDAnnotation has, as JSON, what each driver calls the node.
const nodeIDAnnotation = "csi.volume.kubernetes.io/nodeid"

// labelNode puts on the Node where a driver says that it is.
func (d *Drivers) labelNode(ctx context.Context, name string, info *spec.NodeGetInfoResponse) error {
	return d.annotateNode(ctx, name, info.GetNodeId(), info.GetAccessibleTopology().GetSegments())
}

func (d *Drivers) annotateNode(ctx context.Context, name, id string, labels map[string]string) error {
	_, err := client.Of[corev1.Node](d.client).Modify(ctx, d.opts.NodeName, func(node *corev1.Node) error {
		changed := false
		for key, value := range labels {
			before, has := node.Labels[key]
			if has && before != value {
				return fmt.Errorf("detected topology value collision: driver reported %q:%q but existing label is %q:%q", key, value, key, before)
			}
			if !has {
				if node.Labels == nil {
					node.Labels = map[string]string{}
				}
				node.Labels[key], changed = value, true
			}
		}
		ids := map[string]string{}
		if text := node.Annotations[nodeIDAnnotation]; text != "" {
			if err := json.Unmarshal([]byte(text), &ids); err != nil {
				ids = map[string]string{} // somebody else's nonsense must not lock drivers out
			}
		}
		if ids[name] != id {
			changed = true
			if ids[name] = id; id == "" {
				delete(ids, name)
			}
			if len(ids) == 0 {
				delete(node.Annotations, nodeIDAnnotation)
			} else {
				text, err := json.Marshal(ids)
				if err != nil {
					return err
				}
				if node.Annotations == nil {
					node.Annotations = map[string]string{}
				}
				node.Annotations[nodeIDAnnotation] = string(text)
			}
		}
		if !changed {
			return errUnchanged
		}
		return nil
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

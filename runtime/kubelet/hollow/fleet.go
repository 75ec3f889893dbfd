package hollow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"sync"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// Labels by which nodes say that they are not real.
const (
	SimulatedLabel = "node.kubernetes.io/simulated"
	RuntimeLabel   = "nucleus.io/runtime"
)

// FleetOptions tunes a [Fleet]. The zero value is one node.
type FleetOptions struct {
	Count  int    // of nodes; 0 is 1
	Prefix string // nodes are called PREFIX-0, PREFIX-1 and so on; "" is hollow
	// Capacity is what each node has; what it leaves out of cpu, memory,
	// ephemeral-storage and pods is 8, 32Gi, 100Gi and 110.
	Capacity corev1.ResourceList
	// PodCIDR is cut into a range of size /24 for each node; NodeCIDR is where
	// nodes get their own addresses. Zero values are 10.128.0.0/9 and
	// 10.127.0.0/16. Nothing answers there.
	PodCIDR, NodeCIDR netip.Prefix

	// ClientFor, if not nil, returns the client of each node, so that each works in
	// its own name.
	ClientFor func(node string) client.Client

	Runtime Options
	// Kubelet tunes the kubelets. Addresses, PodCIDR and Capacity are the
	// fleet's to set.
	Kubelet kubelet.Options
}

// podRangeBits is the size of a node's range, as Kubernetes' own default is.
const podRangeBits = 24

// Fleet is some hollow nodes in one process.
type Fleet struct {
	kubelets []*kubelet.Kubelet
	caches   *client.Caches // shared by the kubelets; nil: somebody else runs them
	byName   map[string]*kubelet.Kubelet
}

// NewFleet returns a fleet whose kubelets work through c, unless the options have
// clients for them. It starts nothing; call Run.
func NewFleet(c client.Client, opts FleetOptions) (*Fleet, error) {
	opts.Count, opts.Prefix = cmp.Or(opts.Count, 1), cmp.Or(opts.Prefix, Name)
	if opts.Count < 0 {
		return nil, fmt.Errorf("hollow fleet: %d nodes cannot be", opts.Count)
	}
	if !opts.PodCIDR.IsValid() {
		opts.PodCIDR = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 128, 0, 0}), 9)
	}
	if !opts.NodeCIDR.IsValid() {
		opts.NodeCIDR = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 127, 0, 0}), 16)
	}
	f := &Fleet{byName: make(map[string]*kubelet.Kubelet, opts.Count)}
	if opts.ClientFor == nil {
		opts.ClientFor = func(string) client.Client { return c }
	}
	if opts.Kubelet.Caches == nil {
		f.caches = client.NewCaches(opts.ClientFor(opts.Prefix+"-0"), opts.Kubelet.Logger)
		opts.Kubelet.Caches = f.caches
	}
	for i := range opts.Count {
		k, err := opts.kubelet(i)
		if err != nil {
			return nil, fmt.Errorf("hollow fleet: %w", err)
		}
		f.kubelets = append(f.kubelets, k)
		f.byName[k.Name()] = k
	}
	return f, nil
}

// kubelet makes the kubelet of the i-th node.
func (o *FleetOptions) kubelet(i int) (*kubelet.Kubelet, error) {
	name := o.Prefix + "-" + strconv.Itoa(i)
	pods, err := part(o.PodCIDR, podRangeBits, i)
	if err != nil {
		return nil, err
	}
	// The first address of a range is nobody's.
	address, err := part(o.NodeCIDR, 32, i+1)
	if err != nil {
		return nil, err
	}
	k := o.Kubelet
	k.PodCIDR = pods
	k.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: address.Addr().String()}}
	k.Labels = maps.Clone(k.Labels)
	if k.Labels == nil {
		k.Labels = map[string]string{}
	}
	k.Labels[SimulatedLabel], k.Labels[RuntimeLabel] = "true", Name
	if k.Labels[corev1.LabelInstanceTypeStable] == "" {
		k.Labels[corev1.LabelInstanceTypeStable] = Name
	}
	k.Capacity = corev1.ResourceList{
		corev1.ResourceCPU:              quantity.MustParse("8"),
		corev1.ResourceMemory:           quantity.MustParse("32Gi"),
		corev1.ResourceEphemeralStorage: quantity.MustParse("100Gi"),
		corev1.ResourcePods:             quantity.MustParse("110"),
	}
	maps.Copy(k.Capacity, o.Capacity)
	id := fmt.Sprintf("%032x", i+1)
	k.Info.MachineID = cmp.Or(k.Info.MachineID, id)
	k.Info.SystemUUID = cmp.Or(k.Info.SystemUUID, dashed(id))
	k.Info.BootID = cmp.Or(k.Info.BootID, dashed(id))
	k.Info.OSImage = cmp.Or(k.Info.OSImage, "Nucleus hollow node (simulated)")
	k.Info.KernelVersion = cmp.Or(k.Info.KernelVersion, "simulated")
	// What is kept for each node counts when there are many.
	k.Workers, k.EventBuffer = cmp.Or(k.Workers, 1), cmp.Or(k.EventBuffer, 100)
	return kubelet.New(o.ClientFor(name), name, New(o.Runtime), k)
}

// dashed writes 32 hexadecimal digits as a UUID.
func dashed(id string) string {
	return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
}

// Kubelets returns the kubelets of the fleet. The slice is the caller's.
func (f *Fleet) Kubelets() []*kubelet.Kubelet { return append([]*kubelet.Kubelet(nil), f.kubelets...) }

// Run runs all nodes until ctx ends; it returns nil then. If one of them cannot
// go on, all are stopped and the reason is returned. A Fleet can be run once.
func (f *Fleet) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	errs := make([]error, len(f.kubelets)+1)
	var wg sync.WaitGroup
	if f.caches != nil {
		wg.Go(func() {
			if errs[len(f.kubelets)] = f.caches.Run(ctx); errs[len(f.kubelets)] != nil {
				stop()
			}
		})
	}
	for i, k := range f.kubelets {
		wg.Go(func() {
			if errs[i] = k.Run(ctx); errs[i] != nil {
				stop()
			}
		})
	}
	<-ctx.Done()
	wg.Wait()
	return errors.Join(errs...)
}

// WaitReady waits until all nodes are registered. Run has to be running.
func (f *Fleet) WaitReady(ctx context.Context) error {
	for _, k := range f.kubelets {
		if err := k.WaitReady(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Connect says how an API server in the same process reaches the kubelet of a
// node of the fleet. It fits the server's option for that.
func (f *Fleet) Connect(ctx context.Context, node *corev1.Node) (*url.URL, http.RoundTripper, error) {
	k := f.byName[node.Name]
	if k == nil {
		return nil, nil, meta.ServiceUnavailable(fmt.Sprintf("the kubelet of node %q cannot be reached: it is no node of this process", node.Name))
	}
	return k.Connect(ctx, node)
}

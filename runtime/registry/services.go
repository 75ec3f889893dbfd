package registry

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"slices"
	"sync"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	networkingv1 "github.com/kubenucleus/nucleus/apimachinery/api/networking/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// serviceAllocator gives Services their cluster IPs and node ports. It is safe for
// concurrent use.
type serviceAllocator struct {
	r     *Registry
	ips   *clusterIPs
	ports *nodePorts
	look  chan struct{} // wakes the repair loop

	mu       sync.Mutex
	suspects []*networkingv1.IPAddress // gone, maybe from under a Service

	repairing sync.Mutex // one round at a time
	leaks     leaks
}

func (r *Registry) newServiceAllocator(o *Options) *serviceAllocator {
	return &serviceAllocator{
		r: r, ips: &clusterIPs{r: r, ranges: o.serviceCIDRs(), own: map[netip.Addr]struct{}{}},
		// Straight in the store: what is no resource is never encrypted.
		ports: newNodePorts(r.store, o.StorePrefix, o.NodePorts), look: make(chan struct{}, 1),
	}
}

// serviceHooks give Services their cluster IPs and node ports. The objects are
// *corev1.Service: core/v1 is the only version of its group.
func (r *Registry) serviceHooks() hooks {
	typed := func(o meta.Object) *corev1.Service { s, _ := o.(*corev1.Service); return s }
	return hooks{
		allocate: func(ctx context.Context, obj, old meta.Object, dryRun bool) (effect, error) {
			s, was := typed(obj), typed(old)
			if s == nil {
				return effect{}, nil
			}
			if err := r.WaitReady(ctx); err != nil {
				return effect{}, storeError(err)
			}
			return r.services.plan(ctx, s, was, dryRun)
		},
		removed: func(obj meta.Object) {
			if s := typed(obj); s != nil {
				// The Service is gone, whatever becomes of the request.
				r.services.release(context.Background(), s, holdingsOf(s))
			}
		},
	}
}

// holdings are the addresses and ports of a Service.
type holdings struct {
	ips   []netip.Addr
	ports []int32 // each once, although TCP and UDP may share one
}

func holdingsOf(s *corev1.Service) holdings {
	var h holdings
	if wantsClusterIP(s) {
		for _, text := range s.Spec.ClusterIPs {
			if ip, err := netip.ParseAddr(text); err == nil {
				h.ips = append(h.ips, ip)
			}
		}
	}
	if wantsNodePorts(s) {
		for _, p := range s.Spec.Ports {
			if p.NodePort != 0 && !slices.Contains(h.ports, p.NodePort) {
				h.ports = append(h.ports, p.NodePort)
			}
		}
	}
	if wantsHealthPort(s) && s.Spec.HealthCheckNodePort != 0 {
		h.ports = append(h.ports, s.Spec.HealthCheckNodePort)
	}
	return h
}

// without returns what h has and o does not.
func (h holdings) without(o holdings) holdings {
	h.ips = slices.DeleteFunc(slices.Clone(h.ips), func(ip netip.Addr) bool { return slices.Contains(o.ips, ip) })
	h.ports = slices.DeleteFunc(slices.Clone(h.ports), func(p int32) bool { return slices.Contains(o.ports, p) })
	return h
}

// release gives back what a Service has no more.
func (a *serviceAllocator) release(ctx context.Context, s *corev1.Service, h holdings) {
	if len(h.ips)+len(h.ports) == 0 {
		return
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), allocationTimeout)
	defer stop()
	for _, ip := range h.ips {
		a.ips.release(ctx, ip, s)
	}
	if err := a.ports.settle(ctx, h.ports, 0); err != nil {
		a.r.logger.Warn("node ports stay taken that no Service has", "ports", h.ports, "err", err)
	}
}

// allotment is what one write of a Service takes: planned before the object is
// checked, so that it is checked with it, and taken when nothing but admission and
// the store can refuse it any more.
type allotment struct {
	a      *serviceAllocator
	s      *corev1.Service
	dryRun bool
	had    holdings
	ips    []plannedIP
	ports  []*plannedPort
	taken  holdings
}

// plannedIP is an address that is to be taken.
type plannedIP struct {
	at    int // in clusterIPs
	ip    netip.Addr
	asked bool
}

// plannedPort is a port that is to be taken.
type plannedPort struct {
	port  int32
	asked bool
	at    []*int32 // the fields that have it
	fail  func(port int32, err error) error
}

var (
	serviceKind     = meta.GroupKind{Kind: "Service"}
	serviceSpecPath = validate.NewPath("spec")
)

// plan fills in what the Service has and will be given. was is nil for a new one.
func (a *serviceAllocator) plan(ctx context.Context, s, was *corev1.Service, dryRun bool) (effect, error) {
	g := &allotment{a: a, s: s, dryRun: dryRun}
	keepClusterIPsInStep(s, was)
	if was != nil {
		keepAllocated(s, was)
		dropForType(s, was)
		g.had = holdingsOf(was)
	}
	if errs := a.ips.setFamilies(s, was); len(errs) > 0 {
		return effect{}, errs.Status(serviceKind, s.Name)
	}
	if wantsClusterIP(s) {
		if err := g.planIPs(ctx); err != nil {
			return effect{}, err
		}
	}
	if wantsNodePorts(s) {
		if err := g.planPorts(ctx, was != nil); err != nil {
			return effect{}, err
		}
	}
	if wantsHealthPort(s) {
		if err := g.planHealthPort(ctx); err != nil {
			return effect{}, err
		}
	}
	if dryRun {
		return effect{}, nil
	}
	return effect{
		reserve: g.take,
		undo:    func() { a.release(ctx, s, g.taken) },
		commit:  func() { a.release(ctx, s, g.had.without(holdingsOf(s))) },
	}, nil
}

func (g *allotment) planIPs(ctx context.Context) error {
	spec := &g.s.Spec
	for i, text := range spec.ClusterIPs {
		if i < len(g.had.ips) {
			continue // it stays, or the rules refuse another
		}
		ip, err := netip.ParseAddr(text)
		if err != nil {
			return nil // validation has the word for it
		}
		if g.dryRun {
			err = g.a.ips.outside(ip)
		} else {
			err = g.a.ips.check(ctx, ip)
		}
		if err != nil {
			return g.ipError(ip, err)
		}
		g.ips = append(g.ips, plannedIP{at: i, ip: ip, asked: true})
	}
	for i := len(spec.ClusterIPs); i < len(spec.IPFamilies); i++ {
		ip, err := g.nextIP(ctx, spec.IPFamilies[i])
		if err != nil {
			return err
		}
		spec.ClusterIPs = append(spec.ClusterIPs, ip.String())
		g.ips = append(g.ips, plannedIP{at: i, ip: ip})
	}
	if len(spec.ClusterIPs) > 0 {
		spec.ClusterIP = spec.ClusterIPs[0]
	}
	return nil
}

// nextIP returns an address that seems to be free; for a dry run, which takes
// none, the range's first, as Kubernetes does.
func (g *allotment) nextIP(ctx context.Context, family corev1.IPFamily) (netip.Addr, error) {
	if g.dryRun {
		return g.a.ips.configured(family).Addr(), nil
	}
	ip, err := g.a.ips.next(ctx, family)
	if errors.Is(err, errFull) {
		err = meta.InternalError(fmt.Errorf("failed to allocate a serviceIP: %w", err))
	}
	return ip, err
}

func (g *allotment) ipError(ip netip.Addr, err error) error {
	return validate.Invalid(serviceSpecPath.Child("clusterIPs"), g.s.Spec.ClusterIPs, fmt.Sprintf("failed to allocate IP %s: %v", ip, err)).Status(serviceKind, g.s.Name)
}

// planPorts finds a node port for each port. Those for the same port under
// several protocols share one unless they ask for others.
func (g *allotment) planPorts(ctx context.Context, update bool) error {
	spec := &g.s.Spec
	wanted := spec.Type != corev1.ServiceTypeLoadBalancer || spec.AllocateLoadBalancerNodePorts == nil || *spec.AllocateLoadBalancerNodePorts
	of := map[int32]int32{} // the node port of a port
	for i := range spec.Ports {
		p := &spec.Ports[i]
		if p.NodePort == 0 && !wanted {
			continue
		}
		fail := func(port int32, err error) error {
			return portError(g.s, serviceSpecPath.Child("ports").Index(i).Child("nodePort"), port, err)
		}
		shared, seen := of[p.Port]
		switch {
		case !seen && p.NodePort == 0 && !update:
			p.NodePort = askedFor(spec.Ports[i:], p.Port)
		case seen && p.NodePort == 0:
			p.NodePort = shared
			g.share(shared, &p.NodePort)
			continue
		case p.NodePort != 0 && p.NodePort == shared:
			continue
		}
		if update && g.plans(p.NodePort) {
			continue
		}
		if err := g.planPort(ctx, &p.NodePort, fail); err != nil {
			return err
		}
		if !seen {
			of[p.Port] = p.NodePort
		}
	}
	return nil
}

// askedFor returns the node port that some entry for the port asks for.
func askedFor(ports []corev1.ServicePort, port int32) int32 {
	for i := range ports {
		if ports[i].Port == port && ports[i].NodePort != 0 {
			return ports[i].NodePort
		}
	}
	return 0
}

func (g *allotment) planHealthPort(ctx context.Context) error {
	return g.planPort(ctx, &g.s.Spec.HealthCheckNodePort, func(port int32, err error) error {
		if port != 0 {
			return meta.InternalError(fmt.Errorf("failed to allocate requested HealthCheck NodePort %d: %w", port, err))
		}
		return meta.InternalError(fmt.Errorf("failed to allocate a HealthCheck NodePort: %w", err))
	})
}

// planPort finds a port for a field, or checks the one that it has.
func (g *allotment) planPort(ctx context.Context, field *int32, fail func(port int32, err error) error) error {
	asked := *field
	if asked != 0 && slices.Contains(g.had.ports, asked) {
		return nil
	}
	var err error
	switch {
	case asked == 0 && g.dryRun:
		*field = g.a.ports.span.Last + 2 + int32(len(g.ports)) // no port at all, as Kubernetes has it
	case asked == 0:
		*field, err = g.a.ports.next(ctx, g.plans)
	case g.plans(asked):
		err = errPortTaken
	case g.dryRun && g.a.ports.outside(asked) != nil: // a dry run takes none, and does not ask for the range
	default:
		err = g.a.ports.check(ctx, asked)
	}
	if err != nil {
		return fail(asked, err)
	}
	g.ports = append(g.ports, &plannedPort{port: *field, asked: asked != 0, at: []*int32{field}, fail: fail})
	return nil
}

// plans says whether the write takes a port already.
func (g *allotment) plans(port int32) bool {
	return slices.ContainsFunc(g.ports, func(p *plannedPort) bool { return p.port == port })
}

// share has one more field follow a port that is to be taken.
func (g *allotment) share(port int32, field *int32) {
	for _, p := range g.ports {
		if p.port == port {
			p.at = append(p.at, field)
		}
	}
}

// take takes what was planned. What another has taken since, and nobody asked
// for, is replaced.
func (g *allotment) take(ctx context.Context) error {
	if g.s.Spec.Type == corev1.ServiceTypeExternalName {
		g.s.Spec.InternalTrafficPolicy = nil // accepted, but of no meaning
	}
	for i := range g.ips {
		p := &g.ips[i]
		for {
			err := g.a.ips.take(ctx, p.ip, g.s)
			if err == nil {
				g.taken.ips = append(g.taken.ips, p.ip)
				break
			}
			if !errors.Is(err, errTaken) {
				return storeError(err)
			}
			if p.asked {
				return g.ipError(p.ip, errors.New("provided IP is already allocated"))
			}
			if p.ip, err = g.nextIP(ctx, familyOf(p.ip)); err != nil {
				return err
			}
			g.s.Spec.ClusterIPs[p.at] = p.ip.String()
			g.s.Spec.ClusterIP = g.s.Spec.ClusterIPs[0]
		}
	}
	if len(g.ports) == 0 {
		return nil
	}
	err := g.a.ports.change(ctx, func(taken *big.Int) error {
		for _, p := range g.ports {
			if taken.Bit(int(p.port-g.a.ports.span.First)) != 0 {
				if p.asked {
					return p.fail(p.port, errPortTaken)
				}
				port, err := g.a.ports.pick(taken, g.plans)
				if err != nil {
					return p.fail(0, err)
				}
				p.port = port
				for _, field := range p.at {
					*field = port
				}
			}
			taken.SetBit(taken, int(p.port-g.a.ports.span.First), 1)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, p := range g.ports {
		g.taken.ports = append(g.taken.ports, p.port)
	}
	return nil
}

func portError(s *corev1.Service, p validate.Path, port int32, err error) error {
	if errors.Is(err, errFull) {
		return meta.InternalError(fmt.Errorf("failed to allocate a nodePort: %w", err))
	}
	return validate.Invalid(p, port, err.Error()).Status(serviceKind, s.Name)
}

package registry

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// serviceHooks give Services their cluster IPs and node ports. The objects are
// *corev1.Service: core/v1 is the only version of its group.
func (r *Registry) serviceHooks() hooks {
	typed := func(o meta.Object) *corev1.Service { s, _ := o.(*corev1.Service); return s }
	return hooks{
		created: func(ctx context.Context, _ *Request, obj meta.Object) (effect, error) {
			s := typed(obj)
			if s == nil {
				return effect{}, nil
			}
			if err := r.WaitReady(ctx); err != nil {
				return effect{}, storeError(err)
			}
			done, err := r.services.create(s)
			done.commit = func() { r.followAddresses(ctx, s, holdingsOf(s).ips, nil) }
			return done, err
		},
		updated: func(ctx context.Context, _ *Request, obj, old meta.Object) (effect, error) {
			s, was := typed(obj), typed(old)
			if s == nil || was == nil {
				return effect{}, nil
			}
			if err := r.WaitReady(ctx); err != nil {
				return effect{}, storeError(err)
			}
			done, err := r.services.update(s, was)
			giveBack := done.commit
			done.commit = func() {
				has, had := holdingsOf(s), holdingsOf(was)
				// What is given back may be somebody else's at once, so its IPAddress goes first.
				r.followAddresses(ctx, s, has.without(had).ips, had.without(has).ips)
				if giveBack != nil {
					giveBack()
				}
			}
			return done, err
		},
		removed: func(obj meta.Object) {
			if s := typed(obj); s != nil {
				held := holdingsOf(s)
				// The Service is gone, whatever becomes of the request.
				r.followAddresses(context.Background(), s, nil, held.ips)
				r.services.release(held)
			}
		},
	}
}

// restoreServices learns what stored Services hold.
func (r *Registry) restoreServices(ctx context.Context) error {
	c := r.collectionNamed("", "services")
	if c == nil {
		return nil
	}
	objects, err := c.all(ctx)
	if err != nil {
		return err
	}
	for _, obj := range objects {
		s, ok := obj.(*corev1.Service)
		if !ok {
			continue
		}
		held := holdingsOf(s)
		for _, ip := range held.ips {
			if err := r.services.takeIP(ip); err != nil {
				r.logger.Warn("cluster IP of a stored Service is not one of its own", "namespace", s.Namespace, "name", s.Name, "ip", ip, "err", err)
			}
		}
		for _, port := range held.ports {
			if err := r.services.takePort(port); err != nil {
				r.logger.Warn("node port of a stored Service is not one of its own", "namespace", s.Namespace, "name", s.Name, "port", port, "err", err)
			}
		}
	}
	return r.mendAddresses(ctx, objects)
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

func (a *serviceAllocator) release(h holdings) {
	for _, ip := range h.ips {
		a.freeIP(ip)
	}
	for _, p := range h.ports {
		a.freePort(p)
	}
}

// create gives a new Service what it needs.
func (a *serviceAllocator) create(s *corev1.Service) (effect, error) {
	keepClusterIPsInStep(s, nil)
	if errs := a.setFamilies(s); len(errs) > 0 {
		return effect{}, errs.Status(serviceKind, s.Name)
	}
	taken, err := a.allocate(s, holdings{})
	if err != nil {
		return effect{}, err
	}
	return effect{undo: func() { a.release(taken) }}, nil
}

// update gives a changed Service what it needs now. What it needs no more is
// given back once the change is stored.
func (a *serviceAllocator) update(s, old *corev1.Service) (effect, error) {
	keepClusterIPsInStep(s, old)
	keepAllocated(s, old)
	dropForType(s, old)
	if errs := a.setFamilies(s); len(errs) > 0 {
		return effect{}, errs.Status(serviceKind, s.Name)
	}
	had := holdingsOf(old)
	taken, err := a.allocate(s, had)
	if err != nil {
		return effect{}, err
	}
	freed := had.without(holdingsOf(s))
	return effect{
		commit: func() { a.release(freed) },
		undo:   func() { a.release(taken) },
	}, nil
}

var (
	serviceKind     = meta.GroupKind{Kind: "Service"}
	serviceSpecPath = validate.NewPath("spec")
)

// allocate takes what s asks for or needs beyond what it has, and returns what
// it took. On an error it took nothing.
func (a *serviceAllocator) allocate(s *corev1.Service, had holdings) (taken holdings, err error) {
	defer func() {
		if err != nil {
			a.release(taken)
			taken = holdings{}
		}
	}()
	if wantsClusterIP(s) {
		if err := a.allocateIPs(s, had, &taken); err != nil {
			return taken, err
		}
	}
	if wantsNodePorts(s) {
		if err := a.allocatePorts(s, had, &taken); err != nil {
			return taken, err
		}
	}
	if wantsHealthPort(s) {
		port, err := a.allocatePort(s.Spec.HealthCheckNodePort, had, &taken)
		if err != nil {
			return taken, portError(s, serviceSpecPath.Child("healthCheckNodePort"), s.Spec.HealthCheckNodePort, err)
		}
		s.Spec.HealthCheckNodePort = port
	}
	return taken, nil
}

func (a *serviceAllocator) allocateIPs(s *corev1.Service, had holdings, taken *holdings) error {
	if len(s.Spec.ClusterIPs) == 0 {
		ip, err := a.nextIP()
		if err != nil {
			return meta.InternalError(fmt.Errorf("failed to allocate a serviceIP: %w", err))
		}
		taken.ips = append(taken.ips, ip)
		s.Spec.ClusterIP, s.Spec.ClusterIPs = ip.String(), []string{ip.String()}
		return nil
	}
	var ips []netip.Addr
	for _, text := range s.Spec.ClusterIPs {
		ip, err := netip.ParseAddr(text)
		if err != nil {
			return nil // validation has the word for it
		}
		ips = append(ips, ip)
	}
	if len(had.ips) > 0 && !slices.Equal(ips, had.ips) {
		return nil // an address does not change: validation says so
	}
	for _, ip := range ips {
		if slices.Contains(had.ips, ip) {
			continue
		}
		if err := a.takeIP(ip); err != nil {
			return validate.Invalid(serviceSpecPath.Child("clusterIPs"), s.Spec.ClusterIPs,
				fmt.Sprintf("failed to allocate IP %s: %v", ip, err)).Status(serviceKind, s.Name)
		}
		taken.ips = append(taken.ips, ip)
	}
	return nil
}

func (a *serviceAllocator) allocatePorts(s *corev1.Service, had holdings, taken *holdings) error {
	wanted := s.Spec.Type != corev1.ServiceTypeLoadBalancer || s.Spec.AllocateLoadBalancerNodePorts == nil || *s.Spec.AllocateLoadBalancerNodePorts
	for i := range s.Spec.Ports {
		p := &s.Spec.Ports[i]
		if p.NodePort == 0 && !wanted {
			continue
		}
		if p.NodePort == 0 {
			// One port number for all protocols, if the Service has it under several.
			p.NodePort = sharedNodePort(s.Spec.Ports[:i], p)
		}
		if p.NodePort != 0 && sharesNodePort(s.Spec.Ports[:i], p) {
			continue
		}
		port, err := a.allocatePort(p.NodePort, had, taken)
		if err != nil {
			return portError(s, serviceSpecPath.Child("ports").Index(i).Child("nodePort"), p.NodePort, err)
		}
		p.NodePort = port
	}
	return nil
}

func (a *serviceAllocator) allocatePort(port int32, had holdings, taken *holdings) (int32, error) {
	if port != 0 && (slices.Contains(had.ports, port) || slices.Contains(taken.ports, port)) {
		if slices.Contains(taken.ports, port) {
			return 0, errors.New("provided port is already allocated")
		}
		return port, nil
	}
	var err error
	if port == 0 {
		port, err = a.nextPort()
	} else {
		err = a.takePort(port)
	}
	if err != nil {
		return 0, err
	}
	taken.ports = append(taken.ports, port)
	return port, nil
}

func portError(s *corev1.Service, p validate.Path, port int32, err error) error {
	if errors.Is(err, errFull) {
		return meta.InternalError(fmt.Errorf("failed to allocate a nodePort: %w", err))
	}
	return validate.Invalid(p, port, err.Error()).Status(serviceKind, s.Name)
}

// sharedNodePort returns the node port of an earlier entry for the same port
// under another protocol.
func sharedNodePort(earlier []corev1.ServicePort, p *corev1.ServicePort) int32 {
	for i := range earlier {
		if e := &earlier[i]; e.Port == p.Port && e.Protocol != p.Protocol && e.NodePort != 0 {
			return e.NodePort
		}
	}
	return 0
}

// sharesNodePort says whether an earlier entry has p's node port under another
// protocol.
func sharesNodePort(earlier []corev1.ServicePort, p *corev1.ServicePort) bool {
	return slices.ContainsFunc(earlier, func(e corev1.ServicePort) bool {
		return e.NodePort == p.NodePort && e.Protocol != p.Protocol
	})
}

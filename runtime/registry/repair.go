package registry

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/big"
	"net/netip"
	"slices"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	networkingv1 "github.com/kubenucleus/nucleus/apimachinery/api/networking/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// What Services have, and what is taken, are stored apart, so a crash between two
// writes leaves them at odds. The Services decide: what one of them has is taken
// for it, and what none has is given back, though only after a while, since a
// Service may be about to be stored by another server.

const (
	// repairEvery is how often the loop looks; Kubernetes has the same.
	repairEvery = 3 * time.Minute
	// addressGrace is how old an IPAddress without its Service must be to go.
	addressGrace = time.Minute
	// leakRounds is in how many rounds a port must have been without a Service to go.
	leakRounds = 3
	// repairPause keeps the loop from following each of many changes.
	repairPause = time.Second
	// manySuspects is how many are worth a look at each.
	manySuspects = 1000
)

// leaks counts the rounds in which a port was taken by no Service.
type leaks map[int32]int

// suspect tells the loop of an IPAddress that is gone, so that it does not wait for
// its time if a Service still has the address. Mostly none has: a Service that is
// deleted gives its addresses back.
func (a *serviceAllocator) suspect(address *networkingv1.IPAddress) {
	a.mu.Lock()
	if len(a.suspects) < manySuspects {
		a.suspects = append(a.suspects, address)
	}
	a.mu.Unlock()
	select {
	case a.look <- struct{}{}:
	default: // it will
	}
}

// missed says whether a Service has one of the addresses that are suspects. It
// asks the store: a Service may be younger than what the cache has heard.
func (a *serviceAllocator) missed(ctx context.Context) bool {
	a.mu.Lock()
	suspects := a.suspects
	a.suspects = nil
	a.mu.Unlock()
	if len(suspects) == manySuspects { // and maybe others
		return true
	}
	services := a.r.collectionNamed(serviceResource.Group, serviceResource.Resource)
	for _, address := range suspects {
		ip, err := netip.ParseAddr(address.Name)
		if err != nil || address.Spec.ParentRef == nil {
			continue
		}
		obj, _, err := services.live(ctx, services.key(address.Spec.ParentRef.Namespace, address.Spec.ParentRef.Name))
		if s, ok := obj.(*corev1.Service); err != nil || ok && slices.Contains(holdingsOf(s).ips, ip) {
			return true
		}
	}
	return false
}

// keepRepaired repairs until ctx ends.
func (a *serviceAllocator) keepRepaired(ctx context.Context) {
	if a.r.collectionNamed(serviceResource.Group, serviceResource.Resource) == nil {
		return
	}
	ticker := time.NewTicker(repairEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-a.look:
			select {
			case <-ctx.Done():
				return
			case <-time.After(repairPause):
			}
			if !a.missed(ctx) {
				continue
			}
		}
		if err := a.repair(ctx); err != nil && ctx.Err() == nil {
			a.r.logger.Warn("look after the addresses of Services", "err", err)
		}
	}
}

// repair is one round.
func (a *serviceAllocator) repair(ctx context.Context) error {
	a.repairing.Lock()
	defer a.repairing.Unlock()
	if a.r.collectionNamed(serviceResource.Group, serviceResource.Resource) == nil {
		return nil
	}
	// The addresses first: one that is there by now has its Service in what is read
	// afterwards, or its Service is about to be stored.
	addresses, err := a.storedAddresses(ctx)
	if err != nil {
		return err
	}
	services, err := a.storedServices(ctx)
	if err != nil {
		return err
	}
	if err := a.repairPorts(ctx, services); err != nil {
		return err
	}
	if a.r.addresses() == nil {
		return a.countOwn(services)
	}
	if err := a.repairMissing(ctx, services, addresses); err != nil {
		return err
	}
	return a.repairLeaked(ctx, services, addresses)
}

func (a *serviceAllocator) storedAddresses(ctx context.Context) (map[netip.Addr]*networkingv1.IPAddress, error) {
	found := map[netip.Addr]*networkingv1.IPAddress{}
	c := a.r.addresses()
	if c == nil {
		return found, nil
	}
	objects, err := c.all(ctx)
	if err != nil {
		return nil, err
	}
	for _, obj := range objects {
		ip, err := netip.ParseAddr(obj.Metadata().Name)
		if address, ok := obj.(*networkingv1.IPAddress); ok && err == nil {
			found[ip] = address
		}
	}
	return found, nil
}

func (a *serviceAllocator) storedServices(ctx context.Context) ([]*corev1.Service, error) {
	objects, err := a.r.collectionNamed(serviceResource.Group, serviceResource.Resource).all(ctx)
	if err != nil {
		return nil, err
	}
	var services []*corev1.Service
	for _, obj := range objects {
		if s, ok := obj.(*corev1.Service); ok {
			services = append(services, s)
		}
	}
	return services, nil
}

// countOwn fills what stands in for IPAddresses.
func (a *serviceAllocator) countOwn(services []*corev1.Service) error {
	a.ips.mu.Lock()
	defer a.ips.mu.Unlock()
	for _, s := range services {
		for _, ip := range holdingsOf(s).ips {
			a.ips.own[ip] = struct{}{}
		}
	}
	return nil
}

// repairMissing makes the IPAddresses that Services lack.
func (a *serviceAllocator) repairMissing(ctx context.Context, services []*corev1.Service, addresses map[netip.Addr]*networkingv1.IPAddress) error {
	for _, s := range services {
		for _, ip := range holdingsOf(s).ips {
			have := addresses[ip]
			if have != nil && stands(have, s) {
				continue
			}
			if have == nil {
				usable, err := a.ips.usable(ctx, familyOf(ip))
				if err != nil {
					return err
				}
				if !slices.ContainsFunc(usable, func(cidr netip.Prefix) bool { return cidr.Contains(ip) }) {
					a.tell(ctx, aboutService(s), "ClusterIPAllocation", "ClusterIPOutOfRange",
						fmt.Sprintf("Cluster IP [%s]: %s is not within any configured Service CIDR; please recreate service", familyOf(ip), ip))
				}
				if err := a.recreate(ctx, s, ip); err != nil {
					return err
				}
				continue
			}
			other := serviceOf(have, services)
			switch {
			case other != nil && slices.Contains(holdingsOf(other).ips, ip), have.Labels[labelManagedBy] != allocatorName:
				a.tell(ctx, aboutService(s), "ClusterIPAllocation", "ClusterIPAlreadyAllocated",
					fmt.Sprintf("Cluster IP [%s]:%s was assigned to multiple services; please recreate service", familyOf(ip), ip))
			default: // it stands for a Service that has it no more
				a.tellWrong(ctx, have)
				if err := a.ips.remove(ctx, have); err != nil {
					return err
				}
				delete(addresses, ip)
				if err := a.recreate(ctx, s, ip); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (a *serviceAllocator) recreate(ctx context.Context, s *corev1.Service, ip netip.Addr) error {
	err := a.ips.take(ctx, ip, s)
	if err == nil {
		a.tell(ctx, aboutService(s), "ClusterIPAllocation", "ClusterIPNotAllocated",
			fmt.Sprintf("Cluster IP [%s]: %s is not allocated; repairing", familyOf(ip), ip))
	} else if errors.Is(err, errTaken) { // by another server, just now
		err = nil
	}
	return err
}

// repairLeaked removes the IPAddresses that no Service has, once they are old
// enough.
func (a *serviceAllocator) repairLeaked(ctx context.Context, services []*corev1.Service, addresses map[netip.Addr]*networkingv1.IPAddress) error {
	byName := map[[2]string]*corev1.Service{}
	for _, s := range services {
		byName[[2]string{s.Namespace, s.Name}] = s
	}
	now := a.r.clock()
	for ip, address := range addresses {
		p := address.Spec.ParentRef
		if address.Labels[labelManagedBy] != allocatorName || now.Sub(address.CreationTimestamp.Time) < addressGrace {
			continue
		}
		var s *corev1.Service
		if p != nil && p.Group == serviceResource.Group && p.Resource == serviceResource.Resource {
			s = byName[[2]string{p.Namespace, p.Name}]
		}
		switch {
		case s != nil && slices.Contains(holdingsOf(s).ips, ip):
			continue
		case s != nil || p == nil:
			a.tellWrong(ctx, address)
		default:
			a.tell(ctx, aboutAddress(address), "IPAddressAllocation", "IPAddressNotAllocated",
				fmt.Sprintf("IPAddress: %s for Service %s/%s appears to have leaked: cleaning up", address.Name, p.Namespace, p.Name))
		}
		if err := a.ips.remove(ctx, address); err != nil {
			return err
		}
	}
	return nil
}

func serviceOf(address *networkingv1.IPAddress, services []*corev1.Service) *corev1.Service {
	for _, s := range services {
		if stands(address, s) {
			return s
		}
	}
	return nil
}

// repairPorts takes the ports that Services have and are not taken, and gives back
// those that no Service has had for some rounds.
func (a *serviceAllocator) repairPorts(ctx context.Context, services []*corev1.Service) error {
	p := a.ports
	wanted, owner := new(big.Int), map[int32]*corev1.Service{}
	var lacking []int32
	for _, s := range services {
		for _, port := range holdingsOf(s).ports {
			if !p.span.contains(port) {
				a.tell(ctx, aboutService(s), "PortAllocation", "PortOutOfRange",
					fmt.Sprintf("Port %d is not within the port range %s; please recreate service", port, p.span))
				continue
			}
			if owner[port] != nil {
				a.tell(ctx, aboutService(s), "PortAllocation", "PortAlreadyAllocated",
					fmt.Sprintf("Port %d was assigned to multiple services; please recreate service", port))
				continue
			}
			owner[port] = s
			wanted.SetBit(wanted, int(port-p.span.First), 1)
		}
	}
	known := true
	if err := p.lock(ctx); err != nil {
		return err
	}
	p.seen = nil // what is stored counts
	p.unlock()
	var over leaks
	err := p.change(ctx, func(taken *big.Int) error {
		known, lacking, over = p.revision != 0, nil, leaks{}
		for n := range int(p.span.size()) {
			port := p.span.First + int32(n)
			switch has, needs := taken.Bit(n) != 0, wanted.Bit(n) != 0; {
			case needs && !has:
				lacking = append(lacking, port)
				taken.SetBit(taken, n, 1)
			case has && !needs:
				if over[port] = a.leaks[port] + 1; over[port] >= leakRounds {
					delete(over, port)
					taken.SetBit(taken, n, 0)
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("node ports of Services: %w", err)
	}
	a.leaks = over
	if !known { // the first server on this store
		return nil
	}
	for _, port := range lacking {
		a.tell(ctx, aboutService(owner[port]), "PortAllocation", "PortNotAllocated", fmt.Sprintf("Port %d is not allocated; repairing", port))
	}
	return nil
}

func aboutService(s *corev1.Service) corev1.ObjectReference {
	return corev1.ObjectReference{Kind: "Service", APIVersion: "v1", Namespace: s.Namespace, Name: s.Name, UID: s.UID, ResourceVersion: s.ResourceVersion}
}

func aboutAddress(a *networkingv1.IPAddress) corev1.ObjectReference {
	return corev1.ObjectReference{Kind: "IPAddress", APIVersion: addressResource.GroupVersion().String(), Name: a.Name, UID: a.UID, ResourceVersion: a.ResourceVersion}
}

func (a *serviceAllocator) tellWrong(ctx context.Context, address *networkingv1.IPAddress) {
	of := ""
	if p := address.Spec.ParentRef; p != nil {
		of = p.Namespace + "/" + p.Name
	}
	a.tell(ctx, aboutAddress(address), "IPAddressAllocation", "IPAddressWrongReference",
		fmt.Sprintf("IPAddress: %s for Service %s has a wrong reference; cleaning up", address.Name, of))
}

// tell makes an Event of something that was wrong. Of the same thing there is one,
// until it expires.
func (a *serviceAllocator) tell(ctx context.Context, about corev1.ObjectReference, action, reason, note string) {
	resource := meta.GroupVersionResource{Version: "v1", Resource: "events"}
	if _, ok := a.r.scheme.Resource(resource); !ok {
		return
	}
	reporter := "ipallocator-repair-controller"
	if action == "PortAllocation" {
		reporter = "portallocator-repair-controller"
	}
	name := fnv.New64a()
	fmt.Fprint(name, reason, note, about.UID)
	namespace := about.Namespace
	if namespace == "" {
		namespace = meta.NamespaceDefault
	}
	now := meta.MicroTime{Time: a.r.clock()}
	event := &corev1.Event{
		ObjectMeta:     meta.ObjectMeta{Name: fmt.Sprintf("%s.%x", about.Name, name.Sum64()), Namespace: namespace},
		InvolvedObject: about, Action: action, Reason: reason, Message: note, Type: corev1.EventTypeWarning, EventTime: now,
		ReportingController: reporter, ReportingInstance: reporter,
	}
	user := systemUser
	at := client.Target{Resource: resource, Namespace: namespace, Name: event.Name}
	if err := a.r.Client(&user).Create(ctx, at, event, meta.CreateOptions{FieldManager: bootstrapManager}); err != nil && !meta.IsAlreadyExists(err) {
		a.r.logger.Warn("an Event of the addresses of Services was not stored", "reason", reason, "note", note, "err", err)
	}
}

package registry

import (
	"context"
	"fmt"
	"net/netip"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	networkingv1 "github.com/kubenucleus/nucleus/apimachinery/api/networking/v1"
	schedulingv1 "github.com/kubenucleus/nucleus/apimachinery/api/scheduling/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// BootstrapOptions say what [Registry.Bootstrap] cannot know.
type BootstrapOptions struct {
	// Address and Port are where the API server is reached; they become the
	// endpoints of the Service "kubernetes". An invalid address leaves that Service
	// out, an unspecified one its endpoints.
	Address netip.Addr
	Port    int32
	// ServicePort is the port of the Service; 0 is 443.
	ServicePort int32
	// Shared says that other servers may be on the same store: the endpoints are then
	// all that are there, and the caller runs [Registry.KeepEndpoints]. Of servers at a
	// loopback address nobody else would get anything: they stand alone.
	Shared bool
}

func (o *BootstrapOptions) shares() bool {
	return o.Shared && o.Address.IsValid() && !o.Address.IsUnspecified() && !o.Address.IsLoopback()
}

// apiServiceName is the Service through which Pods reach the API server.
const apiServiceName = "kubernetes"

// systemUser is who writes what the server itself needs.
var systemUser = auth.User{Name: "system:apiserver", Groups: []string{auth.GroupMasters}}

// Bootstrap creates the objects that every cluster has: the namespaces, roles and
// bindings, what flow control needs, the APIServices of what is served here, the priority
// classes of the system, and the Service that leads to the API server. Those
// that are there are given what they lack, and the endpoints follow the address;
// what people have made of the others stays. Kinds that the scheme does not have
// are left out. Run has to be running.
func (r *Registry) Bootstrap(ctx context.Context, o BootstrapOptions) error {
	if err := r.WaitReady(ctx); err != nil {
		return err
	}
	var namespaces []seed
	for _, name := range []string{meta.NamespaceDefault, meta.NamespaceSystem, meta.NamespacePublic, meta.NamespaceNodeLease} {
		ns := &corev1.Namespace{ObjectMeta: meta.ObjectMeta{Name: name, Labels: map[string]string{"kubernetes.io/metadata.name": name}}}
		ns.Spec.Finalizers = []corev1.FinalizerName{corev1.FinalizerKubernetes}
		ns.Status.Phase = corev1.NamespaceActive
		namespaces = append(namespaces, seed{resource: "namespaces", obj: ns, manager: bootstrapManager})
	}
	if err := r.sow(ctx, namespaces); err != nil {
		return err
	}
	seeds, err := policySeeds()
	if err != nil {
		return err
	}
	flows, err := flowcontrolSeeds()
	if err != nil {
		return err
	}
	r.flows.Store(&flows)
	cidr := &networkingv1.ServiceCIDR{ObjectMeta: meta.ObjectMeta{Name: defaultCIDR}}
	for _, p := range r.services.ips.ranges {
		cidr.Spec.CIDRs = append(cidr.Spec.CIDRs, p.String())
	}
	seeds = append(seeds, flows...)
	seeds = append(seeds, r.apiServiceSeeds()...)
	seeds = append(seeds, priorityClassSeeds()...)
	seeds = append(seeds, seed{resource: "servicecidrs", obj: cidr, manager: bootstrapManager})
	if err := r.sow(ctx, seeds); err != nil {
		return err
	}
	user := systemUser
	if err := r.announceRange(ctx, r.Client(&user)); err != nil {
		return err
	}
	if !o.Address.IsValid() {
		return nil
	}
	return r.bootstrapService(ctx, r.Client(&user), o)
}

// priorityClassSeeds are the classes of what must not be pushed aside.
func priorityClassSeeds() []seed {
	var seeds []seed
	for name, value := range map[string]int32{"system-node-critical": 2000001000, "system-cluster-critical": 2000000000} {
		class := &schedulingv1.PriorityClass{ObjectMeta: meta.ObjectMeta{Name: name}, Value: value}
		setText(&class.PreemptionPolicy, "PreemptLowerPriority")
		class.Description = map[string]string{
			"system-node-critical":    "Used for system critical pods that must not be moved from their current node.",
			"system-cluster-critical": "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
		}[name]
		seeds = append(seeds, seed{resource: "priorityclasses", obj: class, manager: bootstrapManager})
	}
	return seeds
}

// setText sets a pointer to some named string type.
func setText[T ~string](to **T, text string) {
	value := T(text)
	*to = &value
}

// announceRange says of the range that the server itself sees to that addresses
// may be taken from it, unless somebody has said more of it.
func (r *Registry) announceRange(ctx context.Context, c client.Client) error {
	cidr := &networkingv1.ServiceCIDR{ObjectMeta: meta.ObjectMeta{Name: defaultCIDR}}
	at, ok := r.target("servicecidrs", cidr)
	if !ok || r.fields == nil {
		return nil
	}
	var live networkingv1.ServiceCIDR
	if err := c.Get(ctx, at, &live, meta.GetOptions{}); err != nil {
		return fmt.Errorf("bootstrap servicecidrs %s: %w", at.Name, err)
	}
	if live.DeletionTimestamp != nil || meta.FindCondition(live.Status.Conditions, networkingv1.ServiceCIDRConditionReady) != nil {
		return nil
	}
	cidr.Status.Conditions = []meta.Condition{{
		Type: networkingv1.ServiceCIDRConditionReady, Status: meta.ConditionTrue,
		Message: "Kubernetes default Service CIDR is ready", LastTransitionTime: r.now(),
	}}
	if _, err := client.Of[networkingv1.ServiceCIDR](c).Subresource("status").Apply(ctx, cidr, rangeManager, true); err != nil {
		return fmt.Errorf("bootstrap servicecidrs %s: %w", at.Name, err)
	}
	return nil
}

// bootstrapService makes the Service through which Pods reach the API server.
func (r *Registry) bootstrapService(ctx context.Context, c client.Client, o BootstrapOptions) error {
	port := o.ServicePort
	if port == 0 {
		port = 443
	}
	service := &corev1.Service{ObjectMeta: meta.ObjectMeta{Name: apiServiceName, Namespace: meta.NamespaceDefault}}
	service.Labels = map[string]string{"component": "apiserver", "provider": "kubernetes"}
	service.Spec.ClusterIP = offset(r.services.ips.ranges[0].Addr(), 1).String()
	service.Spec.Ports = []corev1.ServicePort{{Name: "https", Protocol: corev1.ProtocolTCP, Port: port, TargetPort: intstr.FromInt(o.Port)}}
	if err := r.ensure(ctx, c, "services", service); err != nil {
		return err
	}
	if o.Address.IsUnspecified() {
		return nil
	}
	if o.shares() {
		return r.publishEndpoints(ctx, o, true)
	}
	return r.setEndpoints(ctx, c, []netip.Addr{o.Address}, o.Port)
}

// target finds the resource of an object that the bootstrap knows by its Go
// type; ok is false if the scheme does not have it.
func (r *Registry) target(resource string, obj meta.Object) (client.Target, bool) {
	gvk, ok := r.scheme.Kind(obj)
	if !ok {
		return client.Target{}, false
	}
	gvr := gvk.GroupVersion().WithResource(resource)
	if _, ok := r.scheme.Resource(gvr); !ok {
		return client.Target{}, false
	}
	m := obj.Metadata()
	return client.Target{Resource: gvr, Namespace: m.Namespace, Name: m.Name}, true
}

// ensure creates an object unless there is one of that name.
func (r *Registry) ensure(ctx context.Context, c client.Client, resource string, obj meta.Object) error {
	at, ok := r.target(resource, obj)
	if !ok {
		return nil
	}
	err := c.Get(ctx, at, codec.Copy(obj).(meta.Object), meta.GetOptions{})
	if meta.IsNotFound(err) {
		err = c.Create(ctx, at, obj, meta.CreateOptions{FieldManager: bootstrapManager})
	}
	if err != nil && !meta.IsAlreadyExists(err) {
		return fmt.Errorf("bootstrap %s %s: %w", resource, at.Name, err)
	}
	return nil
}

// replace makes an object what it should be.
func (r *Registry) replace(ctx context.Context, c client.Client, resource string, obj meta.Object) error {
	if err := r.ensure(ctx, c, resource, codec.Copy(obj).(meta.Object)); err != nil {
		return err
	}
	at, ok := r.target(resource, obj)
	if !ok {
		return nil
	}
	if err := c.Update(ctx, at, obj, meta.UpdateOptions{FieldManager: bootstrapManager}); err != nil {
		return fmt.Errorf("bootstrap %s %s: %w", resource, at.Name, err)
	}
	return nil
}

// Who the server writes as.
const (
	bootstrapManager = "kube-apiserver"
	rangeManager     = "kubernetes-service-cidr-controller"
)

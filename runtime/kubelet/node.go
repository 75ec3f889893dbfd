package kubelet

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// attachAnnotation says that volumes are attached by a controller of the
// cluster, not by the kubelet.
const attachAnnotation = "volumes.kubernetes.io/controller-managed-attach-detach"

// mostPods is how many Pods a node takes if nobody says else.
const mostPods = 110

// keepNode registers the node and keeps its heartbeat until ctx ends.
func (k *Kubelet) keepNode(ctx context.Context) error {
	for delay := 200 * time.Millisecond; ; delay = min(2*delay, 7*time.Second) {
		err := k.register(ctx)
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			return nil
		}
		k.log.WarnContext(ctx, "node not registered", "error", err)
		if wait(ctx, delay); ctx.Err() != nil {
			return nil
		}
	}
	close(k.registered)
	k.log.InfoContext(ctx, "node registered")
	k.nodeEvent("Starting", "Starting kubelet.")
	k.mu.Lock()
	conditions := k.node.Status.Conditions
	k.mu.Unlock()
	k.tellTransitions(k.before, conditions)
	return k.heartbeat(ctx)
}

// register makes the Node, or takes over the one that is there.
func (k *Kubelet) register(ctx context.Context) error {
	info, err := k.runtime.Info(ctx)
	if err != nil {
		return fmt.Errorf("runtime: %w", err)
	}
	d, err := k.describeMachine(ctx)
	if err != nil {
		return err
	}
	nodes := client.Of[corev1.Node](k.client)
	node := &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: k.name}}
	k.describe(node)
	k.fillStatus(&node.Status, d, info, nil, meta.Now())
	err = nodes.Create(ctx, node)
	var before []corev1.NodeCondition
	if meta.IsAlreadyExists(err) {
		node, before, err = k.takeOver(ctx, d, info)
	}
	if err != nil {
		return err
	}
	if err := k.useRange(ctx, node); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.before = before
	k.node, k.rep = node, reporter{runtimeName: info.Name, hostIPs: k.hostIPs()}
	return nil
}

// useRange tells the runtime where Pods get their addresses from.
func (k *Kubelet) useRange(ctx context.Context, node *corev1.Node) error {
	var cidr netip.Prefix
	if node.Spec.PodCIDR != "" {
		var err error
		if cidr, err = netip.ParsePrefix(node.Spec.PodCIDR); err != nil {
			return fmt.Errorf("range for Pods: %w", err)
		}
	}
	if err := k.runtime.SetPodCIDR(ctx, cidr); err != nil {
		return fmt.Errorf("range for Pods: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.podRange = node.Spec.PodCIDR
	return nil
}

// lacksRange reports whether Pods have to wait for the node's range.
func (k *Kubelet) lacksRange() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.opts.RequirePodCIDR && k.podRange == ""
}

// takeOver makes a Node that is there what this kubelet says that it is. It also
// returns the conditions that the Node had.
func (k *Kubelet) takeOver(ctx context.Context, d nodeDescription, info Info) (node *corev1.Node, was []corev1.NodeCondition, err error) {
	nodes := client.Of[corev1.Node](k.client)
	node, err = nodes.Get(ctx, k.name)
	if err != nil {
		return nil, nil, err
	}
	before := codec.DeepCopy(node)
	k.describe(node)
	if !codec.Equal(node, before) {
		if err := nodes.Update(ctx, node); err != nil {
			return nil, nil, err
		}
	}
	k.fillStatus(&node.Status, d, info, before.Status.Conditions, meta.Now())
	if err := nodes.UpdateStatus(ctx, node); err != nil {
		return nil, nil, err
	}
	return node, before.Status.Conditions, nil
}

// describe sets what the kubelet says about its Node besides the status. Taints
// are set on a new Node only: they are others' to change afterwards.
func (k *Kubelet) describe(node *corev1.Node) {
	if node.Labels == nil {
		node.Labels = map[string]string{}
	}
	maps.Copy(node.Labels, k.opts.Labels)
	if node.Annotations == nil {
		node.Annotations = map[string]string{}
	}
	node.Annotations[attachAnnotation] = "true"
	maps.Copy(node.Annotations, k.opts.Annotations)
	if node.Spec.ProviderID == "" {
		node.Spec.ProviderID = k.opts.ProviderID
	}
	if node.Spec.PodCIDR == "" && k.opts.PodCIDR.IsValid() {
		node.Spec.PodCIDR = k.opts.PodCIDR.String()
		node.Spec.PodCIDRs = []string{node.Spec.PodCIDR}
	}
	if node.UID == "" {
		node.Spec.Taints = append(node.Spec.Taints, k.opts.Taints...)
	}
}

// hostIPs are the node's addresses in the cluster, at most one a family.
func (k *Kubelet) hostIPs() []netip.Addr {
	var ips []netip.Addr
	for _, a := range k.opts.Addresses {
		ip, err := netip.ParseAddr(a.Address)
		if a.Type != corev1.NodeInternalIP || err != nil || len(ips) == 1 && ips[0].Is4() == ip.Is4() || len(ips) == 2 {
			continue
		}
		ips = append(ips, ip)
	}
	return ips
}

// describeMachine fills in what the machine says of itself and the options leave
// out.
func (k *Kubelet) describeMachine(ctx context.Context) (nodeDescription, error) {
	d := nodeDescription{info: k.opts.Info}
	base := corev1.ResourceList{
		corev1.ResourceCPU: quantity.MustParse("4"), corev1.ResourceMemory: quantity.MustParse("8Gi"), corev1.ResourceEphemeralStorage: quantity.MustParse("32Gi"),
	}
	if k.opts.Machine != nil {
		machine, err := k.opts.Machine.Describe(ctx)
		if err != nil {
			return d, fmt.Errorf("machine: %w", err)
		}
		k.mu.Lock()
		k.lacksAppArmor = machine.LacksAppArmor
		k.mu.Unlock()
		base = corev1.ResourceList{}
		maps.Copy(base, machine.Capacity)
		i := machine.Info
		for _, field := range []struct{ to, from *string }{
			{&d.info.MachineID, &i.MachineID}, {&d.info.SystemUUID, &i.SystemUUID}, {&d.info.BootID, &i.BootID},
			{&d.info.KernelVersion, &i.KernelVersion}, {&d.info.OSImage, &i.OSImage},
		} {
			if *field.to == "" {
				*field.to = *field.from
			}
		}
		if d.info.Swap == nil {
			d.info.Swap = i.Swap
		}
	}
	base[corev1.ResourcePods] = quantity.New(mostPods, quantity.DecimalSI)
	d.capacity = withAmounts(k.opts.Capacity, base)
	d.allocatable = maps.Clone(d.capacity)
	for name, q := range d.allocatable {
		if back, ok := k.opts.Reserved[name]; ok {
			if q.Sub(back); q.Sign() < 0 {
				q = quantity.New(0, q.Format())
			}
			d.allocatable[name] = q
		}
		if k.opts.Machine == nil {
			continue // nothing of it is ever short
		}
		whole := d.capacity[name]
		if back := reserved(k.thresholds, name, whole.Value()); back > 0 {
			d.allocatable[name] = quantity.New(max(q.Value()-back, 0), q.Format())
		}
	}
	maps.Copy(d.allocatable, k.opts.Allocatable)
	if k.opts.Devices != nil {
		capacity, allocatable := k.opts.Devices.Capacity()
		maps.Copy(d.capacity, capacity)
		maps.Copy(d.allocatable, allocatable)
	}
	return d, nil
}

// nodeDescription is what the node is.
type nodeDescription struct {
	capacity, allocatable corev1.ResourceList
	info                  corev1.NodeSystemInfo
}

// pressureTexts are how conditions of pressure are told: when they hold, and when
// not.
var pressureTexts = []struct {
	kind      corev1.NodeConditionType
	yes, no   string // reasons
	short, ok string // messages
}{
	{corev1.NodeMemoryPressure, "KubeletHasInsufficientMemory", "KubeletHasSufficientMemory", "kubelet has insufficient memory available", "kubelet has sufficient memory available"},
	{corev1.NodeDiskPressure, "KubeletHasDiskPressure", "KubeletHasNoDiskPressure", "kubelet has disk pressure", "kubelet has no disk pressure"},
	{corev1.NodePIDPressure, "KubeletHasInsufficientPID", "KubeletHasSufficientPID", "kubelet has insufficient PID available", "kubelet has sufficient PID available"},
}

// fillStatus sets what the kubelet says in its Node's status. old are the
// conditions so far; those of others stay.
func (k *Kubelet) fillStatus(status *corev1.NodeStatus, d nodeDescription, info Info, old []corev1.NodeCondition, now meta.Time) {
	keepExtended(d.capacity, d.allocatable, status.Capacity)
	status.Capacity, status.Allocatable = d.capacity, d.allocatable
	status.Addresses = append([]corev1.NodeAddress(nil), k.opts.Addresses...)
	status.Addresses = append(status.Addresses, corev1.NodeAddress{Type: corev1.NodeHostName, Address: k.name})
	status.DaemonEndpoints.KubeletEndpoint.Port = k.opts.Port
	status.NodeInfo = d.info
	if names, ok := k.inUse(); ok {
		status.VolumesInUse = names
	}
	if images := k.imageStatus(); images != nil {
		status.Images = images
	}
	if info.Version != "" {
		status.RuntimeHandlers, status.Features = info.Handlers, info.Features
	}
	if status.NodeInfo.ContainerRuntimeVersion == "" {
		status.NodeInfo.ContainerRuntimeVersion = info.Name + "://" + info.Version
	}

	ready := corev1.NodeCondition{Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "KubeletReady", Message: "kubelet is posting ready status"}
	k.mu.Lock()
	shutting := k.shutting
	k.mu.Unlock()
	switch {
	case shutting:
		ready.Status, ready.Reason, ready.Message = corev1.ConditionFalse, "KubeletNotReady", "node is shutting down"
	case info.NotReady != "":
		ready.Status, ready.Reason, ready.Message = corev1.ConditionFalse, "KubeletNotReady", "container runtime is down: "+info.NotReady
	case info.NetworkNotReady == "" && k.lacksRange():
		ready.Status, ready.Reason, ready.Message = corev1.ConditionFalse, "KubeletNotReady", "container runtime network not ready: the node has no range for Pods yet"
	case info.NetworkNotReady != "":
		ready.Status, ready.Reason, ready.Message = corev1.ConditionFalse, "KubeletNotReady", "container runtime network not ready: "+info.NetworkNotReady
	}
	status.Conditions = append([]corev1.NodeCondition(nil), old...)
	k.mu.Lock()
	pressed := k.pressed
	k.mu.Unlock()
	var own []corev1.NodeCondition
	for _, t := range pressureTexts {
		c := corev1.NodeCondition{Type: t.kind, Status: corev1.ConditionFalse, Reason: t.no, Message: t.ok}
		if slices.Contains(pressed, t.kind) {
			c.Status, c.Reason, c.Message = corev1.ConditionTrue, t.yes, t.short
		}
		own = append(own, c)
	}
	for _, c := range append(own, ready) {
		c.LastHeartbeatTime, c.LastTransitionTime = now, now
		setCondition(&status.Conditions, c)
	}
}

func setCondition(conditions *[]corev1.NodeCondition, c corev1.NodeCondition) {
	for i := range *conditions {
		have := &(*conditions)[i]
		if have.Type != c.Type {
			continue
		}
		if have.Status == c.Status {
			c.LastTransitionTime = have.LastTransitionTime
		}
		*have = c
		return
	}
	*conditions = append(*conditions, c)
}

// refresh writes the Node's status if it has changed, or if it has not been
// written for long.
func (k *Kubelet) refresh(ctx context.Context, due bool) (written bool, err error) {
	info, err := k.runtime.Info(ctx)
	if err != nil {
		info = Info{Name: k.reporter().runtimeName, NotReady: err.Error()}
	}
	d, err := k.describeMachine(ctx)
	if err != nil {
		return false, err
	}
	nodes := client.Of[corev1.Node](k.client)
	node, err := nodes.Get(ctx, k.name)
	if err != nil {
		return false, err
	}
	k.mu.Lock()
	assigned := node.Spec.PodCIDR != k.podRange
	k.mu.Unlock()
	if assigned {
		// Others give ranges to nodes after they have come.
		if err := k.useRange(ctx, node); err != nil {
			k.log.WarnContext(ctx, "range of the node not used", "error", err)
		}
	}
	before := codec.DeepCopy(&node.Status)
	k.fillStatus(&node.Status, d, info, before.Conditions, meta.Now())
	if info.Version == "" {
		node.Status.NodeInfo.ContainerRuntimeVersion = before.NodeInfo.ContainerRuntimeVersion
	}
	if !due && sameStatus(&node.Status, before) {
		node.Status = *before
		k.saw(node)
		return false, nil
	}
	if err := nodes.UpdateStatus(ctx, node); err != nil {
		return false, err
	}
	k.saw(node)
	k.tellTransitions(before.Conditions, node.Status.Conditions)
	return true, nil
}

// sameStatus compares but for the times of heartbeats.
func sameStatus(a, b *corev1.NodeStatus) bool {
	a, b = codec.DeepCopy(a), codec.DeepCopy(b)
	for _, s := range []*corev1.NodeStatus{a, b} {
		for i := range s.Conditions {
			s.Conditions[i].LastHeartbeatTime = meta.Time{}
		}
	}
	return codec.Equal(a, b)
}

func (k *Kubelet) saw(node *corev1.Node) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.node = node
}

// tellTransitions records an event for each condition that has changed.
func (k *Kubelet) tellTransitions(before, after []corev1.NodeCondition) {
	for i := range after {
		c := &after[i]
		was := corev1.ConditionStatus("")
		for j := range before {
			if before[j].Type == c.Type {
				was = before[j].Status
			}
		}
		if was == c.Status || c.Status == corev1.ConditionUnknown {
			continue
		}
		names := map[corev1.NodeConditionType][2]string{ // when True, when False
			corev1.NodeReady:          {"NodeReady", "NodeNotReady"},
			corev1.NodeMemoryPressure: {"NodeHasInsufficientMemory", "NodeHasSufficientMemory"},
			corev1.NodeDiskPressure:   {"NodeHasDiskPressure", "NodeHasNoDiskPressure"},
			corev1.NodePIDPressure:    {"NodeHasInsufficientPID", "NodeHasSufficientPID"},
		}[c.Type]
		name := names[0]
		if c.Status == corev1.ConditionFalse {
			name = names[1]
		}
		if name != "" {
			k.nodeEvent(name, fmt.Sprintf("Node %s status is now: %s", k.name, name))
		}
	}
}

func (k *Kubelet) nodeEvent(reason, message string) {
	k.mu.Lock()
	node := k.node
	k.mu.Unlock()
	k.events.Normal(node, reason, "%s", message)
}

func (k *Kubelet) nodeWarning(reason, message string) {
	k.mu.Lock()
	node := k.node
	k.mu.Unlock()
	if node != nil {
		k.events.Warning(node, reason, "%s", message)
	}
}

// jittered is d give or take a little, so that nodes that began together do not
// stay together.
func jittered(d time.Duration) time.Duration {
	return d - d/25 + rand.N(2*d/25+1)
}

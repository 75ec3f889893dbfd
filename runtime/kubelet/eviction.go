package kubelet

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/controller"
)

const reasonEvicted = "Evicted"

// systemCritical is the priority from which on Pods are never evicted.
const systemCritical = 2000000000

// Whether Pods keep within their own limits of disk space takes reading through their
// volumes: so rarely that it costs little, and at least every minute.
const (
	limitsInterval = time.Minute
	limitsShare    = 200 // one part of so many of the time goes into it
)

// keepRoom watches over what is left of the machine until ctx ends: it says so in
// the node's conditions, and evicts Pods, one at a time.
func (k *Kubelet) keepRoom(ctx context.Context) error {
	o := &k.opts.Eviction
	p := &pressure{thresholds: k.thresholds, transition: o.PressureTransitionPeriod, since: map[int]time.Time{}, seen: map[corev1.NodeConditionType]time.Time{}}
	checked, rest := time.Now(), o.Interval
	for first := true; ctx.Err() == nil; first = false {
		// A kubelet that has just begun says of what the node is short, and evicts nobody:
		// it may not know yet what there is.
		if !first {
			wait(ctx, o.Interval)
		}
		if ctx.Err() != nil {
			break
		}
		readings, err := k.opts.Machine.Read(ctx)
		if err != nil {
			if ctx.Err() == nil {
				k.log.WarnContext(ctx, "machine not read", "error", err)
			}
			continue
		}
		act, conditions := p.observe(&readings, time.Now())
		k.setPressure(conditions)
		if time.Since(checked) >= rest {
			began := time.Now()
			evicted := k.evictOverLimits(ctx)
			checked = time.Now()
			rest = min(limitsShare*checked.Sub(began), limitsInterval)
			if evicted {
				continue
			}
		}
		if len(act) > 0 && !first {
			k.relieve(ctx, act)
		}
	}
	return nil
}

// setPressure notes of what the node is short; a change is written at once.
func (k *Kubelet) setPressure(conditions []corev1.NodeConditionType) {
	k.mu.Lock()
	changed := !slices.Equal(k.pressed, conditions)
	k.pressed = conditions
	k.mu.Unlock()
	if changed {
		k.wakeHeartbeat()
	}
}

// relieve does something about the first threshold: what nobody needs goes first,
// then a Pod.
func (k *Kubelet) relieve(ctx context.Context, act []crossed) {
	first := act[0]
	resource := resourceOf(first.signal)
	k.nodeWarning("EvictionThresholdMet", fmt.Sprintf("Attempting to reclaim %s", resource))
	if conditionOf(first.signal) == corev1.NodeDiskPressure && k.freeDisk(ctx, first.signal, &first.threshold) {
		return
	}
	usage := k.usage(ctx)
	candidates := k.ranked(ctx, resource, usage)
	for _, c := range candidates {
		grace := time.Duration(0)
		if !first.hard {
			grace = min(graceOf(c.object), k.opts.Eviction.MaxPodGracePeriod)
		}
		message := fmt.Sprintf("The node was low on resource: %v. Threshold quantity: %s, available: %s. ", resource,
			amountText(first.signal, first.least(first.whole)), amountText(first.signal, first.available)) + c.excess(resource)
		if k.evict(c.pod, grace, message) {
			k.counts.evictions.WithLabelValues(first.signal).Inc()
			k.awaitEnd(ctx, c.pod)
			return
		}
	}
}

// amountText words an amount that a signal is about.
func amountText(signal string, n uint64) string {
	if strings.HasSuffix(signal, ".available") && signal != SignalPIDAvailable {
		return bytesText(n)
	}
	return quantity.New(int64(n), quantity.DecimalSI).String()
}

func bytesText(n uint64) string { return quantity.New(int64(n), quantity.BinarySI).String() }

// freeDisk frees what nobody needs, and reports whether that was enough.
func (k *Kubelet) freeDisk(ctx context.Context, signal string, t *threshold) bool {
	if k.images == nil {
		return false
	}
	if err := k.images.freeAll(ctx); err != nil {
		k.log.WarnContext(ctx, "images not freed", "error", err)
	}
	readings, err := k.opts.Machine.Read(ctx)
	if err != nil {
		return false
	}
	l := signalsOf(&readings)[signal]
	return l.whole > 0 && l.available >= t.least(l.whole)
}

// candidate is a Pod that could be evicted, with what it uses.
type candidate struct {
	pod    *pod
	object *corev1.Pod
	usage  map[string]Usage // by container
	// volumes is what the Pod's own volumes hold of the node's disk.
	volumes uint64
}

func (c *candidate) used(resource corev1.ResourceName) uint64 {
	var sum uint64
	if resource == corev1.ResourceEphemeralStorage {
		sum = c.volumes
	}
	for _, u := range c.usage {
		sum += amountOf(&u, resource)
	}
	return sum
}

func amountOf(u *Usage, resource corev1.ResourceName) uint64 {
	switch resource {
	case corev1.ResourceMemory:
		return u.WorkingSet
	case corev1.ResourceEphemeralStorage:
		return u.WritableBytes + u.LogBytes
	case "inodes":
		return u.WritableInodes
	}
	return 0
}

// over is by how much a Pod uses more than it asked for; negative if it does not.
func (c *candidate) over(resource corev1.ResourceName) int64 {
	request := corev1.PodRequests(&c.object.Spec)[resource]
	return int64(c.used(resource)) - request.Value()
}

// excess words which containers use more than they asked for.
func (c *candidate) excess(resource corev1.ResourceName) string {
	var b strings.Builder
	for i := range c.object.Spec.Containers {
		spec := &c.object.Spec.Containers[i]
		u, known := c.usage[spec.Name]
		request := spec.Resources.Requests[resource]
		used := quantity.New(int64(amountOf(&u, resource)), quantity.BinarySI)
		if known && used.Cmp(request) > 0 && (resource == corev1.ResourceMemory || resource == corev1.ResourceEphemeralStorage) {
			fmt.Fprintf(&b, "Container %s was using %s, request is %s, has larger consumption of %v. ", spec.Name, used, request, resource)
		}
	}
	return b.String()
}

// usage measures all containers, by Pod and name.
func (k *Kubelet) usage(ctx context.Context) map[meta.UID]map[string]Usage {
	all := map[meta.UID]map[string]Usage{}
	meter, ok := k.runtime.(Meter)
	if !ok {
		return all
	}
	list, err := meter.Usage(ctx)
	if err != nil {
		k.log.WarnContext(ctx, "usage not measured", "error", err)
	}
	for _, u := range list {
		if u.Container == "" {
			continue
		}
		if all[u.PodUID] == nil {
			all[u.PodUID] = map[string]Usage{}
		}
		all[u.PodUID][u.Container] = u
	}
	return all
}

// ranked returns the Pods that may be evicted, the first to go first: those that
// use more than they asked for, then by priority, then by how much more.
func (k *Kubelet) ranked(ctx context.Context, resource corev1.ResourceName, usage map[meta.UID]map[string]Usage) []candidate {
	k.mu.Lock()
	var all []candidate
	for _, p := range k.pods {
		p.mu.Lock()
		if p.counts && !p.gone && p.object.DeletionTimestamp == nil && p.expired == nil && !isTerminal(p.object.Status.Phase) && !p.critical() {
			all = append(all, candidate{pod: p, object: p.object, usage: usage[p.uid]})
		}
		p.mu.Unlock()
	}
	k.mu.Unlock()
	for i := range all {
		if resource != corev1.ResourceEphemeralStorage {
			break
		}
		held := k.volumeUsage(ctx, all[i].object)
		for v := range all[i].object.Spec.Volumes {
			volume := &all[i].object.Spec.Volumes[v]
			if used := held[volume.Name]; used.Ephemeral && onDisk(volume) {
				all[i].volumes += used.Used
			}
		}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		aOver, bOver := a.over(resource), b.over(resource)
		if (aOver > 0) != (bOver > 0) {
			if aOver > 0 {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(priorityOf(a.object), priorityOf(b.object)), cmp.Compare(bOver, aOver), cmp.Compare(a.object.UID, b.object.UID))
	})
	return all
}

func priorityOf(pod *corev1.Pod) int32 {
	if pod.Spec.Priority == nil {
		return 0
	}
	return *pod.Spec.Priority
}

// critical reports whether the node cannot do without a Pod. The caller holds
// p.mu.
func (p *pod) critical() bool { return p.static != nil || isCritical(p.object) }

func isCritical(pod *corev1.Pod) bool {
	return isStatic(pod) || pod.Annotations[corev1.MirrorPodAnnotationKey] != "" || priorityOf(pod) >= systemCritical
}

// evict ends a Pod, and reports whether it was to run still.
func (k *Kubelet) evict(p *pod, grace time.Duration, message string) bool {
	return k.expel(p, ending{grace: grace, phase: corev1.PodFailed, reason: reasonEvicted, message: message, disruption: message})
}

// expel ends a Pod as e says, and reports whether it was to run still.
func (k *Kubelet) expel(p *pod, e ending) bool {
	p.mu.Lock()
	object := p.object
	ok := p.expired == nil && !p.gone && !isTerminal(object.Status.Phase)
	if ok {
		p.expired = &e
	}
	p.mu.Unlock()
	if ok {
		k.events.Record(controller.Note{About: object, Type: corev1.EventTypeWarning, Reason: e.reason, Message: e.message})
		k.loop.Queue().Add(p.uid)
	}
	return ok
}

// awaitEnd waits a while until a Pod that was evicted has left, so that not
// another one goes for what this one frees.
func (k *Kubelet) awaitEnd(ctx context.Context, p *pod) {
	const patience, step = 30 * time.Second, time.Second
	for range int(patience / step) {
		k.mu.Lock()
		counts := p.counts
		k.mu.Unlock()
		if !counts || ctx.Err() != nil {
			return
		}
		wait(ctx, step)
	}
}

// evictOverLimits evicts Pods that take more of the disk than they may, and
// reports whether there was one.
func (k *Kubelet) evictOverLimits(ctx context.Context) bool {
	type limited struct {
		pod    *pod
		object *corev1.Pod
	}
	var all []limited
	k.mu.Lock()
	for _, p := range k.pods {
		p.mu.Lock()
		if p.counts && !p.gone && p.expired == nil && p.object.DeletionTimestamp == nil && limitsDisk(p.object) {
			all = append(all, limited{p, p.object})
		}
		p.mu.Unlock()
	}
	k.mu.Unlock()
	if len(all) == 0 {
		return false
	}
	usage := k.usage(ctx)
	evicted := false
	for _, l := range all {
		if message := overDisk(l.object, usage[l.object.UID], k.volumeUsage(ctx, l.object)); message != "" {
			evicted = k.evict(l.pod, 0, message) || evicted
		}
	}
	return evicted
}

// volumeUsage is what a Pod's volumes hold, as far as that is known.
func (k *Kubelet) volumeUsage(ctx context.Context, pod *corev1.Pod) map[string]VolumeUsage {
	meter, ok := k.opts.Volumes.(VolumeMeter)
	if !ok {
		return nil
	}
	used, err := meter.VolumeUsage(ctx, pod)
	if err != nil {
		k.log.WarnContext(ctx, "volumes not measured", "pod", pod.UID, "error", err)
	}
	return used
}

// onDisk reports whether a volume takes the node's disk and not its memory.
func onDisk(v *corev1.Volume) bool {
	return v.EmptyDir == nil || v.EmptyDir.Medium == corev1.StorageMediumDefault
}

// limitsDisk reports whether a Pod may take only so much of the disk.
func limitsDisk(pod *corev1.Pod) bool {
	for i := range pod.Spec.Volumes {
		if e := pod.Spec.Volumes[i].EmptyDir; e != nil && e.SizeLimit != nil && e.SizeLimit.Sign() > 0 {
			return true
		}
	}
	limit := corev1.ContainerLimits(&pod.Spec)[corev1.ResourceEphemeralStorage]
	return limit.Sign() > 0
}

// overDisk says which limit of the disk a Pod exceeds, "" if none.
func overDisk(pod *corev1.Pod, usage map[string]Usage, volumes map[string]VolumeUsage) string {
	var total uint64
	for i := range pod.Spec.Volumes {
		v := &pod.Spec.Volumes[i]
		used := volumes[v.Name]
		if used.Ephemeral && onDisk(v) {
			total += used.Used
		}
		if e := v.EmptyDir; e != nil && e.SizeLimit != nil && e.SizeLimit.Sign() > 0 && int64(used.Used) > e.SizeLimit.Value() {
			return fmt.Sprintf("Usage of EmptyDir volume %q exceeds the limit %q. ", v.Name, e.SizeLimit.String())
		}
	}
	unlimited := false
	for i := range pod.Spec.Containers {
		c := &pod.Spec.Containers[i]
		u := usage[c.Name]
		used := amountOf(&u, corev1.ResourceEphemeralStorage)
		total += used
		limit, ok := c.Resources.Limits[corev1.ResourceEphemeralStorage]
		unlimited = unlimited || !ok
		if ok && int64(used) > limit.Value() {
			return fmt.Sprintf("Container %s exceeded its local ephemeral storage limit %q. ", c.Name, limit.String())
		}
	}
	if limit := corev1.ContainerLimits(&pod.Spec)[corev1.ResourceEphemeralStorage]; !unlimited && limit.Sign() > 0 && int64(total) > limit.Value() {
		return fmt.Sprintf("Pod ephemeral local storage usage exceeds the total limit of containers %s. ", limit.String())
	}
	return ""
}

// refusePressed says why a node that is short of something does not take a Pod.
func refusePressed(pod *corev1.Pod, conditions []corev1.NodeConditionType) *refusal {
	if len(conditions) == 0 || isCritical(pod) {
		return nil
	}
	if len(conditions) == 1 && conditions[0] == corev1.NodeMemoryPressure {
		if corev1.QOSClassOf(&pod.Spec) != corev1.PodQOSBestEffort {
			return nil
		}
		taint := corev1.Taint{Key: corev1.TaintNodeMemoryPressure, Effect: corev1.TaintEffectNoSchedule}
		for i := range pod.Spec.Tolerations {
			if pod.Spec.Tolerations[i].Tolerates(&taint) {
				return nil
			}
		}
	}
	return &refusal{reason: reasonEvicted, message: fmt.Sprintf("The node had condition: %v. ", conditions)}
}

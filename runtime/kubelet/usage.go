package kubelet

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// usageAge is how old a measurement may be that is told. Several who ask at about
// the same time, of different pages, cost one measurement.
const usageAge = time.Second

// usageMeter measures when somebody asks. It remembers the measurement before, to
// tell how busy processors are at present.
type usageMeter struct {
	mu         sync.Mutex
	last, base *measurement
}

// measurement is what the machine and its Pods have used at a moment.
type measurement struct {
	at       time.Time
	machine  *Readings // nil: nothing is known of the machine
	bootAt   time.Time
	pods     []podUsage // by namespace and name
	problems []error
}

// podUsage is what a Pod has used.
type podUsage struct {
	pod        *corev1.Pod // shared
	whole      *Usage      // nil: it is the sum of its containers
	containers []Usage     // by name
	volumes    map[string]VolumeUsage
}

// measure returns a measurement that is fresh, and the one before it or nil. They are
// shared.
func (k *Kubelet) measure(ctx context.Context) (now, before *measurement) {
	m := &k.meter
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last == nil || time.Since(m.last.at) > usageAge {
		fresh := k.takeMeasurement(ctx)
		if ctx.Err() != nil {
			return fresh, m.last // half of it may be missing
		}
		m.base, m.last = m.last, fresh
	}
	return m.last, m.base
}

func (k *Kubelet) takeMeasurement(ctx context.Context) *measurement {
	m := &measurement{at: time.Now()}
	problem := func(what string, err error) {
		m.problems = append(m.problems, fmt.Errorf("%s: %w", what, err))
	}
	if k.opts.Machine != nil {
		if info, err := k.opts.Machine.Describe(ctx); err == nil {
			m.bootAt = info.BootAt
		}
		if readings, err := k.opts.Machine.Read(ctx); err == nil {
			m.machine = &readings
		} else {
			problem("machine", err)
		}
	}
	var list []Usage
	if meter, ok := k.runtime.(Meter); ok {
		var err error
		if list, err = meter.Usage(ctx); err != nil {
			problem("containers", err)
		}
	}
	byUID := map[meta.UID]*podUsage{}
	for _, pod := range k.runningPods() {
		byUID[pod.UID] = &podUsage{pod: pod}
	}
	for i := range list {
		u := byUID[list[i].PodUID]
		switch {
		case u == nil: // on its way out
		case list[i].Container == "":
			u.whole = &list[i]
		default:
			u.containers = append(u.containers, list[i])
		}
	}
	volumes, _ := k.opts.Volumes.(VolumeMeter)
	for _, u := range byUID {
		slices.SortFunc(u.containers, func(a, b Usage) int { return strings.Compare(a.Container, b.Container) })
		if volumes != nil {
			var err error
			if u.volumes, err = volumes.VolumeUsage(ctx, u.pod); err != nil {
				problem("volumes of "+u.pod.Namespace+"/"+u.pod.Name, err)
			}
		}
		m.pods = append(m.pods, *u)
	}
	slices.SortFunc(m.pods, func(a, b podUsage) int {
		return strings.Compare(a.pod.Namespace+"/"+a.pod.Name, b.pod.Namespace+"/"+b.pod.Name)
	})
	return m
}

// runningPods are those of the node that are not at their end. They are shared.
func (k *Kubelet) runningPods() []*corev1.Pod {
	k.mu.Lock()
	defer k.mu.Unlock()
	var list []*corev1.Pod
	for _, p := range k.pods {
		p.mu.Lock()
		if !p.gone && !isTerminal(p.object.Status.Phase) && p.object.Status.StartTime != nil {
			list = append(list, p.object)
		}
		p.mu.Unlock()
	}
	return list
}

// total adds up what the containers have used, where the runtime does not know of
// the Pod as a whole.
func (u *podUsage) total() (sum Usage, known bool) {
	if u.whole != nil && u.whole.CPUNanoseconds > 0 {
		return *u.whole, true
	}
	for i := range u.containers {
		c := &u.containers[i]
		if c.At.After(sum.At) {
			sum.At = c.At
		}
		sum.CPUNanoseconds += c.CPUNanoseconds
		sum.MemoryUsage += c.MemoryUsage
		sum.WorkingSet += c.WorkingSet
		sum.RSS += c.RSS
		sum.PageFaults += c.PageFaults
		sum.MajorPageFaults += c.MajorPageFaults
		if c.Swap != nil {
			swap := *c.Swap
			if sum.Swap != nil {
				swap += *sum.Swap
			}
			sum.Swap = &swap
		}
	}
	return sum, len(u.containers) > 0
}

// find returns what was measured of a container before, or of a whole Pod for "".
func (m *measurement) find(uid meta.UID, container, id string) (Usage, bool) {
	if m == nil {
		return Usage{}, false
	}
	for i := range m.pods {
		if m.pods[i].pod.UID != uid {
			continue
		}
		if container == "" {
			return m.pods[i].total()
		}
		for _, c := range m.pods[i].containers {
			if c.Container == container && c.ContainerID == id {
				return c, true
			}
		}
	}
	return Usage{}, false
}

// nanoCores is how busy somebody was between two measurements, nil if that cannot be
// told.
func nanoCores(now, before uint64, at, last time.Time) *uint64 {
	took := at.Sub(last)
	if took <= 0 || now < before {
		return nil
	}
	busy := uint64(float64(now-before) / took.Seconds())
	return &busy
}

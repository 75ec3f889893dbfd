package kubelet

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// What a node can run short of, as thresholds name it.
const (
	SignalMemoryAvailable   = "memory.available"
	SignalNodeFSAvailable   = "nodefs.available"
	SignalNodeFSInodesFree  = "nodefs.inodesFree"
	SignalImageFSAvailable  = "imagefs.available"
	SignalImageFSInodesFree = "imagefs.inodesFree"
	SignalPIDAvailable      = "pid.available"
)

// signals is the order in which they are looked at: what a machine dies of first
// comes first.
var signals = []string{
	SignalMemoryAvailable, SignalNodeFSAvailable, SignalImageFSAvailable, SignalNodeFSInodesFree, SignalImageFSInodesFree, SignalPIDAvailable,
}

// EvictionOptions says when a node has too little left, and takes Pods down. The
// zero value is what Kubernetes does.
type EvictionOptions struct {
	// Hard are amounts, or percentages of the whole, by signal: with less left Pods
	// are evicted without grace. Nil is memory.available 100Mi, nodefs.available
	// 10%, imagefs.available 15% and 5% of the inodes of both; an empty map is none.
	Hard map[string]string
	// Soft are amounts like Hard with which a node may live for SoftGracePeriod;
	// then Pods are evicted with their own grace period, at most
	// MaxPodGracePeriod.
	Soft            map[string]string
	SoftGracePeriod map[string]time.Duration
	// MaxPodGracePeriod bounds the grace of Pods that are evicted softly. Zero is
	// none.
	MaxPodGracePeriod time.Duration
	// Interval is the time between looks. Zero is 10 s.
	Interval time.Duration
	// PressureTransitionPeriod is how long a node counts as short of something
	// after it was last. Zero is 5 minutes.
	PressureTransitionPeriod time.Duration
}

// ParseThresholds reads what is to be left of the machine as flags of kubelets have
// it, such as memory.available<100Mi, into what [EvictionOptions] have.
func ParseThresholds(list []string) (map[string]string, error) {
	bySignal := make(map[string]string, len(list))
	var errs []error
	for _, text := range list {
		signal, least, ok := strings.Cut(text, "<")
		if !ok || signal == "" || least == "" {
			errs = append(errs, fmt.Errorf("%q is not of the form signal<amount", text))
		}
		bySignal[signal] = least
	}
	return bySignal, errors.Join(errs...)
}

var hardDefaults = map[string]string{
	SignalMemoryAvailable: "100Mi", SignalNodeFSAvailable: "10%", SignalNodeFSInodesFree: "5%",
	SignalImageFSAvailable: "15%", SignalImageFSInodesFree: "5%",
}

// threshold is an amount below which something is done.
type threshold struct {
	signal string
	// amount is what has to be left, or percent of the whole.
	amount  quantity.Quantity
	percent float64
	grace   time.Duration
	hard    bool
}

// least is the amount that has to be left of a whole.
func (t *threshold) least(whole uint64) uint64 {
	if t.percent > 0 {
		return uint64(float64(whole) * t.percent / 100)
	}
	return uint64(max(t.amount.Value(), 0))
}

// thresholds reads the options.
func (o *EvictionOptions) thresholds() ([]threshold, error) {
	hard := o.Hard
	if hard == nil {
		hard = hardDefaults
	}
	var all []threshold
	for _, source := range []struct {
		of   map[string]string
		hard bool
		name string
	}{{hard, true, "Hard"}, {o.Soft, false, "Soft"}} {
		for _, signal := range slices.Sorted(maps.Keys(source.of)) {
			t := threshold{signal: signal, hard: source.hard}
			if !slices.Contains(signals, signal) {
				return nil, fmt.Errorf("Options.Eviction.%s[%q]: no such signal", source.name, signal)
			}
			text := source.of[signal]
			var err error
			if number, ok := strings.CutSuffix(text, "%"); ok {
				t.percent, err = strconv.ParseFloat(number, 64)
				if err == nil && (t.percent < 0 || t.percent > 100) {
					err = fmt.Errorf("%q is no percentage", text)
				}
			} else {
				t.amount, err = quantity.Parse(text)
			}
			if err != nil {
				return nil, fmt.Errorf("Options.Eviction.%s[%q]: %w", source.name, signal, err)
			}
			if t.grace = o.SoftGracePeriod[signal]; !t.hard && t.grace <= 0 {
				return nil, fmt.Errorf("Options.Eviction.SoftGracePeriod[%q] is missing", signal)
			}
			if t.hard {
				t.grace = 0
			}
			all = append(all, t)
		}
	}
	slices.SortStableFunc(all, func(a, b threshold) int { return slices.Index(signals, a.signal) - slices.Index(signals, b.signal) })
	return all, nil
}

// left is what is left of something, and of how much.
type left struct{ available, whole uint64 }

// signalsOf finds in readings what signals are about; what a machine does not
// know is not there.
func signalsOf(r *Readings) map[string]left {
	all := map[string]left{}
	add := func(signal string, available, whole uint64) {
		if whole > 0 {
			all[signal] = left{available, whole}
		}
	}
	add(SignalMemoryAvailable, r.Memory.Available, r.Memory.Total)
	add(SignalNodeFSAvailable, r.NodeFS.Available, r.NodeFS.Capacity)
	add(SignalNodeFSInodesFree, r.NodeFS.InodesFree, r.NodeFS.Inodes)
	add(SignalImageFSAvailable, r.ImageFS.Available, r.ImageFS.Capacity)
	add(SignalImageFSInodesFree, r.ImageFS.InodesFree, r.ImageFS.Inodes)
	if p := r.Processes; p.Running > 0 {
		add(SignalPIDAvailable, p.Max-min(p.Max, p.Running), p.Max)
	}
	return all
}

// crossed is a threshold that there is less left than.
type crossed struct {
	threshold
	left
}

// pressure remembers of what a node is short. It is not safe for concurrent use.
type pressure struct {
	thresholds []threshold
	transition time.Duration

	since map[int]time.Time                      // when each threshold was crossed, by its index
	seen  map[corev1.NodeConditionType]time.Time // when each condition last held
}

// observe looks at readings. It returns the thresholds that were crossed for long
// enough, the first to be acted on first, and the conditions that hold.
func (p *pressure) observe(r *Readings, now time.Time) (act []crossed, conditions []corev1.NodeConditionType) {
	have := signalsOf(r)
	for i := range p.thresholds {
		t := &p.thresholds[i]
		l, known := have[t.signal]
		if !known || l.available >= t.least(l.whole) {
			delete(p.since, i)
			continue
		}
		if _, before := p.since[i]; !before {
			p.since[i] = now
		}
		p.seen[conditionOf(t.signal)] = now
		if now.Sub(p.since[i]) >= t.grace {
			act = append(act, crossed{*t, l})
		}
	}
	for kind, at := range p.seen {
		if now.Sub(at) < p.transition {
			conditions = append(conditions, kind)
		} else {
			delete(p.seen, kind)
		}
	}
	slices.Sort(conditions)
	return act, conditions
}

// conditionOf is the node's condition that a signal is about.
func conditionOf(signal string) corev1.NodeConditionType {
	switch signal {
	case SignalMemoryAvailable:
		return corev1.NodeMemoryPressure
	case SignalPIDAvailable:
		return corev1.NodePIDPressure
	}
	return corev1.NodeDiskPressure
}

// resourceOf is what a signal is about, as messages name it.
func resourceOf(signal string) corev1.ResourceName {
	switch signal {
	case SignalMemoryAvailable:
		return corev1.ResourceMemory
	case SignalNodeFSAvailable, SignalImageFSAvailable:
		return corev1.ResourceEphemeralStorage
	case SignalPIDAvailable:
		return "pids"
	}
	return "inodes"
}

// reserved is what hard thresholds keep back of a resource, so that Pods cannot
// be promised it.
func reserved(thresholds []threshold, name corev1.ResourceName, whole int64) int64 {
	signal := map[corev1.ResourceName]string{
		corev1.ResourceMemory: SignalMemoryAvailable, corev1.ResourceEphemeralStorage: SignalNodeFSAvailable,
	}[name]
	for i := range thresholds {
		if t := &thresholds[i]; t.hard && t.signal == signal {
			return int64(t.least(uint64(max(whole, 0))))
		}
	}
	return 0
}

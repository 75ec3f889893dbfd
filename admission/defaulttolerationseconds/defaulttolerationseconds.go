package defaulttolerationseconds

import (
	"context"

	"github.com/kubenucleus/nucleus/admission"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// DefaultSeconds is how long a Pod stays if nothing else is said.
const DefaultSeconds int64 = 300

// Options tunes a Plugin. The zero value gives [DefaultSeconds].
type Options struct {
	// NotReadySeconds and UnreachableSeconds are for the two taints. Nil: DefaultSeconds.
	NotReadySeconds, UnreachableSeconds *int64
}

// Plugin is the rule. It is safe for concurrent use.
type Plugin struct {
	admission.On
	taints []taint
}

type taint struct {
	key     string
	seconds int64
}

// New returns the rule.
func New(opts Options) *Plugin {
	seconds := func(given *int64) int64 {
		if given == nil {
			return DefaultSeconds
		}
		return *given
	}
	return &Plugin{admission.On{admission.Create, admission.Update}, []taint{
		{"node.kubernetes.io/not-ready", seconds(opts.NotReadySeconds)},
		{"node.kubernetes.io/unreachable", seconds(opts.UnreachableSeconds)},
	}}
}

// Admit implements admission.Mutator.
func (p *Plugin) Admit(_ context.Context, r *admission.Request) error {
	pod, ok := r.Object.(*corev1.Pod)
	if !ok || !r.Is(meta.GroupResource{Resource: "pods"}) {
		return nil
	}
	given := pod.Spec.Tolerations
	for _, t := range p.taints {
		if tolerates(given, t.key) {
			continue
		}
		seconds := t.seconds
		pod.Spec.Tolerations = append(pod.Spec.Tolerations, corev1.Toleration{
			Key: t.key, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: &seconds,
		})
	}
	return nil
}

// tolerates reports whether a toleration speaks of the taint, for any time.
func tolerates(given []corev1.Toleration, key string) bool {
	for _, t := range given {
		if (t.Key == key || t.Key == "") && (t.Effect == corev1.TaintEffectNoExecute || t.Effect == "") {
			return true
		}
	}
	return false
}

package podsecurity

import (
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// A Violation is what one check has against a Pod.
type Violation struct {
	Reason string // in short: "host namespaces"
	Detail string // what of the Pod: "hostNetwork=true"; may be empty
}

// Violations are all that is wrong with a Pod, in the order of the checks.
type Violations []Violation

// String lists reasons with details, as refusals do.
func (v Violations) String() string {
	parts := make([]string, len(v))
	for i, one := range v {
		parts[i] = one.Reason
		if one.Detail != "" {
			parts[i] += " (" + one.Detail + ")"
		}
	}
	return strings.Join(parts, ", ")
}

// Reasons lists the reasons alone.
func (v Violations) Reasons() string {
	parts := make([]string, len(v))
	for i, one := range v {
		parts[i] = one.Reason
	}
	return strings.Join(parts, ", ")
}

// A subject is a Pod under judgement.
type subject struct {
	meta       *meta.ObjectMeta
	spec       *corev1.PodSpec
	pod        *corev1.PodSecurityContext // never nil
	containers []container
	minor      int // of the standard's version
}

// A container is one of any sort.
type container struct {
	*corev1.EphemeralContainerCommon
	sc *corev1.SecurityContext // never nil
}

func (s *subject) windows() bool { return s.spec.OS != nil && s.spec.OS.Name == corev1.Windows }

// ownUsers says that the users in the Pod are not those of the node.
func (s *subject) ownUsers() bool { return s.spec.HostUsers != nil && !*s.spec.HostUsers }

// A check returns what it has against a Pod, or false.
type check struct {
	run   func(s *subject) (Violation, bool)
	since int // the version that has it first
	// overridden is the version from which restricted has a check of its own in its place; 0 is none.
	overridden int
}

// Evaluate judges a Pod by a standard. It returns nothing if the Pod meets it.
func Evaluate(standard Standard, m *meta.ObjectMeta, spec *corev1.PodSpec) Violations {
	if standard.Level.rank() == 0 {
		return nil
	}
	s := subject{meta: m, spec: spec, pod: spec.SecurityContext, minor: standard.minor}
	if s.pod == nil {
		s.pod = &corev1.PodSecurityContext{}
	}
	add := func(c *corev1.EphemeralContainerCommon) {
		sc := c.SecurityContext
		if sc == nil {
			sc = &corev1.SecurityContext{}
		}
		s.containers = append(s.containers, container{c, sc})
	}
	for _, list := range [][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range list {
			c := &list[i]
			add(&corev1.EphemeralContainerCommon{Name: c.Name, Ports: c.Ports, LivenessProbe: c.LivenessProbe, ReadinessProbe: c.ReadinessProbe,
				StartupProbe: c.StartupProbe, Lifecycle: c.Lifecycle, SecurityContext: c.SecurityContext})
		}
	}
	for i := range spec.EphemeralContainers {
		add(&spec.EphemeralContainers[i].EphemeralContainerCommon)
	}
	checks := baselineChecks()
	if standard.Level == Restricted {
		checks = append(checks, restrictedChecks()...)
	}
	var found Violations
	for _, c := range checks {
		if standard.minor < c.since || c.baselineOnly(standard) {
			continue
		}
		if v, bad := c.run(&s); bad {
			found = append(found, v)
		}
	}
	return found
}

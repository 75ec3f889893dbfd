package corev1

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

func podColumns() []scheme.Column[Pod] {
	return []scheme.Column[Pod]{
		scheme.NameColumn[Pod](),
		{Name: "Ready", Help: "The aggregate readiness state of this pod for accepting traffic.", Cell: func(p *Pod) any {
			s := Summarize(p)
			return fmt.Sprintf("%d/%d", s.Ready, s.Containers)
		}},
		{Name: "Status", Help: "The aggregate status of the containers in this pod.", Cell: func(p *Pod) any { return Summarize(p).Reason }},
		{Name: "Restarts", Help: cells.Help("pods", "Restarts"), Cell: func(p *Pod) any {
			s := Summarize(p)
			if s.Restarts != 0 && !s.LastRestart.IsZero() {
				return scheme.Ago{Text: strconv.Itoa(s.Restarts) + " (%s ago)", At: s.LastRestart}
			}
			return strconv.Itoa(s.Restarts)
		}},
		scheme.AgeColumn[Pod](),
		{Name: "IP", Wide: true, Help: "podIP address allocated to the pod. Routable at least within the cluster. Empty if not yet allocated.", Cell: func(p *Pod) any {
			if len(p.Status.PodIPs) > 0 {
				return cells.Or(p.Status.PodIPs[0].IP, cells.None)
			}
			return cells.None
		}},
		{Name: "Node", Wide: true, Help: cells.Help("pods", "Node"), Cell: func(p *Pod) any { return cells.Or(p.Spec.NodeName, cells.None) }},
		{Name: "Nominated Node", Wide: true, Help: cells.Help("pods", "Nominated Node"), Cell: func(p *Pod) any { return cells.Or(p.Status.NominatedNodeName, cells.None) }},
		{Name: "Readiness Gates", Wide: true, Help: cells.Help("pods", "Readiness Gates"), Cell: func(p *Pod) any {
			if len(p.Spec.ReadinessGates) == 0 {
				return cells.None
			}
			passed := 0
			for _, g := range p.Spec.ReadinessGates {
				if hasCondition(&p.Status, g.ConditionType, ConditionTrue) {
					passed++
				}
			}
			return fmt.Sprintf("%d/%d", passed, len(p.Spec.ReadinessGates))
		}},
	}
}

// PodSummary is a Pod's state at a glance, as kubectl get prints it.
type PodSummary struct {
	Reason      string // such as Running, Init:0/1, CrashLoopBackOff, Terminating
	Ready       int    // ready containers, sidecars included
	Containers  int    // containers that run side by side
	Restarts    int    // how often they restarted; while the Pod initializes, how often init containers did
	LastRestart meta.Time
}

// Summarize reads a Pod's state off its status.
func Summarize(p *Pod) PodSummary {
	s := PodSummary{Reason: cells.Or(p.Status.Reason, string(p.Status.Phase)), Containers: len(p.Spec.Containers)}
	if i := slices.IndexFunc(p.Status.Conditions, func(c PodCondition) bool {
		return c.Type == PodScheduled && c.Reason == PodReasonSchedulingGated
	}); i >= 0 {
		s.Reason = PodReasonSchedulingGated
	}
	sidecars := make(map[string]bool, len(p.Spec.InitContainers))
	for i := range p.Spec.InitContainers {
		if c := &p.Spec.InitContainers[i]; IsSidecar(c) {
			sidecars[c.Name] = true
			s.Containers++
		}
	}
	ofSidecars, waiting := s.initializing(p, sidecars)
	if !waiting || hasCondition(&p.Status, PodInitialized, ConditionTrue) {
		s.Restarts, s.LastRestart = ofSidecars.Restarts, ofSidecars.LastRestart
		s.running(p)
	}
	switch {
	case p.DeletionTimestamp == nil:
	case p.Status.Reason == "NodeLost":
		s.Reason = string(PodUnknown)
	case p.Status.Phase != PodSucceeded && p.Status.Phase != PodFailed:
		s.Reason = "Terminating"
	}
	return s
}

// restarted counts a container's restarts.
func (s *PodSummary) restarted(c *ContainerStatus) {
	s.Restarts += int(c.RestartCount)
	if t := c.LastTerminationState.Terminated; t != nil && s.LastRestart.Before(&t.FinishedAt) {
		s.LastRestart = t.FinishedAt
	}
}

// initializing looks at init containers in their order, up to the first that is
// not done. It returns the restarts of sidecars, and whether one is not done.
func (s *PodSummary) initializing(p *Pod, sidecars map[string]bool) (ofSidecars PodSummary, waiting bool) {
	for i := range p.Status.InitContainerStatuses {
		c := &p.Status.InitContainerStatuses[i]
		s.restarted(c)
		if sidecars[c.Name] {
			ofSidecars.restarted(c)
		}
		switch t, w := c.State.Terminated, c.State.Waiting; {
		case t != nil && t.ExitCode == 0:
			continue
		case sidecars[c.Name] && isTrue(c.Started):
			if c.Ready {
				s.Ready++
			}
			continue
		case t != nil:
			s.Reason = "Init:" + endedWith(t)
		case w != nil && w.Reason != "" && w.Reason != "PodInitializing":
			s.Reason = "Init:" + w.Reason
		default:
			s.Reason = fmt.Sprintf("Init:%d/%d", i, len(p.Spec.InitContainers))
		}
		return ofSidecars, true
	}
	return ofSidecars, false
}

// running looks at the main containers, the first of which to have something
// to say speaks for the Pod.
func (s *PodSummary) running(p *Pod) {
	running := false
	for i := len(p.Status.ContainerStatuses) - 1; i >= 0; i-- {
		c := &p.Status.ContainerStatuses[i]
		s.restarted(c)
		switch state := c.State; {
		case state.Waiting != nil && state.Waiting.Reason != "":
			s.Reason = state.Waiting.Reason
		case state.Terminated != nil:
			s.Reason = endedWith(state.Terminated)
		case c.Ready && state.Running != nil:
			running = true
			s.Ready++
		}
	}
	if s.Reason == "Completed" && running {
		s.Reason = "NotReady"
		if hasCondition(&p.Status, PodReady, ConditionTrue) {
			s.Reason = string(PodRunning)
		}
	}
}

func endedWith(t *ContainerStateTerminated) string {
	switch {
	case t.Reason != "":
		return t.Reason
	case t.Signal != 0:
		return fmt.Sprintf("Signal:%d", t.Signal)
	}
	return fmt.Sprintf("ExitCode:%d", t.ExitCode)
}

func hasCondition(s *PodStatus, kind PodConditionType, status ConditionStatus) bool {
	return slices.ContainsFunc(s.Conditions, func(c PodCondition) bool { return c.Type == kind && c.Status == status })
}

// podRowConditions mark Pods that have ended, which clients may leave out.
func podRowConditions(p *Pod) []meta.TableRowCondition {
	condition := meta.TableRowCondition{Type: meta.RowCompleted, Status: meta.ConditionTrue, Reason: string(p.Status.Phase)}
	switch p.Status.Phase {
	case PodSucceeded:
		condition.Message = "The pod has completed successfully."
	case PodFailed:
		condition.Message = "The pod failed."
	default:
		return nil
	}
	return []meta.TableRowCondition{condition}
}

// podFields are the fields of Pods that selectors may use.
func podFields() []scheme.SelectableField[Pod] {
	return []scheme.SelectableField[Pod]{
		{Path: "spec.nodeName", Value: func(p *Pod) string { return p.Spec.NodeName }},
		{Path: "spec.restartPolicy", Value: func(p *Pod) string { return string(p.Spec.RestartPolicy) }},
		{Path: "spec.schedulerName", Value: func(p *Pod) string { return p.Spec.SchedulerName }},
		{Path: "spec.serviceAccountName", Value: func(p *Pod) string { return p.Spec.ServiceAccountName }},
		{Path: "spec.hostNetwork", Value: func(p *Pod) string { return strconv.FormatBool(p.Spec.HostNetwork) }},
		{Path: "status.phase", Value: func(p *Pod) string { return string(p.Status.Phase) }},
		{Path: "status.podIP", Value: func(p *Pod) string { return p.Status.PodIP }},
		{Path: "status.podIPs", Value: func(p *Pod) string {
			ips := make([]string, len(p.Status.PodIPs))
			for i := range p.Status.PodIPs {
				ips[i] = p.Status.PodIPs[i].IP
			}
			return strings.Join(ips, ",")
		}},
		{Path: "status.nominatedNodeName", Value: func(p *Pod) string { return p.Status.NominatedNodeName }},
	}
}

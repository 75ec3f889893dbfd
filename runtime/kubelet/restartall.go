package kubelet

import (
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// A rule of a container may say that with certain exit codes of it all containers of
// the Pod begin anew, init containers first; sandbox, address and volumes stay. All
// that runs is ended at once, hooks left out. When the API knows how the runs ended
// they are removed: a container of which the runtime has no run in the sandbox is one
// that has not been yet, and the Pod's condition says that it is to begin anyhow.

// restartAll brings that forward, and reports whether nothing may begin yet.
func (s *situation) restartAll() (under bool) {
	if !s.notes.restartAll && !slices.ContainsFunc(s.containers, s.restartsAll) {
		s.allAnew = slices.ContainsFunc(s.containers, func(r runs) bool { return r.kind == mainContainer && s.void(&r) })
		return false
	}
	s.notes.restartAll, s.allAnew = true, true
	var ids []string
	told := true
	for i := range s.containers {
		r := &s.containers[i]
		switch {
		case s.isBusy(opStart, r.spec.Name):
			s.add(step{do: cancelOperation, key: opKey{opStart, r.spec.Name}})
			under = true
		case r.running():
			if !s.isBusy(opStop, r.spec.Name) {
				s.add(step{do: stopContainer, container: r, until: s.now.Add(leastGrace), message: "Stopping container " + r.spec.Name, abrupt: true})
			}
			under = true
		case r.now != nil && r.now.SandboxID != "":
			ids = append(append(ids, r.old...), r.now.ID)
			if r.last != nil && r.last.SandboxID != "" {
				ids = append(ids, r.last.ID)
			}
			told = told && s.toldEnd(r)
		}
	}
	switch {
	case under, !told, s.isBusy(opSandbox, ""):
		return true
	case len(ids) > 0:
		s.add(step{do: removeRuns, ids: ids})
		return true
	}
	s.notes.restartAll = false
	return false
}

// restartsAll reports whether the end of a container wants all to begin anew.
func (s *situation) restartsAll(r runs) bool {
	if r.kind == ephemeral || !r.exited() || !r.in(s.sandbox) {
		return false
	}
	rule := r.ruleFor(r.now.ExitCode)
	return rule != nil && rule.Action == corev1.ContainerRestartRuleActionRestartAllContainers
}

// toldEnd reports whether the API knows how the newest run has ended. Nobody
// remembers ephemeral containers and those of the node's own Pods.
func (s *situation) toldEnd(r *runs) bool {
	if r.kind == ephemeral || isStatic(s.pod) || r.now.State == Created {
		return true
	}
	status := r.statusIn(&s.pod.Status)
	return status != nil && status.State.Terminated != nil && bareID(status.State.Terminated.ContainerID) == r.now.ID
}

// void reports whether a container is to begin anew whatever its last run was like.
func (s *situation) void(r *runs) bool {
	if r.now == nil || r.now.SandboxID != "" || s.ending != nil {
		return false
	}
	return slices.ContainsFunc(s.pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.AllContainersRestarting && c.Status == corev1.ConditionTrue
	})
}

// restartConditions say that all containers begin anew, or did.
func (s *situation) restartConditions(old []corev1.PodCondition) []corev1.PodCondition {
	before := slices.ContainsFunc(old, func(c corev1.PodCondition) bool { return c.Type == corev1.AllContainersRestarting })
	if !s.allAnew && !before {
		return nil
	}
	return []corev1.PodCondition{{Type: corev1.AllContainersRestarting, Status: truth(s.allAnew)}}
}

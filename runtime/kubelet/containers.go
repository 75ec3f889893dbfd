package kubelet

import (
	"slices"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// kind says which part a container has in its Pod.
type kind int

const (
	initContainer kind = iota
	sidecar
	mainContainer
	ephemeral
)

// runs is one container of a Pod's spec with what became of it.
type runs struct {
	spec  *corev1.Container
	kind  kind
	now   *Container // the newest run; nil: it never ran
	last  *Container // the run before that, ended
	old   []string   // ids of runs that nobody asks for any more
	notes *notes

	// What decide found out on the way, for the status.
	waiting *corev1.ContainerStateWaiting
	hooking bool // runs, but is not through with what it does after its start
	started bool // passed its startup probe
	ready   bool // passed its readiness probe
	applied applied
}

// notes is what the kubelet remembers of a container between two looks, beside
// what the runtime knows. The lock of its pod guards it.
type notes struct {
	restart   backoff // between runs
	counted   string  // the run whose end restart has counted
	announced string  // the run whose back-off was told as an event
	backOff   string  // what was told

	// failure is why the last try to start a run came to nothing.
	failure *startFailure
	failing backoff

	applied        applied
	resizeFailedAt time.Time

	probes map[probeKind]*probeState
	// unhealthy is the run that is to be restarted because of a probe.
	unhealthy      string
	unhealthyGrace *int64
}

// startFailure is why a container could not be started.
type startFailure struct {
	reason, message string
	at              time.Time
	// attempt is the run that failed to start.
	attempt int32
	image   bool // it was the image
}

// containersOf lists the containers of a Pod, in the order in which they start.
func containersOf(pod *corev1.Pod) []runs {
	spec := &pod.Spec
	list := make([]runs, 0, len(spec.InitContainers)+len(spec.Containers)+len(spec.EphemeralContainers))
	for i := range spec.InitContainers {
		k := initContainer
		if corev1.IsSidecar(&spec.InitContainers[i]) {
			k = sidecar
		}
		list = append(list, runs{spec: &spec.InitContainers[i], kind: k})
	}
	for i := range spec.Containers {
		list = append(list, runs{spec: &spec.Containers[i], kind: mainContainer})
	}
	for i := range spec.EphemeralContainers {
		c := corev1.Container(spec.EphemeralContainers[i].EphemeralContainerCommon)
		list = append(list, runs{spec: &c, kind: ephemeral})
	}
	return list
}

// specOf returns the container of that name in a Pod, nil if there is none.
func specOf(pod *corev1.Pod, name string) *corev1.Container {
	for i := range pod.Spec.Containers {
		if pod.Spec.Containers[i].Name == name {
			return &pod.Spec.Containers[i]
		}
	}
	list := containersOf(pod)
	for i := range list {
		if list[i].spec.Name == name {
			return list[i].spec
		}
	}
	return nil
}

// find fills in the runs that the runtime has and, for containers that it knows
// nothing of, those that the Pod's status tells of.
func (r *runs) find(state *PodState, status *corev1.PodStatus) {
	var mine []*Container
	for i := range state.Containers {
		if state.Containers[i].Name == r.spec.Name {
			mine = append(mine, &state.Containers[i])
		}
	}
	if len(mine) == 0 {
		r.now, r.last = remembered(r.statusIn(status))
		return
	}
	r.now = mine[len(mine)-1]
	for _, c := range slices.Backward(mine[:len(mine)-1]) {
		if r.last == nil && c.State == Exited {
			r.last = c
			continue
		}
		r.old = append(r.old, c.ID)
	}
	if r.last == nil && r.now.Attempt > 0 {
		// The runtime has lost the run before; the status may remember it.
		if s := r.statusIn(status); s != nil && s.RestartCount >= r.now.Attempt {
			r.last = endedAs(s.LastTerminationState.Terminated, s, r.now.Attempt-1)
		} else if s != nil {
			r.last, _ = remembered(s)
		}
	}
}

func (r *runs) statusIn(status *corev1.PodStatus) *corev1.ContainerStatus {
	list := status.ContainerStatuses
	switch r.kind {
	case initContainer, sidecar:
		list = status.InitContainerStatuses
	case ephemeral:
		list = status.EphemeralContainerStatuses
	}
	for i := range list {
		if list[i].Name == r.spec.Name {
			return &list[i]
		}
	}
	return nil
}

// Why a container that should be there counts as ended, and how.
const (
	lostReason   = "ContainerStatusUnknown"
	lostMessage  = "The container could not be located when the pod was terminated"
	lostExitCode = 128 + 9
)

// remembered returns the runs of a container that the runtime does not have but
// its status tells of: from before the node was started anew.
func remembered(s *corev1.ContainerStatus) (now, last *Container) {
	if s == nil {
		return nil, nil
	}
	switch {
	case s.State.Terminated != nil:
		return endedAs(s.State.Terminated, s, s.RestartCount), endedAs(s.LastTerminationState.Terminated, s, s.RestartCount-1)
	case s.State.Running != nil:
		lost := endedAs(&corev1.ContainerStateTerminated{
			ExitCode: lostExitCode, Reason: lostReason, Message: lostMessage,
			StartedAt: s.State.Running.StartedAt, FinishedAt: s.State.Running.StartedAt, ContainerID: s.ContainerID,
		}, s, s.RestartCount)
		return lost, endedAs(s.LastTerminationState.Terminated, s, s.RestartCount-1)
	case s.LastTerminationState.Terminated != nil:
		return endedAs(s.LastTerminationState.Terminated, s, s.RestartCount), nil
	}
	return nil, nil
}

// endedAs is the run that a status tells of.
func endedAs(t *corev1.ContainerStateTerminated, s *corev1.ContainerStatus, attempt int32) *Container {
	if t == nil {
		return nil
	}
	return &Container{
		ID: bareID(t.ContainerID), Name: s.Name, Attempt: max(attempt, 0), State: Exited, Image: s.Image, ImageID: s.ImageID,
		StartedAt: t.StartedAt.Time, FinishedAt: t.FinishedAt.Time,
		ExitCode: t.ExitCode, Signal: t.Signal, Reason: t.Reason, Message: t.Message,
	}
}

// attempt is the number of the next run.
func (r *runs) attempt() int32 {
	if r.now == nil {
		return 0
	}
	return r.now.Attempt + 1
}

func (r *runs) running() bool { return r.now != nil && r.now.State == Running }
func (r *runs) exited() bool  { return r.now != nil && r.now.State == Exited }

// in reports whether the newest run is in the sandbox.
func (r *runs) in(sandbox *Sandbox) bool {
	return r.now != nil && sandbox != nil && r.now.SandboxID == sandbox.ID
}

// restarts reports whether the container is to run again after a run that ended
// so: its rules say, then its own policy, then its Pod's.
func (r *runs) restarts(pod *corev1.Pod, exitCode int32) bool {
	if r.kind == ephemeral {
		return false
	}
	if r.ruleFor(exitCode) != nil {
		return true // with others or by itself
	}
	policy := corev1.ContainerRestartPolicy(pod.Spec.RestartPolicy)
	if r.spec.RestartPolicy != nil {
		policy = *r.spec.RestartPolicy
	}
	if r.kind == initContainer && exitCode == 0 {
		return false // it has done what it was for
	}
	switch policy {
	case corev1.ContainerRestartPolicyNever:
		return false
	case corev1.ContainerRestartPolicyOnFailure:
		return exitCode != 0
	}
	return true
}

// ruleFor is the container's rule for that exit code, nil if there is none.
func (r *runs) ruleFor(exitCode int32) *corev1.ContainerRestartRule {
	for i := range r.spec.RestartPolicyRules {
		if r.spec.RestartPolicyRules[i].Matches(exitCode) {
			return &r.spec.RestartPolicyRules[i]
		}
	}
	return nil
}

// done reports whether the container has ended for good.
func (r *runs) done(pod *corev1.Pod) bool {
	return r.exited() && !r.restarts(pod, r.now.ExitCode)
}

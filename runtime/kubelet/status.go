package kubelet

import (
	"net/netip"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Reasons of containers that wait.
const (
	reasonContainerCreating = "ContainerCreating"
	reasonPodInitializing   = "PodInitializing"
	reasonCrashLoopBackOff  = "CrashLoopBackOff"
	reasonErrImagePull      = "ErrImagePull"
	reasonErrImageNever     = "ErrImageNeverPull"
	reasonImagePullBackOff  = "ImagePullBackOff"
	reasonConfigError       = "CreateContainerConfigError"
	reasonCreateError       = "CreateContainerError"
	reasonRunError          = "RunContainerError"
	reasonPostStartError    = "PostStartHookError"
	reasonInvalidImage      = "InvalidImageName"
)

// reporter makes statuses for the Pods of one node.
type reporter struct {
	runtimeName string       // begins container ids
	hostIPs     []netip.Addr // of the node
}

// status words the situation as a Pod's status. old is what the API has: what
// the kubelet does not decide stays as it is.
func (rep *reporter) status(s *situation, old *corev1.PodStatus, started meta.Time) corev1.PodStatus {
	status := *old
	status.ObservedGeneration = s.pod.Generation
	if status.StartTime == nil {
		status.StartTime = &started
	}
	if status.QOSClass == "" {
		status.QOSClass = corev1.QOSClassOf(&s.pod.Spec)
	}
	rep.addresses(s, &status)

	status.InitContainerStatuses, status.ContainerStatuses, status.EphemeralContainerStatuses = nil, nil, nil
	waiting := reasonContainerCreating
	if len(s.pod.Spec.InitContainers) > 0 && !s.initialized() {
		waiting = reasonPodInitializing
	}
	for i := range s.containers {
		r := &s.containers[i]
		switch r.kind {
		case initContainer, sidecar:
			c := rep.container(r, s.pod, waiting)
			s.tellResources(r, &c)
			status.InitContainerStatuses = append(status.InitContainerStatuses, c)
		case mainContainer:
			c := rep.container(r, s.pod, waiting)
			s.tellResources(r, &c)
			status.ContainerStatuses = append(status.ContainerStatuses, c)
		case ephemeral:
			status.EphemeralContainerStatuses = append(status.EphemeralContainerStatuses, rep.container(r, s.pod, reasonContainerCreating))
		}
	}

	status.Phase = s.phase()
	if s.ended {
		unlocated(s.pod, &status)
	}
	if s.ending != nil && s.ending.reason != "" {
		status.Reason, status.Message = s.ending.reason, s.ending.message
	}
	if isTerminal(old.Phase) {
		status.Phase, status.Reason, status.Message = old.Phase, old.Reason, old.Message
	}
	status.Conditions = conditions(s, &status, old.Conditions)
	return status
}

// unlocated calls containers of a Pod that has ended failed that have no end of their
// own: nobody can say that they did what they should. Those that never had their turn
// stay as they are.
func unlocated(pod *corev1.Pod, status *corev1.PodStatus) {
	mark := func(c *corev1.ContainerStatus) {
		if c.State.Terminated == nil {
			c.State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: lostReason, Message: lostMessage, ExitCode: lostExitCode}}
		}
	}
	if pastInit(pod, status) {
		for i := range status.ContainerStatuses {
			mark(&status.ContainerStatuses[i])
		}
	}
	// Of the init containers those had their turn that came before one that has begun;
	// the first has it in any case.
	begun := 0
	for i := range status.InitContainerStatuses {
		if c := &status.InitContainerStatuses[i]; hasBegun(c) {
			begun = i
		}
	}
	for i := range status.InitContainerStatuses {
		if i <= begun {
			mark(&status.InitContainerStatuses[i])
		}
	}
}

// pastInit reports whether the containers of a Pod had their turn.
func pastInit(pod *corev1.Pod, status *corev1.PodStatus) bool {
	last := len(status.InitContainerStatuses) - 1
	if last < 0 || slices.ContainsFunc(status.ContainerStatuses, func(c corev1.ContainerStatus) bool { return hasBegun(&c) }) {
		return true
	}
	c := &status.InitContainerStatuses[last]
	if spec := specOf(pod, c.Name); spec != nil && corev1.IsSidecar(spec) {
		return c.Started != nil && *c.Started
	}
	succeeded := func(s *corev1.ContainerState) bool { return s.Terminated != nil && s.Terminated.ExitCode == 0 }
	return succeeded(&c.State) || succeeded(&c.LastTerminationState)
}

// hasBegun reports whether a container ran at some time.
func hasBegun(c *corev1.ContainerStatus) bool {
	return c.State.Running != nil || c.State.Terminated != nil || c.LastTerminationState.Terminated != nil
}

// rejected is the status of a Pod that the node does not take.
func rejected(pod *corev1.Pod, e *ending, now meta.Time) corev1.PodStatus {
	return corev1.PodStatus{
		ObservedGeneration: pod.Generation, Phase: e.phase, Reason: e.reason, Message: e.message,
		QOSClass: pod.Status.QOSClass, StartTime: &now, Conditions: pod.Status.Conditions, NominatedNodeName: pod.Status.NominatedNodeName,
	}
}

func isTerminal(phase corev1.PodPhase) bool {
	return phase == corev1.PodSucceeded || phase == corev1.PodFailed
}

// addresses fills in those of node and Pod. A Pod that has ended keeps the
// address that it had.
func (rep *reporter) addresses(s *situation, status *corev1.PodStatus) {
	rep.hosts(status)
	if s.sandbox == nil || !s.sandbox.Ready {
		return
	}
	ips := s.sandbox.IPs
	if s.pod.Spec.HostNetwork {
		ips = rep.hostIPs
	}
	setPodIPs(status, ips)
}

func (rep *reporter) hosts(status *corev1.PodStatus) {
	if len(rep.hostIPs) == 0 {
		return
	}
	status.HostIP, status.HostIPs = rep.hostIPs[0].String(), make([]corev1.HostIP, len(rep.hostIPs))
	for i, ip := range rep.hostIPs {
		status.HostIPs[i].IP = ip.String()
	}
}

func setPodIPs(status *corev1.PodStatus, ips []netip.Addr) {
	if len(ips) == 0 {
		return
	}
	status.PodIP, status.PodIPs = ips[0].String(), make([]corev1.PodIP, len(ips))
	for i, ip := range ips {
		status.PodIPs[i].IP = ip.String()
	}
}

// container words what became of a container.
func (rep *reporter) container(r *runs, pod *corev1.Pod, waiting string) corev1.ContainerStatus {
	started := r.started && r.running()
	status := corev1.ContainerStatus{
		Name: r.spec.Name, Image: r.spec.Image, Started: &started,
		Ready: r.ready && (r.kind == initContainer || r.running()), VolumeMounts: mounts(r.spec.VolumeMounts, r.now),
	}
	if r.now != nil && r.now.State != Created {
		status.User, status.StopSignal = r.now.User, r.now.StopSignal
	}
	if r.last != nil {
		status.LastTerminationState.Terminated = rep.terminated(r.last)
	}
	if r.now != nil {
		status.RestartCount, status.ImageID = r.now.Attempt, r.now.ImageID
		if r.now.Image != "" {
			status.Image = r.now.Image
		}
		status.ContainerID = rep.id(r.now)
	}
	switch {
	case r.hooking:
		// Others count on a container that runs to be through with its hook.
		status.State.Waiting = &corev1.ContainerStateWaiting{Reason: waiting}
	case r.running():
		status.State.Running = &corev1.ContainerStateRunning{StartedAt: meta.At(r.now.StartedAt)}
	case r.exited() && r.waiting == nil:
		status.State.Terminated = rep.terminated(r.now)
	case r.exited():
		// The run that has ended is the last one while the next one waits.
		status.State.Waiting = r.waiting
		status.LastTerminationState.Terminated = rep.terminated(r.now)
	case r.waiting != nil:
		status.State.Waiting = r.waiting
	default:
		status.State.Waiting = &corev1.ContainerStateWaiting{Reason: waiting}
	}
	return status
}

// id is a container's id as statuses have it.
func (rep *reporter) id(c *Container) string {
	if c.ID == "" {
		return ""
	}
	return rep.runtimeName + "://" + c.ID
}

// bareID is the runtime's part of an id in a status.
func bareID(id string) string {
	for i := 0; i+2 < len(id); i++ {
		if id[i:i+3] == "://" {
			return id[i+3:]
		}
	}
	return id
}

func (rep *reporter) terminated(c *Container) *corev1.ContainerStateTerminated {
	reason := c.Reason
	switch {
	case reason != "":
	case c.ExitCode == 0:
		reason = "Completed"
	default:
		reason = "Error"
	}
	return &corev1.ContainerStateTerminated{
		ExitCode: c.ExitCode, Signal: c.Signal, Reason: reason, Message: c.Message,
		StartedAt: meta.At(c.StartedAt), FinishedAt: meta.At(c.FinishedAt), ContainerID: rep.id(c),
	}
}

// mounts tells of the volumes as the spec wants them mounted.
func mounts(list []corev1.VolumeMount, run *Container) []corev1.VolumeMountStatus {
	var all []corev1.VolumeMountStatus
	for i := range list {
		m := corev1.VolumeMountStatus{Name: list[i].Name, MountPath: list[i].MountPath, ReadOnly: list[i].ReadOnly}
		if m.ReadOnly {
			m.RecursiveReadOnly = new(corev1.RecursiveReadOnlyMode)
			*m.RecursiveReadOnly = corev1.RecursiveReadOnlyDisabled
			if run != nil && slices.Contains(run.RecursiveReadOnly, m.MountPath) {
				*m.RecursiveReadOnly = corev1.RecursiveReadOnlyEnabled
			}
		}
		all = append(all, m)
	}
	return all
}

// phase sums the containers up. A Pod is not called ended while something of it
// runs.
func (s *situation) phase() corev1.PodPhase {
	var running, waiting, stopped, succeeded, beginning int
	for i := range s.containers {
		r := &s.containers[i]
		switch r.kind {
		case initContainer:
			if !r.exited() || r.now.ExitCode != 0 {
				beginning++
			}
			if r.running() {
				running++
			}
			continue
		case sidecar:
			if !r.started {
				beginning++
			}
			if r.running() {
				running++
			}
			continue
		case ephemeral:
			continue
		}
		switch {
		case r.hooking:
			waiting++
		case r.running():
			running++
		case r.exited():
			stopped++
			if r.now.ExitCode == 0 && r.waiting == nil {
				succeeded++
			}
		default:
			waiting++
		}
	}
	if s.ended {
		switch {
		case s.ending.phase != "":
			return s.ending.phase
		case stopped > 0 && stopped == succeeded && waiting == 0:
			return corev1.PodSucceeded
		}
		return corev1.PodFailed
	}
	// While it runs down, it is what it was before.
	if waiting > 0 || beginning > 0 && !s.initialized() && s.ending == nil {
		return corev1.PodPending
	}
	return corev1.PodRunning
}

// Conditions that are the kubelet's to say.
var conditionsByKubelet = [...]corev1.PodConditionType{
	corev1.PodReadyToStartContainers, corev1.PodInitialized, corev1.PodReady, corev1.ContainersReady, corev1.PodScheduled,
	corev1.PodResizePending, corev1.PodResizeInProgress, corev1.AllContainersRestarting,
}

// conditions makes the kubelet's conditions of a Pod, after those of others.
func conditions(s *situation, status *corev1.PodStatus, old []corev1.PodCondition) []corev1.PodCondition {
	var all []corev1.PodCondition
	for _, c := range old {
		if !slices.Contains(conditionsByKubelet[:], c.Type) {
			all = append(all, c)
		}
	}
	if s.ending != nil && s.ending.disruption != "" {
		target := corev1.PodCondition{
			Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, Reason: corev1.PodReasonTerminationByKubelet, Message: s.ending.disruption,
			LastTransitionTime: meta.At(s.now), ObservedGeneration: s.pod.Generation,
		}
		i := slices.IndexFunc(all, func(c corev1.PodCondition) bool { return c.Type == corev1.DisruptionTarget })
		switch {
		case i < 0:
			all = append(all, target)
		case all[i].Status != corev1.ConditionTrue:
			all[i] = target
		}
	}
	sandbox := truth(s.sandbox != nil && s.sandbox.Ready && (len(s.sandbox.IPs) > 0 || s.pod.Spec.HostNetwork))
	initialized := initializedCondition(s, status)
	containers := containersReady(s, status)
	for _, c := range append(append(s.resizeConditions(), s.restartConditions(old)...), []corev1.PodCondition{
		{Type: corev1.PodReadyToStartContainers, Status: sandbox},
		initialized, podReady(s.pod, containers, old), containers,
		{Type: corev1.PodScheduled, Status: corev1.ConditionTrue},
	}...) {
		c.ObservedGeneration = s.pod.Generation
		c.LastTransitionTime = meta.At(s.now)
		for i := range old {
			if old[i].Type == c.Type && old[i].Status == c.Status {
				c.LastTransitionTime = old[i].LastTransitionTime
			}
		}
		all = append(all, c)
	}
	return all
}

func truth(b bool) corev1.ConditionStatus {
	if b {
		return corev1.ConditionTrue
	}
	return corev1.ConditionFalse
}

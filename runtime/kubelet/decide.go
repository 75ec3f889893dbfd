package kubelet

import (
	"fmt"
	"slices"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// situation is all that a decision about a Pod is made from, and what comes of
// it. There is no I/O and no clock in it; the pod's lock is held.
type situation struct {
	pod     *corev1.Pod
	gone    bool    // the API has it no more
	ending  *ending // why nothing of it is to run any longer; nil: it is to run
	state   PodState
	busy    map[opKey]*operation // what was under way before state was read
	notes   *podNotes
	now     time.Time
	policy  policy
	adopted bool // another kubelet has begun it
	// granted is what containers may have; nil: what they ask for.
	granted       grants
	pendingResize *resizeProblem

	containers []runs
	sandbox    *Sandbox // the newest one

	// allAnew says that all containers are on their way to begin anew.
	allAnew bool

	steps []step
	again time.Time // when to look again without a reason; zero is never
	ended bool      // nothing of it runs, and nothing is under way
	clean bool      // ended, and the runtime has nothing left of it
}

// policy is what a decision needs to know of the kubelet's options.
type policy struct {
	restartDelay, maxRestartDelay time.Duration
	probes                        bool // somebody carries them out
	volumes                       bool // somebody makes them available
}

// podNotes is what the kubelet remembers of a Pod between two looks.
type podNotes struct {
	endingSince time.Time
	containers  map[string]*notes
	sandboxAt   time.Time
	volumes     volumeNotes
	resize      *resizeProblem
	resizing    bool // a resize was begun and is not through
	// restartAll says that all containers are being ended to begin anew.
	restartAll bool
	// words are the last words of runs, by their ids.
	words map[string]string
}

// volumeNotes is how far a Pod's volumes are.
type volumeNotes struct {
	mounted, unmounted bool // by this kubelet
	failing            backoff
	failedAt           time.Time
	// failingSince is when mounting failed first since it was told how long.
	failingSince time.Time
}

func (n *podNotes) of(container string) *notes {
	if n.containers == nil {
		n.containers = map[string]*notes{}
	}
	if n.containers[container] == nil {
		n.containers[container] = &notes{}
	}
	return n.containers[container]
}

// ending is why a Pod's containers are to end.
type ending struct {
	// grace is how long they may take.
	grace time.Duration
	// phase, reason and message become the Pod's in the end, if they are set.
	phase           corev1.PodPhase
	reason, message string
	// disruption is the message of the condition DisruptionTarget, if it gets one.
	disruption string
}

// opKey names an operation of a Pod: there is one of each at a time.
type opKey struct {
	what      opKind
	container string
}

type opKind int

const (
	opSandbox    opKind = iota // start, stop and removal of sandboxes
	opOldSandbox               // removal of a sandbox that has a successor
	opVolumes                  // mount and unmount
	opStart
	opStop
	opStartupProbe
	opLivenessProbe
	opReadinessProbe
	opResize
)

// operation is something under way in the runtime.
type operation struct {
	cancel func()
	until  time.Time // of a stop: when the container is ended by force
}

// step is something to do.
type step struct {
	do        action
	container *runs
	sandbox   *Sandbox
	attempt   int32
	key       opKey     // to cancel
	until     time.Time // when a container's time to end is over
	message   string    // of the event
	probe     *corev1.Probe
	probeKind probeKind
	abrupt    bool     // without the hook before the end
	ids       []string // of runs to remove
}

type action int

const (
	startSandbox action = iota
	stopSandbox
	removeSandbox
	removePod
	mountVolumes
	unmountVolumes
	startContainer
	stopContainer
	announceBackOff
	runProbe
	resizeContainer
	removeRuns
	cancelOperation
)

// leastGrace is given to containers even if there is no time: a process that
// can end in order soon should.
const leastGrace = 2 * time.Second

// decide says what to do next. It is called once.
func (s *situation) decide() {
	s.containers = containersOf(s.pod)
	for i := range s.containers {
		s.containers[i].find(&s.state, &s.pod.Status)
		s.containers[i].notes = s.notes.of(s.containers[i].spec.Name)
	}
	if n := len(s.state.Sandboxes); n > 0 {
		s.sandbox = &s.state.Sandboxes[n-1]
	}
	if s.ending == nil && s.finished() {
		s.ending = &ending{grace: graceOf(s.pod)}
	}
	// What is told of it later is told without the lock.
	defer func() {
		s.pendingResize = s.notes.resize
		for i := range s.containers {
			s.containers[i].applied = s.containers[i].notes.applied
		}
	}()
	if s.ending == nil {
		s.notes.endingSince = time.Time{}
		s.run()
		return
	}
	if s.notes.endingSince.IsZero() {
		s.notes.endingSince = s.now
	}
	s.end()
}

// graceOf is how long a Pod's containers may take to end if nobody says else.
func graceOf(pod *corev1.Pod) time.Duration {
	if g := pod.Spec.TerminationGracePeriodSeconds; g != nil {
		return seconds(*g)
	}
	return corev1.DefaultTerminationGracePeriodSeconds * time.Second
}

func seconds(n int64) time.Duration {
	return time.Duration(min(n, int64(24*365*time.Hour/time.Second))) * time.Second
}

func (s *situation) add(st step) { s.steps = append(s.steps, st) }

func (s *situation) isBusy(what opKind, container string) bool {
	return s.busy[opKey{what, container}] != nil
}

// lookAgain makes the next look be at t at the latest.
func (s *situation) lookAgain(t time.Time) {
	if s.again.IsZero() || t.Before(s.again) {
		s.again = t
	}
}

// finished reports whether the Pod has done all that it will: its containers
// have ended for good, or an init container has failed for good.
func (s *situation) finished() bool {
	mains := 0
	for i := range s.containers {
		r := &s.containers[i]
		switch r.kind {
		case initContainer:
			if r.done(s.pod) && r.now.ExitCode != 0 && !s.initialized() && !s.void(r) {
				return true
			}
		case mainContainer:
			mains++
			if !r.done(s.pod) || s.void(r) {
				return false
			}
		}
	}
	return mains > 0
}

// initialized reports whether the Pod's main containers have begun, so that its
// init containers are of the past.
func (s *situation) initialized() bool {
	return slices.ContainsFunc(s.containers, func(r runs) bool { return r.kind == mainContainer && r.in(s.sandbox) })
}

// run brings the Pod forward: sandbox, init containers, containers.
func (s *situation) run() {
	if !s.mount() && (s.sandbox == nil || !s.sandbox.Ready) {
		return // what runs already goes on meanwhile
	}
	if s.sandbox == nil || !s.sandbox.Ready {
		if !s.stopStranded() {
			s.startSandbox()
		}
		return
	}
	s.removeOldSandboxes()
	if s.restartAll() {
		return
	}
	initialized, held := s.initialized(), false
	for i := range s.containers {
		r := &s.containers[i]
		switch r.kind {
		case initContainer:
			if initialized {
				r.ready = true
				continue
			}
			switch {
			case !r.in(s.sandbox):
				s.start(r)
				return
			case r.running():
				return
			case r.now.State == Created:
				s.start(r)
				return
			case r.now.ExitCode != 0:
				s.restart(r)
				return
			}
			r.ready = true
		case sidecar:
			s.keep(r)
			if !initialized && !r.started {
				return
			}
		case mainContainer:
			if (!r.done(s.pod) || s.void(r)) && (!held || r.running()) {
				s.keep(r)
			}
			// What a container does after its start holds those back that come after it.
			held = held || s.hooks(r)
		case ephemeral:
			if r.now == nil || r.now.State == Created {
				s.start(r)
			}
			r.started = r.running()
		}
	}
}

// mount reports whether the Pod's volumes are ready, and sets that going if not.
func (s *situation) mount() bool {
	if n := &s.notes.volumes; s.policy.volumes && !n.mounted {
		due := n.failing.due(n.failedAt, maxMountDelay)
		switch {
		case s.isBusy(opVolumes, ""):
		case s.now.Before(due):
			s.lookAgain(due)
		default:
			s.add(step{do: mountVolumes})
		}
		return false
	}
	return true
}

// Between tries to mount a Pod's volumes.
const (
	mountDelay    = 500 * time.Millisecond
	maxMountDelay = 2*time.Minute + 2*time.Second
	// mountPatience is after how long a Pod is told that it waits for its volumes.
	mountPatience = 2*time.Minute + 3*time.Second
)

// keep sees to it that a container runs.
func (s *situation) keep(r *runs) {
	switch {
	case r.now == nil:
		s.start(r)
	case r.now.State == Created:
		r.waiting = r.toldBackOff(r.last)
		s.start(r)
	case r.exited():
		s.restart(r)
	case s.hooks(r):
		r.hooking = true
	default:
		s.check(r, true)
		if r.now.SpecImage != "" && r.now.SpecImage != r.spec.Image {
			r.notes.restart = backoff{} // nothing went wrong
			s.stop(r, s.now.Add(graceOf(s.pod)), fmt.Sprintf("Container %s definition changed, will be restarted", r.spec.Name))
			return
		}
		if s.resize(r) {
			r.notes.restart = backoff{}
			s.stop(r, s.now.Add(graceOf(s.pod)), fmt.Sprintf("Container %s resize requires restart", r.spec.Name))
			return
		}
		if r.notes.unhealthy == r.now.ID {
			grace := graceOf(s.pod)
			if g := r.notes.unhealthyGrace; g != nil {
				grace = seconds(*g)
			}
			probe := "liveness"
			if !r.started {
				probe = "startup"
			}
			s.stop(r, s.now.Add(grace), fmt.Sprintf("Container %s failed %s probe, will be restarted", r.spec.Name, probe))
		}
	}
}

// hooks reports whether a container is being started that has something to do after
// its start, and so is not known to be through with that.
func (s *situation) hooks(r *runs) bool {
	if l := r.spec.Lifecycle; l == nil || l.PostStart == nil {
		return false
	}
	return s.isBusy(opStart, r.spec.Name) || slices.ContainsFunc(s.steps, func(st step) bool { return st.do == startContainer && st.container == r })
}

// start starts a run, unless that is under way, or failed a moment ago.
func (s *situation) start(r *runs) {
	if s.isBusy(opStart, r.spec.Name) || s.policy.volumes && !s.notes.volumes.mounted {
		return
	}
	attempt := r.attempt()
	if r.now != nil && r.now.State == Created {
		attempt = r.now.Attempt // this run has not begun
	}
	if f := r.notes.failure; f != nil && f.attempt == attempt {
		due := r.notes.failing.due(f.at, s.policy.maxRestartDelay)
		if s.now.Before(due) {
			r.waiting = s.failed(r)
			s.lookAgain(due)
			return
		}
	}
	s.add(step{do: startContainer, container: r, sandbox: s.sandbox, attempt: attempt})
}

// pullErrorShown is how long a status tells of the failed pull itself, before it
// tells of the back-off.
const pullErrorShown = 2 * time.Second

// startErrorShown is how long a status tells why a run did not come to run, before
// it tells of the back-off.
const startErrorShown = 5 * time.Second

// failed words why a run could not be started.
func (s *situation) failed(r *runs) *corev1.ContainerStateWaiting {
	f := r.notes.failure
	if f.image && f.reason == reasonErrImagePull {
		if backedOff := f.at.Add(pullErrorShown); s.now.Before(backedOff) {
			s.lookAgain(backedOff)
		} else {
			return &corev1.ContainerStateWaiting{
				Reason:  reasonImagePullBackOff,
				Message: fmt.Sprintf("Back-off pulling image %q: %s: %s", r.spec.Image, f.reason, f.message),
			}
		}
	}
	return &corev1.ContainerStateWaiting{Reason: f.reason, Message: f.message}
}

// restart starts a container again that has ended, after a while.
func (s *situation) restart(r *runs) {
	if s.isBusy(opStart, r.spec.Name) {
		r.waiting = r.toldBackOff(r.now) // the back-off is that of the run after
		return
	}
	due := r.notes.restart.due(r.now.FinishedAt, s.policy.maxRestartDelay)
	if f := r.notes.failure; f != nil && f.attempt == r.now.Attempt {
		// The run did not get far: that is told first.
		if told := f.at.Add(startErrorShown); s.now.Before(told) {
			r.waiting = &corev1.ContainerStateWaiting{Reason: f.reason, Message: f.message}
			s.lookAgain(told)
		}
	}
	if !s.now.Before(due) {
		if r.waiting == nil {
			r.waiting = r.toldBackOff(r.now)
		}
		s.start(r)
		return
	}
	s.lookAgain(due)
	if r.waiting != nil {
		return
	}
	announced := r.notes.announced == r.now.ID
	r.notes.announced, r.notes.backOff = r.now.ID, fmt.Sprintf("back-off %s restarting failed container=%s pod=%s_%s(%s)",
		r.notes.restart.delay, r.spec.Name, s.pod.Name, s.pod.Namespace, s.pod.UID)
	r.waiting = r.toldBackOff(r.now)
	if !announced {
		s.add(step{do: announceBackOff, container: r})
	}
}

// toldBackOff is what was told of the back-off after a run, which holds until the next
// one runs; nil if nothing was.
func (r *runs) toldBackOff(after *Container) *corev1.ContainerStateWaiting {
	if after == nil || r.notes.announced != after.ID {
		return nil
	}
	return &corev1.ContainerStateWaiting{Reason: reasonCrashLoopBackOff, Message: r.notes.backOff}
}

// stopStranded stops what outlived its sandbox, whose address it would keep, and
// reports whether that is still under way.
func (s *situation) stopStranded() bool {
	stranded := false
	for i := range s.containers {
		if r := &s.containers[i]; r.running() {
			stranded = true
			s.stop(r, s.now.Add(graceOf(s.pod)), "Stopping container "+r.spec.Name)
		}
	}
	return stranded
}

// startSandbox makes the Pod's first sandbox, or another where that is lost.
func (s *situation) startSandbox() {
	if s.isBusy(opSandbox, "") {
		return
	}
	// What keeps a sandbox from starting may be over any moment: it is not waited for
	// longer and longer.
	if due := s.notes.sandboxAt.Add(s.policy.restartDelay); !s.notes.sandboxAt.IsZero() && s.now.Before(due) {
		s.lookAgain(due)
		return
	}
	attempt := int32(0)
	if s.sandbox != nil {
		attempt = s.sandbox.Attempt + 1
	}
	s.add(step{do: startSandbox, sandbox: s.sandbox, attempt: attempt})
}

// removeOldSandboxes removes those that came before the newest, once nobody asks
// any more for the logs of what ran in them.
func (s *situation) removeOldSandboxes() {
	if len(s.state.Sandboxes) < 2 || s.isBusy(opOldSandbox, "") {
		return
	}
	asked := map[string]bool{}
	for i := range s.containers {
		for _, run := range []*Container{s.containers[i].now, s.containers[i].last} {
			if run != nil {
				asked[run.SandboxID] = true
			}
		}
	}
	for i := range s.state.Sandboxes[:len(s.state.Sandboxes)-1] {
		b := &s.state.Sandboxes[i]
		if b.Ready || !asked[b.ID] {
			s.add(step{do: removeSandbox, sandbox: b})
			return
		}
	}
}

// end brings the Pod to its end: what is being started is given up, containers
// are stopped, then sidecars from the last to the first, then the sandbox.
func (s *situation) end() {
	until := s.notes.endingSince.Add(s.ending.grace)
	starting := false
	for key := range s.busy {
		switch key.what {
		case opStart:
			starting = true
			s.add(step{do: cancelOperation, key: key})
		case opLivenessProbe, opStartupProbe, opReadinessProbe, opResize:
			s.add(step{do: cancelOperation, key: key})
		case opSandbox:
			starting = true
			if s.sandbox == nil || !s.sandbox.Ready {
				s.add(step{do: cancelOperation, key: key})
			}
		case opOldSandbox:
			starting = true
		case opVolumes:
			starting = true
			if !s.notes.volumes.mounted {
				s.add(step{do: cancelOperation, key: key})
			}
		case opStop:
		}
	}
	running := false
	for i := range s.containers {
		r := &s.containers[i]
		if r.kind == initContainer {
			r.ready = r.exited() && r.now.ExitCode == 0
		}
		if r.running() {
			s.check(r, false)
		}
		if r.kind != sidecar && r.running() {
			running = true
			s.stop(r, until, "Stopping container "+r.spec.Name)
		}
	}
	if running {
		return
	}
	for i := range slices.Backward(s.containers) {
		if r := &s.containers[i]; r.running() {
			s.stop(r, until, "Stopping container "+r.spec.Name)
			return
		}
	}
	if starting {
		return
	}
	for i := range s.state.Sandboxes {
		if b := &s.state.Sandboxes[i]; b.Ready {
			s.add(step{do: stopSandbox, sandbox: b})
			return
		}
	}
	for key := range s.busy {
		if key.what == opStop {
			return
		}
	}
	if s.policy.volumes && !s.notes.volumes.unmounted {
		s.add(step{do: unmountVolumes})
		return
	}
	s.ended = true
	if !s.gone {
		return
	}
	if len(s.state.Sandboxes) > 0 {
		s.add(step{do: removePod})
		return
	}
	s.clean = true
}

// stop ends a container until a time. A stop that is under way is hurried if it
// would take longer.
func (s *situation) stop(r *runs, until time.Time, message string) {
	if least := s.now.Add(leastGrace); until.Before(least) {
		until = least
	}
	if op := s.busy[opKey{opStop, r.spec.Name}]; op != nil {
		if !until.Before(op.until) {
			return
		}
		message = "" // it was told
	}
	s.add(step{do: stopContainer, container: r, until: until, message: message})
}

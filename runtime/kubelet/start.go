package kubelet

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
)

// containerStart is all that starting a run of a container needs.
type containerStart struct {
	pod     *corev1.Pod
	spec    *corev1.Container
	kind    kind
	sandbox string
	ips     []netip.Addr // of the sandbox
	attempt int32
	target  ProbeTarget // without the id, which is not known yet
	// before is the run that this one follows, old those before that.
	before *Container
	old    []string
}

// runOf names a run, also one that only a status remembers.
func runOf(c *Container) string { return fmt.Sprintf("%d/%s", c.Attempt, c.ID) }

// startOf picks out what starting a container needs. The caller holds the lock of
// its pod.
func (k *Kubelet) startOf(s *situation, st *step) containerStart {
	r := st.container
	// A start that fails is tried again after the same run: its end counts once.
	if n := r.notes; r.exited() && n.counted != runOf(r.now) {
		n.counted = runOf(r.now)
		n.restart.next(r.now.FinishedAt, s.now, k.opts.RestartDelay, k.opts.MaxRestartDelay)
	}
	granted := s.granted.as(s.pod)
	spec := r.spec
	if granted != s.pod {
		spec = specOf(granted, r.spec.Name)
	}
	start := containerStart{
		pod: granted, spec: spec, kind: r.kind, sandbox: st.sandbox.ID, ips: st.sandbox.IPs, attempt: st.attempt, target: targetOf(s, r), old: r.old, before: r.now,
	}
	if r.exited() && r.last != nil && r.last.SandboxID != "" {
		start.old = append(start.old, r.last.ID) // one ended run is kept: the newest
	}
	return start
}

// start pulls the image, creates the container and starts it.
func (k *Kubelet) start(ctx context.Context, p *pod, c containerStart) {
	failure := k.tryStart(ctx, p, c)
	if ctx.Err() != nil {
		return // given up: nobody asks why
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.notes.of(c.spec.Name)
	if failure == nil {
		n.failure, n.failing = nil, backoff{}
		return
	}
	k.counts.startedContainerErrors.WithLabelValues(containerTypes[c.kind], failure.reason).Inc()
	failure.at, failure.attempt = time.Now(), c.attempt
	if failure.reason == reasonConfigError {
		n.failing = backoff{} // what is missing may come any moment: it is not waited for longer and longer
	}
	n.failing.next(failure.at, failure.at, k.opts.RestartDelay, k.opts.MaxRestartDelay)
	n.failure = failure
}

func (k *Kubelet) tryStart(ctx context.Context, p *pod, c containerStart) *startFailure {
	event := func(eventType, reason, format string, args ...any) {
		k.containerEvent(c.pod, c.kind, c.spec.Name, eventType, reason, fmt.Sprintf(format, args...))
	}
	fail := func(reason string, err error) *startFailure {
		if ctx.Err() == nil {
			event(corev1.EventTypeWarning, "Failed", "Error: %v", err)
		}
		return &startFailure{reason: reason, message: err.Error()}
	}

	image, failure := k.image(ctx, p, c, event)
	if failure != nil {
		return failure
	}
	if c.before != nil && c.before.State == Created {
		// A try that came to nothing, perhaps of a kubelet before this one.
		if err := k.runtime.RemoveContainer(ctx, c.before.ID); err != nil {
			return fail(reasonCreateError, err)
		}
	}
	config, err := k.prepare(ctx, &c, image)
	if err != nil {
		return fail(reasonConfigError, err)
	}
	id, err := k.runtime.CreateContainer(ctx, config)
	if err != nil {
		return fail(reasonCreateError, err)
	}
	event(corev1.EventTypeNormal, "Created", "Container created")
	k.counts.startedContainers.WithLabelValues(containerTypes[c.kind]).Inc()
	if err := k.runtime.StartContainer(ctx, id); err != nil {
		// To the runtime that mostly is a run that has ended at once, and so it counts;
		// where it is not, the next try has its number.
		return fail(reasonRunError, err)
	}
	event(corev1.EventTypeNormal, "Started", "Container started")
	for _, old := range c.old {
		if err := k.runtime.RemoveContainer(ctx, old); err != nil && ctx.Err() == nil {
			k.log.WarnContext(ctx, "container not removed", "pod", p.uid, "container", c.spec.Name, "error", err)
		}
	}
	if l := c.spec.Lifecycle; l != nil && l.PostStart != nil {
		c.target.ContainerID = id
		if err := k.runHook(ctx, c.target, l.PostStart); err != nil && ctx.Err() == nil {
			k.log.WarnContext(ctx, "postStart hook", "pod", p.uid, "container", c.spec.Name, "error", err)
			event(corev1.EventTypeWarning, "FailedPostStartHook", "PostStartHook failed")
			event(corev1.EventTypeNormal, "Killing", "FailedPostStartHook")
			k.retry(ctx, p, "container not stopped", func() error { return k.runtime.StopContainer(ctx, id, graceOf(c.pod)) })
			return &startFailure{reason: reasonPostStartError, message: err.Error()}
		}
	}
	return nil
}

// image sees to it that the node has the container's image, as its pull policy
// says.
func (k *Kubelet) image(ctx context.Context, p *pod, c containerStart, event func(eventType, reason, format string, args ...any)) (Image, *startFailure) {
	name := c.spec.Image
	asked := time.Now()
	if err := checkImageName(name); err != nil {
		text := fmt.Sprintf("Failed to apply default image tag %q: couldn't parse image name %q: %v", name, name, err)
		event(corev1.EventTypeWarning, "InspectFailed", "%s", text)
		event(corev1.EventTypeWarning, "Failed", "Error: %s", reasonInvalidImage)
		return Image{}, &startFailure{reason: reasonInvalidImage, message: text, image: true}
	}
	// Pods that begin together often want the same image: one pulls it.
	done, err := k.pulling.enter(ctx, name)
	if err != nil {
		return Image{}, &startFailure{reason: reasonErrImagePull, message: err.Error(), image: true}
	}
	defer done()
	if c.spec.ImagePullPolicy != corev1.PullAlways {
		image, err := k.runtime.Image(ctx, name)
		switch {
		case err == nil:
			event(corev1.EventTypeNormal, "Pulled", "Container image %q already present on machine and can be accessed by the pod", name)
			return image, nil
		case !errors.Is(err, ErrNoImage):
			event(corev1.EventTypeWarning, "InspectFailed", "Failed to inspect image %q: %v", name, err)
			event(corev1.EventTypeWarning, "Failed", "Error: %s", "ImageInspectError")
			return Image{}, &startFailure{reason: "ImageInspectError", message: fmt.Sprintf("Failed to inspect image %q: %v", name, err), image: true}
		case c.spec.ImagePullPolicy == corev1.PullNever:
			text := fmt.Sprintf("Container image %q is not present with pull policy of Never", name)
			event(corev1.EventTypeWarning, reasonErrImageNever, "%s", text)
			event(corev1.EventTypeWarning, "Failed", "Error: %s", reasonErrImageNever)
			return Image{}, &startFailure{reason: reasonErrImageNever, message: text, image: true}
		}
	}
	if k.pulledBefore(p, c) {
		event(corev1.EventTypeNormal, "BackOff", "Back-off pulling image %q", name)
		event(corev1.EventTypeWarning, "Failed", "Error: %s", reasonImagePullBackOff)
	}
	k.tellOfLostSecrets(ctx, c.pod)
	event(corev1.EventTypeNormal, "Pulling", "Pulling image %q", name)
	began := time.Now()
	image, err := k.runtime.PullImage(ctx, name, c.pod)
	p.mu.Lock()
	p.pulled += time.Since(asked)
	p.mu.Unlock()
	took, waited := time.Since(began).Truncate(time.Millisecond), time.Since(asked).Truncate(time.Millisecond)
	if err != nil {
		if ctx.Err() == nil {
			event(corev1.EventTypeWarning, "Failed", "Failed to pull image %q: %v", name, err)
			event(corev1.EventTypeWarning, "Failed", "Error: %s", reasonErrImagePull)
		}
		return Image{}, &startFailure{reason: reasonErrImagePull, message: err.Error(), image: true}
	}
	event(corev1.EventTypeNormal, "Pulled", "Successfully pulled image %q in %v (%v including waiting). Image size: %d bytes.", name, took, waited, image.Size)
	return image, nil
}

// tellOfLostSecrets says which Secrets with passwords for registries are not there. It
// may work without them.
func (k *Kubelet) tellOfLostSecrets(ctx context.Context, pod *corev1.Pod) {
	var lost []string
	for _, ref := range pod.Spec.ImagePullSecrets {
		if _, err := client.Of[corev1.Secret](k.client).In(pod.Namespace).Get(ctx, ref.Name); err != nil && ctx.Err() == nil {
			lost = append(lost, ref.Name)
		}
	}
	if len(lost) > 0 {
		k.events.Record(controller.Note{
			About: pod, Type: corev1.EventTypeWarning, Reason: "FailedToRetrieveImagePullSecret",
			Message: fmt.Sprintf("Unable to retrieve some image pull secrets (%s); attempting to pull the image may not succeed.", strings.Join(lost, ", ")),
		})
	}
}

// pulledBefore reports whether the image was tried in vain before.
func (k *Kubelet) pulledBefore(p *pod, c containerStart) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.notes.of(c.spec.Name).failure
	return f != nil && f.attempt == c.attempt && f.reason == reasonErrImagePull
}

// turns lets one at a time do something about a name. The zero value is ready to
// use.
type turns struct {
	mu    sync.Mutex
	taken map[string]chan struct{} // closed when its holder is through
}

// enter waits for one's turn, which ends with done.
func (t *turns) enter(ctx context.Context, name string) (done func(), err error) {
	for {
		t.mu.Lock()
		before, busy := t.taken[name]
		if !busy {
			mine := make(chan struct{})
			if t.taken == nil {
				t.taken = map[string]chan struct{}{}
			}
			t.taken[name] = mine
			t.mu.Unlock()
			return func() {
				t.mu.Lock()
				delete(t.taken, name)
				t.mu.Unlock()
				close(mine)
			}, nil
		}
		t.mu.Unlock()
		select {
		case <-before:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

package containerd

import (
	"context"
	"time"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Watch implements [kubelet.Runtime]. It compares lists, and does so at once when
// the runtime's event service tells that something has happened.
func (r *Runtime) Watch(ctx context.Context, changed func(pod meta.UID)) error {
	events := make(chan struct{}, 1)
	listening := make(chan bool, 1)
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	defer func() { cancel(); <-done }()
	go func() {
		defer close(done)
		r.listen(ctx, events, listening)
	}()

	told := false
	interval := func() time.Duration {
		switch {
		case r.opts.PollInterval > 0:
			return r.opts.PollInterval
		case told:
			return 10 * time.Second
		}
		return time.Second
	}
	before, err := r.look(ctx, nil, changed)
	if err != nil {
		return r.unlessDone(ctx, err)
	}
	timer := time.NewTimer(interval())
	defer timer.Stop()
	for {
		looks := []time.Duration{0}
		select {
		case <-ctx.Done():
			return nil
		case told = <-listening:
			// What happened before it began to listen must not be missed.
		case <-events:
			// The event may be ahead of what the CRI says by a moment, and a change
			// that shows may be another event's: a start hides an end close after it.
			looks = []time.Duration{5 * time.Millisecond, 40 * time.Millisecond, 250 * time.Millisecond}
		case <-timer.C:
		}
		for _, pause := range looks {
			if pause > 0 && !sleep(ctx, pause) {
				return nil
			}
			if before, err = r.look(ctx, before, changed); err != nil {
				return r.unlessDone(ctx, err)
			}
			if len(events) > 0 {
				break // the newer event is looked at as often
			}
		}
		timer.Reset(interval())
	}
}

func (r *Runtime) unlessDone(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// overview is what a list showed: each container's and sandbox's state and Pod.
type overview map[string]entry

type entry struct {
	pod   meta.UID
	state int32
}

// look lists all and tells of each Pod of which something is new, other or gone.
func (r *Runtime) look(ctx context.Context, before overview, changed func(pod meta.UID)) (overview, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	defer r.counts.relisted(time.Now())
	containers, sandboxes, err := r.listRaw(ctx, nil)
	if err != nil {
		return nil, err
	}
	now, changes := make(overview, len(containers)+len(sandboxes)), map[meta.UID]struct{}{}
	see := func(id string, labels map[string]string, state int32) {
		uid := meta.UID(labels[labelPodUID])
		if uid == "" {
			return
		}
		now[id] = entry{uid, state}
		if before != nil && before[id] != now[id] {
			changes[uid] = struct{}{}
		}
	}
	for _, c := range containers {
		see(c.Id, c.Labels, int32(c.State))
	}
	for _, b := range sandboxes {
		see(b.Id, b.Labels, int32(b.State))
	}
	for id, e := range before {
		if _, ok := now[id]; !ok {
			changes[e.pod] = struct{}{}
			r.states.forget(id)
		}
	}
	for uid := range changes {
		changed(uid)
	}
	return now, nil
}

// listen puts a token into events for what the runtime tells, as long as ctx lasts,
// and says in listening whether it hears.
func (r *Runtime) listen(ctx context.Context, events chan<- struct{}, listening chan<- bool) {
	say := func(hears bool) {
		select {
		case listening <- hears:
		case <-ctx.Done():
		}
	}
	token := func() {
		select {
		case events <- struct{}{}:
		default: // there is one already
		}
	}
	for ctx.Err() == nil {
		err := r.containerEvents(ctx, func() { say(true) }, token)
		if unimplemented(err) {
			err = r.taskEvents(ctx, func() { say(true) }, token)
		}
		if ctx.Err() != nil {
			return
		}
		say(false)
		if unimplemented(err) || !sleep(ctx, time.Second) {
			return // this runtime does not tell
		}
	}
}

// containerEvents follows the CRI's own events.
func (r *Runtime) containerEvents(ctx context.Context, begun, event func()) error {
	stream, err := r.runtime.GetContainerEvents(ctx, &cri.GetEventsRequest{})
	if err != nil {
		return err
	}
	// Only the first event, or the refusal, tells whether there is such a service;
	// until then lists are compared often.
	for first := true; ; first = false {
		if _, err := stream.Recv(); err != nil {
			return err
		}
		if first {
			begun()
		}
		event()
	}
}

package robustness

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// Options say what a [Run] is like. The zero value is a short run without
// disturbance.
type Options struct {
	Namespace string // "" is default
	// Writers is how many clients work at a time, Watchers how many follow, Keys
	// how many objects there are. Zero is 8, 4 and 12.
	Writers, Watchers, Keys int
	// Duration is how long they work. Zero is 10 s.
	Duration time.Duration
	// Pause is the mean of what a client waits between two operations. Zero is
	// 2 ms: the history must stay small enough to be judged.
	Pause time.Duration
	// Disturb does something to the server and returns when it answers again. It
	// is called again and again while clients work. Nil disturbs nothing.
	Disturb func(ctx context.Context) error
	// Rest is the time between disturbances. Zero is 500 ms.
	Rest time.Duration
	// Seed makes the choice of operations repeatable, though not their order.
	Seed uint64
}

func (o Options) complete() Options {
	fill := func(n *int, standard int) {
		if *n <= 0 {
			*n = standard
		}
	}
	fill(&o.Writers, 8)
	fill(&o.Watchers, 4)
	fill(&o.Keys, 12)
	if o.Namespace == "" {
		o.Namespace = meta.NamespaceDefault
	}
	if o.Duration <= 0 {
		o.Duration = 10 * time.Second
	}
	if o.Pause <= 0 {
		o.Pause = 2 * time.Millisecond
	}
	if o.Rest <= 0 {
		o.Rest = 500 * time.Millisecond
	}
	return o
}

// label marks the objects of a run.
const label = "robustness.nucleus.dev/run"

// callTimeout bounds one call: a server that hangs must not end the run.
const callTimeout = 20 * time.Second

// watchTimeout is how long watchers may take to see the last write.
const watchTimeout = time.Minute

var errNoList = errors.New("a list was not answered")

var errWatchesLate = errors.New("a watch has not seen the last write after a minute")

// run is one Run under way.
type run struct {
	opts     Options
	id       string
	resource []client.Resource[corev1.ConfigMap]
	recorder recorder
}

// Run disturbs the cluster that the clients are of while they work, and returns
// what happened. The clients' Scheme has to know ConfigMaps. What the run made is
// deleted in the end. The error says why the run could not be carried out; that
// the server broke its word is for [History.Check] to say.
func Run(ctx context.Context, clients []client.Client, opts Options) (*History, error) {
	if len(clients) == 0 {
		return nil, errors.New("robustness: no clients")
	}
	r := &run{opts: opts.complete(), id: strconv.FormatUint(rand.Uint64(), 36), recorder: recorder{began: time.Now()}}
	for _, c := range clients {
		r.resource = append(r.resource, client.Of[corev1.ConfigMap](c).In(r.opts.Namespace))
	}
	h, err := r.run(ctx)
	if err != nil {
		return nil, fmt.Errorf("robustness: %w", err)
	}
	return h, nil
}

func (r *run) run(parent context.Context) (*History, error) {
	var first *client.List[corev1.ConfigMap]
	err := again(parent, func(ctx context.Context) (err error) {
		first, err = r.resource[0].List(ctx, r.selected())
		return err
	})
	if err != nil {
		return nil, err
	}
	h := &History{Watches: make([][]Change, r.opts.Watchers)}
	if h.From, err = strconv.ParseUint(first.ResourceVersion, 10, 64); err != nil {
		return nil, fmt.Errorf("resource version of a list: %w", err)
	}
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	watching, ctx := errgroup.WithContext(ctx)
	watchers := make([]*watcher, r.opts.Watchers)
	for i := range watchers {
		watchers[i] = &watcher{run: r, resource: r.resource[i%len(r.resource)], seen: h.From}
		watching.Go(func() error { return watchers[i].follow(ctx) })
	}
	h.Disturbances, err = r.work(ctx)
	if err == nil {
		h.To, err = r.finish(ctx)
	}
	if err != nil {
		cancel(err)
	}
	timeout := time.AfterFunc(watchTimeout, func() { cancel(errWatchesLate) })
	defer timeout.Stop()
	if err := errors.Join(err, watching.Wait()); err != nil {
		return nil, err
	}
	for i, w := range watchers {
		h.Watches[i] = w.changes
	}
	h.Operations = r.recorder.ops
	for i := range h.Operations {
		if h.Operations[i].Outcome == Unknown {
			h.Unanswered++
		}
	}
	return h, again(parent, func(ctx context.Context) error { return r.resource[0].DeleteCollection(ctx, r.selected()) })
}

// recoverTimeout is how long a server may take to serve again after the last
// disturbance.
const recoverTimeout = time.Minute

// again calls what has to succeed in the end: a server may need a while after
// the last disturbance.
func again(ctx context.Context, call func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, recoverTimeout)
	defer cancel()
	for {
		attempt, cancelAttempt := context.WithTimeout(ctx, callTimeout)
		err := call(attempt)
		cancelAttempt()
		if err == nil || !wait(ctx, nil, 50*time.Millisecond) {
			return err
		}
	}
}

// work lets the clients work and disturbs the server meanwhile.
func (r *run) work(ctx context.Context) (disturbances int, err error) {
	group, ctx := errgroup.WithContext(ctx)
	over := make(chan struct{})
	time.AfterFunc(r.opts.Duration, func() { close(over) })
	for i := range r.opts.Writers {
		w := &writer{run: r, number: i, resource: r.resource[i%len(r.resource)], random: rand.New(rand.NewPCG(r.opts.Seed, uint64(i))), known: map[string]uint64{}}
		group.Go(func() error { return w.work(ctx, over) })
	}
	if r.opts.Disturb != nil {
		group.Go(func() error {
			for wait(ctx, over, r.opts.Rest) {
				if err := r.opts.Disturb(ctx); err != nil {
					return fmt.Errorf("disturb: %w", err)
				}
				disturbances++
			}
			return ctx.Err()
		})
	}
	err = group.Wait()
	return disturbances, err
}

// finish reads every object once more, and returns the version of a last write,
// up to which watchers have to see everything.
func (r *run) finish(ctx context.Context) (uint64, error) {
	for _, resource := range r.resource {
		w := &writer{run: r, number: r.opts.Writers, resource: resource, known: map[string]uint64{}}
		err := again(ctx, func(ctx context.Context) error {
			before := len(r.recorder.ops)
			if err := w.list(ctx); err != nil || len(r.recorder.ops) > before {
				return err
			}
			return errNoList
		})
		if err != nil {
			return 0, err
		}
	}
	// Another name for each attempt, as one without an answer may have been done.
	var last *corev1.ConfigMap
	attempts := 0
	err := again(ctx, func(ctx context.Context) error {
		attempts++
		last = r.object(lastKey, lastKey)
		last.Name += "-" + strconv.Itoa(attempts)
		return r.resource[0].Create(ctx, last)
	})
	if err != nil {
		return 0, err
	}
	return strconv.ParseUint(last.ResourceVersion, 10, 64)
}

func (r *run) selected() meta.ListOptions { return meta.ListOptions{LabelSelector: label + "=" + r.id} }

func (r *run) name(key string) string { return "robustness-" + r.id + "-" + key }

func (r *run) object(key, value string) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		ObjectMeta: meta.ObjectMeta{Name: r.name(key), Namespace: r.opts.Namespace, Labels: map[string]string{label: r.id}},
		Data:       map[string]string{"key": key, "value": value},
	}
}

// wait waits for d; it reports false when it is over before.
func wait(ctx context.Context, over <-chan struct{}, d time.Duration) bool {
	select {
	case <-ctx.Done():
	case <-over:
	case <-time.After(d):
		return true
	}
	return false
}

// writer is one client at work: one operation after the other.
type writer struct {
	run      *run
	number   int
	resource client.Resource[corev1.ConfigMap]
	random   *rand.Rand
	known    map[string]uint64 // the version of each key that it last saw
	written  int
}

func (w *writer) work(ctx context.Context, over <-chan struct{}) error {
	for wait(ctx, over, time.Duration(w.random.Int64N(int64(2*w.run.opts.Pause)))) {
		key := "k" + strconv.Itoa(w.random.IntN(w.run.opts.Keys))
		op := Operation{Client: w.number, Key: key}
		var err error
		switch n := w.random.IntN(100); {
		case n < 20:
			op.Verb, op.Value = Create, w.value()
			err = w.do(ctx, op)
		case n < 55:
			op.Verb, op.Value, op.Before = Update, w.value(), w.known[key]
			err = w.do(ctx, op)
		case n < 68:
			op.Verb = Delete
			if w.random.IntN(2) == 0 {
				op.Before = w.known[key]
			}
			err = w.do(ctx, op)
		case n < 95:
			op.Verb = Get
			err = w.do(ctx, op)
		default:
			err = w.list(ctx)
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (w *writer) value() string {
	w.written++
	return fmt.Sprintf("%d-%d", w.number, w.written)
}

// do carries out one operation and records it.
func (w *writer) do(ctx context.Context, op Operation) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	name, object := w.run.name(op.Key), w.run.object(op.Key, op.Value)
	var err error
	op.Call = w.run.recorder.now()
	switch op.Verb {
	case Create:
		err = w.resource.Create(ctx, object)
	case Update:
		if op.Before != 0 {
			object.ResourceVersion = strconv.FormatUint(op.Before, 10)
		}
		err = w.resource.Update(ctx, object)
	case Delete:
		var o meta.DeleteOptions
		if op.Before != 0 {
			version := strconv.FormatUint(op.Before, 10)
			o.Preconditions = &meta.Preconditions{ResourceVersion: &version}
		}
		err = w.resource.Delete(ctx, name, o)
	case Get:
		object, err = w.resource.Get(ctx, name)
	}
	op.Return = w.run.recorder.now()
	switch {
	case err == nil:
		op.Outcome = Done
		if op.Verb == Delete {
			break
		}
		if op.Version, err = strconv.ParseUint(object.ResourceVersion, 10, 64); err != nil {
			return fmt.Errorf("%s %s: resource version: %w", op.Verb, name, err)
		}
		op.Read = object.Data["value"]
		w.known[op.Key] = op.Version
	case meta.IsNotFound(err):
		op.Outcome = Missing
	case meta.IsAlreadyExists(err):
		op.Outcome = Exists
	case meta.IsConflict(err):
		op.Outcome = Conflict
	default:
		op.Outcome = Unknown
		if status := meta.AsStatus(err); status != nil && status.Code >= 400 && status.Code < 500 && status.Code != 429 && status.Code != 408 {
			return fmt.Errorf("%s %s: %w", op.Verb, name, err) // the server, or this package, is wrong
		}
	}
	w.run.recorder.add(op)
	return nil
}

// list reads all objects at once, which says something about each of them.
func (w *writer) list(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	call := w.run.recorder.now()
	list, err := w.resource.List(ctx, w.run.selected())
	returned := w.run.recorder.now()
	if err != nil {
		return nil // a read without an answer says nothing
	}
	version, err := strconv.ParseUint(list.ResourceVersion, 10, 64)
	if err != nil {
		return fmt.Errorf("resource version of a list: %w", err)
	}
	found := map[string]*corev1.ConfigMap{}
	for i := range list.Items {
		found[list.Items[i].Data["key"]] = &list.Items[i]
	}
	for i := range w.run.opts.Keys {
		op := Operation{Client: w.number, Verb: Get, Key: "k" + strconv.Itoa(i), Call: call, Return: returned, Outcome: Missing, ListVersion: version}
		if object := found[op.Key]; object != nil {
			op.Outcome, op.Read = Done, object.Data["value"]
			if op.Version, err = strconv.ParseUint(object.ResourceVersion, 10, 64); err != nil {
				return fmt.Errorf("list: resource version of %s: %w", object.Name, err)
			}
			w.known[op.Key] = op.Version
		}
		w.run.recorder.add(op)
	}
	return nil
}

package volume

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// objectKey names an object of the API by its Go type.
type objectKey struct {
	typ             reflect.Type
	namespace, name string
}

// kind is the type's name as errors have it: configmap, secret.
func (k objectKey) kind() string { return strings.ToLower(k.typ.Name()) }

// dependency is an object that a volume's content was made from.
type dependency struct {
	version string // that was seen, absent for none; "" is not known
	// follow calls set with each state of the object, nil if there is none, until
	// ctx ends. An error says that it cannot be watched.
	follow func(ctx context.Context, set func(meta.Object)) error
}

// absent stands for the version of an object that is not there.
const absent = "absent"

// rewatch is the time until an object that cannot be watched is tried again;
// volumes that depend on it are made anew at each try. A part of it is random.
const rewatch = time.Minute

// objects follows the objects that volumes depend on, each once, and tells which
// volumes a change concerns.
type objects struct {
	log     *slog.Logger
	changed func(volumeKey)

	mu       sync.Mutex
	followed map[objectKey]*followed
	ctx      context.Context // of Run, nil when it does not run
	group    sync.WaitGroup
}

// followed is one object.
type followed struct {
	dependency
	users  map[volumeKey]string // with the version that each has seen
	object meta.Object          // the last state, nil if there is none
	known  bool                 // whether object means something
	stop   context.CancelFunc   // nil: not begun
}

// latest returns the last state of an object that is followed, and whether it is
// known; nil if the object is not there.
func (o *objects) latest(key objectKey) (meta.Object, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f := o.followed[key]
	if f == nil || !f.known {
		return nil, false
	}
	return f.object, true
}

// depend sets what a volume depends on, in place of what it did before.
func (o *objects) depend(user volumeKey, before, now map[objectKey]dependency) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for key := range before {
		if _, still := now[key]; !still {
			o.drop(user, key)
		}
	}
	for key, d := range now {
		f := o.followed[key]
		if f == nil {
			f = &followed{dependency: d, users: map[volumeKey]string{}}
			o.followed[key] = f
		}
		if d.version == "" && f.known {
			d.version = versionOf(f.object)
		}
		f.users[user] = d.version
		if f.known && versionOf(f.object) != d.version {
			// Which of the two is newer does not matter: looking again finds out.
			o.changed(user)
		}
		o.begin(key, f)
	}
}

// drop ends a volume's dependency. The lock is held.
func (o *objects) drop(user volumeKey, key objectKey) {
	f := o.followed[key]
	if f == nil {
		return
	}
	delete(f.users, user)
	if len(f.users) == 0 {
		if f.stop != nil {
			f.stop()
		}
		delete(o.followed, key)
	}
}

// begin starts following an object if that is not done. The lock is held.
func (o *objects) begin(key objectKey, f *followed) {
	if f.stop != nil || o.ctx == nil {
		return
	}
	ctx, stop := context.WithCancel(o.ctx)
	f.stop = stop
	o.group.Go(func() { o.follow(ctx, key, f) })
}

func (o *objects) follow(ctx context.Context, key objectKey, f *followed) {
	for ctx.Err() == nil {
		err := f.follow(ctx, func(obj meta.Object) { o.set(f, obj) })
		if ctx.Err() != nil {
			return
		}
		o.log.WarnContext(ctx, "object not watched", "kind", key.kind(), "namespace", key.namespace, "name", key.name, "error", err)
		timer := time.NewTimer(rewatch + rand.N(rewatch/5))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		o.forget(f)
	}
}

// set notes a state of an object, and tells the volumes that have seen another.
func (o *objects) set(f *followed, obj meta.Object) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f.object, f.known = obj, true
	version := versionOf(obj)
	for user, seen := range f.users {
		if seen != version {
			o.changed(user)
		}
	}
}

// forget makes volumes read an object anew.
func (o *objects) forget(f *followed) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f.object, f.known = nil, false
	for user := range f.users {
		o.changed(user)
	}
}

func versionOf(obj meta.Object) string {
	if obj == nil {
		return absent
	}
	return obj.Metadata().ResourceVersion
}

// run follows until ctx ends.
func (o *objects) run(ctx context.Context) error {
	o.mu.Lock()
	o.ctx = ctx
	for key, f := range o.followed {
		o.begin(key, f)
	}
	o.mu.Unlock()
	<-ctx.Done()
	o.mu.Lock()
	o.ctx = nil
	for _, f := range o.followed {
		if f.stop != nil {
			f.stop()
			f.stop, f.object, f.known = nil, nil, false
		}
	}
	o.mu.Unlock()
	o.group.Wait()
	return nil
}

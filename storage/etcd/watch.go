package etcd

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"
	"sync"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"

	"github.com/kubenucleus/nucleus/storage"
)

// watch is one open Watch. Its caller's goroutine reads the stream; whoever asks
// for progress writes to it.
type watch struct {
	s      *Store
	prefix string

	// after is the last revision up to which everything has been yielded. Of
	// open, a later one, some changes have been: a revision of others than us may
	// change several keys and come in parts. 0 is none.
	after  storage.Revision
	open   storage.Revision
	opened int  // how many changes of open
	alive  bool // the stream has said something

	// mu guards what follows. It is held while something is sent.
	mu     sync.Mutex
	stream pb.Watch_WatchClient // nil: not connected
	wanted int64                // the revision to be confirmed
	asking bool                 // a request is out, and timer repeats it
	timer  *time.Timer
	delay  time.Duration
}

const (
	// A request for progress is not answered while the watch has not caught up,
	// so it is repeated.
	askAgainSoon  = time.Millisecond
	askAgainFirst = 20 * time.Millisecond
	askAgainMost  = time.Second
	// watchFailures in a row end a watch: whoever watches may want to know.
	watchFailures = 5
)

// errLeft says that the caller has left the loop.
var errLeft = errors.New("watch was left")

// Watch yields the changes under prefix after a revision.
func (s *Store) Watch(ctx context.Context, prefix string, after storage.Revision) iter.Seq2[storage.Event, error] {
	return func(yield func(storage.Event, error) bool) {
		if err := s.usable(ctx); err != nil {
			yield(storage.Event{}, err)
			return
		}
		w := &watch{s: s, prefix: prefix, after: after}
		s.addWatch(w)
		defer s.removeWatch(w)
		var delay time.Duration
		for failures := 0; ; {
			err := w.follow(ctx, yield)
			if w.alive {
				w.alive, failures, delay = false, 0, 0
			}
			failures++
			switch {
			case errors.Is(err, errLeft):
				return
			case ctx.Err() == nil && s.ctx.Err() == nil && passing(err) && failures < watchFailures && s.pause(ctx, &delay):
				continue
			}
			if !errors.Is(err, storage.ErrCompacted) || s.usable(ctx) != nil {
				err = s.ours(ctx, err)
			}
			yield(storage.Event{}, err)
			return
		}
	}
}

func (s *Store) addWatch(w *watch) {
	s.watchMu.Lock()
	defer s.watchMu.Unlock()
	group := s.watches[w.prefix]
	if group == nil {
		group = make(map[*watch]struct{})
		s.watches[w.prefix] = group
	}
	group[w] = struct{}{}
}

func (s *Store) removeWatch(w *watch) {
	s.watchMu.Lock()
	defer s.watchMu.Unlock()
	group := s.watches[w.prefix]
	if delete(group, w); len(group) == 0 {
		delete(s.watches, w.prefix)
	}
}

// Progress asks for a confirmation on the watches of exactly this prefix, of the
// newest revision that the store has seen. To learn of what other servers have
// written, call Revision before.
func (s *Store) Progress(ctx context.Context, prefix string) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	s.watchMu.Lock()
	group := make([]*watch, 0, 1)
	for w := range s.watches[prefix] {
		group = append(group, w)
	}
	s.watchMu.Unlock()
	for _, w := range group {
		w.ask(s.known.Load())
	}
	return nil
}

// follow opens a stream and yields what comes, until it breaks.
func (w *watch) follow(ctx context.Context, yield func(storage.Event, error) bool) error {
	ctx, cancel := context.WithCancelCause(clientv3.WithRequireLeader(ctx))
	defer cancel(nil)
	defer context.AfterFunc(w.s.ctx, func() { cancel(storage.ErrClosed) })()
	// The stream itself, not the client's own watches: those keep what a slow
	// reader has not taken in memory, without a bound.
	stream, err := pb.NewWatchClient(w.s.client.ActiveConnection()).Watch(ctx, grpc.MaxCallRecvMsgSize(math.MaxInt32))
	if err != nil {
		return err
	}
	from, end := bounds(w.prefix)
	// From the last revision that was yielded, not the one after it: a watch of
	// what has not happened yet gets no confirmations.
	start, repeated := max(w.after, 1), 0
	if w.open != 0 {
		start, repeated = w.open, w.opened
	}
	err = stream.Send(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_CreateRequest{CreateRequest: &pb.WatchCreateRequest{
		Key: []byte(from), RangeEnd: []byte(end), StartRevision: int64(start),
		PrevKv: true, ProgressNotify: true, Fragment: true,
	}}})
	if err != nil {
		return err
	}
	defer w.detach()
	for {
		resp, err := stream.Recv()
		if err != nil {
			return err
		}
		w.alive = true
		if resp.Canceled {
			return w.canceled(resp)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if resp.Header != nil {
			w.s.saw(resp.Header.Revision)
		}
		switch {
		case resp.Created:
			w.attach(stream)
		case len(resp.Events) > 0:
			if err := w.events(ctx, resp, &repeated, yield); err != nil {
				return err
			}
		case resp.Header != nil && resp.CompactRevision == 0:
			if err := w.confirmed(storage.Revision(resp.Header.Revision), yield); err != nil {
				return err
			}
		}
	}
}

// canceled is why the cluster has ended the watch.
func (w *watch) canceled(resp *pb.WatchResponse) error {
	if resp.CompactRevision > 0 {
		return &storage.RevisionError{
			Asked: w.after, Oldest: storage.Revision(resp.CompactRevision), Newest: storage.Revision(w.s.known.Load()), Err: storage.ErrCompacted,
		}
	}
	if strings.Contains(resp.CancelReason, rpctypes.ErrorDesc(rpctypes.ErrGRPCNoLeader)) {
		return rpctypes.ErrNoLeader
	}
	return fmt.Errorf("watch of %q was ended: %s", w.prefix, resp.CancelReason)
}

// events yields those of one answer, but the first ones if they are repeated.
func (w *watch) events(ctx context.Context, resp *pb.WatchResponse, repeated *int, yield func(storage.Event, error) bool) error {
	for _, from := range resp.Events {
		rev := storage.Revision(from.Kv.ModRevision)
		switch {
		case rev <= w.after:
			continue
		case rev == w.open && *repeated > 0:
			*repeated--
			continue
		case rev != w.open && w.open != 0:
			w.after = w.open
			w.open, w.opened = 0, 0
		}
		ev, err := w.event(ctx, from)
		if err != nil {
			return err
		}
		if !yield(ev, nil) {
			return errLeft
		}
		w.open = rev
		w.opened++
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	if !resp.Fragment && w.open != 0 {
		w.after = w.open
		w.open, w.opened = 0, 0
	}
	return nil
}

// event is a change as package storage has it.
func (w *watch) event(ctx context.Context, from *mvccpb.Event) (storage.Event, error) {
	kv, err := w.s.kv(ctx, from.Kv)
	if err != nil {
		return storage.Event{}, err
	}
	ev := storage.Event{Type: storage.Put, KV: kv, Revision: kv.Modified, Created: from.IsCreate()}
	if ev.Created {
		return ev, nil
	}
	if from.PrevKv == nil { // the compaction was faster
		return storage.Event{}, &storage.RevisionError{
			Asked: ev.Revision - 1, Newest: storage.Revision(w.s.known.Load()), Err: storage.ErrCompacted,
		}
	}
	if ev.Prev = from.PrevKv.Value; ev.Prev == nil {
		ev.Prev = []byte{} // an empty value before is not the same as none
	}
	if from.Type == mvccpb.DELETE {
		ev.Type, ev.KV.Value, ev.KV.Created = storage.Delete, nil, storage.Revision(from.PrevKv.CreateRevision)
	}
	return ev, nil
}

// confirmed takes note that everything up to rev has come.
func (w *watch) confirmed(rev storage.Revision, yield func(storage.Event, error) bool) error {
	w.mu.Lock()
	switch {
	case int64(rev) >= w.wanted:
		w.rest()
	case w.asking: // asked for before somebody wanted more, or the member is behind
		w.timer.Stop()
		w.delay = min(w.delay, askAgainSoon)
		w.timer = time.AfterFunc(w.delay, w.again)
	}
	w.mu.Unlock()
	if rev < w.after || w.open != 0 {
		return nil
	}
	w.after = rev
	if !yield(storage.Event{Type: storage.Progress, Revision: rev}, nil) {
		return errLeft
	}
	return nil
}

// attach lets requests for progress be sent, and makes the first: whoever
// watches is told when the watch has caught up.
func (w *watch) attach(stream pb.Watch_WatchClient) {
	w.mu.Lock()
	w.stream = stream
	w.mu.Unlock()
	w.ask(w.s.known.Load())
}

// detach ends the requests for this stream.
func (w *watch) detach() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stream = nil
	w.rest()
}

// ask requests that rev be confirmed, until it is.
func (w *watch) ask(rev int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wanted = max(w.wanted, rev)
	if w.stream != nil && !w.asking {
		w.asking, w.delay = true, askAgainFirst
		w.request()
	}
}

// request sends one request and sees to the next; mu is held. A stream that
// cannot be written to cannot be read from either, and its reader is told.
func (w *watch) request() {
	_ = w.stream.Send(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_ProgressRequest{ProgressRequest: &pb.WatchProgressRequest{}}})
	w.timer = time.AfterFunc(w.delay, w.again)
	w.delay = min(2*w.delay, askAgainMost)
}

func (w *watch) again() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.asking && w.stream != nil {
		w.request()
	}
}

// rest stops asking; mu is held.
func (w *watch) rest() {
	if w.timer != nil {
		w.timer.Stop()
	}
	w.asking = false
}

package etcd

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/kubenucleus/nucleus/storage"
)

// Store is a [storage.Store] in an etcd cluster. It is safe for concurrent use.
type Store struct {
	opts   Options
	client *clientv3.Client

	// known is the newest revision that any answer had.
	known atomic.Int64

	leases leases

	revisionMu   sync.Mutex
	revisionNext *revisionRead // those who ask now wait for it; nil: nobody does
	revisionBusy bool          // readRevisions runs

	watchMu sync.Mutex
	watches map[string]map[*watch]struct{} // by prefix

	ctx       context.Context // ends with Close; what runs for nobody in particular uses it
	stop      context.CancelFunc
	closeMu   sync.Mutex // guards closed, so that nothing is started after it
	closed    bool
	closeOnce sync.Once
	closeErr  error
	running   sync.WaitGroup
}

var _ storage.Store = (*Store)(nil)

// Open connects to the cluster. It returns when a member has answered, with an
// error if none does in time, or if one is too old. The caller must Close the
// store.
func Open(ctx context.Context, opts Options) (*Store, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("etcd: %w", err)
	}
	client, err := opts.connect()
	if err != nil {
		return nil, fmt.Errorf("etcd: %w", err)
	}
	s := &Store{opts: opts, client: client, watches: make(map[string]map[*watch]struct{})}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.leases.init(s)
	if err := s.greet(ctx); err != nil {
		return nil, fmt.Errorf("etcd at %s: %w", strings.Join(opts.Endpoints, ", "), errors.Join(err, s.Close()))
	}
	if opts.CompactEvery > 0 {
		s.running.Go(s.runCompactor)
	}
	return s, nil
}

// greet waits for an answer and looks at the members' versions.
func (s *Store) greet(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.opts.DialTimeout)
	defer cancel()
	var delay time.Duration
	for {
		attempt, cancelAttempt := context.WithTimeout(ctx, max(s.opts.DialTimeout/4, time.Second))
		_, err := s.readRevision(attempt)
		cancelAttempt()
		if err == nil {
			break
		}
		if !s.pause(ctx, &delay) {
			return err
		}
	}
	for _, e := range s.opts.Endpoints {
		attempt, cancelAttempt := context.WithTimeout(ctx, 2*time.Second)
		status, err := s.client.Status(attempt, e)
		cancelAttempt()
		if err != nil {
			s.opts.Logger.Warn("a member of etcd does not answer", "endpoint", e, "error", err)
			continue
		}
		if !confirmsProgress(status.Version) {
			return fmt.Errorf("%s has version %s, which may confirm the progress of a watch before it has sent the changes: 3.4.31, 3.5.13 or later is needed", e, status.Version)
		}
	}
	return nil
}

// confirmsProgress tells whether a version's answers to requests for progress
// can be relied on.
func confirmsProgress(version string) bool {
	number := func(i int) int {
		part := strings.Split(version+"...", ".")[i]
		digits := strings.IndexFunc(part+" ", func(r rune) bool { return r < '0' || r > '9' })
		n, _ := strconv.Atoi(part[:digits])
		return n
	}
	major, minor, patch := number(0), number(1), number(2)
	switch {
	case major != 3:
		return major > 3
	case minor == 4:
		return patch >= 31
	case minor == 5:
		return patch >= 13
	}
	return minor > 5
}

// saw notes the revision of an answer.
func (s *Store) saw(rev int64) {
	for have := s.known.Load(); have < rev; have = s.known.Load() {
		if s.known.CompareAndSwap(have, rev) {
			return
		}
	}
}

func (s *Store) usable(ctx context.Context) error {
	if s.ctx.Err() != nil {
		return storage.ErrClosed
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// revisionRead is one read of the revision, for all who asked before it began.
type revisionRead struct {
	done chan struct{} // closed when rev and err are set
	rev  storage.Revision
	err  error
}

// Revision returns the cluster's current revision. Calls share reads: one that
// is under way already does not count for who comes later.
func (s *Store) Revision(ctx context.Context) (storage.Revision, error) {
	if err := s.usable(ctx); err != nil {
		return 0, err
	}
	s.revisionMu.Lock()
	read := s.revisionNext
	if read == nil {
		read = &revisionRead{done: make(chan struct{})}
		s.revisionNext = read
		if !s.revisionBusy {
			s.revisionBusy = s.start(s.readRevisions)
		}
		if !s.revisionBusy {
			s.revisionNext = nil
			s.revisionMu.Unlock()
			return 0, storage.ErrClosed
		}
	}
	s.revisionMu.Unlock()
	select {
	case <-read.done:
		return read.rev, read.err
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	case <-s.ctx.Done():
		return 0, storage.ErrClosed
	}
}

// start runs f for as long as the store is open; false if it is not.
func (s *Store) start(f func()) bool {
	s.closeMu.Lock()
	defer s.closeMu.Unlock()
	if s.closed {
		return false
	}
	s.running.Go(f)
	return true
}

// revisionTimeout bounds a shared read: those who wait have limits of their own.
const revisionTimeout = 15 * time.Second

func (s *Store) readRevisions() {
	for {
		s.revisionMu.Lock()
		read := s.revisionNext
		s.revisionNext = nil
		s.revisionBusy = read != nil
		s.revisionMu.Unlock()
		if read == nil {
			return
		}
		ctx, cancel := context.WithTimeout(s.ctx, revisionTimeout)
		read.rev, read.err = s.readRevision(ctx)
		cancel()
		close(read.done)
	}
}

// readRevision asks the cluster. Which key is read does not matter; this one is
// not larger than a number.
func (s *Store) readRevision(ctx context.Context) (storage.Revision, error) {
	resp, err := s.client.Get(ctx, compactKey, clientv3.WithKeysOnly())
	if err != nil {
		return 0, s.ours(ctx, err)
	}
	s.saw(resp.Header.Revision)
	return storage.Revision(resp.Header.Revision), nil
}

// Healthy returns nil if the cluster answers reads, which takes a leader and a
// majority of its members.
func (s *Store) Healthy(ctx context.Context) error {
	_, err := s.readRevision(ctx)
	return err
}

// Size returns how many bytes the cluster takes on the disk of a member that
// answers.
func (s *Store) Size(ctx context.Context) (int64, error) {
	if err := s.usable(ctx); err != nil {
		return 0, err
	}
	var errs []error
	for _, e := range s.client.Endpoints() {
		status, err := s.client.Status(ctx, e)
		if err == nil {
			return status.DbSize, nil
		}
		errs = append(errs, fmt.Errorf("%s: %w", e, err))
	}
	return 0, s.ours(ctx, errors.Join(errs...))
}

// Close ends all watches and closes the connections.
func (s *Store) Close() error {
	s.closeOnce.Do(func() {
		s.closeMu.Lock()
		s.closed = true
		s.closeMu.Unlock()
		s.stop()
		s.running.Wait()
		s.closeErr = s.client.Close()
	})
	return s.closeErr
}

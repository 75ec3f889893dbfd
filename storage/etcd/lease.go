package etcd

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// leases are what keys with a time to live hang on.
type leases struct {
	s *Store

	mu     sync.Mutex             // held while a lease is granted: others want the same one
	shared map[int64]*sharedLease // by time to live, in seconds

	endMu sync.Mutex
	ends  map[clientv3.LeaseID]time.Time
}

// sharedLease is one that takes more keys.
type sharedLease struct {
	id    clientv3.LeaseID
	until time.Time // it does not end before
	keys  int
}

func (l *leases) init(s *Store) {
	l.s, l.shared, l.ends = s, make(map[int64]*sharedLease), make(map[clientv3.LeaseID]time.Time)
}

func wholeSeconds(ttl time.Duration) int64 { return int64((ttl + time.Second - 1) / time.Second) }

// take returns a lease that does not end before ttl is over.
func (l *leases) take(ctx context.Context, ttl time.Duration) (clientv3.LeaseID, error) {
	seconds := wholeSeconds(ttl)
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if have := l.shared[seconds]; have != nil && have.keys < l.s.opts.LeaseKeys && have.until.Sub(now) >= ttl {
		have.keys++
		return have.id, nil
	} else if have != nil && l.s.opts.LeaseObjects != nil {
		l.s.opts.LeaseObjects(have.keys)
	}
	// What is granted lasts longer than asked for, by as long as it is shared.
	longer := min(l.s.opts.LeaseReuse, ttl/20)
	granted, err := l.s.client.Grant(ctx, seconds+int64(longer/time.Second))
	if err != nil {
		return 0, err
	}
	lease := &sharedLease{id: granted.ID, until: now.Add(time.Duration(granted.TTL) * time.Second), keys: 1}
	l.shared[seconds] = lease
	l.note(lease.id, lease.until)
	return lease.id, nil
}

// forget drops a shared lease that the cluster does not have any more.
func (l *leases) forget(ttl time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.shared, wholeSeconds(ttl))
}

// end returns when a lease ends, which is asked once.
func (l *leases) end(ctx context.Context, id clientv3.LeaseID) (time.Time, error) {
	l.endMu.Lock()
	end, known := l.ends[id]
	l.endMu.Unlock()
	if known {
		return end, nil
	}
	now := time.Now()
	left, err := l.s.client.TimeToLive(ctx, id)
	switch {
	case errors.Is(err, rpctypes.ErrLeaseNotFound):
		return now, nil // its keys are being deleted
	case err != nil:
		return time.Time{}, l.s.ours(ctx, err)
	}
	end = now.Add(time.Duration(max(left.TTL, 0)) * time.Second)
	l.note(id, end)
	return end, nil
}

// maxEnds bounds what is remembered; what is over is dropped first.
const maxEnds = 10_000

func (l *leases) note(id clientv3.LeaseID, end time.Time) {
	l.endMu.Lock()
	defer l.endMu.Unlock()
	if len(l.ends) >= maxEnds {
		now := time.Now()
		for id, end := range l.ends {
			if end.Before(now) {
				delete(l.ends, id)
			}
		}
		if len(l.ends) >= maxEnds {
			clear(l.ends)
		}
	}
	l.ends[id] = end
}

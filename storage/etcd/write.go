package etcd

import (
	"context"
	"errors"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/kubenucleus/nucleus/storage"
)

// write is one change of one key.
type write struct {
	op    string
	key   string
	value []byte
	prev  storage.Revision
	ttl   time.Duration
}

// Create writes a key that must not exist.
func (s *Store) Create(ctx context.Context, key string, value []byte, ttl time.Duration) (storage.Revision, error) {
	if err := storage.CheckWrite("create", key, value); err != nil {
		return 0, err
	}
	return s.commit(ctx, &write{op: "create", key: key, value: value, ttl: ttl})
}

// Update writes a key that exists.
func (s *Store) Update(ctx context.Context, key string, prev storage.Revision, value []byte, ttl time.Duration) (storage.Revision, error) {
	if err := storage.CheckWrite("update", key, value); err != nil {
		return 0, err
	}
	return s.commit(ctx, &write{op: "update", key: key, value: value, prev: prev, ttl: ttl})
}

// Delete removes a key.
func (s *Store) Delete(ctx context.Context, key string, prev storage.Revision) (storage.Revision, error) {
	if err := storage.CheckKey("delete", key); err != nil {
		return 0, err
	}
	return s.commit(ctx, &write{op: "delete", key: key, prev: prev})
}

// condition is what must hold of the key.
func (w *write) condition() clientv3.Cmp {
	switch {
	case w.op == "create":
		return clientv3.Compare(clientv3.ModRevision(w.key), "=", 0)
	case w.prev == 0:
		return clientv3.Compare(clientv3.ModRevision(w.key), ">", 0)
	}
	return clientv3.Compare(clientv3.ModRevision(w.key), "=", int64(w.prev))
}

// repeatable says that the cluster does the write once at most however often it
// is sent, since a revision does not come back. A key that must not exist may
// well be deleted in between.
func (w *write) repeatable() bool { return w.op != "create" && w.prev != 0 }

// commit sends a write until it is known what became of it, or it must not be
// sent again.
func (s *Store) commit(ctx context.Context, w *write) (storage.Revision, error) {
	if err := s.usable(ctx); err != nil {
		return 0, err
	}
	var unsure error // why an earlier attempt may have been done
	var delay time.Duration
	for begun := time.Now(); ; {
		rev, current, err := s.send(ctx, w)
		switch {
		case err == nil && rev != 0:
			return rev, nil
		case err == nil && unsure != nil:
			// The key is not as it was: it may be the earlier attempt that changed it.
			return 0, &storage.KeyError{Op: w.op, Key: w.key, Err: s.ours(ctx, unsure)}
		case err == nil:
			return 0, w.refused(current)
		case errors.Is(err, rpctypes.ErrLeaseNotFound):
			s.leases.forget(w.ttl)
		case notSeen(err):
		case w.repeatable() && passing(err):
			unsure = err
		default:
			return 0, &storage.KeyError{Op: w.op, Key: w.key, Err: s.ours(ctx, err)}
		}
		if time.Since(begun) > retryFor || !s.pause(ctx, &delay) {
			return 0, &storage.KeyError{Op: w.op, Key: w.key, Err: s.ours(ctx, err)}
		}
	}
}

// send is one attempt. With no error it returns the revision of the write, or 0
// and what the key has instead, which is nil if there is no such key.
func (s *Store) send(ctx context.Context, w *write) (storage.Revision, *storage.KV, error) {
	var do clientv3.Op
	if w.op == "delete" {
		do = clientv3.OpDelete(w.key)
	} else {
		var opts []clientv3.OpOption
		if w.ttl > 0 {
			id, err := s.leases.take(ctx, w.ttl)
			if err != nil {
				return 0, nil, err
			}
			opts = append(opts, clientv3.WithLease(id))
		}
		do = clientv3.OpPut(w.key, string(w.value), opts...)
	}
	resp, err := s.client.Txn(clientv3.WithRequireLeader(ctx)).If(w.condition()).Then(do).Else(clientv3.OpGet(w.key)).Commit()
	if err != nil {
		return 0, nil, err
	}
	s.saw(resp.Header.Revision)
	if resp.Succeeded {
		return storage.Revision(resp.Header.Revision), nil, nil
	}
	found := resp.Responses[0].GetResponseRange().GetKvs()
	if len(found) == 0 {
		return 0, nil, nil
	}
	kv, err := s.kv(ctx, found[0])
	return 0, &kv, err
}

func (w *write) refused(current *storage.KV) error {
	reason := storage.ErrConflict
	switch {
	case w.op == "create":
		reason = storage.ErrExists
	case current == nil:
		reason = storage.ErrNotFound
	}
	return &storage.KeyError{Op: w.op, Key: w.key, Err: reason, Current: current}
}

package etcd

import (
	"context"
	"errors"

	"go.etcd.io/etcd/api/v3/mvccpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/kubenucleus/nucleus/storage"
)

// Get returns the latest state of one key.
func (s *Store) Get(ctx context.Context, key string) (storage.KV, storage.Revision, error) {
	if err := storage.CheckKey("get", key); err != nil {
		return storage.KV{}, 0, err
	}
	if err := s.usable(ctx); err != nil {
		return storage.KV{}, 0, err
	}
	resp, err := s.client.Get(ctx, key)
	if err != nil {
		return storage.KV{}, 0, &storage.KeyError{Op: "get", Key: key, Err: s.ours(ctx, err)}
	}
	s.saw(resp.Header.Revision)
	rev := storage.Revision(resp.Header.Revision)
	if len(resp.Kvs) == 0 {
		return storage.KV{}, rev, &storage.KeyError{Op: "get", Key: key, Err: storage.ErrNotFound}
	}
	kv, err := s.kv(ctx, resp.Kvs[0])
	if err != nil {
		return storage.KV{}, rev, &storage.KeyError{Op: "get", Key: key, Err: err}
	}
	return kv, rev, nil
}

// kv is a key as package storage has it.
func (s *Store) kv(ctx context.Context, from *mvccpb.KeyValue) (storage.KV, error) {
	kv := storage.KV{
		Key: string(from.Key), Value: from.Value,
		Created: storage.Revision(from.CreateRevision), Modified: storage.Revision(from.ModRevision),
	}
	if from.Lease == 0 {
		return kv, nil
	}
	var err error
	kv.Expires, err = s.leases.end(ctx, clientv3.LeaseID(from.Lease))
	return kv, err
}

// listChunk is how many keys are asked for at once, whatever the caller wants:
// an answer is one message, which both sides hold in memory.
const listChunk = 10_000

// List returns the keys under prefix as of one revision.
func (s *Store) List(ctx context.Context, prefix string, opts storage.ListOptions) (storage.Page, error) {
	if err := s.usable(ctx); err != nil {
		return storage.Page{}, err
	}
	page := storage.Page{Remaining: -1, Revision: opts.Revision}
	from, end := bounds(prefix)
	if opts.After >= from && opts.After != "" {
		from = opts.After + "\x00"
	}
	for {
		limit := listChunk
		if opts.Limit > 0 {
			limit = min(limit, opts.Limit-len(page.Items))
		}
		ops := []clientv3.OpOption{clientv3.WithRange(end), clientv3.WithLimit(int64(limit)), clientv3.WithRev(int64(page.Revision))}
		if opts.KeysOnly {
			ops = append(ops, clientv3.WithKeysOnly())
		}
		if end != "\x00" && from >= end {
			// etcd takes an empty range for a mistake; the revision is still wanted.
			from, end = compactKey, ""
			ops = []clientv3.OpOption{clientv3.WithCountOnly(), clientv3.WithRev(int64(page.Revision))}
		}
		resp, err := s.client.Get(ctx, from, ops...)
		if err != nil {
			return storage.Page{}, s.listError(ctx, opts.Revision, err)
		}
		s.saw(resp.Header.Revision)
		if page.Revision == 0 {
			page.Revision = storage.Revision(resp.Header.Revision)
		}
		for _, from := range resp.Kvs {
			kv, err := s.kv(ctx, from)
			if err != nil {
				return storage.Page{}, err
			}
			page.Items = append(page.Items, kv)
		}
		page.More = resp.More && len(resp.Kvs) > 0
		if !page.More || opts.Limit > 0 && len(page.Items) >= opts.Limit {
			if opts.Count {
				page.Remaining = 0
				if len(resp.Kvs) > 0 {
					page.Remaining = resp.Count - int64(len(resp.Kvs))
				}
			}
			return page, nil
		}
		from = string(resp.Kvs[len(resp.Kvs)-1].Key) + "\x00"
	}
}

// bounds is the range of the keys with a prefix, as etcd wants it: a zero byte
// as the end means that there is none, and no key is empty.
func bounds(prefix string) (from, end string) {
	if prefix == "" {
		return "\x00", "\x00"
	}
	return prefix, clientv3.GetPrefixRangeEnd(prefix)
}

func (s *Store) listError(ctx context.Context, asked storage.Revision, err error) error {
	switch {
	case errors.Is(err, rpctypes.ErrCompacted):
		return &storage.RevisionError{Asked: asked, Newest: storage.Revision(s.known.Load()), Err: storage.ErrCompacted}
	case errors.Is(err, rpctypes.ErrFutureRev):
		return &storage.RevisionError{Asked: asked, Newest: storage.Revision(s.known.Load()), Err: storage.ErrFutureRevision}
	}
	return s.ours(ctx, err)
}

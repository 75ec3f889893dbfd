package etcd

import (
	"context"
	"errors"
	"strconv"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/kubenucleus/nucleus/storage"
)

// compactKey is where servers agree on who compacts, kube-apiservers too. Its
// value is the revision that was current when the last of them had its turn;
// how often it was written is the number of the turn.
const compactKey = "compact_rev_key"

// Compact forgets what was before rev.
func (s *Store) Compact(ctx context.Context, rev storage.Revision) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	_, err := s.client.Compact(ctx, int64(rev))
	switch {
	case errors.Is(err, rpctypes.ErrCompacted):
		return nil
	case errors.Is(err, rpctypes.ErrFutureRev):
		return &storage.RevisionError{Asked: rev, Newest: storage.Revision(s.known.Load()), Err: storage.ErrFutureRevision}
	}
	return s.ours(ctx, err)
}

func (s *Store) runCompactor() {
	ticker := time.NewTicker(s.opts.CompactEvery)
	defer ticker.Stop()
	var c compaction
	for {
		select {
		case <-ticker.C:
		case <-s.ctx.Done():
			return
		}
		if err := c.step(s.ctx, s); err != nil && s.ctx.Err() == nil {
			s.opts.Logger.Warn("compact etcd", "error", err)
		}
	}
}

// compaction is what one server knows of the turns.
type compaction struct {
	turn int64            // the last that it knows
	rev  storage.Revision // what was current then
}

// step tries to take the next turn. Who gets it compacts up to where the cluster
// was at the turn before; the others learn that they were late. So whoever
// watches or pages has an interval's worth of the past at least.
func (c *compaction) step(ctx context.Context, s *Store) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	resp, err := s.client.Txn(ctx).
		If(clientv3.Compare(clientv3.Version(compactKey), "=", c.turn)).
		Then(clientv3.OpPut(compactKey, strconv.FormatInt(int64(c.rev), 10))).
		Else(clientv3.OpGet(compactKey)).
		Commit()
	if err != nil {
		return s.ours(ctx, err)
	}
	s.saw(resp.Header.Revision)
	now := storage.Revision(resp.Header.Revision)
	if !resp.Succeeded {
		c.rev, c.turn = now, 0
		if found := resp.Responses[0].GetResponseRange().GetKvs(); len(found) > 0 {
			c.turn = found[0].Version
		}
		return nil
	}
	upTo := c.rev
	c.turn, c.rev = c.turn+1, now
	if upTo == 0 {
		return nil
	}
	return s.Compact(ctx, upTo)
}

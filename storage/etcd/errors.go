package etcd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/kubenucleus/nucleus/storage"
)

// ours gives an error of the client the name that package storage has for it.
func (s *Store) ours(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case s.ctx.Err() != nil:
		return storage.ErrClosed
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, rpctypes.ErrNoSpace):
		return fmt.Errorf("%w: %w", storage.ErrNoSpace, err)
	case isTooLarge(err):
		return fmt.Errorf("%w: %w", storage.ErrTooLarge, err)
	case errors.Is(err, rpctypes.ErrCorrupt):
		return fmt.Errorf("%w: %w", storage.ErrCorrupt, err)
	}
	return fmt.Errorf("etcd: %w", err)
}

// isTooLarge tells the cluster's limit and the client's own.
func isTooLarge(err error) bool {
	return errors.Is(err, rpctypes.ErrRequestTooLarge) ||
		code(err) == codes.ResourceExhausted && strings.Contains(err.Error(), "larger than max")
}

// code is that of an error of the cluster or of the connection.
func code(err error) codes.Code {
	if own, ok := errors.AsType[rpctypes.EtcdError](err); ok {
		return own.Code()
	}
	return status.Code(err)
}

// notSeen tells errors of writes that the cluster cannot have begun with.
func notSeen(err error) bool {
	switch {
	case errors.Is(err, rpctypes.ErrNoLeader), // said before the request is looked at
		errors.Is(err, rpctypes.ErrTooManyRequests),
		errors.Is(err, rpctypes.ErrLeaseNotFound):
		return true
	}
	return code(err) == codes.Unavailable && strings.Contains(err.Error(), "Error while dialing")
}

// passing tells errors that may be over by themselves soon.
func passing(err error) bool {
	switch code(err) {
	case codes.Unavailable, codes.Internal:
		return true
	}
	return errors.Is(err, io.EOF) || errors.Is(err, rpctypes.ErrTooManyRequests)
}

const (
	retryFirst = 20 * time.Millisecond
	retryMost  = 500 * time.Millisecond
	// retryFor bounds how long a write is tried again: an election takes a second
	// or two.
	retryFor = 10 * time.Second
)

// pause waits a little longer each time, and says whether to go on.
func (s *Store) pause(ctx context.Context, delay *time.Duration) bool {
	*delay = min(max(2**delay, retryFirst), retryMost)
	timer := time.NewTimer(*delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-s.ctx.Done():
	}
	return false
}

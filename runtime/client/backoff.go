package client

import (
	"context"
	"math/rand/v2"
	"time"
)

// backoff spaces attempts ever further apart. The zero value is not useful;
// set first and max.
type backoff struct {
	first, max time.Duration
	next       time.Duration
}

// reset makes the next wait a short one again.
func (b *backoff) reset() { b.next = 0 }

// wait sleeps until the next attempt is due, and reports whether ctx is still
// alive then. Waits vary by half, so that clients which failed together do not
// come back together.
func (b *backoff) wait(ctx context.Context) bool {
	b.next = min(max(b.next*2, b.first), b.max)
	return sleep(ctx, b.next/2+rand.N(b.next/2+1))
}

// sleep waits for d and reports whether ctx is still alive then.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

package kubelet

import "time"

// backoff says how long to wait before something that went wrong is tried
// again: each time twice as long, until it has gone well for a while. The zero
// value has seen nothing go wrong.
type backoff struct {
	delay   time.Duration
	updated time.Time
}

// due returns when what ended at may be tried again: at once the first time.
func (b *backoff) due(at time.Time, limit time.Duration) time.Time {
	if b.expired(at, limit) {
		return at
	}
	return at.Add(b.delay)
}

// expired: what lasted twice as long as the longest delay has worked.
func (b *backoff) expired(at time.Time, limit time.Duration) bool {
	return b.delay == 0 || at.Sub(b.updated) > 2*limit
}

// next notes that what ended at is tried again now.
func (b *backoff) next(at, now time.Time, first, limit time.Duration) {
	if b.expired(at, limit) {
		b.delay = first
	} else {
		b.delay = min(2*b.delay, limit)
	}
	b.updated = now
}

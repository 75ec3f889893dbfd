package http2

import (
	"errors"
	"time"
)

// leavingPing is a ping whose answer says that the client has read what was sent
// before it: that the connection is about to end.
const leavingPing = "nucleus!"

var errSilent = errors.New("http2: the client does not answer")

// drain tells the client that the connection will end. What it sent before it knew
// is still served.
func (c *conn) drain() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leaving != 0 || c.err != nil {
		return
	}
	if !c.greeted {
		_ = c.tc.NetConn().Close() // there was no request yet
		return
	}
	c.leaving = warned
	c.out.pending = appendGoAway(c.out.room(), maxStreamID, codeNone, "")
	c.out.pending = append(appendHead(c.out.pending, 8, framePing, 0, 0), leavingPing...)
	c.timer.Reset(time.Second) // in case that there is no answer
	c.flush()
}

// drained tells the client which streams were taken; later ones are not.
func (c *conn) drained() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drainedLocked()
}

func (c *conn) drainedLocked() {
	if c.leaving != warned || c.err != nil {
		return
	}
	c.leaving = drained
	c.out.pending = appendGoAway(c.out.room(), c.lastID, codeNone, "")
	c.flush()
	c.unused()
}

// unused takes note of when there are no streams, and ends a connection that shall
// have no more; mu is held.
func (c *conn) unused() {
	if len(c.streams) > 0 || c.err != nil {
		return
	}
	c.idle = time.Now().UnixNano()
	if c.leaving == drained {
		_ = c.tc.SetReadDeadline(time.Now()) // the reader ends it
	}
}

// tick looks whether the client is still there, and whether it needs the
// connection.
func (c *conn) tick() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	o, now, heard := &c.srv.opts, time.Now().UnixNano(), c.heard.Load()
	if heard >= c.pinged {
		c.pinged = 0
	}
	switch {
	case c.leaving == warned:
		c.drainedLocked()
	case c.pinged != 0 && now-c.pinged >= int64(o.PingTimeout):
		c.out.broken = true
		c.fail(errSilent)
		_ = c.tc.NetConn().Close() // who writes may be stuck in it
		return
	case c.idle != 0 && c.hs.IdleTimeout > 0 && now-c.idle >= int64(c.hs.IdleTimeout) && c.leaving == 0:
		c.leaving = warned
		c.drainedLocked()
	case c.pinged == 0 && now-heard >= int64(o.PingAfter):
		c.pinged = now
		c.out.pending = append(appendHead(c.out.room(), 8, framePing, 0, 0), "are you?"...)
	}
	c.timer.Reset(c.untilTick()) // before writing, which may never end
	c.flush()
}

// untilTick is when tick has something to do, if nothing comes; mu is held.
func (c *conn) untilTick() time.Duration {
	o, now := &c.srv.opts, time.Now().UnixNano()
	wait := int64(o.PingAfter) - (now - c.heard.Load())
	if c.pinged != 0 {
		wait = int64(o.PingTimeout) - (now - c.pinged)
	}
	if c.idle != 0 && c.hs.IdleTimeout > 0 {
		wait = min(wait, int64(c.hs.IdleTimeout)-(now-c.idle))
	}
	return max(time.Duration(wait), 10*time.Millisecond)
}

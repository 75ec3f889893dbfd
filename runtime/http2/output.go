package http2

// output is the sending side of a connection. The connection's mu guards it.
type output struct {
	pending []byte // frames that are to be written
	writing bool   // somebody is, and will write what is added
	soon    bool   // somebody is about to
	waiting int    // handlers that wait for room in pending
	broken  bool   // nothing can be written any more

	// tail is where the last frame begins, if that is data of the stream tailID and may
	// become longer: nothing was added after it if it still ends at tailEnd.
	tail, tailEnd int
	tailID        uint32

	window  int64 // what the client takes on the connection
	initial int64 // and on a new stream
}

// highWater is when handlers have to wait until something was written. With the frame
// that reaches it and what TLS adds it is a huge buffer.
const highWater = hugeBuffer - maxFrame - 1<<10

func (o *output) init() { o.window, o.initial = initialWindow, initialWindow }

// room returns pending, to append to.
func (o *output) room() []byte {
	if o.pending == nil {
		return borrow()
	}
	return o.pending
}

// flush writes what is pending, unless somebody is doing that; mu is held, but not
// while it writes.
func (c *conn) flush() {
	o := &c.out
	if o.writing {
		return
	}
	o.writing = true
	for first := true; len(o.pending) > 0 && !o.broken; first = false {
		if !first && o.waiting > 0 {
			break // they go on with it: see data
		}
		data := o.pending
		o.pending, o.tailEnd = nil, 0
		c.mu.Unlock()
		err := c.write(data)
		c.mu.Lock()
		if err != nil {
			o.broken = true
			c.fail(err)
		}
		c.changed.Broadcast()
	}
	o.writing = false
}

// write writes frames, and gives their buffer back. Several TLS records go to the
// system at once, which may take long: by then there are only these.
func (c *conn) write(data []byte) error {
	if c.under == nil || len(data) <= maxFrame {
		_, err := c.tc.Write(data)
		giveBack(data)
		return err
	}
	c.under.hold()
	_, err := c.tc.Write(data)
	giveBack(data)
	if more := c.under.release(); err == nil {
		err = more
	}
	return err
}

// send appends a part of an answer's body as frames, as far as the client takes it,
// and if wait is set waits for it to take more; mu is held, but not while it waits. end
// says that the answer ends with it. sent is how much was appended.
func (c *conn) send(st *stream, p []byte, end, wait bool) (sent int, _ error) {
	o := &c.out
	for {
		if wait {
			if err := c.await(st, len(p), 1); err != nil {
				return sent, err
			}
		}
		n := int(min(int64(len(p)), o.window, st.window, maxFrame))
		if len(o.pending) >= highWater || n <= 0 && len(p) > 0 {
			return sent, nil // wait is not set
		}
		n = o.data(st.id, p[:n])
		o.window -= int64(n)
		st.window -= int64(n)
		sent += n
		if p = p[n:]; len(p) == 0 {
			if end {
				o.pending[o.tail+4] |= flagEndStream
				o.tailEnd = 0
			}
			return sent, nil
		}
	}
}

// await waits until there is room for some bytes before highWater, or nothing
// pending, and until the client takes anything, if there is something to send; mu is
// held, but not while it waits.
func (c *conn) await(st *stream, size, room int) error {
	o := &c.out
	for {
		switch {
		case st.gone != nil:
			return st.gone
		case c.err != nil:
			return c.err
		case len(o.pending) > 0 && len(o.pending)+room > highWater:
			if !o.writing {
				c.flush()
				continue
			}
			o.waiting++
			c.changed.Wait()
			o.waiting--
			if !o.writing {
				c.flush()
			}
		case size > 0 && min(o.window, st.window) <= 0:
			if c.flush(); min(o.window, st.window) <= 0 && st.gone == nil && c.err == nil {
				c.changed.Wait()
			}
		default:
			return nil
		}
	}
}

// grows says that the last frame is data of a stream and may become longer.
func (o *output) grows(id uint32) bool {
	return o.tailEnd > 0 && o.tailEnd == len(o.pending) && o.tailID == id
}

// data appends data of a stream, to its last frame if nothing came after that, and
// returns how much it took. Answers are written in small pieces, and clients do not
// like a frame for each.
func (o *output) data(id uint32, p []byte) int {
	have := 0
	if o.grows(id) {
		have = len(o.pending) - o.tail - frameHead
	}
	if have == 0 || have == maxFrame {
		o.pending = appendHead(o.room(), 0, frameData, 0, id)
		o.tail, o.tailID, have = len(o.pending)-frameHead, id, 0
	}
	n := min(len(p), maxFrame-have)
	o.pending = roomFor(o.pending, n)
	o.pending = append(o.pending, p[:n]...)
	length := have + n
	o.pending[o.tail], o.pending[o.tail+1], o.pending[o.tail+2] = byte(length>>16), byte(length>>8), byte(length)
	o.tailEnd = len(o.pending)
	return n
}

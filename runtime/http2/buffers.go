package http2

import (
	"io"
	"sync"
)

// large buffers hold a frame and what comes after it, or several answers. They are
// lent for as long as there is something in them.
const largeBuffer = 2 * maxFrame

var largeBuffers = sync.Pool{New: func() any { return new(make([]byte, 0, largeBuffer)) }}

func borrow() []byte { return *largeBuffers.Get().(*[]byte) }

// giveBack takes a buffer that came from borrow and may have grown since.
func giveBack(b []byte) {
	if cap(b) >= largeBuffer && cap(b) <= 8*largeBuffer {
		b = b[:0]
		largeBuffers.Put(&b)
	}
}

// input is what was read and is not used up. While it waits it has but a small
// buffer: most connections wait most of the time.
type input struct {
	r       io.Reader
	buf     []byte // small or borrowed
	at, end int    // what is in it
	small   [512]byte
}

// ready says that the next frame is there.
func (in *input) ready() bool {
	have := in.buf[in.at:in.end]
	return len(have) >= frameHead && len(have) >= frameHead+(int(have[0])<<16|int(have[1])<<8|int(have[2]))
}

// take returns the next n bytes, at most a frame. They are valid until it is called
// again.
func (in *input) take(n int) ([]byte, error) {
	if in.at == in.end {
		in.at, in.end = 0, 0
		if n <= len(in.small) && len(in.buf) > len(in.small) {
			giveBack(in.buf)
			in.buf = nil
		}
	}
	if in.buf == nil {
		in.buf = in.small[:]
	}
	for in.end-in.at < n {
		if in.at+n > len(in.buf) {
			if n > len(in.buf) {
				grown := borrow()
				grown = grown[:cap(grown)]
				in.end = copy(grown, in.buf[in.at:in.end])
				in.buf = grown
			} else {
				in.end = copy(in.buf, in.buf[in.at:in.end])
			}
			in.at = 0
		}
		got, err := in.r.Read(in.buf[in.end:])
		in.end += got
		if err != nil && in.end-in.at < n {
			return nil, err
		}
	}
	b := in.buf[in.at : in.at+n]
	in.at += n
	return b, nil
}

// close gives back what was borrowed.
func (in *input) close() {
	if len(in.buf) > len(in.small) {
		giveBack(in.buf)
	}
	in.buf, in.at, in.end = nil, 0, 0
}

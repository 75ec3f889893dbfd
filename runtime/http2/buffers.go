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

// huge buffers are for what is more than that: parts of long answers. A connection
// whose client does not read holds one.
const hugeBuffer = 4 * maxFrame

var hugeBuffers = sync.Pool{New: func() any { return new(make([]byte, 0, hugeBuffer)) }}

// roomFor returns a borrowed buffer with room for n bytes more, if a huge one has it.
func roomFor(b []byte, n int) []byte {
	if len(b)+n <= cap(b) || len(b)+n > hugeBuffer {
		return b
	}
	grown := append(*hugeBuffers.Get().(*[]byte), b...)
	giveBack(b)
	return grown
}

// giveBack takes a buffer that came from borrow and may have grown since.
func giveBack(b []byte) {
	b = b[:0]
	switch {
	case cap(b) == largeBuffer:
		largeBuffers.Put(&b)
	case cap(b) == hugeBuffer:
		hugeBuffers.Put(&b)
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

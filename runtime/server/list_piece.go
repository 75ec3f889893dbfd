package server

import (
	"bufio"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/kubenucleus/nucleus/runtime/registry"
)

// taker is an answer that says when it can take more: that of an HTTP/2 stream.
type taker interface {
	// Await waits until WriteSome takes something, best n bytes.
	Await(n int) error
	// WriteSome writes what goes without waiting.
	WriteSome(p []byte) (n int, err error)
}

// steady is the answer to a call as a taker.
type steady struct {
	taker
	*recorder
	// waiting is how many bytes of unpacked pieces the server keeps while their clients
	// take no more.
	waiting *atomic.Int64
}

// mostWaiting bounds that. What is above it is unpacked again when its client takes
// more; without it one that takes little at a time would cost much.
const mostWaiting = 4 << 20

// steady returns the call's answer as one that can be waited for; nil if it is not.
func (c *call) steady() *steady {
	for under := c.w.ResponseWriter; ; {
		if t, ok := under.(taker); ok {
			return &steady{t, c.w, &c.server.waitingTexts}
		}
		wrapped, ok := under.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return nil
		}
		under = wrapped.Unwrap()
	}
}

// writePiece writes a piece of a list. direct is what w writes to, or nil: if it takes
// no more, what is unpacked is thrown away until it does. So lists that nobody reads
// take hardly any memory, however many there are.
func writePiece(w *bufio.Writer, direct *steady, piece registry.Piece) error {
	if !piece.Packed() {
		return piece.WriteTo(w, nil)
	}
	if direct == nil {
		text := borrowText()
		defer returnText(text)
		return piece.WriteTo(w, text)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for at := 0; at < piece.Len(); {
		if err := direct.Await(piece.Len() - at); err != nil {
			return err
		}
		n, err := writeRest(direct, piece, at)
		if at += n; err != nil {
			return err
		}
	}
	return nil
}

// writeRest writes what it can of a piece, from a place on. It waits for the client as
// long as few others do so.
func writeRest(direct *steady, piece registry.Piece, at int) (int, error) {
	text := borrowText()
	defer returnText(text)
	out, err := piece.Unpack(text)
	if err != nil {
		return 0, err
	}
	n, err := direct.WriteSome(out[at:])
	direct.written += int64(n) // past the recorder
	if at += n; err != nil || at == len(out) {
		return n, err
	}
	size := int64(cap(*text))
	defer direct.waiting.Add(-size)
	if direct.waiting.Add(size) > mostWaiting {
		return n, nil
	}
	more, err := direct.Write(out[at:])
	return n + more, err
}

// texts are for pieces that have to be unpacked.
var texts = sync.Pool{New: func() any { return new([]byte) }}

func borrowText() *[]byte { return texts.Get().(*[]byte) }

func returnText(text *[]byte) {
	if cap(*text) <= mostText {
		texts.Put(text)
	}
}

// mostText is what is kept of memory for unpacked pieces: few are longer.
const mostText = 128 << 10

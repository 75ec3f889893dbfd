package server

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"net/http"
	"strconv"
	"sync"

	"github.com/kubenucleus/nucleus/runtime/registry"
)

// streamFrom is how many items make a list that is written while it is walked, from
// a snapshot that nothing changes: then a request takes the same memory however
// long the list is and however slowly the client reads. Shorter ones are put
// together first, so that what is wrong with them can still be answered.
const streamFrom = 1000

// streamsLists says that long lists in this form are streamed. In the others,
// which are for people and rare, the whole is needed.
func (a *accepted) streamsLists() bool {
	return (a.form == registry.JSON || a.form == registry.Protobuf) && !a.yaml && !a.pretty && !a.table() &&
		(!a.partial() || a.as.Version == "v1")
}

// A listStream is a list on its way.
type listStream struct {
	call       *call
	list       *registry.List
	as         *accepted
	head, tail []byte
	separator  string
}

// streamList answers with a list, item by item.
func (c *call) streamList(list *registry.List, as *accepted) error {
	s := &listStream{call: c, list: list, as: as}
	size := 0 // 0: not known
	if as.form == registry.Protobuf {
		items, err := s.measure()
		if err == nil {
			s.head, s.tail, err = protoFrame(c.listType(as), list.Meta(), items)
		}
		if err != nil {
			return err
		}
		size = len(s.head) + items + len(s.tail)
	} else {
		frame, err := jsonList(c.listType(as), list.Meta(), streamFrom, false)
		if err != nil {
			return err
		}
		s.head, s.tail, s.separator = frame.head, frame.tail, ","
	}
	h := c.w.Header()
	h.Set("Content-Type", as.name)
	c.warnings.into(h)
	zip := acceptsGzip(c.r)
	switch {
	case zip:
		h.Set("Content-Encoding", "gzip")
		h.Add("Vary", "Accept-Encoding")
	case size > 0:
		h.Set("Content-Length", strconv.Itoa(size))
	}
	c.w.WriteHeader(http.StatusOK)
	if c.r.Method == http.MethodHead {
		return nil
	}
	var deflated iter.Seq2[registry.Deflated, error]
	if as.form == registry.JSON && !as.partial() {
		deflated, _ = list.DeflatedPieces()
	}
	buffers := c.buffers()
	buffer := buffers.Get().(*bufio.Writer)
	var err error
	switch {
	case zip && deflated != nil:
		buffer.Reset(c.w)
		err = writeDeflated(buffer, s.head, s.separator, s.tail, deflated)
	case zip:
		zw := borrowGzip(c.w)
		buffer.Reset(zw)
		err = errors.Join(s.write(buffer), returnGzip(zw))
	default:
		buffer.Reset(c.w)
		err = s.write(buffer)
	}
	c.written(err)
	if err != nil {
		// The connection may still be reading from the buffer; and half a list must not
		// look like a whole one.
		panic(http.ErrAbortHandler)
	}
	buffer.Reset(io.Discard) // drops the reference to this request
	buffers.Put(buffer)
	return nil
}

// each yields the pieces of the list; one is valid until the next.
func (s *listStream) each(yield func(registry.Piece) error) error {
	var room registry.Room
	for piece, err := range s.list.Pieces(s.as.listForm(), &room) {
		if err == nil {
			err = yield(piece)
		}
		if err != nil {
			return err
		}
		room.Reset()
	}
	return nil
}

// measure returns how many bytes the items are in protobuf.
func (s *listStream) measure() (size int, err error) {
	err = s.each(func(p registry.Piece) error {
		size += 1 + uvarintLen(uint64(p.Len())) + p.Len()
		return nil
	})
	return size, err
}

func (s *listStream) write(w *bufio.Writer) error {
	w.Write(s.head) // errors stick: Flush returns the first
	var prefix [1 + binary.MaxVarintLen64]byte
	first := true
	text := borrowText()
	defer returnText(text)
	err := s.each(func(p registry.Piece) error {
		if s.as.form == registry.Protobuf {
			w.Write(binary.AppendUvarint(append(prefix[:0], itemField), uint64(p.Len())))
		} else if !first {
			w.WriteString(s.separator)
		}
		first = false
		return p.WriteTo(w, text)
	})
	if err != nil {
		return err
	}
	w.Write(s.tail)
	return w.Flush()
}

// writeDeflated writes a list of what is compressed already.
func writeDeflated(w *bufio.Writer, head []byte, separator string, tail []byte, pieces iter.Seq2[registry.Deflated, error]) error {
	z := newGzipWriter(w)
	z.store(head)
	first := true
	for piece, err := range pieces {
		if err != nil {
			return err
		}
		if !first {
			z.store([]byte(separator))
		}
		first = false
		if err := z.block(piece); err != nil {
			return err
		}
	}
	z.store(tail)
	return z.finish()
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

package server

import (
	"bufio"
	"errors"
	"io"
	"iter"
	"net/http"
	"strconv"

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

// streamList answers with a list, piece by piece.
func (c *call) streamList(list *registry.List, as *accepted) error {
	zip := acceptsGzip(c.r)
	var deflated iter.Seq2[registry.Deflated, error]
	if zip {
		deflated, _ = list.DeflatedPieces(as.listForm())
	}
	items := 0
	if as.form == registry.Protobuf { // there the length comes first
		var err error
		if items, err = measure(list, as, deflated); err != nil {
			return err
		}
	}
	frame, err := c.frame(list, as, streamFrom, items)
	if err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Content-Type", as.name)
	c.warnings.into(h)
	switch {
	case zip:
		h.Set("Content-Encoding", "gzip")
		h.Add("Vary", "Accept-Encoding")
	case items > 0:
		h.Set("Content-Length", strconv.Itoa(len(frame.head)+items+len(frame.tail)))
	}
	c.w.WriteHeader(http.StatusOK)
	if c.r.Method == http.MethodHead {
		return nil
	}
	buffers := c.buffers()
	buffer := buffers.Get().(*bufio.Writer)
	switch {
	case deflated != nil:
		buffer.Reset(c.w)
		err = writeDeflated(buffer, frame, deflated)
	case zip:
		zw := borrowGzip(c.w)
		buffer.Reset(zw)
		err = errors.Join(writePiecesOf(buffer, nil, frame, list, as), returnGzip(zw))
	default:
		buffer.Reset(c.w)
		err = writePiecesOf(buffer, c.steady(), frame, list, as)
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

// measure returns how many bytes the items are, compressed or not.
func measure(list *registry.List, as *accepted, deflated iter.Seq2[registry.Deflated, error]) (size int, err error) {
	if deflated != nil {
		for piece, err := range deflated {
			if err != nil {
				return 0, err
			}
			size += piece.Size
		}
		return size, nil
	}
	var room registry.Room
	for piece, err := range list.Pieces(as.listForm(), &room) {
		if err != nil {
			return 0, err
		}
		size += piece.Len()
		room.Reset()
	}
	return size, nil
}

// writePiecesOf writes a list piece by piece; one is valid until the next. direct is as
// in writePiece.
func writePiecesOf(w *bufio.Writer, direct *steady, frame *listBody, list *registry.List, as *accepted) error {
	w.Write(frame.head) // errors stick: Flush returns the first
	first := true
	var room registry.Room
	for piece, err := range list.Pieces(as.listForm(), &room) {
		if err != nil {
			return err
		}
		if !first {
			w.WriteString(frame.separator)
		}
		first = false
		if err := writePiece(w, direct, piece); err != nil {
			return err
		}
		room.Reset()
	}
	w.Write(frame.tail)
	return w.Flush()
}

// writeDeflated writes a list of what is compressed already.
func writeDeflated(w *bufio.Writer, frame *listBody, pieces iter.Seq2[registry.Deflated, error]) error {
	z := newGzipWriter(w)
	z.store(frame.head)
	first := true
	for piece, err := range pieces {
		if err != nil {
			return err
		}
		if !first {
			z.store([]byte(frame.separator))
		}
		first = false
		if err := z.block(piece); err != nil {
			return err
		}
	}
	z.store(frame.tail)
	return z.finish()
}

package server

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
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
		frame, err := jsonList(c.listType(as), list.Meta(), nil, false)
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
	buffers := c.buffers()
	buffer := buffers.Get().(*bufio.Writer)
	var err error
	switch {
	case zip && as.form == registry.JSON && !as.partial() && s.deflates():
		buffer.Reset(c.w)
		err = s.writeDeflated(buffer)
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

// each yields the encoded items; one is valid until the next.
func (s *listStream) each(yield func(registry.Encoded) error) error {
	var room registry.Room
	for item, err := range s.list.Items() {
		if err != nil {
			return err
		}
		room.Reset()
		encoded, err := listItem(item, s.as, &room)
		if err == nil {
			err = yield(encoded)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// measure returns how many bytes the items are in protobuf.
func (s *listStream) measure() (size int, err error) {
	err = s.each(func(e registry.Encoded) error {
		size += 1 + uvarintLen(uint64(e.Len())) + e.Len()
		return nil
	})
	return size, err
}

func (s *listStream) write(w *bufio.Writer) error {
	w.Write(s.head) // errors stick: Flush returns the first
	var prefix [1 + binary.MaxVarintLen64]byte
	first := true
	err := s.each(func(e registry.Encoded) error {
		if s.as.form == registry.Protobuf {
			w.Write(binary.AppendUvarint(append(prefix[:0], itemField), uint64(e.Len())))
		} else if !first {
			w.WriteString(s.separator)
		}
		first = false
		w.Write(e.Head)
		w.Write(e.Body)
		_, err := w.Write(e.Tail)
		return err
	})
	if err != nil {
		return err
	}
	w.Write(s.tail)
	return w.Flush()
}

// deflates says that the items are kept compressed: all or none are.
func (s *listStream) deflates() bool {
	for item, err := range s.list.Items() {
		if err != nil {
			return false
		}
		_, ok, err := item.Deflated()
		return ok && err == nil
	}
	return false
}

// writeDeflated writes the list with the items compressed as they are.
func (s *listStream) writeDeflated(w *bufio.Writer) error {
	z := newGzipWriter(w)
	z.store(s.head)
	first := true
	for item, err := range s.list.Items() {
		if err != nil {
			return err
		}
		if !first {
			z.store([]byte(s.separator))
		}
		first = false
		deflated, ok, err := item.Deflated()
		if err != nil {
			return err
		}
		if !ok {
			return errNotDeflated
		}
		if err := z.block(deflated); err != nil {
			return err
		}
	}
	z.store(s.tail)
	return z.finish()
}

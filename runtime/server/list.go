package server

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// A listBody is an encoded list as the pieces that it is written from: the
// items are shared bytes of the registry and are never copied together.
type listBody struct {
	head, tail []byte
	items      []registry.Encoded
	pieces     []registry.Piece // in place of items, with their lengths
	// separator stands between items.
	separator string
	// lengths puts the protobuf field and length before each item.
	lengths bool
}

// itemField is the tag of field 2, length-delimited: the items of every list.
const itemField = 2<<3 | 2

func (b *listBody) size() int {
	n := len(b.head) + len(b.tail)
	for _, item := range b.items {
		n += item.Len()
		if b.lengths {
			n += 1 + uvarintLen(uint64(item.Len()))
		}
	}
	for _, piece := range b.pieces {
		n += piece.Len()
	}
	if parts := len(b.items) + len(b.pieces); parts > 1 {
		n += len(b.separator) * (parts - 1)
	}
	return n
}

// writeTo writes the list; direct is as in writePiece.
func (b *listBody) writeTo(w *bufio.Writer, direct *steady) error {
	w.Write(b.head) // errors stick: Flush returns the first
	var prefix [1 + binary.MaxVarintLen64]byte
	for i, item := range b.items {
		if i > 0 {
			w.WriteString(b.separator)
		}
		if b.lengths {
			w.Write(binary.AppendUvarint(append(prefix[:0], itemField), uint64(item.Len())))
		}
		w.Write(item.Head)
		w.Write(item.Body)
		if _, err := w.Write(item.Tail); err != nil {
			return err
		}
	}
	for i, piece := range b.pieces {
		if i > 0 {
			w.WriteString(b.separator)
		}
		if err := writePiece(w, direct, piece); err != nil {
			return err
		}
	}
	w.Write(b.tail)
	return w.Flush()
}

func uvarintLen(v uint64) int {
	n := 1
	for ; v >= 0x80; v >>= 7 {
		n++
	}
	return n
}

// pieceBuffers are for answers that are written in many small pieces. Our HTTP/2
// connections put these together themselves, so there only the smallest are collected,
// and the others not copied once more. Over HTTP/1.1 each write is a chunk of the
// answer: few large ones are better.
var pieceBuffers = struct{ http1, http2 sync.Pool }{
	sync.Pool{New: func() any { return bufio.NewWriterSize(io.Discard, listChunk) }},
	sync.Pool{New: func() any { return bufio.NewWriterSize(io.Discard, 256) }},
}

// buffers returns the pool of buffers for the call's answer.
func (c *call) buffers() *sync.Pool {
	if c.r.ProtoMajor == 2 {
		return &pieceBuffers.http2
	}
	return &pieceBuffers.http1
}

// listChunk is what fits in one record of TLS.
const listChunk = 16<<10 - 9

// answerList answers with a list in the agreed form.
func (c *call) answerList(list *registry.List, as *accepted) error {
	if err := c.misshapen(as, true); err != nil {
		return err
	}
	if as.table() {
		if ok, err := c.answerRows(list, as); ok || err != nil {
			return err
		}
	}
	items, long, err := firstItems(list, as.streamsLists())
	if err != nil {
		return err
	}
	if long {
		return c.streamList(list, as)
	}
	if as.table() {
		return c.answerTable(http.StatusOK, items, list.Meta(), as, true)
	}
	if !as.yaml && !as.pretty && (!as.partial() || as.as.Version == "v1") && c.gzipList(items, list, as) {
		return nil
	}
	body, err := c.listBody(items, list, as)
	if err != nil {
		return err
	}
	if as.yaml || as.pretty {
		var whole bytes.Buffer
		w := bufio.NewWriter(&whole)
		_ = body.writeTo(w, nil) // to memory
		data, err := finishJSON(bytes.TrimSuffix(whole.Bytes(), []byte("\n")), as)
		if err != nil {
			return err
		}
		c.write(http.StatusOK, as.name, data)
		return nil
	}
	c.writeList(as.name, body)
	return nil
}

// firstItems returns the items of a list. If there are too many to put together, and
// that is asked for, it returns none: they would be held while the list is written.
func firstItems(list *registry.List, stream bool) (items []registry.Item, long bool, _ error) {
	for item, err := range list.Items() {
		if err != nil {
			return nil, false, err
		}
		if items = append(items, item); len(items) > streamFrom && stream {
			return nil, true, nil
		}
	}
	return items, false, nil
}

// gzipList answers with a list whose items are kept compressed, if that is what is
// wanted and can be had.
func (c *call) gzipList(items []registry.Item, list *registry.List, as *accepted) bool {
	// Few items make a small answer mostly, and are soon compressed.
	if len(items) < gzipThreshold/1024 || !acceptsGzip(c.r) {
		return false
	}
	pieces, ok := list.DeflatedPieces(as.listForm())
	if !ok {
		return false
	}
	var deflated []registry.Deflated
	size := 0
	for piece, err := range pieces {
		if err != nil {
			return false // whatever it is, it is told on the usual way
		}
		deflated = append(deflated, piece)
		size += piece.Size
	}
	if size < gzipThreshold {
		return false
	}
	body, err := c.frame(list, as, len(items), size)
	if err != nil {
		return false
	}
	h := c.w.Header()
	h.Set("Content-Type", as.name)
	c.warnings.into(h)
	h.Set("Content-Encoding", "gzip")
	h.Add("Vary", "Accept-Encoding")
	c.w.WriteHeader(http.StatusOK)
	buffers := c.buffers()
	buffer := buffers.Get().(*bufio.Writer)
	buffer.Reset(c.w)
	if err = writeDeflated(buffer, body, sure(slices.Values(deflated))); err == nil {
		buffer.Reset(io.Discard)
		buffers.Put(buffer)
	}
	c.written(err)
	return true
}

// sure makes a sequence of what cannot fail any more.
func sure[T any](values iter.Seq[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v := range values {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func (c *call) writeList(contentType string, body *listBody) {
	h := c.w.Header()
	h.Set("Content-Type", contentType)
	c.warnings.into(h)
	size := body.size()
	zip := size >= gzipThreshold && acceptsGzip(c.r)
	if zip {
		h.Set("Content-Encoding", "gzip")
		h.Add("Vary", "Accept-Encoding")
	} else {
		h.Set("Content-Length", strconv.Itoa(size))
	}
	c.w.WriteHeader(http.StatusOK)
	buffers := c.buffers()
	buffer := buffers.Get().(*bufio.Writer)
	var err error
	if zip {
		zw := borrowGzip(c.w)
		buffer.Reset(zw)
		err = errors.Join(body.writeTo(buffer, nil), returnGzip(zw))
	} else {
		buffer.Reset(c.w)
		err = body.writeTo(buffer, c.steady())
	}
	if err == nil {
		// After an error the connection may still be reading from the buffer.
		buffer.Reset(io.Discard) // drops the reference to this request
		buffers.Put(buffer)
	}
	c.written(err)
}

// listBody collects the pieces of a list that is not a Table.
func (c *call) listBody(items []registry.Item, list *registry.List, as *accepted) (*listBody, error) {
	typeMeta := c.listType(as)
	var room registry.Room
	if as.form != registry.CBOR && (!as.partial() || as.as.Version == "v1") && len(items) > registry.FewItems {
		var pieces []registry.Piece
		size := 0
		for piece, err := range list.Pieces(as.listForm(), &room) {
			if err != nil {
				return nil, err
			}
			pieces = append(pieces, piece)
			size += piece.Len()
		}
		body, err := c.frame(list, as, len(items), size)
		if err == nil {
			body.pieces = pieces
		}
		return body, err
	}
	encoded := make([]registry.Encoded, len(items))
	for i, item := range items {
		var err error
		if encoded[i], err = listItem(item, as, &room); err != nil {
			return nil, err
		}
	}
	switch as.form {
	case registry.Protobuf:
		return protoList(typeMeta, list.Meta(), encoded)
	case registry.CBOR:
		return cborList(typeMeta, list.Meta(), encoded)
	}
	body, err := jsonList(typeMeta, list.Meta(), len(items), as.partial())
	if err == nil {
		body.items = encoded
	}
	return body, err
}

// frame is what stands around and between so many items in JSON or protobuf, which are
// so many bytes in pieces.
func (c *call) frame(list *registry.List, as *accepted, items, size int) (*listBody, error) {
	if as.form != registry.Protobuf {
		return jsonList(c.listType(as), list.Meta(), items, as.partial())
	}
	head, tail, err := protoFrame(c.listType(as), list.Meta(), size)
	return &listBody{head: head, tail: tail}, err
}

// listForm is the form of the elements of a list.
func (a *accepted) listForm() registry.Form {
	return registry.Form{Media: a.form, MetadataOnly: a.partial()}
}

// listType is the kind of the list that is answered.
func (c *call) listType(as *accepted) meta.TypeMeta {
	if as.partial() {
		return meta.TypeMeta{Kind: "PartialObjectMetadataList", APIVersion: "meta.k8s.io/" + as.as.Version}
	}
	return meta.TypeMeta{Kind: c.resource.ListKind, APIVersion: c.resource.GroupVersion.String()}
}

// listItem is one element of a list.
func listItem(item registry.Item, as *accepted, room *registry.Room) (registry.Encoded, error) {
	if !as.partial() || as.as.Version == "v1" {
		return item.Encoded(as.listForm(), true, room)
	}
	obj, err := item.Object()
	if err != nil {
		return registry.Encoded{}, err
	}
	partial := partialOf(obj, as.as.Version)
	var body []byte
	switch as.form {
	case registry.Protobuf:
		body, err = codec.MarshalProto(partial)
	case registry.CBOR:
		body, err = codec.MarshalCBOR(partial)
	default:
		body, err = codec.MarshalJSON(partial)
	}
	return registry.Encoded{Body: body}, err
}

// jsonList is the frame of a list of so many items.
func jsonList(typeMeta meta.TypeMeta, listMeta meta.ListMeta, items int, nullable bool) (*listBody, error) {
	head := append(make([]byte, 0, 256), `{"kind":"`...)
	head = append(append(head, typeMeta.Kind...), `","apiVersion":"`...)
	head = append(append(head, typeMeta.APIVersion...), `","metadata":`...)
	head, err := codec.AppendJSON(head, &listMeta)
	if err != nil {
		return nil, err
	}
	if items == 0 && nullable {
		return &listBody{head: append(head, `,"items":null}`...), tail: []byte("\n")}, nil
	}
	return &listBody{head: append(head, `,"items":[`...), tail: []byte("]}\n"), separator: ","}, nil
}

// protoList frames a list in the envelope.
func protoList(typeMeta meta.TypeMeta, listMeta meta.ListMeta, items []registry.Encoded) (*listBody, error) {
	body := &listBody{items: items, lengths: true}
	var err error
	body.head, body.tail, err = protoFrame(typeMeta, listMeta, body.size())
	return body, err
}

// protoFrame returns what stands around the items of a list, which are as many
// bytes with their tags and lengths: the length of the whole comes first.
func protoFrame(typeMeta meta.TypeMeta, listMeta meta.ListMeta, items int) (head, tail []byte, err error) {
	inner, err := codec.MarshalProto(&listMeta)
	if err != nil {
		return nil, nil, err
	}
	// Field 1 of every list is its metadata.
	metadata := append(binary.AppendUvarint([]byte{1<<3 | 2}, uint64(len(inner))), inner...)
	// An envelope around nothing ends in the length 0 of its raw bytes and what
	// comes after them; in place of these the list is put.
	envelope := codec.AppendEnvelopeRaw(nil, typeMeta, nil)
	at := bytes.LastIndex(envelope, emptyRaw)
	if at < 0 {
		return nil, nil, errors.New("protobuf envelope has no place for its content")
	}
	head = append(head, envelope[:at]...)
	head = binary.AppendUvarint(append(head, rawField), uint64(len(metadata)+items))
	return append(head, metadata...), envelope[at+len(emptyRaw):], nil
}

// rawField is the tag of the envelope's content.
const rawField = 2<<3 | 2

var emptyRaw = []byte{rawField, 0}

package server

import (
	"bufio"
	"bytes"
	"encoding/binary"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// frames writes the events of one watch in its encoding. The objects in them
// are shared bytes; only what stands around them is written for each watcher.
type frames struct {
	as     *accepted
	tables *tables // nil: events hold objects
	first  bool    // no Table was sent yet
	head   []byte  // reused
	room   registry.Room
}

func newFrames(c *call, as *accepted) *frames {
	f := &frames{as: as, first: true}
	if as.table() {
		f.tables = c.tables(as)
	}
	return f
}

// write writes one event. An error is about the event's object; errors of the
// connection show when w is flushed.
func (f *frames) write(w *bufio.Writer, event registry.Event) error {
	object, err := f.object(event)
	if err != nil {
		return err
	}
	f.frame(w, string(event.Type), object)
	if !event.More {
		f.room.Forget()
	}
	return nil
}

// writeError writes the event that ends a watch with a reason.
func (f *frames) writeError(w *bufio.Writer, status *meta.Status) {
	plain := *f.as
	plain.as = meta.GroupVersionKind{}
	object, err := encode(status, &plain)
	if err == nil {
		f.frame(w, meta.WatchError, registry.Encoded{Body: bytes.TrimSuffix(object, []byte("\n"))})
	}
}

// object is the encoded object of an event.
func (f *frames) object(event registry.Event) (registry.Encoded, error) {
	item := event.Item
	switch {
	case f.tables != nil:
		table := f.tables.empty(meta.ListMeta{ResourceVersion: item.ResourceVersion()}, f.first)
		row, err := f.tables.itemRow(item)
		if err != nil {
			return registry.Encoded{}, err
		}
		f.first = false
		table.Rows = append(table.Rows, row)
		return f.encode(table)
	case f.as.partial() && f.as.as.Version != "v1":
		obj, err := item.Object()
		if err != nil {
			return registry.Encoded{}, err
		}
		return f.encode(partialOf(obj, f.as.as.Version))
	}
	f.room.Reset()
	return event.Encoded(registry.Form{Media: f.as.form, MetadataOnly: f.as.partial()}, &f.room)
}

func (f *frames) encode(obj any) (registry.Encoded, error) {
	plain := *f.as
	plain.pretty = false
	data, err := encode(obj, &plain)
	if f.as.form == registry.JSON {
		data = bytes.TrimSuffix(data, []byte("\n"))
	}
	return registry.Encoded{Body: data}, err
}

func (f *frames) frame(w *bufio.Writer, typ string, object registry.Encoded) {
	switch f.as.form {
	case registry.Protobuf:
		f.protoFrame(w, typ, object)
	case registry.CBOR:
		head := append(f.head[:0], cborMark...)
		head = appendCBORText(appendCBORText(append(head, cborMap|2), "type"), typ)
		f.head = appendCBORText(head, "object")
		w.Write(f.head)
		w.Write(bytes.TrimPrefix(object.Body, cborMark))
	default:
		w.WriteString(jsonEventHead(typ))
		writePieces(w, object)
		w.WriteString("}\n")
	}
}

// jsonEventHead is what stands before the object of a JSON event.
func jsonEventHead(typ string) string {
	switch client.EventType(typ) {
	case client.Added:
		return `{"type":"ADDED","object":`
	case client.Modified:
		return `{"type":"MODIFIED","object":`
	case client.Deleted:
		return `{"type":"DELETED","object":`
	case client.Bookmark:
		return `{"type":"BOOKMARK","object":`
	}
	return `{"type":"ERROR","object":`
}

// protoFrame writes four bytes of length and the WatchEvent message: field 1
// is the type, field 2 a RawExtension, whose field 1 is the object.
func (f *frames) protoFrame(w *bufio.Writer, typ string, object registry.Encoded) {
	const field1, field2 = 1<<3 | 2, 2<<3 | 2
	raw := 1 + uvarintLen(uint64(object.Len())) + object.Len()
	size := 1 + uvarintLen(uint64(len(typ))) + len(typ) + 1 + uvarintLen(uint64(raw)) + raw
	head := binary.BigEndian.AppendUint32(f.head[:0], uint32(size))
	head = append(binary.AppendUvarint(append(head, field1), uint64(len(typ))), typ...)
	head = binary.AppendUvarint(append(head, field2), uint64(raw))
	f.head = binary.AppendUvarint(append(head, field1), uint64(object.Len()))
	w.Write(f.head)
	writePieces(w, object)
}

func writePieces(w *bufio.Writer, e registry.Encoded) {
	w.Write(e.Head) // errors stick
	w.Write(e.Body)
	w.Write(e.Tail)
}

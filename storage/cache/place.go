package cache

import (
	"encoding/binary"
	"unsafe"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage"
)

// A place is where the key of an object is, between what is found out about it: the
// key of the first index, which ends with that of the object, then the attributes
// with their length. There are very many objects, the garbage collector has to look
// at whatever is by itself, and the caches of the processor have no room for that: so
// a place is one piece of memory, and mostly behind the stored bytes in theirs.
type place struct {
	bytes []byte
	lead  int // where the key begins, if an index is before it
	attrs int // where the attributes begin
}

// object returns what the store has as an object. With indexes it is decoded.
func (c *Cache) object(kv *storage.KV) *Object {
	o := c.kind.object(kv)
	if len(c.opts.Indexes) > 0 {
		if obj, err := o.Typed(); err == nil { // else whoever reads it is told
			o.settle(c.placeOf(o.Key, obj, nil))
		}
	}
	return o
}

// placeOf makes the place of an object in free if there is room, or by itself.
func (c *Cache) placeOf(key string, obj meta.Object, free []byte) place {
	var room [512]byte
	text := c.kind.appendAttributes(room[:0], obj)
	value, indexed := "", len(c.opts.Indexes) > 0
	if indexed {
		value = c.kind.valueIn(attributes(unsafe.String(unsafe.SliceData(text), len(text))), c.opts.Indexes[0])
	}
	size := len(key) + uvarintLen(len(text)) + len(text)
	if indexed {
		size += 2 + len(value)
	}
	p := place{bytes: free[:0]}
	if cap(free) < size {
		p.bytes = make([]byte, 0, size)
	}
	if indexed {
		p.bytes = appendIndexStart(p.bytes, 0, value)
		p.lead = len(p.bytes)
	}
	p.bytes = append(p.bytes, key...)
	p.attrs = len(p.bytes)
	p.bytes = append(binary.AppendUvarint(p.bytes, uint64(len(text))), text...)
	return p
}

// Room returns how many bytes behind those of an object let [Cache.Offer] do without
// memory of its own. key is the length of the object's key.
func (c *Cache) Room(key int, obj meta.Object) int {
	var room [512]byte
	text := c.kind.appendAttributes(room[:0], obj)
	size := key + uvarintLen(len(text)) + len(text)
	if len(c.opts.Indexes) > 0 {
		size += 2 + len(c.kind.valueIn(attributes(unsafe.String(unsafe.SliceData(text), len(text))), c.opts.Indexes[0]))
	}
	return size
}

func uvarintLen(n int) int {
	var room [binary.MaxVarintLen64]byte
	return binary.PutUvarint(room[:], uint64(n))
}

// settle puts an object that nobody else has yet in a place.
func (o *Object) settle(p place) {
	all := unsafe.String(unsafe.SliceData(p.bytes), len(p.bytes))
	o.Key, o.lead = all[p.lead:p.attrs], uint32(p.lead)
	o.attrs.Store(&p.bytes[p.attrs])
}

// indexed returns the object's key in an index.
func (o *Object) indexed(i int, index Index) string {
	if i == 0 && o.lead > 0 {
		first := (*byte)(unsafe.Add(unsafe.Pointer(unsafe.StringData(o.Key)), -int(o.lead)))
		return unsafe.String(first, int(o.lead)+len(o.Key))
	}
	return indexKey(i, index.value(o), o.Key)
}

package registry

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"sync"

	"github.com/klauspost/compress/flate"

	"github.com/kubenucleus/nucleus/storage/cache"
)

// Deflated is an encoded object as a piece of a deflate stream. Pieces can be put
// together in any order, since none refers to what is before it.
type Deflated struct {
	Block []byte // whole blocks, none of them the last of a stream; ends at a byte
	Size  int    // of what Block unpacks to
	CRC   uint32 // of that, IEEE
}

// deflatedInList is the view of an object as an element of a list, compressed. Its
// bytes begin with checksum and size of what is compressed.
const (
	deflatedInList = cache.View(17)
	deflatedHead   = 8
)

// Deflated returns the stored object as an element of a JSON list, compressed. It is
// compressed once for all who read this state of it.
func (i Item) Deflated() (Deflated, error) {
	form := cache.Form{GroupVersion: i.resource.GroupVersion.String(), Media: JSON, View: deflatedInList}
	data, err := i.cached.FormFrom(form, func() ([]byte, error) {
		// Who wants it compressed has no use for the text, which is much longer.
		text := textBuffers.Get().(*[]byte)
		defer returnText(text)
		out, err := i.appendElement((*text)[:0], false)
		*text = out
		if err != nil {
			return nil, err
		}
		return deflate(out)
	})
	if err != nil {
		return Deflated{}, err
	}
	return deflatedOf(data), nil
}

// A deflater is kept for the tables of its writer.
type deflater struct {
	writer *flate.Writer
	out    bytes.Buffer
}

var deflaters = sync.Pool{New: func() any {
	d := new(deflater)
	// Levels above this one take a third longer and more for a few percent.
	d.writer, _ = flate.NewWriter(&d.out, 3) // fails for unknown levels only
	return d
}}

func deflate(text []byte) ([]byte, error) {
	d := deflaters.Get().(*deflater)
	defer deflaters.Put(d)
	d.out.Reset()
	d.writer.Reset(&d.out)
	var head [deflatedHead]byte
	binary.LittleEndian.PutUint32(head[:], crc32.ChecksumIEEE(text))
	binary.LittleEndian.PutUint32(head[4:], uint32(len(text)))
	d.out.Write(head[:])
	if _, err := d.writer.Write(text); err != nil {
		return nil, err
	}
	if err := d.writer.Flush(); err != nil { // to the end of a byte
		return nil, err
	}
	return slices.Clone(d.out.Bytes()), nil
}

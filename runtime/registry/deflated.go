package registry

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"sync"

	"github.com/klauspost/compress/flate"
)

// Deflated is encoded objects as a piece of a deflate stream. Pieces can be put
// together in any order, since none refers to what is before it.
type Deflated struct {
	Block []byte // whole blocks, none of them the last of a stream; ends at a byte
	Size  int    // of what Block unpacks to
	CRC   uint32 // of that, IEEE
}

// deflatedHead is the length of what kept bytes begin with: checksum and size of what
// is compressed.
const deflatedHead = 8

func deflatedOf(kept []byte) Deflated {
	return Deflated{
		CRC: binary.LittleEndian.Uint32(kept), Size: int(binary.LittleEndian.Uint32(kept[4:])), Block: kept[deflatedHead:],
	}
}

// deflated returns the texts of a stretch, compressed. A whole run is compressed once
// for all who read it in this state.
func (l *List) deflated(s stretch, f Form) (Deflated, error) {
	form := l.runForm(f, deflatedRun)
	if s.whole() {
		if kept, ok := s.run.Form(form); ok {
			return deflatedOf(kept), nil
		}
	}
	text := textBuffers.Get().(*[]byte)
	defer returnText(text)
	out, err := l.appendStretch((*text)[:0], s, f)
	if err != nil {
		return Deflated{}, err
	}
	*text = out
	kept, err := deflate(out)
	if err != nil {
		return Deflated{}, err
	}
	if s.whole() && l.keeps() {
		s.run.Keep(form, kept)
	}
	return deflatedOf(kept), nil
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

package server

import (
	"bufio"
	"encoding/binary"
	"hash/crc32"

	"github.com/kubenucleus/nucleus/runtime/registry"
)

// A list is compressed from pieces that are compressed already. A gzip stream is
// a head, deflate blocks, and a checksum and length of the whole; the blocks of
// a piece refer to nothing outside of it, so that they can be put one after
// the other. What stands between is stored as it is.

// gzipHead says deflate, no flags, no time, unknown system.
const gzipHead = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"

// gzipWriter writes such a stream. Errors stick in w.
type gzipWriter struct {
	w    *bufio.Writer
	crc  uint32
	size uint32
	// shifts are the operators that move a checksum over as many bytes, by
	// number: items have few different sizes.
	shifts map[int]uint32
}

func newGzipWriter(w *bufio.Writer) *gzipWriter {
	w.WriteString(gzipHead)
	return &gzipWriter{w: w, shifts: make(map[int]uint32)}
}

// store writes text as a block that is not compressed.
func (z *gzipWriter) store(text []byte) {
	z.crc = crc32.Update(z.crc, crc32.IEEETable, text)
	z.size += uint32(len(text))
	for len(text) > 0 {
		part := text[:min(len(text), 1<<16-1)]
		text = text[len(part):]
		var head [5]byte
		binary.LittleEndian.PutUint16(head[1:], uint16(len(part)))
		binary.LittleEndian.PutUint16(head[3:], ^uint16(len(part)))
		z.w.Write(head[:])
		z.w.Write(part)
	}
}

// block writes what is compressed already.
func (z *gzipWriter) block(d registry.Deflated) error {
	shift, ok := z.shifts[d.Size]
	if !ok {
		shift = crcShift(d.Size)
		z.shifts[d.Size] = shift
	}
	z.crc = crcTimes(shift, z.crc) ^ d.CRC
	z.size += uint32(d.Size)
	_, err := z.w.Write(d.Block)
	return err
}

// finish ends the stream.
func (z *gzipWriter) finish() error {
	var tail [5 + 8]byte
	copy(tail[:], "\x01\x00\x00\xff\xff") // an empty block, the last
	binary.LittleEndian.PutUint32(tail[5:], z.crc)
	binary.LittleEndian.PutUint32(tail[9:], z.size)
	z.w.Write(tail[:])
	return z.w.Flush()
}

// crcTimes multiplies two polynomials over GF(2) modulo that of CRC-32, in which
// the highest bit is the coefficient of 1.
func crcTimes(a, b uint32) uint32 {
	var product uint32
	for ; a != 0; a <<= 1 {
		if a&(1<<31) != 0 {
			product ^= b
		}
		low := b & 1
		b >>= 1
		if low != 0 {
			b ^= crc32.IEEE
		}
	}
	return product
}

// crcShift returns x to the power of 8*n: what a checksum is multiplied by when
// n bytes follow.
func crcShift(n int) uint32 {
	shift, square := uint32(1)<<31, uint32(1)<<(31-8) // 1, and x to the 8
	for ; n != 0; n >>= 1 {
		if n&1 != 0 {
			shift = crcTimes(shift, square)
		}
		square = crcTimes(square, square)
	}
	return shift
}

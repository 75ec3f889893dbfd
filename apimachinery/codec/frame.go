package codec

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ErrFrameTooLarge is returned by a FrameReader for a frame over its limit. The
// stream cannot be read further.
var ErrFrameTooLarge = errors.New("frame is larger than allowed")

// A FrameReader reads the values of a stream, such as a watch, one by one.
type FrameReader interface {
	// ReadFrame returns the next value, which is valid until the next call. At the
	// end of the stream it returns io.EOF, within a value io.ErrUnexpectedEOF.
	ReadFrame() ([]byte, error)
}

// A FrameWriter writes the values of a stream.
type FrameWriter interface {
	// WriteFrame writes one encoded value with a single call to the writer below.
	WriteFrame(value []byte) error
}

// NewFrameReader returns a reader of the values in r, in the framing of the
// media type: JSON values one after another, protobuf with a length of four
// bytes before each, CBOR sequences. A value over limit bytes is an error; a
// limit of 0 means 16 MiB. The reader may be used by one goroutine at a time.
func NewFrameReader(mediaType string, r io.Reader, limit int) (FrameReader, error) {
	if limit <= 0 {
		limit = 16 << 20
	}
	in := bufio.NewReaderSize(r, 16<<10)
	switch mediaType {
	case JSON, YAML:
		return &jsonFrames{in: in, limit: limit}, nil
	case Protobuf:
		return &protoFrames{in: in, limit: limit}, nil
	case CBOR, CBORSeq:
		return &cborFrames{in: in, limit: limit}, nil
	}
	return nil, fmt.Errorf("no framing is known for %q", mediaType)
}

// NewFrameWriter returns a writer of values to w in the framing of the media
// type. It may be used by one goroutine at a time.
func NewFrameWriter(mediaType string, w io.Writer) (FrameWriter, error) {
	switch mediaType {
	case JSON, Protobuf, CBOR, CBORSeq:
		return &frameWriter{mediaType: mediaType, out: w}, nil
	}
	return nil, fmt.Errorf("no framing is known for %q", mediaType)
}

// AppendFrame appends value to dst in the framing of the media type: what a
// FrameWriter writes, for frames that are made once and sent to many.
func AppendFrame(dst []byte, mediaType string, value []byte) []byte {
	switch mediaType {
	case Protobuf:
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(value)))
		return append(dst, value...)
	case JSON, YAML:
		dst = append(dst, value...)
		if n := len(value); n == 0 || value[n-1] != '\n' {
			dst = append(dst, '\n')
		}
		return dst
	}
	return append(dst, value...)
}

type frameWriter struct {
	mediaType string
	out       io.Writer
	buf       []byte
}

func (w *frameWriter) WriteFrame(value []byte) error {
	w.buf = AppendFrame(w.buf[:0], w.mediaType, value)
	_, err := w.out.Write(w.buf)
	if cap(w.buf) > keepBuffer {
		w.buf = nil
	}
	return err
}

type protoFrames struct {
	in    *bufio.Reader
	limit int
	buf   []byte
}

func (r *protoFrames) ReadFrame() ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(head[:]))
	if n > r.limit {
		return nil, fmt.Errorf("%w: %d bytes, limit %d", ErrFrameTooLarge, n, r.limit)
	}
	if cap(r.buf) < n {
		r.buf = make([]byte, n)
	}
	r.buf = r.buf[:n]
	if _, err := io.ReadFull(r.in, r.buf); err != nil {
		return nil, unfinished(err)
	}
	return r.buf, nil
}

func unfinished(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// jsonFrames finds where JSON values end by counting brackets; whether they are
// well-formed is for the decoder to see.
type jsonFrames struct {
	in    *bufio.Reader
	limit int
	buf   []byte

	depth   int
	inText  bool
	escaped bool
}

func (r *jsonFrames) ReadFrame() ([]byte, error) {
	r.buf, r.depth, r.inText, r.escaped = r.buf[:0], 0, false, false
	for {
		if _, err := r.in.Peek(1); err != nil {
			switch {
			case len(r.buf) == 0:
				return nil, err
			case errors.Is(err, io.EOF) && r.depth == 0 && !r.inText:
				return r.buf, nil // a number or literal ends with the stream
			}
			return nil, unfinished(err)
		}
		chunk, err := r.in.Peek(r.in.Buffered())
		if err != nil {
			return nil, err
		}
		if len(r.buf) == 0 {
			space := 0
			for space < len(chunk) && isSpace(chunk[space]) {
				space++
			}
			if space > 0 {
				if _, err := r.in.Discard(space); err != nil {
					return nil, err
				}
				continue
			}
		}
		n, done := r.scan(chunk)
		if len(r.buf)+n > r.limit {
			return nil, fmt.Errorf("%w: limit %d", ErrFrameTooLarge, r.limit)
		}
		r.buf = append(r.buf, chunk[:n]...)
		if _, err := r.in.Discard(n); err != nil {
			return nil, err
		}
		if done {
			return r.buf, nil
		}
	}
}

// scan returns how many bytes of chunk belong to the value, and whether it ends
// with them.
func (r *jsonFrames) scan(chunk []byte) (n int, done bool) {
	for i, c := range chunk {
		switch {
		case r.escaped:
			r.escaped = false
		case r.inText:
			switch c {
			case '\\':
				r.escaped = true
			case '"':
				if r.inText = false; r.depth == 0 {
					return i + 1, true
				}
			}
		case c == '"':
			r.inText = true
		case c == '{' || c == '[':
			r.depth++
		case c == '}' || c == ']':
			if r.depth--; r.depth <= 0 {
				return i + 1, true
			}
		case r.depth == 0 && isSpace(c):
			return i, true
		}
	}
	return len(chunk), false
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// cborFrames finds where CBOR values end from their heads.
type cborFrames struct {
	in    *bufio.Reader
	limit int
	buf   []byte
}

func (r *cborFrames) ReadFrame() ([]byte, error) {
	r.buf = r.buf[:0]
	if _, err := r.in.Peek(1); err != nil {
		return nil, err
	}
	if _, err := r.item(0); err != nil {
		return nil, unfinished(err)
	}
	return r.buf, nil
}

var errBreak = errors.New("cbor: unexpected \"break\" code")

// item passes one item; end is set for the code that ends one of indefinite length.
func (r *cborFrames) item(depth int) (end bool, err error) {
	if depth > maxCBORDepth {
		return false, fmt.Errorf("cbor: exceeded max nested level %d", maxCBORDepth)
	}
	head, err := r.take(1)
	if err != nil {
		return false, err
	}
	major, info := head[0]>>5, head[0]&31
	n := uint64(info)
	switch {
	case info >= 24 && info <= 27:
		arg, err := r.take(1 << (info - 24))
		if err != nil {
			return false, err
		}
		n = 0
		for _, b := range arg {
			n = n<<8 | uint64(b)
		}
	case info == 31 && major == 7:
		return true, nil
	case info == 31 && major >= 2 && major <= 5:
		for {
			if end, err := r.item(depth + 1); end || err != nil {
				return false, err
			}
		}
	case info > 27:
		return false, fmt.Errorf("cbor: invalid additional information %d for type %d", info, major)
	}
	switch major {
	case 2, 3:
		if n > uint64(r.limit) {
			return false, fmt.Errorf("%w: limit %d", ErrFrameTooLarge, r.limit)
		}
		_, err = r.take(int(n))
		return false, err
	case 4, 5, 6:
		if n > uint64(r.limit) && major != 6 {
			return false, fmt.Errorf("%w: limit %d", ErrFrameTooLarge, r.limit)
		}
		items := n
		switch major {
		case 5:
			items = 2 * n
		case 6:
			items = 1
		}
		for ; items > 0; items-- {
			if end, err := r.item(depth + 1); err != nil {
				return false, err
			} else if end {
				return false, errBreak
			}
		}
	}
	return false, nil
}

// take adds the next n bytes to the frame and returns them.
func (r *cborFrames) take(n int) ([]byte, error) {
	at := len(r.buf)
	if at+n > r.limit {
		return nil, fmt.Errorf("%w: limit %d", ErrFrameTooLarge, r.limit)
	}
	for len(r.buf) < at+n {
		// In steps, so that a length alone cannot make us allocate.
		from := len(r.buf)
		r.buf = append(r.buf, make([]byte, min(at+n-from, 64<<10))...)
		if _, err := io.ReadFull(r.in, r.buf[from:]); err != nil {
			return nil, err
		}
	}
	return r.buf[at:], nil
}

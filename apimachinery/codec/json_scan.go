package codec

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how deep values may nest, as in Kubernetes.
const maxDepth = 10_000

var errDepth = errors.New("exceeded max depth")

// A scanner walks over JSON text. It accepts exactly what RFC 8259 allows: a
// malformed text sets broken, after which the rest reads as its end.
type scanner struct {
	data   []byte
	pos    int
	depth  int
	broken bool
	deep   bool // broken because of nesting
	spaced bool // white space was passed since it was last cleared
}

// next passes white space and returns the byte that follows, or 0 at the end.
func (s *scanner) next() byte {
	if s.pos < len(s.data) {
		if c := s.data[s.pos]; c > ' ' {
			return c
		}
	}
	return s.nextSlow()
}

func (s *scanner) nextSlow() byte {
	for ; s.pos < len(s.data); s.pos++ {
		switch c := s.data[s.pos]; c {
		case ' ', '\n', '\t', '\r':
			s.spaced = true
		default:
			return c
		}
	}
	return 0
}

// fail marks the text as malformed and moves to its end.
func (s *scanner) fail() {
	s.broken = true
	s.pos = len(s.data)
}

func (s *scanner) enter() bool {
	s.pos++
	s.depth++
	if s.depth > maxDepth {
		s.deep = true
		s.fail()
		return false
	}
	return true
}

// expect passes white space and the byte c.
func (s *scanner) expect(c byte) bool {
	if s.next() != c {
		s.fail()
		return false
	}
	s.pos++
	return true
}

// literal passes the rest of true, false or null.
func (s *scanner) literal(text string) {
	if len(s.data)-s.pos < len(text) || string(s.data[s.pos:s.pos+len(text)]) != text {
		s.fail()
		return
	}
	s.pos += len(text)
}

// more passes the comma before another item of a list or object, or the end
// byte; first is set before the first item.
func (s *scanner) more(first bool, end byte) bool {
	c := s.next()
	switch {
	case c == end:
		s.pos++
		s.depth--
		return false
	case first:
		return c != 0 || s.unfinished()
	case c == ',':
		s.pos++
		if s.next() == end {
			s.fail()
			return false
		}
		return true
	}
	s.fail()
	return false
}

func (s *scanner) unfinished() bool {
	s.fail()
	return false
}

// text passes a string, which begins at the current byte, and returns what is
// between the quotes. clean is set if that is the string's value: no escapes
// and valid UTF-8.
func (s *scanner) text() (raw []byte, clean bool) {
	if s.pos >= len(s.data) || s.data[s.pos] != '"' {
		s.fail()
		return nil, true
	}
	data, i := s.data, s.pos+1
	start := i
	const (
		low  = 0x0101010101010101
		high = 0x8080808080808080
	)
	ascii := true
	for {
		for i+8 <= len(data) {
			w := binary.LittleEndian.Uint64(data[i:])
			quote := w ^ low*'"'
			slash := w ^ low*'\\'
			// A byte's high bit is set below where the byte is a quote, a backslash,
			// a control character or not ASCII.
			hit := ((quote - low) &^ quote) | ((slash - low) &^ slash) | (w-low*' ')&^w | w
			if hit &= high; hit != 0 {
				i += bits.TrailingZeros64(hit) >> 3
				break
			}
			i += 8
		}
		if i >= len(data) {
			s.fail()
			return nil, true
		}
		switch c := data[i]; {
		case c == '"':
			s.pos = i + 1
			raw = data[start:i]
			return raw, ascii || utf8.Valid(raw)
		case c == '\\':
			return s.escapedText(start, i), false
		case c < ' ':
			s.fail()
			return nil, true
		case c >= utf8.RuneSelf:
			ascii = false
			i++
		default:
			i++
		}
	}
}

// escapedText passes the rest of a string that has an escape at i.
func (s *scanner) escapedText(start, i int) []byte {
	data := s.data
	for i < len(data) {
		switch c := data[i]; {
		case c == '"':
			s.pos = i + 1
			return data[start:i]
		case c < ' ':
			s.fail()
			return nil
		case c != '\\':
			i++
			continue
		}
		if i+1 >= len(data) {
			break
		}
		switch data[i+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			i += 2
		case 'u':
			if _, ok := hex4(data, i+2); !ok {
				s.fail()
				return nil
			}
			i += 6
		default:
			s.fail()
			return nil
		}
	}
	s.fail()
	return nil
}

func hex4(data []byte, i int) (r rune, ok bool) {
	if i+4 > len(data) {
		return 0, false
	}
	for _, c := range data[i : i+4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// unescape appends the value of a string that text returned as not clean.
func unescape(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		c := raw[i]
		switch {
		case c == '\\':
			i += 2
			switch c := raw[i-1]; c {
			case 'b':
				dst = append(dst, '\b')
			case 'f':
				dst = append(dst, '\f')
			case 'n':
				dst = append(dst, '\n')
			case 'r':
				dst = append(dst, '\r')
			case 't':
				dst = append(dst, '\t')
			case 'u':
				r, _ := hex4(raw, i)
				i += 4
				if utf16.IsSurrogate(r) {
					// Half a pair on its own stands for no character.
					pair := rune(utf8.RuneError)
					if i+6 <= len(raw) && raw[i] == '\\' && raw[i+1] == 'u' {
						if low, ok := hex4(raw, i+2); ok {
							pair = utf16.DecodeRune(r, low)
						}
					}
					if r = pair; pair != utf8.RuneError {
						i += 6
					}
				}
				dst = utf8.AppendRune(dst, r)
			default:
				dst = append(dst, c)
			}
		case c < utf8.RuneSelf:
			dst = append(dst, c)
			i++
		default:
			r, n := utf8.DecodeRune(raw[i:])
			dst = utf8.AppendRune(dst, r)
			i += n
		}
	}
	return dst
}

// number passes a number and returns its text; whole is set if it has neither
// fraction nor exponent.
func (s *scanner) number() (raw []byte, whole bool) {
	data, i := s.data, s.pos
	start := i
	digits := func() bool {
		from := i
		for i < len(data) && data[i]-'0' <= 9 {
			i++
		}
		return i > from
	}
	if i < len(data) && data[i] == '-' {
		i++
	}
	if i < len(data) && data[i] == '0' {
		i++
	} else if !digits() {
		s.fail()
		return nil, false
	}
	whole = true
	if i < len(data) && data[i] == '.' {
		i++
		if whole = false; !digits() {
			s.fail()
			return nil, false
		}
	}
	if i < len(data) && data[i]|0x20 == 'e' {
		i++
		if i < len(data) && (data[i] == '+' || data[i] == '-') {
			i++
		}
		if whole = false; !digits() {
			s.fail()
			return nil, false
		}
	}
	s.pos = i
	return data[start:i], whole
}

// skip passes one value, checking it.
func (s *scanner) skip() {
	switch s.next() {
	case '{':
		if !s.enter() {
			return
		}
		for first := true; s.more(first, '}'); first = false {
			s.next()
			s.text()
			if !s.expect(':') {
				return
			}
			s.skip()
		}
	case '[':
		if !s.enter() {
			return
		}
		for first := true; s.more(first, ']'); first = false {
			s.skip()
		}
	case '"':
		s.text()
	case 't':
		s.literal("true")
	case 'f':
		s.literal("false")
	case 'n':
		s.literal("null")
	default:
		s.number()
	}
}

// span passes one value and returns its text without the white space around
// it. Where there is white space inside or something that encoding/json would
// escape for HTML, compact is a copy as that would write it.
func (s *scanner) span() (compact []byte) {
	s.next()
	start, before := s.pos, s.spaced
	s.spaced = false
	s.skip()
	inner := s.spaced
	s.spaced = before
	if s.broken {
		return nil
	}
	raw := s.data[start:s.pos]
	if !inner && bytes.IndexByte(raw, '<') < 0 && bytes.IndexByte(raw, '>') < 0 && bytes.IndexByte(raw, '&') < 0 {
		return raw
	}
	return squeeze(make([]byte, 0, len(raw)+16), raw)
}

// squeeze appends well-formed JSON without the white space between its tokens,
// and with HTML's own characters escaped.
func squeeze(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		switch c := raw[i]; c {
		case ' ', '\n', '\t', '\r':
			i++
		case '"':
			dst = append(dst, '"')
			for i++; raw[i] != '"'; i++ {
				switch c := raw[i]; c {
				case '\\':
					dst = append(dst, c, raw[i+1])
					i++
				case '<', '>', '&':
					dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
				default:
					dst = append(dst, c)
				}
			}
			dst = append(dst, '"')
			i++
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst
}

// syntaxError words what is wrong with data as Kubernetes does. The scanner
// only finds that it is malformed, so that well-formed input pays nothing for it.
func syntaxError(data []byte) error {
	var any json.RawMessage
	if err := json.Unmarshal(data, &any); err != nil {
		return err
	}
	return errors.New("malformed JSON")
}

// JSONLength returns the length of the JSON value that text begins with; ok is
// false if it begins with none.
func JSONLength(text []byte) (n int, ok bool) {
	s := scanner{data: text}
	s.span()
	return s.pos, !s.broken
}

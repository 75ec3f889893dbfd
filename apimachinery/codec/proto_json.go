package codec

import (
	"bytes"
	"encoding/base64"
	"reflect"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// AppendJSONOfProto appends the JSON of a message of type t: what [AppendJSON] makes
// of the value that [UnmarshalProto] makes of it, in a fraction of the time, since
// most of the value is never made. ok is false, and nothing is appended, if the
// message is not one that [MarshalProto] could have written, or is too special; then
// it has to be decoded.
//
// A quantity is taken over as it stands, so it has to be in its canonical form.
func AppendJSONOfProto(dst, data []byte, t reflect.Type) (_ []byte, ok bool) {
	pl, err := PlanFor(t)
	if err != nil || pl.text == nil {
		return dst, false
	}
	m := transcoder{data: data}
	out := m.message(dst, pl, 0, len(data), 0)
	if m.failed {
		return dst, false
	}
	return out, true
}

// A transcoder writes the JSON of a message. Once it has failed its output is of no
// use.
type transcoder struct {
	data   []byte
	failed bool
}

// slot is where the values of a field are.
type slot struct {
	first, last int32 // where they begin, behind their tags; 0 if there is none
	count       int32
}

// scan finds the fields of the message between from and to.
func (m *transcoder) scan(slots []slot, pl *Plan, from, to int) bool {
	for from < to {
		tag, n, err := varint(m.data[from:to])
		if err != nil {
			return false
		}
		from += n
		number, wire := tag>>3, int(tag&7)
		if number >= uint64(len(pl.wire.byNumber)) || pl.wire.byNumber[number] < 0 {
			return false
		}
		at := pl.wire.byNumber[number]
		if w := &pl.wire.fields[at]; int(w.tag[0]&7) != wire {
			return false
		}
		end := from
		switch wire {
		case wireVarint:
			_, n, err = varint(m.data[from:to])
			end += n
		case wireBytes:
			var l uint64
			if l, n, err = varint(m.data[from:to]); err == nil && l > uint64(to-from-n) {
				return false
			}
			end += n + int(l)
		case wireFixed32:
			end += 4
		case wireFixed64:
			end += 8
		default:
			return false
		}
		if err != nil || end > to {
			return false
		}
		s := &slots[at]
		if in := pl.text.inline[at]; in.plan != nil {
			if s.count > 0 || !m.scan(slots[in.base:in.base+in.plan.text.slots], in.plan, from+n, end) {
				return false
			}
		}
		if s.count++; s.count == 1 {
			s.first = int32(from)
		}
		s.last = int32(from)
		from = end
	}
	return true
}

// chunk returns where the bytes are whose length stands at a place that was scanned.
func (m *transcoder) chunk(at int32) (from, to int) {
	l, n, err := varint(m.data[at:])
	if err != nil || l > uint64(len(m.data)-int(at)-n) {
		m.failed = true
		return 0, 0
	}
	return int(at) + n, int(at) + n + int(l)
}

func (m *transcoder) fail(dst []byte) []byte {
	m.failed = true
	return dst
}

// message appends the message between from and to as an object.
func (m *transcoder) message(dst []byte, pl *Plan, from, to, depth int) []byte {
	t := pl.text
	if t == nil || depth > maxDepth || depth > 1 && t.headless { // items of a list have none
		return m.fail(dst)
	}
	if t.slots <= fewSlots { // nearly all: there is less to clear
		var room [fewSlots]slot
		return m.object(dst, pl, room[:t.slots], from, to, depth)
	}
	var room [maxSlots]slot
	return m.object(dst, pl, room[:t.slots], from, to, depth)
}

const fewSlots = 12

func (m *transcoder) object(dst []byte, pl *Plan, slots []slot, from, to, depth int) []byte {
	t := pl.text
	if !m.scan(slots, pl, from, to) {
		return m.fail(dst)
	}
	dst = append(dst, '{')
	skip := 1 // the comma before the first field
	for i := range t.fields {
		f := &t.fields[i]
		var s slot
		if f.slot >= 0 {
			s = slots[f.slot]
		}
		if s.count == 0 && f.omit != neverEmpty {
			continue
		}
		begin := len(dst)
		dst = append(dst, f.lead[skip:]...)
		value := len(dst)
		if dst = m.field(dst, f, s, to, depth); m.failed {
			return dst
		}
		if len(dst) == value { // it was left out
			dst = dst[:begin]
			continue
		}
		skip = 0
	}
	return append(dst, '}')
}

// field appends the value of a field, or nothing if JSON leaves it out.
func (m *transcoder) field(dst []byte, f *textField, s slot, to, depth int) []byte {
	pl, omit := f.Plan, f.omit != neverEmpty
	switch pl.Kind {
	case Bool, Int, Uint:
		var v uint64
		if s.count > 0 {
			v, _, _ = varint(m.data[s.last:])
		}
		if omit && pl.cut(v) == 0 {
			return dst
		}
		return pl.appendNumber(dst, v)
	case String:
		if s.count == 0 {
			return append(dst, `""`...)
		}
		from, end := m.chunk(s.last)
		if omit && from == end {
			return dst
		}
		return appendText(dst, textOf(m.data[from:end]))
	case Bytes:
		if s.count == 0 {
			return append(dst, "null"...)
		}
		from, end := m.chunk(s.last)
		if omit && from == end {
			return dst
		}
		dst = base64.StdEncoding.AppendEncode(append(dst, '"'), m.data[from:end])
		return append(dst, '"')
	case Pointer:
		switch {
		case s.count == 0:
			return append(dst, "null"...)
		case s.count == 1:
			return m.value(dst, pl.Elem, f.own, s.first, depth)
		}
	case List:
		switch {
		case s.count == 0:
			return append(dst, "null"...)
		case !pl.stringList && pl.Elem.Kind != Pointer && pl.Elem.Kind != List:
			return m.list(dst, f, s, to, depth)
		}
	case Map:
		if s.count == 0 {
			return append(dst, "null"...)
		}
		return m.entries(dst, f, s, to, depth)
	case Struct:
		if f.omit != neverEmpty {
			break // whether it is zero shows when it is decoded
		}
		switch {
		case s.count == 0:
			return m.message(dst, pl, 0, 0, depth+1)
		case s.count == 1:
			return m.value(dst, pl, f.own, s.first, depth)
		}
	case Value:
		switch {
		case f.omit != neverEmpty:
		case s.count == 1:
			return m.value(dst, pl, f.own, s.first, depth)
		case s.count == 0 && (f.own == textTime || f.own == textMicroTime):
			return append(dst, "null"...)
		}
	}
	return m.decoded(dst, f, s, to, depth)
}

// cut returns what is left of a number in a value of the type.
func (pl *Plan) cut(v uint64) uint64 {
	switch {
	case pl.Kind == Bool:
		if v != 0 {
			return 1
		}
		return 0
	case pl.size == 8:
		return v
	}
	return v & (1<<(8*pl.size) - 1)
}

func (pl *Plan) appendNumber(dst []byte, v uint64) []byte {
	switch v = pl.cut(v); {
	case pl.Kind == Bool:
		return strconv.AppendBool(dst, v != 0)
	case pl.Kind == Uint:
		return strconv.AppendUint(dst, v, 10)
	}
	unused := 64 - 8*pl.size
	return strconv.AppendInt(dst, int64(v<<unused)>>unused, 10)
}

// value appends a single value that begins at a place.
func (m *transcoder) value(dst []byte, pl *Plan, own textKind, at int32, depth int) []byte {
	switch pl.Kind {
	case Bool, Int, Uint:
		v, _, err := varint(m.data[at:])
		if err != nil {
			return m.fail(dst)
		}
		return pl.appendNumber(dst, v)
	case String:
		from, to := m.chunk(at)
		return appendText(dst, textOf(m.data[from:to]))
	case Bytes:
		from, to := m.chunk(at)
		dst = base64.StdEncoding.AppendEncode(append(dst, '"'), m.data[from:to])
		return append(dst, '"')
	case Struct:
		from, to := m.chunk(at)
		return m.message(dst, pl, from, to, depth+1)
	case Value:
		from, to := m.chunk(at)
		return m.own(dst, pl, own, m.data[from:to])
	}
	return m.fail(dst)
}

// own appends a value of a type that writes its own JSON.
func (m *transcoder) own(dst []byte, pl *Plan, kind textKind, body []byte) []byte {
	var err error
	switch kind {
	case textQuantity:
		text, ok := onlyChunk(body)
		if !ok || !isNumber(text) {
			return m.fail(dst)
		}
		return append(append(append(dst, '"'), text...), '"')
	case textRaw:
		raw, ok := onlyChunk(body)
		switch {
		case len(body) == 0 || ok && len(raw) == 0:
			return append(dst, "null"...)
		case !ok:
			return m.fail(dst)
		}
		if pl.Base().asSent {
			dst, err = meta.RawExtension{Raw: raw}.AppendJSON(dst)
			break
		}
		return append(dst, raw...)
	case textTime:
		var v meta.Time
		if err = v.ParseProto(body); err == nil {
			dst, err = v.AppendJSON(dst)
		}
	case textMicroTime:
		var v meta.MicroTime
		if err = v.ParseProto(body); err == nil {
			dst, err = v.AppendJSON(dst)
		}
	case textIntOrString:
		var v intstr.IntOrString
		if err = v.ParseProto(body); err == nil {
			dst, err = v.AppendJSON(dst)
		}
	default:
		if !pl.ownProto {
			return m.fail(dst)
		}
		p := newValue(pl.Type)
		if err = pl.protoParser.on(p).ParseProto(body); err == nil {
			dst, err = pl.appender.on(p).AppendJSON(dst)
		}
	}
	if err != nil {
		return m.fail(dst)
	}
	return dst
}

// onlyChunk returns the bytes of field 1 of a message that has but that.
func onlyChunk(body []byte) ([]byte, bool) {
	if len(body) == 0 || body[0] != 1<<3|wireBytes {
		return nil, false
	}
	text, rest, err := chunk(body[1:])
	return text, err == nil && len(rest) == 0
}

// isNumber says that a text is a number with a suffix, as quantities are.
func isNumber(text []byte) bool {
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '.' && c != '-' && c != '+' {
			return false
		}
	}
	return len(text) > 0
}

// next returns where the next value of a repeated field begins, which has to follow
// at once.
func (m *transcoder) next(at int32, wire int, tag string, to int) int32 {
	end := int(at)
	switch wire {
	case wireVarint:
		_, n, err := varint(m.data[at:])
		if err != nil {
			m.failed = true
		}
		end += n
	case wireBytes:
		_, end = m.chunk(at)
	default:
		m.failed = true
	}
	if m.failed || end > to || !strings.HasPrefix(textOf(m.data[end:to]), tag) {
		m.failed = true
		return at
	}
	return int32(end + len(tag))
}

func (m *transcoder) list(dst []byte, f *textField, s slot, to, depth int) []byte {
	elem, wire := f.Plan.Elem, int(f.tag[0]&7)
	own := elem.textKind()
	dst = append(dst, '[')
	at := s.first
	for i := range s.count {
		if i > 0 {
			dst = append(dst, ',')
			at = m.next(at, wire, f.tag, to)
		}
		if m.failed {
			return dst
		}
		dst = m.value(dst, elem, own, at, depth)
	}
	return append(dst, ']')
}

// entries appends a map whose entries are in order, as they have to be in JSON.
func (m *transcoder) entries(dst []byte, f *textField, s slot, to, depth int) []byte {
	elem := f.Plan.Elem
	own := elem.textKind()
	if elem.Kind != String && own != textQuantity || elem.Kind == Pointer {
		return m.decoded(dst, f, s, to, depth)
	}
	dst = append(dst, '{')
	at := s.first
	var last []byte
	for i := range s.count {
		if i > 0 {
			dst = append(dst, ',')
			at = m.next(at, wireBytes, f.tag, to)
		}
		from, end := m.chunk(at)
		if m.failed || from == end || m.data[from] != 1<<3|wireBytes {
			return m.fail(dst)
		}
		keyFrom, keyEnd := m.chunk(int32(from + 1))
		if m.failed || keyEnd >= end || m.data[keyEnd] != 2<<3|wireBytes {
			return m.fail(dst)
		}
		_, valueEnd := m.chunk(int32(keyEnd + 1))
		key := m.data[keyFrom:keyEnd]
		if m.failed || valueEnd != end || i > 0 && bytes.Compare(last, key) >= 0 {
			return m.fail(dst)
		}
		last = key
		dst = append(appendText(dst, textOf(key)), ':')
		if dst = m.value(dst, elem, own, int32(keyEnd+1), depth); m.failed {
			return dst
		}
	}
	return append(dst, '}')
}

// decoded appends a field by decoding it.
func (m *transcoder) decoded(dst []byte, f *textField, s slot, to, depth int) []byte {
	if f.tag == "" {
		return m.fail(dst)
	}
	wire := int(f.tag[0] & 7)
	p := newValue(f.Plan.Type)
	d := protoDecoders.Get().(*protoDecoder)
	defer protoDecoders.Put(d)
	field := wireField{plan: f.Plan, name: f.GoName, tag: f.tag}
	at := s.first
	for i := range s.count {
		if i > 0 {
			at = m.next(at, wire, f.tag, to)
		}
		if m.failed {
			return dst
		}
		if _, err := d.field(m.data[at:to], wire, &field, f.Plan, p, depth); err != nil {
			return m.fail(dst)
		}
	}
	if f.omit != neverEmpty && f.Plan.isEmpty(f.omit, p) {
		return dst
	}
	e := encoders.Get().(*encoder)
	defer e.release()
	f.Plan.encode(e, f.Plan, p)
	if e.err != nil {
		return m.fail(dst)
	}
	return append(dst, e.Buffer()...)
}

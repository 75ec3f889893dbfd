package codec

import (
	"encoding/base64"
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func decodeBool(d *decoder, pl *Plan, p ptr) {
	switch d.next() {
	case 't':
		d.literal("true")
		*at[bool](p) = true
	case 'f':
		d.literal("false")
		*at[bool](p) = false
	case 'n':
		d.literal("null")
	default:
		d.wrong(pl)
	}
}

func decodeString(d *decoder, pl *Plan, p ptr) {
	switch d.next() {
	case '"':
		*at[string](p) = d.readText()
	case 'n':
		d.literal("null")
	default:
		d.wrong(pl)
	}
}

func decodeInt(d *decoder, pl *Plan, p ptr) {
	c := d.next()
	if c != '-' && c-'0' > 9 {
		if !d.null() {
			d.wrong(pl)
		}
		return
	}
	raw, whole := d.number()
	if d.broken {
		return
	}
	n, ok := parseInt(raw)
	if !whole || !ok || !setInt(pl, p, n) {
		d.mismatch("number "+string(raw), pl.Type)
	}
}

// parseInt reads a whole number; ok is false where it does not fit.
func parseInt(raw []byte) (n int64, ok bool) {
	if len(raw) > 18 {
		n, err := strconv.ParseInt(textOf(raw), 10, 64)
		return n, err == nil
	}
	digits, negative := raw, false
	if len(raw) > 0 && raw[0] == '-' {
		digits, negative = raw[1:], true
	}
	for _, c := range digits {
		n = n*10 + int64(c-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}

func setInt(pl *Plan, p ptr, n int64) bool {
	switch pl.size {
	case 8:
		*at[int64](p) = n
	case 4:
		if n != int64(int32(n)) {
			return false
		}
		*at[int32](p) = int32(n)
	case 2:
		if n != int64(int16(n)) {
			return false
		}
		*at[int16](p) = int16(n)
	case 1:
		if n != int64(int8(n)) {
			return false
		}
		*at[int8](p) = int8(n)
	}
	return true
}

func getInt(pl *Plan, p ptr) int64 {
	switch pl.size {
	case 8:
		return *at[int64](p)
	case 4:
		return int64(*at[int32](p))
	case 2:
		return int64(*at[int16](p))
	}
	return int64(*at[int8](p))
}

func decodeUint(d *decoder, pl *Plan, p ptr) {
	c := d.next()
	if c != '-' && c-'0' > 9 {
		if !d.null() {
			d.wrong(pl)
		}
		return
	}
	raw, whole := d.number()
	if d.broken {
		return
	}
	n, err := strconv.ParseUint(textOf(raw), 10, 64)
	if !whole || err != nil || !setUint(pl, p, n) {
		d.mismatch("number "+string(raw), pl.Type)
	}
}

func setUint(pl *Plan, p ptr, n uint64) bool {
	switch pl.size {
	case 8:
		*at[uint64](p) = n
	case 4:
		if n > math.MaxUint32 {
			return false
		}
		*at[uint32](p) = uint32(n)
	case 2:
		if n > math.MaxUint16 {
			return false
		}
		*at[uint16](p) = uint16(n)
	case 1:
		if n > math.MaxUint8 {
			return false
		}
		*at[uint8](p) = uint8(n)
	}
	return true
}

func getUint(pl *Plan, p ptr) uint64 {
	switch pl.size {
	case 8:
		return *at[uint64](p)
	case 4:
		return uint64(*at[uint32](p))
	case 2:
		return uint64(*at[uint16](p))
	}
	return uint64(*at[uint8](p))
}

func decodeFloat(d *decoder, pl *Plan, p ptr) {
	c := d.next()
	if c != '-' && c-'0' > 9 {
		if !d.null() {
			d.wrong(pl)
		}
		return
	}
	raw, _ := d.number()
	if d.broken {
		return
	}
	f, err := strconv.ParseFloat(textOf(raw), int(pl.size)*8)
	if err != nil {
		d.mismatch("number "+string(raw), pl.Type)
		return
	}
	setFloat(pl, p, f)
}

func setFloat(pl *Plan, p ptr, f float64) {
	if pl.size == 4 {
		*at[float32](p) = float32(f)
		return
	}
	*at[float64](p) = f
}

func getFloat(pl *Plan, p ptr) float64 {
	if pl.size == 4 {
		return float64(*at[float32](p))
	}
	return *at[float64](p)
}

func decodeBytes(d *decoder, pl *Plan, p ptr) {
	switch d.next() {
	case '"':
		if b, ok := d.readBase64(); ok {
			*at[[]byte](p) = b
		}
	case 'n':
		d.literal("null")
		*at[[]byte](p) = nil
	case '[':
		// A list of numbers, as encoding/json also takes.
		out := []byte{}
		d.enter()
		for first := true; d.more(first, ']'); first = false {
			var b uint8
			decodeUint(d, octet, addressOf(&b))
			out = append(out, b)
		}
		*at[[]byte](p) = out
	default:
		d.wrong(pl)
	}
}

var octet = &Plan{Type: reflect.TypeFor[uint8](), Kind: Uint, size: 1}

func (d *decoder) readBase64() ([]byte, bool) {
	raw, clean := d.text()
	if d.broken {
		return nil, false
	}
	if !clean {
		d.scratch = unescape(d.scratch[:0], raw)
		raw = d.scratch
	}
	out := make([]byte, base64.StdEncoding.DecodedLen(len(raw)))
	n, err := base64.StdEncoding.Decode(out, raw)
	if err != nil {
		d.fault(err)
		return nil, false
	}
	return out[:n], true
}

func decodePointer(d *decoder, pl *Plan, p ptr) {
	if d.null() {
		*at[ptr](p) = nil
		return
	}
	if *at[ptr](p) == nil {
		*at[ptr](p) = newValue(pl.Elem.Type)
	}
	pl.Elem.decode(d, pl.Elem, *at[ptr](p))
}

func decodeList(d *decoder, pl *Plan, p ptr) {
	switch d.next() {
	case '[':
	case 'n':
		d.literal("null")
		*at[sliceHeader](p) = sliceHeader{}
		return
	default:
		d.wrong(pl)
		return
	}
	if !d.enter() {
		return
	}
	h, elem := at[sliceHeader](p), pl.Elem
	*h = sliceHeader{} // items decoded before may be shared
	d.path = append(d.path, step{item: true})
	for first := true; d.more(first, ']'); first = false {
		n := h.len
		if n == h.cap {
			growList(pl.Type, p, max(elem.firstItems, min(n, 1024)))
		}
		h.len = n + 1
		d.path[len(d.path)-1].index = n
		elem.decode(d, elem, add(h.data, uintptr(n)*elem.size))
	}
	d.path = d.path[:len(d.path)-1]
	if h.data == nil && !d.broken {
		*h = emptyList()
	}
}

// ownValue hands the text of one value to parse, a method of the value.
func (d *decoder) ownValue(pl *Plan, parse func([]byte) error) {
	raw := d.span()
	if d.broken {
		return
	}
	if err := parse(raw); err != nil {
		d.refuse(err)
	}
}

// refuse notes that a value's own method does not take its text. This goes
// before mismatches found earlier, as in encoding/json. A mismatch that the
// method found is told with the place of the value.
func (d *decoder) refuse(err error) {
	if d.final != nil {
		return
	}
	d.final = err
	if d.owner() == nil || !strings.HasPrefix(err.Error(), "json: cannot unmarshal ") {
		return
	}
	what, where, ok := strings.Cut(err.Error(), " into Go ")
	if _, typ, found := strings.Cut(where, " of type "); ok && found {
		d.final = errors.New(what + " into Go struct field " + d.place() + " of type " + typ)
	}
}

// owned rewords a mismatch so that it names the struct around the current value
// in place of the one that it was found in.
func (d *decoder) owned(err error) error {
	const into = " into Go struct field "
	what, where, ok := strings.Cut(err.Error(), into)
	_, field, found := strings.Cut(where, ".")
	if owner := d.owner(); ok && found && owner != nil {
		return errors.New(what + into + owner.Type.Name() + "." + field)
	}
	return err
}

func decodeValue(d *decoder, pl *Plan, p ptr) {
	d.ownValue(pl, pl.parser.on(p).ParseJSON)
}

// decodeAsSent keeps the text with its white space: whether it has changed is
// judged by its bytes.
func decodeAsSent(d *decoder, _ *Plan, p ptr) {
	d.next()
	start := d.pos
	d.skip()
	if !d.broken {
		_ = (*meta.RawExtension)(p).ParseJSON(d.data[start:d.pos])
	}
}

func decodeUnion(d *decoder, pl *Plan, p ptr) {
	c := d.next()
	var taken *Field
	for _, f := range pl.flat {
		fp := add(p, f.Offset)
		valueAt(f.Plan.Type, fp).SetZero()
		base := f.Plan.Base()
		switch {
		case c == '{' && (base.Kind == Struct || base.Kind == Map),
			c == '[' && base.Kind == List,
			c == '"' && base.Kind == String,
			(c == 't' || c == 'f') && base.Kind == Bool:
			taken = f
		case c == '{' && base.Kind == Bool:
			// A schema where a yes or no may stand says yes.
			*at[bool](fp) = true
		}
	}
	if taken != nil {
		// As in Kubernetes, where these types have methods to read their JSON: what
		// is inside is not decoded strictly, and its errors are those of the value.
		strict, earlier := d.strict, d.err
		d.strict, d.err = false, nil
		taken.Plan.decode(d, taken.Plan, add(p, taken.Offset))
		inner := d.err
		d.strict, d.err = strict, earlier
		if inner != nil && d.final == nil {
			d.final = d.owned(inner)
		}
		return
	}
	d.skip()
	for _, f := range pl.flat {
		if f.Plan.Kind == Bool && !d.broken {
			d.refuse(errors.New("boolean or JSON schema expected"))
		}
	}
}

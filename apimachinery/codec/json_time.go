package codec

import (
	"reflect"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Objects are full of times, nearly all of them in UTC with whole seconds or
// microseconds. Those are read here; all others by the value's own method, which
// also words what is wrong with them.

// timeDecoder returns the decoder for times, or nil if t is no time.
func timeDecoder(t reflect.Type) func(*decoder, *Plan, ptr) {
	switch t {
	case reflect.TypeFor[meta.Time]():
		return decodeTime
	case reflect.TypeFor[meta.MicroTime]():
		return decodeMicroTime
	}
	return nil
}

func decodeTime(d *decoder, pl *Plan, p ptr) {
	if t, ok := d.plainTime(len(`"2006-01-02T15:04:05Z"`)); ok {
		at[meta.Time](p).Time = t
		return
	}
	decodeValue(d, pl, p)
}

func decodeMicroTime(d *decoder, pl *Plan, p ptr) {
	if t, ok := d.plainTime(len(`"2006-01-02T15:04:05.000000Z"`)); ok {
		at[meta.MicroTime](p).Time = t
		return
	}
	decodeValue(d, pl, p)
}

// plainTime passes a time of the usual form if one comes next, of as many bytes
// as size with its quotes.
func (d *decoder) plainTime(size int) (t time.Time, ok bool) {
	if d.next() != '"' || len(d.data)-d.pos < size {
		return t, false
	}
	s := d.data[d.pos : d.pos+size]
	if s[size-1] != '"' || s[size-2] != 'Z' || s[5] != '-' || s[8] != '-' || s[11] != 'T' || s[14] != ':' || s[17] != ':' {
		return t, false
	}
	ok = true
	number := func(from, to int) (n int) {
		for _, c := range s[from:to] {
			ok = ok && c-'0' <= 9
			n = n*10 + int(c-'0')
		}
		return n
	}
	year, month, day := number(1, 5), number(6, 8), number(9, 11)
	hour, minute, second := number(12, 14), number(15, 17), number(18, 20)
	nanos := 0
	if size > 22 {
		ok = ok && s[20] == '.'
		nanos = number(21, size-2) * 1000
	}
	if !ok || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 {
		return t, false
	}
	t = time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	if t.Day() != day {
		return t, false // the 30th of February
	}
	d.pos += size
	return t, true
}

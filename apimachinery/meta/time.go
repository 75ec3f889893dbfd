package meta

import (
	"errors"
	"fmt"
	"time"
)

// Time is an instant as the API writes it: RFC 3339 in UTC with whole seconds,
// null when zero. The zero Time is left out of objects.
type Time struct {
	time.Time
}

// Now returns the current time cut to whole seconds, the precision that the
// wire keeps, so that an object equals its own round trip.
func Now() Time { return At(time.Now()) }

// At returns t cut to whole seconds, in UTC.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Second)} }

// Unix returns the instant sec seconds after the epoch.
func Unix(sec int64) Time { return Time{time.Unix(sec, 0).UTC()} }

// Before reports whether t is earlier than o. A nil or zero t is before
// everything but another nil or zero.
func (t *Time) Before(o *Time) bool {
	if t != nil && o != nil {
		return t.Time.Before(o.Time)
	}
	return t == nil && o != nil
}

// Equal reports whether both stand for the same instant, or both are nil.
func (t *Time) Equal(o *Time) bool {
	if t == nil || o == nil {
		return t == o
	}
	return t.Time.Equal(o.Time)
}

// IsZero reports whether t is nil or the zero time.
func (t *Time) IsZero() bool { return t == nil || t.Time.IsZero() }

// AppendJSON appends the JSON form of t to dst.
func (t Time) AppendJSON(dst []byte) ([]byte, error) {
	if t.Time.IsZero() {
		return append(dst, "null"...), nil
	}
	dst = append(dst, '"')
	dst = t.UTC().AppendFormat(dst, time.RFC3339)
	return append(dst, '"'), nil
}

// ParseJSON reads one JSON value, null or an RFC 3339 string.
func (t *Time) ParseJSON(data []byte) error {
	parsed, err := parseTime(data, time.RFC3339)
	t.Time = parsed
	return err
}

// AppendProto appends the protobuf message body (seconds, nanos), as
// google.protobuf.Timestamp lays it out. Nanoseconds are dropped.
func (t Time) AppendProto(dst []byte) []byte {
	if t.Time.IsZero() {
		return dst
	}
	return appendTimestamp(dst, t.Unix(), 0)
}

// ParseProto reads a protobuf message body.
func (t *Time) ParseProto(data []byte) error {
	sec, _, err := parseTimestamp(data)
	if err != nil {
		return err
	}
	if len(data) == 0 {
		t.Time = time.Time{}
		return nil
	}
	t.Time = time.Unix(sec, 0).UTC()
	return nil
}

// OpenAPIType gives the JSON type and format of the field in OpenAPI.
func (Time) OpenAPIType() (typ, format string) { return "string", "date-time" }

const microFormat = "2006-01-02T15:04:05.000000Z07:00"

// MicroTime is an instant with microseconds: RFC 3339 in UTC with exactly six
// fractional digits, null when zero.
type MicroTime struct {
	time.Time
}

// NowMicro returns the current time cut to microseconds.
func NowMicro() MicroTime { return MicroTime{time.Now().UTC().Truncate(time.Microsecond)} }

// IsZero reports whether t is nil or the zero time.
func (t *MicroTime) IsZero() bool { return t == nil || t.Time.IsZero() }

// Equal reports whether both stand for the same instant, or both are nil.
func (t *MicroTime) Equal(o *MicroTime) bool {
	if t == nil || o == nil {
		return t == o
	}
	return t.Time.Equal(o.Time)
}

// AppendJSON appends the JSON form of t to dst.
func (t MicroTime) AppendJSON(dst []byte) ([]byte, error) {
	if t.Time.IsZero() {
		return append(dst, "null"...), nil
	}
	dst = append(dst, '"')
	dst = t.UTC().AppendFormat(dst, microFormat)
	return append(dst, '"'), nil
}

// ParseJSON reads one JSON value, null or a string with exactly six
// fractional digits.
func (t *MicroTime) ParseJSON(data []byte) error {
	parsed, err := parseTime(data, microFormat)
	t.Time = parsed
	return err
}

// AppendProto appends the protobuf message body (seconds, nanos).
func (t MicroTime) AppendProto(dst []byte) []byte {
	if t.Time.IsZero() {
		return dst
	}
	return appendTimestamp(dst, t.Unix(), int64(t.Nanosecond()/1000*1000))
}

// ParseProto reads a protobuf message body.
func (t *MicroTime) ParseProto(data []byte) error {
	sec, nanos, err := parseTimestamp(data)
	if err != nil {
		return err
	}
	if len(data) == 0 {
		t.Time = time.Time{}
		return nil
	}
	t.Time = time.Unix(sec, nanos).UTC().Truncate(time.Microsecond)
	return nil
}

// OpenAPIType gives the JSON type and format of the field in OpenAPI.
func (MicroTime) OpenAPIType() (typ, format string) { return "string", "date-time" }

// Duration is a span of time written as Go writes it ("1h30m").
type Duration struct {
	time.Duration
}

// AppendJSON appends the JSON form of d to dst.
func (d Duration) AppendJSON(dst []byte) ([]byte, error) {
	dst = append(dst, '"')
	dst = append(dst, d.Duration.String()...)
	return append(dst, '"'), nil
}

// ParseJSON reads one JSON string in the form of time.ParseDuration.
func (d *Duration) ParseJSON(data []byte) error {
	s, ok := unquote(data)
	if !ok {
		return fmt.Errorf("json: cannot unmarshal %s into Go value of type string", jsonKind(data))
	}
	parsed, err := time.ParseDuration(s)
	d.Duration = parsed
	return err
}

// AppendProto appends the protobuf message body: the span in nanoseconds.
func (d Duration) AppendProto(dst []byte) []byte {
	return appendVarintField(dst, 1, uint64(d.Duration))
}

// ParseProto reads a protobuf message body.
func (d *Duration) ParseProto(data []byte) error {
	return eachVarintField(data, func(num int, v uint64) {
		if num == 1 {
			d.Duration = time.Duration(v)
		}
	})
}

// OpenAPIType gives the JSON type and format of the field in OpenAPI.
func (Duration) OpenAPIType() (typ, format string) { return "string", "" }

func parseTime(data []byte, layout string) (time.Time, error) {
	if string(data) == "null" {
		return time.Time{}, nil
	}
	s, ok := unquote(data)
	if !ok {
		return time.Time{}, fmt.Errorf("json: cannot unmarshal %s into Go value of type string", jsonKind(data))
	}
	t, err := time.Parse(layout, s)
	if err != nil {
		return time.Time{}, err
	}
	return t.UTC(), nil
}

var errTruncated = errors.New("unexpected end of protobuf message")

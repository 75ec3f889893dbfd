package intstr

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Type says which of the two an [IntOrString] holds.
type Type int64

const (
	Int    Type = iota // a number
	String             // a text, such as a percentage or a port's name
)

// IntOrString is a number or a string.
type IntOrString struct {
	Type   Type
	IntVal int32
	StrVal string
}

// FromInt returns the number n.
func FromInt(n int32) IntOrString { return IntOrString{Type: Int, IntVal: n} }

// FromString returns the string s, also if it looks like a number.
func FromString(s string) IntOrString { return IntOrString{Type: String, StrVal: s} }

// Parse returns a number if s is one, else the string.
func Parse(s string) IntOrString {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return FromString(s)
	}
	return FromInt(int32(n))
}

// String returns the string, or the number in decimal.
func (v IntOrString) String() string {
	if v.Type == String {
		return v.StrVal
	}
	return strconv.Itoa(int(v.IntVal))
}

// IntValue returns the number, or the string read as one, or 0 if it is none.
func (v IntOrString) IntValue() int {
	if v.Type == String {
		n, err := strconv.Atoi(v.StrVal)
		if err != nil {
			return 0
		}
		return n
	}
	return int(v.IntVal)
}

// ErrNotPercent is what Scaled gives for a string that is no percentage.
var ErrNotPercent = errors.New("invalid type: string is not a percentage")

// Percent returns the number in front of the percent sign, and whether v is
// such a string.
func (v IntOrString) Percent() (n int, ok bool) {
	digits, ok := strings.CutSuffix(v.StrVal, "%")
	if v.Type != String || !ok {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil
}

// Scaled returns the number as it is, or that percentage of total, rounded up
// or down. The error says that v is neither.
func (v IntOrString) Scaled(total int, roundUp bool) (int, error) {
	if v.Type != String {
		return int(v.IntVal), nil
	}
	digits, ok := strings.CutSuffix(v.StrVal, "%")
	if !ok {
		return 0, fmt.Errorf("invalid value for IntOrString: %w", ErrNotPercent)
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0, fmt.Errorf("invalid value for IntOrString: invalid value %q: %w", v.StrVal, err)
	}
	share := float64(n) * float64(total) / 100
	if roundUp {
		return int(math.Ceil(share)), nil
	}
	return int(math.Floor(share)), nil
}

// AppendJSON appends the number or the quoted string.
func (v IntOrString) AppendJSON(dst []byte) ([]byte, error) {
	if v.Type != String {
		return strconv.AppendInt(dst, int64(v.IntVal), 10), nil
	}
	if plain(v.StrVal) {
		dst = append(append(dst, '"'), v.StrVal...)
		return append(dst, '"'), nil
	}
	quoted, err := json.Marshal(v.StrVal)
	return append(dst, quoted...), err
}

// plain says whether s needs no escaping in JSON.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c > '~' || strings.IndexByte(`"\<>&`, c) >= 0 {
			return false
		}
	}
	return true
}

// ParseJSON reads a JSON number without fraction, or a string; null is 0.
func (v *IntOrString) ParseJSON(data []byte) error {
	*v = IntOrString{}
	if len(data) > 0 && data[0] == '"' {
		v.Type = String
		return json.Unmarshal(data, &v.StrVal)
	}
	return json.Unmarshal(data, &v.IntVal)
}

// MarshalJSON lets encoding/json write the value.
func (v IntOrString) MarshalJSON() ([]byte, error) { return v.AppendJSON(nil) }

// UnmarshalJSON lets encoding/json read a value.
func (v *IntOrString) UnmarshalJSON(data []byte) error { return v.ParseJSON(data) }

// AppendProto appends the protobuf message body: type, number and string, all
// of them always.
func (v IntOrString) AppendProto(dst []byte) []byte {
	dst = binary.AppendUvarint(append(dst, 1<<3), uint64(v.Type))
	dst = binary.AppendUvarint(append(dst, 2<<3), uint64(int64(v.IntVal)))
	dst = binary.AppendUvarint(append(dst, 3<<3|2), uint64(len(v.StrVal)))
	return append(dst, v.StrVal...)
}

var errMalformedProto = errors.New("malformed protobuf of an int or string")

// ParseProto reads a protobuf message body. Unknown fields are skipped.
func (v *IntOrString) ParseProto(data []byte) error {
	*v = IntOrString{}
	for len(data) > 0 {
		tag, n := binary.Uvarint(data)
		if n <= 0 {
			return errMalformedProto
		}
		data = data[n:]
		skip := uint64(0)
		switch tag & 7 {
		case 0:
			value, n := binary.Uvarint(data)
			if n <= 0 {
				return errMalformedProto
			}
			switch tag >> 3 {
			case 1:
				v.Type = Type(value)
			case 2:
				v.IntVal = int32(value)
			}
			skip = uint64(n)
		case 1:
			skip = 8
		case 5:
			skip = 4
		case 2:
			length, n := binary.Uvarint(data)
			if n <= 0 || length > uint64(len(data)-n) {
				return errMalformedProto
			}
			if tag>>3 == 3 {
				v.StrVal = string(data[n : n+int(length)])
			}
			skip = uint64(n) + length
		default:
			return errMalformedProto
		}
		if skip > uint64(len(data)) {
			return errMalformedProto
		}
		data = data[skip:]
	}
	return nil
}

// OpenAPIType gives the JSON type and format of the field in OpenAPI.
func (IntOrString) OpenAPIType() (typ, format string) { return "string", "int-or-string" }

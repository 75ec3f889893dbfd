package quantity

import (
	"encoding/binary"
	"errors"
	"math/big"
	"strconv"
	"strings"
)

// String returns the quantity as the API writes it.
func (q Quantity) String() string {
	if q.text != "" {
		return q.text
	}
	var buf [40]byte
	return string(q.appendCanonical(buf[:0]))
}

// Canonical returns q printing in canonical form, however it was written.
func (q Quantity) Canonical() Quantity {
	q.text = ""
	return q
}

// In returns q printing with that kind of suffix.
func (q Quantity) In(format Format) Quantity {
	q.text, q.format = "", format
	return q
}

func (q Quantity) canonicallyIs(s string) bool {
	var buf [40]byte
	return string(q.appendCanonical(buf[:0])) == s
}

func (q Quantity) appendCanonical(dst []byte) []byte {
	if q.Sign() == 0 {
		return append(dst, '0')
	}
	if q.format == BinarySI && (q.CmpInt64(-1024) <= 0 || q.CmpInt64(1024) >= 0) {
		whole := q
		if whole.RoundUp(Unit) { // else a binary suffix would not be exact
			return whole.appendBinary(dst)
		}
	}
	return q.appendDecimal(dst)
}

func (q Quantity) appendDecimal(dst []byte) []byte {
	exponent := q.scale
	if q.large == nil {
		v := q.value
		for v%10 == 0 {
			v /= 10
			exponent++
		}
		if m, ok := multiply(v, pow10[overThree(exponent)]); ok {
			dst = strconv.AppendInt(dst, m, 10)
			return q.appendDecimalSuffix(dst, exponent-overThree(exponent))
		}
	}
	v, ten, rest := new(big.Int).Set(q.unscaled()), big.NewInt(10), new(big.Int)
	exponent = q.scale
	for {
		next, _ := new(big.Int).QuoRem(v, ten, rest)
		if rest.Sign() != 0 {
			break
		}
		v = next
		exponent++
	}
	v.Mul(v, big.NewInt(pow10[overThree(exponent)]))
	return q.appendDecimalSuffix(v.Append(dst, 10), exponent-overThree(exponent))
}

// overThree is how much an exponent is above a multiple of three.
func overThree(exponent int32) int32 { return (exponent%3 + 3) % 3 }

func (q Quantity) appendDecimalSuffix(dst []byte, exponent int32) []byte {
	if q.format == DecimalExponent {
		if exponent == 0 {
			return dst
		}
		return strconv.AppendInt(append(dst, 'e'), int64(exponent), 10)
	}
	// Beyond the last suffix Kubernetes writes none: 10^22 becomes "10". That is
	// a fault, but it is what its clients read and what its store holds.
	const suffixes = "num\x00kMGTPE"
	if i := exponent/3 + 3; i >= 0 && int(i) < len(suffixes) && i != 3 {
		dst = append(dst, suffixes[i])
	}
	return dst
}

// appendBinary is for whole numbers.
func (q Quantity) appendBinary(dst []byte) []byte {
	const suffixes = "\x00KMGTPE"
	times := 0
	n, ok := q.Int64()
	if ok {
		for n%1024 == 0 {
			n /= 1024
			times++
		}
		dst = strconv.AppendInt(dst, n, 10)
	} else {
		v := new(big.Int).Mul(q.unscaled(), bigPow10(q.scale))
		times = int(v.TrailingZeroBits() / 10)
		dst = v.Rsh(v, uint(times*10)).Append(dst, 10)
	}
	if times > 0 && times < len(suffixes) {
		dst = append(dst, suffixes[times], 'i')
	}
	return dst
}

// AppendJSON appends the quantity as a JSON string.
func (q Quantity) AppendJSON(dst []byte) ([]byte, error) {
	dst = append(dst, '"')
	if q.text != "" {
		dst = append(dst, q.text...)
	} else {
		dst = q.appendCanonical(dst)
	}
	return append(dst, '"'), nil
}

// ParseJSON reads a JSON string or number; null is 0.
func (q *Quantity) ParseJSON(data []byte) error {
	if string(data) == "null" {
		*q = Quantity{}
		return nil
	}
	if len(data) >= 2 && data[0] == '"' && data[len(data)-1] == '"' {
		data = data[1 : len(data)-1]
	}
	if small, ok := parseDigits(data); ok {
		*q = small
		return nil
	}
	parsed, err := Parse(strings.TrimSpace(string(data)))
	if err != nil {
		return err
	}
	*q = parsed
	return nil
}

// parseDigits reads the most frequent form, a short whole number with a common
// suffix, without making a string of it. Such texts never print as they came.
func parseDigits(data []byte) (Quantity, bool) {
	n, i := int64(0), 0
	for i < len(data) && i < 7 && '0' <= data[i] && data[i] <= '9' {
		n = n*10 + int64(data[i]-'0')
		i++
	}
	if n == 0 || data[0] == '0' {
		return Quantity{}, false
	}
	switch string(data[i:]) {
	case "":
		return Quantity{value: n, format: DecimalSI}, true
	case "m":
		return Quantity{value: n, scale: -3, format: DecimalSI}, true
	case "Mi":
		return Quantity{value: n << 20, format: BinarySI}, true
	case "Gi":
		return Quantity{value: n << 30, format: BinarySI}, true
	}
	return Quantity{}, false
}

// MarshalJSON lets encoding/json write the quantity.
func (q Quantity) MarshalJSON() ([]byte, error) { return q.AppendJSON(nil) }

// UnmarshalJSON lets encoding/json read a quantity.
func (q *Quantity) UnmarshalJSON(data []byte) error { return q.ParseJSON(data) }

// AppendProto appends the protobuf message body: the text as field 1.
func (q Quantity) AppendProto(dst []byte) []byte {
	text := q.String()
	dst = append(dst, 1<<3|2)
	dst = binary.AppendUvarint(dst, uint64(len(text)))
	return append(dst, text...)
}

var errMalformedProto = errors.New("malformed protobuf of a quantity")

// ParseProto reads a protobuf message body. Fields other than 1 are skipped.
func (q *Quantity) ParseProto(data []byte) error {
	*q = Quantity{}
	for len(data) > 0 {
		tag, n := binary.Uvarint(data)
		if n <= 0 {
			return errMalformedProto
		}
		data = data[n:]
		skip := uint64(0)
		switch tag & 7 {
		case 0:
			if _, n = binary.Uvarint(data); n <= 0 {
				return errMalformedProto
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
			if tag>>3 == 1 {
				if err := q.ParseJSON(data[n : n+int(length)]); err != nil {
					return err
				}
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
func (Quantity) OpenAPIType() (typ, format string) { return "string", "" }

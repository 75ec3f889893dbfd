package meta

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// The few types here that do not follow their fields on the wire carry their
// own protobuf, in terms of these.

func appendTimestamp(dst []byte, sec, nanos int64) []byte {
	dst = appendVarintField(dst, 1, uint64(sec))
	return appendVarintField(dst, 2, uint64(nanos))
}

func parseTimestamp(data []byte) (sec, nanos int64, err error) {
	err = eachVarintField(data, func(num int, v uint64) {
		switch num {
		case 1:
			sec = int64(v)
		case 2:
			nanos = int64(int32(v))
		}
	})
	return sec, nanos, err
}

func appendVarintField(dst []byte, num int, v uint64) []byte {
	dst = binary.AppendUvarint(dst, uint64(num)<<3)
	return binary.AppendUvarint(dst, v)
}

func appendBytesField(dst []byte, num int, v []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(num)<<3|2)
	dst = binary.AppendUvarint(dst, uint64(len(v)))
	return append(dst, v...)
}

func eachVarintField(data []byte, visit func(num int, v uint64)) error {
	return eachField(data, func(num int, v uint64, body []byte) {
		if body == nil {
			visit(num, v)
		}
	})
}

// eachField calls visit for every field of a message: with its number and
// value for numbers, with its bytes (never nil) for length-delimited fields.
func eachField(data []byte, visit func(num int, v uint64, body []byte)) error {
	for len(data) > 0 {
		tag, n := binary.Uvarint(data)
		if n <= 0 {
			return errTruncated
		}
		data = data[n:]
		num := int(tag >> 3)
		switch tag & 7 {
		case 0:
			v, n := binary.Uvarint(data)
			if n <= 0 {
				return errTruncated
			}
			visit(num, v, nil)
			data = data[n:]
		case 1:
			if len(data) < 8 {
				return errTruncated
			}
			visit(num, binary.LittleEndian.Uint64(data), nil)
			data = data[8:]
		case 2:
			l, n := binary.Uvarint(data)
			if n <= 0 || l > uint64(len(data)-n) {
				return errTruncated
			}
			visit(num, 0, data[n:n+int(l):n+int(l)])
			data = data[n+int(l):]
		case 5:
			if len(data) < 4 {
				return errTruncated
			}
			visit(num, uint64(binary.LittleEndian.Uint32(data)), nil)
			data = data[4:]
		default:
			return fmt.Errorf("protobuf field %d has unknown wire type %d", num, tag&7)
		}
	}
	return nil
}

func unquote(data []byte) (string, bool) {
	if len(data) < 2 || data[0] != '"' {
		return "", false
	}
	var s string
	if json.Unmarshal(data, &s) != nil {
		return "", false
	}
	return s, true
}

func jsonKind(data []byte) string {
	if len(data) == 0 {
		return "nothing"
	}
	switch data[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "bool"
	case 'n':
		return "null"
	}
	return "number"
}

package http2

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/net/http/httpguts"
)

// Headers of answers are encoded without a table of what was sent before: the few
// bytes that it would save cost more time than they take, and order that handlers
// would have to wait for.

// staticNames are the names in the static table of RFC 7541 that answers have.
var staticNames = map[string]byte{
	"Accept-Ranges": 18, "Access-Control-Allow-Origin": 20, "Age": 21, "Allow": 22, "Cache-Control": 24, "Content-Disposition": 25,
	"Content-Encoding": 26, "Content-Language": 27, "Content-Length": 28, "Content-Location": 29, "Content-Range": 30,
	"Content-Type": 31, "Date": 33, "Etag": 34, "Expires": 36, "Last-Modified": 44, "Link": 45, "Location": 46,
	"Retry-After": 53, "Server": 54, "Set-Cookie": 55, "Strict-Transport-Security": 56, "Vary": 59, "Www-Authenticate": 61,
}

// staticStatus are the codes in the static table.
var staticStatus = map[int]byte{200: 8, 204: 9, 206: 10, 304: 11, 400: 12, 404: 13, 500: 14}

// appendStatus encodes the line that every answer begins with.
func appendStatus(dst []byte, code int) []byte {
	if index, ok := staticStatus[code]; ok {
		return append(dst, 0x80|index)
	}
	return strconv.AppendInt(append(dst, 8, 3), int64(code), 10)
}

// appendField encodes one header, as a literal that nobody has to remember.
func appendField(dst []byte, name, value string) []byte {
	if index, ok := staticNames[name]; ok {
		dst = appendInt(dst, 0, 4, int(index))
	} else {
		dst = appendInt(append(dst, 0), 0, 7, len(name))
		for i := range len(name) {
			c := name[i]
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			dst = append(dst, c)
		}
	}
	return append(appendInt(dst, 0, 7, len(value)), value...)
}

// appendInt encodes a number in the last bits of a byte and as many bytes as it
// takes after it: RFC 7541, 5.1.
func appendInt(dst []byte, first byte, bits, n int) []byte {
	limit := 1<<bits - 1
	if n < limit {
		return append(dst, first|byte(n))
	}
	dst = append(dst, first|byte(limit))
	for n -= limit; n >= 0x80; n >>= 7 {
		dst = append(dst, byte(n)|0x80)
	}
	return append(dst, byte(n))
}

// appendHeader encodes what a handler has set, without what HTTP/2 does not know,
// what may not be sent, and what skip says.
func appendHeader(dst []byte, h http.Header, skip func(name string) bool) []byte {
	for name, values := range h {
		if skip != nil && skip(name) || !httpguts.ValidHeaderFieldName(name) {
			continue
		}
		switch name {
		case "Connection", "Proxy-Connection", "Transfer-Encoding", "Upgrade", "Keep-Alive":
			continue
		}
		for _, value := range values {
			if httpguts.ValidHeaderFieldValue(value) {
				dst = appendField(dst, name, value)
			}
		}
	}
	return dst
}

// trailersOf are the names that a handler has announced as trailers.
func trailersOf(h http.Header) (names []string) {
	for _, value := range h["Trailer"] {
		for name := range strings.SplitSeq(value, ",") {
			if name = http.CanonicalHeaderKey(strings.TrimSpace(name)); name != "" && httpguts.ValidTrailerHeader(name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// second is the text of a second, which many answers share.
type second struct {
	unix int64
	text string
}

var current atomic.Pointer[second]

// date is what the Date header says now.
func date() string {
	now := time.Now()
	if s := current.Load(); s != nil && s.unix == now.Unix() {
		return s.text
	}
	s := &second{now.Unix(), now.UTC().Format(http.TimeFormat)}
	current.Store(s)
	return s.text
}

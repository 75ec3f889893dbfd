package server

import (
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// gzipThreshold is the size from which bodies are compressed: below it the
// time it takes is more than what the network saves.
const gzipThreshold = 128 << 10

// gzipWriters are kept because each holds some hundred kilobytes of tables.
var gzipWriters = sync.Pool{New: func() any {
	// The fastest level: answers are read once and thrown away.
	zw, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // fails for unknown levels only
	return zw
}}

func borrowGzip(w io.Writer) *gzip.Writer {
	zw := gzipWriters.Get().(*gzip.Writer)
	zw.Reset(w)
	return zw
}

// returnGzip writes what is left and takes the writer back.
func returnGzip(zw *gzip.Writer) error {
	err := zw.Close()
	zw.Reset(io.Discard)
	gzipWriters.Put(zw)
	return err
}

func acceptsGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if strings.TrimSpace(name) == "gzip" {
			q := strings.ReplaceAll(params, " ", "")
			return q != "q=0" && q != "q=0.0"
		}
	}
	return false
}

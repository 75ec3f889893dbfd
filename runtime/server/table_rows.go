package server

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// Rows of Tables are kept as JSON, with marks where the time since something stands: a
// zero byte, which cells hardly have, a letter, when it was in nanoseconds, and another
// zero byte. As JSON has it:
const (
	markStart = `\u0000A`
	markEnd   = `\u0000`
)

// mark is the mark in a cell.
func mark(at meta.Time) string {
	if at.IsZero() {
		return "\x00Anever\x00"
	}
	return "\x00A" + strconv.FormatInt(at.UnixNano(), 10) + "\x00"
}

// keptRow appends what is kept of a row: its JSON without the object and the brace at
// the end; nothing if its cells look like marks.
func (t *tables) keptRow(dst []byte, i registry.Item) ([]byte, error) {
	obj, err := i.Object()
	if err != nil {
		return dst, err
	}
	row := t.shape(obj)
	marks := 0
	for k, cell := range row.Cells {
		switch cell := cell.(type) {
		case scheme.Age:
			row.Cells[k] = mark(meta.Time(cell))
			marks++
		case scheme.Ago:
			row.Cells[k] = strings.Replace(cell.Text, "%s", mark(cell.At), 1)
			marks++
		}
	}
	begin := len(dst)
	if dst, err = appendRow(dst, row); err != nil {
		return dst, err
	}
	if bytes.Count(dst[begin:], []byte(markStart)) != marks {
		return dst[:begin], nil
	}
	return dst, nil
}

// appendRow appends a row without object.
func appendRow(dst []byte, row meta.TableRow) ([]byte, error) {
	row.Object = meta.RawExtension{}
	dst, err := codec.AppendJSON(dst, &row)
	if err != nil {
		return dst, err
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(dst, []byte("}")), []byte(`,"object":null`)), nil
}

// printRow appends a kept row as of now.
func (t *tables) printRow(dst, kept []byte, i registry.Item) ([]byte, error) {
	if len(kept) == 0 {
		obj, err := i.Object()
		if err != nil {
			return dst, err
		}
		return appendRow(dst, t.cells(obj))
	}
	for {
		before, after, ok := bytes.Cut(kept, []byte(markStart))
		dst = append(dst, before...)
		if !ok {
			return dst, nil
		}
		at, rest, ok := bytes.Cut(after, []byte(markEnd))
		if !ok {
			return dst, errors.New("a row that is kept has half a mark")
		}
		text := scheme.Age{}
		if n, err := strconv.ParseInt(string(at), 10, 64); err == nil {
			text.Time = time.Unix(0, n)
		}
		dst = appendInText(dst, humanAge(text, t.now))
		kept = rest
	}
}

// appendInText appends a part of a JSON text.
func appendInText(dst []byte, text string) []byte {
	if !strings.ContainsAny(text, "<>") {
		return append(dst, text...)
	}
	quoted, _ := json.Marshal(text) // cannot fail
	return append(dst, quoted[1:len(quoted)-1]...)
}

// answerRows answers with the rows of a list, if they can be had of what is kept; ok is
// false if not.
func (c *call) answerRows(list *registry.List, as *accepted) (ok bool, _ error) {
	t := c.tables(as)
	t.list = true
	if as.form != registry.JSON || as.yaml || as.pretty || t.version != "v1" || t.include == meta.IncludeObject ||
		t.resource != nil && (t.resource.RowOrder != nil || len(t.resource.VersionAnnotations) > 0) {
		return false, nil
	}
	sets, ok := list.RowSets()
	if !ok {
		return false, nil
	}
	frame, err := codec.MarshalJSON(t.empty(list.Meta(), true))
	if err != nil {
		return true, err
	}
	const noRows = `"rows":[]}`
	if !bytes.HasSuffix(frame, []byte(noRows)) {
		return false, nil
	}
	rows := registry.Rows{Make: t.keptRow, Append: t.printRow, Metadata: t.include != meta.IncludeNone}
	head := frame[:len(frame)-len("]}")]
	// Few rows are put together first, so that what is wrong with them can be answered.
	next, stop := iter.Pull(sets)
	defer stop()
	whole, n := head, 0
	for n <= streamFrom {
		set, more := next()
		if !more {
			c.write(http.StatusOK, as.name, append(whole, "]}\n"...))
			return true, nil
		}
		if whole, err = appendRows(whole, set, rows, n == 0); err != nil {
			return true, err
		}
		n += set.Len()
	}
	c.streamRows(whole, next, rows, as)
	return true, nil
}

// appendRows appends the rows of a set, with a comma before if they are not the first.
func appendRows(dst []byte, set registry.RowSet, rows registry.Rows, first bool) ([]byte, error) {
	if !first {
		dst = append(dst, ',')
	}
	return set.AppendTo(dst, rows)
}

// streamRows answers with what there is of the text, and then set by set.
func (c *call) streamRows(text []byte, next func() (registry.RowSet, bool), rows registry.Rows, as *accepted) {
	h := c.w.Header()
	h.Set("Content-Type", as.name)
	c.warnings.into(h)
	zip := acceptsGzip(c.r)
	if zip {
		h.Set("Content-Encoding", "gzip")
		h.Add("Vary", "Accept-Encoding")
	}
	c.w.WriteHeader(http.StatusOK)
	if c.r.Method == http.MethodHead {
		return
	}
	var to io.Writer = c.w
	direct := c.steady()
	finish := func() error { return nil }
	switch {
	case zip:
		zw := borrowGzip(c.w)
		to, direct, finish = zw, nil, func() error { return returnGzip(zw) }
	case direct == nil:
		w := bufio.NewWriterSize(c.w, listChunk)
		to, finish = w, w.Flush
	}
	_, err := to.Write(text)
	text = nil
	for set, more := next(); more && err == nil; set, more = next() {
		if direct != nil { // then there is nothing in memory for a client that does not read
			if err = direct.Await(maxRows); err != nil {
				break
			}
		}
		room := borrowText()
		if *room, err = appendRows((*room)[:0], set, rows, false); err == nil {
			_, err = to.Write(*room)
		}
		returnText(room)
	}
	if err == nil {
		_, err = io.WriteString(to, "]}\n")
	}
	err = errors.Join(err, finish())
	c.written(err)
	if err != nil {
		panic(http.ErrAbortHandler) // half a list must not look like a whole one
	}
}

// maxRows is about what the rows of a set are.
const maxRows = 32 << 10

package apply

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// This file edits FieldsV1 as text. Both the text and a difference are sorted
// in the same way, so that one pass over both does it.

// append writes the subtree of what is new or different below node i, after
// the opening brace of its object.
func (d *difference) append(dst []byte, i int32) []byte {
	start := len(dst)
	for c := d.nodes[i].first; c != none; c = d.nodes[c].next {
		dst = d.appendNode(dst, c, start)
	}
	return dst
}

// appendNode writes one node with its key, or nothing if there is nothing new
// in it. start is where the object around it began.
func (d *difference) appendNode(dst []byte, c int32, start int) []byte {
	n, undo := &d.nodes[c], len(dst)
	if len(dst) > start {
		dst = append(dst, ',')
	}
	dst = append(dst, '"', n.kind, ':')
	dst = append(dst, n.text...)
	dst = append(dst, `":{`...)
	open := len(dst)
	if n.changed {
		dst = append(dst, dot...)
	}
	inside := len(dst)
	for g := n.first; g != none; g = d.nodes[g].next {
		dst = d.appendNode(dst, g, open)
	}
	return closeNode(dst, undo, open, inside, n.changed)
}

const dot = `".":{}`

// closeNode ends the object of a node: without children it is {} if the field
// itself is a member, else it is nothing.
func closeNode(dst []byte, undo, open, inside int, member bool) []byte {
	if len(dst) == inside {
		if !member {
			return dst[:undo]
		}
		dst = dst[:open]
	}
	return append(dst, '}')
}

// An editor goes through the FieldsV1 text of one owner.
type editor struct {
	*difference
	text []byte
	pos  int
	// own: the fields in the difference become the owner's; else they cease to be.
	own bool
	bad bool // the text is not as this package writes it
}

// edit returns the text with the difference worked in; it is {} if nothing is
// left. ok is false for a text that needs to be read with more care.
func (d *difference) edit(dst, text []byte, own bool) (_ []byte, ok bool) {
	e := editor{difference: d, text: text, own: own}
	if !e.take('{') {
		return dst, false
	}
	dst = append(dst, '{')
	dst = e.object(dst, 0, len(dst))
	dst = append(dst, '}')
	return dst, !e.bad && e.pos == len(text)
}

// read makes d the tree of a text, in which what is a member is changed. It is
// false for a text that needs to be read with more care.
func (d *difference) read(text []byte) bool {
	e := editor{difference: d, text: text}
	if !e.take('{') {
		return false
	}
	e.children(0)
	return !e.bad && e.pos == len(text)
}

// children reads the object whose brace was just read, below node i.
func (e *editor) children(i int32) {
	for first := true; !e.take('}'); first = false {
		if e.bad || !first && !e.take(',') {
			e.bad = true
			return
		}
		key := e.key()
		if e.bad || !e.take('{') {
			e.bad = true
			return
		}
		if string(key) == "." {
			e.nodes[i].changed = true
			e.bad = !e.take('}')
			continue
		}
		if len(key) < 2 || rank(key[0]) < 0 || key[0] == 'f' && bytes.IndexByte(key, '\\') >= 0 {
			e.bad = true
			return
		}
		c := e.open(i, key[0], string(key[2:]))
		e.nodes[c].changed = e.pos < len(e.text) && e.text[e.pos] == '}'
		e.children(c)
		e.close(i, c)
	}
}

func (e *editor) take(c byte) bool {
	if e.pos < len(e.text) && e.text[e.pos] == c {
		e.pos++
		return true
	}
	return false
}

// key reads "key": and returns what is between the quotes.
func (e *editor) key() []byte {
	if !e.take('"') {
		e.bad = true
		return nil
	}
	start := e.pos
	for e.pos < len(e.text) {
		switch e.text[e.pos] {
		case '\\':
			e.pos += 2
		case '"':
			key := e.text[start:e.pos]
			if e.pos++; !e.take(':') || len(key) > 1 && key[1] != ':' {
				e.bad = true
			}
			return key
		default:
			e.pos++
		}
	}
	e.bad = true
	return nil
}

// skip passes over an object and returns it, braces included.
func (e *editor) skip() []byte {
	start, depth := e.pos, 0
	for e.pos < len(e.text) {
		switch e.text[e.pos] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				e.pos++
				return e.text[start:e.pos]
			}
		case '"':
			if n := bytes.IndexByte(e.text[e.pos+1:], '"'); n >= 0 && bytes.IndexByte(e.text[e.pos+1:e.pos+1+n], '\\') < 0 {
				e.pos += n + 1
				break
			}
			for e.pos++; e.pos < len(e.text) && e.text[e.pos] != '"'; e.pos++ {
				if e.text[e.pos] == '\\' {
					e.pos++
				}
			}
		case ':', ',':
		default:
			e.bad = true
			return nil
		}
		e.pos++
	}
	e.bad = true
	return nil
}

// object writes the entries of the object whose brace was just read, and reads
// its end. i is the node that stands for it, start is where it began in dst,
// behind its brace.
func (e *editor) object(dst []byte, i int32, start int) []byte {
	c := e.nodes[i].first
	for first := true; !e.take('}'); first = false {
		if e.bad || !first && !e.take(',') {
			e.bad = true
			return dst
		}
		key := e.key()
		if e.bad || len(key) < 2 || rank(key[0]) < 0 {
			e.bad = true
			return dst
		}
		for c != none && e.compare(c, key) < 0 {
			if e.own {
				dst = e.appendNode(dst, c, start)
			}
			c = e.nodes[c].next
		}
		if c == none || e.compare(c, key) > 0 {
			if len(dst) > start {
				dst = append(dst, ',')
			}
			dst = append(append(append(dst, '"'), key...), `":`...)
			dst = append(dst, e.skip()...)
			continue
		}
		dst = e.entry(dst, c, key, start)
		c = e.nodes[c].next
	}
	for ; e.own && c != none; c = e.nodes[c].next {
		dst = e.appendNode(dst, c, start)
	}
	return dst
}

// entry writes an entry that the difference has too.
func (e *editor) entry(dst []byte, c int32, key []byte, start int) []byte {
	n, undo := e.nodes[c], len(dst)
	if len(dst) > start {
		dst = append(dst, ',')
	}
	dst = append(append(append(dst, '"'), key...), `":{`...)
	open := len(dst)
	if !e.take('{') {
		e.bad = true
		return dst
	}
	member := e.pos < len(e.text) && e.text[e.pos] == '}'
	if bytes.HasPrefix(e.text[e.pos:], []byte(dot)) {
		member = true
		if e.pos += len(dot); e.pos < len(e.text) && e.text[e.pos] == ',' {
			e.pos++
		}
	}
	if n.removed || n.changed {
		member = e.own && n.changed
	}
	if member {
		dst = append(dst, dot...)
	}
	inside := len(dst)
	dst = e.object(dst, c, open)
	return closeNode(dst, undo, open, inside, member)
}

// compare orders a node and a key as FieldsV1 does.
func (e *editor) compare(c int32, key []byte) int {
	n := &e.nodes[c]
	if n.kind == key[0] && n.text == string(key[2:]) {
		return 0
	}
	if order := cmp.Compare(rank(n.kind), rank(key[0])); order != 0 {
		return order
	}
	if n.kind == 'f' {
		if bytes.IndexByte(key, '\\') < 0 {
			return strings.Compare(n.text, string(key[2:]))
		}
	} else if order, ok := comparePlainItems(n.text, string(key[2:])); ok {
		return order
	}
	x, okX := element(string(n.kind) + ":" + n.text)
	y, okY := element(string(key))
	if !okX || !okY {
		e.bad = true
		return 0
	}
	return x.Compare(y)
}

// rank orders kinds of path elements.
func rank(kind byte) int { return strings.IndexByte("fkvi", kind) }

// element reads a path element from the inside of a JSON text.
func element(escaped string) (fieldpath.PathElement, bool) {
	var text string
	if json.Unmarshal([]byte(`"`+escaped+`"`), &text) != nil {
		return fieldpath.PathElement{}, false
	}
	pe, err := fieldpath.DeserializePathElement(text)
	return pe, err == nil
}

// compareItems orders the names of items that this package made.
func compareItems(x, y string) int {
	order, ok := comparePlainItems(x, y)
	if !ok {
		return strings.Compare(x, y)
	}
	return order
}

// comparePlainItems orders {\"a\":80,\"b\":\"x\"} and the like, or \"x\": keys by
// name and value, numbers before texts. ok is false if there is more to it.
func comparePlainItems(x, y string) (order int, ok bool) {
	for {
		a, restX, okX := token(x)
		b, restY, okY := token(y)
		if !okX || !okY {
			return 0, false
		}
		if order := a.compare(b); order != 0 || a.kind == ' ' {
			return order, true
		}
		x, y = restX, restY
	}
}

// itemToken is a part of an item's name: punctuation, or a value.
type itemToken struct {
	kind   byte // ' ' the end, } a brace, . other punctuation, 0 a number, s a text, t a truth
	text   string
	number int64
}

// Where a shorter list of keys ends it comes first, so ends sort before all else.
const tokenOrder = " }.0st"

func (t itemToken) compare(o itemToken) int {
	return cmp.Or(
		cmp.Compare(strings.IndexByte(tokenOrder, t.kind), strings.IndexByte(tokenOrder, o.kind)),
		cmp.Compare(t.number, o.number),
		strings.Compare(t.text, o.text),
	)
}

func token(s string) (t itemToken, rest string, ok bool) {
	if s == "" {
		return itemToken{kind: ' '}, "", true
	}
	switch c := s[0]; {
	case c == '}':
		return itemToken{kind: '}'}, s[1:], true
	case c == '{', c == ':', c == ',':
		return itemToken{kind: '.'}, s[1:], true
	case c == '\\':
		if len(s) < 4 || s[1] != '"' {
			return t, "", false
		}
		end := strings.IndexByte(s[2:], '\\')
		if end < 0 || end+3 >= len(s) || s[end+3] != '"' {
			return t, "", false
		}
		return itemToken{kind: 's', text: s[2 : 2+end]}, s[end+4:], true
	case c == 't' && strings.HasPrefix(s, "true"):
		return itemToken{kind: 't', number: 1}, s[4:], true
	case c == 'f' && strings.HasPrefix(s, "false"):
		return itemToken{kind: 't'}, s[5:], true
	}
	return number(s)
}

// number reads an integer of up to 18 digits.
func number(s string) (t itemToken, rest string, ok bool) {
	i, negative := 0, s[0] == '-'
	if negative {
		i = 1
	}
	first := i
	t.kind = '0'
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		t.number = t.number*10 + int64(s[i]-'0')
	}
	if i == first || i-first > 18 || i < len(s) && s[i] != ',' && s[i] != '}' {
		return t, "", false
	}
	if negative {
		t.number = -t.number
	}
	return t, s[i:], true
}

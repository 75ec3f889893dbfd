package registry

import (
	"iter"
	"math/bits"

	"github.com/klauspost/compress/s2"

	"github.com/kubenucleus/nucleus/storage/cache"
)

// Rows says what the rows of a Table are made of.
type Rows struct {
	// Make appends what is kept of an item's row: all that does not depend on the
	// request. Nothing appended means that nothing of this one can be kept. The same of
	// every request for the same resource and version.
	Make func(dst []byte, i Item) ([]byte, error)
	// Append appends the row up to its object, without the brace that ends it. kept is
	// what Make has appended.
	Append func(dst, kept []byte, i Item) ([]byte, error)
	// Metadata says that rows have the objects' metadata.
	Metadata bool
}

// RowSet is some rows that follow one another. It is valid until the next.
type RowSet struct {
	list *List
	s    stretch
}

// Len returns how many rows there are.
func (r RowSet) Len() int { return bits.OnesCount64(r.s.wanted) }

// RowSets returns the list as rows of a Table, which are kept like the elements of lists
// are. ok is false if there is nothing to gain: the items are few, or found by an index.
func (l *List) RowSets() (sets iter.Seq[RowSet], ok bool) {
	if l.stretches == nil {
		return nil, false
	}
	return func(yield func(RowSet) bool) {
		for s := range l.stretches {
			if !yield(RowSet{l, s}) {
				return
			}
		}
	}, true
}

var metadataRows = Form{Media: JSON, MetadataOnly: true}

// AppendTo appends the JSON of the rows, with commas between them.
func (r RowSet) AppendTo(dst []byte, o Rows) ([]byte, error) {
	form := cache.Form{GroupVersion: r.list.Resource.GroupVersion.String(), Media: JSON, View: rowsRun}
	var rows, objects unpacked
	defer rows.release()
	defer objects.release()
	packed, ok, err := r.list.packedAs(r.s, form, 0, o.Make)
	if err == nil && ok {
		err = rows.open(packed, 0)
	}
	if err == nil && o.Metadata {
		if packed, ok, err = r.list.packed(r.s, metadataRows); err == nil && ok {
			err = objects.open(packed, separator(JSON))
		}
	}
	if err != nil {
		return dst, err
	}
	first := true
	for k, object := range r.s.run.Objects {
		if r.s.wanted&(1<<k) == 0 {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		if dst, err = r.appendRow(dst, r.list.item(object), rows.at(k), objects.at(k), o); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// appendRow appends one row; kept and metadata are nil if they are not at hand.
func (r RowSet) appendRow(dst []byte, i Item, kept, metadata []byte, o Rows) (_ []byte, err error) {
	if kept == nil {
		text := textBuffers.Get().(*[]byte)
		defer returnText(text)
		if *text, err = o.Make((*text)[:0], i); err != nil {
			return dst, err
		}
		kept = *text
	}
	if dst, err = o.Append(dst, kept, i); err != nil {
		return dst, err
	}
	dst = append(dst, `,"object":`...)
	switch {
	case !o.Metadata:
		dst = append(dst, "null"...)
	case metadata != nil:
		dst = append(dst, metadata...)
	default:
		if dst, err = i.appendElement(dst, metadataRows); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// unpacked are the elements of a packed text. The zero value has none.
type unpacked struct {
	text    *[]byte
	room    [cache.MaxRun]int
	lengths []int
	between int
	k, from int // where the k-th begins: elements are asked for in their order
}

func (u *unpacked) open(packed []byte, between int) error {
	lengths, block, err := lengthsIn(packed, &u.room)
	if err != nil {
		return err
	}
	text := textBuffers.Get().(*[]byte)
	out, err := s2.Decode((*text)[:cap(*text)], block)
	if err != nil {
		returnText(text)
		return err
	}
	*text = out
	u.text, u.lengths, u.between = text, lengths, between
	return nil
}

// at returns the k-th element; nil if there are none.
func (u *unpacked) at(k int) []byte {
	if u.text == nil || k >= len(u.lengths) {
		return nil
	}
	for ; u.k < k; u.k++ {
		u.from += u.lengths[u.k] + u.between
	}
	return (*u.text)[u.from : u.from+u.lengths[k]]
}

func (u *unpacked) release() {
	if u.text != nil {
		returnText(u.text)
	}
}

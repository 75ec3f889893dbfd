package registry

import (
	"encoding/binary"
	"io"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"

	"github.com/klauspost/compress/s2"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// Long lists are made of runs: the texts of neighbours are kept compressed together,
// which for objects of one controller is a tenth of what they are, and unpacked as
// they are sent. Unpacking takes about as long as reading that much memory, so a
// whole collection can be kept in all forms that are asked for, however large it is.
const (
	runOfJSON     = cache.View(18) // compressed with S2
	runOfMetadata = cache.View(19) // the same of the metadata alone
	runDeflated   = cache.View(20) // as in Deflated
)

// A Piece is a part of an encoded list: an element, or several in JSON with the
// commas between them.
type Piece struct {
	one    Encoded
	packed []byte // several, compressed
	size   int
}

// Len returns how many bytes WriteTo writes.
func (p Piece) Len() int { return p.size }

// WriteTo writes the piece; text is memory that it may use, and may make larger.
func (p Piece) WriteTo(w io.Writer, text *[]byte) error {
	if p.packed == nil {
		w.Write(p.one.Head)
		w.Write(p.one.Body)
		_, err := w.Write(p.one.Tail) // errors stick
		return err
	}
	out, err := s2.Decode((*text)[:cap(*text)], p.packed)
	if err != nil {
		return err
	}
	if cap(out) > cap(*text) {
		*text = out
	}
	_, err = w.Write(out)
	return err
}

// Pieces returns what the encoded list is made of. Small pieces are put in room,
// which may be reset after each. Errors are as with Items.
func (l *List) Pieces(f Form, room *Room) iter.Seq2[Piece, error] {
	return func(yield func(Piece, error) bool) {
		each := func(i Item) bool {
			e, err := i.Encoded(f, true, room)
			return yield(Piece{one: e, size: e.Len()}, err) && err == nil
		}
		if l.runs == nil || f.Media != JSON {
			for item, err := range l.Items() {
				if err != nil {
					yield(Piece{}, err)
					return
				}
				if !each(item) {
					return
				}
			}
			return
		}
		for run := range l.runs {
			if packed, ok, err := l.packed(run, f); err != nil {
				yield(Piece{}, err)
				return
			} else if ok {
				n, err := s2.DecodedLen(packed)
				if !yield(Piece{packed: packed, size: n}, err) {
					return
				}
				continue
			}
			for _, o := range run.Objects {
				if !each(l.item(o)) {
					return
				}
			}
		}
	}
}

// DeflatedPieces returns what the list as compressed JSON is made of, without the
// commas between. ok is false if there is something in the list that is not kept so.
func (l *List) DeflatedPieces() (pieces iter.Seq2[Deflated, error], ok bool) {
	if l.c == nil {
		return nil, false
	}
	return func(yield func(Deflated, error) bool) {
		if l.runs == nil {
			for item, err := range l.Items() {
				if err != nil {
					yield(Deflated{}, err)
					return
				}
				if d, err := item.Deflated(); !yield(d, err) || err != nil {
					return
				}
			}
			return
		}
		for run := range l.runs {
			if run.Whole {
				if d, err := l.deflated(run); !yield(d, err) || err != nil {
					return
				}
				continue
			}
			for _, o := range run.Objects {
				if d, err := l.item(o).Deflated(); !yield(d, err) || err != nil {
					return
				}
			}
		}
	}, true
}

func (l *List) item(o *cache.Object) Item { return Item{resource: l.Resource, c: l.c, cached: o} }

func (l *List) runForm(view cache.View) cache.Form {
	return cache.Form{GroupVersion: l.Resource.GroupVersion.String(), Media: JSON, View: view}
}

// packed returns the texts of a run, compressed. ok is false if they are not to be kept.
func (l *List) packed(run cache.Run, f Form) (packed []byte, ok bool, _ error) {
	if !run.Whole {
		return nil, false, nil
	}
	form := l.runForm(runOfJSON)
	if f.MetadataOnly {
		form.View = runOfMetadata
	}
	if packed, ok := run.Form(form); ok {
		return packed, true, nil
	}
	if !l.keeps() {
		return nil, false, nil
	}
	text := textBuffers.Get().(*[]byte)
	defer returnText(text)
	out, err := l.appendRun((*text)[:0], run, f.MetadataOnly)
	*text = out
	if err != nil {
		return nil, false, err
	}
	if len(out) > maxRunText {
		return nil, false, nil
	}
	room := textBuffers.Get().(*[]byte)
	defer returnText(room)
	if need := s2.MaxEncodedLen(len(out)); cap(*room) < need {
		*room = make([]byte, 0, need)
	}
	packed = slices.Clone(s2.Encode((*room)[:cap(*room)], out))
	run.Keep(form, packed)
	return packed, true, nil
}

// maxRunText is the text of a run that is worth unpacking whole: every reader of a
// list has memory for one.
const maxRunText = 128 << 10

// keeps says whether what is made for a list is kept. Where memory for that is used
// up most of it is not: a list of more than fits would drive out all that is kept, its
// own beginning at last, and be made anew each time.
func (l *List) keeps() bool { return !l.c.cache.Crowded() || rand.IntN(keepOneOf) == 0 }

// appendRun appends the texts of a run.
func (l *List) appendRun(dst []byte, run cache.Run, metadataOnly bool) ([]byte, error) {
	for k, o := range run.Objects {
		if k > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = l.item(o).appendElement(dst, metadataOnly); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// appendElement appends the object as an element of a JSON list, and keeps nothing.
func (i Item) appendElement(dst []byte, metadataOnly bool) ([]byte, error) {
	hub := i.resource.GroupVersion == i.c.gvk.GroupVersion()
	switch form := (Form{Media: JSON}).cacheForm(i.resource.GroupVersion, true); {
	case metadataOnly && hub:
		if out, ok := i.c.appendMetadata(dst, i.cached); ok {
			return out, nil
		}
	case metadataOnly:
	case i.cached.Has(form):
		text, err := i.cached.Form(form)
		return append(dst, text...), err
	case hub:
		if out, ok := i.c.appendText(dst, i.cached); ok {
			return out, nil
		}
	}
	obj, err := i.Object()
	if err != nil {
		return dst, err
	}
	view := inList
	if metadataOnly {
		view = cache.Metadata
	}
	text, err := encodeForm(obj, JSON, view)
	return append(dst, text...), err
}

var partialType = reflect.TypeFor[meta.PartialObjectMetadata]()

// appendMetadata appends an object's PartialObjectMetadata, made of the stored bytes.
func (c *collection) appendMetadata(dst []byte, o *cache.Object) (_ []byte, ok bool) {
	if !c.proto || c.hub.Type == nil || !o.Verified() {
		return dst, false
	}
	var room Room
	stored, ok := Item{c: c, cached: o}.encodedStored(Form{Media: Protobuf, MetadataOnly: true}, true, &room)
	if !ok {
		return dst, false
	}
	message := textBuffers.Get().(*[]byte)
	defer returnText(message)
	*message = stored.AppendTo((*message)[:0])
	begin := len(dst)
	dst = append(dst, partialHead[:len(partialHead)-len(metadataHead)]...)
	out, ok := codec.AppendJSONOfProto(dst, *message, partialType)
	if !ok {
		return dst[:begin], false
	}
	out[len(dst)] = ',' // where the object began
	return out, true
}

// deflated returns the texts of a run as blocks of a deflate stream.
func (l *List) deflated(run cache.Run) (Deflated, error) {
	form := l.runForm(runDeflated)
	if data, ok := run.Form(form); ok {
		return deflatedOf(data), nil
	}
	text := textBuffers.Get().(*[]byte)
	defer returnText(text)
	var err error
	if packed, ok := run.Form(l.runForm(runOfJSON)); ok {
		var out []byte
		if out, err = s2.Decode((*text)[:cap(*text)], packed); err == nil {
			*text = out
		}
	} else {
		*text, err = l.appendRun((*text)[:0], run, false)
	}
	if err != nil {
		return Deflated{}, err
	}
	data, err := deflate(*text)
	if err != nil {
		return Deflated{}, err
	}
	if l.keeps() {
		run.Keep(form, data)
	}
	return deflatedOf(data), nil
}

func deflatedOf(data []byte) Deflated {
	return Deflated{
		CRC: binary.LittleEndian.Uint32(data), Size: int(binary.LittleEndian.Uint32(data[4:])), Block: data[deflatedHead:],
	}
}

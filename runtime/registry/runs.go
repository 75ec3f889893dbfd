package registry

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"math/bits"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"

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
	packedRun   = cache.View(18) // as in packText
	deflatedRun = cache.View(20) // as in Deflated
	rowsRun     = cache.View(22) // as in packText: rows of a Table
	ofMetadata  = cache.View(1)  // added to them: of the metadata alone
)

// FewItems is how many items make a list that is too short for several to be in one
// Piece: their texts are kept one by one.
const FewItems = 32

// A stretch is the objects of a run that a list is about.
type stretch struct {
	run    cache.Run
	wanted uint64 // bit k: the k-th object; not 0
}

func (s stretch) whole() bool { return s.wanted == everyOf(len(s.run.Objects)) }

func everyOf(n int) uint64 { return ^uint64(0) >> (64 - n) } // n is not 0

// objects yields the wanted ones.
func (s stretch) objects(yield func(*cache.Object) bool) {
	for left := s.wanted; left != 0; left &= left - 1 {
		if !yield(s.run.Objects[bits.TrailingZeros64(left)]) {
			return
		}
	}
}

// stretches yields what the selection finds in a snapshot. One is valid until the next.
func (s *selection) stretches(snapshot *cache.Snapshot, after string) iter.Seq[stretch] {
	filter, prefix := s.filter(), s.keyPrefix()
	return func(yield func(stretch) bool) {
		for run := range snapshot.Runs(prefix, after) {
			var wanted uint64
			for k, o := range run.Objects {
				if len(o.Key) > len(prefix) && o.Key[:len(prefix)] == prefix && (after == "" || o.Key > after) && (filter == nil || filter(o)) {
					wanted |= 1 << k
				}
			}
			if wanted != 0 && !yield(stretch{run, wanted}) {
				return
			}
		}
	}
}

// inRuns says that the selection is found by walking over all objects of a prefix.
func (s *selection) inRuns() bool {
	if s.nothing || s.name != "" || s.ownFields != nil {
		return false
	}
	_, _, indexed := s.index()
	_, named := s.oneName()
	return !indexed && !named
}

// A Piece is a part of an encoded list: an element, or several of them: in JSON with
// the commas between them, in protobuf each with the tag and length that elements of
// lists have.
type Piece struct {
	prefix []byte
	one    Encoded
	packed []byte // of several, compressed
	wanted uint64 // which of them
	media  Media
	size   int
}

// separator is how many bytes are between elements.
func separator(media Media) int {
	if media == JSON {
		return 1
	}
	return 0
}

// itemField is the tag of field 2, length-delimited: the items of every list.
const itemField = 2<<3 | 2

// Len returns how many bytes WriteTo writes.
func (p Piece) Len() int { return p.size }

// WriteTo writes the piece; text is memory that it may use, and may make larger.
func (p Piece) WriteTo(w io.Writer, text *[]byte) error {
	if p.packed == nil {
		w.Write(p.prefix)
		w.Write(p.one.Head)
		w.Write(p.one.Body)
		_, err := w.Write(p.one.Tail) // errors stick
		return err
	}
	out, err := unpack(p.packed, p.wanted, p.media, text)
	if err != nil {
		return err
	}
	_, err = w.Write(out)
	return err
}

// Packed says that the piece is kept compressed, so that WriteTo needs memory.
func (p Piece) Packed() bool { return p.packed != nil }

// Unpack returns what WriteTo writes of a piece that is Packed, in the memory of text.
func (p Piece) Unpack(text *[]byte) ([]byte, error) {
	return unpack(p.packed, p.wanted, p.media, text)
}

// A packed text is the number of elements, the length of each, and all of them as in a
// Piece, compressed with S2.

// packText returns the packed text of a run.
func packText(text []byte, lengths []int) ([]byte, error) {
	room := textBuffers.Get().(*[]byte)
	defer returnText(room)
	head := binary.AppendUvarint((*room)[:0], uint64(len(lengths)))
	for _, n := range lengths {
		head = binary.AppendUvarint(head, uint64(n))
	}
	most := s2.MaxEncodedLen(len(text))
	if most < 0 {
		return nil, errors.New("too long to compress")
	}
	head = slices.Grow(head, most)
	*room = head
	out := s2.Encode(head[len(head):cap(head)], text)
	return slices.Clone(head[:len(head)+len(out)]), nil
}

var errPacked = errors.New("compressed text is damaged")

// lengthsIn reads the head of a packed text.
func lengthsIn(packed []byte, room *[cache.MaxRun]int) (lengths []int, block []byte, _ error) {
	count, n := binary.Uvarint(packed)
	if n <= 0 || count > cache.MaxRun {
		return nil, nil, errPacked
	}
	for k := range int(count) {
		packed = packed[n:]
		var length uint64
		if length, n = binary.Uvarint(packed); n <= 0 {
			return nil, nil, errPacked
		}
		room[k] = int(length)
	}
	return room[:count], packed[n:], nil
}

// packedPiece is the piece of some elements of a packed text.
func packedPiece(packed []byte, wanted uint64, media Media) (Piece, error) {
	var room [cache.MaxRun]int
	lengths, _, err := lengthsIn(packed, &room)
	if err != nil {
		return Piece{}, err
	}
	size := (bits.OnesCount64(wanted) - 1) * separator(media)
	for k, n := range lengths {
		if wanted&(1<<k) != 0 {
			size += n
		}
	}
	return Piece{packed: packed, wanted: wanted, media: media, size: size}, nil
}

// unpack returns some elements of a packed text, in the memory of text.
func unpack(packed []byte, wanted uint64, media Media, text *[]byte) ([]byte, error) {
	var room [cache.MaxRun]int
	lengths, block, err := lengthsIn(packed, &room)
	if err != nil {
		return nil, err
	}
	out, err := s2.Decode((*text)[:cap(*text)], block)
	if err != nil {
		return nil, err
	}
	*text = out
	if wanted == everyOf(len(lengths)) {
		return out, nil
	}
	// The others are closed up.
	between := separator(media)
	at, end := 0, 0
	for k, n := range lengths {
		if at+n > len(out) {
			return nil, errPacked
		}
		if wanted&(1<<k) != 0 {
			if end > 0 && between > 0 {
				out[end] = ','
				end++
			}
			end += copy(out[end:], out[at:at+n])
		}
		at += n + between
	}
	return out[:end], nil
}

var comma = []byte{','}

// Pieces returns what the encoded list is made of. Small pieces are put in room,
// which may be reset after each. Errors are as with Items.
func (l *List) Pieces(f Form, room *Room) iter.Seq2[Piece, error] {
	return func(yield func(Piece, error) bool) {
		each := func(i Item) bool {
			e, err := i.Encoded(f, true, room)
			p := Piece{one: e, size: e.Len()}
			if f.Media == Protobuf {
				p.prefix = binary.AppendUvarint(append(room.take(1+binary.MaxVarintLen64), itemField), uint64(p.size))
				p.size += len(p.prefix)
			}
			return yield(p, err) && err == nil
		}
		if l.stretches == nil || f.Media != JSON && f.Media != Protobuf {
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
		for s := range l.stretches {
			packed, ok, err := l.packed(s, f)
			if err == nil && ok {
				var p Piece
				if p, err = packedPiece(packed, s.wanted, f.Media); err == nil {
					if !yield(p, nil) {
						return
					}
					continue
				}
			}
			if err != nil {
				yield(Piece{}, err)
				return
			}
			for o := range s.objects {
				if !each(l.item(o)) {
					return
				}
			}
		}
	}
}

// DeflatedPieces returns what the list is made of when it is compressed, in JSON without
// the commas between. ok is false if hardly anything of it is kept so.
func (l *List) DeflatedPieces(f Form) (pieces iter.Seq2[Deflated, error], ok bool) {
	if l.stretches == nil || !l.dense || f.Media != JSON && f.Media != Protobuf {
		return nil, false
	}
	return func(yield func(Deflated, error) bool) {
		for s := range l.stretches {
			if d, err := l.deflated(s, f); !yield(d, err) || err != nil {
				return
			}
		}
	}, true
}

func (l *List) item(o *cache.Object) Item { return Item{resource: l.Resource, c: l.c, cached: o} }

func (l *List) runForm(f Form, view cache.View) cache.Form {
	if f.MetadataOnly {
		view += ofMetadata
	}
	return cache.Form{GroupVersion: l.Resource.GroupVersion.String(), Media: f.Media, View: view}
}

// packed returns the packed text of a run. ok is false if it is not kept.
func (l *List) packed(s stretch, f Form) (packed []byte, ok bool, _ error) {
	return l.packedAs(s, l.runForm(f, packedRun), separator(f.Media), func(dst []byte, i Item) ([]byte, error) { return i.appendElement(dst, f) })
}

// packedAs is packed for elements of any kind, made by appendOne, with so many bytes
// between them.
func (l *List) packedAs(s stretch, form cache.Form, between int, appendOne func(dst []byte, i Item) ([]byte, error)) (packed []byte, ok bool, _ error) {
	// For a few of many, texts of their own are cheaper, if there is room for them.
	sparse := 4*bits.OnesCount64(s.wanted) < len(s.run.Objects)
	if sparse && !l.c.cache.Crowded() {
		return nil, false, nil
	}
	if packed, ok := s.run.Form(form); ok {
		return packed, true, nil
	}
	if sparse || !l.keeps() {
		return nil, false, nil
	}
	text := textBuffers.Get().(*[]byte)
	defer returnText(text)
	out, lengths := (*text)[:0], make([]int, 0, cache.MaxRun)
	for k, o := range s.run.Objects {
		if k > 0 {
			out = append(out, comma[:between]...)
		}
		begin := len(out)
		var err error
		if out, err = appendOne(out, l.item(o)); err != nil {
			return nil, false, err
		}
		lengths = append(lengths, len(out)-begin)
	}
	if *text = out; len(out) > maxRunText {
		return nil, false, nil
	}
	packed, err := packText(out, lengths)
	if err != nil {
		return nil, false, err
	}
	s.run.Keep(form, packed)
	return packed, true, nil
}

// maxRunText is the text of a run that is worth unpacking whole: every reader of a
// list has memory for one.
const maxRunText = 128 << 10

// keeps says whether what is made for a list is kept. Where memory for that is used
// up most of it is not: a list of more than fits would drive out all that is kept, its
// own beginning at last, and be made anew each time.
func (l *List) keeps() bool { return !l.c.cache.Crowded() || rand.IntN(keepOneOf) == 0 }

// appendStretch appends the texts of some objects of a run, as in a Piece.
func (l *List) appendStretch(dst []byte, s stretch, f Form) ([]byte, error) {
	if packed, ok := s.run.Form(l.runForm(f, packedRun)); ok {
		text := textBuffers.Get().(*[]byte)
		defer returnText(text)
		out, err := unpack(packed, s.wanted, f.Media, text)
		return append(dst, out...), err
	}
	first := true
	for o := range s.objects {
		if !first {
			dst = append(dst, comma[:separator(f.Media)]...)
		}
		first = false
		var err error
		if dst, err = l.item(o).appendElement(dst, f); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// appendElement appends the object as an element of a list, in JSON or protobuf, and
// keeps nothing.
func (i Item) appendElement(dst []byte, f Form) ([]byte, error) {
	hub := i.resource.GroupVersion == i.c.gvk.GroupVersion()
	switch form := (Form{Media: JSON}).cacheForm(i.resource.GroupVersion, true); {
	case f.Media == Protobuf:
		return i.appendMessage(dst, f)
	case f.MetadataOnly && hub:
		if out, ok := i.c.appendMetadata(dst, i.cached); ok {
			return out, nil
		}
	case f.MetadataOnly:
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
	if f.MetadataOnly {
		view = cache.Metadata
	}
	text, err := encodeForm(obj, JSON, view)
	return append(dst, text...), err
}

func (i Item) appendMessage(dst []byte, f Form) ([]byte, error) {
	dst = append(dst, itemField)
	if i.storedAsServed() {
		var room Room
		if e, ok := i.encodedStored(f, true, &room); ok {
			return e.AppendTo(binary.AppendUvarint(dst, uint64(e.Len()))), nil
		}
	}
	obj, err := i.Object()
	if err != nil {
		return dst, err
	}
	if f.MetadataOnly {
		obj = partial(obj)
	}
	message, err := codec.MarshalProto(obj)
	return append(binary.AppendUvarint(dst, uint64(len(message))), message...), err
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

// Encoded returns the encoded object of the event. It is valid until the room is used
// for the next.
//
// Those that were there at the beginning are taken from the runs that lists are made
// of. Memory for that is in the room until Forget.
func (e *Event) Encoded(f Form, room *Room) (Encoded, error) {
	i := e.Item
	if e.list != nil && f.Media == JSON {
		if text, ok, err := e.textInRun(f, room); err != nil {
			return Encoded{}, err
		} else if ok && (f.MetadataOnly || i.c.hub.Type == nil) {
			return Encoded{Body: text}, nil
		} else if ok && bytes.HasPrefix(text, []byte(metadataHead)) {
			gv, kind := i.resource.GroupVersion, i.resource.Kind
			head := appendJSONHead(room.take(len(jsonHead)+len(kind)+len(gv.Group)+len(gv.Version)), gv, kind)
			return Encoded{Head: head, Body: text[1:]}, nil
		}
	}
	room.Forget()
	return i.Encoded(f, false, room)
}

// textInRun finds the object in a run that is kept, or worth it.
func (e *Event) textInRun(f Form, room *Room) (text []byte, ok bool, err error) {
	packed, ok := e.at.Run.Form(e.list.runForm(f, packedRun))
	if !ok {
		// Elsewhere, since that needs much stack, which a watcher then would have for
		// as long as it waits for other events.
		var making sync.WaitGroup
		making.Go(func() {
			packed, ok, err = e.list.packed(stretch{e.at.Run, everyOf(len(e.at.Run.Objects))}, f)
		})
		if making.Wait(); err != nil || !ok {
			return nil, false, err
		}
	}
	count, n := binary.Uvarint(packed)
	place := e.at.Index
	from, to, block := 0, 0, packed
	for k := 0; uint64(k) < count; k++ {
		block = block[n:]
		var length uint64
		if length, n = binary.Uvarint(block); n <= 0 {
			return nil, false, errPacked
		}
		if k < place {
			from += int(length) + separator(JSON)
		} else if k == place {
			to = from + int(length)
		}
	}
	if to == 0 {
		return nil, false, errPacked
	}
	if room.text == nil || &room.packed[0] != &packed[0] {
		room.Forget()
		room.text = textBuffers.Get().(*[]byte)
		out, err := s2.Decode((*room.text)[:cap(*room.text)], block[n:])
		if err != nil {
			return nil, false, err
		}
		*room.text, room.packed = out, packed
	}
	return (*room.text)[from:to], true, nil
}

// Forget gives back what was unpacked for events: for who waits for the next one.
func (r *Room) Forget() {
	if r.text != nil {
		returnText(r.text)
		r.text, r.packed = nil, nil
	}
}

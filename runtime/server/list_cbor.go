package server

import (
	"bytes"
	"encoding/binary"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// cborMark is the tag that begins a CBOR body; elements of a list have none.
var cborMark = []byte{0xd9, 0xd9, 0xf7}

// Major types of CBOR data items.
const (
	cborBytes = 2 << 5 // text is written as byte strings, as package codec does
	cborArray = 4 << 5
	cborMap   = 5 << 5
)

// cborList frames a list. Keys stand in bytewise order of their encoding,
// which puts the shorter ones first.
func cborList(typeMeta meta.TypeMeta, listMeta meta.ListMeta, items []registry.Encoded) (*listBody, error) {
	metadata, err := codec.MarshalCBOR(&listMeta)
	if err != nil {
		return nil, err
	}
	for i := range items {
		items[i].Body = bytes.TrimPrefix(items[i].Body, cborMark)
	}
	head := append(bytes.Clone(cborMark), cborMap|4)
	head = appendCBORText(appendCBORText(head, "kind"), typeMeta.Kind)
	head = appendCBORHead(appendCBORText(head, "items"), cborArray, uint64(len(items)))
	tail := append(appendCBORText(nil, "metadata"), bytes.TrimPrefix(metadata, cborMark)...)
	tail = appendCBORText(appendCBORText(tail, "apiVersion"), typeMeta.APIVersion)
	return &listBody{head: head, items: items, tail: tail}, nil
}

func appendCBORText(dst []byte, text string) []byte {
	return append(appendCBORHead(dst, cborBytes, uint64(len(text))), text...)
}

// appendCBORHead appends the head of an item: its type and its length.
func appendCBORHead(dst []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(dst, major|byte(n))
	case n < 1<<8:
		return append(dst, major|24, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(dst, major|25), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, major|26), uint32(n))
}

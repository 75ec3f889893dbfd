package http2

import (
	"encoding/binary"
	"fmt"
)

// The parts of RFC 9113 that are numbers.
const (
	frameData         = 0x0
	frameHeaders      = 0x1
	framePriority     = 0x2
	frameReset        = 0x3
	frameSettings     = 0x4
	framePush         = 0x5
	framePing         = 0x6
	frameGoAway       = 0x7
	frameWindowUpdate = 0x8
	frameContinuation = 0x9

	flagEndStream  = 0x1
	flagAck        = 0x1
	flagEndHeaders = 0x4
	flagPadded     = 0x8
	flagPriority   = 0x20

	settingPush          = 0x2
	settingMaxStreams    = 0x3
	settingInitialWindow = 0x4
	settingMaxFrame      = 0x5
	settingMaxHeaderList = 0x6

	codeNone         = 0x0
	codeProtocol     = 0x1
	codeInternal     = 0x2
	codeFlowControl  = 0x3
	codeStreamClosed = 0x5
	codeFrameSize    = 0x6
	codeRefused      = 0x7
	codeCompression  = 0x9
	codeCalm         = 0xb

	preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

	frameHead     = 9
	maxFrame      = 16 << 10 // that we take: what every peer may send
	initialWindow = 64<<10 - 1
	maxWindow     = 1<<31 - 1
	maxStreamID   = 1<<31 - 1
)

// A connError ends the connection, with a GOAWAY that says why.
type connError struct {
	code uint32
	why  string
}

func (e *connError) Error() string { return fmt.Sprintf("http2: error %d: %s", e.code, e.why) }

func protocolError(why string) error { return &connError{codeProtocol, why} }

// A streamError ends one stream, with an RST_STREAM.
type streamError struct{ id, code uint32 }

func (e *streamError) Error() string {
	return fmt.Sprintf("http2: error %d of stream %d", e.code, e.id)
}

// frame is a frame that was read. Its payload is valid until the next.
type frame struct {
	kind, flags byte
	id          uint32
	payload     []byte
}

func appendHead(dst []byte, length int, kind, flags byte, id uint32) []byte {
	dst = append(dst, byte(length>>16), byte(length>>8), byte(length), kind, flags)
	return binary.BigEndian.AppendUint32(dst, id)
}

func appendSetting(dst []byte, id uint16, value uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint16(dst, id), value)
}

func appendReset(dst []byte, id, code uint32) []byte {
	return binary.BigEndian.AppendUint32(appendHead(dst, 4, frameReset, 0, id), code)
}

func appendWindowUpdate(dst []byte, id uint32, by int) []byte {
	return binary.BigEndian.AppendUint32(appendHead(dst, 4, frameWindowUpdate, 0, id), uint32(by))
}

func appendGoAway(dst []byte, last, code uint32, why string) []byte {
	dst = appendHead(dst, 8+len(why), frameGoAway, 0, 0)
	dst = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(dst, last), code)
	return append(dst, why...)
}

// appendHeaders puts an encoded header block in as many frames as it takes.
func appendHeaders(dst []byte, id uint32, block []byte, most int, end bool) []byte {
	kind, flags := byte(frameHeaders), byte(0)
	if end {
		flags = flagEndStream
	}
	for {
		part := block[:min(len(block), most)]
		if block = block[len(part):]; len(block) == 0 {
			return append(appendHead(dst, len(part), kind, flags|flagEndHeaders, id), part...)
		}
		dst = append(appendHead(dst, len(part), kind, flags, id), part...)
		kind, flags = frameContinuation, 0
	}
}

// unpad returns the content of a padded payload.
func (f *frame) unpad() ([]byte, error) {
	if f.flags&flagPadded == 0 {
		return f.payload, nil
	}
	if len(f.payload) == 0 || int(f.payload[0]) >= len(f.payload) {
		return nil, protocolError("padding is longer than its frame")
	}
	return f.payload[1 : len(f.payload)-int(f.payload[0])], nil
}

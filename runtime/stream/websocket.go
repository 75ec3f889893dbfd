package stream

import (
	"bufio"
	"context"
	"crypto/sha1" //nolint:gosec // what the protocol asks for; nothing hangs on it
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Message is the kind of a WebSocket message.
type Message byte

const (
	Text   Message = 1
	Binary Message = 2
)

// The frames that are not data.
const (
	opContinuation = 0
	opClose        = 8
	opPing         = 9
	opPong         = 10
)

// Codes that a connection is closed with.
const (
	CloseNormal     = 1000
	CloseGoingAway  = 1001
	CloseProtocol   = 1002
	CloseInternal   = 1011
	closeWithNoCode = 1005 // never sent
)

// CloseError is how the other end has closed a WebSocket.
type CloseError struct {
	Code   int
	Reason string
}

func (e *CloseError) Error() string {
	return fmt.Sprintf("the WebSocket was closed with code %d %s", e.Code, e.Reason)
}

// WebSocket is the server's end of a WebSocket (RFC 6455, without extensions).
// One goroutine reads messages; the other methods may be called by several.
//
// A client that reads slowly is waited for and not cut off: whoever looks at the
// output of a command page by page does not read for minutes. So answers to
// pings wait until there is room.
type WebSocket struct {
	conn   net.Conn
	in     *bufio.Reader
	detach func() bool

	// Of the message that is being read:
	reading   bool
	left      int64 // of the frame
	last      bool  // the frame is the message's last
	mask      [4]byte
	maskAt    int
	readError error         // sticks
	ended     chan struct{} // closed with it

	writing chan struct{} // holds one token: whoever has it writes

	mu     sync.Mutex
	pong   []byte // to be sent by whoever writes next
	closed bool   // a close frame was sent
	broke  bool
	dead   chan struct{} // closed with broke: nothing can be written any more
}

// idleTime is how long the client may neither take anything nor be gone.
const idleTime = 4 * time.Hour

// AcceptWebSocket answers a request for a WebSocket with the subprotocol chosen
// by the caller, "" for none. If it cannot, it answers with an error. The
// connection is cut off when ctx ends; the request's own context does not end
// before its handler does.
func AcceptWebSocket(ctx context.Context, w http.ResponseWriter, r *http.Request, protocol string) (*WebSocket, error) {
	key := r.Header.Get("Sec-WebSocket-Key")
	problem := ""
	switch raw, err := base64.StdEncoding.DecodeString(key); {
	case r.Method != http.MethodGet:
		problem = "a WebSocket is asked for by GET"
	case !WantsWebSocket(r):
		problem = "not a request for a WebSocket"
	case r.Header.Get("Sec-WebSocket-Version") != "13":
		w.Header().Set("Sec-WebSocket-Version", "13")
		problem = "only version 13 of the WebSocket protocol is spoken"
	case err != nil || len(raw) != 16:
		problem = "Sec-WebSocket-Key is not 16 bytes in base64"
	}
	if problem != "" {
		http.Error(w, problem, http.StatusBadRequest)
		return nil, errors.New(problem)
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // see above
	header := w.Header().Clone()
	header.Set("Sec-WebSocket-Accept", base64.StdEncoding.EncodeToString(sum[:]))
	if protocol != "" {
		header.Set(protocolHeader, protocol)
	}
	conn, err := hijack(w, "websocket", header)
	if err != nil {
		return nil, err
	}
	return newWebSocket(ctx, conn), nil
}

func newWebSocket(ctx context.Context, conn net.Conn) *WebSocket {
	ws := &WebSocket{conn: conn, in: bufio.NewReader(conn), ended: make(chan struct{}), dead: make(chan struct{}), writing: make(chan struct{}, 1)}
	ws.writing <- struct{}{}
	ws.detach = context.AfterFunc(ctx, func() { _ = conn.Close() })
	return ws
}

// Next waits for the next message and returns it, to be read before the next
// call. What is left of the message before is skipped. The error is a
// *[CloseError] if the client has closed the connection as it should.
func (ws *WebSocket) Next() (Message, io.Reader, error) {
	if ws.reading {
		if _, err := io.Copy(io.Discard, (*messageReader)(ws)); err != nil {
			return 0, nil, err
		}
	}
	op, err := ws.frame()
	if err != nil {
		return 0, nil, err
	}
	if op != byte(Text) && op != byte(Binary) {
		return 0, nil, ws.broken("a message begins with its continuation")
	}
	ws.reading = true
	return Message(op), (*messageReader)(ws), nil
}

// messageReader reads the message that Next has come to.
type messageReader WebSocket

func (m *messageReader) Read(p []byte) (int, error) {
	ws := (*WebSocket)(m)
	for ws.left == 0 {
		if !ws.reading || ws.last {
			ws.reading = false
			return 0, io.EOF
		}
		op, err := ws.frame()
		if err != nil {
			return 0, err
		}
		if op != opContinuation {
			return 0, ws.broken("a message begins within another")
		}
	}
	if int64(len(p)) > ws.left {
		p = p[:ws.left]
	}
	n, err := ws.in.Read(p)
	for i := range p[:n] {
		p[i] ^= ws.mask[ws.maskAt&3]
		ws.maskAt++
	}
	ws.left -= int64(n)
	if err != nil {
		return n, ws.fail(unexpected(err))
	}
	return n, nil
}

// frame reads the head of the next data frame. Others are dealt with on the way.
func (ws *WebSocket) frame() (op byte, err error) {
	for ws.readError == nil {
		var head [14]byte
		if _, err := io.ReadFull(ws.in, head[:2]); err != nil {
			return 0, ws.fail(err)
		}
		last, op := head[0]&0x80 != 0, head[0]&0x0f
		length := int64(head[1] & 0x7f)
		more := 4 // the mask
		switch length {
		case 126:
			more += 2
		case 127:
			more += 8
		}
		if head[0]&0x70 != 0 || head[1]&0x80 == 0 || op > byte(Binary) && op < opClose || op > opPong {
			return 0, ws.broken("a frame is not as it should be")
		}
		if _, err := io.ReadFull(ws.in, head[2:2+more]); err != nil {
			return 0, ws.fail(unexpected(err))
		}
		switch length {
		case 126:
			length = int64(binary.BigEndian.Uint16(head[2:]))
		case 127:
			if length = int64(binary.BigEndian.Uint64(head[2:])); length < 0 {
				return 0, ws.broken("a frame is too long")
			}
		}
		mask := [4]byte(head[2+more-4:])
		if op < opClose {
			ws.left, ws.last, ws.mask, ws.maskAt = length, last, mask, 0
			return op, nil
		}
		if length > 125 || !last {
			return 0, ws.broken("a control frame is too long")
		}
		payload := make([]byte, length)
		if _, err := io.ReadFull(ws.in, payload); err != nil {
			return 0, ws.fail(unexpected(err))
		}
		for i := range payload {
			payload[i] ^= mask[i&3]
		}
		switch op {
		case opPing:
			ws.answer(payload)
		case opClose:
			e := &CloseError{Code: closeWithNoCode}
			if len(payload) >= 2 {
				e.Code, e.Reason = int(binary.BigEndian.Uint16(payload)), string(payload[2:])
			}
			return 0, ws.fail(e)
		}
	}
	return 0, ws.readError
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (ws *WebSocket) fail(err error) error {
	if ws.readError == nil {
		ws.readError = err
		close(ws.ended)
	}
	return ws.readError
}

// broken tells the client what it did wrong, without waiting for it.
func (ws *WebSocket) broken(why string) error {
	select {
	case <-ws.writing:
		ws.sendClose(CloseProtocol, why)
		ws.writing <- struct{}{}
	default:
	}
	return ws.fail(fmt.Errorf("WebSocket: %s", why))
}

// answer sends a pong, at once or with what is being written. Of several the last
// one does.
func (ws *WebSocket) answer(ping []byte) {
	ws.mu.Lock()
	ws.pong = ping
	if ping == nil {
		ws.pong = []byte{}
	}
	ws.mu.Unlock()
	ws.flush()
}

// flush sends the pong that waits, unless somebody writes, who will do it then.
func (ws *WebSocket) flush() {
	for {
		select {
		case <-ws.writing:
		default:
			return
		}
		ws.mu.Lock()
		pong := ws.pong
		ws.pong = nil
		ws.mu.Unlock()
		if pong != nil {
			_ = ws.send(opPong, pong)
		}
		ws.writing <- struct{}{}
		ws.mu.Lock()
		done := ws.pong == nil
		ws.mu.Unlock()
		if done {
			return
		}
	}
}

// Write sends one message that consists of the pieces one after another.
func (ws *WebSocket) Write(kind Message, pieces ...[]byte) error {
	<-ws.writing
	err := ws.send(byte(kind), pieces...)
	ws.writing <- struct{}{}
	ws.flush()
	return err
}

// Ping sends a ping, so that what lies between sees that the connection is in use
// and this end sees if the other one is gone. It does so only if nothing else is
// being written, which would be as good.
func (ws *WebSocket) Ping() error {
	select {
	case <-ws.writing:
	default:
		return nil
	}
	err := ws.send(opPing, nil)
	ws.writing <- struct{}{}
	ws.flush()
	return err
}

// send writes a frame. The caller holds the token.
func (ws *WebSocket) send(op byte, pieces ...[]byte) error {
	ws.mu.Lock()
	closed := ws.closed
	ws.mu.Unlock()
	if closed {
		return net.ErrClosed
	}
	length := 0
	for _, p := range pieces {
		length += len(p)
	}
	head := make([]byte, 2, 10)
	head[0] = 0x80 | op
	switch {
	case length < 126:
		head[1] = byte(length)
	case length < 1<<16:
		head[1] = 126
		head = binary.BigEndian.AppendUint16(head, uint16(length))
	default:
		head[1] = 127
		head = binary.BigEndian.AppendUint64(head, uint64(length))
	}
	buffers := make(net.Buffers, 0, 1+len(pieces))
	buffers = append(buffers, head)
	for _, p := range pieces {
		if len(p) > 0 {
			buffers = append(buffers, p)
		}
	}
	return ws.put(buffers, length+len(head), idleTime)
}

// put writes the buffers. Over TLS each would be a record of its own, so small
// ones are put together.
func (ws *WebSocket) put(buffers net.Buffers, size int, limit time.Duration) error {
	_ = ws.conn.SetWriteDeadline(time.Now().Add(limit))
	var err error
	if size <= 64<<10 && len(buffers) > 1 {
		whole := make([]byte, 0, size)
		for _, b := range buffers {
			whole = append(whole, b...)
		}
		_, err = ws.conn.Write(whole)
	} else {
		_, err = buffers.WriteTo(ws.conn)
	}
	if err != nil {
		_ = ws.conn.Close() // half a frame is the end of all
		ws.mu.Lock()
		if !ws.broke {
			ws.broke = true
			close(ws.dead)
		}
		ws.mu.Unlock()
	}
	return err
}

// sendClose sends the frame after which nothing is sent. The caller holds the
// token.
func (ws *WebSocket) sendClose(code int, reason string) {
	ws.mu.Lock()
	closed := ws.closed
	ws.closed = true
	ws.mu.Unlock()
	if closed {
		return
	}
	payload := binary.BigEndian.AppendUint16(nil, uint16(code))
	payload = append(payload, reason[:min(len(reason), 123)]...)
	frame := append([]byte{0x80 | opClose, byte(len(payload))}, payload...)
	_ = ws.put(net.Buffers{frame}, len(frame), closeTime)
}

// closeTime is how long the last words may take.
const closeTime = 5 * time.Second

// Close ends the connection, with a word on why, which a client that does not
// read will miss. Whoever reads shall go on until Next fails: a connection that
// is closed before all was read is reset, and the client then may lose what it
// has not read yet. Close waits for that, but not long.
func (ws *WebSocket) Close(code int, reason string) {
	timer := time.NewTimer(closeTime)
	defer timer.Stop()
	select {
	case <-ws.writing:
		ws.sendClose(code, reason)
		ws.writing <- struct{}{}
		select {
		case <-ws.ended:
		case <-timer.C:
		}
	case <-timer.C:
	}
	ws.detach()
	_ = ws.conn.Close()
}

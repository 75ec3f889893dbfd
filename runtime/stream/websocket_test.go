package stream_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/runtime/stream"
)

func decoded(t *testing.T, message []byte) []byte {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(string(message[1:]))
	require.NoError(t, err)
	return append([]byte{message[0] - '0'}, text...)
}

func (s *socket) conn() net.Conn { return websocket.NetConn(s.ctx, s.Conn, websocket.MessageBinary) }

func TestWebSocketEcho(t *testing.T) {
	at := serve(t, func(ctx context.Context, w http.ResponseWriter, r *http.Request) {
		ws, err := stream.AcceptWebSocket(ctx, w, r, "")
		if err != nil {
			return
		}
		for {
			kind, message, err := ws.Next()
			if err != nil {
				break
			}
			data, err := io.ReadAll(message)
			if err != nil || ws.Write(kind, data[:len(data)/2], data[len(data)/2:]) != nil {
				break
			}
		}
		ws.Close(stream.CloseNormal, "")
	})
	s := connect(t, at)
	for _, size := range []int{0, 1, 125, 126, 127, 65535, 65536, 1 << 20} {
		said := bytes.Repeat([]byte{'x'}, size)
		require.NoError(t, s.Write(s.ctx, websocket.MessageText, said))
		kind, heard, err := s.Read(s.ctx)
		require.NoError(t, err)
		require.Equal(t, websocket.MessageText, kind)
		require.True(t, bytes.Equal(said, heard), size)
	}
	// A message in several frames is one message.
	w, err := s.Writer(s.ctx, websocket.MessageBinary)
	require.NoError(t, err)
	for range 100 {
		_, err = io.WriteString(w, strings.Repeat("part", 1000))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	_, heard, err := s.Read(s.ctx)
	require.NoError(t, err)
	require.Len(t, heard, 400_000)
	// Pings are answered while nothing is read or written.
	gone := s.CloseRead(s.ctx)
	require.NoError(t, s.Ping(s.ctx))
	require.NoError(t, gone.Err())
	require.NoError(t, s.Close(websocket.StatusNormalClosure, "bye"))
}

func TestNoWebSocket(t *testing.T) {
	at := serve(t, func(ctx context.Context, w http.ResponseWriter, r *http.Request) {
		_, _ = stream.AcceptWebSocket(ctx, w, r, "")
	})
	good := map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg=="}
	for _, tc := range []struct{ method, key, value, says string }{
		{"POST", "", "", "a WebSocket is asked for by GET"},
		{"GET", "Connection", "keep-alive", "not a request for a WebSocket"},
		{"GET", "Upgrade", "SPDY/3.1", "not a request for a WebSocket"},
		{"GET", "Sec-WebSocket-Version", "8", "only version 13"},
		{"GET", "Sec-WebSocket-Key", "short", "Sec-WebSocket-Key is not 16 bytes"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), tc.method, at.String(), nil)
		require.NoError(t, err)
		for key, value := range good {
			r.Header.Set(key, value)
		}
		if tc.key != "" {
			r.Header.Set(tc.key, tc.value)
		}
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, 400, answer.StatusCode)
		require.Contains(t, string(body), tc.says)
	}
}

func TestSendToWebSocket(t *testing.T) {
	const text = "line 1\nline 2\n"
	at := serve(t, func(ctx context.Context, w http.ResponseWriter, r *http.Request) {
		stream.SendToWebSocket(ctx, w, r, strings.NewReader(text))
	})
	for protocol, kind := range map[string]websocket.MessageType{"": websocket.MessageBinary, "binary.k8s.io": websocket.MessageBinary, "base64.binary.k8s.io": websocket.MessageText} {
		var offered []string
		if protocol != "" {
			offered = []string{protocol}
		}
		s := connect(t, at, offered...)
		require.Equal(t, protocol, s.Subprotocol())
		var got []byte
		for {
			k, message, err := s.Read(s.ctx)
			if err != nil {
				require.Equal(t, websocket.StatusNormalClosure, websocket.CloseStatus(err))
				break
			}
			require.Equal(t, kind, k)
			if kind == websocket.MessageText {
				message, err = base64.StdEncoding.DecodeString(string(message))
				require.NoError(t, err)
			}
			got = append(got, message...)
		}
		require.Equal(t, text, string(got))
	}
}

// played is a connection on which everything the client says is there already.
type played struct {
	io.Reader
	written bytes.Buffer
}

func (p *played) Write(b []byte) (int, error)      { return p.written.Write(b) }
func (*played) Close() error                       { return nil }
func (*played) LocalAddr() net.Addr                { return nil }
func (*played) RemoteAddr() net.Addr               { return nil }
func (*played) SetDeadline(time.Time) error        { return nil }
func (*played) SetReadDeadline(time.Time) error    { return nil }
func (p *played) SetWriteDeadline(time.Time) error { return nil }

// play reads all messages that frames make.
func play(frames []byte) (messages []string, err error) {
	ws := stream.NewWebSocket(context.Background(), &played{Reader: bytes.NewReader(frames)})
	for {
		_, message, err := ws.Next()
		if err != nil {
			return messages, err
		}
		data, err := io.ReadAll(message)
		if err != nil {
			return messages, err
		}
		messages = append(messages, string(data))
	}
}

// masked makes a frame of a client, with a mask that changes nothing.
func masked(head byte, payload string) string {
	return string([]byte{head, 0x80 | byte(len(payload)), 0, 0, 0, 0}) + payload
}

func TestFrames(t *testing.T) {
	for name, tc := range map[string]struct {
		frames string
		want   []string
		err    string
	}{
		"fragments around a ping": {masked(0x01, "ab") + masked(0x89, "p") + masked(0x80, "cd"), []string{"abcd"}, "EOF"},
		"closed":                  {masked(0x82, "x") + masked(0x88, "\x03\xe8bye"), []string{"x"}, "the WebSocket was closed with code 1000 bye"},
		"no mask":                 {"\x82\x01x", nil, "WebSocket: a frame is not as it should be"},
		"extension":               {masked(0xC2, "x"), nil, "WebSocket: a frame is not as it should be"},
		"unknown":                 {masked(0x83, "x"), nil, "WebSocket: a frame is not as it should be"},
		"loose continuation":      {masked(0x80, "x"), nil, "WebSocket: a message begins with its continuation"},
		"two at once":             {masked(0x01, "x") + masked(0x82, "y"), nil, "WebSocket: a message begins within another"},
		"ping in parts":           {masked(0x09, "x"), nil, "WebSocket: a control frame is too long"},
		"negative length":         {"\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00", nil, "WebSocket: a frame is too long"},
		"half a frame":            {masked(0x82, "hello")[:8], nil, "unexpected EOF"},
		"half a head":             {"\x82", nil, "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := play([]byte(tc.frames))
			require.Equal(t, tc.want, got)
			require.EqualError(t, err, tc.err)
			if name == "closed" {
				_, ok := errors.AsType[*stream.CloseError](err)
				require.True(t, ok)
			}
		})
	}
}

// Whatever comes in, reading ends, and messages are not longer than what came in.
func FuzzFrames(f *testing.F) {
	f.Add([]byte(masked(0x01, "ab") + masked(0x89, "p") + masked(0x80, "cd")))
	f.Add([]byte("\x82\xfe\x00\x05\x01\x02\x03\x04hello"))
	f.Add([]byte("\x88\x80\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, frames []byte) {
		messages, err := play(frames)
		if err == nil {
			t.Fatal("reading ended without an error")
		}
		if total := len(strings.Join(messages, "")); total > len(frames) {
			t.Fatalf("%d bytes of messages in %d", total, len(frames))
		}
	})
}

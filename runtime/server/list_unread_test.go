package server

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
)

func fillLarge(t testing.TB, f *fixture, n int) {
	t.Helper()
	handler := f.server.Handler()
	for i := range n {
		w := httptest.NewRecorder()
		body := fmt.Sprintf(`{"metadata":{"name":"c%05d"},"data":{"k":"%s"}}`, i, strings.Repeat(fmt.Sprint(i), 400))
		handler.ServeHTTP(w, f.request(t.Context(), "POST "+inDefault, body))
		require.Equal(t, 201, w.Code, w.Body)
	}
}

// connect opens an HTTP/2 connection on which streams get so many bytes.
func connect(t testing.TB, f *fixture, window uint32) (*tls.Conn, *http2.Framer) {
	t.Helper()
	c, err := tls.Dial("tcp", f.http.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	_, err = io.WriteString(c, http2.ClientPreface)
	require.NoError(t, err)
	framer := http2.NewFramer(c, c)
	require.NoError(t, framer.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: window}))
	require.NoError(t, framer.WriteWindowUpdate(0, 1<<30))
	return c, framer
}

// ask sends a request for a list.
func ask(t testing.TB, f *fixture, framer *http2.Framer, accept string) {
	t.Helper()
	r := f.request(t.Context(), "GET "+inDefault, "")
	var head bytes.Buffer
	fields := hpack.NewEncoder(&head)
	for _, field := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", f.http.Listener.Addr().String()},
		{":path", inDefault}, {"authorization", r.Header.Get("Authorization")}, {"accept", accept}} {
		require.NoError(t, fields.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]}))
	}
	require.NoError(t, framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: head.Bytes(), EndStream: true, EndHeaders: true}))
}

// answerTo reads the answer, and tells of each part.
func answerTo(t testing.TB, framer *http2.Framer, each func(n uint32)) (body []byte) {
	t.Helper()
	for {
		frame, err := framer.ReadFrame()
		require.NoError(t, err)
		if data, ok := frame.(*http2.DataFrame); ok {
			body = append(body, data.Data()...)
			if data.StreamEnded() {
				return body
			}
			if n := uint32(len(data.Data())); n > 0 {
				each(n)
			}
		}
	}
}

// Lists that their clients have begun and do not read on take but a stack each when
// there are many of them: what they would be made of is unpacked when it is wanted.
func TestListsThatNobodyReads(t *testing.T) {
	if testing.Short() || underRace {
		t.Skip("needs many objects, and pools that remember")
	}
	f := newFixture(t, nil)
	fillLarge(t, f, streamFrom+500)
	f.server.waitingTexts.Add(mostWaiting) // many others wait
	const window = 150_000                 // some pieces, and a part of one
	connections := func(n int) (conns []net.Conn, framers []*http2.Framer) {
		for range n {
			c, framer := connect(t, f, window)
			require.NoError(t, framer.WritePing(false, [8]byte{}))
			for acked := false; !acked; {
				frame, err := framer.ReadFrame()
				require.NoError(t, err)
				acked = frame.Header().Type == http2.FramePing
			}
			conns, framers = append(conns, c.NetConn()), append(framers, framer)
		}
		return conns, framers
	}
	buf := make([]byte, 64<<10)
	lists := func(conns []net.Conn, framers []*http2.Framer) {
		for i, framer := range framers {
			ask(t, f, framer, codec.JSON)
			// The records as they are: decrypting them would take memory, too.
			for got := 0; got < window; {
				n, err := conns[i].Read(buf)
				require.NoError(t, err)
				got += n
			}
		}
	}
	lists(connections(10)) // what is made once is made
	const n, most = 80, 32 << 10
	conns, framers := connections(n)
	before := memoryInUse()
	lists(conns, framers)
	each := (memoryInUse() - before) / n
	t.Logf("%d bytes each", each)
	require.Less(t, each, int64(most))
}

// However little a client takes at a time, and whether what is unpacked is kept
// meanwhile, a list says the same.
func TestListsToSlowClients(t *testing.T) {
	f := newFixture(t, nil)
	fillLarge(t, f, streamFrom+100)
	for _, accept := range []string{codec.JSON, codec.Protobuf} {
		want := f.send("GET "+inDefault, "", "Accept", accept)
		require.Equal(t, http.StatusOK, want.code)
		for _, others := range []int64{0, mostWaiting} {
			for _, window := range []uint32{1 << 20, 65_535, 5_000} {
				t.Run(fmt.Sprint(accept, others, "/", window), func(t *testing.T) {
					f.server.waitingTexts.Add(others)
					defer f.server.waitingTexts.Add(-others)
					_, framer := connect(t, f, window)
					unread := uint32(0)
					ask(t, f, framer, accept)
					body := answerTo(t, framer, func(n uint32) {
						if unread += n; unread >= window/2 {
							require.NoError(t, framer.WriteWindowUpdate(1, unread))
							unread = 0
						}
					})
					require.True(t, bytes.Equal(want.body, body), "%d bytes, want %d", len(body), len(want.body))
				})
			}
		}
	}
	require.Zero(t, f.server.waitingTexts.Load())
}

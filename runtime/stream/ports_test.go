package stream_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/runtime/stream"
)

// echoing is a port that repeats what it hears until there is no more.
func echoing(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conns.Go(func() {
				_, _ = io.Copy(conn, conn)
				_ = conn.Close()
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		conns.Wait()
	})
	return l.Addr().String()
}

// ports forwards port 80 to what echoes, and no other.
func ports(t *testing.T) *url.URL {
	t.Helper()
	address := echoing(t)
	return serve(t, func(ctx context.Context, w http.ResponseWriter, r *http.Request) {
		_ = stream.ServePorts(ctx, w, r, func(ctx context.Context, port uint16) (io.ReadWriteCloser, error) {
			if port != 80 {
				return nil, errors.New("connection refused")
			}
			return (&net.Dialer{}).DialContext(ctx, "tcp", address)
		})
	})
}

func TestPorts(t *testing.T) {
	at := ports(t)
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := stream.DialPorts(ctx, &http.Transport{DisableKeepAlives: true}, at)
	require.NoError(t, err)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			conn, err := c.Open(80)
			if err != nil {
				t.Error(err)
				return
			}
			said := strings.Repeat(fmt.Sprint(i), 100_000)
			go func() {
				_, _ = io.WriteString(conn, said)
				_ = conn.(interface{ CloseWrite() error }).CloseWrite()
			}()
			heard, err := io.ReadAll(conn)
			if err != nil || string(heard) != said {
				t.Errorf("connection %d: %d bytes, %v", i, len(heard), err)
			}
			_ = conn.Close()
		})
	}
	wg.Wait()
	refused, err := c.Open(81)
	require.NoError(t, err)
	_, err = refused.Read(make([]byte, 1))
	require.EqualError(t, err, "error forwarding port 81: connection refused")
	require.NoError(t, refused.Close())
	// One that is left open ends with the rest.
	open, err := c.Open(80)
	require.NoError(t, err)
	_, err = io.WriteString(open, "x")
	require.NoError(t, err)
	require.NoError(t, c.Close())
	_, err = io.ReadAll(open)
	require.NoError(t, err)
	settle(t, before)
}

func TestPortChannels(t *testing.T) {
	at := ports(t)
	for _, protocol := range []string{"v4.channel.k8s.io", "base64.channel.k8s.io"} {
		here := *at
		here.RawQuery = "ports=80,81"
		s := connect(t, &here, protocol)
		s.send(0, "hello")
		number := func(n uint16) string { return string(binary.LittleEndian.AppendUint16(nil, n)) }
		got := map[byte]string{}
		for len(got[0]) < 7 || len(got[3]) < 3 {
			_, message, err := s.Read(s.ctx)
			require.NoError(t, err)
			if s.encoded {
				message = decoded(t, message)
			}
			got[message[0]] += string(message[1:])
		}
		require.Equal(t, map[byte]string{
			0: number(80) + "hello", 1: number(80), 2: number(81), 3: number(81) + "error forwarding port 81: connection refused",
		}, got)
	}
	for query, want := range map[string]string{
		"":           `query parameter "port" is required`,
		"ports=x":    `unable to parse "x" as a port`,
		"ports=0":    `port "0" must be > 0`,
		"port=70000": `unable to parse "70000" as a port`,
	} {
		u := *at
		u.RawQuery = query
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, u.String(), nil)
		require.NoError(t, err)
		for key, value := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==", "Sec-WebSocket-Protocol": "v4.channel.k8s.io"} {
			r.Header.Set(key, value)
		}
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, 400, answer.StatusCode)
		require.Equal(t, want, strings.TrimSpace(string(body)), query)
	}
}

// SPDY within a WebSocket, end to end and through somebody who passes the bytes on.
func TestTunnelledPorts(t *testing.T) {
	direct := ports(t)
	spliced := serve(t, func(ctx context.Context, w http.ResponseWriter, r *http.Request) {
		up, err := http.NewRequestWithContext(ctx, http.MethodPost, direct.String(), nil)
		if err != nil {
			return
		}
		up.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {stream.SPDY}, "X-Stream-Protocol-Version": {stream.Ports}}
		far, _, err := stream.Upgrade(&http.Transport{DisableKeepAlives: true}, up)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		ws, err := stream.AcceptWebSocket(ctx, w, r, stream.TunnelledPorts)
		if err != nil {
			_ = far.Close()
			return
		}
		stream.Splice(ctx, ws.Conn(), far)
	})
	for name, at := range map[string]*url.URL{"direct": direct, "spliced": spliced} {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			s := connect(t, at, stream.TunnelledPorts)
			c, err := stream.PortsOver(s.ctx, s.conn())
			require.NoError(t, err)
			conn, err := c.Open(80)
			require.NoError(t, err)
			_, err = io.WriteString(conn, "hello")
			require.NoError(t, err)
			heard := make([]byte, 5)
			_, err = io.ReadFull(conn, heard)
			require.NoError(t, err)
			require.Equal(t, "hello", string(heard))
			require.NoError(t, c.Close())
			settle(t, before)
		})
	}
}

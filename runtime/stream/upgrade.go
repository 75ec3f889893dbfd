package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Names of protocols, as the headers Upgrade, X-Stream-Protocol-Version and
// Sec-WebSocket-Protocol have them.
const (
	SPDY = "SPDY/3.1"

	// CommandV4 and CommandV5 carry the streams of commands; the fifth can close
	// one direction over a WebSocket, too.
	CommandV4 = "v4.channel.k8s.io"
	CommandV5 = "v5.channel.k8s.io"
	// Ports carries forwarded ports over SPDY; TunnelledPorts is that within a
	// WebSocket.
	Ports          = "portforward.k8s.io"
	TunnelledPorts = SPDY + "+" + Ports

	versionHeader  = "X-Stream-Protocol-Version"
	protocolHeader = "Sec-WebSocket-Protocol"
)

// Options says which streams of a command are wanted.
type Options struct{ Stdin, Stdout, Stderr, TTY bool }

// ErrNoStreams is what is wrong with Options that want none.
var ErrNoStreams = errors.New("you must specify at least 1 of stdin, stdout, stderr")

// Upgrades reports whether r asks for another protocol.
func Upgrades(r *http.Request) bool {
	return r.Header.Get("Upgrade") != "" && headerHas(r.Header, "Connection", "upgrade")
}

// WantsWebSocket reports whether r asks for a WebSocket.
func WantsWebSocket(r *http.Request) bool {
	return Upgrades(r) && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// Protocols are the subprotocols that a request for a WebSocket offers, those
// that it likes best first.
func Protocols(r *http.Request) []string { return headerList(r.Header, protocolHeader) }

func headerList(h http.Header, key string) []string {
	var list []string
	for _, value := range h.Values(key) {
		for part := range strings.SplitSeq(value, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
	}
	return list
}

func headerHas(h http.Header, key, token string) bool {
	return slices.ContainsFunc(headerList(h, key), func(s string) bool { return strings.EqualFold(s, token) })
}

// choose returns the first of offered that is supported.
func choose(offered []string, supported ...string) (string, bool) {
	for _, o := range offered {
		if slices.Contains(supported, o) {
			return o, true
		}
	}
	return "", false
}

// UpgradeError is the answer of a server that did not switch protocols.
type UpgradeError struct {
	Code int
	Text string // of its answer
	// Status is what the answer held, if it was one.
	Status *meta.Status
}

func (e *UpgradeError) Error() string { return "unable to upgrade connection: " + e.Text }

// dial asks target for SPDY and returns the connection once it has switched. The
// connection is closed when ctx ends.
func dial(ctx context.Context, rt http.RoundTripper, target *url.URL, versions ...string) (*session, string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), nil)
	if err != nil {
		return nil, "", err
	}
	r.Header.Set("Connection", "Upgrade")
	r.Header.Set("Upgrade", SPDY)
	for _, v := range versions {
		r.Header.Add(versionHeader, v)
	}
	conn, header, err := Upgrade(rt, r)
	if err != nil {
		return nil, "", err
	}
	version := header.Get(versionHeader)
	if !slices.Contains(versions, version) {
		_ = conn.Close()
		return nil, "", fmt.Errorf("unable to upgrade connection: the server chose protocol %q of %q", version, versions)
	}
	s, err := newSession(ctx, conn, false)
	return s, version, err
}

// Upgrade sends r, which asks for another protocol, and returns the connection
// that speaks it, with the headers of the answer. An answer other than that is an
// [UpgradeError].
func Upgrade(rt http.RoundTripper, r *http.Request) (net.Conn, http.Header, error) {
	answer, err := rt.RoundTrip(r)
	if err != nil {
		return nil, nil, err
	}
	if answer.StatusCode != http.StatusSwitchingProtocols || !headerHas(answer.Header, "Upgrade", r.Header.Get("Upgrade")) {
		defer func() { _ = answer.Body.Close() }()
		// Who answers with more than a line or two has something else to say.
		data, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
		if err != nil && len(data) == 0 {
			return nil, nil, fmt.Errorf("unable to upgrade connection: %w", err)
		}
		return nil, nil, refused(answer.StatusCode, data)
	}
	body, ok := answer.Body.(io.ReadWriteCloser)
	if !ok {
		_ = answer.Body.Close()
		return nil, nil, fmt.Errorf("unable to upgrade connection: %T does not pass upgrades on", rt)
	}
	if conn, ok := body.(net.Conn); ok {
		return conn, answer.Header, nil
	}
	return &wire{ReadWriteCloser: body}, answer.Header, nil
}

func refused(code int, body []byte) *UpgradeError {
	e := &UpgradeError{Code: code, Text: strings.TrimSpace(string(body))}
	var status meta.Status
	if _, err := codec.UnmarshalJSON(body, &status, codec.DecodeOptions{}); err == nil && status.Kind == "Status" {
		e.Status, e.Text = &status, status.Message
	}
	if e.Text == "" {
		e.Text = http.StatusText(code)
	}
	return e
}

// wire makes a net.Conn of a connection that has no addresses or deadlines.
// Closing it again is no error.
type wire struct {
	io.ReadWriteCloser
	once sync.Once
	err  error
}

func (w *wire) Close() error {
	w.once.Do(func() { w.err = w.ReadWriteCloser.Close() })
	return w.err
}

func (*wire) LocalAddr() net.Addr              { return wireAddr{} }
func (*wire) RemoteAddr() net.Addr             { return wireAddr{} }
func (*wire) SetDeadline(time.Time) error      { return nil }
func (*wire) SetReadDeadline(time.Time) error  { return nil }
func (*wire) SetWriteDeadline(time.Time) error { return nil }

type wireAddr struct{}

func (wireAddr) Network() string { return "upgraded" }
func (wireAddr) String() string  { return "upgraded connection" }

// hijack takes the connection of a request over and answers that it switches to
// protocol. What the client has sent already is read first.
func hijack(w http.ResponseWriter, protocol string, header http.Header) (net.Conn, error) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "this connection cannot be upgraded", http.StatusInternalServerError)
		return nil, fmt.Errorf("upgrade to %s: %w", protocol, err)
	}
	// The server's deadlines were for the request.
	_ = conn.SetDeadline(time.Time{})
	header.Set("Connection", "Upgrade")
	header.Set("Upgrade", protocol)
	_, err = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\n")
	if err == nil {
		err = header.Write(conn)
	}
	if err == nil {
		_, err = io.WriteString(conn, "\r\n")
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("upgrade to %s: %w", protocol, err)
	}
	if rw.Reader.Buffered() == 0 {
		return &closeOnce{Conn: conn}, nil
	}
	return &closeOnce{Conn: &readAhead{Conn: conn, first: rw.Reader}}, nil
}

// readAhead is a connection of which something was read already.
type readAhead struct {
	net.Conn
	first io.Reader
}

func (c *readAhead) Read(p []byte) (int, error) { return c.first.Read(p) }

// closeOnce is a connection that may be closed by several parties.
type closeOnce struct {
	net.Conn
	once sync.Once
	err  error
}

func (c *closeOnce) Close() error {
	c.once.Do(func() { c.err = c.Conn.Close() })
	return c.err
}

package stream

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/moby/spdystream"
)

// Headers of the streams of a forwarded port.
const (
	portHeader    = "port"
	requestHeader = "requestID"
)

// PortDialer connects to a port of a Pod. What it returns may have a method
// CloseWrite() error, as TCP connections do; the end of one direction is passed
// on then.
type PortDialer func(ctx context.Context, port uint16) (io.ReadWriteCloser, error)

// PortsClient is the client's end of forwarded ports. It is safe for concurrent
// use.
type PortsClient struct {
	session *session

	mu   sync.Mutex
	next int
}

// DialPorts asks the server at target to forward ports, as rt reaches it. When ctx
// ends, so do the connections.
func DialPorts(ctx context.Context, rt http.RoundTripper, target *url.URL) (*PortsClient, error) {
	s, _, err := dial(ctx, rt, target, Ports)
	if err != nil {
		return nil, err
	}
	return &PortsClient{session: s}, nil
}

// Close ends all connections.
func (c *PortsClient) Close() error { return c.session.Close() }

// Gone is closed when the connection to the server is lost.
func (c *PortsClient) Gone() <-chan struct{} { return c.session.served }

// Open opens a connection to a port. That nobody listens there shows when it is
// read: the error says so.
func (c *PortsClient) Open(port uint16) (io.ReadWriteCloser, error) {
	c.mu.Lock()
	id := strconv.Itoa(c.next)
	c.next++
	c.mu.Unlock()
	header := func(t string) http.Header {
		return http.Header{streamTypeHeader: {t}, portHeader: {strconv.Itoa(int(port))}, requestHeader: {id}}
	}
	failure, err := c.session.open(header(typeError))
	if err != nil {
		return nil, err
	}
	_ = failure.Close() // nothing is said on it in this direction
	data, err := c.session.open(header(typeData))
	if err != nil {
		c.session.forget(failure)
		return nil, err
	}
	p := &portConn{session: c.session, data: data, failure: failure, said: make(chan struct{})}
	go func() {
		defer close(p.said)
		p.text, _ = io.ReadAll(io.LimitReader(failure, maxOutcome))
	}()
	return p, nil
}

// portConn is one connection to a port.
type portConn struct {
	session       *session
	data, failure *spdystream.Stream
	said          chan struct{} // closed when text is there
	text          []byte
}

func (p *portConn) Read(b []byte) (int, error) {
	n, err := p.data.Read(b)
	if n == 0 && errors.Is(err, io.EOF) {
		// What went wrong comes beside, and may come later.
		select {
		case <-p.said:
		case <-time.After(closeTime):
			return 0, io.EOF
		}
		if len(p.text) > 0 {
			return 0, errors.New(strings.TrimSpace(string(p.text)))
		}
	}
	return n, err
}

func (p *portConn) Write(b []byte) (int, error) { return p.data.Write(b) }

// CloseWrite says that there is no more to come.
func (p *portConn) CloseWrite() error { return p.data.Close() }

func (p *portConn) Close() error {
	p.session.forget(p.data)
	p.session.forget(p.failure)
	<-p.said
	return nil
}

// ServePorts answers a request to forward ports, by SPDY, by SPDY within a
// WebSocket, or by WebSocket alone: then for the ports that the request's query
// names, as port or ports. It returns when the client has left and all connections
// have ended. After an error that is not about one connection the request has been
// answered with it.
func ServePorts(ctx context.Context, w http.ResponseWriter, r *http.Request, dialer PortDialer) error {
	var s *session
	switch {
	case WantsWebSocket(r):
		protocol, err := negotiate(w, r, append([]string{TunnelledPorts}, portProtocols...))
		if err != nil {
			return err
		}
		if protocol != TunnelledPorts {
			return servePortChannels(ctx, w, r, protocol, dialer)
		}
		ws, err := AcceptWebSocket(ctx, w, r, protocol)
		if err != nil {
			return err
		}
		if s, err = newSession(ctx, ws.Conn(), true); err != nil {
			return err
		}
	default:
		var err error
		if s, _, err = acceptSPDY(ctx, w, r, Ports); err != nil {
			return err
		}
	}
	return s.forward(ctx, dialer)
}

// forward serves the connections that the client opens.
func (s *session) forward(ctx context.Context, dialer PortDialer) error {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer func() {
		cancel()
		_ = s.Close()
		wg.Wait()
	}()
	// A connection is two streams. Which comes first is not said: the library hands
	// them on by several goroutines.
	type pair struct{ data, failure *spdystream.Stream }
	waiting := map[string]*pair{}
	for {
		select {
		case st := <-s.accepted:
			h := st.Headers()
			id := h.Get(requestHeader) + "/" + h.Get(portHeader)
			p := waiting[id]
			if p == nil {
				p = &pair{}
			}
			kind := h.Get(streamTypeHeader)
			switch {
			case kind == typeError && p.failure == nil:
				p.failure = st
			case kind == typeData && p.data == nil:
				p.data = st
			default:
				s.forget(st)
				continue
			}
			if p.failure == nil || p.data == nil {
				if len(waiting) >= maxPending {
					s.forget(st)
					continue
				}
				waiting[id] = p
				continue
			}
			delete(waiting, id)
			wg.Go(func() { s.forwardPair(ctx, p.data, p.failure, h.Get(portHeader), dialer) })
		case <-s.served:
			return nil
		}
	}
}

// forwardPair serves one connection, of which one stream carries the data and the
// other says what went wrong.
func (s *session) forwardPair(ctx context.Context, data, failure *spdystream.Stream, number string, dialer PortDialer) {
	hangUp := func() {
		_ = data.Close()
		s.forget(data)
	}
	port, err := parsePort(number)
	if err == nil {
		if err = forwardOne(ctx, data, hangUp, port, dialer); err != nil {
			err = errors.New(failureOf(port, err))
		}
	}
	if err != nil && ctx.Err() == nil {
		_, _ = io.WriteString(failure, err.Error())
	}
	_ = failure.Close()
	s.forget(failure)
	hangUp()
}

func parsePort(text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("unable to parse %q as a port", text)
	}
	if n < 1 {
		return 0, fmt.Errorf("port %q must be > 0", text)
	}
	return uint16(n), nil
}

// forwardOne carries one connection until the Pod's end of it has said everything,
// as Kubernetes does. hangUp unblocks whoever reads from the client.
func forwardOne(ctx context.Context, client io.ReadWriter, hangUp func(), port uint16, dialer PortDialer) error {
	pod, err := dialer(ctx, port)
	if err != nil {
		return err
	}
	var once sync.Once
	shut := func() { once.Do(func() { _ = pod.Close() }) }
	defer shut()
	defer context.AfterFunc(ctx, shut)()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, err := io.Copy(pod, client)
		if half, ok := pod.(interface{ CloseWrite() error }); ok && err == nil {
			_ = half.CloseWrite()
		}
	}()
	_, err = io.Copy(client, pod)
	shut()
	hangUp()
	<-sent
	return err
}

// failureOf is what a client hears when a port cannot be forwarded. Who is nearer to
// the port may have said it already.
func failureOf(port uint16, err error) string {
	const prefix = "error forwarding port "
	if text := err.Error(); strings.HasPrefix(text, prefix) {
		return text
	}
	return fmt.Sprintf(prefix+"%d: %v", port, err)
}

// portProtocols are those in which each port has two channels of a WebSocket.
var portProtocols = []string{CommandV4, "base64." + CommandV4, "channel.k8s.io", "base64.channel.k8s.io"}

// QueryPorts reads the ports that a query names, several in one value or not.
func QueryPorts(query url.Values, key string) ([]uint16, error) {
	if len(query[key]) == 0 {
		return nil, fmt.Errorf("query parameter %q is required", key)
	}
	var ports []uint16
	for _, value := range query[key] {
		for text := range strings.SplitSeq(value, ",") {
			port, err := parsePort(text)
			if err != nil {
				return nil, err
			}
			ports = append(ports, port)
		}
	}
	if len(ports) > 100 {
		return nil, errors.New("too many ports")
	}
	return ports, nil
}

// servePortChannels forwards ports each of which has two channels, one for data and
// one for errors. Both begin with the number of the port.
func servePortChannels(ctx context.Context, w http.ResponseWriter, r *http.Request, protocol string, dialer PortDialer) error {
	query := r.URL.Query()
	key := "port"
	if len(query["ports"]) > 0 {
		key = "ports"
	}
	ports, err := QueryPorts(query, key)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ws, err := AcceptWebSocket(ctx, w, r, protocol)
	if err != nil {
		return err
	}
	c := newChannels(ws, strings.HasPrefix(protocol, "base64."))
	type channel struct {
		io.Reader
		io.Writer
	}
	data := make([]channel, len(ports))
	for i := range ports {
		data[i] = channel{c.input(byte(2 * i)), c.output(byte(2 * i))}
	}
	c.start()
	for i, port := range ports {
		number := binary.LittleEndian.AppendUint16(nil, port)
		_ = c.write(byte(2*i), number)
		_ = c.write(byte(2*i+1), number)
	}
	var wg sync.WaitGroup
	for i, port := range ports {
		wg.Go(func() {
			hangUp := func() { _ = c.inputs[byte(2*i)].CloseWithError(net.ErrClosed) }
			if err := forwardOne(ctx, data[i], hangUp, port, dialer); err != nil && ctx.Err() == nil {
				_ = c.write(byte(2*i+1), []byte(failureOf(port, err)))
			}
		})
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		wg.Wait()
	}()
	select {
	case <-over: // each port has had its one connection
	case <-c.gone:
		cancel()
	}
	c.close(CloseNormal)
	cancel()
	<-over
	return nil
}

// Conn returns the WebSocket as a connection whose bytes are those of its binary
// messages. It takes the reading over; closing it closes the WebSocket.
func (ws *WebSocket) Conn() net.Conn { return &tunnel{Conn: ws.conn, ws: ws} }

// tunnel is a stream of bytes within a WebSocket. Addresses and deadlines are the
// connection's.
type tunnel struct {
	net.Conn
	ws      *WebSocket
	message io.Reader
	once    sync.Once
}

func (t *tunnel) Read(p []byte) (int, error) {
	for {
		if t.message == nil {
			kind, message, err := t.ws.Next()
			if closed, ok := errors.AsType[*CloseError](err); ok && (closed.Code == CloseNormal || closed.Code == CloseGoingAway) {
				err = io.EOF
			}
			if err != nil {
				return 0, err
			}
			if kind != Binary {
				return 0, t.ws.broken("a text message in a tunnel of bytes")
			}
			t.message = message
		}
		n, err := t.message.Read(p)
		if errors.Is(err, io.EOF) {
			t.message, err = nil, nil
			if n == 0 {
				continue
			}
		}
		return n, err
	}
}

func (t *tunnel) Write(p []byte) (int, error) {
	if err := t.ws.Write(Binary, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (t *tunnel) Close() error {
	t.once.Do(func() { t.ws.Close(CloseNormal, "") })
	return nil
}

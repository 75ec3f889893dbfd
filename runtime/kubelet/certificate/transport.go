package certificate

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"time"
)

// Transport sends requests with the newest certificate: when it changes, connections
// that were made with the one before are closed. What is under way on them fails and
// is tried again by clients, as if the server had been restarted.
type Transport struct {
	http *http.Transport

	mu    sync.Mutex
	conns map[*tracked]struct{}
}

// NewTransport returns a transport for a server that config knows, showing the
// certificates of m.
func NewTransport(config *tls.Config, m *Manager) *Transport {
	config = config.Clone()
	config.GetClientCertificate = m.ClientCertificate
	t := &Transport{conns: map[*tracked]struct{}{}}
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	t.http = &http.Transport{
		Proxy:           http.ProxyFromEnvironment,
		TLSClientConfig: config,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return t.track(conn), nil
		},
		TLSHandshakeTimeout: 10 * time.Second,
		ForceAttemptHTTP2:   true,
		// Pings find out that a connection is dead; otherwise a watch would wait
		// for ever.
		HTTP2:           &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second},
		IdleConnTimeout: 90 * time.Second, MaxIdleConnsPerHost: 25,
	}
	m.OnChange(t.Close)
	return t
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) { return t.http.RoundTrip(r) }

// Close closes all connections. The transport can still be used.
func (t *Transport) Close() {
	t.mu.Lock()
	conns := t.conns
	t.conns = map[*tracked]struct{}{}
	t.mu.Unlock()
	for c := range conns {
		_ = c.Conn.Close()
	}
	t.http.CloseIdleConnections()
}

type tracked struct {
	net.Conn
	transport *Transport
}

func (t *Transport) track(conn net.Conn) net.Conn {
	c := &tracked{conn, t}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.conns[c] = struct{}{}
	return c
}

func (c *tracked) Close() error {
	c.transport.mu.Lock()
	delete(c.transport.conns, c)
	c.transport.mu.Unlock()
	return c.Conn.Close()
}

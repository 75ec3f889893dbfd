package http2

import (
	"crypto/tls"
	"net"
	"sync"
)

// Listen returns a listener of TLS connections over inner. The Server's writes of
// more than one TLS record are single system calls on its connections; on those of
// other listeners each record is one.
func (s *Server) Listen(inner net.Listener, config *tls.Config) net.Listener {
	return tls.NewListener(corkedListener{inner}, config)
}

type corkedListener struct{ net.Listener }

func (l corkedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &corked{Conn: c}, nil
}

// corked is a connection that can hold back what is written, to write it at once.
type corked struct {
	net.Conn

	mu   sync.Mutex
	on   bool
	held []byte
}

func (c *corked) hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.on = true
}

func (c *corked) release() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.on = false
	if len(c.held) == 0 {
		return nil
	}
	_, err := c.Conn.Write(c.held)
	giveBack(c.held)
	c.held = nil
	return err
}

func (c *corked) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.on {
		return c.Conn.Write(p)
	}
	if c.held == nil {
		c.held = borrow()
	}
	c.held = append(roomFor(c.held, len(p)), p...)
	return len(p), nil
}

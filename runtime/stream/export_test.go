package stream

import (
	"context"
	"net"
)

// PortsOver is DialPorts over a connection that speaks SPDY already.
func PortsOver(ctx context.Context, conn net.Conn) (*PortsClient, error) {
	s, err := newSession(ctx, conn, false)
	if err != nil {
		return nil, err
	}
	return &PortsClient{session: s}, nil
}

// NewWebSocket is a WebSocket over a connection that has been upgraded already.
func NewWebSocket(ctx context.Context, conn net.Conn) *WebSocket { return newWebSocket(ctx, conn) }

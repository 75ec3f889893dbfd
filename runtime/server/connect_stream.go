package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/stream"
)

var errNoUpgrade = meta.BadRequest("Upgrade request required")

// runStreams answers exec and attach. Clients that speak SPDY talk to the kubelet
// themselves, for others the streams are carried over from their WebSocket.
func (s *Server) runStreams(c *call, node string, target *url.URL) error {
	query := target.Query()
	opts := stream.Options{Stdin: query.Has("input"), Stdout: query.Has("output"), Stderr: query.Has("error"), TTY: query.Has("tty")}
	switch {
	case !stream.Upgrades(c.r):
		return errNoUpgrade
	case !opts.Stdin && !opts.Stdout && !opts.Stderr:
		return meta.BadRequest(stream.ErrNoStreams.Error())
	case !stream.WantsWebSocket(c.r):
		return s.passToNode(c, node, target)
	}
	transport, err := s.reachNode(c, node, target)
	if err != nil {
		return err
	}
	ctx, done := s.upgrading(c.r.Context())
	defer done()
	session, err := stream.ServeWebSocket(ctx, c.w, c.r, opts)
	if err != nil {
		return nil // answered
	}
	command, err := stream.Dial(ctx, transport, target, opts)
	if err != nil {
		session.End(outcomeOf(err))
		return nil
	}
	stream.Join(session, command)
	return nil
}

// outcomeOf is what a client hears whose command did not even begin.
func outcomeOf(err error) *meta.Status {
	if refused, ok := errors.AsType[*stream.UpgradeError](err); ok && refused.Status != nil {
		return refused.Status
	}
	return &meta.InternalError(err).Status
}

// forwardPorts answers portforward, of which there is one kind more: SPDY within a
// WebSocket, for what lies between and knows only the latter.
func (s *Server) forwardPorts(c *call, node string, target *url.URL) error {
	switch {
	case !stream.Upgrades(c.r):
		return errNoUpgrade
	case !stream.WantsWebSocket(c.r):
		return s.passToNode(c, node, target)
	}
	tunnelled := false
	for _, p := range stream.Protocols(c.r) {
		tunnelled = tunnelled || p == stream.TunnelledPorts
	}
	if !tunnelled {
		if _, err := stream.QueryPorts(c.query(), "ports"); err != nil {
			return meta.BadRequest(err.Error())
		}
	}
	transport, err := s.reachNode(c, node, target)
	if err != nil {
		return err
	}
	ctx, done := s.upgrading(c.r.Context())
	defer done()
	if tunnelled {
		return c.tunnelPorts(ctx, transport, target)
	}
	ports, err := stream.DialPorts(ctx, transport, target)
	if err != nil {
		return notUpgraded(err)
	}
	defer func() { _ = ports.Close() }()
	_ = stream.ServePorts(ctx, c.w, c.r, func(_ context.Context, port uint16) (io.ReadWriteCloser, error) { return ports.Open(port) })
	return nil
}

// tunnelPorts carries the client's SPDY to the kubelet as it is.
func (c *call) tunnelPorts(ctx context.Context, transport http.RoundTripper, target *url.URL) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), nil)
	if err != nil {
		return err
	}
	r.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {stream.SPDY}, "X-Stream-Protocol-Version": {stream.Ports}}
	node, _, err := stream.Upgrade(transport, r)
	if err != nil {
		return notUpgraded(err)
	}
	client, err := stream.AcceptWebSocket(ctx, c.w, c.r, stream.TunnelledPorts)
	if err != nil {
		_ = node.Close()
		return nil // answered
	}
	stream.Splice(ctx, client.Conn(), node)
	return nil
}

// notUpgraded is what to answer if the kubelet did not switch protocols.
func notUpgraded(err error) error {
	refused, ok := errors.AsType[*stream.UpgradeError](err)
	switch {
	case !ok:
		return meta.ServiceUnavailable(fmt.Sprintf("error trying to reach service: %v", err))
	case refused.Status != nil && refused.Status.Code >= 400:
		return &meta.StatusError{Status: *refused.Status}
	case refused.Code < 400:
		return meta.InternalError(err)
	}
	return meta.NewStatusError(refused.Code, meta.StatusReasonUnknown, refused.Text, nil)
}

// logToWebSocket sends a log in messages: of bytes, or of base64 for clients that
// have no other.
func (s *Server) logToWebSocket(c *call, node string, target *url.URL) error {
	transport, err := s.reachNode(c, node, target)
	if err != nil {
		return err
	}
	ctx, done := s.upgrading(c.r.Context())
	defer done()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return err
	}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return meta.ServiceUnavailable(fmt.Sprintf("error trying to reach service: %v", err))
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
		return meta.NewStatusError(answer.StatusCode, meta.StatusReasonUnknown, string(text), nil)
	}
	stream.SendToWebSocket(ctx, c.w, c.r, answer.Body)
	return nil
}

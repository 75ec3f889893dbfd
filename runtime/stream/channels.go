package stream

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// The channels of a command, by the first byte of a message.
const (
	channelStdin  = 0
	channelStdout = 1
	channelStderr = 2
	channelError  = 3
	channelResize = 4
	channelClose  = 255 // the fifth version only: the byte after it names what is closed
)

// commandProtocols are the protocols for commands over a WebSocket. Of the first
// version, which also is what a client without any speaks, the outcome is a
// sentence, or nothing.
var commandProtocols = []string{CommandV5, CommandV4, "base64." + CommandV4, "channel.k8s.io", "base64.channel.k8s.io"}

// negotiate chooses the subprotocol. Without any offered it is none, which is spoken
// like the first version.
func negotiate(w http.ResponseWriter, r *http.Request, supported []string) (string, error) {
	offered := Protocols(r)
	chosen, ok := choose(offered, supported...)
	if !ok && len(offered) > 0 {
		err := fmt.Errorf("unable to negotiate protocol: client supports %q, server accepts %q", offered, supported)
		http.Error(w, err.Error(), http.StatusBadRequest)
		return "", err
	}
	return chosen, nil
}

// ServeWebSocket is [Serve] for requests for a WebSocket alone.
func ServeWebSocket(ctx context.Context, w http.ResponseWriter, r *http.Request, opts Options) (*Session, error) {
	opts, err := opts.check()
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return nil, err
	}
	protocol, err := negotiate(w, r, commandProtocols)
	if err != nil {
		return nil, err
	}
	ws, err := AcceptWebSocket(ctx, w, r, protocol)
	if err != nil {
		return nil, err
	}
	c := newChannels(ws, strings.HasPrefix(protocol, "base64."))
	s := &Session{gone: c.gone, TTY: opts.TTY}
	first := byte(channelError)
	if opts.Stdin {
		s.Stdin = c.input(channelStdin)
	}
	if opts.TTY {
		s.Resize = c.input(channelResize)
	}
	if opts.Stderr {
		first, s.Stderr = channelStderr, c.output(channelStderr)
	}
	if opts.Stdout {
		first, s.Stdout = channelStdout, c.output(channelStdout)
	}
	c.halfClose = protocol == CommandV5
	s.end = func(outcome []byte) {
		if protocol != CommandV5 && !strings.HasSuffix(protocol, CommandV4) { // the first version
			outcome = sentence(outcome)
		}
		if len(outcome) > 0 {
			_ = c.write(channelError, outcome)
		}
		c.close(CloseNormal)
	}
	c.start()
	// Clients wait for a first message to know that they are connected.
	_ = c.write(first, nil)
	return s, nil
}

// sentence is an outcome as the first version of the protocol has it.
func sentence(outcome []byte) []byte {
	var status meta.Status
	if _, err := codec.UnmarshalJSON(outcome, &status, codec.DecodeOptions{}); err != nil {
		return outcome
	}
	if status.Status == meta.StatusSuccess {
		return nil
	}
	return []byte(status.Message)
}

// channels are streams within one WebSocket.
type channels struct {
	ws        *WebSocket
	encoded   bool // as base64, in text messages
	halfClose bool
	inputs    map[byte]*inlet
	gone      chan struct{} // closed when nothing comes in any more
	loops     sync.WaitGroup
}

func newChannels(ws *WebSocket, encoded bool) *channels {
	return &channels{ws: ws, encoded: encoded, inputs: map[byte]*inlet{}, gone: make(chan struct{})}
}

// input makes a channel of which the client writes. Call it before start.
func (c *channels) input(number byte) io.Reader {
	r, w := io.Pipe()
	c.inputs[number] = &inlet{w}
	return r
}

type inlet struct{ *io.PipeWriter }

// output makes a channel that the client reads.
func (c *channels) output(number byte) io.WriteCloser { return outlet{c, number} }

type outlet struct {
	channels *channels
	number   byte
}

func (o outlet) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := o.channels.write(o.number, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close does nothing: the protocols have no word for the end of an output.
func (outlet) Close() error { return nil }

func (c *channels) write(number byte, p []byte) error {
	if !c.encoded {
		return c.ws.Write(Binary, []byte{number}, p)
	}
	text := make([]byte, 1+base64.StdEncoding.EncodedLen(len(p)))
	text[0] = '0' + number
	base64.StdEncoding.Encode(text[1:], p)
	return c.ws.Write(Text, text)
}

// start begins to read.
func (c *channels) start() {
	c.loops.Go(func() {
		defer close(c.gone)
		err := c.read()
		for _, in := range c.inputs {
			_ = in.CloseWithError(err)
		}
	})
	c.loops.Go(func() {
		// A reader may wait for a command that takes nothing, and so not see that
		// nobody is there any more.
		c.ws.Keep(context.Background())
		for _, in := range c.inputs {
			_ = in.CloseWithError(net.ErrClosed)
		}
	})
}

// read takes messages apart until there are no more. Messages on channels that
// nobody has, or has any more, are dropped.
func (c *channels) read() error {
	for {
		_, message, err := c.ws.Next()
		if err != nil {
			return err
		}
		var number [1]byte
		if _, err := io.ReadFull(message, number[:]); err != nil {
			continue // an empty message says nothing
		}
		channel := number[0]
		if c.encoded {
			channel -= '0'
			message = base64.NewDecoder(base64.StdEncoding, message)
		}
		if c.halfClose && channel == channelClose {
			if _, err := io.ReadFull(message, number[:]); err == nil {
				if in := c.inputs[number[0]]; in != nil {
					_ = in.Close()
				}
			}
			continue
		}
		if in := c.inputs[channel]; in != nil {
			_, _ = io.Copy(in, message)
		}
	}
}

// close says goodbye and ends everything.
func (c *channels) close(code int) {
	for _, in := range c.inputs {
		_ = in.CloseWithError(net.ErrClosed) // whoever waits to write into it goes on
	}
	c.ws.Close(code, "")
	c.loops.Wait()
}

// Join leads the streams of a session to a command and back, until the command
// has ended or the client has left, and ends both. outcome is what was told the
// client, nil if it has left.
func Join(s *Session, c *Command) (outcome []byte) {
	var wg sync.WaitGroup
	if s.Stdin != nil && c.Stdin != nil {
		wg.Go(func() {
			_, _ = io.Copy(c.Stdin, s.Stdin)
			_ = c.Stdin.Close()
		})
	}
	if s.Resize != nil && c.Resize != nil {
		wg.Go(func() { _, _ = io.Copy(c.Resize, s.Resize) })
	}
	// What is written comes before the end of it.
	var written sync.WaitGroup
	for _, way := range []struct {
		to   io.WriteCloser
		from io.Reader
	}{{s.Stdout, c.Stdout}, {s.Stderr, c.Stderr}} {
		if way.to != nil && way.from != nil {
			written.Go(func() {
				_, _ = io.Copy(way.to, way.from)
				_ = way.to.Close()
			})
		}
	}
	over := make(chan struct{})
	wg.Go(func() {
		select {
		case <-s.gone:
			c.session.cut()
		case <-over:
		}
	})
	outcome, err := c.Outcome()
	written.Wait()
	close(over)
	if err != nil {
		data, _ := codec.MarshalJSON(&meta.InternalError(err).Status)
		s.end(data)
	} else {
		s.end(bytes.TrimSpace(outcome))
	}
	_ = c.Close()
	wg.Wait()
	if err != nil {
		return nil
	}
	return outcome
}

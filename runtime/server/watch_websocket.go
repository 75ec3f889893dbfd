package server

import (
	"bufio"
	"bytes"
	"context"
	"iter"
	"sync"

	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/runtime/stream"
)

// watchOverWebSocket answers a watch with one message an event: of text, or of
// bytes where the encoding is not text. leave ends the events, which nobody else
// does when the client has left.
func (s *Server) watchOverWebSocket(ctx context.Context, leave context.CancelFunc, c *call, as *accepted, events iter.Seq2[registry.Event, error]) {
	// Whatever a client offers is taken: it has no meaning here, but a client that
	// offers some wants one of them chosen.
	protocol := ""
	if offered := stream.Protocols(c.r); len(offered) > 0 {
		protocol = offered[0]
	}
	_, done := s.upgrading(ctx)
	defer done()
	c.w.Header().Set("Content-Type", streamType(as))
	c.warnings.into(c.w.Header())
	// Not ctx: the last message is to arrive even though the watch is over.
	ws, err := stream.AcceptWebSocket(context.WithoutCancel(ctx), c.w, c.r, protocol)
	if err != nil {
		return // answered
	}
	gone := ws.Discard()
	var wg sync.WaitGroup
	wg.Go(func() {
		ws.Keep(ctx)
		leave()
	})
	defer func() {
		ws.Close(stream.CloseNormal, "")
		<-gone
		leave()
		wg.Wait()
	}()

	kind := stream.Text
	if as.form != registry.JSON {
		kind = stream.Binary
	}
	var message bytes.Buffer
	buffer := bufio.NewWriterSize(&message, listChunk)
	send := func() error {
		if err := buffer.Flush(); err != nil {
			return err
		}
		data := message.Bytes()
		if as.form == registry.Protobuf {
			data = data[min(len(data), 4):] // a message knows its length
		}
		err := ws.Write(kind, data)
		message.Reset()
		return err
	}
	frames := newFrames(c, as)
	for event, err := range events {
		if err == nil {
			err = frames.write(buffer, event)
		} else if ctx.Err() != nil {
			return
		}
		if err != nil {
			frames.writeError(buffer, c.statusOf(err))
			_ = send() // the end of it, whether it arrives or not
			return
		}
		if send() != nil {
			return
		}
	}
}

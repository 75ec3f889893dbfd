package stream

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"sync"
)

// The protocols of a WebSocket on which nothing but one stream of bytes is sent.
const (
	binaryProtocol = "binary.k8s.io"
	base64Protocol = "base64.binary.k8s.io"
)

// SendToWebSocket answers a request for a WebSocket with what it reads from data, in
// binary messages, or in messages of base64 if the client offers only that. It
// returns when there is no more, or when the client has left; it does not close
// data, which has to end with ctx.
func SendToWebSocket(ctx context.Context, w http.ResponseWriter, r *http.Request, data io.Reader) {
	protocol, err := negotiate(w, r, []string{binaryProtocol, base64Protocol})
	if err != nil {
		return
	}
	ws, err := AcceptWebSocket(ctx, w, r, protocol)
	if err != nil {
		return
	}
	kind, encode := Binary, func(p []byte) []byte { return p }
	if protocol == base64Protocol {
		kind, encode = Text, func(p []byte) []byte { return base64.StdEncoding.AppendEncode(nil, p) }
	}
	gone := ws.Discard()
	var wg sync.WaitGroup
	wg.Go(func() { ws.Keep(ctx) })
	ended := make(chan struct{})
	wg.Go(func() {
		defer close(ended)
		err := ws.Write(kind) // tells the client that it is connected
		buffer := make([]byte, 32<<10)
		for err == nil {
			var n int
			var sent error
			n, err = data.Read(buffer)
			if n > 0 {
				sent = ws.Write(kind, encode(buffer[:n]))
			}
			if sent != nil {
				err = sent
			}
		}
	})
	select {
	case <-ended:
	case <-gone:
		// A reader that knows nothing of the client is not waited for until the
		// caller ends it.
		if c, ok := data.(io.Closer); ok {
			_ = c.Close()
		}
	}
	ws.Close(CloseNormal, "")
	<-gone
	wg.Wait()
}

// Discard reads and drops what the client sends, of which nothing is expected. The
// channel is closed when it has left. Nobody else may read then.
func (ws *WebSocket) Discard() (gone <-chan struct{}) {
	go func() {
		for {
			if _, _, err := ws.Next(); err != nil {
				return
			}
		}
	}()
	return ws.ended
}

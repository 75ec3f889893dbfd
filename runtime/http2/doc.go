// Package http2 serves HTTP/2 connections to net/http handlers. It takes the place
// of the implementation that net/http brings along, for servers with very many
// small answers and very many streams that stay open:
//
//	h2 := http2.NewServer(http2.Options{})
//	defer h2.Close()
//	hs := &http.Server{Handler: handler, TLSConfig: config}
//	h2.Configure(hs)
//	err := hs.Serve(h2.Listen(listener, config))
//
// # How it works
//
// One goroutine a connection reads frames. A request goes to a goroutine of a pool
// once its headers, and its body if that is small, are there; so that most handlers
// never wait for it, and run on a stack that has grown already.
//
// Handlers put their frames in a buffer of the connection. Whoever finds nobody
// writing writes it, together with what others have added in the meantime; who has
// just finished first lets those run that are about to. So there is no goroutine that
// writes, and answers that are ready at the same time share TLS records and system
// calls. A connection on which nothing happens has no buffers.
//
// # What it promises
//
// Flow control as in RFC 9113: a stream whose client does not read delays only its
// own handler. A client that floods, with streams that it resets, with frames that
// want answers, or with headers without end, loses its connection. A handler's
// context ends when the client gives up the request or vanishes, which a ping finds
// out.
//
// http.Server.Shutdown ends connections once their streams have ended; clients that
// have just sent a request are told whether it was taken.
//
// There is no server push, and priorities are not looked at. A handler that wants
// the connection to itself (Hijack) gets that over HTTP/1.1 only, and deadlines of a
// single stream are not supported.
package http2

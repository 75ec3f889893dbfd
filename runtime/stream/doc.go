// Package stream carries what runs over an upgraded HTTP connection: the streams
// of a command in a container (exec and attach), forwarded ports, and messages
// to browsers. It speaks the two protocols that Kubernetes' clients, kubelets and
// container runtimes speak: SPDY/3.1, in which every stream is one of its own,
// and WebSocket, in which the first byte of a message names the stream.
//
// The end where a command runs accepts a request and has its streams:
//
//	session, err := stream.Serve(w, r, stream.Options{Stdin: true, Stdout: true})
//	if err != nil {
//		return // answered already
//	}
//	_, err = io.Copy(session.Stdout, session.Stdin)
//	session.End(stream.StatusOf(err))
//
// The other end asks for them, through any http.RoundTripper that passes upgrades
// on, as http.Transport does:
//
//	command, err := stream.Dial(ctx, transport, url, stream.Options{Stdout: true})
//	...
//	defer command.Close()
//	_, err = io.Copy(os.Stdout, command.Stdout)
//	err = command.Wait()
//
// [Join] leads one to the other, which is how an API server lets clients that
// speak WebSocket reach kubelets that speak SPDY. [ServePorts] and [DialPorts]
// are the same for forwarded ports, [AcceptWebSocket] is the bare WebSocket.
//
// # Promises
//
// Whoever made a session, a command or a WebSocket closes it; then all of its
// goroutines end, whether or not the other end reads, writes or is there at
// all. Closing unblocks what still reads or writes. Contexts that are passed in
// do the same when they end. A stream whose data nobody takes holds back the
// sender, not the memory.
//
// # What is not here
//
// The first three versions of the protocol over SPDY, in which the exit code was
// a sentence, and SPDY's own flow control, which no implementation uses.
package stream
